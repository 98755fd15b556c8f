#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <cerrno>
#include <charconv>

#include "http/connection.h"

namespace wharf::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kTuple = asio::as_tuple(asio::deferred);
/// Bodies up to this are copied behind the head: one piece is cheaper to send than two.
constexpr std::size_t kCopiedBody = 16 * 1024;
constexpr std::size_t kKeptOut = 64 * 1024;
constexpr std::uint64_t kFilePiece = 1024 * 1024;
constexpr std::size_t kCopyPiece = 128 * 1024;

const std::string* text_of(const Body& body) {
  if (const auto* text = std::get_if<std::string>(&body)) return text;
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body)) return shared->get();
  return nullptr;
}

}  // namespace

bool Connection::may_keep(const Response& response) const {
  if (!head_.keep_alive || response.close || loop_.stopping() || body_broken_) return false;
  if (body_is_read()) return true;
  // A client that was not told to continue may send the body or leave it out: only closing is clear.
  if (continue_due_) return false;
  return head_.chunked || left_bytes_ <= loop_.limits().drain_bytes;
}

void Connection::compose(Pieces& pieces) {
  const bool head_request = request_.verb == Verb::head;
  const bool bodiless = head_request || response_.status == 204 || response_.status == 304;
  const auto* only = std::get_if<LengthOnly>(&response_.body);
  if (response_.status < 200 || response_.status > 599 || (only != nullptr && only->length_bytes > 0 && !bodiless)) {
    loop_.report("a handler gave a reply that cannot be sent");
    response_ = bare_error();
  }
  frame_ = choose_framing(response_, head_request, head_.http11);
  frame_.close = frame_.close || !may_keep(response_);
  frame_.say_keep_alive = !head_.http11;
  frame_.date_line = loop_.date_line();
  frame_.request_id = request_.id;
  if (out_.capacity() > kKeptOut) out_ = {};
  out_.clear();
  append_reply_head(out_, response_, frame_);
  body_follows_ = false;
  const std::string* const text = bodiless ? nullptr : text_of(response_.body);
  if (text != nullptr && text->size() <= kCopiedBody) out_ += *text;
  pieces.add(out_);
  if (text != nullptr && text->size() > kCopiedBody) pieces.add(*text);
  if (!bodiless) {
    const auto* file = std::get_if<FileBody>(&response_.body);
    body_follows_ = (file != nullptr && file->length_bytes > 0) || std::holds_alternative<StreamBody>(response_.body);
  }
}

Connection::Sent Connection::send_now(Pieces& pieces, bool more_follows) {
  if (tls_) return Sent::blocked;
  while (!pieces.empty()) {
    msghdr message{};
    message.msg_iov = pieces.front();
    message.msg_iovlen = pieces.count();
    const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (more_follows ? MSG_MORE : 0);
    const auto count = ::sendmsg(socket_.native_handle(), &message, flags);
    if (count < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN || errno == EWOULDBLOCK ? Sent::blocked : Sent::failed;
    }
    count_out(static_cast<std::uint64_t>(count));
    pieces.advance(static_cast<std::size_t>(count));
  }
  return Sent::all;
}

void Connection::count_out(std::uint64_t bytes) {
  bytes_out_ += bytes;
  transferred_ += bytes;
  turn_bytes_ += bytes;
  loop_.counters().bytes_out.add(bytes);
}

awaitable<bool> Connection::wait_writable() {
  start_wait(Phase::body_out, loop_.limits().stall_timeout);
  auto operation = socket_.async_wait(tcp::socket::wait_write, kTuple);
  auto [error] = co_await std::move(operation);
  end_wait();
  phase_ = Phase::working;
  co_return !error && is_open();
}

