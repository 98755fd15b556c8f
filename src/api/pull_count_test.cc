#include "api/pull_count.h"

#include <thread>

#include "api/refusals_testing.h"
#include "base/clock.h"
#include "base/testing.h"
#include "service/pull_count.h"

namespace wharf::api {
namespace {

using test::Image;
using test::Names;
using test::TestRegistry;

constexpr const char* kApp = "/api/v1/repository/acme/app";
constexpr const char* kLogs = "/api/v1/repository/acme/app/logs";

/// What is known of pulls so far is written.
void settle(TestRegistry& reg) { reg.services().pull_counts.write_now(); }

struct Pulled {
  std::int64_t rows = 0;
  std::int64_t pulls = 0;
  json::Array entries;
};

Pulled logged(TestRegistry& reg, std::string_view kind = "pull_repo") {
  settle(reg);
  Pulled pulled;
  const auto logs = reg.as("owner").get(kLogs).at("/logs");
  for (const auto& entry : logs.as_array()) {
    if (entry.at("kind") != json::Value(kind)) continue;
    ++pulled.rows;
    const auto* count = entry.as_object().if_contains("count");
    pulled.pulls += count ? count->as_int64() : 1;
    pulled.entries.push_back(entry);
  }
  return pulled;
}

void pull(TestRegistry& reg, std::string_view who, std::string_view reference, int times = 1,
          std::string_view agent = "docker/24.0.7") {
  auto client = reg.registry(who, "acme/app", "pull");
  for (int i = 0; i < times; ++i) {
    const auto answer =
        client.get("/v2/acme/app/manifests/" + std::string(reference), {{"User-Agent", std::string(agent)}});
    ASSERT_EQ(answer.status, 200) << answer.summary();
  }
}

TEST(Pull, IsInTheLogWithTheClient) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  reg.robot("acme+ci");
  reg.give("acme+ci", "acme/app", "read");
  pull(reg, "acme+ci", "v1");
  const auto pulled = logged(reg);
  ASSERT_EQ(pulled.rows, 1);
  const auto& entry = pulled.entries[0];
  const auto& metadata = entry.at("metadata").as_object();
  EXPECT_EQ(metadata.at("repo"), "app");
  EXPECT_EQ(metadata.at("namespace"), "acme");
  EXPECT_EQ(metadata.at("tag"), "v1");
  EXPECT_EQ(metadata.at("user-agent"), "docker/24.0.7");
  EXPECT_EQ(metadata.at("mediaType"), "application/vnd.oci.image.manifest.v1+json");
  EXPECT_EQ(metadata.at("username"), "acme+ci");
  EXPECT_EQ(metadata.at("is_robot"), true);
  EXPECT_EQ(entry.at("performer").at("name"), "acme+ci");
  EXPECT_EQ(entry.at("ip"), "127.0.0.1");
  EXPECT_FALSE(entry.as_object().contains("count"));
}

TEST(Pull, ThatIsLikeAnotherIsCountedWithIt) {
  TestRegistry reg;
  const auto digest = reg.push("acme/app", {"v1"})[0];
  reg.give("reader", "acme/app", "read");
  settle(reg);
  pull(reg, "owner", "v1", 5);
  pull(reg, "owner", digest, 2);
  pull(reg, "reader", "v1", 3);
  pull(reg, "owner", "v1", 1, "podman/4.3");
  auto pulled = logged(reg);
  // A round of the job may fall between them and part what is alike.
  EXPECT_GE(pulled.rows, 4);
  EXPECT_LE(pulled.rows, 8);
  EXPECT_EQ(pulled.pulls, 11);
  const auto tag = reg.as("owner").get(std::string(kApp) + "/tag/v1/pull_statistics");
  EXPECT_EQ(tag.number("/tag_pull_count"), 9);
  EXPECT_EQ(tag.number("/manifest_pull_count"), 11);
  EXPECT_EQ(tag.string("/tag_name"), "v1");
  EXPECT_EQ(tag.string("/current_manifest_digest"), digest);
  EXPECT_TRUE(tag.at("/last_tag_pull_date").is_string());
  EXPECT_TRUE(tag.at("/last_manifest_pull_date").is_string());
  const auto manifest = reg.as("owner").get(std::string(kApp) + "/manifest/" + digest + "/pull_statistics");
  EXPECT_EQ(manifest.number("/manifest_pull_count"), 11);
  EXPECT_EQ(manifest.string("/manifest_digest"), digest);
  const auto sums = reg.as("owner").get(std::string(kApp) + "/aggregatelogs").at("/aggregated");
  std::int64_t total = 0;
  for (const auto& sum : sums.as_array()) {
    if (sum.at("kind") == "pull_repo") total += sum.at("count").as_int64();
  }
  EXPECT_EQ(total, 11);
}

TEST(Pull, IsAGetAndNoHead) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  auto owner = reg.registry("owner", "acme/app");
  EXPECT_EQ(owner.head("/v2/acme/app/manifests/v1").status, 200);
  EXPECT_EQ(owner.get("/v2/acme/app/manifests/none").status, 404);
  EXPECT_EQ(logged(reg).rows, 0);
  const auto answer = owner.get("/v2/acme/app/manifests/v1");
  EXPECT_EQ(owner.get("/v2/acme/app/manifests/v1", {{"If-None-Match", answer.header("ETag")}}).status, 304);
  EXPECT_EQ(logged(reg).pulls, 2);
}

