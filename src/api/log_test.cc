#include "api/log.h"

#include <sstream>

#include "api/refusals_testing.h"
#include "base/clock.h"
#include "base/testing.h"
#include "service/audit.h"
#include "service/audit_log.h"
#include "service/pull_count.h"
#include "store/log.h"

namespace wharf::api {
namespace {

using test::Answer;
using test::Names;
using test::TestRegistry;
using testing::expect_only;
using testing::make_acme;

constexpr const char* kAcme = "/api/v1/organization/acme/logs";
constexpr const char* kApp = "/api/v1/repository/acme/app/logs";
constexpr Millis kDay = 86'400'000;

std::int64_t id_of(TestRegistry& reg, std::string_view name) {
  auto find = [&](db::Tx& tx) {
    static const db::Query kFind{"test.account", "SELECT id FROM account WHERE name = $1"};
    return tx.get<std::int64_t>(kFind, name);
  };
  return reg.database().read_now(find);
}

/// Forgets what was logged so far.
void clear(TestRegistry& reg) {
  auto remove = [](db::Tx& tx) {
    static const db::Query kClear{"test.clear", "DELETE FROM log_entry"};
    return tx.run(kClear);
  };
  reg.database().write_now(remove);
}

void add(TestRegistry& reg, store::NewLogEntry entry) {
  auto write = [&](db::Tx& tx) {
    store::add_log_entry(tx, entry);
    return true;
  };
  reg.database().write_now(write);
}

/// The first entry of this kind in the log at `path`; null when there is none.
json::Value entry_of(TestRegistry& reg, const std::string& path, std::string_view kind,
                     std::string_view who = "superuser") {
  const auto answer = reg.as(who).get(path);
  EXPECT_EQ(answer.status, 200) << answer.summary();
  const auto logs = answer.at("/logs");
  for (const auto& entry : logs.as_array()) {
    if (entry.at("kind") == json::Value(kind)) return entry;
  }
  return nullptr;
}

/// A change, and what the log tells of it.
struct Told {
  std::string_view who;
  std::string_view verb;
  std::string path;  ///< After /api/v1.
  std::string_view body;
  std::string_view kind;
  std::string_view keys;             ///< Of the metadata, with spaces between them.
  std::string_view ns = "acme";      ///< The entry's; "": none.
  std::string_view repository = "";  ///< "": the entry is not in a repository's log.
};

void expect_told(TestRegistry& reg, const Told& told) {
  SCOPED_TRACE(std::string(told.verb) + ' ' + told.path);
  clear(reg);
  const test::Headers headers =
      told.body.empty() ? test::Headers{} : test::Headers{{"Content-Type", "application/json"}};
  const auto answer = reg.as(told.who).request(told.verb, "/api/v1" + told.path, told.body, headers);
  ASSERT_TRUE(answer.ok()) << answer.summary();
  const auto entry = entry_of(reg, "/api/v1/superuser/logs", told.kind);
  ASSERT_TRUE(entry.is_object()) << told.kind;
  const auto& metadata = entry.at("metadata").as_object();
  std::istringstream keys{std::string(told.keys)};
  for (std::string key; keys >> key;) EXPECT_TRUE(metadata.contains(key)) << key << " in " << json::to_text(metadata);
  EXPECT_TRUE(metadata.contains("oauth_token_id"));
  EXPECT_EQ(entry.at("ip"), "127.0.0.1");
  if (entry.as_object().contains("performer")) {
    EXPECT_EQ(entry.at("performer").at("name"), json::Value(told.who));
    EXPECT_EQ(entry.at("performer").at("avatar").at("name"), json::Value(told.who));
  } else {
    EXPECT_EQ(told.kind, "user_delete");
  }
  if (!told.ns.empty() && entry.as_object().contains("namespace")) {
    EXPECT_EQ(entry.at("namespace").at("name"), json::Value(told.ns));
  }
  if (!told.repository.empty()) {
    const auto path = "/api/v1/repository/" + std::string(told.repository) + "/logs";
    EXPECT_TRUE(entry_of(reg, path, told.kind, "owner").is_object()) << path;
  }
  // One change, one entry of its kind.
  const auto all = reg.as("superuser").get("/api/v1/superuser/logs").names("logs", "kind");
  EXPECT_EQ(std::ranges::count(all, told.kind), 1);
}

TEST(Log, TellsOfEveryChange) {
  TestRegistry reg;
  make_acme(reg);
  const auto digest = reg.push("acme/app", {"v1", "v2"})[0];
  reg.repository("acme/other");
  const auto move = R"({"manifest_digest": ")" + digest + "\"}";
  const auto soon = R"({"expiration": )" + std::to_string(now_ms() / 1000 + 86'400) + "}";
  const Told rows[] = {
      {"owner", "POST", "/repository", R"({"namespace": "acme", "repository": "new", "visibility": "private"})",
       "create_repo", "repo namespace", "acme", "acme/new"},
      {"owner", "PUT", "/repository/acme/app", R"({"description": "What it is"})", "set_repo_description",
       "repo namespace description", "acme", "acme/app"},
      {"owner", "POST", "/repository/acme/app/changevisibility", R"({"visibility": "public"})",
       "change_repo_visibility", "repo namespace visibility", "acme", "acme/app"},
      {"owner", "DELETE", "/repository/acme/other", "", "delete_repo", "repo namespace"},
      {"writer", "PUT", "/repository/acme/app/tag/v9", move, "create_tag",
       "username repo namespace tag manifest_digest", "acme", "acme/app"},
      {"writer", "PUT", "/repository/acme/app/tag/v2", move, "move_tag",
       "username repo namespace tag manifest_digest original_manifest_digest", "acme", "acme/app"},
      {"writer", "PUT", "/repository/acme/app/tag/v2", soon, "change_tag_expiration",
       "username repo namespace tag expiration_date old_expiration_date", "acme", "acme/app"},
      {"writer", "DELETE", "/repository/acme/app/tag/v2", "", "delete_tag", "username repo namespace tag", "acme",
       "acme/app"},
      {"owner", "PUT", "/repository/acme/app/permissions/user/reader", R"({"role": "write"})", "change_repo_permission",
       "username repo namespace role", "acme", "acme/app"},
      {"owner", "PUT", "/repository/acme/app/permissions/team/devs", R"({"role": "write"})", "change_repo_permission",
       "team repo role", "acme", "acme/app"},
      {"owner", "DELETE", "/repository/acme/app/permissions/user/reader", "", "delete_repo_permission",
       "username repo namespace", "acme", "acme/app"},
      {"owner", "DELETE", "/repository/acme/app/permissions/team/devs", "", "delete_repo_permission", "team repo",
       "acme", "acme/app"},
      {"owner", "POST", "/organization/", R"({"name": "globex", "email": "o@globex.example"})", "org_create",
       "email namespace", "globex"},
      {"owner", "PUT", "/organization/acme", R"({"email": "new@acme.example"})", "org_change_email",
       "email namespace old_email"},
      {"owner", "PUT", "/organization/acme", R"({"invoice_email": true})", "org_change_invoicing",
       "invoice_email namespace"},
      {"owner", "PUT", "/organization/acme", R"({"tag_expiration_s": 86400})", "org_change_tag_expiration",
       "tag_expiration namespace"},
      {"owner", "DELETE", "/organization/globex", "", "org_delete", "namespace"},
      {"owner", "PUT", "/organization/acme/team/ops", R"({"role": "member"})", "org_create_team", "team"},
      {"owner", "PUT", "/organization/acme/team/ops", R"({"role": "creator"})", "org_set_team_role", "team role"},
      {"owner", "PUT", "/organization/acme/team/ops", R"({"role": "creator", "description": "On call"})",
       "org_set_team_description", "team description"},
      {"owner", "PUT", "/organization/acme/team/ops/members/acme+ci", "", "org_add_team_member", "member team"},
      {"owner", "DELETE", "/organization/acme/team/ops/members/acme+ci", "", "org_remove_team_member", "member team"},
      {"owner", "DELETE", "/organization/acme/team/ops", "", "org_delete_team", "team"},
      {"owner", "POST", "/organization/acme/prototypes",
       R"({"role": "read", "delegate": {"kind": "user", "name": "reader"}})", "create_prototype_permission",
       "prototypeid role delegate_user"},
      {"owner", "PUT", "/organization/acme/robots/deploy", R"({"description": "Deploys"})", "create_robot",
       "robot description unstructured_metadata"},
      {"owner", "POST", "/organization/acme/robots/deploy/regenerate", "", "regenerate_robot_token", "robot"},
      {"owner", "POST", "/organization/acme/robots/deploy/federation",
       R"([{"issuer": "https://idp.example", "subject": "ci"}])", "create_robot_federation", "config robot"},
      {"owner", "DELETE", "/organization/acme/robots/deploy/federation", "", "delete_robot_federation", "robot"},
      {"owner", "DELETE", "/organization/acme/robots/deploy", "", "delete_robot", "robot"},
  };
  for (const auto& told : rows) expect_told(reg, told);
}

TEST(Log, TellsOfInvitations) {
  TestRegistry reg({.configure = [](app::Config& config) { config.mailing_demanded = true; }});
  reg.organization("acme");
  reg.team("acme", "ops", "member");
  reg.user("stranger");
  const Told rows[] = {
      {"owner", "PUT", "/organization/acme/team/ops/members/stranger", "", "org_invite_team_member",
       "user member team"},
      {"owner", "DELETE", "/organization/acme/team/ops/members/stranger", "", "org_delete_team_member_invite",
       "member team"},
  };
  for (const auto& told : rows) expect_told(reg, told);
}

TEST(Log, TellsOfApplicationsAndTokens) {
  TestRegistry reg;
  reg.organization("acme");
  expect_told(reg, {"owner", "POST", "/organization/acme/applications", R"({"name": "ci"})", "create_application",
                    "application_name client_id"});
  auto owner = reg.as("owner");
  const auto client = owner.get("/api/v1/organization/acme/applications").string("/applications/0/client_id");
  const auto application = "/organization/acme/applications/" + client;
  expect_told(reg, {"owner", "PUT", application, R"({"name": "ci", "redirect_uri": "", "application_uri": ""})",
                    "update_application", "application_name client_id"});
  expect_told(reg, {"owner", "POST", application + "/resetclientsecret", "", "reset_application_client_secret",
                    "application_name client_id"});
  expect_told(reg, {"owner", "POST", application + "/tokens", R"({"name": "bot", "scope": "repo:read"})",
                    "create_oauth_api_token", "oauth_token_uuid scope application_name client_id"});
  const auto token = owner.get("/api/v1" + application + "/tokens").string("/tokens/0/uuid");
  expect_told(reg, {"owner", "DELETE", application + "/tokens/" + token, "", "revoke_oauth_api_token",
                    "oauth_token_uuid application_name client_id"});
  expect_told(reg, {"owner", "DELETE", application, "", "delete_application", "application_name client_id"});

  expect_told(reg, {"owner", "POST", "/user/apptoken", R"({"title": "laptop"})", "create_app_specific_token",
                    "app_specific_token_title", "owner"});
  const auto app_token = owner.get("/api/v1/user/apptoken").string("/tokens/0/uuid");
  expect_told(reg, {"owner", "DELETE", "/user/apptoken/" + app_token, "", "revoke_app_specific_token",
                    "app_specific_token_title", "owner"});
}

TEST(Log, TellsOfUsers) {
  TestRegistry reg({.configure = [](app::Config& config) { config.features.user_metadata = true; }});
  const Told rows[] = {
      {"alice", "PUT", "/user/", R"({"tag_expiration_s": 86400})", "user_change_tag_expiration",
       "tag_expiration namespace", "alice"},
      {"alice", "PUT", "/user/", R"({"invoice_email": true})", "user_change_invoicing", "invoice_email namespace",
       "alice"},
      {"alice", "PUT", "/user/", R"({"company": "Acme"})", "user_change_metadata", "company", "alice"},
      {"alice", "PUT", "/user/", R"({"email": "new@alice.example"})", "user_change_email", "email old_email namespace",
       "alice"},
      {"alice", "PUT", "/user/", R"({"password": "another-horse-battery"})", "account_change_password", "", "alice"},
      {"alice", "PUT", "/user/robots/ci", R"({"description": "Builds"})", "create_robot", "robot description", "alice"},
  };
  reg.user("alice");
  for (const auto& told : rows) expect_told(reg, told);
}

TEST(Log, SaysMoreOfTheRequestWhereThatIsWanted) {
  for (const bool wanted : {false, true}) {
    TestRegistry reg(
        {.configure = [wanted](app::Config& config) { config.features.extended_action_logging = wanted; }});
    reg.repository("acme/app");
    auto owner = reg.as("owner");
    const auto answer = owner.request(
        "PUT", std::string("/api/v1/repository/acme/app?x=1&access_Token=abc&y"), R"({"description": "new"})",
        {{"Content-Type", "application/json"}, {"User-Agent", "curl\xff/8"}, {"X-Forwarded-For", "192.0.2.7"}});
    ASSERT_EQ(answer.status, 200) << answer.summary();
    auto entry = entry_of(reg, kApp, "set_repo_description", "owner");
    const auto& metadata = entry.at("metadata").as_object();
    ASSERT_EQ(metadata.contains("request_url"), wanted);
    reg.push("acme/app", {"v1"});
    const auto pushed = entry_of(reg, kApp, "push_repo", "owner");
    EXPECT_EQ(pushed.at("metadata").as_object().contains("request_url"), wanted);
    if (!wanted) continue;
    EXPECT_EQ(metadata.at("request_url"), "/api/v1/repository/acme/app?x=1&access_Token=***&y");
    EXPECT_EQ(metadata.at("http_method"), "PUT");
    EXPECT_EQ(metadata.at("auth_type"), "oauth");
    EXPECT_EQ(metadata.at("performer_kind"), "user");
    EXPECT_EQ(metadata.at("user_agent"), "curl\xef\xbf\xbd/8");
    EXPECT_EQ(metadata.at("request_id"), json::Value(answer.header("X-Request-Id")));
    EXPECT_EQ(metadata.at("x_forwarded_for"), "192.0.2.7");
    EXPECT_EQ(pushed.at("metadata").at("auth_type"), "oauth") << "the password of $oauthtoken";
  }
}

TEST(Log, TellsNothingOfWhatFailed) {
  TestRegistry reg;
  make_acme(reg);
  clear(reg);
  reg.as("stranger").del("/api/v1/repository/acme/app");
  reg.as("reader").put("/api/v1/repository/acme/app", {{"description", "x"}});
  reg.as("owner").del("/api/v1/repository/acme/none");
  reg.as("owner").put("/api/v1/repository/acme/app/tag/v1", {{"manifest_digest", "sha256:" + std::string(64, '0')}});
  EXPECT_TRUE(reg.as("owner").get(kAcme).at("/logs").as_array().empty());
}

TEST(Log, SaysNothingOfASilentNamespace) {
  TestRegistry reg({.configure = [](app::Config& config) { config.no_audit_namespaces = {"acme"}; }});
  reg.push("acme/app", {"v1"});
  reg.push("globex/app", {"v1"});
  EXPECT_TRUE(reg.as("owner").get(kAcme).at("/logs").as_array().empty());
  EXPECT_FALSE(reg.as("owner").get("/api/v1/organization/globex/logs").at("/logs").as_array().empty());
  service::set_audit_rules({});
}

TEST(Log, HasPushesWithTheClient) {
  TestRegistry reg;
  make_acme(reg);
  clear(reg);
  auto robot = reg.registry("acme+ci", "acme/app");
  const auto image = test::Image::make("one");
  reg.push("acme/app", image, "v1", "acme+ci");
  const auto entry = entry_of(reg, kApp, "push_repo", "owner");
  ASSERT_TRUE(entry.is_object());
  const auto& metadata = entry.at("metadata").as_object();
  EXPECT_EQ(metadata.at("repo"), "app");
  EXPECT_EQ(metadata.at("namespace"), "acme");
  EXPECT_EQ(metadata.at("tag"), "v1");
  EXPECT_EQ(metadata.at("username"), "acme+ci");
  EXPECT_EQ(metadata.at("is_robot"), true);
  EXPECT_EQ(metadata.at("mediaType"), "application/vnd.oci.image.manifest.v1+json");
  EXPECT_TRUE(metadata.contains("user-agent"));
  EXPECT_FALSE(metadata.contains("manifest_digest"));
  EXPECT_EQ(entry.at("performer").at("is_robot"), true);
  EXPECT_EQ(entry.at("performer").at("avatar").at("kind"), "robot");
  EXPECT_EQ(entry.at("ip"), "127.0.0.1");
}

TEST(Log, HasThePushOfADigestAndADeletionByTheProtocol) {
  TestRegistry reg;
  make_acme(reg);
  const auto image = test::Image::make("one");
  const auto digest = image.digest().text();
  reg.push("acme/app", image, digest);
  auto entry = entry_of(reg, kApp, "push_repo", "owner");
  ASSERT_TRUE(entry.is_object());
  EXPECT_EQ(entry.at("metadata").at("manifest_digest"), json::Value(digest));
  EXPECT_FALSE(entry.at("metadata").as_object().contains("tag"));
  reg.push("acme/app", image, "v1");
  clear(reg);
  auto owner = reg.registry("owner", "acme/app");
  EXPECT_EQ(owner.del("/v2/acme/app/manifests/" + digest).status, 202);
  entry = entry_of(reg, kApp, "delete_tag", "owner");
  ASSERT_TRUE(entry.is_object());
  EXPECT_EQ(entry.at("metadata").at("tag"), "v1");
  EXPECT_EQ(entry.at("metadata").at("digest"), json::Value(digest));
  EXPECT_EQ(reg.as("owner").get(kApp).at("/logs").as_array().size(), 1u);
}

TEST(Log, HasTheRepositoryThatAPushMakes) {
  TestRegistry reg;
  reg.organization("acme");
  clear(reg);
  ASSERT_FALSE(reg.registry_token("owner", {"repository:acme/new:pull,push"}).empty());
  const auto entry = entry_of(reg, "/api/v1/repository/acme/new/logs", "create_repo", "owner");
  ASSERT_TRUE(entry.is_object());
  EXPECT_EQ(entry.at("metadata").at("repo"), "new");
  EXPECT_EQ(entry.at("ip"), "127.0.0.1");
}

TEST(Log, PagesNewestFirst) {
  TestRegistry reg;
  make_acme(reg);
  clear(reg);
  const auto acme = id_of(reg, "acme");
  const auto now = now_ms();
  // Several of one moment, so that a page ends among them.
  for (int i = 0; i < 45; ++i) {
    add(reg, {.at_ms = now - (i / 10) * 1000,
              .kind = "create_repo",
              .namespace_id = acme,
              .metadata = R"({"n": )" + std::to_string(i) + "}"});
  }
  auto owner = reg.as("owner");
  std::vector<std::int64_t> seen;
  std::string page;
  std::vector<std::size_t> sizes;
  do {
    const auto answer = owner.get(std::string(kAcme) + "?next_page=" + page);
    ASSERT_EQ(answer.status, 200);
    const auto logs = answer.at("/logs");
    sizes.push_back(logs.as_array().size());
    for (const auto& entry : logs.as_array()) seen.push_back(entry.at("metadata").at("n").as_int64());
    const auto next = answer.at("/next_page");
    page = next.is_string() ? std::string(next.as_string()) : std::string();
  } while (!page.empty() && sizes.size() < 10);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{20, 20, 5}));
  ASSERT_EQ(seen.size(), 45u);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto place = static_cast<std::int64_t>(i);
    const auto last = std::min<std::int64_t>(place / 10 * 10 + 9, 44);
    EXPECT_EQ(seen[i], place / 10 * 10 + (last - place)) << i;  // of one moment the later row comes first
  }
  // A token that is none, or of another list, begins anew.
  EXPECT_EQ(owner.get(std::string(kAcme) + "?next_page=nonsense").at("/logs").as_array().size(), 20u);
}

