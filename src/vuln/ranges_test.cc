#include "vuln/ranges.h"

#include <gtest/gtest.h>

namespace wharf::vuln {
namespace {

bool any_contains(Scheme scheme, const std::optional<std::vector<Range>>& ranges, std::string_view version) {
  EXPECT_TRUE(ranges.has_value());
  return ranges && std::ranges::any_of(
                       *ranges, [&](const Range& range) { return contains(scheme, range, version).value_or(false); });
}

TEST(Ranges, OfEventsInAnyOrder) {
  using Kind = Event::Kind;
  const Event events[] = {{Kind::fixed, "1.20.4"},
                          {Kind::introduced, "1.19.0"},
                          {Kind::fixed, "1.18.5"},
                          {Kind::introduced, "0"},
                          {Kind::introduced, "1.21.0"}};
  const auto ranges = ranges_of_events(Scheme::semver, events);
  ASSERT_TRUE(ranges);
  EXPECT_EQ(*ranges, (std::vector<Range>{{.low = "", .high = "1.18.5", .high_fixes = true},
                                         {.low = "1.19.0", .high = "1.20.4", .high_fixes = true},
                                         {.low = "1.21.0"}}));
  EXPECT_TRUE(any_contains(Scheme::semver, ranges, "1.0.0"));
  EXPECT_FALSE(any_contains(Scheme::semver, ranges, "1.18.5"));
  EXPECT_FALSE(any_contains(Scheme::semver, ranges, "1.18.9"));
  EXPECT_TRUE(any_contains(Scheme::semver, ranges, "1.19.0"));
  EXPECT_FALSE(any_contains(Scheme::semver, ranges, "1.20.4"));
  EXPECT_TRUE(any_contains(Scheme::semver, ranges, "9.0.0"));
}

TEST(Ranges, OfEventsThatEndWithTheLastAffectedOrALimit) {
  using Kind = Event::Kind;
  const Event last[] = {{Kind::introduced, "1.0"}, {Kind::last_affected, "1.4"}};
  EXPECT_EQ(ranges_of_events(Scheme::pep440, last),
            (std::vector<Range>{{.low = "1.0", .high = "1.4", .until_high = true}}));
  const Event limit[] = {{Kind::introduced, "1.0"}, {Kind::limit, "2.0"}};
  EXPECT_EQ(ranges_of_events(Scheme::pep440, limit), (std::vector<Range>{{.low = "1.0", .high = "2.0"}}));
}

TEST(Ranges, WithABoundThatIsNoVersionAreNone) {
  using Kind = Event::Kind;
  const Event bad[] = {{Kind::introduced, "0"}, {Kind::fixed, "soon"}};
  EXPECT_FALSE(ranges_of_events(Scheme::semver, bad));
  EXPECT_FALSE(contains(Scheme::semver, {.low = "1.0.0"}, "latest"));
  EXPECT_FALSE(contains(Scheme::semver, {}, "latest")) << "not everything, either";
  EXPECT_TRUE(contains(Scheme::semver, {}, "1.0.0").value_or(false));
}

TEST(Ranges, OfComparisons) {
  const auto ranges = ranges_of_comparisons(">=1.0.0 <1.2.6||<0.2.4||=3.0.0");
  ASSERT_TRUE(ranges);
  EXPECT_EQ(*ranges, (std::vector<Range>{{.low = "1.0.0", .high = "1.2.6"},
                                         {.low = "", .high = "0.2.4"},
                                         {.low = "3.0.0", .high = "3.0.0", .until_high = true}}));
  EXPECT_TRUE(any_contains(Scheme::semver, ranges, "1.2.5"));
  EXPECT_FALSE(any_contains(Scheme::semver, ranges, "1.2.6"));
  EXPECT_TRUE(any_contains(Scheme::semver, ranges, "3.0.0"));
  EXPECT_EQ(ranges_of_comparisons("*"), (std::vector<Range>{{}}));
  EXPECT_EQ(ranges_of_comparisons(">= 1.0, < 2"), (std::vector<Range>{{.low = "1.0", .high = "2"}}));
  for (const auto* bad : {"", "||", ">=", "<1 || ", "~> 1.0", "> <"}) EXPECT_FALSE(ranges_of_comparisons(bad)) << bad;
}

TEST(Ranges, OfBrackets) {
  const auto ranges = ranges_of_brackets("(,1.0],[2.0,2.3.1), (3.0,3.2),[5.0],[6,)");
  ASSERT_TRUE(ranges);
  EXPECT_TRUE(any_contains(Scheme::maven, ranges, "0.1"));
  EXPECT_TRUE(any_contains(Scheme::maven, ranges, "1.0"));
  EXPECT_FALSE(any_contains(Scheme::maven, ranges, "1.1"));
  EXPECT_TRUE(any_contains(Scheme::maven, ranges, "2.0"));
  EXPECT_FALSE(any_contains(Scheme::maven, ranges, "2.3.1"));
  EXPECT_FALSE(any_contains(Scheme::maven, ranges, "3.0"));
  EXPECT_TRUE(any_contains(Scheme::maven, ranges, "3.1"));
  EXPECT_TRUE(any_contains(Scheme::maven, ranges, "5.0"));
  EXPECT_FALSE(any_contains(Scheme::maven, ranges, "5.0.1"));
  EXPECT_TRUE(any_contains(Scheme::maven, ranges, "7"));
  for (const auto* bad : {"", "1.0", "[1,2", "[1,2,3]", "[]"}) EXPECT_FALSE(ranges_of_brackets(bad)) << bad;
}

TEST(Ranges, OfGemsAreAllThatNoRequirementSpares) {
  const std::string patched[] = {"~> 2.2.6, >= 2.2.6.4", ">= 3.0.4.1"};
  const auto ranges = ranges_outside_requirements(patched);
  for (const auto* in : {"1.0", "2.2.6", "2.2.6.3", "2.3.0", "2.9", "3.0.4", "2.2.6.4.pre"}) {
    EXPECT_TRUE(any_contains(Scheme::gem, ranges, in)) << in;
  }
  for (const auto* out : {"2.2.6.4", "2.2.99", "3.0.4.1", "4.0"}) {
    EXPECT_FALSE(any_contains(Scheme::gem, ranges, out)) << out;
  }
  EXPECT_EQ(ranges_outside_requirements({}), (std::vector<Range>{{}})) << "nothing is patched";
  const std::string one[] = {"~> 1"}, tilde[] = {"~> 2.9"};
  EXPECT_FALSE(any_contains(Scheme::gem, ranges_outside_requirements(one), "1.9"));
  EXPECT_TRUE(any_contains(Scheme::gem, ranges_outside_requirements(one), "2.0.pre"));
  EXPECT_TRUE(any_contains(Scheme::gem, ranges_outside_requirements(tilde), "3.0"));
  EXPECT_FALSE(any_contains(Scheme::gem, ranges_outside_requirements(tilde), "2.10"));
  std::string many = "!= 1";
  for (int i = 0; i < 60'000; ++i) many += ", != 1";
  const std::string too_many[] = {many, many};
  EXPECT_FALSE(ranges_outside_requirements(too_many));
  const std::string bad[] = {">= soon"};
  EXPECT_FALSE(ranges_outside_requirements(bad));
}

TEST(Ranges, OfGemsSayWhatMendedThem) {
  const std::string patched[] = {"~> 1.4.3", ">= 2.0.1"};
  const auto ranges = ranges_outside_requirements(patched);
  ASSERT_TRUE(ranges);
  EXPECT_EQ(*ranges, (std::vector<Range>{{.high = "1.4.3", .high_fixes = true},
                                         {.low = "1.5.A", .high = "2.0.1", .high_fixes = true}}));
}

}  // namespace
}  // namespace wharf::vuln
