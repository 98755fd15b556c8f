#include "store/tag.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "db/testing.h"
#include "store/access.h"
#include "store/blob.h"
#include "store/manifest.h"
#include "store/repository.h"
#include "store/upload.h"

namespace wharf::store {
namespace {

constexpr Millis kNow = 1'000'000'000;

class TagTest : public testing::Test {
 protected:
  db::TestDatabase files = db::TestDatabase::make_migrated(db::engine_from_environment());
  std::unique_ptr<db::Database> database = files.open();
  std::int64_t repository = 0;

  void SetUp() override {
    auto make = [&](db::Tx& tx) {
      static const db::Query kAccount{"test.account", R"(
        INSERT INTO account (uuid, kind, name, created_ms) VALUES ($1, 'user', 'acme', 1) RETURNING id)"};
      const auto account = tx.get<std::int64_t>(kAccount, random_uuid());
      return create_repository(tx, {account, "app", Visibility::private_, "", account}, kNow).value();
    };
    repository = database->write_now(make);
  }

  template <class Job>
  auto write(Job job) {
    return database->write_now(job);
  }

  std::int64_t manifest(const std::string& content) {
    return write([&](db::Tx& tx) {
      return add_manifest(tx,
                          {.repository_id = repository,
                           .digest = Digest::of(content),
                           .media_type = "application/vnd.oci.image.manifest.v1+json",
                           .content = content},
                          kNow)
          .id;
    });
  }
  void set(const std::string& name, std::int64_t manifest_id, Millis now, Millis end = kForever) {
    write([&](db::Tx& tx) {
      set_tag(tx, {repository, name, manifest_id, end}, now);
      return true;
    });
  }
  std::optional<Tag> find(const std::string& name, Millis now) {
    return write([&](db::Tx& tx) { return find_tag(tx, repository, name, now); });
  }
  TagPage list(TagFilter filter, Millis now) {
    return write([&](db::Tx& tx) { return list_tags(tx, repository, filter, now); });
  }
};

TEST_F(TagTest, MovingLeavesTheOldGenerationInTheHistory) {
  const auto first = manifest("one");
  const auto second = manifest("two");
  set("latest", first, kNow);
  set("latest", second, kNow + 1000);
  EXPECT_EQ(find("latest", kNow + 1000)->manifest_id, second);
  const auto history = list({}, kNow + 2000).tags;
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].manifest_id, second);
  EXPECT_EQ(history[0].end_ms, kForever);
  EXPECT_EQ(history[1].manifest_id, first);
  EXPECT_EQ(history[1].end_ms, kNow + 1000);
}

TEST_F(TagTest, ManyMovesInOneMillisecondLeaveOneLineEach) {
  const auto id = manifest("one");
  for (int i = 0; i < 20; ++i) set("latest", id, kNow);
  const auto history = list({.limit = 100}, kNow + 1000).tags;
  EXPECT_EQ(history.size(), 20u);
  int live = 0;
  for (const auto& tag : history) live += tag.end_ms > kNow + 1000 ? 1 : 0;
  EXPECT_EQ(live, 1);
}

TEST_F(TagTest, EndsNowAndCanBeMadeAgain) {
  const auto id = manifest("one");
  set("latest", id, kNow);
  EXPECT_TRUE(write([&](db::Tx& tx) { return end_tag(tx, repository, "latest", kNow + 5); }));
  EXPECT_FALSE(find("latest", kNow + 5));
  EXPECT_FALSE(write([&](db::Tx& tx) { return end_tag(tx, repository, "latest", kNow + 6); }));
  EXPECT_TRUE(write([&](db::Tx& tx) { return was_tag(tx, repository, "latest", kNow + 6); }));
  set("latest", id, kNow + 5);
  EXPECT_TRUE(find("latest", kNow + 6));
  EXPECT_EQ(list({}, kNow + 6).tags.size(), 2u);
}

TEST_F(TagTest, ExpiresByItself) {
  set("brief", manifest("one"), kNow, kNow + 500);
  EXPECT_TRUE(find("brief", kNow + 499));
  EXPECT_FALSE(find("brief", kNow + 500));
  EXPECT_EQ(list({.only_live = true}, kNow + 500).tags.size(), 0u);
  EXPECT_EQ(list({}, kNow + 500).tags.size(), 1u);
}

