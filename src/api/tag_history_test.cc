// What the time machine gives back, and what is deleted for good.
#include "api/refusals_testing.h"
#include "api/tag.h"

namespace wharf::api {
namespace {

using test::Image;
using test::Names;
using test::TestRegistry;
using testing::expect_only;
using testing::make_acme;

constexpr const char* kTags = "/api/v1/repository/acme/app/tag/";

std::string restore(const std::string& tag) { return kTags + tag + "/restore"; }
std::string expire(const std::string& tag) { return kTags + tag + "/expire"; }
std::string body_with(const std::string& digest) { return R"({"manifest_digest":")" + digest + "\"}"; }

TestRegistry::Options deleting_for_good() {
  return {.configure = [](app::Config& config) { config.permanently_delete_tags = true; }};
}

/// Makes everything that has ended so much older.
void age(TestRegistry& reg, std::int64_t seconds) {
  static const db::Query kAge{"test.age", "UPDATE tag SET end_ms = end_ms - $1 WHERE end_ms < 9000000000000000"};
  reg.database().write_now([&](db::Tx& tx) { return tx.run(kAge, seconds * 1000); });
}

Names live(TestRegistry& reg) { return reg.as("owner").get(std::string(kTags) + "?onlyActiveTags=true").names("tags"); }

TEST(RestoreTag, BringsADeletedTagBack) {
  TestRegistry reg;
  const auto digests = reg.push("acme/app", {"v1", "v2"});
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.del(std::string(kTags) + "v1").status, 204);
  const auto done = owner.post(restore("v1"), {{"manifest_digest", digests[0]}});
  EXPECT_EQ(done.status, 200) << done.summary();
  EXPECT_TRUE(done.json().as_object().empty());
  const auto history = owner.get(std::string(kTags) + "?specificTag=v1");
  ASSERT_EQ(history.names("tags").size(), 2u);
  EXPECT_TRUE(history.flag("/tags/0/reversion"));
  EXPECT_TRUE(history.at("/tags/0/end_ts").is_null());
  EXPECT_FALSE(history.flag("/tags/1/reversion"));
  const auto log = owner.get("/api/v1/repository/acme/app/logs");
  EXPECT_EQ(log.string("/logs/0/kind"), "revert_tag");
  EXPECT_EQ(log.string("/logs/0/metadata/tag"), "v1");
  EXPECT_EQ(log.string("/logs/0/metadata/manifest_digest"), digests[0]);
}

TEST(RestoreTag, MovesALiveTagBackAndKeepsBothInTheHistory) {
  TestRegistry reg;
  const auto one = Image::make("one");
  const auto two = Image::make("two");
  reg.push("acme/app", one, "latest");
  reg.push("acme/app", two, "latest");
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.post(restore("latest"), {{"manifest_digest", one.digest().text()}}).status, 200);
  EXPECT_EQ(reg.registry("owner", "acme/app").get("/v2/acme/app/manifests/latest").text, one.manifest);
  EXPECT_EQ(owner.get(std::string(kTags) + "?specificTag=latest").names("tags", "manifest_digest"),
            (Names{one.digest().text(), two.digest().text(), one.digest().text()}));
}

TEST(RestoreTag, BringsAListBackWithItsChildrenAndTheirBlobs) {
  TestRegistry reg;
  const auto child = Image::make("child");
  reg.push("acme/app", child, child.digest().text());
  const auto index = R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" +
                     test::descriptor(test::kOciManifest, child.manifest) + "]}";
  ASSERT_EQ(reg.put_manifest("acme/app", "all", test::kOciIndex, index).status, 201);
  auto client = reg.registry("owner", "acme/app");
  const auto layer = "/v2/acme/app/blobs/" + Digest::of(child.layer).text();
  ASSERT_EQ(client.del("/v2/acme/app/manifests/" + Digest::of(index).text()).status, 202);
  ASSERT_EQ(client.del("/v2/acme/app/manifests/" + child.digest().text()).status, 202);
  ASSERT_EQ(client.del(layer).status, 202);
  EXPECT_EQ(client.get("/v2/acme/app/manifests/" + child.digest().text()).status, 404);
  ASSERT_EQ(reg.as("owner").post(restore("all"), {{"manifest_digest", Digest::of(index).text()}}).status, 200);
  EXPECT_EQ(client.get("/v2/acme/app/manifests/all").text, index);
  EXPECT_EQ(client.get("/v2/acme/app/manifests/" + child.digest().text()).text, child.manifest);
  EXPECT_EQ(client.get(layer).text, child.layer);
}