TEST(Log, KeepsToItsDays) {
  TestRegistry reg;
  make_acme(reg);
  clear(reg);
  const auto acme = id_of(reg, "acme");
  const Millis noon = 1'604'404'800'000;  // 2020-11-03T12:00:00Z
  const Millis midnight = noon - kDay / 2;
  for (const auto at : {midnight - 1, midnight, noon, midnight + kDay - 1, midnight + kDay}) {
    add(reg, {.at_ms = at, .kind = "create_repo", .namespace_id = acme});
  }
  auto owner = reg.as("owner");
  const auto count = [&](const std::string& query) {
    const auto answer = owner.get(std::string(kAcme) + query);
    return answer.status == 200 ? static_cast<int>(answer.at("/logs").as_array().size()) : answer.status;
  };
  EXPECT_EQ(count("?starttime=11/03/2020&endtime=11/03/2020"), 3);
  EXPECT_EQ(count("?starttime=11%2F3%2F2020&endtime=11%2F4%2F2020"), 4);
  EXPECT_EQ(count("?starttime=11/02/2020&endtime=11/02/2020"), 1);
  EXPECT_EQ(count("?starttime=01/01/2020"), 5);
  EXPECT_EQ(count(""), 0);
  EXPECT_EQ(count("?endtime=11/03/2020"), 400);  // a day ago lies behind it
  EXPECT_EQ(count("?starttime=11/05/2020&endtime=11/03/2020"), 400);
  EXPECT_EQ(count("?starttime=11/04/2020&endtime=11/03/2020"), 0);  // the added day makes them equal
  const auto answer = owner.get(std::string(kAcme) + "?starttime=11/03/2020&endtime=11/04/2020");
  EXPECT_EQ(answer.string("/start_time"), "Tue, 03 Nov 2020 00:00:00 -0000");
  EXPECT_EQ(answer.string("/end_time"), "Thu, 05 Nov 2020 00:00:00 -0000");
  // What is no date counts as none.
  for (const auto* wrong : {"2020-11-03", "13/01/2020", "02/30/2020", "11/03/20", "11/03/2020x", "-1/03/2020", "x"}) {
    EXPECT_EQ(count(std::string("?starttime=") + wrong), 0) << wrong;
  }
}

