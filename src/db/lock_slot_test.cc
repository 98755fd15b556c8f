#include "db/lock_slot.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "db/migrate.h"
#include "db/testing.h"

namespace wharf::db {
namespace {

TEST(LockSlot, IsWhatOtherReleasesTakeItFor) {
  EXPECT_EQ(lock_slot("tag 1 latest"), 11'033);
  EXPECT_EQ(lock_slot("collection"), 14'274);
  EXPECT_EQ(lock_slot(""), 16'321);
  EXPECT_EQ(lock_slot("wharf.schema"), 16'384);
}

TEST(LockSlot, SpreadsNamesAndLeavesTheSchemasRowAlone) {
  std::map<std::int64_t, int> taken;
  for (int i = 0; i < 100'000; ++i) {
    const auto slot = lock_slot("tag " + std::to_string(i % 100) + " v" + std::to_string(i));
    ASSERT_GE(slot, 0);
    ASSERT_LT(slot, 16'384);
    ++taken[slot];
  }
  EXPECT_GT(taken.size(), 16'000U);
  for (const auto& [slot, names] : taken) EXPECT_LT(names, 30) << slot;
}

/// A node of a release that knows only the advisory lock.
const Query kAdvisory{"test.advisory", "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"};
const Query kWaiting{"test.waiting", R"(
  SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"};
const Query kMake{"row.make", "CREATE TABLE row (id BIGINT PRIMARY KEY, count BIGINT NOT NULL DEFAULT 0)"};
const Query kAdd{"row.add", "INSERT INTO row (id) VALUES ($1)"};
const Query kCount{"row.count", "SELECT COUNT(*) FROM row"};

class LockTest : public testing::Test {
 protected:
  static std::unique_ptr<Database> open(const TestDatabase& at) {
    auto opened = at.open();
    EXPECT_TRUE(migrate(*opened, {}));
    opened->write_now([](Tx& tx) { return tx.run(kMake); });
    return opened;
  }
  static int count(Database& of) {
    return of.read_now([](Tx& tx) { return tx.get<int>(kCount); });
  }
  /// Whether `second` waits for `first` to end.
  static void expect_one_after_the_other(Database& database, const std::function<void(Tx&)>& first,
                                         const std::function<void(Tx&)>& second) {
    std::thread other;
    database.write_now([&](Tx& tx) {
      first(tx);
      other = std::thread([&] {
        database.write_now([&](Tx& waiting) {
          second(waiting);
          EXPECT_EQ(waiting.get<int>(kCount), 1);  // what the first one did is seen
          return waiting.run(kAdd, 2);
        });
      });
      EXPECT_TRUE(soon([&] { return database.read_now([](Tx& look) { return look.get<int>(kWaiting); }) > 0; }));
      return tx.run(kAdd, 1);
    });
    other.join();
    EXPECT_EQ(count(database), 2);
  }
};

TEST_F(LockTest, HoldsForProgramsThatKnowTheAdvisoryLockAlone) {
  const auto where = TestDatabase::make(Engine::postgres);
  const auto database = open(where);
  expect_one_after_the_other(*database, [](Tx& tx) { tx.run(kAdvisory, "a name"); }, [](Tx& tx) { tx.lock("a name"); });
}

TEST_F(LockTest, HoldsOnAServerWithoutAdvisoryLocks) {
  const auto where = TestDatabase::make(Engine::postgres);
  {
    // As engines do that have the function in their catalogue and not the locks.
    const auto name = where.uri().substr(where.uri().rfind('/') + 1);
    const auto sql = R"(
      CREATE SCHEMA lacking;
      CREATE FUNCTION lacking.pg_advisory_xact_lock(bigint) RETURNS void LANGUAGE plpgsql AS
        $$ BEGIN RAISE feature_not_supported; END $$;
      ALTER DATABASE )" +
                     name + " SET search_path = lacking, pg_catalog, public";
    where.open()->write_now([&](Tx& tx) { return tx.script({"test.lacking", sql.c_str()}), 0; });
  }
  const auto database = open(where);
  EXPECT_THROW(database->write_now([](Tx& tx) { return tx.run(kAdvisory, "a name"); }), Accident);
  expect_one_after_the_other(*database, [](Tx& tx) { tx.lock("a name"); }, [](Tx& tx) { tx.lock("a name"); });
  EXPECT_EQ(migrate(*database, migrations()).value(), static_cast<int>(migrations().size()));
}

TEST_F(LockTest, OfManyNamesInAnyOrderBlocksNobodyForEver) {
  const auto where = TestDatabase::make(Engine::postgres);
  const auto database = open(where);
  std::vector<std::string> names;
  for (int i = 0; i < 64; ++i) names.push_back("share " + std::to_string(i));
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 10; ++round) {
        auto own = names;
        std::ranges::rotate(own, own.begin() + t * 13 + round);
        database->write_now([&](Tx& tx) {
          lock_all(tx, own);
          return tx.run(kAdd, tx.get<int>(kCount));  // an id taken twice would break the constraint
        });
      }
    });
  }
  threads.clear();
  EXPECT_EQ(count(*database), 40);
  EXPECT_EQ(database->counters().retries, 0U);
}

TEST_F(LockTest, IsRefusedWhereItsRowIsMissing) {
  const auto where = TestDatabase::make(Engine::postgres);
  const auto database = open(where);
  static const Query kEmpty{"test.empty", "DELETE FROM lock_slot"};
  const auto lock = [](Tx& tx) { return tx.lock("a name"), 0; };
  database->write_now([](Tx& tx) { return tx.run(kEmpty); });
  EXPECT_THROW(database->write_now(lock), Accident);
  ASSERT_TRUE(migrate(*database, {}));
  EXPECT_EQ(database->write_now(lock), 0);
}

}  // namespace
}  // namespace wharf::db
