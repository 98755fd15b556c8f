#include "inventory/image.h"

#include <gmock/gmock.h>

#include "inventory/testing.h"

namespace wharf::inventory {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kStatus = "var/lib/dpkg/status";

/// A stanza of dpkg's for each "name version".
std::string dpkg(const std::vector<std::string>& packages) {
  std::string text;
  for (const auto& it : packages) {
    const auto blank = it.find(' ');
    text +=
        "Package: " + it.substr(0, blank) + "\nStatus: install ok installed\nVersion: " + it.substr(blank + 1) + "\n\n";
  }
  return text;
}
TestFile status(const std::vector<std::string>& packages) { return {.path = kStatus, .content = dpkg(packages)}; }
TestFile python(const std::string& folder, const std::string& name, const std::string& version) {
  return {.path = folder + '/' + name + ".dist-info/METADATA",
          .content = "Name: " + name + "\nVersion: " + version + '\n'};
}
TestFile npm(const std::string& folder, const std::string& name, const std::string& version) {
  return {.path = folder + "/node_modules/" + name + "/package.json",
          .content = R"({"name": ")" + name + R"(", "version": ")" + version + "\"}"};
}
TestFile whiteout(const std::string& path) { return {.path = path}; }

Image image_of(const std::vector<std::vector<TestFile>>& layers) {
  std::vector<Layer> all;
  for (const auto& files : layers) {
    const auto bytes = test_layer(files);
    const auto open = [&]() -> Result<std::unique_ptr<Source>> { return std::make_unique<MemorySource>(bytes); };
    all.push_back(read_layer(open).value());
  }
  return merge_layers(all);
}

/// "name version layer" of each package.
std::vector<std::string> told(const std::vector<std::vector<TestFile>>& layers) {
  std::vector<std::string> all;
  for (const auto& it : image_of(layers).packages) {
    all.push_back(it.package.name + ' ' + it.package.version + ' ' + std::to_string(it.layer));
  }
  return all;
}

TEST(MergeLayers, TheUppermostDatabaseIsTheTruth) {
  EXPECT_THAT(told({{status({"a 1", "b 1", "c 1"})}, {{.path = "etc/motd"}}, {status({"a 1", "b 2"})}}),
              ElementsAre("a 1 0", "b 2 2"));
}

TEST(MergeLayers, ACopyOfADistributionsFileStaysTheDistributions) {
  const TestFile list{.path = "var/lib/dpkg/info/six.list",
                      .content = "/usr/lib/six.dist-info/METADATA\n/usr/share/doc/six\n"};
  const auto six = python("usr/lib", "six", "1.16");
  EXPECT_THAT(told({{status({"six 1.16-1"}), list, six}, {six}}), ElementsAre("six 1.16-1 0"));
  EXPECT_THAT(told({{status({"six 1.16-1"}), list, six}, {python("usr/lib", "six", "1.17")}}),
              ElementsAre("six 1.16-1 0", "six 1.17 1"));
}

TEST(MergeLayers, APackageIsOfTheLayerSinceWhichItIsThere) {
  EXPECT_THAT(told({{status({"a 1"})}, {status({"a 1", "b 1"})}, {status({"b 1"})}, {status({"a 1", "b 1"})}}),
              ElementsAre("b 1 1", "a 1 3"));
}

TEST(MergeLayers, ADatabaseThatIsDeletedTakesItsPackagesAlong) {
  EXPECT_THAT(told({{status({"a 1"})}, {whiteout("var/lib/dpkg/.wh.status")}}), IsEmpty());
  EXPECT_THAT(told({{status({"a 1"})}, {whiteout("var/lib/.wh.dpkg")}}), IsEmpty());
  EXPECT_THAT(told({{status({"a 1"})}, {whiteout("var/.wh..wh..opq")}}), IsEmpty());
  EXPECT_THAT(told({{status({"a 1"})}, {whiteout(".wh..wh..opq")}}), IsEmpty());
  EXPECT_THAT(told({{status({"a 1"})}, {test_symlink("var/lib/dpkg", "/elsewhere")}}), IsEmpty());
}

TEST(MergeLayers, AnEmptyOrBrokenDatabaseCountsToo) {
  EXPECT_THAT(told({{status({"a 1"})}, {{.path = kStatus, .content = "no stanza"}}}), IsEmpty());
}

TEST(MergeLayers, AWhiteoutActsOnTheLayersBelowItsOwn) {
  EXPECT_THAT(told({{status({"a 1"})}, {whiteout("var/lib/dpkg/.wh..wh..opq"), status({"b 1"})}}),
              ElementsAre("b 1 1"));
  EXPECT_THAT(told({{python("site", "a", "1")}, {python("site", "b", "1"), whiteout(".wh.site")}}),
              ElementsAre("b 1 1"));
}

TEST(MergeLayers, AWhiteoutGoesByWholeNames) {
  EXPECT_THAT(
      told({{python("lib/site-packages", "a", "1")}, {whiteout("lib/site/.wh..wh..opq"), whiteout("lib/.wh.site")}}),
      ElementsAre("a 1 0"));
  EXPECT_THAT(told({{python("lib/site", "a", "1")}, {{.path = "lib/x.wh.site"}, {.path = "lib/.wh."}}}),
              ElementsAre("a 1 0"));
  EXPECT_THAT(told({{python("lib/site", "a", "1")}, {whiteout("lib/.wh..wh.plnk"), whiteout(".wh..wh.aufs")}}),
              ElementsAre("a 1 0"));
}

