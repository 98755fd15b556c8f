#include "auth/access.h"

#include <algorithm>

namespace wharf::auth {
namespace {

AccessRules rules;

int repository_cap(const Principal& who) {
  if (who.has(ScopeSet::repo_admin)) return store::kAdmin;
  if (who.has(ScopeSet::repo_write)) return store::kWrite;
  if (who.has(ScopeSet::repo_read)) return store::kRead;
  return store::kNoRole;
}

int team_cap(const Principal& who) {
  if (who.has(ScopeSet::org_admin)) return store::kTeamAdmin;
  if (who.has(ScopeSet::repo_create)) return store::kCreator;
  return store::kNoTeam;
}

bool has_full_access(const Principal& who) {
  return rules.superusers_full_access && who.superuser && !who.read_only_superuser && who.has(ScopeSet::super_user);
}

}  // namespace

void set_access_rules(AccessRules wanted) { rules = wanted; }

TeamRights team_rights(const Principal& who, int best_team) {
  return {.admin = best_team >= store::kTeamAdmin && who.has(ScopeSet::org_admin),
          .create = best_team >= store::kCreator && who.has(ScopeSet::repo_create),
          .member = std::min(best_team, team_cap(who)) >= store::kMember};
}

bool sees_everything(const Principal& who) { return who.read_only_superuser || has_full_access(who); }

Access Access::find(db::Tx& tx, const Principal& who, const RepoName& name) {
  Access access;
  // What no namespace or repository can be called is not there, whatever bytes it has.
  if (is_namespace_segment(name.ns)) {
    const bool whole = name.name.empty() || is_repository_name(name.name);
    access.row_ = store::find_access(tx, who.account_id, whole ? name : RepoName{name.ns, ""});
  }
  const bool full = has_full_access(who);
  access.looks_on_ = sees_everything(who);
  if (full) {
    access.role_ = store::kAdmin;
    access.namespace_admin_ = access.may_create_ = access.member_ = true;
    return access;
  }
  const bool owner = who.kind == Principal::Kind::user && !who.name.empty() && who.name == name.ns;
  const int best_team = access.row_ ? access.row_->best_team : store::kNoTeam;
  // The caps of a token are on what each right is made of: being the admin of a namespace gives the repository role
  // that repo:* allows, and the administration of the namespace only with org:admin.
  const bool rules_all = owner || best_team == store::kTeamAdmin;
  int role = rules_all ? int{store::kAdmin} : int{store::kNoRole};
  if (access.row_) role = std::max({role, access.row_->own_role, access.row_->team_role});
  access.role_ = std::min(role, repository_cap(who));
  const auto rights = team_rights(who, best_team);
  access.namespace_admin_ = rights.admin || (owner && who.has(ScopeSet::org_admin));
  access.member_ = rights.member || owner;
  access.may_create_ = owner ? !who.restricted && who.has(ScopeSet::repo_create) : rights.create;
  return access;
}

bool Access::may(Action action) const {
  switch (action) {
    case Action::read:
      return role_ >= store::kRead || is_public() || looks_on_;
    case Action::write:
      return role_ >= store::kWrite;
    case Action::admin:
      return role_ >= store::kAdmin;
  }
  return false;
}

Error refusal(const Principal& who) {
  if (who.anonymous()) return {Errc::unauthenticated, "Requires authentication"};
  return {Errc::denied, "Unauthorized"};
}

Result<Access> require(db::Tx& tx, const Principal& who, const RepoName& name, Action action, bool looking) {
  auto access = Access::find(tx, who, name);
  if (!access.may(action) && !(looking && access.looks_on())) return refusal(who);
  if (!access.repository_exists()) return Error{Errc::repo_unknown, "Not Found"};
  return access;
}

Result<Access> require_namespace_admin(db::Tx& tx, const Principal& who, const std::string& ns, bool looking) {
  auto access = Access::find(tx, who, {ns, ""});
  if (!access.is_namespace_admin() && !(looking && access.looks_on())) return refusal(who);
  if (!access.namespace_exists()) return Error{Errc::not_found, "Not Found"};
  return access;
}

Result<void> require_user(const Principal& who, ScopeSet::Bit scope) {
  if (who.kind != Principal::Kind::user || !who.has(scope)) return refusal(who);
  return {};
}

Result<void> require_superuser(const Principal& who, bool looking) {
  if (looking && who.read_only_superuser) return {};
  const bool may = who.superuser && !who.read_only_superuser && who.has(ScopeSet::super_user);
  if (!may) return refusal(who);
  return {};
}

}  // namespace wharf::auth
