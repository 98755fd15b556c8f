#include "api/organization.h"

#include "api/log_testing.h"
#include "api/refusals_testing.h"

namespace wharf::api {
namespace {

using test::TestRegistry;
using testing::expect_only;
using testing::last_logged;
using testing::logged;
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
                        {"owner@org:admin", "POST", "/api/v1/organization/", 403, "insufficient_scope", "{}"},
                        {"owner@user:admin", "POST", "/api/v1/organization/", 400, "invalid_request", "{}"},
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

TEST(OrganizationMembers, AreShownOneByOne) {
  TestRegistry reg;
  make_acme(reg);
  reg.give("member", "acme/app", "write");
  reg.organization("globex");
  reg.robot("globex+bot");
  auto owner = reg.as("owner");
  const std::string members = "/api/v1/organization/acme/members/";
  const auto member = owner.get(members + "member");
  ASSERT_EQ(member.status, 200) << member.summary();
  EXPECT_EQ(member.string("/kind"), "user");
  EXPECT_EQ(member.names("teams"), test::Names{"devs"});
  EXPECT_EQ(member.string("/repositories/0"), "app");
  const auto robot = owner.get(members + "acme+ci");
  EXPECT_EQ(robot.string("/kind"), "robot") << "one of its own, in no team";
  EXPECT_TRUE(robot.at("/teams").as_array().empty());
  EXPECT_EQ(robot.string("/repositories/0"), "app");
  for (const auto* name : {"reader", "nobody-here", "acme", "globex+bot", "acme+none", "%FF"}) {
    EXPECT_EQ(owner.get(members + name).status, 404) << name;
  }
  expect_only(reg, {.verb = "GET", .path = members + "member", .allowed = {"owner", "owner@org:admin"}});
  expect_refusals(reg, {{"stranger", "GET", members + "none", 403, "insufficient_scope"},
                        {"owner", "GET", "/api/v1/organization/owner/members/owner", 404, "not_found"}});
}

TEST(OrganizationMembers, AreTakenOutOfEverything) {
  TestRegistry reg;
  make_acme(reg);
  reg.team("acme", "qa", "member", {"member"});
  reg.repository("acme/tool");
  reg.organization("globex");
  reg.team("globex", "crew", "member", {"member"});
  reg.give("member", "acme/app", "write");
  reg.give("member", "acme/tool", "read");
  auto owner = reg.as("owner");
  const std::string members = "/api/v1/organization/acme/members/";
  expect_only(reg, {.verb = "DELETE", .path = members + "member", .allowed = {"owner", "owner@org:admin"}});
  ASSERT_EQ(reg.as("member").get("/api/v1/repository/acme/app").status, 200);
  EXPECT_EQ(owner.del(members + "member").status, 204);
  EXPECT_EQ(owner.get(members + "member").status, 404);
  EXPECT_EQ(owner.get("/api/v1/organization/acme/collaborators").names("collaborators"),
            (test::Names{"manager", "reader", "writer"}));
  EXPECT_EQ(reg.as("member").get("/api/v1/repository/acme/app").status, 403);
  EXPECT_EQ(reg.as("member").get("/api/v1/organization/globex/team/crew/members").status, 200);
  EXPECT_EQ(logged(reg, "org_remove_team_member").size(), 2u);
  EXPECT_EQ(logged(reg, "delete_repo_permission").size(), 2u);

  EXPECT_EQ(owner.del(members + "reader").status, 204) << "no member, but with a role";
  EXPECT_EQ(reg.as("reader").get("/api/v1/repository/acme/app").status, 403);
  EXPECT_EQ(owner.del(members + "stranger").status, 204) << "who has nothing has nothing afterwards";
  for (const auto* name : {"nobody-here", "acme+ci", "globex", "%FF"}) {
    EXPECT_EQ(owner.del(members + name).status, 404) << name;
  }
  EXPECT_EQ(owner.del(members + "owner").status, 400) << "the only admin";
  reg.team("acme", "chiefs", "admin", {"maker", "acme+ci"});
  EXPECT_EQ(owner.del(members + "owner").status, 204);
  EXPECT_EQ(reg.as("maker").del(members + "maker").status, 400) << "a robot is no admin who stays";
}

TEST(OrganizationCollaborators, AreInNoTeam) {
  TestRegistry reg;
  make_acme(reg);
  reg.repository("acme/tool");
  reg.give("reader", "acme/tool", "write");
  reg.give("member", "acme/tool", "write");
  const std::string path = "/api/v1/organization/acme/collaborators";
  const auto list = reg.as("owner").get(path);
  ASSERT_EQ(list.status, 200) << list.summary();
  EXPECT_EQ(list.names("collaborators"), (test::Names{"manager", "reader", "writer"}));
  EXPECT_EQ(list.at("/collaborators/1/repositories"), (json::Value{"app", "tool"}));
  EXPECT_EQ(list.string("/collaborators/1/kind"), "user");
  expect_only(reg, {.verb = "GET", .path = path, .allowed = {"owner", "owner@org:admin"}});
}

TEST(OrganizationDetails, AreChangedOneByOne) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  const std::string acme = "/api/v1/organization/acme";
  const auto changed = owner.put(acme, {{"email", "new@acme.example"}, {"invoice_email", true}});
  ASSERT_EQ(changed.status, 200) << changed.summary();
  EXPECT_EQ(changed.string("/email"), "new@acme.example");
  EXPECT_TRUE(changed.flag("/invoice_email"));
  EXPECT_EQ(changed.string("/teams/owners/role"), "admin");
  EXPECT_EQ(changed.json(), owner.get(acme).json());
  EXPECT_EQ(last_logged(reg, "org_change_email"), (json::Object{{"email", "new@acme.example"},
                                                                {"namespace", "acme"},
                                                                {"old_email", "acme@example.org"},
                                                                {"by", "owner"},
                                                                {"in", "acme"}}));
  EXPECT_EQ(last_logged(reg, "org_change_invoicing"),
            (json::Object{{"invoice_email", true}, {"namespace", "acme"}, {"by", "owner"}, {"in", "acme"}}));

