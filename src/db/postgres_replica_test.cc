#include "db/postgres_replica.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/testing.h"
#include "db/testing.h"

namespace wharf::db {
namespace {

using std::chrono::milliseconds;

const Query kMake{"row.make", "CREATE TABLE row (id BIGINT PRIMARY KEY)"};
const Query kAdd{"row.add", "INSERT INTO row (id) VALUES ($1)"};
const Query kCount{"row.count", "SELECT COUNT(*) FROM row"};
const Query kOnStandby{"test.on_standby", "SELECT pg_is_in_recovery()"};

/// A primary with one standby; both live as long as the test program, and each test leaves them as they were.
struct Pair {
  TestCluster primary;
  std::unique_ptr<TestCluster> standby = TestCluster::standby_of(primary);
};

/// What `job` answers when it is read by read_lagging.
template <class Job>
auto read_lagging(Database& database, Job job) {
  return run_awaitable(database.read_lagging(std::move(job)));
}

bool reads_standby(Database& database) {
  return read_lagging(database, [](Tx& tx) { return tx.get<bool>(kOnStandby); });
}

int count_lagging(Database& database) {
  return read_lagging(database, [](Tx& tx) { return tx.get<int>(kCount); });
}

void add(Database& database, int id) {
  database.write_now([id](Tx& tx) { return tx.run(kAdd, id); });
}

class PostgresReplicaTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { pair_ = std::make_unique<Pair>(); }
  static void TearDownTestSuite() { pair_.reset(); }
  TestCluster& primary() { return pair_->primary; }
  TestCluster& standby() { return *pair_->standby; }

