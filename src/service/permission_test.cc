#include "service/permission.h"

#include <gtest/gtest.h>

#include <future>

#include "service/identity_testing.h"

namespace wharf::service {
namespace {

using testing::Acme;

TEST(Permissions, AreGivenChangedAndTakenBack) {
  Acme acme;
  const auto owner = acme.caller("owner");
  const auto given = run_awaitable(acme.permissions.put_user(owner, acme.repo, "stranger", Role::read)).value();
  EXPECT_EQ(given.role, Role::read);
  EXPECT_EQ(given.is_org_member, false);
  EXPECT_EQ(run_awaitable(acme.permissions.put_user(owner, acme.repo, "stranger", Role::admin))->role, Role::admin);
  const auto all = run_awaitable(acme.permissions.list_users(owner, acme.repo)).value().permissions;
  EXPECT_EQ(all.size(), 5u);
  EXPECT_EQ(all.at("stranger").role, Role::admin);
  EXPECT_TRUE(all.at("acme+ci").is_robot);
  EXPECT_EQ(all.at("acme+ci").is_org_member, true);
  ASSERT_TRUE(run_awaitable(acme.permissions.delete_user(owner, acme.repo, "stranger")));
  EXPECT_EQ(run_awaitable(acme.permissions.get_user(owner, acme.repo, "stranger")).error().code, Errc::invalid_request);
  EXPECT_EQ(run_awaitable(acme.permissions.delete_user(owner, acme.repo, "stranger")).error().code,
            Errc::invalid_request);

  const auto team = run_awaitable(acme.permissions.put_team(owner, acme.repo, "devs", Role::write)).value();
  EXPECT_EQ(team.avatar.kind, AvatarKind::team);
  EXPECT_EQ(run_awaitable(acme.permissions.get_team(owner, acme.repo, "devs"))->role, Role::write);
  EXPECT_EQ(run_awaitable(acme.permissions.list_teams(owner, acme.repo))->permissions.size(), 1u);
  ASSERT_TRUE(run_awaitable(acme.permissions.delete_team(owner, acme.repo, "devs")));
  EXPECT_EQ(run_awaitable(acme.permissions.get_team(owner, acme.repo, "devs")).error().code, Errc::invalid_request);
  EXPECT_EQ(run_awaitable(acme.permissions.delete_team(owner, acme.repo, "devs")).error().code, Errc::invalid_request);
}

TEST(Permissions, AreNotGivenToOwnersStrangersOrganizationsAndForeignRobots) {
  Acme acme;
  acme.robot("globex+bot");
  acme.repository("reader", "mine");
  const auto owner = acme.caller("owner");
  for (const auto* bad : {"acme", "globex", "nobody", "globex+bot", "acme+none"}) {
    EXPECT_EQ(run_awaitable(acme.permissions.put_user(owner, acme.repo, bad, Role::read)).error().code,
              Errc::invalid_request)
        << bad;
  }
  for (const auto* bad : {"none", "chiefs"}) {
    EXPECT_EQ(run_awaitable(acme.permissions.put_team(owner, acme.repo, bad, Role::read)).error().code,
              Errc::invalid_request)
        << bad;
  }
  const RepoName mine{"reader", "mine"};
  const auto reader = acme.caller("reader");
  EXPECT_EQ(run_awaitable(acme.permissions.put_user(reader, mine, "reader", Role::read)).error().code,
            Errc::invalid_request);
  EXPECT_EQ(run_awaitable(acme.permissions.put_team(reader, mine, "devs", Role::read)).error().code,
            Errc::invalid_request);
  EXPECT_FALSE(run_awaitable(acme.permissions.put_user(reader, mine, "owner", Role::read))->is_org_member)
      << "not in a user's namespace";
}

TEST(Permissions, TakeEffectAtOnceInBothDirections) {
  Acme acme;
  const auto owner = acme.caller("owner");
  const auto may_see = [&](const std::string& name) {
    return run_awaitable(acme.permissions.list_users(acme.caller(name), acme.repo)).has_value();
  };
  EXPECT_FALSE(may_see("member"));
  run_awaitable(acme.permissions.put_team(owner, acme.repo, "devs", Role::admin)).value();
  EXPECT_TRUE(may_see("member"));
  run_awaitable(acme.permissions.put_team(owner, acme.repo, "devs", Role::write)).value();
  EXPECT_FALSE(may_see("member"));
}

TEST(Permissions, AddUpByNameAndThroughTeams) {
  Acme acme;
  const auto owner = acme.caller("owner");
  acme.allow(acme.app, "member", store::kRead);
  acme.allow_team(acme.app, acme.devs, store::kAdmin);
  const auto roles = run_awaitable(acme.permissions.get_transitive(owner, acme.repo, "member")).value().permissions;
  ASSERT_EQ(roles.size(), 2u);
  EXPECT_EQ(roles[0].role, Role::read);
  EXPECT_EQ(roles[1].role, Role::admin);
  for (const auto* none : {"stranger", "nobody"}) {
    EXPECT_EQ(run_awaitable(acme.permissions.get_transitive(owner, acme.repo, none)).error().code, Errc::not_found);
  }
}

TEST(Permissions, GivenAtTheSameTimeEndAsOneRow) {
  Acme acme;
  std::vector<std::future<bool>> racers;
  for (const auto role : {Role::read, Role::write, Role::admin, Role::read}) {
    racers.push_back(std::async(std::launch::async, [&acme, who = acme.caller("owner"), role] {
      return run_awaitable(acme.permissions.put_user(who, acme.repo, "stranger", role)).has_value();
    }));
  }
  for (auto& racer : racers) EXPECT_TRUE(racer.get());
  EXPECT_EQ(run_awaitable(acme.permissions.list_users(acme.caller("owner"), acme.repo))->permissions.size(), 5u);
}

}  // namespace
}  // namespace wharf::service
