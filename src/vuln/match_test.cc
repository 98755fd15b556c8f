#include "vuln/match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wharf::vuln {
namespace {

using inventory::Distribution;
using inventory::Kind;
using inventory::Package;
using testing::ElementsAre;

const Distribution kDebian{.id = "debian", .version_id = "12"};
const Distribution kRhel{.id = "rhel", .version_id = "9.2"};
const std::vector<std::string> kRhelCpes{"cpe:/o:redhat:enterprise_linux:9::baseos",
                                         "cpe:/a:redhat:enterprise_linux:9::appstream"};

Affected below(std::string fixed, Named named = Named::either) {
  return {.ranges = {{.high = std::move(fixed), .high_fixes = true}}, .named = named};
}
Affected always(Named named = Named::either) { return {.ranges = {{}}, .named = named}; }

/// "" for no hit, else "hit" or the version that mends it.
std::string ask(const Package& package, const Distribution& distribution, const std::string& name,
                const Affected& affected, const std::vector<std::string>& cpes = kRhelCpes) {
  const auto place = place_of(package, distribution);
  if (!place) return "no place";
  const auto found = hit(package, place->scope, cpes, name, {.import_id = 1, .feed = "f", .affected = affected});
  if (!found) return "";
  return found->fixed_by.empty() ? "hit" : found->fixed_by;
}

TEST(Places, AreADistributionsOwn) {
  const Package libssl{.kind = Kind::dpkg, .name = "libssl3", .version = "3.0.8-1", .source_name = "openssl"};
  const auto place = place_of(libssl, kDebian);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->scope.name, "debian:12");
  EXPECT_THAT(place->names, ElementsAre("libssl3", "openssl"));
  EXPECT_FALSE(place_of(libssl, {})) << "nobody knows whose it is";
  EXPECT_FALSE(place_of(libssl, {.id = "alpine", .version_id = "3.20"})) << "Alpine has no such packages";
  const auto pypi = place_of({.kind = Kind::pypi, .name = "Zope_Interface", .version = "1"}, {});
  ASSERT_TRUE(pypi);
  EXPECT_EQ(pypi->scope.name, "pypi");
  EXPECT_THAT(pypi->names, ElementsAre("zope-interface"));
}

TEST(DpkgMatch, ComparesTheSourcesVersion) {
  // The binary's version is not its source's: bsdutils has an epoch.
  const Package bsdutils{.kind = Kind::dpkg,
                         .name = "bsdutils",
                         .version = "1:2.37.2-6",
                         .source_name = "util-linux",
                         .source_version = "2.37.2-6"};
  EXPECT_EQ(ask(bsdutils, kDebian, "util-linux", below("2.37.3-1", Named::source)), "2.37.3-1");
  EXPECT_EQ(ask(bsdutils, kDebian, "util-linux", always(Named::source)), "hit");
  EXPECT_EQ(ask(bsdutils, kDebian, "util-linux", below("2.37.2-6", Named::source)), "");
  EXPECT_EQ(ask(bsdutils, kDebian, "bsdutils", below("1:2.38", Named::source)), "")
      << "a source of that name is another";
  EXPECT_EQ(ask(bsdutils, kDebian, "bsdutils", below("1:2.38", Named::binary)), "1:2.38");
  const Package zlib{.kind = Kind::dpkg,
                     .name = "zlib1g",
                     .version = "1:1.2.11.dfsg-4.1+b1",
                     .source_name = "zlib",
                     .source_version = "1:1.2.11.dfsg-4.1"};
  EXPECT_EQ(ask(zlib, kDebian, "zlib", below("1:1.2.11.dfsg-4", Named::source)), "");
  EXPECT_EQ(ask(zlib, kDebian, "zlib", below("1:1.2.11.dfsg-4.1", Named::source)), "") << "rebuilt is not below";
}

TEST(DpkgMatch, CountsTheKernelThatRunsOnly) {
  Package package{.kind = Kind::dpkg,
                  .name = "linux-libc-dev",
                  .version = "6.1.38-1",
                  .source_name = "linux",
                  .source_version = "6.1.38-1"};
  EXPECT_EQ(ask(package, kDebian, "linux", always(Named::source)), "");
  package.name = "linux-image-6.1.0-10-amd64";
  EXPECT_EQ(ask(package, kDebian, "linux", always(Named::source)), "hit");
}

