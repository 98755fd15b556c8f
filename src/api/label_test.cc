#include "api/label.h"

#include <gtest/gtest.h>

#include "api/refusals_testing.h"
#include "service/image_config.h"
#include "service/label.h"
#include "tests/support/test_registry.h"

namespace wharf::api {
namespace {

using test::Image;
using test::Names;
using test::TestRegistry;

const std::string kApp = "/api/v1/repository/acme/app";

/// An image with this configuration and, unless it is "", this member before the manifest's others.
Image image_of(const std::string& config, const std::string& member = "") {
  auto image = Image::make(config);
  image.config = config;
  image.manifest = R"({"schemaVersion":2,)" + (member.empty() ? "" : member + ',') + R"("mediaType":")" +
                   std::string(test::kOciManifest) + R"(","config":)" + test::descriptor(test::kOciConfig, config) +
                   R"(,"layers":[)" + test::descriptor(test::kOciLayer, image.layer) + "]}";
  return image;
}

std::string labels_of(const Image& image) { return kApp + "/manifest/" + image.digest().text() + "/labels"; }

/// "key=value" of each.
Names pairs(const test::Answer& list) {
  Names all;
  const auto keys = list.names("labels", "key");
  const auto values = list.names("labels", "value");
  for (std::size_t i = 0; i < keys.size(); ++i) all.push_back(keys[i] + '=' + values[i]);
  return all;
}

json::Object label(std::string_view key, std::string_view value, json::Value media_type = nullptr) {
  return {{"key", key}, {"value", value}, {"media_type", std::move(media_type)}};
}

std::int64_t rows(TestRegistry& reg) {
  static const db::Query kCount{"test.labels", "SELECT count(*) FROM manifest_label"};
  return reg.database().read_now([](db::Tx& tx) { return tx.get<std::int64_t>(kCount); });
}

TEST(ImportedLabels, AreTheImagesAndTheManifestsWhichWin) {
  TestRegistry reg;
  const auto image =
      image_of(R"({"config":{"Labels":{"both":"of the image","Of.Image":"x","number":7,"":"nothing"}}})",
               R"("annotations":{"both":"of the manifest","org.opencontainers.image.title":"{\"a\":1}"})");
  reg.push("acme/app", image, "v1");
  auto owner = reg.as("owner");
  const auto list = owner.get(labels_of(image));
  ASSERT_EQ(list.status, 200) << list.summary();
  EXPECT_EQ(pairs(list), (Names{"Of.Image=x", "both=of the manifest", "org.opencontainers.image.title={\"a\":1}"}));
  EXPECT_EQ(list.names("labels", "source_type"), (Names{"manifest", "manifest", "manifest"}));
  EXPECT_EQ(list.names("labels", "media_type"), (Names{"text/plain", "text/plain", "application/json"}));
  EXPECT_EQ(pairs(owner.get(labels_of(image) + "?filter=of.")), Names{"Of.Image=x"});
  EXPECT_EQ(pairs(owner.get(labels_of(image) + "?filter=%25")), Names{});
  const auto one = owner.get(labels_of(image) + '/' + list.string("/labels/0/id"));
  EXPECT_EQ(one.string("/key"), "Of.Image");
  // Pushed again, under another name, it is the manifest that was there.
  reg.push("acme/app", image, "v2");
  EXPECT_EQ(pairs(owner.get(labels_of(image))).size(), 3u);
}

TEST(ImportedLabels, OfAnIndexAreItsAnnotations) {
  TestRegistry reg;
  const auto image = Image::make("child");
  reg.push("acme/app", image, image.digest().text());
  const auto index = R"({"schemaVersion":2,"annotations":{"of":"the index"},"manifests":[)" +
                     test::descriptor(test::kOciManifest, image.manifest) + "]}";
  ASSERT_EQ(reg.put_manifest("acme/app", "v1", test::kOciIndex, index).status, 201);
  auto owner = reg.as("owner");
  EXPECT_EQ(pairs(owner.get(kApp + "/manifest/" + Digest::of(index).text() + "/labels")), Names{"of=the index"});
  // What only an index names can be looked at too.
  EXPECT_EQ(owner.get(labels_of(image)).names("labels", "key"), Names{"seed"});
}

TEST(ImportedLabels, ComeFromAConfigurationUnderAnyDigest) {
  TestRegistry reg;
  auto image = image_of(R"({"config":{"Labels":{"a":"b"}}})");
  reg.repository("acme/app");
  auto client = reg.registry("owner", "acme/app");
  const auto digest = Digest::of(image.config, "sha512").text();
  ASSERT_EQ(client.request("POST", "/v2/acme/app/blobs/uploads/?digest=" + digest, image.config).status, 201);
  reg.push("acme/app", image, "v1");
  image.manifest.replace(image.manifest.find(Digest::of(image.config).text()), 71, digest);
  ASSERT_EQ(reg.put_manifest("acme/app", "v2", test::kOciManifest, image.manifest).status, 201);
  EXPECT_EQ(pairs(reg.as("owner").get(labels_of(image))), Names{"a=b"});
}

