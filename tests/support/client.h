#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace wharf::test {

using Headers = std::vector<std::pair<std::string, std::string>>;
using Names = std::vector<std::string>;

/// One answer of the server.
struct Answer {
  int status = 0;
  Headers headers;
  std::string text;

  bool ok() const { return status >= 200 && status < 300; }
  /// The first header of this name (any case), or "".
  std::string header(std::string_view name) const;
  bool has_header(std::string_view name) const;
  /// The body; a test failure and null when it is not JSON.
  json::Value json() const;
  /// A member of the body, by a JSON pointer ("/tags/0/name"); null when it is not there.
  json::Value at(std::string_view pointer) const;
  std::string string(std::string_view pointer) const;
  bool flag(std::string_view pointer) const;
  std::int64_t number(std::string_view pointer) const;
  /// The `member`s of the objects in the list `list`: names("tags").
  Names names(std::string_view list, std::string_view member = "name") const;
  /// "404 not_found {…}": for failure messages.
  std::string summary() const;
};

/// Standard base64 of `bytes`. Source: RFC 4648 section 4.
std::string to_base64(std::string_view bytes);
/// The value of an `Authorization` header with a name and a password. Source: RFC 7617.
std::string basic(std::string_view name, std::string_view secret);

/// Requests as one caller, over one kept connection. Blocks; one thread.
class Client {
 public:
  /// Looks at every answer: verb, path, answer.
  using Check = std::function<void(std::string_view, std::string_view, const Answer&)>;

  /// `authorization` is the header's value, or "".
  Client(std::string base_url, std::string authorization, Check check);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  /// Makes it a browser: it keeps the session's cookie, and sends its CSRF token with every change. The token is
  /// fetched before the first one.
  Client& keep_session();
  /// What the browser holds: the cookie's value and the CSRF token; "" for none.
  const std::string& cookie() const { return session_->cookie; }
  const std::string& csrf_token() const { return session_->csrf_token; }

  Answer get(std::string_view path, const Headers& headers = {});
  Answer head(std::string_view path, const Headers& headers = {});
  Answer del(std::string_view path, const Headers& headers = {});
  /// `body` is sent as JSON.
  Answer post(std::string_view path, const json::Value& body);
  Answer put(std::string_view path, const json::Value& body);
  /// Any verb and body. A path may be a whole address ("http://…"), as Location gives it. Redirects are not followed.
  Answer request(std::string_view verb, std::string_view path, std::string_view body = {}, const Headers& headers = {});

 private:
  struct Handle;
  struct Session {
    std::string cookie, csrf_token;
  };
  void keep(const Answer& answer);

  std::string base_url_;
  std::string authorization_;
  Check check_;
  std::unique_ptr<Handle> handle_;
  std::optional<Session> session_;
};

}  // namespace wharf::test
