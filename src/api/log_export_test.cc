#include "api/refusals_testing.h"
#include "base/clock.h"
#include "base/testing.h"
#include "net/testing.h"
#include "service/audit_log.h"
#include "store/log.h"

namespace wharf::api {
namespace {

using net::testing::HookSink;
using net::testing::MailSink;
using test::Names;
using test::TestRegistry;
using testing::expect_only;
using testing::make_acme;

constexpr const char* kOfAcme = "/api/v1/organization/acme/exportlogs";
constexpr const char* kOfApp = "/api/v1/repository/acme/app/exportlogs";

/// A registry that may call what listens on loopback.
TestRegistry::Options open_to_loopback() {
  return {.configure = [](app::Config& config) { config.ssrf_allowed_hosts = {"127.0.0.1"}; }};
}

json::Value parsed(const std::string& text) {
  auto value = json::parse(text);
  return value ? *value : json::Value();
}

std::string path_of(const json::Value& call) {
  const std::string url(call.at("exported_data_url").as_string());
  return url.substr(url.find("/exportedlogs/"));
}

TEST(LogExport, CallsBackWithTheAddressOfTheFile) {
  HookSink sink;
  TestRegistry reg(open_to_loopback());
  reg.push("acme/app", {"v1"});
  const auto answer = reg.as("owner").post(kOfApp, {{"callback_url", sink.url("/hook")}});
  ASSERT_EQ(answer.status, 200) << answer.summary();
  const auto requests = sink.wait_for(1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/hook");
  EXPECT_EQ(requests[0].header("Content-Type"), "application/json");
  const auto call = parsed(requests[0].body);
  EXPECT_EQ(call.at("export_id"), json::Value(answer.string("/export_id")));
  EXPECT_EQ(call.at("namespace"), "acme");
  EXPECT_EQ(call.at("repository"), "app");
  EXPECT_EQ(call.at("status"), "success");
  EXPECT_EQ(call.at("start_time").as_string().size(), 10u);

  auto nobody = reg.with("");
  const auto file = nobody.get(path_of(call));
  ASSERT_EQ(file.status, 200);
  EXPECT_EQ(file.header("Content-Type"), "application/json");
  EXPECT_EQ(file.header("Cache-Control"), "no-store");
  const auto content = parsed(file.text);
  ASSERT_TRUE(content.is_object()) << file.text;
  EXPECT_EQ(content.at("export_id"), call.at("export_id"));
  EXPECT_EQ(content.at("details").at("namespace"), "acme");
  EXPECT_EQ(content.at("details").at("repository"), "app");
  const auto& logs = content.at("logs").as_array();
  // Newest first: the asking for it, the push, the making of the repository.
  ASSERT_EQ(logs.size(), 4u);
  EXPECT_EQ(logs[0].at("kind"), "export_logs_success");
  EXPECT_EQ(logs[1].at("kind"), "push_repo");
  EXPECT_EQ(logs[2].at("kind"), "create_repo");
  EXPECT_EQ(logs[3].at("terminator"), true);
}

TEST(LogExport, IsMailed) {
  MailSink sink;
  TestRegistry reg({.configure = [&](app::Config& config) {
    config.mail_server = "127.0.0.1";
    config.mail_port = sink.port();
    config.mail_use_tls = false;
  }});
  reg.user("alice");
  const auto answer = reg.as("alice").post("/api/v1/user/exportlogs", {{"callback_email", "a@example.com"}});
  ASSERT_EQ(answer.status, 200) << answer.summary();
  const auto mails = sink.wait_for(1);
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails[0].to, Names{"a@example.com"});
  EXPECT_NE(mails[0].text.find(answer.string("/export_id")), std::string::npos);
  const auto link = mails[0].link("/exportedlogs/");
  ASSERT_FALSE(link.empty()) << mails[0].text;
  const auto file = reg.with("").get(link.substr(link.find("/exportedlogs/")));
  EXPECT_EQ(file.status, 200);
  EXPECT_TRUE(parsed(file.text).at("details").at("repository").is_null());
}

TEST(LogExport, HoldsEverythingOfItsDaysWhateverTheirNumber) {
  HookSink sink;
  TestRegistry reg(open_to_loopback());
  reg.organization("acme");
  constexpr int kEntries = 1'000;  // several pieces, the last one full
  auto fill = [](db::Tx& tx) {
    static const db::Query kForget{"test.forget", "DELETE FROM log_entry"};
    static const db::Query kId{"test.id", "SELECT id FROM account WHERE name = 'acme'"};
    tx.run(kForget);
    const auto acme = tx.get<std::int64_t>(kId);
    for (int i = 0; i < kEntries; ++i) {
      store::add_log_entry(tx, {.at_ms = 1'604'404'800'000 + i / 7,
                                .kind = "create_repo",
                                .namespace_id = acme,
                                .metadata = R"({"n": )" + std::to_string(i) + "}"});
    }
    return true;
  };
  reg.database().write_now(fill);
  const auto query = std::string(kOfAcme) + "?starttime=11/03/2020&endtime=11/03/2020";
  ASSERT_EQ(reg.as("owner").post(query, {{"callback_url", sink.url()}}).status, 200);
  const auto call = parsed(sink.wait_for(1).at(0).body);
  EXPECT_EQ(call.at("start_time"), "11/03/2020");
  EXPECT_EQ(call.at("end_time"), "11/04/2020");
  EXPECT_TRUE(call.at("repository").is_null());
  const auto content = parsed(reg.with("").get(path_of(call)).text);
  ASSERT_TRUE(content.is_object());
  const auto& logs = content.at("logs").as_array();
  ASSERT_EQ(logs.size(), kEntries + 1u);
  for (int i = 0; i < kEntries; ++i) {
    EXPECT_EQ(logs[static_cast<std::size_t>(i)].at("metadata").at("n"), kEntries - 1 - i);
  }
}

TEST(LogExport, ComesAgainWhenTheCallFails) {
  HookSink sink;
  sink.answer({500, 200});
  TestRegistry reg(open_to_loopback());
  reg.organization("acme");
  ASSERT_EQ(reg.as("owner").post(kOfAcme, {{"callback_url", sink.url()}}).status, 200);
  ASSERT_EQ(sink.wait_for(1).size(), 1u);
  advance_clock(std::chrono::minutes(3));  // past the lease as past the wait
  const auto requests = sink.wait_for(2);
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].body, requests[1].body);
  EXPECT_EQ(reg.with("").get(path_of(parsed(requests[1].body))).status, 200);
}