  std::unique_ptr<Database> open(std::vector<std::string> replicas, milliseconds most_lag = milliseconds(2'000)) {
    auto opened = Database::open({.uri = primary().uri("postgres"),
                                  .readers = 1,
                                  .replica_uris = std::move(replicas),
                                  .replica_max_lag = most_lag});
    if (!opened) throw Accident(opened.error());
    return std::move(*opened);
  }
  /// With the standby, once that is read, and an empty table.
  std::unique_ptr<Database> open_with_standby(milliseconds most_lag = milliseconds(2'000)) {
    auto database = open({standby().uri("postgres")}, most_lag);
    primary().sql("DROP TABLE IF EXISTS row");
    database->write_now([](Tx& tx) { return tx.run(kMake); });
    EXPECT_TRUE(soon([&] { return reads_standby(*database); }));
    EXPECT_TRUE(soon([&] { return standby().sql("SELECT to_regclass('row') IS NULL") == "f"; }));
    return database;
  }

  static std::unique_ptr<Pair> pair_;
};
std::unique_ptr<Pair> PostgresReplicaTest::pair_;

TEST_F(PostgresReplicaTest, OnlyReadsThatMayLagGoToTheStandby) {
  const auto database = open_with_standby();
  EXPECT_EQ(database->most_lag(), milliseconds(2'000));
  EXPECT_FALSE(database->read_now([](Tx& tx) { return tx.get<bool>(kOnStandby); }));
  const auto before = replica_statuses(*database);
  EXPECT_TRUE(soon([&] { return reads_standby(*database); }));
  const auto after = replica_statuses(*database);
  ASSERT_EQ(after.replicas.size(), 1U);
  EXPECT_GT(after.replicas[0].reads, before.replicas[0].reads);
  EXPECT_GE(after.replicas[0].lag_seconds, 0);
  EXPECT_THAT(after.replicas[0].name, testing::MatchesRegex("127\\.0\\.0\\.1:[0-9]+/postgres"));
  add(*database, 1);
  EXPECT_TRUE(soon([&] { return count_lagging(*database) == 1; }));
}

TEST_F(PostgresReplicaTest, AStandbyThatIsTooFarBehindIsSteppedOverUntilItHasCaughtUp) {
  const auto database = open_with_standby(milliseconds(500));
  standby().sql("SELECT pg_wal_replay_pause()");
  ASSERT_TRUE(soon([&] { return standby().sql("SELECT pg_get_wal_replay_pause_state()") == "paused"; }));
  add(*database, 1);
  EXPECT_TRUE(soon([&] { return count_lagging(*database) == 1; }));
  EXPECT_EQ(standby().sql("SELECT count(*) FROM row"), "0");
  for (int id = 2; id < 20; ++id) {
    add(*database, id);
    EXPECT_EQ(count_lagging(*database), id) << "what is behind does not get any nearer";
  }
  EXPECT_GT(replica_statuses(*database).replicas[0].lag_bytes, 0U);
  EXPECT_FALSE(replica_statuses(*database).replicas[0].used);
  standby().sql("SELECT pg_wal_replay_resume()");
  EXPECT_TRUE(soon([&] { return reads_standby(*database); }));
  EXPECT_EQ(count_lagging(*database), 19);
}

TEST_F(PostgresReplicaTest, AnIdlePrimarysStandbyIsNotBehindHoweverOldItsLastTransaction) {
  const auto database = open_with_standby(milliseconds(1'000));
  const auto age = "SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp()) > 2";
  ASSERT_TRUE(soon([&] { return standby().sql(age) == "t"; }));
  EXPECT_TRUE(soon([&] { return standby().sql(age) == "t" && reads_standby(*database); }));
}

TEST_F(PostgresReplicaTest, WhatTheStandbyCancelsOrRefusesRunsOnThePrimary) {
  for (const char* state : {"40001", "57014", "53300", "53100", "42501", "42P01", "XX000"}) {
    const auto database = open_with_standby();
    const std::string sql = "DO $$ BEGIN IF pg_is_in_recovery() THEN RAISE EXCEPTION USING ERRCODE = '" +
                            std::string(state) + "'; END IF; END $$";
    int runs = 0;
    const auto read = [&](Tx& tx) {
      ++runs;
      tx.script({"test.raise", sql.c_str()});
      return tx.get<bool>(kOnStandby);
    };
    EXPECT_FALSE(read_lagging(*database, read)) << state;
    EXPECT_EQ(runs, 2) << state;
    EXPECT_FALSE(reads_standby(*database)) << "it gets a rest after " << state;
    EXPECT_TRUE(soon([&] { return reads_standby(*database); })) << state;
  }
}

TEST_F(PostgresReplicaTest, AReadThatStandsInTheWayOfReplayRunsOnThePrimary) {
  standby().sql("ALTER SYSTEM SET max_standby_streaming_delay = '50ms'");
  standby().sql("SELECT pg_reload_conf()");
  const auto database = open_with_standby(milliseconds(60'000));
  add(*database, 1);
  ASSERT_TRUE(soon([&] { return reads_standby(*database) && count_lagging(*database) == 1; }));
  int runs = 0;
  const int left = read_lagging(*database, [&](Tx& tx) {
    ++runs;
    int count = tx.get<int>(kCount);
    if (!tx.get<bool>(kOnStandby)) return count;
    primary().sql("TRUNCATE row");  // wants the table for itself over there, too
    for (;;) {
      count = tx.get<int>(kCount);
      std::this_thread::sleep_for(milliseconds(5));
    }
    return count;
  });
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(left, 0);
  standby().sql("ALTER SYSTEM RESET max_standby_streaming_delay");
  standby().sql("SELECT pg_reload_conf()");
}

TEST_F(PostgresReplicaTest, WhatIsWrongWithTheRequestIsNotAskedTwice) {
  const auto database = open_with_standby();
  static const Query kText{"test.text", "SELECT CAST($1 AS TEXT)"};
  int runs = 0;
  const auto read = [&](Tx& tx) {
    ++runs;
    return tx.get<std::string>(kText, std::string("\xff"));
  };
  try {
    read_lagging(*database, read);
    ADD_FAILURE() << "must be refused";
  } catch (const Accident& accident) {
    EXPECT_EQ(accident.error().code, Errc::invalid_request);
  }
  EXPECT_EQ(runs, 1);
  EXPECT_TRUE(replica_statuses(*database).replicas[0].used);
}

TEST_F(PostgresReplicaTest, AStandbyThatIsGoneIsSteppedOverAndFoundAgain) {
  const auto database = open_with_standby();
  add(*database, 1);
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(soon([&] { return reads_standby(*database) && count_lagging(*database) == 1; }));
    standby().kill();
    for (int i = 0; i < 50; ++i) EXPECT_EQ(count_lagging(*database), 1);
    EXPECT_FALSE(reads_standby(*database));
    standby().start();
  }
  EXPECT_TRUE(soon([&] { return reads_standby(*database); }));
}

TEST_F(PostgresReplicaTest, OfTwoStandbysTheOneThatIsThereIsRead) {
  const auto other = TestCluster::standby_of(primary());
  const auto database = open({standby().uri("postgres"), other->uri("postgres")});
  const auto both = [&] {
    reads_standby(*database);
    const auto replicas = replica_statuses(*database).replicas;
    return replicas[0].reads > 0 && replicas[1].reads > 0;
  };
  EXPECT_TRUE(soon(both)) << "they share the work";
  other->kill();
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(reads_standby(*database));
  other->start();
}

TEST_F(PostgresReplicaTest, WhatIsNoStandbyOfTheDatabaseIsNeverRead) {
  const TestCluster stranger;
  const auto strangers_standby = TestCluster::standby_of(stranger);
  primary().sql("DROP DATABASE IF EXISTS other");
  primary().sql("CREATE DATABASE other");
  const auto good = open_with_standby();
  ASSERT_TRUE(soon([&] { return standby().sql("SELECT count(*) FROM pg_database WHERE datname = 'other'") == "1"; }));
  const auto database = open({primary().uri("postgres"), strangers_standby->uri("postgres"), standby().uri("other"),
                              "postgresql://postgres@127.0.0.1:1/postgres"});
  // A fifth that is right is as quick to be looked at as they are.
  const auto right = open({standby().uri("postgres")});
  EXPECT_TRUE(soon([&] { return reads_standby(*right); }));
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(reads_standby(*database));
    std::this_thread::sleep_for(milliseconds(5));
  }
  for (const auto& replica : replica_statuses(*database).replicas) EXPECT_EQ(replica.reads, 0U) << replica.name;
  EXPECT_GE(replica_statuses(*database).reads_on_primary, 100U);
}

TEST_F(PostgresReplicaTest, AWrongUriIsRefusedWithoutItsPassword) {
  for (const char* bad :
       {"sqlite:////tmp/wharf.db", "postgresql://u:s3cret@h:1/d?nonsense=1", "mysql://u:s3cret@h/d"}) {
    const auto opened = Database::open({.uri = primary().uri("postgres"), .replica_uris = {bad}});
    ASSERT_FALSE(opened.has_value()) << bad;
    EXPECT_EQ(opened.error().code, Errc::invalid_request);
    EXPECT_THAT(opened.error().message + opened.error().detail, testing::Not(testing::HasSubstr("s3cret")));
  }
  const auto replica = "postgresql://postgres@127.0.0.1:1/postgres";
  const auto sqlite = Database::open({.uri = "sqlite:////tmp/none/wharf.db", .replica_uris = {replica}});
  ASSERT_FALSE(sqlite.has_value());
  EXPECT_THAT(sqlite.error().message, testing::HasSubstr("PostgreSQL"));
}

TEST(PostgresReplica, AStandbyIsNotReadFromTheMomentItIsPromoted) {
  const TestCluster primary;
  const auto standby = TestCluster::standby_of(primary);
  const auto database = Database::open({.uri = primary.uri("postgres"),
                                        .readers = 1,
                                        .replica_uris = {standby->uri("postgres")},
                                        .replica_max_lag = milliseconds(60'000)})
                            .value();
  database->write_now([](Tx& tx) { return tx.run(kMake); });
  ASSERT_TRUE(soon([&] { return reads_standby(*database) && count_lagging(*database) == 0; }));
  ASSERT_EQ(standby->sql("SELECT pg_promote(true, 60)"), "t");
  standby->sql("INSERT INTO row (id) VALUES (1)");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(count_lagging(*database), 0);
  EXPECT_FALSE(replica_statuses(*database).replicas[0].used);
}

TEST(PostgresReplica, AStandbyWithWhatThePrimaryHasNotIsNotRead) {
  // The primary dies with its last words heard by one standby alone; another one takes its place.
  TestCluster primary;
  const auto heir = TestCluster::standby_of(primary);
  const auto other = TestCluster::standby_of(primary);
  primary.sql("CREATE TABLE row (id BIGINT PRIMARY KEY)");
  const auto same = "SELECT pg_last_wal_replay_lsn()";
  ASSERT_TRUE(soon([&] { return heir->sql(same) == primary.sql("SELECT pg_current_wal_lsn()"); }));
  heir->kill();
  primary.sql("INSERT INTO row SELECT generate_series(1, 100000)");
  const auto end = primary.sql("SELECT pg_current_wal_flush_lsn()");
  ASSERT_TRUE(soon([&] { return other->sql("SELECT pg_last_wal_replay_lsn() >= '" + end + "'") == "t"; }));
  primary.kill();
  heir->start();
  heir->sql("SELECT pg_promote(true, 60)");
  const auto database = Database::open({.uri = heir->uri("postgres"),
                                        .readers = 1,
                                        .replica_uris = {other->uri("postgres")},
                                        .replica_max_lag = milliseconds(60'000)})
                            .value();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(count_lagging(*database), 0);
    std::this_thread::sleep_for(milliseconds(5));
  }
  // Once the new primary's log is longer, it is no better.
  heir->sql("CREATE TABLE filler AS SELECT generate_series(1, 300000)");
  for (int i = 0; i < 400; ++i) {
    EXPECT_EQ(count_lagging(*database), 0);
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_EQ(replica_statuses(*database).replicas[0].reads, 0U);
  primary.start();  // for its end
}

}  // namespace
}  // namespace wharf::db