TEST_F(TagTest, PagesNewestFirstAndFiltersByName) {
  const auto id = manifest("one");
  for (int i = 0; i < 5; ++i) set("v" + std::to_string(i), id, kNow + i);
  const auto page = list({.page = 2, .limit = 2}, kNow + 10);
  ASSERT_EQ(page.tags.size(), 2u);
  EXPECT_EQ(page.tags[0].name, "v2");
  EXPECT_TRUE(page.more);
  EXPECT_FALSE(list({.page = 3, .limit = 2}, kNow + 10).more);
  EXPECT_EQ(list({.name = "v3"}, kNow + 10).tags.size(), 1u);
  set("a_b", id, kNow + 20);
  set("aXb", id, kNow + 21);
  EXPECT_EQ(list({.name_part = "A_B"}, kNow + 30).tags.size(), 1u);  // '_' is itself, case does not count
  EXPECT_EQ(list({.name_part = "%"}, kNow + 30).tags.size(), 0u);
}

TEST_F(TagTest, NamesComeInByteOrderWithoutHiddenOnes) {
  const auto id = manifest("one");
  for (const auto* name : {"b", "B", "_x", "10", "9"}) set(name, id, kNow);
  write([&](db::Tx& tx) {
    hold_manifest(tx, repository, id, kForever, kNow);
    return true;
  });
  const auto names = [&](std::string_view last, int limit) {
    return write([&](db::Tx& tx) { return list_tag_names(tx, repository, last, limit, kNow + 1); });
  };
  EXPECT_EQ(names("", 10), (std::vector<std::string>{"10", "9", "B", "_x", "b"}));
  EXPECT_EQ(names("9", 2), (std::vector<std::string>{"B", "_x"}));
  EXPECT_EQ(names("a", 10), (std::vector<std::string>{"b"}));
  EXPECT_EQ(list({}, kNow + 1).tags.size(), 5u);
}

TEST_F(TagTest, HoldingAManifestAgainMakesItsHoldLonger) {
  const auto id = manifest("one");
  const auto hold = [&](Millis end, Millis now) {
    write([&](db::Tx& tx) {
      hold_manifest(tx, repository, id, end, now);
      return true;
    });
  };
  const auto held = [&](Millis now) {
    return write([&](db::Tx& tx) { return tags_of_manifest(tx, repository, id, 100, now).size(); });
  };
  hold(kNow + 100, kNow);
  hold(kNow + 300, kNow + 50);
  hold(kNow + 200, kNow + 60);  // a shorter one changes nothing
  EXPECT_EQ(held(kNow + 61), 1u);
  EXPECT_EQ(held(kNow + 299), 1u);
  EXPECT_EQ(held(kNow + 300), 0u);
  hold(kForever, kNow + 400);
  EXPECT_EQ(held(kForever - 1), 1u);
}

TEST_F(TagTest, AManifestLivesThroughAnIndexAboveIt) {
  const auto child = manifest("child");
  const auto index = manifest("index");
  const auto top = manifest("top");
  write([&](db::Tx& tx) {
    add_manifest_children(tx, index, {{Digest::of("child").text(), child}});
    add_manifest_children(tx, top, {{Digest::of("index").text(), index}});
    return true;
  });
  const auto alive = [&](std::int64_t id) {
    return write([&](db::Tx& tx) { return is_manifest_alive(tx, id, kNow + 1); });
  };
  EXPECT_FALSE(alive(child));
  set("top", top, kNow);
  EXPECT_TRUE(alive(child));
  EXPECT_TRUE(write([&](db::Tx& tx) {
    return find_manifest_by_digest(tx, {"acme", "app"}, Digest::of("child"), kNow + 1)->alive.value();
  }));
  write([&](db::Tx& tx) { return end_tag(tx, repository, "top", kNow + 1); });
  EXPECT_FALSE(alive(child));
}

