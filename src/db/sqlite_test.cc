#include "db/sqlite.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <filesystem>
#include <latch>

#include "db/testing.h"
#include "db/uri.h"

namespace wharf::db {
namespace {

const Query kMake{"row.make", R"(
  CREATE TABLE row (name TEXT PRIMARY KEY, filling BLOB);
  CREATE TABLE child (row_name TEXT REFERENCES row (name) DEFERRABLE INITIALLY DEFERRED))"};
const Query kAdd{"row.add", "INSERT INTO row (name, filling) VALUES ($1, $2)"};
const Query kAddChild{"child.add", "INSERT INTO child (row_name) VALUES ($1)"};
const Query kNames{"row.names", "SELECT name FROM row ORDER BY name"};
const Query kCount{"row.count", "SELECT COUNT(*) FROM row"};

class SqliteTest : public testing::Test {
 protected:
  SqliteTest() {
    database->write_now([](Tx& tx) { return tx.script(kMake), 0; });
  }

  using Job = std::function<int(Tx&)>;

  /// Hands in `jobs` while the writer is held up, so that they are one group. Answers 'k' for each that was kept, or
  /// the first letter of the Errc that it ended with.
  std::string outcomes_of_group(const std::vector<Job>& jobs) {
    loop.restart();
    std::string outcomes(jobs.size(), '?');
    std::latch held{1};
    std::latch go{1};
    auto blocker = [&]() -> awaitable<void> {
      auto wait = [&](Tx&) {
        held.count_down();
        go.wait();
        return 0;
      };
      co_await database->write(wait);
    };
    auto member = [&](std::size_t i) -> awaitable<void> {
      try {
        co_await database->write(jobs[i]);
        outcomes[i] = 'k';
      } catch (const ConstraintViolation&) {
        outcomes[i] = 'c';
      } catch (const Accident& accident) {
        outcomes[i] = accident.error().code == Errc::insufficient_storage ? 'f' : 'a';
      }
    };
    boost::asio::co_spawn(loop, blocker(), boost::asio::detached);
    loop.poll();
    held.wait();
    for (std::size_t i = 0; i < jobs.size(); ++i) boost::asio::co_spawn(loop, member(i), boost::asio::detached);
    loop.poll();
    go.count_down();
    loop.run();
    return outcomes;
  }

  Job add(const std::string& name, std::size_t filling = 0) {
    return [=](Tx& tx) { return static_cast<int>(tx.run(kAdd, name, Bytes{std::string(filling, 'x')})); };
  }
  std::vector<std::string> names() {
    return database->read_now([](Tx& tx) { return tx.all<std::string>(kNames); });
  }
  std::uint64_t commits() const { return database->counters().commits; }
  std::filesystem::path file() const { return parse_uri(where.uri())->path; }