TEST(MergeLayers, FilesAreThereUntilOneDeletesOrOverwritesThem) {
  EXPECT_THAT(
      told({{python("s", "a", "1"), python("s", "b", "1")},
            {python("s", "c", "1")},
            {whiteout("s/.wh.b.dist-info"), {.path = "s/c.dist-info/METADATA", .content = "Name: c\nVersion: 2\n"}}}),
      ElementsAre("a 1 0", "c 2 2"));
  EXPECT_THAT(told({{python("s", "a", "1")}, {{.path = "s/a.dist-info/METADATA", .content = "nothing"}}}), IsEmpty());
  EXPECT_THAT(told({{python("s", "a", "1")}, {python("s", "a", "1")}}), ElementsAre("a 1 0"));
}

TEST(MergeLayers, ArchivesInArchivesGoWithTheOutermost) {
  const auto jar =
      test_zip({{.path = "META-INF/maven/g/a/pom.properties", .content = "groupId=g\nartifactId=a\nversion=1"}});
  const TestFile war{.path = "app/x.war", .content = test_zip({{.path = "WEB-INF/lib/a.jar", .content = jar}})};
  EXPECT_THAT(told({{war}}), ElementsAre("g:a 1 0"));
  EXPECT_THAT(told({{war}, {whiteout("app/.wh.x.war")}}), IsEmpty());
  EXPECT_THAT(told({{war}, {{.path = "app/x.war", .content = "x"}}}), IsEmpty());
}

TEST(MergeLayers, ALockFileCountsWhereNothingIsInstalledBesideIt) {
  const TestFile lock{.path = "app/package-lock.json",
                      .content = R"({"packages": {"node_modules/a": {"version": "1.0.0"}}})"};
  EXPECT_THAT(told({{lock}}), ElementsAre("a 1.0.0 0"));
  EXPECT_THAT(told({{lock}, {npm("app", "b", "2.0.0")}}), ElementsAre("b 2.0.0 1"));
  EXPECT_THAT(told({{lock}, {npm("other", "b", "2.0.0")}}), ElementsAre("a 1.0.0 0", "b 2.0.0 1"));
  const TestFile composer{.path = "app/composer.lock",
                          .content = R"({"packages": [{"name": "a/b", "version": "1.0"}]})"};
  const TestFile installed{.path = "app/vendor/composer/installed.json",
                           .content = R"([{"name": "a/b", "version": "1.1"}])"};
  EXPECT_THAT(told({{composer}}), ElementsAre("a/b 1.0 0"));
  EXPECT_THAT(told({{composer}, {installed}}), ElementsAre("a/b 1.1 1"));
}

/// "name of distribution" of each package.
std::vector<std::string> releases(const std::vector<std::vector<TestFile>>& layers) {
  const auto image = image_of(layers);
  std::vector<std::string> all;
  for (const auto& it : image.packages) {
    const auto& of = image.distributions.at(it.distribution);
    std::string text = it.package.name + " of " + of.id + of.version_id;
    for (const auto& set : of.content_sets) text += ' ' + set;
    all.push_back(text);
  }
  return all;
}
TestFile release(const std::string& id, const std::string& version) {
  return {.path = "etc/os-release", .content = "ID=" + id + "\nVERSION_ID=" + version + '\n'};
}

TEST(MergeLayers, ALayerIsOfTheNearestDistribution) {
  EXPECT_THAT(releases({{release("debian", "12")}, {status({"a 1"})}}), ElementsAre("a of debian12"));
  EXPECT_THAT(releases({{status({"a 1"})}, {release("debian", "12")}}), ElementsAre("a of debian12"));
  EXPECT_THAT(releases({{status({"a 1"})}}), ElementsAre("a of "));
  // An upgrade of the whole system brings a database and a release along.
  EXPECT_THAT(releases({{release("debian", "11"), status({"a 1"})}, {release("debian", "12"), status({"a 1", "b 1"})}}),
              ElementsAre("a of debian12", "b of debian12"));
  EXPECT_THAT(releases({{release("debian", "12"), status({"a 1"})},
                        {release("alpine", "3.18.4"), {.path = "lib/apk/db/installed", .content = "P:m\nV:1\n"}}}),
              ElementsAre("a of debian12", "m of alpine3.18.4"));
}

TEST(MergeLayers, RedHatsRepositoriesAreOfTheLayerThatBroughtThePackage) {
  const auto sets = [](const std::string& name) {
    return TestFile{.path = "root/buildinfo/content_manifests/" + name + ".json",
                    .content = R"({"content_sets": [")" + name + "\"]}"};
  };
  EXPECT_THAT(releases({{release("rhel", "9"), sets("base"), status({"a 1"})},
                        {status({"a 1", "b 1"})},
                        {sets("app"), status({"a 1", "b 1", "c 1"})}}),
              ElementsAre("a of rhel9 base", "b of rhel9 base", "c of rhel9 app"));
}

TEST(MergeLayers, NoLayersAreNoPackages) {
  EXPECT_THAT(merge_layers({}).packages, IsEmpty());
  EXPECT_THAT(told({{{.path = "a"}}}), IsEmpty());
}

}  // namespace
}  // namespace wharf::inventory
