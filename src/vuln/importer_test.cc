// Feeds in the database: imports, look-ups, findings, and the file that carries them; on both engines.
#include "vuln/importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/testing_folder.h"
#include "db/testing.h"
#include "vuln/bundle.h"
#include "vuln/feed_osv.h"
#include "vuln/matcher.h"
#include "vuln/testing.h"

namespace wharf::vuln {
namespace {

using inventory::Kind;
using inventory::Package;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const db::Query kCountEntries{"test.entries", "SELECT COUNT(*) FROM vuln_entry"};
const db::Query kCountImports{"test.imports", "SELECT COUNT(*) FROM vuln_import"};

class VulnDatabase : public testing::TestWithParam<db::Engine> {
 protected:
  void SetUp() override { database = made.open(); }

  void write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((folder.path() / name).parent_path());
    std::ofstream(folder.path() / name) << text;
  }

  /// Imports all files of the folder; the error's message if it fails.
  std::string update() {
    Importer importer(*database);
    auto read = read_feeds(folder.path(), importer, [](const FileRead&) {});
    if (!read) return read.error().message;
    importer.finish();
    return "";
  }

  /// "name [advisory] severity fixed_by" of each finding.
  std::vector<std::string> findings(const Package& package, const inventory::Distribution& distribution = {}) {
    const auto all = database->read_now([&](db::Tx& tx) {
      lookups.begin(tx);
      return find_vulnerabilities(tx, lookups, std::span(&package, 1), distribution);
    });
    std::vector<std::string> lines;
    for (const auto& finding : all.at(0)) {
      lines.push_back(finding.name + " [" + finding.advisory + "] " +
                      boost::describe::enum_to_string(finding.severity, "") +
                      (finding.fixed_by.empty() ? "" : " " + finding.fixed_by));
    }
    return lines;
  }

  std::vector<std::string> feeds() {
    std::vector<std::string> names;
    for (const auto& row : database->read_now([](db::Tx& tx) { return list_feeds(tx); })) names.push_back(row.feed);
    return names;
  }

  std::int64_t count(const db::Query& query) {
    return database->read_now([&](db::Tx& tx) { return tx.get<std::int64_t>(query); });
  }
  std::int64_t version() {
    return database->read_now([](db::Tx& tx) { return data_version(tx); });
  }

  db::TestDatabase made = db::TestDatabase::make_migrated(GetParam());
  std::unique_ptr<db::Database> database;
  TemporaryFolder folder;
  Lookups lookups{1 << 20};  // kept from one look-up to the next, as the scanner does
};

constexpr std::string_view kRequests = R"({"id": "PYSEC-2018-28", "aliases": ["CVE-2018-18074"], "affected": [{
  "package": {"ecosystem": "PyPI", "name": "requests"},
  "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.20.0"}]}]}]})";
constexpr std::string_view kJinja = R"({"id": "PYSEC-2019-217", "aliases": ["CVE-2019-10906"], "affected": [{
  "package": {"ecosystem": "PyPI", "name": "Jinja2"},
  "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.10.1"}]}]}]})";
constexpr std::string_view kSecdb = R"({"distroversion": "v3.18", "reponame": "main", "urlprefix": "x", "packages": [
  {"pkg": {"name": "openssl", "secfixes": {"3.1.4-r1": ["CVE-2023-5678"], "0": ["CVE-2022-3996"]}}}]})";
constexpr std::string_view kTracker = R"({"openssl": {
  "CVE-2023-0464": {"description": "d", "releases": {"bookworm": {"status": "resolved", "fixed_version": "3.0.9-1", "urgency": "not yet assigned"}}},
  "CVE-2007-6755": {"description": "d", "releases": {"bookworm": {"status": "open", "urgency": "unimportant"}}}}})";

const inventory::Distribution kDebian{.id = "debian", .version_id = "12.1"};
const Package kLibssl{
    .kind = Kind::dpkg, .name = "libssl3", .version = "3.0.8-1", .source_name = "openssl", .source_version = "3.0.8-1"};

