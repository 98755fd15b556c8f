// Packages whose vulnerabilities are known, and what feeds said of them at one time: ids and versions are real.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vuln/cpe.h"
#include "vuln/feed_osv.h"
#include "vuln/feed_oval.h"
#include "vuln/feed_yaml.h"
#include "vuln/match.h"
#include "vuln/testing.h"

namespace wharf::vuln {
namespace {

using inventory::Distribution;
using inventory::Kind;
using inventory::Package;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// OSV records, without their words.
const char* const
    kOsv[] =
        {
            R"({"id":"PYSEC-2014-8","aliases":["CVE-2014-1402"],"affected":[{"package":{"ecosystem":"PyPI","name":"jinja2"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.7.2"}]}]}]})",
            R"({"id":"PYSEC-2014-82","aliases":["CVE-2014-0012"],"affected":[{"package":{"ecosystem":"PyPI","name":"jinja2"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.7.3"}]}]}]})",
            R"({"id":"PYSEC-2019-217","aliases":["CVE-2019-10906"],"affected":[{"package":{"ecosystem":"PyPI","name":"jinja2"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.10.1"}]}]}]})",
            R"({"id":"PYSEC-2019-220","aliases":["CVE-2016-10745"],"affected":[{"package":{"ecosystem":"PyPI","name":"jinja2"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.8.1"}]}]}]})",
            R"({"id":"PYSEC-2021-66","aliases":["CVE-2020-28493"],"affected":[{"package":{"ecosystem":"PyPI","name":"jinja2"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.11.3"}]}]}]})",
            R"({"id":"PYSEC-2014-13","aliases":["CVE-2014-1829"],"affected":[{"package":{"ecosystem":"PyPI","name":"requests"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.3.0"}]}]}]})",
            R"({"id":"PYSEC-2014-14","aliases":["CVE-2014-1830"],"affected":[{"package":{"ecosystem":"PyPI","name":"requests"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.3.0"}]}]}]})",
            R"({"id":"PYSEC-2015-17","aliases":["CVE-2015-2296"],"affected":[{"package":{"ecosystem":"PyPI","name":"requests"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"2.1.0"},{"fixed":"2.6.0"}]}]}]})",
            R"({"id":"PYSEC-2018-28","aliases":["CVE-2018-18074"],"affected":[{"package":{"ecosystem":"PyPI","name":"requests"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.20.0"}]}]}]})",
            R"({"id":"PYSEC-2023-74","aliases":["CVE-2023-32681"],"affected":[{"package":{"ecosystem":"PyPI","name":"requests"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"2.3.0"},{"fixed":"2.31.0"}]}]}]})",
            R"({"id":"GO-2020-0001","aliases":["CVE-2020-36567"],"affected":[{"package":{"ecosystem":"Go","name":"github.com/gin-gonic/gin"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.6.0"}]}]}]})",
            R"({"id":"GO-2020-0015","aliases":["CVE-2020-14040"],"affected":[{"package":{"ecosystem":"Go","name":"golang.org/x/text"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"0.3.3"}]}]}]})",
            R"({"id":"GO-2021-0052","aliases":["CVE-2020-28483"],"affected":[{"package":{"ecosystem":"Go","name":"github.com/gin-gonic/gin"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.7.7"}]}]}]})",
            R"({"id":"GO-2021-0113","aliases":["CVE-2021-38561"],"affected":[{"package":{"ecosystem":"Go","name":"golang.org/x/text"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"0.3.7"}]}]}]})",
            R"({"id":"GO-2022-1059","aliases":["CVE-2022-32149"],"affected":[{"package":{"ecosystem":"Go","name":"golang.org/x/text"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"0.3.8"}]}]}]})",
            R"({"id":"GO-2023-1737","aliases":["CVE-2023-29401"],"affected":[{"package":{"ecosystem":"Go","name":"github.com/gin-gonic/gin"},"ranges":[{"type":"SEMVER","events":[{"introduced":"1.3.1-0.20190301021747-ccb9e902956d"},{"fixed":"1.9.1"}]}]}]})",
            R"({"id":"GO-2026-5970","aliases":["CVE-2026-56852"],"affected":[{"package":{"ecosystem":"Go","name":"golang.org/x/text"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"0.39.0"}]}]}]})",
            R"({"id":"RUSTSEC-2020-0071","aliases":["CVE-2020-26235"],"affected":[{"package":{"ecosystem":"crates.io","name":"time"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0.0.0-0"},{"fixed":"0.2.0"},{"introduced":"0.2.1-0"},{"fixed":"0.2.1"},{"introduced":"0.2.2-0"},{"fixed":"0.2.2"},{"introduced":"0.2.3-0"},{"fixed":"0.2.3"},{"introduced":"0.2.4-0"},{"fixed":"0.2.4"},{"introduced":"0.2.5-0"},{"fixed":"0.2.5"},{"introduced":"0.2.6-0"},{"fixed":"0.2.6"},{"introduced":"0.2.7-0"},{"fixed":"0.2.23"}]}]}]})",
            R"({"id":"RUSTSEC-2021-0072","aliases":["CVE-2021-38191"],"affected":[{"package":{"ecosystem":"crates.io","name":"tokio"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0.3.0"},{"fixed":"1.5.1"},{"introduced":"1.6.0"},{"fixed":"1.6.3"},{"introduced":"1.7.0"},{"fixed":"1.7.2"},{"introduced":"1.8.0"},{"fixed":"1.8.1"}]}]}]})",
            R"({"id":"RUSTSEC-2021-0124","aliases":["CVE-2021-45710"],"affected":[{"package":{"ecosystem":"crates.io","name":"tokio"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0.1.14"},{"fixed":"1.8.4"},{"introduced":"1.9.0"},{"fixed":"1.13.1"}]}]}]})",
            R"({"id":"RUSTSEC-2023-0001","aliases":["CVE-2023-22466"],"affected":[{"package":{"ecosystem":"crates.io","name":"tokio"},"ranges":[{"type":"SEMVER","events":[{"introduced":"1.7.0"},{"fixed":"1.18.4"},{"introduced":"1.19.0"},{"fixed":"1.20.3"},{"introduced":"1.21.0"},{"fixed":"1.23.1"}]}]}]})",
            R"({"id":"RUSTSEC-2023-0005","aliases":[],"affected":[{"package":{"ecosystem":"crates.io","name":"tokio"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0.2.0"},{"fixed":"1.18.5"},{"introduced":"1.19.0"},{"fixed":"1.20.4"},{"introduced":"1.21.0"},{"fixed":"1.24.2"}]}],"database_specific":{"informational":"unsound"}}]})",
            R"({"id":"RUSTSEC-2025-0023","aliases":[],"affected":[{"package":{"ecosystem":"crates.io","name":"tokio"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0.2.5"},{"fixed":"1.38.2"},{"introduced":"1.39.0"},{"fixed":"1.42.1"},{"introduced":"1.43.0"},{"fixed":"1.43.1"},{"introduced":"1.44.0"},{"fixed":"1.44.2"}]}],"database_specific":{"informational":"unsound"}}]})",
            R"({"id":"RUSTSEC-2026-0009","aliases":["CVE-2026-25727"],"affected":[{"package":{"ecosystem":"crates.io","name":"time"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0.3.6"},{"fixed":"0.3.47"}]}]}]})",
            R"({"id":"ALSA-2022:7314","related":["CVE-2022-37434"],"summary":"Moderate: zlib security update","affected":[{"package":{"ecosystem":"AlmaLinux:9","name":"zlib"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2.11-32.el9_0"}]}]}]})",
};

