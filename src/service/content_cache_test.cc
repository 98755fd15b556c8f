#include "service/content_cache.h"

#include <gtest/gtest.h>

namespace wharf::service {
namespace {

std::shared_ptr<const std::string> bytes(std::size_t count) { return std::make_shared<const std::string>(count, 'x'); }

TEST(ContentCache, ForgetsWhatWasUsedLongestAgo) {
  ContentCache cache(10'000);
  for (std::int64_t id = 1; id <= 4; ++id) cache.add(id, bytes(2'000));
  ASSERT_TRUE(cache.find(1));  // now 2 is the oldest
  cache.add(5, bytes(2'000));
  EXPECT_TRUE(cache.find(1));
  EXPECT_FALSE(cache.find(2));
  EXPECT_TRUE(cache.find(5));
}

TEST(ContentCache, TakesNothingThatWouldPushAllOthersOut) {
  ContentCache cache(10'000);
  cache.add(1, bytes(100));
  cache.add(2, bytes(9'000));
  EXPECT_TRUE(cache.find(1));
  EXPECT_FALSE(cache.find(2));
}

TEST(ContentCache, GivesWhatWasPutIn) {
  ContentCache cache(10'000);
  cache.add(7, std::make_shared<const std::string>("seven"));
  EXPECT_EQ(*cache.find(7), "seven");
  EXPECT_FALSE(cache.find(8));
}

}  // namespace
}  // namespace wharf::service
