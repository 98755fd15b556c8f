#include "net/transfer.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace wharf::net::detail {
namespace {

constexpr std::size_t kMostWaiting = 256 * 1024;  ///< Received and not read, or written and not sent.
constexpr std::size_t kLongestHead = 256 * 1024;
constexpr std::size_t kMostReserved = 256 * 1024 * 1024;  ///< For a reply that says how long it is.
constexpr long kBufferBytes = 128 * 1024;                 ///< curl's own, in each direction.

Error stopped() { return {Errc::unavailable, "The server is stopping"}; }

boost::asio::ip::address address_of(const sockaddr& from) {
  using namespace boost::asio::ip;
  if (from.sa_family == AF_INET) {
    sockaddr_in it{};
    std::memcpy(&it, &from, sizeof it);
    return address_v4(ntohl(it.sin_addr.s_addr));
  }
  if (from.sa_family == AF_INET6) {
    sockaddr_in6 it{};
    std::memcpy(&it, &from, sizeof it);
    address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), it.sin6_addr.s6_addr, bytes.size());
    return address_v6(bytes);
  }
  return {};  // Unspecified, so not to be connected to.
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  return text;
}

Transfer& self_of(void* data) { return *static_cast<Transfer*>(data); }

void append_line_to(curl_slist*& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list, line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  list = longer;
}

}  // namespace

Transfer::Transfer(std::shared_ptr<Engine> engine, Options options)
    : engine_(std::move(engine)), options_(std::move(options)), easy_(curl_easy_init()) {
  if (easy_ == nullptr) throw std::bad_alloc();
  const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(easy_, option, value); };
  set(CURLOPT_ERRORBUFFER, error_text_.data());
  set(CURLOPT_NOSIGNAL, 1L);
  // A name that nobody answers for must not hold up the thread when its time is over.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_BUFFERSIZE, kBufferBytes);
  set(CURLOPT_UPLOAD_BUFFERSIZE, kBufferBytes);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_READFUNCTION, &Transfer::on_read);
  set(CURLOPT_READDATA, this);
  set(CURLOPT_SEEKFUNCTION, &Transfer::on_seek);
  set(CURLOPT_SEEKDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_write);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open_socket);
  set(CURLOPT_OPENSOCKETDATA, this);
  if (options_.is_http) {
    set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(CURLOPT_HEADERDATA, this);
  }
  if (options_.policy) {
    set(CURLOPT_PREREQFUNCTION, &Transfer::on_connected);
    set(CURLOPT_PREREQDATA, this);
  }
  if (!options_.extra_ca_file.empty()) {
    set(CURLOPT_SSL_CTX_FUNCTION, &Transfer::on_tls_context);
    set(CURLOPT_SSL_CTX_DATA, this);
  }
}

Transfer::~Transfer() {
  curl_easy_cleanup(easy_);
  curl_slist_free_all(lines_);
  curl_slist_free_all(resolve_);
}

std::size_t Transfer::body_bytes() const {
  if (!options_.shared_body) return options_.body.size();
  std::size_t all = 0;
  for (const auto& piece : *options_.shared_body) all += piece.size();
  return all;
}

/// What of the body comes next, as far as it is in one piece; empty at its end.
std::string_view Transfer::next_of_body() {
  if (options_.streamed) return std::string_view(out_).substr(out_offset_);
  if (!options_.shared_body) return std::string_view(options_.body).substr(out_offset_);
  const auto& pieces = *options_.shared_body;
  while (out_piece_ < pieces.size() && out_offset_ == pieces[out_piece_].size()) {
    ++out_piece_;
    out_offset_ = 0;
  }
  return out_piece_ == pieces.size() ? std::string_view() : std::string_view(pieces[out_piece_]).substr(out_offset_);
}

void Transfer::add_line(const std::string& line) { append_line_to(lines_, line); }

