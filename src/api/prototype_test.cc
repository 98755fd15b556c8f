#include "api/prototype.h"

#include "api/log_testing.h"
#include "api/refusals_testing.h"

namespace wharf::api {
namespace {

using test::TestRegistry;
using testing::expect_only;
using testing::last_logged;
using testing::make_acme;

const std::string kAll = "/api/v1/organization/acme/prototypes";

json::Object rule(std::string_view role, std::string_view kind, std::string_view delegate,
                  std::string_view activating = "") {
  json::Object body{{"role", role}, {"delegate", {{"kind", kind}, {"name", delegate}}}};
  if (!activating.empty()) body["activating_user"] = json::Object{{"name", activating}};
  return body;
}

/// The roles that the new repository acme/`name` gave by name: "owner=admin reader=read".
std::string roles(TestRegistry& reg, const std::string& name, const char* kind) {
  const auto list = reg.as("owner").get("/api/v1/repository/acme/" + name + "/permissions/" + kind + "/");
  std::string text;
  const auto permissions = list.at("/permissions");
  for (const auto& entry : permissions.as_object()) {
    if (!text.empty()) text += ' ';
    text += std::string(entry.key()) + '=' + std::string(entry.value().at("role").as_string());
  }
  return text;
}

TEST(Prototypes, AreMadeChangedAndDeleted) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  const auto made = owner.post(kAll, rule("read", "user", "reader", "maker"));
  ASSERT_EQ(made.status, 200) << made.summary();
  EXPECT_EQ(made.string("/role"), "read");
  EXPECT_EQ(made.string("/activating_user/name"), "maker");
  EXPECT_TRUE(made.flag("/activating_user/is_org_member"));
  EXPECT_EQ(made.string("/delegate/name"), "reader");
  EXPECT_EQ(made.string("/delegate/kind"), "user");
  EXPECT_FALSE(made.flag("/delegate/is_org_member") || made.flag("/delegate/is_robot"));
  const auto id = made.string("/id");
  EXPECT_EQ(last_logged(reg, "create_prototype_permission"), (json::Object{{"prototypeid", id},
                                                                           {"username", "owner"},
                                                                           {"role", "read"},
                                                                           {"activating_username", "maker"},
                                                                           {"delegate_user", "reader"},
                                                                           {"by", "owner"},
                                                                           {"in", "acme"}}));
  const auto team = owner.post(kAll, rule("write", "team", "devs"));
  ASSERT_EQ(team.status, 200) << team.summary();
  EXPECT_TRUE(team.at("/activating_user").is_null());
  EXPECT_EQ(team.string("/delegate/kind"), "team");
  EXPECT_EQ(team.string("/delegate/avatar/kind"), "team");
  const auto robot = owner.post(kAll, rule("admin", "user", "acme+ci"));
  EXPECT_TRUE(robot.flag("/delegate/is_robot") && robot.flag("/delegate/is_org_member")) << robot.text;
  auto open = rule("read", "user", "writer");
  open["activating_user"] = nullptr;
  EXPECT_EQ(owner.post(kAll, open).status, 200);