TEST(Log, KeepsToAPerformer) {
  TestRegistry reg;
  make_acme(reg);
  clear(reg);
  const auto acme = id_of(reg, "acme");
  const auto writer = id_of(reg, "writer");
  const auto now = now_ms();
  for (int i = 0; i < 3; ++i)
    add(reg, {.at_ms = now, .kind = "create_tag", .namespace_id = acme, .performer_id = writer});
  add(reg, {.at_ms = now, .kind = "delete_tag", .namespace_id = acme, .performer_id = id_of(reg, "owner")});
  add(reg, {.at_ms = now, .kind = "delete_tag", .namespace_id = acme});
  auto owner = reg.as("owner");
  const auto kinds = [&](const std::string& performer) {
    return owner.get(std::string(kAcme) + "?performer=" + performer).names("logs", "kind");
  };
  EXPECT_EQ(kinds("writer"), (Names{"create_tag", "create_tag", "create_tag"}));
  EXPECT_EQ(kinds("owner"), (Names{"delete_tag"}));
  EXPECT_EQ(kinds("nobody-of-this-name"), Names{});
  EXPECT_EQ(kinds("%FF"), Names{});
  EXPECT_EQ(kinds("").size(), 5u);
  const auto sums = owner.get("/api/v1/organization/acme/aggregatelogs?performer=writer");
  ASSERT_EQ(sums.at("/aggregated").as_array().size(), 1u);
  EXPECT_EQ(sums.number("/aggregated/0/count"), 3);
  EXPECT_TRUE(owner.get("/api/v1/organization/acme/aggregatelogs?performer=none").at("/aggregated").as_array().empty());
}

