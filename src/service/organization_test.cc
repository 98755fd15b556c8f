#include "service/organization.h"

#include <gtest/gtest.h>

#include <future>

#include "service/identity_testing.h"
#include "store/token.h"

namespace wharf::service {
namespace {

using testing::Acme;

TEST(Organizations, ShowEachCallerWhatTheyMaySee) {
  Acme acme;
  acme.allow_team(acme.app, acme.devs, store::kRead);
  const auto view = [&](const std::string& caller) {
    return run_awaitable(acme.organizations.view(acme.caller(caller), "acme")).value();
  };
  for (const auto* outsider : {"", "stranger", "reader", "owner:repo:read", "acme+ci"}) {
    const auto seen = view(outsider);
    EXPECT_FALSE(seen.is_admin || seen.is_member) << outsider;
    EXPECT_FALSE(seen.teams || seen.ordered_teams || seen.invoice_email || seen.tag_expiration_s) << outsider;
    EXPECT_EQ(seen.email, "") << outsider;
  }
  const auto member = view("member");
  EXPECT_TRUE(member.is_member);
  EXPECT_FALSE(member.is_admin || member.invoice_email);
  EXPECT_EQ(*member.ordered_teams, (std::vector<std::string>{"owners", "makers", "devs"}));
  EXPECT_TRUE(member.teams->at("devs").can_view);
  EXPECT_FALSE(member.teams->at("owners").can_view);
  EXPECT_EQ(member.teams->at("devs").repo_count, 1);
  EXPECT_EQ(member.teams->at("devs").member_count, 1);
  EXPECT_EQ(member.teams->at("makers").role, TeamRole::creator);
  for (const auto* admin : {"owner", "owner:org:admin", "watcher"}) {
    const auto seen = view(admin);
    EXPECT_TRUE(seen.is_admin && seen.is_member) << admin;
    EXPECT_TRUE(seen.teams->at("devs").can_view) << admin;
    EXPECT_EQ(seen.invoice_email, false) << admin;
  }
}

TEST(Organizations, AreHiddenFromTheAnonymousWhereAccessIsClosed) {
  Settings settings;
  settings.features.anonymous_access = false;
  Acme acme(settings);
  EXPECT_EQ(run_awaitable(acme.organizations.view({}, "acme")).error().code, Errc::unauthenticated);
  EXPECT_EQ(run_awaitable(acme.users.view({}, "owner")).error().code, Errc::unauthenticated);
  EXPECT_TRUE(run_awaitable(acme.organizations.view(acme.caller("stranger"), "acme")));
}

TEST(Organizations, AreMadeWithTheirCreatorAsOwner) {
  Acme acme;
  const auto who = acme.caller("stranger");
  ASSERT_TRUE(run_awaitable(acme.organizations.create(who, NewOrganization{"initech", "shared@example.com"})));
  ASSERT_TRUE(run_awaitable(acme.organizations.create(who, NewOrganization{"hooli", "shared@example.com"})))
      << "may share an address";
  const auto view = run_awaitable(acme.organizations.view(who, "initech")).value();
  EXPECT_TRUE(view.is_admin);
  EXPECT_EQ(view.email, "shared@example.com");
  EXPECT_EQ(view.teams->at("owners").role, TeamRole::admin);
  EXPECT_EQ(view.tag_expiration_s, acme.settings.default_tag_expiration_s);
  for (const auto& [name, email] : std::vector<std::pair<std::string, std::string>>{
           {"initech", ""}, {"owner", ""}, {"Upper", ""}, {"x", ""}, {"has+plus", ""}, {"fine", "nonsense"}}) {
    EXPECT_EQ(run_awaitable(acme.organizations.create(who, NewOrganization{name, email})).error().code,
              Errc::invalid_request)
        << name;
  }
}

TEST(Organizations, LeaveNothingBehindButTheirName) {
  Acme acme;
  acme.repository("acme", "other", true);
  acme.allow_team(acme.app, acme.devs, store::kWrite);
  const auto owner = acme.caller("owner");
  const auto organization = acme.id_of("acme");
  acme.write([&](db::Tx& tx) {
    return store::insert_application(tx, {organization, "CLIENT", "app", "", "sealed"}, now_ms());
  });
  ASSERT_TRUE(run_awaitable(acme.organizations.remove(owner, "acme")));

  EXPECT_EQ(run_awaitable(acme.organizations.view(owner, "acme")).error().code, Errc::not_found);
  EXPECT_EQ(run_awaitable(acme.organizations.remove(owner, "acme")).error().code, Errc::denied);
  EXPECT_FALSE(acme.read([&](db::Tx& tx) { return store::find_account(tx, "acme+ci"); }));
  EXPECT_FALSE(acme.read([&](db::Tx& tx) { return store::find_repository(tx, {"acme", "app"}); }));
  EXPECT_TRUE(run_awaitable(acme.users.view_self(owner))->organizations->empty());
  static const db::Query kLeft{"test.left", R"(
    SELECT (SELECT count(*) FROM team WHERE organization_id = $1),
           (SELECT count(*) FROM repository_permission p JOIN repository r ON r.id = p.repository_id
             WHERE r.namespace_id = $1) + (SELECT count(*) FROM oauth_application WHERE organization_id = $1)
         + (SELECT count(*) FROM account WHERE owner_id = $1)
         + (SELECT count(*) FROM repository WHERE namespace_id = $1 AND deleted_ms IS NULL))"};
  const auto left =
      acme.read([&](db::Tx& tx) { return tx.get<std::tuple<std::int64_t, std::int64_t>>(kLeft, organization); });
  EXPECT_EQ(std::get<0>(left) + std::get<1>(left), 0);

  // The name waits for what it held to be purged.
  EXPECT_EQ(run_awaitable(acme.organizations.create(owner, NewOrganization{"acme"})).error().code,
            Errc::invalid_request);
  EXPECT_FALSE(run_awaitable(acme.users.create({.username = "acme", .password = testing::kPassword})));
  acme.write([](db::Tx& tx) {
    static const db::Query kPurge{"test.purge", "DELETE FROM reserved_name WHERE name = 'acme'"};
    return tx.run(kPurge);
  });
  EXPECT_TRUE(run_awaitable(acme.organizations.create(owner, NewOrganization{"acme"})));
}

TEST(Organizations, TellWhoIsInThemWithTeamsAndRepositories) {
  Acme acme;
  acme.allow(acme.app, "member", store::kWrite);
  const auto other = acme.team("acme", "another", store::kMember, {"member", "acme+ci"});
  EXPECT_GT(other, 0);
  const auto list = run_awaitable(acme.organizations.members(acme.caller("owner"), "acme")).value().members;
  ASSERT_EQ(list.size(), 3u) << "the people in teams; no robots, nobody with a role by name alone";
  EXPECT_EQ(list[0].name, "maker");
  EXPECT_EQ(list[1].name, "member");
  ASSERT_EQ(list[1].teams.size(), 2u);
  EXPECT_EQ(list[1].teams[0].name, "another");
  EXPECT_EQ(list[1].repositories, std::vector<std::string>{"app"});
  EXPECT_EQ(list[2].name, "owner");
  EXPECT_TRUE(list[2].repositories.empty());
}

TEST(Organizations, OneOfSeveralThatWantTheSameNameGetsIt) {
  Acme acme;
  std::vector<std::future<Result<bool>>> racers;
  for (const auto* name : {"owner", "maker", "member", "reader"}) {
    racers.push_back(std::async(std::launch::async, [&acme, who = acme.caller(name)] {
      return run_awaitable(acme.organizations.create(who, NewOrganization{"wanted"}));
    }));
  }
  testing::expect_one_winner(std::move(racers));
}

}  // namespace
}  // namespace wharf::service