TEST(Pull, MayHaveAClientOfAnyBytes) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  pull(reg, "owner", "v1", 2, "docker\xff\xfe\"}");
  const auto pulled = logged(reg);
  EXPECT_EQ(pulled.pulls, 2);
  ASSERT_FALSE(pulled.entries.empty());
  EXPECT_EQ(pulled.entries[0].at("metadata").at("user-agent"), "docker\xef\xbf\xbd\xef\xbf\xbd\"}");
}

TEST(Pull, OfNobodyHasNoPerformer) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  ASSERT_EQ(reg.as("owner").post(std::string(kApp) + "/changevisibility", {{"visibility", "public"}}).status, 200);
  auto nobody = reg.with("");
  ASSERT_EQ(nobody.get("/v2/acme/app/manifests/v1").status, 200);
  const auto pulled = logged(reg);
  ASSERT_EQ(pulled.rows, 1);
  EXPECT_FALSE(pulled.entries[0].as_object().contains("performer"));
  EXPECT_FALSE(pulled.entries[0].at("metadata").as_object().contains("username"));
}

TEST(Pull, SurvivesAGracefulStop) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  pull(reg, "owner", "v1", 3);
  reg.restart();
  EXPECT_EQ(logged(reg).pulls, 3);
}

TEST(Pull, IsWrittenWithoutBeingAsked) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  pull(reg, "owner", "v1");
  std::int64_t count = 0;
  for (int i = 0; i < 100 && count == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    count = reg.as("owner").get(std::string(kApp) + "/tag/v1/pull_statistics").number("/tag_pull_count");
  }
  EXPECT_EQ(count, 1);
}

TEST(Pull, IsCountedWhereItIsNotLogged) {
  for (const bool all : {false, true}) {
    TestRegistry reg({.configure = [all](app::Config& config) {
      (all ? config.no_audit_namespaces : config.no_pull_log_namespaces) = {"acme"};
    }});
    reg.push("acme/app", {"v1"});
    pull(reg, "owner", "v1", 2);
    EXPECT_EQ(logged(reg).rows, 0);
    EXPECT_EQ(logged(reg, "push_repo").rows, all ? 0 : 1);
    EXPECT_EQ(reg.as("owner").get(std::string(kApp) + "/tag/v1/pull_statistics").number("/tag_pull_count"), 2);
  }
}

TEST(Pull, IsLoggedWhereItIsNotCounted) {
  TestRegistry reg({.configure = [](app::Config& config) { config.features.image_pull_stats = false; }});
  reg.push("acme/app", {"v1"});
  pull(reg, "owner", "v1");
  EXPECT_EQ(logged(reg).rows, 1);
  EXPECT_EQ(reg.as("owner").get(std::string(kApp) + "/tag/v1/pull_statistics").status, 404);
}

TEST(Pull, ThatFailsIsToldWhereThatIsWanted) {
  for (const bool wanted : {false, true}) {
    TestRegistry reg({.configure = [wanted](app::Config& config) {
      config.audit_pull_failures = config.audit_push_failures = config.audit_delete_failures = wanted;
    }});
    reg.push("acme/app", {"v1"});
    auto owner = reg.registry("owner", "acme/app");
    EXPECT_EQ(owner.get("/v2/acme/app/manifests/none").status, 404);
    EXPECT_EQ(reg.put_manifest("acme/app", "v2", "application/vnd.oci.image.manifest.v1+json", "{}").status, 400);
    EXPECT_EQ(owner.del("/v2/acme/app/manifests/none").status, 404);
    for (const auto* kind : {"pull_repo_failed", "push_repo_failed", "delete_tag_failed"}) {
      const auto failed = logged(reg, kind);
      ASSERT_EQ(failed.rows, wanted ? 1 : 0) << kind;
      if (!wanted) continue;
      const auto& metadata = failed.entries[0].at("metadata").as_object();
      EXPECT_TRUE(metadata.contains("tag") && metadata.contains("message")) << json::to_text(metadata);
      EXPECT_EQ(failed.entries[0].at("performer").at("name"), "owner");
    }
    // What failed counts for nothing else.
    EXPECT_EQ(logged(reg).rows, 0);
  }
}

