#pragma once
#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/server.h"

namespace wharf::http {

class Connection;

/// A counter with one writer, so that adding needs no locked instruction.
class LoopCounter {
 public:
  void add(std::uint64_t n) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct alignas(64) LoopCounters {
  LoopCounter accepted, refused, requests, timeouts, bad_requests, bytes_in, bytes_out;
};

/// What all loops of one server share; outlives them.
struct Shared {
  ServerOptions options;
  Handler handler;
  std::unique_ptr<boost::asio::ssl::context> tls;  ///< Null without TLS.
  std::atomic<std::size_t> open_connections{0};
};

/// One event loop: its acceptor, its connections, and the sweeper that ends those whose time is up.
class Loop {
 public:
  Loop(int index, Shared& shared, boost::asio::ip::tcp::acceptor::native_handle_type listener, bool v6);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Runs until it was stopped and its last connection has ended.
  void run();
  /// Any thread: accepts no more, closes idle connections, lets the others end after their reply.
  void stop_soon();
  /// Any thread: closes every connection.
  void close_all();

  void link(Connection& connection);
  void unlink(Connection& connection);

  boost::asio::io_context& io() { return io_; }
  Shared& shared() { return shared_; }
  const Limits& limits() const { return shared_.options.limits; }
  LoopCounters& counters() { return counters_; }
  bool stopping() const { return stopping_; }

  /// Milliseconds of a steady clock, as of the last sweep: as old as `sweep_period_ms` at most.
  std::int64_t now_ms() const { return now_ms_; }
  std::int64_t sweep_period_ms() const { return sweep_period_ms_; }
  /// `Date: …\r\n`, made once a sweep.
  std::string_view date_line() const { return date_line_; }
  /// Writes a new request id, 16 hexadecimal digits.
  void write_request_id(char* out);
  /// Hands `what` to the server's on_error.
  void report(std::string_view what) const;

 private:
  awaitable<void> accept();
  awaitable<void> sweep();
  void refresh_clock();

  const int index_;
  Shared& shared_;
  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer sweep_timer_;
  boost::asio::steady_timer accept_pause_;
  LoopCounters counters_;
  Connection* first_ = nullptr;
  std::int64_t now_ms_ = 0;
  std::int64_t sweep_period_ms_ = 1000;
  std::string date_line_;
  std::int64_t date_second_ = -1;
  std::uint64_t id_state_ = 0;
  bool stopping_ = false;
};

/// The index of the loop that this thread runs; -1 for other threads.
int current_loop_index();

}  // namespace wharf::http