  EXPECT_EQ(owner.put(acme, {{"invoice_email_address", "pay@acme.example"}}).string("/invoice_email_address"),
            "pay@acme.example");
  EXPECT_TRUE(owner.put(acme, {{"invoice_email_address", nullptr}}).at("/invoice_email_address").is_null());
  EXPECT_EQ(owner.put(acme, {{"tag_expiration_s", 86400}}).number("/tag_expiration_s"), 86400);
  EXPECT_EQ(last_logged(reg, "org_change_tag_expiration").at("tag_expiration"), 86400);
  EXPECT_EQ(owner.put(acme, {{"email", "a@acme.example"}, {"contact_email", "b@acme.example"}}).string("/email"),
            "b@acme.example");
  EXPECT_EQ(owner.put(acme, {{"contact_email", nullptr}}).string("/email"), "");
  EXPECT_EQ(owner.put(acme, {{"contact_email", ""}}).string("/email"), "");
  const auto last = owner.put(acme, json::Object{});
  EXPECT_TRUE(last.flag("/invoice_email"));
  EXPECT_EQ(last.number("/tag_expiration_s"), 86400);
  EXPECT_EQ(logged(reg, "org_change_email").size(), 3u) << "what stays as it is is not logged";
}

TEST(OrganizationDetails, AreNotChangedToWhatIsWrong) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  const std::string acme = "/api/v1/organization/acme";
  const auto before = owner.get(acme).text;
  for (const auto& body : std::initializer_list<json::Value>{{{"email", "nonsense"}},
                                                             {{"email", "reader@example.com"}},
                                                             {{"email", "READER@example.com"}},
                                                             {{"contact_email", 7}},
                                                             {{"tag_expiration_s", 77}},
                                                             {{"tag_expiration_s", -1}},
                                                             {{"tag_expiration_s", "1d"}},
                                                             {{"invoice_email", "yes"}},
                                                             {{"invoice_email", true}, {"tag_expiration_s", 77}}}) {
    const auto answer = owner.put(acme, body);
    EXPECT_EQ(answer.status, 400) << json::to_text(body) << ' ' << answer.summary();
  }
  EXPECT_EQ(owner.get(acme).text, before);
  EXPECT_TRUE(logged(reg, "org_change_invoicing").empty());
  expect_only(reg, {.verb = "PUT", .path = acme, .body = "{}", .allowed = {"owner", "owner@org:admin"}});
  expect_refusals(reg, {{"stranger", "PUT", acme, 400, "invalid_request", R"({"email": 7})"},
                        {"stranger", "PUT", "/api/v1/organization/none", 403, "insufficient_scope", "{}"},
                        {"owner", "PUT", "/api/v1/organization/owner", 404, "not_found", "{}"}});
}