/// Pulls acme/app:v1 with a registry token for this login, and answers the metadata of the entry.
json::Object pulled_by(TestRegistry& reg, const std::string& login, const std::string& secret) {
  settle(reg);
  auto forget = [](db::Tx& tx) {
    static const db::Query kForget{"test.forget", "DELETE FROM log_entry"};
    return tx.run(kForget);
  };
  reg.database().write_now(forget);
  const auto answer = reg.with(test::basic(login, secret)).get("/v2/auth?scope=repository:acme/app:pull");
  EXPECT_EQ(answer.status, 200) << answer.summary();
  auto client = reg.with("Bearer " + answer.string("/token"));
  EXPECT_EQ(client.get("/v2/acme/app/manifests/v1").status, 200);
  const auto pulled = logged(reg);
  if (pulled.entries.size() != 1) return {};
  return pulled.entries[0].at("metadata").as_object();
}

TEST(Pull, SaysWhichTokenItWasBy) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  auto owner = reg.as("owner");
  const auto made = owner.post("/api/v1/user/apptoken", {{"title", "laptop"}});
  ASSERT_EQ(made.status, 200) << made.summary();
  const auto by_app_token = pulled_by(reg, "$app", made.string("/token/token_code"));
  ASSERT_TRUE(by_app_token.contains("app_specific_token"));
  EXPECT_EQ(by_app_token.at("app_specific_token"), json::Value(made.string("/token/uuid")));
  EXPECT_EQ(by_app_token.at("app_specific_token_title"), "laptop");
  EXPECT_EQ(by_app_token.at("username"), "owner");

  const auto client = owner.post("/api/v1/organization/acme/applications", {{"name", "ci"}}).string("/client_id");
  const auto token = owner.post("/api/v1/organization/acme/applications/" + client + "/tokens",
                                {{"name", "bot"}, {"scope", "repo:read"}});
  ASSERT_EQ(token.status, 200) << token.summary();
  const auto by_oauth_token = pulled_by(reg, "$oauthtoken", token.string("/token"));
  ASSERT_TRUE(by_oauth_token.contains("oauth_token_id"));
  EXPECT_EQ(by_oauth_token.at("oauth_token_id"), json::Value(token.string("/uuid")));
  EXPECT_EQ(by_oauth_token.at("oauth_token_application_id"), json::Value(client));
  EXPECT_EQ(by_oauth_token.at("oauth_token_application"), "ci");

  const auto by_password = pulled_by(reg, "owner", std::string(test::kPassword));
  EXPECT_EQ(by_password.at("username"), "owner");
  EXPECT_FALSE(by_password.contains("oauth_token_id") || by_password.contains("app_specific_token"));
}

TEST(Pull, IsKeptWhileTheDatabaseRefusesIt) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  settle(reg);
  const auto rename = [&](const char* from, const char* to) {
    const auto sql = std::string("ALTER TABLE ") + from + " RENAME TO " + to;
    auto run = [&](db::Tx& tx) {
      tx.script(db::Query{"test.rename", sql.c_str()});
      return true;
    };
    reg.database().write_now(run);
  };
  auto& pulls = reg.services().pull_counts;
  const auto before = pulls.written();
  rename("log_entry", "log_entry_away");
  pull(reg, "owner", "v1", 3);
  try {
    run_awaitable(pulls.write());  // nothing when the job is at it just now, which fails as well
  } catch (const std::exception&) {
  }
  EXPECT_EQ(pulls.written(), before);
  rename("log_entry_away", "log_entry");
  for (int i = 0; i < 100 && pulls.written() == before; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    run_awaitable(pulls.write());
  }
  EXPECT_EQ(logged(reg).pulls, 3);
  EXPECT_EQ(pulls.written(), before + 3);
  EXPECT_EQ(pulls.dropped(), 0u);
  EXPECT_EQ(reg.as("owner").get(std::string(kApp) + "/tag/v1/pull_statistics").number("/tag_pull_count"), 3);
}

TEST(Pull, OfADeletedRepositoryHurtsNobody) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  reg.push("acme/other", {"v1"});
  settle(reg);
  pull(reg, "owner", "v1");
  auto other = reg.registry("owner", "acme/other", "pull");
  ASSERT_EQ(other.get("/v2/acme/other/manifests/v1").status, 200);
  auto purge = [](db::Tx& tx) {
    for (const auto* sql : {"DELETE FROM tag", "DELETE FROM manifest_blob", "DELETE FROM manifest",
                            "DELETE FROM repository_blob", "DELETE FROM repository WHERE name = 'app'"}) {
      tx.run(db::Query{"test.purge", sql});
    }
    return true;
  };
  reg.database().write_now(purge);
  settle(reg);
  const auto kinds = reg.as("owner").get("/api/v1/organization/acme/logs").names("logs", "kind");
  EXPECT_EQ(std::ranges::count(kinds, "pull_repo"), 2);
  EXPECT_EQ(reg.services().pull_counts.dropped(), 0u);
}

