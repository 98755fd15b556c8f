#include "service/team.h"

#include <gtest/gtest.h>

#include <future>

#include "service/identity_testing.h"

namespace wharf::service {
namespace {

using testing::Acme;

TEST(Teams, AreMadeAndThenChanged) {
  Acme acme;
  const auto owner = acme.caller("owner");
  const auto made = run_awaitable(acme.teams.put(owner, "acme", "qa", TeamRole::member, "Testers")).value();
  EXPECT_TRUE(made.new_team && made.can_view);
  EXPECT_EQ(made.description, "Testers");
  EXPECT_EQ(made.avatar.kind, AvatarKind::team);
  const auto changed = run_awaitable(acme.teams.put(owner, "acme", "qa", TeamRole::creator, std::nullopt)).value();
  EXPECT_FALSE(changed.new_team);
  EXPECT_EQ(changed.role, TeamRole::creator);
  EXPECT_EQ(changed.description, "Testers") << "changed only if given";
  EXPECT_EQ(run_awaitable(acme.teams.put(owner, "acme", "qa", TeamRole::creator, ""))->description, "");
  for (const auto* bad : {"QA", "x", "-qa", "q a"}) {
    EXPECT_EQ(run_awaitable(acme.teams.put(owner, "acme", bad, TeamRole::member, std::nullopt)).error().code,
              Errc::invalid_request)
        << bad;
  }
  ASSERT_TRUE(run_awaitable(acme.teams.remove(owner, "acme", "qa")));
  EXPECT_EQ(run_awaitable(acme.teams.members(owner, "acme", "qa", false)).error().code, Errc::not_found);
}

TEST(Teams, DoNotLetAnAdminLockThemselvesOut) {
  Acme acme;
  const auto owner = acme.caller("owner");
  const auto refused = [](const auto& result) { return !result && result.error().code == Errc::invalid_request; };
  EXPECT_TRUE(refused(run_awaitable(acme.teams.put(owner, "acme", "owners", TeamRole::member, std::nullopt))));
  EXPECT_TRUE(refused(run_awaitable(acme.teams.remove(owner, "acme", "owners"))));
  EXPECT_TRUE(refused(run_awaitable(acme.teams.remove_member(owner, "acme", "owners", "owner"))));
  acme.team("acme", "chiefs", store::kTeamAdmin, {"owner", "member"});
  EXPECT_TRUE(run_awaitable(acme.teams.put(owner, "acme", "owners", TeamRole::member, std::nullopt)));
  EXPECT_TRUE(refused(run_awaitable(acme.teams.remove(owner, "acme", "chiefs"))));
  EXPECT_TRUE(run_awaitable(acme.teams.remove_member(acme.caller("member"), "acme", "chiefs", "owner")))
      << "another admin may";
}

TEST(Teams, TakeUsersAndTheirOwnRobots) {
  Acme acme;
  acme.robot("globex+bot");
  acme.user("sleeper", false);
  const auto owner = acme.caller("owner");
  const auto add = [&](const std::string& name) {
    return run_awaitable(acme.invitations.add_member(owner, "acme", "devs", name, ""));
  };
  const auto user = add("reader").value();
  EXPECT_EQ(user.kind, "user");
  EXPECT_FALSE(*user.is_robot || user.invited);
  const auto robot = add("acme+ci").value();
  EXPECT_TRUE(*robot.is_robot);
  EXPECT_EQ(robot.avatar.kind, AvatarKind::robot);
  for (const auto* bad : {"reader", "nobody", "acme", "globex", "globex+bot", "acme+none"}) {
    EXPECT_EQ(add(bad).error().code, Errc::invalid_request) << bad;
  }
  const auto list = run_awaitable(acme.teams.members(acme.caller("member"), "acme", "devs", false)).value();
  ASSERT_EQ(list.members.size(), 3u);
  EXPECT_EQ(list.members[0].name, "acme+ci");
  EXPECT_FALSE(list.can_edit);
  EXPECT_TRUE(run_awaitable(acme.teams.members(owner, "acme", "devs", false))->can_edit);

  const auto remove = [&](const std::string& name) {
    return run_awaitable(acme.teams.remove_member(owner, "acme", "devs", name));
  };
  EXPECT_TRUE(remove("acme+ci"));
  EXPECT_EQ(remove("acme+ci").error().code, Errc::invalid_request);
  EXPECT_EQ(remove("nobody").error().code, Errc::not_found);
}

TEST(Teams, KeepOneAdminWhenTwoThrowEachOtherOut) {
  for (int round = 0; round < 5; ++round) {
    Acme acme;
    run_awaitable(acme.invitations.add_member(acme.caller("owner"), "acme", "owners", "member", "")).value();
    std::vector<std::future<bool>> both;
    for (const auto& [one, other] : {std::pair("owner", "member"), std::pair("member", "owner")}) {
      both.push_back(std::async(std::launch::async, [&acme, who = acme.caller(one), other] {
        return run_awaitable(acme.teams.remove_member(who, "acme", "owners", other)).has_value();
      }));
    }
    EXPECT_EQ(both[0].get() + both[1].get(), 1);
    EXPECT_EQ(run_awaitable(acme.teams.members(acme.caller("watcher"), "acme", "owners", false))->members.size(), 1u);
  }
}

TEST(Teams, AreMadeOnceWhenSeveralRace) {
  Acme acme;
  std::vector<std::future<Result<TeamView>>> racers;
  for (int i = 0; i < 4; ++i) {
    racers.push_back(std::async(std::launch::async, [&acme, who = acme.caller("owner")] {
      return run_awaitable(acme.teams.put(who, "acme", "fresh", TeamRole::member, std::nullopt));
    }));
  }
  int made = 0;
  for (auto& racer : racers) {
    const auto view = racer.get();
    ASSERT_TRUE(view) << view.error().message;
    made += view->new_team;
  }
  EXPECT_EQ(made, 1);
}

}  // namespace
}  // namespace wharf::service
