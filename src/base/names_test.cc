#include "base/names.h"

#include <gtest/gtest.h>

namespace wharf {
namespace {

struct NameCase {
  std::string name;
  bool account;
  bool segment;
  bool repository;
  bool tag;
};

class Names : public testing::TestWithParam<NameCase> {};

TEST_P(Names, AreJudgedAsDocumented) {
  const auto& c = GetParam();
  EXPECT_EQ(is_account_name(c.name), c.account) << c.name;
  EXPECT_EQ(is_namespace_segment(c.name), c.segment) << c.name;
  EXPECT_EQ(is_repository_name(c.name), c.repository) << c.name;
  EXPECT_EQ(is_tag_name(c.name), c.tag) << c.name;
}

INSTANTIATE_TEST_SUITE_P(
    , Names,
    testing::Values(NameCase{"", false, false, false, false}, NameCase{"a", false, true, true, true},
                    NameCase{"ab", true, true, true, true}, NameCase{"acme-corp.x_y", true, true, true, true},
                    NameCase{"a--b", false, true, true, true}, NameCase{"-ab", false, true, false, false},
                    NameCase{".ab", false, false, false, false}, NameCase{"ab-", false, true, true, true},
                    NameCase{"Acme", false, true, false, true}, NameCase{"_x", false, true, false, true},
                    NameCase{"team/app", false, false, true, false}, NameCase{"team//app", false, false, false, false},
                    NameCase{"team/", false, false, false, false}, NameCase{"/team", false, false, false, false},
                    NameCase{"team/-app", false, false, false, false}, NameCase{"ab\n", false, false, false, false},
                    NameCase{"a b", false, false, false, false}, NameCase{"caf\xc3\xa9", false, false, false, false},
                    NameCase{std::string(128, 'a'), true, true, true, true},
                    NameCase{std::string(129, 'a'), true, true, true, false},
                    NameCase{std::string(255, 'a'), true, true, true, false},
                    NameCase{std::string(256, 'a'), false, false, false, false},
                    NameCase{std::string("a\0b", 3), false, false, false, false}));

TEST(RepoName, SplitsAtTheFirstSlash) {
  const auto name = RepoName::parse("acme/team/app");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->ns, "acme");
  EXPECT_EQ(name->name, "team/app");
  EXPECT_EQ(name->text(), "acme/team/app");
  for (const auto* bad : {"", "acme", "acme/", "/app", "acme//app", "acme/App", ".acme/app", "acme/app/"}) {
    EXPECT_FALSE(RepoName::parse(bad)) << bad;
  }
}

TEST(RobotName, NeedsANamespaceAndAShortName) {
  const auto robot = RobotName::parse("acme+ci");
  ASSERT_TRUE(robot);
  EXPECT_EQ(robot->ns, "acme");
  EXPECT_EQ(robot->short_name, "ci");
  for (const auto* bad : {"", "acme", "acme+", "+ci", "acme+ci+x", "acme+CI"})
    EXPECT_FALSE(RobotName::parse(bad)) << bad;
}

TEST(Email, HasOneAtAndADomainWithADot) {
  for (const auto* good : {"a@b.c", "a.b+c@example.co.uk"}) EXPECT_TRUE(is_email(good)) << good;
  for (const auto* bad : {"", "a", "a@b", "@b.c", "a@.c", "a@b.", "a@b..c", "a@b@c.d", "a b@c.d", "a@b.c\n"}) {
    EXPECT_FALSE(is_email(bad)) << bad;
  }
  EXPECT_FALSE(is_email(std::string(250, 'a') + "@b.cd"));
}

}  // namespace
}  // namespace wharf
