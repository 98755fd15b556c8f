#include "service/robot.h"

#include <gtest/gtest.h>

#include <future>

#include "service/identity_testing.h"

namespace wharf::service {
namespace {

using testing::Acme;

const RobotPlace kAcme{.organization = "acme"};
const RobotPlace kOwn{.own = true};

TEST(Robots, LogInWithTheTokenThatWasShownAndOnlyTheNewest) {
  Acme acme;
  const auto owner = acme.caller("owner");
  NewRobot wanted{.short_name = "deploy", .description = "Deploys"};
  wanted.metadata["ticket"] = 7;
  const auto made = run_awaitable(acme.robots.create(owner, kAcme, wanted)).value();
  EXPECT_EQ(made.name, "acme+deploy");
  ASSERT_TRUE(made.token);
  EXPECT_EQ(made.token->size(), 64u);
  EXPECT_EQ(made.token->find_first_not_of(kUpperAndDigits), std::string::npos);
  EXPECT_FALSE(made.last_accessed.has_value());
  EXPECT_TRUE(acme.login("acme+deploy", *made.token).who);

  const auto seen = run_awaitable(acme.robots.view(owner, kAcme, "deploy")).value();
  EXPECT_EQ(seen.token, made.token);
  EXPECT_EQ(seen.description, "Deploys");
  EXPECT_EQ(json::encode(*seen.unstructured_metadata), R"({"ticket": 7})");
  EXPECT_EQ(seen.created.at, made.created.at);

  const auto renewed = run_awaitable(acme.robots.regenerate(owner, kAcme, "deploy")).value();
  EXPECT_NE(renewed.token, made.token);
  EXPECT_FALSE(acme.login("acme+deploy", *made.token).who);
  EXPECT_TRUE(acme.login("acme+deploy", *renewed.token).who);
  ASSERT_TRUE(run_awaitable(acme.robots.remove(owner, kAcme, "deploy")));
  EXPECT_FALSE(acme.login("acme+deploy", *renewed.token).who);
  EXPECT_EQ(run_awaitable(acme.robots.view(owner, kAcme, "deploy")).error().code, Errc::not_found);
}

TEST(Robots, KeepTheirTokensSealedInTheDatabase) {
  Acme acme;
  const auto made = run_awaitable(acme.robots.create(acme.caller("owner"), kAcme, NewRobot{"deploy"})).value();
  const auto row = acme.read([&](db::Tx& tx) { return store::find_robot(tx, acme.id_of("acme"), "acme+deploy"); });
  EXPECT_EQ(row->sealed_token.find(*made.token), std::string::npos);
  EXPECT_EQ(acme.users.open_robot_token(row->uuid, row->sealed_token), *made.token);
}

TEST(Robots, AreRefusedForBadNamesAndWhereTheyAreNotWanted) {
  Acme acme;
  const auto owner = acme.caller("owner");
  const auto refusal = [&](NewRobot wanted) {
    return run_awaitable(acme.robots.create(owner, kAcme, std::move(wanted))).error().code;
  };
  EXPECT_EQ(refusal({.short_name = "ci"}), Errc::invalid_request) << "it exists";
  for (const auto* bad : {"", "x", "CI", "a+b", "a..b", "-ci"}) {
    EXPECT_EQ(refusal({.short_name = bad}), Errc::invalid_request) << bad;
  }
  EXPECT_EQ(refusal({.short_name = "long", .description = std::string(256, 'x')}), Errc::invalid_request);
  std::string umlauts;
  for (int i = 0; i < 255; ++i) umlauts += "\xC3\xBC";
  EXPECT_TRUE(run_awaitable(acme.robots.create(owner, kAcme, NewRobot{"fits", umlauts}))) << "255 characters";

  Settings none;
  none.robots_disallow = true;
  none.robots_whitelist = {"acme+listed"};
  Acme strict(none);
  const auto strict_owner = strict.caller("owner");
  EXPECT_EQ(run_awaitable(strict.robots.create(strict_owner, kAcme, NewRobot{"other"})).error().code,
            Errc::invalid_request);
  EXPECT_TRUE(run_awaitable(strict.robots.create(strict_owner, kAcme, NewRobot{"listed"})));
}

TEST(Robots, ListTokensAndLinksOnlyForThoseWhoMaySeeThem) {
  Acme acme;
  acme.team("acme", "bots", store::kMember, {"acme+ci"});
  acme.robot("acme+zeta");
  const auto list = [&](const std::string& caller, RobotListing wanted) {
    return run_awaitable(acme.robots.list(acme.caller(caller), kAcme, wanted)).value().robots;
  };
  const auto all = list("owner", {.permissions = true});
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].name, "acme+ci");
  EXPECT_TRUE(all[0].token);
  ASSERT_EQ(all[0].teams->size(), 1u);
  EXPECT_EQ(all[0].teams->front().name, "bots");
  EXPECT_EQ(*all[0].repositories, std::vector<std::string>{"app"});
  EXPECT_TRUE(all[1].teams->empty() && all[1].repositories->empty());
  EXPECT_FALSE(list("owner", {})[0].teams);
  EXPECT_FALSE(list("owner", {.token = false})[0].token);
  EXPECT_EQ(list("owner", {.limit = 1}).size(), 1u);
  const auto member = list("member", {.permissions = true});
  EXPECT_FALSE(member[0].token || member[0].teams || member[0].repositories);
  const auto watcher = list("watcher", {.permissions = true});
  EXPECT_FALSE(watcher[0].token);
  EXPECT_TRUE(watcher[0].teams);
  EXPECT_FALSE(run_awaitable(acme.robots.view(acme.caller("watcher"), kAcme, "ci"))->token);