struct DebianRow {
  const char *source, *cve, *earlier_than;
};
const DebianRow kDebian[] = {
    {"curl", "CVE-2003-1605", "0:7.10.7-1"},
    {"curl", "CVE-2005-0490", "0:7.13.0-2"},
    {"curl", "CVE-2023-27533", "0:7.88.1-7"},
    {"curl", "CVE-2023-27534", "0:7.88.1-7"},
    {"curl", "CVE-2023-27535", "0:7.88.1-7"},
    {"curl", "CVE-2023-27536", "0:7.88.1-7"},
    {"curl", "CVE-2023-27537", "0:7.88.1-7"},
    {"curl", "CVE-2023-27538", "0:7.88.1-7"},
    {"curl", "CVE-2023-28319", "0:7.88.1-10"},
    {"curl", "CVE-2023-28320", "0:7.88.1-10"},
    {"curl", "CVE-2023-28321", "0:7.88.1-10"},
    {"curl", "CVE-2023-28322", "0:7.88.1-10"},
    {"git", "CVE-2010-3906", "1:1.7.2.3-2.2"},
    {"git", "CVE-2014-9390", "1:2.1.4-1"},
    {"git", "CVE-2018-1000021", "0:0"},
    {"git", "CVE-2022-23521", "1:2.39.1-0.1"},
    {"git", "CVE-2022-24975", "0:0"},
    {"git", "CVE-2022-41903", "1:2.39.1-0.1"},
    {"git", "CVE-2023-22490", "1:2.39.2-1"},
    {"git", "CVE-2023-23946", "1:2.39.2-1"},
    {"git", "CVE-2023-25652", "0:0"},
    {"git", "CVE-2023-25815", "0:0"},
    {"git", "CVE-2023-29007", "0:0"},
    {"glibc", "CVE-1999-0199", "0:2.2-1"},
    {"glibc", "CVE-2002-0391", "0:2.2.5-13"},
    {"glibc", "CVE-2010-4756", "0:0"},
    {"glibc", "CVE-2018-20796", "0:0"},
    {"glibc", "CVE-2019-1010022", "0:0"},
    {"glibc", "CVE-2019-1010023", "0:0"},
    {"glibc", "CVE-2019-1010024", "0:0"},
    {"glibc", "CVE-2019-1010025", "0:0"},
    {"glibc", "CVE-2019-9192", "0:0"},
    {"ncurses", "CVE-2017-10684", "0:6.0+20170708-1"},
    {"ncurses", "CVE-2017-10685", "0:6.0+20170701-1"},
    {"ncurses", "CVE-2023-29491", "0:6.4-3"},
    {"openssl", "CVE-2000-1254", "0:0.9.6-1"},
    {"openssl", "CVE-2002-0655", "0:0.9.6e-1"},
    {"openssl", "CVE-2007-6755", "0:0"},
    {"openssl", "CVE-2010-0928", "0:0"},
    {"openssl", "CVE-2023-0464", "0:3.0.9-1"},
    {"openssl", "CVE-2023-0465", "0:3.0.9-1"},
    {"openssl", "CVE-2023-0466", "0:3.0.9-1"},
    {"openssl", "CVE-2023-1255", "0:3.0.9-1"},
    {"openssl", "CVE-2023-2650", "0:3.0.9-1"},
    {"perl", "CVE-2002-0703", "0:5.8.0-7"},
    {"perl", "CVE-2002-1323", "0:5.8.0-14"},
    {"perl", "CVE-2011-4116", "0:0"},
    {"perl", "CVE-2023-31484", "0:0"},
    {"perl", "CVE-2023-31486", "0:0"},
    {"tar", "CVE-2002-1216", "0:1.13.25"},
    {"tar", "CVE-2005-1918", "0:1.14-2.2"},
    {"tar", "CVE-2005-2541", "0:0"},
    {"tar", "CVE-2022-48303", "0:0"},
    {"util-linux", "CVE-2001-1494", "0:2.11n-1"},
    {"util-linux", "CVE-2005-2876", "0:2.12p-8"},
    {"util-linux", "CVE-2021-3995", "0:2.37.3-1"},
    {"util-linux", "CVE-2021-3996", "0:2.37.3-1"},
    {"util-linux", "CVE-2022-0563", "0:0"},
    {"zlib", "CVE-2003-0107", "1:1.1.4-10"},
    {"zlib", "CVE-2004-0797", "1:1.2.1.1-6"},
};

