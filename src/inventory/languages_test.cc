#include <gmock/gmock.h>

#include "inventory/gem.h"
#include "inventory/lists.h"
#include "inventory/npm.h"
#include "inventory/python.h"

/// The readers of the files that one language each has.
namespace wharf::inventory {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Reader = Result<void> (*)(std::string_view text, std::string_view path, Finds& finds);

/// "kind name version" of each package that `reader` finds.
std::vector<std::string> told(Reader reader, std::string_view text) {
  Finds finds;
  if (const auto done = reader(text, "a/path", finds); !done) return {"error: " + done.error().message};
  std::vector<std::string> all;
  for (const auto& it : finds.packages()) {
    EXPECT_EQ(it.location, "a/path");
    all.push_back(std::string(boost::describe::enum_to_string(it.kind, "?")) + ' ' + it.name + ' ' + it.version);
  }
  return all;
}

TEST(Python, ReadsTheHeadersOfMetadata) {
  EXPECT_THAT(told(read_python_metadata,
                   "Metadata-Version: 2.1\r\nName: Jinja2\r\nVersion: 2.10\r\nSummary: x\r\n\r\nName: not this\r\n"),
              ElementsAre("pypi Jinja2 2.10"));
  EXPECT_THAT(told(read_python_metadata, "name: a\nDescription: x\n  Version: 9\nversion: 1.0.post1\nVersion: 2"),
              ElementsAre("pypi a 1.0.post1"));
  EXPECT_THAT(told(read_python_metadata, "Name: a\n\nVersion: 1\n"), IsEmpty());
  for (const auto* path : {"usr/lib/python3/dist-packages/x-1.dist-info/METADATA", "x.egg-info/PKG-INFO",
                           "y/x-1-py2.7.egg-info", "s/x.egg/EGG-INFO/PKG-INFO"}) {
    EXPECT_TRUE(is_python_metadata(path)) << path;
  }
  for (const auto* path : {"METADATA", "x/METADATA", "x/PKG-INFO", "x.egg-info/SOURCES.txt"}) {
    EXPECT_FALSE(is_python_metadata(path)) << path;
  }
}

TEST(Npm, ReadsInstalledPackages) {
  EXPECT_THAT(told(read_npm_package, R"({"name": "@babel/core", "version": "7.1.0", "name": "@babel/core"})"),
              ElementsAre("npm @babel/core 7.1.0"));
  EXPECT_THAT(told(read_npm_package, R"({"type": "module"})"), IsEmpty());
  EXPECT_THAT(told(read_npm_package, R"({"name": 1, "version": {}})"), IsEmpty());
  EXPECT_THAT(told(read_npm_package, "\xEF\xBB\xBF{\"name\": \"a\", \"version\": \"1\"}"), ElementsAre("npm a 1"));
  EXPECT_THAT(told(read_npm_package, "[1,"), ElementsAre("error: It is not valid JSON"));
  EXPECT_THAT(told(read_npm_package, std::string(100'000, '[')), ElementsAre("error: It is not valid JSON"));
  for (const auto* path : {"node_modules/a/package.json", "app/node_modules/a/node_modules/@b/c/package.json",
                           "app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json"}) {
    EXPECT_TRUE(is_npm_package(path)) << path;
  }
  for (const auto* path : {"package.json", "app/package.json", "app/node_modules/a/test/fixtures/b/package.json",
                           "app/node_modules/package.json"}) {
    EXPECT_FALSE(is_npm_package(path)) << path;
  }
}

TEST(Npm, ReadsLockFilesOfEachVersion) {
  EXPECT_THAT(told(read_npm_lock, R"({"lockfileVersion": 3, "packages": {
      "": {"name": "app", "version": "1.0.0"},
      "node_modules/lodash": {"version": "4.17.15"},
      "node_modules/a/node_modules/@s/b": {"version": "2.0.0"},
      "node_modules/alias": {"name": "real", "version": "3.0.0"},
      "node_modules/jest": {"version": "29.0.0", "dev": true},
      "node_modules/local": {"resolved": "packages/local", "link": true},
      "packages/local": {"version": "0.1.0"}}})"),
              ElementsAre("npm lodash 4.17.15", "npm @s/b 2.0.0", "npm real 3.0.0"));
  EXPECT_THAT(told(read_npm_lock, R"({"lockfileVersion": 1, "dependencies": {
      "a": {"version": "1.0.0", "dependencies": {"b": {"version": "2.0.0"}}}, "c": {"version": "3.0.0", "dev": true}}})"),
              ElementsAre("npm a 1.0.0", "npm b 2.0.0"));
  EXPECT_TRUE(is_npm_lock("app/package-lock.json"));
  EXPECT_FALSE(is_npm_lock("app/node_modules/a/package-lock.json"));
}

TEST(Gem, ReadsWhatASpecificationSets) {
  EXPECT_THAT(told(read_gemspec,
                   "# -*- encoding: utf-8 -*-\nGem::Specification.new do |s|\n"
                   "  s.name = \"rake\".freeze\n  s.version = \"12.3.2\"\n  s.metadata = { \"x.name\" => 1 }\n"
                   "  s.required_rubygems_version = Gem::Requirement.new(\">= 1.3.2\")\nend\n"),
              ElementsAre("gem rake 12.3.2"));
  EXPECT_THAT(told(read_gemspec, "spec.name = %q{rack}\nspec.version = Gem::Version.new('2.2.2')\n"),
              ElementsAre("gem rack 2.2.2"));
  EXPECT_THAT(told(read_gemspec, "s.name = NAME\ns.version = VERSION\n"), IsEmpty());
  EXPECT_TRUE(is_gemspec("usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.gemspec"));
  EXPECT_FALSE(is_gemspec("usr/lib/ruby/gems/3.1.0/gems/json-2.6/json.gemspec"));
}

TEST(Composer, ReadsBothForms) {
  EXPECT_THAT(told(read_composer_list,
                   R"({"packages": [{"name": "symfony/http-kernel", "version": "v5.4.1"}, 7], "dev": true})"),
              ElementsAre("composer symfony/http-kernel v5.4.1"));
  EXPECT_THAT(told(read_composer_list, R"([{"name": "a/b", "version": "1.0.0"}])"), ElementsAre("composer a/b 1.0.0"));
  EXPECT_THAT(told(read_composer_list, R"("text")"), IsEmpty());
  EXPECT_TRUE(is_composer_list("app/vendor/composer/installed.json"));
  EXPECT_FALSE(is_composer_list("app/installed.json"));
  EXPECT_THAT(told(read_composer_list, R"({"content-hash": "x", "packages": [{"name": "a/b", "version": "v2.0.0"}],
      "packages-dev": [{"name": "c/d", "version": "1.0.0"}]})"),
              ElementsAre("composer a/b v2.0.0"))
      << "a lock file";
  EXPECT_TRUE(is_composer_lock("app/composer.lock"));
  EXPECT_FALSE(is_composer_lock("app/vendor/a/b/composer.lock"));
}

TEST(DotNet, ReadsThePackagesOfAProgram) {
  EXPECT_THAT(told(read_dotnet_list, R"({"runtimeTarget": {}, "libraries": {
      "App/1.0.0": {"type": "project"}, "Newtonsoft.Json/12.0.1": {"type": "package", "serviceable": true},
      "runtimepack.Microsoft.NETCore.App/8.0.1": {"type": "runtimepack"}}})"),
              ElementsAre("nuget Newtonsoft.Json 12.0.1"));
  EXPECT_TRUE(is_dotnet_list("app/App.deps.json"));
}

TEST(Cargo, ReadsALockFile) {
  EXPECT_THAT(told(read_cargo_lock, R"(version = 3

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "tokio",
]

[[package]]
name = "tokio"
version = "1.8.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "x"
)"),
              ElementsAre("cargo tokio 1.8.0"));
  EXPECT_TRUE(is_cargo_lock("src/Cargo.lock"));
}

}  // namespace
}  // namespace wharf::inventory
