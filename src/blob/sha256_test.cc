#include "blob/sha256.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "blob/sha512.h"
#include "blob/testing.h"

namespace wharf::blob {
namespace {

std::span<const std::byte> raw(std::string_view text) { return std::as_bytes(std::span(text)); }

Sha256 hash_after(std::string_view text) {
  Sha256 hash;
  hash.update(raw(text));
  return hash;
}

// The parts of a state, so that each can be spoilt. The layout is a promise to the database.
std::string state_of(std::string_view chaining, std::uint64_t count, std::string_view pending,
                     std::string_view version = "1:") {
  std::string bytes(chaining);
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>((count >> shift) & 0xff));
  bytes += pending;
  return std::string(version) + to_base64url(bytes);
}

std::string initial_chaining() { return *from_hex("6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19"); }

TEST(Sha256, HasTheDigestsOfTheStandard) {
  EXPECT_EQ(Sha256().digest().text(), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash_after("abc").digest().text(),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, GoesOnFromItsStateAtEveryLength) {
  const auto bytes = noise(300);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const auto state = hash_after(std::string_view(bytes).substr(0, cut)).state();
    EXPECT_LE(state.size(), 300u);
    auto hash = Sha256::resume(state);
    ASSERT_TRUE(hash) << cut;
    EXPECT_EQ(hash->size_bytes(), cut);
    EXPECT_EQ(hash->state(), state);
    hash->update(raw(std::string_view(bytes).substr(cut)));
    EXPECT_EQ(hash->digest(), Digest::of(bytes)) << cut;
  }
}

TEST(Sha256, TheStateIsTheStandardsAndReadsTheSameEverywhere) {
  EXPECT_EQ(Sha256().state(), state_of(initial_chaining(), 0, ""));
  EXPECT_EQ(hash_after("abc").state(), state_of(initial_chaining(), 3, "abc"));
  // The chaining value after one block: the digest of 64 bytes is one more block (the padding) away.
  const std::string block(64, 'a');
  const auto one_block = hash_after(block).state();
  EXPECT_EQ(one_block, state_of(from_base64url(one_block.substr(2))->substr(0, 32), 64, ""));
}

TEST(Sha256, CountsBeyondFourGibibytes) {
  const std::uint64_t count = (std::uint64_t{5} << 32) + 64;
  auto hash = Sha256::resume(state_of(std::string(32, 'x'), count, ""));
  ASSERT_TRUE(hash);
  EXPECT_EQ(hash->size_bytes(), count);
  hash->update(raw("abc"));
  EXPECT_EQ(hash->state(), state_of(std::string(32, 'x'), count + 3, "abc"));
}

TEST(Sha256, RefusesWhatIsNoState) {
  const auto good = hash_after("abc").state();
  const std::string wrong[] = {
      "",
      "1:",
      "1",
      good.substr(2),
      "2:" + good.substr(2),
      good + "=",
      good + "A",
      good.substr(0, good.size() - 1),
      good + std::string(300, 'A'),
      "1:" + std::string(70, '!'),
      state_of(initial_chaining(), 4, "abc"),  // fewer pending bytes than the count says
      state_of(initial_chaining(), 2, "abc"),  // more
      state_of(initial_chaining(), 64, std::string(64, 'a')),
      state_of(std::string(32, 'x'), 3, "abc"),                    // no block yet, but another chaining value
      state_of(std::string(32, 'x'), std::uint64_t{1} << 61, ""),  // more bits than 64 bits count
      state_of(std::string(31, 'x'), 64, ""),
  };
  for (const auto& state : wrong) {
    const auto hash = Sha256::resume(state);
    ASSERT_FALSE(hash) << state;
    EXPECT_EQ(hash.error().code, Errc::upload_invalid);
  }
}

TEST(Sha512, AgreesWithTheOneShotHash) {
  const auto bytes = noise(100'000);
  Sha512 hash;
  hash.update(raw(std::string_view(bytes).substr(0, 777)));
  hash.update(raw(std::string_view(bytes).substr(777)));
  EXPECT_EQ(hash.digest(), Digest::of(bytes, "sha512"));
}

}  // namespace
}  // namespace wharf::blob
