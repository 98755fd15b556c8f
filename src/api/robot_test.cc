#include "api/robot.h"

#include <chrono>
#include <regex>
#include <thread>

#include "api/log_testing.h"
#include "api/refusals_testing.h"

namespace wharf::api {
namespace {

using test::TestRegistry;
using testing::expect_only;
using testing::last_logged;
using testing::logged;
using testing::make_acme;

constexpr const char* kRobot = "/api/v1/organization/acme/robots/deploy";

TEST(OrgRobot, IsMadeShownAndDeleted) {
  TestRegistry reg;
  reg.organization("acme");
  auto owner = reg.as("owner");
  const auto made = owner.put(kRobot, {{"description", "Deploys"}, {"unstructured_metadata", {{"team", "ops"}}}});
  ASSERT_EQ(made.status, 201) << made.summary();
  EXPECT_EQ(made.string("/name"), "acme+deploy");
  EXPECT_TRUE(std::regex_match(made.string("/created"), std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"))) << made.text;
  EXPECT_TRUE(std::regex_match(made.string("/token"), std::regex("[A-Z0-9]{64}"))) << made.text;
  EXPECT_TRUE(made.at("/last_accessed").is_null());
  const auto seen = owner.get(kRobot);
  EXPECT_EQ(seen.json(), made.json());
  EXPECT_EQ(seen.string("/unstructured_metadata/team"), "ops");
  const auto renewed = owner.request("POST", std::string(kRobot) + "/regenerate");
  EXPECT_EQ(renewed.status, 200);
  EXPECT_NE(renewed.string("/token"), made.string("/token"));
  EXPECT_EQ(owner.get(kRobot).string("/token"), renewed.string("/token"));
  EXPECT_EQ(owner.get("/api/v1/organization/acme/robots").names("robots"), test::Names{"acme+deploy"});
  EXPECT_EQ(owner.del(kRobot).status, 204);
  EXPECT_EQ(owner.get(kRobot).status, 404);
  EXPECT_EQ(owner.del(kRobot).status, 400);
  EXPECT_EQ(owner.request("POST", std::string(kRobot) + "/regenerate").status, 400);
}

TEST(OrgRobot, NeedsNoBodyButTakesNoWrongOne) {
  TestRegistry reg;
  reg.organization("acme");
  auto owner = reg.as("owner");
  const auto put = [&](std::string_view body, const char* type) {
    return owner.request("PUT", kRobot, body, {{"Content-Type", type}}).status;
  };
  EXPECT_EQ(put("{", "application/json"), 400);
  EXPECT_EQ(put("[]", "application/json"), 400);
  EXPECT_EQ(put(R"({"description": 7})", "application/json"), 400);
  EXPECT_EQ(put(R"({"unstructured_metadata": "text"})", "application/json"), 400);
  EXPECT_EQ(put("{}", "text/plain"), 415);
  EXPECT_EQ(owner.request("PUT", kRobot).status, 201);
  EXPECT_EQ(owner.request("PUT", kRobot).status, 400) << "it exists";
  EXPECT_EQ(owner.request("PUT", "/api/v1/organization/acme/robots/Deploy").status, 400);
  EXPECT_EQ(reg.as("stranger").request("PUT", kRobot, "{", {{"Content-Type", "application/json"}}).status, 400)
      << "on organizations the body is judged first";
}

TEST(OrgRobot, IsRefusedToWhoMayNot) {
  TestRegistry reg;
  make_acme(reg);
  const std::vector<std::string> admins = {"owner", "owner@org:admin"};
  const std::string ci = "/api/v1/organization/acme/robots/ci";
  expect_only(reg,
              {.verb = "GET",
               .path = "/api/v1/organization/acme/robots",
               .allowed = {"owner", "owner@org:admin", "owner@repo:create", "member", "member@org:admin", "maker"}});
  expect_only(reg, {.verb = "GET", .path = ci, .allowed = admins});
  // Quay wants user:admin here beside org:admin.
  expect_only(reg, {.verb = "GET", .path = ci + "/permissions", .allowed = {"owner"}});
  EXPECT_EQ(reg.as("owner", "org:admin user:admin").get(ci + "/permissions").status, 200);
  expect_only(reg, {.verb = "PUT", .path = kRobot, .allowed = admins});
  expect_only(reg, {.verb = "PUT", .path = kRobot, .body = R"({"description": "x"})", .allowed = admins});
  expect_only(reg, {.verb = "DELETE", .path = ci, .allowed = admins});
  expect_only(reg, {.verb = "POST", .path = ci + "/regenerate", .allowed = admins});
  expect_refusals(reg, {{"stranger", "GET", "/api/v1/organization/acme/robots/none", 403, "insufficient_scope"},
                        {"stranger", "GET", "/api/v1/organization/none/robots/none", 403, "insufficient_scope"},
                        {"owner", "GET", "/api/v1/organization/acme/robots/none", 404, "not_found"},
                        {"owner", "GET", "/api/v1/organization/none/robots/none", 403, "insufficient_scope"}});
}

TEST(OrgRobots, ShowTheirTokensToAdminsAlone) {
  TestRegistry reg;
  make_acme(reg);
  const std::string list = "/api/v1/organization/acme/robots";
  const auto full = reg.as("owner").get(list + "?permissions=true");
  EXPECT_EQ(full.string("/robots/0/name"), "acme+ci");
  EXPECT_FALSE(full.string("/robots/0/token").empty());
  EXPECT_EQ(full.string("/robots/0/repositories/0"), "app");
  EXPECT_FALSE(reg.as("owner").get(list + "?token=false").at("/robots/0").as_object().contains("token"));
  const auto partial = reg.as("member").get(list + "?permissions=true").at("/robots/0").as_object();
  EXPECT_FALSE(partial.contains("token") || partial.contains("repositories") || partial.contains("teams"));
  EXPECT_EQ(reg.as("owner").get(list + "?limit=none").status, 400);
  const auto roles = reg.as("owner").get("/api/v1/organization/acme/robots/ci/permissions");
  EXPECT_EQ(roles.string("/permissions/0/repository/name"), "app");
  EXPECT_EQ(roles.string("/permissions/0/role"), "admin");
}

TEST(UserRobot, IsItsOwnersAlone) {
  TestRegistry reg;
  make_acme(reg);
  auto reader = reg.as("reader");
  const std::string bot = "/api/v1/user/robots/bot";
  ASSERT_EQ(reader.request("PUT", bot).status, 201);
  EXPECT_EQ(reader.get(bot).string("/name"), "reader+bot");
  EXPECT_EQ(reader.get("/api/v1/user/robots").names("robots"), test::Names{"reader+bot"});
  EXPECT_EQ(reader.get(bot + "/permissions").at("/permissions").as_array().size(), 0u);
  EXPECT_EQ(reader.request("POST", bot + "/regenerate").status, 200);
  EXPECT_EQ(reg.as("owner").get(bot).status, 400) << "owner has no such robot";
  EXPECT_TRUE(reg.as("owner").get("/api/v1/user/robots").names("robots").empty());
  for (const auto* scope : {"repo:admin", "user:read", "org:admin", "super:user"}) {
    auto narrow = reg.as("reader", scope);
    EXPECT_EQ(narrow.get(bot).status, 403) << scope;
    EXPECT_EQ(narrow.get("/api/v1/user/robots").status, 403) << scope;
    EXPECT_EQ(narrow.del(bot).status, 403) << scope;
    EXPECT_EQ(narrow.request("POST", bot + "/regenerate").status, 403) << scope;
    EXPECT_EQ(narrow.request("PUT", bot, "{", {{"Content-Type", "application/json"}}).status, 403)
        << scope << ": for oneself permission is judged first";
  }
  EXPECT_EQ(reader.request("PUT", bot, "{", {{"Content-Type", "application/json"}}).status, 400);
  EXPECT_EQ(reg.with("").get(bot).status, 401);
  EXPECT_EQ(reg.with("").request("PUT", bot).status, 401);
  EXPECT_EQ(reader.del(bot).status, 204);
  EXPECT_EQ(reader.get(bot).status, 400);
}

TEST(Robots, AreLoggedInAllThatBefallsThem) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  const auto entry = [](json::Object metadata, const char* in) {
    metadata["by"] = "owner";
    metadata["in"] = in;
    return metadata;
  };
  ASSERT_EQ(owner.put(kRobot, {{"description", "Deploys"}, {"unstructured_metadata", {{"team", "ops"}}}}).status, 201);
  EXPECT_EQ(
      last_logged(reg, "create_robot"),
      entry({{"robot", "deploy"}, {"description", "Deploys"}, {"unstructured_metadata", {{"team", "ops"}}}}, "acme"));
  const auto made = logged(reg, "create_robot").size();
  ASSERT_EQ(owner.request("PUT", kRobot).status, 400);
  EXPECT_EQ(logged(reg, "create_robot").size(), made);
  ASSERT_EQ(owner.request("POST", std::string(kRobot) + "/regenerate").status, 200);
  EXPECT_EQ(last_logged(reg, "regenerate_robot_token"), entry({{"robot", "deploy"}}, "acme"));
  ASSERT_EQ(owner.del(kRobot).status, 204);
  EXPECT_EQ(last_logged(reg, "delete_robot"), entry({{"robot", "deploy"}}, "acme"));
  ASSERT_EQ(owner.request("PUT", "/api/v1/user/robots/bot").status, 201);
  EXPECT_EQ(last_logged(reg, "create_robot"),
            entry({{"robot", "bot"}, {"description", ""}, {"unstructured_metadata", json::Object()}}, "owner"));
}

TEST(Robots, AreDescribedInAtMost255Characters) {
  TestRegistry reg;
  reg.organization("acme");
  auto owner = reg.as("owner");
  std::string text;
  for (int i = 0; i < 255; ++i) text += "\u00e9";
  EXPECT_EQ(owner.put(kRobot, {{"description", text + "x"}}).status, 400);
  const auto made = owner.put(kRobot, {{"description", text}});
  EXPECT_EQ(made.status, 201) << made.summary();
  EXPECT_EQ(made.string("/description"), text);
}

TEST(Robots, OfOneNamespaceAreNotThoseOfItsNeighbours) {
  TestRegistry reg;
  for (const auto* name : {"acme_x+bot", "acmeyx+bot", "acme+bot", "acme.x+bot"}) reg.robot(name);
  auto owner = reg.as("owner");
  for (const std::string ns : {"acme_x", "acmeyx", "acme", "acme.x"}) {
    EXPECT_EQ(owner.get("/api/v1/organization/" + ns + "/robots").names("robots"), test::Names{ns + "+bot"});
  }
}

TEST(Robots, AreListedLastUsedFirstAndInTeamsAndRepositories) {
  TestRegistry reg;
  make_acme(reg);
  for (const auto* name : {"acme+a1", "acme+b1", "acme+c1"}) reg.robot(name);
  reg.team("acme", "bots", "member", {"acme+ci"});
  ASSERT_FALSE(reg.registry_token("acme+b1", {}).empty());
  auto owner = reg.as("owner");
  const std::string list = "/api/v1/organization/acme/robots";
  // The last use is noted soon after the answer.
  for (int i = 0; i < 500 && owner.get(list + "/b1").at("/last_accessed").is_null(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(owner.get(list).names("robots"), (test::Names{"acme+b1", "acme+a1", "acme+c1", "acme+ci"}));
  const auto first = owner.get(list + "?limit=1");
  EXPECT_EQ(first.names("robots"), test::Names{"acme+b1"});
  EXPECT_TRUE(
      std::regex_match(first.string("/robots/0/last_accessed"), std::regex(R"(\w{3}, \d\d \w{3} \d{4} .* -0000)")))
      << first.text;
  EXPECT_FALSE(first.at("/robots/0").as_object().contains("unstructured_metadata"));
  const auto full = owner.get(list + "?permissions=true&token=false");
  EXPECT_EQ(full.names("robots/3/teams"), test::Names{"bots"});
  EXPECT_EQ(full.at("/robots/3/repositories"), json::Value{"app"});
  EXPECT_TRUE(full.at("/robots/0/teams").as_array().empty());
}

TEST(Robots, ShowNoTokensToThoseWhoOnlyLookOn) {
  TestRegistry reg({.configure = [](app::Config& config) { config.global_readonly_super_users = {"auditor"}; }});
  make_acme(reg);
  auto auditor = reg.as("auditor");
  const std::string list = "/api/v1/organization/acme/robots";
  const auto all = auditor.get(list + "?permissions=true");
  ASSERT_EQ(all.status, 200) << all.summary();
  EXPECT_FALSE(all.at("/robots/0").as_object().contains("token"));
  EXPECT_EQ(all.string("/robots/0/repositories/0"), "app");
  const auto one = auditor.get(list + "/ci");
  EXPECT_EQ(one.status, 200);
  EXPECT_FALSE(one.json().as_object().contains("token"));
  EXPECT_EQ(auditor.get(list + "/ci/permissions").status, 200);
  EXPECT_EQ(auditor.get(list + "/ci/federation").status, 200);
  EXPECT_EQ(auditor.request("PUT", list + "/made").status, 403);
  EXPECT_EQ(auditor.request("POST", list + "/ci/regenerate").status, 403);
  EXPECT_EQ(auditor.get("/api/v1/organization/acme/prototypes").status, 200);
  EXPECT_EQ(auditor.get("/api/v1/organization/acme/collaborators").status, 200);
  EXPECT_EQ(auditor.get("/api/v1/organization/acme/members/member").status, 200);
  EXPECT_EQ(auditor.get("/api/v1/organization/acme/team/devs/permissions").status, 200);
  EXPECT_EQ(auditor.del("/api/v1/organization/acme/members/member").status, 403);
  EXPECT_EQ(auditor.put("/api/v1/organization/acme", json::Object{}).status, 403);
}

}  // namespace
}  // namespace wharf::api
