#include "http/operation.h"

#include "base/names.h"

#include <charconv>

namespace wharf::http {
namespace {

constexpr std::size_t kLargestJsonBytes = 1024 * 1024;

bool is_json_type(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  const auto lower = lower_ascii(type);
  return lower == "application/json" || (lower.starts_with("application/") && lower.ends_with("+json"));
}

}  // namespace

std::string_view to_string(Scope scope) {
  switch (scope) {
    case Scope::none:
      return "";
    case Scope::repo_read:
      return "repo:read";
    case Scope::repo_write:
      return "repo:write";
    case Scope::repo_admin:
      return "repo:admin";
    case Scope::repo_create:
      return "repo:create";
    case Scope::user_read:
      return "user:read";
    case Scope::user_admin:
      return "user:admin";
    case Scope::org_admin:
      return "org:admin";
    case Scope::super_user:
      return "super:user";
  }
  return "";
}

awaitable<Result<json::Value>> read_json(Request& request, bool optional) {
  const bool empty = request.body->length() == std::uint64_t{0};
  if (empty && optional) co_return json::Value(json::Object{});
  if (!is_json_type(request.header("Content-Type"))) {
    co_return Error{Errc::unsupported_media_type, "The body must be sent with Content-Type: application/json"};
  }
  auto text = co_await request.body->read_all(kLargestJsonBytes);
  if (!text) co_return text.error();
  if (text->empty() && optional) co_return json::Value(json::Object{});
  auto value = json::parse(*text);
  if (!value) co_return value.error();
  if (value->is_null()) co_return Error{Errc::invalid_request, "Missing JSON body"};
  co_return std::move(*value);
}

Response json_response(int status, std::string text) {
  Response response;
  response.status = status;
  response.add("Content-Type", "application/json");
  response.body = std::move(text);
  return response;
}

namespace detail {

bool truthy(std::string_view text) {
  return !(text.empty() || text == "false" || text == "False" || text == "FALSE" || text == "0" || text == "null");
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

bool path_has(std::string_view path, std::string_view name) {
  const auto at = path.find('{' + std::string(name) + '}');
  return at != std::string_view::npos;
}

RepoName split_repository(std::string_view path) {
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return {std::string(), std::string(path)};
  return {std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
}

}  // namespace detail
}  // namespace wharf::http
