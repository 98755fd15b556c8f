#include "db/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <latch>
#include <thread>

#include "base/testing.h"
#include "base/testing_clock.h"
#include "db/clock_lead.h"
#include "db/testing.h"

namespace wharf::db {
namespace {

const Query kMake{"row.make", "CREATE TABLE row (id BIGINT PRIMARY KEY, count BIGINT NOT NULL DEFAULT 0)"};
const Query kAdd{"row.add", "INSERT INTO row (id) VALUES ($1)"};
const Query kRaise{"row.raise", "UPDATE row SET count = count + 1 WHERE id = $1"};
const Query kSum{"row.sum", "SELECT SUM(count) FROM row"};
const Query kCount{"row.count", "SELECT COUNT(*) FROM row"};
const Query kIds{"row.ids", "SELECT id FROM row ORDER BY id"};
const Query kPid{"test.pid", "SELECT pg_backend_pid()"};
const Query kTerminate{"test.terminate", "SELECT pg_terminate_backend($1::int)"};

class PostgresTest : public testing::Test {
 protected:
  PostgresTest() {
    database->write_now([](Tx& tx) { return tx.run(kMake); });
  }

  Errc accident_of(const std::function<void(Database&)>& use) {
    try {
      use(*database);
    } catch (const Accident& accident) {
      detail = accident.error().detail;
      return accident.error().code;
    }
    return Errc::not_found;
  }
  static void add(Database& to, int id) {
    to.write_now([id](Tx& tx) { return tx.run(kAdd, id); });
  }
  static int count(Database& of) {
    return of.read_now([](Tx& tx) { return tx.get<int>(kCount); });
  }

