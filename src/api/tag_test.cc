#include "api/tag.h"

#include "api/refusals_testing.h"

namespace wharf::api {
namespace {

using test::Names;
using test::TestRegistry;
using testing::expect_only;
using testing::make_acme;

constexpr const char* kTags = "/api/v1/repository/acme/app/tag/";

std::string tag(const std::string& name) { return kTags + name; }

TEST(ListTags, PagesNewestFirst) {
  TestRegistry reg;
  const auto digests = reg.push("acme/app", {"v1", "v2", "v3"});
  auto owner = reg.as("owner");
  const auto page = owner.get(std::string(kTags) + "?limit=2");
  EXPECT_EQ(page.names("tags"), (Names{"v3", "v2"}));
  EXPECT_TRUE(page.flag("/has_additional"));
  EXPECT_EQ(page.number("/page"), 1);
  EXPECT_EQ(page.string("/tags/0/manifest_digest"), digests[2]);
  EXPECT_EQ(page.number("/tags/0/size"), 1000);
  EXPECT_FALSE(page.flag("/tags/0/is_manifest_list"));
  EXPECT_NE(page.string("/tags/0/last_modified").find(" -0000"), std::string::npos);
  const auto last = owner.get(std::string(kTags) + "?limit=2&page=2");
  EXPECT_EQ(last.names("tags"), Names{"v1"});
  EXPECT_FALSE(last.flag("/has_additional"));
  EXPECT_EQ(owner.get(std::string(kTags) + "?page=9").names("tags"), Names{});
  EXPECT_EQ(owner.get(std::string(kTags) + "?limit=100000&page=-4").names("tags").size(), 3u);
  EXPECT_EQ(owner.get(std::string(kTags) + "?specificTag=v2").names("tags"), Names{"v2"});
  EXPECT_EQ(owner.get(std::string(kTags) + "?filter_tag_name=like:V").names("tags").size(), 3u);
  EXPECT_EQ(owner.get(std::string(kTags) + "?filter_tag_name=eq:v1").names("tags"), Names{"v1"});
  EXPECT_EQ(owner.get(std::string(kTags) + "?filter_tag_name=v1").status, 400);
  EXPECT_EQ(owner.get(std::string(kTags) + "?limit=many").status, 400);
}

TEST(ListTags, TellsMoreOfEachTagToWhoAsks) {
  TestRegistry reg;
  const auto digests = reg.push("acme/app", {"v1", "v2"});
  auto owner = reg.as("owner");
  EXPECT_FALSE(owner.get(kTags).at("/tags/0").as_object().contains("details"));
  const auto bare = owner.get(std::string(kTags) + "?details=true");
  EXPECT_EQ(bare.number("/tags/1/details/pulls"), 0);
  EXPECT_FALSE(bare.flag("/tags/1/details/is_signed"));
  EXPECT_EQ(bare.number("/tags/1/details/findings/critical"), 0);
  ASSERT_EQ(bare.at("/tags/1/details/platforms").as_array().size(), 1u);
  EXPECT_EQ(bare.string("/tags/1/details/platforms/0/os"), "linux");
  EXPECT_EQ(bare.string("/tags/1/details/platforms/0/architecture"), "amd64");
  EXPECT_EQ(bare.string("/tags/1/details/platforms/0/variant"), "");
  EXPECT_EQ(bare.string("/tags/1/details/platforms/0/digest"), digests[0]);
  // A signature by tag, as cosign pushes them.
  EXPECT_EQ(owner.put(tag("sha256-" + digests[0].substr(7) + ".sig"), {{"manifest_digest", digests[1]}}).status, 201);
  const auto page = owner.get(std::string(kTags) + "?details=true&specificTag=v1");
  EXPECT_TRUE(page.flag("/tags/0/details/is_signed"));
  EXPECT_FALSE(owner.get(std::string(kTags) + "?details=true&specificTag=v2").flag("/tags/0/details/is_signed"));
}

TEST(ListTags, IsRefusedToWhoMayNotRead) {
  TestRegistry reg;
  make_acme(reg);
  expect_only(reg,
              {"GET",
               kTags,
               "",
               {"reader", "writer", "manager", "owner", "owner@repo:read", "owner@repo:write", "owner@repo:admin"}});
  expect_refusals(reg, {{"owner", "GET", "/api/v1/repository/acme/none/tag/", 404, "not_found"},
                        {"reader", "GET", "/api/v1/repository/acme/none/tag/", 403, "insufficient_scope"}});
}

TEST(ChangeTag, MakesAndMovesATagAndKeepsTheHistory) {
  TestRegistry reg;
  const auto digests = reg.push("acme/app", {"v1", "v2"});
  auto owner = reg.as("owner");
  const auto made = owner.put(tag("latest"), {{"manifest_digest", digests[0]}});
  EXPECT_EQ(made.status, 201) << made.summary();
  EXPECT_EQ(made.text, "\"Updated\"\n");
  EXPECT_EQ(owner.put(tag("latest"), {{"manifest_digest", digests[1]}}).status, 201);
  const auto history = owner.get(std::string(kTags) + "?specificTag=latest");
  ASSERT_EQ(history.names("tags").size(), 2u);
  EXPECT_EQ(history.string("/tags/0/manifest_digest"), digests[1]);
  EXPECT_TRUE(history.at("/tags/0/end_ts").is_null());
  EXPECT_EQ(history.string("/tags/1/manifest_digest"), digests[0]);
  EXPECT_GT(history.number("/tags/1/end_ts"), 0);
  EXPECT_EQ(owner.get(std::string(kTags) + "?specificTag=latest&onlyActiveTags=true").names("tags").size(), 1u);
}

TEST(ChangeTag, PointsToWhatWasPushedByDigestAlone) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  const auto image = test::Image::make("untagged");
  reg.push("acme/app", image, image.digest().text());
  auto owner = reg.as("owner");
  EXPECT_EQ(owner.get(kTags).names("tags"), Names{"v1"});  // what holds it does not show
  EXPECT_EQ(owner.put(tag("found"), {{"manifest_digest", image.digest().text()}}).status, 201);
  EXPECT_EQ(owner.get(std::string(kTags) + "?specificTag=found").string("/tags/0/manifest_digest"),
            image.digest().text());
}

TEST(ChangeTag, BringsBackWhatHasNoTagAnyMore) {
  TestRegistry reg;
  const auto image = test::Image::make("v1");
  reg.push("acme/app", image, "v1");
  auto client = reg.registry("owner", "acme/app");
  ASSERT_EQ(client.del("/v2/acme/app/manifests/v1").status, 202);
  const auto layer = "/v2/acme/app/blobs/" + Digest::of(image.layer).text();
  ASSERT_EQ(client.del(layer).status, 202);
  EXPECT_EQ(reg.as("owner").put(tag("again"), {{"manifest_digest", image.digest().text()}}).status, 201);
  EXPECT_EQ(client.get("/v2/acme/app/manifests/again").text, image.manifest);
  EXPECT_EQ(client.get(layer).text, image.layer);
}

TEST(ChangeTag, SetsAndClearsTheExpiry) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  auto owner = reg.as("owner");
  const auto in_a_day = now_ms() / 1000 + 86'400;
  EXPECT_EQ(owner.put(tag("v1"), {{"expiration", in_a_day}}).status, 201);
  EXPECT_EQ(owner.get(kTags).number("/tags/0/end_ts"), in_a_day);
  EXPECT_EQ(owner.put(tag("v1"), {{"expiration", nullptr}}).status, 201);
  EXPECT_TRUE(owner.get(kTags).at("/tags/0/end_ts").is_null());
  // Sooner than an hour after it began is moved to that hour.
  EXPECT_EQ(owner.put(tag("v1"), {{"expiration", now_ms() / 1000 + 60}}).status, 201);
  EXPECT_GT(owner.get(kTags).number("/tags/0/end_ts"), now_ms() / 1000 + 3000);
  EXPECT_EQ(owner.put(tag("v1"), {{"expiration", 1000}}).status, 400);
  EXPECT_EQ(owner.put(tag("v1"), {{"expiration", INT64_MAX}}).status, 400);
  EXPECT_EQ(owner.put(tag("v1"), {{"expiration", "soon"}}).status, 400);
  EXPECT_EQ(owner.put(tag("none"), {{"expiration", in_a_day}}).status, 404);
}

