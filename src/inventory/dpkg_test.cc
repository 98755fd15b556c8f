#include "inventory/dpkg.h"

#include <gmock/gmock.h>

#include "inventory/apk.h"

namespace wharf::inventory {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// "name version source source_version arch" of each.
std::vector<std::string> told(Finds& finds) {
  std::vector<std::string> all;
  for (const auto& it : finds.packages()) {
    all.push_back(it.name + ' ' + it.version + ' ' + it.source_name + ' ' + it.source_version + ' ' + it.arch);
  }
  return all;
}

TEST(Dpkg, ListsWhatIsInstalledWithItsSource) {
  Finds finds;
  ASSERT_TRUE(read_dpkg_status(R"(Package: libssl3
Status: install ok installed
Architecture: amd64
Source: openssl
Version: 3.0.8-1
Description: Secure Sockets Layer
 Package: not this
 .

Package: postgresql-client
Status: hold ok installed
Architecture: all
Source: postgresql-common (200+deb10u5)
Version: 11+200+deb10u5

Package: tar
Status: install ok installed
Version: 1.34+dfsg-1+b1
)",
                               "var/lib/dpkg/status", finds));
  EXPECT_THAT(told(finds), ElementsAre("libssl3 3.0.8-1 openssl 3.0.8-1 amd64",
                                       "postgresql-client 11+200+deb10u5 postgresql-common 200+deb10u5 all",
                                       "tar 1.34+dfsg-1+b1 tar 1.34+dfsg-1+b1 "));
  EXPECT_EQ(finds.packages().front().location, "var/lib/dpkg/status");
}

TEST(Dpkg, LeavesOutWhatIsNotWhole) {
  Finds finds;
  for (const std::string status : {"deinstall ok config-files", "install ok not-installed", "install ok half-installed",
                                   "install reinstreq installed", "install ok unpacked"}) {
    ASSERT_TRUE(read_dpkg_status("Package: a\nStatus: " + status + "\nVersion: 1\n", "var/lib/dpkg/status", finds));
  }
  ASSERT_TRUE(read_dpkg_status("Package: a\nStatus: install ok installed\n\nVersion: 1\n\n\n", "x", finds));
  ASSERT_TRUE(
      read_dpkg_status("Package: zlib\nVersion: 1.2\nPort-Version: 3\nStatus: install ok installed\n", "x", finds));
  EXPECT_THAT(finds.packages(), IsEmpty());
}

TEST(Dpkg, TakesTheFilesOfDistrolessImages) {
  EXPECT_TRUE(is_dpkg_status("var/lib/dpkg/status"));
  EXPECT_TRUE(is_dpkg_status("var/lib/dpkg/status.d/libc6"));
  EXPECT_FALSE(is_dpkg_status("var/lib/dpkg/status.d/libc6.md5sums"));
  EXPECT_FALSE(is_dpkg_status("var/lib/dpkg/status-old"));
  EXPECT_FALSE(is_dpkg_status("opt/vcpkg/installed/vcpkg/status"));
  Finds finds;
  ASSERT_TRUE(read_dpkg_status("Package: libc6\nVersion: 2.36-9\nArchitecture: amd64\nSource: glibc\n",
                               "var/lib/dpkg/status.d/libc6", finds));
  EXPECT_THAT(told(finds), ElementsAre("libc6 2.36-9 glibc 2.36-9 amd64"));
}

