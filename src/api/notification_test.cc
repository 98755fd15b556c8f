#include <algorithm>

#include "api/refusals_testing.h"
#include "base/clock.h"
#include "net/testing.h"
#include "tests/support/mail.h"

namespace wharf::api {
namespace {

using net::testing::HookSink;
using net::testing::MailSink;
using test::Names;
using test::TestRegistry;
using testing::expect_only;
using testing::make_acme;

constexpr const char* kAll = "/api/v1/repository/acme/app/notification/";

/// A registry that may call what listens on loopback.
TestRegistry::Options open_to_loopback() {
  return {.configure = [](app::Config& config) { config.ssrf_allowed_hosts = {"127.0.0.1"}; }};
}

json::Object wanted(std::string_view event, std::string_view method, json::Object config,
                    json::Object event_config = {}) {
  return {
      {"event", event}, {"method", method}, {"config", std::move(config)}, {"eventConfig", std::move(event_config)}};
}

json::Object webhook(std::string_view url = "https://example.com/hook") {
  return wanted("repo_push", "webhook", {{"url", url}});
}

std::string one(const std::string& uuid, std::string_view more = "") {
  return std::string(kAll) + uuid + std::string(more);
}

/// Makes the notification as owner of acme/app; answers its uuid.
std::string add(TestRegistry& registry, const json::Object& body) {
  const auto made = registry.as("owner").post(kAll, body);
  EXPECT_EQ(made.status, 201) << made.summary();
  return made.string("/uuid");
}

TEST(Notifications, AreMadeListedShownAndDeleted) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  auto body = webhook();
  body["title"] = "ci hook";
  const auto made = owner.post(kAll, body);
  ASSERT_EQ(made.status, 201) << made.summary();
  const auto uuid = made.string("/uuid");
  EXPECT_EQ(uuid.size(), 36u);
  EXPECT_EQ(made.string("/title"), "ci hook");
  EXPECT_EQ(made.string("/event"), "repo_push");
  EXPECT_EQ(made.string("/method"), "webhook");
  EXPECT_EQ(made.at("/config"), (json::Value{{"url", "https://example.com/hook"}}));
  EXPECT_EQ(made.at("/event_config"), json::Value(json::Object{}));
  EXPECT_EQ(made.number("/number_of_failures"), 0);
  EXPECT_EQ(owner.get(one(uuid)).json(), made.json());

  const auto untitled = add(reg, webhook());
  const auto list = owner.get(kAll);
  EXPECT_EQ(list.names("notifications", "uuid"), (Names{uuid, untitled}));
  EXPECT_TRUE(list.at("/notifications/1/title").is_null());

  EXPECT_EQ(owner.del(one(uuid)).status, 204);
  EXPECT_EQ(owner.get(one(uuid)).status, 404);
  EXPECT_EQ(owner.get(kAll).names("notifications", "uuid"), Names{untitled});
}

TEST(Notifications, AreTheirRepositorysAlone) {
  TestRegistry reg;
  make_acme(reg);
  reg.repository("acme/other");
  const auto uuid = add(reg, webhook());
  auto owner = reg.as("owner");
  const auto other = "/api/v1/repository/acme/other/notification/" + uuid;
  EXPECT_EQ(owner.get(other).status, 404);
  EXPECT_EQ(owner.del(other).status, 400);
  EXPECT_EQ(owner.post(other, json::Object{}).status, 400);
  EXPECT_EQ(owner.post(other + "/test", json::Object{}).status, 400);
  EXPECT_EQ(owner.get(one(uuid)).status, 200);
  EXPECT_EQ(owner.get(one("%00")).status, 404);
}

TEST(Notifications, AreLoggedWhenTheyChange) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  const auto uuid = add(reg, webhook());
  EXPECT_EQ(owner.post(one(uuid), json::Object{}).status, 204);
  EXPECT_EQ(owner.post(one(uuid, "/test"), json::Object{}).status, 200);
  EXPECT_EQ(owner.del(one(uuid)).status, 204);
  const auto logs = owner.get("/api/v1/repository/acme/app/logs");
  auto kinds = logs.names("logs", "kind");
  ASSERT_GE(kinds.size(), 3u);
  kinds.resize(3);
  EXPECT_EQ(kinds, (Names{"delete_repo_notification", "reset_repo_notification", "add_repo_notification"}));
  const json::Object metadata = logs.at("/logs/2/metadata").as_object();
  EXPECT_EQ(metadata.at("notification_id"), json::Value(uuid));
  EXPECT_EQ(metadata.at("event"), "repo_push");
  EXPECT_EQ(metadata.at("method"), "webhook");
  EXPECT_EQ(metadata.at("repo"), "app");
  EXPECT_EQ(metadata.at("namespace"), "acme");
}

