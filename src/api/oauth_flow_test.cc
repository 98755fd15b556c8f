// OAuth's web flow as a browser and a client go through it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "api/log_testing.h"
#include "base/digest.h"
#include "base/hex.h"
#include "base/testing_clock.h"
#include "http/message.h"
#include "tests/support/test_registry.h"

namespace wharf::api {
namespace {

using test::Answer;
using test::Headers;
using test::TestRegistry;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Fields = std::map<std::string, std::string>;

const std::string kBack = "https://client.example/back";

std::string form_of(const Fields& fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    form += (form.empty() ? "" : "&") + http::percent_encode(name) + '=' + http::percent_encode(value);
  }
  return form;
}

Answer post_form(test::Client& client, std::string_view path, const Fields& fields, Headers headers = {}) {
  headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  return client.request("POST", path, form_of(fields), headers);
}

/// The parameter of a redirect, before or behind its '#'.
std::string in_location(const Answer& answer, std::string_view name) {
  const auto location = answer.header("Location");
  const auto hash = location.find('#');
  const auto query = location.find('?');
  if (hash != std::string::npos) {
    if (auto value = http::query_value(std::string_view(location).substr(hash + 1), name)) return *value;
  }
  if (query == std::string::npos) return {};
  return http::query_value(std::string_view(location).substr(query + 1, hash - query - 1), name).value_or("");
}

/// The organization acme of owner with an application.
struct World {
  explicit World(const std::string& redirect_uri = kBack) {
    reg.repository("acme/app");
    auto owner = reg.as("owner");
    const auto made = owner.post("/api/v1/organization/acme/applications",
                                 json::Object{{"name", "Deploy <b>"}, {"redirect_uri", redirect_uri}});
    EXPECT_EQ(made.status, 200) << made.summary();
    client_id = made.string("/client_id");
    secret = made.string("/client_secret");
  }

  Fields request(const Fields& more = {}) const {
    Fields fields = {
        {"client_id", client_id}, {"redirect_uri", kBack}, {"scope", "repo:read"}, {"response_type", "code"}};
    for (const auto& [name, value] : more) fields[name] = value;
    return fields;
  }
  Answer ask(test::Client& client, const Fields& more = {}) {
    return client.get("/oauth/authorize?" + form_of(request(more)));
  }
  Answer approve(test::Client& client, const Fields& more = {}) {
    return post_form(client, "/oauth/authorizeapp", request(more));
  }
  Fields exchange(const std::string& code, const Fields& more = {}) const {
    Fields fields = {{"grant_type", "authorization_code"},
                     {"client_id", client_id},
                     {"client_secret", secret},
                     {"redirect_uri", kBack},
                     {"code", code},
                     {"scope", "repo:read"}};
    for (const auto& [name, value] : more) fields[name] = value;
    return fields;
  }
  Answer redeem(const Fields& fields, Headers headers = {}) {
    auto client = reg.with("");
    return post_form(client, "/oauth/access_token", fields, std::move(headers));
  }
  std::string code(test::Client& client, const Fields& more = {}) { return in_location(approve(client, more), "code"); }

