#include "registry/manifest.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/clock.h"
#include "tests/support/test_registry.h"

namespace wharf::registry {
namespace {

using test::descriptor;
using test::Image;
using test::Names;
using test::TestRegistry;

std::string manifests(const std::string& reference) { return "/v2/acme/app/manifests/" + reference; }

TEST(Manifest, ComesBackByteForByte) {
  TestRegistry reg;
  reg.push("acme/app", {"base"});
  const auto image = Image::make("base");
  reg.push("acme/app", image, "v1");
  // Odd spaces, unknown members and the order of keys are part of what was pushed.
  std::string odd = image.manifest;
  odd.insert(1, " \n\"x.unknown\" :  [1, {\"kept\": true}],");
  const auto pushed = reg.put_manifest("acme/app", "odd", test::kOciManifest, odd);
  ASSERT_EQ(pushed.status, 201) << pushed.summary();
  const auto digest = Digest::of(odd).text();
  EXPECT_EQ(pushed.header("Docker-Content-Digest"), digest);
  EXPECT_EQ(pushed.header("Location"), manifests(digest));
  auto reader = reg.registry("owner", "acme/app");
  for (const auto& reference : {std::string("odd"), digest}) {
    const auto answer = reader.get(manifests(reference));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.text, odd);
    EXPECT_EQ(answer.header("Content-Type"), test::kOciManifest);
    EXPECT_EQ(answer.header("Docker-Content-Digest"), digest);
    const auto head = reader.head(manifests(reference));
    EXPECT_EQ(head.header("Content-Length"), std::to_string(odd.size()));
    EXPECT_TRUE(head.text.empty());
    EXPECT_EQ(reader.get(manifests(reference), {{"If-None-Match", '"' + digest + '"'}}).status, 304);
    EXPECT_EQ(reader.get(manifests(reference), {{"If-None-Match", "\"other\""}}).status, 200);
  }
}

TEST(Manifest, UnderASha512DigestKeepsIt) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  const auto image = Image::make("v1");
  reg.push("acme/app", image, "v1");
  const auto digest = Digest::of(image.manifest, "sha512").text();
  const auto pushed = reg.put_manifest("acme/app", digest, test::kOciManifest, image.manifest);
  ASSERT_EQ(pushed.status, 201) << pushed.summary();
  EXPECT_EQ(pushed.header("Docker-Content-Digest"), digest);
  const auto answer = reg.registry("owner", "acme/app").get(manifests(digest));
  EXPECT_EQ(answer.text, image.manifest);
  EXPECT_EQ(answer.header("Docker-Content-Digest"), digest);
}

TEST(Manifest, IsRefusedWhenItIsNotWhatItSays) {
  TestRegistry reg;
  const auto image = Image::make("v1");
  reg.push("acme/app", image, "v1");
  const auto other = Digest::of("other").text();
  const auto missing = Image::make("never pushed");
  struct Case {
    std::string reference, type, content;
    int status;
    std::string code;
  };
  const Case cases[] = {
      {"v2", "", "{", 400, "MANIFEST_INVALID"},
      {"v2", std::string(test::kOciManifest), "not json", 400, "MANIFEST_INVALID"},
      {"v2", std::string(test::kOciManifest), "", 400, "MANIFEST_INVALID"},
      {"v2", "application/x.unknown", image.manifest, 415, "MANIFEST_INVALID"},
      {"v2", std::string(test::kOciManifest), missing.manifest, 400, "MANIFEST_BLOB_UNKNOWN"},
      {"v2", std::string(test::kOciIndex),
       R"({"schemaVersion":2,"manifests":[)" + descriptor(test::kOciManifest, missing.manifest) + "]}", 400,
       "MANIFEST_INVALID"},
      {other, std::string(test::kOciManifest), image.manifest, 400, "DIGEST_INVALID"},
      {".v2", std::string(test::kOciManifest), image.manifest, 400, "TAG_INVALID"},
      {"sha256:short", std::string(test::kOciManifest), image.manifest, 400, "DIGEST_INVALID"},
      {"v2", std::string(test::kOciManifest), std::string(4 * 1024 * 1024 + 1, ' '), 413, "SIZE_INVALID"},
      {"v2", std::string(test::kOciManifest), std::string(1000, '[') + std::string(1000, ']'), 400, "MANIFEST_INVALID"},
  };
  for (const auto& c : cases) {
    const auto answer = reg.put_manifest("acme/app", c.reference, c.type, c.content);
    EXPECT_EQ(answer.status, c.status) << c.content.substr(0, 60) << answer.text;
    EXPECT_EQ(answer.string("/errors/0/code"), c.code) << answer.text;
    EXPECT_FALSE(answer.string("/errors/0/message").empty());
  }
  EXPECT_EQ(reg.registry("owner", "acme/app").get("/v2/acme/app/tags/list").text.find("v2"), std::string::npos);
}