TEST_P(VulnDatabase, FindsWhatFeedsSay) {
  write("pypi/a.json", kRequests);
  write("pypi/b.json", kJinja);
  write("alpine.json", kSecdb);
  write("debian.json", kTracker);
  write("epss.csv", "#model\ncve,epss,percentile\nCVE-2018-18074,0.5,0.9\n");
  write("kev.json",
        R"({"catalogVersion": "1", "vulnerabilities": [{"cveID": "CVE-2023-0464", "dateAdded": "2023-05-01"}]})");
  write("nvd.json",
        R"({"format": "NVD_CVE", "vulnerabilities": [{"cve": {"id": "CVE-2018-18074", "metrics": {"cvssMetricV31": [
    {"type": "Primary", "cvssData": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}}]}}}]})");
  write("README.md", "Not a feed.");
  ASSERT_EQ(update(), "");
  EXPECT_THAT(feeds(), ElementsAre("alpine/v3.18/main", "debian-tracker", "epss", "kev", "nvd/nvd", "osv/pypi"));

  EXPECT_THAT(findings({.kind = Kind::pypi, .name = "Requests", .version = "2.19.1"}),
              ElementsAre("CVE-2018-18074 [PYSEC-2018-28] high 2.20.0"));
  EXPECT_THAT(findings({.kind = Kind::pypi, .name = "requests", .version = "2.20.0"}), IsEmpty());
  EXPECT_THAT(findings({.kind = Kind::npm, .name = "requests", .version = "2.19.1"}), IsEmpty());
  EXPECT_THAT(findings(kLibssl, kDebian),
              ElementsAre("CVE-2007-6755 [CVE-2007-6755] low", "CVE-2023-0464 [CVE-2023-0464] unknown 3.0.9-1"));
  EXPECT_THAT(findings(kLibssl, {.id = "debian", .version_id = "11"}), IsEmpty()) << "a release has its own data";
  EXPECT_THAT(findings({.kind = Kind::apk, .name = "libcrypto3", .version = "3.1.4-r0", .source_name = "openssl"},
                       {.id = "alpine", .version_id = "3.18.4"}),
              ElementsAre("CVE-2023-5678 [CVE-2023-5678] unknown 3.1.4-r1"));

  const auto all = database->read_now([&](db::Tx& tx) {
    return find_vulnerabilities(
        tx, lookups, std::array{kLibssl, Package{.kind = Kind::pypi, .name = "requests", .version = "2"}}, kDebian);
  });
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0][1].exploited_since, "2023-05-01");
  EXPECT_DOUBLE_EQ(all[1][0].epss, 0.5);
  EXPECT_DOUBLE_EQ(all[1][0].score, 7.5);
}

TEST_P(VulnDatabase, ReplacesAFeedAsAWhole) {
  write("pypi/a.json", kRequests);
  write("alpine.json", kSecdb);
  ASSERT_EQ(update(), "");
  const auto first = version();
  std::filesystem::remove_all(folder.path() / "pypi");
  std::filesystem::remove(folder.path() / "alpine.json");
  write("pypi/b.json", kJinja);
  ASSERT_EQ(update(), "");
  EXPECT_THAT(findings({.kind = Kind::pypi, .name = "requests", .version = "2.19.1"}), IsEmpty());
  EXPECT_THAT(findings({.kind = Kind::pypi, .name = "jinja2", .version = "2.10"}), SizeIs(1));
  EXPECT_THAT(feeds(), ElementsAre("alpine/v3.18/main", "osv/pypi")) << "what the update does not bring stays";
  EXPECT_GT(version(), first);
  EXPECT_EQ(count(kCountEntries), 2) << "the old rows are gone";
  EXPECT_EQ(count(kCountImports), 2);
}

TEST_P(VulnDatabase, ShowsNothingOfAnUpdateBeforeItIsWhole) {
  write("pypi/a.json", kRequests);
  ASSERT_EQ(update(), "");
  {
    Importer importer(*database);
    FeedWriter& writer = importer.feed("osv/pypi");
    read_osv(object_of(kJinja), writer);
    writer.flush();
    EXPECT_THAT(findings({.kind = Kind::pypi, .name = "jinja2", .version = "2.10"}), IsEmpty());
    EXPECT_THAT(findings({.kind = Kind::pypi, .name = "requests", .version = "2.19.1"}), SizeIs(1));
    EXPECT_EQ(count(kCountEntries), 2);
  }
  remove_leftovers(*database);
  EXPECT_EQ(count(kCountEntries), 1) << "what was given up is gone";
  EXPECT_THAT(findings({.kind = Kind::pypi, .name = "requests", .version = "2.19.1"}), SizeIs(1));
}