struct RedHatRow {
  const char *name, *erratum, *severity, *cve, *earlier_than;
};
const RedHatRow kRedHatErrata[] = {
    {"zlib", "RHSA-2022:4584", "Important", "CVE-2018-25032", "0:1.2.11-31.el9_0.1"},
    {"libxml2", "RHSA-2022:5250", "Moderate", "CVE-2022-29824", "0:2.9.13-1.el9_0.1"},
    {"openssl-libs", "RHSA-2022:6224", "Moderate", "CVE-2022-1292", "1:3.0.1-41.el9_0"},
    {"openssl-libs", "RHSA-2022:7288", "Important", "CVE-2022-3602", "1:3.0.1-43.el9_0"},
    {"zlib", "RHSA-2022:7314", "Moderate", "CVE-2022-37434", "0:1.2.11-32.el9_0"},
    {"libxml2", "RHSA-2023:0338", "Moderate", "CVE-2022-40303", "0:2.9.13-3.el9_1"},
    {"openssl-libs", "RHSA-2023:0946", "Important", "CVE-2022-4203", "1:3.0.1-47.el9_1"},
};

const char* const kGitLab[] = {
    "identifier: CVE-2019-10742\npackage_slug: npm/axios\naffected_range: '<=0.18.0'\nfixed_versions: ['0.18.1']\n",
    "identifier: CVE-2020-28168\npackage_slug: npm/axios\naffected_range: '>=0.19.0 <=0.21.0'\nfixed_versions: "
    "['0.21.1']\n",
    "identifier: CVE-2021-3749\npackage_slug: npm/axios\naffected_range: '<=0.21.1'\nfixed_versions: ['0.21.2']\n",
    "identifier: CVE-2018-16487\npackage_slug: npm/lodash\naffected_range: '<4.17.11'\nfixed_versions: ['4.17.11']\n",
    "identifier: CVE-2018-3721\npackage_slug: npm/lodash\naffected_range: '<4.17.5'\nfixed_versions: ['4.17.5']\n",
    "identifier: CVE-2019-1010266\npackage_slug: npm/lodash\naffected_range: '<4.17.11'\nfixed_versions: ['4.17.11']\n",
    "identifier: CVE-2019-10744\npackage_slug: npm/lodash\naffected_range: '<4.17.12'\nfixed_versions: ['4.17.12']\n",
    "identifier: CVE-2020-28500\npackage_slug: npm/lodash\naffected_range: '<4.17.21'\nfixed_versions: ['4.17.21']\n",
    "identifier: CVE-2020-8203\npackage_slug: npm/lodash\naffected_range: '<4.17.20'\nfixed_versions: ['4.17.20']\n",
    "identifier: CVE-2021-23337\npackage_slug: npm/lodash\naffected_range: '<4.17.21'\nfixed_versions: ['4.17.21']\n",
    "identifier: GMS-2018-10\npackage_slug: npm/lodash\naffected_range: '<4.17.5'\nfixed_versions: ['4.17.5']\n",
    "identifier: CVE-2020-7598\npackage_slug: npm/minimist\naffected_range: '<1.2.2'\nfixed_versions: ['1.2.2']\n",
    "identifier: CVE-2021-44906\npackage_slug: npm/minimist\naffected_range: '<1.2.6'\nfixed_versions: ['1.2.6']\n",
    "identifier: CVE-2015-6420\npackage_slug: maven/commons-collections/commons-collections\naffected_range: "
    "'(,3.2.2)'\nfixed_versions: ['3.2.2']\n",
    "identifier: CVE-2015-7501\npackage_slug: maven/commons-collections/commons-collections\naffected_range: "
    "'[3-alpha0,3.2.1]'\nfixed_versions: ['3.2.2']\n",
    "identifier: CVE-2017-5645\npackage_slug: maven/org.apache.logging.log4j/log4j-core\naffected_range: "
    "'[2.0,2.8.2)'\nfixed_versions: ['2.8.2']\n",
    "identifier: CVE-2020-9488\npackage_slug: maven/org.apache.logging.log4j/log4j-core\naffected_range: "
    "'(,2.13.2)'\nfixed_versions: ['2.13.2']\n",
    "identifier: CVE-2021-4104\npackage_slug: maven/org.apache.logging.log4j/log4j-core\naffected_range: "
    "'[1.2]'\nfixed_versions: ['2.17.0']\n",
    "identifier: CVE-2021-44228\npackage_slug: maven/org.apache.logging.log4j/log4j-core\naffected_range: "
    "'[2.0,2.3.1],[2.4.0,2.12.2),[2.13.0,2.17.1)'\nfixed_versions: ['2.3.2', '2.12.2', '2.17.1']\n",
    "identifier: CVE-2021-44832\npackage_slug: maven/org.apache.logging.log4j/log4j-core\naffected_range: "
    "'[2.0,2.17.1)'\nfixed_versions: ['2.17.1']\n",
    "identifier: CVE-2021-45046\npackage_slug: maven/org.apache.logging.log4j/log4j-core\naffected_range: "
    "'[2.0,2.12.2),[2.13.0,2.16.0)'\nfixed_versions: ['2.12.3', '2.16.0']\n",
    "identifier: CVE-2021-45105\npackage_slug: maven/org.apache.logging.log4j/log4j-core\naffected_range: "
    "'[2.0,2.3.1),[2.4,2.12.3),[2.13.0,2.16.0]'\nfixed_versions: ['2.3.1', '2.12.3', '2.17.0']\n",
    "identifier: CVE-2017-18640\npackage_slug: maven/org.yaml/snakeyaml\naffected_range: '[,1.26)'\nfixed_versions: "
    "['1.26']\n",
};

