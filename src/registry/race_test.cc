#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "base/clock.h"
#include "store/manifest.h"
#include "store/repository.h"
#include "store/tag.h"
#include "store/upload.h"
#include "tests/support/test_registry.h"

namespace wharf::registry {
namespace {

using test::Image;
using test::TestRegistry;

/// Runs `change` in a transaction that stays open until `request`, begun after it, waits for it. SQLite has one writer:
/// there the request's turn comes when the transaction is through, however far it has got by then.
template <class Change, class Request>
void overtake(TestRegistry& reg, Change change, Request request) {
  static const db::Query kWaiting{"test.waiting", R"(
    SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"};
  std::optional<std::jthread> other;
  auto write = [&](db::Tx& tx) {
    change(tx);
    if (!other) other.emplace(request);
    if (tx.engine() == db::Engine::sqlite) return true;
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (tx.get<std::int64_t>(kWaiting) == 0) {
      if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("the request waits for nothing");
      std::this_thread::yield();
    }
    return true;
  };
  reg.database().write_now(write);
}

/// Points the tag `name` of acme/app to another of its manifests.
auto move_tag(const std::string& name, const std::string& digest) {
  return [=](db::Tx& tx) {
    const auto repository = store::find_repository(tx, {"acme", "app"}).value();
    const auto manifest = store::find_manifest(tx, repository.id, Digest::parse(digest).value()).value();
    store::set_tag(tx, {repository.id, name, manifest.id}, now_ms());
  };
}

TEST(Race, AnExpiryDoesNotBringTheGenerationBackThatAPushHasEnded) {
  TestRegistry reg;
  const auto digests = reg.push("acme/app", {"v1", "v2"});
  const std::string path = "/api/v1/repository/acme/app/tag/";
  const auto in_a_year = now_ms() / 1000 + 365 * 24 * 3600;
  overtake(reg, move_tag("v1", digests[1]),
           [&] { EXPECT_EQ(reg.as("owner").put(path + "v1", {{"expiration", in_a_year}}).status, 201); });
  const auto live = reg.as("owner").get(path + "?specificTag=v1&onlyActiveTags=true");
  EXPECT_EQ(live.names("tags", "manifest_digest"), test::Names{digests[1]});
  auto client = reg.registry("owner", "acme/app");
  EXPECT_EQ(client.get("/v2/acme/app/manifests/v1").header("Docker-Content-Digest"), digests[1]);
  EXPECT_EQ(client.del("/v2/acme/app/manifests/v1").status, 202);
  EXPECT_EQ(client.get("/v2/acme/app/manifests/v1").status, 404);
}

TEST(Race, TwoThatMoveOneTagLeaveALineEachAndTheLastOneWins) {
  TestRegistry reg;
  const auto digests = reg.push("acme/app", {"v1", "v2", "v3"});
  const std::string path = "/api/v1/repository/acme/app/tag/";
  overtake(reg, move_tag("v1", digests[1]),
           [&] { EXPECT_EQ(reg.as("owner").put(path + "v1", {{"manifest_digest", digests[2]}}).status, 201); });
  // The one that waited is the last: each has its line, and so has what was there before.
  const auto history = reg.as("owner").get(path + "?specificTag=v1");
  EXPECT_EQ(history.names("tags", "manifest_digest").size(), 3u);
  const auto live = reg.as("owner").get(path + "?specificTag=v1&onlyActiveTags=true");
  EXPECT_EQ(live.names("tags", "manifest_digest"), test::Names{digests[2]});
}

TEST(Race, DeletingAManifestLeavesATagThatHasMovedOn) {
  TestRegistry reg;
  const auto digests = reg.push("acme/app", {"v1", "v2"});
  auto client = reg.registry("owner", "acme/app");
  overtake(reg, move_tag("v1", digests[1]), [&] {
    // Either answer will do: the manifest had the tag when the request came, or it has none any more.
    client.del("/v2/acme/app/manifests/" + digests[0]);
  });
  const auto now = reg.registry("owner", "acme/app").get("/v2/acme/app/manifests/v1");
  EXPECT_EQ(now.status, 200) << now.text;
  EXPECT_EQ(now.header("Docker-Content-Digest"), digests[1]);
}

TEST(Race, AnUploadThatHasEndedMeanwhileIsUnknown) {
  TestRegistry reg;
  reg.repository("acme/app");
  auto client = reg.registry("owner", "acme/app");
  const auto begun = client.request("POST", "/v2/acme/app/blobs/uploads/");
  ASSERT_EQ(begun.status, 202);
  const auto id = begun.header("Docker-Upload-UUID");
  overtake(
      reg, [&](db::Tx& tx) { store::remove_upload(tx, id); },
      [&] {
        const auto answer = client.request("PATCH", "/v2/acme/app/blobs/uploads/" + id, "some bytes");
        EXPECT_EQ(answer.status, 404) << answer.summary();
        EXPECT_EQ(answer.string("/errors/0/code"), "BLOB_UPLOAD_UNKNOWN");
      });
}

TEST(Race, AnIndexAndItsMissingChildFindEachOther) {
  TestRegistry reg({.configure = [](app::Config& config) { config.features.sparse_index = true; }});
  const auto image = Image::make("v1");
  reg.push("acme/app", image, "v1");
  const auto child = image.manifest + ' ';
  const auto index = R"({"schemaVersion":2,"manifests":[)" + test::descriptor(test::kOciManifest, child) + "]}";
  auto client = reg.registry("owner", "acme/app");
  // What a push of the index does, while the child comes.
  const auto push_index = [&](db::Tx& tx) {
    const auto repository = store::find_repository(tx, {"acme", "app"}).value();
    store::lock_family(tx, repository.id, {Digest::of(index), Digest::of(child)});
    store::NewManifest row{.repository_id = repository.id,
                           .digest = Digest::of(index),
                           .media_type = std::string(test::kOciIndex),
                           .content = index};
    row.is_list = true;
    const auto added = store::add_manifest(tx, row, now_ms());
    store::add_manifest_children(tx, added.id, {{Digest::of(child).text(), std::nullopt}});
    store::set_tag(tx, {repository.id, "all", added.id}, now_ms());
  };
  overtake(reg, push_index, [&] {
    const auto answer = client.request("PUT", "/v2/acme/app/manifests/" + Digest::of(child).text(), child,
                                       {{"Content-Type", std::string(test::kOciManifest)}});
    EXPECT_EQ(answer.status, 201) << answer.text;
  });
  static const db::Query kMissing{"test.missing", "SELECT count(*) FROM manifest_child WHERE child_id IS NULL"};
  EXPECT_EQ(reg.database().read_now([](db::Tx& tx) { return tx.get<std::int64_t>(kMissing); }), 0);
}

}  // namespace
}  // namespace wharf::registry
