#include "auth/principal.h"

#include <array>
#include <utility>

namespace wharf::auth {
namespace {

constexpr std::array<std::pair<std::string_view, unsigned>, 8> kScopes = {{
    {"repo:read", ScopeSet::repo_read},
    {"repo:write", ScopeSet::repo_write},
    {"repo:admin", ScopeSet::repo_admin},
    {"repo:create", ScopeSet::repo_create},
    {"user:read", ScopeSet::user_read},
    {"user:admin", ScopeSet::user_admin},
    {"org:admin", ScopeSet::org_admin},
    {"super:user", ScopeSet::super_user},
}};

/// Every bit that `text` names, or nothing if one is unknown.
std::optional<unsigned> bits_of(std::string_view text) {
  unsigned bits = 0;
  while (!text.empty()) {
    const auto end = text.find_first_of(" ,");
    const auto word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (word.empty()) continue;
    bool known = false;
    for (const auto& [name, bit] : kScopes) {
      if (name != word) continue;
      bits |= bit;
      known = true;
    }
    if (!known) return std::nullopt;
  }
  return bits;
}

}  // namespace

ScopeSet ScopeSet::parse(std::string_view text) {
  auto bits = bits_of(text).value_or(0);
  if (bits & repo_admin) bits |= repo_write;
  if (bits & repo_write) bits |= repo_read;
  if (bits & user_admin) bits |= user_read;
  return ScopeSet(bits);
}

bool ScopeSet::is_valid(std::string_view text) { return bits_of(text).value_or(0) != 0; }

std::string ScopeSet::text() const {
  std::string text;
  for (const auto& [name, bit] : kScopes) {
    if (!(bits_ & bit)) continue;
    if (!text.empty()) text += ' ';
    text += name;
  }
  return text;
}

}  // namespace wharf::auth