TEST(Log, OfAUserIsTheirNamespaces) {
  TestRegistry reg;
  reg.user("alice");
  reg.user("bob");
  clear(reg);
  const auto now = now_ms();
  const auto alice = id_of(reg, "alice");
  add(reg, {.at_ms = now, .kind = "create_repo", .namespace_id = alice, .performer_id = alice});
  add(reg, {.at_ms = now, .kind = "service_key_create", .namespace_id = alice, .performer_id = alice});
  add(reg, {.at_ms = now, .kind = "create_repo", .namespace_id = id_of(reg, "bob"), .performer_id = alice});
  EXPECT_EQ(reg.as("alice").get("/api/v1/user/logs").names("logs", "kind"), (Names{"create_repo"}));
  EXPECT_EQ(reg.as("alice").get("/api/v1/user/logs?performer=alice").names("logs", "kind"), (Names{"create_repo"}));
  EXPECT_EQ(reg.as("alice").get("/api/v1/user/aggregatelogs").names("aggregated", "kind"), (Names{"create_repo"}));
  EXPECT_EQ(reg.as("bob").get("/api/v1/user/logs?performer=bob").names("logs", "kind"), Names{});
  EXPECT_EQ(reg.as("superuser").get("/api/v1/superuser/logs").at("/logs").as_array().size(), 3u);
}