void Transfer::set_resolve(const std::vector<std::string>& entries) {
  for (const auto& entry : entries) append_line_to(resolve_, entry);
  if (resolve_ != nullptr) curl_easy_setopt(easy_, CURLOPT_RESOLVE, resolve_);
}

// What the callers await ----------------------------------------------------------------------------------------------

template <class Attempt>
awaitable<bool> Transfer::until(Waiter Transfer::* place, Attempt attempt) {
  bool taken = true;
  auto start = [this, place, &attempt, &taken](auto handler) {
    using Handler = decltype(handler);
    using Executor = boost::asio::associated_executor_t<Handler>;
    struct Wait {
      Wait(Handler resumed, Attempt tried)
          : handler(std::move(resumed)),
            back(boost::asio::get_associated_executor(handler)),
            work(back),
            attempt(std::move(tried)) {}
      Handler handler;
      Executor back;
      boost::asio::executor_work_guard<Executor> work;
      Attempt attempt;
    };
    auto wait = std::make_shared<Wait>(std::move(handler), std::move(attempt));
    // The coroutine may be over before this returns: nothing of its frame is touched after post().
    auto resume = [wait] {
      const auto last = std::move(wait->work);
      boost::asio::post(wait->back, std::move(wait->handler));
    };
    Waiter waiter = [wait, resume] {
      if (!wait->attempt()) return false;
      resume();
      return true;
    };
    auto task = [self = shared_from_this(), place, waiter] {
      if (!waiter()) (*self).*place = waiter;
    };
    if (!engine_->post(task)) {
      taken = false;
      resume();
    }
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(start,
                                                                                      boost::asio::use_awaitable);
  co_return taken;
}

void Transfer::wake(Waiter& place) {
  auto waiter = std::exchange(place, {});
  if (waiter && !waiter()) place = std::move(waiter);
}

awaitable<bool> Transfer::begin() {
  auto attempt = [this] {
    engine_->begin(shared_from_this());
    return true;
  };
  co_return co_await until(&Transfer::end_waiter_, std::move(attempt));
}

awaitable<Result<bool>> Transfer::write(std::string piece) {
  Result<bool> wanted = true;
  auto attempt = [this, &wanted, &piece, added = false]() mutable {
    // A server that has refused reads no further, and curl sends it nothing more.
    const bool refused = head_done_ && reply_.status >= 400;
    if (ended_ || refused) {
      if (failure_) {
        wanted = *failure_;
      } else {
        wanted = false;
      }
      return true;
    }
    if (!std::exchange(added, true)) {
      out_.erase(0, std::exchange(out_offset_, 0));
      out_ += piece;
      out_total_ += piece.size();
      if (std::exchange(out_paused_, false)) resume(CURLPAUSE_SEND);
    }
    return out_.size() - out_offset_ <= kMostWaiting / 2;
  };
  const bool taken = co_await until(&Transfer::room_waiter_, std::move(attempt));
  if (!taken) co_return stopped();
  co_return wanted;
}

awaitable<Result<HttpReply>> Transfer::head() {
  Result<HttpReply> reply = HttpReply{};
  auto attempt = [this, &reply] {
    if (!std::exchange(out_ended_, true) && std::exchange(out_paused_, false)) resume(CURLPAUSE_SEND);
    if (head_done_) {
      reply = reply_;
    } else if (ended_) {
      reply = failure_.value_or(Error{Errc::downstream_issue, "The server's reply is not valid"});
    }
    return head_done_ || ended_;
  };
  const bool taken = co_await until(&Transfer::head_waiter_, std::move(attempt));
  if (!taken) co_return stopped();
  co_return reply;
}

awaitable<Result<std::size_t>> Transfer::read_some(std::span<std::byte> buffer) {
  Result<std::size_t> count = std::size_t{0};
  auto attempt = [this, &count, buffer] {
    const auto ready = std::min(in_.size() - in_offset_, buffer.size());
    if (ready == 0) {
      if (ended_ && failure_) count = *failure_;
      return ended_ || buffer.empty();
    }
    std::memcpy(buffer.data(), in_.data() + in_offset_, ready);
    in_offset_ += ready;
    if (in_offset_ == in_.size()) {
      in_.clear();
      in_offset_ = 0;
      if (!ended_ && std::exchange(in_paused_, false)) resume(CURLPAUSE_RECV);
    }
    count = ready;
    return true;
  };
  const bool taken = co_await until(&Transfer::data_waiter_, std::move(attempt));
  if (!taken) co_return stopped();
  co_return count;
}

awaitable<Result<HttpReply>> Transfer::finish() {
  Result<HttpReply> reply = HttpReply{};
  auto attempt = [this, &reply] {
    if (!ended_) return false;
    if (failure_) {
      reply = *failure_;
    } else {
      reply_.body = std::move(in_);
      reply = std::move(reply_);
    }
    return true;
  };
  const bool taken = co_await until(&Transfer::end_waiter_, std::move(attempt));
  if (!taken) co_return stopped();
  co_return reply;
}

void Transfer::abandon() {
  engine_->post([self = shared_from_this()] {
    if (self->ended_) return;
    self->engine_->drop(*self);
    self->end(stopped());
  });
}

// What the engine tells
// ------------------------------------------------------------------------------------------------

void Transfer::on_done(CURLcode code) {
  // curl takes a head that breaks off for a reply.
  if (code == CURLE_OK && options_.is_http && !head_done_) code = CURLE_WEIRD_SERVER_REPLY;
  if (code == CURLE_OK) {
    end(std::nullopt);
  } else {
    end(error_of(code));
  }
}

void Transfer::on_stopped() { end(stopped()); }

void Transfer::end(std::optional<Error> failure) {
  ended_ = true;
  failure_ = std::move(failure);
  for (auto* place : {&room_waiter_, &head_waiter_, &data_waiter_, &end_waiter_}) wake(*place);
}

void Transfer::resume(int direction) {
  paused_ &= ~direction;
  curl_easy_pause(easy_, paused_);
}

Error Transfer::error_of(CURLcode code) const {
  if (refused_) return {Errc::invalid_request, "The host's address must not be connected to: it is not a public one"};
  if (code == CURLE_ABORTED_BY_CALLBACK) return {Errc::invalid_request, "The body is not as long as it was said to be"};
  if (too_large_) return {Errc::downstream_issue, "The server's reply is too large"};
  std::string detail = curl_easy_strerror(code);
  if (error_text_[0] != '\0') detail += std::string(": ") + error_text_.data();
  const auto error = [&detail](std::string message) {
    return Error{Errc::downstream_issue, std::move(message), std::move(detail)};
  };
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return error("The host's name cannot be resolved");
    case CURLE_COULDNT_CONNECT:
      return error("The host cannot be connected to");
    case CURLE_OPERATION_TIMEDOUT:
      return error("The server did not answer in time");
    case CURLE_PEER_FAILED_VERIFICATION:
      return error("The server's certificate is not trusted");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
      return error("No secure connection to the server can be made");
    case CURLE_LOGIN_DENIED:
      return error("The server refused the login");
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
      return error("The server's reply is not valid");
    default:
      return error("The exchange with the server failed");
  }
}

