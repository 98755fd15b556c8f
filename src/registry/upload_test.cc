#include "registry/upload.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/clock.h"
#include "base/testing.h"
#include "service/upload.h"
#include "tests/support/test_registry.h"

namespace wharf::registry {
namespace {

using test::Client;
using test::Headers;
using test::TestRegistry;

constexpr const char* kUploads = "/v2/acme/app/blobs/uploads/";

std::string blob(const std::string& content) { return "/v2/acme/app/blobs/" + Digest::of(content).text(); }

std::string with_digest(const std::string& url, const std::string& content) {
  return url + "?digest=" + Digest::of(content).text();
}

class UploadTest : public testing::Test {
 protected:
  TestRegistry reg{{.filesystem_blobs = true}};
  Client client = make_client();

  Client make_client() {
    reg.repository("acme/app");
    return reg.registry("owner", "acme/app");
  }
  /// What lies in the folder is the registry's to end from then on.
  void have_a_blob() { EXPECT_EQ(client.request("POST", with_digest(kUploads, "its own"), "its own").status, 201); }
  /// With a token that is good now, after the clock was moved.
  Client client_again() { return reg.registry("owner", "acme/app"); }
  std::string begin() {
    const auto answer = client.request("POST", kUploads);
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(answer.header("Range"), "0-0");
    EXPECT_FALSE(answer.header("Docker-Upload-UUID").empty());
    return answer.header("Location");
  }
};

TEST_F(UploadTest, PushesABlobInOneTwoOrThreeRequests) {
  const auto post = client.request("POST", with_digest(kUploads, "by post"), "by post");
  EXPECT_EQ(post.status, 201) << post.text;
  EXPECT_EQ(post.header("Location"), reg.url() + blob("by post"));
  EXPECT_EQ(post.header("Docker-Content-Digest"), Digest::of("by post").text());

  EXPECT_EQ(client.request("PUT", with_digest(begin(), "by put"), "by put").status, 201);

  const auto url = begin();
  const auto patched = client.request("PATCH", url, "in three");
  EXPECT_EQ(patched.status, 202);
  EXPECT_EQ(patched.header("Range"), "0-7");
  EXPECT_EQ(client.request("PUT", with_digest(url, "in three")).status, 201);
  for (const auto* content : {"by post", "by put", "in three"}) EXPECT_EQ(client.get(blob(content)).text, content);
  EXPECT_EQ(client.get(url).status, 404);
}

TEST_F(UploadTest, PushesAnEmptyBlob) {
  EXPECT_EQ(client.request("PUT", with_digest(begin(), "")).status, 201);
  EXPECT_EQ(client.get(blob("")).status, 200);
  EXPECT_EQ(client.head(blob("")).header("Content-Length"), "0");
  EXPECT_EQ(client.get(blob(""), {{"Range", "bytes=0-0"}}).status, 416);
}

TEST_F(UploadTest, TakesChunksInOrderAndTellsWhereItStands) {
  const auto url = begin();
  EXPECT_EQ(client.request("PATCH", url, "01234", {{"Content-Range", "0-4"}}).status, 202);
  const auto again = client.request("PATCH", url, "01234", {{"Content-Range", "0-4"}});
  EXPECT_EQ(again.status, 416);
  EXPECT_EQ(again.header("Range"), "0-4");
  EXPECT_EQ(again.header("Location"), url);
  EXPECT_EQ(client.request("PATCH", url, "789", {{"Content-Range", "7-9"}}).status, 416);
  EXPECT_EQ(client.request("PATCH", url, "x", {{"Content-Range", "five"}}).status, 400);
  const auto status = client.get(url);
  EXPECT_EQ(status.status, 204);
  EXPECT_EQ(status.header("Range"), "0-4");
  EXPECT_EQ(client.request("PATCH", url, "567", {{"Content-Range", "5-7"}}).status, 202);
  EXPECT_EQ(client.request("PUT", with_digest(url, "0123456789"), "89", {{"Content-Range", "8-9"}}).status, 201);
  EXPECT_EQ(client.get(blob("0123456789")).text, "0123456789");
}

TEST_F(UploadTest, EndsWhenTheDigestDoesNotMatch) {
  const auto url = begin();
  const auto wrong = client.request("PUT", with_digest(url, "something else"), "content");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(wrong.string("/errors/0/code"), "DIGEST_INVALID");
  EXPECT_EQ(client.get(url).status, 404);
  EXPECT_EQ(client.get(blob("content")).status, 404);
  EXPECT_EQ(client.request("POST", with_digest(kUploads, "something else"), "content").status, 400);
  EXPECT_EQ(client.request("PUT", begin(), "content").string("/errors/0/code"), "DIGEST_INVALID");
  EXPECT_EQ(client.request("PUT", begin() + "?digest=md5:00", "content").status, 400);
  std::size_t left = 0;
  for (const auto& entry : std::filesystem::directory_iterator(reg.data() / "uploads")) {
    if (entry.is_regular_file() && entry.file_size() > 0) ++left;
  }
  EXPECT_EQ(left, 0u);
}

TEST_F(UploadTest, IsOfOneRepository) {
  reg.repository("acme/other");
  const auto url = begin();
  auto elsewhere = url;
  elsewhere.replace(elsewhere.find("acme/app"), 8, "acme/other");
  auto other = reg.registry("owner", "acme/other");
  for (const auto* verb : {"GET", "PATCH", "DELETE"}) {
    const auto answer = other.request(verb, elsewhere, verb == std::string_view("PATCH") ? "x" : "");
    EXPECT_EQ(answer.status, 404) << verb;
    EXPECT_EQ(answer.string("/errors/0/code"), "BLOB_UPLOAD_UNKNOWN") << verb;
  }
  EXPECT_EQ(other.request("PUT", with_digest(elsewhere, "x"), "x").status, 404);
  EXPECT_EQ(client.get(url).status, 204);
  EXPECT_EQ(client.get(std::string(kUploads) + "../../../etc/passwd").status, 404);
  EXPECT_EQ(client.get(std::string(kUploads) + "00000000-0000-4000-8000-000000000000").status, 404);
}

TEST_F(UploadTest, IsCancelled) {
  const auto url = begin();
  EXPECT_EQ(client.request("PATCH", url, "some").status, 202);
  EXPECT_EQ(client.del(url).status, 204);
  EXPECT_EQ(client.del(url).status, 404);
  EXPECT_EQ(client.request("PATCH", url, "more").status, 404);
}

TEST_F(UploadTest, SurvivesARestart) {
  auto url = begin();
  EXPECT_EQ(client.request("PATCH", url, std::string(100'000, 'a')).status, 202);
  const auto path = url.substr(reg.url().size());
  reg.restart();
  auto again = reg.registry("owner", "acme/app");
  EXPECT_EQ(again.get(path).header("Range"), "0-99999");
  EXPECT_EQ(again.request("PATCH", path, "b", {{"Content-Range", "100000-100000"}}).status, 202);
  const auto whole = std::string(100'000, 'a') + 'b';
  EXPECT_EQ(again.request("PUT", with_digest(path, whole)).status, 201);
  EXPECT_EQ(again.get(blob(whole)).text, whole);
}

TEST_F(UploadTest, OfAnotherAlgorithmIsServedUnderIt) {
  const auto digest = Digest::of("content", "sha512").text();
  const auto answer = client.request("POST", std::string(kUploads) + "?digest=" + digest, "content");
  EXPECT_EQ(answer.status, 201) << answer.text;
  EXPECT_EQ(answer.header("Docker-Content-Digest"), digest);
  const auto got = client.get("/v2/acme/app/blobs/" + digest);
  EXPECT_EQ(got.text, "content");
  EXPECT_EQ(got.header("Docker-Content-Digest"), digest);
  EXPECT_EQ(client.get(blob("content")).text, "content");
  const auto wrong = Digest::of("other", "sha512").text();
  EXPECT_EQ(client.request("POST", std::string(kUploads) + "?digest=" + wrong, "content").status, 400);
}

TEST_F(UploadTest, IsMountedFromWhereTheCallerMayRead) {
  reg.repository("acme/source");
  reg.repository("secret/source");
  reg.repository("open/source", "public");
  const auto put = [&](const std::string& repository, const std::string& content) {
    auto owner = reg.registry("owner", repository);
    EXPECT_EQ(owner.request("POST", with_digest("/v2/" + repository + "/blobs/uploads/", content), content).status,
              201);
  };
  put("acme/source", "mine");
  put("secret/source", "hidden");
  put("open/source", "open");
  const auto mount = [&](Client& who, const std::string& content, const std::string& from) {
    return who.request(
        "POST", std::string(kUploads) + "?mount=" + Digest::of(content).text() + (from.empty() ? "" : "&from=" + from));
  };
  auto both = reg.with("Bearer " +
                       reg.registry_token("owner", {"repository:acme/app:pull,push", "repository:acme/source:pull"}));
  const auto mounted = mount(both, "mine", "acme/source");
  EXPECT_EQ(mounted.status, 201) << mounted.text;
  EXPECT_EQ(mounted.header("Location"), reg.url() + blob("mine"));
  EXPECT_EQ(client.get(blob("mine")).text, "mine");
  EXPECT_EQ(mount(client, "mine", "").status, 201);  // here already
  EXPECT_EQ(mount(client, "hidden", "secret/source").status, 202);
  EXPECT_EQ(mount(client, "hidden", "").status, 202);
  EXPECT_EQ(client.get(blob("hidden")).status, 404);
  EXPECT_EQ(mount(client, "open", "open/source").status, 201);
  EXPECT_EQ(mount(client, "unknown", "open/source").status, 202);
  EXPECT_EQ(client.request("POST", std::string(kUploads) + "?mount=nonsense&from=open/source").status, 202);
  reg.give("reader", "acme/app", "read");
  auto reader = reg.registry("reader", "acme/app");
  EXPECT_EQ(mount(reader, "open", "open/source").status, 401);
}

TEST_F(UploadTest, IsForWritersAlone) {
  reg.give("reader", "acme/app", "read");
  const auto url = begin();
  for (const auto* who : {"nobody", "stranger", "reader", "superuser"}) {
    auto caller = reg.registry(who, "acme/app");
    EXPECT_EQ(caller.request("POST", kUploads).status, 401) << who;
    EXPECT_EQ(caller.request("POST", with_digest(kUploads, "x"), "x").status, 401) << who;
    EXPECT_EQ(caller.get(url).status, 401) << who;
    EXPECT_EQ(caller.request("PATCH", url, "x").status, 401) << who;
    EXPECT_EQ(caller.request("PUT", with_digest(url, "x"), "x").status, 401) << who;
    EXPECT_EQ(caller.del(url).status, 401) << who;
  }
  EXPECT_EQ(client.get(url).header("Range"), "0-0");
}

TEST_F(UploadTest, IsNoLargerThanAllowed) {
  TestRegistry small({.configure = [](app::Config& config) { config.maximum_layer_bytes = 1000; }});
  small.repository("acme/app");
  auto owner = small.registry("owner", "acme/app");
  const std::string fits(1000, 'a');
  const std::string large(1001, 'a');
  EXPECT_EQ(owner.request("POST", with_digest(kUploads, large), large).status, 413);
  EXPECT_EQ(owner.request("POST", with_digest(kUploads, fits), fits).status, 201);
  const auto url = owner.request("POST", kUploads).header("Location");
  EXPECT_EQ(owner.request("PATCH", url, fits).status, 202);
  EXPECT_EQ(owner.request("PATCH", url, "b").status, 413);
  EXPECT_EQ(owner.request("PATCH", url, "b", {{"Transfer-Encoding", "chunked"}}).status, 413);
  EXPECT_EQ(owner.get(url).header("Range"), "0-999");
}

TEST_F(UploadTest, NeedsARepository) {
  EXPECT_EQ(client.request("POST", "/v2/acme/none/blobs/uploads/").status, 401);
  const auto token = reg.registry_token("owner", {"repository:acme/gone:pull,push"});
  ASSERT_EQ(reg.as("owner").del("/api/v1/repository/acme/gone").status, 204);
  const auto answer = reg.with("Bearer " + token).request("POST", "/v2/acme/gone/blobs/uploads/");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.string("/errors/0/code"), "NAME_UNKNOWN");
  EXPECT_EQ(reg.with("Bearer " + token).request("POST", "/v2/acme/Bad/blobs/uploads/").string("/errors/0/code"),
            "NAME_INVALID");
}

TEST_F(UploadTest, BlobsAreReadInRangesAndUnderConditions) {
  ASSERT_EQ(client.request("POST", with_digest(kUploads, "0123456789"), "0123456789").status, 201);
  const auto path = blob("0123456789");
  const auto whole = client.get(path);
  EXPECT_EQ(whole.header("Accept-Ranges"), "bytes");
  EXPECT_EQ(whole.header("Content-Type"), "application/octet-stream");
  const auto part = client.get(path, {{"Range", "bytes=2-4"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.text, "234");
  EXPECT_EQ(part.header("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(client.get(path, {{"Range", "bytes=-3"}}).text, "789");
  const auto beyond = client.get(path, {{"Range", "bytes=10-"}});
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.header("Content-Range"), "bytes */10");
  const auto etag = whole.header("ETag");
  EXPECT_EQ(client.get(path, {{"If-None-Match", etag}}).status, 304);
  EXPECT_EQ(client.get(path, {{"Range", "bytes=0-0"}, {"If-Range", etag}}).status, 206);
  EXPECT_EQ(client.get(path, {{"Range", "bytes=0-0"}, {"If-Range", "\"other\""}}).status, 200);
  EXPECT_EQ(client.head(path).header("Content-Length"), "10");
  EXPECT_EQ(client.get("/v2/acme/app/blobs/sha256:short").status, 400);
}

TEST_F(UploadTest, BlobsAreHiddenWhereTheyDoNotBelong) {
  reg.repository("acme/other");
  ASSERT_EQ(client.request("POST", with_digest(kUploads, "mine"), "mine").status, 201);
  auto other = reg.registry("owner", "acme/other");
  EXPECT_EQ(other.get("/v2/acme/other/blobs/" + Digest::of("mine").text()).status, 404);
  EXPECT_EQ(reg.with("").get(blob("mine")).status, 401);
  advance_clock(std::chrono::hours(2));  // no manifest has it: its hour is over
  auto later = reg.registry("owner", "acme/app");
  EXPECT_EQ(later.get(blob("mine")).string("/errors/0/code"), "BLOB_UNKNOWN");
}

TEST_F(UploadTest, BlobsAreDeletedUnlessAManifestNeedsThem) {
  const auto image = test::Image::make("v1");
  reg.push("acme/app", image, "v1");
  const auto layer = blob(image.layer);
  const auto needed = client.del(layer);
  EXPECT_EQ(needed.status, 405);
  EXPECT_EQ(needed.string("/errors/0/code"), "UNSUPPORTED");
  EXPECT_EQ(client.del("/v2/acme/app/manifests/v1").status, 202);
  EXPECT_EQ(client.del(layer).status, 202);
  EXPECT_EQ(client.get(layer).status, 404);
  EXPECT_EQ(client.del(layer).status, 404);
}

TEST_F(UploadTest, EndsWhatNobodyGoesOnWith) {
  have_a_blob();
  auto& uploads = reg.services().uploads;
  const auto files = [&] {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(reg.data() / "uploads"))
      count += entry.is_regular_file();
    return count;
  };
  const auto end_older_than = [&](std::chrono::hours age) {
    return run_awaitable(uploads.end_stale(now_ms() - std::chrono::milliseconds(age).count(), 2));
  };
  const auto abandoned = begin();
  ASSERT_EQ(client.request("PATCH", abandoned, "half of").status, 202);
  const auto empty = begin();
  // As a crash in the middle of an upload in one request leaves it.
  std::ofstream(reg.data() / "uploads/00000000-0000-4000-8000-000000000000") << "torn";
  auto done = end_older_than(std::chrono::hours(48));
  EXPECT_EQ(done.uploads + done.leftovers, 0);
  EXPECT_EQ(files(), 2);

  advance_clock(std::chrono::hours(47));
  const auto revived =
      client_again().request("PATCH", client_again().request("POST", kUploads).header("Location"), "still at it");
  ASSERT_EQ(revived.status, 202);
  advance_clock(std::chrono::hours(2));
  done = end_older_than(std::chrono::hours(48));
  EXPECT_EQ(done.uploads, 2);
  EXPECT_EQ(done.leftovers, 1);
  auto later = client_again();
  EXPECT_EQ(later.get(abandoned).status, 404);
  EXPECT_EQ(later.get(empty).status, 404);
  EXPECT_EQ(later.get(revived.header("Location")).status, 204);
  done = end_older_than(std::chrono::hours(48));
  EXPECT_EQ(done.uploads + done.leftovers, 0);
}

TEST_F(UploadTest, EndsABoundedNumberARound) {
  have_a_blob();
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(client.request("PATCH", begin(), "some").status, 202);
    std::ofstream(reg.data() / ("uploads/00000000-0000-4000-8000-00000000000" + std::to_string(i))) << "torn";
  }
  advance_clock(std::chrono::hours(1));
  int uploads = 0, leftovers = 0, rounds = 0;
  for (; rounds < 10; ++rounds) {
    const auto done = run_awaitable(reg.services().uploads.end_stale(now_ms(), 2));
    if (done.uploads + done.leftovers == 0) break;
    EXPECT_LE(done.uploads, 2);
    EXPECT_LE(done.leftovers, 2);
    uploads += done.uploads;
    leftovers += done.leftovers;
  }
  EXPECT_EQ(rounds, 3);
  EXPECT_EQ(uploads, 5);
  EXPECT_EQ(leftovers, 5);
}

}  // namespace
}  // namespace wharf::registry
