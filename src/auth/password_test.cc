#include "auth/password.h"

#include <gtest/gtest.h>

#include <thread>

namespace wharf::auth {
namespace {

struct Known {
  const char* password;
  const char* hash;
};

// Published vectors of bcrypt (crypt_blowfish's own test set).
const Known kVectors[] = {
    {"U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
    {"U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"},
    {"U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"},
    {"", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"},
    {"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored",
     "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"},
};

std::string with_prefix(std::string hash, char letter) {
  hash[2] = letter;
  return hash;
}

TEST(Password, VerifiesPublishedVectorsInEachPrefix) {
  for (const auto& [password, hash] : kVectors) {
    for (const char letter : {'a', 'b', 'y'}) EXPECT_TRUE(verify_password(password, with_prefix(hash, letter))) << hash;
    EXPECT_FALSE(verify_password(std::string("x") + password, hash)) << hash;
  }
}

TEST(Password, HashesAtCost12AndVerifiesItself) {
  const auto hash = hash_password("correct horse");
  EXPECT_EQ(hash.substr(0, 7), "$2b$12$");
  EXPECT_EQ(hash.size(), 60u);
  EXPECT_TRUE(verify_password("correct horse", hash));
  EXPECT_FALSE(verify_password("correct horsf", hash));
  EXPECT_NE(hash_password("correct horse"), hash);
}

TEST(Password, BytesAfterThe72ndDoNotCountWhateverTheLength) {
  const std::string hash = "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui";
  const std::string front = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  ASSERT_EQ(front.size(), 72u);
  EXPECT_TRUE(verify_password(front, hash));
  EXPECT_TRUE(verify_password(front + std::string(5000, 'x'), hash));
  EXPECT_FALSE(verify_password(front.substr(0, 71), hash));
}

TEST(Password, RefusesWhatIsNoBcryptHash) {
  const std::string good = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
  const std::string refused[] = {"",
                                 "*0",
                                 "*1",
                                 "U*U",
                                 good.substr(0, 59),
                                 good + "x",
                                 with_prefix(good, 'x'),
                                 "$1$salt$qJH7.N4xYta3aEG/dfqo/0",
                                 "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                                 "$2a$18$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                                 "$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                                 "$2a$0x$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                                 "$2a$05$CCCCCCCC CCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"};
  for (const auto& hash : refused) EXPECT_FALSE(verify_password("U*U", hash)) << hash;
  EXPECT_FALSE(verify_password(std::string_view("U*U\0x", 5), good)) << "nothing may follow a NUL unseen";
}

TEST(Password, ANameThatNobodyHasIsNeverRight) {
  verify_nothing("any password");
  verify_nothing(std::string_view("with\0nul", 8));
  EXPECT_FALSE(verify_password("any password", "$2b$12$" + std::string(53, '.')));
}

TEST(Password, AcceptableOnesHaveEightCharactersAndNoWhiteSpace) {
  const char* good[] = {"12345678", "pässwört", "パスワードパスワ", "a\"b'c\\d%e"};
  for (const auto* password : good) EXPECT_TRUE(is_acceptable_password(password)) << password;
  const char* refused[] = {"",
                           "1234567",
                           "ääääääà",
                           "1234 5678",
                           "12345678\t",
                           "\n12345678",
                           "1234\xc2\xa0"
                           "56789",
                           "1234\xe3\x80\x80"
                           "56789",
                           "12345678\xff",
                           "1234567\xc3",
                           "12345678\xc0\x80"};
  for (const auto* password : refused) EXPECT_FALSE(is_acceptable_password(password)) << password;
  EXPECT_FALSE(is_acceptable_password(std::string_view("12345678\0", 9)));
}

const std::string kHash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

TEST(PasswordCache, KnowsARightPasswordOnly) {
  PasswordCache cache;
  EXPECT_FALSE(cache.knows("U*U", kHash));
  EXPECT_FALSE(cache.verify("wrong", kHash));
  EXPECT_EQ(cache.size(), 0u) << "a wrong password leaves no trace";
  EXPECT_TRUE(cache.verify("U*U", kHash));
  EXPECT_TRUE(cache.knows("U*U", kHash));
  EXPECT_FALSE(cache.knows("U*V", kHash));
  EXPECT_FALSE(cache.knows("U*U", with_prefix(kHash, 'b'))) << "a changed hash misses";
}

TEST(PasswordCache, ForgetsAfterItsLife) {
  PasswordCache cache(10, std::chrono::minutes(5));
  cache.remember("a", "h");
  advance_clock(std::chrono::minutes(4));
  EXPECT_TRUE(cache.knows("a", "h"));
  advance_clock(std::chrono::minutes(2));
  EXPECT_FALSE(cache.knows("a", "h"));
  cache.remember("b", "h");
  EXPECT_EQ(cache.size(), 1u) << "what has ended is dropped with the next entry";
}

TEST(PasswordCache, DropsTheOldestWhenFull) {
  PasswordCache cache(3);
  for (const auto* password : {"a", "b", "c"}) cache.remember(password, "h");
  cache.remember("a", "h");  // now the newest
  cache.remember("d", "h");
  EXPECT_EQ(cache.size(), 3u);
  EXPECT_TRUE(cache.knows("a", "h"));
  EXPECT_FALSE(cache.knows("b", "h"));
  EXPECT_TRUE(cache.knows("d", "h"));
}

TEST(PasswordCache, StaysWithinBoundsUnderManyThreads) {
  PasswordCache cache(50);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache, t] {
      for (int i = 0; i < 500; ++i) {
        cache.remember(std::to_string(i % 100), std::to_string(t));
        static_cast<void>(cache.knows(std::to_string(i), "0"));
      }
    });
  }
  threads.clear();
  EXPECT_EQ(cache.size(), 50u);
}

}  // namespace
}  // namespace wharf::auth
