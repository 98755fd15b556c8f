#include "db/migrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "db/testing.h"

namespace wharf::db {
namespace {

constexpr Migration kSteps[] = {
    {1, "first", R"(
      CREATE TABLE thing (id {id}, name {text} NOT NULL, raw {bytes}, size {int}, weight {real}, hidden {bool});
      -- a comment; with a semicolon
      INSERT INTO thing (name) VALUES ('a;b'))"},
    {2, "second", R"(
INSERT INTO thing (name) VALUES ('both');
--@sqlite
INSERT INTO thing (name) VALUES ('sqlite');
--@end
--@postgres
INSERT INTO thing (name) VALUES ('postgres');
--@end
INSERT INTO thing (name) VALUES ('Zoo');)"},
    {4, "fourth", "ALTER TABLE thing ADD COLUMN more {int} NOT NULL DEFAULT 0;"},
};
const Query kNames{"thing.names", "SELECT name FROM thing ORDER BY name"};
const Query kSteps4{"schema.steps", "SELECT number FROM schema_migration ORDER BY number"};

class MigrateTest : public testing::TestWithParam<Engine> {
 protected:
  TestDatabase where = TestDatabase::make(GetParam());
  std::unique_ptr<Database> database = where.open();
};

INSTANTIATE_TEST_SUITE_P(, MigrateTest, testing::Values(Engine::sqlite, Engine::postgres),
                         [](const auto& info) { return engine_name(info.param); });

TEST_P(MigrateTest, StepsRunOnceAndOrderTextByItsBytes) {
  EXPECT_EQ(migrate(*database, kSteps).value(), 3);
  EXPECT_EQ(migrate(*database, kSteps).value(), 0);
  EXPECT_EQ(database->read_now([](Tx& tx) { return tx.all<std::string>(kNames); }),
            (std::vector<std::string>{"Zoo", "a;b", "both", engine_name(GetParam())}));
  EXPECT_EQ(database->read_now([](Tx& tx) { return tx.all<int>(kSteps4); }), (std::vector<int>{1, 2, 4}));
}

TEST_P(MigrateTest, AnIdIsNeverGivenTwice) {
  ASSERT_EQ(migrate(*database, kSteps).value(), 3);
  const auto add = [](Tx& tx) {
    static const Query kAdd{"thing.add", "INSERT INTO thing (name) VALUES ('new') RETURNING id"};
    return tx.get<std::int64_t>(kAdd);
  };
  const auto first = database->write_now(add);
  database->write_now([&](Tx& tx) {
    static const Query kRemove{"thing.remove", "DELETE FROM thing WHERE id = $1"};
    return tx.run(kRemove, first);
  });
  EXPECT_GT(database->write_now(add), first);
}

TEST_P(MigrateTest, ALaterVersionRunsOnlyWhatIsNew) {
  EXPECT_EQ(migrate(*database, std::span(kSteps).first(1)).value(), 1);
  EXPECT_EQ(migrate(*database, kSteps).value(), 2);
}

TEST_P(MigrateTest, ANewerSchemaIsRefused) {
  ASSERT_EQ(migrate(*database, kSteps).value(), 3);
  const auto refused = migrate(*database, std::span(kSteps).first(2));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::invalid_request);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("newer"));
}

TEST_P(MigrateTest, AnOlderProgramGoesOnBesideStepsThatOnlyExpand) {
  constexpr Migration kNewer[] = {
      {17, "range", "CREATE TABLE schema_range (oldest {int} NOT NULL); INSERT INTO schema_range VALUES (17);"},
      {18, "expand", "--@expand\nCREATE TABLE more (id {id});"},
      {19, "contract", "--@contract 18\nCREATE TABLE yet_more (id {id});"},
      {20, "unsaid", "CREATE TABLE last (id {id});"}};
  const std::span all(kNewer);
  ASSERT_EQ(migrate(*database, all.first(2)).value(), 2);
  EXPECT_EQ(migrate(*database, all.first(1)).value(), 0);
  ASSERT_EQ(migrate(*database, all.first(3)).value(), 1);
  EXPECT_FALSE(migrate(*database, all.first(1)).has_value());
  EXPECT_EQ(migrate(*database, all.first(2)).value(), 0);
  ASSERT_EQ(migrate(*database, all).value(), 1);
  EXPECT_FALSE(migrate(*database, all.first(3)).has_value());
  EXPECT_EQ(migrate(*database, all).value(), 0);
}