  boost::asio::io_context loop{1};  // outlives the database, whose threads post to it
  TestDatabase where = TestDatabase::make(Engine::sqlite);
  std::unique_ptr<Database> database = where.open();
};

/// Sets a flag when it goes, so that threads end even if the test is left by an exception.
struct SetAtEnd {
  std::atomic<bool>& flag;
  ~SetAtEnd() { flag = true; }
};

/// No file of this process may grow past `bytes`, until this goes: what a full disk looks like from inside.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit before_{};
};

TEST_F(SqliteTest, WritesThatWaitTogetherShareOneCommit) {
  const auto before = commits();
  std::vector<Job> jobs;
  for (int i = 0; i < 20; ++i) jobs.push_back(add(std::to_string(i)));
  EXPECT_EQ(outcomes_of_group(jobs), std::string(20, 'k'));
  // One more at most for the job that held up the writer, and one more where the group's time was over.
  EXPECT_LT(commits() - before, 20U);
  EXPECT_EQ(names().size(), 20U);
}

TEST_F(SqliteTest, AFailingMemberIsUndoneAloneAndItsNeighboursAreKept) {
  const auto twice = [this](Tx& tx) { return add("half")(tx) + add("a")(tx); };
  EXPECT_EQ(outcomes_of_group({add("a"), twice, add("b"), add("a"), add("c")}), "kckck");
  EXPECT_EQ(names(), (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(SqliteTest, AConstraintThatOnlyCommitChecksFailsItsOwnMember) {
  const auto orphan = [](Tx& tx) { return static_cast<int>(tx.run(kAddChild, "nobody")); };
  EXPECT_EQ(outcomes_of_group({add("a"), orphan, add("b")}), "kck");
  EXPECT_EQ(names(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(SqliteTest, AFullDiskFailsWhatDoesNotFitAndKeepsTheRest) {
  {
    const FileSizeLimit limit(4 << 20);
    EXPECT_EQ(outcomes_of_group({add("a"), add("huge", 12 << 20), add("b")}), "kfk");
    EXPECT_EQ(outcomes_of_group({add("huge", 12 << 20)}), "f");
    EXPECT_EQ(outcomes_of_group({add("c", 100'000)}), "k");
  }
  EXPECT_EQ(outcomes_of_group({add("d", 12 << 20)}), "k");
  EXPECT_EQ(names(), (std::vector<std::string>{"a", "b", "c", "d"}));
}

TEST_F(SqliteTest, AFileThatMayGrowNoMoreStillAnswersReads) {
  add("a");
  ASSERT_EQ(outcomes_of_group({add("a")}), "k");
  const FileSizeLimit limit(std::filesystem::file_size(file().string() + "-wal"));
  EXPECT_EQ(outcomes_of_group({add("b", 1 << 20), add("c", 1 << 20)}), "ff");
  EXPECT_EQ(names(), std::vector<std::string>{"a"});
}

TEST_F(SqliteTest, TheLogStaysBoundedUnderSteadyReaders) {
  std::atomic<bool> stop = false;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        database->read_now([](Tx& tx) {  // longer than a write: some reader always holds back the copying of the log
          const int count = tx.get<int>(kCount);
          std::this_thread::sleep_for(std::chrono::milliseconds(30));
          return count;
        });
      }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(7));
  }
  std::uintmax_t largest = 0;
  {
    const SetAtEnd end{stop};
    for (int i = 0; i < 120; ++i) {  // 120 MB in all
      database->write_now([i](Tx& tx) { return tx.run(kAdd, std::to_string(i), Bytes{std::string(1 << 20, 'x')}); });
      largest = std::max(largest, std::filesystem::file_size(file().string() + "-wal"));
    }
  }
  readers.clear();
  EXPECT_LT(largest, 64U << 20);
}

TEST_F(SqliteTest, TwoProcessesShareTheFile) {
  const auto other = where.open();
  std::jthread first([&] {
    for (int i = 0; i < 100; ++i) database->write_now(add("first" + std::to_string(i)));
  });
  for (int i = 0; i < 100; ++i) other->write_now(add("second" + std::to_string(i)));
  first.join();
  EXPECT_EQ(names().size(), 200U);
  EXPECT_EQ(other->read_now([](Tx& tx) { return tx.get<int>(kCount); }), 200);
}

TEST_F(SqliteTest, AWriterThatWaitsTooLongForAnotherIsUnavailable) {
  const auto other = where.open({.connect_timeout = std::chrono::milliseconds(50)});
  const auto hold = [&](Tx& tx) {
    add("a")(tx);
    try {
      other->write_now(add("b"));
    } catch (const Accident& accident) {
      return accident.error().code;
    }
    return Errc::internal;
  };
  EXPECT_EQ(database->write_now(hold), Errc::unavailable);
  EXPECT_EQ(other->write_now(add("c")), 1);
}

TEST_F(SqliteTest, OnlyTheOwnerMayReadTheFile) {
  database->write_now(add("a"));
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat info{};
    ASSERT_EQ(stat((file().string() + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777, 0600U) << suffix;
  }
}

TEST_F(SqliteTest, ACloseLeavesOneFile) {
  database->write_now(add("a"));
  database->read_now([](Tx& tx) { return tx.get<int>(kCount); });
  database.reset();
  EXPECT_FALSE(std::filesystem::exists(file().string() + "-wal"));
}

TEST_F(SqliteTest, WhatCannotBeOpenedIsUnavailable) {
  for (const std::string& path : {where.uri() + "/below", std::string("sqlite:////proc/none/wharf.db")}) {
    const auto opened = Database::open({.uri = path});
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, Errc::unavailable);
  }
}

TEST_F(SqliteTest, LookupsFromManyThreadsAgreeWithTheWriter) {
  database->write_now(add("a"));
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 24; ++t) {
    threads.emplace_back([&] {
      boost::asio::io_context own{1};
      auto session = [&]() -> awaitable<void> {
        auto count = [](Tx& tx) { return tx.get<int>(kCount); };
        for (int i = 0; i < 50; ++i) {
          if (co_await database->lookup(count) < 1) ++wrong;
        }
      };
      boost::asio::co_spawn(own, session(), boost::asio::detached);
      own.run();
    });
  }
  for (int i = 0; i < 20; ++i) database->write_now(add("more" + std::to_string(i)));
  threads.clear();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(names().size(), 21U);
}

}  // namespace
}  // namespace wharf::db