// What curl calls
// ------------------------------------------------------------------------------------------------------

std::size_t Transfer::on_read(char* out, std::size_t size, std::size_t count, void* data) {
  auto& self = self_of(data);
  const auto from = self.next_of_body();
  const auto ready = std::min(from.size(), size * count);
  if (ready == 0) {
    if (!self.options_.streamed) return 0;
    if (self.out_ended_) {
      // The server would wait for the rest for ever.
      const bool whole = self.options_.streamed_bytes.value_or(self.out_total_) == self.out_total_;
      return whole ? 0 : CURL_READFUNC_ABORT;
    }
    self.out_paused_ = true;
    self.paused_ |= CURLPAUSE_SEND;
    return CURL_READFUNC_PAUSE;
  }
  std::memcpy(out, from.data(), ready);
  self.out_offset_ += ready;
  self.out_began_ = true;
  if (self.options_.streamed) self.wake(self.room_waiter_);
  return ready;
}

int Transfer::on_seek(void* data, curl_off_t offset, int origin) {
  auto& self = self_of(data);
  if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_FAIL;
  if (self.options_.streamed) return self.out_began_ ? CURL_SEEKFUNC_FAIL : CURL_SEEKFUNC_OK;
  self.out_offset_ = self.out_piece_ = 0;
  return CURL_SEEKFUNC_OK;
}