TEST_P(MigrateTest, AStepThatFailsLeavesNothingOfItself) {
  constexpr Migration kBroken[] = {
      kSteps[0], {2, "broken", "INSERT INTO thing (name) VALUES ('b'); INSERT INTO nowhere VALUES (1);"}};
  const auto failed = migrate(*database, kBroken);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, Errc::internal);
  EXPECT_EQ(database->read_now([](Tx& tx) { return tx.all<std::string>(kNames); }), std::vector<std::string>{"a;b"});
  EXPECT_EQ(migrate(*database, kSteps).value(), 2);
}

// On SQLite nobody waits for a reader.
TEST(MigratePostgres, AStepThatWaitsForAReaderHoldsUpNobodyElse) {
  const auto where = TestDatabase::make(Engine::postgres);
  const auto database = where.open();
  ASSERT_EQ(migrate(*database, std::span(kSteps).first(2)).value(), 2);
  static const Query kAdd{"thing.add", "INSERT INTO thing (name) VALUES ('meanwhile')"};
  static const Query kCount{"thing.count", "SELECT COUNT(*) FROM thing WHERE name = 'meanwhile'"};
  static const Query kQueued{"test.queued", R"(
    SELECT COUNT(*) FROM pg_locks WHERE relation = 'thing'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted)"};
  const auto node = where.open();
  std::thread migrating;
  const auto read_long = [&](Tx& reader) {
    reader.all<std::string>(kNames);  // its lock on the table lasts as long as the transaction
    migrating = std::thread([&] { EXPECT_EQ(migrate(*node, kSteps).value(), 1); });
    EXPECT_TRUE(soon([&] { return database->read_now([](Tx& tx) { return tx.get<int>(kQueued); }) > 0; }));
    // This comes behind the step in the queue, and before the reader's end.
    database->write_now([](Tx& tx) { return tx.run(kAdd); });
    return database->read_now([](Tx& tx) { return tx.get<int>(kCount); });
  };
  EXPECT_EQ(database->read_now(read_long), 1);
  migrating.join();
  EXPECT_EQ(database->read_now([](Tx& tx) { return tx.all<int>(kSteps4); }), (std::vector<int>{1, 2, 4}));
}

TEST_P(MigrateTest, NodesThatStartAtOnceRunEachStepOnce) {
  std::atomic<int> ran = 0;
  std::atomic<int> failed = 0;
  std::vector<std::thread> nodes;
  for (int node = 0; node < 4; ++node) {
    nodes.emplace_back([&] {
      const auto own = where.open({.readers = 1});
      const auto count = migrate(*own, kSteps);
      count ? ran += *count : ++failed;
    });
  }
  for (std::thread& node : nodes) node.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(ran, 3);
}

TEST_P(MigrateTest, TheProgramsOwnStepsRunOnceAndStandInOrder) {
  const auto own = migrations();
  ASSERT_FALSE(own.empty());
  for (std::size_t i = 0; i < own.size(); ++i) {
    EXPECT_GT(own[i].number, i == 0 ? 0 : own[i - 1].number) << own[i].name;
    EXPECT_FALSE(own[i].name.empty());
    EXPECT_EQ(own[i].name.find('.'), std::string_view::npos);
    if (own[i].number > 17) {
      EXPECT_TRUE(own[i].sql.starts_with("--@expand\n") || own[i].sql.starts_with("--@contract ")) << own[i].name;
    }
  }
  EXPECT_EQ(migrate(*database, own).value(), static_cast<int>(own.size()));
  const auto ready = TestDatabase::make_migrated(GetParam());
  EXPECT_EQ(migrate(*ready.open(), own).value(), 0);
}

}  // namespace
}  // namespace wharf::db