TEST(Manifest, OfFourMebibytesIsTaken) {
  TestRegistry reg;
  const auto image = Image::make("v1");
  reg.push("acme/app", image, "v1");
  std::string large = image.manifest;
  large.insert(1, "\"x\":\"" + std::string(4 * 1024 * 1024 - large.size() - 8, 'x') + "\",");
  ASSERT_EQ(large.size(), 4u * 1024 * 1024 - 1);
  large += ' ';
  ASSERT_EQ(reg.put_manifest("acme/app", "large", test::kOciManifest, large).status, 201);
  EXPECT_EQ(reg.registry("owner", "acme/app").get(manifests("large")).text, large);
}

TEST(Manifest, MovesATagWholeWhenTwoPushAtOnce) {
  TestRegistry reg;
  const auto first = Image::make("first");
  const auto second = Image::make("second");
  reg.push("acme/app", first, first.digest().text());
  reg.push("acme/app", second, second.digest().text());
  constexpr int kRounds = 20;
  const auto push = [&](const Image& image) {
    auto client = reg.registry("owner", "acme/app");
    return [client = std::make_shared<test::Client>(std::move(client)), content = image.manifest] {
      for (int i = 0; i < kRounds; ++i) {
        const auto answer =
            client->request("PUT", manifests("latest"), content, {{"Content-Type", std::string(test::kOciManifest)}});
        EXPECT_EQ(answer.status, 201) << answer.text;
      }
    };
  };
  std::thread one(push(first));
  std::thread two(push(second));
  one.join();
  two.join();
  const auto now = reg.registry("owner", "acme/app").get(manifests("latest"));
  EXPECT_TRUE(now.text == first.manifest || now.text == second.manifest);
  const auto history = reg.as("owner").get("/api/v1/repository/acme/app/tag/?specificTag=latest&limit=100");
  EXPECT_EQ(history.names("tags").size(), 2u * kRounds);
  EXPECT_EQ(reg.as("owner")
                .get("/api/v1/repository/acme/app/tag/?specificTag=latest&onlyActiveTags=true")
                .names("tags")
                .size(),
            1u);
}

TEST(Manifest, IsDeletedByTagOrByDigest) {
  TestRegistry reg;
  const auto digests = reg.push("acme/app", {"v1", "v2"});
  auto client = reg.registry("owner", "acme/app");
  EXPECT_EQ(client.del(manifests("v1")).status, 202);
  const auto gone = client.get(manifests("v1"));
  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(gone.string("/errors/0/code"), "TAG_EXPIRED");
  EXPECT_EQ(client.del(manifests("v1")).status, 404);
  EXPECT_EQ(client.get(manifests("never")).string("/errors/0/code"), "MANIFEST_UNKNOWN");
  EXPECT_EQ(client.del(manifests(digests[1])).status, 202);
  EXPECT_EQ(client.get(manifests(digests[1])).status, 404);
  EXPECT_EQ(client.get(manifests("v2")).status, 404);
  EXPECT_EQ(client.del(manifests(digests[1])).status, 404);
}

TEST(Manifest, IsPulledByDigestForAnHourAfterItsTagMovedOn) {
  TestRegistry reg;
  const auto child = Image::make("child");
  reg.push("acme/app", child, child.digest().text());
  const auto index = R"({"schemaVersion":2,"manifests":[)" + descriptor(test::kOciManifest, child.manifest) + "]}";
  const auto digest = Digest::of(index).text();
  ASSERT_EQ(reg.put_manifest("acme/app", "latest", test::kOciIndex, index).status, 201);
  advance_clock(std::chrono::hours(2));  // what held the child by digest alone has ended
  reg.push("acme/app", {"latest"});
  auto client = reg.registry("owner", "acme/app");
  EXPECT_EQ(client.get(manifests(digest)).status, 200);
  EXPECT_EQ(client.get(manifests(child.digest().text())).status, 200);
  advance_clock(std::chrono::minutes(59));
  EXPECT_EQ(client.get(manifests(child.digest().text())).status, 200);
  advance_clock(std::chrono::minutes(2));
  auto later = reg.registry("owner", "acme/app");
  EXPECT_EQ(later.get(manifests(digest)).status, 404);
  EXPECT_EQ(later.get(manifests(child.digest().text())).status, 404);

  // A deletion does not wait.
  ASSERT_EQ(reg.put_manifest("acme/app", "latest", test::kOciIndex, index).status, 400);  // its child is gone
  const auto replaced = reg.push("acme/app", {"v1"})[0];
  reg.push("acme/app", Image::make("other"), "v1");
  EXPECT_EQ(later.get(manifests(replaced)).status, 200);
  EXPECT_EQ(later.del(manifests(replaced)).status, 202);
  EXPECT_EQ(later.get(manifests(replaced)).status, 404);
  EXPECT_EQ(later.del(manifests(replaced)).status, 404);
}

