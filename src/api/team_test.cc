#include "api/team.h"

#include "api/log_testing.h"
#include "api/refusals_testing.h"

namespace wharf::api {
namespace {

using test::TestRegistry;
using testing::expect_only;
using testing::last_logged;
using testing::logged;
using testing::make_acme;

constexpr const char* kTeam = "/api/v1/organization/acme/team/qa";

TEST(Team, IsMadeWith201AndChangedWith200) {
  TestRegistry reg;
  reg.organization("acme");
  auto owner = reg.as("owner");
  const auto made = owner.put(kTeam, {{"role", "member"}, {"description", "Testers"}});
  ASSERT_EQ(made.status, 201) << made.summary();
  EXPECT_TRUE(made.flag("/new_team") && made.flag("/can_view"));
  EXPECT_EQ(made.string("/name"), "qa");
  EXPECT_EQ(made.string("/avatar/kind"), "team");
  const auto changed = owner.put(kTeam, {{"role", "creator"}});
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.string("/role"), "creator");
  EXPECT_EQ(changed.string("/description"), "Testers");
  EXPECT_FALSE(changed.flag("/new_team"));
  EXPECT_EQ(owner.del(kTeam).status, 204);
  EXPECT_EQ(owner.del(kTeam).status, 400);
  EXPECT_EQ(owner.put("/api/v1/organization/acme/team/QA", {{"role", "member"}}).status, 400);
  EXPECT_EQ(owner.put("/api/v1/organization/acme/team/owners", {{"role", "member"}}).status, 400);
  EXPECT_EQ(owner.del("/api/v1/organization/acme/team/owners").status, 400);
}

TEST(Team, NamesWhatIsWrongWithItsBodyBeforeItAsksWhoMay) {
  TestRegistry reg;
  reg.organization("acme");
  for (const auto* who : {"owner", "stranger"}) {
    auto client = reg.as(who);
    EXPECT_EQ(client.put(kTeam, json::Object{}).status, 400) << who;
    const auto wrong = client.put(kTeam, {{"role", "chief"}});
    EXPECT_EQ(wrong.status, 400) << who;
    EXPECT_NE(wrong.string("/detail").find("role"), std::string::npos) << wrong.text;
    EXPECT_EQ(client.request("PUT", kTeam, R"({"role": "member"})", {{"Content-Type", "text/plain"}}).status, 415);
  }
  expect_refusals(reg, {{"nobody", "PUT", kTeam, 401, "invalid_token", "{}"}});
}

TEST(Team, IsRefusedToWhoMayNot) {
  TestRegistry reg;
  make_acme(reg);
  const std::vector<std::string> admins = {"owner", "owner@org:admin"};
  expect_only(reg, {.verb = "PUT", .path = kTeam, .body = R"({"role": "member"})", .allowed = admins});
  expect_only(reg, {.verb = "DELETE", .path = "/api/v1/organization/acme/team/devs", .allowed = admins});
  expect_only(reg, {.verb = "GET",
                    .path = "/api/v1/organization/acme/team/devs/members",
                    .allowed = {"owner", "owner@org:admin", "member", "member@org:admin"}});
  expect_only(reg, {.verb = "PUT", .path = "/api/v1/organization/acme/team/devs/members/reader", .allowed = admins});
  expect_only(reg, {.verb = "DELETE", .path = "/api/v1/organization/acme/team/devs/members/member", .allowed = admins});
  // Nobody who is no admin learns whether a team or an organization is there.
  for (const auto* path :
       {"/api/v1/organization/acme/team/none/members", "/api/v1/organization/none/team/x1/members"}) {
    EXPECT_EQ(reg.as("stranger").get(path).status, 403) << path;
  }
  EXPECT_EQ(reg.as("owner").get("/api/v1/organization/acme/team/none/members").status, 404);
}

TEST(TeamMembers, ComeAndGo) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  const std::string members = "/api/v1/organization/acme/team/devs/members";
  const auto added = owner.request("PUT", members + "/nobody-here");
  EXPECT_EQ(added.status, 400) << "there is no such user: " << added.summary();
  reg.user("guest");
  const auto guest = owner.request("PUT", members + "/guest");
  ASSERT_EQ(guest.status, 200) << guest.summary();
  EXPECT_FALSE(guest.flag("/invited") || guest.flag("/is_robot"));
  EXPECT_TRUE(owner.request("PUT", members + "/acme+ci").flag("/is_robot"));
  EXPECT_EQ(owner.request("PUT", members + "/guest").status, 400);
  EXPECT_EQ(owner.request("PUT", members + "/acme").status, 400);
  const auto list = owner.get(members);
  EXPECT_EQ(list.names("members"), (test::Names{"acme+ci", "guest", "member"}));
  EXPECT_TRUE(list.flag("/can_edit"));
  EXPECT_EQ(owner.del(members + "/guest").status, 204);
  EXPECT_EQ(owner.del(members + "/guest").status, 400);
  EXPECT_EQ(owner.del(members + "/nobody-here").status, 404);
  EXPECT_EQ(owner.del("/api/v1/organization/acme/team/owners/members/owner").status, 400);
}

