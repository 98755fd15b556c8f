#include "inventory/package.h"

#include <gtest/gtest.h>

namespace wharf::inventory {
namespace {

TEST(NormalName, IsWhatAKindTakesForEqual) {
  EXPECT_EQ(normal_name(Kind::pypi, "Jinja2"), "jinja2");
  EXPECT_EQ(normal_name(Kind::pypi, "ruamel.yaml"), "ruamel-yaml");
  EXPECT_EQ(normal_name(Kind::pypi, "a._-b__c"), "a-b-c");
  EXPECT_EQ(normal_name(Kind::composer, "Symfony/Http_Kernel"), "symfony/http_kernel");
  EXPECT_EQ(normal_name(Kind::nuget, "Newtonsoft.Json"), "newtonsoft.json");
  EXPECT_EQ(normal_name(Kind::npm, "JSONStream"), "JSONStream");
  EXPECT_EQ(normal_name(Kind::go, "github.com/Masterminds/semver"), "github.com/Masterminds/semver");
}

}  // namespace
}  // namespace wharf::inventory
