// The feeds of distributions: Alpine's secdb, Debian's tracker, OVAL, Red Hat's VEX.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vuln/feed_alpine.h"
#include "vuln/feed_debian.h"
#include "vuln/feed_oval.h"
#include "vuln/feed_vex.h"
#include "vuln/testing.h"

namespace wharf::vuln {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(AlpineFeed, TakesTheHighestFixOfEachIssueOnce) {
  const auto document =
      object_of(R"({"distroversion": "v3.20", "reponame": "main", "urlprefix": "https://dl-cdn.alpinelinux.org/alpine",
    "packages": [{"pkg": {"name": "xen", "secfixes": {
      "0": ["CVE-2020-1"],
      "4.9-r1": ["CVE-2017-2616 XSA-123", "XSA-200"],
      "4.10-r0": ["CVE-2017-2616", "CVE-2018-1"],
      "bad version": ["CVE-2018-2"]}}}]})");
  EXPECT_TRUE(is_secdb(document));
  EXPECT_EQ(secdb_name(document), "alpine/v3.20/main");
  CollectingSink sink;
  read_secdb(document, sink);
  EXPECT_THAT(sink.lines(),
              UnorderedElementsAre("alpine:v3.20 xen CVE-2017-2616 ..4.10-r0", "alpine:v3.20 xen CVE-2018-1 ..4.10-r0",
                                   "alpine:v3.20 xen XSA-200 ..4.9-r1"));
  EXPECT_EQ(sink.left_out.size(), 1u);
  EXPECT_EQ(sink.advisories[0].links.front(), "https://security.alpinelinux.org/vuln/CVE-2017-2616");
}

TEST(AlpineFeed, OfWolfiIsOneRollingRelease) {
  const auto document = object_of(R"({"urlprefix": "https://packages.wolfi.dev", "reponame": "os",
    "packages": [{"pkg": {"name": "curl", "secfixes": {"8.4.0-r0": ["CVE-2023-38545"]}}}]})");
  EXPECT_EQ(secdb_name(document), "wolfi");
  CollectingSink sink;
  read_secdb(document, sink);
  EXPECT_THAT(sink.lines(), ElementsAre("wolfi curl CVE-2023-38545 ..8.4.0-r0"));
}

constexpr std::string_view kTracker = R"({
  "openssl": {
    "CVE-2023-0464": {"description": "Certificate policies.", "scope": "local", "releases": {
      "bookworm": {"status": "resolved", "repositories": {"bookworm": "3.0.9-1"}, "fixed_version": "3.0.9-1", "urgency": "low"},
      "bullseye": {"status": "open", "repositories": {"bullseye": "1.1.1n-0"}, "urgency": "not yet assigned", "nodsa": "Minor issue", "nodsa_reason": "postponed"},
      "trixie": {"status": "resolved", "fixed_version": "0", "urgency": "unimportant"},
      "sid": {"status": "undetermined", "urgency": "not yet assigned"},
      "potato": {"status": "open", "urgency": "low"}}}},
  "nodejs": {
    "CVE-2023-0464": {"description": "Certificate policies.", "releases": {"bookworm": {"status": "open", "urgency": "unimportant"}}},
    "TEMP-0000000-ABCDEF": {"releases": {"bookworm": {"status": "open", "urgency": "end-of-life"}}}}
})";

TEST(DebianFeed, TellsOpenFromMendedFromNeverThere) {
  ASSERT_TRUE(is_debian_tracker(kTracker));
  CollectingSink sink;
  TextInput input{std::string(kTracker)};
  ASSERT_TRUE(read_debian_tracker(input, sink));
  EXPECT_THAT(sink.lines(),
              ElementsAre("debian:12 openssl CVE-2023-0464 ..3.0.9-1", "debian:11 openssl CVE-2023-0464 ..",
                          "debian:13 openssl CVE-2023-0464 ..", "debian:12 nodejs CVE-2023-0464 ..",
                          "debian:12 nodejs TEMP-0000000-ABCDEF .."));
  EXPECT_TRUE(sink.entries[2].affected.spared) << "version 0: it never was there";
  EXPECT_FALSE(sink.entries[1].affected.spared) << "postponed: it is there";
  EXPECT_EQ(sink.entries[0].affected.severity, Severity::medium);
  EXPECT_EQ(sink.entries[3].affected.severity, Severity::low);
  EXPECT_EQ(sink.entries[4].affected.severity, Severity::unknown);
  EXPECT_EQ(sink.advisories.size(), 2u) << "one issue of two packages is one";
}

