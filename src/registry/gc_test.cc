#include <fstream>

#include "registry/gc_testing.h"
#include "service/gc.h"

namespace wharf::registry {
namespace {

using test::descriptor;
using test::kOciConfig;
using test::kOciIndex;
using test::kOciLayer;
using test::kOciManifest;
using testing::hours;
using testing::Image;
using testing::kDay;
using testing::Names;
using testing::Yard;

std::string index_of(const Names& manifests) {
  std::string entries;
  for (const auto& manifest : manifests) {
    if (!entries.empty()) entries += ',';
    entries += descriptor(kOciManifest, manifest);
  }
  return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" + entries + "]}";
}

/// A signature, say, of what `subject` is.
std::string referrer_to(const std::string& subject, const Image& parts) {
  return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
         R"("artifactType":"application/x.note","config":)" +
         descriptor(kOciConfig, parts.config) + R"(,"layers":[)" + descriptor(kOciLayer, parts.layer) +
         R"(],"subject":)" + descriptor(kOciManifest, subject) + "}";
}

void push_blob(Yard& reg, const std::string& repository, const std::string& content) {
  const auto path = "/v2/" + repository + "/blobs/uploads/?digest=" + Digest::of(content).text();
  ASSERT_EQ(reg.registry("owner", repository).request("POST", path, content).status, 201);
}

void expect_pushed(Yard& reg, const std::string& reference, std::string_view media_type, const std::string& content) {
  const auto answer = reg.put_manifest("acme/app", reference, media_type, content);
  ASSERT_EQ(answer.status, 201) << answer.summary();
}

