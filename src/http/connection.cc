#include "http/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <cstring>

namespace wharf::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kTuple = asio::as_tuple(asio::deferred);
constexpr std::size_t kFirstBuffer = 4 * 1024;
/// Past this an empty buffer is given back to the allocator.
constexpr std::size_t kKeptBuffer = 64 * 1024;
/// How long and how much a closing connection reads on, so that the client gets to the reply.
constexpr std::chrono::milliseconds kLingerTime{5000};
constexpr std::uint64_t kLingerDrains = 16;

std::string address_text(const tcp::endpoint& peer) {
  const auto address = peer.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace

void Pieces::add(std::string_view text) {
  if (text.empty()) return;
  vectors_[count_++] = {const_cast<char*>(text.data()), text.size()};
}

void Pieces::advance(std::size_t bytes) {
  while (first_ < count_ && bytes >= vectors_[first_].iov_len) bytes -= vectors_[first_++].iov_len;
  if (first_ == count_) return;
  vectors_[first_].iov_base = static_cast<char*>(vectors_[first_].iov_base) + bytes;
  vectors_[first_].iov_len -= bytes;
}

void InBuffer::consume(std::size_t count) {
  begin_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

std::span<char> InBuffer::room(std::size_t limit) {
  if (begin_ > 0) {
    std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == bytes_.size()) bytes_.resize(std::max({kFirstBuffer, end_ + 1, std::min(limit, 2 * end_)}));
  return {bytes_.data() + end_, bytes_.size() - end_};
}

void InBuffer::append(std::string_view text) {
  bytes_.resize(end_);
  bytes_.insert(bytes_.end(), text.begin(), text.end());
  end_ = bytes_.size();
}

void InBuffer::shrink() {
  if (empty() && bytes_.size() > kKeptBuffer) bytes_ = {};
}

Connection::Connection(Loop& loop, tcp::socket socket, const tcp::endpoint& peer)
    : loop_(loop), socket_(std::move(socket)), peer_(address_text(peer)) {
  boost::system::error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  if (loop_.shared().tls) tls_.emplace(socket_, *loop_.shared().tls);
  request_.headers.reserve(16);
  request_.body = this;
  request_.secure = tls_.has_value();
  request_.id.assign(16, '0');
  out_.reserve(512);
  loop_.link(*this);
}

Connection::~Connection() {
  loop_.unlink(*this);
  loop_.shared().open_connections.fetch_sub(1, std::memory_order_relaxed);
}

awaitable<void> Connection::run(std::unique_ptr<Connection> self) {
  try {
    co_await self->serve();
  } catch (const std::exception& error) {
    self->loop_.report(error.what());
  }
}

void Connection::start_wait(Phase phase, std::chrono::milliseconds timeout) {
  phase_ = phase;
  wait_since_ms_ = loop_.now_ms();
  // The loop's clock is behind by up to a sweep: one more keeps the deadline from coming early.
  deadline_ms_ = wait_since_ms_ + timeout.count() + loop_.sweep_period_ms();
}

void Connection::end_wait() {
  deadline_ms_ = 0;
  turn_bytes_ = 0;
  waited_ms_ += loop_.now_ms() - wait_since_ms_;
}

void Connection::start_transfer() {
  waited_ms_ = 0;
  transferred_ = 0;
}

awaitable<void> Connection::give_turn() {
  turn_bytes_ = 0;
  auto operation = asio::post(loop_.io(), asio::deferred);
  co_await std::move(operation);
}

void Connection::check_time() {
  if (deadline_ms_ == 0 || !is_open()) return;
  const auto now = loop_.now_ms();
  bool over = now >= deadline_ms_;
  if (!over && (phase_ == Phase::body_in || phase_ == Phase::body_out)) {
    const auto waited = waited_ms_ + now - wait_since_ms_;
    const auto least = static_cast<std::uint64_t>(waited) * loop_.limits().least_bytes_per_second / 1000;
    over = waited > loop_.limits().stall_timeout.count() && transferred_ < least;
  }
  if (!over) return;
  if (phase_ == Phase::head || phase_ == Phase::body_in || phase_ == Phase::body_out) loop_.counters().timeouts.add(1);
  timed_out_ = true;
  if (phase_ == Phase::head) {
    // The reading coroutine answers 408.
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    deadline_ms_ = 0;
  } else {
    close_now();
  }
}

void Connection::close_if_idle() {
  if (phase_ == Phase::idle) close_now();
}

void Connection::close_now() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

awaitable<bool> Connection::shake_hands() {
  start_wait(Phase::idle, loop_.limits().head_timeout);
  auto operation = tls_->async_handshake(asio::ssl::stream_base::server, kTuple);
  auto [error] = co_await std::move(operation);
  end_wait();
  co_return !error;
}

awaitable<bool> Connection::receive_head() {
  const auto& limits = loop_.limits();
  bool first_read = true;
  std::size_t scanned = 0;
  for (;;) {
    while (in_.view().starts_with("\r\n")) in_.consume(2);
    head_bytes_ = find_head(in_.view(), scanned);
    if (head_bytes_ > 0) co_return true;
    scanned = in_.size();
    refusal_ = check_partial_head(in_.view(), limits);
    if (refusal_) co_return true;
    const auto room = in_.room(limits.head_bytes);
    const auto buffer = asio::buffer(room.data(), room.size());
    if (in_.empty() && first_read) {
      start_wait(Phase::idle, limits.idle_timeout);
    } else if (phase_ != Phase::head) {
      start_wait(Phase::head, limits.head_timeout);
    }
    boost::system::error_code error;
    std::size_t count = 0;
    if (tls_) {
      auto operation = tls_->async_read_some(buffer, kTuple);
      std::tie(error, count) = co_await std::move(operation);
    } else {
      auto operation = socket_.async_read_some(buffer, kTuple);
      std::tie(error, count) = co_await std::move(operation);
    }
    if (timed_out_) {
      refusal_ = kRequestTimeout;
      co_return phase_ == Phase::head&& is_open();
    }
    if (error) co_return false;
    first_read = false;
    in_.filled(count);
    loop_.counters().bytes_in.add(count);
  }
}

void Connection::start_request() {
  loop_.counters().requests.add(1);
  loop_.write_request_id(request_.id.data());
  request_.peer = peer_;
  left_bytes_ = head_.length_bytes;
  chunks_.reset();
  if (head_.chunked) chunks_.emplace();
  continue_due_ = head_.expects_continue;
  body_broken_ = false;
  bytes_out_ = 0;
  start_transfer();
}

awaitable<void> Connection::serve() {
  if (tls_ && !co_await shake_hands()) co_return;
  const auto& on_done = loop_.shared().options.on_done;
  for (;;) {
    in_.shrink();
    if (!spill_.empty()) {
      in_.append(spill_);
      spill_.clear();
      spill_.shrink_to_fit();
    }
    if (loop_.stopping() && in_.empty()) {
      co_await end(false);
      co_return;
    }
    if (!co_await receive_head()) co_return;
    end_wait();
    if (!refusal_) {
      refusal_ = parse_head(in_.view().substr(0, head_bytes_), loop_.limits(), request_, head_);
      if (!refusal_) in_.consume(head_bytes_);
    }
    if (refusal_) {
      co_await refuse(*refusal_);
      co_return;
    }
    phase_ = Phase::working;
    std::chrono::steady_clock::time_point started;
    if (on_done) started = std::chrono::steady_clock::now();
    start_request();
    std::string thrown;
    try {
      response_ = co_await loop_.shared().handler(request_);
    } catch (const std::exception& error) {
      thrown = error.what();
    } catch (...) {
      thrown = "an exception of unknown type";
    }
    if (!thrown.empty()) {
      loop_.report(thrown);
      response_ = bare_error();
    }

    Pieces pieces;
    start_transfer();
    compose(pieces);
    const auto sent = send_now(pieces, body_follows_);
    bool delivered = sent == Sent::all;
    if (sent == Sent::blocked) delivered = co_await send(pieces, body_follows_);
    if (delivered && body_follows_) delivered = co_await send_body();
    const int status = response_.status;
    response_ = {};
    if (on_done) on_done(request_, status, bytes_out_, std::chrono::steady_clock::now() - started);
    if (!delivered) {
      close_now();
      co_return;
    }
    const bool body_skipped = frame_.close || body_is_read() || co_await skip_body();
    if (frame_.close || !body_skipped) {
      co_await end(!body_is_read() || body_broken_ || !in_.empty());
      co_return;
    }
  }
}

awaitable<void> Connection::refuse(Refusal refusal) {
  loop_.counters().bad_requests.add(1);
  loop_.write_request_id(request_.id.data());
  Response response;
  response.status = refusal.status;
  response.add("Content-Type", "application/json");
  ReplyFrame frame;
  const auto body = refusal_body(refusal);
  frame.framing = Framing::length;
  frame.length_bytes = body.size();
  frame.close = true;
  frame.date_line = loop_.date_line();
  frame.request_id = request_.id;
  out_.clear();
  append_reply_head(out_, response, frame);
  out_ += body;
  Pieces pieces;
  pieces.add(out_);
  start_transfer();
  if (co_await send(pieces, false)) co_await end(true);
}

awaitable<void> Connection::end(bool discard_input) {
  start_wait(Phase::ending, std::min(kLingerTime, loop_.limits().stall_timeout));
  if (tls_) {
    auto goodbye = tls_->async_shutdown(kTuple);
    co_await std::move(goodbye);
  }
  boost::system::error_code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  if (discard_input && !error) {
    // Closing with unread input would reset the connection, and the reset may overtake the reply.
    std::vector<char> scratch(kKeptBuffer);
    std::uint64_t left = loop_.limits().drain_bytes * kLingerDrains;
    while (left > 0) {
      auto operation = socket_.async_read_some(asio::buffer(scratch), kTuple);
      auto [read_error, count] = co_await std::move(operation);
      if (read_error) break;
      left -= std::min<std::uint64_t>(left, count);
    }
  }
  close_now();
}

}  // namespace wharf::http
