#include "vuln/version.h"

#include <gtest/gtest.h>

#include <string>

namespace wharf::vuln {
namespace {

struct Pair {
  Scheme scheme;
  std::string_view left;
  char order;  ///< '<', '=' or '>'.
  std::string_view right;
};

char sign(Order order) { return !order ? '?' : *order < 0 ? '<' : *order > 0 ? '>' : '='; }
char mirrored(char order) { return order == '<' ? '>' : order == '>' ? '<' : order; }

// What the ecosystems' own tools say of these.
const Pair kPairs[] = {
    {Scheme::dpkg, "1.0~rc1", '<', "1.0"},
    {Scheme::dpkg, "1.0~~", '<', "1.0~"},
    {Scheme::dpkg, "1.0~~a", '<', "1.0~"},
    {Scheme::dpkg, "1.0", '<', "1.0-1"},
    {Scheme::dpkg, "1.0-0", '=', "1.0"},
    {Scheme::dpkg, "0:1.0-1", '=', "1.0-1"},
    {Scheme::dpkg, "1:0.1", '>', "99.9"},
    {Scheme::dpkg, "1.2.3-1", '<', "1.2.3-1+b1"},
    {Scheme::dpkg, "1.2.3-1", '>', "1.2.3-1~deb12u1"},
    {Scheme::dpkg, "2.36-9+deb12u9", '<', "2.36-9+deb12u10"},
    {Scheme::dpkg, "1.0+dfsg-1", '>', "1.0-2"},
    {Scheme::dpkg, "1.0a", '>', "1.0"},
    {Scheme::dpkg, "1.0a", '<', "1.0+"},
    {Scheme::dpkg, "1.0-1ubuntu1", '>', "1.0-1"},
    {Scheme::dpkg, "1.0-1+deb12u1", '<', "1.0-1.1"},
    {Scheme::dpkg, "1.00", '=', "1.0"},
    {Scheme::dpkg, "1.2-3-4", '>', "1.2-3"},
    {Scheme::dpkg, "1.0-1.2", '<', "1.0-1.10"},
    {Scheme::dpkg, "7.88.1-10+deb12u5", '>', "7.88.1-10"},
    {Scheme::dpkg, "1.0.1e-2+deb7u20", '<', "1.0.1f-1"},
    {Scheme::rpm, "1.0", '<', "1.0.1"},
    {Scheme::rpm, "1.0", '=', "1_0"},
    {Scheme::rpm, "1.0~rc1", '<', "1.0"},
    {Scheme::rpm, "1.0^git1", '>', "1.0"},
    {Scheme::rpm, "1.0^git1", '<', "1.0.1"},
    {Scheme::rpm, "1.0~rc1^git1", '>', "1.0~rc1"},
    {Scheme::rpm, "1.0^git1~pre", '<', "1.0^git1"},
    {Scheme::rpm, "1.010", '=', "1.10"},
    {Scheme::rpm, "1.a", '<', "1.1"},
    {Scheme::rpm, "xyz.4", '<', "2"},
    {Scheme::rpm, "5.5p10", '>', "5.5p1"},
    {Scheme::rpm, "10xyz", '<', "10.1xyz"},
    {Scheme::rpm, "1.0a", '>', "1.0"},
    {Scheme::rpm, "6.0.rc1", '>', "6.0"},
    {Scheme::rpm, "2.el8_4.1", '>', "2.el8"},
    {Scheme::rpm, "2.el9", '<', "2.el9_0"},
    {Scheme::rpm, "2.el8_10", '>', "2.el8_9"},
    {Scheme::rpm, "FC5", '<', "fc4"},
    {Scheme::rpm, "4.alma.1", '<', "4.el9"},
    {Scheme::rpm, "1.module_el8", '<', "1.module_el8.1"},
    {Scheme::rpm, "1:1-1", '>', "0:99-99"},
    {Scheme::apk, "1.0", '<', "1.1"},
    {Scheme::apk, "1.10", '>', "1.9"},
    {Scheme::apk, "1.0_rc1", '<', "1.0"},
    {Scheme::apk, "1.0_p1", '>', "1.0"},
    {Scheme::apk, "1.0-r1", '>', "1.0-r0"},
    {Scheme::apk, "1.0", '<', "1.0a"},
    {Scheme::apk, "1.0a", '<', "1.0b"},
    {Scheme::apk, "1.0_alpha", '<', "1.0_beta"},
    {Scheme::apk, "1.0_pre2", '<', "1.0_rc1"},
    {Scheme::apk, "1.1.1d-r2", '<', "1.1.1g-r0"},
    {Scheme::apk, "1.01", '<', "1.1"},
    {Scheme::apk, "1.0.1", '<', "1.06-r1"},
    {Scheme::apk, "8.2.0", '<', "8.2.001"},
    {Scheme::apk, "8.2.0015", '<', "8.2.002"},
    {Scheme::apk, "1.0", '<', "1.0.0"},
    {Scheme::apk, "1.0_alpha2", '<', "1.0_alpha10"},
    {Scheme::apk, "1.2.3-r10", '>', "1.2.3-r9"},
    {Scheme::apk, "0.1_p1-r1", '>', "0.1-r9"},
    {Scheme::apk, "1.0_rc1-r5", '<', "1.0-r0"},
    {Scheme::apk, "1.0_beta3_p1", '>', "1.0_beta3"},
    {Scheme::apk, "0.1.0_alpha_pre2", '<', "0.1.0_alpha"},
    {Scheme::apk, "1.0~1234", '<', "1.0~2345"},
    {Scheme::semver, "1.0.0-alpha", '<', "1.0.0-alpha.1"},
    {Scheme::semver, "1.0.0-alpha.1", '<', "1.0.0-alpha.beta"},
    {Scheme::semver, "1.0.0-beta.2", '<', "1.0.0-beta.11"},
    {Scheme::semver, "1.0.0-rc.1", '<', "1.0.0"},
    {Scheme::semver, "1.0.0+build1", '=', "1.0.0+build2"},
    {Scheme::semver, "1.10.0", '>', "1.9.9"},
    {Scheme::semver, "1.0.0-1", '<', "1.0.0-a"},
    {Scheme::semver, "1.0.0-A", '<', "1.0.0-a"},
    {Scheme::semver, "2.0.0", '>', "2.0.0-0"},
    {Scheme::semver, "1.0.0-9", '<', "1.0.0-10"},
    {Scheme::semver, "v1.2.3", '=', "1.2.3"},
    {Scheme::semver, "0.0.0-20190308221718-c2843e01d9a2", '<', "0.0.0-20200220183623-bac4c82f6975"},
    {Scheme::semver, "1.2.4-0.20200101000000-abcdef123456", '>', "1.2.3"},
    {Scheme::semver, "2.0.0+incompatible", '=', "2.0.0"},
    {Scheme::semver, "1.0.0-rc.1.0", '>', "1.0.0-rc.1"},
    {Scheme::pep440, "1.0.dev1", '<', "1.0a1"},
    {Scheme::pep440, "1.0a1", '<', "1.0b1"},
    {Scheme::pep440, "1.0b1", '<', "1.0rc1"},
    {Scheme::pep440, "1.0rc1", '<', "1.0"},
    {Scheme::pep440, "1.0", '<', "1.0.post1"},
    {Scheme::pep440, "1.0.post1.dev1", '<', "1.0.post1"},
    {Scheme::pep440, "1.0a1.dev1", '<', "1.0a1"},
    {Scheme::pep440, "1.0", '=', "1.0.0"},
    {Scheme::pep440, "1.0-1", '=', "1.0.post1"},
    {Scheme::pep440, "1.0c1", '=', "1.0rc1"},
    {Scheme::pep440, "1.0alpha1", '=', "1.0a1"},
    {Scheme::pep440, "v1.0", '=', "1.0"},
    {Scheme::pep440, "1!1.0", '>', "2013.10"},
    {Scheme::pep440, "1.0+local.1", '>', "1.0"},
    {Scheme::pep440, "1.0+abc", '<', "1.0+5"},
    {Scheme::pep440, "1.10", '>', "1.9"},
    {Scheme::pep440, "1.0.post456", '>', "1.0.post34"},
    {Scheme::pep440, "1.0.dev456", '<', "1.0.post1"},
    {Scheme::pep440, "1.0a", '=', "1.0a0"},
    {Scheme::pep440, "00.1", '=', "0.1"},
    {Scheme::maven, "1.0", '=', "1"},
    {Scheme::maven, "1.0-alpha-1", '<', "1.0-beta-1"},
    {Scheme::maven, "1.0-beta", '<', "1.0-milestone"},
    {Scheme::maven, "1.0-milestone", '<', "1.0-rc"},
    {Scheme::maven, "1.0-rc", '<', "1.0-SNAPSHOT"},
    {Scheme::maven, "1.0-SNAPSHOT", '<', "1.0"},
    {Scheme::maven, "1.0", '<', "1.0-sp"},
    {Scheme::maven, "1.0-sp", '<', "1.0-abc"},
    {Scheme::maven, "1.0.Final", '=', "1.0"},
    {Scheme::maven, "1.0-cr1", '=', "1.0-rc1"},
    {Scheme::maven, "1a1", '=', "1-alpha-1"},
    {Scheme::maven, "1.0-RC2", '<', "1.0-rc10"},
    {Scheme::maven, "1.0.1", '>', "1.0-1"},
    {Scheme::maven, "2.9.10.8", '>', "2.9.10"},
    {Scheme::maven, "5.3.18", '>', "5.3.18.RC1"},
    {Scheme::maven, "2.0.1-xyz", '<', "2.0.1-123"},
    {Scheme::maven, "31.1-jre", '>', "31.1-android"},
    {Scheme::maven, "1.0.0.RELEASE", '=', "1"},
    {Scheme::maven, "2.0", '<', "2.0.0.1"},
    {Scheme::maven, "1-1.foo-bar1baz-.1", '=', "1-1.foo-bar-1-baz-0.1"},
    {Scheme::gem, "1.0", '=', "1"},
    {Scheme::gem, "1.0.a", '<', "1.0"},
    {Scheme::gem, "1.0.rc1", '<', "1.0"},
    {Scheme::gem, "1.0.a", '<', "1.0.b"},
    {Scheme::gem, "1.0.b1", '>', "1.0.a.2"},
    {Scheme::gem, "1.0.a10", '>', "1.0.a9"},
    {Scheme::gem, "1.0-1", '<', "1.0"},
    {Scheme::gem, "1.2.3.4", '>', "1.2.3"},
    {Scheme::gem, "2.0.0.pre1", '<', "2.0.0"},
    {Scheme::gem, "2.0.0.pre1", '>', "1.9.9"},
    {Scheme::gem, "1.9.3.p0", '<', "1.9.3"},
    {Scheme::gem, "0.9", '<', "1.0.a.2"},
    {Scheme::gem, "5.a", '<', "5.0.0.rc2"},
    {Scheme::gem, "1.1.02", '>', "1.1.0"},
    {Scheme::gem, "1.beta", '<', "1.0.3.beta"},
    {Scheme::gem, "1.0.0", '=', "1.0.0.0"},
    {Scheme::gem, "1.2.b1", '=', "1.2.b.1"},
    {Scheme::gem, "1.10.0", '>', "1.9.0"},
    // Go's own releases.
    {Scheme::semver, "go1.20.14", '=', "1.20.14"},
    {Scheme::semver, "go1.21rc2", '=', "1.21.0-rc.2"},
    {Scheme::semver, "go1.21rc2", '<', "go1.21"},
    {Scheme::semver, "go1.9", '<', "go1.10"},
    {Scheme::semver, "go1.22.1 X:nocoverageredesign", '=', "1.22.1"},
    {Scheme::semver, "0.0.0-0", '<', "0.0.0"},
    {Scheme::semver, "99999999999999999999999.0.0", '>', "1.0.0"},
    // Composer and NuGet.
    {Scheme::composer, "1.0.0", '=', "v1.0.0.0"},
    {Scheme::composer, "1.0", '=', "1.0.0"},
    {Scheme::composer, "1.0.0-alpha1", '<', "1.0.0-beta1"},
    {Scheme::composer, "1.0.0-beta.2", '<', "1.0.0-beta10"},
    {Scheme::composer, "1.0.0-beta", '<', "1.0.0-RC1"},
    {Scheme::composer, "1.0.0-RC1", '<', "1.0.0"},
    {Scheme::composer, "1.0.0-rc1", '=', "1.0.0RC1"},
    {Scheme::composer, "1.0.0-dev", '<', "1.0.0-alpha1"},
    {Scheme::composer, "1.0.0-beta1-dev", '<', "1.0.0-beta1"},
    {Scheme::composer, "1.0.0-pl1", '>', "1.0.0"},
    {Scheme::composer, "1.0.0-p1", '=', "1.0.0-patch1"},
    {Scheme::composer, "1.0.0-stable", '=', "1.0.0"},
    {Scheme::composer, "1.0.0+build.5", '=', "1.0.0"},
    {Scheme::composer, "5.4.10", '>', "5.4.9"},
    {Scheme::nuget, "1.0", '=', "1.0.0.0"},
    {Scheme::nuget, "1.0.0.1", '>', "1.0.0"},
    {Scheme::nuget, "1.0.0-Beta", '=', "1.0.0-beta"},
    {Scheme::nuget, "1.0.0-beta.2", '<', "1.0.0-beta.11"},
    {Scheme::nuget, "1.0.0-rc1", '<', "1.0.0"},
    {Scheme::nuget, "1.0.01", '=', "1.0.1"},
    {Scheme::nuget, "1.0.0+abc", '=', "1.0.0"},
    // No number is too long.
    {Scheme::dpkg, "1.18446744073709551617", '>', "1.1"},
    {Scheme::rpm, "20240101000000000000000-1", '>', "20240101-1"},
    // Without a release on one side only versions are compared.
    {Scheme::rpm, "1.2", '=', "1.2-5"},
    {Scheme::rpm, "0:1.2-5.el9", '=', "1.2-5.el9"},
    {Scheme::rpm, "(none):1.2-5.el9", '=', "1.2-5.el9"},
    {Scheme::apk, "1.2.3", '=', "1.2.3-r0"},
};

TEST(Versions, AreOrderedAsTheirOwnToolsDo) {
  for (const Pair& pair : kPairs) {
    const std::string shown = std::string(boost::describe::enum_to_string(pair.scheme, "")) + ": " +
                              std::string(pair.left) + " " + pair.order + " " + std::string(pair.right);
    EXPECT_EQ(sign(compare_versions(pair.scheme, pair.left, pair.right)), pair.order) << shown;
    EXPECT_EQ(sign(compare_versions(pair.scheme, pair.right, pair.left)), mirrored(pair.order)) << shown;
    EXPECT_EQ(sign(compare_versions(pair.scheme, pair.left, pair.left)), '=') << shown;
  }
}

TEST(Versions, WhatIsNoneIsNotOrdered) {
  const struct {
    Scheme scheme;
    std::string_view text;
  } kNone[] = {
      {Scheme::dpkg, ""},          {Scheme::dpkg, "x:1.0"},
      {Scheme::dpkg, "1.0 beta"},  {Scheme::dpkg, "1:"},
      {Scheme::apk, ""},           {Scheme::apk, "1.0-0"},
      {Scheme::apk, "a1"},         {Scheme::apk, "1.0_wrong1"},
      {Scheme::apk, "1..0"},       {Scheme::apk, "1.0bc"},
      {Scheme::apk, "1.0-r"},      {Scheme::rpm, ""},
      {Scheme::rpm, "a:1-1"},      {Scheme::rpm, "-1"},
      {Scheme::semver, ""},        {Scheme::semver, "latest"},
      {Scheme::semver, "(devel)"}, {Scheme::semver, "1.x"},
      {Scheme::semver, "1.2.3-"},  {Scheme::semver, "1..2"},
      {Scheme::pep440, ""},        {Scheme::pep440, "1.0_1"},
      {Scheme::pep440, "1.0-foo"}, {Scheme::pep440, "french toast"},
      {Scheme::pep440, "1.0+"},    {Scheme::pep440, "1.0+a..b"},
      {Scheme::gem, ""},           {Scheme::gem, "junk"},
      {Scheme::gem, "1..2"},       {Scheme::gem, "1.2\n"},
      {Scheme::maven, ""},         {Scheme::composer, "dev-main"},
      {Scheme::composer, ""},      {Scheme::composer, "1.0.x"},
      {Scheme::nuget, "*"},        {Scheme::nuget, "1.0-beta!"},
  };
  const std::string_view good = "1.0";
  for (const auto& none : kNone) {
    EXPECT_FALSE(compare_versions(none.scheme, none.text, good)) << none.text;
    EXPECT_FALSE(compare_versions(none.scheme, good, none.text)) << none.text;
    EXPECT_FALSE(is_version(none.scheme, none.text)) << none.text;
  }
  const std::string long_one = "1." + std::string(kLongestVersion, '0');
  EXPECT_FALSE(is_version(Scheme::dpkg, long_one));
}

// The orders that hold for every pair of a chain hold in the whole of it.
TEST(Versions, AChainIsInOrderThroughout) {
  const struct {
    Scheme scheme;
    std::vector<std::string_view> rising;
  } kChains[] = {
      {Scheme::pep440,
       {"1.dev0", "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2",
        "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5",
        "1.0.post456.dev34", "1.0.post456", "1.1.dev1"}},
      {Scheme::maven, {"1-alpha2snapshot",
                       "1-alpha2",
                       "1-alpha-123",
                       "1-beta-2",
                       "1-beta123",
                       "1-m2",
                       "1-m11",
                       "1-rc",
                       "1-cr2",
                       "1-rc123",
                       "1-SNAPSHOT",
                       "1",
                       "1-sp",
                       "1-sp2",
                       "1-sp123",
                       "1-abc",
                       "1-def",
                       "1-pom-1",
                       "1-1-snapshot",
                       "1-1",
                       "1-2",
                       "1-123"}},
      {Scheme::rpm, {"1.0~rc1-1", "1.0-1", "1.0^git1-1", "1.0a-1", "1.0.1-1", "1:0.1-1"}},
      {Scheme::dpkg, {"1.0~~", "1.0~~a", "1.0~", "1.0", "1.0a", "1.0+", "1.0.1", "1:0"}},
      {Scheme::apk,
       {"1.0_alpha", "1.0_beta", "1.0_pre", "1.0_rc", "1.0", "1.0_cvs", "1.0_svn", "1.0_git", "1.0_hg", "1.0_p", "1.0a",
        "1.0.0", "1.01", "1.1"}},
      {Scheme::gem, {"1.a", "1.b", "1.b.1", "1", "1.0.1", "1.1.pre", "1.1"}},
      {Scheme::semver, {"1.0.0-0", "1.0.0-1", "1.0.0-A", "1.0.0-a", "1.0.0-a.b", "1.0.0", "1.0.1-0", "1.0.1"}}};
  for (const auto& chain : kChains) {
    for (std::size_t a = 0; a < chain.rising.size(); ++a) {
      for (std::size_t b = 0; b < chain.rising.size(); ++b) {
        EXPECT_EQ(sign(compare_versions(chain.scheme, chain.rising[a], chain.rising[b])), a < b   ? '<'
                                                                                          : a > b ? '>'
                                                                                                  : '=')
            << chain.rising[a] << " and " << chain.rising[b];
      }
    }
  }
}

}  // namespace
}  // namespace wharf::vuln
