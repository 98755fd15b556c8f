#include "service/redirect_uri.h"

#include <algorithm>
#include <optional>

#include "http/message.h"

#include "base/names.h"

namespace wharf::service {
namespace {

struct Uri {
  std::string scheme;     ///< In lower case.
  std::string authority;  ///< In lower case.
  std::string_view path;
  std::string_view query;  ///< With its '?'.
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Browsers run these, or read them from the disk.
bool is_dangerous(std::string_view scheme) {
  constexpr std::string_view kSchemes[] = {"about", "blob",       "chrome",      "data",    "file",
                                           "ftp",   "javascript", "view-source", "vbscript"};
  return std::ranges::find(kSchemes, scheme) != std::end(kSchemes);
}

bool is_uri_character(char c) {
  // RFC 3986 section 2 without '#' and '@', which have no place here.
  constexpr std::string_view kOthers = "-._~:/?[]!$&'()*+,;=%";
  return is_letter(c) || is_digit(c) || kOthers.find(c) != std::string_view::npos;
}

std::optional<Uri> parse(std::string_view text) {
  if (text.size() > 2048 || !std::ranges::all_of(text, is_uri_character)) return std::nullopt;
  const auto colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0 || !is_letter(text.front())) return std::nullopt;
  const auto scheme_text = text.substr(0, colon);
  const bool named = std::ranges::all_of(
      scheme_text, [](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; });
  Uri uri{.scheme = lower_ascii(scheme_text), .authority = {}, .path = {}, .query = {}};
  if (!named || is_dangerous(uri.scheme)) return std::nullopt;
  auto rest = text.substr(colon + 3);
  const auto end = rest.find_first_of("/?");
  uri.authority = lower_ascii(rest.substr(0, end));
  const bool host = !uri.authority.empty() && std::ranges::all_of(uri.authority, [](char c) {
    return is_letter(c) || is_digit(c) || std::string_view("-._~:[]").find(c) != std::string_view::npos;
  });
  if (!host) return std::nullopt;
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end);
  const auto question = rest.find('?');
  uri.path = rest.substr(0, question);
  if (question != std::string_view::npos) uri.query = rest.substr(question);
  const auto decoded = http::percent_decode(uri.path);
  if (!decoded || decoded->find("..") != std::string::npos || decoded->find('\\') != std::string::npos) {
    return std::nullopt;
  }
  return uri;
}

/// Whether the query has a parameter that our answer adds: whoever reads the first of two would be told a lie.
bool answers_already(std::string_view query) {
  if (query.empty()) return false;
  constexpr std::string_view kAnswers[] = {"code", "state", "error", "scope", "access_token", "token_type"};
  return std::ranges::any_of(kAnswers, [&](auto name) { return http::query_value(query.substr(1), name).has_value(); });
}

}  // namespace

bool is_redirect_uri(std::string_view uri) { return parse(uri).has_value(); }

bool redirect_allowed(std::string_view requested, std::string_view registered, std::string_view local) {
  const auto wanted = parse(requested);
  if (!wanted) return false;
  if (requested == local) return true;
  const auto known = parse(registered);
  if (!known) return false;
  if (requested == registered) return true;
  if (wanted->scheme != known->scheme || wanted->authority != known->authority || !known->query.empty()) return false;
  if (!wanted->path.starts_with(known->path)) return false;
  const auto behind = std::string(wanted->path.substr(known->path.size())) + std::string(wanted->query);
  return behind.find('%') == std::string::npos && !answers_already(wanted->query);
}

std::string origin_of(std::string_view uri) {
  const auto parts = parse(uri);
  return parts ? parts->scheme + "://" + parts->authority : std::string();
}

std::string with_parameters(std::string_view uri, const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string result(uri);
  char separator = uri.find('?') == std::string_view::npos ? '?' : '&';
  for (const auto& [name, value] : parameters) {
    result += separator + name + '=' + http::percent_encode(value);
    separator = '&';
  }
  return result;
}

}  // namespace wharf::service
