#include "store/log_day.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "db/testing.h"

namespace wharf::store {
namespace {

constexpr Millis kDay = 86'400'000;

class LogDayTest : public testing::Test {
 protected:
  db::TestDatabase files = db::TestDatabase::make_migrated(db::engine_from_environment());
  std::unique_ptr<db::Database> database = files.open();
  const Millis now = now_ms() / kDay * kDay - 19 * 3'600'000;  // within a day; never ahead of the clock

  template <class Job>
  auto write(Job job) {
    return database->write_now(job);
  }

  void add(NewLogEntry entry) {
    write([&](db::Tx& tx) {
      add_log_entry(tx, entry);
      return true;
    });
  }
  std::vector<LogSum> sum(const LogFilter& filter) {
    return write([&](db::Tx& tx) { return sum_log(tx, filter); });
  }
  bool count(int limit) {
    return write([&](db::Tx& tx) { return count_log_days(tx, now, limit); });
  }
  std::int64_t number(const char* sql) {
    return write([&](db::Tx& tx) { return tx.get<std::int64_t>(db::Query{"test.number", sql}); });
  }

  /// The same as sum_log, entry by entry.
  std::vector<LogSum> added_up(const LogFilter& filter) {
    std::map<std::pair<std::int64_t, std::string>, std::int64_t> sums;
    const auto entries = write([&](db::Tx& tx) { return list_log(tx, filter, {}, 100'000); });
    for (const auto& entry : entries) sums[{entry.at_ms / kDay, entry.kind}] += entry.count;
    std::vector<LogSum> result;
    for (const auto& [key, count] : sums) result.push_back({key.second, key.first, count});
    return result;
  }
};

TEST_F(LogDayTest, SumsAreThoseOfTheEntriesHoweverManyWereCounted) {
  std::mt19937 random(11);
  const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  const char* kinds[] = {"push_repo", "pull_repo", "service_key_create"};
  for (int i = 0; i < 600; ++i) {
    NewLogEntry entry{.at_ms = now - pick(10 * 24 * 60) * Millis{60'000},
                      .kind = kinds[pick(3)],
                      .namespace_id = {},
                      .repository_id = {},
                      .performer_id = {},
                      .address = {},
                      .count = 1 + pick(3)};
    if (pick(4) != 0) entry.namespace_id = 1 + pick(2);
    if (entry.namespace_id && pick(2) == 0) entry.repository_id = 10 + pick(3);
    if (pick(3) != 0) entry.performer_id = 100 + pick(2);
    add(entry);
    if (pick(20) == 0) count(1 + pick(60));
    if (pick(60) == 0) {
      const auto before = now - (9 - i / 100) * kDay;
      write([&](db::Tx& tx) { return delete_old_log(tx, before, 5 + pick(20)); });
    }
    if (i % 10 != 0) continue;
    const auto from = now - pick(10 * 24) * Millis{3'600'000} - pick(2) * 1234;
    LogFilter filter{.repository_id = {}, .namespace_id = {}, .performer_id = {}, .from_ms = from, .before_ms = 0};
    filter.before_ms = from + pick(10 * 24) * Millis{3'600'000};
    if (pick(2) == 0) filter.from_ms = from / kDay * kDay;
    if (pick(2) == 0) filter.before_ms = now + kDay;
    switch (pick(4)) {
      case 0:
        filter.repository_id = 10 + pick(3);
        break;
      case 1:
        filter.namespace_id = 1 + pick(2);
        filter.without_service_keys = pick(2) == 0;
        break;
      case 2:
        filter.namespace_id = 1 + pick(2);
        filter.performer_id = 100 + pick(2);
        break;
      default:
        break;
    }
    ASSERT_EQ(sum(filter), added_up(filter)) << i;
  }
  while (count(100)) {
  }
  EXPECT_FALSE(write([&](db::Tx& tx) { return has_log_days_to_count(tx, now); }));
  const LogFilter everything{.repository_id = {}, .namespace_id = {}, .performer_id = {}, .before_ms = now + kDay};
  EXPECT_EQ(sum(everything), added_up(everything));
  while (write([&](db::Tx& tx) { return delete_old_log(tx, now + kDay, 50); }) > 0) {
  }
  EXPECT_EQ(sum(everything).size(), 0u);
  EXPECT_EQ(number("SELECT count(*) FROM log_day"), 0);
}

TEST_F(LogDayTest, ManyEntriesOfOneMomentAreCountedOnce) {
  for (int i = 0; i < 50; ++i) add({.at_ms = 7 * kDay, .kind = "push_repo", .address = {}});
  while (write([&](db::Tx& tx) { return count_log_days(tx, 9 * kDay, 10); })) {
  }
  const auto sums = sum({.repository_id = {}, .namespace_id = {}, .performer_id = {}, .before_ms = 8 * kDay});
  ASSERT_EQ(sums.size(), 1u);
  EXPECT_EQ(sums[0].count, 50);
  EXPECT_EQ(number("SELECT count FROM log_day"), 50);
}

TEST_F(LogDayTest, CountsOnlyWhatNothingCanBeAddedTo) {
  add({.at_ms = now - kLogOpenMs + 1, .kind = "push_repo", .address = {}});
  EXPECT_FALSE(write([&](db::Tx& tx) { return has_log_days_to_count(tx, now); }));
  count(10);
  EXPECT_EQ(number("SELECT count(*) FROM log_day"), 0);
}

}  // namespace
}  // namespace wharf::store