TEST(Garbage, TheBytesOnDiskComeBackWhenTheTimeMachinesWindowIsOver) {
  Yard reg(true);
  const auto old = Image::make("old", 300'000);
  const auto kept = Image::make("kept", 50'000);
  reg.push("acme/app", old, "old");
  reg.push("acme/app", kept, "kept");
  const auto before = reg.bytes_on_disk();
  EXPECT_EQ(before, old.config.size() + old.layer.size() + kept.config.size() + kept.layer.size());
  reg.drop("acme/app", "old");
  advance_clock(13 * kDay);
  EXPECT_EQ(reg.collect().tags, 0);
  EXPECT_EQ(reg.bytes_on_disk(), before);
  advance_clock(kDay + hours(1));
  const auto freed = reg.collect();
  EXPECT_EQ(freed.tags, 1);
  EXPECT_EQ(freed.manifests, 1);
  EXPECT_EQ(freed.blobs, 2);
  EXPECT_EQ(freed.bytes, static_cast<std::int64_t>(old.config.size() + old.layer.size()));
  EXPECT_EQ(reg.bytes_on_disk(), kept.config.size() + kept.layer.size());
  EXPECT_EQ(reg.pull("acme/app", "kept"), 200);
  EXPECT_EQ(reg.pull_blob("acme/app", kept.layer), 200);
  EXPECT_EQ(reg.pull_blob("acme/app", old.layer), 404);
  EXPECT_EQ(reg.collect(), store::Freed{}) << "nothing is left to do";
}

TEST(Garbage, ATagInsideTheWindowCanBeBroughtBack) {
  Yard reg;
  const auto digest = reg.push("acme/app", {"v1"})[0];
  reg.drop("acme/app", "v1");
  advance_clock(13 * kDay);
  reg.collect();
  const auto path = "/api/v1/repository/acme/app/tag/v1";
  EXPECT_EQ(reg.as("owner").put(path, {{"manifest_digest", digest}}).status, 201);
  advance_clock(2 * kDay);
  EXPECT_EQ(reg.collect().manifests, 0);
  EXPECT_EQ(reg.pull("acme/app", "v1"), 200);
  reg.drop("acme/app", "v1");
  advance_clock(15 * kDay);
  EXPECT_EQ(reg.collect().manifests, 1);
  EXPECT_EQ(reg.as("owner").put(path, {{"manifest_digest", digest}}).status, 404);
}

TEST(Garbage, TheWindowIsTheNamespaces) {
  Yard reg;
  reg.push("acme/app", {"v1"});
  reg.push("other/app", {"v1"});
  reg.run("UPDATE account SET tag_expiration_s = 0 WHERE name = 'acme'");
  reg.drop("acme/app", "v1");
  reg.drop("other/app", "v1");
  const auto freed = reg.collect();
  EXPECT_EQ(freed.tags, 1);
  EXPECT_EQ(freed.manifests, 1);
  EXPECT_EQ(freed.blobs, 0) << "what was uploaded is kept for an hour";
  reg.run("UPDATE account SET tag_expiration_s = 0");
  EXPECT_EQ(reg.collect().tags, 1);
  advance_clock(hours(2));
  EXPECT_EQ(reg.collect().blobs, 4);
}

TEST(Garbage, WhatTheTagMovedAwayFromStaysForAnHourAtLeast) {
  Yard reg;
  reg.run("UPDATE account SET tag_expiration_s = 0");
  const auto digests = reg.push("acme/app", {"latest", "latest"});
  reg.run("UPDATE account SET tag_expiration_s = 0");
  EXPECT_EQ(reg.collect().tags, 0);
  EXPECT_EQ(reg.pull("acme/app", digests[0]), 200);
  advance_clock(hours(1));
  EXPECT_EQ(reg.collect().tags, 1);
  EXPECT_EQ(reg.pull("acme/app", digests[0]), 404);
  EXPECT_EQ(reg.pull("acme/app", "latest"), 200);
}

TEST(Garbage, ALayerOfTwoImagesGoesWithTheLast) {
  Yard reg(true);
  const auto image = Image::make("shared", 100'000);
  reg.push("acme/app", image, "v1");
  reg.push("acme/other", image, "v1");
  reg.drop("acme/app", "v1");
  advance_clock(15 * kDay);
  EXPECT_EQ(reg.collect().manifests, 1);
  EXPECT_EQ(reg.pull_blob("acme/other", image.layer), 200);
  reg.drop("acme/other", "v1");
  advance_clock(15 * kDay);
  EXPECT_EQ(reg.collect().blobs, 2);
  EXPECT_EQ(reg.bytes_on_disk(), 0u);
}

TEST(Garbage, AnIndexHoldsItsManifestsAndTakesThemAlong) {
  Yard reg;
  const auto arm = Image::make("arm");
  const auto intel = Image::make("intel");
  for (const auto& image : {arm, intel}) reg.push("acme/app", image, image.digest().text());
  const auto index = index_of({arm.manifest, intel.manifest});
  expect_pushed(reg, "multi", kOciIndex, index);
  advance_clock(20 * kDay);  // the holds of the manifests are long over
  EXPECT_EQ(reg.collect().manifests, 0);
  EXPECT_EQ(reg.pull("acme/app", arm.digest().text()), 200);
  expect_pushed(reg, "only-arm", kOciManifest, arm.manifest);
  reg.drop("acme/app", "multi");
  advance_clock(15 * kDay);
  auto freed = reg.collect();
  EXPECT_EQ(freed.manifests, 2);
  EXPECT_EQ(freed.manifest_children, 2);
  EXPECT_EQ(reg.pull("acme/app", "only-arm"), 200);
  EXPECT_EQ(reg.pull_blob("acme/app", arm.layer), 200);
  EXPECT_EQ(reg.pull("acme/app", intel.digest().text()), 404);
  reg.drop("acme/app", "only-arm");
  advance_clock(15 * kDay);
  EXPECT_EQ(reg.collect().blobs, 2);
  for (const auto* table : {"manifest", "manifest_blob", "manifest_child", "tag", "blob", "repository_blob", "scan"}) {
    EXPECT_EQ(reg.rows(table), 0) << table;
  }
}

TEST(Garbage, AReferrerStaysWithItsLivingSubjectAndGoesWithIt) {
  Yard reg;
  const auto image = Image::make("subject");
  const auto parts = Image::make("signature");
  const auto more = Image::make("signature of the signature");
  reg.push("acme/app", image, "v1");
  for (const auto& one : {parts, more}) {
    push_blob(reg, "acme/app", one.config);
    push_blob(reg, "acme/app", one.layer);
  }
  const auto signature = referrer_to(image.manifest, parts);
  const auto outer = referrer_to(signature, more);
  expect_pushed(reg, Digest::of(signature).text(), kOciManifest, signature);
  expect_pushed(reg, Digest::of(outer).text(), kOciManifest, outer);
  const auto referrers = "/v2/acme/app/referrers/" + image.digest().text();
  advance_clock(60 * kDay);
  EXPECT_EQ(reg.collect().manifests, 0);
  auto client = reg.registry("owner", "acme/app");
  EXPECT_EQ(client.get(referrers).names("manifests", "digest"), Names{Digest::of(signature).text()});
  reg.drop("acme/app", "v1");
  advance_clock(15 * kDay);
  const auto freed = reg.collect();
  EXPECT_EQ(freed.manifests, 3);
  EXPECT_EQ(freed.tags, 3);
  EXPECT_EQ(freed.blobs, 6);
  EXPECT_EQ(reg.rows("dead_subject"), 0);
}

TEST(Garbage, AReferrerThatHasATagOutlivesItsSubject) {
  Yard reg;
  const auto image = Image::make("subject");
  const auto parts = Image::make("signature");
  reg.push("acme/app", image, "v1");
  push_blob(reg, "acme/app", parts.config);
  push_blob(reg, "acme/app", parts.layer);
  const auto signature = referrer_to(image.manifest, parts);
  expect_pushed(reg, Digest::of(signature).text(), kOciManifest, signature);
  expect_pushed(reg, "signature", kOciManifest, signature);
  reg.drop("acme/app", "v1");
  advance_clock(15 * kDay);
  EXPECT_EQ(reg.collect().manifests, 1);
  EXPECT_EQ(reg.pull("acme/app", "signature"), 200);
  EXPECT_EQ(reg.pull_blob("acme/app", parts.layer), 200);
}

TEST(Garbage, AReferrerWhoseSubjectWasNeverHereStays) {
  Yard reg;
  const auto parts = Image::make("signature");
  reg.repository("acme/app");
  push_blob(reg, "acme/app", parts.config);
  push_blob(reg, "acme/app", parts.layer);
  const auto signature = referrer_to(Image::make("elsewhere").manifest, parts);
  expect_pushed(reg, Digest::of(signature).text(), kOciManifest, signature);
  advance_clock(60 * kDay);
  EXPECT_EQ(reg.collect().manifests, 0);
  EXPECT_EQ(reg.pull("acme/app", Digest::of(signature).text()), 200);
  reg.drop("acme/app", Digest::of(signature).text());
  advance_clock(15 * kDay);
  EXPECT_EQ(reg.collect().manifests, 1) << "unless it is deleted";
}

TEST(Garbage, WhatWasPushedByDigestAloneIsHeldForAnHourAndTheWindow) {
  Yard reg;
  const auto image = Image::make("untagged");
  reg.push("acme/app", image, image.digest().text());
  advance_clock(14 * kDay);
  EXPECT_EQ(reg.collect().manifests, 0);
  advance_clock(hours(2));
  EXPECT_EQ(reg.collect().manifests, 1);
  EXPECT_EQ(reg.rows("blob"), 0);
}

TEST(Garbage, AnImmutableTagThatExpiredStaysUnlessTheConfigurationLetsItGo) {
  Yard reg;
  reg.push("acme/app", {"v1"});
  reg.push("acme/app", Image::make("same"), "v2");
  reg.run("UPDATE tag SET immutable = TRUE");
  reg.push("acme/app", Image::make("same"), "v2");  // allowed, as it is the same; one generation ends
  reg.run("UPDATE tag SET end_ms = " + std::to_string(now_ms()) + " WHERE name = 'v1'");
  advance_clock(30 * kDay);
  const auto freed = reg.collect();
  EXPECT_EQ(freed.tags, 1) << "the generation that was set again";
  EXPECT_EQ(freed.manifests, 0);

  test::TestRegistry::Options options{.configure = [](app::Config& config) {
    config.features.garbage_collection = false;
    config.features.immutable_tags_can_expire = true;
  }};
  test::TestRegistry other(options);
  other.push("acme/app", {"v1"});
  auto expire = [](db::Tx& tx) {
    static const db::Query kExpire{"test.expire", "UPDATE tag SET immutable = TRUE, end_ms = $1"};
    return tx.run(kExpire, now_ms());
  };
  other.database().write_now(expire);
  advance_clock(30 * kDay);
  EXPECT_EQ(run_awaitable(other.services().garbage.collect({.everything = true}, nullptr)).freed.manifests, 1);
}

TEST(Garbage, ADisabledNamespaceKeepsItsHistory) {
  Yard reg;
  reg.push("acme/app", {"v1"});
  reg.drop("acme/app", "v1");
  reg.run("UPDATE account SET enabled = FALSE WHERE name = 'acme'");
  advance_clock(30 * kDay);
  EXPECT_EQ(reg.collect().tags, 0);
  reg.run("UPDATE account SET enabled = TRUE WHERE name = 'acme'");
  EXPECT_EQ(reg.collect().tags, 1);
}

TEST(Garbage, ADeletedRepositoryIsPurgedWithAllThatHungOnIt) {
  Yard reg(true);
  reg.push("acme/app", {"v1", "v2", "v2", "v3"});
  const auto arm = Image::make("arm");
  reg.push("acme/app", arm, arm.digest().text());
  expect_pushed(reg, "multi", kOciIndex, index_of({arm.manifest}));
  const auto parts = Image::make("signature");
  push_blob(reg, "acme/app", parts.config);
  push_blob(reg, "acme/app", parts.layer);
  const auto signature = referrer_to(arm.manifest, parts);
  expect_pushed(reg, Digest::of(signature).text(), kOciManifest, signature);
  reg.registry("owner", "acme/app").request("POST", "/v2/acme/app/blobs/uploads/");
  reg.run("INSERT INTO tag_pulls (repository_id, name, pulls, last_ms) SELECT id, 'v1', 3, 5 FROM repository");
  const auto kept = Image::make("kept");
  reg.push("acme/kept", kept, "v1");
  ASSERT_EQ(reg.as("owner").del("/api/v1/repository/acme/app").status, 204);
  const auto freed = reg.collect();
  EXPECT_EQ(freed.repositories, 1);
  EXPECT_EQ(freed.manifests, 7);
  EXPECT_EQ(freed.tags, 7);
  EXPECT_EQ(reg.rows("repository"), 1);
  EXPECT_EQ(reg.rows("tag"), 1);
  EXPECT_EQ(reg.rows("manifest"), 1);
  EXPECT_EQ(reg.rows("blob"), 2);
  EXPECT_EQ(reg.rows("tag_pulls"), 0);
  EXPECT_EQ(reg.bytes_on_disk(), kept.config.size() + kept.layer.size());
  EXPECT_EQ(reg.pull("acme/kept", "v1"), 200);
}

TEST(Garbage, TheNameOfADeletedNamespaceIsFreeWhenWhatItHeldIsPurged) {
  Yard reg;
  reg.push("acme/app", {"v1"});
  reg.robot("acme+ci");
  reg.team("acme", "devs", "member", {"carol"});
  ASSERT_EQ(reg.as("owner").del("/api/v1/organization/acme").status, 204);
  const json::Object again{{"name", "acme"}, {"email", "again@example.org"}};
  EXPECT_EQ(reg.as("owner").post("/api/v1/organization/", again).status, 400) << "reserved";
  const auto freed = reg.collect();
  EXPECT_EQ(freed.namespaces, 1);
  EXPECT_EQ(freed.repositories, 1);
  EXPECT_EQ(freed.blobs, 2);
  EXPECT_EQ(reg.rows("reserved_name"), 0);
  EXPECT_EQ(reg.rows("account WHERE deleted_ms IS NOT NULL"), 0);
  EXPECT_EQ(reg.as("owner").post("/api/v1/organization/", again).status, 201);
}

TEST(Garbage, ABlobOfAnUploadStaysForItsHour) {
  Yard reg(true);
  reg.repository("acme/app");
  push_blob(reg, "acme/app", "some bytes");
  advance_clock(std::chrono::minutes(59));
  EXPECT_EQ(reg.collect().blobs, 0);
  EXPECT_EQ(reg.pull_blob("acme/app", "some bytes"), 200);
  advance_clock(std::chrono::minutes(2));
  EXPECT_EQ(reg.collect().blobs, 1);
  EXPECT_EQ(reg.bytes_on_disk(), 0u);
  push_blob(reg, "acme/app", "some bytes");
  EXPECT_EQ(reg.pull_blob("acme/app", "some bytes"), 200) << "it can come again";
}

TEST(Garbage, ABlobThatWasDeletedGoesAtOnce) {
  Yard reg(true);
  reg.repository("acme/app");
  push_blob(reg, "acme/app", "some bytes");
  const auto path = "/v2/acme/app/blobs/" + Digest::of("some bytes").text();
  ASSERT_EQ(reg.registry("owner", "acme/app").del(path).status, 202);
  EXPECT_EQ(reg.collect().blobs, 1);
  EXPECT_EQ(reg.bytes_on_disk(), 0u);
}

TEST(Garbage, ASha512BlobTakesItsAliasAlong) {
  Yard reg(true);
  reg.repository("acme/app");
  const std::string content = "with another digest";
  const auto digest = Digest::of(content, "sha512").text();
  const auto path = "/v2/acme/app/blobs/uploads/?digest=" + digest;
  ASSERT_EQ(reg.registry("owner", "acme/app").request("POST", path, content).status, 201);
  EXPECT_EQ(reg.rows("blob_alias"), 1);
  advance_clock(hours(2));
  EXPECT_EQ(reg.collect().blobs, 1);
  EXPECT_EQ(reg.rows("blob_alias"), 0);
  EXPECT_EQ(reg.bytes_on_disk(), 0u);
}

TEST(Garbage, WhatAPushWasToldIsThereStaysForIt) {
  Yard reg;
  const auto image = Image::make("base");
  reg.push("acme/app", image, "old");
  reg.drop("acme/app", "old");
  advance_clock(15 * kDay);
  auto client = reg.registry("owner", "acme/app");
  ASSERT_EQ(client.request("POST", "/v2/acme/app/blobs/uploads/").status, 202);
  ASSERT_EQ(client.head("/v2/acme/app/blobs/" + Digest::of(image.layer).text()).status, 200);
  EXPECT_EQ(reg.collect().manifests, 1);
  expect_pushed(reg, "new", kOciManifest, image.manifest);
  EXPECT_EQ(reg.pull_blob("acme/app", image.layer), 200);
}

TEST(Garbage, AFileThatNoRowNamesIsFound) {
  Yard reg(true);
  reg.push("acme/app", {"v1"});
  const auto before = reg.bytes_on_disk();
  const std::string content = "left by a crash";
  const auto digest = Digest::of(content);
  const auto folder = reg.data() / "blobs" / "sha256" / std::string(digest.hex().substr(0, 2));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / std::string(digest.hex())) << content;
  advance_clock(hours(2));
  const auto freed = reg.collect();
  EXPECT_EQ(freed.strays, 1);
  EXPECT_EQ(freed.bytes, std::ssize(content));
  EXPECT_EQ(reg.bytes_on_disk(), before);
}

TEST(Garbage, AFileWithoutARowIsLeftAloneForAnHour) {
  Yard reg;
  reg.repository("acme/app");
  push_blob(reg, "acme/app", "some bytes");
  reg.run("DELETE FROM repository_blob");
  reg.run("DELETE FROM blob");
  EXPECT_EQ(reg.collect().strays, 0) << "it may be a push that is at work";
  advance_clock(hours(2));
  EXPECT_EQ(reg.collect().strays, 1);
}

TEST(Garbage, AManifestWithoutAnyTagIsFound) {
  Yard reg;
  reg.push("acme/app", {"v1", "v2"});
  reg.run("DELETE FROM tag WHERE name = 'v1'");
  EXPECT_EQ(reg.collect().manifests, 1);
  reg.run("DELETE FROM repository_blob");
  EXPECT_EQ(reg.collect().blobs, 2) << "and blobs that nothing has";
  EXPECT_EQ(reg.pull("acme/app", "v2"), 200);
}

TEST(Garbage, ASecondNodeLeavesTheWorkToTheFirst) {
  Yard reg;
  reg.push("acme/app", {"v1"});
  reg.drop("acme/app", "v1");
  advance_clock(15 * kDay);
  reg.run("UPDATE collection SET holder = 'another', lease_ms = " + std::to_string(now_ms() + 10'000));
  auto& garbage = reg.services().garbage;
  EXPECT_FALSE(run_awaitable(garbage.collect({}, nullptr)).ran);
  EXPECT_EQ(reg.rows("manifest"), 1);
  advance_clock(std::chrono::seconds(11));
  const auto round = run_awaitable(garbage.collect({}, nullptr));
  EXPECT_TRUE(round.ran);
  EXPECT_EQ(round.freed.manifests, 1);
  EXPECT_EQ(reg.rows("collection WHERE holder = 'another'"), 0);
}

TEST(Garbage, ARoundEndsWhenItIsTold) {
  Yard reg;
  reg.push("acme/app", {"v1", "v2"});
  reg.drop("acme/app", "v1");
  reg.drop("acme/app", "v2");
  advance_clock(15 * kDay);
  auto& garbage = reg.services().garbage;
  auto progress = [&](const store::Freed&) { garbage.stop(); };
  const auto round = run_awaitable(garbage.collect({.everything = true}, progress));
  EXPECT_EQ(round.freed.tags, 2);
  EXPECT_EQ(round.freed.manifests, 0);
  EXPECT_EQ(reg.rows("orphan_manifest"), 2) << "the next one, or another node, goes on there";
  EXPECT_FALSE(run_awaitable(garbage.collect({.everything = true}, nullptr)).ran);
}

}  // namespace
}  // namespace wharf::registry
