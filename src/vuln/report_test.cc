#include "vuln/report.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "vuln/sbom.h"
#include "vuln/statement.h"

namespace wharf::vuln {
namespace {

using inventory::Kind;

/// Two packages of Debian 12 from one source with two issues, and one from npm with one.
Report sample() {
  Report report;
  report.distributions = {{.id = "debian", .version_id = "12", .name = "Debian GNU/Linux"}};
  report.layers = {"sha256:aa", "sha256:bb"};
  const auto add = [&](Kind kind, std::string name, std::string version, std::uint64_t layer) {
    inventory::Package package{.kind = kind, .name = std::move(name), .version = std::move(version)};
    if (kind == Kind::dpkg) package.arch = "amd64";
    report.packages.push_back({.package = std::move(package), .layer = layer, .findings = {}});
  };
  add(Kind::dpkg, "libssl3", "3.0.8-1", 0);
  add(Kind::dpkg, "openssl", "3.0.8-1", 0);
  add(Kind::npm, "lodash", "4.17.15", 1);
  const Finding fixed{.name = "CVE-2023-0464",
                      .advisory = "CVE-2023-0464",
                      .feed = "debian",
                      .severity = Severity::high,
                      .fixed_by = "3.0.9-1",
                      .links = {"https://example.org/CVE-2023-0464"},
                      .vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
                      .score = 7.5};
  const Finding open{.name = "CVE-2007-6755", .advisory = "CVE-2007-6755", .feed = "debian"};
  const Finding bad{.name = "CVE-2021-23337",
                    .advisory = "GHSA-35jh-r3h4-6jhm",
                    .feed = "osv/npm",
                    .severity = Severity::critical,
                    .fixed_by = "4.17.21"};
  const std::vector<std::vector<Finding>> findings{{fixed, open}, {fixed}, {bad}};
  add_findings(report, findings);
  return report;
}

TEST(Report, TellsOfAnIssueOnceHoweverManyPackagesHaveIt) {
  const auto report = sample();
  ASSERT_EQ(report.issues.size(), 3u);
  EXPECT_EQ(report.packages[0].findings[0].issue, report.packages[1].findings[0].issue);
  const auto counts = count_findings(report);
  EXPECT_EQ(counts.high, 2);
  EXPECT_EQ(counts.unknown, 1);
  EXPECT_EQ(counts.critical, 1);
  EXPECT_EQ(counts.fixable, 3);
  EXPECT_EQ(counts.fixable_critical, 1);
}

TEST(Report, IsKeptInFewBytesAndReadBack) {
  const auto report = sample();
  const auto bytes = pack_report(report);
  const auto read = open_report(bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, report);
  EXPECT_FALSE(open_report(bytes.substr(0, bytes.size() / 2)));
  EXPECT_FALSE(open_report("nonsense"));
  auto wild = report;
  wild.packages[0].findings[0].issue = 99;
  EXPECT_FALSE(open_report(pack_report(wild))) << "an issue that is not there";
  wild = report;
  wild.packages[0].layer = 2;
  EXPECT_FALSE(open_report(pack_report(wild))) << "a layer that is not there";
}

TEST(Statements, OfOpenVexTakeFindingsOffTheList) {
  const auto read = read_statements(R"({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "a",
    "timestamp": "2026-01-01T00:00:00Z", "version": 1, "statements": [
     {"vulnerability": {"name": "CVE-2023-0464"}, "products": [{"@id": "pkg:oci/app@sha256:aa",
       "subcomponents": [{"@id": "pkg:deb/debian/libssl3@3.0.8-1?arch=amd64"}]}],
      "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path"},
     {"vulnerability": {"name": "CVE-2007-6755"}, "products": [{"@id": "registry.example/app"}],
      "status": "affected"},
     {"vulnerability": "CVE-2021-23337", "products": ["pkg:oci/app"], "status": "not_affected",
      "justification": "component_not_present", "impact_statement": "It is not called."}]})");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2u);
  auto report = sample();
  apply_statements(report, *read);
  EXPECT_EQ(report.packages[0].findings[0].justification, "vulnerable_code_not_in_execute_path");
  EXPECT_EQ(report.packages[1].findings[0].justification, "") << "another package";
  EXPECT_EQ(report.packages[0].findings[1].justification, "") << "it is affected";
  EXPECT_EQ(report.packages[2].findings[0].justification, "component_not_present: It is not called.");
  const auto counts = count_findings(report);
  EXPECT_EQ(counts.high, 1);
  EXPECT_EQ(counts.critical, 0);
}

TEST(Statements, OfCsafNameTheirProducts) {
  const auto read = read_statements(R"({"document": {"category": "csaf_vex"}, "product_tree": {"branches": [
      {"branches": [{"product": {"product_id": "ssl", "product_identification_helper":
        {"purl": "pkg:deb/debian/openssl"}}}, {"product": {"product_id": "vague"}}]}]},
    "vulnerabilities": [{"cve": "CVE-2023-0464",
      "product_status": {"known_not_affected": ["ssl", "vague"], "known_affected": ["other"]},
      "flags": [{"label": "vulnerable_code_not_present", "product_ids": ["ssl"]}],
      "threats": [{"category": "impact", "details": "Built without it.", "product_ids": ["ssl"]}]}]})");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 1u) << "a product without a package URL may be anything";
  auto report = sample();
  apply_statements(report, *read);
  EXPECT_EQ(report.packages[1].findings[0].justification, "vulnerable_code_not_present: Built without it.");
  EXPECT_EQ(report.packages[0].findings[0].justification, "");
}