TEST(ImportedLabels, DoNotStopAPushThatHasNone) {
  TestRegistry reg;
  const std::string configs[] = {"",
                                 "not json",
                                 "[]",
                                 "null",
                                 R"({"config":null})",
                                 R"({"config":{"Labels":null}})",
                                 R"({"config":{"Labels":["a"]}})",
                                 R"({"config":{"Labels":{"a":"b","a":"c"}}})",
                                 R"({"config":{"Labels":{"nul\u0000":"x","value":"\u0000"}}})",
                                 R"({"config":{"Labels":{")" + std::string(256, 'k') + R"(":"long"}}})",
                                 R"({"config":{"Labels":{"v":")" + std::string(300'000, 'v') + R"("}}})",
                                 R"({"config":{"Labels":{"v":"x"}}})" + std::string(1'100'000, ' '),
                                 std::string(100'000, '['),
                                 "{\"config\":{\"Labels\":{\"a\":\"\xff\"}}}"};
  for (const auto& config : configs) {
    const auto image = image_of(config);
    reg.push("acme/app", image, "v1");
    const auto list = reg.as("owner").get(labels_of(image));
    EXPECT_EQ(list.status, 200) << config.substr(0, 80);
    EXPECT_EQ(pairs(list), Names{}) << config.substr(0, 80);
  }
}

TEST(ImportedLabels, AreBoundedAndQuaysOwnComeFirst) {
  json::Object many;
  for (int i = 0; i < 1000; ++i) many["key" + std::to_string(i)] = "x";
  many["quay.expires-after"] = "2w";
  const auto labels = service::imported_labels(many, "");
  EXPECT_EQ(labels.size(), service::kMostImportedLabels);
  EXPECT_EQ(labels[0].key, "quay.expires-after");
  EXPECT_EQ(labels[1].key, "key0");
}

TEST(Label, IsAddedReadAndTakenAway) {
  TestRegistry reg;
  const auto image = image_of("{}");
  reg.push("acme/app", image, "v1");
  auto owner = reg.as("owner");
  const auto added = owner.post(labels_of(image), label("team", "[1, 2]"));
  ASSERT_EQ(added.status, 201) << added.summary();
  EXPECT_EQ(added.string("/label/key"), "team");
  EXPECT_EQ(added.string("/label/value"), "[1, 2]");
  EXPECT_EQ(added.string("/label/source_type"), "api");
  EXPECT_EQ(added.string("/label/media_type"), "application/json");
  const auto place = labels_of(image) + '/' + added.string("/label/id");
  EXPECT_EQ(added.header("Location"), place);
  EXPECT_EQ(owner.get(place).at(""), added.at("/label"));
  // Again, with a type of its own.
  const auto again = owner.post(labels_of(image), label("team", "[1, 2]", "text/plain"));
  EXPECT_EQ(again.string("/label/media_type"), "text/plain");
  EXPECT_EQ(owner.get(labels_of(image)).names("labels", "key"), (Names{"team", "team"}));
  EXPECT_EQ(owner.del(place).status, 204);
  EXPECT_EQ(owner.del(place).status, 404);
  EXPECT_EQ(owner.get(labels_of(image)).names("labels", "id"), Names{again.string("/label/id")});

  const auto log = owner.get(kApp + "/logs");
  EXPECT_EQ(log.names("logs", "kind"),
            (Names{"manifest_label_delete", "manifest_label_add", "manifest_label_add", "push_repo", "create_repo"}));
  const auto metadata = log.at("/logs/2/metadata").as_object();
  EXPECT_EQ(metadata.at("id"), json::Value(added.string("/label/id")));
  EXPECT_EQ(metadata.at("key"), "team");
  EXPECT_EQ(metadata.at("value"), "[1, 2]");
  EXPECT_EQ(metadata.at("manifest_digest"), json::Value(image.digest().text()));
  EXPECT_EQ(metadata.at("media_type"), "application/json");
  EXPECT_EQ(metadata.at("namespace"), "acme");
  EXPECT_EQ(metadata.at("repo"), "app");
  EXPECT_FALSE(log.at("/logs/0/metadata").as_object().contains("media_type"));
}

TEST(Label, WithABadKeyOrValueIsRefused) {
  TestRegistry reg({.configure = [](app::Config& config) { config.label_key_reserved_prefixes = {"corp."}; }});
  const auto image = image_of(R"({"config":{"Labels":{"of":"the image"}}})");
  reg.push("acme/app", image, "v1");
  auto owner = reg.as("owner");
  for (const auto* key :
       {"", "Upper", "a..b", "a-.b", "a--b", "-a", "a-", ".a", "a.", "a_b", "a b", "a/b", "\xc3\xa9"}) {
    const auto answer = owner.post(labels_of(image), label(key, "x"));
    EXPECT_EQ(answer.status, 400) << key;
    EXPECT_FALSE(service::is_label_key(key)) << key;
  }
  EXPECT_EQ(owner.post(labels_of(image), label(std::string(256, 'a'), "x")).status, 400);
  EXPECT_EQ(owner.post(labels_of(image), label(std::string(255, 'a'), "x")).status, 201);
  for (const auto* key : {"com.docker.x", "io.docker.x", "org.dockerproject.x", "org.opencontainers.image.title",
                          "io.cncf.x", "io.kubernetes.x", "io.k8s.x", "io.quay", "com.coreos", "com.tectonic.x",
                          "internal", "quay.expires-after", "quay.immutable", "corp.x"}) {
    const auto answer = owner.post(labels_of(image), label(key, "x"));
    EXPECT_EQ(answer.status, 400) << key;
    EXPECT_EQ(answer.string("/detail"), "Label has a reserved prefix") << key;
  }
  EXPECT_EQ(owner.post(labels_of(image), label("com.dockerx", "")).status, 201);
  EXPECT_EQ(owner.post(labels_of(image), label("a", "x", "text/html")).status, 400);
  EXPECT_EQ(owner.post(labels_of(image), label("a", std::string_view("x\0y", 3))).status, 400);
  EXPECT_EQ(owner.post(labels_of(image), label("a", std::string(65537, 'x'))).status, 400);
  for (const auto* missing : {"key", "value", "media_type"}) {
    auto body = label("a", "x");
    body.erase(missing);
    EXPECT_EQ(owner.post(labels_of(image), body).status, 400) << missing;
  }
  const auto imported = owner.get(labels_of(image) + "?filter=of").string("/labels/0/id");
  const auto refused = owner.del(labels_of(image) + '/' + imported);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.string("/detail"), "Cannot delete immutable label");
  EXPECT_EQ(rows(reg), 3);
}

TEST(Label, ThereAreSoManyOfAManifestAndNoMore) {
  TestRegistry reg;
  const auto image = image_of("{}");
  reg.push("acme/app", image, "v1");
  auto owner = reg.as("owner");
  const std::string value(65000, 'x');
  for (int i = 0; i < 16; ++i) ASSERT_EQ(owner.post(labels_of(image), label("a", value)).status, 201);
  EXPECT_EQ(owner.post(labels_of(image), label("a", value)).status, 400);
  EXPECT_EQ(owner.post(labels_of(image), label("a", "x")).status, 201);
  auto fill = [](db::Tx& tx) {
    const auto manifest = tx.get<std::int64_t>(db::Query{"test.manifest", "SELECT max(id) FROM manifest"});
    std::vector<store::Label> labels;
    for (int i = 17; i < 1000; ++i) labels.push_back({"u" + std::to_string(i), "b", "", store::LabelSource::api, "t"});
    store::add_labels(tx, manifest, labels);
    return true;
  };
  reg.database().write_now(fill);
  EXPECT_EQ(rows(reg), 1000);
  EXPECT_EQ(owner.post(labels_of(image), label("a", "x")).status, 400);
}

TEST(Label, IsOfItsManifestAlone) {
  TestRegistry reg;
  const auto one = image_of("{}");
  const auto two = image_of(R"({"a":1})");
  reg.push("acme/app", one, "one");
  reg.push("acme/app", two, "two");
  reg.push("acme/other", one, "one");
  auto owner = reg.as("owner");
  const auto id = owner.post(labels_of(one), label("a", "x")).string("/label/id");
  EXPECT_EQ(owner.get(labels_of(two)).names("labels", "id"), Names{});
  const auto elsewhere = "/api/v1/repository/acme/other/manifest/" + one.digest().text() + "/labels/" + id;
  for (const auto& path :
       {labels_of(two) + '/' + id, elsewhere, labels_of(one) + "/none", labels_of(one) + "/%FF%00"}) {
    EXPECT_EQ(owner.get(path).status, 404) << path;
    EXPECT_EQ(owner.del(path).status, 404) << path;
  }
  EXPECT_EQ(owner.get(labels_of(one) + '/' + id).status, 200);
}

TEST(Label, IsFoundOnlyWhereATagShowsTheManifest) {
  TestRegistry reg;
  const auto tagged = image_of("{}");
  const auto held = image_of(R"({"config":{"Labels":{"a":"b"}}})");
  reg.push("acme/app", tagged, "v1");
  reg.push("acme/app", held, held.digest().text());
  auto owner = reg.as("owner");
  EXPECT_EQ(owner.get(labels_of(held)).status, 404);
  EXPECT_EQ(owner.post(labels_of(held), label("a", "x")).status, 404);
  EXPECT_EQ(owner.get(labels_of(tagged)).status, 200);
  ASSERT_EQ(owner.del(kApp + "/tag/v1").status, 204);
  EXPECT_EQ(owner.get(labels_of(tagged)).status, 404);
  for (const auto* other : {"v1", "sha256:00", "sha256:", "md5:d41d8cd98f00b204e9800998ecf8427e"}) {
    EXPECT_EQ(owner.get(kApp + "/manifest/" + other + "/labels").status, 404) << other;
  }
}

TEST(Label, IsNotChangedInAReadOnlyRepository) {
  TestRegistry reg;
  const auto image = image_of("{}");
  reg.push("acme/app", image, "v1");
  auto owner = reg.as("owner");
  const auto id = owner.post(labels_of(image), label("a", "x")).string("/label/id");
  reg.allow_accidents();
  for (const auto* state : {"READ_ONLY", "MIRROR", "ORG_MIRROR"}) {
    auto change = [&](db::Tx& tx) {
      return tx.run(db::Query{"test.state", "UPDATE repository SET state = $1"}, std::string(state));
    };
    reg.database().write_now(change);
    const auto answer = owner.post(labels_of(image), label("b", "x"));
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.string("/message"), std::string("Repository is in read only or mirror mode: ") + state);
    EXPECT_EQ(owner.del(labels_of(image) + '/' + id).status, 503);
    EXPECT_EQ(owner.get(labels_of(image) + '/' + id).status, 200);
  }
}

