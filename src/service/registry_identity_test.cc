#include "service/registry_identity.h"

#include <fstream>

#include "service/gc_testing.h"
#include "service/hooked_store_testing.h"
#include "service/upload.h"
#include "store/repository.h"

namespace wharf::service {
namespace {

using testing::GarbageYard;
using testing::TextBody;

TEST(RegistryIdentity, ANodeWithAnotherDatabaseKeyIsTurnedAway) {
  testing::People people;
  const auto key = auth::SecretKey::make(), other = auth::SecretKey::make();
  EXPECT_TRUE(settle_identity(*people.db, people.secret, key));
  EXPECT_TRUE(settle_identity(*people.db, people.secret, key)) << "started again";
  const auto refused = settle_identity(*people.db, people.secret, other);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("DATABASE_SECRET_KEY"), std::string::npos);
  EXPECT_TRUE(settle_identity(*people.db, people.secret, key)) << "the first one's stays";
}

TEST(RegistryIdentity, AnotherSecretKeyIsNoReasonToStayAway) {
  testing::People people;
  const auto key = auth::SecretKey::make();
  EXPECT_TRUE(settle_identity(*people.db, auth::SecretKey::make(), key));
  EXPECT_TRUE(settle_identity(*people.db, auth::SecretKey::make(), key));
}

/// Registries, each with a database of its own, whose blobs lie in one folder.
class OneFolder : public ::testing::Test {
 protected:
  TemporaryFolder folder;
  boost::asio::thread_pool disk{2};

  struct Registry {
    explicit Registry(OneFolder& test)
        : blobs(
              blob::make_filesystem_blob_store(test.folder.path() / "blobs", test.folder.path() / "uploads", test.disk)
                  .value()) {}

    std::unique_ptr<blob::BlobStore> blobs;
    GarbageYard yard{*blobs};
    GarbageService garbage{yard.tools()};

    void push(const std::string& content) {
      auto& people = yard.people;
      auto make = [&](db::Tx& tx) -> std::int64_t {
        if (const auto known = store::find_repository(tx, {"acme", "app"})) return known->id;
        const auto owner = store::find_account(tx, "acme")->id;
        return store::create_repository(tx, {owner, "app", store::Visibility::private_, "", owner}, now_ms()).value();
      };
      if (!has_owner) people.user("acme");
      has_owner = true;
      const auto repository = people.db->write_now(make);
      auth::RegistryToken token;
      token.access.push_back({.name = "acme/app", .repository_id = repository, .pull = true, .push = true});
      TextBody body(content);
      UploadService uploads{*people.db, people.settings, *blobs};
      const RepoName name{"acme", "app"};
      const auto pushed = run_awaitable(uploads.push_whole(
          std::make_shared<const auth::RegistryToken>(std::move(token)), name, Digest::of(content), &body));
      ASSERT_TRUE(pushed) << pushed.error().message;
    }
    store::Freed collect() {
      return run_awaitable(garbage.collect({.everything = true, .one_node = false}, nullptr)).freed;
    }
    bool has_owner = false;
  };

  std::filesystem::path file_of(const std::string& content) {
    const auto digest = Digest::of(content);
    return folder.path() / "blobs/sha256" / std::string(digest.hex().substr(0, 2)) / digest.hex();
  }
  void leave(const std::string& content) {
    std::filesystem::create_directories(file_of(content).parent_path());
    std::ofstream(file_of(content)) << content;
  }
  bool is_there(const std::string& content) { return std::filesystem::exists(file_of(content)); }
};

TEST_F(OneFolder, ADatabaseThatWasJustMadeDeletesNothing) {
  leave("from before");
  Registry made(*this);
  advance_clock(std::chrono::hours(2));
  EXPECT_EQ(run_awaitable(made.garbage.preview()).strays, 0);
  EXPECT_EQ(made.collect().strays, 0);
  EXPECT_TRUE(is_there("from before"));
}

TEST_F(OneFolder, AnotherRegistrysBlobsStay) {
  Registry first(*this);
  first.push("first's");
  EXPECT_EQ(first.collect().strays, 0);
  leave("left by a crash");
  Registry second(*this);
  second.push("second's");
  advance_clock(std::chrono::minutes(90));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(second.collect().strays, 0);
  EXPECT_EQ(run_awaitable(second.garbage.preview()).strays, 0);
  EXPECT_TRUE(is_there("first's") && is_there("left by a crash"));
  EXPECT_EQ(first.collect().strays, 1);
  EXPECT_FALSE(is_there("left by a crash"));
}

TEST_F(OneFolder, UploadsOfAnotherRegistryAreNotEnded) {
  Registry first(*this);
  first.push("first's");
  first.collect();
  const auto upload = folder.path() / "uploads" / random_uuid();
  std::ofstream(upload) << "some bytes";
  Registry second(*this);
  second.push("second's");
  const auto end = [](Registry& registry) {
    auto& people = registry.yard.people;
    UploadService uploads{*people.db, people.settings, *registry.blobs};
    return run_awaitable(uploads.end_stale(now_ms() + 3'600'000, 100)).leftovers;
  };
  EXPECT_EQ(end(second), 0);
  EXPECT_TRUE(std::filesystem::exists(upload));
  EXPECT_EQ(end(first), 1);
}

}  // namespace
}  // namespace wharf::service