TEST(DpkgMatch, TakesNoMoreForTheKernelThanIs) {
  const Package atm{.kind = Kind::dpkg,
                    .name = "libatm1",
                    .version = "1:2.5.1-4",
                    .source_name = "linux-atm",
                    .source_version = "1:2.5.1-4"};
  EXPECT_EQ(ask(atm, kDebian, "linux-atm", below("1:2.5.2-1", Named::source)), "1:2.5.2-1");
  Package headers = atm;
  headers.name = "linux-headers-5.15.0-91-generic";
  headers.source_name = "linux-hwe-5.15";
  EXPECT_EQ(ask(headers, kDebian, "linux-hwe-5.15", below("1:2.5.2-1", Named::source)), "");
}

TEST(ApkMatch, IsByOrigin) {
  const Package libcrypto{.kind = Kind::apk, .name = "libcrypto3", .version = "3.1.4-r0", .source_name = "openssl"};
  const Distribution alpine{.id = "alpine", .version_id = "3.18.4"};
  EXPECT_EQ(ask(libcrypto, alpine, "openssl", below("3.1.4-r1", Named::source)), "3.1.4-r1");
  EXPECT_EQ(ask(libcrypto, alpine, "openssl", below("3.1.4-r0", Named::source)), "");
  Package odd = libcrypto;
  odd.version = "unknown";
  EXPECT_EQ(ask(odd, alpine, "openssl", below("3.1.4-r1", Named::source)), "") << "what is no version has no findings";
}

TEST(RpmMatch, HeedsEpochsAndNeverTheSourcesVersion) {
  const Package openssl{.kind = Kind::rpm,
                        .name = "openssl-libs",
                        .version = "1:3.0.1-20.el9_0",
                        .source_name = "openssl",
                        .source_version = "3.0.1-20.el9_0",
                        .vendor = "Red Hat, Inc."};
  EXPECT_EQ(ask(openssl, kRhel, "openssl-libs", below("1:3.0.1-41.el9_0", Named::binary)), "1:3.0.1-41.el9_0");
  EXPECT_EQ(ask(openssl, kRhel, "openssl-libs", below("1:3.0.1-20.el9_0", Named::binary)), "");
  // perl-Errno 1.28-419 comes from perl, whose epoch is 4: by the source it would be vulnerable for ever.
  const Package perl{.kind = Kind::rpm,
                     .name = "perl-Errno",
                     .version = "1.28-419.el9",
                     .source_name = "perl",
                     .source_version = "5.26.3-419.el9",
                     .vendor = "Red Hat, Inc."};
  EXPECT_EQ(ask(perl, kRhel, "perl", below("4:5.26.3-420.el9", Named::source)), "");
  EXPECT_EQ(ask(perl, kRhel, "perl", always(Named::source)), "hit") << "unfixed asks for no version";
}

TEST(RpmMatch, TakesTheVendorsOwnPackagesOnly) {
  Package package{.kind = Kind::rpm, .name = "nginx", .version = "1:1.20-1", .source_name = "nginx"};
  EXPECT_EQ(ask(package, kRhel, "nginx", below("1:1.22-1")), "1:1.22-1") << "nobody said whose it is";
  package.vendor = "Fedora Project";
  EXPECT_EQ(place_of(package, kRhel)->scope.name, "epel:9") << "EPEL's own data, not Red Hat's";
  package.vendor = "nginx packaging";
  EXPECT_EQ(ask(package, kRhel, "nginx", below("1:1.22-1")), "");
  package.vendor = "CentOS";
  EXPECT_EQ(ask(package, kRhel, "nginx", below("1:1.22-1")), "1:1.22-1");
  EXPECT_EQ(ask(package, {.id = "almalinux", .version_id = "9"}, "nginx", below("1:1.22-1")), "");
}

TEST(RpmMatch, HeedsModules) {
  Package npm{.kind = Kind::rpm, .name = "npm", .version = "1:8.1-1.module+el8", .source_name = "nodejs"};
  Affected modular = below("1:9.0-1.module+el8");
  modular.module = "nodejs:18";
  EXPECT_EQ(ask(npm, kRhel, "npm", modular), "") << "it is of no module";
  npm.module = "nodejs:16:8050020220523160029:c5368500:x86_64";
  EXPECT_EQ(ask(npm, kRhel, "npm", modular), "") << "another stream";
  EXPECT_EQ(ask(npm, kRhel, "npm", below("1:9.0-1.module+el8")), "") << "the advisory is of no module";
  npm.module = "nodejs:18:8060020220523160029:ad008a3a:x86_64";
  EXPECT_EQ(ask(npm, kRhel, "npm", modular), "1:9.0-1.module+el8");
  npm.module = "nodejs:180:1:2:x86_64";
  EXPECT_EQ(ask(npm, kRhel, "npm", modular), "");
  modular.module = "nodejs:*";
  EXPECT_EQ(ask(npm, kRhel, "npm", modular), "1:9.0-1.module+el8");
}