TEST(Log, AddsUpByDayAndKind) {
  TestRegistry reg;
  make_acme(reg);
  clear(reg);
  const auto acme = id_of(reg, "acme");
  const Millis noon = 1'604'404'800'000;
  add(reg, {.at_ms = noon, .kind = "pull_repo", .namespace_id = acme, .count = 40});
  add(reg, {.at_ms = noon + 1, .kind = "pull_repo", .namespace_id = acme, .count = 2});
  add(reg, {.at_ms = noon, .kind = "push_repo", .namespace_id = acme});
  add(reg, {.at_ms = noon + kDay, .kind = "pull_repo", .namespace_id = acme});
  auto owner = reg.as("owner");
  const std::string path = "/api/v1/organization/acme/aggregatelogs";
  const auto sums = owner.get(path + "?starttime=11/01/2020&endtime=11/30/2020");
  ASSERT_EQ(sums.status, 200);
  EXPECT_EQ(sums.names("aggregated", "kind"), (Names{"pull_repo", "push_repo", "pull_repo"}));
  EXPECT_EQ(sums.number("/aggregated/0/count"), 42);
  EXPECT_EQ(sums.string("/aggregated/0/datetime"), "Tue, 03 Nov 2020 00:00:00 -0000");
  EXPECT_EQ(sums.string("/aggregated/2/datetime"), "Wed, 04 Nov 2020 00:00:00 -0000");
  EXPECT_EQ(owner.get(path + "?starttime=10/01/2020&endtime=10/31/2020").status, 200);
  EXPECT_EQ(owner.get(path + "?starttime=10/01/2020&endtime=11/01/2020").status, 400);
  EXPECT_EQ(owner.get(path + "?starttime=11/03/2020&endtime=11/01/2020").status, 400);
}

