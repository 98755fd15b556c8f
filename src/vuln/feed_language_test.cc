// The feeds in YAML, and what is said of CVEs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vuln/feed_cve.h"
#include "vuln/feed_yaml.h"
#include "vuln/ranges.h"
#include "vuln/severity.h"
#include "vuln/testing.h"

namespace wharf::vuln {
namespace {

using testing::ElementsAre;

TEST(GitLabFeed, ReadsRangesOfNpmAndMaven) {
  constexpr std::string_view kNpm = R"(---
identifier: "CVE-2021-44906"
identifiers:
- "GHSA-xvch-5gv4-984h"
- "CVE-2021-44906"
package_slug: "npm/minimist"
title: "Prototype pollution"
description: "Keys may be set that are not
  its own."
affected_range: ">=1.0.0 <1.2.6||<0.2.4"
fixed_versions:
- "0.2.4"
- "1.2.6"
urls:
- "https://example.com/blog"
- "https://nvd.nist.gov/vuln/detail/CVE-2021-44906"
cvss_v2: "AV:N/AC:L/Au:N/C:P/I:P/A:P"
cvss_v3: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
)";
  ASSERT_TRUE(is_gitlab(kNpm));
  EXPECT_EQ(gitlab_ecosystem(kNpm), "npm");
  CollectingSink sink;
  ASSERT_TRUE(read_gitlab(kNpm, sink));
  EXPECT_THAT(sink.lines(), ElementsAre("npm minimist CVE-2021-44906 1.0.0..1.2.6 ..0.2.4"));
  EXPECT_THAT(sink.entries[0].affected.fixes, ElementsAre("0.2.4", "1.2.6"));
  const Advisory& advisory = sink.advisories[0];
  EXPECT_EQ(judged(advisory), Severity::critical);
  EXPECT_THAT(advisory.aliases, ElementsAre("GHSA-xvch-5gv4-984h"));
  EXPECT_EQ(advisory.links.front(), "https://nvd.nist.gov/vuln/detail/CVE-2021-44906");
  EXPECT_EQ(advisory.description, "Keys may be set that are not its own.");

  ASSERT_TRUE(
      read_gitlab("identifier: CVE-2021-45046\npackage_slug: maven/org.apache.logging.log4j/log4j-core\n"
                  "affected_range: '[2.13.0,2.16.0),(,2.12.2)'\nfixed_versions: []\n",
                  sink));
  EXPECT_EQ(sink.lines()[1], "maven org.apache.logging.log4j:log4j-core CVE-2021-45046 2.13.0..2.16.0 <..2.12.2");
  ASSERT_TRUE(read_gitlab("identifier: X\npackage_slug: npm/scope/@a\naffected_range: ''\n", sink));
  EXPECT_EQ(sink.left_out.size(), 1u);
}

TEST(RubyFeed, IsAffectedUnlessARequirementSaysOtherwise) {
  constexpr std::string_view kText = R"(---
gem: rack
cve: 2023-27539
ghsa: c6qg-cjj8-47qp
url: https://example.com/rack
title: Slow header parsing
date: 2023-03-14
description: |
  A header takes long.
cvss_v3: 7.5
unaffected_versions:
  - "< 2.0.0"
patched_versions:
  - "~> 2.2.6, >= 2.2.6.4"
  - ">= 3.0.6.1"
related:
  url:
    - https://example.com/more
)";
  ASSERT_TRUE(is_ruby(kText));
  CollectingSink sink;
  ASSERT_TRUE(read_ruby(kText, sink));
  ASSERT_EQ(sink.entries.size(), 1u);
  const auto affected = [&](std::string_view version) {
    return std::ranges::any_of(sink.entries[0].affected.ranges, [&](const Range& range) {
      return contains(Scheme::gem, range, version).value_or(false);
    });
  };
  for (const auto* in : {"2.0.0", "2.2.2", "2.2.6.3", "2.3.0", "3.0.6"}) EXPECT_TRUE(affected(in)) << in;
  for (const auto* out : {"1.6.0", "2.2.6.4", "2.2.9", "3.0.6.1", "4.0"}) EXPECT_FALSE(affected(out)) << out;
  EXPECT_EQ(sink.advisories[0].id, "CVE-2023-27539");
  EXPECT_THAT(sink.advisories[0].aliases, ElementsAre("GHSA-c6qg-cjj8-47qp"));
  EXPECT_THAT(sink.advisories[0].links, ElementsAre("https://example.com/rack", "https://example.com/more"));
  EXPECT_EQ(judged(sink.advisories[0]), Severity::high);
  ASSERT_TRUE(read_ruby("engine: ruby\ncve: 2023-1\ntitle: t\npatched_versions: ['>= 3']\n", sink));
  EXPECT_EQ(sink.entries.size(), 1u) << "Ruby itself is no gem";
}