TEST(RpmMatch, HeedsArchitecturesAndProducts) {
  Package package{
      .kind = Kind::rpm, .name = "zlib", .version = "1.2.11-31.el9", .source_name = "zlib", .arch = "x86_64"};
  Affected affected = below("1.2.11-32.el9_0");
  affected.arches = {"s390x", "aarch64"};
  EXPECT_EQ(ask(package, kRhel, "zlib", affected), "");
  package.arch = "noarch";
  EXPECT_EQ(ask(package, kRhel, "zlib", affected), "1.2.11-32.el9_0");
  affected.cpes = {"cpe:/a:redhat:rhel_eus:9.0::appstream"};
  EXPECT_EQ(ask(package, kRhel, "zlib", affected), "") << "another product";
  affected.cpes.push_back("cpe:/o:redhat:enterprise_linux:9");
  EXPECT_EQ(ask(package, kRhel, "zlib", affected), "1.2.11-32.el9_0");
}

TEST(RpmMatch, KeepsOraclesFlavoursApart) {
  const Distribution oracle{.id = "ol", .version_id = "8.9"};
  Package package{.kind = Kind::rpm, .name = "glibc", .version = "2.28-100.el8", .source_name = "glibc"};
  EXPECT_EQ(ask(package, oracle, "glibc", below("2:2.28-150.ksplice1.el8")), "");
  package.version = "2:2.28-100.ksplice1.el8";
  EXPECT_EQ(ask(package, oracle, "glibc", below("2:2.28-150.ksplice1.el8")), "2:2.28-150.ksplice1.el8");
  EXPECT_EQ(ask(package, oracle, "glibc", below("2.28-236.el8")), "");
}

TEST(LanguageMatch, SaysTheLowestFixAboveTheInstalledVersion) {
  const Package tokio{.kind = Kind::cargo, .name = "tokio", .version = "1.19.2"};
  const Affected affected{.ranges = {{.low = "0.2.0", .high = "1.18.5", .high_fixes = true},
                                     {.low = "1.19.0", .high = "1.20.4", .high_fixes = true},
                                     {.low = "1.21.0", .high = "1.24.2", .high_fixes = true}}};
  EXPECT_EQ(ask(tokio, {}, "tokio", affected), "1.20.4");
  const Package minimist{.kind = Kind::npm, .name = "minimist", .version = "1.2.0"};
  const Affected listed{.ranges = {{.low = "1.0.0", .high = "1.2.6"}, {.high = "0.2.4"}},
                        .fixes = {"0.2.4", "1.3.0", "1.2.6"}};
  EXPECT_EQ(ask(minimist, {}, "minimist", listed), "1.2.6");
  const Package exact{.kind = Kind::npm, .name = "event-stream", .version = "3.3.6"};
  EXPECT_EQ(ask(exact, {}, "event-stream", {.versions = {"3.3.6"}}), "hit");
  EXPECT_EQ(ask(exact, {}, "event-stream", {.versions = {"3.3.5"}}), "");
  const Package devel{.kind = Kind::go, .name = "example.com/m", .version = "(devel)"};
  EXPECT_EQ(ask(devel, {}, "example.com/m", always()), "") << "an unknown version is not every version";
}

/// A hit of advisory `number`, said by `feed`.
Hit said_by(std::string feed, std::uint64_t number, std::string fixed_by = "", Severity severity = Severity::unknown) {
  return {{.import_id = 1, .feed = std::move(feed), .affected = {.advisory = number, .severity = severity}},
          std::move(fixed_by)};
}

std::map<AdvisoryKey, Advisory> texts(std::vector<Advisory> list) {
  std::map<AdvisoryKey, Advisory> all;
  for (std::uint64_t i = 0; i < list.size(); ++i) all.emplace(AdvisoryKey{1, i}, std::move(list[i]));
  return all;
}