const char* const kRuby[] = {
    "gem: rack\ncve: 2020-8161\ntitle: t\npatched_versions: ['~> 2.1.3', '>= 2.2.0']\nunaffected_versions: []\n",
    "gem: rack\ncve: 2020-8184\ntitle: t\npatched_versions: ['~> 2.1.4', '>= 2.2.3']\nunaffected_versions: []\n",
    "gem: rack\ncve: 2022-30122\ntitle: t\npatched_versions: ['~> 2.0.9, >= 2.0.9.1', '~> 2.1.4, >= 2.1.4.1', '>= "
    "2.2.3.1']\nunaffected_versions: ['< 1.2']\n",
    "gem: rack\ncve: 2022-30123\ntitle: t\npatched_versions: ['~> 2.0.9, >= 2.0.9.1', '~> 2.1.4, >= 2.1.4.1', '>= "
    "2.2.3.1']\nunaffected_versions: []\n",
    "gem: rake\ncve: 2020-8130\ntitle: t\npatched_versions: ['>= 12.3.3']\nunaffected_versions: []\n",
};

/// An OVAL file with a definition for each row that `write` makes of it.
class OvalText {
 public:
  void add(const std::string& kind, const std::string& platform, const std::string& metadata,
           const std::string& package, const std::string& name, const std::string& earlier_than) {
    const std::string number = std::to_string(++count_);
    definitions_ += "<definition id=\"d" + number + "\" class=\"" + kind + "\"><metadata><affected><platform>" +
                    platform + "</platform></affected>" + metadata + "</metadata><criteria><criterion test_ref=\"t" +
                    number + "\" comment=\"" + name + " is earlier than " + earlier_than +
                    "\"/></criteria></definition>";
    rest_ += "<" + package + "_test id=\"t" + number + "\"><object object_ref=\"o" + number +
             "\"/><state state_ref=\"s" + number + "\"/></" + package + "_test><" + package + "_object id=\"o" +
             number + "\"><name>" + name + "</name></" + package + "_object><" + package + "_state id=\"s" + number +
             "\"><evr operation=\"less than\">" + earlier_than + "</evr></" + package + "_state>";
  }
  std::string text() const {
    return "<oval_definitions><definitions>" + definitions_ + "</definitions><tests>" + rest_ +
           "</tests></oval_definitions>";
  }

