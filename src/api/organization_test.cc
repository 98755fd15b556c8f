#include "api/organization.h"

#include "api/refusals_testing.h"

namespace wharf::api {
namespace {

using test::TestRegistry;
using testing::expect_only;
using testing::make_acme;

TEST(Organization, IsMadeShownAndDeleted) {
  TestRegistry reg;
  auto owner = reg.as("owner");
  const auto made = owner.post("/api/v1/organization/", {{"name", "acme"}, {"email", "it@acme.example"}});
  ASSERT_EQ(made.status, 201) << made.summary();
  EXPECT_EQ(made.text, "\"Created\"\n");
  const auto mine = owner.get("/api/v1/organization/acme");
  EXPECT_EQ(mine.string("/email"), "it@acme.example");
  EXPECT_TRUE(mine.flag("/is_admin") && mine.flag("/is_member") && mine.flag("/is_free_account"));
  EXPECT_EQ(mine.string("/teams/owners/role"), "admin");
  EXPECT_EQ(mine.at("/ordered_teams"), json::Value{"owners"});
  EXPECT_EQ(mine.at("/invoice_email"), json::Value(false));
  EXPECT_TRUE(mine.at("/invoice_email_address").is_null());

  for (auto who : {"nobody", "stranger"}) {
    const auto theirs = reg.as(who).get("/api/v1/organization/acme");
    EXPECT_EQ(theirs.status, 200) << who;
    EXPECT_EQ(theirs.string("/email"), "") << who;
    EXPECT_EQ(theirs.json().as_object().size(), 5u) << who << ": " << theirs.text;
  }
  EXPECT_EQ(owner.del("/api/v1/organization/acme").status, 204);
  EXPECT_EQ(owner.get("/api/v1/organization/acme").status, 404);
  EXPECT_EQ(owner.post("/api/v1/organization/", {{"name", "acme"}}).status, 400) << "the name is reserved";
}

TEST(Organization, CanHaveNoNameThatIsTakenOrWrong) {
  TestRegistry reg;
  reg.organization("acme");
  auto owner = reg.as("owner");
  const auto status = [&](const json::Value& body) { return owner.post("/api/v1/organization/", body).status; };
  EXPECT_EQ(status({{"name", "acme"}}), 400);
  EXPECT_EQ(status({{"name", "owner"}}), 400);
  EXPECT_EQ(status({{"name", "A"}}), 400);
  EXPECT_EQ(status({{"name", std::string(256, 'a')}}), 400);
  EXPECT_EQ(status({{"name", "fine"}, {"email", "nonsense"}}), 400);
  EXPECT_EQ(status({{"email", "a@example.com"}}), 400);
  EXPECT_EQ(status({{"name", "fine"}, {"email", nullptr}}), 201);
  EXPECT_EQ(status({{"name", "finer"}, {"email", "nonsense"}, {"contact_email", "a@example.com"}}), 201);
}

TEST(Organization, IsRefusedToWhoMayNot) {
  TestRegistry reg;
  make_acme(reg);
  const std::string kName = R"({"name": "other"})";
  expect_refusals(reg, {{"nobody", "POST", "/api/v1/organization/", 401, "invalid_token", kName},
                        {"owner@org:admin", "POST", "/api/v1/organization/", 403, "insufficient_scope", kName},
                        {"owner@user:read", "POST", "/api/v1/organization/", 403, "insufficient_scope", kName},
                        {"owner@org:admin", "POST", "/api/v1/organization/", 400, "invalid_request", "{}"},
                        {"nobody", "POST", "/api/v1/organization/", 401, "invalid_token", "{}"},
                        {"nobody", "GET", "/api/v1/organization/none", 404, "not_found"},
                        {"stranger", "GET", "/api/v1/organization/owner", 404, "not_found"},
                        {"nobody", "DELETE", "/api/v1/organization/none", 401, "invalid_token"},
                        {"stranger", "DELETE", "/api/v1/organization/none", 403, "insufficient_scope"},
                        {"stranger", "DELETE", "/api/v1/organization/stranger", 404, "not_found"}});
  expect_only(reg, {.verb = "DELETE", .path = "/api/v1/organization/acme", .allowed = {"owner", "owner@org:admin"}});
  expect_only(reg,
              {.verb = "GET", .path = "/api/v1/organization/acme/members", .allowed = {"owner", "owner@org:admin"}});
  EXPECT_EQ(reg.as("owner", "org:admin").del("/api/v1/organization/acme").status, 204);
}

TEST(Names, ThatNothingCanHaveAreNotThereWhateverTheirBytes) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  const std::string acme = "/api/v1/organization/acme";
  for (const std::string bad : {"%FF", "%C3%28", "%20", "a%20b", "%F0%9F%90%B3", "-", "..%2e"}) {
    EXPECT_EQ(owner.get("/api/v1/organization/" + bad).status, 404) << bad;
    EXPECT_EQ(owner.del("/api/v1/organization/" + bad).status, 403) << bad;
    EXPECT_EQ(owner.get("/api/v1/users/" + bad).status, 404) << bad;
    EXPECT_EQ(owner.get(acme + "/team/" + bad + "/members").status, 404) << bad;
    EXPECT_EQ(owner.del(acme + "/team/" + bad).status, 400) << bad;
    EXPECT_EQ(owner.put(acme + "/team/" + bad, {{"role", "member"}}).status, 400) << bad;
    EXPECT_EQ(owner.request("PUT", acme + "/team/devs/members/" + bad).status, 400) << bad;
    EXPECT_EQ(owner.get(acme + "/robots/" + bad).status, 404) << bad;
    EXPECT_EQ(owner.request("PUT", acme + "/robots/" + bad).status, 400) << bad;
    EXPECT_EQ(owner.get("/api/v1/user/robots/" + bad).status, 400) << bad;
    const auto permissions = "/api/v1/repository/acme/app/permissions/user/" + bad;
    EXPECT_EQ(owner.get(permissions).status, 400) << bad;
    EXPECT_EQ(owner.get(permissions + "/transitive").status, 404) << bad;
    EXPECT_EQ(owner.put(permissions, {{"role", "read"}}).status, 400) << bad;
    EXPECT_EQ(owner.get("/api/v1/repository/acme/" + bad + "/permissions/user/").status, 404) << bad;
    EXPECT_EQ(owner.get("/api/v1/repository/" + bad + "/app/permissions/user/").status, 403) << bad;
  }
}

TEST(OrganizationMembers, AreListedWithTeamsAndRepositories) {
  TestRegistry reg;
  make_acme(reg);
  reg.give("member", "acme/app", "write");
  const auto list = reg.as("owner").get("/api/v1/organization/acme/members");
  ASSERT_EQ(list.status, 200) << list.summary();
  EXPECT_EQ(list.names("members"), (test::Names{"maker", "member", "owner"}));
  EXPECT_EQ(list.string("/members/1/teams/0/name"), "devs");
  EXPECT_EQ(list.string("/members/1/repositories/0"), "app");
  EXPECT_EQ(list.string("/members/1/kind"), "user");
}

}  // namespace
}  // namespace wharf::api
