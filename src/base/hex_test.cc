#include "base/hex.h"

#include <gtest/gtest.h>

namespace wharf {
namespace {

TEST(Hex, GoesBothWays) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  EXPECT_EQ(from_hex(to_hex(all)), all);
  EXPECT_EQ(to_hex("\x01\xAF"), "01af");
  EXPECT_EQ(from_hex("01AF"), "\x01\xAF");
  EXPECT_EQ(from_hex(""), "");
  for (const auto* bad : {"0", "0g", "0 ", "xy"}) EXPECT_FALSE(from_hex(bad)) << bad;
}

// Source: RFC 4648 section 10.
TEST(Base64, KnowsTheVectorsOfTheStandard) {
  const std::pair<std::string, std::string> rows[] = {{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"fooba", "Zm9vYmE="},
                                                      {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, padded] : rows) {
    const auto bare = padded.substr(0, padded.find('='));
    EXPECT_EQ(from_base64(padded), plain);
    EXPECT_EQ(from_base64(bare), plain);
    EXPECT_EQ(to_base64url(plain), bare);
    EXPECT_EQ(from_base64url(bare), plain);
  }
}

TEST(Base64, TellsItsTwoAlphabetsApart) {
  EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
  EXPECT_EQ(from_base64url("-_8"), "\xfb\xff");
  EXPECT_EQ(from_base64("+/8="), "\xfb\xff");
  EXPECT_FALSE(from_base64url("+/8"));
  EXPECT_FALSE(from_base64("-_8="));
}

TEST(Base64, RefusesWhatNoEncoderMakes) {
  for (const auto* bad : {"A", "Zg==", "Zg=", "Z g", "Zm9v\n", "AAAAA"}) EXPECT_FALSE(from_base64url(bad)) << bad;
  for (const auto* bad : {"A", "Zg===", "=", "Z=g=", "Zm9v\n"}) EXPECT_FALSE(from_base64(bad)) << bad;
}

}  // namespace
}  // namespace wharf