TEST(Dpkg, KnowsWhoseAFileIs) {
  EXPECT_TRUE(is_dpkg_list("var/lib/dpkg/info/python3-yaml.list"));
  EXPECT_TRUE(is_dpkg_list("var/lib/dpkg/info/libc6:amd64.list"));
  EXPECT_FALSE(is_dpkg_list("var/lib/dpkg/info/libc6.md5sums"));
  Finds finds;
  ASSERT_TRUE(
      read_dpkg_list("/.\n/usr\n/usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO\n/lib/x\n"
                     "/usr/share/doc/python3-yaml\n",
                     "var/lib/dpkg/info/python3-yaml.list", finds));
  EXPECT_TRUE(finds.owns("usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO", Kind::pypi));
  EXPECT_TRUE(finds.owns("usr/lib/x", Kind::go));
  EXPECT_FALSE(finds.owns("usr/lib/python3/dist-packages/other", Kind::pypi));
  ASSERT_TRUE(read_dpkg_list("d41d8cd98f00b204e9800998ecf8427e  usr/lib/six.egg-info\n",
                             "var/lib/dpkg/status.d/six.md5sums", finds));
  EXPECT_TRUE(finds.owns("usr/lib/six.egg-info", Kind::pypi));
}

TEST(Dpkg, LooksAfterNoProgramsThatStrangersHavePacked) {
  Finds finds;
  ASSERT_TRUE(
      read_dpkg_list("/usr/bin/gh\n/usr/lib/gh/node_modules/a/package.json\n", "var/lib/dpkg/info/gh.list", finds));
  ASSERT_TRUE(read_dpkg_list("/opt/tool/bin/tool\n/usr/share/doc/tool/copyright\n", "var/lib/dpkg/info/tool:amd64.list",
                             finds));
  ASSERT_TRUE(read_dpkg_list("/usr/bin/docker\n/usr/share/doc/docker-ce-cli/copyright\n",
                             "var/lib/dpkg/info/docker-ce-cli.list", finds));
  ASSERT_TRUE(
      read_dpkg_status("Package: docker-ce-cli\nStatus: install ok installed\nVersion: 5:24.0.5-1\n"
                       "Maintainer: Docker <support@docker.com>\n",
                       "var/lib/dpkg/status", finds));
  for (const auto* path : {"usr/bin/gh", "opt/tool/bin/tool", "usr/bin/docker"}) {
    EXPECT_FALSE(finds.owns(path, Kind::go)) << path;
    EXPECT_TRUE(finds.owns(path, Kind::npm)) << path;
  }
}

TEST(Finds, KeepsToItsBounds) {
  Finds finds;
  finds.add({.name = std::string(2000, 'n'), .version = "1"});
  finds.add({.name = "no version"});
  finds.add({.name = " odd\xFF ", .version = "1\r"});
  ASSERT_EQ(finds.packages().size(), 1u);
  EXPECT_EQ(finds.packages().front().name, "odd\xEF\xBF\xBD");
  EXPECT_EQ(finds.packages().front().version, "1");
  for (int i = 0; i < 200'010; ++i) finds.add({.name = "a", .version = "1"});
  EXPECT_EQ(finds.packages().size(), 200'000u);
  for (int i = 0; i < 500; ++i) finds.note("p" + std::to_string(i), "x");
  EXPECT_EQ(finds.problems().size(), 100u);
}

TEST(Apk, ListsWhatIsInstalledWithItsOrigin) {
  Finds finds;
  ASSERT_TRUE(read_apk_database(R"(C:Q1p78yvTLG094tHE1+dToJGbmYzQE=
P:libcrypto3
V:3.1.4-r5
A:x86_64
o:openssl
p:so:libcrypto.so.3=3
F:usr
F:usr/lib
R:libcrypto.so.3
a:0:0:755


P:musl
V:1.2.4-r2
a:not the arch

P:no-version
)",
                                "lib/apk/db/installed", finds));
  EXPECT_THAT(told(finds), ElementsAre("libcrypto3 3.1.4-r5 openssl 3.1.4-r5 x86_64", "musl 1.2.4-r2 musl 1.2.4-r2 "));
  EXPECT_TRUE(finds.owns("usr/lib/libcrypto.so.3", Kind::go));
  EXPECT_TRUE(is_apk_database("lib/apk/db/installed"));
  EXPECT_TRUE(is_apk_database("usr/lib/apk/db/installed"));
  EXPECT_FALSE(is_apk_database("x/lib/apk/db/installed"));
}

}  // namespace
}  // namespace wharf::inventory
