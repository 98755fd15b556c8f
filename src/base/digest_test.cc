#include "base/digest.h"

#include <gtest/gtest.h>

#include <array>

namespace wharf {
namespace {

// Source: NIST FIPS 180-4 example values for "abc".
constexpr std::string_view kAbc256 = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view kAbc512 =
    "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

TEST(Digest, OfKnownBytes) {
  EXPECT_EQ(Digest::of("abc").text(), kAbc256);
  EXPECT_EQ(Digest::of("abc", "sha512").text(), kAbc512);
}

TEST(Digest, ParsesWhatItPrints) {
  for (const auto text : {kAbc256, kAbc512}) {
    const auto digest = Digest::parse(text);
    ASSERT_TRUE(digest) << text;
    EXPECT_EQ(digest->text(), text);
    EXPECT_EQ(std::string(digest->algorithm()) + ':' + std::string(digest->hex()), text);
  }
  EXPECT_TRUE(Digest::parse(kAbc256)->is_sha256());
  EXPECT_FALSE(Digest::parse(kAbc512)->is_sha256());
}

TEST(Digest, RefusesEveryOtherForm) {
  const std::string good(kAbc256);
  std::string upper = good;
  upper[7] = 'B';
  for (const auto& bad :
       {std::string(), std::string("sha256"), std::string("sha256:"), good.substr(0, good.size() - 1), good + "0",
        good + "\n", upper, "SHA256" + good.substr(6), "sha512:" + good.substr(7), "sha384:" + good.substr(7),
        "sha256-" + good.substr(7), good.substr(0, 7) + "g" + good.substr(8)}) {
    EXPECT_FALSE(Digest::parse(bad)) << bad;
  }
}

TEST(Digest, OfRawBytes) {
  std::array<std::byte, 32> raw{};
  raw[0] = std::byte{0xab};
  EXPECT_EQ(Digest::sha256(raw).text(), "sha256:ab" + std::string(62, '0'));
  std::array<std::byte, 64> longer{};
  EXPECT_EQ(Digest::sha512(longer).text(), "sha512:" + std::string(128, '0'));
}

}  // namespace
}  // namespace wharf