TEST(ChangeTag, RefusesWhatIsWrongAndChangesNothing) {
  TestRegistry reg;
  const auto digests = reg.push("acme/app", {"v1"});
  auto owner = reg.as("owner");
  const auto unknown = "sha256:" + std::string(64, '0');
  EXPECT_EQ(owner.put(tag("new"), json::Object{}).status, 400);
  EXPECT_EQ(owner.put(tag("new"), {{"manifest_digest", 5}}).status, 400);
  EXPECT_EQ(owner.put(tag("new"), {{"manifest_digest", "v1"}}).status, 404);
  EXPECT_EQ(owner.put(tag("new"), {{"manifest_digest", unknown}}).status, 404);
  EXPECT_EQ(owner.put(tag(".new"), {{"manifest_digest", digests[0]}}).status, 400);
  EXPECT_EQ(owner.put(tag(std::string(129, 'a')), {{"manifest_digest", digests[0]}}).status, 400);
  EXPECT_EQ(owner.put("/api/v1/repository/acme/none/tag/v1", {{"manifest_digest", digests[0]}}).status, 404);
  EXPECT_EQ(owner.get(kTags).names("tags"), Names{"v1"});
}

TEST(ChangeTag, IsForWritersAlone) {
  TestRegistry reg;
  make_acme(reg);
  const auto digest = reg.push("acme/app", {"v1"})[0];
  const std::vector<std::string> writers = {"writer", "manager", "owner", "owner@repo:write", "owner@repo:admin"};
  expect_only(reg, {"PUT", tag("v2"), R"({"manifest_digest":")" + digest + "\"}", writers});
  expect_only(reg, {"DELETE", tag("v1"), "", writers});
  EXPECT_EQ(reg.as("stranger").put(tag("v2"), json::Object{}).status, 403);
  EXPECT_EQ(reg.as("writer").put(tag("v2"), {{"manifest_digest", digest}}).status, 201);
  EXPECT_EQ(reg.as("writer").del(tag("v1")).status, 204);
  EXPECT_EQ(reg.as("writer").del(tag("v1")).status, 404);
  EXPECT_EQ(reg.as("reader").get(std::string(kTags) + "?onlyActiveTags=true").names("tags"), Names{"v2"});
}

