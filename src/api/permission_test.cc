#include "api/permission.h"

#include "api/log_testing.h"
#include "api/refusals_testing.h"

namespace wharf::api {
namespace {

using test::TestRegistry;
using testing::expect_only;
using testing::last_logged;
using testing::logged;
using testing::make_acme;

const std::string kUsers = "/api/v1/repository/acme/app/permissions/user/";
const std::string kTeams = "/api/v1/repository/acme/app/permissions/team/";
const std::vector<std::string> kAdmins = {"owner", "manager", "owner@repo:admin"};

TEST(UserPermission, IsGivenChangedListedAndTakenBack) {
  TestRegistry reg;
  make_acme(reg);
  reg.user("guest");
  auto manager = reg.as("manager");
  const auto given = manager.put(kUsers + "guest", {{"role", "read"}});
  ASSERT_EQ(given.status, 200) << given.summary();
  EXPECT_EQ(given.string("/role"), "read");
  EXPECT_FALSE(given.flag("/is_org_member") || given.flag("/is_robot"));
  EXPECT_EQ(manager.put(kUsers + "guest", {{"role", "write"}}).string("/role"), "write");
  EXPECT_EQ(manager.get(kUsers + "guest").string("/role"), "write");
  const auto all = manager.get(kUsers);
  EXPECT_EQ(all.string("/permissions/guest/role"), "write");
  EXPECT_EQ(all.string("/permissions/acme+ci/avatar/kind"), "robot");
  EXPECT_TRUE(all.flag("/permissions/acme+ci/is_org_member"));
  EXPECT_EQ(manager.get(kUsers + "guest/transitive").at("/permissions").as_array().size(), 1u);
  EXPECT_EQ(manager.del(kUsers + "guest").status, 204);
  EXPECT_EQ(manager.del(kUsers + "guest").status, 400);
  EXPECT_EQ(manager.get(kUsers + "guest").status, 400);
  EXPECT_EQ(manager.get(kUsers + "guest/transitive").status, 404);
}

TEST(UserPermission, IsNotGivenToWhoCannotHaveOne) {
  TestRegistry reg;
  make_acme(reg);
  reg.organization("globex");
  reg.robot("globex+bot");
  auto owner = reg.as("owner");
  for (const auto* name : {"acme", "globex", "globex+bot", "nobody-here"}) {
    EXPECT_EQ(owner.put(kUsers + name, {{"role", "read"}}).status, 400) << name;
  }
  EXPECT_EQ(owner.put("/api/v1/repository/acme/none/permissions/user/reader", {{"role", "read"}}).status, 404);
  EXPECT_EQ(owner.get("/api/v1/repository/acme/none/permissions/user/").status, 404);
}

TEST(TeamPermission, IsGivenChangedListedAndTakenBack) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  const auto given = owner.put(kTeams + "devs", {{"role", "admin"}});
  ASSERT_EQ(given.status, 200) << given.summary();
  EXPECT_EQ(given.string("/avatar/kind"), "team");
  EXPECT_EQ(reg.as("member").get(kUsers).status, 200) << "through the team";
  EXPECT_EQ(owner.get(kTeams).string("/permissions/devs/role"), "admin");
  EXPECT_EQ(owner.get(kTeams + "devs").text, "{\"role\": \"admin\"}\n");
  EXPECT_EQ(owner.put(kTeams + "none", {{"role", "read"}}).status, 400);
  EXPECT_EQ(owner.del(kTeams + "devs").status, 204);
  EXPECT_EQ(reg.as("member").get(kUsers).status, 403);
  EXPECT_EQ(owner.del(kTeams + "devs").status, 400);
  EXPECT_EQ(owner.get(kTeams + "devs").status, 400);
}

TEST(Permission, IsRefusedToWhoMayNot) {
  TestRegistry reg;
  make_acme(reg);
  reg.give_team("devs", "acme/app", "write");
  const std::string role = R"({"role": "admin"})";
  expect_only(reg, {.verb = "GET", .path = kUsers, .allowed = kAdmins});
  expect_only(reg, {.verb = "GET", .path = kTeams, .allowed = kAdmins});
  expect_only(reg, {.verb = "GET", .path = kUsers + "reader", .allowed = kAdmins});
  expect_only(reg, {.verb = "GET", .path = kUsers + "reader/transitive", .allowed = kAdmins});
  expect_only(reg, {.verb = "PUT", .path = kUsers + "stranger", .body = role, .allowed = kAdmins});
  expect_only(reg, {.verb = "DELETE", .path = kUsers + "reader", .allowed = kAdmins});
  expect_only(reg, {.verb = "GET", .path = kTeams + "devs", .allowed = kAdmins});
  expect_only(reg, {.verb = "PUT", .path = kTeams + "devs", .body = role, .allowed = kAdmins});
  expect_only(reg, {.verb = "DELETE", .path = kTeams + "devs", .allowed = kAdmins});
}

TEST(Permission, IsJudgedBeforeTheBody) {
  TestRegistry reg;
  make_acme(reg);
  for (const std::string body : {"", "{", "[]", "null", R"({"role": "chief"})", "{}"}) {
    for (const auto& path : {kUsers + "stranger", kTeams + "devs"}) {
      const auto status = [&](const char* who) {
        return reg.as(who).request("PUT", path, body, {{"Content-Type", "application/json"}}).status;
      };
      EXPECT_EQ(status("owner"), 400) << path << ' ' << body;
      EXPECT_EQ(status("reader"), 403) << path << ' ' << body;
    }
  }
  EXPECT_EQ(
      reg.as("owner").request("PUT", kUsers + "stranger", R"({"role": "read"})", {{"Content-Type", "text/xml"}}).status,
      415);
}

TEST(Permission, OfAPublicRepositoryStaysItsAdminsBusiness) {
  TestRegistry reg;
  make_acme(reg);
  reg.repository("acme/open", "public");
  expect_refusals(reg,
                  {{"nobody", "GET", "/api/v1/repository/acme/open/permissions/user/", 401, "invalid_token"},
                   {"stranger", "GET", "/api/v1/repository/acme/open/permissions/user/", 403, "insufficient_scope"},
                   {"owner", "GET", "/api/v1/repository/acme/open/permissions/user/", 200}});
}

TEST(Permission, IsLoggedWhenItIsGivenAndTakenBack) {
  TestRegistry reg;
  make_acme(reg);
  reg.user("stranger");
  auto manager = reg.as("manager");
  const auto entry = [](json::Object metadata) {
    metadata["by"] = "manager";
    metadata["in"] = "acme";
    metadata["repo"] = "app";
    return metadata;
  };
  ASSERT_EQ(manager.put(kUsers + "stranger", {{"role", "write"}}).status, 200);
  EXPECT_EQ(last_logged(reg, "change_repo_permission"),
            entry({{"username", "stranger"}, {"namespace", "acme"}, {"role", "write"}}));
  ASSERT_EQ(manager.put(kTeams + "devs", {{"role", "read"}}).status, 200);
  EXPECT_EQ(last_logged(reg, "change_repo_permission"), entry({{"team", "devs"}, {"role", "read"}}));
  const auto given = logged(reg, "change_repo_permission").size();
  ASSERT_EQ(manager.put(kUsers + "nobody-here", {{"role", "write"}}).status, 400);
  EXPECT_EQ(logged(reg, "change_repo_permission").size(), given);
  ASSERT_EQ(manager.del(kUsers + "stranger").status, 204);
  EXPECT_EQ(last_logged(reg, "delete_repo_permission"), entry({{"username", "stranger"}, {"namespace", "acme"}}));
  ASSERT_EQ(manager.del(kTeams + "devs").status, 204);
  EXPECT_EQ(last_logged(reg, "delete_repo_permission"), entry({{"team", "devs"}}));
  ASSERT_EQ(manager.del(kTeams + "devs").status, 400);
  EXPECT_EQ(logged(reg, "delete_repo_permission").size(), 2u);
}

TEST(TransitivePermission, IsFromNamesAndTeams) {
  TestRegistry reg;
  make_acme(reg);
  reg.team("acme", "qa", "member", {"member", "acme+ci"});
  reg.give_team("qa", "acme/app", "write");
  reg.give_team("devs", "acme/app", "read");
  auto manager = reg.as("manager");
  const auto roles = [&](const std::string& name) {
    test::Names all = manager.get(kUsers + name + "/transitive").names("permissions", "role");
    std::ranges::sort(all);
    return all;
  };
  EXPECT_EQ(roles("member"), (test::Names{"read", "write"}));
  EXPECT_EQ(roles("acme+ci"), (test::Names{"admin", "write"}));
  EXPECT_EQ(roles("reader"), test::Names{"read"});
  EXPECT_EQ(manager.get(kUsers + "stranger/transitive").status, 404);
  EXPECT_EQ(manager.get(kUsers + "nobody-here/transitive").status, 404);
}

TEST(Permission, IsDecidedByOneStatementHoweverItWasGiven) {
  TestRegistry reg;
  make_acme(reg);
  reg.team("acme", "readers", "member", {"member"});
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.put("/api/v1/repository/acme/app/permissions/team/readers", {{"role", "read"}}).status, 200);
  // The least of some: what the server does beside a request, such as noting a token's use, is counted with it.
  const auto statements = [&reg](test::Client& client, const char* path, int status) {
    std::uint64_t least = 1000;
    for (int i = 0; i < 5; ++i) {
      const auto before = reg.database().counters().statements;
      EXPECT_EQ(client.get(path).status, status) << path;
      least = std::min<std::uint64_t>(least, reg.database().counters().statements - before);
    }
    return least;
  };
  // Who calls is one statement, what they may is the other; what they are shown then comes on top.
  auto stranger = reg.as("stranger");
  auto nobody = reg.with("");
  for (const auto* path : {"/api/v1/repository/acme/app", "/api/v1/repository/acme/none",
                           "/api/v1/repository/acme/app/permissions/user/", "/api/v1/organization/acme/members",
                           "/api/v1/organization/acme/robots", "/api/v1/organization/acme/prototypes"}) {
    EXPECT_LE(statements(stranger, path, 403), 2u) << path;
    EXPECT_LE(statements(nobody, path, 401), 1u) << path;
  }
  auto by_name = reg.as("reader");
  auto by_team = reg.as("member");
  const auto* app = "/api/v1/repository/acme/app";
  EXPECT_EQ(statements(by_name, app, 200), statements(by_team, app, 200));
}

}  // namespace
}  // namespace wharf::api
