#include "service/content_cache.h"

#include <gtest/gtest.h>

namespace wharf::service {
namespace {

std::shared_ptr<const std::string> bytes(std::size_t count) { return std::make_shared<const std::string>(count, 'x'); }

TEST(ContentCache, ForgetsWhatWasUsedLongestAgo) {
  ContentCache cache(10'000);
  for (std::int64_t id = 1; id <= 4; ++id) cache.add(id, "sha256:a", bytes(2'000));
  ASSERT_TRUE(cache.find(1, "sha256:a"));  // now 2 is the oldest
  cache.add(5, "sha256:a", bytes(2'000));
  EXPECT_TRUE(cache.find(1, "sha256:a"));
  EXPECT_FALSE(cache.find(2, "sha256:a"));
  EXPECT_TRUE(cache.find(5, "sha256:a"));
}

TEST(ContentCache, TakesNothingThatWouldPushAllOthersOut) {
  ContentCache cache(10'000);
  cache.add(1, "sha256:a", bytes(100));
  cache.add(2, "sha256:a", bytes(9'000));
  EXPECT_TRUE(cache.find(1, "sha256:a"));
  EXPECT_FALSE(cache.find(2, "sha256:a"));
}

TEST(ContentCache, GivesWhatWasPutIn) {
  ContentCache cache(10'000);
  cache.add(7, "sha256:a", std::make_shared<const std::string>("seven"));
  EXPECT_EQ(*cache.find(7, "sha256:a"), "seven");
  EXPECT_FALSE(cache.find(8, "sha256:a"));
}

TEST(ContentCache, GivesNothingForARowThatIsAnotherNow) {
  ContentCache cache(10'000);
  cache.add(7, "sha256:a", std::make_shared<const std::string>("before"));
  EXPECT_FALSE(cache.find(7, "sha256:b"));
  cache.add(7, "sha256:b", std::make_shared<const std::string>("after"));
  EXPECT_EQ(*cache.find(7, "sha256:b"), "after");
  EXPECT_FALSE(cache.find(7, "sha256:a"));
}

}  // namespace
}  // namespace wharf::service
