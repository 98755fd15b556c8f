#include "service/user.h"

#include <gtest/gtest.h>

#include <future>
#include <set>
#include <thread>

#include "service/identity_testing.h"
#include "store/token.h"

namespace wharf::service {
namespace {

using std::chrono::seconds;
using testing::Acme;
using testing::kPassword;
using testing::People;

NewUser alice() { return {.username = "alice", .password = kPassword, .email = "Alice@Example.com"}; }

TEST(FirstUser, IsASuperuserWithATokenOfEveryScope) {
  People people;
  EXPECT_FALSE(run_awaitable(people.users.has_users()));
  const auto first = run_awaitable(people.users.initialize(alice(), true, ""));
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->username, "alice");
  EXPECT_EQ(first->email, "alice@example.com");
  EXPECT_EQ(people.encrypted.open("alice", first->encrypted_password).value(), kPassword);
  ASSERT_TRUE(first->access_token);
  EXPECT_EQ(first->access_token->size(), 40u);
  EXPECT_TRUE(run_awaitable(people.users.has_users()));

  const auto who = run_awaitable(people.users.authenticate_bearer(*first->access_token)).value();
  EXPECT_EQ(who.name, "alice");
  EXPECT_TRUE(who.superuser);
  EXPECT_TRUE(who.scopes->contains(auth::ScopeSet::all()));
  const auto application =
      people.read([&](db::Tx& tx) { return store::find_application(tx, who.account_id, "automation"); });
  EXPECT_TRUE(application);
  EXPECT_TRUE(people.login("alice", kPassword).who);