TEST(DebianFeed, ThatIsCutOffIsAnError) {
  CollectingSink sink;
  TextInput input{std::string(kTracker.substr(0, kTracker.size() - 3))};
  EXPECT_FALSE(read_debian_tracker(input, sink));
  TextInput wrong{R"({"openssl": {"CVE-1": {"releases": {]}}})"};
  EXPECT_FALSE(read_debian_tracker(wrong, sink));
}

std::string oval(std::string_view definitions, std::string_view tests) {
  return R"(<?xml version="1.0" encoding="UTF-8"?><oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5"
    xmlns:red-def="http://oval.mitre.org/XMLSchema/oval-definitions-5#linux"><definitions>)" +
         std::string(definitions) + "</definitions>" + std::string(tests) + "</oval_definitions>";
}

CollectingSink read_text_as_oval(const std::string& text) {
  CollectingSink sink;
  TextInput input(text, 11);
  const auto read = read_oval(input, sink);
  EXPECT_TRUE(read) << (read ? "" : read.error().detail);
  return sink;
}

TEST(OvalFeed, OfDebianSaysByVersionZeroThatNothingMendsIt) {
  const auto sink = read_text_as_oval(oval(R"(
    <definition id="d1" class="vulnerability"><metadata><title>CVE-2023-0464 openssl</title>
      <affected family="unix"><platform>Debian GNU/Linux 12</platform><product>openssl</product></affected>
      <reference source="CVE" ref_id="CVE-2023-0464" ref_url="https://cve.example/1"/><description>Words &amp; more.</description></metadata>
      <criteria operator="AND"><criterion test_ref="t0" comment="Debian 12 is installed"/>
        <criteria operator="OR"><criterion test_ref="t1" comment="openssl DPKG is earlier than 3.0.9-1"/></criteria></criteria></definition>
    <definition id="d2" class="vulnerability"><metadata><title>CVE-2007-6755 openssl</title>
      <affected family="unix"><platform>Debian GNU/Linux 12</platform></affected>
      <reference source="CVE" ref_id="CVE-2007-6755" ref_url="https://cve.example/2"/></metadata>
      <criteria><criterion test_ref="t2" comment="openssl DPKG is earlier than 0"/></criteria></definition>
    <definition id="d3" class="patch"><metadata><title>DSA-5417-1 openssl</title>
      <affected family="unix"><platform>Debian GNU/Linux 12</platform></affected>
      <reference source="DSA" ref_id="DSA-5417-1" ref_url="x"/><reference source="CVE" ref_id="CVE-2023-0464" ref_url="y"/></metadata>
      <criteria><criterion test_ref="t1" comment="openssl DPKG is earlier than 3.0.9-1"/></criteria></definition>)",
                                           R"(
    <tests><textfilecontent54_test id="t0"><object object_ref="o0"/><state state_ref="s0"/></textfilecontent54_test>
      <dpkginfo_test id="t1"><object object_ref="o1"/><state state_ref="s1"/></dpkginfo_test>
      <dpkginfo_test id="t2"><object object_ref="o1"/><state state_ref="s2"/></dpkginfo_test></tests>
    <objects><dpkginfo_object id="o1"><name>openssl</name></dpkginfo_object></objects>
    <states><dpkginfo_state id="s1"><evr datatype="debian_evr_string" operation="less than">0:3.0.9-1</evr></dpkginfo_state>
      <dpkginfo_state id="s2"><evr datatype="debian_evr_string" operation="less than">0:0</evr></dpkginfo_state></states>)"));
  EXPECT_THAT(sink.lines(),
              ElementsAre("debian:12 openssl CVE-2023-0464 ..3.0.9-1", "debian:12 openssl CVE-2007-6755 .."));
  EXPECT_EQ(sink.entries[0].affected.named, Named::source);
  EXPECT_EQ(sink.advisories[0].description, "Words & more.");
  EXPECT_EQ(sink.advisories[0].links.front(), "https://security-tracker.debian.org/tracker/CVE-2023-0464");
}