TEST(Notifications, AreForThoseWhoAdministerTheRepository) {
  TestRegistry reg({.configure = [](app::Config& config) { config.global_readonly_super_users = {"watcher"}; }});
  make_acme(reg);
  for (const auto* name : {"stranger", "watcher"}) reg.user(name);
  const auto uuid = add(reg, webhook());
  const Names admins = {"manager", "owner", "owner@repo:admin"};
  const auto body = json::to_text(webhook());
  expect_only(reg, {"GET", kAll, "", admins});
  expect_only(reg, {"POST", kAll, body, admins});
  expect_only(reg, {"GET", one(uuid), "", admins});
  expect_only(reg, {"POST", one(uuid), "{}", admins});
  expect_only(reg, {"POST", one(uuid, "/test"), "{}", admins});
  expect_only(reg, {"DELETE", one(uuid), "", admins});
  const auto none = "/api/v1/repository/acme/none/notification/";
  const std::string path = one(uuid), none_one = none + uuid;
  expect_refusals(reg, {{"manager", "POST", kAll, 201, "", body},
                        {"owner@repo:admin", "GET", path, 200},
                        {"watcher", "GET", kAll, 200},
                        {"watcher", "GET", path, 200},
                        {"watcher", "POST", kAll, 403, "insufficient_scope", body},
                        {"watcher", "POST", path, 403, "insufficient_scope", "{}"},
                        {"watcher", "DELETE", path, 403, "insufficient_scope"},
                        // Permission comes before the body.
                        {"stranger", "POST", kAll, 403, "insufficient_scope", "[]"},
                        {"owner", "GET", none, 404, "not_found"},
                        {"owner", "POST", none, 404, "not_found", body},
                        {"owner", "DELETE", none_one, 404, "not_found"}});
}

