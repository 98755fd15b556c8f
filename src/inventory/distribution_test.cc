#include "inventory/distribution.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

namespace wharf::inventory {
namespace {

using testing::ElementsAre;
using Files = std::map<std::string, std::string>;

TEST(Distribution, IsWhatOsReleaseSays) {
  const auto debian = find_distribution({{"etc/os-release", R"os(# a comment
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION_CODENAME=bookworm
this line is broken
ID=debian
)os"}});
  EXPECT_EQ(debian, (Distribution{.id = "debian",
                                  .version_id = "12",
                                  .codename = "bookworm",
                                  .name = "Debian GNU/Linux",
                                  .pretty_name = "Debian GNU/Linux 12 (bookworm)"}));
  const auto red_hat =
      find_distribution({{"usr/lib/os-release",
                          "ID=\"rhel\"\r\nID_LIKE='fedora'\r\nVERSION_ID=9.2\r\n"
                          "NAME=Red\\ Hat\r\nCPE_NAME=\"cpe:/o:redhat:enterprise_linux:9::baseos\"\r\n"}});
  EXPECT_EQ(red_hat.id, "rhel");
  EXPECT_EQ(red_hat.version_id, "9.2");
  EXPECT_EQ(red_hat.name, "Red Hat");
  EXPECT_EQ(red_hat.id_like, "fedora");
  EXPECT_EQ(red_hat.cpe, "cpe:/o:redhat:enterprise_linux:9::baseos");
}

TEST(Distribution, EtcGoesBeforeUsr) {
  EXPECT_EQ(find_distribution({{"etc/os-release", "ID=ubuntu"}, {"usr/lib/os-release", "ID=debian"}}).id, "ubuntu");
  EXPECT_EQ(find_distribution({{"etc/os-release", ""}, {"usr/lib/os-release", "ID=debian"}}).id, "debian");
}

struct Older {
  Files files;
  std::string_view id;
  std::string_view version_id;
};
const Older kOlder[] = {
    {{{"etc/alpine-release", "3.4.6\n"}}, "alpine", "3.4.6"},
    {{{"etc/lsb-release", "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\nDISTRIB_CODENAME=trusty\n"}}, "ubuntu", "14.04"},
    {{{"etc/oracle-release", "Oracle Linux Server release 6.8\n"},
      {"etc/redhat-release", "Red Hat Enterprise Linux Server release 6.8 (Santiago)\n"}},
     "ol",
     "6.8"},
    {{{"etc/centos-release", "CentOS release 6.10 (Final)\n"}, {"etc/redhat-release", "CentOS release 6.10 (Final)\n"}},
     "centos",
     "6.10"},
    {{{"etc/redhat-release", "Red Hat Enterprise Linux Server release 7.9 (Maipo)"}}, "rhel", "7.9"},
    {{{"etc/redhat-release", "Fedora release 21 (Twenty One)"}}, "fedora", "21"},
    {{{"etc/system-release", "Amazon Linux AMI release 2018.03"}}, "amzn", "2018.03"},
    {{{"etc/photon-release", "VMware Photon OS 3.0\nPHOTON_BUILD_NUMBER=1\n"}}, "photon", "3.0"},
    {{{"etc/SuSE-release", "openSUSE 13.2 (x86_64)\nVERSION = 13.2\n"}}, "opensuse-leap", "13.2"},
    {{{"etc/debian_version", "7.11\n"}}, "debian", "7"},
    {{{"etc/debian_version", "bookworm/sid\n"}}, "debian", ""},
    {{{"etc/issue", "\nUbuntu 12.04.5 LTS \\n \\l\n"}, {"etc/debian_version", "wheezy/sid"}}, "ubuntu", "12.04.5"},
    {{{"etc/issue", "Kernel \\r on an \\m"}}, "", ""},
    {{}, "", ""},
};

TEST(Distribution, IsFoundInWhatOlderSystemsHave) {
  for (const auto& row : kOlder) {
    const auto found = find_distribution(row.files);
    EXPECT_EQ(found.id, row.id) << (row.files.empty() ? "" : row.files.begin()->second);
    EXPECT_EQ(found.version_id, row.version_id) << row.id;
  }
}

TEST(Distribution, AlpineIsOfTheBranchOfItsRepositories) {
  const std::string release = "ID=alpine\nVERSION_ID=3.18.4\n";
  const auto version = [&](const Files& more) {
    Files files{{"etc/os-release", release}};
    files.insert(more.begin(), more.end());
    return find_distribution(files).version_id;
  };
  EXPECT_EQ(version({}), "3.18.4");
  EXPECT_EQ(version({{"etc/apk/repositories", "https://dl-cdn.alpinelinux.org/alpine/v3.18/main\n"}}), "3.18.4");
  EXPECT_EQ(version({{"etc/apk/repositories", "https://x/alpine/edge/main\n#https://x/alpine/v3.1/main\n"}}), "edge");
  EXPECT_EQ(version({{"etc/apk/repositories", "https://x/v3.17/main\nhttps://x/v3.17/community\n"}}), "3.17");
  EXPECT_EQ(version({{"etc/apk/repositories", "https://x/v3.17/main\nhttps://x/edge/testing\n"}}), "3.18.4");
  EXPECT_EQ(version({{"etc/issue", "Welcome to Alpine Linux 3.19 (edge)\n"}}), "edge");
  EXPECT_EQ(find_distribution({{"etc/os-release", "ID=alpine\nVERSION_ID=3.19_alpha20230901\n"}}).version_id, "edge");
}

TEST(ContentManifest, NamesTheRepositoriesOfAnImage) {
  EXPECT_TRUE(is_content_manifest("root/buildinfo/content_manifests/ubi9-container-9.2-489.json"));
  EXPECT_TRUE(is_content_manifest("usr/share/buildinfo/content-sets.json"));
  EXPECT_FALSE(is_content_manifest("root/buildinfo/Dockerfile-ubi9"));
  Finds finds;
  ASSERT_TRUE(read_content_manifest(
      R"({"metadata": {}, "content_sets": ["rhel-9-for-x86_64-baseos-rpms", 7, "a", "a"]})", "x", finds));
  EXPECT_THAT(finds.content_sets(), ElementsAre("rhel-9-for-x86_64-baseos-rpms", "a"));
  EXPECT_FALSE(read_content_manifest("{", "x", finds));
}

std::string dnf_history() {
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(":memory:", &database), SQLITE_OK);
  EXPECT_EQ(
      sqlite3_exec(database,
                   "CREATE TABLE repo (id INTEGER PRIMARY KEY, repoid TEXT NOT NULL);"
                   "INSERT INTO repo (repoid) VALUES ('@System'), ('ubi-9-baseos-rpms'), ('ubi-9-appstream-rpms')",
                   nullptr, nullptr, nullptr),
      SQLITE_OK);
  sqlite3_int64 size = 0;
  unsigned char* bytes = sqlite3_serialize(database, "main", &size, 0);
  std::string all(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  sqlite3_free(bytes);
  sqlite3_close(database);
  return all;
}

TEST(DnfHistory, CountsWhereTheContentManifestSaysSo) {
  EXPECT_TRUE(is_dnf_history("var/lib/dnf/history.sqlite"));
  Finds finds;
  ASSERT_TRUE(read_dnf_history(dnf_history(), "x", finds));
  EXPECT_THAT(finds.content_sets(), testing::IsEmpty());
  ASSERT_TRUE(read_content_manifest(R"({"from_dnf_hint": true, "content_sets": []})", "x", finds));
  EXPECT_THAT(finds.content_sets(), ElementsAre("ubi-9-baseos-rpms", "ubi-9-appstream-rpms"));
  ASSERT_TRUE(read_content_manifest(R"({"content_sets": ["a"]})", "x", finds));
  EXPECT_THAT(finds.content_sets(), ElementsAre("a"));
  EXPECT_FALSE(read_dnf_history("no database", "x", finds));
}

}  // namespace
}  // namespace wharf::inventory
