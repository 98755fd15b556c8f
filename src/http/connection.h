#pragma once
#include <sys/uio.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/chunked.h"
#include "http/head.h"
#include "http/loop.h"
#include "http/message.h"
#include "http/reply.h"

namespace wharf::http {

/// Up to five pieces that leave in one system call.
class Pieces {
 public:
  void add(std::string_view text);
  bool empty() const { return first_ == count_; }
  void advance(std::size_t bytes);
  iovec* front() { return &vectors_[first_]; }
  std::size_t count() const { return count_ - first_; }

 private:
  std::array<iovec, 5> vectors_{};
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

/// The bytes received and not yet used: heads, and what came with them of bodies and later requests.
class InBuffer {
 public:
  std::string_view view() const { return {bytes_.data() + begin_, end_ - begin_}; }
  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }
  void consume(std::size_t count);
  /// Room behind the bytes for at least one more, at most `limit` bytes in all. Moves the bytes: no view survives it.
  std::span<char> room(std::size_t limit);
  void filled(std::size_t count) { end_ += count; }
  /// Puts `text` behind the bytes. Moves the bytes.
  void append(std::string_view text);
  /// Gives a large buffer back while nothing is in it.
  void shrink();

 private:
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

/// One client's connection: reads heads, calls the handler, sends replies, one request after the other.
///
/// Lives in the frame of `run` and on one loop. Every wait for the client has a deadline that the loop's sweeper looks
/// at; nothing in here has a timer of its own.
class Connection final : public BodyReader {
 public:
  Connection(Loop& loop, boost::asio::ip::tcp::socket socket, const boost::asio::ip::tcp::endpoint& peer);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Serves `self` until it ends.
  static awaitable<void> run(std::unique_ptr<Connection> self);

  /// Called by the sweeper: ends what has waited too long or crawls.
  void check_time();
  void close_if_idle();
  void close_now();

  Connection* next() const { return next_; }
  Connection* previous() const { return previous_; }
  void set_next(Connection* c) { next_ = c; }
  void set_previous(Connection* c) { previous_ = c; }

  std::optional<std::uint64_t> length() const override;
  awaitable<Result<std::size_t>> read_some(std::span<std::byte> buffer) override;

 private:
  using Socket = boost::asio::ip::tcp::socket;
  using TlsStream = boost::asio::ssl::stream<Socket&>;
  enum class Phase { idle, head, working, body_in, body_out, ending };
  /// A fast peer gives the loop back after this many bytes.
  static constexpr std::uint64_t kTurnBytes = 4 * 1024 * 1024;

  enum class Sent { all, blocked, failed };

  // connection.cc: the life of a connection.
  awaitable<void> serve();
  awaitable<bool> shake_hands();
  awaitable<bool> receive_head();
  awaitable<void> refuse(Refusal refusal);
  awaitable<void> end(bool discard_input);
  void start_request();
  void start_wait(Phase phase, std::chrono::milliseconds timeout);
  void end_wait();
  void start_transfer();
  bool turn_is_over() const { return turn_bytes_ >= kTurnBytes; }
  awaitable<void> give_turn();
  bool is_open() const { return socket_.is_open(); }

  // body_in.cc: the request's body.
  awaitable<std::size_t> receive(std::span<std::byte> buffer);
  std::size_t receive_now(std::span<std::byte> buffer);
  bool more_is_here();
  awaitable<Result<std::size_t>> read_sized(std::span<std::byte> buffer);
  awaitable<Result<std::size_t>> read_chunked(std::span<std::byte> buffer);
  awaitable<bool> say_continue();
  awaitable<bool> skip_body();
  bool body_is_read() const;

  // body_out.cc: the reply.
  bool may_keep(const Response& response) const;
  void compose(Pieces& pieces);
  Sent send_now(Pieces& pieces, bool more_follows);
  awaitable<bool> send(Pieces pieces, bool more_follows);
  awaitable<bool> send_body();
  awaitable<bool> send_file();
  awaitable<bool> send_file_plain(int fd, std::uint64_t offset, std::uint64_t left);
  awaitable<bool> send_file_copied(int fd, std::uint64_t offset, std::uint64_t left);
  awaitable<bool> send_stream();
  awaitable<Result<bool>> next_piece(std::string& piece);
  awaitable<bool> wait_writable();
  void count_out(std::uint64_t bytes);
  bool report_short_body();

  Loop& loop_;
  Socket socket_;
  std::optional<TlsStream> tls_;
  std::string peer_;

  Connection* next_ = nullptr;
  Connection* previous_ = nullptr;

  // Waits for the client.
  Phase phase_ = Phase::idle;
  std::int64_t deadline_ms_ = 0;  ///< 0: the client owes nothing.
  std::int64_t wait_since_ms_ = 0;
  std::int64_t waited_ms_ = 0;     ///< For the present body: time spent waiting for the client,
  std::uint64_t transferred_ = 0;  ///< and bytes moved.
  std::uint64_t turn_bytes_ = 0;   ///< Moved since this connection last waited.
  bool timed_out_ = false;

  // The present request.
  InBuffer in_;
  std::size_t head_bytes_ = 0;  ///< The length of the present head, once it is whole.
  Request request_;
  HeadInfo head_;
  std::uint64_t left_bytes_ = 0;  ///< Of a body with a Content-Length.
  std::optional<ChunkDecoder> chunks_;
  std::string spill_;          ///< What was read behind the end of a chunked body.
  bool continue_due_ = false;  ///< The client waits for 100.
  bool body_broken_ = false;
  std::optional<Refusal> refusal_;

  // The present reply.
  std::string out_;
  Response response_;
  ReplyFrame frame_;
  bool body_follows_ = false;  ///< `out_` is not all of the reply.
  std::uint64_t bytes_out_ = 0;
};

}  // namespace wharf::http
