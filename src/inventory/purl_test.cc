#include "inventory/purl.h"

#include <gtest/gtest.h>

namespace wharf::inventory {
namespace {

TEST(Purl, NamesEveryKindAsOthersDo) {
  const Distribution debian{.id = "debian", .version_id = "12"};
  const Distribution rhel{.id = "rhel", .version_id = "9.2"};
  const Distribution none;
  const auto package = [](Kind kind, std::string name, std::string version, std::string arch = {}) {
    return Package{.kind = kind, .name = std::move(name), .version = std::move(version), .arch = std::move(arch)};
  };
  struct Row {
    Package package;
    const Distribution& distribution;
    std::string purl;
  };
  auto modular = package(Kind::rpm, "nodejs", "1:18.14.2-2.module+el9", "x86_64");
  modular.module = "nodejs:18:9:ab:x86_64";
  const Row rows[] = {
      {package(Kind::dpkg, "libstdc++6", "1:12.2.0-14+b1", "amd64"), debian,
       "pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14%2Bb1?arch=amd64&distro=debian-12"},
      {package(Kind::apk, "busybox", "1.36.1-r5", "x86_64"), {none}, "pkg:apk/busybox@1.36.1-r5?arch=x86_64"},
      {package(Kind::rpm, "openssl-libs", "1:3.0.7-2.el9", "x86_64"), rhel,
       "pkg:rpm/redhat/openssl-libs@3.0.7-2.el9?arch=x86_64&distro=rhel-9.2&epoch=1"},
      {package(Kind::rpm, "bash", "0:5.1.8-6.el9", ""), rhel, "pkg:rpm/redhat/bash@5.1.8-6.el9?distro=rhel-9.2"},
      {modular, rhel,
       "pkg:rpm/redhat/nodejs@18.14.2-2.module%2Bel9?arch=x86_64&distro=rhel-9.2&epoch=1&rpmmod=nodejs:18:9:ab:x86_64"},
      {package(Kind::pypi, "Jinja2", "2.10"), debian, "pkg:pypi/jinja2@2.10"},
      {package(Kind::npm, "@babel/core", "7.0.0"), none, "pkg:npm/%40babel/core@7.0.0"},
      {package(Kind::go, "golang.org/x/text", "v0.3.5"), none, "pkg:golang/golang.org/x/text@v0.3.5"},
      {package(Kind::maven, "org.apache.logging.log4j:log4j-core", "2.14.1"), none,
       "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"},
      {package(Kind::gem, "rack", "2.2.2"), none, "pkg:gem/rack@2.2.2"},
      {package(Kind::cargo, "tokio", "1.8.0"), none, "pkg:cargo/tokio@1.8.0"},
      {package(Kind::composer, "Monolog/Monolog", "2.0.0"), none, "pkg:composer/monolog/monolog@2.0.0"},
      {package(Kind::nuget, "Newtonsoft.Json", "13.0.1"), none, "pkg:nuget/Newtonsoft.Json@13.0.1"},
      {package(Kind::go, "example.org/app", ""), none, "pkg:golang/example.org/app"},
  };
  for (const auto& row : rows) EXPECT_EQ(purl_of(row.package, row.distribution), row.purl);
}

}  // namespace
}  // namespace wharf::inventory
