#include "api/federation.h"

#include "api/log_testing.h"
#include "api/refusals_testing.h"

namespace wharf::api {
namespace {

using test::TestRegistry;
using testing::expect_only;
using testing::last_logged;
using testing::make_acme;

const std::string kOfOrganization = "/api/v1/organization/acme/robots/ci/federation";
const std::string kOwn = "/api/v1/user/robots/bot/federation";

json::Value rules(std::initializer_list<std::pair<std::string_view, std::string_view>> list) {
  json::Array all;
  for (const auto& [issuer, subject] : list) all.push_back({{"issuer", issuer}, {"subject", subject}});
  return all;
}

TEST(Federation, IsSetAsAWhole) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.request("PUT", "/api/v1/user/robots/bot").status, 201);
  for (const auto& path : {kOfOrganization, kOwn}) {
    EXPECT_EQ(owner.get(path).json(), json::Value(json::Array{})) << path;
    const auto first = rules({{"https://one.example", "me"}, {"http://two.example:8080/a", "you"}});
    const auto set = owner.post(path, first);
    EXPECT_EQ(set.status, 200) << set.summary();
    EXPECT_EQ(set.json(), first);
    EXPECT_EQ(owner.get(path).json(), first);
    const auto second = rules({{"https://one.example", "other"}});
    EXPECT_EQ(owner.post(path, second).status, 200);
    EXPECT_EQ(owner.get(path).json(), second);
    EXPECT_EQ(last_logged(reg, "create_robot_federation").at("config"), second);
    EXPECT_EQ(owner.post(path, json::Array{}).status, 200);
    EXPECT_EQ(owner.get(path).json(), json::Value(json::Array{}));
    EXPECT_EQ(owner.post(path, second).status, 200);
    EXPECT_EQ(owner.del(path).status, 204);
    EXPECT_EQ(owner.del(path).status, 204);
    EXPECT_EQ(owner.get(path).json(), json::Value(json::Array{}));
  }
  EXPECT_EQ(last_logged(reg, "delete_robot_federation"),
            (json::Object{{"robot", "bot"}, {"by", "owner"}, {"in", "owner"}}));
}

TEST(Federation, TakesNoWrongRules) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  const auto good = rules({{"https://one.example", "me"}});
  ASSERT_EQ(owner.post(kOfOrganization, good).status, 200);
  json::Array many;
  for (int i = 0; i < 101; ++i) many.push_back({{"issuer", "https://one.example"}, {"subject", std::to_string(i)}});
  const std::vector<json::Value> wrong = {
      rules({{"https://one.example", "me"}, {"https://one.example", "me"}}),
      rules({{"https://one.example", " "}}),
      rules({{"", "me"}}),
      rules({{"one.example", "me"}}),
      rules({{"ftp://one.example", "me"}}),
      rules({{"https://", "me"}}),
      rules({{"https:///path", "me"}}),
      rules({{"https://user@one.example", "me"}}),
      rules({{"https://one example", "me"}}),
      rules({{"https://one.example", std::string(3000, 'x')}}),
      many,
      json::Array{json::Object{{"issuer", "https://one.example"}}},
      json::Object{{"issuer", "https://one.example"}, {"subject", "me"}},
      "text",
      nullptr,
  };
  for (const auto& body : wrong) {
    const auto answer = owner.post(kOfOrganization, body);
    EXPECT_EQ(answer.status, 400) << json::to_text(body).substr(0, 100) << ' ' << answer.summary();
  }
  EXPECT_EQ(owner.get(kOfOrganization).json(), good);
  EXPECT_EQ(owner.request("POST", kOfOrganization, "[]", {{"Content-Type", "text/plain"}}).status, 415);
}

TEST(Federation, IsRefusedToWhoMayNot) {
  TestRegistry reg;
  make_acme(reg);
  const std::vector<std::string> admins = {"owner", "owner@org:admin"};
  const std::string body = R"([{"issuer": "https://one.example", "subject": "me"}])";
  expect_only(reg, {.verb = "GET", .path = kOfOrganization, .allowed = admins});
  expect_only(reg, {.verb = "POST", .path = kOfOrganization, .body = body, .allowed = admins});
  expect_only(reg, {.verb = "DELETE", .path = kOfOrganization, .allowed = admins});
  const std::string missing = "/api/v1/organization/acme/robots/none/federation";
  expect_refusals(reg, {{"owner", "GET", missing, 400, "invalid_request"},
                        {"owner", "POST", missing, 400, "invalid_request", body},
                        {"owner", "DELETE", missing, 400, "invalid_request"},
                        {"stranger", "GET", missing, 403, "insufficient_scope"},
                        {"stranger", "POST", missing, 400, "invalid_request", "{"},
                        {"nobody", "POST", missing, 401, "invalid_token", "{"},
                        {"owner", "GET", kOwn, 400, "invalid_request"},
                        {"owner@org:admin", "GET", kOwn, 403, "insufficient_scope"},
                        {"owner@org:admin", "POST", kOwn, 403, "insufficient_scope", "{"},
                        {"owner@repo:admin", "DELETE", kOwn, 403, "insufficient_scope"},
                        {"nobody", "DELETE", kOwn, 401, "invalid_token"}});
}

TEST(Federation, GoesWithItsRobot) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.post(kOfOrganization, rules({{"https://one.example", "me"}})).status, 200);
  ASSERT_EQ(owner.del("/api/v1/organization/acme/robots/ci").status, 204);
  ASSERT_EQ(owner.request("PUT", "/api/v1/organization/acme/robots/ci").status, 201);
  EXPECT_EQ(owner.get(kOfOrganization).json(), json::Value(json::Array{}));
}

}  // namespace
}  // namespace wharf::api
