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
      read_dpkg_list("/.\n/usr\n/usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO\n/lib/x\n", "", finds));
  EXPECT_TRUE(finds.owns("usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO"));
  EXPECT_TRUE(finds.owns("usr/lib/x"));
  EXPECT_FALSE(finds.owns("usr/lib/python3/dist-packages/other"));
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
  EXPECT_TRUE(finds.owns("usr/lib/libcrypto.so.3"));
  EXPECT_TRUE(is_apk_database("lib/apk/db/installed"));
  EXPECT_TRUE(is_apk_database("usr/lib/apk/db/installed"));
  EXPECT_FALSE(is_apk_database("x/lib/apk/db/installed"));
}

}  // namespace
}  // namespace wharf::inventory
