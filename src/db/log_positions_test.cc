#include "db/log_positions.h"

#include <gtest/gtest.h>

namespace wharf::db {
namespace {

LogPositions::Time at(int seconds) { return LogPositions::Time(std::chrono::seconds(seconds)); }

TEST(LogPositions, BeforeThePrimaryWasAskedNothingIsKnown) {
  const LogPositions positions;
  EXPECT_FALSE(positions.last());
  EXPECT_FALSE(positions.complete_until(1'000'000));
}

TEST(LogPositions, AStandbyHasWhatWasWrittenBeforeThePositionThatItHasReplayed) {
  LogPositions positions;
  positions.note(at(1), 100);
  positions.note(at(2), 200);
  positions.note(at(3), 300);
  EXPECT_EQ(positions.complete_until(99), std::nullopt);
  EXPECT_EQ(positions.complete_until(100), at(1));
  EXPECT_EQ(positions.complete_until(299), at(2));
  EXPECT_EQ(positions.complete_until(300), at(3));
  EXPECT_EQ(positions.complete_until(1'000), at(3)) << "it may have got on since";
  EXPECT_EQ(positions.last()->end, 300U);
}

TEST(LogPositions, OfAnIdlePrimaryAStandbyIsNeverBehind) {
  LogPositions positions;
  positions.note(at(1), 90);
  for (int second = 2; second <= 100'000; ++second) positions.note(at(second), 100);
  EXPECT_EQ(positions.complete_until(100), at(100'000));
  EXPECT_EQ(positions.complete_until(99), at(1)) << "one record is missing, nobody knows since when";
}

TEST(LogPositions, ANewPrimaryMayBeginBeforeTheEndOfTheOldOne) {
  LogPositions positions;
  positions.note(at(1), 100);
  positions.note(at(2), 200);
  positions.note(at(3), 150);
  EXPECT_EQ(positions.complete_until(150), at(3));
  EXPECT_EQ(positions.complete_until(149), at(1));
}

TEST(LogPositions, ForHowLongAStandbyHasBeenBehindIsKnownLongAfterwards) {
  LogPositions positions;
  for (int second = 1; second <= 100'000; ++second) positions.note(at(second), static_cast<std::uint64_t>(second));
  EXPECT_EQ(positions.complete_until(99'990), at(99'990)) << "exactly, lately";
  const auto early = positions.complete_until(20'000);
  ASSERT_TRUE(early);
  EXPECT_LE(*early, at(20'000));
  EXPECT_GE(*early, at(17'000));
}

}  // namespace
}  // namespace wharf::db