TEST(Statements, AreReadOutOfAttestations) {
  // {"predicateType": "…", "predicate": {OpenVEX}} in base64 in an envelope.
  const std::string payload =
      "eyJwcmVkaWNhdGUiOiB7IkBjb250ZXh0IjogImh0dHBzOi8vb3BlbnZleC5kZXYvbnMvdjAuMi4wIiwgInN0YXRlbWVudHMiOiBbeyJ2dWxuZX"
      "JhYmlsaXR5IjogeyJuYW1lIjogIkNWRS0xIn0sICJzdGF0dXMiOiAiZml4ZWQiLCAicHJvZHVjdHMiOiBbXX1dfX0=";
  const auto read =
      read_statements(R"({"payloadType": "application/vnd.in-toto+json", "payload": ")" + payload + "\"}");
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ(read->front().justification, "fixed");
}

TEST(Statements, OfNoKnownKindAreRefused) {
  for (const std::string text : {"", "[]", "{}", "{\"@context\": 7}", "{\"payload\": \"***\"}", "nonsense"}) {
    EXPECT_FALSE(read_statements(text)) << text;
  }
}

TEST(Sbom, OfCycloneDxListsPackagesAndWhatTheyAreKnownFor) {
  auto report = sample();
  report.packages[1].findings[0].justification = "not there";
  const SbomSubject subject{.name = "reg.example/acme/app",
                            .version = "sha256:cc",
                            .base_url = "https://reg.example",
                            .at_ms = 1767225600000};
  const auto bom = cyclonedx(report, subject);
  EXPECT_EQ(bom.at("bomFormat"), "CycloneDX");
  EXPECT_EQ(bom.at("metadata").at("timestamp"), "2026-01-01T00:00:00Z");
  const auto& components = bom.at("components").as_array();
  ASSERT_EQ(components.size(), 4u) << "the distribution, too";
  EXPECT_EQ(components[1].at("purl"), "pkg:deb/debian/libssl3@3.0.8-1?arch=amd64&distro=debian-12");
  const auto& issues = bom.at("vulnerabilities").as_array();
  ASSERT_EQ(issues.size(), 4u) << "one is told twice: affected, and not";
  EXPECT_EQ(issues[0].at("ratings").at(0).at("score"), 7.5);
  EXPECT_EQ(issues[1].at("analysis").at("state"), "not_affected");
  EXPECT_EQ(cyclonedx(report, subject), bom) << "the same each time";
}

TEST(Sbom, OfSpdxDescribesTheImageAndWhatItHolds) {
  const auto document = spdx(sample(), {.name = "reg.example/acme/app",
                                        .version = "sha256:cc",
                                        .base_url = "https://reg.example",
                                        .at_ms = 1767225600000});
  EXPECT_EQ(document.at("spdxVersion"), "SPDX-2.3");
  EXPECT_EQ(document.at("packages").as_array().size(), 4u);
  EXPECT_EQ(document.at("packages").at(3).at("externalRefs").at(0).at("referenceLocator"), "pkg:npm/lodash@4.17.15");
  EXPECT_EQ(document.at("relationships").as_array().size(), 4u);
}

}  // namespace
}  // namespace wharf::vuln