 private:
  int count_ = 0;
  std::string definitions_, rest_;
};

const std::string kReference = "<reference source=\"S\" ref_id=\"ID\" ref_url=\"https://example.com/ID\"/>";

std::string reference(const std::string& id) {
  std::string text = kReference;
  for (int i = 0; i < 2; ++i) text.replace(text.find("ID"), 2, id);
  return text;
}

/// Everything above, read by the readers of its kinds.
const CollectingSink& data() {
  static const CollectingSink sink = [] {
    CollectingSink all;
    for (const auto* record : kOsv) read_osv(object_of(record), all);
    for (const auto* advisory : kGitLab) EXPECT_TRUE(read_gitlab(advisory, all)) << advisory;
    for (const auto* advisory : kRuby) EXPECT_TRUE(read_ruby(advisory, all)) << advisory;
    OvalText oval;
    for (const auto& row : kDebian) {
      oval.add("vulnerability", "Debian GNU/Linux 12", reference(row.cve), "dpkginfo", row.source, row.earlier_than);
    }
    for (const auto& row : kRedHatErrata) {
      oval.add("patch", "Red Hat Enterprise Linux 9",
               reference(row.erratum) + reference(row.cve) + "<advisory><severity>" + row.severity +
                   "</severity><affected_cpe_list><cpe>cpe:/o:redhat:enterprise_linux:9::baseos</cpe>"
                   "</affected_cpe_list></advisory>",
               "rpminfo", row.name, row.earlier_than);
    }
    TextInput input(oval.text(), 4096);
    EXPECT_TRUE(read_oval(input, all));
    return all;
  }();
  return sink;
}

