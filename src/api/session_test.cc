#include "service/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/log_testing.h"
#include "base/testing_clock.h"
#include "tests/support/test_registry.h"

namespace wharf::api {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::Answer;
using test::Headers;
using test::kPassword;
using test::TestRegistry;
using ::testing::HasSubstr;
using ::testing::Not;

const Headers kJson = {{"Content-Type", "application/json"}};
const std::string kEmptyChange = "{}";

json::Object credentials(std::string_view name, std::string_view password) {
  return {{"username", name}, {"password", password}};
}

Answer sign_in(test::Client& client, std::string_view name, std::string_view password) {
  return client.post("/api/v1/signin", credentials(name, password));
}

/// GET /user/ with this value of the session's cookie.
int status_with(TestRegistry& reg, const std::string& cookie) {
  return reg.with("").get("/api/v1/user/", {{"Cookie", "_csrf_token=" + cookie}}).status;
}

void expect_csrf_refusal(const Answer& answer) {
  EXPECT_EQ(answer.status, 403) << answer.summary();
  EXPECT_EQ(answer.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(answer.text, "{\"error\": \"CSRF token was invalid or missing.\"}");
}

TEST(CsrfToken, BeginsASessionOfNobodyAndStays) {
  TestRegistry reg;
  auto plain = reg.with("");
  const auto first = plain.get("/csrf_token");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.string("/csrf_token").size(), 40u);
  EXPECT_EQ(first.header("Cache-Control"), "no-store");
  const auto cookie = first.header("Set-Cookie");
  EXPECT_THAT(cookie, HasSubstr("; Path=/; HttpOnly; SameSite=Lax"));
  EXPECT_THAT(cookie, Not(HasSubstr("Secure")));
  const auto again = plain.get("/csrf_token", {{"Cookie", cookie.substr(0, cookie.find(';'))}});
  EXPECT_EQ(again.string("/csrf_token"), first.string("/csrf_token"));
  EXPECT_FALSE(again.has_header("Set-Cookie"));
  EXPECT_NE(plain.get("/csrf_token").string("/csrf_token"), first.string("/csrf_token"));
  EXPECT_EQ(plain.get("/api/v1/user/", {{"Cookie", cookie.substr(0, cookie.find(';'))}}).status, 401);
}

TEST(SignIn, TakesNameOrAddressAndMakesASessionWithEveryRight) {
  TestRegistry reg;
  reg.user("alice");
  for (const auto* name : {"alice", "alice@example.com", "ALICE@example.com"}) {
    auto browser = reg.as("nobody");
    const auto answer = sign_in(browser, name, kPassword);
    EXPECT_EQ(answer.status, 200) << answer.summary();
    EXPECT_TRUE(answer.flag("/success"));
    EXPECT_EQ(answer.header("X-Next-CSRF-Token").size(), 40u);
    EXPECT_EQ(browser.get("/api/v1/user/").string("/username"), "alice");
    EXPECT_EQ(browser.get("/csrf_token").string("/csrf_token"), browser.csrf_token());
  }
  auto alice = reg.session("alice");
  EXPECT_EQ(alice.post("/api/v1/organization/", json::Object{{"name", "acme"}}).status, 201);
  EXPECT_EQ(alice.del("/api/v1/organization/acme").status, 204);
}

TEST(SignIn, RefusesEverythingButAUsersOwnPassword) {
  TestRegistry reg;
  reg.user("alice");
  const auto robot = reg.robot("acme+ci");
  const auto encrypted =
      reg.session("alice").post("/api/v1/user/clientkey", json::Object{{"password", kPassword}}).string("/key");
  EXPECT_EQ(reg.with(test::basic("alice", encrypted)).get("/v2/auth?service=" + reg.host()).status, 200);
  const std::pair<std::string, std::string> rows[] = {
      {"nobody-here", std::string(kPassword)}, {"nobody@example.org", std::string(kPassword)},
      {"acme", std::string(kPassword)},        {"acme+ci", robot},
      {"$oauthtoken", reg.token("alice")},     {"", ""},
      {std::string(5000, 'a'), "x"},           {"alice", encrypted}};
  for (const auto& [name, password] : rows) {
    auto browser = reg.as("nobody");
    const auto answer = sign_in(browser, name, password);
    EXPECT_EQ(answer.status, 403) << name.substr(0, 40) << ' ' << answer.summary();
    EXPECT_TRUE(answer.flag("/invalidCredentials"));
    EXPECT_FALSE(answer.flag("/needsEmailVerification"));
    EXPECT_EQ(answer.string("/message"), "Invalid Username or Password");
    EXPECT_FALSE(answer.has_header("X-Next-CSRF-Token"));
    EXPECT_EQ(browser.get("/api/v1/user/").status, 401);
  }
}

TEST(SignIn, TellsWhetherTheAddressIsStillToBeShownOnlyToWhoHasThePassword) {
  TestRegistry reg({.configure = [](app::Config& config) {
    config.features.mailing = true;
    config.mailing_demanded = true;
  }});
  reg.user("alice");
  static const db::Query kUnverify{"test.unverify", "UPDATE account SET verified = FALSE WHERE name = 'alice'"};
  reg.database().write_now([](db::Tx& tx) { return tx.run(kUnverify); });
  auto browser = reg.as("nobody");
  const auto right = sign_in(browser, "alice", kPassword);
  EXPECT_EQ(right.status, 403);
  EXPECT_TRUE(right.flag("/needsEmailVerification"));
  EXPECT_FALSE(right.flag("/invalidCredentials"));
  const auto wrong = sign_in(browser, "alice", "wrong password");
  EXPECT_TRUE(wrong.flag("/invalidCredentials"));
  EXPECT_FALSE(wrong.flag("/needsEmailVerification"));
}

TEST(SignIn, GuessingIsSlowedEvenForTheRightPassword) {
  TestRegistry reg;
  reg.user("alice");
  auto browser = reg.as("nobody");
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(sign_in(browser, "alice", "wrong password").status, 403);
    advance_clock(minutes(10));
  }
  EXPECT_EQ(sign_in(browser, "alice", "wrong password").status, 403);
  const auto refused = sign_in(browser, "alice", kPassword);
  EXPECT_EQ(refused.status, 429) << refused.summary();
  EXPECT_GT(std::stoi(refused.header("Retry-After")), 0);
  EXPECT_EQ(refused.header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_THAT(refused.text, HasSubstr("Too many login attempts"));
  advance_clock(minutes(10));
  EXPECT_EQ(sign_in(browser, "alice", kPassword).status, 200);
}

TEST(SignIn, OfADisabledUserIsRefusedAndTheirSessionsEnd) {
  TestRegistry reg;
  auto alice = reg.session("alice");
  EXPECT_EQ(alice.get("/api/v1/user/").status, 200);
  static const db::Query kDisable{"test.disable_alice", "UPDATE account SET enabled = FALSE WHERE name = 'alice'"};
  reg.database().write_now([](db::Tx& tx) { return tx.run(kDisable); });
  EXPECT_EQ(alice.get("/api/v1/user/").status, 401);
  auto browser = reg.as("nobody");
  const auto answer = sign_in(browser, "alice", kPassword);
  EXPECT_EQ(answer.status, 403);
  EXPECT_THAT(answer.string("/message"), HasSubstr("disabled"));
}

TEST(Session, IsANewOneAtEverySignIn) {
  TestRegistry reg;
  reg.user("alice");
  auto browser = reg.as("nobody");
  EXPECT_EQ(sign_in(browser, "alice", "wrong password").status, 403);
  const auto planted = browser.cookie();
  const auto planted_token = browser.csrf_token();
  advance_clock(minutes(10));
  ASSERT_EQ(sign_in(browser, "alice", kPassword).status, 200);
  EXPECT_NE(browser.cookie(), planted);
  EXPECT_NE(browser.csrf_token(), planted_token);
  EXPECT_EQ(status_with(reg, planted), 401) << "who planted the session is not signed in by it";
  const auto with_old_token = reg.with("").request("POST", "/api/v1/organization/", R"({"name": "acme"})",
                                                   {{"Content-Type", "application/json"},
                                                    {"Cookie", "_csrf_token=" + browser.cookie()},
                                                    {"X-CSRF-Token", planted_token}});
  expect_csrf_refusal(with_old_token);
}

TEST(Session, IsNoneWhenTheCookieIsNotExactlyOurs) {
  TestRegistry reg;
  auto alice = reg.session("alice");
  const auto good = alice.cookie();
  EXPECT_EQ(status_with(reg, good), 200);
  auto changed = good;
  changed[good.size() / 2] = changed[good.size() / 2] == 'A' ? 'B' : 'A';
  TestRegistry other;
  for (const auto& bad : {std::string(), std::string("x"), changed, good + "x", good.substr(1), '"' + good + '"',
                          good + "; _csrf_token=" + good, std::string(6000, 'A'), other.session("alice").cookie()}) {
    EXPECT_EQ(status_with(reg, bad), 401) << bad.substr(0, 60);
  }
  EXPECT_EQ(reg.with("").get("/api/v1/user/", {{"Cookie", "a=b; _csrf_token=" + good + "; c=d"}}).status, 200);
}

TEST(Session, NeverSpeaksWhereABearerTokenDoes) {
  TestRegistry reg;
  auto alice = reg.session("alice");
  const Headers cookie = {{"Cookie", "_csrf_token=" + alice.cookie()}};
  EXPECT_EQ(reg.with("Bearer " + reg.token("bob")).get("/api/v1/user/", cookie).string("/username"), "bob");
  for (const auto* bad : {"Bearer", "Bearer x", "bearer xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}) {
    EXPECT_EQ(reg.with(bad).get("/api/v1/user/", cookie).status, 401) << bad;
  }
  EXPECT_EQ(reg.with(test::basic("bob", kPassword)).get("/api/v1/user/", cookie).string("/username"), "alice")
      << "Basic counts for nothing on the API";
  EXPECT_EQ(reg.with("").get("/v2/", cookie).status, 401) << "the registry knows no sessions";
}

TEST(Session, LastsAsLongAsItIsUsedWithoutChangingItsCsrfToken) {
  TestRegistry reg;
  auto alice = reg.session("alice");
  const auto first = alice.cookie();
  const auto token = alice.csrf_token();
  EXPECT_FALSE(alice.get("/api/v1/user/").has_header("Set-Cookie"));
  for (int i = 0; i < 4; ++i) {
    advance_clock(hours(24 * 20));
    EXPECT_EQ(alice.get("/api/v1/user/").status, 200) << i;
  }
  EXPECT_NE(alice.cookie(), first);
  EXPECT_EQ(alice.get("/csrf_token").string("/csrf_token"), token);
  EXPECT_EQ(status_with(reg, first), 401) << "SESSION_TIMEOUT";
  advance_clock(hours(24 * 32));
  EXPECT_EQ(alice.get("/api/v1/user/").status, 401);
}

TEST(SignOut, EndsEverySessionOfTheUserAndNoToken) {
  TestRegistry reg;
  auto here = reg.session("alice");
  auto there = reg.session("alice");
  auto bob = reg.session("bob");
  const auto ended = here.cookie();
  EXPECT_TRUE(here.post("/api/v1/signout", json::Object{}).flag("/success"));
  EXPECT_EQ(here.get("/api/v1/user/").status, 401);
  EXPECT_EQ(there.get("/api/v1/user/").status, 401);
  EXPECT_EQ(status_with(reg, ended), 401);
  EXPECT_EQ(bob.get("/api/v1/user/").status, 200);
  EXPECT_EQ(reg.as("alice").get("/api/v1/user/").status, 200);
  EXPECT_EQ(sign_in(here, "alice", kPassword).status, 200) << "with the CSRF token that sign-out gave";
}

TEST(SignOut, IsOpenToEverybodyAndOfATokenNeedsUserAdmin) {
  TestRegistry reg;
  auto alice = reg.session("alice");
  EXPECT_EQ(reg.as("nobody").post("/api/v1/signout", json::Object{}).status, 200);
  EXPECT_EQ(reg.as("alice", "repo:read").post("/api/v1/signout", json::Object{}).status, 200);
  EXPECT_EQ(alice.get("/api/v1/user/").status, 200);
  EXPECT_EQ(reg.as("alice", "user:admin").post("/api/v1/signout", json::Object{}).status, 200);
  EXPECT_EQ(alice.get("/api/v1/user/").status, 401);
}

TEST(Session, EndsWithANewPasswordExceptTheOneThatChangedIt) {
  TestRegistry reg;
  auto here = reg.session("alice");
  auto there = reg.session("alice");
  const auto changed = here.put("/api/v1/user/", json::Object{{"password", "another-good-one"}});
  EXPECT_EQ(changed.status, 200) << changed.summary();
  EXPECT_EQ(there.get("/api/v1/user/").status, 401);
  EXPECT_EQ(here.get("/api/v1/user/").status, 200);
  EXPECT_EQ(here.post("/api/v1/organization/", json::Object{{"name", "acme"}}).status, 201);
}

TEST(Csrf, EveryChangeByASessionNeedsItsToken) {
  TestRegistry reg;
  auto alice = reg.session("alice");
  auto bob = reg.session("bob");
  auto plain = reg.with("");
  const std::string body = R"({"name": "acme"})";
  const auto ask = [&](std::string_view verb, std::string_view path, const std::string& token) {
    Headers headers = {{"Content-Type", "application/json"}, {"Cookie", "_csrf_token=" + alice.cookie()}};
    if (!token.empty()) headers.emplace_back("X-CSRF-Token", token);
    return plain.request(verb, path, body, headers);
  };
  for (const auto& token : {std::string(), std::string("x"), bob.csrf_token(), alice.csrf_token() + "x",
                            alice.csrf_token().substr(1), std::string(" ")}) {
    expect_csrf_refusal(ask("POST", "/api/v1/organization/", token));
    expect_csrf_refusal(ask("DELETE", "/api/v1/organization/acme", token));
    expect_csrf_refusal(ask("PUT", "/api/v1/user/", token));
  }
  expect_csrf_refusal(ask("POST", "/api/v1/organization/?_csrf_token=" + bob.csrf_token(), ""));
  EXPECT_EQ(ask("GET", "/api/v1/organization/acme", "").status, 404) << "nothing was changed";
  EXPECT_EQ(ask("POST", "/api/v1/organization/?_csrf_token=" + alice.csrf_token(), "").status, 201);
  EXPECT_EQ(ask("DELETE", "/api/v1/organization/acme", alice.csrf_token()).status, 204);
}

TEST(Csrf, StrangersNeedOneWhereTheyMayCallAndAreToldSoElsewhere) {
  TestRegistry reg;
  reg.user("alice");
  auto plain = reg.with("");
  const auto body = json::to_text(credentials("alice", kPassword));
  for (const auto* path : {"/api/v1/signin", "/api/v1/user/", "/api/v1/signout", "/api/v1/externallogin/x"}) {
    expect_csrf_refusal(plain.request("POST", path, body, kJson));
    expect_csrf_refusal(plain.request("POST", std::string(path) + "?_csrf_token=x", body, kJson));
    Headers forged = kJson;
    forged.emplace_back("Cookie", "_csrf_token=x");
    forged.emplace_back("X-CSRF-Token", "x");
    expect_csrf_refusal(plain.request("POST", path, body, forged));
  }
  // Where somebody is wanted, who is nobody is told that; the page of an ended session learns of that first.
  EXPECT_EQ(plain.request("POST", "/api/v1/organization/", kEmptyChange, kJson).status, 401);
  EXPECT_EQ(reg.as("nobody").post("/api/v1/organization/", json::Object{}).status, 401);
  EXPECT_EQ(plain.request("POST", "/api/v1/user/initialize", kEmptyChange, kJson).status, 400) << "needs none";
  EXPECT_EQ(reg.as("alice").post("/api/v1/organization/", json::Object{{"name", "acme"}}).status, 201);
}

TEST(FreshLogin, IsAskedOfSessionsThatShowedThePasswordLongAgo) {
  TestRegistry reg;
  auto alice = reg.session("alice");
  const json::Object token{{"title", "laptop"}};
  EXPECT_EQ(alice.post("/api/v1/user/apptoken", token).status, 200);
  advance_clock(minutes(10));
  const auto stale = alice.post("/api/v1/user/apptoken", token);
  EXPECT_EQ(stale.status, 401);
  EXPECT_EQ(stale.string("/error_type"), "fresh_login_required");
  EXPECT_EQ(stale.string("/detail"), "Requires fresh login");
  EXPECT_EQ(alice.get("/api/v1/user/").status, 200) << "what does not ask for it goes on";
  EXPECT_EQ(reg.as("alice").post("/api/v1/user/apptoken", token).status, 200) << "tokens are not asked";

  const auto wrong = alice.post("/api/v1/signin/verify", json::Object{{"password", "wrong password"}});
  EXPECT_EQ(wrong.status, 403);
  EXPECT_TRUE(wrong.flag("/invalidCredentials"));
  EXPECT_EQ(alice.post("/api/v1/user/apptoken", token).status, 401);
  advance_clock(seconds(10));
  const auto before = alice.csrf_token();
  EXPECT_TRUE(alice.post("/api/v1/signin/verify", json::Object{{"password", kPassword}}).flag("/success"));
  EXPECT_NE(alice.csrf_token(), before);
  EXPECT_EQ(alice.post("/api/v1/user/apptoken", token).status, 200);
}

TEST(FreshLogin, IsNotAskedOfWhoHasNoPassword) {
  TestRegistry reg;
  auto alice = reg.session("alice");
  static const db::Query kForget{"test.no_password", "UPDATE account SET password_hash = NULL WHERE name = 'alice'"};
  reg.database().write_now([](db::Tx& tx) { return tx.run(kForget); });
  advance_clock(hours(1));
  EXPECT_EQ(alice.post("/api/v1/user/apptoken", json::Object{{"title", "laptop"}}).status, 200);
}

TEST(Verify, IsForUsersWithUserAdminAndGivesATokenNoSession) {
  TestRegistry reg;
  reg.user("alice");
  const std::string body = R"({"password": "correct-horse-battery"})";
  expect_refusals(reg, {{"nobody", "POST", "/api/v1/signin/verify", 401, "invalid_token", body},
                        {"alice@user:read", "POST", "/api/v1/signin/verify", 403, "insufficient_scope", body},
                        {"alice", "POST", "/api/v1/signin/verify", 400, "invalid_request", "{}"}});
  const auto answer = reg.as("alice").post("/api/v1/signin/verify", json::Object{{"password", kPassword}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.has_header("Set-Cookie"));
}

TEST(SessionLog, HasSignInsAndSignOutsAsConfigured) {
  TestRegistry reg({.configure = [](app::Config& config) { config.audit_login_failures = true; }});
  reg.user("alice");
  auto browser = reg.as("nobody");
  EXPECT_EQ(sign_in(browser, "alice", "wrong password").status, 403);
  EXPECT_EQ(sign_in(browser, "nobody-here", "wrong password").status, 403);
  advance_clock(minutes(1));
  EXPECT_EQ(sign_in(browser, "alice", kPassword).status, 200);
  EXPECT_EQ(browser.post("/api/v1/signout", json::Object{}).status, 200);
  const auto log = reg.as("alice").get("/api/v1/user/logs");
  auto kinds = log.names("logs", "kind");
  EXPECT_EQ(kinds, (test::Names{"logout_success", "login_success", "login_failure"}));
  EXPECT_EQ(log.string("/logs/2/metadata/username"), "alice");
  EXPECT_EQ(log.string("/logs/2/metadata/kind"), "user");
  EXPECT_EQ(log.string("/logs/1/metadata/type"), "quayauth");
}

TEST(SessionLog, CanBeSwitchedOff) {
  TestRegistry reg({.configure = [](app::Config& config) { config.audit_logins = false; }});
  auto alice = reg.session("alice");
  EXPECT_EQ(alice.post("/api/v1/signout", json::Object{}).status, 200);
  EXPECT_EQ(reg.as("alice").get("/api/v1/user/logs").names("logs", "kind"), test::Names{});
}

TEST(SignIn, WorksWhileTheRegistryIsReadOnly) {
  TestRegistry reg({.configure = [](app::Config& config) { config.registry_state = app::RegistryState::readonly; }});
  reg.allow_accidents();
  auto alice = reg.session("alice");
  EXPECT_EQ(alice.get("/api/v1/user/").string("/username"), "alice");
  EXPECT_EQ(alice.post("/api/v1/signin/verify", json::Object{{"password", kPassword}}).status, 200);
  EXPECT_EQ(alice.post("/api/v1/organization/", json::Object{{"name", "acme"}}).status, 503);
  EXPECT_EQ(alice.post("/api/v1/signout", json::Object{}).status, 200);
  EXPECT_EQ(alice.get("/api/v1/user/").status, 401);
}

TEST(ExternalLogin, HasNoServices) {
  TestRegistry reg;
  reg.user("alice");
  auto nobody = reg.as("nobody");
  for (const auto* kind : {"login", "attach", "cli", "other"}) {
    EXPECT_EQ(nobody.post("/api/v1/externallogin/github", json::Object{{"kind", kind}}).status, 400) << kind;
  }
  EXPECT_EQ(nobody.post("/api/v1/detachexternal/github", json::Object{}).status, 401);
  EXPECT_EQ(reg.as("alice", "user:read").post("/api/v1/detachexternal/github", json::Object{}).status, 403);
  EXPECT_TRUE(reg.session("alice").post("/api/v1/detachexternal/github", json::Object{}).flag("/success"));
}

TEST(SignIn, IsNotThereWithoutDirectLogin) {
  TestRegistry reg({.configure = [](app::Config& config) { config.features.direct_login = false; }});
  EXPECT_EQ(reg.as("nobody").post("/api/v1/signin", credentials("alice", kPassword)).status, 404);
}

TEST(SignIn, RefusesBodiesThatAreNone) {
  TestRegistry reg;
  auto nobody = reg.as("nobody");
  std::string deep(40, '[');
  deep += std::string(40, ']');
  const std::pair<std::string, int> rows[] = {
      {"", 400},
      {"{", 400},
      {"null", 400},
      {"[]", 400},
      {R"({"username": "a"})", 400},
      {R"({"username": 1, "password": "b"})", 400},
      {R"({"username": "a", "username": "b", "password": "c"})", 400},
      {R"({"username": "a", "password": "b", "x": )" + deep + "}", 400},
      {R"({"username": ")" + std::string((1 << 20) + 1, 'a') + R"(", "password": "b"})", 413}};
  for (const auto& [body, status] : rows) {
    EXPECT_EQ(nobody.request("POST", "/api/v1/signin", body, kJson).status, status) << body.substr(0, 60);
  }
  EXPECT_EQ(nobody.request("POST", "/api/v1/signin", R"({"username": "a", "password": "b"})").status, 415);
}

}  // namespace
}  // namespace wharf::api
