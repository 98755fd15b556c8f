#include "api/manifest.h"

#include <gtest/gtest.h>

#include "api/refusals_testing.h"
#include "tests/support/test_registry.h"

namespace wharf::api {
namespace {

using test::Image;
using test::TestRegistry;

const std::string kApp = "/api/v1/repository/acme/app";
constexpr std::string_view kEmptyLayer = "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4";

std::string at(const std::string& content) { return kApp + "/manifest/" + Digest::of(content).text(); }

void upload(TestRegistry& reg, const std::string& blob) {
  const auto path = "/v2/acme/app/blobs/uploads/?digest=" + Digest::of(blob).text();
  ASSERT_EQ(reg.registry("owner", "acme/app").request("POST", path, blob).status, 201);
}

/// Pushes an image of the layers "one" and "two" with this configuration, and answers what the API says of it.
test::Answer pushed(TestRegistry& reg, const std::string& config) {
  for (const auto& blob : {config, std::string("one"), std::string("two")}) upload(reg, blob);
  const auto manifest = R"({"schemaVersion":2,"config":)" + test::descriptor(test::kOciConfig, config) +
                        R"(,"layers":[)" + test::descriptor(test::kOciLayer, "one") + ',' +
                        test::descriptor(test::kOciLayer, "two") + "]}";
  EXPECT_EQ(reg.put_manifest("acme/app", "v1", test::kOciManifest, manifest).status, 201);
  auto answer = reg.as("owner").get(at(manifest));
  EXPECT_EQ(answer.string("/manifest_data"), manifest);
  return answer;
}

TEST(GetManifest, ShowsTheLayersWithTheirHistory) {
  TestRegistry reg;
  reg.repository("acme/app");
  const auto answer = pushed(reg, R"({"history":[
    {"created":"2020-11-03T12:00:00.5Z","created_by":"ADD rootfs","comment":"base","author":"me"},
    {"created_by":"[\"/bin/sh\",\"-c\",\"true\"]","empty_layer":true},
    {"created":"not a time","created_by":"[1]","empty_layer":false}]})");
  ASSERT_EQ(answer.status, 200) << answer.summary();
  EXPECT_FALSE(answer.flag("/is_manifest_list"));
  EXPECT_EQ(answer.string("/config_media_type"), test::kOciConfig);
  EXPECT_EQ(answer.number("/layers_compressed_size"), 6);
  EXPECT_FALSE(answer.json().as_object().contains("modelcard"));
  EXPECT_EQ(answer.at("/layers"), json::parse(R"([
    {"index":0,"compressed_size":3,"is_remote":false,"urls":null,"command":["ADD rootfs"],"comment":"base",
     "author":"me","blob_digest":")" + Digest::of("one").text() +
                                              R"(",
     "created_datetime":"Tue, 03 Nov 2020 12:00:00 -0000"},
    {"index":1,"compressed_size":32,"is_remote":false,"urls":null,"command":["/bin/sh","-c","true"],"comment":null,
     "author":null,"blob_digest":")" + std::string(kEmptyLayer) +
                                              R"(","created_datetime":null},
    {"index":2,"compressed_size":3,"is_remote":false,"urls":null,"command":["[1]"],"comment":null,"author":null,
     "blob_digest":")" + Digest::of("two").text() +
                                              R"(","created_datetime":null}])")
                                      .value());
}