  TestDatabase where = TestDatabase::make(Engine::postgres);
  std::unique_ptr<Database> database = where.open();
  std::string detail;
};

TEST_F(PostgresTest, EachSqlStateMeansWhatACallerCanAnswer) {
  const struct {
    const char* state;
    Errc meaning;
  } rows[] = {{"53100", Errc::insufficient_storage},
              {"53300", Errc::unavailable},
              {"57014", Errc::unavailable},
              {"55P03", Errc::unavailable},
              {"23503", Errc::already_exists},
              {"23P01", Errc::already_exists},
              {"22021", Errc::invalid_request},
              {"40001", Errc::unavailable},
              {"40P01", Errc::unavailable},
              {"08006", Errc::unavailable},
              {"57P01", Errc::unavailable},
              {"25006", Errc::unavailable},
              {"26000", Errc::internal},
              {"XX000", Errc::internal}};
  for (const auto& row : rows) {
    const std::string sql = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '" + std::string(row.state) + "'; END $$";
    const auto raise = [&](Database& db) {
      db.write_now([&](Tx& tx) { return tx.script({"test.raise", sql.c_str()}), 0; });
    };
    EXPECT_EQ(accident_of(raise), row.meaning) << row.state;
    EXPECT_THAT(detail, testing::HasSubstr("test.raise"));
  }
  EXPECT_EQ(count(*database), 0);
}

TEST_F(PostgresTest, ADataExceptionDoesNotQuoteTheValue) {
  static const Query kCast{"test.cast", "SELECT CAST($1 AS BIGINT)"};
  EXPECT_EQ(accident_of([](Database& db) { db.read_now([](Tx& tx) { return tx.get<int>(kCast, "s3cret"); }); }),
            Errc::internal);
  EXPECT_THAT(detail, testing::HasSubstr("22P02"));
  EXPECT_THAT(detail, testing::Not(testing::HasSubstr("s3cret")));
}

TEST_F(PostgresTest, ADeadlockIsRunAgain) {
  add(*database, 1);
  add(*database, 2);
  std::latch both{2};
  const auto raise = [&](int first, int second) {
    bool met = false;
    database->write_now([&](Tx& tx) {
      tx.run(kRaise, first);
      if (!std::exchange(met, true)) both.arrive_and_wait();  // each now holds what the other wants
      return tx.run(kRaise, second);
    });
  };
  std::thread other([&] { raise(2, 1); });
  raise(1, 2);
  other.join();
  EXPECT_EQ(database->read_now([](Tx& tx) { return tx.get<int>(kSum); }), 4);
  EXPECT_GE(database->counters().retries, 1U);
}

TEST_F(PostgresTest, AConnectionLostBeforeCommitIsReplacedAndTheWorkRunAgain) {
  const auto other = where.open({.readers = 1});
  int runs = 0;
  database->write_now([&](Tx& tx) {
    tx.run(kAdd, 7);
    if (++runs == 1) {
      const int pid = tx.get<int>(kPid);
      other->write_now([=](Tx& killer) { return killer.get<bool>(kTerminate, pid); });
    }
    return tx.run(kRaise, 7);
  });
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(count(*database), 1);
}

TEST_F(PostgresTest, AConnectionLostWhileIdleIsNotNoticedByCallers) {
  const auto other = where.open({.readers = 1});
  for (int i = 0; i < 5; ++i) {
    const int pid = database->read_now([](Tx& tx) { return tx.get<int>(kPid); });
    other->write_now([=](Tx& killer) { return killer.get<bool>(kTerminate, pid); });
    add(*database, i);
  }
  EXPECT_EQ(count(*database), 5);
}

TEST_F(PostgresTest, WithoutPreparedStatementsAllIsTheSame) {
  const auto plain = Database::open({.uri = where.uri() + "?wharf_prepare=off"}).value();
  static const Query kPrepared{"test.prepared", "SELECT COUNT(*) FROM pg_prepared_statements"};
  add(*plain, 1);
  EXPECT_EQ(count(*plain), 1);
  EXPECT_EQ(plain->read_now([](Tx& tx) { return tx.get<int>(kPrepared); }), 0);
  EXPECT_GT(database->read_now([](Tx& tx) { return tx.get<int>(kPrepared); }), 0);
}

TEST_F(PostgresTest, ManyMoreCallersThanConnectionsAllGetTheirTurn) {
  const auto small = where.open({.readers = 1});
  std::vector<std::jthread> callers;
  for (int i = 0; i < 40; ++i) {
    callers.emplace_back([&, i] { add(*small, i); });
  }
  callers.clear();
  EXPECT_EQ(count(*small), 40);
}

TEST_F(PostgresTest, AChangedSchemaDoesNotBreakOpenConnections) {
  static const Query kEverything{"row.everything", "SELECT * FROM row"};
  static const Query kWiden{"row.widen", "ALTER TABLE row ADD COLUMN note TEXT"};
  const auto columns = [this] {
    return database->read_now([](Tx& tx) {
      int columns = 0;
      tx.visit(kEverything, {}, [&](RowReader& row) { return columns = row.size(), false; });
      return columns;
    });
  };
  add(*database, 1);
  EXPECT_EQ(columns(), 2);
  where.open()->write_now([](Tx& tx) { return tx.run(kWiden); });
  EXPECT_EQ(columns(), 3);
}

TEST_F(PostgresTest, TimesOutOnAServerThatDoesNotAnswer) {
  const auto plain =
      Database::open({.uri = where.uri() + "?wharf_prepare=off", .statement_timeout = std::chrono::milliseconds(100)})
          .value();
  static const Query kSleep{"test.sleep", "SELECT 1 FROM pg_sleep(60)"};
  EXPECT_THROW(plain->read_now([](Tx& tx) { return tx.get<int>(kSleep); }), Accident);
  EXPECT_EQ(plain->read_now([](Tx& tx) { return tx.get<int>(kPid) > 0; }), true);
}

const Query kAlive{"test.alive", "SELECT COUNT(*) FROM pg_stat_activity WHERE pid = $1"};
const Query kNamed{"test.named",
                   "SELECT COUNT(*) FROM pg_stat_activity WHERE query LIKE '%nobody_waits%' AND pid <> $1"};

TEST_F(PostgresTest, ATransactionThatHangsDoesNotKeepItsLocksBehindAPoolerEither) {
  for (const char* option : {"", "?wharf_prepare=off"}) {
    const auto node =
        Database::open({.uri = where.uri() + option, .statement_timeout = std::chrono::milliseconds(300)}).value();
    int runs = 0;
    node->write_now([&](Tx& tx) {
      const int pid = tx.get<int>(kPid);
      tx.run(kAdd, 1);
      if (++runs == 1) {
        EXPECT_TRUE(
            soon([&] { return database->read_now([=](Tx& other) { return other.get<int>(kAlive, pid); }) == 0; }));
      }
      return tx.run(kRaise, 1);
    });
    EXPECT_EQ(runs, 2) << option;
    database->write_now([](Tx& tx) { return tx.run({"row.clear", "DELETE FROM row"}); });
  }
}

TEST_F(PostgresTest, WhatIsSetForATransactionBehindAPoolerIsGoneAfterIt) {
  static const Query kTimeouts{"test.timeouts", R"(
    SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout'),
                     current_setting('client_connection_check_interval')))"};
  const auto plain = Database::open({.uri = where.uri() + "?wharf_prepare=off", .readers = 1}).value();
  EXPECT_EQ(plain->read_now([](Tx& tx) { return tx.get<std::string>(kTimeouts); }), "30s 30s 2s");
  const PostgresSettings settings{parse_uri(where.uri() + "?wharf_prepare=off").value(), std::chrono::seconds(30),
                                  std::chrono::seconds(5)};
  PostgresConnection connection(settings);
  Tally tally;
  const auto timeouts = [&](const char* begin) {
    PostgresTx tx(connection, begin, false, tally);
    const auto now = tx.get<std::string>(kTimeouts);
    tx.finish(true);
    connection.settle();
    return now;
  };
  EXPECT_EQ(timeouts(kBeginRead), "30s 30s 2s");
  EXPECT_EQ(timeouts(nullptr), "0 0 0");
}

TEST_F(PostgresTest, AStatementWhoseClientHasGoneEndsOnTheServer) {
  static const Query kSleep{"test.sleep", "SELECT 1 FROM pg_sleep(600) nobody_waits"};
  for (const char* option : {"", "?wharf_prepare=off"}) {
    PostgresSettings settings{parse_uri(where.uri() + option).value(), std::chrono::seconds(30),
                              std::chrono::seconds(5)};
    settings.still_there = [](const PostgresConnection&) { return false; };
    Tally tally;
    {
      PostgresConnection connection(settings);
      PostgresTx tx(connection, kBeginRead, false, tally);
      tx.unhurried();
      EXPECT_THROW(tx.get<int>(kSleep), Transient);
    }
    EXPECT_TRUE(soon([&] {
      return database->read_now([](Tx& tx) { return tx.get<int>(kNamed, tx.get<int>(kPid)); }) == 0;
    })) << option;
  }
}

TEST_F(PostgresTest, TellsByHowMuchItsClockIsAhead) {
  const ClockKeeper keeper;
  EXPECT_LT(std::chrono::abs(clock_lead(*database)), std::chrono::seconds(60));
  advance_clock(std::chrono::hours(1));
  EXPECT_LT(clock_lead(*database), -std::chrono::minutes(59));
}

/// Runs reads and look-ups as a server does: from an event loop.
struct Loop {
  template <class Job>
  auto start(Database& database, bool lookup, Job job) {
    auto read = [](Database& db, bool quick, Job what) -> awaitable<int> {
      if (quick) co_return co_await db.lookup(std::move(what));
      co_return co_await db.read(std::move(what));
    };
    return boost::asio::co_spawn(*loop, read(database, lookup, std::move(job)), boost::asio::use_future);
  }
  LentLoop loop;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work = boost::asio::make_work_guard(*loop);
  std::jthread thread{[this] { (*loop).run(); }};
  ~Loop() { work.reset(); }
};

TEST_F(PostgresTest, SlowReadsLeaveAConnectionToLookUps) {
  Loop loop;
  const auto small = where.open({.readers = 1});
  std::latch done{1};
  const auto slow = [&](Tx& tx) {
    const int count = tx.get<int>(kCount);
    done.wait();
    return count;
  };
  std::vector<std::future<int>> reads;
  for (int i = 0; i < 12; ++i) reads.push_back(loop.start(*small, false, slow));
  EXPECT_EQ(loop.start(*small, true, [](Tx& tx) { return tx.get<int>(kCount); }).get(), 0);
  done.count_down();
  for (auto& read : reads) EXPECT_EQ(read.get(), 0);
}

TEST_F(PostgresTest, WhatHasWaitedForLongIsRefusedAndNotRun) {
  Loop loop;
  const auto small = where.open({.readers = 1, .queue_patience = std::chrono::milliseconds(50)});
  std::latch begun{3};
  std::latch done{1};
  std::atomic<int> late = 0;
  const auto slow = [&](Tx& tx) {
    const int count = tx.get<int>(kCount);
    begun.count_down();
    done.wait();
    return count;
  };
  std::vector<std::future<int>> first;
  for (int i = 0; i < 3; ++i) first.push_back(loop.start(*small, false, slow));
  begun.wait();
  std::vector<std::future<int>> queued;
  for (int i = 0; i < 5; ++i) queued.push_back(loop.start(*small, false, [&](Tx&) { return ++late; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  done.count_down();
  for (auto& read : first) EXPECT_EQ(read.get(), 0);
  for (auto& read : queued) {
    try {
      read.get();
      ADD_FAILURE() << "it was run";
    } catch (const Accident& accident) {
      EXPECT_EQ(accident.error().code, Errc::unavailable);
    }
  }
  EXPECT_EQ(late, 0);
  EXPECT_EQ(loop.start(*small, false, [](Tx& tx) { return tx.get<int>(kCount); }).get(), 0);
}

TEST_F(PostgresTest, UnhurriedStatementsMayTakeLonger) {
  const auto hasty = where.open({.statement_timeout = std::chrono::milliseconds(50)});
  static const Query kSleep{"test.sleep", "SELECT 1 FROM pg_sleep(0.3)"};
  EXPECT_THROW(hasty->write_now([](Tx& tx) { return tx.get<int>(kSleep); }), Accident);
  const auto patient = [](Tx& tx) {
    tx.unhurried();
    return tx.get<int>(kSleep);
  };
  EXPECT_EQ(hasty->write_now(patient), 1);
  EXPECT_THROW(hasty->write_now([](Tx& tx) { return tx.get<int>(kSleep); }), Accident);
}

/// Sets a flag when it goes, so that threads end even if the test is left by an exception.
struct SetAtEnd {
  std::atomic<bool>& flag;
  ~SetAtEnd() { flag = true; }
};

TEST(PostgresServer, KilledAndStartedAgainIsFoundAgain) {
  TestCluster cluster;
  const auto database = Database::open({.uri = cluster.uri("postgres")}).value();
  database->write_now([](Tx& tx) { return tx.run(kMake); });
  std::atomic<bool> stop = false;
  std::atomic<int> next = 0;
  std::atomic<int> wrong = 0;
  std::atomic<int> refused = 0;
  std::atomic<int> last_kept = 0;
  std::mutex mutex;
  std::vector<int> acknowledged;
  std::vector<std::jthread> writers;
  for (int t = 0; t < 4; ++t) {
    writers.emplace_back([&] {
      while (!stop) {
        const int id = ++next;
        try {
          database->write_now([=](Tx& tx) { return tx.run(kAdd, id); });
          last_kept = id;
          const std::lock_guard lock(mutex);
          acknowledged.push_back(id);
        } catch (const Accident& accident) {
          accident.error().code == Errc::unavailable ? ++refused : ++wrong;
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
      }
    });
  }
  {
    const SetAtEnd end{stop};
    const auto until = [&](auto happened) {
      while (!happened()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    until([&] { return last_kept > 100; });
    cluster.kill();
    until([&] { return refused > 100; });
    cluster.start();
    const int at_start = next;
    until([&] { return last_kept > at_start; });
  }
  writers.clear();
  EXPECT_EQ(wrong, 0);
  const auto kept = database->read_now([](Tx& tx) { return tx.all<int>(kIds); });
  std::ranges::sort(acknowledged);
  EXPECT_TRUE(std::ranges::includes(kept, acknowledged));
}

TEST(PostgresServer, ThatGivesFewConnectionsServesAllByThose) {
  TestCluster cluster;
  cluster.sql("CREATE ROLE few LOGIN CONNECTION LIMIT 2");
  cluster.sql("CREATE TABLE row (id BIGINT PRIMARY KEY, count BIGINT NOT NULL DEFAULT 0)");
  cluster.sql("GRANT ALL ON row TO few");
  auto uri = cluster.uri("postgres");
  uri.replace(uri.find("postgres@"), 8, "few");
  const auto database = Database::open({.uri = uri}).value();
  std::atomic<int> refused = 0;
  std::vector<std::jthread> callers;
  for (int t = 0; t < 16; ++t) {
    callers.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        try {
          database->write_now([=](Tx& tx) { return tx.run(kAdd, t * 20 + i); });
        } catch (const Accident&) {
          ++refused;
        }
      }
    });
  }
  callers.clear();
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(database->read_now([](Tx& tx) { return tx.get<int>(kCount); }), 320);
}

}  // namespace
}  // namespace wharf::db
