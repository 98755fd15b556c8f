#include "store/tag_tally.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/random.h"
#include "db/testing.h"
#include "store/manifest.h"
#include "store/repository.h"
#include "store/tag.h"

namespace wharf::store {
namespace {

constexpr Millis kHour = 3'600'000;
constexpr Millis kNow = 500'000 * kHour;

class TagTallyTest : public testing::Test {
 protected:
  db::TestDatabase files = db::TestDatabase::make_migrated(db::engine_from_environment());
  std::unique_ptr<db::Database> database = files.open();
  std::int64_t account = 0, repository = 0, manifest = 0;

  void SetUp() override {
    auto make = [&](db::Tx& tx) {
      static const db::Query kAccount{"test.account", R"(
        INSERT INTO account (uuid, kind, name, created_ms) VALUES ($1, 'user', 'acme', 1) RETURNING id)"};
      account = tx.get<std::int64_t>(kAccount, random_uuid());
      repository = create_repository(tx, {account, "app", Visibility::private_, "", account}, kNow).value();
      const auto digest = Digest::of("one");
      manifest = add_manifest(tx,
                              {.repository_id = repository,
                               .digest = digest,
                               .media_type = "application/vnd.oci.image.manifest.v1+json",
                               .content = "one"},
                              kNow)
                     .id;
      return true;
    };
    database->write_now(make);
  }

  template <class Job>
  auto write(Job job) {
    return database->write_now(job);
  }

  void run(const char* sql) {
    write([&](db::Tx& tx) {
      tx.script({"test.script", sql});
      return true;
    });
  }

  void set(const std::string& name, Millis now, Millis end = kForever) {
    write([&](db::Tx& tx) { return set_tag(tx, {repository, name, manifest, end}, now); });
  }

  /// `count` live tags v0, v1…, one every ten seconds, up to kNow.
  void fill(int count) {
    write([&](db::Tx& tx) {
      static const db::Query kFill{"test.fill", R"(
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $3)
        INSERT INTO tag (repository_id, name, manifest_id, start_ms)
        SELECT $1, 'v' || CAST(i AS TEXT), $2, $4 - (CAST($3 AS BIGINT) - i) * 10000 FROM n)"};
      return tx.run(kFill, repository, manifest, count, kNow);
    });
  }

  std::int64_t live(Millis now) {
    return write([&](db::Tx& tx) { return get_repository(tx, repository, account, now)->tag_count; });
  }
  std::int64_t counted(Millis now) {
    return write([&](db::Tx& tx) {
      static const db::Query kCount{"test.count", "SELECT count(*) FROM tag WHERE end_ms > $1 AND NOT hidden"};
      return tx.get<std::int64_t>(kCount, now);
    });
  }

  void add_up() {
    while (write([&](db::Tx& tx) { return has_tags_to_add_up(tx); })) {
      write([&](db::Tx& tx) {
        add_up_tags(tx, 7);
        return index_tag_names(tx, 1000);
      });
    }
  }

  /// The place of the tag that has `offset` before it, by counting.
  std::optional<std::int64_t> nth(bool only_live, std::int64_t offset, Millis now) {
    return write([&](db::Tx& tx) {
      static const db::Query kNth{"test.nth", R"(
        SELECT id FROM tag WHERE NOT hidden AND (NOT $1 OR end_ms > $2)
         ORDER BY start_ms DESC, name, id DESC LIMIT 1 OFFSET $3)"};
      return tx.one<std::int64_t>(kNth, only_live, now, offset);
    });
  }
  /// The same by the tally.
  std::optional<std::int64_t> nth_by_tally(bool only_live, std::int64_t offset, Millis now) {
    return write([&](db::Tx& tx) -> std::optional<std::int64_t> {
      const auto place = find_tag_place(tx, repository, only_live, offset, now);
      if (!place) return std::nullopt;
      static const db::Query kNth{"test.nth_from", R"(
        SELECT id FROM tag WHERE NOT hidden AND (NOT $1 OR end_ms > $2) AND start_ms < $3
         ORDER BY start_ms DESC, name, id DESC LIMIT 1 OFFSET $4)"};
      EXPECT_LT(place->skip, 1000) << "within an hour";
      return tx.one<std::int64_t>(kNth, only_live, now, place->before_ms, place->skip);
    });
  }

