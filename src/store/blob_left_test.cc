#include "store/blob_left.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/testing.h"
#include "store/blob.h"
#include "store/blob_removal.h"

namespace wharf::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kObject = "content/aaaaaaaa-0000-4000-8000-000000000000/abcdefgh";
constexpr const char* kUpload = "aaaaaaaa-0000-4000-8000-000000000000";

class BlobLeftTest : public testing::Test {
 protected:
  db::TestDatabase files = db::TestDatabase::make_migrated(db::engine_from_environment());
  std::unique_ptr<db::Database> database = files.open();
  const Digest digest = Digest::of("content");
  const Millis now = now_ms();

  template <class Job>
  auto write(Job job) {
    return database->write_now(job);
  }
  std::int64_t add(const std::string& place) {
    return write([&](db::Tx& tx) {
      BlobPlace where;
      where.place = place;
      return add_blob_at(tx, digest, 7, where, now).id;
    });
  }
  std::optional<std::int64_t> leave(const std::string& location, const std::string& inner, Millis due_ms) {
    const LeftBytes bytes{location, '@' + location + '/' + inner, digest.text(), 7};
    return write([&](db::Tx& tx) { return leave_bytes(tx, bytes, due_ms); });
  }
  std::vector<std::string> take(const std::string& location, Millis at) {
    const auto taken =
        write([&](db::Tx& tx) { return take_due_bytes(tx, location, 10, at + 60'000, at + 3'600'000, at); });
    std::vector<std::string> places;
    for (const auto& bytes : taken) places.push_back(bytes.place);
    return places;
  }
  bool is_stray() {
    return write([](db::Tx& tx) { return is_stray_place(tx, kObject, kUpload); });
  }
  std::int64_t lines() {
    return write(
        [](db::Tx& tx) { return tx.get<std::int64_t>(db::Query{"test.lines", "SELECT COUNT(*) FROM blob_left"}); });
  }
};

// A location that is alone gives no names: its objects' rows may carry any that there ever was.
TEST_F(BlobLeftTest, AnObjectThatARowNamesUnderAnyLocationIsNoStray) {
  write([](db::Tx& tx) { return note_locations(tx, {"old", "new"}), true; });
  write([](db::Tx& tx) { return note_locations(tx, {"new", "third"}), true; });
  EXPECT_TRUE(is_stray());
  for (const std::string name : {"", "@old/", "@new/", "@third/"}) {
    const auto id = add(name + kObject);
    EXPECT_FALSE(is_stray()) << name;
    write([id](db::Tx& tx) { return tx.run(db::Query{"test.delete", "DELETE FROM blob WHERE id = $1"}, id); });
    EXPECT_TRUE(is_stray()) << name;
  }
}

TEST_F(BlobLeftTest, AnObjectThatIsLeftOrToBeRemovedIsNoStray) {
  write([](db::Tx& tx) { return note_locations(tx, {"old", "new"}), true; });
  const auto line = leave("old", kObject, now);
  EXPECT_FALSE(is_stray());
  write([&](db::Tx& tx) { return close_left(tx, *line, now), true; });
  EXPECT_TRUE(is_stray());
  const auto id = add(std::string("@new/") + kObject);
  write([id](db::Tx& tx) { return queue_blobs(tx, {id}), true; });
  write([&](db::Tx& tx) { return condemn_blobs(tx, 0, Budget(), now + 60'000).removals.size(); });
  EXPECT_FALSE(is_stray());
}

TEST_F(BlobLeftTest, BytesAreTakenOnceTheyAreDueAndOnlyInTheirLocation) {
  leave("old", digest.text(), now + 1000);
  EXPECT_THAT(take("old", now), IsEmpty());
  EXPECT_THAT(take("new", now + 1000), IsEmpty());
  EXPECT_THAT(take("old", now + 1000), ElementsAre("@old/" + digest.text()));
  EXPECT_THAT(take("old", now + 1000), IsEmpty()) << "somebody is at it";
  EXPECT_THAT(take("old", now + 70'000), ElementsAre("@old/" + digest.text())) << "and has left it";
}

TEST_F(BlobLeftTest, BytesThatARowPointsToAreNotTaken) {
  leave("old", digest.text(), now);
  const auto id = add("");
  EXPECT_THAT(take("old", now), IsEmpty()) << "a row without a place may mean them";
  EXPECT_EQ(lines(), 1);
  const MovableBlob unnamed{id, digest.text(), 7, ""};
  EXPECT_TRUE(write([&](db::Tx& tx) { return move_blob(tx, unnamed, "@old/" + digest.text()); }));
  EXPECT_FALSE(write([&](db::Tx& tx) { return move_blob(tx, unnamed, "@new/" + digest.text()); }));
  EXPECT_THAT(take("old", now + 3'600'000), IsEmpty());
  EXPECT_EQ(lines(), 0);
}

TEST_F(BlobLeftTest, WhoPointsToBytesTakesThemBackUnlessTheyAreBeingDeleted) {
  const auto place = "@old/" + digest.text();
  leave("old", digest.text(), now);
  leave("new", digest.text(), now);
  EXPECT_TRUE(write([&](db::Tx& tx) { return take_back_bytes(tx, digest, place); }));
  EXPECT_EQ(lines(), 1);
  EXPECT_EQ(take("new", now).size(), 1u);
  EXPECT_TRUE(write([&](db::Tx& tx) { return take_back_bytes(tx, digest, place); })) << "others are";
  EXPECT_FALSE(write([&](db::Tx& tx) { return take_back_bytes(tx, digest, "@new/" + digest.text()); }));
  EXPECT_FALSE(write([&](db::Tx& tx) { return take_back_bytes(tx, digest, ""); }));
  EXPECT_EQ(leave("new", digest.text(), now), std::nullopt);
  EXPECT_TRUE(write([&](db::Tx& tx) { return look_for_blob(tx, digest); }).waits());
  write([&](db::Tx& tx) { return close_abandoned(tx, digest, now + 70'000), true; });
  EXPECT_FALSE(write([&](db::Tx& tx) { return look_for_blob(tx, digest); }).waits());
}

TEST_F(BlobLeftTest, ANewLineHasAnotherIdHoweverItComes) {
  const auto first = *leave("old", digest.text(), now);
  const auto second = *leave("old", digest.text(), now);
  EXPECT_GT(second, first);
  EXPECT_FALSE(write([&](db::Tx& tx) { return end_claim(tx, first); }));
  const auto taken = write([&](db::Tx& tx) { return take_due_bytes(tx, "old", 10, now + 60'000, now + 60'000, now); });
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_FALSE(write([&](db::Tx& tx) { return end_claim(tx, second); }));
  write([&](db::Tx& tx) { return put_back(tx, taken.front(), now + 5), true; });
  EXPECT_GT(write([&](db::Tx& tx) { return look_for_blob(tx, digest); }).left_id, second);
  EXPECT_EQ(lines(), 1);
}

TEST_F(BlobLeftTest, CountsWhatIsElsewhere) {
  add("");
  EXPECT_EQ(write([](db::Tx& tx) { return count_elsewhere(tx, "new"); }).bytes, 7);
  const auto id = write([](db::Tx& tx) { return find_movable(tx, 0, 1); }).front().id;
  const MovableBlob unnamed{id, digest.text(), 7, ""};
  write([&](db::Tx& tx) { return move_blob(tx, unnamed, "@new/" + digest.text()); });
  EXPECT_EQ(write([](db::Tx& tx) { return count_elsewhere(tx, "new"); }).blobs, 0);
  for (const auto* other : {"ne", "new2", "new-", "old"}) {
    EXPECT_EQ(write([other](db::Tx& tx) { return count_elsewhere(tx, other); }).blobs, 1) << other;
  }
}

}  // namespace
}  // namespace wharf::store
