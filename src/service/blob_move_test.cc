#include "service/blob_move.h"

#include <filesystem>
#include <fstream>
#include <future>

#include "blob/place.h"
#include "blob/testing.h"
#include "service/blob.h"
#include "service/blob_removal.h"
#include "service/gc_testing.h"
#include "service/hooked_store_testing.h"
#include "service/upload.h"
#include "store/blob.h"
#include "store/gc_purge.h"

/// Blobs move from "old" to "new" while others push, delete and collect them: a store tells when the move is at an
/// edge, and the test brings the others there.
namespace wharf::service {
namespace {

const std::string kContent = "bytes that move from one place to another";

using testing::HookedStore;
using testing::Hooks;
using testing::TextBody;

class BlobMove : public ::testing::Test {
 protected:
  TemporaryFolder folder;
  boost::asio::thread_pool disk{2};
  Hooks old_hooks, new_hooks;
  std::unique_ptr<blob::LocatedBlobStore> store = open(0);
  testing::GarbageYard yard{*store};
  testing::People& people = yard.people;
  GarbageService garbage{yard.tools()};
  UploadService uploads{*people.db, people.settings, *store};
  const RepoName name{"acme", "app"};
  const Digest digest = Digest::of(kContent);
  std::int64_t repository = 0;
  RegistryCaller caller;

  std::unique_ptr<blob::BlobStore> files(const std::string& id) {
    return blob::make_filesystem_blob_store(folder.path() / id, folder.path() / id / "uploads", disk).value();
  }
  std::unique_ptr<blob::LocatedBlobStore> open(std::size_t target) {
    std::vector<blob::LocatedBlobStore::Location> locations;
    locations.push_back({"old", std::make_unique<HookedStore>(files("old"), old_hooks)});
    locations.push_back({"new", std::make_unique<HookedStore>(files("new"), new_hooks)});
    return std::make_unique<blob::LocatedBlobStore>(std::move(locations), target);
  }

  void SetUp() override {
    const auto owner = people.user("acme");
    auto make = [&](db::Tx& tx) {
      store::note_locations(tx, {"old", "new"});
      return store::create_repository(tx, {owner, "app", store::Visibility::private_, "", owner}, now_ms()).value();
    };
    repository = people.db->write_now(make);
    auth::RegistryToken token;
    token.access.push_back({.name = "acme/app", .repository_id = repository, .pull = true, .push = true});
    caller = std::make_shared<const auth::RegistryToken>(std::move(token));
  }

