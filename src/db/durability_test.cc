#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>
#include <thread>

#include "db/testing.h"

namespace wharf::db {
namespace {

const Query kMake{"kept.make", "CREATE TABLE kept (number BIGINT PRIMARY KEY)"};
const Query kAdd{"kept.add", "INSERT INTO kept (number) VALUES ($1)"};
const Query kNumbers{"kept.numbers", "SELECT number FROM kept"};

class DurabilityTest : public testing::TestWithParam<Engine> {};

INSTANTIATE_TEST_SUITE_P(, DurabilityTest, testing::Values(Engine::sqlite, Engine::postgres),
                         [](const auto& info) { return engine_name(info.param); });

/// Writes numbers from four threads, and tells each on `report` once the database says that it is kept.
[[noreturn]] void write_until_killed(const TestDatabase& where, int report, int first) {
  const auto database = where.open();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int number = first + t;; number += 4) {
        database->write_now([=](Tx& tx) { return tx.run(kAdd, number); });
        if (write(report, &number, sizeof number) != sizeof number) _exit(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  _exit(0);
}

/// Lets a child write, kills it once it has reported `enough` numbers; answers all that it reported.
std::set<int> reported_by_killed_child(const TestDatabase& where, int first, std::size_t enough) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    write_until_killed(where, ends[1], first);
  }
  close(ends[1]);
  std::set<int> reported;
  int number = 0;
  while (read(ends[0], &number, sizeof number) == sizeof number) {
    reported.insert(number);
    if (reported.size() == enough) kill(child, SIGKILL);
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  return reported;
}

TEST_P(DurabilityTest, WhatWasAcknowledgedOutlivesKill) {
  const TestDatabase where = TestDatabase::make(GetParam());
  where.open()->write_now([](Tx& tx) { return tx.run(kMake); });
  std::set<int> acknowledged;
  for (int round = 0; round < 5; ++round) {
    acknowledged.merge(reported_by_killed_child(where, round * 1'000'000, 50 + 37U * static_cast<unsigned>(round)));
    const auto rows = where.open()->read_now([](Tx& tx) { return tx.all<int>(kNumbers); });
    const std::set<int> kept(rows.begin(), rows.end());
    EXPECT_TRUE(std::includes(kept.begin(), kept.end(), acknowledged.begin(), acknowledged.end())) << round;
  }
  EXPECT_GT(acknowledged.size(), 600U);
}

}  // namespace
}  // namespace wharf::db