/// "advisory", or "advisory by version that mends it", of each finding.
std::vector<std::string> findings(const Package& package, const Distribution& distribution = {}) {
  const auto place = place_of(package, distribution);
  if (!place) return {"no place"};
  const auto cpes = default_cpes(distribution);
  std::vector<Hit> hits;
  for (const auto& name : place->names) {
    for (const auto& entry : data().entries) {
      if (entry.scope != place->scope.name || look_up_name(entry.scope, entry.name) != name) continue;
      auto one = hit(package, place->scope, cpes, name, {.import_id = 1, .feed = "feed", .affected = entry.affected});
      if (one) hits.push_back(*std::move(one));
    }
  }
  std::map<AdvisoryKey, Advisory> advisories;
  for (std::size_t i = 0; i < data().advisories.size(); ++i)
    advisories.emplace(AdvisoryKey{1, i}, data().advisories[i]);
  std::vector<std::string> lines;
  for (const auto& finding : findings_of(std::move(hits), advisories, {})) {
    lines.push_back(finding.advisory + (finding.fixed_by.empty() ? "" : " by " + finding.fixed_by));
  }
  return lines;
}

std::vector<std::string> debian(std::string name, std::string version, std::string source, std::string source_version) {
  return findings({.kind = Kind::dpkg,
                   .name = std::move(name),
                   .version = std::move(version),
                   .source_name = std::move(source),
                   .source_version = std::move(source_version)},
                  {.id = "debian", .version_id = "12"});
}

