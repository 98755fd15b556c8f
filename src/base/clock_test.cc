#include "base/clock.h"

#include <gtest/gtest.h>

namespace wharf {
namespace {

TEST(Clock, PrintsTheThreeForms) {
  constexpr Millis kAt = 1'604'404'800'000;  // 2020-11-03T12:00:00Z
  EXPECT_EQ(rfc2822(kAt), "Tue, 03 Nov 2020 12:00:00 -0000");
  EXPECT_EQ(rfc3339(kAt), "2020-11-03T12:00:00Z");
  EXPECT_EQ(http_date(kAt), "Tue, 03 Nov 2020 12:00:00 GMT");
}

TEST(Clock, CutsMillisecondsOffTowardsThePast) {
  EXPECT_EQ(rfc3339(999), "1970-01-01T00:00:00Z");
  EXPECT_EQ(rfc3339(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(rfc2822(951'782'400'000), "Tue, 29 Feb 2000 00:00:00 -0000");
}

TEST(Clock, ReadsWhatItPrints) {
  EXPECT_EQ(parse_rfc3339("2020-11-03T12:00:00Z"), 1'604'404'800'000);
  EXPECT_EQ(parse_rfc3339("2020-11-03t12:00:00.5z"), 1'604'404'800'500);
  EXPECT_EQ(parse_rfc3339("2020-11-03T12:00:00.123456789Z"), 1'604'404'800'123);
  EXPECT_EQ(parse_rfc3339("2020-11-03T14:30:00+02:30"), 1'604'404'800'000);
  EXPECT_EQ(parse_rfc3339("2020-11-03T09:00:00-03:00"), 1'604'404'800'000);
  EXPECT_EQ(rfc3339(parse_rfc3339("0001-01-01T00:00:00Z").value()), "0001-01-01T00:00:00Z");
  EXPECT_EQ(rfc3339(parse_rfc3339("9999-12-31T23:59:59Z").value()), "9999-12-31T23:59:59Z");
}

TEST(Clock, ReadsNothingElse) {
  for (const auto* text :
       {"", "2020", "2020-11-03", "2020-11-03T12:00:00", "2020-13-03T12:00:00Z", "2020-02-30T12:00:00Z",
        "2020-11-03T24:00:00Z", "2020-11-03T12:00:00.Z", "2020-11-03T12:00:00Zx", "2020-11-03T12:00:00+0200",
        "+020-11-03T12:00:00Z", "-020-11-03T12:00:00Z", "2020-11-03T12:60:00Z", "2020-11-03T12:00:00+24:00"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Clock, AdvancesByWhatItIsTold) {
  const auto before = now_ms();
  advance_clock(std::chrono::hours(24));
  EXPECT_GE(now_ms() - before, 24 * 3600 * 1000);
  EXPECT_GT(before, 1'600'000'000'000);
}

}  // namespace
}  // namespace wharf
