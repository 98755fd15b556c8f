#include "service/shared_answer.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <stdexcept>
#include <thread>

#include "base/testing.h"

namespace wharf::service {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// Answers 1, 2, 3… and gives the others a chance to ask meanwhile.
struct Source {
  int asked = 0;
  bool fails = false;
  awaitable<int> answer() {
    const int number = ++asked;
    co_await boost::asio::post(boost::asio::use_awaitable);
    if (fails) throw std::runtime_error("no answer");
    co_return number;
  }
};

TEST(SharedAnswer, IsMadeOnceForAllWhoAskMeanwhileAndLater) {
  SharedAnswer<int> shared{hours(1)};
  Source source;
  std::vector<int> got;
  boost::asio::io_context loop(1);
  auto ask = [&]() -> awaitable<void> { got.push_back(co_await shared.get([&] { return source.answer(); })); };
  for (int i = 0; i < 10; ++i) boost::asio::co_spawn(loop, ask, boost::asio::detached);
  loop.run();
  EXPECT_EQ(got, std::vector<int>(10, 1));
  EXPECT_EQ(run_awaitable(shared.get([&] { return source.answer(); })), 1);
  EXPECT_EQ(source.asked, 1);
}

TEST(SharedAnswer, IsMadeAgainWhenItsLifeIsOver) {
  SharedAnswer<int> shared{milliseconds(0)};
  Source source;
  EXPECT_EQ(run_awaitable(shared.get([&] { return source.answer(); })), 1);
  EXPECT_EQ(run_awaitable(shared.get([&] { return source.answer(); })), 2);
}

TEST(SharedAnswer, AFailureIsNotShared) {
  SharedAnswer<int> shared{hours(1)};
  Source source;
  source.fails = true;
  int failures = 0;
  boost::asio::io_context loop(1);
  auto ask = [&]() -> awaitable<void> {
    try {
      co_await shared.get([&] { return source.answer(); });
    } catch (const std::runtime_error&) {
      ++failures;
    }
  };
  for (int i = 0; i < 3; ++i) boost::asio::co_spawn(loop, ask, boost::asio::detached);
  loop.run();
  EXPECT_EQ(failures, 3);
  source.fails = false;
  EXPECT_EQ(run_awaitable(shared.get([&] { return source.answer(); })), 4);
}

TEST(SharedAnswer, ServesSeveralLoops) {
  SharedAnswer<int> shared{milliseconds(0)};
  std::atomic<int> asked = 0, answered = 0;
  auto make = [&]() -> awaitable<int> {
    ++asked;
    co_await boost::asio::post(boost::asio::use_awaitable);
    co_return 7;
  };
  auto ask = [&]() -> awaitable<void> {
    for (int i = 0; i < 200; ++i) {
      if (co_await shared.get(make) == 7) ++answered;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      boost::asio::io_context loop(1);
      for (int each = 0; each < 4; ++each) boost::asio::co_spawn(loop, ask, boost::asio::detached);
      loop.run();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answered, 3200);
  EXPECT_LE(asked, 3200);
}

}  // namespace
}  // namespace wharf::service