TEST(WorkedExamples, OfDebian) {
  EXPECT_THAT(
      debian("libssl3", "3.0.8-1", "openssl", "3.0.8-1"),
      UnorderedElementsAre("CVE-2023-0464 by 3.0.9-1", "CVE-2023-0465 by 3.0.9-1", "CVE-2023-0466 by 3.0.9-1",
                           "CVE-2023-1255 by 3.0.9-1", "CVE-2023-2650 by 3.0.9-1", "CVE-2007-6755", "CVE-2010-0928"));
  EXPECT_THAT(
      debian("curl", "7.88.1-5", "curl", "7.88.1-5"),
      UnorderedElementsAre("CVE-2023-27533 by 7.88.1-7", "CVE-2023-27534 by 7.88.1-7", "CVE-2023-27535 by 7.88.1-7",
                           "CVE-2023-27536 by 7.88.1-7", "CVE-2023-27537 by 7.88.1-7", "CVE-2023-27538 by 7.88.1-7",
                           "CVE-2023-28319 by 7.88.1-10", "CVE-2023-28320 by 7.88.1-10", "CVE-2023-28321 by 7.88.1-10",
                           "CVE-2023-28322 by 7.88.1-10"));
  EXPECT_THAT(debian("git", "1:2.38.1-1", "git", "1:2.38.1-1"),
              UnorderedElementsAre("CVE-2022-23521 by 1:2.39.1-0.1", "CVE-2022-41903 by 1:2.39.1-0.1",
                                   "CVE-2023-22490 by 1:2.39.2-1", "CVE-2023-23946 by 1:2.39.2-1", "CVE-2018-1000021",
                                   "CVE-2022-24975", "CVE-2023-25652", "CVE-2023-25815", "CVE-2023-29007"));
  EXPECT_THAT(debian("bsdutils", "1:2.37.2-6", "util-linux", "2.37.2-6"),
              UnorderedElementsAre("CVE-2021-3995 by 2.37.3-1", "CVE-2021-3996 by 2.37.3-1", "CVE-2022-0563"));
  EXPECT_THAT(debian("libncurses6", "6.4-2", "ncurses", "6.4-2"), UnorderedElementsAre("CVE-2023-29491 by 6.4-3"));
  EXPECT_THAT(debian("perl-base", "5.36.0-6", "perl", "5.36.0-6"),
              UnorderedElementsAre("CVE-2011-4116", "CVE-2023-31484", "CVE-2023-31486"));
  EXPECT_THAT(debian("tar", "1.34+dfsg-1", "tar", "1.34+dfsg-1"),
              UnorderedElementsAre("CVE-2005-2541", "CVE-2022-48303"));
  EXPECT_THAT(debian("libc6", "2.36-8", "glibc", "2.36-8"),
              UnorderedElementsAre("CVE-2010-4756", "CVE-2018-20796", "CVE-2019-1010022", "CVE-2019-1010023",
                                   "CVE-2019-1010024", "CVE-2019-1010025", "CVE-2019-9192"));
  EXPECT_THAT(debian("zlib1g", "1:1.2.11.dfsg-4.1", "zlib", "1:1.2.11.dfsg-4.1"), IsEmpty());
}

std::vector<std::string> rpm(std::string name, std::string version, std::string source, const std::string& id) {
  return findings({.kind = Kind::rpm,
                   .name = std::move(name),
                   .version = std::move(version),
                   .source_name = std::move(source),
                   .arch = "x86_64"},
                  {.id = id, .version_id = "9.0"});
}

TEST(WorkedExamples, OfRedHatAndAlmaLinux) {
  EXPECT_THAT(rpm("openssl-libs", "1:3.0.1-20.el9_0", "openssl", "rhel"),
              UnorderedElementsAre("RHSA-2022:6224 by 1:3.0.1-41.el9_0", "RHSA-2022:7288 by 1:3.0.1-43.el9_0",
                                   "RHSA-2023:0946 by 1:3.0.1-47.el9_1"));
  EXPECT_THAT(rpm("zlib", "1.2.11-31.el9", "zlib", "rhel"),
              UnorderedElementsAre("RHSA-2022:4584 by 1.2.11-31.el9_0.1", "RHSA-2022:7314 by 1.2.11-32.el9_0"));
  EXPECT_THAT(rpm("libxml2", "2.9.13-1.el9", "libxml2", "rhel"),
              UnorderedElementsAre("RHSA-2022:5250 by 2.9.13-1.el9_0.1", "RHSA-2023:0338 by 2.9.13-3.el9_1"));
  EXPECT_THAT(rpm("zlib", "1.2.11-31.el9", "zlib", "almalinux"),
              UnorderedElementsAre("ALSA-2022:7314 by 1.2.11-32.el9_0"));
}