TEST(TagSize, OfAnIndexIsThatOfItsChildren) {
  TestRegistry reg;
  const auto one = test::Image::make("one", 1000);
  const auto two = test::Image::make("two", 500);
  reg.push("acme/app", one, one.digest().text());
  reg.push("acme/app", two, two.digest().text());
  const auto index = R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" +
                     test::descriptor(test::kOciManifest, one.manifest) + "," +
                     test::descriptor(test::kOciManifest, two.manifest) + "]}";
  ASSERT_EQ(reg.put_manifest("acme/app", "all", test::kOciIndex, index).status, 201);
  const auto tags = reg.as("owner").get(kTags);
  EXPECT_EQ(tags.number("/tags/0/size"), 1500);
  EXPECT_TRUE(tags.flag("/tags/0/is_manifest_list"));
}

TEST(Security, IsQueuedForImagesAndUnsupportedForTheRest) {
  // Without the scanner the queue stands still.
  TestRegistry reg({.configure = [](app::Config& config) { config.features.security_scanner = false; }});
  make_acme(reg);
  const auto digest = reg.push("acme/app", {"v1"})[0];
  const std::string base = "/api/v1/repository/acme/app/manifest/";
  const auto queued = reg.as("reader").get(base + digest + "/security");
  EXPECT_EQ(queued.string("/status"), "queued");
  EXPECT_TRUE(queued.at("/data").is_null());
  const std::string index =
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})";
  ASSERT_EQ(reg.put_manifest("acme/app", "index", test::kOciIndex, index).status, 201);
  const auto of_index = reg.as("reader").get(base + Digest::of(index).text() + "/security?vulnerabilities=false");
  EXPECT_EQ(of_index.string("/status"), "unsupported");
  expect_refusals(reg, {{"nobody", "GET", base + digest + "/security", 401, "invalid_token"},
                        {"stranger", "GET", base + digest + "/security", 403, "insufficient_scope"},
                        {"reader", "GET", base + "sha256:0/security", 404, "not_found"},
                        {"reader", "GET", base + "latest/security", 404, "not_found"}});
}

}  // namespace
}  // namespace wharf::api
