#include "service/login.h"

#include <gtest/gtest.h>

#include <thread>

#include "auth/password_cost.h"
#include "service/login_testing.h"

namespace wharf::service {
namespace {

using auth::Principal;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::kPassword;
using testing::People;

struct Counted {
  int failures = 0;
  Millis last = 0;
};
BOOST_DESCRIBE_STRUCT(Counted, (), (failures, last))

int failures_of(People& people, const std::string& name) {
  static const db::Query kCount{"test.failures",
                                "SELECT failed_logins, last_failed_login_ms FROM account WHERE name = $1"};
  return people.read([&](db::Tx& tx) { return tx.get<Counted>(kCount, name); }).failures;
}

/// Waits for the notes that are written behind the answers.
void settle(People& people) { people.pool.join(); }

TEST(Login, TakesEveryKindOfCredentialAndRefusesEachWhenItIsNotGood) {
  People people;
  people.settings.robots_whitelist = {"acme+listed"};
  people.user("alice");
  people.user("dan", false);
  people.organization("acme");
  const auto ci = people.robot("acme+ci");
  const auto dead = people.robot("acme+dead");
  people.set_enabled("acme+dead", false);
  const auto orphan = people.robot("dan+bot");
  const auto sealed = people.encrypted.make("alice", kPassword);
  const auto of_dan = people.encrypted.make("dan", kPassword);
  const auto oauth = people.oauth_token("alice", "repo:read");
  const auto app = people.app_token("alice");
  const auto stale_app = people.app_token("alice", now_ms() - 1);
  const auto dans_app = people.app_token("dan");
  auto wrong_app = app;
  wrong_app.back() = wrong_app.back() == 'A' ? 'B' : 'A';
  const std::string disabled = "This user has been disabled. Please contact your administrator.";
  const std::string wrong = "Invalid Username or Password";

  struct Row {
    std::string what, name, password, refusal;
    Principal::Means means = Principal::Means::none;
  };
  const Row rows[] = {
      {"password", "alice", kPassword, "", Principal::Means::password},
      {"e-mail", "alice@example.com", kPassword, "", Principal::Means::password},
      {"e-mail in capitals", "Alice@Example.COM", kPassword, "", Principal::Means::password},
      {"encrypted password", "alice", sealed, "", Principal::Means::password},
      {"disabled user", "dan", kPassword, disabled},
      {"disabled user, encrypted", "dan", of_dan, disabled},
      {"another's encrypted password", "nobody-here", sealed, wrong},
      {"no such user", "nobody", kPassword, wrong},
      {"no such e-mail", "nobody@example.com", kPassword, wrong},
      {"organization", "acme", kPassword, wrong},
      {"no UTF-8", "al\xffice", kPassword, wrong},
      {"NUL", std::string("alice\0x", 7), kPassword, wrong},
      {"robot", "acme+ci", ci, "", Principal::Means::robot_token},
      {"robot, wrong token", "acme+ci", std::string(64, 'A'),
       "Could not find robot with username: acme+ci and supplied password."},
      {"robot, no token", "acme+ci", "", "Could not find robot with username: acme+ci and supplied password."},
      {"robot of another", "acme+ci", dead, "Could not find robot with username: acme+ci and supplied password."},
      {"no such robot", "acme+none", ci, "Could not find robot with username: acme+none and supplied password."},
      {"no robot's name", "+", ci, wrong},
      {"disabled robot", "acme+dead", dead, "Robot acme+dead owner acme is disabled"},
      {"robot of a disabled owner", "dan+bot", orphan, "Robot dan+bot owner dan is disabled"},
      {"OAuth token", "$oauthtoken", oauth, "", Principal::Means::oauth_token},
      {"OAuth token, wrong", "$oauthtoken", std::string(40, 'a'), "Invalid bearer token"},
      {"OAuth token, no token", "$oauthtoken", "", "Invalid bearer token"},
      {"app token", "$app", app, "", Principal::Means::app_token},
      {"app token, wrong", "$app", wrong_app, "Invalid token"},
      {"app token, unknown", "$app", std::string(120, 'Z'), "Invalid token"},
      {"app token, short", "$app", app.substr(0, 119), "Invalid token"},
      {"app token, expired", "$app", stale_app, "Invalid token"},
      {"app token of a disabled user", "$app", dans_app, disabled},
      {"delegate token", "$token", "x", wrong},
  };
  for (const auto& row : rows) {
    const auto outcome = people.login(row.name, row.password);
    if (row.refusal.empty()) {
      ASSERT_TRUE(outcome.who) << row.what << ": " << outcome.who.error().message;
      EXPECT_EQ(outcome.who->means, row.means) << row.what;
      const bool robot = row.name.starts_with("acme+");
      EXPECT_EQ(outcome.who->name, robot ? row.name : "alice") << row.what;
      EXPECT_EQ(outcome.who->kind, robot ? Principal::Kind::robot : Principal::Kind::user) << row.what;
    } else {
      ASSERT_FALSE(outcome.who) << row.what;
      EXPECT_EQ(outcome.who.error().code, Errc::unauthenticated) << row.what;
      EXPECT_EQ(outcome.who.error().message, row.refusal) << row.what;
    }
  }
  const auto bearer = people.login("$oauthtoken", oauth).who.value();
  EXPECT_EQ(bearer.scopes->text(), "repo:read");
  EXPECT_FALSE(people.login("alice", kPassword).who->scopes);
}

TEST(Login, CostsOneBcryptWhoeverIsNamedAndWhateverThePassword) {
  People people;
  people.user("alice");
  people.organization("acme");
  const std::string passwords[] = {"", "wrong password", std::string(kPassword) + '\0' + "more",
                                   people.encrypted.make("alice", "wrong password")};
  int n = 0;
  for (const auto& password : passwords) {
    for (const std::string name : {"alice", "acme", "nobody", "nobody@example.com"}) {
      // Each from an address of its own and with no failure before, which would be refused before it costs anything.
      static const db::Query kForgive{"test.forgive", "UPDATE account SET failed_logins = 0, last_failed_login_ms = 0"};
      people.write([&](db::Tx& tx) { return tx.run(kForgive); });
      LoginService logins({*people.db, people.settings, people.users, people.pool, people.box, people.encrypted});
      const auto before = auth::bcrypt_runs();
      EXPECT_FALSE(run_awaitable(logins.login(name, password, "192.0.2." + std::to_string(++n))).who) << name;
      EXPECT_EQ(auth::bcrypt_runs() - before, 1u) << name << " with the password " << password;
    }
  }
}

TEST(Login, AnotherUsersEncryptedPasswordIsWrong) {
  People people;
  people.user("alice");
  people.user("bob");
  const auto of_alice = people.encrypted.make("alice", kPassword);
  EXPECT_FALSE(people.login("bob", of_alice).who);
  EXPECT_TRUE(people.login("alice", of_alice).who);
}

TEST(Login, ExpiredOAuthTokensAreRefused) {
  People people;
  people.user("alice");
  const auto token = people.oauth_token("alice", "repo:read", 60);
  EXPECT_TRUE(people.login("$oauthtoken", token).who);
  advance_clock(seconds(61));
  EXPECT_EQ(people.login("$oauthtoken", token).who.error().message, "The bearer token has expired");
}

TEST(Login, RobotsCanBeDisallowedExceptThoseThatAreListed) {
  People people;
  people.organization("acme");
  const auto ci = people.robot("acme+ci");
  const auto listed = people.robot("acme+listed");
  people.settings.robots_disallow = true;
  people.settings.robots_whitelist = {"acme+listed"};
  EXPECT_FALSE(people.login("acme+ci", ci).who);
  EXPECT_TRUE(people.login("acme+listed", listed).who);
  EXPECT_FALSE(people.login("acme+listed", ci).who);
}

TEST(Login, AppTokensCanBeSwitchedOff) {
  People people;
  people.user("alice");
  const auto token = people.app_token("alice");
  people.settings.features.app_specific_tokens = false;
  EXPECT_FALSE(people.login("$app", token).who);
}

TEST(Login, SaysWhoIsASuperuserOrRestricted) {
  People people;
  people.user("root");
  people.user("auditor");
  people.user("alice");
  people.settings.super_users = {"root"};
  people.settings.read_only_super_users = {"auditor"};
  people.settings.features.restricted_users = true;
  people.settings.restricted_whitelist = {"auditor"};
  EXPECT_TRUE(people.login("root", kPassword).who->superuser);
  EXPECT_TRUE(people.login("auditor", kPassword).who->read_only_superuser);
  EXPECT_FALSE(people.login("auditor", kPassword).who->restricted);
  EXPECT_TRUE(people.login("alice", kPassword).who->restricted);
  EXPECT_FALSE(people.login("alice", kPassword).who->superuser);
}

TEST(Throttling, EachFailureMakesTheNextAttemptWaitEvenForTheRightPassword) {
  People people;
  people.user("alice");
  people.set_failures("alice", 5);
  const Millis waits[] = {31'500, 63'500, 127'500, 255'500, 300'000};
  for (const auto wait : waits) {
    EXPECT_EQ(people.login("alice", "wrong-wrong").who.error().code, Errc::unauthenticated);
    const auto refused = people.login("alice", kPassword);
    ASSERT_FALSE(refused.who);
    EXPECT_EQ(refused.who.error().code, Errc::too_many_attempts);
    EXPECT_GT(refused.who.error().retry_after_s, wait / 2000);
    EXPECT_LE(refused.who.error().retry_after_s, (wait + 999) / 1000);
    advance_clock(milliseconds(wait));
  }
  EXPECT_EQ(failures_of(people, "alice"), 10);
  EXPECT_TRUE(people.login("alice", kPassword).who);
  EXPECT_EQ(failures_of(people, "alice"), 0);
  EXPECT_TRUE(people.login("alice", kPassword).who);
}

TEST(Throttling, ASuccessWithoutFailuresWritesOnlyTheTimeOfUse) {
  People people;
  people.user("alice");
  EXPECT_TRUE(people.login("alice", kPassword).who);
  settle(people);
  const auto before = people.db->counters().writes;
  EXPECT_TRUE(people.login("alice", kPassword).who);
  EXPECT_EQ(people.db->counters().writes, before);
  static const db::Query kUsed{"test.used", "SELECT last_accessed_ms FROM account WHERE name = 'alice'"};
  EXPECT_TRUE(people.read([](db::Tx& tx) { return tx.get<std::optional<Millis>>(kUsed); }));
}

TEST(Login, IsNotedAsOftenAsTheSettingsSay) {
  Settings hourly;
  hourly.last_use_threshold_ms = 3'600'000;
  People people(hourly);
  people.user("alice");
  const auto noted = [&] {
    static const db::Query kUsed{"test.used", "SELECT last_accessed_ms FROM account WHERE name = 'alice'"};
    return people.read([](db::Tx& tx) { return tx.get<std::optional<Millis>>(kUsed); });
  };
  EXPECT_TRUE(people.login("alice", kPassword).who);
  for (int i = 0; i < 3000 && !noted(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const auto first = noted();
  ASSERT_TRUE(first);
  advance_clock(std::chrono::minutes(59));
  EXPECT_TRUE(people.login("alice", kPassword).who);
  settle(people);
  EXPECT_EQ(noted(), first);
}

TEST(Throttling, AnotherNodeCountsTheSameFailures) {
  People people;
  people.user("alice");
  const auto second = people.database.open();
  boost::asio::thread_pool pool(1);
  LoginService other({*second, people.settings, people.users, pool, people.box, people.encrypted});
  people.set_failures("alice", 5);
  EXPECT_FALSE(people.login("alice", "wrong-wrong").who);
  settle(people);
  const auto outcome = run_awaitable(other.login("alice", kPassword, "192.0.2.9"));
  ASSERT_FALSE(outcome.who);
  EXPECT_EQ(outcome.who.error().code, Errc::too_many_attempts);
}

TEST(Throttling, ManyAttemptsAtOnceGainNothing) {
  People people;
  people.user("alice");
  people.set_failures("alice", 8);
  boost::asio::io_context loop(1);
  int wrong = 0, too_many = 0;
  auto attempt = [&](std::string password) -> awaitable<void> {
    const auto outcome = co_await people.logins.login("alice", std::move(password), "192.0.2.1");
    if (outcome.who) throw std::logic_error("a wrong password was taken");
    ++(outcome.who.error().code == Errc::too_many_attempts ? too_many : wrong);
  };
  for (int i = 0; i < 20; ++i) {
    boost::asio::co_spawn(loop, attempt("guess-number-" + std::to_string(i)), [](std::exception_ptr thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  loop.run();
  EXPECT_EQ(wrong, 1);
  EXPECT_EQ(too_many, 19);
}

TEST(Throttling, ManyRightLoginsAtOnceAllPass) {
  People people;
  people.user("alice");
  boost::asio::io_context loop(1);
  int passed = 0;
  auto attempt = [&]() -> awaitable<void> {
    const auto outcome = co_await people.logins.login("alice", kPassword, "192.0.2.1");
    if (outcome.who) ++passed;
  };
  for (int i = 0; i < 50; ++i) boost::asio::co_spawn(loop, attempt(), boost::asio::detached);
  loop.run();
  EXPECT_EQ(passed, 50);
}

/// Fails until the next wait is 31.5 s, whatever counts the failures.
void fail_often(People& people, const std::string& name) {
  for (const Millis wait : {500, 1500, 3500, 7500, 15'500, 0}) {
    EXPECT_EQ(people.login(name, "wrong-wrong").who.error().code, Errc::unauthenticated) << wait;
    advance_clock(milliseconds(wait));
  }
}

/// The failures of a name that are free where no row counts them.
void slip(People& people, const std::string& name) {
  for (int i = 0; i < 4; ++i) EXPECT_EQ(people.login(name, "wrong-wrong").who.error().code, Errc::unauthenticated) << i;
}

TEST(Throttling, NamesThatNobodyHasWaitToo) {
  People people;
  slip(people, "ghost");
  fail_often(people, "ghost");
  EXPECT_EQ(people.login("ghost", "some-password").who.error().code, Errc::too_many_attempts);
  EXPECT_EQ(people.login("other", "some-password").who.error().code, Errc::unauthenticated);
  // An address is not known to everybody: it waits as that of a user does.
  fail_often(people, "ghost@example.com");
  EXPECT_EQ(people.login("ghost@example.com", "some-password").who.error().code, Errc::too_many_attempts);
}

TEST(Throttling, RobotsAndTokensAreNotCounted) {
  People people;
  people.organization("acme");
  const auto token = people.robot("acme+ci");
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(people.login("acme+ci", std::string(64, 'X')).who);
  EXPECT_TRUE(people.login("acme+ci", token).who);
}

TEST(Throttling, AReadOnlyRegistryCountsInMemory) {
  People people;
  people.user("alice");
  people.settings.read_only = true;
  slip(people, "alice");
  fail_often(people, "alice");
  EXPECT_EQ(people.login("alice", kPassword).who.error().code, Errc::too_many_attempts);
  EXPECT_EQ(failures_of(people, "alice"), 0);
  advance_clock(milliseconds(31'500));
  EXPECT_TRUE(people.login("alice", kPassword).who);
}

TEST(Throttling, AnAddressThatKeepsFailingMustWaitWhateverTheName) {
  People people;
  people.user("alice");
  people.user("bob");
  // The account's own count is reset each time, so that only the address is left to refuse.
  int refused = 0;
  for (int i = 0; i < 10 * AddressThrottle::kBurst && refused == 0; ++i) {
    const auto outcome = people.login("alice", "wrong-wrong", "198.51.100.7");
    if (outcome.who.error().code == Errc::too_many_attempts) ++refused;
    static const db::Query kReset{"test.reset", "UPDATE account SET failed_logins = 0"};
    people.login("alice", kPassword, "203.0.113.1");  // behind the count on alice's lane
    people.write([](db::Tx& tx) { return tx.run(kReset); });
  }
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(people.login("bob", kPassword, "198.51.100.7").who.error().code, Errc::too_many_attempts);
  EXPECT_TRUE(people.login("bob", kPassword, "203.0.113.1").who);
  EXPECT_TRUE(people.login("bob", kPassword, "127.0.0.1").who);
}

}  // namespace
}  // namespace wharf::service
