#include "vuln/feed_osv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vuln/severity.h"
#include "vuln/testing.h"

namespace wharf::vuln {
namespace {

using testing::ElementsAre;

CollectingSink read(std::string_view text) {
  CollectingSink sink;
  read_osv(object_of(text), sink);
  return sink;
}

TEST(OsvFeed, KeepsRangesAndTheVersionsThatTheyDoNotHold) {
  const auto sink = read(R"({"id": "PYSEC-2018-28", "aliases": ["CVE-2018-18074", "GHSA-x84v-xcm2-53pg"],
    "details": "Tells the next host what was meant for the last.", "affected": [{
      "package": {"ecosystem": "PyPI", "name": "requests"},
      "ranges": [{"type": "GIT", "repo": "https://example.com/r", "events": [{"introduced": "0"}, {"fixed": "c45d7c4"}]},
                 {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.20.0"}]}],
      "versions": ["0.2.0", "2.19.1", "3.0.0a1"]}]})");
  EXPECT_THAT(sink.lines(), ElementsAre("pypi requests PYSEC-2018-28 ..2.20.0"));
  EXPECT_THAT(sink.entries[0].affected.versions, ElementsAre("3.0.0a1"));
  EXPECT_TRUE(sink.entries[0].affected.ranges[0].high_fixes);
  EXPECT_THAT(sink.advisories[0].aliases, ElementsAre("CVE-2018-18074", "GHSA-x84v-xcm2-53pg"));
  EXPECT_EQ(sink.advisories[0].links.front(), "https://osv.dev/vulnerability/PYSEC-2018-28");
}

TEST(OsvFeed, LeavesOutWhatWasWithdrawnAndWhatIsANotice) {
  EXPECT_TRUE(read(R"({"id": "GO-2021-0001", "withdrawn": "2022-01-01T00:00:00Z", "affected": [
    {"package": {"ecosystem": "Go", "name": "m"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}]})")
                  .entries.empty());
  const std::string record = R"({"id": "RUSTSEC-2023-0005", "affected": [
    {"package": {"ecosystem": "crates.io", "name": "tokio"}, "database_specific": {"informational": "KIND"},
     "ranges": [{"type": "SEMVER", "events": [{"introduced": "0.0.0-0"}, {"fixed": "1.18.5"}]}]}]})";
  const auto of = [&](const std::string& kind) {
    std::string text = record;
    return read(text.replace(text.find("KIND"), 4, kind));
  };
  EXPECT_TRUE(of("unmaintained").advisories.empty());
  EXPECT_TRUE(of("notice").advisories.empty());
  const auto unsound = of("unsound");
  ASSERT_EQ(unsound.entries.size(), 1u);
  EXPECT_EQ(unsound.entries[0].affected.severity, Severity::negligible);
}

TEST(OsvFeed, LeavesOutGosToolchainAndOtherEcosystems) {
  const auto sink = read(R"({"id": "GO-2022-0001", "affected": [
    {"package": {"ecosystem": "Go", "name": "toolchain"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]},
    {"package": {"ecosystem": "Hex", "name": "x"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]},
    {"package": {"ecosystem": "Go", "name": "stdlib"}, "ranges": [{"type": "SEMVER",
      "events": [{"introduced": "0"}, {"fixed": "1.20.3"}, {"introduced": "1.21.0-0"}, {"fixed": "1.21.1"}]}]}]})");
  EXPECT_THAT(sink.lines(), ElementsAre("go stdlib GO-2022-0001 ..1.20.3 1.21.0-0..1.21.1"));
}