TEST(OrganizationDetails, FollowTheConfiguration) {
  TestRegistry reg({.configure = [](app::Config& config) {
    config.features.change_tag_expiration = false;
    config.features.org_shared_email = true;
    config.features.superusers_org_creation_only = true;
    config.super_users = {"superuser"};
  }});
  reg.organization("acme", "superuser");
  auto superuser = reg.as("superuser");
  reg.user("reader");
  const auto changed =
      superuser.put("/api/v1/organization/acme", {{"tag_expiration_s", 77}, {"email", "reader@example.com"}});
  EXPECT_EQ(changed.status, 200) << changed.summary();
  EXPECT_EQ(changed.number("/tag_expiration_s"), 1209600) << "nobody may change it";
  EXPECT_EQ(changed.string("/email"), "reader@example.com") << "organizations may share an address with a user";
  const std::string path = "/api/v1/organization/";
  EXPECT_EQ(reg.as("reader").post(path, {{"name", "mine"}}).status, 403);
  EXPECT_EQ(reg.as("superuser", "user:admin").post(path, {{"name", "mine"}}).status, 403);
  EXPECT_EQ(reg.as("superuser", "user:admin super:user").post(path, {{"name", "mine"}}).status, 201);
}

TEST(Organization, IsLoggedWhenItComesAndGoes) {
  TestRegistry reg;
  auto owner = reg.as("owner");
  reg.user("reader");
  const std::string path = "/api/v1/organization/";
  EXPECT_EQ(owner.post(path, {{"name", "acme"}, {"email", "reader@example.com"}}).status, 400)
      << "the address is a user's";
  ASSERT_EQ(owner.post(path, {{"name", "acme"}, {"contact_email", "it@acme.example"}}).status, 201);
  EXPECT_EQ(last_logged(reg, "org_create"),
            (json::Object{{"email", "it@acme.example"}, {"namespace", "acme"}, {"by", "owner"}, {"in", "acme"}}));
  ASSERT_EQ(owner.post(path, {{"name", "globex"}}).status, 201) << "none is needed";
  EXPECT_EQ(owner.get(path + "globex").string("/email"), "");
  EXPECT_EQ(logged(reg, "org_create").size(), 2u) << "what was refused left nothing";
  ASSERT_EQ(owner.del(path + "acme").status, 204);
  EXPECT_EQ(last_logged(reg, "org_delete").at("namespace"), "acme");
}

TEST(Organization, IsShownByAFewStatementsHoweverManyTeamsItHas) {
  TestRegistry reg;
  reg.organization("acme");
  reg.database().write_now([](db::Tx& tx) {
    static const db::Query kAcme{"test.acme", "SELECT id FROM account WHERE name = 'acme'"};
    static const db::Query kTeam{"test.team", R"(
      INSERT INTO team (organization_id, name, role, created_ms) VALUES ($1, $2, 1, 0) RETURNING id)"};
    static const db::Query kUser{"test.user", R"(
      INSERT INTO account (uuid, kind, name, created_ms) VALUES ($1, 'user', $1, 0) RETURNING id)"};
    static const db::Query kMember{"test.member", "INSERT INTO team_member (team_id, account_id) VALUES ($1, $2)"};
    const auto acme = tx.get<std::int64_t>(kAcme);
    for (int i = 0; i < 200; ++i) {
      const auto team = tx.get<std::int64_t>(kTeam, acme, "t" + std::to_string(1000 + i));
      for (int j = 0; j < i % 4; ++j) {
        const auto name = "u" + std::to_string(i) + 'x' + std::to_string(j);
        tx.run(kMember, team, tx.get<std::int64_t>(kUser, name));
      }
    }
    return true;
  });
  auto owner = reg.as("owner");
  owner.get("/api/v1/user/");
  const auto before = reg.database().counters().statements;
  const auto view = owner.get("/api/v1/organization/acme");
  const auto statements = reg.database().counters().statements - before;
  EXPECT_EQ(view.at("/ordered_teams").as_array().size(), 201u);
  EXPECT_EQ(view.number("/teams/t1003/member_count"), 3);
  EXPECT_EQ(view.number("/teams/t1004/member_count"), 0);
  EXPECT_EQ(view.number("/teams/owners/member_count"), 1);
  EXPECT_LE(statements, 12u);
}

}  // namespace
}  // namespace wharf::api
