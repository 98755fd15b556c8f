#pragma once
#include <curl/curl.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

namespace wharf::net::detail {

class Transfer;

/// libcurl's multi handle on an Asio loop with one thread: curl says which sockets and which time to wait for, Asio
/// waits. All but post(), stop() and stopped() is the thread's own.
class Engine {
 public:
  struct Options {
    long kept_connections = 32;
    long connections_per_host = 32;
  };
  explicit Engine(Options options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Runs `task` on the thread, which is made at need. False, and nothing is run, once stop() was called.
  bool post(std::function<void()> task);
  /// Fails every transfer, ends the thread and waits for it; not from the thread itself. Safe to call twice.
  void stop();

  /// Lets a transfer begin; it is told its end by Transfer::on_done.
  void begin(std::shared_ptr<Transfer> transfer);
  /// Takes a transfer out before its end, without telling it.
  void drop(Transfer& transfer);

  /// Makes a socket for a transfer; CURL_SOCKET_BAD when there is none.
  curl_socket_t open_socket(const curl_sockaddr& address);
  /// For CURLOPT_CLOSESOCKETFUNCTION, with the engine as its data: no watch outlives its socket.
  static int close_socket(void* engine, curl_socket_t socket);

 private:
  /// A socket that curl wants to hear of.
  struct Watch {
    Watch(boost::asio::io_context& loop, curl_socket_t socket) : descriptor(loop, socket) {}
    boost::asio::posix::stream_descriptor descriptor;
    int wanted = 0;  ///< CURL_POLL_…
    bool reading = false, writing = false, gone = false;
  };

  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* engine, void* watch);
  static int on_timer(CURLM* multi, long timeout_ms, void* engine);
  void watch(curl_socket_t socket, int wanted);
  void forget(curl_socket_t socket);
  void arm(const std::shared_ptr<Watch>& watch);
  void arm_one(const std::shared_ptr<Watch>& watch, bool for_reading);
  void act(curl_socket_t socket, int events);
  void take_finished();
  void set_timer(long timeout_ms);
  void run();
  void fail_all();

  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  CURLM* multi_;
  std::map<curl_socket_t, std::shared_ptr<Watch>> watches_;
  std::set<curl_socket_t> sockets_;
  std::set<std::shared_ptr<Transfer>> transfers_;

  std::mutex mutex_;
  bool stopped_ = false;  ///< Under mutex_.
  std::thread thread_;    ///< Under mutex_ until it is stopped.
};

}  // namespace wharf::net::detail