TEST(GetManifest, ShowsTheLayersAloneWhereTheHistoryIsNoHelp) {
  TestRegistry reg;
  reg.repository("acme/app");
  std::string long_history = R"({"history":[{},{})";
  for (int i = 0; i < 5000; ++i) long_history += R"(,{"empty_layer":true})";
  const std::string configs[] = {"",
                                 "not json",
                                 "{}",
                                 "[]",
                                 R"({"history":null})",
                                 R"({"history":{}})",
                                 R"({"history":[1,2]})",
                                 R"({"history":[{}]})",
                                 R"({"history":[{},{},{}]})",
                                 R"({"history":[{"empty_layer":true}]})",
                                 std::string(100'000, '['),
                                 long_history + "]}",
                                 std::string(5 * 1024 * 1024, ' ')};
  for (const auto& config : configs) {
    const auto answer = pushed(reg, config);
    ASSERT_EQ(answer.status, 200) << config.substr(0, 60) << answer.summary();
    ASSERT_EQ(answer.names("layers", "blob_digest"), (test::Names{Digest::of("one").text(), Digest::of("two").text()}))
        << config.substr(0, 60);
    EXPECT_TRUE(answer.at("/layers/0/command").is_null());
  }
  // What the steps say in other types than they should is left out.
  const auto answer = pushed(reg, R"({"history":[{"created_by":1,"comment":[],"author":null,"created":2},{}]})");
  EXPECT_TRUE(answer.at("/layers/0/command").is_null());
  EXPECT_TRUE(answer.at("/layers/0/comment").is_null());
}

TEST(GetManifest, ShowsAListWithoutLayers) {
  TestRegistry reg;
  const auto image = Image::make("child");
  reg.push("acme/app", image, image.digest().text());
  const auto index =
      R"({"schemaVersion":2,"manifests":[)" + test::descriptor(test::kOciManifest, image.manifest) + "]}";
  auto owner = reg.as("owner");
  EXPECT_EQ(owner.get(at(image.manifest)).status, 404);  // no tag shows it
  ASSERT_EQ(reg.put_manifest("acme/app", "v1", test::kOciIndex, index).status, 201);
  const auto list = owner.get(at(index));
  EXPECT_TRUE(list.flag("/is_manifest_list"));
  EXPECT_EQ(list.string("/manifest_data"), index);
  EXPECT_TRUE(list.at("/layers").is_null());
  EXPECT_TRUE(list.at("/config_media_type").is_null());
  EXPECT_EQ(list.number("/layers_compressed_size"), 0);
  EXPECT_EQ(owner.get(at(image.manifest)).number("/layers_compressed_size"), 1000);
  ASSERT_EQ(owner.del(kApp + "/tag/v1").status, 204);
  EXPECT_EQ(owner.get(at(index)).status, 404);
  EXPECT_EQ(owner.get(at(image.manifest)).status, 404);
}

TEST(GetManifest, ShowsWhatAnArtifactHas) {
  TestRegistry reg;
  reg.repository("acme/app");
  const std::string card = "# A model\n\xc3\xbc";
  for (const auto& blob : {std::string("{}"), std::string("weights"), card}) upload(reg, blob);
  const auto noted = [](const std::string& title, const std::string& type, const std::string& blob) {
    auto text = test::descriptor(type, blob);
    text.insert(1, R"("annotations":{"org.opencontainers.image.title":")" + title + R"("},)");
    return text;
  };
  auto remote = test::descriptor("application/vnd.oci.image.layer.nondistributable.v1.tar", "elsewhere");
  remote.insert(1, R"("urls":["https://example.com/a"],)");
  const auto manifest = R"({"schemaVersion":2,"artifactType":"application/x-mlmodel","config":)" +
                        test::descriptor("application/vnd.oci.empty.v1+json", "{}") + R"(,"layers":[)" +
                        noted("model.bin", "application/octet-stream", "weights") + ',' + remote + ',' +
                        noted("README.md", "text/markdown", card) + "]}";
  ASSERT_EQ(reg.put_manifest("acme/app", "v1", test::kOciManifest, manifest).status, 201);
  auto owner = reg.as("owner");
  const auto plain = owner.get(at(manifest));
  EXPECT_EQ(plain.names("layers", "blob_digest").size(), 3u);
  EXPECT_TRUE(plain.flag("/layers/1/is_remote"));
  EXPECT_EQ(plain.string("/layers/1/urls/0"), "https://example.com/a");
  EXPECT_FALSE(plain.json().as_object().contains("modelcard"));
  EXPECT_EQ(owner.get(at(manifest) + "?include_modelcard=true").string("/modelcard"), card);
  // An archive is no text, whatever it is called.
  const auto packed = R"({"schemaVersion":2,"config":)" + test::descriptor("application/vnd.oci.empty.v1+json", "{}") +
                      R"(,"layers":[)" + noted("README.md", "application/x.y.tar+gzip", card) + "]}";
  ASSERT_EQ(reg.put_manifest("acme/app", "v2", test::kOciManifest, packed).status, 201);
  EXPECT_FALSE(owner.get(at(packed) + "?include_modelcard=true").json().as_object().contains("modelcard"));
}

TEST(Manifest, ShowsAnImagesConfigurationToWhoAsks) {
  TestRegistry reg;
  const auto image = Image::make("v1");
  reg.push("acme/app", image, "v1");
  auto owner = reg.as("owner");
  EXPECT_FALSE(owner.get(at(image.manifest)).json().as_object().contains("config_data"));
  EXPECT_EQ(owner.get(at(image.manifest) + "?include_config=true").string("/config_data"), image.config);
}

TEST(ManifestReferrers, AreThoseOfTheOldFormAndTheNew) {
  TestRegistry reg;
  const auto image = Image::make("v1");
  reg.push("acme/app", image, "v1");
  const auto subject = R"("subject":)" + test::descriptor(test::kOciManifest, image.manifest);
  const auto refer = [&](const std::string& type, const std::string& more, const std::string& reference) {
    auto text = image.manifest;
    text.insert(1, R"("artifactType":")" + type + "\"," + more);
    const auto digest = Digest::of(text).text();
    EXPECT_EQ(reg.put_manifest("acme/app", reference.empty() ? digest : reference, test::kOciManifest, text).status,
              201);
    return digest;
  };
  const auto note = [](const std::string& predicate) {
    return R"("annotations":{"dev.sigstore.bundle.predicateType":")" + predicate + R"("},)";
  };
  const std::string bundle = "application/vnd.dev.sigstore.bundle.v0.3+json";
  const auto hex = std::string(image.digest().hex());
  const std::vector<std::string> digests = {refer("application/vnd.cncf.notary.signature", subject + ',', ""),
                                            refer(bundle, subject + ',', ""),
                                            refer(bundle, note("https://slsa.dev/provenance/v1") + subject + ',', ""),
                                            refer("application/spdx+json", subject + ',', ""),
                                            refer("application/x.other", subject + ',', ""),
                                            refer("application/x.cosign", "", "sha256-" + hex + ".sig"),
                                            refer("application/x.cosign", R"("x":1,)", "sha256-" + hex + ".att")};
  auto owner = reg.as("owner");
  const auto list = owner.get(at(image.manifest) + "/referrers");
  ASSERT_EQ(list.status, 200) << list.summary();
  EXPECT_EQ(list.names("referrers", "digest"), digests);
  EXPECT_EQ(list.names("referrers", "kind"),
            (test::Names{"signature", "signature", "attestation", "sbom", "other", "signature", "attestation"}));
  EXPECT_EQ(list.names("referrers", "form"),
            (test::Names{"referrer", "referrer", "referrer", "referrer", "referrer", "tag", "tag"}));
  EXPECT_EQ(list.string("/referrers/0/artifact_type"), "application/vnd.cncf.notary.signature");
  EXPECT_EQ(list.string("/referrers/2/annotations/dev.sigstore.bundle.predicateType"),
            "https://slsa.dev/provenance/v1");
  EXPECT_EQ(list.string("/referrers/6/tag"), "sha256-" + hex + ".att");
  EXPECT_FALSE(list.json().as_object().contains("next_page"));
  EXPECT_EQ(owner.get(at("never pushed") + "/referrers").status, 404);
}

TEST(ManifestReferrers, ComeInPages) {
  TestRegistry reg;
  const auto image = Image::make("v1");
  reg.push("acme/app", image, "v1");
  auto client = reg.registry("owner", "acme/app");
  for (int i = 0; i < 120; ++i) {
    auto text = image.manifest;
    text.insert(1, "\"n\":" + std::to_string(i) + R"(,"subject":)" +
                       test::descriptor(test::kOciManifest, image.manifest) + ',');
    const auto answer = client.request("PUT", "/v2/acme/app/manifests/" + Digest::of(text).text(), text,
                                       {{"Content-Type", std::string(test::kOciManifest)}});
    ASSERT_EQ(answer.status, 201) << answer.text;
  }
  auto owner = reg.as("owner");
  const auto first = owner.get(at(image.manifest) + "/referrers");
  EXPECT_EQ(first.names("referrers", "digest").size(), 100u);
  const auto second = owner.get(at(image.manifest) + "/referrers?next_page=" + first.string("/next_page"));
  EXPECT_EQ(second.names("referrers", "digest").size(), 20u);
  EXPECT_FALSE(second.json().as_object().contains("next_page"));
}

TEST(GetManifest, IsForReaders) {
  TestRegistry reg;
  testing::make_acme(reg);
  const auto image = Image::make("v1");
  reg.push("acme/app", image, "v1");
  reg.repository("acme/other");
  testing::expect_only(
      reg, {"GET",
            at(image.manifest),
            "",
            {"reader", "writer", "manager", "owner", "owner@repo:read", "owner@repo:write", "owner@repo:admin"}});
  const auto elsewhere = "/api/v1/repository/acme/other/manifest/" + image.digest().text();
  expect_refusals(reg, {{"reader", "GET", kApp + "/manifest/v1", 404, "not_found"},
                        {"reader", "GET", at("never pushed"), 404, "not_found"},
                        {"stranger", "GET", at("never pushed"), 403, "insufficient_scope"},
                        {"owner", "GET", elsewhere, 404, "not_found"}});
  ASSERT_EQ(reg.as("owner").post(kApp + "/changevisibility", {{"visibility", "public"}}).status, 200);
  EXPECT_EQ(reg.with("").get(at(image.manifest)).status, 200);
}

}  // namespace
}  // namespace wharf::api
