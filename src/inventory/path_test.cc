#include "inventory/path.h"

#include <gtest/gtest.h>

namespace wharf::inventory {
namespace {

TEST(CleanPath, MakesOneFormOfAll) {
  for (const auto* path :
       {"etc/os-release", "./etc/os-release", "/etc/os-release", "etc//./os-release/", "///etc/os-release"}) {
    EXPECT_EQ(clean_path(path), "etc/os-release") << path;
  }
  for (const auto* root : {"", ".", "./", "/"}) EXPECT_EQ(clean_path(root), "") << root;
  EXPECT_EQ(clean_path("caf\xE9/x"), "caf\xEF\xBF\xBD/x");
}

TEST(CleanPath, RefusesWhatLeavesTheLayerOrIsTooLong) {
  EXPECT_EQ(clean_path("../etc/passwd"), std::nullopt);
  EXPECT_EQ(clean_path("a/../b"), std::nullopt);
  EXPECT_EQ(clean_path(std::string_view("a\0b", 3)), std::nullopt);
  EXPECT_EQ(clean_path(std::string(2000, 'a')), std::nullopt);
  EXPECT_EQ(clean_path("a/..b/c.."), "a/..b/c..");
}

TEST(FollowLinks, StaysInTheLayer) {
  const std::map<std::string, std::string, std::less<>> links{{"var/lib/dpkg", "../../usr/lib/dpkg"},
                                                              {"etc/os-release", "/opt/./release"},
                                                              {"up", "../../../../etc"},
                                                              {"usr/lib", "/real"}};
  EXPECT_EQ(follow_links("var/lib/dpkg/status", links), "real/dpkg/status");
  EXPECT_EQ(follow_links("etc/os-release", links), "opt/release");
  EXPECT_EQ(follow_links("up/passwd", links), "etc/passwd");
  EXPECT_EQ(follow_links("a/plain/file", links), "a/plain/file");
}

TEST(FollowLinks, GivesUpOnCircles) {
  const std::map<std::string, std::string, std::less<>> links{
      {"a", "b"}, {"b", "a"}, {"self", "self"}, {"deep", "deep/deep"}};
  EXPECT_EQ(follow_links("a", links), std::nullopt);
  EXPECT_EQ(follow_links("self/x", links), std::nullopt);
  EXPECT_EQ(follow_links("deep", links), std::nullopt);
}

TEST(IsBelow, GoesByWholeNames) {
  EXPECT_TRUE(is_below("site/a", "site"));
  EXPECT_FALSE(is_below("site-packages/a", "site"));
  EXPECT_FALSE(is_below("site", "site"));
  EXPECT_TRUE(is_below("site", ""));
  EXPECT_EQ(base_name("a/b/c"), "c");
  EXPECT_EQ(base_name("c"), "c");
  EXPECT_EQ(parent_path("a/b/c"), "a/b");
  EXPECT_EQ(parent_path("c"), "");
}

}  // namespace
}  // namespace wharf::inventory
