#include <future>
#include <thread>

#include "registry/gc_testing.h"
#include "service/blob.h"
#include "service/gc.h"
#include "store/blob.h"
#include "store/blob_removal.h"
#include "store/manifest.h"
#include "store/tag.h"

/// A request and a step of the collection meet at the same row. On PostgreSQL each is held where the other is to come
/// between two of its statements; on SQLite one is through before the other begins, and the answers are the same.
namespace wharf::registry {
namespace {

using test::descriptor;
using test::kOciIndex;
using test::kOciManifest;
using testing::hours;
using testing::Image;
using testing::kDay;
using testing::Names;
using testing::Yard;

class GarbageRace : public ::testing::Test {
 protected:
  Yard reg;
  const Image image = Image::make("raced");

  /// Runs `change` in one transaction after `request`, begun meanwhile, has got as far as writing into `table`.
  template <class Change, class Request>
  void interleave(const char* table, Change change, Request request) {
    static const db::Query kWaiting{"test.waiting", R"(
      SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"};
    const auto sql = std::string("LOCK TABLE ") + table + " IN SHARE ROW EXCLUSIVE MODE";
    const db::Query lock{"test.lock", sql.c_str()};
    std::optional<std::jthread> other;
    auto write = [&](db::Tx& tx) {
      if (tx.engine() == db::Engine::postgres) {
        tx.run(lock);
        if (!other) other.emplace(request);
        const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        while (tx.get<std::int64_t>(kWaiting) == 0) {
          if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("the request waits for nothing");
          std::this_thread::yield();
        }
      }
      change(tx);
      return true;
    };
    reg.database().write_now(write);
    if (!other) request();
  }

  /// Runs `collect` to its end while the transaction of `change` is open (SQLite: after it).
  template <class Change, class Collect>
  void during(Change change, Collect collect) {
    auto write = [&](db::Tx& tx) {
      change(tx);
      // It must not wait for this transaction: it would never come back.
      if (tx.engine() == db::Engine::postgres) std::async(std::launch::async, collect).get();
      return true;
    };
    reg.database().write_now(write);
    if (reg.database().engine() == db::Engine::sqlite) collect();
  }

  std::int64_t repository(db::Tx& tx, const std::string& name = "app") {
    return store::find_repository(tx, {"acme", name}).value().id;
  }
  std::int64_t manifest(db::Tx& tx) { return store::find_manifest(tx, repository(tx), image.digest()).value().id; }
  /// The collection's steps that lead to the end of the image's blobs; the image's manifest has none any more.
  static void condemn(db::Tx& tx) {
    store::delete_expired_links(tx, store::Budget(), now_ms());
    store::condemn_blobs(tx, 0, store::Budget(), now_ms() + 60'000);
  }
  /// Deletes what is queued, whatever has a tag staying.
  static void bury(db::Tx& tx) { store::delete_orphan_manifests(tx, 0, store::Budget(), 0, now_ms()); }
  /// The image's only tag ended long ago; its row goes, too.
  void delete_tags(db::Tx& tx) { store::delete_due_tags(tx, repository(tx), store::Budget(), {}, now_ms()); }

  /// A blob that nothing but its link has, which is about to end.
  void leave_blob() {
    reg.repository("acme/app");
    reg.repository("acme/other");
    const auto path = "/v2/acme/app/blobs/uploads/?digest=" + Digest::of(image.layer).text();
    ASSERT_EQ(reg.registry("owner", "acme/app").request("POST", path, image.layer).status, 201);
  }
  /// An image in the time machine whose window has just passed.
  void leave_image() {
    reg.push("acme/app", image, "v1");
    reg.drop("acme/app", "v1");
    advance_clock(15 * kDay);
  }
  static constexpr const char* kEndLinks = "UPDATE repository_blob SET expires_ms = 1";
};

TEST_F(GarbageRace, AMountOfABlobThatGoesBecomesAnUpload) {
  leave_blob();
  static const db::Query kEnd{"test.end_links", kEndLinks};
  auto client = reg.registry("owner", "acme/other");
  auto both = reg.with("Bearer " +
                       reg.registry_token("owner", {"repository:acme/other:pull,push", "repository:acme/app:pull"}));
  interleave(
      "repository_blob",
      [&](db::Tx& tx) {
        tx.run(kEnd);
        condemn(tx);
      },
      [&] {
        const auto path = "/v2/acme/other/blobs/uploads/?from=acme/app&mount=" + Digest::of(image.layer).text();
        const auto answer = both.request("POST", path);
        EXPECT_EQ(answer.status, 202) << answer.summary();
      });
  EXPECT_EQ(reg.rows("blob"), 0);
  EXPECT_EQ(reg.rows("repository_blob"), 0);
}

TEST_F(GarbageRace, AManifestOfABlobThatGoesIsToldThatItIsUnknown) {
  reg.push("acme/app", image, "v1");
  const auto other = Image::make("other");
  const auto path = "/v2/acme/app/blobs/uploads/?digest=";
  auto client = reg.registry("owner", "acme/app");
  for (const auto& blob : {other.config, other.layer}) {
    ASSERT_EQ(client.request("POST", path + Digest::of(blob).text(), blob).status, 201);
  }
  static const db::Query kEnd{"test.end_links", kEndLinks};
  interleave(
      "manifest_blob",
      [&](db::Tx& tx) {
        tx.run(kEnd);
        condemn(tx);
      },
      [&] {
        const auto answer = reg.put_manifest("acme/app", "v2", kOciManifest, other.manifest);
        EXPECT_EQ(answer.status, 400) << answer.summary();
        EXPECT_EQ(answer.string("/errors/0/code"), "MANIFEST_BLOB_UNKNOWN");
      });
  EXPECT_EQ(reg.rows("manifest"), 1);
  EXPECT_EQ(reg.pull("acme/app", "v1"), 200);
}

TEST_F(GarbageRace, ATagOnAManifestThatGoesIsNotFound) {
  leave_image();
  interleave(
      "tag",
      [&](db::Tx& tx) {
        delete_tags(tx);
        bury(tx);
      },
      [&] {
        const auto answer =
            reg.as("owner").put("/api/v1/repository/acme/app/tag/v1", {{"manifest_digest", image.digest().text()}});
        EXPECT_EQ(answer.status, 404) << answer.summary();
      });
  EXPECT_EQ(reg.rows("manifest"), 0);
  EXPECT_EQ(reg.rows("tag"), 0);
}

TEST_F(GarbageRace, APushOfAManifestThatGoesMakesItAnew) {
  leave_image();
  const auto path = "/v2/acme/app/blobs/uploads/?digest=";
  auto client = reg.registry("owner", "acme/app");
  for (const auto& blob : {image.config, image.layer}) {
    ASSERT_EQ(client.request("POST", path + Digest::of(blob).text(), blob).status, 201);
  }
  interleave(
      "manifest_blob",
      [&](db::Tx& tx) {
        delete_tags(tx);
        bury(tx);
      },
      [&] {
        const auto answer = reg.put_manifest("acme/app", "v2", kOciManifest, image.manifest);
        EXPECT_EQ(answer.status, 201) << answer.summary();
      });
  reg.collect();
  EXPECT_EQ(reg.pull("acme/app", "v2"), 200);
  EXPECT_EQ(reg.pull_blob("acme/app", image.layer), 200);
}

TEST_F(GarbageRace, AnIndexOfAManifestThatGoesIsRefused) {
  reg.push("acme/app", image, image.digest().text());
  const auto index = R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)" +
                     descriptor(kOciManifest, image.manifest) + "]}";
  static const db::Query kEnd{"test.end_tags", "UPDATE tag SET end_ms = 1"};
  interleave(
      "manifest_child",
      [&](db::Tx& tx) {
        tx.run(kEnd);
        delete_tags(tx);
        bury(tx);
      },
      [&] {
        const auto answer = reg.put_manifest("acme/app", "multi", kOciIndex, index);
        EXPECT_EQ(answer.status, 400) << answer.summary();
        EXPECT_EQ(answer.string("/errors/0/code"), "MANIFEST_INVALID");
      });
  EXPECT_EQ(reg.rows("manifest"), 0);
}

TEST_F(GarbageRace, AnUploadIntoARepositoryThatIsPurgedIsUnknown) {
  reg.repository("acme/app");
  auto client = reg.registry("owner", "acme/app");
  const auto path = "/v2/acme/app/blobs/uploads/?digest=" + Digest::of(image.layer).text();
  interleave(
      "repository_blob",
      [&](db::Tx& tx) {
        const auto id = repository(tx);
        store::delete_repository(tx, id, now_ms());
        store::purge_repository(tx, id, store::Budget());
      },
      [&] {
        // On SQLite it comes too late to be allowed anything there.
        const auto answer = client.request("POST", path, image.layer);
        EXPECT_TRUE(answer.status == 404 || answer.status == 401) << answer.summary();
      });
  EXPECT_EQ(reg.rows("repository"), 0);
  EXPECT_EQ(reg.rows("repository_blob"), 0);
}

TEST_F(GarbageRace, TheCollectionPassesOverABlobThatSomebodyLinksNow) {
  leave_blob();
  advance_clock(hours(2));
  during(
      [&](db::Tx& tx) {
        static const db::Query kBlob{"test.blob", "SELECT id FROM blob"};
        store::link_blob(tx, repository(tx, "other"), tx.get<std::int64_t>(kBlob), now_ms() + 100'000);
      },
      [&] {
        const auto freed = run_awaitable(reg.services().garbage.collect({.everything = true}, nullptr)).freed;
        EXPECT_EQ(freed.blobs, 0);
        EXPECT_EQ(freed.repository_blobs, 1);
      });
  EXPECT_EQ(reg.collect().blobs, 0);
  EXPECT_EQ(reg.pull_blob("acme/other", image.layer), 200);
  EXPECT_EQ(reg.rows("orphan_blob"), 0);
}

TEST_F(GarbageRace, TheCollectionPassesOverAManifestThatSomebodyTagsNow) {
  leave_image();
  during([&](db::Tx& tx) { store::set_tag(tx, {repository(tx), "again", manifest(tx)}, now_ms()); },
         [&] {
           const auto freed = run_awaitable(reg.services().garbage.collect({.everything = true}, nullptr)).freed;
           EXPECT_EQ(freed.tags, 1);
           EXPECT_EQ(freed.manifests, 0);
         });
  EXPECT_EQ(reg.collect().manifests, 0);
  EXPECT_EQ(reg.rows("orphan_manifest"), 0);
  EXPECT_EQ(reg.pull("acme/app", "again"), 200);
  EXPECT_EQ(reg.pull_blob("acme/app", image.layer), 200);
}

TEST_F(GarbageRace, ALinkThatIsRenewedNowStays) {
  leave_blob();
  advance_clock(hours(2));
  during(
      [&](db::Tx& tx) {
        static const db::Query kBlob{"test.blob", "SELECT id FROM blob"};
        store::link_blob(tx, repository(tx), tx.get<std::int64_t>(kBlob), now_ms() + 100'000);
      },
      [&] {
        const auto freed = run_awaitable(reg.services().garbage.collect({.everything = true}, nullptr)).freed;
        EXPECT_EQ(freed, store::Freed{});
      });
  EXPECT_EQ(reg.pull_blob("acme/app", image.layer), 200);
}

TEST_F(GarbageRace, APullOfAFileThatGoesEndsWell) {
  Yard files(true);
  const std::string content(5'000'000, 'x');
  files.repository("acme/app");
  auto client = files.registry("owner", "acme/app");
  const auto digest = Digest::of(content);
  ASSERT_EQ(client.request("POST", "/v2/acme/app/blobs/uploads/?digest=" + digest.text(), content).status, 201);
  auto body = run_awaitable(files.services().blobs.open({digest, content.size()}, 0, content.size()));
  ASSERT_TRUE(body);
  advance_clock(hours(2));
  EXPECT_EQ(files.collect().blobs, 1);
  EXPECT_EQ(files.bytes_on_disk(), 0u);
  const auto* file = std::get_if<http::FileBody>(&*body);
  ASSERT_NE(file, nullptr);
  std::string read(content.size(), '\0');
  EXPECT_EQ(::pread(file->file->fd(), read.data(), read.size(), 0), static_cast<ssize_t>(content.size()));
  EXPECT_EQ(read, content);
}

}  // namespace
}  // namespace wharf::registry
