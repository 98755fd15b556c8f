#include "blob/allowance.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <vector>

#include "base/testing.h"

namespace wharf::blob {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLong{600'000};

TEST(Allowance, IsGivenBackWhenAShareGoes) {
  int shortages = 0;
  Allowance ten(10, [&shortages] { ++shortages; });
  auto six = ten.try_take(6);
  ASSERT_TRUE(six);
  EXPECT_FALSE(ten.try_take(5));
  const auto four = ten.try_take(4);
  EXPECT_TRUE(four);
  auto more = ten.insist(7);
  EXPECT_EQ(ten.taken(), 17u);
  six.reset();
  more = Allowance::Share();
  EXPECT_EQ(ten.taken(), 4u);
  EXPECT_EQ(shortages, 0);
}

TEST(Allowance, WhoWaitsGetsItInOrder) {
  int shortages = 0;
  Allowance ten(10, [&shortages] { ++shortages; });
  boost::asio::io_context loop(1);
  std::vector<int> order;
  std::vector<Allowance::Share> held;
  auto take = [](Allowance from, std::uint64_t amount, int name, std::vector<int>* got,
                 std::vector<Allowance::Share>* into) -> awaitable<void> {
    auto share = co_await from.take(amount, kLong);
    got->push_back(name);
    into->push_back(std::move(share.value()));
  };
  auto check = [](std::exception_ptr thrown) { EXPECT_FALSE(thrown); };
  auto first = ten.try_take(8);
  for (const auto& [name, amount] : {std::pair{1, 5}, {2, 1}, {3, 20}}) {
    boost::asio::co_spawn(loop, take(ten, static_cast<std::uint64_t>(amount), name, &order, &held), check);
  }
  loop.poll();
  EXPECT_TRUE(order.empty()) << "a small one does not overtake";
  EXPECT_EQ(ten.wanted(), 26u);
  EXPECT_EQ(shortages, 3);
  EXPECT_FALSE(ten.try_take(1));
  first.reset();
  loop.poll();
  EXPECT_EQ(order, (std::vector{1, 2}));
  held.clear();
  loop.run();
  EXPECT_EQ(order, (std::vector{1, 2, 3})) << "more than there is, when nobody else has any";
  held.clear();
  EXPECT_EQ(ten.taken(), 0u);
}

TEST(Allowance, WaitingEnds) {
  Allowance one(1);
  const auto taken = one.try_take(1);
  int asked = 0;
  auto worth_it = [&asked] { return ++asked < 3; };
  EXPECT_EQ(run_awaitable(one.take(1, milliseconds(1), worth_it)).error().code, Errc::unavailable);
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(one.wanted(), 0u);
  boost::asio::io_context loop(1);
  std::optional<Errc> code;
  auto take = [](Allowance from, std::optional<Errc>* into) -> awaitable<void> {
    auto share = co_await from.take(1, kLong);
    *into = share.error().code;
  };
  boost::asio::co_spawn(loop, take(one, &code), [](std::exception_ptr thrown) { EXPECT_FALSE(thrown); });
  loop.poll();
  one.close();
  loop.run();
  EXPECT_EQ(code, Errc::unavailable);
  EXPECT_FALSE(run_awaitable(one.take(1, kLong)));
}

TEST(Allowance, WhoIsDestroyedWhileItWaitsLeavesTheQueue) {
  Allowance one(1);
  auto taken = one.try_take(1);
  {
    boost::asio::io_context loop(1);
    auto take = [](Allowance from) -> awaitable<void> { (void)co_await from.take(1, kLong); };
    boost::asio::co_spawn(loop, take(one), [](std::exception_ptr) {});
    loop.poll();
    EXPECT_EQ(one.wanted(), 1u);
  }
  EXPECT_EQ(one.wanted(), 0u);
  taken.reset();
  EXPECT_TRUE(one.try_take(1));
}

}  // namespace
}  // namespace wharf::blob
