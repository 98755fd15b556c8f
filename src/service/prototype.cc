#include "service/prototype.h"

#include <unordered_map>

#include "base/names.h"
#include "base/random.h"
#include "service/audit.h"
#include "service/conflict.h"
#include "service/organization.h"
#include "store/account.h"
#include "store/prototype.h"
#include "store/team.h"

namespace wharf::service {
namespace {

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }
Error not_found() { return {Errc::not_found, "Not Found"}; }

PrototypeParty party(const store::PrototypeUser& user) {
  return {.name = user.name,
          .kind = DelegateKind::user,
          .is_robot = user.is_robot,
          .is_org_member = user.is_robot || user.is_member,
          .avatar = make_avatar(user.is_robot ? AvatarKind::robot : AvatarKind::user, user.name, user.email)};
}

PrototypeParty party(const std::string& team) {
  return {.name = team,
          .kind = DelegateKind::team,
          .is_robot = {},
          .is_org_member = {},
          .avatar = make_avatar(AvatarKind::team, team)};
}

/// `user_of(id)` answers the store::PrototypeUser of an account.
template <class UserOf>
PrototypeView view_of(const store::Prototype& row, UserOf user_of) {
  PrototypeView view{.id = row.uuid, .role = role_of(row.role), .activating_user = {}, .delegate = {}};
  if (row.activating_id) view.activating_user = party(user_of(*row.activating_id));
  view.delegate = row.delegate_id ? party(user_of(*row.delegate_id)) : party(row.delegate_team.value_or(""));
  return view;
}

PrototypeView view_of(db::Tx& tx, std::int64_t organization_id, const store::Prototype& row) {
  // A robot may be deleted at this moment, and the rule with it: what is shown then is as good as gone.
  const auto user_of = [&](std::int64_t id) {
    return store::find_prototype_user(tx, organization_id, id).value_or(store::PrototypeUser{});
  };
  return view_of(row, user_of);
}

/// The user, or the robot of this organization, that a rule is to name.
Result<std::int64_t> find_user(db::Tx& tx, std::int64_t organization_id, const std::string& name) {
  const bool possible = is_namespace_segment(name) || RobotName::parse(name);
  const auto account = possible ? store::find_account(tx, name) : std::nullopt;
  if (!account || account->kind == store::AccountKind::organization) return invalid("Unknown user: " + name);
  if (account->kind == store::AccountKind::robot && account->owner_id != organization_id) {
    return invalid("The robot " + name + " is not of this organization");
  }
  return account->id;
}

void log(db::Tx& tx, const auth::Principal& who, std::string_view kind, std::int64_t organization_id,
         const PrototypeView& view, json::Object more = {}) {
  json::Object metadata{
      {"prototypeid", view.id}, {"username", who.name}, {"role", std::string(json::enum_text(view.role))}};
  if (view.activating_user) metadata["activating_username"] = view.activating_user->name;
  metadata[view.delegate.kind == DelegateKind::team ? "delegate_team" : "delegate_user"] = view.delegate.name;
  for (auto& [key, value] : more) metadata[key] = std::move(value);
  audit(tx, who, kind, {.namespace_id = organization_id}, std::move(metadata));
}

/// The rule, to an admin of its organization. A rule's id is a UUID: nothing else is looked for.
Result<store::Prototype> find(db::Tx& tx, std::int64_t organization_id, const std::string& id) {
  const auto row = is_namespace_segment(id) ? store::find_prototype(tx, organization_id, id) : std::nullopt;
  if (!row) return not_found();
  return *row;
}

}  // namespace

awaitable<Result<Prototypes>> PrototypeService::list(auth::Principal who, std::string organization) {
  auto job = [=](db::Tx& tx) -> Result<Prototypes> {
    const auto access = require_organization_admin(tx, who, organization, true);
    if (!access) return access.error();
    const auto organization_id = access->row().namespace_id;
    std::unordered_map<std::int64_t, store::PrototypeUser> users;
    for (auto& user : store::list_prototype_users(tx, organization_id)) users.emplace(user.id, user);
    Prototypes result;
    for (const auto& row : store::list_prototypes(tx, organization_id)) {
      result.prototypes.push_back(view_of(row, [&](std::int64_t id) { return users.at(id); }));
    }
    return result;
  };
  co_return co_await tools_.db.read(std::move(job));
}

awaitable<Result<PrototypeView>> PrototypeService::create(auth::Principal who, std::string organization,
                                                          NewPrototype wanted) {
  auto job = [=](db::Tx& tx) -> Result<PrototypeView> {
    const auto access = lock_organization_to_change(tx, who, organization);
    if (!access) return access.error();
    const auto organization_id = access->row().namespace_id;
    store::NewPrototype row{.uuid = random_uuid(), .organization_id = organization_id, .role = rank_of(wanted.role)};
    if (wanted.activating_user) {
      const auto user = find_user(tx, organization_id, *wanted.activating_user);
      if (!user) return user.error();
      row.activating_id = *user;
    }
    if (wanted.delegate_kind == DelegateKind::team) {
      const bool possible = is_namespace_segment(wanted.delegate);
      const auto team = possible ? store::find_team(tx, organization_id, wanted.delegate) : std::nullopt;
      if (!team) return invalid("No team " + wanted.delegate + " in organization " + organization);
      row.delegate_team_id = team->id;
    } else {
      const auto user = find_user(tx, organization_id, wanted.delegate);
      if (!user) return user.error();
      row.delegate_id = *user;
    }
    store::insert_prototype(tx, row);
    const auto made = store::find_prototype(tx, organization_id, row.uuid);
    if (!made) return not_found();
    auto view = view_of(tx, organization_id, *made);
    log(tx, who, "create_prototype_permission", organization_id, view);
    return view;
  };
  // Somebody went away between the check and the insert.
  co_return co_await write_or(tools_.db, std::move(job), invalid("Unknown user or team"));
}

awaitable<Result<PrototypeView>> PrototypeService::change(auth::Principal who, std::string organization, std::string id,
                                                          Role role) {
  auto job = [=](db::Tx& tx) -> Result<PrototypeView> {
    const auto access = lock_organization_to_change(tx, who, organization);
    if (!access) return access.error();
    const auto organization_id = access->row().namespace_id;
    auto row = find(tx, organization_id, id);
    if (!row) return row.error();
    const auto before = role_of(row->role);
    row->role = rank_of(role);
    store::set_prototype_role(tx, row->id, row->role);
    auto view = view_of(tx, organization_id, *row);
    log(tx, who, "modify_prototype_permission", organization_id, view,
        {{"original_role", std::string(json::enum_text(before))}});
    return view;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> PrototypeService::remove(auth::Principal who, std::string organization, std::string id) {
  auto job = [=](db::Tx& tx) -> Result<bool> {
    const auto access = lock_organization_to_change(tx, who, organization);
    if (!access) return access.error();
    const auto organization_id = access->row().namespace_id;
    const auto row = find(tx, organization_id, id);
    if (!row) return row.error();
    const auto view = view_of(tx, organization_id, *row);
    store::delete_prototype(tx, row->id);
    log(tx, who, "delete_prototype_permission", organization_id, view);
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

}  // namespace wharf::service
