#include "api/team.h"

#include "api/refusals_testing.h"

namespace wharf::api {
namespace {

using test::TestRegistry;
using testing::expect_only;
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

}  // namespace
}  // namespace wharf::api