  Result<bool> push(blob::BlobStore& to) {
    TextBody body(kContent);
    UploadService service{*people.db, people.settings, to};
    return run_awaitable(service.push_whole(caller, name, digest, &body));
  }
  Result<bool> push() { return push(*store); }
  store::MovableBlob row() {
    auto read = [](db::Tx& tx) { return store::find_movable(tx, 0, 10); };
    const auto rows = people.db->read_now(read);
    EXPECT_EQ(rows.size(), 1u);
    return rows.empty() ? store::MovableBlob{} : rows.front();
  }
  Result<BlobMover::Outcome> move(const store::MovableBlob& blob, BlobMover::Plan plan) {
    BlobMover mover(*people.db, *store, std::move(plan));
    return run_awaitable(mover.move(blob, nullptr));
  }
  Result<BlobMover::Outcome> move(BlobMover::Plan plan = {.to = "new"}) { return move(row(), std::move(plan)); }
  void expect_moved() {
    const auto outcome = move();
    ASSERT_TRUE(outcome) << outcome.error().message << ' ' << outcome.error().detail;
    EXPECT_EQ(*outcome, BlobMover::Outcome::moved);
    EXPECT_EQ(row().place, "@new/" + digest.text());
  }
  store::Freed collect() {
    return run_awaitable(garbage.collect({.everything = true, .one_node = false}, nullptr)).freed;
  }
  template <class T = std::int64_t>
  T get(const char* sql) {
    return yard.get<T>(sql);
  }
  std::int64_t open_lines() { return get("SELECT count(*) FROM blob_left WHERE removed_ms IS NULL"); }
  bool is_in(const std::string& id) { return run_awaitable(files(id)->stat(digest)).value().has_value(); }
  /// What a pull of the row gets.
  std::string pull() {
    const blob::BlobRef at(digest, row().place);
    auto content = run_awaitable(store->read(at, 1000));
    return content ? *content : content.error().message;
  }
  std::filesystem::path file_in(const std::string& id) {
    return folder.path() / id / "sha256" / std::string(digest.hex().substr(0, 2)) / digest.hex();
  }
  void forget_the_blob() {
    auto forget = [&](db::Tx& tx) { return store::unlink_blob(tx, repository, row().id, now_ms()); };
    ASSERT_TRUE(people.db->write_now(forget));
  }
};

TEST_F(BlobMove, ABlobIsPulledFromItsNewPlaceAndTheOldOneGoesAnHourLater) {
  ASSERT_TRUE(push());
  EXPECT_EQ(row().place, "@old/" + digest.text());
  expect_moved();
  EXPECT_EQ(pull(), kContent);
  EXPECT_EQ(collect().blobs, 0);
  EXPECT_TRUE(is_in("old")) << "somebody may be reading it";
  EXPECT_EQ(open_lines(), 1);
  advance_clock(kStrayAge - std::chrono::minutes(1));
  ASSERT_TRUE(push()) << "keeps it visible";
  EXPECT_EQ(collect().blobs, 0);
  EXPECT_TRUE(is_in("old"));
  advance_clock(std::chrono::minutes(2));
  EXPECT_EQ(run_awaitable(garbage.preview()).bytes, std::ssize(kContent));
  const auto freed = collect();
  EXPECT_EQ(freed.blobs, 1);
  EXPECT_EQ(freed.bytes, std::ssize(kContent));
  EXPECT_FALSE(is_in("old"));
  EXPECT_EQ(pull(), kContent);
  EXPECT_EQ(open_lines(), 0);
  advance_clock(std::chrono::hours(25));
  collect();
  EXPECT_EQ(get("SELECT count(*) FROM blob_left"), 0);
}

TEST_F(BlobMove, OneFromTheTimeBeforeNamesMovesToo) {
  std::vector<blob::LocatedBlobStore::Location> alone;
  alone.push_back({"old", files("old")});
  blob::LocatedBlobStore before(std::move(alone), 0);
  ASSERT_TRUE(push(before));
  ASSERT_EQ(row().place, "");
  expect_moved();
  EXPECT_EQ(get<std::string>("SELECT place FROM blob_left"), "@old/" + digest.text());
  advance_clock(std::chrono::minutes(30));
  ASSERT_TRUE(push());
  advance_clock(std::chrono::minutes(31));
  EXPECT_EQ(collect().blobs, 1);
  EXPECT_FALSE(is_in("old"));
  EXPECT_EQ(pull(), kContent);
}

TEST_F(BlobMove, WhatIsThereAlreadyIsPassedOver) {
  ASSERT_TRUE(push());
  expect_moved();
  EXPECT_EQ(move().value(), BlobMover::Outcome::passed_over);
  EXPECT_EQ(move({.to = "old", .from = "old"}).value(), BlobMover::Outcome::passed_over);
  EXPECT_EQ(open_lines(), 1);
}

TEST_F(BlobMove, KeptBytesStayForGood) {
  ASSERT_TRUE(push());
  EXPECT_EQ(move({.to = "new", .keep = true}).value(), BlobMover::Outcome::moved);
  advance_clock(std::chrono::hours(24 * 400));
  collect();
  EXPECT_TRUE(is_in("old"));
  EXPECT_EQ(get("SELECT count(*) FROM blob"), 0);
  EXPECT_FALSE(is_in("new"));
}

TEST_F(BlobMove, DamagedBytesStayWhereTheyAre) {
  ASSERT_TRUE(push());
  {
    std::fstream file(file_in("old"), std::ios::in | std::ios::out | std::ios::binary);
    file.put('B');
  }
  const auto outcome = move();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::digest_invalid);
  EXPECT_EQ(outcome.error().subject, digest.text());
  std::filesystem::resize_file(file_in("old"), 3);
  EXPECT_EQ(row().place, "@old/" + digest.text());
  EXPECT_FALSE(is_in("new"));
  EXPECT_EQ(open_lines(), 0);
  EXPECT_TRUE(run_awaitable(files("new")->uploads_older_than(now_ms() + 100'000)).value().empty());
  EXPECT_EQ(move().error().code, Errc::digest_invalid) << "cut short";
}

TEST_F(BlobMove, BytesThatAreNowhereAreSaidToBe) {
  ASSERT_TRUE(push());
  std::filesystem::remove(file_in("old"));
  EXPECT_EQ(move().error().code, Errc::blob_unknown);
  EXPECT_EQ(row().place, "@old/" + digest.text());
}

TEST_F(BlobMove, ABlobThatIsCollectedDuringItsMoveIsGone) {
  ASSERT_TRUE(push());
  const auto before = row();
  new_hooks.after_finish = [&] {
    advance_clock(std::chrono::hours(2));
    EXPECT_EQ(collect().blobs, 2) << "the blob, and the copy that nobody came for";
  };
  EXPECT_EQ(move(before, {.to = "new"}).value(), BlobMover::Outcome::gone);
  EXPECT_EQ(get("SELECT count(*) FROM blob"), 0);
  advance_clock(std::chrono::hours(2));
  collect();
  EXPECT_FALSE(is_in("old"));
  EXPECT_FALSE(is_in("new"));
  EXPECT_EQ(open_lines(), 0);
}

TEST_F(BlobMove, ACopyOfABlobThatWasDeletedMeanwhileGoes) {
  ASSERT_TRUE(push());
  const auto before = row();
  new_hooks.after_finish = [&] {
    forget_the_blob();
    EXPECT_EQ(collect().blobs, 1);
  };
  EXPECT_EQ(move(before, {.to = "new"}).value(), BlobMover::Outcome::gone);
  EXPECT_TRUE(is_in("new")) << "for those who may be about to refer to it";
  advance_clock(std::chrono::hours(2));
  EXPECT_EQ(collect().blobs, 1);
  EXPECT_FALSE(is_in("new"));
}

TEST_F(BlobMove, APushOfABlobThatIsDeletedDuringItsMoveHasItsBytes) {
  ASSERT_TRUE(push());
  const auto before = row();
  const auto other = open(1);
  new_hooks.after_finish = [&] {
    forget_the_blob();
    EXPECT_EQ(collect().blobs, 1);
    const auto pushed = push(*other);  // to where the copy lies
    EXPECT_TRUE(pushed) << pushed.error().message;
  };
  EXPECT_EQ(move(before, {.to = "new"}).value(), BlobMover::Outcome::gone);
  EXPECT_EQ(row().place, "@new/" + digest.text());
  advance_clock(std::chrono::minutes(59));
  ASSERT_TRUE(push());
  advance_clock(std::chrono::minutes(30));
  EXPECT_EQ(collect().blobs, 0);
  EXPECT_EQ(pull(), kContent);
  EXPECT_EQ(open_lines(), 0);
}

TEST_F(BlobMove, APushDuringTheMoveIsWhole) {
  ASSERT_TRUE(push());
  new_hooks.after_finish = [&] { EXPECT_TRUE(push()); };
  expect_moved();
  EXPECT_EQ(get("SELECT count(*) FROM repository_blob"), 1);
  advance_clock(std::chrono::minutes(50));
  ASSERT_TRUE(push());
  advance_clock(std::chrono::minutes(20));
  collect();
  EXPECT_EQ(pull(), kContent);
  EXPECT_FALSE(is_in("old"));
}

TEST_F(BlobMove, AKilledMoveLeavesACopyThatGoesAndTheNextOneStartsAgain) {
  ASSERT_TRUE(push());
  new_hooks.after_finish = [] { throw Accident({Errc::internal, "killed", "here"}); };
  EXPECT_THROW(move(), Accident);
  EXPECT_TRUE(is_in("new"));
  EXPECT_EQ(row().place, "@old/" + digest.text());
  EXPECT_EQ(collect().blobs, 0);
  expect_moved();
  EXPECT_EQ(open_lines(), 1) << "what is left behind";
  EXPECT_EQ(pull(), kContent);
}

TEST_F(BlobMove, ACopyThatNobodyCameBackForGoesAndTheBlobStays) {
  ASSERT_TRUE(push());
  new_hooks.after_finish = [] { throw Accident({Errc::internal, "killed", "here"}); };
  EXPECT_THROW(move(), Accident);
  advance_clock(std::chrono::minutes(50));
  ASSERT_TRUE(push());
  advance_clock(std::chrono::minutes(20));
  EXPECT_EQ(collect().blobs, 1);
  EXPECT_FALSE(is_in("new"));
  EXPECT_EQ(pull(), kContent);
}

TEST_F(BlobMove, ABlobThatMovesBackWithinTheHourKeepsTheBytesItFinds) {
  ASSERT_TRUE(push());
  expect_moved();
  EXPECT_EQ(move({.to = "old"}).value(), BlobMover::Outcome::moved);
  EXPECT_EQ(row().place, "@old/" + digest.text());
  advance_clock(std::chrono::minutes(50));
  ASSERT_TRUE(push());
  advance_clock(std::chrono::minutes(20));
  EXPECT_EQ(collect().blobs, 1) << "the bytes in the new location";
  EXPECT_TRUE(is_in("old"));
  EXPECT_FALSE(is_in("new"));
  EXPECT_EQ(pull(), kContent);
}

TEST_F(BlobMove, AMoveWaitsWhileTheBytesThatLieThereAreBeingDeleted) {
  ASSERT_TRUE(push());
  expect_moved();
  advance_clock(std::chrono::minutes(50));
  ASSERT_TRUE(push());
  advance_clock(std::chrono::minutes(20));
  std::future<Result<BlobMover::Outcome>> back;
  old_hooks.before_remove = [&] {  // the line is taken, the file is there
    back = std::async(std::launch::async, [&] { return move({.to = "old"}); });
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    const auto writes = people.db->counters().writes;
    while (people.db->counters().writes < writes + 1 && std::chrono::steady_clock::now() < give_up) {
      std::this_thread::yield();
    }
  };
  EXPECT_EQ(collect().blobs, 1);
  ASSERT_TRUE(back.valid());
  EXPECT_EQ(back.get().value(), BlobMover::Outcome::moved);
  EXPECT_TRUE(is_in("old"));
  EXPECT_EQ(pull(), kContent);
}

TEST_F(BlobMove, APushWaitsWhileTheBytesThatLieThereAreBeingDeleted) {
  ASSERT_TRUE(push());
  expect_moved();
  forget_the_blob();
  EXPECT_EQ(collect().blobs, 1) << "the row, and its bytes in the new location";
  ASSERT_EQ(get("SELECT count(*) FROM blob"), 0);
  ASSERT_TRUE(is_in("old"));
  advance_clock(std::chrono::minutes(61));
  std::future<Result<bool>> pushed;
  old_hooks.before_remove = [&] {
    pushed = std::async(std::launch::async, [&] { return push(); });
    const auto enough = people.db->counters().reads + 8;
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (people.db->counters().reads < enough && std::chrono::steady_clock::now() < give_up) {
      std::this_thread::yield();
    }
  };
  EXPECT_EQ(collect().blobs, 1);
  ASSERT_TRUE(pushed.valid());
  EXPECT_TRUE(pushed.get());
  EXPECT_EQ(row().place, "@old/" + digest.text());
  EXPECT_EQ(pull(), kContent);
  EXPECT_EQ(collect().blobs, 0);
}

TEST_F(BlobMove, LeftBytesThatCannotBeDeletedAreTriedAgain) {
  ASSERT_TRUE(push());
  expect_moved();
  advance_clock(std::chrono::minutes(50));
  ASSERT_TRUE(push());
  advance_clock(std::chrono::minutes(20));
  old_hooks.before_remove = [] { throw Accident({Errc::internal, "Internal error", "the disk does not answer"}); };
  EXPECT_EQ(collect().blobs, 0);
  EXPECT_TRUE(is_in("old"));
  advance_clock(kRemovalLease + std::chrono::seconds(1));
  EXPECT_EQ(collect().blobs, 1);
  EXPECT_FALSE(is_in("old"));
  EXPECT_EQ(pull(), kContent);
}

TEST_F(BlobMove, TwoMovesOfOneBlobEndInOne) {
  ASSERT_TRUE(push());
  const auto blob = row();
  std::optional<BlobMover::Outcome> second;
  old_hooks.before_open = [&] { second = move(blob, {.to = "new"}).value(); };
  EXPECT_EQ(move(blob, {.to = "new"}).value(), BlobMover::Outcome::passed_over);
  EXPECT_EQ(second, BlobMover::Outcome::moved);
  EXPECT_EQ(pull(), kContent);
  advance_clock(std::chrono::minutes(50));
  ASSERT_TRUE(push());
  advance_clock(std::chrono::minutes(20));
  collect();
  EXPECT_TRUE(is_in("new"));
  EXPECT_EQ(pull(), kContent);
  EXPECT_EQ(open_lines(), 0) << "the second one's claim, too";
}

TEST_F(BlobMove, ADeletedRepositoryLosesABlobThatIsMoving) {
  ASSERT_TRUE(push());
  const auto before = row();
  new_hooks.after_finish = [&] {
    auto drop = [&](db::Tx& tx) { return store::delete_repository(tx, repository, now_ms()), true; };
    people.db->write_now(drop);
    collect();
  };
  EXPECT_EQ(move(before, {.to = "new"}).value(), BlobMover::Outcome::gone);
  advance_clock(std::chrono::hours(2));
  collect();
  EXPECT_FALSE(is_in("old"));
  EXPECT_FALSE(is_in("new"));
  EXPECT_EQ(open_lines(), 0);
}

TEST_F(BlobMove, APullWithARowFromBeforeTheMoveFindsTheNewPlace) {
  ASSERT_TRUE(push());
  PullMemory memory(0);
  BlobService blobs(*people.db, people.settings, *store, memory);
  auto found = run_awaitable(blobs.find(caller, name, digest)).value();
  expect_moved();
  std::filesystem::remove(file_in("old"));
  const auto body = run_awaitable(blobs.open(found, 0, found.size_bytes));
  ASSERT_TRUE(body) << body.error().message;
  found.stored.digest = Digest::of("nothing");
  EXPECT_EQ(run_awaitable(blobs.open(found, 0, found.size_bytes)).error().code, Errc::blob_unknown);
}

TEST_F(BlobMove, RefusesPlansThatMakeNoSense) {
  const auto why = [&](BlobMover::Plan plan) {
    const BlobMover mover(*people.db, *store, std::move(plan));
    const auto checked = mover.check();
    return checked ? std::string() : checked.error().message;
  };
  EXPECT_EQ(why({.to = "new"}), "");
  EXPECT_EQ(why({.to = "new", .from = "old"}), "");
  EXPECT_EQ(why({.to = "nwe"}), "--to: \"nwe\" is not in DISTRIBUTED_STORAGE_CONFIG; expected old, new");
  EXPECT_EQ(why({.to = "new", .from = "x"}), "--from: \"x\" is not in DISTRIBUTED_STORAGE_CONFIG; expected old, new");
  EXPECT_EQ(why({.to = "new", .from = "new"}), "--from and --to are the same location");
}

TEST_F(BlobMove, StraysOfEachLocationAreCollected) {
  TextBody body("something that has a row");
  UploadService service{*people.db, people.settings, *store};
  const RepoName app{"acme", "app"};
  ASSERT_TRUE(run_awaitable(service.push_whole(caller, app, Digest::of("something that has a row"), &body)));
  for (const std::size_t target : {0u, 1u}) {
    const auto to = open(target);
    ASSERT_TRUE(run_awaitable(blob::push(to.get(), kContent)));
  }
  advance_clock(std::chrono::hours(2));
  EXPECT_EQ(run_awaitable(garbage.preview()).strays, 2);
  for (int i = 0; i < 3; ++i) collect();
  EXPECT_FALSE(is_in("old"));
  EXPECT_FALSE(is_in("new"));
}

}  // namespace
}  // namespace wharf::service