TEST(LogExport, IsThereForAnHour) {
  HookSink sink;
  TestRegistry reg(open_to_loopback());
  reg.organization("acme");
  ASSERT_EQ(reg.as("owner").post(kOfAcme, {{"callback_url", sink.url()}}).status, 200);
  const auto path = path_of(parsed(sink.wait_for(1).at(0).body));
  EXPECT_EQ(reg.with("").get(path).status, 200);
  EXPECT_EQ(reg.with("").get(path + "x").status, 404);
  EXPECT_EQ(reg.with("").get("/exportedlogs/" + std::string(40, 'a')).status, 404);
  auto& exports = reg.services().audit_log.exports();
  EXPECT_EQ(run_awaitable(exports.delete_expired(10)), 0);
  advance_clock(std::chrono::minutes(61));
  EXPECT_EQ(reg.with("").get(path).status, 404);
  run_awaitable(exports.delete_expired(10));  // unless the server was first
  const db::Query left{"test.left", "SELECT count(*) FROM log_export"};
  EXPECT_EQ(reg.database().read_now([&](db::Tx& tx) { return tx.get<std::int64_t>(left); }), 0);
}

TEST(LogExport, RefusesWhatMayNotBeCalledAndTellsOfIt) {
  TestRegistry reg;
  make_acme(reg);
  auto owner = reg.as("owner");
  const json::Value bodies[] = {
      {{"callback_url", "http://127.0.0.1/"}},
      {{"callback_url", "http://localhost:8080/"}},
      {{"callback_url", "http://10.1.2.3/"}},
      {{"callback_url", "http://169.254.169.254/latest"}},
      {{"callback_url", "http://[::1]/"}},
      {{"callback_url", "http://db.internal/"}},
      {{"callback_url", "http://2130706433/"}},
      {{"callback_url", "ftp://example.com/"}},
      {{"callback_url", "file:///etc/passwd"}},
      {{"callback_url", "http://a:b@example.com/"}},
      {{"callback_url", ""}},
      {{"callback_url", 5}},
      {{"callback_email", "nonsense"}},
      {{"callback_email", ""}},
      {{"callback_email", "a@example.com\r\nBcc: b@example.com"}},
      {{"callback_email", "a@example.com"}},  // no mail is sent here
  };
  for (const auto* path : {kOfApp, kOfAcme, "/api/v1/user/exportlogs"}) {
    for (const auto& body : bodies) {
      const auto answer = owner.post(path, body);
      EXPECT_EQ(answer.status, 400) << path << ' ' << json::to_text(body);
      EXPECT_EQ(answer.string("/error_type"), "invalid_request");
    }
    EXPECT_EQ(owner.post(std::string(path) + "?endtime=01/01/2020", json::Object{}).status, 400);
    EXPECT_EQ(owner.post(path, json::Array{}).status, 400);
    EXPECT_EQ(owner.request("POST", path).status, 415);
    EXPECT_EQ(owner.post(path, json::Object{}).status, 200);
  }
  const auto kinds = owner.get("/api/v1/repository/acme/app/logs").names("logs", "kind");
  EXPECT_EQ(std::ranges::count(kinds, "export_logs_success"), 1);
  EXPECT_GE(std::ranges::count(kinds, "export_logs_failure"), 15);
  const auto entry = owner.get("/api/v1/repository/acme/app/logs").at("/logs/1/metadata").as_object();
  for (const auto* key : {"date/time", "error", "url", "email", "repo"}) EXPECT_TRUE(entry.contains(key)) << key;
}