TEST(Manifest, OfAnIndexIsPulledThroughIt) {
  TestRegistry reg;
  const auto child = Image::make("child");
  reg.push("acme/app", child, child.digest().text());
  const auto index = R"({"schemaVersion":2,"manifests":[)" + descriptor(test::kOciManifest, child.manifest) + "]}";
  ASSERT_EQ(reg.put_manifest("acme/app", "index", test::kOciIndex, index).status, 201);
  const auto outer = R"({"schemaVersion":2,"manifests":[)" + descriptor(test::kOciIndex, index) + "]}";
  ASSERT_EQ(reg.put_manifest("acme/app", "outer", test::kOciIndex, outer).status, 201);
  advance_clock(std::chrono::hours(2));  // what held the child by digest alone has ended
  auto client = reg.registry("owner", "acme/app");
  EXPECT_EQ(client.get(manifests(child.digest().text())).status, 200);
  ASSERT_EQ(client.del(manifests("index")).status, 202);
  EXPECT_EQ(client.get(manifests(child.digest().text())).status, 200);  // two levels below a tag
  ASSERT_EQ(client.del(manifests("outer")).status, 202);
  EXPECT_EQ(client.get(manifests(child.digest().text())).status, 404);
}

TEST(Manifest, IsForWhoMayPullAndPush) {
  TestRegistry reg;
  const auto image = Image::make("v1");
  reg.push("acme/app", image, "v1");
  reg.give("reader", "acme/app", "read");
  reg.give("writer", "acme/app", "write");
  reg.robot("acme+ci");
  reg.give("acme+ci", "acme/app", "write");
  struct Row {
    std::string_view who;
    int get, put, del;
  };
  for (const auto& row :
       {Row{"nobody", 401, 401, 401}, Row{"stranger", 401, 401, 401}, Row{"reader", 200, 401, 401},
        Row{"superuser", 401, 401, 401}, Row{"acme+ci", 200, 201, 202}, Row{"writer", 200, 201, 202}}) {
    auto client = reg.registry(row.who, "acme/app");
    const auto got = client.get(manifests("v1"));
    EXPECT_EQ(got.status, row.get) << row.who;
    if (row.get == 401) {
      EXPECT_EQ(got.string("/errors/0/code"), "UNAUTHORIZED");
      EXPECT_EQ(got.header("WWW-Authenticate"), "Bearer realm=\"" + reg.url() + "/v2/auth\",service=\"" + reg.host() +
                                                    "\",scope=\"repository:acme/app:pull\"");
    }
    const auto put =
        client.request("PUT", manifests("v2"), image.manifest, {{"Content-Type", std::string(test::kOciManifest)}});
    EXPECT_EQ(put.status, row.put) << row.who << put.text;
    EXPECT_EQ(client.del(manifests("v2")).status, row.del) << row.who;
    // What is hidden and what does not exist look alike.
    EXPECT_EQ(client.get("/v2/acme/none/manifests/v1").status, 401) << row.who;
  }
}

TEST(Manifest, OfAPublicRepositoryNeedsNoToken) {
  TestRegistry reg;
  reg.repository("acme/app", "public");
  reg.push("acme/app", {"v1"});
  EXPECT_EQ(reg.with("").get(manifests("v1")).status, 200);
  EXPECT_EQ(reg.with("Bearer nonsense").get(manifests("v1")).status, 401);
}

