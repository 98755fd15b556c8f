#include "registry/gc_testing.h"
#include "service/gc.h"

/// Much to collect at once: the steps stay small, and pushes go on between them.
namespace wharf::registry {
namespace {

using testing::Image;
using testing::kDay;
using testing::Names;
using testing::Yard;

constexpr int kMany = 10'000;
constexpr int kSome = 3'000;

/// Fills acme/app with `count` images, each with a tag of its own, a layer of its own and one that all share; written
/// by SQL, as that is quick.
void fill(Yard& reg, int count, Millis tags_end_ms) {
  reg.repository("acme/app");
  auto write = [&](db::Tx& tx) {
    static const db::Query kNumbers{"test.fill_blobs", R"(
      INSERT INTO blob (digest, size_bytes, created_ms)
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
      SELECT 'sha256:' || substr('0000000000000000000000000000000000000000000000000000000000000000', 1,
                                 64 - length(CAST(i AS TEXT))) || CAST(i AS TEXT), 1000, 1 FROM n)"};
    static const db::Query kManifests{"test.fill_manifests", R"(
      INSERT INTO manifest (repository_id, digest, media_type, content, is_list, layers_size_bytes, created_ms)
      SELECT (SELECT id FROM repository), digest, 'application/vnd.oci.image.manifest.v1+json', $1, $2, 1000, 1
        FROM blob)"};
    static const db::Query kLinks{"test.fill_links", R"(
      INSERT INTO manifest_blob (manifest_id, blob_id, repository_id)
      SELECT m.id, b.id, m.repository_id FROM manifest m JOIN blob b ON b.digest = m.digest)"};
    static const db::Query kShared{"test.fill_shared", R"(
      INSERT INTO manifest_blob (manifest_id, blob_id, repository_id)
      SELECT m.id, (SELECT min(id) FROM blob), m.repository_id FROM manifest m
       WHERE m.digest <> (SELECT min(digest) FROM blob))"};
    static const db::Query kTags{"test.fill_tags", R"(
      INSERT INTO tag (repository_id, name, manifest_id, start_ms, end_ms)
      SELECT repository_id, 't' || CAST(id AS TEXT), id, 1, $1 FROM manifest)"};
    tx.run(kNumbers, count);
    tx.run(kManifests, db::Bytes{"{}"}, false);
    tx.run(kLinks);
    tx.run(kShared);
    tx.run(kTags, tags_end_ms);
    return true;
  };
  reg.database().write_now(write);
  ASSERT_EQ(reg.rows("tag"), count);
  ASSERT_EQ(reg.rows("manifest_blob"), 2 * count - 1);
}

/// Collects it all; a push comes every hundred steps and is done before the next one.
store::Freed collect_among_pushes(Yard& reg) {
  int steps = 0, pushes = 0;
  auto progress = [&](const store::Freed& freed) {
    // 200 rows, and what is left of the manifest that reaches them; of blobs, the file's line is a row.
    EXPECT_LE(freed.rows(), 210) << "step " << steps;
    if (++steps % 100 != 0) return;
    reg.push("acme/live", Image::make("live " + std::to_string(pushes++)), "latest");
  };
  const auto round = run_awaitable(reg.services().garbage.collect({.everything = true}, progress));
  EXPECT_GE(steps, kMany * 5 / 210);
  EXPECT_GE(pushes, 2);
  EXPECT_EQ(reg.pull("acme/live", "latest"), 200);
  return round.freed;
}

TEST(LargeGarbage, TenThousandDeadTagsGoInSmallSteps) {
  Yard reg;
  fill(reg, kMany, now_ms());
  advance_clock(15 * kDay);
  const auto said = reg.preview();
  EXPECT_EQ(said.manifests, kMany);
  const auto freed = collect_among_pushes(reg);
  EXPECT_EQ(freed.tags, kMany);
  EXPECT_EQ(freed.manifests, kMany);
  EXPECT_EQ(freed.blobs, kMany);
  EXPECT_EQ(freed.bytes, 1000LL * kMany);
  EXPECT_EQ(said.bytes, freed.bytes);
}

TEST(LargeGarbage, DeletingARepositoryOfTenThousandManifestsTouchesNoneOfThem) {
  Yard reg;
  fill(reg, kMany, 9223372036854775807);
  const auto before = reg.database().counters().statements;
  EXPECT_EQ(reg.as("owner").del("/api/v1/repository/acme/app").status, 204);
  EXPECT_LT(reg.database().counters().statements - before, 40u);
  EXPECT_EQ(reg.rows("manifest"), kMany) << "that is left to the collection";
  const auto freed = collect_among_pushes(reg);
  EXPECT_EQ(freed.repositories, 1);
  EXPECT_EQ(freed.tags, kMany);
  EXPECT_EQ(freed.manifests, kMany);
  EXPECT_EQ(freed.blobs, kMany);
  EXPECT_EQ(reg.rows("repository"), 1);
}

TEST(LargeGarbage, DeletingADigestWithAThousandTagsLetsPushesBetween) {
  Yard reg;
  const auto image = Image::make("popular");
  reg.push("acme/app", image, "v1");
  auto tag = [](db::Tx& tx) {
    static const db::Query kTags{"test.tags", R"(
      INSERT INTO tag (repository_id, name, manifest_id, start_ms)
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1050)
      SELECT t.repository_id, 'more' || CAST(i AS TEXT), t.manifest_id, 1 FROM n, tag t)"};
    return tx.run(kTags);
  };
  reg.database().write_now(tag);
  const auto before = reg.database().counters().writes;
  reg.drop("acme/app", image.digest().text());
  EXPECT_GE(reg.database().counters().writes - before, 11u) << "one transaction after the other";
  EXPECT_EQ(reg.rows("tag WHERE end_ms = 9223372036854775807"), 0);
  EXPECT_EQ(reg.pull("acme/app", image.digest().text()), 404);

  reg.run("UPDATE tag SET end_ms = 9223372036854775807");
  reg.run("UPDATE tag SET immutable = TRUE WHERE name = 'more1050'");
  const auto refused = reg.registry("owner", "acme/app").del("/v2/acme/app/manifests/" + image.digest().text());
  EXPECT_EQ(refused.string("/errors/0/code"), "TAG_IMMUTABLE") << refused.summary();
  EXPECT_EQ(reg.rows("tag WHERE end_ms = 9223372036854775807"), 1051) << "all or none";
}

TEST(LargeGarbage, ACrashInTheMiddleLosesNothing) {
  Yard reg;
  fill(reg, kSome, now_ms());
  advance_clock(15 * kDay);
  store::Freed freed;
  for (int rounds = 0; freed.blobs < kSome && rounds < 500; ++rounds) {
    // Thrown between two steps, as if the process had ended there.
    int steps = 0;
    auto progress = [&](const store::Freed& step) {
      freed += step;
      if (++steps == 40) throw Accident({Errc::internal, "Internal error", "the end"});
    };
    try {
      run_awaitable(reg.services().garbage.collect({.everything = true}, progress));
    } catch (const Accident& accident) {
      EXPECT_EQ(accident.error().detail, "the end");
    }
    advance_clock(std::chrono::minutes(2));
  }
  EXPECT_EQ(freed.tags, kSome);
  EXPECT_EQ(freed.manifests, kSome);
  EXPECT_EQ(freed.blobs, kSome);
  for (const auto* table : {"tag", "manifest", "manifest_blob", "blob", "orphan_manifest", "orphan_blob"}) {
    EXPECT_EQ(reg.rows(table), 0) << table;
  }
}

}  // namespace
}  // namespace wharf::registry
