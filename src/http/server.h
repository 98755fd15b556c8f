#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace wharf::http {

/// Bounds on what strangers may send. Sizes in bytes.
struct Limits {
  std::size_t head_bytes = 32 * 1024;               ///< Request line and headers: past it 431.
  std::size_t target_bytes = 16 * 1024;             ///< Past it 414.
  std::size_t headers = 100;                        ///< Count: past it 431.
  std::uint64_t drain_bytes = 1024 * 1024;          ///< Unread body that is skipped to keep the connection.
  std::size_t connections = 20'000;                 ///< Open at once, all loops together; past it new ones are closed.
  std::chrono::milliseconds head_timeout{15'000};   ///< From the first byte of a head to its end (slow loris).
  std::chrono::milliseconds idle_timeout{75'000};   ///< Between requests on a kept connection.
  std::chrono::milliseconds stall_timeout{30'000};  ///< No byte in or out while one is due.
  std::uint64_t least_bytes_per_second = 1024;      ///< Average over a body, after the first 30 s: slower peers go.
};

struct TlsFiles {
  std::string certificate_chain;  ///< Path of a PEM file.
  std::string private_key;        ///< Path of a PEM file.
};

struct ServerOptions {
  std::string host = "127.0.0.1";  ///< An address, or "localhost"; "[::]"-style brackets are allowed.
  std::uint16_t port = 8080;       ///< 0: any free port; see Server::port().
  int loops = 0;                   ///< Event loops, a thread each; 0: one a core.
  std::optional<TlsFiles> tls;
  Limits limits;
  /// Told what no client is told: what a handler threw, a file shorter than promised. On any loop; may be empty.
  std::function<void(std::string_view)> on_error;
  /// Called on the loop after each reply of a handler: its status, the bytes sent (head and body), the time since the
  /// request's head was whole. `request` is still valid. May be empty.
  std::function<void(const Request& request, int status, std::uint64_t bytes_out, std::chrono::nanoseconds took)>
      on_done;
};

/// What the listener counted since start; for /metrics. Monotonic but for `open_connections`.
struct ServerCounters {
  std::uint64_t accepted = 0, refused = 0, open_connections = 0, requests = 0, timeouts = 0, bad_requests = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
};

/// An HTTP/1.1 server: one `io_context{1}` and one SO_REUSEPORT acceptor per loop.
class Server {
 public:
  /// Binds and listens. Errors: invalid_request with the reason (address in use, bad certificate).
  static Result<std::unique_ptr<Server>> create(ServerOptions options, Handler handler);
  virtual ~Server() = default;

  virtual std::uint16_t port() const = 0;
  /// Starts the loops' threads and returns.
  virtual void start() = 0;
  /// Stops accepting, closes idle connections, lets requests in flight end for up to `grace`, then closes them.
  /// Returns when every loop has ended. Safe to call twice. `when_over` is called when the grace is over, or nobody
  /// needs it any more: it lets go of what requests may still wait for, whose clients are gone.
  virtual void stop(std::chrono::milliseconds grace, const std::function<void()>& when_over = {}) = 0;
  virtual ServerCounters counters() const = 0;
  /// Number of event loops, and the index of the loop that the calling thread runs (-1: none).
  virtual int loops() const = 0;
  static int current_loop();
};

}  // namespace wharf::http
