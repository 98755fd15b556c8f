#include "auth/encrypted_password.h"

#include <gtest/gtest.h>

namespace wharf::auth {
namespace {

TEST(EncryptedPasswords, GiveThePasswordBackToItsOwner) {
  const auto key = SecretKey::make();
  const EncryptedPasswords passwords(key);
  for (const std::string& password : {std::string("correct-horse"), std::string(64, 'x'), std::string(200, 'y')}) {
    const auto text = passwords.make("alice", password);
    EXPECT_TRUE(EncryptedPasswords::looks_encrypted(text));
    EXPECT_EQ(text.find_first_of(" \"\\:\n"), std::string::npos) << "fit for a Basic header and for JSON as it is";
    EXPECT_EQ(EncryptedPasswords(key).open("alice", text).value(), password);
  }
}

TEST(EncryptedPasswords, RefuseAllElse) {
  const EncryptedPasswords passwords(SecretKey::make());
  const auto text = passwords.make("alice", "correct-horse");
  struct Row {
    const char* why;
    std::string owner, text;
  };
  auto changed = text;
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  const Row refused[] = {{"another owner", "bob", text},
                         {"no owner", "", text},
                         {"changed", "alice", changed},
                         {"cut", "alice", text.substr(0, text.size() - 4)},
                         {"a plain password", "alice", "correct-horse"},
                         {"the prefix alone", "alice", "wharf.v1."},
                         {"nothing", "alice", ""}};
  for (const auto& row : refused) {
    const auto opened = passwords.open(row.owner, row.text);
    ASSERT_FALSE(opened) << row.why;
    EXPECT_EQ(opened.error().code, Errc::unauthenticated) << row.why;
  }
  EXPECT_FALSE(EncryptedPasswords(SecretKey::make()).open("alice", text)) << "another registry's key";
}

TEST(EncryptedPasswords, HideTheLengthOfShortPasswords) {
  const EncryptedPasswords passwords(SecretKey::make());
  EXPECT_EQ(passwords.make("a", "12345678").size(), passwords.make("a", std::string(63, 'x')).size());
}

}  // namespace
}  // namespace wharf::auth
