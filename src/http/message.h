#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/async.h"
#include "base/error.h"

namespace wharf::http {

enum class Verb { get, head, post, put, patch, delete_, options, other };

std::string_view to_string(Verb verb);

/// The body of one request, read as it arrives.
///
/// Nothing is read from the socket (and no `100 Continue` is sent) before the first call, so a handler that refuses
/// early costs the client nothing. What a handler leaves unread is drained (bounded) or the connection closes.
class BodyReader {
 public:
  virtual ~BodyReader() = default;

  /// The declared length in bytes; nothing for a chunked body. 0 when there is no body.
  virtual std::optional<std::uint64_t> length() const = 0;

  /// Fills the front of `buffer` with the next bytes; 0 at the end of the body.
  /// A body with a Content-Length is read from the socket straight into `buffer`.
  /// Errors  invalid_request: bad chunk framing, or the client went away before the end of the body.
  virtual awaitable<Result<std::size_t>> read_some(std::span<std::byte> buffer) = 0;

  /// The whole body. Errors: payload_too_large past `limit_bytes`, and those of read_some.
  awaitable<Result<std::string>> read_all(std::size_t limit_bytes);
};

/// The head of one request. Views live as long as the request.
struct Request {
  Verb verb = Verb::get;
  std::string_view method;  ///< As sent: "GET".
  std::string_view target;  ///< As sent, in origin form: "/v2/a/b/tags/list?n=3". Only visible ASCII.
  std::string_view path;    ///< Of target, before '?', still percent-encoded.
  std::string_view query;   ///< Of target, after '?', still percent-encoded; may be empty.
  std::string_view host;    ///< The Host header: "localhost:8080".
  std::string peer;         ///< The client's address without port: "127.0.0.1", "::1".
  bool secure = false;      ///< Over TLS.
  std::string id;           ///< X-Request-Id of the reply: 16 hex digits of ours.
  std::vector<std::pair<std::string_view, std::string_view>> headers;  ///< As sent, in order, values trimmed.
  BodyReader* body = nullptr;                                          ///< Never null in a handler.

  int operation = -1;  ///< Set by the handler for ServerOptions::on_done: index in the operation table; -1: none.
  std::string caller;  ///< Set by the handler for ServerOptions::on_done: who called, for the access log.

  /// The first value of the header `name` (any case), or an empty view.
  std::string_view header(std::string_view name) const;
  /// Every value of the header `name`, in order.
  std::vector<std::string_view> header_values(std::string_view name) const;
};

/// The value of the query parameter `name`, percent-decoded and '+' turned into a space; the first one if repeated.
/// Nothing when it is absent or badly encoded.
std::optional<std::string> query_value(std::string_view query, std::string_view name);
/// All values of `name`, in order.
std::vector<std::string> query_values(std::string_view query, std::string_view name);

/// `text` with %XX decoded; nothing on a bad escape or an encoded NUL.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);
/// `text` with everything but RFC 3986's unreserved characters escaped.
std::string percent_encode(std::string_view text);

/// An open file, closed with its last user.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

/// A part of a file: leaves by sendfile on a plain socket, by read and TLS writes otherwise.
struct FileBody {
  std::shared_ptr<File> file;
  std::uint64_t offset = 0;
  std::uint64_t length_bytes = 0;
};

/// Bytes made while they are sent. `next` puts the next piece into its argument (given empty) and answers false at the
/// end. With `length_bytes` the reply has a Content-Length, without it is chunked. An error closes the connection.
struct StreamBody {
  std::optional<std::uint64_t> length_bytes;
  std::function<awaitable<Result<bool>>(std::string&)> next;
};

/// No body, but the Content-Length that a GET would have (for HEAD where the bytes were not opened).
struct LengthOnly {
  std::uint64_t length_bytes = 0;
};

using Body =
    std::variant<std::monostate, std::string, std::shared_ptr<const std::string>, FileBody, StreamBody, LengthOnly>;

/// One reply. The server adds Date, Content-Length or Transfer-Encoding, Connection and X-Request-Id; on HEAD it sends
/// the head that GET would have had and leaves the body out.
struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  Body body;
  bool close = false;  ///< Ends the connection after this reply (refusal before the body was read).

  /// The length of `body`, or nothing for a stream without one.
  std::optional<std::uint64_t> length_bytes() const;
  Response& add(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

/// Answers one request. It must not throw; the server turns what escapes into a bare 500.
using Handler = std::function<awaitable<Response>(Request&)>;

}  // namespace wharf::http