TEST(Log, IsForThoseWhoAdminister) {
  TestRegistry reg({.configure = [](app::Config& config) { config.global_readonly_super_users = {"watcher"}; }});
  make_acme(reg);
  for (const auto* name : {"stranger", "watcher"}) reg.user(name);
  const std::vector<std::string> repository_admins = {"manager", "owner", "owner@repo:admin"};
  for (const auto* path : {"/logs", "/aggregatelogs"}) {
    expect_only(reg, {"GET", "/api/v1/repository/acme/app" + std::string(path), "", repository_admins});
    expect_only(reg, {"GET", "/api/v1/organization/acme" + std::string(path), "", {"owner", "owner@org:admin"}});
    expect_only(reg, {"GET", "/api/v1/superuser" + std::string(path), "", {"superuser"}});
    for (const auto& who : repository_admins) {
      const auto at = who.find('@');
      auto client = reg.as(who.substr(0, at), at == std::string::npos ? "" : who.substr(at + 1));
      EXPECT_EQ(client.get("/api/v1/repository/acme/app" + std::string(path)).status, 200) << who;
    }
    EXPECT_EQ(reg.as("owner", "org:admin").get("/api/v1/organization/acme" + std::string(path)).status, 200);
    EXPECT_EQ(reg.as("superuser").get("/api/v1/superuser" + std::string(path)).status, 200);
    EXPECT_EQ(reg.as("superuser", "user:admin").get("/api/v1/superuser" + std::string(path)).status, 403);
    for (const auto* of : {"/api/v1/repository/acme/app", "/api/v1/organization/acme", "/api/v1/superuser"}) {
      EXPECT_EQ(reg.as("watcher").get(std::string(of) + path).status, 200) << of << path;
    }
    // Hidden and missing read the same; those who may know are told.
    expect_refusals(reg,
                    {{"stranger", "GET", "/api/v1/repository/acme/none" + std::string(path), 403, "insufficient_scope"},
                     {"nobody", "GET", "/api/v1/repository/acme/none" + std::string(path), 401, "invalid_token"},
                     {"owner", "GET", "/api/v1/repository/acme/none" + std::string(path), 404, "not_found"},
                     {"owner", "GET", "/api/v1/organization/none" + std::string(path), 403, "insufficient_scope"},
                     {"owner", "GET", "/api/v1/organization/owner" + std::string(path), 404, "not_found"},
                     {"nobody", "GET", "/api/v1/user" + std::string(path), 401, "invalid_token"},
                     {"owner@user:read", "GET", "/api/v1/user" + std::string(path), 403, "insufficient_scope"},
                     {"owner@user:admin", "GET", "/api/v1/user" + std::string(path), 200}});
  }
}

