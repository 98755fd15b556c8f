#include "base/names.h"

#include <algorithm>

namespace wharf {
namespace {

bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool alphanumeric(char c) { return lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }
bool separator(char c) { return c == '.' || c == '_' || c == '-'; }

}  // namespace

std::optional<RepoName> RepoName::parse(std::string_view path) {
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto ns = path.substr(0, slash);
  const auto name = path.substr(slash + 1);
  if (!is_namespace_segment(ns) || !is_repository_name(name)) return std::nullopt;
  return RepoName{std::string(ns), std::string(name)};
}

bool is_account_name(std::string_view name) {
  if (name.size() < 2 || name.size() > 255) return false;
  if (separator(name.front()) || separator(name.back())) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!lower_or_digit(name[i]) && !separator(name[i])) return false;
    if (i > 0 && separator(name[i]) && separator(name[i - 1])) return false;
  }
  return true;
}

bool is_namespace_segment(std::string_view name) {
  if (name.empty() || name.size() > 255 || name.front() == '.') return false;
  return std::ranges::all_of(name, [](char c) { return alphanumeric(c) || separator(c); });
}

bool is_repository_name(std::string_view name) {
  if (name.empty() || name.size() > 255) return false;
  bool first = true;  // of a segment
  for (const char c : name) {
    if (c == '/') {
      if (first) return false;
      first = true;
      continue;
    }
    if (first ? !lower_or_digit(c) : !(lower_or_digit(c) || separator(c))) return false;
    first = false;
  }
  return !first;
}

bool is_tag_name(std::string_view name) {
  if (name.empty() || name.size() > 128) return false;
  if (!alphanumeric(name.front()) && name.front() != '_') return false;
  return std::ranges::all_of(name, [](char c) { return alphanumeric(c) || separator(c); });
}

bool is_email(std::string_view text) {
  if (text.size() > 254) return false;
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || text.find('@', at + 1) != std::string_view::npos) return false;
  const auto domain = text.substr(at + 1);
  const auto dot = domain.find('.');
  if (dot == std::string_view::npos || dot == 0 || domain.back() == '.' || domain.find("..") != std::string_view::npos)
    return false;
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return lower;
}

std::optional<RobotName> RobotName::parse(std::string_view name) {
  const auto plus = name.find('+');
  if (plus == std::string_view::npos) return std::nullopt;
  const auto ns = name.substr(0, plus);
  const auto short_name = name.substr(plus + 1);
  if (!is_account_name(ns) || !is_account_name(short_name)) return std::nullopt;
  return RobotName{std::string(ns), std::string(short_name)};
}

}  // namespace wharf
