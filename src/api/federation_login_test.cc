// Robots that log in with the token of an OpenID Connect provider.
#include "api/log_testing.h"
#include "api/refusals_testing.h"
#include "auth/rsa_testing.h"
#include "base/testing_clock.h"
#include "net/testing.h"

namespace wharf::api {
namespace {

using net::testing::HookSink;
using net::testing::ReceivedRequest;
using std::chrono::seconds;
using test::TestRegistry;
using testing::last_logged;

constexpr const char* kExchange = "/oauth2/federation/robot/token";
constexpr const char* kRules = "/api/v1/organization/acme/robots/ci/federation";

/// A provider with one key, and a registry that may ask it, with a robot that trusts its user "me".
class FederatedLogin : public ::testing::Test {
 protected:
  FederatedLogin() {
    const auto answer = [this](const ReceivedRequest& request) {
      http::Response response;
      response.add("Content-Type", "application/json");
      if (request.target == "/.well-known/openid-configuration") {
        response.body = json::to_text(json::Object{{"issuer", named_}, {"jwks_uri", issuer() + "/keys"}});
      } else if (request.target == "/keys") {
        auto jwk = pair_.key.jwk();
        jwk["kid"] = "first";
        json::Array keys;
        keys.push_back(std::move(jwk));
        response.body = json::to_text(json::Object{{"keys", std::move(keys)}});
      } else {
        response.status = 404;
      }
      return response;
    };
    named_ = issuer();
    provider_.answer_with(answer);
    testing::make_acme(reg_);
    json::Array rules;
    rules.push_back({{"issuer", issuer()}, {"subject", "me"}});
    EXPECT_EQ(reg_.as("owner").post(kRules, rules).status, 200);
  }

  std::string issuer() const { return provider_.url("").substr(0, provider_.url("").find_last_not_of('/') + 1); }

  std::string token(json::Object changed = {}, const std::string& kid = "first") {
    const auto now_s = now_ms() / 1000;
    json::Object claims{{"iss", issuer()}, {"sub", "me"}, {"aud", "anything"}, {"iat", now_s}, {"exp", now_s + 300}};
    for (const auto& [name, value] : changed) claims[name] = value;
    return auth::testing::rs256_token(pair_, json::to_text(claims), kid);
  }

  test::Answer exchange(const std::string& shown, std::string_view robot = "acme+ci") {
    return reg_.with(test::basic(robot, shown)).get(kExchange);
  }
  int docker_login(std::string_view password, std::string_view robot = "acme+ci") {
    return reg_.with(test::basic(robot, password)).get("/v2/auth?service=any").status;
  }

  HookSink provider_;
  std::string named_;
  auth::RsaKeyPair pair_ = auth::RsaKeyPair::make();
  TestRegistry reg_{{.configure = [](app::Config& config) { config.ssrf_allowed_hosts = {"127.0.0.1"}; }}};
};

TEST_F(FederatedLogin, GivesAPasswordForAnHour) {
  const auto given = exchange(token());
  ASSERT_EQ(given.status, 200) << given.text;
  EXPECT_EQ(given.header("Cache-Control"), "no-store");
  const auto password = given.string("/token");
  EXPECT_EQ(docker_login(password), 200);
  EXPECT_EQ(docker_login(password + "x"), 401);
  const auto entry = last_logged(reg_, "federated_robot_token_exchange");
  EXPECT_EQ(entry.at("robot"), "acme+ci");
  EXPECT_EQ(entry.at("issuer"), json::Value(issuer()));
  EXPECT_EQ(entry.at("subject"), "me");
  EXPECT_EQ(entry.at("by"), "acme+ci");
  EXPECT_EQ(exchange(token()).status, 200);
  EXPECT_EQ(provider_.requests().size(), 2u) << "its keys are remembered";

  ASSERT_EQ(reg_.as("owner").request("PUT", "/api/v1/organization/acme/robots/other").status, 201);
  EXPECT_EQ(docker_login(password, "acme+other"), 401) << "it is that robot's alone";
  EXPECT_EQ(reg_.with("Bearer " + password).get("/v2/").status, 401);
  advance_clock(seconds(3601));
  EXPECT_EQ(docker_login(password), 401);
}

TEST_F(FederatedLogin, EndsWithItsRule) {
  const auto password = exchange(token()).string("/token");
  EXPECT_EQ(docker_login(password), 200);
  ASSERT_EQ(reg_.as("owner").del(kRules).status, 204);
  EXPECT_EQ(docker_login(password), 401);
  EXPECT_EQ(exchange(token()).status, 401);
}

TEST_F(FederatedLogin, RefusesWhatNoRuleNamesWithoutAskingAnybody) {
  for (const auto& shown : {token({{"sub", "you"}}), token({{"sub", nullptr}}), token({{"iss", "http://127.0.0.1:1"}}),
                            std::string("x.y.z"), std::string()}) {
    const auto answer = exchange(shown);
    EXPECT_EQ(answer.status, 401) << shown;
    EXPECT_FALSE(answer.string("/error").empty()) << answer.text;
  }
  for (const auto* robot : {"acme+none", "owner", "acme", "", "acme+ci+x"}) {
    EXPECT_EQ(exchange(token(), robot).status, 401) << robot;
  }
  EXPECT_EQ(reg_.with("").get(kExchange).status, 401);
  EXPECT_EQ(provider_.requests().size(), 0u);
}

TEST_F(FederatedLogin, RefusesWhatTheIssuerDidNotSignOrIsOver) {
  const auto now_s = now_ms() / 1000;
  const auto wrong_key = auth::testing::rs256_token(
      auth::RsaKeyPair::make(), json::to_text(json::Object{{"iss", issuer()}, {"sub", "me"}, {"exp", now_s + 300}}),
      "first");
  for (const auto& shown : {wrong_key, token({{"exp", now_s - 60}}), token({{"exp", nullptr}}),
                            token({{"nbf", now_s + 600}}), token({{"iat", now_s + 600}})}) {
    EXPECT_EQ(exchange(shown).status, 401) << shown;
  }
  EXPECT_EQ(exchange(token()).status, 200);
  const auto asked = provider_.requests().size();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(exchange(token({}, "unknown")).status, 401);
  EXPECT_EQ(provider_.requests().size(), asked) << "the issuer was asked a moment ago";
}

TEST_F(FederatedLogin, TakesNoKeysFromWhoNamesAnotherIssuer) {
  named_ = "https://elsewhere.example";
  EXPECT_EQ(exchange(token()).status, 401);
  EXPECT_EQ(provider_.requests().size(), 1u);
}

TEST(FederatedLoginAddresses, ThatAreNotPublicAreNotAsked) {
  HookSink provider;
  TestRegistry reg;
  testing::make_acme(reg);
  const auto issuer = provider.url("");
  json::Array rules;
  rules.push_back({{"issuer", issuer}, {"subject", "me"}});
  ASSERT_EQ(reg.as("owner").post(kRules, rules).status, 200);
  const auto pair = auth::RsaKeyPair::make();
  const json::Object claims{{"iss", issuer}, {"sub", "me"}, {"exp", now_ms() / 1000 + 300}};
  const auto token = auth::testing::rs256_token(pair, json::to_text(claims), "first");
  EXPECT_EQ(reg.with(test::basic("acme+ci", token)).get(kExchange).status, 401);
  EXPECT_EQ(provider.connections(), 0u);
}

}  // namespace
}  // namespace wharf::api