TEST(Log, SumsCanBeTurnedOff) {
  TestRegistry reg({.configure = [](app::Config& config) { config.features.aggregated_log_count_retrieval = false; }});
  reg.organization("acme");
  EXPECT_EQ(reg.as("owner").get("/api/v1/organization/acme/aggregatelogs").status, 404);
  EXPECT_EQ(reg.as("owner").get("/api/v1/user/aggregatelogs").status, 404);
  EXPECT_EQ(reg.as("owner").get(kAcme).status, 200);
}

TEST(Log, ForgetsWhatIsOld) {
  TestRegistry reg({.configure = [](app::Config& config) { config.log_retention = {"2d", std::chrono::days(2)}; }});
  reg.organization("acme");
  clear(reg);
  const auto now = now_ms();
  const auto acme = id_of(reg, "acme");
  for (int i = 0; i < 5; ++i) add(reg, {.at_ms = now - i * kDay, .kind = "create_repo", .namespace_id = acme});
  const auto round = [&](int limit) { return run_awaitable(reg.services().audit_log.delete_old(limit)); };
  EXPECT_EQ(round(2), 2);
  EXPECT_EQ(round(2), 1);
  EXPECT_EQ(round(2), 0);
  EXPECT_EQ(reg.as("owner").get(std::string(kAcme) + "?starttime=01/01/2020").at("/logs").as_array().size(), 2u);
}

}  // namespace
}  // namespace wharf::api