TEST(Referrers, NameWhatPointsToASubject) {
  TestRegistry reg;
  const auto image = Image::make("v1");
  reg.push("acme/app", image, "v1");
  auto client = reg.registry("owner", "acme/app");
  const std::string path = "/v2/acme/app/referrers/" + image.digest().text();
  const auto none = client.get(path);
  EXPECT_EQ(none.status, 200);
  EXPECT_EQ(none.header("Content-Type"), test::kOciIndex);
  EXPECT_TRUE(none.at("/manifests").as_array().empty());

  const auto attach = [&](const std::string& type, const std::string& note) {
    const auto content =
        R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":")" + type +
        R"(","config":)" + descriptor(test::kOciConfig, image.config) + R"(,"layers":[],"subject":)" +
        descriptor(test::kOciManifest, image.manifest) + R"(,"annotations":{"note":")" + note + "\"}}";
    const auto answer = reg.put_manifest("acme/app", Digest::of(content).text(), test::kOciManifest, content);
    EXPECT_EQ(answer.status, 201) << answer.text;
    EXPECT_EQ(answer.header("OCI-Subject"), image.digest().text());
    return Digest::of(content).text();
  };
  const auto sbom = attach("application/x.sbom", "one");
  const auto signature = attach("application/x.signature", "two");
  const auto all = client.get(path);
  EXPECT_EQ(all.names("manifests", "digest"), (Names{sbom, signature}));
  EXPECT_EQ(all.string("/manifests/0/artifactType"), "application/x.sbom");
  EXPECT_EQ(all.string("/manifests/1/annotations/note"), "two");
  const auto filtered = client.get(path + "?artifactType=application%2Fx.sbom");
  EXPECT_EQ(filtered.names("manifests", "digest"), Names{sbom});
  EXPECT_EQ(filtered.header("OCI-Filters-Applied"), "artifactType");
  EXPECT_EQ(client.del(manifests(sbom)).status, 202);
  EXPECT_EQ(client.get(path).names("manifests", "digest"), Names{signature});
  EXPECT_EQ(client.get("/v2/acme/app/referrers/" + Digest::of("unknown").text()).status, 200);
  EXPECT_EQ(client.get("/v2/acme/app/referrers/latest").string("/errors/0/code"), "DIGEST_INVALID");
}

TEST(TagNames, ArePagedInByteOrder) {
  TestRegistry reg;
  reg.push("acme/app", {"b", "B", "10", "9", "_x"});
  auto client = reg.registry("owner", "acme/app");
  const std::string path = "/v2/acme/app/tags/list";
  EXPECT_EQ(client.get(path).text, R"({"name": "acme/app", "tags": ["10", "9", "B", "_x", "b"]})"
                                   "\n");
  const auto page = client.get(path + "?n=2");
  EXPECT_EQ(page.at("/tags").as_array().size(), 2u);
  EXPECT_EQ(page.header("Link"), '<' + reg.url() + path + "?n=2&last=9>; rel=\"next\"");
  const auto last = client.get(path + "?n=3&last=9");
  EXPECT_EQ(last.at("/tags").as_array().size(), 3u);
  EXPECT_FALSE(last.has_header("Link"));
  EXPECT_TRUE(client.get(path + "?n=0").at("/tags").as_array().empty());
  EXPECT_TRUE(client.get(path + "?n=-3").at("/tags").as_array().empty());
  EXPECT_EQ(client.get(path + "?n=many").at("/tags").as_array().size(), 5u);
  EXPECT_TRUE(client.get(path + "?last=zz").at("/tags").as_array().empty());
}

TEST(Catalog, NamesWhatTheCallerMaySee) {
  TestRegistry reg;
  reg.repository("acme/b");
  reg.repository("acme/a/nested");
  reg.repository("other/c");
  reg.give("reader", "acme/b", "read");
  const auto names = [&](std::string_view who, const std::string& query) {
    const auto answer = reg.registry(who, "acme/b").get("/v2/_catalog" + query);
    EXPECT_EQ(answer.status, 200) << answer.text;
    return json::to_text(answer.at("/repositories"));
  };
  EXPECT_EQ(names("owner", ""), R"(["acme/a/nested", "acme/b", "other/c"])");
  EXPECT_EQ(names("owner", "?n=1&last=acme/a/nested"), R"(["acme/b"])");
  EXPECT_EQ(names("reader", ""), R"(["acme/b"])");
  EXPECT_EQ(names("stranger", ""), "[]");
  EXPECT_EQ(names("nobody", ""), "[]");
  EXPECT_EQ(reg.registry("owner", "acme/b").get("/v2/_catalog?n=1").header("Link"),
            '<' + reg.url() + "/v2/_catalog?n=1&last=acme%2Fa%2Fnested>; rel=\"next\"");
}

}  // namespace
}  // namespace wharf::registry
