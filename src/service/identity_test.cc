// Who may do what: every operation on people, organizations, teams, robots and permissions against every kind of
// caller.
#include <gtest/gtest.h>

#include <functional>

#include "service/identity_testing.h"

namespace wharf::service {
namespace {

using testing::Acme;
using testing::status_of;

const RobotPlace kAcme{.organization = "acme"};
const RobotPlace kOwn{.own = true};

/// Runs one operation for a caller, on things made for this run, and answers its status.
using Run = std::function<int(Acme&, const auth::Principal&)>;

struct Row {
  const char* operation;
  Run run;
  std::map<std::string, int> expected;  ///< By caller; "*" for the callers that are not named.
};

const std::vector<std::string> kCallers = {"",
                                           "stranger",
                                           "reader",
                                           "writer",
                                           "manager",
                                           "member",
                                           "maker",
                                           "owner",
                                           "root",
                                           "watcher",
                                           "acme+ci",
                                           "owner:repo:read",
                                           "owner:user:read",
                                           "owner:org:admin",
                                           "owner:repo:admin",
                                           "owner:user:admin",
                                           "root:super:user",
                                           "root:org:admin"};

template <class T>
int status(awaitable<Result<T>> job) {
  return status_of(run_awaitable(std::move(job)));
}

std::string new_robot(Acme& acme) {
  auto name = acme.fresh("bot");
  acme.robot("acme+" + name);
  return name;
}

std::string new_user(Acme& acme) {
  auto name = acme.fresh("guest");
  acme.user(name);
  return name;
}

std::string new_team(Acme& acme, std::vector<std::string> members = {}) {
  auto name = acme.fresh("team");
  acme.team("acme", name, store::kMember, members);
  return name;
}

std::vector<Row> rows() {
  return {
      {"view oneself",
       [](Acme& a, const auto& who) { return status(a.users.view_self(who)); },
       {{"", 401},
        {"acme+ci", 401},
        {"owner:repo:read", 401},
        {"owner:org:admin", 401},
        {"owner:repo:admin", 401},
        {"root:super:user", 401},
        {"root:org:admin", 401},
        {"*", 200}}},
      {"view a user", [](Acme& a, const auto& who) { return status(a.users.view(who, "owner")); }, {{"*", 200}}},
      {"view a robot as a user",
       [](Acme& a, const auto& who) { return status(a.users.view(who, "acme+ci")); },
       {{"*", 404}}},
      {"list all users",
       [](Acme& a, const auto& who) { return status(a.users.list(who, {})); },
       {{"", 401}, {"root", 200}, {"root:super:user", 200}, {"watcher", 200}, {"*", 403}}},
      {"make a user",
       [](Acme& a, const auto& who) {
         return status(a.users.create_for(who, NewUser{.username = a.fresh("user"), .password = {}}));
       },
       {{"", 401}, {"root", 200}, {"root:super:user", 200}, {"*", 403}}},
      {"make an organization",
       [](Acme& a, const auto& who) { return status(a.organizations.create(who, NewOrganization{a.fresh("org")})); },
       {{"", 401},
        {"acme+ci", 403},
        {"owner:repo:read", 403},
        {"owner:user:read", 403},
        {"owner:org:admin", 403},
        {"owner:repo:admin", 403},
        {"root:super:user", 403},
        {"root:org:admin", 403},
        {"*", 200}}},
      {"view an organization",
       [](Acme& a, const auto& who) { return status(a.organizations.view(who, "acme")); },
       {{"*", 200}}},
      {"view no organization",
       [](Acme& a, const auto& who) { return status(a.organizations.view(who, "none")); },
       {{"*", 404}}},
      {"list members",
       [](Acme& a, const auto& who) { return status(a.organizations.members(who, "acme")); },
       {{"", 401}, {"owner", 200}, {"owner:org:admin", 200}, {"watcher", 200}, {"*", 403}}},
      {"delete an organization",
       [](Acme& a, const auto& who) {
         const auto name = a.fresh("gone");
         a.organization(name);
         a.team(name, "owners", store::kTeamAdmin, {"owner"});
         return status(a.organizations.remove(who, name));
       },
       {{"", 401}, {"owner", 200}, {"owner:org:admin", 200}, {"*", 403}}},
      {"delete no organization",
       [](Acme& a, const auto& who) { return status(a.organizations.remove(who, "none")); },
       {{"", 401}, {"*", 403}}},
      {"delete one's own namespace",
       [](Acme& a, const auto& who) { return status(a.organizations.remove(who, "owner")); },
       {{"", 401}, {"owner", 404}, {"owner:org:admin", 404}, {"*", 403}}},
      {"make a team",
       [](Acme& a, const auto& who) {
         return status(a.teams.put(who, "acme", a.fresh("team"), TeamRole::member, std::nullopt));
       },
       {{"", 401}, {"owner", 200}, {"owner:org:admin", 200}, {"*", 403}}},
      {"make a team of nothing",
       [](Acme& a, const auto& who) { return status(a.teams.put(who, "none", "t1", TeamRole::member, std::nullopt)); },
       {{"", 401}, {"*", 403}}},
      {"make a team of one's own",
       [](Acme& a, const auto& who) { return status(a.teams.put(who, "owner", "t1", TeamRole::member, std::nullopt)); },
       {{"", 401}, {"owner", 400}, {"owner:org:admin", 400}, {"*", 403}}},
      {"delete a team",
       [](Acme& a, const auto& who) { return status(a.teams.remove(who, "acme", new_team(a))); },
       {{"", 401}, {"owner", 200}, {"owner:org:admin", 200}, {"*", 403}}},
      {"delete no team",
       [](Acme& a, const auto& who) { return status(a.teams.remove(who, "acme", "none")); },
       {{"", 401}, {"owner", 400}, {"owner:org:admin", 400}, {"*", 403}}},
      {"view a team",
       [](Acme& a, const auto& who) { return status(a.teams.members(who, "acme", "devs", true)); },
       {{"", 401}, {"member", 200}, {"owner", 200}, {"owner:org:admin", 200}, {"watcher", 200}, {"*", 403}}},
      {"view no team",
       [](Acme& a, const auto& who) { return status(a.teams.members(who, "acme", "none", true)); },
       {{"", 401}, {"owner", 404}, {"owner:org:admin", 404}, {"watcher", 404}, {"*", 403}}},
      {"add a member",
       [](Acme& a, const auto& who) {
         return status(a.invitations.add_member(who, "acme", new_team(a), new_user(a), ""));
       },
       {{"", 401}, {"owner", 200}, {"owner:org:admin", 200}, {"*", 403}}},
      {"add a member to no team",
       [](Acme& a, const auto& who) { return status(a.invitations.add_member(who, "acme", "none", "reader", "")); },
       {{"", 401}, {"owner", 404}, {"owner:org:admin", 404}, {"*", 403}}},
      {"remove a member",
       [](Acme& a, const auto& who) {
         const auto name = new_user(a);
         return status(a.teams.remove_member(who, "acme", new_team(a, {name}), name));
       },
       {{"", 401}, {"owner", 200}, {"owner:org:admin", 200}, {"*", 403}}},
      {"list robots",
       [](Acme& a, const auto& who) { return status(a.robots.list(who, kAcme, {})); },
       {{"", 401},
        {"member", 200},
        {"maker", 200},
        {"owner", 200},
        {"owner:org:admin", 200},
        {"watcher", 200},
        {"*", 403}}},
      {"view a robot",
       [](Acme& a, const auto& who) { return status(a.robots.view(who, kAcme, "ci")); },
       {{"", 401}, {"owner", 200}, {"owner:org:admin", 200}, {"watcher", 200}, {"*", 403}}},
      {"view no robot",
       [](Acme& a, const auto& who) { return status(a.robots.view(who, kAcme, "none")); },
       {{"", 401}, {"owner", 404}, {"owner:org:admin", 404}, {"watcher", 404}, {"*", 403}}},
      {"make a robot",
       [](Acme& a, const auto& who) { return status(a.robots.create(who, kAcme, NewRobot{a.fresh("new")})); },
       {{"", 401}, {"owner", 200}, {"owner:org:admin", 200}, {"*", 403}}},
      {"delete a robot",
       [](Acme& a, const auto& who) { return status(a.robots.remove(who, kAcme, new_robot(a))); },
       {{"", 401}, {"owner", 200}, {"owner:org:admin", 200}, {"*", 403}}},
      {"give a robot a new token",
       [](Acme& a, const auto& who) { return status(a.robots.regenerate(who, kAcme, new_robot(a))); },
       {{"", 401}, {"owner", 200}, {"owner:org:admin", 200}, {"*", 403}}},
      {"see a robot's roles",
       [](Acme& a, const auto& who) { return status(a.robots.permissions(who, kAcme, "ci")); },
       {{"", 401}, {"owner", 200}, {"watcher", 200}, {"*", 403}}},  // a token needs user:admin besides
      {"list one's own robots",
       [](Acme& a, const auto& who) { return status(a.robots.list(who, kOwn, {})); },
       {{"", 401},
        {"acme+ci", 403},
        {"owner:repo:read", 403},
        {"owner:user:read", 403},
        {"owner:org:admin", 403},
        {"owner:repo:admin", 403},
        {"root:super:user", 403},
        {"root:org:admin", 403},
        {"*", 200}}},
      {"make a robot of one's own",
       [](Acme& a, const auto& who) { return status(a.robots.create(who, kOwn, NewRobot{a.fresh("own")})); },
       {{"", 401},
        {"acme+ci", 403},
        {"owner:repo:read", 403},
        {"owner:user:read", 403},
        {"owner:org:admin", 403},
        {"owner:repo:admin", 403},
        {"root:super:user", 403},
        {"root:org:admin", 403},
        {"*", 200}}},
      {"see permissions",
       [](Acme& a, const auto& who) { return status(a.permissions.list_users(who, a.repo)); },
       {{"", 401},
        {"manager", 200},
        {"owner", 200},
        {"owner:repo:admin", 200},
        {"acme+ci", 200},
        {"watcher", 200},
        {"*", 403}}},
      {"see team permissions",
       [](Acme& a, const auto& who) { return status(a.permissions.list_teams(who, a.repo)); },
       {{"", 401},
        {"manager", 200},
        {"owner", 200},
        {"owner:repo:admin", 200},
        {"acme+ci", 200},
        {"watcher", 200},
        {"*", 403}}},
      {"see permissions of nothing",
       [](Acme& a, const auto& who) { return status(a.permissions.list_users(who, {"acme", "none"})); },
       {{"", 401}, {"owner", 404}, {"owner:repo:admin", 404}, {"watcher", 404}, {"*", 403}}},
      {"see one permission",
       [](Acme& a, const auto& who) { return status(a.permissions.get_user(who, a.repo, "reader")); },
       {{"", 401},
        {"manager", 200},
        {"owner", 200},
        {"owner:repo:admin", 200},
        {"acme+ci", 200},
        {"watcher", 200},
        {"*", 403}}},
      {"see every role of a user",
       [](Acme& a, const auto& who) { return status(a.permissions.get_transitive(who, a.repo, "reader")); },
       {{"", 401},
        {"manager", 200},
        {"owner", 200},
        {"owner:repo:admin", 200},
        {"acme+ci", 200},
        {"watcher", 200},
        {"*", 403}}},
      {"give a user a role",
       [](Acme& a, const auto& who) {
         const auto name = new_user(a);
         return status(a.permissions.put_user(who, a.repo, name, Role::read));
       },
       {{"", 401}, {"manager", 200}, {"owner", 200}, {"owner:repo:admin", 200}, {"acme+ci", 200}, {"*", 403}}},
      {"give a role with a bad body",
       [](Acme& a, const auto& who) {
         return status(a.permissions.put_user(who, a.repo, "member", Error{Errc::malformed_json, "bad"}));
       },
       {{"", 401}, {"manager", 400}, {"owner", 400}, {"owner:repo:admin", 400}, {"acme+ci", 400}, {"*", 403}}},
      {"give a role on nothing",
       [](Acme& a, const auto& who) {
         return status(a.permissions.put_user(who, {"acme", "none"}, "member", Role::read));
       },
       {{"", 401}, {"owner", 404}, {"owner:repo:admin", 404}, {"*", 403}}},
      {"take back a role",
       [](Acme& a, const auto& who) {
         const auto name = new_user(a);
         a.allow(a.app, name, store::kRead);
         return status(a.permissions.delete_user(who, a.repo, name));
       },
       {{"", 401}, {"manager", 200}, {"owner", 200}, {"owner:repo:admin", 200}, {"acme+ci", 200}, {"*", 403}}},
      {"give a team a role",
       [](Acme& a, const auto& who) { return status(a.permissions.put_team(who, a.repo, "makers", Role::read)); },
       {{"", 401}, {"manager", 200}, {"owner", 200}, {"owner:repo:admin", 200}, {"acme+ci", 200}, {"*", 403}}},
      {"take back a team's role",
       [](Acme& a, const auto& who) {
         const auto name = a.fresh("team");
         a.allow_team(a.app, a.team("acme", name, store::kMember, {}), store::kRead);
         return status(a.permissions.delete_team(who, a.repo, name));
       },
       {{"", 401}, {"manager", 200}, {"owner", 200}, {"owner:repo:admin", 200}, {"acme+ci", 200}, {"*", 403}}},
  };
}

TEST(Identity, EveryOperationRefusesWhoMayNot) {
  Acme acme;
  for (const auto& row : rows()) {
    for (const auto& name : row.expected) {
      ASSERT_TRUE(name.first == "*" || std::ranges::find(kCallers, name.first) != kCallers.end()) << name.first;
    }
    for (const auto& caller : kCallers) {
      const auto named = row.expected.find(caller);
      const int wanted = named != row.expected.end() ? named->second : row.expected.at("*");
      EXPECT_EQ(row.run(acme, acme.caller(caller)), wanted) << row.operation << " as '" << caller << "'";
    }
  }
}

TEST(Identity, FullAccessOpensEverythingToASuperuserAndNothingMoreToAReadOnlyOne) {
  auth::set_access_rules({.superusers_full_access = true});
  Acme acme;
  EXPECT_EQ(status(acme.organizations.members(acme.caller("root"), "acme")), 200);
  EXPECT_EQ(status(acme.organizations.members(acme.caller("root:org:admin"), "acme")), 403);
  EXPECT_EQ(status(acme.robots.create(acme.caller("root"), kAcme, NewRobot{"one"})), 200);
  EXPECT_EQ(status(acme.robots.create(acme.caller("watcher"), kAcme, NewRobot{"two"})), 403);
  EXPECT_EQ(status(acme.organizations.remove(acme.caller("root"), "none")), 404);
  EXPECT_EQ(status(acme.permissions.put_user(acme.caller("root"), acme.repo, "member", Role::write)), 200);
  auth::set_access_rules({});
}

TEST(Identity, RestrictedUsersMakeNothingOfTheirOwn) {
  Settings settings;
  settings.features.restricted_users = true;
  settings.restricted_whitelist = {"maker"};
  Acme acme(settings);
  EXPECT_EQ(status(acme.organizations.create(acme.caller("reader"), NewOrganization{"mine"})), 403);
  EXPECT_EQ(status(acme.robots.create(acme.caller("reader"), kOwn, NewRobot{"one"})), 403);
  EXPECT_EQ(status(acme.robots.create(acme.caller("reader"), {.organization = "reader"}, NewRobot{"one"})), 403);
  EXPECT_EQ(status(acme.robots.create(acme.caller("owner"), kAcme, NewRobot{"one"})), 200);
  EXPECT_EQ(status(acme.organizations.create(acme.caller("maker"), NewOrganization{"mine"})), 200);
}

}  // namespace
}  // namespace wharf::service
