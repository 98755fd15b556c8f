#include "service/page_token.h"

#include <gtest/gtest.h>

#include <set>

namespace wharf::service {
namespace {

constexpr Millis kNow = 1'800'000'000'000;
constexpr Millis kDayMs = 24 * 3'600'000;

TEST(PageTokens, GoOnWhereTheyWereMadeForTwoDays) {
  const PageTokens pages(auth::SecretKey::make());
  EXPECT_EQ(pages.read("logs", pages.make("logs", 42, kNow), kNow), 42);
  EXPECT_EQ(pages.read_at("logs", pages.make_at("logs", "17.3", kNow), kNow + 2 * kDayMs - 1), "17.3");
  EXPECT_EQ(pages.read("logs", pages.make("logs", 42, kNow), kNow + 2 * kDayMs), 0);
}

TEST(PageTokens, ShowNoIdAndAreNeverTheSameTwice) {
  const PageTokens pages(auth::SecretKey::make());
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const auto token = pages.make("logs", 1234567, kNow);
    EXPECT_EQ(token.find("1234567"), std::string::npos) << token;
    EXPECT_TRUE(seen.insert(token).second) << "the next one cannot be told from this one";
  }
}

TEST(PageTokens, BeginAnewWhereOneCharacterIsAnotherOrTheListOrTheKey) {
  const PageTokens pages(auth::SecretKey::make());
  const auto token = pages.make("logs", 42, kNow);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    if (i + 1 == token.size()) changed[i] = token[i] == '-' ? '_' : '-';  // not only bits that are no bits of a byte
    // The last character of base64 may have bits that count for nothing: then it is the same token.
    const auto place = pages.read("logs", changed, kNow);
    EXPECT_TRUE(place == 0 || (place == 42 && i + 1 == token.size())) << i;
  }
  EXPECT_EQ(pages.read("logs", token.substr(1), kNow), 0);
  EXPECT_EQ(pages.read("logs", token.substr(0, token.size() / 2), kNow), 0);
  EXPECT_EQ(pages.read("logs", token + "AAAA", kNow), 0);
  EXPECT_EQ(pages.read("logs", "", kNow), 0);
  EXPECT_EQ(pages.read("logs", "43 9999999999999", kNow), 0) << "nobody can write one";
  EXPECT_EQ(pages.read("users", token, kNow), 0);
  EXPECT_EQ(PageTokens(auth::SecretKey::make()).read("logs", token, kNow), 0);
}

}  // namespace
}  // namespace wharf::service
