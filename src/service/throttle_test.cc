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
  throttle.fail("eve@example.com", 1000);
  throttle.fail("eve@example.com", 1000);
  EXPECT_EQ(throttle.wait_ms("eve@example.com", 1000), 1500);
  EXPECT_EQ(throttle.wait_ms("eva@example.com", 1000), 0);
  throttle.forget("eve@example.com");
  EXPECT_EQ(throttle.wait_ms("eve@example.com", 1000), 0);
}

TEST(NameThrottle, LetsFourSlipsOfANameThatIsNoAddressPass) {
  NameThrottle throttle;
  for (int i = 0; i < 4; ++i) throttle.fail("eve", 1000);
  EXPECT_EQ(throttle.wait_ms("eve", 1000), 0);
  for (int i = 0; i < 2; ++i) throttle.fail("eve", 1000);
  EXPECT_EQ(throttle.wait_ms("eve", 1000), 1500);
}

TEST(NameThrottle, ForgetsTheOldestWhenFull) {
  NameThrottle throttle(2);
  throttle.fail("a@x", 0);
  throttle.fail("b@x", 0);
  EXPECT_GT(throttle.wait_ms("a@x", 0), 0);  // used: "b@x" is the oldest now
  throttle.fail("c@x", 0);
  EXPECT_GT(throttle.wait_ms("a@x", 0), 0);
  EXPECT_EQ(throttle.wait_ms("b@x", 0), 0);
  EXPECT_GT(throttle.wait_ms("c@x", 0), 0);
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