TEST_P(VulnDatabase, KeepsWhatItHasWhenAFileIsDamaged) {
  write("pypi/a.json", kRequests);
  write("debian.json", kTracker);
  ASSERT_EQ(update(), "");
  const auto before = version();
  write("debian.json", kTracker.substr(0, 100));
  EXPECT_EQ(update(), "debian.json: The JSON text ends too early");
  EXPECT_EQ(version(), before);
  EXPECT_THAT(findings(kLibssl, kDebian), SizeIs(2));
  write("debian.json", "{\"id\": \"x\", \"affected\": [}");
  EXPECT_EQ(update(), "debian.json: most of it cannot be understood");
  EXPECT_THAT(findings(kLibssl, kDebian), SizeIs(2));
}

TEST_P(VulnDatabase, GathersWhatIsSaidOfOneNameAndPartsWhatGrowsTooLarge) {
  Importer importer(*database);
  FeedWriter& writer = importer.feed("osv/large");
  const std::string version(200, '1');
  for (int i = 0; i < 3000; ++i) {
    const auto number = writer.advisory({.id = "CVE-2024-" + std::to_string(i), .description = std::string(6000, 'd')});
    writer.affects("npm", "left-pad",
                   {.advisory = number, .versions = {"1.0.0", version + std::to_string(i), version, version, version}});
  }
  ASSERT_THAT(importer.finish(), SizeIs(1));
  EXPECT_GT(count(kCountEntries), 1);
  EXPECT_LT(count(kCountEntries), 10);
  const auto found = findings({.kind = Kind::npm, .name = "left-pad", .version = "1.0.0"});
  ASSERT_THAT(found, SizeIs(3000));
  const auto text = database->read_now([&](db::Tx& tx) {
    return find_advisories(tx, {{writer.row().import_id, 2999}, {writer.row().import_id, 5000}});
  });
  ASSERT_THAT(text, SizeIs(1));
  EXPECT_EQ(text.begin()->second.description.size(), kLongestDescription);
}

TEST_P(VulnDatabase, LeavesOutNamesThatTheDatabaseCannotHold) {
  Importer importer(*database);
  FeedWriter& writer = importer.feed("osv/odd");
  writer.affects("npm", std::string("a\0b", 3), {.versions = {"1.0.0"}});
  writer.affects("npm", "\xff\xfe", {.versions = {"1.0.0"}});
  writer.affects("npm", std::string(5000, 'n'), {.versions = {"1.0.0"}});
  EXPECT_EQ(writer.row().skipped, 3);
  EXPECT_THAT(importer.finish(), IsEmpty()) << "nothing was left of it";
  EXPECT_EQ(count(kCountImports), 0);
}

TEST_P(VulnDatabase, TakesAFeedOutOfForce) {
  write("pypi/a.json", kRequests);
  ASSERT_EQ(update(), "");
  EXPECT_FALSE(remove_feed(*database, "osv/npm"));
  EXPECT_TRUE(remove_feed(*database, "osv/pypi"));
  EXPECT_THAT(feeds(), IsEmpty());
  EXPECT_EQ(count(kCountImports), 0);
  EXPECT_EQ(version(), 0);
}

TEST_P(VulnDatabase, UsesRedHatsRepositoriesWhereAnImageNamesThem) {
  write("repos.json",
        R"({"data": {"rhel-9-for-x86_64-appstream-eus-rpms": {"cpes": ["cpe:/a:redhat:rhel_eus:9.2::appstream"]}}})");
  ASSERT_EQ(update(), "");
  {
    Importer importer(*database);
    FeedWriter& writer = importer.feed("redhat-vex");
    const auto number = writer.advisory({.id = "CVE-2023-1"});
    writer.affects("redhat", "zlib",
                   {.advisory = number,
                    .ranges = {{.high = "1.2.11-32", .high_fixes = true}},
                    .cpes = {"cpe:/a:redhat:rhel_eus:9.2::appstream"}});
    importer.finish();
  }
  const Package zlib{.kind = Kind::rpm, .name = "zlib", .version = "1.2.11-31", .source_name = "zlib"};
  EXPECT_THAT(findings(zlib, {.id = "rhel", .version_id = "9.2"}), IsEmpty());
  EXPECT_THAT(
      findings(zlib, {.id = "rhel", .version_id = "9.2", .content_sets = {"rhel-9-for-x86_64-appstream-eus-rpms__9"}}),
      SizeIs(1));
}

