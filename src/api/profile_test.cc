#include <future>

#include "api/log_testing.h"
#include "api/refusals_testing.h"
#include "api/user.h"
#include "service/login.h"
#include "store/profile.h"

namespace wharf::api {
namespace {

using test::kPassword;
using test::Names;
using test::TestRegistry;
using testing::expect_only;
using testing::last_logged;
using testing::logged;
using testing::make_acme;

const std::string kUser = "/api/v1/user/";
const std::string kConvert = "/api/v1/user/convert";
const std::string kKey = "/api/v1/user/clientkey";

/// Whether name and password open the registry.
bool can_log_in(TestRegistry& reg, const std::string& name, const std::string& password) {
  const auto answer = reg.with(test::basic(name, password)).get("/v2/auth?service=" + reg.host());
  return answer.status == 200;
}

std::string uuid_of(TestRegistry& reg, std::string_view name) {
  return reg.database().read_now([&](db::Tx& tx) { return store::find_account(tx, name)->uuid; });
}

bool is_there(TestRegistry& reg, std::string_view name) {
  return reg.database().read_now([&](db::Tx& tx) { return store::find_account(tx, name).has_value(); });
}

TEST(ChangeUser, ChangesWhatIsSentAndLogsIt) {
  TestRegistry reg({.configure = [](app::Config& config) { config.features.user_metadata = true; }});
  reg.user("alice");
  auto alice = reg.as("alice");
  const auto changed = alice.put(kUser, {{"email", "New@Example.com"},
                                         {"invoice_email", true},
                                         {"invoice_email_address", "bills@example.com"},
                                         {"tag_expiration_s", 86400},
                                         {"given_name", "Alice"},
                                         {"family_name", "Liddell"},
                                         {"company", ""},
                                         {"location", nullptr},
                                         {"nonsense", 7}});
  ASSERT_EQ(changed.status, 200) << changed.summary();
  const auto seen = alice.get(kUser);
  EXPECT_EQ(seen.json(), changed.json());
  EXPECT_EQ(seen.string("/email"), "new@example.com");
  EXPECT_TRUE(seen.flag("/verified"));
  EXPECT_TRUE(seen.flag("/invoice_email"));
  EXPECT_EQ(seen.string("/invoice_email_address"), "bills@example.com");
  EXPECT_EQ(seen.number("/tag_expiration_s"), 86400);
  EXPECT_EQ(seen.string("/given_name"), "Alice");
  EXPECT_EQ(seen.string("/family_name"), "Liddell");
  EXPECT_TRUE(seen.at("/company").is_null());
  EXPECT_TRUE(seen.at("/location").is_null());
  EXPECT_EQ(last_logged(reg, "user_change_email"), (json::Object{{"email", "New@Example.com"},
                                                                 {"old_email", "alice@example.com"},
                                                                 {"namespace", "alice"},
                                                                 {"by", "alice"},
                                                                 {"in", "alice"}}));
  EXPECT_EQ(logged(reg, "user_change_invoicing").size(), 2u);
  EXPECT_EQ(last_logged(reg, "user_change_tag_expiration").at("tag_expiration"), 86400);
  EXPECT_EQ(last_logged(reg, "user_change_metadata").at("given_name"), "Alice");

  ASSERT_EQ(alice.put(kUser, json::Object{}).status, 200) << "nothing is a change too";
  EXPECT_EQ(alice.get(kUser).json(), changed.json());
  EXPECT_EQ(alice.put(kUser, {{"given_name", nullptr}, {"invoice_email_address", ""}}).status, 200);
  EXPECT_TRUE(alice.get(kUser).at("/given_name").is_null());
  EXPECT_EQ(alice.get(kUser).string("/family_name"), "Liddell");
  EXPECT_TRUE(alice.get(kUser).at("/invoice_email_address").is_null());
}

TEST(ChangeUser, RefusesWhatIsWrongAndThenChangesNothing) {
  TestRegistry reg;
  reg.user("alice");
  reg.user("bob");
  auto alice = reg.as("alice");
  const auto before = alice.get(kUser).json();
  for (const auto& body : std::initializer_list<json::Object>{{{"password", "short"}},
                                                              {{"password", "with a space"}},
                                                              {{"password", nullptr}},
                                                              {{"email", "nonsense"}},
                                                              {{"email", ""}},
                                                              {{"email", "bob@example.com"}},
                                                              {{"email", "BOB@EXAMPLE.COM"}},
                                                              {{"tag_expiration_s", 5}},
                                                              {{"tag_expiration_s", -1}},
                                                              {{"tag_expiration_s", "1d"}},
                                                              {{"invoice_email", "yes"}},
                                                              {{"invoice_email_address", "nonsense"}},
                                                              {{"given_name", std::string(256, 'x')}},
                                                              {{"username", 7}}}) {
    auto whole = body;
    whole.emplace("invoice_email", true);
    const auto refused = alice.put(kUser, whole);
    EXPECT_EQ(refused.status, 400) << json::to_text(body) << refused.summary();
  }
  EXPECT_EQ(alice.get(kUser).json(), before);
  EXPECT_EQ(alice.request("PUT", kUser, "{}", {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_EQ(alice.request("PUT", kUser, "{", {{"Content-Type", "application/json"}}).status, 400);
  EXPECT_EQ(alice.put(kUser, {{"email", "ALICE@example.com"}}).status, 200) << "that is theirs";
  // Names are passed over unless FEATURE_USER_METADATA, another name unless FEATURE_USER_RENAME.
  EXPECT_EQ(alice.put(kUser, {{"given_name", "Alice"}, {"username", "carol"}}).status, 200);
  EXPECT_EQ(alice.get(kUser).json(), before);
}

TEST(ChangeUser, TagExpirationNeedsItsFeature) {
  TestRegistry reg({.configure = [](app::Config& config) { config.features.change_tag_expiration = false; }});
  reg.user("alice");
  auto alice = reg.as("alice");
  const auto before = alice.get(kUser).number("/tag_expiration_s");
  EXPECT_EQ(alice.put(kUser, {{"tag_expiration_s", 86400}}).status, 200);
  EXPECT_EQ(alice.get(kUser).number("/tag_expiration_s"), before);
}

TEST(ChangeUser, ANewPasswordReplacesTheOldOneAndEndsSessions) {
  TestRegistry reg;
  reg.user("alice");
  const auto uuid = uuid_of(reg, "alice");
  ASSERT_TRUE(can_log_in(reg, "alice", std::string(kPassword)));
  ASSERT_EQ(reg.as("alice").put(kUser, {{"password", "another-one-here"}}).status, 200);
  EXPECT_TRUE(can_log_in(reg, "alice", "another-one-here"));
  EXPECT_FALSE(can_log_in(reg, "alice", std::string(kPassword)));
  EXPECT_NE(uuid_of(reg, "alice"), uuid) << "sessions are bound to it";
  EXPECT_EQ(last_logged(reg, "account_change_password"), (json::Object{{"by", "alice"}, {"in", "alice"}}));
  EXPECT_EQ(reg.as("alice").get(kUser).status, 200) << "tokens go on";
}

TEST(ChangeUser, IsForUsersWithUserAdmin) {
  TestRegistry reg;
  make_acme(reg);
  const std::vector<std::string> all = {"stranger", "reader",    "writer", "manager",         "member",
                                        "maker",    "superuser", "owner",  "owner@user:admin"};
  expect_only(reg, {.verb = "PUT", .path = kUser, .body = R"({"password": 7})", .allowed = all});
  expect_only(reg, {.verb = "POST", .path = kKey, .body = "{}", .allowed = all});
  expect_only(reg, {.verb = "POST", .path = kConvert, .body = "{}", .allowed = all});
  expect_only(reg, {.verb = "DELETE", .path = kUser, .allowed = all});
  EXPECT_TRUE(is_there(reg, "owner") && is_there(reg, "member"));
}

TEST(RenameUser, TakesTheRobotsAlong) {
  TestRegistry reg({.configure = [](app::Config& config) {
    config.features.user_rename = true;
    config.super_users = {"root"};
  }});
  make_acme(reg);
  reg.user("alice");
  reg.repository("alice/tool");
  auto alice = reg.as("alice");
  ASSERT_EQ(alice.request("PUT", "/api/v1/user/robots/ci").status, 201);
  ASSERT_EQ(alice.request("PUT", "/api/v1/user/robots/c_i-2").status, 201);
  for (const auto* name : {"owner", "acme", "acme+ci", "X", "a", "with space", "root", "", "caf\u00e9"}) {
    const auto refused = alice.put(kUser, {{"username", name}});
    EXPECT_EQ(refused.status, 400) << name << ": " << refused.summary();
  }
  EXPECT_EQ(alice.put(kUser, {{"username", "alice"}}).status, 200) << "the same name is no change";
  EXPECT_TRUE(logged(reg, "user_change_name").empty());

  const auto renamed = alice.put(kUser, {{"username", "alice.liddell"}});
  ASSERT_EQ(renamed.status, 200) << renamed.summary();
  EXPECT_EQ(renamed.string("/username"), "alice.liddell");
  EXPECT_TRUE(renamed.flag("/is_me"));
  const auto robots = alice.get("/api/v1/user/robots").names("robots");
  EXPECT_EQ(std::set(robots.begin(), robots.end()), (std::set<std::string>{"alice.liddell+c_i-2", "alice.liddell+ci"}));
  const auto token = alice.get("/api/v1/user/robots/ci").string("/token");
  EXPECT_TRUE(can_log_in(reg, "alice.liddell+ci", token));
  EXPECT_FALSE(can_log_in(reg, "alice+ci", token));
  EXPECT_TRUE(can_log_in(reg, "alice.liddell", std::string(kPassword)));
  EXPECT_EQ(alice.get("/api/v1/repository/alice.liddell/tool").status, 200);
  EXPECT_EQ(last_logged(reg, "user_change_name"), (json::Object{{"old_username", "alice"},
                                                                {"new_username", "alice.liddell"},
                                                                {"by", "alice.liddell"},
                                                                {"in", "alice.liddell"}}));
  EXPECT_TRUE(is_there(reg, "acme+ci")) << "nobody else's robots";
}

TEST(RenameUser, OfManyWhoWantOneNameOneGetsIt) {
  TestRegistry reg({.configure = [](app::Config& config) { config.features.user_rename = true; }});
  std::vector<std::future<int>> racers;
  for (const auto* name : {"one", "two", "three"}) {
    racers.push_back(std::async(std::launch::async, [client = std::make_shared<test::Client>(reg.as(name))] {
      return client->put(kUser, {{"username", "wanted"}}).status;
    }));
  }
  racers.push_back(std::async(std::launch::async, [client = std::make_shared<test::Client>(reg.as("four"))] {
    return client->post("/api/v1/organization/", {{"name", "wanted"}}).status;
  }));
  int winners = 0;
  for (auto& racer : racers) {
    const int status = racer.get();
    EXPECT_TRUE(status == 200 || status == 201 || status == 400) << status;
    winners += status < 300;
  }
  EXPECT_EQ(winners, 1);
  EXPECT_TRUE(is_there(reg, "wanted"));
}

TEST(RenameUser, APromptAllowsItOnce) {
  TestRegistry reg;
  reg.user("alice");
  auto prompt = [](db::Tx& tx) {
    store::Profile profile;
    profile.prompts = "confirm_username,enter_name";
    store::set_profile(tx, store::find_account(tx, "alice")->id, profile);
    return true;
  };
  reg.database().write_now(prompt);
  auto alice = reg.as("alice");
  EXPECT_EQ(alice.get(kUser).at("/prompts"), (json::Array{"confirm_username", "enter_name"}));
  const auto renamed = alice.put(kUser, {{"username", "liddell"}});
  ASSERT_EQ(renamed.status, 200) << renamed.summary();
  EXPECT_EQ(renamed.string("/username"), "liddell");
  EXPECT_EQ(renamed.at("/prompts"), json::Array{"enter_name"});
  EXPECT_EQ(alice.put(kUser, {{"username", "again"}}).string("/username"), "liddell");
}

TEST(DeleteUser, TakesAllThatTheyOwnAndKeepsTheName) {
  TestRegistry reg;
  make_acme(reg);
  reg.user("alice");
  reg.push("alice/tool", Names{"v1"}, "alice");
  auto alice = reg.as("alice");
  ASSERT_EQ(alice.request("PUT", "/api/v1/user/robots/ci").status, 201);
  const auto robot = alice.get("/api/v1/user/robots/ci").string("/token");
  reg.give("alice", "acme/app", "write");
  reg.team("acme", "friends", "member", {"alice"});
  ASSERT_EQ(alice.request("DELETE", kUser).status, 204);
  EXPECT_EQ(last_logged(reg, "user_delete").at("username"), "alice");

  EXPECT_EQ(alice.get(kUser).status, 401);
  EXPECT_FALSE(can_log_in(reg, "alice", std::string(kPassword)));
  EXPECT_FALSE(can_log_in(reg, "alice@example.com", std::string(kPassword)));
  EXPECT_FALSE(can_log_in(reg, "alice+ci", robot));
  EXPECT_EQ(reg.as("superuser").get("/api/v1/repository/alice/tool").status, 403);
  EXPECT_EQ(reg.with("").get("/api/v1/users/alice").status, 404);
  auto owner = reg.as("owner");
  EXPECT_EQ(owner.get("/api/v1/organization/acme/team/friends/members").names("members"), Names{});
  EXPECT_EQ(owner.get("/api/v1/repository/acme/app/permissions/user/alice").status, 400);
  EXPECT_EQ(owner.post("/api/v1/organization/", {{"name", "alice"}}).status, 400) << "the name is kept until the purge";
  static const db::Query kLeft{"test.left", R"(
    SELECT (SELECT count(*) FROM oauth_token WHERE account_id = $1) + (SELECT count(*) FROM team_member WHERE account_id = $1)
         + (SELECT count(*) FROM repository_permission WHERE account_id = $1) + (SELECT count(*) FROM star WHERE account_id = $1)
         + (SELECT count(*) FROM account WHERE owner_id = $1)
         + (SELECT count(*) FROM repository WHERE namespace_id = $1 AND deleted_ms IS NULL))"};
  static const db::Query kId{"test.id", "SELECT account_id FROM reserved_name WHERE name = 'alice'"};
  EXPECT_EQ(reg.database().read_now([](db::Tx& tx) { return tx.get<std::int64_t>(kLeft, tx.get<std::int64_t>(kId)); }),
            0);
}

TEST(DeleteUser, TheOnlyAdminOfAnOrganizationStays) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  const auto refused = owner.request("DELETE", kUser);
  EXPECT_EQ(refused.status, 400) << refused.summary();
  EXPECT_NE(refused.string("/message").find("acme"), std::string::npos) << refused.text;
  const auto kept = owner.post(kConvert, {{"adminUser", "stranger"}, {"adminPassword", kPassword}});
  EXPECT_EQ(kept.status, 400) << kept.summary();
  EXPECT_TRUE(is_there(reg, "owner"));
  reg.team("acme", "owners", "admin", {"member"});
  EXPECT_EQ(owner.request("DELETE", kUser).status, 204);
  EXPECT_EQ(reg.as("member").get("/api/v1/organization/acme").flag("/is_admin"), true);
}

TEST(DeleteUser, OfTwoAdminsWhoGoAtOnceOneStays) {
  for (int round = 0; round < 3; ++round) {
    TestRegistry reg;
    reg.organization("acme", "one");
    ASSERT_EQ(reg.as("one").put("/api/v1/organization/acme/team/others", {{"role", "admin"}}).status, 201);
    reg.user("two");
    ASSERT_EQ(reg.as("one").request("PUT", "/api/v1/organization/acme/team/others/members/two").status, 200);
    std::vector<std::future<int>> racers;
    for (const auto* name : {"one", "two"}) {
      racers.push_back(std::async(std::launch::async, [client = std::make_shared<test::Client>(reg.as(name))] {
        return client->request("DELETE", kUser).status;
      }));
    }
    std::multiset<int> statuses;
    for (auto& racer : racers) statuses.insert(racer.get());
    EXPECT_EQ(statuses, (std::multiset<int>{204, 400}));
  }
}

TEST(ConvertUser, MakesAnOrganizationThatAnotherAdministers) {
  TestRegistry reg;
  make_acme(reg);
  reg.user("alice");
  reg.user("boss");
  reg.push("alice/tool", Names{"v1"}, "alice");
  auto alice = reg.as("alice");
  ASSERT_EQ(alice.request("PUT", "/api/v1/user/robots/ci").status, 201);
  const auto robot = alice.get("/api/v1/user/robots/ci").string("/token");
  reg.give("alice", "acme/app", "write");
  reg.give("reader", "alice/tool", "read");
  for (const auto& body :
       std::initializer_list<json::Object>{{{"adminUser", "boss"}, {"adminPassword", "wrong-password"}},
                                           {{"adminUser", "nobody-has-it"}, {"adminPassword", kPassword}},
                                           {{"adminUser", "alice"}, {"adminPassword", kPassword}},
                                           {{"adminUser", "acme"}, {"adminPassword", kPassword}},
                                           {{"adminUser", "alice+ci"}, {"adminPassword", robot}},
                                           {{"adminUser", "$oauthtoken"}, {"adminPassword", reg.token("boss")}}}) {
    const auto refused = alice.post(kConvert, body);
    EXPECT_EQ(refused.status, 400) << refused.summary();
    EXPECT_EQ(refused.string("/reason"), "invaliduser") << refused.text;
    advance_clock(std::chrono::minutes(1));
  }
  EXPECT_EQ(alice.post(kConvert, {{"adminUser", "boss"}}).status, 400);
  EXPECT_EQ(alice.get(kUser).status, 200) << "still a user";

  const auto done = alice.post(kConvert, {{"adminUser", "boss"}, {"adminPassword", kPassword}, {"plan", "free"}});
  ASSERT_EQ(done.status, 200) << done.summary();
  EXPECT_TRUE(done.flag("/success"));
  EXPECT_EQ(last_logged(reg, "account_convert").at("in"), "alice");
  EXPECT_EQ(alice.get(kUser).status, 401) << "what acted for the person acts for nobody";
  EXPECT_FALSE(can_log_in(reg, "alice", std::string(kPassword)));
  auto boss = reg.as("boss");
  const auto seen = boss.get("/api/v1/organization/alice");
  ASSERT_EQ(seen.status, 200) << seen.summary();
  EXPECT_TRUE(seen.flag("/is_admin"));
  EXPECT_EQ(seen.string("/email"), "alice@example.com");
  EXPECT_EQ(boss.get("/api/v1/organization/alice/team/owners/members").names("members"), Names{"boss"});
  EXPECT_TRUE(boss.get("/api/v1/repository/alice/tool").flag("/can_admin"));
  EXPECT_EQ(reg.as("reader").get("/api/v1/repository/alice/tool").status, 200) << "roles stay";
  EXPECT_TRUE(can_log_in(reg, "alice+ci", robot)) << "robots stay";
  EXPECT_EQ(reg.as("owner").get("/api/v1/repository/acme/app/permissions/user/alice").status, 400)
      << "the person's own roles elsewhere go";
  EXPECT_EQ(reg.with("").get("/api/v1/users/alice").status, 404);
}

TEST(ClientKey, IsThePasswordEncrypted) {
  TestRegistry reg;
  reg.user("alice");
  auto alice = reg.as("alice");
  const auto made = alice.post(kKey, {{"password", kPassword}});
  ASSERT_EQ(made.status, 200) << made.summary();
  const auto key = made.string("/key");
  EXPECT_EQ(key.find(kPassword), std::string::npos);
  EXPECT_EQ(made.header("Cache-Control"), "no-store");
  EXPECT_TRUE(can_log_in(reg, "alice", key));
  reg.user("bob");
  EXPECT_FALSE(can_log_in(reg, "bob", key));
  EXPECT_EQ(last_logged(reg, "user_generate_client_key").at("by"), "alice");
  EXPECT_EQ(alice.post(kKey, {{"password", key}}).status, 400) << "not once more";
  const auto wrong = alice.post(kKey, {{"password", "wrong-password"}});
  EXPECT_EQ(wrong.status, 400) << wrong.summary();
  EXPECT_EQ(alice.post(kKey, json::Object{}).status, 400);
  for (int i = 0; i < 8; ++i) alice.post(kKey, {{"password", "wrong-password"}});
  EXPECT_EQ(alice.post(kKey, {{"password", "wrong-password"}}).status, 429) << "as at every other door";
  EXPECT_EQ(logged(reg, "user_generate_client_key").size(), 1u);
}

TEST(LoggedInUser, SeesPublicNamespacesAndThatItMayGoOnWithout) {
  TestRegistry reg({.configure = [](app::Config& config) { config.public_namespaces = {"library", "acme", "none"}; }});
  reg.organization("library", "stranger");
  reg.organization("acme");
  const auto self = reg.as("owner").get(kUser);
  EXPECT_EQ(self.names("organizations"), (Names{"acme", "library"})) << self.text;
  EXPECT_TRUE(self.flag("/organizations/0/public"));
  EXPECT_TRUE(self.flag("/organizations/0/is_org_admin"));
  EXPECT_TRUE(self.flag("/organizations/1/public"));
  EXPECT_FALSE(self.flag("/organizations/1/is_admin"));
  EXPECT_FALSE(self.flag("/organizations/1/can_create_repo"));
  const auto narrow = reg.as("owner", "user:read").get(kUser).at("/organizations/0").as_object();
  EXPECT_FALSE(narrow.contains("is_org_admin") || narrow.contains("preferred_namespace"));
  for (const auto& refused : {reg.with("").get(kUser), reg.as("owner", "repo:read").get(kUser)}) {
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.string("/error_type"), "invalid_token");
    EXPECT_EQ(refused.at("/session_required"), json::Value(false)) << refused.text;
  }
}

}  // namespace
}  // namespace wharf::api