TEST(OsvFeed, TakesErrataThatNameACveOnly) {
  const std::string record = R"({"id": "ALSA-2022:7314", "summary": "Moderate: zlib security update", RELATED
    "references": [{"type": "ADVISORY", "url": "https://access.redhat.com/errata/RHSA-2022:7314"},
                   {"type": "ADVISORY", "url": "https://errata.almalinux.org/9/ALSA-2022-7314.html"}],
    "affected": [{"package": {"ecosystem": "AlmaLinux:9", "name": "zlib"},
      "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2.11-32.el9_0"}]}]}]})";
  const auto with = [&](const std::string& related) {
    std::string text = record;
    return read(text.replace(text.find("RELATED"), 7, related));
  };
  EXPECT_TRUE(with("").entries.empty());
  const auto sink = with(R"("related": ["CVE-2022-37434"],)");
  EXPECT_THAT(sink.lines(), ElementsAre("almalinux:9 zlib ALSA-2022:7314 ..1.2.11-32.el9_0"));
  EXPECT_EQ(sink.entries[0].affected.named, Named::binary);
  EXPECT_THAT(sink.advisories[0].cves, ElementsAre("CVE-2022-37434"));
  EXPECT_EQ(judged(sink.advisories[0]), Severity::medium);
  EXPECT_EQ(sink.advisories[0].links.front(), "https://errata.almalinux.org/9/ALSA-2022-7314.html");
}

TEST(OsvFeed, KnowsTheModuleStreamOfAnErratum) {
  const auto of = [](const std::string& summary) {
    const auto sink = read(R"({"id": "ALSA-2023:1", "related": ["CVE-2023-1"], "summary": ")" + summary + R"(",
      "affected": [{"package": {"ecosystem": "AlmaLinux:8", "name": "npm"}, "ranges": [{"type": "ECOSYSTEM",
        "events": [{"introduced": "0"}, {"fixed": "1:8.19.2-1.18.12.1.2.module_el8.7.0+3379+c4d3a3c5"}]}]}]})");
    return sink.entries.at(0).affected.module;
  };
  EXPECT_EQ(of("Important: nodejs:18 security update"), "nodejs:18");
  EXPECT_EQ(of("new module: nodejs:20"), "nodejs:20");
  EXPECT_EQ(of("Low: container-tools security update"), "container-tools:*");
}

TEST(OsvFeed, TakesGitHubsWordWhereThereIsNoVector) {
  const std::string record = R"({"id": "GHSA-35jh-r3h4-6jhm", "database_specific": {"severity": "MODERATE"}, SEVERITY
    "affected": [{"package": {"ecosystem": "npm", "name": "lodash"},
      "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
      "database_specific": {"last_known_affected_version_range": "<= 4.17.20"}}]})";
  const auto with = [&](const std::string& severity) {
    std::string text = record;
    return read(text.replace(text.find("SEVERITY"), 8, severity));
  };
  EXPECT_EQ(judged(with("").advisories[0]), Severity::medium);
  const auto sink = with(R"("severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H"},
    {"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}],)");
  EXPECT_EQ(judged(sink.advisories[0]), Severity::critical) << "the newest version's";
  EXPECT_THAT(sink.lines(), ElementsAre("npm lodash GHSA-35jh-r3h4-6jhm ..4.17.20="));
  EXPECT_EQ(sink.advisories[0].links.front(), "https://github.com/advisories/GHSA-35jh-r3h4-6jhm");
}

TEST(OsvFeed, LeavesOutARangeThatIsNoneAndSaysSo) {
  const auto sink = read(R"({"id": "PYSEC-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "x"},
    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "not a version"}]}],
    "versions": ["1.0"]}]})");
  EXPECT_THAT(sink.entries[0].affected.versions, ElementsAre("1.0"));
  EXPECT_TRUE(sink.entries[0].affected.ranges.empty());
  EXPECT_EQ(sink.left_out.size(), 1u);
}

TEST(OsvFeed, SurvivesWhatIsOfAnotherKind) {
  for (const auto* odd : {R"({"id": 5, "affected": {}})", R"({"id": "x", "affected": [1, null, {"package": "p"}]})",
                          R"({"id": "x", "affected": [{"package": {"ecosystem": "npm", "name": "n"}, "ranges": "r"}]})",
                          R"({"id": "x", "affected": [{"package": {"ecosystem": "npm", "name": "n"},
                             "ranges": [{"type": "SEMVER", "events": [[], {"introduced": 0}]}]}]})"}) {
    EXPECT_TRUE(read(odd).entries.empty()) << odd;
  }
}

}  // namespace
}  // namespace wharf::vuln
