#include "net/engine.h"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/post.hpp>

#include "net/transfer.h"

namespace wharf::net::detail {
namespace {

CURLM* make_multi() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM* multi = ready == CURLE_OK ? curl_multi_init() : nullptr;
  if (multi == nullptr) throw Accident({Errc::internal, "Connections to other servers cannot be made"});
  return multi;
}

}  // namespace

Engine::Engine(Options options) : work_(boost::asio::make_work_guard(loop_)), timer_(loop_), multi_(make_multi()) {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Engine::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Engine::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, options.kept_connections);
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, options.connections_per_host);
}

Engine::~Engine() { stop(); }

bool Engine::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return false;
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  boost::asio::post(loop_, std::move(task));
  return true;
}

void Engine::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    stopped_ = true;
  }
  // Tasks that were taken before are run before this one.
  boost::asio::post(loop_, [this] { fail_all(); });
  if (thread_.joinable()) {
    thread_.join();
  } else {
    loop_.run();
  }
}

void Engine::run() {
  ::pthread_setname_np(::pthread_self(), "net");
  // A peer that has gone is an error of a write here, and signals are for the main thread.
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  loop_.run();
}

void Engine::fail_all() {
  // Nothing is said any more: curl would end a mail that is half sent as if it were whole, and wait for goodbyes.
  for (const auto socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  while (!transfers_.empty()) {
    const auto transfer = *transfers_.begin();
    drop(*transfer);
    transfer->on_stopped();
  }
  // Closes the kept connections, by way of close_socket.
  curl_multi_cleanup(multi_);
  multi_ = nullptr;
  while (!watches_.empty()) forget(watches_.begin()->first);
  timer_.cancel();
  work_.reset();
}

void Engine::begin(std::shared_ptr<Transfer> transfer) {
  CURL* const easy = transfer->easy();
  curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer.get());
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &Engine::close_socket);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
  transfers_.insert(std::move(transfer));
  curl_multi_add_handle(multi_, easy);  // Asks for the timer, and so for its first step.
}

void Engine::drop(Transfer& transfer) {
  const auto it = transfers_.find(transfer.shared_from_this());
  if (it == transfers_.end()) return;
  curl_multi_remove_handle(multi_, transfer.easy());
  transfers_.erase(it);
}

void Engine::take_finished() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    char* data = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &data);
    const auto transfer = reinterpret_cast<Transfer*>(data)->shared_from_this();
    drop(*transfer);
    transfer->on_done(code);
  }
}

void Engine::act(curl_socket_t socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi_, socket, events, &running);
  take_finished();
}

int Engine::on_socket(CURL*, curl_socket_t socket, int what, void* engine, void*) {
  auto& self = *static_cast<Engine*>(engine);
  if (what == CURL_POLL_REMOVE) {
    self.forget(socket);
  } else {
    self.watch(socket, what);
  }
  return 0;
}

curl_socket_t Engine::open_socket(const curl_sockaddr& address) {
  const auto socket = ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
  if (socket >= 0) sockets_.insert(socket);
  return socket;
}

int Engine::close_socket(void* engine, curl_socket_t socket) {
  auto& self = *static_cast<Engine*>(engine);
  self.forget(socket);
  self.sockets_.erase(socket);
  return ::close(socket);
}

void Engine::watch(curl_socket_t socket, int wanted) {
  auto& watch = watches_[socket];
  if (!watch) watch = std::make_shared<Watch>(loop_, socket);
  watch->wanted = wanted;
  arm(watch);
}

void Engine::forget(curl_socket_t socket) {
  const auto it = watches_.find(socket);
  if (it == watches_.end()) return;
  it->second->gone = true;
  it->second->descriptor.release();  // The socket is curl's to close.
  watches_.erase(it);
}

void Engine::arm(const std::shared_ptr<Watch>& watch) {
  if ((watch->wanted & CURL_POLL_IN) != 0 && !watch->reading) arm_one(watch, true);
  if ((watch->wanted & CURL_POLL_OUT) != 0 && !watch->writing) arm_one(watch, false);
}

void Engine::arm_one(const std::shared_ptr<Watch>& watch, bool for_reading) {
  using boost::asio::posix::stream_descriptor;
  auto ready = [this, watch, for_reading](boost::system::error_code error) {
    (for_reading ? watch->reading : watch->writing) = false;
    if (watch->gone || error == boost::asio::error::operation_aborted) return;
    const int mine = for_reading ? CURL_POLL_IN : CURL_POLL_OUT;
    if ((watch->wanted & mine) == 0) return;
    const int event = for_reading ? CURL_CSELECT_IN : CURL_CSELECT_OUT;
    act(watch->descriptor.native_handle(), error ? CURL_CSELECT_ERR : event);
    if (!watch->gone) arm(watch);
  };
  (for_reading ? watch->reading : watch->writing) = true;
  watch->descriptor.async_wait(for_reading ? stream_descriptor::wait_read : stream_descriptor::wait_write,
                               std::move(ready));
}

int Engine::on_timer(CURLM*, long timeout_ms, void* engine) {
  static_cast<Engine*>(engine)->set_timer(timeout_ms);
  return 0;
}

void Engine::set_timer(long timeout_ms) {
  if (timeout_ms < 0) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(std::chrono::milliseconds(timeout_ms));
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error && multi_ != nullptr) act(CURL_SOCKET_TIMEOUT, 0);
  });
}

}  // namespace wharf::net::detail