  std::vector<std::string> names(TagFilter filter) {
    std::vector<std::string> found;
    for (auto& tag : write([&](db::Tx& tx) { return list_tags(tx, repository, filter, kNow); }).tags) {
      found.push_back(std::move(tag.name));
    }
    return found;
  }
};

TEST_F(TagTallyTest, CountsExactlyWhateverHappensToTags) {
  std::mt19937 random(7);
  const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  Millis now = kNow;
  for (int i = 0; i < 400; ++i) {
    now += pick(20) * 60'000;
    const auto name = "v" + std::to_string(pick(12));
    switch (pick(7)) {
      case 0:
        write([&](db::Tx& tx) { return end_tag(tx, repository, name, now); });
        break;
      case 1:
        set(name, now, now + (1 + pick(5)) * kHour);
        break;
      case 2:
        write([&](db::Tx& tx) {
          hold_manifest(tx, repository, manifest, now + kHour, now);
          return true;
        });
        break;
      case 3:
        write([&](db::Tx& tx) { return forget_tag(tx, {repository, name, manifest, pick(2) == 0}, now); });
        break;
      case 4:
        write([&](db::Tx& tx) {
          if (const auto tag = find_tag(tx, repository, name, now)) {
            set_tag_end(tx, tag->id, pick(2) == 0 ? kForever : now + kHour);
          }
          return true;
        });
        break;
      case 5:
        if (pick(4) == 0) run("DELETE FROM tag WHERE id IN (SELECT min(id) FROM tag)");
        break;
      default:
        set(name, now);
    }
    if (pick(10) == 0) add_up();
    ASSERT_EQ(live(now), counted(now)) << i;
    const auto offset = pick(30);
    ASSERT_EQ(nth_by_tally(false, offset, now), nth(false, offset, now)) << i << ' ' << offset;
    ASSERT_EQ(nth_by_tally(true, offset, now), nth(true, offset, now)) << i << ' ' << offset;
  }
  run("DELETE FROM tag");
  EXPECT_EQ(live(now), 0);
  add_up();
  const auto left = write([&](db::Tx& tx) {
    static const db::Query kLines{"test.lines", "SELECT count(*) FROM tag_tally"};
    return tx.get<std::int64_t>(kLines);
  });
  EXPECT_EQ(left, 0);
}

TEST_F(TagTallyTest, APushThatIsRolledBackCountsNothing) {
  set("v1", kNow);
  write([&](db::Tx& tx) -> Result<bool> {
    set_tag(tx, {repository, "v2", manifest}, kNow);
    return Error{Errc::invalid_request, "no"};
  });
  EXPECT_EQ(live(kNow + 1), 1);
}

TEST_F(TagTallyTest, PagesFarDownAreThoseThatCountingFinds) {
  constexpr int kTags = 10'000;
  fill(kTags);
  for (const auto offset : {0, 1, 359, 360, 361, 5000, kTags - 1, kTags}) {
    EXPECT_EQ(nth_by_tally(true, offset, kNow), nth(true, offset, kNow)) << offset;
  }
  EXPECT_EQ(names({.page = 3001, .limit = 2}), (std::vector<std::string>{"v3999", "v3998"}));
  EXPECT_EQ(names({.only_live = true, .page = kTags, .limit = 1}), (std::vector<std::string>{"v0"}));
  EXPECT_EQ(names({.page = kTags + 1, .limit = 1}), std::vector<std::string>());
  const auto page = [&](int number) {
    return write([&](db::Tx& tx) { return list_tags(tx, repository, {.page = number, .limit = 100}, kNow).more; });
  };
  EXPECT_TRUE(page(kTags / 100 - 1));
  EXPECT_FALSE(page(kTags / 100));
}

TEST_F(TagTallyTest, NamesOfALargeRepositoryAreFoundByTheirTrigrams) {
  fill(20'000);
  set("Release-1", kNow);
  add_up();
  const auto is_quick = [&](const char* phrase) {
    return write([&](db::Tx& tx) { return is_found_by_trigrams(tx, repository, phrase); });
  };
  const bool sqlite = database->engine() == db::Engine::sqlite;
  EXPECT_EQ(is_quick("\"release\""), sqlite);
  EXPECT_FALSE(is_quick("\"v19\""));  // too many
  EXPECT_EQ(names({.name_part = "RELEASE"}), (std::vector<std::string>{"Release-1"}));
  EXPECT_EQ(names({.name_part = "nothing"}), std::vector<std::string>());
  EXPECT_EQ(names({.name_part = "\"v1"}), std::vector<std::string>());
  EXPECT_EQ(names({.name_part = "v1999", .limit = 3}), (std::vector<std::string>{"v19999", "v19998", "v19997"}));
  // What is newer than the index is found too, and what is gone is not.
  set("Release-2", kNow);
  EXPECT_EQ(names({.name_part = "release"}), (std::vector<std::string>{"Release-1", "Release-2"}));
  run("DELETE FROM tag WHERE name = 'Release-1'");
  EXPECT_EQ(names({.name_part = "release"}), (std::vector<std::string>{"Release-2"}));
  add_up();
  EXPECT_EQ(names({.name_part = "release"}), (std::vector<std::string>{"Release-2"}));
  EXPECT_EQ(names({.name_part = "v77"}).front(), "v7799");
}

TEST_F(TagTallyTest, ASmallRepositoryIsNotIndexed) {
  fill(100);
  add_up();
  EXPECT_FALSE(write([&](db::Tx& tx) { return is_found_by_trigrams(tx, repository, "\"v99\""); }));
  EXPECT_EQ(names({.name_part = "V99"}), (std::vector<std::string>{"v99"}));
}

}  // namespace
}  // namespace wharf::store
