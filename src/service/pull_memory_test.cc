#include "service/pull_memory.h"

#include <gtest/gtest.h>

namespace wharf::service {
namespace {

constexpr Millis kGrace = 60'000;
const RepoName kApp{"acme", "app"};
const std::string kDigest = "sha256:" + std::string(64, 'a');
const std::string kLayer = "sha256:" + std::string(64, 'b');

store::ManifestPull manifest(std::int64_t repository_id = 1, bool is_public = true) {
  store::ManifestPull row;
  row.repository_id = repository_id;
  row.is_public = is_public;
  row.manifest_id = 7;
  row.digest = kDigest;
  row.media_type = "application/json";
  row.alive = true;
  return row;
}

store::BlobPull blob(std::int64_t repository_id = 1, bool is_public = true) {
  store::BlobPull row;
  row.repository_id = repository_id;
  row.is_public = is_public;
  row.digest = kLayer;
  row.place = "there";
  return row;
}

TEST(PullMemory, AnAnswerIsGoodForTheGraceByTagAndByDigest) {
  PullMemory memory(kGrace);
  memory.keep(kApp, "latest", manifest(), 1'000);
  for (const auto& reference : {std::string("latest"), kDigest}) {
    const auto known = memory.manifest(kApp, reference, 1'000 + kGrace);
    ASSERT_TRUE(known) << reference;
    EXPECT_EQ(known->at_ms, 1'000);
    EXPECT_EQ(known->row.manifest_id, 7);
    EXPECT_FALSE(memory.manifest(kApp, reference, 1'001 + kGrace)) << reference;
  }
  EXPECT_FALSE(memory.manifest(kApp, "other", 1'000));
  EXPECT_FALSE(memory.manifest({"acme", "other"}, "latest", 1'000));
}

TEST(PullMemory, WhatIsDeniedIsForgotten) {
  PullMemory memory(kGrace);
  memory.keep(kApp, "latest", manifest(), 0);
  auto dead = manifest();
  dead.alive = false;
  memory.keep(kApp, "latest", std::optional(dead), 1);
  EXPECT_FALSE(memory.manifest(kApp, "latest", 1));
  EXPECT_TRUE(memory.manifest(kApp, kDigest, 1));
  memory.keep(kApp, "latest", std::optional<store::ManifestPull>(), 2);  // the repository is gone
  EXPECT_FALSE(memory.manifest(kApp, kDigest, 2));
  EXPECT_FALSE(memory.repository(kApp, 2));
}

TEST(PullMemory, TheLastWordOnARepositoryCountsForAllInIt) {
  PullMemory memory(kGrace);
  memory.keep(kApp, "latest", manifest(), 0);
  memory.keep(kApp, kLayer, blob(1, false), 1);
  EXPECT_FALSE(memory.manifest(kApp, "latest", 1)->row.is_public);
  EXPECT_FALSE(memory.repository(kApp, 1)->is_public);
  memory.keep(kApp, kLayer, blob(2), 2);  // another one of this name
  EXPECT_FALSE(memory.manifest(kApp, "latest", 2));
}

TEST(PullMemory, ABlobIsAsGoodAsTheLastPullOfItsManifest) {
  PullMemory memory(kGrace);
  memory.keep(kApp, "latest", manifest(), 0);
  memory.keep_blobs(kApp, 7, {blob()}, 0);
  memory.keep(kApp, "latest", manifest(), kGrace);
  const auto known = memory.blob(kApp, kLayer, 2 * kGrace);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->row.place, "there");
  EXPECT_TRUE(known->row.is_public);
  EXPECT_FALSE(memory.blob(kApp, kLayer, 2 * kGrace + 1));
}

TEST(PullMemory, WithoutAGraceNothingIsKept) {
  PullMemory memory(0);
  memory.keep(kApp, "latest", manifest(), 0);
  EXPECT_FALSE(memory.manifest(kApp, "latest", 0));
}

}  // namespace
}  // namespace wharf::service