TEST(TeamPermissions, AreListedForAdmins) {
  TestRegistry reg;
  make_acme(reg);
  reg.repository("acme/open", "public");
  reg.give_team("devs", "acme/open", "write");
  reg.give_team("devs", "acme/app", "read");
  const std::string path = "/api/v1/organization/acme/team/devs/permissions";
  const auto list = reg.as("owner").get(path);
  ASSERT_EQ(list.status, 200) << list.summary();
  ASSERT_EQ(list.at("/permissions").as_array().size(), 2u);
  EXPECT_EQ(list.at("/permissions/0"),
            (json::Value{{"repository", {{"name", "app"}, {"is_public", false}}}, {"role", "read"}}));
  EXPECT_EQ(list.at("/permissions/1"),
            (json::Value{{"repository", {{"name", "open"}, {"is_public", true}}}, {"role", "write"}}));
  expect_only(reg, {.verb = "GET", .path = path, .allowed = {"owner", "owner@org:admin"}});
  expect_refusals(reg, {{"owner", "GET", "/api/v1/organization/acme/team/none/permissions", 404, "not_found"},
                        {"stranger", "GET", "/api/v1/organization/acme/team/none/permissions", 403}});
}

TEST(Team, IsLoggedInAllThatBefallsIt) {
  TestRegistry reg;
  make_acme(reg);
  reg.user("guest");
  auto owner = reg.as("owner");
  const auto entry = [](json::Object metadata) {
    metadata["by"] = "owner";
    metadata["in"] = "acme";
    return metadata;
  };
  ASSERT_EQ(owner.put(kTeam, {{"role", "member"}, {"description", "Testers"}}).status, 201);
  EXPECT_EQ(last_logged(reg, "org_create_team"), entry({{"team", "qa"}}));
  EXPECT_TRUE(logged(reg, "org_set_team_role").empty());
  ASSERT_EQ(owner.put(kTeam, {{"role", "creator"}, {"description", "Testers"}}).status, 200);
  EXPECT_EQ(last_logged(reg, "org_set_team_role"), entry({{"team", "qa"}, {"role", "creator"}}));
  EXPECT_TRUE(logged(reg, "org_set_team_description").empty()) << "it is the same";
  ASSERT_EQ(owner.put(kTeam, {{"role", "creator"}, {"description", ""}}).status, 200);
  EXPECT_EQ(last_logged(reg, "org_set_team_description"), entry({{"team", "qa"}, {"description", ""}}));
  EXPECT_EQ(logged(reg, "org_set_team_role").size(), 1u);
  const std::string guest = std::string(kTeam) + "/members/guest";
  ASSERT_EQ(owner.request("PUT", guest).status, 200);
  EXPECT_EQ(last_logged(reg, "org_add_team_member"), entry({{"member", "guest"}, {"team", "qa"}}));
  ASSERT_EQ(owner.request("PUT", guest).status, 400);
  ASSERT_EQ(owner.del(guest).status, 204);
  EXPECT_EQ(last_logged(reg, "org_remove_team_member"), entry({{"member", "guest"}, {"team", "qa"}}));
  ASSERT_EQ(owner.del(guest).status, 400);
  ASSERT_EQ(owner.del(kTeam).status, 204);
  EXPECT_EQ(last_logged(reg, "org_delete_team"), entry({{"team", "qa"}}));
  ASSERT_EQ(owner.del(kTeam).status, 400);
  EXPECT_EQ(logged(reg, "org_delete_team").size(), 1u);
  EXPECT_EQ(logged(reg, "org_remove_team_member").size(), 1u);
}

}  // namespace
}  // namespace wharf::api