TEST(Label, IsNotChangedByRestrictedUsersAtHome) {
  TestRegistry reg({.configure = [](app::Config& config) {
    config.features.restricted_users = true;
    config.restricted_users_whitelist = {"owner"};
  }});
  const auto image = image_of("{}");
  reg.push("acme/app", image, "v1");
  reg.user("limited");
  auto move = [](db::Tx& tx) {
    return tx.run(db::Query{"test.move", R"(
      UPDATE repository SET namespace_id = (SELECT id FROM account WHERE name = 'limited') WHERE name = 'home')"});
  };
  reg.push("acme/home", image, "v1");
  reg.database().write_now(move);
  reg.give("limited", "acme/app", "write");
  auto limited = reg.as("limited");
  EXPECT_EQ(limited.post(labels_of(image), label("a", "x")).status, 201);
  const auto home = "/api/v1/repository/limited/home/manifest/" + image.digest().text() + "/labels";
  EXPECT_EQ(limited.get(home).status, 200);
  EXPECT_EQ(limited.post(home, label("a", "x")).status, 403);
}

TEST(Label, IsForReadersToSeeAndWritersToChange) {
  TestRegistry reg;
  testing::make_acme(reg);
  const auto image = image_of("{}");
  reg.push("acme/app", image, "v1");
  const auto body = json::to_text(label("a", "x"));
  const auto none = labels_of(image) + "/00000000-0000-4000-8000-000000000000";
  testing::expect_only(
      reg, {"GET",
            labels_of(image),
            "",
            {"reader", "writer", "manager", "owner", "owner@repo:read", "owner@repo:write", "owner@repo:admin"}});
  testing::expect_only(
      reg, {"POST", labels_of(image), body, {"writer", "manager", "owner", "owner@repo:write", "owner@repo:admin"}});
  testing::expect_only(reg,
                       {"DELETE", none, "", {"writer", "manager", "owner", "owner@repo:write", "owner@repo:admin"}});
  const auto hidden = kApp + "/manifest/sha256:" + std::string(64, '0') + "/labels";
  expect_refusals(reg, {{"stranger", "GET", hidden, 403, "insufficient_scope"},
                        {"stranger", "POST", hidden, 403, "insufficient_scope", "{}"},
                        {"reader", "POST", labels_of(image), 403, "insufficient_scope", "not json"},
                        {"writer", "POST", labels_of(image), 400, "invalid_request", "{}"},
                        {"writer", "POST", hidden, 404, "not_found", body},
                        {"reader", "GET", hidden, 404, "not_found"},
                        {"writer", "DELETE", none, 404, "not_found"}});
  EXPECT_EQ(rows(reg), 0);
  ASSERT_EQ(reg.as("owner").post(kApp + "/changevisibility", {{"visibility", "public"}}).status, 200);
  EXPECT_EQ(reg.with("").get(labels_of(image)).status, 200);
}

}  // namespace
}  // namespace wharf::api
