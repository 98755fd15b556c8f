#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace wharf {

/// A repository's full name: the first segment is its namespace, the rest (one segment or more) its name.
struct RepoName {
  std::string ns;    ///< "acme"
  std::string name;  ///< "app" or "team/app"

  /// Splits "acme/app" or "acme/team/app". Nothing without a slash, or when either part breaks the rules.
  static std::optional<RepoName> parse(std::string_view path);

  std::string text() const { return ns + '/' + name; }
  friend auto operator<=>(const RepoName&, const RepoName&) = default;
};

/// `^([a-z0-9]+(?:[._-][a-z0-9]+)*)$`, 2 to 255 characters: users, organizations, robots' short names, teams.
bool is_account_name(std::string_view name);

/// A namespace as it may stand in a path: 1 to 255 of `[A-Za-z0-9._-]`, not starting with a dot.
/// Wider than `is_account_name`, so that a name that nobody can have is "unknown", not "malformed".
bool is_namespace_segment(std::string_view name);

/// `^(?=.{0,255}$)[a-z0-9][\.a-z0-9_-]*(?:\/[a-z0-9][\.a-z0-9_-]*)*$`, and not empty.
bool is_repository_name(std::string_view name);

/// `^[\w][\w.-]{0,127}$` in ASCII. Source: OCI distribution-spec, "Pulling manifests".
bool is_tag_name(std::string_view name);

/// One `@`, a local part, a domain with a dot, at most 254 characters, no white space.
bool is_email(std::string_view text);

/// `text` with the letters A to Z made small.
std::string lower_ascii(std::string_view text);

/// `acme+ci`: the namespace and the short name of a robot; nothing if `name` is no robot's name.
struct RobotName {
  std::string ns;
  std::string short_name;
  static std::optional<RobotName> parse(std::string_view name);
};

}  // namespace wharf