TEST(YamlFeeds, RefuseWhatGrowsOrIsNone) {
  CollectingSink sink;
  std::string deep = "gem: ";
  for (int i = 0; i < 2000; ++i) deep += "[";
  for (const std::string& bad : {std::string("gem: [a"), std::string("a: &x [1]\nb: *x\n"), deep}) {
    EXPECT_FALSE(read_ruby(bad, sink)) << bad.substr(0, 40);
  }
  std::string many = "gem: x\nurls:\n";
  for (int i = 0; i < 30'000; ++i) many += "- a\n";
  EXPECT_FALSE(read_ruby(many, sink));
  EXPECT_TRUE(sink.entries.empty());
}

TEST(CveNotes, OfEpss) {
  const std::string text =
      "#model_version:v2023.03.01,score_date:2024-01-01T00:00:00+0000\ncve,epss,percentile\n"
      "CVE-2021-44228,0.97547,0.99996\nCVE-1999-0001,0.01141,0.83417\nnot a line\n"
      "CVE-2021-44999,0.1,0.2";
  ASSERT_TRUE(is_epss(text));
  CollectingSink sink;
  TextInput input(text);
  ASSERT_TRUE(read_epss(input, sink));
  ASSERT_EQ(sink.notes.size(), 3u);
  EXPECT_EQ(sink.notes[0].scope, "cve-epss");
  EXPECT_EQ(sink.notes[0].name, "2021-44");
  EXPECT_EQ(sink.notes[2].name, "2021-44") << "a thousand to a note";
  EXPECT_EQ(line_of_cve(sink.notes[0].body + sink.notes[2].body, "CVE-2021-44999"), "0.1\t0.2");
  EXPECT_EQ(line_of_cve(sink.notes[0].body, "CVE-2021-4422"), std::nullopt);
  EXPECT_EQ(note_of_cve("CVE-1999-0001"), "1999-0");
  for (const auto* bad : {"CVE-99-1", "GHSA-1-1", "CVE-2021-", "CVE-2021-1x", ""})
    EXPECT_FALSE(note_of_cve(bad)) << bad;
}

TEST(CveNotes, OfKnownExploitedOnes) {
  const std::string text = R"({"title": "Catalog", "catalogVersion": "2024.01.01", "count": 1, "vulnerabilities": [
    {"cveID": "CVE-2021-44228", "vendorProject": "Apache", "dateAdded": "2021-12-10"}, {"cveID": "nothing"}]})";
  ASSERT_TRUE(is_kev(text));
  CollectingSink sink;
  TextInput input(text);
  ASSERT_TRUE(read_kev(input, sink));
  ASSERT_EQ(sink.notes.size(), 1u);
  EXPECT_EQ(sink.notes[0].body, "CVE-2021-44228\t2021-12-10\n");
}

TEST(CveNotes, OfNvd) {
  const std::string text = R"({"resultsPerPage": 1, "format": "NVD_CVE", "version": "2.0", "vulnerabilities": [{"cve": {
    "id": "CVE-2007-6755", "metrics": {
      "cvssMetricV2": [{"type": "Primary", "cvssData": {"vectorString": "AV:N/AC:M/Au:N/C:P/I:P/A:N"}}],
      "cvssMetricV31": [{"type": "Secondary", "cvssData": {"vectorString": "CVSS:3.1/other"}},
                        {"type": "Primary", "cvssData": {"vectorString": "CVSS:3.1/own"}}]}}}, {"cve": {"id": "CVE-2007-1"}}]})";
  ASSERT_TRUE(is_nvd(text));
  CollectingSink sink;
  TextInput input(text);
  ASSERT_TRUE(read_nvd(input, sink));
  ASSERT_EQ(sink.notes.size(), 1u);
  EXPECT_EQ(sink.notes[0].body, "CVE-2007-6755\tCVSS:3.1/own\n");
}

}  // namespace
}  // namespace wharf::vuln