TEST_P(VulnDatabase, TakesTheSeverityOfTheSameIssueFromAnotherFeedWhereAnAdvisoryHasNone) {
  const auto record = [](const std::string& id, const std::string& alias, const std::string& ecosystem,
                         const std::string& more) {
    return R"({"id": ")" + id + R"(", "aliases": [")" + alias + R"("],)" + more +
           R"("affected": [{"package": {"ecosystem": ")" + ecosystem +
           R"(", "name": "tool"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2"}]}]}]})";
  };
  const std::string critical =
      R"("severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],)";
  write("pypi/a.json", record("PYSEC-2021-1", "GHSA-jfh8-c2jp-5v3q", "PyPI", ""));
  write("pypi/b.json", record("PYSEC-2021-2", "CVE-2021-44228", "PyPI", ""));
  write("pypi/c.json", record("PYSEC-2021-3", "CVE-2021-9999", "PyPI", ""));
  write("debian/d.json", record("DEBIAN-CVE-2021-44228", "CVE-2021-44228", "Debian:12", ""));
  write("npm/e.json", record("GHSA-jfh8-c2jp-5v3q", "CVE-2021-44228", "npm", critical));
  ASSERT_EQ(update(), "");
  EXPECT_THAT(findings({.kind = Kind::pypi, .name = "tool", .version = "1"}),
              ElementsAre("CVE-2021-44228 [PYSEC-2021-2] critical 2", "PYSEC-2021-1 [PYSEC-2021-1] critical 2",
                          "CVE-2021-9999 [PYSEC-2021-3] unknown 2"));
  const Package installed{
      .kind = Kind::dpkg, .name = "tool", .version = "1", .source_name = "tool", .source_version = "1"};
  EXPECT_THAT(findings(installed, {.id = "debian", .version_id = "12"}),
              ElementsAre("CVE-2021-44228 [DEBIAN-CVE-2021-44228] unknown 2"))
      << "a distribution has the last word on its own packages";
}

TEST_P(VulnDatabase, GoesToAnotherMachineInOneFile) {
  write("pypi/a.json", kRequests);
  write("debian.json", kTracker);
  write("epss.csv", "#model\ncve,epss,percentile\nCVE-2018-18074,0.5,0.9\n");
  ASSERT_EQ(update(), "");
  const auto file = folder.path() / "bundle";
  const auto written = export_bundle(*database, file);
  ASSERT_TRUE(written);
  EXPECT_THAT(*written, SizeIs(3));

  const auto other_made = db::TestDatabase::make_migrated(GetParam());
  const auto other = other_made.open();
  const auto taken = import_bundle(*other, file);
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_THAT(*taken, SizeIs(3));
  const auto find = [&](db::Tx& tx) {
    return find_vulnerabilities(
        tx, lookups, std::array{kLibssl, Package{.kind = Kind::pypi, .name = "requests", .version = "2"}}, kDebian);
  };
  EXPECT_EQ(other->read_now(find), database->read_now(find));
  const auto rows = [](db::Tx& tx) { return list_feeds(tx); };
  const auto theirs = other->read_now(rows), ours = database->read_now(rows);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_EQ(theirs[i].entries, ours[i].entries) << ours[i].feed;
    EXPECT_EQ(theirs[i].advisories, ours[i].advisories) << ours[i].feed;
  }
}

TEST_P(VulnDatabase, RefusesAFileThatIsNotWhole) {
  write("pypi/a.json", kRequests);
  write("debian.json", kTracker);
  ASSERT_EQ(update(), "");
  const auto file = folder.path() / "bundle";
  ASSERT_TRUE(export_bundle(*database, file));
  const auto before = version();
  const auto size = std::filesystem::file_size(file);
  std::ifstream stream(file, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(stream), {}};
  for (std::size_t at = 0; at < size; at += std::max<std::size_t>(size / 23, 1)) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << whole.substr(0, at);
    EXPECT_FALSE(import_bundle(*database, file)) << "cut at " << at;
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << flipped;
    EXPECT_FALSE(import_bundle(*database, file)) << "flipped at " << at;
  }
  EXPECT_FALSE(import_bundle(*database, folder.path() / "none"));
  EXPECT_EQ(version(), before);
  EXPECT_THAT(findings(kLibssl, kDebian), SizeIs(2));
}

INSTANTIATE_TEST_SUITE_P(, VulnDatabase, testing::Values(db::Engine::sqlite, db::Engine::postgres),
                         [](const auto& info) { return db::engine_name(info.param); });

}  // namespace
}  // namespace wharf::vuln