TEST(PullStatistics, AreForReaders) {
  TestRegistry reg;
  const auto digest = reg.push("acme/app", {"v1"})[0];
  reg.give("reader", "acme/app", "read");
  reg.user("stranger");
  const auto tag = std::string(kApp) + "/tag/v1/pull_statistics";
  const auto manifest = std::string(kApp) + "/manifest/" + digest + "/pull_statistics";
  const auto none = std::string(kApp) + "/tag/none/pull_statistics";
  const auto unknown = std::string(kApp) + "/manifest/sha256:" + std::string(64, '0') + "/pull_statistics";
  const auto elsewhere = "/api/v1/repository/acme/none/tag/v1/pull_statistics";
  for (const auto& path : {tag, manifest}) {
    expect_refusals(reg, {{"reader", "GET", path, 200},
                          {"owner@repo:read", "GET", path, 200},
                          {"owner@user:admin", "GET", path, 403, "insufficient_scope"},
                          {"stranger", "GET", path, 403, "insufficient_scope"},
                          {"nobody", "GET", path, 401, "invalid_token"}});
  }
  expect_refusals(reg, {{"reader", "GET", none, 404, "not_found"},
                        {"reader", "GET", unknown, 404, "not_found"},
                        {"stranger", "GET", none, 403, "insufficient_scope"},
                        {"stranger", "GET", elsewhere, 403, "insufficient_scope"},
                        {"owner", "GET", elsewhere, 404, "not_found"}});
  const auto fresh = reg.as("reader").get(tag);
  EXPECT_EQ(fresh.number("/tag_pull_count"), 0);
  EXPECT_TRUE(fresh.at("/last_tag_pull_date").is_null());
  ASSERT_EQ(reg.as("owner").post(std::string(kApp) + "/changevisibility", {{"visibility", "public"}}).status, 200);
  EXPECT_EQ(reg.with("").get(tag).status, 200);
}

TEST(RepositoryStatistics, AreOfThreeMonthsAndOneWeek) {
  TestRegistry reg;
  reg.repository("acme/app");
  auto forget = [](db::Tx& tx) {
    static const db::Query kForget{"test.forget", "DELETE FROM repository_day"};
    return tx.run(kForget);
  };
  reg.database().write_now(forget);
  const auto day = now_ms() / 86'400'000;
  auto fill = [&](db::Tx& tx) {
    static const db::Query kAdd{"test.day", R"(
      INSERT INTO repository_day (repository_id, day, actions) SELECT id, $1, $2 FROM repository WHERE name = 'app')"};
    for (const auto& [back, actions] : {std::pair(0, 1), {6, 20}, {7, 300}, {91, 4000}, {92, 50000}}) {
      tx.run(kAdd, day - back, std::int64_t{actions});
    }
    return true;
  };
  reg.database().write_now(fill);
  auto owner = reg.as("owner");
  const auto stats = owner.get(std::string(kApp) + "?includeStats=true").at("/stats");
  ASSERT_TRUE(stats.is_array());
  ASSERT_EQ(stats.as_array().size(), 92u);
  const auto date = [&](std::int64_t back) { return rfc3339((day - back) * 86'400'000).substr(0, 10); };
  const auto at = [&](std::size_t i) {
    return std::pair(std::string(stats.at(i).at("date").as_string()), stats.at(i).at("count").as_int64());
  };
  EXPECT_EQ(at(0), std::pair(date(91), std::int64_t{4000}));
  EXPECT_EQ(at(3), std::pair(date(0), std::int64_t{1}));
  EXPECT_EQ(at(4), std::pair(date(1), std::int64_t{0}));
  EXPECT_EQ(at(91), std::pair(date(90), std::int64_t{0}));
  EXPECT_TRUE(owner.get(kApp).at("/stats").is_null());
  const auto list = owner.get("/api/v1/repository?namespace=acme&popularity=true");
  EXPECT_EQ(list.at("/repositories/0/popularity").to_number<double>(), 21);
}

TEST(RepositoryStatistics, CountEveryAction) {
  TestRegistry reg;
  reg.push("acme/app", {"v1", "v2"});
  settle(reg);
  const auto actions = [&] {
    settle(reg);
    const auto stats = reg.as("owner").get(std::string(kApp) + "?includeStats=true").at("/stats");
    return stats.at(0).at("count").as_int64();
  };
  const auto before = actions();
  EXPECT_EQ(before, 3);  // made, and pushed to twice
  pull(reg, "owner", "v1", 4);
  EXPECT_EQ(reg.as("owner").del(std::string(kApp) + "/tag/v2").status, 204);
  EXPECT_EQ(actions(), before + 5);
}

}  // namespace
}  // namespace wharf::api