TEST(LogExport, IsForThoseWhoAdminister) {
  TestRegistry reg({.configure = [](app::Config& config) { config.global_readonly_super_users = {"watcher"}; }});
  make_acme(reg);
  for (const auto* name : {"stranger", "watcher"}) reg.user(name);
  expect_only(reg, {"POST", kOfApp, "{}", {"manager", "owner", "owner@repo:admin"}});
  expect_only(reg, {"POST", kOfAcme, "{}", {"owner", "owner@org:admin"}});
  expect_refusals(reg, {{"manager", "POST", kOfApp, 200, "", "{}"},
                        {"owner@org:admin", "POST", kOfAcme, 200, "", "{}"},
                        {"watcher", "POST", kOfApp, 403, "insufficient_scope", "{}"},
                        {"watcher", "POST", kOfAcme, 403, "insufficient_scope", "{}"},
                        {"owner@user:read", "POST", "/api/v1/user/exportlogs", 403, "insufficient_scope", "{}"},
                        {"owner@user:admin", "POST", "/api/v1/user/exportlogs", 200, "", "{}"},
                        {"nobody", "POST", "/api/v1/user/exportlogs", 401, "invalid_token", "{}"},
                        // Of repositories and users permission comes first, of organizations the body.
                        {"stranger", "POST", kOfApp, 403, "insufficient_scope", "[]"},
                        {"stranger", "POST", kOfAcme, 400, "invalid_request", "[]"},
                        {"owner", "POST", "/api/v1/repository/acme/none/exportlogs", 404, "not_found", "{}"},
                        {"owner", "POST", "/api/v1/organization/none/exportlogs", 403, "insufficient_scope", "{}"}});
  // Who may not export an organization's log stands in it.
  const auto logs = reg.as("owner").get("/api/v1/organization/acme/logs?performer=stranger").at("/logs");
  ASSERT_FALSE(logs.as_array().empty());
  EXPECT_EQ(logs.at(0).at("kind"), "export_logs_failure");
}

TEST(LogExport, CanBeTurnedOff) {
  TestRegistry reg({.configure = [](app::Config& config) { config.features.log_export = false; }});
  reg.organization("acme");
  EXPECT_EQ(reg.as("owner").post(kOfAcme, json::Object{}).status, 404);
}

}  // namespace
}  // namespace wharf::api