TEST(RestoreTag, HasNothingBeyondTheWindow) {
  TestRegistry reg;
  const auto digests = reg.push("acme/app", {"v1", "v2"});
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.del(std::string(kTags) + "v1").status, 204);
  age(reg, 13 * 86'400);
  EXPECT_EQ(owner.post(restore("v1"), {{"manifest_digest", digests[0]}}).status, 200);
  ASSERT_EQ(owner.del(std::string(kTags) + "v1").status, 204);
  age(reg, 15 * 86'400);
  EXPECT_EQ(owner.post(restore("v1"), {{"manifest_digest", digests[0]}}).status, 404);
  EXPECT_EQ(live(reg), Names{"v2"});
}

TEST(RestoreTag, RefusesWhatIsWrong) {
  TestRegistry reg;
  make_acme(reg);
  const auto digest = reg.push("acme/app", {"v1"})[0];
  auto writer = reg.as("writer");
  EXPECT_EQ(writer.post(restore("v1"), json::Object{}).status, 400);
  EXPECT_EQ(writer.post(restore("v1"), {{"manifest_digest", nullptr}}).status, 400);
  EXPECT_EQ(writer.post(restore("v1"), {{"manifest_digest", "v1"}}).status, 404);
  EXPECT_EQ(writer.post(restore(".v1"), {{"manifest_digest", digest}}).status, 400);
  EXPECT_EQ(writer.post(restore("v1"), {{"manifest_digest", "sha256:" + std::string(64, '0')}}).status, 404);
  EXPECT_EQ(reg.as("owner").get(kTags).names("tags").size(), 1u);
  expect_only(reg, {"POST",
                    restore("v2"),
                    body_with(digest),
                    {"writer", "manager", "owner", "owner@repo:write", "owner@repo:admin"}});
}

TEST(ForgetTag, TakesALiveTagOutOfTheTimeMachine) {
  TestRegistry reg(deleting_for_good());
  const auto digests = reg.push("acme/app", {"v1", "v2"});
  auto owner = reg.as("owner");
  const auto done = owner.post(expire("v1"), {{"is_alive", true}});
  EXPECT_EQ(done.status, 200) << done.summary();
  EXPECT_EQ(done.text, "\"\"\n");
  EXPECT_EQ(owner.get(kTags).names("tags"), Names{"v2"});
  EXPECT_EQ(reg.registry("owner", "acme/app").get("/v2/acme/app/manifests/v1").status, 404);
  EXPECT_EQ(owner.post(restore("v1"), {{"manifest_digest", digests[0]}}).status, 404);
  EXPECT_EQ(owner.post(expire("v1"), {{"is_alive", true}}).status, 404);
  EXPECT_EQ(owner.get("/api/v1/repository/acme/app/logs").string("/logs/0/kind"), "permanently_delete_tag");
}

TEST(ForgetTag, TakesDeadGenerationsOutAndLeavesTheLiveOne) {
  TestRegistry reg(deleting_for_good());
  const auto one = Image::make("one");
  const auto two = Image::make("two");
  reg.push("acme/app", one, "latest");
  reg.push("acme/app", two, "latest");
  auto owner = reg.as("owner");
  EXPECT_EQ(owner.post(expire("latest"), json::Object{}).status, 400);
  EXPECT_EQ(owner.post(expire("latest"), {{"manifest_digest", two.digest().text()}}).status, 404);
  EXPECT_EQ(owner.post(expire("latest"), {{"manifest_digest", "nothing"}}).status, 404);
  EXPECT_EQ(owner.post(expire("latest"), {{"manifest_digest", one.digest().text()}}).status, 200);
  EXPECT_EQ(owner.get(kTags).names("tags", "manifest_digest"), Names{two.digest().text()});
  EXPECT_EQ(owner.post(restore("latest"), {{"manifest_digest", one.digest().text()}}).status, 404);
  EXPECT_EQ(reg.registry("owner", "acme/app").get("/v2/acme/app/manifests/latest").text, two.manifest);
}

TEST(ForgetTag, IsForWritersAndOnlyWhereItIsAllowed) {
  TestRegistry reg(deleting_for_good());
  make_acme(reg);
  reg.push("acme/app", {"v1"});
  expect_only(reg, {"POST",
                    expire("v1"),
                    R"({"is_alive":true})",
                    {"writer", "manager", "owner", "owner@repo:write", "owner@repo:admin"}});
  EXPECT_EQ(live(reg), Names{"v1"});
  TestRegistry without;
  without.push("acme/app", {"v1"});
  EXPECT_EQ(without.as("owner").post(expire("v1"), {{"is_alive", true}}).status, 404);
  EXPECT_EQ(live(without), Names{"v1"});
}

TEST(Signatures, GoWithTheLastTagOfTheirManifest) {
  TestRegistry reg;
  const auto image = Image::make("app");
  const auto stem = "sha256-" + std::string(image.digest().hex());
  reg.push("acme/app", image, "v1");
  reg.push("acme/app", image, "stable");
  for (const auto* suffix : {".sig", ".att", ".sbom", ".other"}) {
    reg.push("acme/app", Image::make(suffix), stem + suffix);
  }
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.del(std::string(kTags) + "v1").status, 204);
  EXPECT_EQ(live(reg).size(), 5u);
  ASSERT_EQ(owner.del(std::string(kTags) + "stable").status, 204);
  EXPECT_EQ(live(reg), Names{stem + ".other"});
  // And by the registry protocol.
  reg.push("acme/app", image, "v1");
  reg.push("acme/app", Image::make(".sig"), stem + ".sig");
  ASSERT_EQ(reg.registry("owner", "acme/app").del("/v2/acme/app/manifests/v1").status, 202);
  EXPECT_EQ(live(reg), Names{stem + ".other"});
}

