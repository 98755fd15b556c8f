#include "app/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/forwarded.h"
#include "service/features.h"
#include "tests/support/test_registry.h"

namespace wharf::app {
namespace {

using test::Headers;
using test::TestRegistry;
using testing::HasSubstr;
using testing::Not;

const std::string kFirefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

TEST(BrowserGuard, ASessionsReadsFromABrowserComeFromItsScripts) {
  TestRegistry reg;
  auto alice = reg.session("alice");
  const auto refused = alice.get("/api/v1/user/", {{"User-Agent", kFirefox}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.string("/error"), HasSubstr("X-Requested-With"));
  EXPECT_EQ(alice.get("/api/v1/user/", {{"User-Agent", kFirefox}, {"X-Requested-With", "other"}}).status, 400);
  EXPECT_EQ(alice.get("/api/v1/user/", {{"User-Agent", kFirefox}, {"X-Requested-With", "XMLHttpRequest"}}).status, 200);
  EXPECT_EQ(alice.get("/api/v1/user/", {{"User-Agent", "curl/8.0"}}).status, 200);
  EXPECT_EQ(alice.get("/csrf_token", {{"User-Agent", kFirefox}}).status, 200);
  EXPECT_EQ(refused.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(refused.json().as_object().size(), 1u) << "Quay's form: the error alone";
  // An EventSource cannot send headers: its streams are of this server's own pages (the cookie is SameSite=Lax).
  const auto events = alice.get("/realtime/user/subscribe?events=", {{"User-Agent", kFirefox}});
  EXPECT_EQ(events.string("/detail"), "events: is required");
  // Without anybody's session there is nothing to steal.
  EXPECT_EQ(reg.as("nobody").get("/api/v1/discovery", {{"User-Agent", kFirefox}}).status, 200);
  EXPECT_EQ(reg.as("alice").get("/api/v1/user/", {{"User-Agent", kFirefox}}).status, 200);
}

TEST(BrowserGuard, CanBeSwitchedOff) {
  TestRegistry reg({.configure = [](Config& config) { config.browser_calls_xhr_only = false; }});
  EXPECT_EQ(reg.session("alice").get("/api/v1/user/", {{"User-Agent", kFirefox}}).status, 200);
}

TEST(Cors, IsOpenToAllPagesWithoutAnybodysSession) {
  TestRegistry reg;
  auto nobody = reg.as("nobody");
  const Headers origin = {{"Origin", "https://elsewhere.example"}};
  const auto answer = nobody.get("/api/v1/discovery", origin);
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*");
  EXPECT_FALSE(answer.has_header("Access-Control-Allow-Credentials"));
  const auto preflight = nobody.request("OPTIONS", "/api/v1/repository/a/b/tag/c", {}, origin);
  EXPECT_EQ(preflight.status, 200);
  EXPECT_EQ(preflight.header("Access-Control-Allow-Headers"), "Authorization, Content-Type, X-Requested-With");
  EXPECT_EQ(preflight.header("Access-Control-Max-Age"), "21600");
  for (const auto* path : {"/config", "/csrf_token"}) {
    EXPECT_FALSE(nobody.get(path, origin).has_header("Access-Control-Allow-Origin")) << path;
    EXPECT_EQ(nobody.request("OPTIONS", path, {}, origin).status, 405) << path;
  }
}

TEST(Cors, WithNamedOriginsIsForThemAndTheSessionsOfTheirVisitors) {
  TestRegistry reg(
      {.configure = [](Config& config) { config.cors_origins = {"https://ui.example", "https://other.example"}; }});
  auto nobody = reg.as("nobody");
  for (const auto* path : {"/api/v1/discovery", "/config", "/csrf_token"}) {
    const auto answer = nobody.get(path, {{"Origin", "https://ui.example"}});
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "https://ui.example") << path;
    EXPECT_EQ(answer.header("Access-Control-Allow-Credentials"), "true") << path;
    EXPECT_EQ(answer.header("Vary"), "Origin") << path;
    const auto preflight = nobody.request("OPTIONS", path, {}, {{"Origin", "https://other.example"}});
    EXPECT_EQ(preflight.status, 200) << path;
    EXPECT_EQ(preflight.header("Access-Control-Allow-Origin"), "https://other.example") << path;
    EXPECT_THAT(preflight.header("Access-Control-Allow-Headers"), HasSubstr("X-CSRF-Token")) << path;
    for (const auto* foreign : {"https://ui.example.evil", "http://ui.example", "null", "https://ui.example:444"}) {
      const auto refused = nobody.get(path, {{"Origin", foreign}});
      EXPECT_FALSE(refused.has_header("Access-Control-Allow-Origin")) << path << ' ' << foreign;
      EXPECT_FALSE(refused.has_header("Access-Control-Allow-Credentials")) << path << ' ' << foreign;
      EXPECT_EQ(refused.header("Vary"), "Origin") << path << ' ' << foreign;
    }
  }
}

TEST(AnonymousAccess, OffIsToldInQuaysWordsAndLeavesSignInOpen) {
  TestRegistry reg({.configure = [](Config& config) { config.features.anonymous_access = false; }});
  reg.repository("acme/open", "public");
  const auto refused = reg.as("nobody").get("/api/v1/repository/acme/open");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.string("/error"), "Anonymous access is not allowed");
  EXPECT_EQ(reg.session("alice").get("/api/v1/repository/acme/open").status, 200);
}

TEST(ManifestSecurity, TakesWhatTheRegistryTakes) {
  TestRegistry reg;
  const auto digest = reg.push("acme/app", {"v1"}).front();
  const auto robot = reg.robot("acme+ci");
  const auto path = "/api/v1/repository/acme/app/manifest/" + digest + "/security";
  EXPECT_EQ(reg.with(test::basic("acme+ci", robot)).get(path).status, 403);
  reg.give("acme+ci", "acme/app", "read");
  EXPECT_EQ(reg.with(test::basic("acme+ci", robot)).get(path).status, 200);
  EXPECT_EQ(reg.with(test::basic("owner", test::kPassword)).get(path).status, 200);
  EXPECT_EQ(reg.with(test::basic("$oauthtoken", reg.token("owner"))).get(path).status, 200);
  EXPECT_EQ(reg.with(test::basic("acme+ci", "X")).get(path).status, 401);
  EXPECT_EQ(reg.with(test::basic("owner", test::kPassword)).get("/api/v1/repository/acme/app").status, 401);
}

TEST(Config, TellsAWebUiWhatItMustKnow) {
  TestRegistry reg({.configure = [](Config& config) {
    config.registry_title = "The <Registry>";
    config.features.user_rename = true;
    config.super_users = {"the-secret-boss"};
  }});
  const auto answer = reg.as("nobody").get("/config");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.string("/config/REGISTRY_TITLE"), "The <Registry>");
  EXPECT_EQ(answer.string("/config/SERVER_HOSTNAME"), reg.host());
  EXPECT_EQ(answer.string("/config/PREFERRED_URL_SCHEME"), "http");
  EXPECT_EQ(answer.string("/config/AUTHENTICATION_TYPE"), "Database");
  for (const auto* object : {"/config/BRANDING", "/config/FOOTER_LINKS", "/oauth", "/features"}) {
    EXPECT_TRUE(answer.at(object).is_object()) << object;
  }
  for (const auto* list : {"/config/TAG_EXPIRATION_OPTIONS", "/config/CONTACT_INFO", "/external_login"}) {
    EXPECT_TRUE(answer.at(list).is_array()) << list;
  }
  EXPECT_EQ(answer.string("/registry_state"), "normal");
  EXPECT_FALSE(answer.flag("/account_recovery_mode"));
  EXPECT_EQ(answer.string("/version_number"), WHARF_VERSION);
  for (const auto& flag : service::feature_flags()) {
    EXPECT_EQ(answer.flag("/features/" + std::string(flag.name)), reg.services().settings.features.*flag.member);
  }
  for (const auto name : service::absent_features()) EXPECT_FALSE(answer.flag("/features/" + std::string(name)));
  EXPECT_TRUE(answer.flag("/features/USER_RENAME"));
  EXPECT_THAT(answer.text, Not(HasSubstr("the-secret-boss")));
}

TEST(ForwardedHeaders, AreBelievedFromTrustedProxiesAlone) {
  struct Row {
    std::string peer;
    Headers headers;
    std::string address;
    bool secure = false;
    std::string host = "here";
  };
  const Row rows[] = {
      {"192.0.2.9", {{"X-Forwarded-For", "1.2.3.4"}, {"X-Forwarded-Proto", "https"}}, "192.0.2.9"},
      {"10.0.0.1", {}, "10.0.0.1"},
      {"10.0.0.1", {{"X-Forwarded-For", "192.0.2.7"}}, "192.0.2.7"},
      // What the client wrote itself stands in front.
      {"10.0.0.1", {{"X-Forwarded-For", "6.6.6.6, 192.0.2.7"}}, "192.0.2.7"},
      {"10.0.0.1", {{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "192.0.2.7 , 10.1.1.1"}}, "192.0.2.7"},
      {"10.0.0.1", {{"X-Forwarded-For", "192.0.2.7, garbage, 10.1.1.1"}}, "10.1.1.1"},
      {"10.0.0.1", {{"X-Forwarded-For", "garbage"}}, "10.0.0.1"},
      {"10.0.0.1", {{"X-Forwarded-For", ""}}, "10.0.0.1"},
      {"10.0.0.1", {{"X-Forwarded-For", "192.0.2.7:4711"}}, "192.0.2.7"},
      {"10.0.0.1", {{"X-Forwarded-For", "[2001:db8::1]:4711"}}, "2001:db8::1"},
      {"10.0.0.1", {{"X-Forwarded-For", "10.0.0.2, 10.0.0.3"}}, "10.0.0.2"},
      {"10.0.0.1", {{"X-Forwarded-Proto", "https"}}, "10.0.0.1", true},
      {"10.0.0.1", {{"X-Forwarded-Proto", "gopher"}}, "10.0.0.1", false},
      {"fd00::7", {{"X-Forwarded-Host", "reg.example:8443"}}, "fd00::7", false, "reg.example:8443"},
      {"10.0.0.1", {{"X-Forwarded-Host", "evil/..\"@x"}}, "10.0.0.1"},
      {"", {{"X-Forwarded-For", "192.0.2.7"}}, ""}};
  const ForwardedHeaders forwarded({"10.0.0.0/8", "fd00::/8", "no network"});
  for (const auto& row : rows) {
    http::Request request;
    request.peer = row.peer;
    request.host = "here";
    for (const auto& [name, value] : row.headers) request.headers.emplace_back(name, value);
    forwarded.apply(request);
    const auto what = row.peer + ' ' + (row.headers.empty() ? "" : row.headers[0].second);
    EXPECT_EQ(request.peer, row.address) << what;
    EXPECT_EQ(request.secure, row.secure) << what;
    EXPECT_EQ(request.host, row.host) << what;
  }
}

TEST(ForwardedHeaders, MakeAddressesAndCookiesThoseOfTheClient) {
  TestRegistry reg({.configure = [](Config& config) { config.trusted_proxies = {"127.0.0.1"}; }});
  const auto answer =
      reg.with("").get("/csrf_token", {{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "reg.example"}});
  EXPECT_THAT(answer.header("Set-Cookie"), HasSubstr("; Secure"));
  EXPECT_EQ(reg.with("")
                .get("/api/v1/nothing", {{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "reg.example"}})
                .string("/type"),
            "https://reg.example/api/v1/error/not_found");
  TestRegistry wary;
  EXPECT_THAT(wary.with("").get("/csrf_token", {{"X-Forwarded-Proto", "https"}}).header("Set-Cookie"),
              Not(HasSubstr("; Secure")));
}

}  // namespace
}  // namespace wharf::app