  acme.write([&](db::Tx& tx) {
    static const db::Query kUse{"test.use", "UPDATE account SET last_accessed_ms = 1000 WHERE name = 'acme+zeta'"};
    return tx.run(kUse);
  });
  EXPECT_EQ(list("owner", {})[0].name, "acme+zeta") << "last used first";
}

TEST(Robots, OfAUserAreTheirOwn) {
  Acme acme;
  const auto reader = acme.caller("reader");
  ASSERT_TRUE(run_awaitable(acme.robots.create(reader, kOwn, NewRobot{"bot"})));
  EXPECT_EQ(run_awaitable(acme.robots.list(reader, kOwn, {}))->robots.front().name, "reader+bot");
  EXPECT_TRUE(run_awaitable(acme.robots.list(acme.caller("owner"), kOwn, {}))->robots.empty());
  EXPECT_TRUE(run_awaitable(acme.robots.view(reader, {.organization = "reader"}, "bot")))
      << "everybody administers the namespace of their own name";
  EXPECT_EQ(run_awaitable(acme.robots.view(acme.caller("owner"), {.organization = "reader"}, "bot")).error().code,
            Errc::denied);
}

TEST(Robots, TellTheRolesTheyWereGiven) {
  Acme acme;
  const auto roles = run_awaitable(acme.robots.permissions(acme.caller("owner"), kAcme, "ci")).value().permissions;
  ASSERT_EQ(roles.size(), 1u);
  EXPECT_EQ(roles[0].repository.name, "app");
  EXPECT_FALSE(roles[0].repository.is_public);
  EXPECT_EQ(roles[0].role, Role::admin);
}

TEST(Robots, AreMadeOnceWhenSeveralRace) {
  Acme acme;
  std::vector<std::future<Result<RobotView>>> racers;
  for (int i = 0; i < 4; ++i) {
    racers.push_back(std::async(std::launch::async, [&acme, who = acme.caller("owner")] {
      return run_awaitable(acme.robots.create(who, kAcme, NewRobot{"fresh"}));
    }));
  }
  testing::expect_one_winner(std::move(racers));
}

}  // namespace
}  // namespace wharf::service
