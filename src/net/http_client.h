#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/async.h"
#include "base/error.h"
#include "net/address_policy.h"

namespace wharf::net {

namespace detail {
class Engine;
class Transfer;
}  // namespace detail

using Headers = std::vector<std::pair<std::string, std::string>>;

/// How long one exchange may take.
struct Timeouts {
  std::chrono::milliseconds connect{10'000};  ///< Name, TCP and TLS together.
  std::chrono::milliseconds whole{30'000};    ///< fetch() only: from the call to the last byte; 0: while bytes flow.
  std::chrono::seconds stall{30};             ///< Less than a byte a second for so long, while we wait for one.
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  ///< http or https.
  Headers headers;  ///< Content-Length and Host are ours.
  std::string body;
  /// Instead of `body`: sent one after the other from where they are, without a copy.
  std::shared_ptr<const std::vector<std::string>> shared_body;
  Timeouts timeouts;
  std::size_t largest_reply_bytes = 1024 * 1024;  ///< fetch() only.
  /// Followed at most; 0: a redirect is a reply like any other. Each target is checked as the first URL was. Another
  /// host gets no Authorization and no Cookie, and https never goes on to http. Needs a body that is not streamed.
  int redirects = 0;
  /// open() only: the body comes by HttpExchange::write instead of `body`.
  bool streamed_body = false;
  /// Of a streamed body, which must be that long; none: chunked.
  std::optional<std::uint64_t> streamed_body_bytes;
};

struct HttpReply {
  int status = 0;
  Headers headers;  ///< As received, in order.
  std::string body;

  /// The first value of the header `name` (any case), or "".
  std::string_view header(std::string_view name) const;
};

/// One request and its reply, a piece at a time: memory is bounded by about 256 KiB whatever the bodies are.
///
/// write()* , then head(), then read_some()* : one call at a time, from any executor. Destroying it ends the exchange;
/// a connection whose reply was read to its end is kept for the next one. It may outlive its client.
class HttpExchange {
 public:
  explicit HttpExchange(std::shared_ptr<detail::Transfer> transfer) : transfer_(std::move(transfer)) {}
  ~HttpExchange();
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  /// Adds `piece` to a streamed body; comes back once there is room for more. False: the server has already replied
  /// and wants no more (see head()). Errors: as HttpClient::fetch.
  awaitable<Result<bool>> write(std::string piece);
  /// Ends the body, and waits for the reply's head: its `body` is empty. Errors: as HttpClient::fetch. Safe to repeat.
  awaitable<Result<HttpReply>> head();
  /// Fills the front of `buffer`, which lives until then; 0 at the reply's end. Nothing is read from the socket while
  /// about 256 KiB wait here. Errors: downstream_issue when the reply breaks off, and as HttpClient::fetch.
  awaitable<Result<std::size_t>> read_some(std::span<std::byte> buffer);

 private:
  std::shared_ptr<detail::Transfer> transfer_;
};

struct HttpClientOptions {
  /// Where requests may go. Null: anywhere, for addresses that come from the configuration.
  std::shared_ptr<const AddressPolicy> policy;
  std::string extra_ca_file;          ///< PEM; trusted beside the system's. "": none.
  std::string user_agent = "wharf";   ///< The version is added: "wharf/0.1.0".
  std::size_t kept_connections = 32;  ///< Idle ones.
  std::size_t connections_per_host = 32;
  std::vector<std::string> resolve;  ///< "host:port:address": what is taken instead of asking for the name.
};

/// Requests to other servers over HTTP/1.1 and TLS 1.2 or newer, with kept connections. Proxies of the environment and
/// .netrc are not used.
///
/// One thread of its own (made at the first request) drives all of a client's exchanges: reading CA files and shaking
/// hands holds up no loop that serves requests, and connections are shared between callers on all loops. Safe from any
/// thread; it outlives the calls that are made on it. Different policies need different clients: a kept connection was
/// checked by its client's policy.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  /// As stop().
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends `request` and reads the whole reply; any status is a success.
  /// Errors  invalid_request: the URL, method or a header is malformed, or the policy forbids the host or its address;
  ///         downstream_issue: no connection, TLS refused, time-out, reply malformed, too large or broken off (the
  ///         message says which, without the host; `detail` tells the log more, without the path);
  ///         unavailable: the client was stopped.
  awaitable<Result<HttpReply>> fetch(HttpRequest request);

  /// Begins the exchange, for bodies of any size. Without a streamed body redirects are followed before it comes back.
  /// Errors: as fetch.
  awaitable<Result<std::unique_ptr<HttpExchange>>> open(HttpRequest request);

  /// Ends every exchange with `unavailable` and takes no more. Safe to call twice. Whoever awaits an exchange is
  /// resumed on its own executor, which must still be there.
  void stop();

 private:
  Result<std::shared_ptr<detail::Transfer>> prepare(const HttpRequest& request, bool collected) const;
  Result<bool> follow(HttpRequest& request, const HttpReply& reply) const;

  const HttpClientOptions options_;
  std::shared_ptr<detail::Engine> engine_;
};

}  // namespace wharf::net
