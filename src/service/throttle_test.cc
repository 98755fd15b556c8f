#include "service/throttle.h"

#include <gtest/gtest.h>

namespace wharf::service {
namespace {

TEST(Backoff, DoublesWithEachFailureUpToFiveMinutes) {
  const std::pair<int, Millis> expected[] = {
      {0, 0},       {1, 500},      {2, 1500},       {3, 3500}, {4, 7500},
      {9, 255'500}, {10, 300'000}, {1000, 300'000}, {-1, 0},   {2'000'000'000, 300'000}};
  for (const auto& [failures, wait] : expected) EXPECT_EQ(backoff_ms(failures), wait) << failures;
}

TEST(Backoff, CountsFromTheLastFailureAndNeverGainsFromAClockThatGoesBack) {
  EXPECT_EQ(backoff_left_ms(2, 10'000, 10'000), 1500);
  EXPECT_EQ(backoff_left_ms(2, 10'000, 11'499), 1);
  EXPECT_EQ(backoff_left_ms(2, 10'000, 11'500), 0);
  EXPECT_EQ(backoff_left_ms(2, 10'000, 5'000), 1500);
}

TEST(NameThrottle, CountsEachNameApart) {
  NameThrottle throttle;
  throttle.fail("eve", 1000);
  throttle.fail("eve", 1000);
  EXPECT_EQ(throttle.wait_ms("eve", 1000), 1500);
  EXPECT_EQ(throttle.wait_ms("eva", 1000), 0);
  throttle.forget("eve");
  EXPECT_EQ(throttle.wait_ms("eve", 1000), 0);
}

TEST(NameThrottle, ForgetsTheOldestWhenFull) {
  NameThrottle throttle(2);
  throttle.fail("a", 0);
  throttle.fail("b", 0);
  EXPECT_GT(throttle.wait_ms("a", 0), 0);  // used: "b" is the oldest now
  throttle.fail("c", 0);
  EXPECT_GT(throttle.wait_ms("a", 0), 0);
  EXPECT_EQ(throttle.wait_ms("b", 0), 0);
  EXPECT_GT(throttle.wait_ms("c", 0), 0);
}

TEST(AddressThrottle, LetsABurstThroughThenTwoASecond) {
  AddressThrottle throttle;
  const Millis now = 1'000'000;
  for (int i = 0; i < AddressThrottle::kBurst; ++i) {
    ASSERT_EQ(throttle.wait_ms("192.0.2.1", now), 0) << i;
    throttle.fail("192.0.2.1", now);
  }
  EXPECT_EQ(throttle.wait_ms("192.0.2.1", now), AddressThrottle::kRefillMs);
  EXPECT_EQ(throttle.wait_ms("192.0.2.2", now), 0);
  EXPECT_EQ(throttle.wait_ms("192.0.2.1", now + AddressThrottle::kRefillMs), 0);
}

TEST(AddressThrottle, TakesAnIpv6NetworkAsOneAndLeavesLoopbackFree) {
  EXPECT_EQ(throttle_key("2001:db8:1:2::1"), throttle_key("2001:db8:1:2:ffff::9"));
  EXPECT_NE(throttle_key("2001:db8:1:2::1"), throttle_key("2001:db8:1:3::1"));
  EXPECT_EQ(throttle_key("::ffff:192.0.2.7"), "192.0.2.7");
  for (const auto* free : {"127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "", "unknown"}) {
    EXPECT_EQ(throttle_key(free), "") << free;
  }
}

}  // namespace
}  // namespace wharf::service
