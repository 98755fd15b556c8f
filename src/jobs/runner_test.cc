#include "jobs/runner.h"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <stdexcept>

namespace wharf::jobs {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr auto kPatience = std::chrono::seconds(60);

/// The value of one series; -1 when it is not there.
int count(const metrics::Registry& metrics, const std::string& series) {
  const auto text = metrics.text();
  const auto at = text.find('\n' + series + ' ');
  return at == std::string::npos ? -1 : std::stoi(text.substr(at + series.size() + 2));
}

int rounds(const metrics::Registry& metrics, const std::string& job) {
  return count(metrics, "quay_worker_operation_duration_seconds_count{operation=\"round\",worker=\"" + job + "\"}");
}

TEST(Runner, RunsEachJobInRoundsWhateverTheOthersDo) {
  metrics::Registry metrics;
  std::counting_semaphore<1000> good(0), bad(0);
  auto works = [&]() -> awaitable<void> {
    good.release();
    co_return;
  };
  auto fails = [&]() -> awaitable<void> {
    bad.release();
    throw std::runtime_error("not today");
    co_return;
  };
  Runner runner({{"works", milliseconds(0), milliseconds(1), works},
                 {"fails", milliseconds(0), milliseconds(1), fails},
                 {"later", hours(1), hours(1), works}},
                metrics);
  runner.start();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(good.try_acquire_for(kPatience));
    ASSERT_TRUE(bad.try_acquire_for(kPatience));
  }
  runner.stop();
  EXPECT_EQ(count(metrics, "wharf_job_failures_total{job=\"works\"}"), 0);
  EXPECT_GE(count(metrics, "wharf_job_failures_total{job=\"fails\"}"), 3);
  EXPECT_GE(rounds(metrics, "works"), 3);
  EXPECT_GE(rounds(metrics, "fails"), 3);
  EXPECT_EQ(rounds(metrics, "later"), 0);
}

TEST(Runner, StopWaitsForTheRoundThatRuns) {
  metrics::Registry metrics;
  std::binary_semaphore begun(0);
  std::atomic<bool> ended = false;
  boost::asio::thread_pool pool(1);
  auto slow = [&]() -> awaitable<void> {
    begun.release();
    auto job = [] {
      std::this_thread::sleep_for(milliseconds(50));
      return true;
    };
    co_await run_on(pool, std::move(job));
    ended = true;
  };
  Runner runner({{"slow", milliseconds(0), hours(1), slow}}, metrics);
  runner.start();
  ASSERT_TRUE(begun.try_acquire_for(kPatience));
  runner.stop();
  EXPECT_TRUE(ended);
  runner.stop();
}

TEST(Runner, StopHurriesTheRoundThatRuns) {
  metrics::Registry metrics;
  std::binary_semaphore begun(0);
  std::binary_semaphore hurried(0);
  boost::asio::thread_pool pool(1);
  auto endless = [&]() -> awaitable<void> {
    begun.release();
    auto job = [&hurried] { return hurried.try_acquire_for(kPatience); };
    EXPECT_TRUE(co_await run_on(pool, job));
  };
  Runner runner({{"endless", milliseconds(0), hours(1), endless, [&] { hurried.release(); }}}, metrics);
  runner.start();
  ASSERT_TRUE(begun.try_acquire_for(kPatience));
  runner.stop();
}

TEST(Runner, StopDoesNotWaitForTheClock) {
  metrics::Registry metrics;
  auto never = []() -> awaitable<void> { co_return; };
  Runner runner({{"never", hours(1), hours(1), never}}, metrics);
  runner.start();
  runner.stop();
  EXPECT_EQ(rounds(metrics, "never"), 0);
}

}  // namespace
}  // namespace wharf::jobs
