#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <cerrno>
#include <cstring>

#include "http/connection.h"

namespace wharf::http {
namespace {

namespace asio = boost::asio;

constexpr auto kTuple = asio::as_tuple(asio::deferred);
constexpr std::size_t kSkipPiece = 64 * 1024;
/// A read of a chunked body takes no more than this, so that little can be read behind its end.
constexpr std::size_t kChunkedPiece = 256 * 1024;

Error ended_early() { return {Errc::invalid_request, "The request's body ended early"}; }
Error bad_framing() { return {Errc::invalid_request, "The request's chunked body is malformed"}; }

}  // namespace

std::optional<std::uint64_t> Connection::length() const {
  if (head_.chunked) return std::nullopt;
  return head_.length_bytes;
}

bool Connection::body_is_read() const { return head_.chunked ? chunks_->done() : left_bytes_ == 0; }

std::size_t Connection::receive_now(std::span<std::byte> buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const auto count = ::recv(socket_.native_handle(), buffer.data() + filled, buffer.size() - filled, MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    filled += static_cast<std::size_t>(count);
  }
  return filled;
}

bool Connection::more_is_here() {
  if (::SSL_pending(tls_->native_handle()) > 0) return true;
  char byte;
  return ::recv(socket_.native_handle(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 1;
}

awaitable<std::size_t> Connection::receive(std::span<std::byte> buffer) {
  if (turn_is_over()) co_await give_turn();
  std::size_t filled = tls_ ? 0 : receive_now(buffer);
  if (filled == 0) {
    start_wait(Phase::body_in, loop_.limits().stall_timeout);
    boost::system::error_code error;
    do {
      const auto room = asio::buffer(buffer.data() + filled, buffer.size() - filled);
      std::size_t count = 0;
      if (tls_) {
        auto operation = tls_->async_read_some(room, kTuple);
        std::tie(error, count) = co_await std::move(operation);
      } else {
        auto operation = socket_.async_read_some(room, kTuple);
        std::tie(error, count) = co_await std::move(operation);
        if (!error) count += receive_now(buffer.subspan(count));
      }
      filled += count;
      // A record of TLS holds 16 KiB at most: gather what is here, so that the caller gets large pieces.
    } while (tls_ && !error && filled < buffer.size() && more_is_here());
    end_wait();
    phase_ = Phase::working;
  }
  transferred_ += filled;
  turn_bytes_ += filled;
  loop_.counters().bytes_in.add(filled);
  co_return filled;
}

awaitable<bool> Connection::say_continue() {
  continue_due_ = false;
  if (!in_.empty()) co_return true;
  Pieces pieces;
  pieces.add("HTTP/1.1 100 Continue\r\n\r\n");
  co_return co_await send(pieces, false);
}

awaitable<Result<std::size_t>> Connection::read_some(std::span<std::byte> buffer) {
  if (body_broken_) co_return ended_early();
  if (body_is_read() || buffer.empty()) co_return std::size_t{0};
  if (continue_due_ && !co_await say_continue()) {
    body_broken_ = true;
    co_return ended_early();
  }
  auto read = head_.chunked ? co_await read_chunked(buffer) : co_await read_sized(buffer);
  if (!read) body_broken_ = true;
  co_return read;
}

awaitable<Result<std::size_t>> Connection::read_sized(std::span<std::byte> buffer) {
  const auto due = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left_bytes_));
  std::size_t count = std::min(due, in_.size());
  std::memcpy(buffer.data(), in_.view().data(), count);
  in_.consume(count);
  if (count < due) {
    // What came with the head is handed over at once when the rest has to be waited for.
    const auto room = buffer.subspan(count, due - count);
    if (count == 0) {
      count = co_await receive(room);
    } else if (!tls_) {
      const auto more = receive_now(room);
      loop_.counters().bytes_in.add(more);
      transferred_ += more;
      count += more;
    }
  }
  if (count == 0) co_return ended_early();
  left_bytes_ -= count;
  co_return count;
}

awaitable<Result<std::size_t>> Connection::read_chunked(std::span<std::byte> buffer) {
  for (;;) {
    if (!in_.empty()) {
      const auto here = std::as_bytes(std::span(in_.view()));
      const auto step = chunks_->decode(here.data(), here.size(), buffer.data(), buffer.size());
      in_.consume(step.consumed);
      if (step.bad) co_return bad_framing();
      if (step.produced > 0 || chunks_->done()) co_return step.produced;
      continue;
    }
    const auto raw = buffer.first(std::min(buffer.size(), kChunkedPiece));
    const auto count = co_await receive(raw);
    if (count == 0) co_return ended_early();
    const auto step = chunks_->decode(raw.data(), count, raw.data(), raw.size());
    if (step.bad) co_return bad_framing();
    if (chunks_->done()) {
      // The next request has begun behind the body: its place is the input buffer, but views of the head are in there.
      const auto rest = raw.subspan(step.consumed, count - step.consumed);
      spill_.assign(reinterpret_cast<const char*>(rest.data()), rest.size());
    }
    if (step.produced > 0 || chunks_->done()) co_return step.produced;
  }
}

awaitable<bool> Connection::skip_body() {
  std::uint64_t left = loop_.limits().drain_bytes;
  start_transfer();
  std::vector<std::byte> scratch(kSkipPiece);
  while (!body_is_read() && left > 0) {
    const auto read = co_await read_some(scratch);
    if (!read) co_return false;
    left -= std::min<std::uint64_t>(left, *read);
  }
  co_return body_is_read();
}

}  // namespace wharf::http
