#include <future>
#include <thread>

#include "service/blob_removal.h"
#include "service/gc_testing.h"
#include "service/hooked_store_testing.h"
#include "service/upload.h"
#include "store/blob.h"

/// An upload and the collection meet at the same bytes. The blob store tells when either is at the edge, and the test
/// brings the other there.
namespace wharf::service {
namespace {

const std::string kContent = "bytes that come and go and come again";

using testing::HookedStore;
using testing::Hooks;
using testing::TextBody;

class GarbageRace : public ::testing::Test {
 protected:
  TemporaryFolder folder;
  boost::asio::thread_pool disk{2};
  Hooks hooks;
  HookedStore blobs{blob::make_filesystem_blob_store(folder.path() / "blobs", folder.path() / "uploads", disk).value(),
                    hooks};
  testing::GarbageYard yard{blobs};
  testing::People& people = yard.people;
  GarbageService garbage{yard.tools()};
  UploadService uploads{*people.db, people.settings, blobs};
  const RepoName name{"acme", "app"};
  const Digest digest = Digest::of(kContent);
  std::int64_t repository = 0;
  RegistryCaller caller;

  void SetUp() override {
    const auto owner = people.user("acme");
    auto make = [&](db::Tx& tx) {
      return store::create_repository(tx, {owner, "app", store::Visibility::private_, "", owner}, now_ms()).value();
    };
    repository = people.db->write_now(make);
    auth::RegistryToken token;
    token.access.push_back({.name = "acme/app", .repository_id = repository, .pull = true, .push = true});
    caller = std::make_shared<const auth::RegistryToken>(std::move(token));
  }