  advance_clock(seconds(9001));
  EXPECT_EQ(run_awaitable(people.users.authenticate_bearer(*first->access_token)).error().code, Errc::bad_token);
}

TEST(FirstUser, HasNoTokenUnlessItIsWantedAndIsNoSuperuserWhereSomeAreNamed) {
  Settings settings;
  settings.super_users = {"root"};
  People people(settings);
  auto wanted = alice();
  wanted.email.reset();
  const auto first = run_awaitable(people.users.initialize(wanted, false, "")).value();
  EXPECT_FALSE(first.access_token);
  EXPECT_FALSE(first.email.has_value());
  EXPECT_FALSE(people.who("alice").superuser);
}

TEST(FirstUser, IsRefusedWhenThereIsOneForABadNameAndFromElsewhere) {
  Settings elsewhere;
  elsewhere.listens_on_loopback_only = false;
  elsewhere.setup_code = "0123456789abcdef";
  struct Row {
    const char* what;
    std::string username, password, email, code;
    bool away = false;
    bool works = false;
  };
  const Row rows[] = {
      {"all right", "alice", kPassword, "alice@example.com", "", false, true},
      {"a name with capitals", "Alice", kPassword, "", ""},
      {"a short name", "a", kPassword, "", ""},
      {"a robot's name", "alice+bot", kPassword, "", ""},
      {"a short password", "alice", "seven77", "", ""},
      {"a password with a space", "alice", "two words here", "", ""},
      {"no e-mail address", "alice", kPassword, "alice", ""},
      {"from elsewhere without the code", "alice", kPassword, "", "", true},
      {"from elsewhere with a wrong code", "alice", kPassword, "", "0123456789abcdeF", true},
      {"from elsewhere with the code", "alice", kPassword, "", "0123456789abcdef", true, true},
  };
  for (const auto& row : rows) {
    People people(row.away ? elsewhere : Settings{});
    NewUser wanted{.username = row.username, .password = row.password};
    if (!row.email.empty()) wanted.email = row.email;
    const auto made = run_awaitable(people.users.initialize(wanted, false, row.code));
    EXPECT_EQ(made.has_value(), row.works) << row.what;
    if (!made) EXPECT_EQ(made.error().code, Errc::invalid_request) << row.what;
    EXPECT_EQ(run_awaitable(people.users.has_users()), row.works) << row.what;
    if (row.works) EXPECT_FALSE(run_awaitable(people.users.initialize(alice(), false, row.code))) << row.what;
  }
  elsewhere.setup_code.clear();
  People closed(elsewhere);
  EXPECT_FALSE(run_awaitable(closed.users.initialize(alice(), false, ""))) << "no code set is no open door";
  elsewhere.features.user_initialize = true;
  People open(elsewhere);
  EXPECT_TRUE(run_awaitable(open.users.initialize(alice(), false, "")));
}

TEST(FirstUser, HasOneWinnerWhenSeveralRace) {
  People people;
  std::vector<std::future<bool>> racers;
  for (int i = 0; i < 4; ++i) {
    racers.push_back(std::async(std::launch::async, [&people, i] {
      NewUser wanted{.username = "racer" + std::to_string(i), .password = kPassword};
      return run_awaitable(people.users.initialize(wanted, true, "")).has_value();
    }));
  }
  int winners = 0;
  for (auto& racer : racers) winners += racer.get();
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(run_awaitable(people.users.list_all()).size(), 1u);
}

TEST(Bearer, IsRefusedUnlessItIsAnOAuthTokenThatStillHolds) {
  People people;
  people.user("alice");
  people.user("dan");
  const auto good = people.oauth_token("alice", "repo:read user:read");
  const auto of_dan = people.oauth_token("dan", "repo:read");
  const auto brief = people.oauth_token("alice", "repo:read", 5);
  people.set_enabled("dan", false);
  auto other_secret = good;
  other_secret.back() = other_secret.back() == 'a' ? 'b' : 'a';
  auto other_prefix = good;
  other_prefix.front() = other_prefix.front() == 'a' ? 'b' : 'a';
  const auto who = run_awaitable(people.users.authenticate_bearer(good)).value();
  EXPECT_EQ(who.scopes->text(), "repo:read user:read");
  EXPECT_EQ(who.means, auth::Principal::Means::oauth_token);
  EXPECT_FALSE(who.token_uuid.empty());
  advance_clock(seconds(6));
  for (const auto& bad : {std::string(), std::string("abc"), good + "a", good.substr(1), std::string(40, '\''),
                          std::string(39, 'a') + '\0', other_secret, other_prefix, of_dan, brief,
                          std::string("eyJhbGciOiJub25lIn0.e30."), std::string(kPassword)}) {
    EXPECT_EQ(run_awaitable(people.users.authenticate_bearer(bad)).error().code, Errc::bad_token) << bad;
  }
}

TEST(Bearer, IsNotedOnceAMinute) {
  People people;
  people.user("alice");
  const auto token = people.oauth_token("alice", "repo:read");
  const auto noted = [&] {
    return people.read([&](db::Tx& tx) { return store::find_bearer(tx, token.substr(0, 20)); })->last_accessed_ms;
  };
  EXPECT_FALSE(noted());
  ASSERT_TRUE(run_awaitable(people.users.authenticate_bearer(token)));
  const auto first = noted();
  ASSERT_TRUE(first);
  advance_clock(seconds(30));
  ASSERT_TRUE(run_awaitable(people.users.authenticate_bearer(token)));
  EXPECT_EQ(noted(), first);
  advance_clock(seconds(31));
  ASSERT_TRUE(run_awaitable(people.users.authenticate_bearer(token)));
  EXPECT_GT(noted(), first);
}

TEST(Bearer, IsNotedAsOftenAsTheSettingsSay) {
  Settings slow;
  slow.last_use_threshold_ms = 600'000;
  People people(slow);
  people.user("alice");
  const auto token = people.oauth_token("alice", "repo:read");
  const auto noted = [&] {
    return people.read([&](db::Tx& tx) { return store::find_bearer(tx, token.substr(0, 20)); })->last_accessed_ms;
  };
  ASSERT_TRUE(run_awaitable(people.users.authenticate_bearer(token)));
  const auto first = noted();
  ASSERT_TRUE(first);
  advance_clock(std::chrono::minutes(9));
  ASSERT_TRUE(run_awaitable(people.users.authenticate_bearer(token)));
  EXPECT_EQ(noted(), first);
  advance_clock(std::chrono::minutes(2));
  ASSERT_TRUE(run_awaitable(people.users.authenticate_bearer(token)));
  EXPECT_GT(noted(), first);
}

TEST(MintToken, RefusesUnknownScopesLivesAndPeople) {
  People people;
  people.user("alice");
  people.organization("acme");
  const auto refusal = [&](std::string user, std::string scope, std::int64_t life_s) {
    return run_awaitable(people.users.mint_token(user, scope, life_s, std::nullopt)).error().code;
  };
  EXPECT_EQ(refusal("alice", "repo:everything", 60), Errc::invalid_request);
  EXPECT_EQ(refusal("alice", "", 60), Errc::invalid_request);
  EXPECT_EQ(refusal("alice", "repo:read", 0), Errc::invalid_request);
  EXPECT_EQ(refusal("alice", "repo:read", 400'000'000), Errc::invalid_request);
  EXPECT_EQ(refusal("bob", "repo:read", 60), Errc::not_found);
  EXPECT_EQ(refusal("acme", "repo:read", 60), Errc::not_found);
}

TEST(Users, AreShownInFullOnlyToThemselvesAndByTheScopesOfTheToken) {
  Acme acme;
  const auto self = run_awaitable(acme.users.view_self(acme.caller("owner"))).value();
  EXPECT_EQ(self.username, "owner");
  EXPECT_EQ(self.email, "owner@example.com");
  EXPECT_EQ(self.has_password_set, true);
  ASSERT_EQ(self.organizations->size(), 1u);
  EXPECT_EQ(self.organizations->front().name, "acme");
  EXPECT_TRUE(self.organizations->front().is_admin && self.organizations->front().is_org_admin);
  EXPECT_TRUE(self.organizations->front().can_create_repo);
  EXPECT_FALSE(self.super_user);

  const auto member = run_awaitable(acme.users.view_self(acme.caller("member"))).value();
  EXPECT_FALSE(member.organizations->front().is_admin || member.organizations->front().can_create_repo);
  const auto maker = run_awaitable(acme.users.view_self(acme.caller("maker"))).value();
  EXPECT_FALSE(maker.organizations->front().is_admin);
  EXPECT_TRUE(maker.organizations->front().can_create_repo);

  const auto narrow = run_awaitable(acme.users.view_self(acme.caller("owner:user:read"))).value();
  EXPECT_FALSE(narrow.email || narrow.tag_expiration_s || narrow.is_me);
  ASSERT_TRUE(narrow.organizations);
  EXPECT_FALSE(narrow.organizations->front().is_admin) << "the token may not";

  const auto other = run_awaitable(acme.users.view(acme.caller("reader"), "owner")).value();
  EXPECT_FALSE(other.email || other.organizations || other.super_user);
  const auto by_root = run_awaitable(acme.users.view(acme.caller("root"), "owner")).value();
  EXPECT_EQ(by_root.super_user, false);
  EXPECT_EQ(run_awaitable(acme.users.view_self(acme.caller("root")))->super_user, true);
  EXPECT_EQ(run_awaitable(acme.users.view_self(acme.caller("watcher")))->global_readonly_super_user, true);
}

TEST(Users, AreMadeBySuperusersWithAPasswordThatWorks) {
  Acme acme;
  const auto root = acme.caller("root");
  const auto made =
      run_awaitable(
          acme.users.create_for(root, NewUser{.username = "newcomer", .password = {}, .email = "new@example.com"}))
          .value();
  EXPECT_TRUE(acme.login("newcomer", made.password).who);
  EXPECT_TRUE(acme.login("newcomer", made.encrypted_password).who);
  for (const auto& [name, email] :
       std::vector<std::pair<std::string, std::optional<std::string>>>{{"newcomer", std::nullopt},
                                                                       {"acme", std::nullopt},
                                                                       {"Bad", std::nullopt},
                                                                       {"second", "NEW@example.com"},
                                                                       {"second", "nonsense"}}) {
    const NewUser wrong{.username = name, .password = {}, .email = email};
    EXPECT_EQ(run_awaitable(acme.users.create_for(root, wrong)).error().code, Errc::invalid_request) << name;
  }
}

TEST(Users, AreListedInPages) {
  Acme acme;
  acme.user("gone", false);
  const auto root = acme.caller("root");
  std::set<std::string> names;
  std::string page;
  int pages = 0;
  do {
    const auto list =
        run_awaitable(acme.users.list(root, {.with_disabled = true, .limit = 4, .next_page = page})).value();
    for (const auto& user : list.users) EXPECT_TRUE(names.insert(user.name).second) << user.name;
    EXPECT_LE(list.users.size(), 4u);
    page = list.next_page.value_or("");
    ++pages;
  } while (!page.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(names.size(), 10u);
  EXPECT_EQ(run_awaitable(acme.users.list(root, {.with_disabled = false}))->users.size(), 9u);
  EXPECT_EQ(run_awaitable(acme.users.list(root, {.limit = 101})).error().code, Errc::invalid_request);
  EXPECT_EQ(run_awaitable(acme.users.list(root, {.limit = 0})).error().code, Errc::invalid_request);
  const auto bad_page = run_awaitable(acme.users.list(root, {.limit = 4, .next_page = "nonsense"})).value();
  EXPECT_EQ(bad_page.users.front().name, "owner") << "a token that is none means the first page";
}

TEST(Users, OneOfSeveralThatWantTheSameNameGetsIt) {
  People people;
  std::vector<std::future<Result<store::Account>>> racers;
  for (int i = 0; i < 4; ++i) {
    racers.push_back(std::async(std::launch::async, [&people] {
      NewUser wanted{.username = "same", .password = kPassword};
      return run_awaitable(people.users.create(wanted));
    }));
  }
  testing::expect_one_winner(std::move(racers));
}

}  // namespace
}  // namespace wharf::service
