#include <gtest/gtest.h>

#include "tests/support/test_registry.h"

namespace wharf::registry {
namespace {

using test::descriptor;
using test::Image;
using test::Names;
using test::TestRegistry;

/// An artifact that refers to `subject` (a descriptor), with an annotation of that many bytes.
std::string artifact(const std::string& subject, std::size_t note_bytes, int number) {
  return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
         R"("artifactType":"application/x.note","config":)" +
         descriptor("application/vnd.oci.empty.v1+json", "{}") + R"(,"layers":[],"subject":)" + subject +
         R"(,"annotations":{"number":")" + std::to_string(number) + R"(","note":")" + std::string(note_bytes, 'n') +
         "\"}}";
}

void push_blob(TestRegistry& reg, const std::string& content) {
  const auto path = "/v2/acme/app/blobs/uploads/?digest=" + Digest::of(content).text();
  ASSERT_EQ(reg.registry("owner", "acme/app").request("POST", path, content).status, 201);
}

std::string next_of(const test::Answer& answer) {
  const auto link = answer.header("Link");
  return link.empty() ? link : link.substr(1, link.find('>') - 1);
}

TEST(Referrers, FillNoPageBeyondFourMebibytes) {
  TestRegistry reg;
  const auto image = Image::make("v1");
  reg.push("acme/app", image, "v1");
  push_blob(reg, "{}");
  const auto subject = descriptor(test::kOciManifest, image.manifest);
  Names pushed;
  for (int i = 0; i < 5; ++i) {
    const auto content = artifact(subject, 1500 * 1024, i);
    pushed.push_back(Digest::of(content).text());
    ASSERT_EQ(reg.put_manifest("acme/app", pushed.back(), test::kOciManifest, content).status, 201);
  }
  auto client = reg.registry("owner", "acme/app");
  Names listed;
  std::string path =
      reg.url() + "/v2/acme/app/referrers/" + image.digest().text() + "?artifactType=application%2Fx.note";
  for (int pages = 0; !path.empty() && pages < 5; ++pages) {
    const auto page = client.get(path);
    ASSERT_EQ(page.status, 200);
    EXPECT_LE(page.text.size(), 4u * 1024 * 1024);
    EXPECT_EQ(page.header("OCI-Filters-Applied"), "artifactType");
    for (auto& digest : page.names("manifests", "digest")) listed.push_back(std::move(digest));
    path = next_of(page);
  }
  EXPECT_EQ(listed, pushed);
}

TEST(Referrers, OfASha512SubjectAreFoundUnderItsShortTag) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  const auto note = Image::make("note");
  reg.push("acme/app", note, "note");
  const auto subject = Digest::of("what nobody has pushed", "sha512");
  const auto index = R"({"schemaVersion":2,"manifests":[)" + descriptor(test::kOciManifest, note.manifest) + "]}";
  const auto tag = "sha512-" + std::string(subject.hex().substr(0, 64));
  ASSERT_EQ(reg.put_manifest("acme/app", tag, test::kOciIndex, index).status, 201);
  const auto found = reg.registry("owner", "acme/app").get("/v2/acme/app/referrers/" + subject.text());
  EXPECT_EQ(found.names("manifests", "digest"), Names{note.digest().text()});
}

TEST(Index, GivesItsChildrenTheirOwnSizes) {
  TestRegistry reg;
  const auto image = Image::make("v1");
  reg.push("acme/app", image, "v1");
  const auto index = [&](const std::string& size) {
    return R"({"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" +
           image.digest().text() + R"(","size":)" + size + "}]}";
  };
  const auto size = std::to_string(image.manifest.size());
  EXPECT_EQ(reg.put_manifest("acme/app", "right", test::kOciIndex, index(size)).status, 201);
  for (const auto& wrong : {std::to_string(image.manifest.size() + 1), std::string("0")}) {
    const auto refused = reg.put_manifest("acme/app", "wrong", test::kOciIndex, index(wrong));
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.string("/errors/0/code"), "MANIFEST_INVALID");
  }
}

TEST(Index, IsRefusedWhenItsSizesAddUpToNoNumber) {
  TestRegistry reg;
  const auto image = Image::make("v1");
  reg.push("acme/app", image, "v1");
  const auto claimed = [&](const std::string& layer_size, int number) {
    return R"({"schemaVersion":2,"config":)" + descriptor(test::kOciConfig, image.config) +
           R"(,"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":")" +
           Digest::of(image.layer).text() + R"(","size":)" + layer_size + R"(}],"annotations":{"number":")" +
           std::to_string(number) + "\"}}";
  };
  EXPECT_EQ(reg.put_manifest("acme/app", "huge", test::kOciManifest, claimed("9223372036854775807", 0)).status, 400);
  std::string children;
  for (int i = 0; i < 2; ++i) {
    const auto child = claimed("70368744177664", i);  // 64 TiB: as much as one manifest may speak of
    ASSERT_EQ(reg.put_manifest("acme/app", Digest::of(child).text(), test::kOciManifest, child).status, 201);
    children += (i == 0 ? "" : ",") + descriptor(test::kOciManifest, child);
  }
  const auto refused =
      reg.put_manifest("acme/app", "list", test::kOciIndex, R"({"schemaVersion":2,"manifests":[)" + children + "]}");
  EXPECT_EQ(refused.status, 400) << refused.text;
  EXPECT_EQ(refused.string("/errors/0/code"), "MANIFEST_INVALID");
}

}  // namespace
}  // namespace wharf::registry