  Result<bool> push() {
    TextBody body(kContent);
    return run_awaitable(uploads.push_whole(caller, name, digest, &body));
  }
  void expect_pushed() {
    const auto pushed = push();
    EXPECT_TRUE(pushed) << pushed.error().message;
  }
  store::Freed collect() {
    return run_awaitable(garbage.collect({.everything = true, .one_node = false}, nullptr)).freed;
  }
  /// The blob is there and nothing has it any more.
  void leave_behind() {
    expect_pushed();
    advance_clock(std::chrono::hours(2));
  }
  /// Deletes the row, as the collection does, and leaves the file to whoever comes.
  std::vector<store::Removal> condemn() {
    auto write = [&](db::Tx& tx) {
      store::delete_expired_links(tx, store::Budget(), now_ms());
      return store::condemn_blobs(tx, 0, store::Budget(), now_ms() + kRemovalLease.count()).removals;
    };
    return people.db->write_now(write);
  }
  std::int64_t count(const char* sql) {
    const db::Query query{"test.count", sql};
    auto read = [&](db::Tx& tx) { return tx.get<std::int64_t>(query); };
    return people.db->read_now(read);
  }
  /// Waits until somebody reads again and again: an upload that waits for the end of a removal does.
  void wait_for_reads(std::uint64_t more) {
    const auto enough = people.db->counters().reads + more;
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (people.db->counters().reads < enough) {
      if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("nobody waits");
      std::this_thread::yield();
    }
  }
  /// The blob is whole: row, link and file.
  void expect_whole() {
    EXPECT_EQ(run_awaitable(blobs.read(digest, 1000)).value(), kContent);
    EXPECT_EQ(count("SELECT count(*) FROM blob"), 1);
    EXPECT_EQ(count("SELECT count(*) FROM repository_blob"), 1);
    EXPECT_EQ(count("SELECT count(*) FROM blob_removal WHERE removed_ms IS NULL"), 0);
    EXPECT_EQ(run_awaitable(blobs.uploads_older_than(now_ms() + 100'000)).value().size(), 0u);
    EXPECT_EQ(collect().blobs, 0);
    EXPECT_EQ(run_awaitable(blobs.read(digest, 1000)).value(), kContent);
  }
};

TEST_F(GarbageRace, AnUploadWaitsWhileItsBytesAreBeingDeletedAndHasItsFileThen) {
  leave_behind();
  std::future<Result<bool>> upload;
  int finished_meanwhile = -1;
  hooks.before_remove = [&] {  // the row is gone, the file is not
    const auto before = hooks.finished.load();
    upload = std::async(std::launch::async, [&] { return push(); });
    wait_for_reads(6);
    finished_meanwhile = hooks.finished - before;
  };
  EXPECT_EQ(collect().blobs, 1);
  ASSERT_TRUE(upload.valid());
  const auto pushed = upload.get();
  EXPECT_TRUE(pushed) << pushed.error().message;
  EXPECT_EQ(finished_meanwhile, 0) << "it published into a folder from which the file was about to go";
  expect_whole();
}

TEST_F(GarbageRace, AnUploadThatReliedOnAFileWhichWentSendsItsOwn) {
  leave_behind();
  int collected = 0;
  hooks.after_stat = [&] { collected = static_cast<int>(collect().blobs); };  // seen, and deleted at once
  expect_pushed();
  EXPECT_EQ(collected, 1);
  expect_whole();
}

TEST_F(GarbageRace, AnUploadThatReliedOnAFileWhoseDeletionBeganWaits) {
  leave_behind();
  std::vector<store::Removal> removals;
  hooks.after_stat = [&] { removals = condemn(); };
  const auto taken = std::chrono::steady_clock::now();
  auto upload = std::async(std::launch::async, [&] { return push(); });
  wait_for_reads(6);
  ASSERT_EQ(removals.size(), 1u);
  EXPECT_EQ(run_awaitable(remove_files(*people.db, blobs, removals, taken)).blobs, 1);
  EXPECT_TRUE(upload.get());
  expect_whole();
}

TEST_F(GarbageRace, APushInOneRequestThatTakesLongHasARowBeforeItEnds) {
  /// Dates of what a store was given in parts may be those of their beginning.
  class SlowBody final : public http::BodyReader {
   public:
    std::optional<std::uint64_t> length() const override { return text_.length(); }
    awaitable<Result<std::size_t>> read_some(std::span<std::byte> buffer) override {
      advance_clock(std::chrono::hours(1));
      co_return co_await text_.read_some(buffer);
    }

   private:
    TextBody text_{kContent};
  };
  std::int64_t rows = -1;
  const auto look = [&] { rows = count("SELECT count(*) FROM upload"); };
  hooks.after_finish = look;
  expect_pushed();
  EXPECT_EQ(rows, 0) << "a short one does without";
  leave_behind();
  EXPECT_EQ(collect().blobs, 1);

  hooks.after_finish = look;
  SlowBody body;
  ASSERT_TRUE(run_awaitable(uploads.push_whole(caller, name, digest, &body)));
  EXPECT_EQ(rows, 1);
  EXPECT_EQ(count("SELECT count(*) FROM upload"), 0);
  expect_whole();
}

TEST_F(GarbageRace, AFileThatWasPublishedAndWentBeforeItsRowIsNotTakenForThere) {
  // Another upload of the same bytes ends in between, is let go of, and its blob is collected.
  hooks.after_finish = [&] {
    expect_pushed();
    advance_clock(std::chrono::hours(2));
    EXPECT_EQ(collect().blobs, 1);
  };
  const auto pushed = push();
  ASSERT_FALSE(pushed);
  EXPECT_EQ(pushed.error().code, Errc::upload_unknown) << "the client begins again";
  EXPECT_EQ(count("SELECT count(*) FROM blob"), 0);
  expect_pushed();
  expect_whole();
}

TEST_F(GarbageRace, AnUploadEndsARemovalThatACrashLeft) {
  leave_behind();
  ASSERT_EQ(condemn().size(), 1u);
  advance_clock(kRemovalLease + std::chrono::seconds(1));
  expect_pushed();
  expect_whole();
}

TEST_F(GarbageRace, TheNextRoundEndsARemovalThatACrashLeft) {
  leave_behind();
  ASSERT_EQ(condemn().size(), 1u);
  EXPECT_EQ(collect().blobs, 0) << "somebody is at it";
  EXPECT_TRUE(run_awaitable(blobs.stat(digest)).value());
  advance_clock(kRemovalLease + std::chrono::seconds(1));
  const auto freed = collect();
  EXPECT_EQ(freed.blobs, 1);
  EXPECT_EQ(freed.bytes, std::ssize(kContent));
  EXPECT_FALSE(run_awaitable(blobs.stat(digest)).value());
}

TEST_F(GarbageRace, ALateHolderOfALeaseTouchesNothing) {
  leave_behind();
  const auto removals = condemn();
  advance_clock(kRemovalLease + std::chrono::seconds(1));
  expect_pushed();
  const auto long_ago = std::chrono::steady_clock::now() - kRemovalLease;
  EXPECT_EQ(run_awaitable(remove_files(*people.db, blobs, removals, long_ago)), store::Freed{});
  expect_whole();
}

TEST_F(GarbageRace, AClosedLineIsForgottenAfterADay) {
  leave_behind();
  EXPECT_EQ(collect().blobs, 1);
  EXPECT_EQ(count("SELECT count(*) FROM blob_removal"), 1);
  advance_clock(std::chrono::hours(25));
  collect();
  EXPECT_EQ(count("SELECT count(*) FROM blob_removal"), 0);
}

TEST_F(GarbageRace, AFileThatCannotBeDeletedIsTriedAgainLater) {
  leave_behind();
  hooks.before_remove = [] { throw Accident({Errc::internal, "Internal error", "the disk does not answer"}); };
  EXPECT_EQ(collect().blobs, 0);
  EXPECT_EQ(count("SELECT count(*) FROM blob_removal WHERE removed_ms IS NULL"), 1);
  advance_clock(kRemovalLease + std::chrono::seconds(1));
  EXPECT_EQ(collect().blobs, 1);
  EXPECT_FALSE(run_awaitable(blobs.stat(digest)).value());
}

TEST_F(GarbageRace, BytesThatAreHereAreNotPublishedAgain) {
  expect_pushed();
  EXPECT_EQ(hooks.finished, 1);
  expect_pushed();
  EXPECT_EQ(hooks.finished, 1);
  expect_whole();
}

TEST_F(GarbageRace, ADamagedFileIsReplacedByAnUpload) {
  expect_pushed();
  const auto path = folder.path() / "blobs" / "sha256" / std::string(digest.hex().substr(0, 2)) / digest.hex();
  std::filesystem::resize_file(path, 3);
  expect_pushed();
  expect_whole();
}

TEST_F(GarbageRace, TwoCollectorsDeleteEachBlobOnce) {
  for (int i = 0; i < 40; ++i) {
    const auto text = "blob " + std::to_string(i);
    TextBody body(text);
    ASSERT_TRUE(run_awaitable(uploads.push_whole(caller, name, Digest::of(text), &body)));
  }
  advance_clock(std::chrono::hours(2));
  GarbageService other{yard.tools()};
  auto second = std::async(std::launch::async, [&] {
    return run_awaitable(other.collect({.everything = true, .one_node = false}, nullptr)).freed.blobs;
  });
  const auto first = collect().blobs;
  EXPECT_EQ(first + second.get(), 40);
  EXPECT_EQ(run_awaitable(blobs.list("", 100)).value().size(), 0u);
  EXPECT_EQ(count("SELECT count(*) FROM blob"), 0);
}

}  // namespace
}  // namespace wharf::service