  const auto list = owner.get(kAll);
  ASSERT_EQ(list.at("/prototypes").as_array().size(), 4u) << list.text;
  EXPECT_EQ(list.at("/prototypes/0"), made.json());
  EXPECT_EQ(list.at("/prototypes/1"), team.json());
  const auto changed = owner.put(kAll + '/' + id, {{"role", "admin"}});
  EXPECT_EQ(changed.status, 200) << changed.summary();
  EXPECT_EQ(changed.string("/role"), "admin");
  EXPECT_EQ(last_logged(reg, "modify_prototype_permission").at("original_role"), "read");
  EXPECT_EQ(owner.get(kAll).string("/prototypes/0/role"), "admin");
  EXPECT_EQ(owner.del(kAll + '/' + id).status, 204);
  EXPECT_EQ(owner.del(kAll + '/' + id).status, 404);
  EXPECT_EQ(owner.put(kAll + '/' + id, {{"role", "admin"}}).status, 404);
  EXPECT_EQ(last_logged(reg, "delete_prototype_permission").at("prototypeid").as_string(), id);
}

TEST(Prototypes, TakeNoWrongRules) {
  TestRegistry reg;
  make_acme(reg);
  reg.organization("globex");
  reg.robot("globex+bot");
  reg.team("globex", "crew", "member");
  auto owner = reg.as("owner");
  const std::vector<json::Value> wrong = {rule("read", "user", "nobody-here"),
                                          rule("read", "user", "acme"),
                                          rule("read", "user", "globex+bot"),
                                          rule("read", "user", "%FF"),
                                          rule("read", "team", "none"),
                                          rule("read", "team", "crew"),
                                          rule("chief", "user", "reader"),
                                          rule("read", "robot", "acme+ci"),
                                          rule("read", "user", "reader", "none"),
                                          rule("read", "team", "devs", "acme"),
                                          rule("read", "user", "reader", "globex+bot"),
                                          json::Object{{"role", "read"}},
                                          json::Object{{"delegate", {{"kind", "user"}, {"name", "reader"}}}},
                                          json::Object{{"role", "read"}, {"delegate", {{"name", "reader"}}}},
                                          json::Object{{"role", "read"}, {"delegate", "reader"}},
                                          json::Array{}};
  for (const auto& body : wrong) {
    const auto answer = owner.post(kAll, body);
    EXPECT_EQ(answer.status, 400) << json::to_text(body) << ' ' << answer.summary();
  }
  EXPECT_TRUE(owner.get(kAll).at("/prototypes").as_array().empty());
  // A rule of another organization is not there.
  const auto theirs = owner.post("/api/v1/organization/globex/prototypes", rule("read", "team", "crew")).string("/id");
  EXPECT_EQ(owner.put(kAll + '/' + theirs, {{"role", "admin"}}).status, 404);
  EXPECT_EQ(owner.del(kAll + '/' + theirs).status, 404);
}

TEST(Prototypes, AreRefusedToWhoMayNot) {
  TestRegistry reg;
  make_acme(reg);
  const auto id = reg.as("owner").post(kAll, rule("read", "user", "reader")).string("/id");
  const std::vector<std::string> admins = {"owner", "owner@org:admin"};
  expect_only(reg, {.verb = "GET", .path = kAll, .allowed = admins});
  expect_only(reg, {.verb = "POST",
                    .path = kAll,
                    .body = R"({"role": "read", "delegate": {"kind": "team", "name": "devs"}})",
                    .allowed = admins});
  expect_only(reg, {.verb = "PUT", .path = kAll + '/' + id, .body = R"({"role": "read"})", .allowed = admins});
  expect_only(reg, {.verb = "DELETE", .path = kAll + '/' + id, .allowed = admins});
  expect_refusals(reg, {{"owner", "GET", "/api/v1/organization/none/prototypes", 403, "insufficient_scope"},
                        {"owner", "GET", "/api/v1/organization/owner/prototypes", 404, "not_found"},
                        {"stranger", "POST", kAll, 400, "invalid_request", "{}"},
                        {"stranger", "PUT", kAll + "/none", 400, "invalid_request", "{}"},
                        {"nobody", "POST", kAll, 401, "invalid_token", "{}"}});
}

TEST(Prototypes, GiveEveryNewRepositoryItsRoles) {
  TestRegistry reg;
  make_acme(reg);
  reg.user("stranger");
  auto owner = reg.as("owner");
  for (const auto& body :
       {rule("read", "user", "reader"), rule("write", "user", "reader", "maker"), rule("admin", "user", "writer"),
        rule("read", "user", "writer", "maker"), rule("read", "user", "maker"), rule("write", "user", "acme+ci"),
        rule("read", "team", "devs"), rule("admin", "team", "devs", "maker"),
        rule("admin", "user", "manager", "member"), rule("read", "user", "stranger"),
        rule("write", "user", "stranger")}) {
    ASSERT_EQ(owner.post(kAll, body).status, 200);
  }
  const std::string general = "acme+ci=write maker=read owner=admin reader=read stranger=write writer=admin";
  const std::string of_maker = "acme+ci=write maker=admin reader=write stranger=write writer=read";
  // By the API.
  reg.repository("acme/one");
  EXPECT_EQ(roles(reg, "one", "user"), general);
  EXPECT_EQ(roles(reg, "one", "team"), "devs=read");
  // By a token for a push.
  ASSERT_FALSE(reg.registry_token("maker", {"repository:acme/two:push,pull"}).empty());
  EXPECT_EQ(roles(reg, "two", "user"), of_maker);
  EXPECT_EQ(roles(reg, "two", "team"), "devs=admin");
  // By a push.
  reg.push("acme/three", {"v1"});
  EXPECT_EQ(roles(reg, "three", "user"), general);
  EXPECT_TRUE(reg.as("member").get("/api/v1/repository/acme/three").ok());
  EXPECT_TRUE(reg.as("member").get("/api/v1/repository/acme/two").flag("/can_admin"));
  // Not what was there before, and not in other namespaces.
  EXPECT_EQ(roles(reg, "app", "team"), "");
  reg.repository("owner/own");
  EXPECT_EQ(owner.get("/api/v1/repository/owner/own/permissions/user/").at("/permissions").as_object().size(), 1u);
}

TEST(Prototypes, GoWithTeamsRobotsAndOrganizations) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.post(kAll, rule("read", "team", "devs")).status, 200);
  ASSERT_EQ(owner.post(kAll, rule("read", "user", "acme+ci")).status, 200);
  ASSERT_EQ(owner.post(kAll, rule("read", "user", "reader", "acme+ci")).status, 200);
  ASSERT_EQ(owner.post(kAll, rule("read", "user", "writer")).status, 200);
  ASSERT_EQ(owner.del("/api/v1/organization/acme/team/devs").status, 204);
  EXPECT_EQ(owner.get(kAll).at("/prototypes").as_array().size(), 3u);
  ASSERT_EQ(owner.del("/api/v1/organization/acme/robots/ci").status, 204);
  EXPECT_EQ(owner.get(kAll).at("/prototypes").as_array().size(), 1u);
  reg.repository("acme/fresh");
  EXPECT_EQ(roles(reg, "fresh", "user"), "owner=admin writer=read");
  ASSERT_EQ(owner.del("/api/v1/organization/acme").status, 204);
  static const db::Query kCount{"test.prototypes", "SELECT count(*) FROM prototype"};
  EXPECT_EQ(reg.database().read_now([](db::Tx& tx) { return tx.get<std::int64_t>(kCount); }), 0);
}

}  // namespace
}  // namespace wharf::api
