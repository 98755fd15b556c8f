#include "service/manifest_document.h"

#include <gtest/gtest.h>

namespace wharf::service {
namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

std::string descriptor(std::string_view type, std::int64_t size = 10, const std::string& digest = kDigest) {
  return R"({"mediaType":")" + std::string(type) + R"(","digest":")" + digest + R"(","size":)" + std::to_string(size) +
         "}";
}

const std::string kConfig = descriptor("application/vnd.oci.image.config.v1+json", 5);
const std::string kLayer = descriptor("application/vnd.oci.image.layer.v1.tar+gzip", 100);

std::string image(const std::string& more = "", const std::string& config = kConfig,
                  const std::string& layers = kLayer) {
  return R"({"schemaVersion":2,"config":)" + config + R"(,"layers":[)" + layers + "]" + more + "}";
}

TEST(ManifestDocument, ReadsAnOciImage) {
  const auto document = parse_manifest(media::kOciManifest, image("", kConfig, kLayer + "," + kLayer)).value();
  EXPECT_FALSE(document.is_list);
  EXPECT_EQ(document.config->size_bytes, 5);
  EXPECT_EQ(document.layers.size(), 2u);
  EXPECT_EQ(document.layers_size_bytes(), 200);
  EXPECT_TRUE(document.is_scannable());
}

TEST(ManifestDocument, ReadsAnArtifactWithSubjectTypeAndAnnotations) {
  const auto document =
      parse_manifest(media::kOciManifest,
                     image(R"(,"artifactType":"application/x.sbom","subject":)" + descriptor(media::kOciManifest) +
                               R"(,"annotations":{"a":"b"},"unknown":{"kept":[1,2]})",
                           descriptor("application/vnd.oci.empty.v1+json", 2), descriptor("application/x.sbom", 7)))
          .value();
  EXPECT_EQ(document.artifact_type, "application/x.sbom");
  EXPECT_EQ(document.subject->digest.text(), kDigest);
  EXPECT_EQ(document.annotations.at("a").as_string(), "b");
  EXPECT_FALSE(document.is_scannable());
}

TEST(ManifestDocument, ReadsAnIndexOfManifestsAndIndexes) {
  const auto text = R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" +
                    descriptor(media::kOciManifest) + "," + descriptor(media::kOciIndex) + "]}";
  const auto document = parse_manifest(media::kOciIndex, text).value();
  EXPECT_TRUE(document.is_list);
  EXPECT_EQ(document.children.size(), 2u);
}

TEST(ManifestDocument, TakesItsOwnMediaTypeWhereNoneWasSent) {
  const auto text = image(R"(,"mediaType":"application/vnd.oci.image.manifest.v1+json")");
  EXPECT_TRUE(parse_manifest("", text));
  EXPECT_TRUE(parse_manifest("application/json", text));
  EXPECT_TRUE(parse_manifest("application/vnd.oci.image.manifest.v1+json; charset=utf-8", text));
  EXPECT_FALSE(parse_manifest("", image()));
}

TEST(ManifestDocument, KnowsForeignLayers) {
  for (const auto* type : {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                           "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"}) {
    const auto document = parse_manifest(media::kOciManifest, image("", kConfig, descriptor(type))).value();
    EXPECT_TRUE(document.layers.front().is_foreign()) << type;
  }
}

struct BadManifest {
  const char* why;
  std::string_view type;
  std::string text;
  Errc code = Errc::manifest_invalid;
};

TEST(ManifestDocument, RefusesWhatIsNotOne) {
  const std::string deep = std::string(40, '[') + std::string(40, ']');
  const BadManifest cases[] = {
      {"not JSON", media::kOciManifest, "hello"},
      {"empty", media::kOciManifest, ""},
      {"a list", media::kOciManifest, "[]"},
      {"cut off", media::kOciManifest, image().substr(0, 50)},
      {"something behind", media::kOciManifest, image() + "x"},
      {"too deep", media::kOciManifest, image(",\"x\":" + deep)},
      {"a key twice", media::kOciManifest, image(",\"config\":" + kConfig)},
      {"another version", media::kOciManifest, R"({"schemaVersion":1,"config":)" + kConfig + R"(,"layers":[]})"},
      {"no version", media::kOciManifest, R"({"config":)" + kConfig + R"(,"layers":[]})"},
      {"no config", media::kOciManifest, R"({"schemaVersion":2,"layers":[]})"},
      {"no layers", media::kOciManifest, R"({"schemaVersion":2,"config":)" + kConfig + "}"},
      {"layers that are no list", media::kOciManifest, R"({"schemaVersion":2,"config":)" + kConfig + R"(,"layers":3})"},
      {"a negative size", media::kOciManifest, image("", kConfig, descriptor("a/b", -1))},
      {"sizes that overflow", media::kOciManifest,
       image("", kConfig, descriptor("a/b", INT64_MAX) + "," + descriptor("a/b", 1))},
      {"a bad digest", media::kOciManifest, image("", kConfig, descriptor("a/b", 1, "sha256:zz"))},
      {"upper-case hex", media::kOciManifest,
       image("", kConfig, descriptor("a/b", 1, "sha256:" + std::string(64, 'A')))},
      {"an unknown algorithm", media::kOciManifest,
       image("", kConfig, descriptor("a/b", 1, "md5:" + std::string(32, 'a')))},
      {"no media type", media::kOciManifest, image("", kConfig, R"({"digest":")" + kDigest + R"(","size":1})")},
      {"a subject that is none", media::kOciManifest, image(R"(,"subject":{"digest":"x"})")},
      {"an annotation that is no string", media::kOciManifest, image(R"(,"annotations":{"a":1})")},
      {"another mediaType inside", media::kOciManifest,
       image(R"(,"mediaType":"application/vnd.oci.image.index.v1+json")")},
      {"an image with manifests", media::kOciManifest, image(R"(,"manifests":[])")},
      {"an index with layers", media::kOciIndex, R"({"schemaVersion":2,"manifests":[],"layers":[]})"},
      {"an index without manifests", media::kOciIndex, R"({"schemaVersion":2})"},
      {"a Docker manifest without mediaType", media::kDockerManifest, image()},
      {"a Docker list without platforms", media::kDockerList,
       R"({"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.list.v2+json","manifests":[)" +
           descriptor(media::kDockerManifest) + "]}"},
      {"an unknown type", "application/x.other", image(), Errc::manifest_type_unsupported},
      {"schema 1", "application/vnd.docker.distribution.manifest.v1+prettyjws", R"({"schemaVersion":1})",
       Errc::manifest_type_unsupported},
  };
  for (const auto& c : cases) {
    const auto document = parse_manifest(c.type, c.text);
    ASSERT_FALSE(document) << c.why;
    EXPECT_EQ(document.error().code, c.code) << c.why;
    EXPECT_FALSE(document.error().message.empty()) << c.why;
  }
}

}  // namespace
}  // namespace wharf::service