TEST(ListTags, TellsWhatAListHas) {
  TestRegistry reg({.configure = [](app::Config& config) { config.features.sparse_index = true; }});
  const auto here = Image::make("here");
  const auto gone = Image::make("gone");
  reg.push("acme/app", here, here.digest().text());
  const auto index = R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" +
                     test::descriptor(test::kOciManifest, here.manifest) + "," +
                     test::descriptor(test::kOciManifest, gone.manifest) + "]}";
  ASSERT_EQ(reg.put_manifest("acme/app", "all", test::kOciIndex, index).status, 201);
  reg.push("acme/app", here, "one");
  const auto tags = reg.as("owner").get(std::string(kTags) + "?specificTag=all");
  EXPECT_TRUE(tags.flag("/tags/0/is_sparse"));
  EXPECT_EQ(tags.number("/tags/0/child_manifest_count"), 2);
  EXPECT_EQ(tags.number("/tags/0/present_child_count"), 1);
  const auto presence = tags.at("/tags/0/child_manifests_presence").as_object();
  EXPECT_TRUE(presence.at(here.digest().text()).as_bool());
  EXPECT_FALSE(presence.at(gone.digest().text()).as_bool());
  EXPECT_TRUE(tags.at("/tags/0/immutable").is_null());
  const auto image = reg.as("owner").get(std::string(kTags) + "?specificTag=one");
  EXPECT_TRUE(image.at("/tags/0/child_manifest_count").is_null());
  EXPECT_TRUE(image.at("/tags/0/is_sparse").is_null());
}

}  // namespace
}  // namespace wharf::api
