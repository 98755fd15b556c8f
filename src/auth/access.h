#pragma once
#include <optional>
#include <string>

#include "auth/principal.h"
#include "base/error.h"
#include "base/names.h"
#include "store/access.h"

namespace wharf::auth {

/// What may be wanted of a repository or of its namespace.
enum class Action { read, write, admin };

/// Rules that the configuration sets.
struct AccessRules {
  bool superusers_full_access = false;  ///< FEATURE_SUPERUSERS_FULL_ACCESS
};
/// Set once, before the first request.
void set_access_rules(AccessRules rules);

/// The one decision about a caller and a repository's name: every permission in the product comes from here.
///
/// Roles: the best of what the caller was given by name or through a team; the owner of a user's namespace and the
/// admins of an organization have admin on all in it; a robot has only what it was given. Each is lowered to what the
/// token's scopes allow. A public repository can be read by anyone. Source: Quay, "roles" and "OAuth scopes".
class Access {
 public:
  static Access find(db::Tx& tx, const Principal& who, const RepoName& name);

  bool namespace_exists() const { return row_.has_value(); }
  bool repository_exists() const { return row_ && row_->repository_id; }
  /// Only with repository_exists().
  std::int64_t repository_id() const { return *row_->repository_id; }
  /// Only with namespace_exists().
  const store::AccessRow& row() const { return *row_; }
  bool is_organization() const { return row_ && row_->namespace_kind == "organization"; }
  bool is_public() const { return row_ && row_->visibility == "public"; }

  /// By role alone, whether or not the repository exists; reading what is public included.
  bool may(Action action) const;
  /// Make repositories in this namespace.
  bool may_create() const { return may_create_; }
  /// Administer the namespace: its owner, an admin of the organization, a superuser with full access.
  bool is_namespace_admin() const { return namespace_admin_; }
  /// In any team of the organization (or the owner of the user's namespace).
  bool is_member() const { return member_; }
  /// A global read-only superuser looks on: reads and lists everything, changes nothing.
  bool looks_on() const { return looks_on_; }

 private:
  std::optional<store::AccessRow> row_;
  int role_ = store::kNoRole;
  bool may_create_ = false;
  bool namespace_admin_ = false;
  bool member_ = false;
  bool looks_on_ = false;
};

/// What the best role that a team gives is worth in its organization, as far as the token's scopes allow.
struct TeamRights {
  bool admin = false;   ///< Administer the organization.
  bool create = false;  ///< Make repositories in it.
  bool member = false;  ///< See its teams and robots.
};
/// `best_team` is a store::TeamRole.
TeamRights team_rights(const Principal& who, int best_team);

/// Whether lists show every repository and namespace: a global read-only superuser, or one with full access.
bool sees_everything(const Principal& who);

/// 401 for the anonymous, 403 for everybody else: the same for what is hidden and for what does not exist.
Error refusal(const Principal& who);

/// The access of `who` to `name` if it suffices for `action`; refusal() if not; repo_unknown if it does but there is
/// no such repository. `looking` lets a global read-only superuser pass.
Result<Access> require(db::Tx& tx, const Principal& who, const RepoName& name, Action action, bool looking = false);

/// The access to the namespace `ns` if `who` administers it; refusal() if not; not_found if they do and it is gone.
/// `looking` lets a global read-only superuser pass.
Result<Access> require_namespace_admin(db::Tx& tx, const Principal& who, const std::string& ns, bool looking = false);

/// A person who acts for themselves, with a token of `scope` if it is by token; refusal() otherwise.
Result<void> require_user(const Principal& who, ScopeSet::Bit scope);

/// A superuser who may change what all share, with super:user if it is by token; refusal() otherwise. A read-only
/// superuser is none, and passes only `looking`, whatever the token's scopes.
Result<void> require_superuser(const Principal& who, bool looking = false);

}  // namespace wharf::auth