awaitable<bool> Connection::send(Pieces pieces, bool more_follows) {
  if (tls_) {
    while (!pieces.empty()) {
      start_wait(Phase::body_out, loop_.limits().stall_timeout);
      const auto* piece = pieces.front();
      auto operation = tls_->async_write_some(asio::buffer(piece->iov_base, piece->iov_len), kTuple);
      auto [error, count] = co_await std::move(operation);
      end_wait();
      phase_ = Phase::working;
      if (error) co_return false;
      count_out(count);
      pieces.advance(count);
    }
    co_return true;
  }
  for (;;) {
    const auto sent = send_now(pieces, more_follows);
    if (sent != Sent::blocked) co_return sent == Sent::all;
    if (!co_await wait_writable()) co_return false;
  }
}

awaitable<bool> Connection::send_body() {
  if (const auto* file = std::get_if<FileBody>(&response_.body)) {
    if (!file->file) co_return report_short_body();
    const int fd = file->file->fd();
    if (tls_) co_return co_await send_file_copied(fd, file->offset, file->length_bytes);
    co_return co_await send_file_plain(fd, file->offset, file->length_bytes);
  }
  co_return co_await send_stream();
}

bool Connection::report_short_body() {
  loop_.report("the body of a reply is not as long as its Content-Length");
  return false;
}

awaitable<bool> Connection::send_file_plain(int fd, std::uint64_t offset, std::uint64_t left) {
  auto position = static_cast<off_t>(offset);
  while (left > 0) {
    const auto piece = static_cast<std::size_t>(std::min(left, kFilePiece));
    const auto count = ::sendfile(socket_.native_handle(), fd, &position, piece);
    if (count > 0) {
      count_out(static_cast<std::uint64_t>(count));
      left -= static_cast<std::uint64_t>(count);
      if (turn_is_over()) co_await give_turn();
      if (!is_open()) co_return false;
    } else if (count == 0) {
      co_return report_short_body();
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!co_await wait_writable()) co_return false;
    } else if (errno != EINTR) {
      co_return false;
    }
  }
  co_return true;
}

awaitable<bool> Connection::send_file_copied(int fd, std::uint64_t offset, std::uint64_t left) {
  std::vector<char> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(left, kCopyPiece)));
  while (left > 0) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
    const auto count = ::pread(fd, buffer.data(), want, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) co_return report_short_body();
    const auto bytes = static_cast<std::size_t>(count);
    Pieces pieces;
    pieces.add({buffer.data(), bytes});
    if (!co_await send(pieces, false)) co_return false;
    offset += bytes;
    left -= bytes;
  }
  co_return true;
}

awaitable<Result<bool>> Connection::next_piece(std::string& piece) {
  piece.clear();
  std::string thrown;
  try {
    co_return co_await std::get<StreamBody>(response_.body).next(piece);
  } catch (const std::exception& error) {
    thrown = error.what();
  }
  co_return Error{Errc::internal, "Internal server error", thrown};
}

awaitable<bool> Connection::send_stream() {
  const bool chunked = frame_.framing == Framing::chunked;
  std::uint64_t left = frame_.length_bytes;
  std::string piece;
  for (bool more = true; more;) {
    auto next = co_await next_piece(piece);
    if (!next) {
      loop_.report("a streamed reply failed: " + next.error().message + ' ' + next.error().detail);
      co_return false;
    }
    more = *next;
    if (frame_.framing == Framing::length) {
      if (piece.size() > left || (!more && piece.size() < left)) co_return report_short_body();
      left -= piece.size();
    }
    if (turn_is_over()) co_await give_turn();
    if (!is_open()) co_return false;
    std::array<char, 18> size_line;
    Pieces pieces;
    if (chunked && !piece.empty()) {
      auto* end = std::to_chars(size_line.data(), size_line.data() + 16, piece.size(), 16).ptr;
      *end++ = '\r';
      *end++ = '\n';
      pieces.add({size_line.data(), end});
      pieces.add(piece);
      pieces.add("\r\n");
    } else {
      pieces.add(piece);
    }
    if (chunked && !more) pieces.add("0\r\n\r\n");
    if (!co_await send(pieces, false)) co_return false;
  }
  co_return true;
}

}  // namespace wharf::http
