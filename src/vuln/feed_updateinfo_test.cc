#include "vuln/feed_updateinfo.h"

#include <gmock/gmock.h>

#include "vuln/feed_oval.h"
#include "vuln/testing.h"

namespace wharf::vuln {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

CollectingSink read_updates(const std::string& updates) {
  CollectingSink sink;
  TextInput input("<?xml version=\"1.0\"?>\n<updates>" + updates + "</updates>", 13);
  const auto read = read_updateinfo(input, sink);
  EXPECT_TRUE(read) << (read ? "" : read.error().detail);
  return sink;
}

TEST(UpdateinfoFeed, OfAmazonIsOfTheReleaseItsPackagesName) {
  const auto sink = read_updates(R"(
    <update author="a" from="a" status="final" type="security" version="1.4"><id>ALAS2023-2023-051</id>
      <title>Amazon Linux 2023 - ALAS2023-2023-051: Important priority package update for curl</title>
      <issued date="2023-02-17 01:00"/><severity>important</severity><description>Package updates:
      CVE-2022-43551: a bypass &amp; more</description>
      <references><reference href="https://alas.example/CVE-2022-43551.html" id="CVE-2022-43551" type="cve"/></references>
      <pkglist><collection short="amazon-linux-2023---core"><name>Amazon Linux 2023</name>
        <package arch="x86_64" epoch="0" name="curl" release="1.amzn2023.0.2" version="7.87.0"><filename>f</filename></package>
        <package arch="aarch64" epoch="0" name="curl" release="1.amzn2023.0.2" version="7.87.0"/>
        <package arch="src" epoch="0" name="curl" release="1.amzn2023.0.2" version="7.87.0"/>
        <package arch="x86_64" epoch="1" name="bind" release="2.amzn1" version="9.8.2"/>
      </collection></pkglist></update>)");
  ASSERT_THAT(sink.lines(), UnorderedElementsAre("amazon:2023 curl ALAS2023-2023-051 ..7.87.0-1.amzn2023.0.2",
                                                 "amazon:2018.03 bind ALAS2023-2023-051 ..1:9.8.2-2.amzn1"));
  const auto& advisory = sink.advisories.front();
  EXPECT_THAT(advisory.cves, ElementsAre("CVE-2022-43551"));
  EXPECT_EQ(advisory.severity, Severity::high);
  EXPECT_THAT(advisory.links, ElementsAre("https://alas.example/CVE-2022-43551.html"));
  for (const auto& entry : sink.entries) {
    if (entry.name == "curl") EXPECT_THAT(entry.affected.arches, UnorderedElementsAre("x86_64", "aarch64"));
    EXPECT_EQ(entry.affected.named, Named::binary);
  }
}

TEST(UpdateinfoFeed, OfFedoraNamesItsIssuesInTitles) {
  const auto sink = read_updates(R"(
    <update from="updates@fedoraproject.org" status="stable" type="security" version="2.0"><id>FEDORA-2023-0a1b</id>
      <title>curl-8.0.1-1.fc38</title><release>Fedora 38</release><severity>Moderate</severity><references>
      <reference href="https://bugzilla/1" id="1" title="CVE-2023-27533 curl: TELNET" type="bugzilla"/></references>
      <pkglist><collection short="F38"><package name="curl" version="8.0.1" release="1.fc38" epoch="0" arch="x86_64"/>
      </collection></pkglist></update>
    <update type="security"><id>FEDORA-EPEL-2023-1</id><pkglist><collection>
      <package name="chromium" version="1" release="1.el9" epoch="0" arch="x86_64"/></collection></pkglist></update>)");
  EXPECT_THAT(sink.lines(), ElementsAre("fedora:38 curl FEDORA-2023-0a1b ..8.0.1-1.fc38",
                                        "epel:9 chromium FEDORA-EPEL-2023-1 ..1-1.el9"));
  EXPECT_THAT(sink.advisories.front().cves, ElementsAre("CVE-2023-27533"));
}

TEST(UpdateinfoFeed, KnowsModulesAndLeavesOutWhatIsNoSecurity) {
  const auto sink = read_updates(R"(
    <update type="security"><id>RLSA-2023:1234</id><severity>Critical</severity>
      <references><reference href="https://r/CVE-2023-1111" id="CVE-2023-1111" type="cve"/></references>
      <pkglist><collection short="c"><module name="nodejs" stream="18" version="8" context="x" arch="x86_64"/>
        <package name="npm" version="9.5" release="1.module+el8.7.0" epoch="1" arch="x86_64"/></collection></pkglist></update>
    <update type="bugfix"><id>RLBA-2023:1</id><pkglist><collection>
      <package name="a" version="1" release="1.el8" epoch="0" arch="noarch"/></collection></pkglist></update>
    <update type="bugfix"><id>ALBA-2023:2</id><description>Fixes CVE-2023-2222.</description><pkglist><collection>
      <package name="b" version="1" release="1.el8" epoch="0" arch="noarch"/></collection></pkglist></update>
    <update type="security"><id>RHSA-2023:3</id><pkglist><collection>
      <package name="c" version="1" release="1.el8" epoch="0" arch="noarch"/></collection></pkglist></update>)");
  ASSERT_THAT(sink.lines(), ElementsAre("rocky:8 npm RLSA-2023:1234 ..1:9.5-1.module+el8.7.0",
                                        "almalinux:8 b ALBA-2023:2 ..1-1.el8"));
  EXPECT_EQ(sink.entries.front().affected.module, "nodejs:18");
}

TEST(UpdateinfoFeed, RefusesWhatIsNone) {
  for (const auto* bad :
       {"<other/>", "<updates>", "{}", "<!DOCTYPE updates [<!ENTITY a 'b'>]><updates>&a;</updates>"}) {
    CollectingSink sink;
    TextInput input(bad);
    EXPECT_FALSE(read_updateinfo(input, sink)) << bad;
  }
  EXPECT_THAT(read_updates("").lines(), IsEmpty());
}

TEST(OvalFeed, OfSuseKeepsWhatEachReleaseAsksForApart) {
  CollectingSink sink;
  TextInput input(R"(<oval_definitions><definitions><definition class="patch"><metadata><title>SUSE-SU-2023:1</title>
      <affected family="unix"><platform>SUSE Linux Enterprise Module for Basesystem 15 SP4</platform>
        <platform>SUSE Linux Enterprise Server 15 SP5</platform></affected>
      <reference ref_id="SUSE-SU-2023:1" ref_url="https://s/1" source="SUSE-SU"/>
      <reference ref_id="CVE-2023-1" ref_url="https://s/c" source="CVE"/><advisory><severity>Important</severity></advisory></metadata>
    <criteria operator="OR">
      <criteria operator="AND">
        <criteria operator="OR"><criterion test_ref="p4" comment="SUSE Linux Enterprise Module for Basesystem 15 SP4 is installed"/></criteria>
        <criteria operator="OR"><criterion test_ref="t4" comment="curl-7.66-4 is installed"/></criteria></criteria>
      <criteria operator="AND">
        <criterion test_ref="p5" comment="SUSE Linux Enterprise Server 15 SP5 is installed"/>
        <criteria operator="OR"><criterion test_ref="t5" comment="curl-8.0-5 is installed"/></criteria></criteria>
    </criteria></definition></definitions>
    <tests><rpminfo_test id="p4"><object object_ref="op"/><state state_ref="sp"/></rpminfo_test>
      <rpminfo_test id="p5"><object object_ref="op"/><state state_ref="sp"/></rpminfo_test>
      <rpminfo_test id="t4"><object object_ref="o"/><state state_ref="s4"/></rpminfo_test>
      <rpminfo_test id="t5"><object object_ref="o"/><state state_ref="s5"/></rpminfo_test></tests>
    <objects><rpminfo_object id="o"><name>curl</name></rpminfo_object><rpminfo_object id="op"><name>sles-release</name></rpminfo_object></objects>
    <states><rpminfo_state id="sp"><version operation="equals">15.4</version></rpminfo_state>
      <rpminfo_state id="s4"><evr operation="less than">0:7.66-4</evr></rpminfo_state>
      <rpminfo_state id="s5"><evr operation="less than">0:8.0-5</evr></rpminfo_state></states></oval_definitions>)");
  ASSERT_TRUE(read_oval(input, sink));
  EXPECT_THAT(sink.lines(),
              ElementsAre("sles:15.4 curl SUSE-SU-2023:1 ..7.66-4", "sles:15.5 curl SUSE-SU-2023:1 ..8.0-5"));
  EXPECT_THAT(sink.advisories.front().cves, ElementsAre("CVE-2023-1"));
}

TEST(OvalFeed, OfOracleAndPhotonAreErrataOfTheirReleases) {
  CollectingSink sink;
  TextInput input(R"(<oval_definitions><definitions>
    <definition class="patch"><metadata><title>ELSA-2023-1: openssl (IMPORTANT)</title>
      <affected family="unix"><platform>Oracle Linux 8</platform></affected>
      <reference source="elsa" ref_id="ELSA-2023-1" ref_url="https://o/1"/><reference source="CVE" ref_id="CVE-2023-2" ref_url="https://o/c"/>
      <advisory><severity>IMPORTANT</severity></advisory></metadata>
      <criteria operator="AND"><criterion test_ref="p" comment="Oracle Linux 8 is installed"/>
        <criteria operator="OR"><criteria operator="AND"><criterion test_ref="a" comment="Oracle Linux arch is x86_64"/>
          <criteria operator="AND"><criterion test_ref="t" comment="openssl is earlier than 1:1.1.1k-9.el8_7"/>
            <criterion test_ref="k" comment="openssl is signed with the Oracle Linux 8 key"/></criteria></criteria></criteria></criteria></definition>
    <definition class="patch"><metadata><title>PHSA-2023-3.0-1</title>
      <affected family="unix"><platform>VMware Photon OS 3</platform></affected>
      <reference source="PHSA" ref_id="PHSA-2023-3.0-1" ref_url="https://p/1"/><reference source="CVE" ref_id="CVE-2023-3"/></metadata>
      <criteria><criterion test_ref="h" comment="curl is earlier than 0:8.0-1.ph3"/></criteria></definition></definitions>
    <tests><rpminfo_test id="t"><object object_ref="o"/><state state_ref="s"/></rpminfo_test>
      <rpminfo_test id="a"><object object_ref="r"/><state state_ref="sa"/></rpminfo_test>
      <rpminfo_test id="h"><object object_ref="c"/><state state_ref="sh"/></rpminfo_test></tests>
    <objects><rpminfo_object id="o"><name>openssl</name></rpminfo_object><rpminfo_object id="c"><name>curl</name></rpminfo_object>
      <rpminfo_object id="r"><name>oraclelinux-release</name></rpminfo_object></objects>
    <states><rpminfo_state id="s"><evr operation="less than">1:1.1.1k-9.el8_7</evr></rpminfo_state>
      <rpminfo_state id="sa"><arch operation="pattern match">x86_64</arch></rpminfo_state>
      <rpminfo_state id="sh"><evr operation="less than">0:8.0-1.ph3</evr></rpminfo_state></states></oval_definitions>)");
  ASSERT_TRUE(read_oval(input, sink));
  EXPECT_THAT(sink.lines(), ElementsAre("oracle:8 openssl ELSA-2023-1 ..1:1.1.1k-9.el8_7",
                                        "photon:3.0 curl PHSA-2023-3.0-1 ..8.0-1.ph3"));
}

}  // namespace
}  // namespace wharf::vuln