TEST(OvalFeed, OfRedHatHasCpesArchitecturesAndModules) {
  const auto sink = read_text_as_oval(oval(R"(
    <definition class="patch" id="d1"><metadata><title>RHSA-2022:8833: nodejs:18 security update (Moderate)</title>
      <affected family="unix"><platform>Red Hat Enterprise Linux 9</platform></affected>
      <reference ref_id="RHSA-2022:8833" ref_url="https://access.redhat.com/errata/RHSA-2022:8833" source="RHSA"/>
      <reference ref_id="CVE-2022-3517" ref_url="https://access.redhat.com/security/cve/CVE-2022-3517" source="CVE"/>
      <advisory><severity>Moderate</severity><issued date="2022-12-06"/>
        <cve cvss3="7.5/CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H" href="x">CVE-2022-3517</cve>
        <cve cvss3="6.5/CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N" href="x">CVE-2022-43548</cve>
        <affected_cpe_list><cpe>cpe:/a:redhat:enterprise_linux:9::appstream</cpe></affected_cpe_list></advisory></metadata>
      <criteria operator="AND"><criterion comment="Red Hat Enterprise Linux 9 is installed" test_ref="t0"/>
        <criteria operator="OR"><criteria operator="AND">
          <criterion comment="npm is earlier than 1:8.19.2-1" test_ref="t1"/>
          <criterion comment="npm is signed with Red Hat redhatrelease2 key" test_ref="t2"/></criteria></criteria>
        <criterion comment="Module nodejs:18 is enabled" test_ref="t3"/></criteria></definition>
    <definition class="patch" id="d2"><metadata><title>RHBA-2022:1: no issue</title>
      <affected family="unix"><platform>Red Hat Enterprise Linux 9</platform></affected>
      <reference ref_id="RHBA-2022:1" ref_url="x" source="RHSA"/></metadata>
      <criteria><criterion comment="npm is earlier than 1:8.19.2-1" test_ref="t1"/></criteria></definition>)",
                                           R"(
    <tests><red-def:rpminfo_test id="t1"><red-def:object object_ref="o1"/><red-def:state state_ref="s1"/></red-def:rpminfo_test>
      <red-def:rpminfo_test id="t2"><red-def:object object_ref="o1"/><red-def:state state_ref="s2"/></red-def:rpminfo_test></tests>
    <objects><red-def:rpminfo_object id="o1"><red-def:name>npm</red-def:name></red-def:rpminfo_object></objects>
    <states><red-def:rpminfo_state id="s1"><red-def:arch operation="pattern match">aarch64|x86_64</red-def:arch>
        <red-def:evr operation="less than">1:8.19.2-1.18.12.1.1.module+el9.1.0+17326+318294bb</red-def:evr></red-def:rpminfo_state>
      <red-def:rpminfo_state id="s2"><red-def:signature_keyid operation="equals">199e2f91fd431d51</red-def:signature_keyid></red-def:rpminfo_state></states>)"));
  EXPECT_THAT(sink.lines(),
              ElementsAre("redhat npm RHSA-2022:8833 ..1:8.19.2-1.18.12.1.1.module+el9.1.0+17326+318294bb"));
  const Affected& affected = sink.entries[0].affected;
  EXPECT_EQ(affected.module, "nodejs:18");
  EXPECT_THAT(affected.arches, ElementsAre("aarch64", "x86_64"));
  EXPECT_THAT(affected.cpes, ElementsAre("cpe:/a:redhat:enterprise_linux:9::appstream"));
  EXPECT_THAT(sink.advisories[0].cves, ElementsAre("CVE-2022-3517", "CVE-2022-43548"));
  EXPECT_THAT(sink.advisories[0].vectors, ElementsAre("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"));
  EXPECT_EQ(sink.advisories[0].severity, Severity::medium);
}

