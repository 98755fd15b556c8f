#include "service/similarity.h"

#include <gtest/gtest.h>

namespace wharf::service {
namespace {

TEST(Similarity, IsHowWellALetterSequenceFits) {
  EXPECT_DOUBLE_EQ(similarity("app", "app"), 1);
  EXPECT_DOUBLE_EQ(similarity("APP", "app"), 1);
  EXPECT_DOUBLE_EQ(similarity("apple", "app"), (3 + 2 * 0.9) / 5) << "what begins so";
  EXPECT_DOUBLE_EQ(similarity("xapp", "app"), 3.0 / 4) << "what is passed over counts nothing";
  EXPECT_DOUBLE_EQ(similarity("my-app", "app"), (2 * 0.85 + 4) / 6) << "but for whole words";
  EXPECT_DOUBLE_EQ(similarity("my-app", "ma"), (1 + 0.85 + 1 + 1 + 2 * 0.9) / 6) << "first letters of words";
  EXPECT_EQ(similarity("app", "b"), 0);
  EXPECT_EQ(similarity("app", "ppa"), 0) << "in order";
  EXPECT_EQ(similarity("app", "apple"), 0);
  EXPECT_EQ(similarity("", "a"), 0);
  EXPECT_DOUBLE_EQ(similarity("app", ""), 0.8);
  EXPECT_EQ(similarity("a-b", "--"), 0);
  EXPECT_GT(similarity("--a", "--"), 0) << "signs that part words count as letters too";
}

}  // namespace
}  // namespace wharf::service
