#include "registry/token.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/hex.h"
#include "service/token.h"
#include "tests/support/test_registry.h"

namespace wharf::registry {
namespace {

using test::Answer;
using test::basic;
using test::kPassword;
using test::TestRegistry;

std::string plain_challenge(const TestRegistry& reg) {
  return "Bearer realm=\"" + reg.url() + "/v2/auth\",service=\"" + reg.host() + "\"";
}

TEST(Challenge, HasNoSpaceAfterItsCommas) {
  EXPECT_EQ(challenge("https://reg.example", "reg.example", ""),
            R"(Bearer realm="https://reg.example/v2/auth",service="reg.example")");
  EXPECT_EQ(challenge("http://localhost:8080", "localhost:8080", "repository:acme/app:pull,push"),
            R"(Bearer realm="http://localhost:8080/v2/auth",service="localhost:8080",)"
            R"(scope="repository:acme/app:pull,push")");
}

TEST(VersionCheck, Is200WithAnyGoodTokenAnd401WithAChallengeWithout) {
  TestRegistry reg;
  reg.repository("acme/open", "public");
  const auto anonymous = reg.registry_token("nobody", {"repository:acme/open:pull"});
  const auto person = reg.registry_token("owner", {});
  struct Row {
    std::string what, authorization;
    int status;
  };
  const Row rows[] = {{"nothing", "", 401},
                      {"anonymous token", "Bearer " + anonymous, 200},
                      {"a person's token", "Bearer " + person, 200},
                      {"Basic", basic("owner", kPassword), 401},
                      {"API token", "Bearer " + reg.token("owner"), 401},
                      {"rubbish", "Bearer a.b.c", 401},
                      {"a changed token", "Bearer " + person.substr(0, person.size() - 4) + "AAAA", 401}};
  for (const auto& row : rows) {
    const auto answer = reg.with(row.authorization).get("/v2/");
    EXPECT_EQ(answer.status, row.status) << row.what;
    EXPECT_EQ(answer.header("Docker-Distribution-API-Version"), "registry/2.0") << row.what;
    EXPECT_EQ(answer.header("WWW-Authenticate"), plain_challenge(reg)) << row.what;
    if (row.status == 200 || row.authorization.empty()) {
      EXPECT_EQ(answer.text, "true") << row.what;
      EXPECT_EQ(answer.header("X-Sparse-Manifest-Support"), "false") << row.what;
    }
    EXPECT_EQ(std::ranges::count_if(answer.headers,
                                    [](const auto& header) {
                                      return header.first.size() == 16 && (header.first[0] | 0x20) == 'w' &&
                                             (header.first[4] | 0x20) == 'a';
                                    }),
              1)
        << row.what;
  }
}

TEST(AskForToken, AnswersWithATokenOrTheReason) {
  TestRegistry reg;
  reg.repository("acme/app");
  reg.user("owner");
  const auto robot = reg.robot("acme+ci");
  const auto oauth = reg.token("owner", "repo:read");
  const std::string owner = basic("owner", kPassword);
  struct Row {
    std::string what, authorization, query;
    int status;
    std::string code, message;
  };
  const Row rows[] = {
      {"login", owner, "", 200, "", ""},
      {"e-mail", basic("owner@example.com", kPassword), "", 200, "", ""},
      {"robot", basic("acme+ci", robot), "", 200, "", ""},
      {"OAuth token", basic("$oauthtoken", oauth), "", 200, "", ""},
      {"all parameters", owner,
       "?service=" + reg.host() + "&account=owner&client_id=docker&offline_token=true&scope=repository:acme/app:pull",
       200, "", ""},
      {"anonymous", "", "?scope=repository:acme/app:pull", 200, "", ""},
      {"empty scope", owner, "?scope=", 200, "", ""},
      {"catalog", owner, "?scope=registry:catalog:*", 200, "", ""},
      {"anonymous, catalog", "", "?scope=registry:catalog:*", 200, "", ""},
      {"unknown action", owner, "?scope=repository:acme/app:destroy", 400, "INVALID_REQUEST",
       "Unable to decode repository and actions: repository:acme/app:destroy"},
      {"part of the catalog", owner, "?scope=registry:catalog:pull", 400, "INVALID_REQUEST",
       "Unable to decode repository and actions: registry:catalog:pull"},
      {"two scopes in one", owner, "?scope=repository:acme/app:pull%20repository:acme/b:pull", 400, "INVALID_REQUEST",
       "Unable to decode repository and actions: repository:acme/app:pull repository:acme/b:pull"},
      {"bad name", owner, "?scope=repository:acme/App:pull", 400, "NAME_INVALID", "Invalid repository name"},
      {"nobody, nothing", "", "", 401, "UNAUTHORIZED", "Requires authentication"},
      {"nobody, empty scope", "", "?scope=", 401, "UNAUTHORIZED", "Requires authentication"},
      {"no such user", basic("ghost", kPassword), "", 401, "UNAUTHORIZED", "Invalid Username or Password"},
      {"wrong robot token", basic("acme+ci", "X"), "", 401, "UNAUTHORIZED",
       "Could not find robot with username: acme+ci and supplied password."},
      {"not Basic", "Bearer " + oauth, "", 401, "UNAUTHORIZED", "Specified credentials are invalid"},
      {"no base64", "Basic ***", "", 401, "UNAUTHORIZED", "Specified credentials are invalid"},
  };
  for (const auto& row : rows) {
    const auto answer = reg.with(row.authorization).get("/v2/auth" + row.query);
    ASSERT_EQ(answer.status, row.status) << row.what << ": " << answer.summary();
    EXPECT_EQ(answer.header("Docker-Distribution-API-Version"), "registry/2.0") << row.what;
    if (row.status == 200) {
      EXPECT_EQ(answer.string("/token"), answer.string("/access_token")) << row.what;
      EXPECT_EQ(answer.number("/expires_in"), 3600) << row.what;
      EXPECT_EQ(answer.header("Cache-Control"), "no-cache, no-store, must-revalidate") << row.what;
      EXPECT_EQ(reg.with("Bearer " + answer.string("/token")).get("/v2/").status, 200) << row.what;
    } else {
      EXPECT_EQ(answer.string("/errors/0/code"), row.code) << row.what;
      EXPECT_EQ(answer.string("/errors/0/message"), row.message) << row.what;
      EXPECT_EQ(answer.header("WWW-Authenticate"), row.status == 401 ? plain_challenge(reg) : "") << row.what;
    }
  }
  EXPECT_EQ(reg.with(owner).request("POST", "/v2/auth").status, 405);
}

TEST(AskForToken, ATokenForAnotherServiceIsRefusedHere) {
  TestRegistry reg;
  reg.user("owner");
  const auto answer = reg.with(basic("owner", kPassword)).get("/v2/auth?service=other.example");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(reg.with("Bearer " + answer.string("/token")).get("/v2/").status, 401);
}

TEST(AskForToken, TooManyWrongPasswordsAre429InPlainWords) {
  TestRegistry reg;
  reg.user("owner");
  // As if nine wrong ones had been tried long ago: the tenth makes wait for 5 minutes.
  static const db::Query kSet{"test.failures", "UPDATE account SET failed_logins = $2 WHERE name = $1"};
  auto set = [](db::Tx& tx) { return tx.run(kSet, "owner", 9); };
  reg.database().write_now(set);
  EXPECT_EQ(reg.with(basic("owner", "wrong-wrong")).get("/v2/auth").status, 401);
  const auto answer = reg.with(basic("owner", kPassword)).get("/v2/auth");
  EXPECT_EQ(answer.status, 429);
  const auto seconds = std::stoi(answer.header("Retry-After"));
  EXPECT_GT(seconds, 200);
  EXPECT_LE(seconds, 300);
  EXPECT_TRUE(answer.header("Content-Type").starts_with("text/plain"));
  EXPECT_TRUE(answer.text.starts_with("Too many login attempts")) << answer.text;
  advance_clock(std::chrono::minutes(5));
  EXPECT_EQ(reg.with(basic("owner", kPassword)).get("/v2/auth").status, 200);
}

TEST(AskForToken, ADisabledNamespaceIs405) {
  TestRegistry reg;
  reg.repository("acme/app");
  static const db::Query kDisable{"test.disable", "UPDATE account SET enabled = $2 WHERE name = $1"};
  auto disable = [](db::Tx& tx) { return tx.run(kDisable, "acme", false); };
  reg.database().write_now(disable);
  const auto answer = reg.with(basic("owner", kPassword)).get("/v2/auth?scope=repository:acme/app:pull");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.string("/errors/0/code"), "DENIED");
}

TEST(AskForToken, WithoutAnonymousAccessNobodyGetsAToken) {
  TestRegistry::Options options;
  options.configure = [](app::Config& config) { config.features.anonymous_access = false; };
  TestRegistry reg(std::move(options));
  reg.repository("acme/open", "public");
  const auto answer = reg.with("").get("/v2/auth?scope=repository:acme/open:pull");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.string("/error"), "Anonymous access is not allowed");
  EXPECT_EQ(reg.with(basic("owner", kPassword)).get("/v2/auth").status, 200);
}

TEST(AskForToken, WithAHostNameOnlyThatIsTheService) {
  TestRegistry::Options options;
  options.configure = [](app::Config& config) { config.server_hostname = "reg.example"; };
  TestRegistry reg(std::move(options));
  reg.user("owner");
  EXPECT_EQ(reg.with("").get("/v2/").header("WWW-Authenticate"),
            R"(Bearer realm="http://reg.example/v2/auth",service="reg.example")");
  auto client = reg.with(basic("owner", kPassword));
  for (const std::string query : {"", "?service=reg.example"}) {
    const auto token = client.get("/v2/auth" + query).string("/token");
    EXPECT_EQ(reg.with("Bearer " + token).get("/v2/").status, 200) << query;
  }
  const auto other = client.get("/v2/auth?service=" + reg.host()).string("/token");
  EXPECT_EQ(reg.with("Bearer " + other).get("/v2/").status, 401);
}

TEST(Keys, ArePublicAndCheckTheTokens) {
  TestRegistry reg;
  auto client = reg.with("");
  const auto answer = client.get("/keys/services/quay/keys");
  EXPECT_EQ(answer.status, 200);
  ASSERT_EQ(answer.at("/keys").as_array().size(), 1u);
  EXPECT_EQ(answer.string("/keys/0/kty"), "EC");
  EXPECT_EQ(answer.at("/keys/0").as_object().if_contains("d"), nullptr);
  const auto token = reg.registry_token("owner", {});
  const auto header = json::parse(from_base64url(token.substr(0, token.find('.'))).value()).value();
  EXPECT_EQ(answer.at("/keys/0/kid"), header.at("kid"));
  EXPECT_TRUE(client.get("/keys/services/other/keys").at("/keys").as_array().empty());
}

}  // namespace
}  // namespace wharf::registry
