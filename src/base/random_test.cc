#include "base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <regex>
#include <set>

namespace wharf {
namespace {

TEST(Random, GivesTheLengthAskedFor) {
  for (const std::size_t length : {0u, 1u, 16u, 1000u}) {
    EXPECT_EQ(random_bytes(length).size(), length);
    EXPECT_EQ(random_text(length, kUpperAndDigits).size(), length);
  }
}

TEST(Random, UsesTheWholeAlphabetAndNothingElse) {
  const auto text = random_text(20'000, kLettersAndDigits);
  std::set<char> seen(text.begin(), text.end());
  EXPECT_EQ(seen, std::set<char>(kLettersAndDigits.begin(), kLettersAndDigits.end()));
}

// A modulo without care would give the first characters of an alphabet of 100 half as much again: 3 in 256 against 2.
TEST(Random, FavoursNoCharacter) {
  std::string alphabet;
  for (int i = 0; i < 100; ++i) alphabet.push_back(static_cast<char>(i + 20));
  std::array<int, 100> counts{};
  constexpr int kDraws = 200'000;
  for (const char c : random_text(kDraws, alphabet)) ++counts[static_cast<std::size_t>(c - 20)];
  double chi_square = 0;
  for (const int count : counts) chi_square += (count - kDraws / 100.0) * (count - kDraws / 100.0) / (kDraws / 100.0);
  // 99 degrees of freedom: a fair generator passes 235 once in 10^13 runs; the careless one stands in the thousands.
  EXPECT_LT(chi_square, 235.0);
}

TEST(Random, UuidsAreOfVersion4AndDiffer) {
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto uuid = random_uuid();
    EXPECT_TRUE(std::regex_match(uuid, form)) << uuid;
    seen.insert(uuid);
  }
  EXPECT_EQ(seen.size(), 1000u);
}

}  // namespace
}  // namespace wharf