TEST_F(TagTest, ABlobIsSeenThroughItsManifestOrALateUpload) {
  const auto digest = Digest::of("bytes");
  const auto id = manifest("one");
  const auto blob = write([&](db::Tx& tx) { return add_blob(tx, digest, 5, kNow); });
  const auto visible = [&](Millis now) {
    return write([&](db::Tx& tx) {
      const bool listed = find_visible_blobs(tx, repository, {digest, Digest::of("other")}, now).size() == 1;
      const bool pulled = find_blob_for_pull(tx, {"acme", "app"}, digest, now)->digest.has_value();
      EXPECT_EQ(listed, pulled);
      return pulled;
    });
  };
  EXPECT_FALSE(visible(kNow));
  write([&](db::Tx& tx) {
    link_blob(tx, repository, blob, kNow + 100);
    link_blob(tx, repository, blob, kNow + 50);  // a shorter stay does not cut a longer one
    return true;
  });
  EXPECT_TRUE(visible(kNow + 99));
  EXPECT_FALSE(visible(kNow + 100));
  write([&](db::Tx& tx) {
    add_manifest_blobs(tx, id, repository, {blob});
    return true;
  });
  EXPECT_TRUE(visible(kNow + 100));
  set("latest", id, kNow + 100);
  EXPECT_FALSE(write([&](db::Tx& tx) { return unlink_blob(tx, repository, blob, kNow + 101); }));
  write([&](db::Tx& tx) { return end_tag(tx, repository, "latest", kNow + 102); });
  EXPECT_TRUE(write([&](db::Tx& tx) { return unlink_blob(tx, repository, blob, kNow + 103); }));
  EXPECT_FALSE(visible(kNow + 104));
}

TEST_F(TagTest, MoreBlobsThanOneStatementTakesAreAllFound) {
  std::vector<Digest> digests;
  for (int i = 0; i < 100; ++i) digests.push_back(Digest::of(std::to_string(i)));
  write([&](db::Tx& tx) {
    for (const auto& digest : digests) link_blob(tx, repository, add_blob(tx, digest, 1, kNow), kForever);
    return true;
  });
  EXPECT_EQ(write([&](db::Tx& tx) { return find_visible_blobs(tx, repository, digests, kNow).size(); }), 100u);
}

TEST_F(TagTest, AnUploadIsOfOneRepositoryAndMovesOnOnce) {
  const Upload upload{random_uuid(), repository, 0, "hash0", ""};
  write([&](db::Tx& tx) {
    add_upload(tx, upload, kNow);
    return true;
  });
  EXPECT_TRUE(write([&](db::Tx& tx) { return find_upload(tx, repository, upload.id).has_value(); }));
  EXPECT_FALSE(write([&](db::Tx& tx) { return find_upload(tx, repository + 1, upload.id).has_value(); }));
  auto later = upload;
  later.size_bytes = 10;
  EXPECT_TRUE(write([&](db::Tx& tx) { return advance_upload(tx, later, 0, kNow); }));
  EXPECT_FALSE(write([&](db::Tx& tx) { return advance_upload(tx, later, 0, kNow); }));
  EXPECT_TRUE(write([&](db::Tx& tx) { return remove_upload(tx, upload.id); }));
  EXPECT_FALSE(write([&](db::Tx& tx) { return remove_upload(tx, upload.id); }));
}

TEST_F(TagTest, ADeletedRepositoryFreesItsName) {
  write([&](db::Tx& tx) {
    delete_repository(tx, repository, kNow);
    return true;
  });
  EXPECT_FALSE(write([&](db::Tx& tx) { return find_repository(tx, {"acme", "app"}).has_value(); }));
  const auto owner = write([&](db::Tx& tx) { return find_access(tx, 0, {"acme", "app"})->namespace_id; });
  EXPECT_TRUE(write(
      [&](db::Tx& tx) { return create_repository(tx, {owner, "app", Visibility::public_, "", 0}, kNow).has_value(); }));
  EXPECT_FALSE(write(
      [&](db::Tx& tx) { return create_repository(tx, {owner, "app", Visibility::public_, "", 0}, kNow).has_value(); }));
}

}  // namespace
}  // namespace wharf::store