TEST(Notifications, RefuseWhatCannotBeTold) {
  TestRegistry reg({.configure = [](app::Config& config) {
    config.webhook_hostname_blacklist = {"bad.example.com"};
    config.mail_server = "127.0.0.1";
  }});
  make_acme(reg);
  reg.organization("other");
  auto owner = reg.as("owner");
  const json::Object mail{{"email", "a@example.com"}};
  const std::pair<json::Value, std::string_view> bodies[] = {
      {webhook("http://127.0.0.1/"), "config.url"},
      {webhook("http://localhost/"), "config.url"},
      {webhook("http://10.0.0.1:8080/"), "config.url"},
      {webhook("http://[::1]/"), "config.url"},
      {webhook("http://169.254.169.254/latest"), "config.url"},
      {webhook("http://bad.example.com/"), "config.url"},
      {webhook("ftp://example.com/"), "config.url"},
      {webhook(""), "Missing webhook URL"},
      {wanted("repo_push", "webhook", {{"url", 5}}), "Missing webhook URL"},
      {wanted("repo_push", "webhook", {{"url", "https://example.com"}, {"template", "{"}}), "template"},
      {wanted("repo_push", "webhook", {{"url", "https://example.com"}, {"template", R"({"a": "${b"})"}}), "template"},
      {wanted("repo_push", "webhook", {{"url", "https://example.com"}, {"template", 5}}), "template"},
      {wanted("repo_push", "slack", {}), "Missing Slack webhook URL"},
      {wanted("repo_push", "slack", {{"url", "http://192.168.1.1/"}}), "config.url"},
      {wanted("repo_push", "hipchat", {{"room_id", "5"}}), "Token"},
      {wanted("repo_push", "hipchat", {{"notification_token", "t"}}), "Room ID"},
      {wanted("repo_push", "flowdock", {}), "Flowdock"},
      {wanted("repo_push", "email", {}), "Missing e-mail address"},
      {wanted("repo_push", "email", mail), "not authorized"},
      {wanted("repo_push", "quay_notification", {}), "Missing target"},
      {wanted("repo_push", "quay_notification", {{"target", {{"kind", "user"}, {"name", "nobody-here"}}}}), "Unknown"},
      {wanted("repo_push", "quay_notification", {{"target", {{"kind", "user"}, {"name", "acme+ci"}}}}), "Unknown"},
      {wanted("repo_push", "quay_notification", {{"target", {{"kind", "org"}, {"name", "other"}}}}), "must match"},
      {wanted("repo_push", "quay_notification", {{"target", {{"kind", "team"}, {"name", "none"}}}}), "Unknown team"},
      {wanted("repo_push", "quay_notification", {{"target", {{"kind", "robot"}, {"name", "ci"}}}}), "target.kind"},
      {wanted("repo_pull", "webhook", {{"url", "https://example.com"}}), "event"},
      {wanted("quota_warning", "webhook", {{"url", "https://example.com"}}), "event"},
      {wanted("repo_push", "pigeon", {}), "method"},
      {wanted("repo_image_expiry", "webhook", {{"url", "https://example.com"}}), "days"},
      {wanted("repo_image_expiry", "webhook", {{"url", "https://example.com"}}, {{"days", 0}}), "days"},
      {wanted("repo_image_expiry", "webhook", {{"url", "https://example.com"}}, {{"days", "soon"}}), "days"},
      {wanted("vulnerability_found", "webhook", {{"url", "https://example.com"}}, {{"level", 6}}), "level"},
      {{{"event", "repo_push"}, {"method", "webhook"}, {"config", json::Object{}}}, "eventConfig"},
      {{{"event", "repo_push"}, {"method", "webhook"}, {"config", 5}, {"eventConfig", json::Object{}}}, "config"},
      {json::Object{}, "event"},
      {json::Array{}, "object"},
  };
  for (const auto& [body, says] : bodies) {
    const auto answer = owner.post(kAll, body);
    EXPECT_EQ(answer.status, 400) << json::to_text(body);
    EXPECT_EQ(answer.string("/error_type"), "invalid_request");
    EXPECT_NE(answer.string("/detail").find(says), std::string::npos) << answer.summary();
  }
  auto long_title = webhook();
  long_title["title"] = std::string(256, 'x');
  EXPECT_EQ(owner.post(kAll, long_title).status, 400);
  auto long_config = webhook();
  long_config["config"] = {{"url", "https://example.com"}, {"note", std::string(20'000, 'x')}};
  EXPECT_EQ(owner.post(kAll, long_config).status, 400);
  EXPECT_EQ(owner.request("POST", kAll, "{}").status, 415);
  EXPECT_TRUE(owner.get(kAll).names("notifications", "uuid").empty());
  const auto kinds = owner.get("/api/v1/repository/acme/app/logs").names("logs", "kind");
  EXPECT_EQ(std::ranges::count(kinds, "add_repo_notification"), 0);
}

TEST(Notifications, CanWaitForEveryEventOfQuays) {
  TestRegistry reg;
  make_acme(reg);
  for (const auto* event :
       {"repo_push", "vulnerability_found", "build_queued", "build_start", "build_success", "build_failure",
        "build_cancelled", "repo_mirror_sync_started", "repo_mirror_sync_success", "repo_mirror_sync_failed"}) {
    add(reg, wanted(event, "webhook", {{"url", "https://example.com"}}));
  }
  add(reg, wanted("repo_image_expiry", "webhook", {{"url", "https://example.com"}}, {{"days", 5}}));
  add(reg, wanted("repo_image_expiry", "webhook", {{"url", "https://example.com"}}, {{"days", "5"}}));
  add(reg, wanted("vulnerability_found", "slack", {{"url", "https://hooks.slack.com/x"}}, {{"level", "1"}}));
  add(reg, wanted("repo_push", "hipchat", {{"notification_token", "t"}, {"room_id", 7}}));
  add(reg, wanted("repo_push", "flowdock", {{"flow_api_token", "t"}}));
}

TEST(Notifications, AreAHundredARepositoryAtMost) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  for (int i = 0; i < 100; ++i) ASSERT_EQ(owner.post(kAll, webhook()).status, 201);
  EXPECT_EQ(owner.post(kAll, webhook()).status, 400);
  EXPECT_EQ(owner.get(kAll).names("notifications", "uuid").size(), 100u);
}

TEST(Notifications, GoWithTheirRepository) {
  TestRegistry reg(open_to_loopback());
  HookSink sink;
  make_acme(reg);
  const auto uuid = add(reg, webhook(sink.url()));
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.del("/api/v1/repository/acme/app").status, 204);
  reg.repository("acme/app");
  EXPECT_TRUE(owner.get(kAll).names("notifications", "uuid").empty());
  EXPECT_EQ(owner.get(one(uuid)).status, 404);
  reg.push("acme/app", {"v1"});
  const auto second = add(reg, webhook(sink.url("/second")));
  ASSERT_EQ(owner.post(one(second, "/test"), json::Object{}).status, 200);
  const auto requests = sink.wait_for(1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].target, "/second");
}

TEST(RepositoryEmail, AgreesByTheLinkThatItWasSent) {
  MailSink sink;
  TestRegistry reg({.configure = test::mails_to(sink)});
  reg.repository("acme/app");  // with nobody in a team, who would get mail too
  auto owner = reg.as("owner");
  const std::string path = "/api/v1/repository/acme/app/authorizedemail/Ada@example.com";
  EXPECT_EQ(owner.get(path).status, 404);
  const auto asked = owner.request("POST", path);
  ASSERT_EQ(asked.status, 200) << asked.summary();
  EXPECT_EQ(
      asked.json(),
      (json::Value{{"email", "ada@example.com"}, {"repository", "app"}, {"namespace", "acme"}, {"confirmed", false}}));
  EXPECT_EQ(owner.get(path).json(), asked.json());
  EXPECT_EQ(owner.request("POST", path).status, 200) << "asking again at once sends nothing";
  auto mails = sink.wait_for(1);
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails[0].to, Names{"ada@example.com"});
  auto link = mails[0].link("/authrepoemail?code=");
  ASSERT_FALSE(link.empty()) << mails[0].text;

  // A later link makes the one before void.
  advance_clock(std::chrono::minutes(2));
  EXPECT_EQ(owner.request("POST", path).status, 200);
  mails = sink.wait_for(2);
  ASSERT_EQ(mails.size(), 2u);
  auto nobody = reg.with("");
  EXPECT_EQ(nobody.get(link.substr(link.find("/authrepoemail"))).status, 400);
  EXPECT_FALSE(owner.get(path).flag("/confirmed"));
  link = mails[1].link("/authrepoemail?code=");
  const auto page = nobody.get(link.substr(link.find("/authrepoemail")));
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(page.text.find("acme/app"), std::string::npos);
  EXPECT_TRUE(owner.get(path).flag("/confirmed"));
  EXPECT_EQ(nobody.get("/authrepoemail?code=nonsense").status, 400);
  EXPECT_EQ(nobody.get("/authrepoemail").status, 400);

  // Who agreed is not asked again.
  advance_clock(std::chrono::minutes(2));
  EXPECT_TRUE(owner.request("POST", path).flag("/confirmed"));

  // And is mailed, once.
  add(reg, wanted("repo_push", "email", {{"email", "ada@example.com"}}));
  reg.push("acme/app", {"v1"});
  mails = sink.wait_for(3);
  ASSERT_EQ(mails.size(), 3u);
  EXPECT_EQ(mails[2].to, Names{"ada@example.com"});
  EXPECT_NE(mails[2].subject().find("Repository acme/app updated"), std::string::npos);
  EXPECT_NE(mails[2].text.find("tag v1"), std::string::npos) << mails[2].text;
  EXPECT_EQ(mails[2].link("/repository/"), reg.url() + "/repository/acme/app");
}

