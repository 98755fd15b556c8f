#include "app/dispatcher.h"

#include <gtest/gtest.h>

#include "tests/support/test_registry.h"

namespace wharf::app {
namespace {

using test::Answer;
using test::Image;
using test::Names;
using test::TestRegistry;

TEST(TestRegistry, PushesAndListsNewestFirst) {
  TestRegistry reg;
  reg.push("acme/app", {"v1", "v2", "v3"});
  const auto page = reg.as("owner").get("/api/v1/repository/acme/app/tag/?limit=2");
  EXPECT_EQ(page.names("tags"), (Names{"v3", "v2"}));
  EXPECT_TRUE(page.flag("/has_additional"));
}

}  // namespace
}  // namespace wharf::app
