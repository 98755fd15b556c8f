#include "inventory/layer.h"

#include <gmock/gmock.h>

#include "inventory/rpm_testing.h"
#include "inventory/testing.h"

namespace wharf::inventory {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

Result<Layer> read_bytes(const std::string& bytes, const Limits& limits = {}, int* opened = nullptr) {
  return read_layer(
      [&]() -> Result<std::unique_ptr<Source>> {
        if (opened != nullptr) ++*opened;
        return std::make_unique<MemorySource>(bytes);
      },
      limits);
}
Layer layer_of(const std::vector<TestFile>& files, int* opened = nullptr) {
  return read_bytes(test_layer(files), {}, opened).value();
}

/// "kind name version location" of each package.
std::vector<std::string> told(const Layer& layer) {
  std::vector<std::string> all;
  for (const auto& it : layer.packages) {
    all.push_back(std::string(boost::describe::enum_to_string(it.kind, "?")) + ' ' + it.name + ' ' + it.version + ' ' +
                  it.location);
  }
  return all;
}

const TestFile kDpkg{.path = "./var/lib/dpkg/status",
                     .content = "Package: tar\nStatus: install ok installed\nVersion: 1.34+dfsg-1\n"};
const TestFile kMetadata{.path = "usr/lib/python3/dist-packages/six.egg-info/PKG-INFO",
                         .content = "Name: six\nVersion: 1.16\n"};

TEST(ReadLayer, FindsEveryKindOfPackage) {
  const auto layer =
      layer_of({{.path = "etc/os-release", .content = "ID=debian\nVERSION_ID=12\n"},
                kDpkg,
                {.path = "lib/apk/db/installed", .content = "P:musl\nV:1.2.4-r2\n"},
                {.path = "var/lib/rpm/Packages.db", .content = "RpmP"},
                kMetadata,
                {.path = "app/node_modules/a/package.json", .content = R"({"name": "a", "version": "1.0.0"})"},
                {.path = "gems/specifications/rack.gemspec", .content = "s.name = 'rack'\ns.version = '2.2.2'\n"},
                {.path = "app/vendor/composer/installed.json", .content = R"([{"name": "a/b", "version": "1"}])"},
                {.path = "app/App.deps.json", .content = R"({"libraries": {"N/1.0": {"type": "package"}}})"},
                {.path = "app/lib-1.0.jar",
                 .content = test_zip({{.path = "META-INF/maven/g/lib/pom.properties",
                                       .content = "groupId=g\nartifactId=lib\nversion=1.0\n"}})}});
  EXPECT_EQ(layer.distribution.id, "debian");
  EXPECT_THAT(
      told(layer),
      ElementsAre("dpkg tar 1.34+dfsg-1 var/lib/dpkg/status", "apk musl 1.2.4-r2 lib/apk/db/installed",
                  "pypi six 1.16 usr/lib/python3/dist-packages/six.egg-info/PKG-INFO",
                  "npm a 1.0.0 app/node_modules/a/package.json", "gem rack 2.2.2 gems/specifications/rack.gemspec",
                  "composer a/b 1 app/vendor/composer/installed.json", "nuget N 1.0 app/App.deps.json",
                  "maven g:lib 1.0 app/lib-1.0.jar"));
  EXPECT_THAT(layer.problems, ElementsAre("var/lib/rpm/Packages.db: An rpm database of an unknown version"));
}

TEST(ReadLayer, ReadsPackedLayersAlike) {
  const std::vector<TestFile> files{kDpkg, kMetadata, {.path = "a/.wh.b"}};
  const auto plain = read_bytes(test_layer(files)).value();
  EXPECT_THAT(plain.packages, SizeIs(2));
  EXPECT_EQ(read_bytes(test_layer(files, ARCHIVE_FILTER_GZIP)).value(), plain);
  EXPECT_EQ(read_bytes(test_layer(files, ARCHIVE_FILTER_ZSTD)).value(), plain);
}

TEST(ReadLayer, LeavesWhatADistributionsPackageBroughtToIt) {
  const TestFile list{.path = "var/lib/dpkg/info/python3-six.list",
                      .content = "/usr/lib/python3/dist-packages/six.egg-info/PKG-INFO\n"};
  EXPECT_THAT(told(layer_of({kMetadata, kDpkg, list})), ElementsAre("dpkg tar 1.34+dfsg-1 var/lib/dpkg/status"));
  const TestFile other{.path = "usr/local/lib/six.egg-info/PKG-INFO", .content = "Name: six\nVersion: 1.16\n"};
  EXPECT_THAT(told(layer_of({other, list})), ElementsAre("pypi six 1.16 usr/local/lib/six.egg-info/PKG-INFO"));
}

TEST(ReadLayer, NotesWhiteoutsAndOpaqueFolders) {
  const auto layer = layer_of({{.path = "var/lib/.wh.dpkg"},
                               {.path = "opt/.wh..wh..opq"},
                               {.path = ".wh.top"},
                               {.path = "x/.wh..wh.plnk"},
                               {.path = ".wh..wh..opq"}});
  EXPECT_THAT(layer.whiteouts, ElementsAre("var/lib/dpkg", "top"));
  EXPECT_THAT(layer.opaque, ElementsAre("opt", ""));
}

TEST(ReadLayer, FollowsLinksToADatabase) {
  int opened = 0;
  EXPECT_THAT(told(layer_of({{.path = "data/dpkg/status", .content = kDpkg.content},
                             test_symlink("var/lib/dpkg", "../../data/dpkg")},
                            &opened)),
              ElementsAre("dpkg tar 1.34+dfsg-1 var/lib/dpkg/status"));
  EXPECT_EQ(opened, 2);
  const auto release =
      layer_of({{.path = "opt/release", .content = "ID=alpine\n"}, test_symlink("etc/os-release", "/opt/release")});
  EXPECT_EQ(release.distribution.id, "alpine");
  opened = 0;
  EXPECT_EQ(layer_of({test_symlink("etc/os-release", "../usr/lib/os-release"),
                      {.path = "usr/lib/os-release", .content = "ID=debian\n"}},
                     &opened)
                .distribution.id,
            "debian");
  EXPECT_EQ(opened, 1);
}

TEST(ReadLayer, FollowsHardLinks) {
  EXPECT_THAT(told(layer_of({{.path = "store/ab", .content = R"({"name": "a", "version": "1"})"},
                             test_hardlink("app/node_modules/a/package.json", "store/ab"),
                             test_hardlink("b/node_modules/a/package.json", "store/ab")})),
              UnorderedElementsAre("npm a 1 app/node_modules/a/package.json", "npm a 1 b/node_modules/a/package.json"));
}

TEST(ReadLayer, TakesLinksThatLeadNowhereForAbsent) {
  int opened = 0;
  const auto layer = layer_of(
      {test_symlink("etc/os-release", "os-release"), test_symlink("var/lib/dpkg", "/nowhere"),
       test_symlink("lib/apk", "../../../../../../etc/passwd"), test_hardlink("a/node_modules/x/package.json", "gone")},
      &opened);
  EXPECT_THAT(layer.packages, IsEmpty());
  EXPECT_EQ(layer.distribution.id, "");
  EXPECT_EQ(opened, 1);
}

TEST(ReadLayer, ADamagedFileIsAProblemOfItsOwn) {
  const auto layer = layer_of(
      {{.path = "node_modules/a/package.json", .content = "{"},
       {.path = "a-1.jar", .content = "no archive"},
       {.path = "node_modules/b/package.json", .content = std::string(3 << 20, ' ')},
       {.path = "var/lib/rpm/rpmdb.sqlite", .content = std::string("SQLite format 3\0", 16) + std::string(1000, 'x')},
       kDpkg});
  EXPECT_THAT(told(layer), ElementsAre("dpkg tar 1.34+dfsg-1 var/lib/dpkg/status"));
  EXPECT_THAT(layer.problems,
              ElementsAre("node_modules/a/package.json: It is not valid JSON", "a-1.jar: It is no zip archive",
                          "node_modules/b/package.json: The file is too large",
                          "var/lib/rpm/rpmdb.sqlite: A damaged database"));
}

TEST(ReadLayer, ABombInALayerEndsItWithAnError) {
  const std::string zeros(20'000'000, '\0');
  const Limits limits{.ratio = 50, .free_bytes = 1'000'000};
  const auto outer = read_bytes(test_layer({{.path = "zeros", .content = zeros}}, ARCHIVE_FILTER_GZIP), limits);
  ASSERT_FALSE(outer);
  EXPECT_EQ(outer.error().code, Errc::payload_too_large);
  auto jar = test_zip({{.path = "META-INF/MANIFEST.MF", .content = zeros}, {.path = "x.jar", .content = zeros}});
  const auto inner = read_bytes(test_layer({{.path = "a.jar", .content = jar}}, ARCHIVE_FILTER_GZIP), limits);
  ASSERT_FALSE(inner);
  EXPECT_EQ(inner.error().code, Errc::payload_too_large);
}

TEST(ReadLayer, ALayerThatIsNoneIsAnError) {
  for (const auto& bytes : {std::string(), std::string("{\"a\": 1}"), std::string(5000, 'x')}) {
    const auto layer = read_bytes(bytes);
    ASSERT_FALSE(layer);
    EXPECT_EQ(layer.error().code, Errc::invalid_request);
  }
  const auto whole = test_layer({kDpkg, {.path = "b", .content = std::string(50'000, 'b')}}, ARCHIVE_FILTER_GZIP);
  EXPECT_FALSE(read_bytes(whole.substr(0, whole.size() - 100)));
  const auto empty = read_bytes(test_layer({}));
  ASSERT_TRUE(empty);
  EXPECT_THAT(empty->packages, IsEmpty());
}

TEST(ReadLayer, EndsWhenItsTimeIsUp) {
  int asked = 0;
  const auto bytes = test_layer({{.path = "a", .content = std::string(5'000'000, 'x')}});
  const auto layer = read_bytes(bytes, {.stop = [&] { return ++asked > 5; }});
  ASSERT_FALSE(layer);
  EXPECT_EQ(layer.error().code, Errc::unavailable);
}

}  // namespace
}  // namespace wharf::inventory
