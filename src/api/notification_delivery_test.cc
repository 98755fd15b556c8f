#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "api/refusals_testing.h"
#include "base/clock.h"
#include "base/testing.h"
#include "net/testing.h"
#include "service/notification.h"
#include "service/repository_event.h"

namespace wharf::api {
namespace {

using net::testing::HookSink;
using test::Names;
using test::TestRegistry;
using testing::make_acme;

constexpr const char* kAll = "/api/v1/repository/acme/app/notification/";

/// A registry that may call what listens on loopback, and reminds of tags that expire when the test says so.
TestRegistry::Options open_to_loopback() {
  return {.configure = [](app::Config& config) { config.ssrf_allowed_hosts = {"127.0.0.1"}; }};
}

json::Object wanted(std::string_view event, std::string_view method, json::Object config,
                    json::Object event_config = {}) {
  return {
      {"event", event}, {"method", method}, {"config", std::move(config)}, {"eventConfig", std::move(event_config)}};
}

/// Makes the notification as owner of acme/app; answers where it is.
std::string add(TestRegistry& registry, const json::Object& body) {
  const auto made = registry.as("owner").post(kAll, body);
  EXPECT_EQ(made.status, 201) << made.summary();
  return kAll + made.string("/uuid");
}

std::string add_webhook(TestRegistry& registry, const std::string& url, std::string_view event = "repo_push") {
  return add(registry, wanted(event, "webhook", {{"url", url}}));
}

json::Value parsed(const std::string& text) {
  auto value = json::parse(text);
  return value ? *value : json::Value();
}

void test(TestRegistry& registry, const std::string& path) {
  EXPECT_EQ(registry.as("owner").post(path + "/test", json::Object{}).status, 200);
}

std::int64_t failures_of(TestRegistry& registry, const std::string& path) {
  return registry.as("owner").get(path).number("/number_of_failures");
}

/// Delivers all that is due, beside the server's own job: as another node would.
void deliver(TestRegistry& registry) { run_awaitable(registry.services().notifications.deliveries().deliver()); }

/// Waits until the notification has failed so often.
void wait_for_failures(TestRegistry& registry, const std::string& path, std::int64_t count) {
  for (int i = 0; i < 400 && failures_of(registry, path) != count; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(failures_of(registry, path), count);
}

std::int64_t waiting(TestRegistry& registry) {
  static const db::Query kCount{"test.waiting", "SELECT COUNT(*) FROM notification_delivery"};
  return registry.database().read_now([](db::Tx& tx) { return tx.get<std::int64_t>(kCount); });
}

void wait_until_told(TestRegistry& registry) {
  for (int i = 0; i < 400 && waiting(registry) > 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(waiting(registry), 0);
}

std::int64_t id_of(TestRegistry& registry, std::string_view repository) {
  static const db::Query kId{"test.repository", R"(
    SELECT r.id FROM repository r JOIN account a ON a.id = r.namespace_id WHERE a.name || '/' || r.name = $1)"};
  return registry.database().read_now([&](db::Tx& tx) { return tx.get<std::int64_t>(kId, repository); });
}

TEST(NotificationDelivery, TellsAWebhookOfAPushByTag) {
  HookSink sink;
  TestRegistry reg(open_to_loopback());
  make_acme(reg);
  reg.repository("acme/other");
  add_webhook(reg, sink.url("/hook"));
  add_webhook(reg, sink.url("/never"), "build_success");
  reg.push("acme/other", {"v1"});
  const auto image = test::Image::make("by digest");
  reg.push("acme/app", image, image.digest().text());
  reg.push("acme/app", {"v1"});
  const auto requests = sink.wait_for(1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/hook");
  EXPECT_EQ(requests[0].header("Content-Type"), "application/json");
  EXPECT_EQ(parsed(requests[0].body), (json::Value{{"repository", "acme/app"},
                                                   {"namespace", "acme"},
                                                   {"name", "app"},
                                                   {"docker_url", reg.host() + "/acme/app"},
                                                   {"homepage", reg.url() + "/repository/acme/app"},
                                                   {"updated_tags", {"v1"}}}));
  wait_until_told(reg);
  EXPECT_EQ(sink.requests().size(), 1u);
}

TEST(NotificationDelivery, FillsATemplate) {
  HookSink sink;
  TestRegistry reg(open_to_loopback());
  make_acme(reg);
  const auto* text = R"({"text": "${repository} has ${updated_tags[0]}", "tags": "${updated_tags}", "none": "${a.b}"})";
  add(reg, wanted("repo_push", "webhook", {{"url", sink.url()}, {"template", text}}));
  reg.push("acme/app", {"v1"});
  EXPECT_EQ(parsed(sink.wait_for(1).at(0).body),
            (json::Value{{"text", "acme/app has v1"}, {"tags", {"v1"}}, {"none", nullptr}}));
}

TEST(NotificationDelivery, TellsChatsInTheirOwnForm) {
  HookSink sink;
  TestRegistry reg({.configure = [&](app::Config& config) {
    config.ssrf_allowed_hosts = {"127.0.0.1"};
    config.hipchat_url = sink.url("");
    config.flowdock_url = sink.url("");
  }});
  make_acme(reg);
  add(reg, wanted("repo_push", "slack", {{"url", sink.url("/slack")}}));
  add(reg, wanted("repo_push", "hipchat", {{"notification_token", "t&k"}, {"room_id", "../7"}}));
  add(reg, wanted("repo_push", "flowdock", {{"flow_api_token", "a/b"}}));
  reg.push("acme/app", {"v1"});
  const auto requests = sink.wait_for(3);
  ASSERT_EQ(requests.size(), 3u);
  std::map<std::string, json::Value> by_target;
  for (const auto& request : requests) by_target[request.target] = parsed(request.body);
  const auto link = reg.url() + "/repository/acme/app";

  const auto& slack = by_target["/slack"];
  ASSERT_TRUE(slack.is_object());
  EXPECT_EQ(slack.at("username"), "quayiobot");
  EXPECT_EQ(slack.at("text"), "Repository acme/app updated");
  const auto& attachment = slack.at("attachments").at(0);
  EXPECT_EQ(attachment.at("color"), "good");
  EXPECT_EQ(attachment.at("fallback"), "Repository acme/app updated");
  EXPECT_EQ(attachment.at("mrkdwn_in"), json::Value{"text"});
  EXPECT_EQ(attachment.at("text"), json::Value("Repository <" + link + "|acme/app> was updated by owner: tag v1"));

  const auto& hipchat = by_target["/v2/room/..%2F7/notification?auth_token=t%26k"];
  ASSERT_TRUE(hipchat.is_object());
  EXPECT_EQ(hipchat.at("message_format"), "html");
  EXPECT_EQ(hipchat.at("notify"), false);
  EXPECT_EQ(hipchat.at("message"),
            json::Value("Repository <a href=\"" + link + "\">acme/app</a> was updated by owner: tag v1"));

  const auto& flowdock = by_target["/v1/messages/team_inbox/a%2Fb"];
  ASSERT_TRUE(flowdock.is_object());
  EXPECT_EQ(flowdock.at("subject"), "Repository acme/app updated");
  EXPECT_EQ(flowdock.at("link"), json::Value(link));
  EXPECT_EQ(flowdock.at("tags"), json::Value{"#repo_push"});
  EXPECT_EQ(flowdock.at("project"), "acme app");
}

TEST(NotificationDelivery, TellsUsersInTheWebUi) {
  TestRegistry reg;
  make_acme(reg);
  reg.user("alice");
  const auto to = [](std::string_view kind, std::string_view name) {
    return wanted("repo_push", "quay_notification", {{"target", {{"kind", kind}, {"name", name}}}});
  };
  add(reg, to("user", "alice"));
  add(reg, to("team", "devs"));
  add(reg, to("org", "acme"));
  reg.push("acme/app", {"v1"});
  deliver(reg);
  wait_until_told(reg);
  // A member of the team is one of the organization, too.
  EXPECT_EQ(reg.as("member").get("/api/v1/user/notifications").names("notifications", "kind"),
            (Names{"repo_push", "repo_push"}));
  EXPECT_TRUE(reg.as("reader").get("/api/v1/user/notifications").names("notifications", "kind").empty());
  for (const auto* who : {"alice", "owner", "maker"}) {
    const auto told = reg.as(who).get("/api/v1/user/notifications");
    ASSERT_EQ(told.names("notifications", "kind"), Names{"repo_push"}) << who;
    EXPECT_EQ(told.string("/notifications/0/metadata/repository"), "acme/app");
    EXPECT_EQ(told.at("/notifications/0/metadata/updated_tags"), json::Value{"v1"});
  }
}

TEST(NotificationDelivery, ComesAgainUntilItHasFailedThreeTimesAndGoesOnAfterAReset) {
  HookSink sink;
  sink.answer({500});
  TestRegistry reg(open_to_loopback());
  make_acme(reg);
  const auto path = add_webhook(reg, sink.url());
  reg.push("acme/app", {"v1"});
  wait_for_failures(reg, path, 1);
  advance_clock(std::chrono::minutes(1));
  wait_for_failures(reg, path, 2);
  advance_clock(std::chrono::minutes(3));
  wait_for_failures(reg, path, 3);
  EXPECT_EQ(waiting(reg), 0) << "what waits goes with the third failure";
  EXPECT_EQ(sink.requests().size(), 3u);

  reg.push("acme/app", {"v2"});
  test(reg, path);
  EXPECT_EQ(waiting(reg), 0) << "nothing is queued for what stopped";

  sink.answer({204});
  EXPECT_EQ(reg.as("owner").post(path, json::Object{}).status, 204);
  EXPECT_EQ(failures_of(reg, path), 0);
  reg.push("acme/app", {"v3"});
  const auto requests = sink.wait_for(4);
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(parsed(requests[3].body).at("updated_tags"), json::Value{"v3"});
}

TEST(NotificationDelivery, ForgetsFailuresWithASuccess) {
  HookSink sink;
  sink.answer({500, 302, 200});
  TestRegistry reg(open_to_loopback());
  make_acme(reg);
  const auto path = add_webhook(reg, sink.url());
  test(reg, path);
  wait_for_failures(reg, path, 1);
  advance_clock(std::chrono::minutes(1));
  wait_for_failures(reg, path, 2);
  advance_clock(std::chrono::minutes(3));
  wait_until_told(reg);
  EXPECT_EQ(failures_of(reg, path), 0);
  const auto requests = sink.requests();
  ASSERT_EQ(requests.size(), 3u) << "a redirect is not followed";
  EXPECT_EQ(requests[0].body, requests[2].body);
}

TEST(NotificationDelivery, OfOneNotificationComesInOrderAndOnceWhoeverDelivers) {
  HookSink sink;
  TestRegistry reg(open_to_loopback());
  make_acme(reg);
  add_webhook(reg, sink.url());
  std::atomic<bool> done = false;
  std::thread other([&] {
    while (!done) deliver(reg);
  });
  Names tags;
  for (int i = 0; i < 10; ++i) tags.push_back("v" + std::to_string(i));
  reg.push("acme/app", tags);
  sink.wait_for(10);
  wait_until_told(reg);
  done = true;
  other.join();
  Names told;
  for (const auto& request : sink.requests()) {
    told.emplace_back(parsed(request.body).at("updated_tags").at(0).as_string());
  }
  EXPECT_EQ(told, tags);
}

TEST(NotificationDelivery, OfOneThatIsSlowHoldsUpNoOther) {
  std::promise<void> release;
  const auto released = release.get_future().share();
  HookSink slow;
  slow.answer_with([released](const net::testing::ReceivedRequest&) {
    released.wait_for(std::chrono::seconds(20));
    http::Response response;
    response.status = 200;
    return response;
  });
  HookSink quick;
  TestRegistry reg({.configure = [](app::Config& config) {
    config.ssrf_allowed_hosts = {"127.0.0.1"};
    config.notification_timeout = std::chrono::seconds(60);
  }});
  make_acme(reg);
  add_webhook(reg, slow.url());
  add_webhook(reg, quick.url());
  reg.push("acme/app", {"v1", "v2", "v3"});
  EXPECT_EQ(quick.wait_for(3).size(), 3u);
  EXPECT_EQ(slow.requests().size(), 1u) << "the next one waits for the first";
  release.set_value();
  EXPECT_EQ(slow.wait_for(3).size(), 3u);
}

TEST(NotificationDelivery, OutlivesTheServer) {
  HookSink sink;
  sink.answer({500, 200});
  TestRegistry reg(open_to_loopback());
  make_acme(reg);
  const auto path = add_webhook(reg, sink.url());
  reg.push("acme/app", {"v1"});
  wait_for_failures(reg, path, 1);
  reg.restart();
  advance_clock(std::chrono::minutes(1));
  ASSERT_EQ(sink.wait_for(2).size(), 2u);
  wait_until_told(reg);
}

TEST(NotificationDelivery, IsNotMadeToWhatMayNotBeReached) {
  HookSink sink;
  TestRegistry reg;
  make_acme(reg);
  const auto path = add_webhook(reg, "https://example.com/");
  // As if the name had led somewhere else when it was checked.
  static const db::Query kSet{"test.set", "UPDATE notification SET config = $1"};
  const auto config = json::to_text(json::Object{{"url", sink.url()}});
  reg.database().write_now([&](db::Tx& tx) { return tx.run(kSet, config); });
  test(reg, path);
  wait_for_failures(reg, path, 1);
  EXPECT_TRUE(sink.requests().empty());
}

TEST(NotificationDelivery, GivesUpOnAReplyThatIsTooLong) {
  HookSink sink;
  sink.answer_with([](const net::testing::ReceivedRequest&) {
    http::Response response;
    response.body = std::string(1024 * 1024, 'x');
    return response;
  });
  TestRegistry reg(open_to_loopback());
  make_acme(reg);
  const auto path = add_webhook(reg, sink.url());
  test(reg, path);
  wait_for_failures(reg, path, 1);
}

TEST(NotificationDelivery, TestsEveryKindOfEvent) {
  HookSink sink;
  TestRegistry reg(open_to_loopback());
  make_acme(reg);
  const std::map<std::string, std::string> extra = {
      {"repo_push", "updated_tags"},       {"vulnerability_found", "vulnerability"},
      {"build_queued", "is_manual"},       {"build_failure", "error_message"},
      {"build_success", "build_name"},     {"repo_mirror_sync_failed", "message"},
      {"repo_image_expiry", "expiring_in"}};
  for (const auto& [event, key] : extra) {
    test(reg, add(reg, wanted(event, "webhook", {{"url", sink.url('/' + event)}}, {{"days", 3}})));
  }
  for (const auto& request : sink.wait_for(extra.size())) {
    const auto body = parsed(request.body);
    ASSERT_TRUE(body.is_object());
    EXPECT_TRUE(body.as_object().contains(extra.at(request.target.substr(1)))) << request.body;
    EXPECT_EQ(body.at("repository"), "acme/app");
  }
  wait_until_told(reg);
}

TEST(Vulnerabilities, AreToldToThoseWhoseLevelTheyReach) {
  HookSink sink;
  TestRegistry reg(open_to_loopback());
  make_acme(reg);
  const auto hook = [&](const std::string& name, json::Object event_config) {
    add(reg, wanted("vulnerability_found", "webhook", {{"url", sink.url('/' + name)}}, std::move(event_config)));
  };
  hook("all", {});
  hook("high", {{"level", "1"}});
  hook("medium", {{"level", 2}});
  const auto repository = id_of(reg, "acme/app");
  const service::FoundVulnerability found{.id = "CVE-2024-3094",
                                          .description = "A back door",
                                          .link = "https://example.com/CVE-2024-3094",
                                          .priority = service::Severity::Medium,
                                          .has_fix = true};
  const auto find = [&](bool first_report, std::size_t tags) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < tags; ++i) names.push_back("v" + std::to_string(i));
    reg.database().write_now([&](db::Tx& tx) {
      service::queue_vulnerability(tx, reg.services().settings, repository, names, found, first_report, now_ms());
      return true;
    });
  };
  find(false, 150);
  auto requests = sink.wait_for(2);
  wait_until_told(reg);
  std::set<std::string> told;
  for (const auto& request : sink.requests()) told.insert(request.target);
  EXPECT_EQ(told, (std::set<std::string>{"/all", "/medium"}));
  const auto body = parsed(requests.at(0).body);
  EXPECT_EQ(body.at("tags").as_array().size(), 100u);
  EXPECT_EQ(body.at("vulnerability"), (json::Value{{"id", "CVE-2024-3094"},
                                                   {"description", "A back door"},
                                                   {"link", "https://example.com/CVE-2024-3094"},
                                                   {"priority", "Medium"},
                                                   {"has_fix", true}}));
  EXPECT_FALSE(body.as_object().contains("vulnerable_index_report_created"));

  sink.clear();
  find(true, 1);
  requests = sink.wait_for(3);
  EXPECT_EQ(requests.size(), 3u);
  EXPECT_EQ(parsed(requests.at(0).body).at("vulnerable_index_report_created"), "true");
}

TEST(ExpiringTags, AreToldOfOnceForEachEnd) {
  HookSink sink;
  TestRegistry reg(open_to_loopback());
  make_acme(reg);
  reg.push("acme/app", {"soon", "later", "ever"});
  add(reg, wanted("repo_image_expiry", "webhook", {{"url", sink.url()}}, {{"days", 3}}));
  const auto remind = [&] { return run_awaitable(reg.services().notifications.deliveries().remind_of_expiry(100)); };
  static const db::Query kEnd{"test.end", "UPDATE tag SET end_ms = $2 WHERE name = $1 AND end_ms > $3"};
  const auto end = [&](std::string_view tag, std::chrono::hours in) {
    const auto at = now_ms() + std::chrono::milliseconds(in).count();
    reg.database().write_now([&](db::Tx& tx) { return tx.run(kEnd, tag, at, now_ms()); });
  };
  EXPECT_EQ(remind(), 0);
  end("soon", std::chrono::hours(48));
  end("later", std::chrono::hours(24 * 5));
  EXPECT_EQ(remind(), 1);
  EXPECT_EQ(remind(), 0);
  auto requests = sink.wait_for(1);
  ASSERT_EQ(requests.size(), 1u);
  auto body = parsed(requests[0].body);
  EXPECT_EQ(body.at("tags"), json::Value{"soon"});
  EXPECT_EQ(body.at("expiring_in"), "3 days");
  EXPECT_EQ(body.at("notification_uuid"), reg.as("owner").get(kAll).at("/notifications/0/uuid"));

  end("later", std::chrono::hours(60));
  end("soon", std::chrono::hours(50));
  EXPECT_EQ(remind(), 2);
  requests = sink.wait_for(2);
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(parsed(requests[1].body).at("tags"), (json::Value{"soon", "later"}));
  EXPECT_EQ(remind(), 0);
}

}  // namespace
}  // namespace wharf::api