TEST(OvalFeed, OfUbuntuNamesPackagesByVariables) {
  const auto sink = read_text_as_oval(oval(R"(
    <definition class="vulnerability" id="d1"><metadata><title>CVE-2023-1 on Ubuntu 22.04 LTS (jammy) - medium</title>
      <affected family="unix"><platform>Ubuntu 22.04 LTS</platform></affected>
      <reference source="CVE" ref_id="CVE-2023-1" ref_url="x"/><advisory><severity>Medium</severity></advisory></metadata>
      <criteria operator="OR">
        <criterion test_ref="t1" comment="curl package in jammy was vulnerable but has been fixed (note: '7.81.0-1ubuntu1.10')."/>
        <criterion test_ref="t2" comment="old package in jammy is affected and needs fixing."/>
        <criterion test_ref="t1" comment="other package in jammy is not affected"/></criteria></definition>)",
                                           R"(
    <tests><dpkginfo_test id="t1"><object object_ref="o1"/><state state_ref="s1"/></dpkginfo_test>
      <dpkginfo_test id="t2"><object object_ref="o2"/></dpkginfo_test></tests>
    <objects><dpkginfo_object id="o1"><name var_ref="v1" var_check="at least one"/></dpkginfo_object>
      <dpkginfo_object id="o2"><name>old</name></dpkginfo_object></objects>
    <states><dpkginfo_state id="s1"><evr operation="less than">0:7.81.0-1ubuntu1.10</evr></dpkginfo_state></states>
    <variables><constant_variable id="v1"><value>curl</value><value>libcurl4</value></constant_variable></variables>)"));
  EXPECT_THAT(sink.lines(),
              ElementsAre("ubuntu:22.04 curl CVE-2023-1 ..7.81.0-1ubuntu1.10",
                          "ubuntu:22.04 libcurl4 CVE-2023-1 ..7.81.0-1ubuntu1.10", "ubuntu:22.04 old CVE-2023-1 .."));
  EXPECT_EQ(sink.entries[0].affected.named, Named::binary);
}

