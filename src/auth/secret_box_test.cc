#include "auth/secret_box.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "base/hex.h"
#include "base/random.h"

namespace wharf::auth {
namespace {

std::string text_of(const SecretKey& key) {
  return to_hex({reinterpret_cast<const char*>(key.bytes().data()), key.bytes().size()});
}

class TemporaryFolder {
 public:
  TemporaryFolder() : path(std::filesystem::temp_directory_path() / ("wharf-test-" + to_hex(random_bytes(8)))) {
    std::filesystem::create_directories(path);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  const std::filesystem::path path;
};

void put(const std::filesystem::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
  ::chmod(path.c_str(), 0600);
}

TEST(SecretBox, OpensWhatItSealed) {
  const SecretBox box(SecretKey::make());
  for (const std::string& plain : {std::string(), std::string("token"), std::string(100'000, '\0')}) {
    const auto text = box.seal(plain, "robot:1");
    EXPECT_TRUE(text.starts_with("v1."));
    EXPECT_EQ(box.open(text, "robot:1").value(), plain);
  }
  EXPECT_NE(box.seal("token", ""), box.seal("token", ""));
}

TEST(SecretBox, RefusesAnyChange) {
  const SecretBox box(SecretKey::make());
  const auto text = box.seal("a secret", "robot:1");
  EXPECT_FALSE(box.open(text, "robot:2"));
  EXPECT_FALSE(box.open(text, ""));
  EXPECT_FALSE(SecretBox(SecretKey::make()).open(text, "robot:1"));
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(box.open(changed, "robot:1")) << i;
    EXPECT_FALSE(box.open(text.substr(0, i), "robot:1")) << i;
  }
  for (const auto* other : {"", "v1.", "v1.AAAA", "v2.AAAA", "plain text", "v1.====", "v1.\xff\xff"}) {
    EXPECT_FALSE(box.open(other, "robot:1")) << other;
  }
}

TEST(SecretKey, DerivesDistinctKeysThatStay) {
  const auto key = SecretKey::from_text("a configured secret");
  EXPECT_EQ(text_of(key), text_of(SecretKey::from_text("a configured secret")));
  std::set<std::string> all = {text_of(key),
                               text_of(SecretKey::from_text("a configured secreu")),
                               text_of(SecretKey::from_text("")),
                               text_of(key.derive("tokens")),
                               text_of(key.derive("sessions")),
                               text_of(SecretKey::make()),
                               text_of(SecretKey::make())};
  EXPECT_EQ(all.size(), 7u);
  EXPECT_EQ(text_of(key.derive("tokens")), text_of(key.derive("tokens")));
  EXPECT_THROW(SecretKey("short"), Accident);
}

TEST(SecretKey, DerivesAsRfc5869Says) {
  // HKDF-SHA-256 without salt, computed apart (Python: hmac over the two steps of RFC 5869).
  const SecretKey key(std::string(32, '\x0b'));
  EXPECT_EQ(text_of(key.derive("label")), "b9353292f1f5b8de7612eb413046cf02268318c8b1ec020e2e50f050bd2cb646");
}

TEST(KeyFile, IsMadeOnceAndReadAfterwards) {
  const TemporaryFolder folder;
  const auto path = folder.path / "keys" / "secret.key";
  const auto made = load_or_make_key_file(path);
  ASSERT_TRUE(made);
  EXPECT_EQ(text_of(load_or_make_key_file(path).value()), text_of(*made));
  struct stat about{};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  EXPECT_EQ(about.st_size, 65);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}), 1) << "nothing left behind";
}

TEST(KeyFile, IsOneForAllWhoStartTogether) {
  const TemporaryFolder folder;
  const auto path = folder.path / "secret.key";
  std::vector<std::string> keys(8);
  {
    std::vector<std::jthread> threads;
    for (auto& key : keys) threads.emplace_back([&] { key = text_of(load_or_make_key_file(path).value()); });
  }
  EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), 1u);
}

TEST(KeyFile, IsRefusedWhenItIsNoKey) {
  const TemporaryFolder folder;
  const auto path = folder.path / "secret.key";
  const std::string good(64, 'a');
  for (const std::string& content : {std::string(), good.substr(1), good + "a", good + "aa", std::string(64, 'g'),
                                     std::string(32, '\0'), std::string(100'000, 'a')}) {
    put(path, content);
    const auto key = load_or_make_key_file(path);
    ASSERT_FALSE(key) << content.substr(0, 70);
    EXPECT_EQ(key.error().code, Errc::invalid_request);
  }
  put(path, good + "\r\n");
  EXPECT_EQ(text_of(load_or_make_key_file(path).value()), good);
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  EXPECT_FALSE(load_or_make_key_file(path));
}

TEST(KeyFile, IsTakenWithAWarningWhenOthersMayReadIt) {
  const TemporaryFolder folder;
  const auto path = folder.path / "secret.key";
  put(path, std::string(64, 'a'));
  ::chmod(path.c_str(), 0644);
  testing::internal::CaptureStderr();
  const auto key = load_or_make_key_file(path);
  const auto said = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(key);
  EXPECT_NE(said.find("can be read by others"), std::string::npos) << said;
}

}  // namespace
}  // namespace wharf::auth
