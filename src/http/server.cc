#include "http/server.h"

#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <thread>

#include "http/loop.h"
#include "http/tls_context.h"

namespace wharf::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kStopCheck{5};

int cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// A file descriptor that is closed unless it was released.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(other.release()) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

Error cannot_listen(const tcp::endpoint& at, int error) {
  const auto port = std::to_string(at.port());
  return {Errc::invalid_request,
          "Cannot listen on " + at.address().to_string() + " port " + port + ": " + std::strerror(error)};
}

/// A bound socket. `shared` lets several sockets of this process have the same port.
Result<Socket> bind_socket(const tcp::endpoint& at, bool shared) {
  Socket socket(::socket(at.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
  if (socket.get() < 0) return cannot_listen(at, errno);
  const int on = 1;
  const int off = 0;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared) ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (at.address().is_v6()) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (::bind(socket.get(), at.data(), static_cast<socklen_t>(at.size())) != 0) return cannot_listen(at, errno);
  return socket;
}

Result<asio::ip::address> parse_host(std::string host) {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code error;
  auto address = asio::ip::make_address(host, error);
  if (error) return Error{Errc::invalid_request, "Cannot listen on " + host + ": not an IP address"};
  return address;
}

class LoopServer final : public Server {
 public:
  LoopServer(ServerOptions options, Handler handler) {
    shared_.options = std::move(options);
    shared_.handler = std::move(handler);
  }

  ~LoopServer() override { stop(std::chrono::milliseconds(0), {}); }

  Result<void> open() {
    auto& options = shared_.options;
    if (options.tls) {
      auto context = make_tls_context(*options.tls);
      if (!context) return context.error();
      shared_.tls = std::move(*context);
    }
    const auto address = parse_host(options.host);
    if (!address) return address.error();
    tcp::endpoint at(*address, options.port);
    if (options.port != 0) {
      // Sockets that share a port hide that another process of this user has it too: ask once without sharing.
      const auto probe = bind_socket(at, false);
      if (!probe) return probe.error();
      if (::listen(probe->get(), 1) != 0) return cannot_listen(at, errno);
    }
    const int count = options.loops > 0 ? options.loops : cores();
    for (int i = 0; i < count; ++i) {
      auto socket = bind_socket(at, true);
      if (!socket) return socket.error();
      if (::listen(socket->get(), kBacklog) != 0) return cannot_listen(at, errno);
      auto size = static_cast<socklen_t>(at.capacity());
      if (::getsockname(socket->get(), at.data(), &size) != 0) return cannot_listen(at, errno);
      loops_.push_back(std::make_unique<Loop>(i, shared_, socket->release(), at.address().is_v6()));
    }
    port_ = at.port();
    return {};
  }

  std::uint16_t port() const override { return port_; }

  void start() override {
    const std::lock_guard lock(mutex_);
    if (started_) return;
    started_ = true;
    // sendfile has no flag against it, and a vanished client must not end the process.
    ::signal(SIGPIPE, SIG_IGN);
    for (const auto& loop : loops_) threads_.emplace_back([&loop = *loop] { loop.run(); });
  }

  void stop(std::chrono::milliseconds grace, const std::function<void()>& when_over) override {
    const std::lock_guard lock(mutex_);
    if (!started_ || threads_.empty()) return;
    for (const auto& loop : loops_) loop->stop_soon();
    const auto until = std::chrono::steady_clock::now() + grace;
    while (shared_.open_connections.load() > 0 && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(kStopCheck);
    }
    for (const auto& loop : loops_) loop->close_all();
    if (when_over) when_over();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

  ServerCounters counters() const override {
    ServerCounters sum;
    for (const auto& loop : loops_) {
      const auto& c = loop->counters();
      sum.accepted += c.accepted.get();
      sum.refused += c.refused.get();
      sum.requests += c.requests.get();
      sum.timeouts += c.timeouts.get();
      sum.bad_requests += c.bad_requests.get();
      sum.bytes_in += c.bytes_in.get();
      sum.bytes_out += c.bytes_out.get();
    }
    sum.open_connections = shared_.open_connections.load();
    return sum;
  }

  int loops() const override { return static_cast<int>(loops_.size()); }

 private:
  Shared shared_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::uint16_t port_ = 0;
  bool started_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::create(ServerOptions options, Handler handler) {
  auto server = std::make_unique<LoopServer>(std::move(options), std::move(handler));
  if (auto opened = server->open(); !opened) return opened.error();
  return std::unique_ptr<Server>(std::move(server));
}

int Server::current_loop() { return current_loop_index(); }

}  // namespace wharf::http