TEST(OvalFeed, RefusesWhatIsNoOvalOrWouldGrow) {
  std::string deep = "<oval_definitions>";
  for (int i = 0; i < 100; ++i) deep += "<a>";
  for (
      const std::string& bad :
      {"<oval_definitions><a b=\"" + std::string(3 << 20, 'x'), std::string("<oval_definitions>"),
       std::string("<other/>"), std::string("{}"), deep,
       std::string(
           R"(<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><oval_definitions>&b;</oval_definitions>)")}) {
    CollectingSink sink;
    TextInput input(bad, 200'000);
    EXPECT_FALSE(read_oval(input, sink)) << bad.substr(0, 60);
  }
}

constexpr std::string_view kVex = R"({
  "document": {"category": "csaf_vex", "csaf_version": "2.0", "title": "openssl: slow check", "aggregate_severity": {"text": "low"},
    "tracking": {"id": "CVE-2023-6237", "status": "final"}},
  "product_tree": {
    "branches": [{"branches": [
      {"product": {"product_id": "BaseOS-9.4", "product_identification_helper": {"cpe": "cpe:/o:redhat:enterprise_linux:9::baseos"}}},
      {"product": {"product_id": "rhel9", "product_identification_helper": {"cpe": "cpe:/o:redhat:enterprise_linux:9"}}},
      {"product": {"product_id": "AppStream-8", "product_identification_helper": {"cpe": "cpe:/a:redhat:enterprise_linux:8::appstream"}}},
      {"product": {"product_id": "nodejs:18:8090", "product_identification_helper": {"purl": "pkg:rpmmod/redhat/nodejs@18:8090"}}},
      {"product": {"product_id": "openssl-libs-1:3.0.7-27.el9.x86_64", "product_identification_helper": {"purl": "pkg:rpm/redhat/openssl-libs@3.0.7-27.el9?arch=x86_64&epoch=1"}}},
      {"product": {"product_id": "openssl-libs-1:3.0.7-27.el9.s390x", "product_identification_helper": {"purl": "pkg:rpm/redhat/openssl-libs@3.0.7-27.el9?arch=s390x&epoch=1"}}},
      {"product": {"product_id": "openssl-1:3.0.7-27.el9.src", "product_identification_helper": {"purl": "pkg:rpm/redhat/openssl@3.0.7-27.el9?arch=src&epoch=1"}}},
      {"product": {"product_id": "npm-18", "product_identification_helper": {"purl": "pkg:rpm/redhat/npm@9.5.1-1.module%2Bel8?arch=x86_64"}}},
      {"product": {"product_id": "fips", "product_identification_helper": {"purl": "pkg:rpm/redhat/openssl-fips-provider?arch=x86_64"}}},
      {"product": {"product_id": "image", "product_identification_helper": {"purl": "pkg:oci/ubi9?tag=1"}}},
      {"product": {"product_id": "edk2", "product_identification_helper": {"purl": "pkg:rpm/redhat/edk2?arch=src"}}}]}],
    "relationships": [
      {"product_reference": "openssl-libs-1:3.0.7-27.el9.x86_64", "relates_to_product_reference": "BaseOS-9.4", "full_product_name": {"product_id": "A"}},
      {"product_reference": "openssl-libs-1:3.0.7-27.el9.s390x", "relates_to_product_reference": "BaseOS-9.4", "full_product_name": {"product_id": "B"}},
      {"product_reference": "openssl-1:3.0.7-27.el9.src", "relates_to_product_reference": "BaseOS-9.4", "full_product_name": {"product_id": "C"}},
      {"product_reference": "edk2", "relates_to_product_reference": "rhel9", "full_product_name": {"product_id": "D"}},
      {"product_reference": "fips", "relates_to_product_reference": "rhel9", "full_product_name": {"product_id": "E"}},
      {"product_reference": "image", "relates_to_product_reference": "rhel9", "full_product_name": {"product_id": "F"}},
      {"product_reference": "nodejs:18:8090", "relates_to_product_reference": "AppStream-8", "full_product_name": {"product_id": "M"}},
      {"product_reference": "npm-18", "relates_to_product_reference": "M", "full_product_name": {"product_id": "N"}}]},
  "vulnerabilities": [{"cve": "CVE-2023-6237",
    "notes": [{"category": "description", "text": "A slow check."}],
    "product_status": {"fixed": ["A", "B", "C", "F", "N", "unknown"], "known_affected": ["D"], "known_not_affected": ["E"]},
    "scores": [{"cvss_v3": {"vectorString": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:H"}}],
    "remediations": [{"category": "vendor_fix", "url": "https://access.redhat.com/errata/RHSA-2024:2447"}, {"category": "none_available"}]}]
})";

TEST(VexFeed, TellsWhatIsFixedWhatIsNotAndWhatIsSpared) {
  const auto document = object_of(kVex);
  ASSERT_TRUE(is_csaf(document));
  CollectingSink sink;
  read_vex(document, sink);
  EXPECT_THAT(sink.lines(),
              UnorderedElementsAre("redhat openssl-libs CVE-2023-6237 ..1:3.0.7-27.el9",
                                   "redhat npm CVE-2023-6237 ..9.5.1-1.module+el8", "redhat edk2 CVE-2023-6237 ..",
                                   "redhat openssl-fips-provider CVE-2023-6237 .."));
  for (const auto& [scope, name, affected] : sink.entries) {
    if (name == "openssl-libs") {
      EXPECT_THAT(affected.arches, ElementsAre("s390x", "x86_64"));
      EXPECT_THAT(affected.cpes, ElementsAre("cpe:/o:redhat:enterprise_linux:9::baseos"));
      EXPECT_EQ(affected.named, Named::binary);
    }
    EXPECT_EQ(affected.module, name == "npm" ? "nodejs:18" : "");
    EXPECT_EQ(affected.spared, name == "openssl-fips-provider");
    if (name == "edk2") EXPECT_EQ(affected.named, Named::source);
  }
  EXPECT_EQ(sink.advisories[0].severity, Severity::low);
  EXPECT_THAT(sink.advisories[0].links, ElementsAre("https://access.redhat.com/security/cve/CVE-2023-6237",
                                                    "https://access.redhat.com/errata/RHSA-2024:2447"));
}

TEST(VexFeed, LeavesOutDeletedDocumentsAndLoops) {
  std::string text(kVex);
  text.replace(text.find("\"final\""), 7, "\"deleted\"");
  CollectingSink sink;
  read_vex(object_of(text), sink);
  EXPECT_THAT(sink.entries, IsEmpty());
  text = kVex;
  const std::string from = R"("product_reference": "npm-18", "relates_to_product_reference": "M")";
  text.replace(text.find(from), from.size(), R"("product_reference": "N", "relates_to_product_reference": "N")");
  read_vex(object_of(text), sink);
  EXPECT_EQ(sink.entries.size(), 3u) << "a product that is part of itself is none";
}

TEST(RedHatRepositories, AreKeptAsNotes) {
  const auto document = object_of(
      R"({"data": {"rhel-9-for-x86_64-baseos-rpms": {"cpes": ["cpe:/o:redhat:enterprise_linux:9::baseos", "cpe:/o:redhat:enterprise_linux:9.4::baseos"], "repo_relative_urls": []}}})");
  ASSERT_TRUE(is_repository_list(document));
  CollectingSink sink;
  read_repository_list(document, sink);
  ASSERT_EQ(sink.notes.size(), 1u);
  EXPECT_EQ(sink.notes[0].name, "rhel-9-for-x86_64-baseos-rpms");
  EXPECT_EQ(sink.notes[0].body, "cpe:/o:redhat:enterprise_linux:9::baseos\ncpe:/o:redhat:enterprise_linux:9.4::baseos");
}

}  // namespace
}  // namespace wharf::vuln
