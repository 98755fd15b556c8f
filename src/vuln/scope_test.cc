#include "vuln/scope.h"

#include <gtest/gtest.h>

#include "vuln/cpe.h"

namespace wharf::vuln {
namespace {

std::string name_of(const std::optional<Scope>& scope) { return scope ? scope->name : "none"; }

TEST(Scopes, OfEcosystems) {
  const std::pair<std::string_view, std::string_view> kNames[] = {
      {"PyPI", "pypi"},
      {"npm", "npm"},
      {"Go", "go"},
      {"Maven", "maven"},
      {"RubyGems", "gem"},
      {"crates.io", "cargo"},
      {"NuGet", "nuget"},
      {"Packagist", "composer"},
      {"Debian:12", "debian:12"},
      {"Alpine:v3.18", "alpine:v3.18"},
      {"AlmaLinux:9", "almalinux:9"},
      {"Rocky Linux:8", "rocky:8"},
      {"Ubuntu:22.04:LTS", "ubuntu:22.04"},
      {"Ubuntu:Pro:18.04:LTS", "none"},
      {"Wolfi", "wolfi"},
      {"Red Hat:enterprise_linux:9::appstream", "redhat"},
      {"openSUSE:Leap 15.5", "opensuse:15.5"},
      {"SUSE:Linux Enterprise Server 15 SP4", "sles:15.4"},
      {"SUSE:Linux Enterprise Module for Basesystem 15 SP5", "sles:15.5"},
      {"SUSE:Linux Enterprise Micro 5.1", "none"},
      {"Azure Linux:3", "azurelinux:3"},
      {"openSUSE:Tumbleweed", "opensuse:Tumbleweed"},
      {"Debian", "none"},
      {"AlmaLinux", "none"},
      {"GIT", "none"},
      {"", "none"}};
  for (const auto& [ecosystem, scope] : kNames) EXPECT_EQ(name_of(scope_of_ecosystem(ecosystem)), scope) << ecosystem;
}

TEST(Scopes, OfPlatforms) {
  const std::pair<std::string_view, std::string_view> kNames[] = {
      {"Debian GNU/Linux 12", "debian:12"},     {"Ubuntu 22.04 LTS", "ubuntu:22.04"},
      {"Red Hat Enterprise Linux 9", "redhat"}, {"AlmaLinux 9", "almalinux:9"},
      {"Oracle Linux 8", "oracle:8"},           {"SUSE Linux Enterprise Server 15 SP4", "sles:15.4"},
      {"openSUSE Leap 15.5", "opensuse:15.5"},  {"VMware Photon OS/Linux 4.0", "photon:4.0"},
      {"Red Hat Enterprise Linux", "none"},     {"Plan 9", "none"}};
  for (const auto& [platform, scope] : kNames) EXPECT_EQ(name_of(scope_of_platform(platform)), scope) << platform;
}

TEST(Scopes, OfDistributions) {
  using inventory::Distribution;
  const std::pair<Distribution, std::string_view> kNames[] = {
      {{.id = "debian", .version_id = "12.4"}, "debian:12"},
      {{.id = "debian", .codename = "forky"}, "debian:14"},
      {{.id = "debian", .codename = "sid"}, "debian:sid"},
      {{.id = "debian"}, "none"},
      {{.id = "ubuntu", .version_id = "22.04"}, "ubuntu:22.04"},
      {{.id = "alpine", .version_id = "3.20.3"}, "alpine:v3.20"},
      {{.id = "alpine", .version_id = "3.21.0_alpha20240923"}, "alpine:edge"},
      {{.id = "alpine", .version_id = "3.21.0", .pretty_name = "Alpine Linux edge"}, "alpine:edge"},
      {{.id = "fedora", .version_id = "39"}, "fedora:39"},
      {{.id = "azurelinux", .version_id = "3.0.20240727"}, "azurelinux:3"},
      {{.id = "mariner", .version_id = "2.0"}, "azurelinux:2"},
      {{.id = "opensuse-tumbleweed", .version_id = "20240101"}, "opensuse:Tumbleweed"},
      {{.id = "wolfi", .version_id = "20230201"}, "wolfi"},
      {{.id = "rhel", .version_id = "9.2"}, "redhat"},
      {{.id = "centos", .version_id = "8"}, "redhat"},
      {{.id = "almalinux", .version_id = "9.3"}, "almalinux:9"},
      {{.id = "ol", .version_id = "8.9"}, "oracle:8"},
      {{.id = "amzn", .version_id = "2023"}, "amazon:2023"},
      {{.id = "sles", .version_id = "15.4"}, "sles:15.4"},
      {{.id = "gentoo"}, "none"},
      {{}, "none"}};
  for (const auto& [distribution, scope] : kNames) {
    EXPECT_EQ(name_of(scope_of_distribution(distribution)), scope) << distribution.id << distribution.version_id;
  }
}

TEST(Scopes, KeepNamesThatAreEqualUnderOne) {
  EXPECT_EQ(look_up_name("pypi", "Zope.Interface__x"), "zope-interface-x");
  EXPECT_EQ(look_up_name("nuget", "Newtonsoft.Json"), "newtonsoft.json");
  EXPECT_EQ(look_up_name("npm", "JSONStream"), "JSONStream");
  EXPECT_EQ(look_up_name("debian:12", "libSDL"), "libSDL");
}

TEST(Cpes, CoverWhatTheyLeaveOpen) {
  EXPECT_TRUE(cpe_covers("cpe:/o:redhat:enterprise_linux:9", "cpe:/o:redhat:enterprise_linux:9::baseos"));
  EXPECT_TRUE(cpe_covers("cpe:/a:redhat:openshift:4", "cpe:/a:redhat:openshift:4.13::el8"));
  EXPECT_TRUE(cpe_covers("cpe:/a:redhat:openshift:4", "cpe:2.3:a:redhat:openshift:4.13:*:el8:*:*:*:*:*"));
  EXPECT_TRUE(cpe_covers("cpe:2.3:o:redhat:enterprise_linux:9:*:baseos:*:*:*:*:*",
                         "cpe:2.3:o:redhat:enterprise_linux:9:*:baseos:*:*:*:*:*"));
  EXPECT_FALSE(cpe_covers("cpe:/a:redhat:openshift:4", "cpe:/a:redhat:openshift:41"));
  EXPECT_FALSE(cpe_covers("cpe:/o:redhat:enterprise_linux:9::baseos", "cpe:/o:redhat:enterprise_linux:9"));
  EXPECT_FALSE(cpe_covers("cpe:/a:redhat:rhel_eus:9.2::appstream", "cpe:/a:redhat:enterprise_linux:9::appstream"));
  EXPECT_FALSE(cpe_covers("", "cpe:/o:redhat:enterprise_linux:9"));
}

TEST(Cpes, OfAReleaseFromTheStart) {
  const auto nine = default_cpes({.id = "rhel", .version_id = "9.2"});
  EXPECT_EQ(nine, (std::vector<std::string>{"cpe:/o:redhat:enterprise_linux:9::baseos",
                                            "cpe:/a:redhat:enterprise_linux:9::appstream"}));
  EXPECT_EQ(default_cpes({.id = "rhel", .version_id = "7.9"}).front(), "cpe:/o:redhat:enterprise_linux:7::server");
  EXPECT_EQ(default_cpes({.id = "rhel", .version_id = "10.0"}).front(), "cpe:/o:redhat:enterprise_linux:10::baseos");
}

}  // namespace
}  // namespace wharf::vuln