TEST(WorkedExamples, OfOsv) {
  const auto of = [](Kind kind, std::string name, std::string version) {
    return findings({.kind = kind, .name = std::move(name), .version = std::move(version)});
  };
  EXPECT_THAT(of(Kind::pypi, "requests", "2.19.1"),
              UnorderedElementsAre("PYSEC-2018-28 by 2.20.0", "PYSEC-2023-74 by 2.31.0"));
  EXPECT_THAT(of(Kind::pypi, "Jinja2", "2.10"),
              UnorderedElementsAre("PYSEC-2019-217 by 2.10.1", "PYSEC-2021-66 by 2.11.3"));
  EXPECT_THAT(of(Kind::go, "golang.org/x/text", "v0.3.5"),
              UnorderedElementsAre("GO-2021-0113 by 0.3.7", "GO-2022-1059 by 0.3.8", "GO-2026-5970 by 0.39.0"));
  EXPECT_THAT(of(Kind::go, "github.com/gin-gonic/gin", "v1.6.0"),
              UnorderedElementsAre("GO-2021-0052 by 1.7.7", "GO-2023-1737 by 1.9.1"));
  EXPECT_THAT(
      of(Kind::cargo, "tokio", "1.8.0"),
      UnorderedElementsAre("RUSTSEC-2021-0072 by 1.8.1", "RUSTSEC-2021-0124 by 1.8.4", "RUSTSEC-2023-0001 by 1.18.4",
                           "RUSTSEC-2023-0005 by 1.18.5", "RUSTSEC-2025-0023 by 1.38.2"));
  EXPECT_THAT(of(Kind::cargo, "time", "0.1.43"), UnorderedElementsAre("RUSTSEC-2020-0071 by 0.2.0"));
}

TEST(WorkedExamples, OfGitLabAndRuby) {
  const auto of = [](Kind kind, std::string name, std::string version) {
    return findings({.kind = kind, .name = std::move(name), .version = std::move(version)});
  };
  EXPECT_THAT(
      of(Kind::npm, "lodash", "4.17.15"),
      UnorderedElementsAre("CVE-2020-28500 by 4.17.21", "CVE-2020-8203 by 4.17.20", "CVE-2021-23337 by 4.17.21"));
  EXPECT_THAT(of(Kind::npm, "minimist", "1.2.0"),
              UnorderedElementsAre("CVE-2020-7598 by 1.2.2", "CVE-2021-44906 by 1.2.6"));
  EXPECT_THAT(of(Kind::npm, "axios", "0.21.0"),
              UnorderedElementsAre("CVE-2020-28168 by 0.21.1", "CVE-2021-3749 by 0.21.2"));
  EXPECT_THAT(of(Kind::maven, "org.apache.logging.log4j:log4j-core", "2.14.1"),
              UnorderedElementsAre("CVE-2021-44228 by 2.17.1", "CVE-2021-44832 by 2.17.1", "CVE-2021-45046 by 2.16.0",
                                   "CVE-2021-45105 by 2.17.0"));
  EXPECT_THAT(of(Kind::maven, "org.yaml:snakeyaml", "1.25"), UnorderedElementsAre("CVE-2017-18640 by 1.26"));
  EXPECT_THAT(of(Kind::maven, "commons-collections:commons-collections", "3.2.1"),
              UnorderedElementsAre("CVE-2015-6420 by 3.2.2", "CVE-2015-7501 by 3.2.2"));
  EXPECT_THAT(of(Kind::gem, "rake", "12.3.2"), UnorderedElementsAre("CVE-2020-8130 by 12.3.3"));
  EXPECT_THAT(of(Kind::gem, "rack", "2.2.2"),
              UnorderedElementsAre("CVE-2020-8184 by 2.2.3", "CVE-2022-30122 by 2.2.3.1", "CVE-2022-30123 by 2.2.3.1"));
}

}  // namespace
}  // namespace wharf::vuln
