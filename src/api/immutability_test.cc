#include "api/immutability.h"

#include "api/refusals_testing.h"
#include "service/immutability.h"
#include "service/tag_rules.h"

namespace wharf::api {
namespace {

using test::Image;
using test::Names;
using test::TestRegistry;
using testing::expect_only;
using testing::make_acme;

constexpr const char* kTags = "/api/v1/repository/acme/app/tag/";
constexpr const char* kOfApp = "/api/v1/repository/acme/app/immutabilitypolicy/";
constexpr const char* kOfAcme = "/api/v1/organization/acme/immutabilitypolicy/";

TestRegistry::Options with_immutability(bool can_expire = false) {
  return {.configure = [can_expire](app::Config& config) {
    config.features.immutable_tags = true;
    config.features.immutable_tags_can_expire = can_expire;
  }};
}

bool is_immutable(TestRegistry& reg, const std::string& tag) {
  return reg.as("owner").get(kTags + ("?onlyActiveTags=true&specificTag=" + tag)).flag("/tags/0/immutable");
}

/// As if the image had said so.
void label(TestRegistry& reg, const Digest& digest, std::string_view key, std::string_view value) {
  static const db::Query kAdd{"test.label", R"(
    INSERT INTO manifest_label (uuid, manifest_id, key, value, source_type, media_type)
    SELECT $2 || digest, id, $2, $3, 'manifest', 'text/plain' FROM manifest WHERE digest = $1)"};
  reg.database().write_now([&](db::Tx& tx) { return tx.run(kAdd, digest, key, value); });
}

TEST(ImmutableTag, CanBeNeitherMovedNorDeleted) {
  TestRegistry reg(with_immutability());
  make_acme(reg);
  const auto one = Image::make("one");
  const auto two = Image::make("two");
  reg.push("acme/app", one, "v1");
  reg.push("acme/app", two, "v2");
  const Names digests = {one.digest().text(), two.digest().text()};
  auto owner = reg.as("owner");
  EXPECT_FALSE(is_immutable(reg, "v1"));
  ASSERT_EQ(reg.as("writer").put(kTags + std::string("v1"), {{"immutable", true}}).status, 201);
  EXPECT_TRUE(is_immutable(reg, "v1"));
  const auto log = owner.get("/api/v1/repository/acme/app/logs");
  EXPECT_EQ(log.string("/logs/0/kind"), "change_tag_immutability");
  EXPECT_TRUE(log.flag("/logs/0/metadata/immutable"));
  EXPECT_FALSE(log.flag("/logs/0/metadata/previous_immutable"));

  const auto moved = owner.put(kTags + std::string("v1"), {{"manifest_digest", digests[1]}});
  EXPECT_EQ(moved.status, 409);
  EXPECT_EQ(moved.string("/error_type"), "tag_immutable");
  EXPECT_EQ(owner.del(kTags + std::string("v1")).status, 409);
  EXPECT_EQ(owner.post(kTags + std::string("v1/restore"), {{"manifest_digest", digests[1]}}).status, 409);
  EXPECT_EQ(owner.put(kTags + std::string("v1"), {{"expiration", now_ms() / 1000 + 86'400}}).status, 400);
  EXPECT_EQ(reg.put_manifest("acme/app", "v1", test::kOciManifest, two.manifest).status, 409);
  auto client = reg.registry("owner", "acme/app");
  EXPECT_EQ(client.del("/v2/acme/app/manifests/v1").status, 409);
  EXPECT_EQ(client.del("/v2/acme/app/manifests/" + digests[0]).status, 409);
  EXPECT_EQ(client.get("/v2/acme/app/manifests/v1").text, one.manifest);
  // Pushed again as it is: it stays what it is.
  reg.push("acme/app", one, "v1");
  EXPECT_TRUE(is_immutable(reg, "v1"));
}

TEST(ImmutableTag, IsLetGoByAdminsAlone) {
  TestRegistry reg(with_immutability());
  make_acme(reg);
  const auto digests = reg.push("acme/app", {"v1", "v2"});
  const auto path = kTags + std::string("v1");
  ASSERT_EQ(reg.as("owner").put(path, {{"immutable", true}}).status, 201);
  EXPECT_EQ(reg.as("writer").put(path, {{"immutable", false}}).status, 403);
  EXPECT_TRUE(is_immutable(reg, "v1"));
  EXPECT_EQ(reg.as("manager").put(path, {{"immutable", false}, {"manifest_digest", digests[1]}}).status, 201);
  EXPECT_FALSE(is_immutable(reg, "v1"));
  EXPECT_EQ(reg.as("writer").del(path).status, 204);
  EXPECT_EQ(reg.as("writer").put(path, {{"immutable", true}}).status, 404);
}

TEST(ImmutableTag, AndExpiryExcludeEachOtherUnlessAllowed) {
  const auto path = kTags + std::string("v1");
  const auto in_a_day = now_ms() / 1000 + 86'400;
  TestRegistry reg(with_immutability());
  reg.push("acme/app", {"v1"});
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.put(path, {{"expiration", in_a_day}}).status, 201);
  EXPECT_EQ(owner.put(path, {{"immutable", true}}).status, 400);
  // What fails takes back what came before it.
  EXPECT_EQ(owner.put(path, {{"expiration", in_a_day + 86'400}, {"immutable", true}}).status, 400);
  EXPECT_EQ(owner.get(kTags).number("/tags/0/end_ts"), in_a_day);
  EXPECT_EQ(owner.put(path, {{"expiration", nullptr}, {"immutable", true}}).status, 201);

  TestRegistry lenient(with_immutability(true));
  lenient.push("acme/app", {"v1"});
  EXPECT_EQ(lenient.as("owner").put(path, {{"expiration", in_a_day}, {"immutable", true}}).status, 201);
  EXPECT_TRUE(is_immutable(lenient, "v1"));
}

TEST(ImmutableTag, IsNothingWithoutTheFeature) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  auto owner = reg.as("owner");
  EXPECT_EQ(owner.put(kTags + std::string("v1"), {{"immutable", true}}).status, 201);
  EXPECT_TRUE(owner.get(kTags).at("/tags/0/immutable").is_null());
  EXPECT_EQ(owner.del(kTags + std::string("v1")).status, 204);
  EXPECT_EQ(owner.get(kOfApp).status, 404);
}

TEST(TagLabels, SayWhenATagEndsAndWhetherItIsImmutable) {
  TestRegistry reg(with_immutability());
  const auto image = Image::make("app");
  reg.push("acme/app", image, "first");
  label(reg, image.digest(), "quay.expires-after", "2w");
  reg.push("acme/app", image, "pushed");
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.put(kTags + std::string("made"), {{"manifest_digest", image.digest().text()}}).status, 201);
  ASSERT_EQ(owner.post(kTags + std::string("back/restore"), {{"manifest_digest", image.digest().text()}}).status, 200);
  for (const auto* tag : {"pushed", "made", "back"}) {
    const auto shown = owner.get(kTags + ("?specificTag=" + std::string(tag)));
    EXPECT_EQ(shown.number("/tags/0/end_ts") - shown.number("/tags/0/start_ts"), 14 * 86'400) << tag;
  }
  EXPECT_TRUE(owner.get(kTags + std::string("?specificTag=first")).at("/tags/0/end_ts").is_null());
  label(reg, image.digest(), "quay.immutable", "true");
  reg.push("acme/app", image, "kept");
  EXPECT_TRUE(is_immutable(reg, "kept"));
  EXPECT_TRUE(owner.get(kTags + std::string("?specificTag=kept")).at("/tags/0/end_ts").is_null());
}

TEST(TagLabels, OfAListAreThoseThatItsChildrenShare) {
  TestRegistry reg;
  const auto one = Image::make("one");
  const auto two = Image::make("two");
  reg.push("acme/app", one, one.digest().text());
  reg.push("acme/app", two, two.digest().text());
  label(reg, one.digest(), "quay.expires-after", "1d");
  const auto index = R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" +
                     test::descriptor(test::kOciManifest, one.manifest) + "," +
                     test::descriptor(test::kOciManifest, two.manifest) + "]}";
  ASSERT_EQ(reg.put_manifest("acme/app", "some", test::kOciIndex, index).status, 201);
  label(reg, two.digest(), "quay.expires-after", "1d");
  ASSERT_EQ(reg.put_manifest("acme/app", "all", test::kOciIndex, index).status, 201);
  auto owner = reg.as("owner");
  EXPECT_TRUE(owner.get(kTags + std::string("?specificTag=some")).at("/tags/0/end_ts").is_null());
  EXPECT_GT(owner.get(kTags + std::string("?specificTag=all")).number("/tags/0/end_ts"), 0);
}

TEST(TagLabels, AreReadAsQuayDoes) {
  using service::end_of_label;
  EXPECT_EQ(end_of_label("30s", 1000), 31'000);
  EXPECT_EQ(end_of_label("5m", 0), 300'000);
  EXPECT_EQ(end_of_label("2h", 0), 7'200'000);
  EXPECT_EQ(end_of_label("1d", 0), 86'400'000);
  EXPECT_EQ(end_of_label("1w", 0), 604'800'000);
  EXPECT_EQ(end_of_label("1y", 0), 365 * Millis{86'400'000});
  for (const auto* text : {"", "0", "0s", "d", "-1d", "+1d", "1.5d", "1 d", "1D", "soon", "7", "99999999999999999999d",
                           "9223372036854775807y"}) {
    EXPECT_EQ(end_of_label(text, 1000), store::kForever) << text;
  }
}

TEST(ImmutabilityPolicies, AreMadeShownChangedAndDeleted) {
  TestRegistry reg(with_immutability());
  make_acme(reg);
  auto owner = reg.as("owner");
  for (const std::string base : {kOfApp, kOfAcme}) {
    const auto made = owner.post(base, {{"tagPattern", " v.* "}});
    ASSERT_EQ(made.status, 201) << made.summary();
    const auto one = base + made.string("/uuid");
    EXPECT_EQ(owner.get(one).string("/tagPattern"), "v.*");
    EXPECT_TRUE(owner.get(one).flag("/tagPatternMatches"));
    EXPECT_EQ(owner.post(base, {{"tagPattern", "v.*"}, {"tagPatternMatches", false}}).status, 400);
    ASSERT_EQ(owner.post(base, {{"tagPattern", "w"}, {"tagPatternMatches", false}}).status, 201);
    EXPECT_EQ(owner.put(one, {{"tagPattern", "w"}}).status, 400);
    EXPECT_EQ(owner.put(one, {{"tagPattern", "v.*"}, {"tagPatternMatches", false}}).status, 204);
    EXPECT_FALSE(owner.get(one).flag("/tagPatternMatches"));
    EXPECT_EQ(owner.get(base).names("policies", "tagPattern"), (Names{"v.*", "w"}));
    const auto gone = owner.del(one);
    EXPECT_EQ(gone.status, 200);
    EXPECT_EQ(gone.string("/uuid"), made.string("/uuid"));
    EXPECT_EQ(owner.del(one).status, 404);
    EXPECT_EQ(owner.get(one).status, 404);
    EXPECT_EQ(owner.put(one, {{"tagPattern", "x"}}).status, 404);
    for (const auto* pattern : {"", " ", "[", "(a)\\1"}) {
      EXPECT_EQ(owner.post(base, {{"tagPattern", pattern}}).status, 400) << pattern;
    }
    EXPECT_EQ(owner.post(base, {{"tagPattern", std::string(257, 'a')}}).status, 400);
    EXPECT_EQ(owner.post(base, json::Object{}).status, 400);
    EXPECT_EQ(owner.get(base).names("policies", "tagPattern"), Names{"w"});
  }
  auto kinds = owner.get("/api/v1/repository/acme/app/logs").names("logs", "kind");
  kinds.resize(4);  // before them is how the repository came about
  EXPECT_EQ(kinds, (Names{"delete_immutability_policy", "update_immutability_policy", "create_immutability_policy",
                          "create_immutability_policy"}));
}

TEST(ImmutabilityPolicies, OfOneOwnerAreNotSeenThroughAnother) {
  TestRegistry reg(with_immutability());
  make_acme(reg);
  reg.repository("acme/other");
  auto owner = reg.as("owner");
  const auto uuid = owner.post(kOfApp, {{"tagPattern", "v.*"}}).string("/uuid");
  for (const std::string base : {"/api/v1/repository/acme/other/immutabilitypolicy/", kOfAcme}) {
    EXPECT_EQ(owner.get(base + uuid).status, 404);
    EXPECT_EQ(owner.put(base + uuid, {{"tagPattern", "x"}}).status, 404);
    EXPECT_EQ(owner.del(base + uuid).status, 404);
  }
  EXPECT_EQ(owner.get("/api/v1/repository/acme/none/immutabilitypolicy/").status, 404);
  EXPECT_EQ(owner.get(kOfApp + uuid).string("/tagPattern"), "v.*");
}

TEST(ImmutabilityPolicies, AreForAdminsAlone) {
  TestRegistry reg(with_immutability());
  make_acme(reg);
  const auto of_app = reg.as("owner").post(kOfApp, {{"tagPattern", "v.*"}}).string("/uuid");
  const auto of_acme = reg.as("owner").post(kOfAcme, {{"tagPattern", "v.*"}}).string("/uuid");
  const std::vector<std::string> admins = {"manager", "owner", "owner@repo:admin"};
  const std::vector<std::string> owners = {"owner", "owner@org:admin"};
  const auto wanted = R"({"tagPattern":"w"})";
  expect_only(reg, {"GET", kOfApp, "", admins});
  expect_only(reg, {"POST", kOfApp, wanted, admins});
  expect_only(reg, {"GET", kOfApp + of_app, "", admins});
  expect_only(reg, {"PUT", kOfApp + of_app, wanted, admins});
  expect_only(reg, {"DELETE", kOfApp + of_app, "", admins});
  expect_only(reg, {"GET", kOfAcme, "", owners});
  expect_only(reg, {"POST", kOfAcme, wanted, owners});
  expect_only(reg, {"GET", kOfAcme + of_acme, "", owners});
  expect_only(reg, {"PUT", kOfAcme + of_acme, wanted, owners});
  expect_only(reg, {"DELETE", kOfAcme + of_acme, "", owners});
}

TEST(ImmutabilityPolicies, MarkTheTagsThatAreThereAndThoseToCome) {
  TestRegistry reg(with_immutability());
  const auto digests = reg.push("acme/app", {"v1", "v2", "v10-rc", "latest"});
  reg.push("acme/other", {"v1"});
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.put(kTags + std::string("v2"), {{"expiration", now_ms() / 1000 + 86'400}}).status, 201);
  const auto made = owner.post(kOfApp, {{"tagPattern", "v[0-9]+"}});
  ASSERT_EQ(made.status, 201) << made.summary();
  EXPECT_TRUE(is_immutable(reg, "v1"));
  EXPECT_TRUE(is_immutable(reg, "v2"));
  EXPECT_TRUE(owner.get(kTags + std::string("?specificTag=v2")).at("/tags/0/end_ts").is_null());
  EXPECT_FALSE(is_immutable(reg, "v10-rc"));
  EXPECT_FALSE(is_immutable(reg, "latest"));
  EXPECT_EQ(owner.del("/api/v1/repository/acme/other/tag/v1").status, 204);
  auto log = owner.get("/api/v1/repository/acme/app/logs");
  EXPECT_EQ(log.string("/logs/0/kind"), "tags_made_immutable_by_policy");
  EXPECT_EQ(log.number("/logs/0/metadata/count"), 2);
  EXPECT_EQ(log.string("/logs/0/metadata/repo"), "app");
  EXPECT_EQ(log.string("/logs/0/metadata/tag_pattern"), "v[0-9]+");

  reg.push("acme/app", {"v3"});
  EXPECT_TRUE(is_immutable(reg, "v3"));
  ASSERT_EQ(owner.put(kTags + std::string("v4"), {{"manifest_digest", digests[0]}}).status, 201);
  EXPECT_TRUE(is_immutable(reg, "v4"));
  log = owner.get("/api/v1/repository/acme/app/logs");
  const auto kinds = log.names("logs", "kind");
  EXPECT_EQ(std::ranges::count(kinds, "tag_made_immutable_by_policy"), 2);

  // That it goes changes no tag.
  ASSERT_EQ(owner.del(kOfApp + made.string("/uuid")).status, 200);
  EXPECT_TRUE(is_immutable(reg, "v1"));
  reg.push("acme/app", {"v5"});
  EXPECT_FALSE(is_immutable(reg, "v5"));
}

TEST(ImmutabilityPolicies, OfAnOrganizationRuleAllItsRepositories) {
  TestRegistry reg(with_immutability());
  reg.push("acme/app", {"v1", "dev"});
  reg.push("acme/other", {"v1"});
  reg.push("beta/app", {"v1"});
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.post(kOfAcme, {{"tagPattern", "dev|test"}, {"tagPatternMatches", false}}).status, 201);
  EXPECT_TRUE(is_immutable(reg, "v1"));
  EXPECT_FALSE(is_immutable(reg, "dev"));
  EXPECT_EQ(owner.del("/api/v1/repository/acme/other/tag/v1").status, 409);
  EXPECT_EQ(owner.del("/api/v1/repository/beta/app/tag/v1").status, 204);
  const auto log = owner.get("/api/v1/organization/acme/logs");
  EXPECT_EQ(log.string("/logs/0/kind"), "tags_made_immutable_by_policy");
  EXPECT_EQ(log.number("/logs/0/metadata/count"), 2);
  reg.push("acme/new", {"v1"});
  EXPECT_EQ(owner.del("/api/v1/repository/acme/new/tag/v1").status, 409);
}

TEST(ImmutabilityPolicies, AreAppliedToThousandsOfTagsAndFinishedAfterAStop) {
  TestRegistry reg(with_immutability());
  const auto digest = reg.push("acme/app", {"latest"})[0];
  static const db::Query kFill{"test.fill", R"(
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
    INSERT INTO tag (repository_id, name, manifest_id, start_ms)
    SELECT m.repository_id, 'v' || n.i, m.id, 1000 FROM n, manifest m WHERE m.digest = $1)"};
  static const db::Query kMarked{"test.marked", "SELECT count(*) FROM tag WHERE immutable"};
  static const db::Query kForget{"test.forget", "UPDATE tag SET immutable = FALSE"};
  static const db::Query kUnfinished{"test.unfinished", R"(
    INSERT INTO immutability_walk (policy_id, repository_id, name, marked)
    SELECT id, 0, '', 0 FROM immutability_policy)"};
  const auto marked = [&] { return reg.database().read_now([](db::Tx& tx) { return tx.get<std::int64_t>(kMarked); }); };
  reg.database().write_now([&](db::Tx& tx) { return tx.run(kFill, digest); });
  ASSERT_EQ(reg.as("owner").post(kOfAcme, {{"tagPattern", "v.*"}}).status, 201);
  EXPECT_EQ(marked(), 2500);
  reg.database().write_now([&](db::Tx& tx) {
    tx.run(kForget);
    return tx.run(kUnfinished);
  });
  boost::asio::io_context loop;
  boost::asio::co_spawn(loop, reg.services().immutability.finish_walks(), boost::asio::detached);
  loop.run();
  EXPECT_EQ(marked(), 2500);
}

}  // namespace
}  // namespace wharf::api