TEST(Findings, OfOneIssueUnderSeveralNamesAreOne) {
  const auto advisories = texts({{.id = "PYSEC-2018-28", .aliases = {"GHSA-x84v-xcm2-53pg"}, .description = "words"},
                                 {.id = "GHSA-x84v-xcm2-53pg",
                                  .aliases = {"CVE-2018-18074"},
                                  .links = {"https://a"},
                                  .vectors = {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}},
                                 {.id = "CVE-2018-18074", .links = {"https://b"}}});
  const auto findings = findings_of(
      {said_by("osv/PyPI", 0, "2.20.0"), said_by("gitlab/pypi", 2), said_by("osv/PyPI", 1, "2.20.0")}, advisories, {});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].name, "CVE-2018-18074");
  EXPECT_EQ(findings[0].advisory, "GHSA-x84v-xcm2-53pg") << "it knows how bad it is";
  EXPECT_EQ(findings[0].fixed_by, "2.20.0");
  EXPECT_EQ(findings[0].severity, Severity::high);
  EXPECT_EQ(findings[0].description, "words");
  EXPECT_THAT(findings[0].links, ElementsAre("https://a", "https://b"));
}

TEST(Findings, BelieveADistributionsOwnFeedFirst) {
  const auto advisories = texts({{.id = "CVE-2023-1"}, {.id = "CVE-2023-1"}});
  auto findings = findings_of({said_by("oval/bookworm", 0, "1.0-2"), said_by("debian-tracker", 1, "", Severity::low)},
                              advisories, {});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].feed, "debian-tracker");
  EXPECT_EQ(findings[0].fixed_by, "");
  Hit spared = said_by("debian-tracker", 1);
  spared.said.affected.spared = true;
  EXPECT_TRUE(findings_of({said_by("oval/bookworm", 0, "1.0-2"), spared}, advisories, {}).empty());
  spared.said.feed = "osv/other";
  EXPECT_EQ(findings_of({said_by("oval/bookworm", 0, "1.0-2"), spared}, advisories, {}).size(), 1u);
}

TEST(Findings, LeaveOutAnErratumWhoseEveryIssueIsShown) {
  const auto advisories =
      texts({{.id = "RHSA-2022:6224", .cves = {"CVE-2022-1", "CVE-2022-2"}, .severity = Severity::medium},
             {.id = "CVE-2022-1"},
             {.id = "CVE-2022-2"}});
  const auto names = [&](std::vector<Hit> hits) {
    std::vector<std::string> all;
    for (const auto& finding : findings_of(std::move(hits), advisories, {})) all.push_back(finding.name);
    return all;
  };
  EXPECT_THAT(names({said_by("oval/r", 0), said_by("redhat-vex", 1)}), ElementsAre("RHSA-2022:6224", "CVE-2022-1"));
  EXPECT_THAT(names({said_by("oval/r", 0), said_by("redhat-vex", 1), said_by("redhat-vex", 2)}),
              ElementsAre("CVE-2022-1", "CVE-2022-2"));
}

TEST(Findings, AreAsBadAsTheDistributionSaysElseAsTheAdvisoryElseAsNvd) {
  const std::map<std::string, CveFacts> facts{
      {"CVE-2023-1",
       {.vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", .epss = 0.97, .exploited_since = "2023-02-01"}}};
  const auto advisories = texts({{.id = "CVE-2023-1"}, {.id = "CVE-2023-1", .severity = Severity::medium}});
  const auto of = [&](std::uint64_t number, Severity own) {
    return findings_of({said_by("oval/x", number, "", own)}, advisories, facts).at(0);
  };
  EXPECT_EQ(of(0, Severity::low).severity, Severity::low);
  EXPECT_EQ(of(1, Severity::unknown).severity, Severity::medium);
  const Finding nvd = of(0, Severity::unknown);
  EXPECT_EQ(nvd.severity, Severity::critical) << "exactly 10.0 is critical too";
  EXPECT_DOUBLE_EQ(nvd.score, 10.0);
  EXPECT_DOUBLE_EQ(nvd.epss, 0.97);
  EXPECT_EQ(nvd.exploited_since, "2023-02-01");
}

TEST(Findings, ComeWorstFirst) {
  const auto advisories = texts({{.id = "CVE-2"}, {.id = "CVE-1"}, {.id = "CVE-3"}});
  std::vector<std::string> names;
  for (const auto& finding : findings_of({said_by("f", 0, "", Severity::low), said_by("f", 1, "", Severity::low),
                                          said_by("f", 2, "", Severity::high)},
                                         advisories, {})) {
    names.push_back(finding.name);
  }
  EXPECT_THAT(names, ElementsAre("CVE-3", "CVE-1", "CVE-2"));
  EXPECT_TRUE(findings_of({said_by("f", 9)}, advisories, {}).empty()) << "its feed was replaced meanwhile";
}

}  // namespace
}  // namespace wharf::vuln
