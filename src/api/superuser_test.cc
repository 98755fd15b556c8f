#include "api/superuser.h"

#include <thread>

#include "api/refusals_testing.h"
#include "base/clock.h"
#include "base/testing.h"
#include "db/database.h"
#include "service/registry_size.h"

namespace wharf::api {
namespace {

using test::kPassword;
using test::TestRegistry;
using testing::expect_only;

/// The kinds in the log of the whole registry, newest first.
test::Names kinds(TestRegistry& reg) { return reg.as("superuser").get("/api/v1/superuser/logs").names("logs", "kind"); }

bool has(const test::Names& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

void full_access(app::Config& config) { config.features.superusers_full_access = true; }

TEST(InstallUser, IsSeenChangedAndDeletedBySuperusersAlone) {
  TestRegistry reg;
  testing::make_acme(reg);
  reg.user("victim");
  const std::string path = "/api/v1/superuser/users/victim";
  expect_only(reg, {.verb = "GET", .path = path, .allowed = {"superuser"}});
  expect_only(reg, {.verb = "PUT", .path = path, .body = R"({"enabled": false})", .allowed = {"superuser"}});
  expect_only(reg, {.verb = "DELETE", .path = path, .allowed = {"superuser"}});
  auto root = reg.as("superuser");
  const auto seen = root.get(path);
  ASSERT_EQ(seen.status, 200) << seen.summary();
  EXPECT_EQ(seen.string("/kind"), "user");
  EXPECT_EQ(seen.string("/email"), "victim@example.com");
  EXPECT_TRUE(seen.flag("/enabled"));
  EXPECT_FALSE(seen.flag("/super_user"));

  EXPECT_EQ(root.del(path).status, 204);
  EXPECT_EQ(root.get(path).status, 404);
  EXPECT_EQ(root.del(path).status, 404);
  EXPECT_TRUE(has(kinds(reg), "user_delete"));
  for (const auto* name : {"acme", "nobody-here", "acme%2Bci", "%FF", "a%00b"}) {
    const auto other = std::string("/api/v1/superuser/users/") + name;
    EXPECT_EQ(root.get(other).status, 404) << name;
    EXPECT_EQ(root.put(other, {{"enabled", false}}).status, 404) << name;
    EXPECT_EQ(root.del(other).status, 404) << name;
  }
}

TEST(InstallUser, GetsAPasswordAnAddressAndIsDisabled) {
  TestRegistry reg;
  reg.user("victim");
  reg.user("other");
  const std::string path = "/api/v1/superuser/users/victim";
  auto root = reg.as("superuser");
  const auto token = reg.token("victim");
  const auto changed = root.put(path, {{"password", "a-new-password"}, {"email", "new@example.com"}});
  ASSERT_EQ(changed.status, 200) << changed.summary();
  EXPECT_EQ(changed.string("/email"), "new@example.com");
  EXPECT_FALSE(changed.string("/encrypted_password").empty());
  EXPECT_EQ(changed.header("Cache-Control"), "no-store");
  const auto login = [&](std::string_view password) {
    return reg.with(test::basic("victim", password)).get("/v2/auth?account=victim").status;
  };
  EXPECT_EQ(login("a-new-password"), 200);
  EXPECT_EQ(login(kPassword), 401);

  const auto disabled = root.put(path, {{"enabled", false}});
  ASSERT_EQ(disabled.status, 200) << disabled.summary();
  EXPECT_FALSE(disabled.flag("/enabled")) << "as it is now";
  EXPECT_FALSE(disabled.json().as_object().contains("encrypted_password"));
  EXPECT_EQ(reg.with("Bearer " + token).get("/api/v1/user/").status, 401);
  EXPECT_TRUE(root.put(path, {{"enabled", true}}).flag("/enabled"));

  const json::Value wrong[] = {{{"password", "short"}},          {{"password", "has white space"}}, {{"email", "none"}},
                               {{"email", "other@example.com"}}, {{"enabled", "perhaps"}},          {{"superuser", 1}},
                               {{"email", "OTHER@example.com"}}};
  for (const auto& body : wrong) EXPECT_EQ(root.put(path, body).status, 400) << json::to_text(body);
  const auto half = root.put(path, {{"email", "other@example.com"}, {"password", "another-password"}});
  EXPECT_EQ(half.status, 400);
  advance_clock(std::chrono::minutes(10));  // No longer slowed down for the wrong one before.
  EXPECT_EQ(login("another-password"), 401) << "what is refused changes nothing";
  EXPECT_EQ(root.get(path).string("/email"), "new@example.com");
  const auto logged = kinds(reg);
  for (const auto* kind : {"user_change_password", "user_change_email", "user_disable", "user_enable"}) {
    EXPECT_EQ(std::ranges::count(logged, kind), 1) << kind;
  }
}

TEST(InstallUser, BecomesASuperuserInTheDatabaseAndIsThenProtected) {
  TestRegistry reg;
  reg.user("victim");
  auto root = reg.as("superuser");
  const std::string path = "/api/v1/superuser/users/victim";
  EXPECT_TRUE(root.put(path, {{"superuser", true}}).flag("/super_user"));
  auto victim = reg.as("victim");
  EXPECT_EQ(victim.get("/api/v1/superuser/users/").status, 200);
  EXPECT_EQ(root.put(path, {{"enabled", false}}).status, 400);
  EXPECT_EQ(root.put(path, {{"superuser", false}, {"password", "a-new-password"}}).status, 400);
  EXPECT_EQ(root.del(path).status, 400);
  EXPECT_EQ(root.post("/api/v1/superuser/takeownership/victim", json::Object{}).status, 400);
  EXPECT_EQ(victim.put(path, {{"superuser", false}}).status, 400) << "nobody takes it from themselves";
  EXPECT_FALSE(root.put(path, {{"superuser", false}}).flag("/super_user"));
  EXPECT_EQ(victim.get("/api/v1/superuser/users/").status, 403) << "at once";
  EXPECT_EQ(root.del(path).status, 204);
}

TEST(InstallUser, IsASuperuserAsLongAsTheConfigurationSays) {
  const auto configure = [](app::Config& config) {
    config.super_users = {"superuser", "named", "both"};
    config.global_readonly_super_users = {"auditor", "both"};
  };
  TestRegistry reg{{.configure = configure}};
  for (const auto* name : {"named", "auditor", "both"}) reg.user(name);
  auto root = reg.as("superuser");
  EXPECT_EQ(root.put("/api/v1/superuser/users/named", {{"superuser", false}}).status, 400);
  EXPECT_EQ(root.del("/api/v1/superuser/users/named").status, 400);
  EXPECT_EQ(root.put("/api/v1/superuser/users/auditor", {{"superuser", true}}).status, 400);
  EXPECT_EQ(reg.as("both").get("/api/v1/superuser/users/named").status, 200) << "looking on";
  EXPECT_EQ(reg.as("both").put("/api/v1/superuser/users/auditor", {{"enabled", false}}).status, 403)
      << "read-only wins";
  EXPECT_EQ(reg.as("auditor").get("/api/v1/superuser/organizations/").status, 200);
  EXPECT_EQ(reg.as("auditor").post("/api/v1/superuser/registrysize/", json::Object{}).status, 403);
}

TEST(InstallOrganizations, AreListedInPages) {
  TestRegistry reg;
  testing::make_acme(reg);
  reg.organization("beta");
  reg.organization("gamma");
  expect_only(reg, {.verb = "GET", .path = "/api/v1/superuser/organizations/", .allowed = {"superuser"}});
  auto root = reg.as("superuser");
  EXPECT_EQ(root.get("/api/v1/superuser/organizations/").names("organizations"),
            (test::Names{"acme", "beta", "gamma"}));
  const auto first = root.get("/api/v1/superuser/organizations/?limit=2");
  EXPECT_EQ(first.names("organizations"), (test::Names{"acme", "beta"}));
  const auto second = root.get("/api/v1/superuser/organizations/?limit=2&next_page=" + first.string("/next_page"));
  EXPECT_EQ(second.names("organizations"), test::Names{"gamma"});
  EXPECT_TRUE(second.at("/next_page").is_null());
  for (const auto* limit : {"0", "101", "-1", "x"}) {
    EXPECT_EQ(root.get(std::string("/api/v1/superuser/organizations/?limit=") + limit).status, 400) << limit;
  }
}

TEST(InstallOrganizations, AreRenamedWithAllThatRefersToThem) {
  TestRegistry reg;
  testing::make_acme(reg);
  reg.push("acme/app", {"v1"});
  reg.user("taken");
  const std::string path = "/api/v1/superuser/organizations/acme";
  expect_only(reg, {.verb = "PUT", .path = path, .body = R"({"name": "stolen"})", .allowed = {"superuser"}});
  auto root = reg.as("superuser");
  const auto secret = reg.as("owner").get("/api/v1/organization/acme/robots/ci").string("/token");
  auto before = reg.registry("owner", "acme/app");
  ASSERT_EQ(before.get("/v2/acme/app/manifests/v1").status, 200);
  for (const auto* name : {"taken", "Wrong", "", "x", "a/b"}) {
    EXPECT_EQ(root.put(path, {{"name", name}}).status, 400) << name;
  }
  const auto same = root.put(path, json::Object{});
  EXPECT_EQ(same.string("/name"), "acme") << "without a name nothing is changed: " << same.summary();
  EXPECT_FALSE(has(kinds(reg), "org_change_name"));
  EXPECT_EQ(root.put("/api/v1/superuser/organizations/none", {{"name", "other"}}).status, 400);
  EXPECT_EQ(root.put("/api/v1/superuser/organizations/taken", {{"name", "other"}}).status, 400) << "a user";

  const auto renamed = root.put(path, {{"name", "renamed"}});
  ASSERT_EQ(renamed.status, 200) << renamed.summary();
  EXPECT_EQ(renamed.string("/name"), "renamed");
  EXPECT_EQ(reg.as("owner").get("/api/v1/organization/acme").status, 404);
  EXPECT_EQ(reg.as("owner").get("/api/v1/organization/renamed").status, 200);
  EXPECT_EQ(reg.as("reader").get("/api/v1/repository/renamed/app").status, 200);
  EXPECT_EQ(before.get("/v2/acme/app/manifests/v1").status, 404) << "a token of the old name";
  EXPECT_EQ(before.get("/v2/renamed/app/manifests/v1").status, 401) << "is none of the new one";
  EXPECT_EQ(reg.registry("owner", "renamed/app").get("/v2/renamed/app/manifests/v1").status, 200);
  const auto login = [&](const std::string& name) {
    return reg.with(test::basic(name, secret)).get("/v2/auth").status;
  };
  EXPECT_EQ(login("renamed+ci"), 200);
  EXPECT_EQ(login("acme+ci"), 401);
  EXPECT_TRUE(has(kinds(reg), "org_change_name"));
}

TEST(InstallOrganizations, AreDeletedWithoutGrace) {
  TestRegistry reg;
  testing::make_acme(reg);
  const std::string path = "/api/v1/superuser/organizations/acme";
  expect_only(reg, {.verb = "DELETE", .path = path, .allowed = {"superuser"}});
  auto root = reg.as("superuser");
  EXPECT_EQ(root.del("/api/v1/superuser/organizations/owner").status, 404) << "a user";
  EXPECT_EQ(root.del(path).status, 204);
  EXPECT_EQ(root.del(path).status, 404);
  EXPECT_EQ(reg.as("owner").get("/api/v1/organization/acme").status, 404);
  EXPECT_TRUE(has(kinds(reg), "org_delete"));
}

TEST(TakeOwnership, MakesTheCallerAnAdmin) {
  TestRegistry reg;
  testing::make_acme(reg);
  reg.user("victim");
  reg.repository("victim/app");
  reg.organization("beta");
  expect_only(reg,
              {.verb = "POST", .path = "/api/v1/superuser/takeownership/acme", .body = "{}", .allowed = {"superuser"}});
  auto root = reg.as("superuser");
  EXPECT_EQ(root.get("/api/v1/organization/acme/members").status, 403);
  const auto taken = root.post("/api/v1/superuser/takeownership/acme", json::Object{});
  ASSERT_EQ(taken.status, 200) << taken.summary();
  EXPECT_EQ(taken.string("/namespace"), "acme");
  EXPECT_TRUE(has(root.get("/api/v1/organization/acme/members").names("members"), "superuser"));
  EXPECT_EQ(root.post("/api/v1/superuser/takeownership/acme", json::Object{}).status, 200) << "again";

  EXPECT_EQ(root.post("/api/v1/superuser/takeownership/victim", json::Object{}).status, 200);
  EXPECT_EQ(root.get("/api/v1/superuser/users/victim").status, 404) << "an organization now";
  EXPECT_TRUE(root.get("/api/v1/organization/victim").flag("/is_admin"));
  EXPECT_EQ(root.get("/api/v1/repository/victim/app").status, 200);
  EXPECT_EQ(root.post("/api/v1/superuser/takeownership/owner", json::Object{}).status, 400) << "beta's only admin";
  EXPECT_EQ(root.post("/api/v1/superuser/takeownership/nobody-here", json::Object{}).status, 404);
  EXPECT_EQ(root.post("/api/v1/superuser/takeownership/acme%2Bci", json::Object{}).status, 404);
  EXPECT_EQ(std::ranges::count(kinds(reg), "take_ownership"), 3);
}

TEST(Superusers, ReachIntoOrganizationsOnlyWithFullAccess) {
  TestRegistry without;
  testing::make_acme(without);
  EXPECT_EQ(without.as("superuser").get("/api/v1/organization/acme/members").status, 403);
  TestRegistry with{{.configure = full_access}};
  testing::make_acme(with);
  EXPECT_EQ(with.as("superuser").get("/api/v1/organization/acme/members").status, 200);
  EXPECT_EQ(with.as("stranger").get("/api/v1/organization/acme/members").status, 403);
}

TEST(RegistrySize, IsCountedWhenItIsWanted) {
  TestRegistry reg;
  testing::make_acme(reg);
  reg.push("acme/app", {"v1"});
  const std::string path = "/api/v1/superuser/registrysize/";
  expect_only(reg, {.verb = "GET", .path = path, .allowed = {"superuser"}});
  expect_only(reg, {.verb = "POST", .path = path, .body = "{}", .allowed = {"superuser"}});
  auto root = reg.as("superuser");
  EXPECT_TRUE(root.get(path).at("/last_ran").is_null());
  EXPECT_EQ(root.post(path, json::Object{}).status, 201);
  EXPECT_EQ(root.post(path, json::Object{}).status, 202);
  EXPECT_TRUE(root.get(path).flag("/queued"));

  const auto count = [&] { return run_awaitable(reg.services().registry_size.count()); };
  // The server's own job may be at it already.
  for (int i = 0; i < 600 && root.get(path).at("/last_ran").is_null(); ++i) {
    if (!count()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_FALSE(count()) << "nothing is wanted";
  static const db::Query kSum{"test.sum", "SELECT CAST(SUM(size_bytes) AS BIGINT) FROM blob"};
  const auto sum = reg.database().read_now([](db::Tx& tx) { return tx.get<std::int64_t>(kSum); });
  const auto seen = root.get(path);
  EXPECT_GT(sum, 0);
  EXPECT_EQ(seen.number("/size_bytes"), sum);
  EXPECT_GT(seen.number("/last_ran"), 0);
  EXPECT_FALSE(seen.flag("/queued"));
  EXPECT_FALSE(seen.flag("/running"));
  EXPECT_EQ(root.post(path, json::Object{}).status, 201) << "another time";
}

TEST(Superusers, AreToldThatThereAreNoBuilds) {
  TestRegistry reg;
  auto root = reg.as("superuser");
  EXPECT_EQ(root.get("/api/v1/superuser/none/build").status, 404);
  for (const auto* part : {"status", "logs", "logs/archive"}) {
    EXPECT_EQ(root.get(std::string("/api/v1/superuser/none/") + part).status, 400) << part;
    EXPECT_EQ(reg.as("stranger").get(std::string("/api/v1/superuser/none/") + part).status, 403) << part;
  }
}

TEST(SuperuserDocuments, TellOfTheServerButNotItsSecrets) {
  const auto configure = [](app::Config& config) {
    config.features.superuser_configdump = true;
    config.mail_password = "very-secret-mail-password";
    config.unknown_keys = {"NO_SUCH_KEY"};
  };
  TestRegistry reg{{.configure = configure}};
  testing::make_acme(reg);
  expect_only(reg, {.verb = "GET", .path = "/api/v1/superuser/config", .allowed = {"superuser"}});
  expect_only(reg, {.verb = "GET", .path = "/api/v1/superuser/changelog/", .allowed = {"superuser"}});
  auto root = reg.as("superuser");
  EXPECT_NE(root.get("/api/v1/superuser/changelog/").string("/log").find("# Changelog"), std::string::npos);
  const auto dump = root.get("/api/v1/superuser/config");
  ASSERT_EQ(dump.status, 200) << dump.summary();
  EXPECT_EQ(dump.text.find("very-secret"), std::string::npos);
  EXPECT_TRUE(dump.at("/config/FEATURE_SUPER_USERS").is_bool());
  EXPECT_FALSE(dump.at("/schema/FEATURE_SUPER_USERS/description").is_null());
  EXPECT_FALSE(dump.at("/warning/NO_SUCH_KEY").is_null());
  EXPECT_TRUE(dump.at("/env").is_object());
  EXPECT_EQ(reg.as("nobody").get("/api/v1/superuser/registrystatus").string("/status"), "ready");
  TestRegistry plain;
  EXPECT_EQ(plain.as("superuser").get("/api/v1/superuser/config").status, 403) << "unless it is wanted";
  EXPECT_EQ(plain.with("").get("/api/v1/superuser/config").status, 401);
  TestRegistry fresh;
  EXPECT_EQ(fresh.with("").get("/api/v1/superuser/registrystatus").string("/status"), "setup-incomplete");
}

}  // namespace
}  // namespace wharf::api