TEST(RepositoryEmail, IsForThoseWhoAdministerTheRepository) {
  TestRegistry reg({.configure = [](app::Config& config) {
    config.mail_server = "127.0.0.1";
    config.global_readonly_super_users = {"watcher"};
  }});
  make_acme(reg);
  for (const auto* name : {"stranger", "watcher"}) reg.user(name);
  const char* path = "/api/v1/repository/acme/app/authorizedemail/a@example.com";
  const Names admins = {"manager", "owner", "owner@repo:admin"};
  expect_only(reg, {"GET", path, "", admins});
  expect_only(reg, {"POST", path, "", admins});
  const char* bad = "/api/v1/repository/acme/app/authorizedemail/nonsense";
  expect_refusals(reg,
                  {{"watcher", "GET", path, 404, "not_found"},
                   {"watcher", "POST", path, 403, "insufficient_scope"},
                   {"owner", "GET", bad, 404, "not_found"},
                   {"owner", "POST", bad, 400, "invalid_request"},
                   {"stranger", "POST", bad, 403, "insufficient_scope"},
                   {"owner", "POST", "/api/v1/repository/acme/none/authorizedemail/a@example.com", 404, "not_found"},
                   {"manager", "POST", path, 200},
                   {"watcher", "GET", path, 200}});
}

TEST(RepositoryEmail, IsNotThereWithoutMail) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  EXPECT_EQ(owner.get("/api/v1/repository/acme/app/authorizedemail/a@example.com").status, 404);
  const auto answer = owner.post(kAll, wanted("repo_push", "email", {{"email", "a@example.com"}}));
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.string("/detail").find("no mail"), std::string::npos);
}

}  // namespace
}  // namespace wharf::api
