#include "service/insight.h"

#include <thread>

#include "api/refusals_testing.h"
#include "base/clock.h"
#include "base/testing.h"
#include "db/database.h"

namespace wharf::api {
namespace {

using test::TestRegistry;
using testing::expect_only;

const std::string kPath = "/api/v1/superuser/insight";

/// The insight once what was wanted is counted, here or by the server's own job.
test::Answer counted(TestRegistry& reg) {
  auto root = reg.as("superuser");
  auto seen = root.get(kPath);
  for (int i = 0; i < 600 && (seen.flag("/counting") || seen.at("/counted_ms").is_null()); ++i) {
    if (!run_awaitable(reg.services().insight.count())) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    seen = root.get(kPath);
  }
  return seen;
}

/// Has a scanned image of this digest known for `critical` critical findings, of which `fixable` have a fix, and one
/// low.
void set_findings(TestRegistry& reg, const std::string& digest, int critical, int fixable) {
  static const db::Query kReport{"test.report", R"(
    INSERT INTO scan_report (manifest_id, content, data_version, packages, critical, high, medium, low, negligible,
                             unknown, fixable_critical, fixable, scanned_ms)
    SELECT id, $4, 1, 10, $2, 0, 0, 1, 0, 0, $3, $3, 1 FROM manifest WHERE digest = $1)"};
  reg.database().write_now([&](db::Tx& tx) { return tx.run(kReport, digest, critical, fixable, db::Bytes{}); });
}

TEST(Insight, IsForSuperusersAlone) {
  TestRegistry reg;
  testing::make_acme(reg);
  expect_only(reg, {.verb = "GET", .path = kPath, .allowed = {"superuser"}});
}

TEST(Insight, IsCountedWhenSomebodyLooksAtItAndItIsOld) {
  TestRegistry reg;
  testing::make_acme(reg);
  EXPECT_FALSE(run_awaitable(reg.services().insight.count())) << "nobody looked";
  const auto first = reg.as("superuser").get(kPath);
  EXPECT_TRUE(first.flag("/counting"));
  const auto once = counted(reg);
  EXPECT_GT(once.number("/counted_ms"), 0);
  EXPECT_FALSE(once.flag("/counting"));
  EXPECT_FALSE(run_awaitable(reg.services().insight.count())) << "it is young";
  advance_clock(std::chrono::hours(1));
  EXPECT_GE(counted(reg).number("/counted_ms"), once.number("/counted_ms") + 3600 * 1000);
}

TEST(Insight, TellsWhatNamespacesTakeEachBlobOnce) {
  TestRegistry reg;
  testing::make_acme(reg);
  reg.push("acme/app", {"v1", "v2"});
  static const db::Query kSum{"test.sum", "SELECT CAST(SUM(size_bytes) AS BIGINT) FROM blob"};
  const auto sum = reg.database().read_now([](db::Tx& tx) { return tx.get<std::int64_t>(kSum); });
  const auto seen = counted(reg);
  EXPECT_EQ(seen.number("/insight/size_bytes"), sum);
  EXPECT_EQ(seen.string("/insight/namespaces/0/name"), "acme");
  EXPECT_EQ(seen.string("/insight/namespaces/0/kind"), "organization");
  EXPECT_EQ(seen.number("/insight/namespaces/0/size_bytes"), sum);
  EXPECT_EQ(seen.number("/insight/namespaces/0/repositories"), seen.number("/insight/repositories"));
  EXPECT_EQ(seen.number("/insight/organizations"), 1);
  EXPECT_GT(seen.number("/insight/users"), 1);
}

TEST(Insight, RanksTaggedImagesByTheirCriticalFixableFindings) {
  TestRegistry reg;
  testing::make_acme(reg);
  reg.push("acme/app", {"much", "fixable", "gone"});
  const auto digest = [&reg](const std::string& tag) {
    return reg.as("owner").get("/api/v1/repository/acme/app/tag/?specificTag=" + tag).string("/tags/0/manifest_digest");
  };
  set_findings(reg, digest("much"), 9, 1);
  set_findings(reg, digest("fixable"), 5, 5);
  set_findings(reg, digest("gone"), 100, 100);
  ASSERT_EQ(reg.as("owner").del("/api/v1/repository/acme/app/tag/gone").status, 204);
  const auto seen = counted(reg);
  EXPECT_EQ(seen.number("/insight/images"), 2) << seen.text;
  EXPECT_EQ(seen.number("/insight/findings/critical"), 14);
  EXPECT_EQ(seen.number("/insight/findings/fixable_critical"), 6);
  EXPECT_EQ(seen.number("/insight/findings/low"), 2);
  EXPECT_EQ(seen.names("insight/worst_images", "tag"), (test::Names{"fixable", "much"}));
  EXPECT_EQ(seen.string("/insight/worst_images/0/namespace"), "acme");
  EXPECT_EQ(seen.string("/insight/worst_images/0/repository"), "app");
  EXPECT_EQ(seen.string("/insight/worst_images/0/manifest_digest"), digest("fixable"));
}

}  // namespace
}  // namespace wharf::api
