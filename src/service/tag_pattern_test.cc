#include "service/tag_pattern.h"

#include <gtest/gtest.h>

namespace wharf::service {
namespace {

bool whole(std::string_view pattern, std::string_view name) {
  return TagPattern::compile(pattern).value().matches_whole(name);
}

TEST(TagPattern, MatchesWholeNamesOrParts) {
  EXPECT_TRUE(whole("v1\\.[0-9]+", "v1.20"));
  EXPECT_FALSE(whole("v1\\.[0-9]+", "v1.20-rc1"));
  EXPECT_FALSE(whole("v", "v1"));
  EXPECT_FALSE(whole("v.*", "V1"));
  EXPECT_TRUE(whole("(?i)v.*", "V1"));
  EXPECT_TRUE(whole("prod|stable", "stable"));
  EXPECT_TRUE(whole("^release-\\d{4}$", "release-2026"));
  EXPECT_TRUE(TagPattern::compile("rc").value().matches_part("v1-rc1"));
  EXPECT_FALSE(TagPattern::compile("^rc").value().matches_part("v1-rc1"));
}

TEST(TagPattern, LosesTheSpaceAroundIt) {
  EXPECT_EQ(TagPattern::compile(" \t v.* \n").value().text(), "v.*");
  EXPECT_EQ(TagPattern::compile("a b").value().text(), "a b");
}

TEST(TagPattern, RefusesWhatIsNoExpression) {
  for (const auto* text : {"", "   ", "[", "(", "*", "a{2,1}", "(?<=a)b", "(a)\\1", "\\", "((a{1000}){1000}){1000}"}) {
    const auto compiled = TagPattern::compile(text);
    ASSERT_FALSE(compiled) << text;
    EXPECT_EQ(compiled.error().code, Errc::invalid_request) << text;
  }
  EXPECT_TRUE(TagPattern::compile(std::string(256, 'a')));
  EXPECT_FALSE(TagPattern::compile(std::string(257, 'a')));
}

TEST(TagPattern, IsQuickWhateverTheName) {
  // These take years in an engine that tries every way.
  const std::string name(128, 'a');
  EXPECT_FALSE(whole("(a+)+b", name));
  EXPECT_FALSE(whole("(a|a)*b", name));
  EXPECT_FALSE(whole("(.*a){20}b", name));
}

}  // namespace
}  // namespace wharf::service