std::size_t Transfer::on_write(char* data, std::size_t size, std::size_t count, void* self) {
  return self_of(self).take_body({data, size * count});
}

std::size_t Transfer::take_body(std::string_view data) {
  if (options_.collected) {
    if (data.size() > *options_.collected - in_.size()) {
      too_large_ = true;
      return 0;
    }
    if (in_.empty()) {
      // Grown by doubling, a large reply would be in memory twice.
      curl_off_t length = -1;
      curl_easy_getinfo(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
      const auto most = static_cast<curl_off_t>(std::min<std::size_t>(*options_.collected, kMostReserved));
      if (length > 0) in_.reserve(static_cast<std::size_t>(std::min(length, most)));
    }
    in_ += data;
    return data.size();
  }
  if (in_.size() - in_offset_ >= kMostWaiting) {
    in_paused_ = true;
    paused_ |= CURLPAUSE_RECV;
    return CURL_WRITEFUNC_PAUSE;
  }
  in_.erase(0, std::exchange(in_offset_, 0));
  in_ += data;
  wake(data_waiter_);
  return data.size();
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  return self_of(self).take_header({data, size * count}) ? size * count : 0;
}

bool Transfer::take_header(std::string_view line) {
  head_bytes_ += line.size();
  if (head_bytes_ > kLongestHead) {
    too_large_ = true;
    return false;
  }
  if (head_done_) return true;  // Trailers.
  if (line.starts_with("HTTP/")) {
    reply_.headers.clear();
    const auto space = line.find(' ');
    const auto digits = space == std::string_view::npos ? "" : line.substr(space + 1, 3);
    reply_.status = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), reply_.status);
    return true;
  }
  const auto text = trim(line);
  if (text.empty()) {
    // An interim reply, such as 100, is followed by the real one.
    if (reply_.status < 200) return true;
    head_done_ = true;
    wake(head_waiter_);
    wake(room_waiter_);
    return true;
  }
  if ((line.front() == ' ' || line.front() == '\t') && !reply_.headers.empty()) {
    reply_.headers.back().second += " " + std::string(text);
    return true;
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return true;
  reply_.headers.emplace_back(trim(text.substr(0, colon)), trim(text.substr(colon + 1)));
  return true;
}

bool Transfer::may_connect(const boost::asio::ip::address& address) {
  if (!options_.policy || options_.policy->may_connect(options_.host, address)) return true;
  refused_ = true;
  return false;
}

curl_socket_t Transfer::on_open_socket(void* data, curlsocktype purpose, curl_sockaddr* address) {
  if (purpose != CURLSOCKTYPE_IPCXN || !self_of(data).may_connect(address_of(address->addr))) return CURL_SOCKET_BAD;
  return self_of(data).engine_->open_socket(*address);
}

int Transfer::on_connected(void* data, char* peer, char*, int, int) {
  // The second look: at what a kept connection is connected to.
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(peer, error);
  return !error && self_of(data).may_connect(address) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

CURLcode Transfer::on_tls_context(CURL*, void* context, void* data) {
  const auto& file = self_of(data).options_.extra_ca_file;
  return SSL_CTX_load_verify_file(static_cast<SSL_CTX*>(context), file.c_str()) == 1 ? CURLE_OK
                                                                                     : CURLE_SSL_CACERT_BADFILE;
}

}  // namespace wharf::net::detail