  TestRegistry reg;
  std::string client_id, secret;
};

TEST(OAuthFlow, ConsentIsAPageThatRunsNothingAndEscapesEverything) {
  World world;
  auto owner = world.reg.session("owner");
  const auto page = world.ask(owner, {{"state", "\"><script>"}});
  EXPECT_EQ(page.status, 200) << page.summary();
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  const auto policy = page.header("Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, HasSubstr("form-action 'self' https://client.example"));
  EXPECT_THAT(policy, Not(HasSubstr("script-src")));
  EXPECT_EQ(page.header("X-Frame-Options"), "DENY");
  EXPECT_EQ(page.header("Cache-Control"), "no-store");
  EXPECT_THAT(page.text, HasSubstr("Deploy &lt;b&gt;"));
  EXPECT_THAT(page.text, Not(HasSubstr("<script")));
  EXPECT_THAT(page.text, Not(HasSubstr("Deploy <b>")));
  EXPECT_THAT(page.text, HasSubstr(owner.get("/csrf_token").string("/csrf_token")));
}

TEST(OAuthFlow, ConsentComesAsJsonToo) {
  World world;
  auto owner = world.reg.session("owner");
  const auto consent = world.ask(owner, {{"format", "json"}, {"state", "xyz"}, {"scope", "repo:read user:admin"}});
  EXPECT_EQ(consent.status, 200) << consent.summary();
  EXPECT_EQ(consent.names("scopes", "scope"), (test::Names{"repo:read", "user:admin"}));
  EXPECT_TRUE(consent.flag("/has_dangerous_scopes"));
  EXPECT_EQ(consent.string("/application/name"), "Deploy <b>");
  EXPECT_EQ(consent.string("/application/organization/name"), "acme");
  EXPECT_EQ(consent.string("/state"), "xyz");
  EXPECT_EQ(consent.string("/csrf_token_val"), owner.get("/csrf_token").string("/csrf_token"));
  EXPECT_TRUE(consent.at("/assignment_uuid").is_null());
}

TEST(OAuthFlow, OnlyThePeopleWhomItConcernsAreAsked) {
  World world;
  auto nobody = world.reg.as("nobody");
  EXPECT_EQ(world.ask(nobody).status, 401);
  auto token = world.reg.as("owner");
  EXPECT_EQ(world.ask(token).status, 401) << "a token begets no token";
  auto stranger = world.reg.session("stranger");
  EXPECT_EQ(world.ask(stranger).status, 403);
  auto owner = world.reg.session("owner");
  EXPECT_EQ(world.ask(owner, {{"client_id", "none"}}).status, 404);
  EXPECT_EQ(world.ask(owner, {{"scope", "repo:everything"}}).status, 404);
  EXPECT_EQ(world.ask(owner, {{"scope", ""}}).status, 400);
  EXPECT_EQ(world.ask(owner, {{"redirect_uri", ""}}).status, 400);
  auto basic = world.reg.with(test::basic("owner", test::kPassword));
  EXPECT_EQ(world.ask(basic).status, 200) << "a password stands for a session";
  auto wrong = world.reg.with(test::basic("owner", "wrong password"));
  EXPECT_EQ(world.ask(wrong).status, 401);
}

TEST(OAuthFlow, TheImplicitGrantPutsATokenBehindTheHash) {
  World world;
  auto owner = world.reg.session("owner");
  const auto granted = world.approve(owner, {{"response_type", "token"}, {"state", "a b&c"}});
  EXPECT_EQ(granted.status, 302) << granted.summary();
  EXPECT_THAT(granted.header("Location"), StartsWith(kBack + "?"));
  EXPECT_EQ(granted.header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(in_location(granted, "state"), "a b&c");
  EXPECT_EQ(in_location(granted, "token_type"), "Bearer");
  EXPECT_EQ(in_location(granted, "expires_in"), "315576000");
  const auto token = in_location(granted, "access_token");
  EXPECT_EQ(token.size(), 40u);
  auto client = world.reg.with("Bearer " + token);
  EXPECT_EQ(client.get("/api/v1/repository/acme/app").status, 200);
  EXPECT_EQ(client.del("/api/v1/repository/acme/app").status, 403) << "repo:read";
  EXPECT_EQ(client.get("/api/v1/user/").status, 401) << "no user:read";
  EXPECT_EQ(testing::last_logged(world.reg, "create_oauth_api_token").at("client_id"), json::Value(world.client_id));
}

TEST(OAuthFlow, ACodeIsExchangedOnce) {
  World world;
  auto owner = world.reg.session("owner");
  const auto code = world.code(owner);
  ASSERT_EQ(code.size(), 40u);
  const auto answer = world.redeem(world.exchange(code));
  EXPECT_EQ(answer.status, 200) << answer.summary();
  EXPECT_EQ(answer.string("/token_type"), "Bearer");
  EXPECT_EQ(answer.number("/expires_in"), 315576000);
  EXPECT_TRUE(answer.at("/refresh_token").is_null());
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  auto client = world.reg.with("Bearer " + answer.string("/access_token"));
  EXPECT_EQ(client.get("/api/v1/repository/acme/app").status, 200);

  const auto again = world.redeem(world.exchange(code));
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.string("/error"), "invalid_grant");
  EXPECT_EQ(client.get("/api/v1/repository/acme/app").status, 401) << "a code that comes twice was stolen";
}

TEST(OAuthFlow, AClientMayShowItsSecretByBasic) {
  World world;
  auto owner = world.reg.session("owner");
  auto fields = world.exchange(world.code(owner));
  fields.erase("client_id");
  fields.erase("client_secret");
  EXPECT_EQ(world.redeem(fields, {{"Authorization", test::basic(world.client_id, world.secret)}}).status, 200);
}

TEST(OAuthFlow, AnExchangeMustFitInEverything) {
  World world;
  auto owner = world.reg.session("owner");
  const std::pair<Fields, std::string> rows[] = {{{{"grant_type", "password"}}, "unsupported_grant_type"},
                                                 {{{"client_id", "none"}}, "invalid_client"},
                                                 {{{"client_secret", "wrong"}}, "invalid_client"},
                                                 {{{"client_secret", ""}}, "invalid_client"},
                                                 {{{"code", "none"}}, "invalid_grant"},
                                                 {{{"redirect_uri", kBack + "/other"}}, "invalid_grant"},
                                                 {{{"scope", "repo:write"}}, "invalid_grant"},
                                                 {{{"scope", "nonsense"}}, "invalid_scope"},
                                                 {{{"code_verifier", std::string(43, 'a')}}, "invalid_grant"}};
  for (const auto& [wrong, error] : rows) {
    const auto answer = world.redeem(world.exchange(world.code(owner), wrong));
    EXPECT_EQ(answer.status, 400) << error << ' ' << answer.summary();
    EXPECT_EQ(answer.string("/error"), error) << wrong.begin()->first;
  }
  const auto old = world.code(owner);
  advance_clock(std::chrono::minutes(10));
  EXPECT_EQ(world.redeem(world.exchange(old)).string("/error"), "invalid_grant") << "codes live ten minutes";
}

TEST(OAuthFlow, PkceBindsTheCodeToItsVerifier) {
  World world;
  auto owner = world.reg.session("owner");
  const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const Fields challenge = {{"code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
                            {"code_challenge_method", "S256"}};
  EXPECT_EQ(world.redeem(world.exchange(world.code(owner, challenge), {{"code_verifier", verifier}})).status, 200);
  EXPECT_EQ(world.redeem(world.exchange(world.code(owner, challenge))).string("/error"), "invalid_grant");
  EXPECT_EQ(
      world.redeem(world.exchange(world.code(owner, challenge), {{"code_verifier", verifier + "x"}})).string("/error"),
      "invalid_grant");
  const Fields plain = {{"code_challenge", verifier}, {"code_challenge_method", "plain"}};
  EXPECT_EQ(world.redeem(world.exchange(world.code(owner, plain), {{"code_verifier", verifier}})).status, 200);
  EXPECT_EQ(
      in_location(world.approve(owner, {{"code_challenge", "short"}, {"code_challenge_method", "S256"}}), "error"),
      "invalid_request");
}

TEST(OAuthFlow, DenyingTellsTheClientAndGivesNothing) {
  World world;
  auto owner = world.reg.session("owner");
  const auto before = owner.get("/api/v1/user/authorizations").json();
  const auto denied = post_form(owner, "/oauth/denyapp", world.request({{"state", "s"}}));
  EXPECT_EQ(denied.status, 302) << denied.summary();
  EXPECT_THAT(denied.header("Location"), StartsWith(kBack));
  EXPECT_EQ(in_location(denied, "error"), "authorization_denied");
  EXPECT_EQ(in_location(denied, "state"), "s");
  EXPECT_EQ(owner.get("/api/v1/user/authorizations").json(), before);
}

TEST(OAuthFlow, AgreeingNeedsTheCsrfTokenOfTheSession) {
  World world;
  auto owner = world.reg.session("owner");
  auto other = world.reg.session("stranger");
  auto plain = world.reg.with("");
  const Headers cookie = {{"Cookie", "_csrf_token=" + owner.cookie()}};
  for (const auto* path : {"/oauth/authorizeapp", "/oauth/denyapp", "/oauth/authorize/assignuser"}) {
    EXPECT_EQ(post_form(plain, path, world.request()).status, 401) << path;
    EXPECT_EQ(post_form(plain, path, world.request(), cookie).status, 403) << path;
    const auto foreign = world.request({{"_csrf_token", other.csrf_token()}});
    EXPECT_EQ(post_form(plain, path, foreign, cookie).status, 403) << path;
  }
  const auto form = world.request({{"_csrf_token", owner.csrf_token()}});
  EXPECT_EQ(post_form(plain, "/oauth/authorizeapp", form, cookie).status, 302) << "the form has it in a field";
}

TEST(OAuthFlow, OtherFaultsGoBackToTheClient) {
  World world;
  auto owner = world.reg.session("owner");
  EXPECT_EQ(in_location(world.approve(owner, {{"response_type", "id_token"}}), "error"), "unsupported_response_type");
  EXPECT_EQ(in_location(world.approve(owner, {{"scope", "nonsense"}}), "error"), "invalid_scope");
  auto stranger = world.reg.session("stranger");
  EXPECT_EQ(in_location(world.approve(stranger), "error"), "access_denied");
}

TEST(OAuthFlow, NobodyIsSentWhereTheApplicationIsNot) {
  World world;
  auto owner = world.reg.session("owner");
  for (const std::string uri :
       {"https://evil.example/back", "http://client.example/back", "https://client.example:444/back",
        "https://client.example.evil/back", "https://client.example@evil.example/back",
        "https://client.example/back/../evil", "https://client.example/back/%2e%2e/evil",
        "https://client.example/other", "//client.example/back", "javascript:alert(1)",
        "https://client.example/back#fragment", "https://client.example/back\r\nSet-Cookie: a=b",
        "https://client.example\\@evil.example/back"}) {
    const auto approved = world.approve(owner, {{"redirect_uri", uri}});
    EXPECT_EQ(approved.status, 400) << uri << ' ' << approved.header("Location");
    EXPECT_EQ(approved.string("/error"), "invalid_request") << uri;
    EXPECT_FALSE(approved.has_header("Location")) << uri;
    const auto denied = post_form(owner, "/oauth/denyapp", world.request({{"redirect_uri", uri}}));
    EXPECT_EQ(denied.status, 400) << uri;
    const auto asked = world.ask(owner, {{"redirect_uri", uri}});
    EXPECT_EQ(asked.status, 302) << uri;
    EXPECT_THAT(asked.header("Location"), StartsWith(kBack + "?error=redirect_uri_mismatch")) << uri;
  }
  EXPECT_EQ(world.ask(owner, {{"redirect_uri", kBack + "/deeper"}}).status, 200);
}

TEST(OAuthFlow, OwnPageShowsTheTokenWhereTheApplicationHasNone) {
  World world("");
  auto owner = world.reg.session("owner");
  const auto local = world.reg.url() + "/oauth/localapp";
  const auto granted = world.approve(owner, {{"redirect_uri", local}, {"response_type", "token"}});
  EXPECT_EQ(granted.status, 302) << granted.summary();
  EXPECT_THAT(granted.header("Location"), StartsWith(local));
  EXPECT_EQ(world.approve(owner).status, 400) << "no other address";
  const auto page = owner.get("/oauth/localapp");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.header("Content-Security-Policy"), HasSubstr("script-src 'self'"));
  EXPECT_EQ(owner.get("/oauth/localapp?format=json&access_token=abc").string("/access_token"), "abc");
}

TEST(OAuthFlow, WhoAgreedBeforeIsNotAskedAgainForLess) {
  World world;
  auto owner = world.reg.session("owner");
  ASSERT_EQ(world.approve(owner, {{"response_type", "token"}, {"scope", "repo:write"}}).status, 302);
  const auto less = world.ask(owner, {{"response_type", "token"}, {"scope", "repo:read"}});
  EXPECT_EQ(less.status, 302) << less.summary();
  EXPECT_EQ(in_location(less, "access_token").size(), 40u);
  EXPECT_EQ(world.ask(owner, {{"scope", "repo:admin"}}).status, 200) << "more is asked for";
}

TEST(OAuthFlow, AuthorizationsAreListedAndRevokedAtOnce) {
  World world;
  auto owner = world.reg.session("owner");
  const auto token = in_location(world.approve(owner, {{"response_type", "token"}}), "access_token");
  auto client = world.reg.with("Bearer " + token);
  ASSERT_EQ(client.get("/api/v1/repository/acme/app").status, 200);
  const auto list = owner.get("/api/v1/user/authorizations");
  const auto uuid = list.string("/authorizations/0/uuid");
  EXPECT_EQ(list.string("/authorizations/0/application/name"), "Deploy <b>");
  EXPECT_EQ(list.string("/authorizations/0/scopes/0/scope"), "repo:read");
  auto stranger = world.reg.session("stranger");
  EXPECT_EQ(stranger.get("/api/v1/user/authorizations/" + uuid).status, 404);
  EXPECT_EQ(stranger.del("/api/v1/user/authorizations/" + uuid).status, 404);
  EXPECT_EQ(owner.get("/api/v1/user/authorizations/" + uuid).string("/uuid"), uuid);
  EXPECT_EQ(owner.del("/api/v1/user/authorizations/" + uuid).status, 204);
  EXPECT_EQ(client.get("/api/v1/repository/acme/app").status, 401);
  EXPECT_EQ(owner.del("/api/v1/user/authorizations/" + uuid).status, 404);
}

TEST(OAuthFlow, AnAssignmentLetsItsUserAgreeOnceToThatAndNoMore) {
  World world;
  auto owner = world.reg.session("owner");
  auto bob = world.reg.session("bob");
  EXPECT_EQ(world.ask(bob).status, 403);
  const auto wanted = world.request({{"username", "bob"}, {"response_type", "token"}});
  EXPECT_EQ(post_form(bob, "/oauth/authorize/assignuser", wanted).status, 403);
  const auto assigned = post_form(owner, "/oauth/authorize/assignuser", wanted);
  EXPECT_EQ(assigned.status, 200) << assigned.summary();
  EXPECT_EQ(assigned.string("/message"), "Token assigned successfully");
  EXPECT_EQ(post_form(owner, "/oauth/authorize/assignuser", world.request({{"username", "ghost"}})).status, 404);
  EXPECT_EQ(testing::last_logged(world.reg, "oauth_token_assigned").at("assigned_user"), json::Value("bob"));

  const auto list = bob.get("/api/v1/user/assignedauthorization");
  const auto uuid = list.string("/authorizations/0/uuid");
  EXPECT_EQ(list.string("/authorizations/0/application/clientId"), world.client_id);
  EXPECT_EQ(list.string("/authorizations/0/redirectUri"), kBack);
  const Fields with = {{"assignment_uuid", uuid}, {"response_type", "token"}};
  auto more = with;
  more["scope"] = "repo:admin";
  EXPECT_EQ(in_location(world.approve(bob, more), "error"), "access_denied");
  auto stranger = world.reg.session("stranger");
  EXPECT_EQ(in_location(world.approve(stranger, with), "error"), "access_denied");
  EXPECT_EQ(world.ask(bob, with).status, 200);
  EXPECT_EQ(in_location(world.approve(bob, with), "access_token").size(), 40u);
  EXPECT_EQ(in_location(world.approve(bob, with), "error"), "access_denied") << "it is taken";
  EXPECT_EQ(bob.get("/api/v1/user/assignedauthorization").at("/authorizations"), json::Value(json::Array{}));
}

TEST(OAuthFlow, AnAssignmentCanBeTurnedDown) {
  World world;
  auto owner = world.reg.session("owner");
  auto bob = world.reg.session("bob");
  ASSERT_EQ(post_form(owner, "/oauth/authorize/assignuser", world.request({{"username", "bob"}})).status, 200);
  const auto uuid = bob.get("/api/v1/user/assignedauthorization").string("/authorizations/0/uuid");
  EXPECT_EQ(owner.del("/api/v1/user/assignedauthorization/" + uuid).status, 404);
  EXPECT_EQ(bob.del("/api/v1/user/assignedauthorization/" + uuid).status, 204);
  EXPECT_EQ(world.ask(bob, {{"assignment_uuid", uuid}}).status, 403);
}

}  // namespace
}  // namespace wharf::api
