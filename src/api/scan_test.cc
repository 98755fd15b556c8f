#include "api/scan.h"

#include <chrono>
#include <thread>

#include "api/refusals_testing.h"
#include "inventory/layer.h"
#include "inventory/testing.h"
#include "store/layer_inventory.h"
#include "store/scan.h"
#include "vuln/feed_cve.h"
#include "vuln/importer.h"

namespace wharf::api {
namespace {

using inventory::test_layer;
using test::Answer;
using test::Image;
using test::TestRegistry;
using testing::make_acme;

const std::string kManifest = "/api/v1/repository/acme/app/manifest/";

/// An image of these layers, as tars.
Image image_of(const std::vector<std::string>& layers) {
  Image image;
  image.config = R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}})";
  image.manifest = R"({"schemaVersion":2,"mediaType":")" + std::string(test::kOciManifest) + R"(","config":)" +
                   test::descriptor(test::kOciConfig, image.config) + R"(,"layers":[)";
  for (const auto& layer : layers) {
    if (image.manifest.back() == '}') image.manifest += ',';
    image.manifest += test::descriptor("application/vnd.oci.image.layer.v1.tar", layer);
  }
  image.manifest += "]}";
  return image;
}

/// A layer of Debian 12 with one package of dpkg.
std::string debian_layer(const std::string& version) {
  return test_layer(
      {{.path = "etc/os-release",
        .content = "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"},
       {.path = "var/lib/dpkg/status",
        .content = "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl\nVersion: " +
                   version + "\n\n"}});
}

std::string npm_layer() {
  return test_layer(
      {{.path = "app/node_modules/lodash/package.json", .content = R"({"name": "lodash", "version": "4.17.15"})"}});
}

/// What is said of openssl and lodash, put in force as one feed each. `fixed` is openssl's version without the issue.
void import_feeds(TestRegistry& reg, const std::string& fixed) {
  vuln::Importer importer(reg.database());
  auto& debian = importer.feed("debian-test");
  const auto one = debian.advisory({.id = "CVE-2023-0464",
                                    .description = "Excessive resource use.",
                                    .links = {"https://example.org/CVE-2023-0464"},
                                    .vectors = {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}});
  debian.affects("debian:12", "openssl",
                 {.advisory = one, .ranges = {{.high = fixed, .high_fixes = true}}, .named = vuln::Named::source});
  auto& npm = importer.feed("npm-test");
  const auto two = npm.advisory({.id = "CVE-2021-23337", .severity = vuln::Severity::critical});
  npm.affects("npm", "lodash", {.advisory = two, .ranges = {{.high = "4.17.21", .high_fixes = true}}});
  importer.finish();
}

/// Pushes the layers and the image that they make.
std::string push_image(TestRegistry& reg, const std::string& tag, const std::vector<std::string>& layers) {
  auto client = reg.registry("owner", "acme/app");
  const auto image = image_of(layers);
  auto blobs = layers;
  blobs.push_back(image.config);
  for (const auto& blob : blobs) {
    const auto answer = client.request("POST", "/v2/acme/app/blobs/uploads/?digest=" + Digest::of(blob).text(), blob,
                                       {{"Content-Type", "application/octet-stream"}});
    EXPECT_EQ(answer.status, 201) << answer.summary();
  }
  const auto pushed = reg.put_manifest("acme/app", tag, test::kOciManifest, image.manifest);
  EXPECT_EQ(pushed.status, 201) << pushed.summary();
  return image.digest().text();
}

/// The security of a manifest once `done` says that it is there; fails after a minute.
template <class Done>
Answer security_when(TestRegistry& reg, const std::string& digest, Done done) {
  for (int i = 0; i < 600; ++i) {
    auto answer = reg.as("reader").get(kManifest + digest + "/security");
    if (done(answer)) return answer;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  ADD_FAILURE() << "the scan did not come to that";
  return reg.as("reader").get(kManifest + digest + "/security");
}

bool is_over(const Answer& answer) { return answer.string("/status") != "queued"; }

TEST(Scan, ListsThePackagesOfEachLayerAndWhatTheyAreKnownFor) {
  TestRegistry reg;
  make_acme(reg);
  import_feeds(reg, "3.0.9-1");
  const auto base = debian_layer("3.0.8-1");
  const auto digest = push_image(reg, "v1", {base, npm_layer()});
  const auto scan = security_when(reg, digest, is_over);
  ASSERT_EQ(scan.string("/status"), "scanned") << scan.summary();
  const std::string features = "/data/Layer/Features";
  ASSERT_EQ(scan.at(features).as_array().size(), 2u) << scan.text;
  EXPECT_EQ(scan.string(features + "/0/Name"), "libssl3");
  EXPECT_EQ(scan.string(features + "/0/Version"), "3.0.8-1");
  EXPECT_EQ(scan.string(features + "/0/AddedBy"), Digest::of(base).text());
  const auto issue = features + "/0/Vulnerabilities/0";
  EXPECT_EQ(scan.string(issue + "/Name"), "CVE-2023-0464");
  EXPECT_EQ(scan.string(issue + "/Severity"), "High");
  EXPECT_EQ(scan.string(issue + "/FixedBy"), "3.0.9-1");
  EXPECT_EQ(scan.string(issue + "/Link"), "https://example.org/CVE-2023-0464");
  EXPECT_EQ(scan.at(issue + "/Metadata/NVD/CVSSv3/Score"), 7.5);
  EXPECT_EQ(scan.string(features + "/1/Vulnerabilities/0/Name"), "CVE-2021-23337");
  EXPECT_EQ(scan.string(features + "/1/Vulnerabilities/0/Severity"), "Critical");
  const auto without = reg.as("reader").get(kManifest + digest + "/security?vulnerabilities=false");
  EXPECT_TRUE(without.at(features + "/0").as_object().contains("CVEIds"));
  EXPECT_FALSE(without.at(features + "/0").as_object().contains("Vulnerabilities"));
}

TEST(Scan, OfWhatIsNoLayerFailsAndSaysSo) {
  TestRegistry reg;
  make_acme(reg);
  const auto digest = push_image(reg, "v1", {std::string(5000, 'x')});
  EXPECT_EQ(security_when(reg, digest, is_over).string("/status"), "failed");
}

TEST(Scan, IsDoneAgainWhenTheReadersFindMore) {
  TestRegistry reg;
  make_acme(reg);
  const auto digest = push_image(reg, "v1", {debian_layer("3.0.8-1")});
  security_when(reg, digest, is_over);
  const auto want = [&] {
    return reg.database().write_now(
        [](db::Tx& tx) { return store::want_scans_of_readers_before(tx, inventory::kReaderVersion, now_ms()); });
  };
  EXPECT_EQ(want(), 0);
  static const db::Query kAge{"test.age", "UPDATE layer_inventory SET reader = reader - 1"};
  reg.database().write_now([](db::Tx& tx) { return tx.run(kAge); });
  EXPECT_EQ(want(), 1);
  static const db::Query kOld{"test.old", "SELECT COUNT(*) FROM layer_inventory WHERE reader < $1"};
  const auto is_read = [&](const Answer&) {
    return reg.database().read_now(
        [](db::Tx& tx) { return tx.get<std::int64_t>(kOld, inventory::kReaderVersion) == 0; });
  };
  EXPECT_EQ(security_when(reg, digest, is_read).string("/status"), "scanned");
}

TEST(Scan, IsDoneAgainWhenTheFeedsSaySomethingElse) {
  TestRegistry reg;
  make_acme(reg);
  import_feeds(reg, "3.0.8-1");  // not affected
  const auto digest = push_image(reg, "v1", {debian_layer("3.0.8-1")});
  const auto before = security_when(reg, digest, is_over);
  EXPECT_TRUE(before.at("/data/Layer/Features/0/Vulnerabilities").as_array().empty()) << before.text;
  import_feeds(reg, "3.0.9-1");
  const auto affected = [](const Answer& answer) {
    return answer.string("/status") == "scanned" &&
           !answer.at("/data/Layer/Features/0/Vulnerabilities").as_array().empty();
  };
  EXPECT_EQ(security_when(reg, digest, affected).string("/data/Layer/Features/0/Vulnerabilities/0/Name"),
            "CVE-2023-0464");
}

/// Waits until every name was looked up in the data in force, and every image that this wants was looked at.
void wait_for_feeds(TestRegistry& reg) {
  const auto is_over = [](db::Tx& tx) {
    const auto version = vuln::data_version(tx);
    return store::list_outdated_names(tx, version, 1).empty() && !store::has_due_scan(tx, now_ms()) &&
           store::count_scans(tx).wanted == 0;
  };
  for (int i = 0; i < 600; ++i) {
    if (reg.database().read_now(is_over)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  ADD_FAILURE() << "the feeds were not followed";
}

/// Of the data that an image's report was made with.
std::int64_t report_version(TestRegistry& reg, const std::string& digest) {
  static const db::Query kFind{
      "test.version",
      "SELECT r.data_version FROM scan_report r JOIN manifest m ON m.id = r.manifest_id WHERE m.digest = $1"};
  return reg.database().read_now([&](db::Tx& tx) { return tx.get<std::int64_t>(kFind, digest); });
}

TEST(Scan, IsDoneAgainWhenOthersSayHowBadAnIssueOfItIs) {
  TestRegistry reg;
  make_acme(reg);
  {
    vuln::Importer importer(reg.database());
    auto& debian = importer.feed("debian-test");
    debian.affects("debian:12", "openssl",
                   {.advisory = debian.advisory({.id = "TEMP-1", .aliases = {"CVE-2023-0464"}}),
                    .ranges = {{.high = "9", .high_fixes = true}}});
    auto& npm = importer.feed("npm-test");
    npm.affects("npm", "lodash",
                {.advisory = npm.advisory({.id = "CVE-2021-23337"}), .ranges = {{.high = "9", .high_fixes = true}}});
    importer.finish();
  }
  const auto digest = push_image(reg, "v1", {debian_layer("3.0.8-1")});
  const auto other = push_image(reg, "v2", {npm_layer()});
  const std::string severity = "/data/Layer/Features/0/Vulnerabilities/0/Severity";
  EXPECT_EQ(security_when(reg, digest, is_over).string(severity), "Unknown");
  EXPECT_EQ(security_when(reg, other, is_over).string(severity), "Unknown");
  wait_for_feeds(reg);
  const auto before = report_version(reg, other);

  {
    vuln::Importer importer(reg.database());
    importer.feed("nvd/test")
        .note(vuln::kNvdScope, *vuln::note_of_cve("CVE-2023-0464"),
              "CVE-2023-0464\tCVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H\n");
    importer.feed("kev").note(vuln::kKevScope, *vuln::note_of_cve("CVE-2021-23338"), "CVE-2021-23338\t2024-01-01\n");
    importer.finish();
  }
  wait_for_feeds(reg);
  EXPECT_EQ(security_when(reg, digest, is_over).string(severity), "High");
  EXPECT_EQ(report_version(reg, other), before) << "nothing was said of what it has";
}

TEST(Scan, OfOneImageThatFailsLeavesTheOthersOfItsBatch) {
  TestRegistry reg;
  make_acme(reg);
  import_feeds(reg, "3.0.8-1");
  const std::vector<std::string> images{push_image(reg, "v1", {debian_layer("3.0.8-1")}),
                                        push_image(reg, "v2", {debian_layer("3.0.8-0")})};
  for (const auto& digest : images) security_when(reg, digest, is_over);
  wait_for_feeds(reg);
  const auto before = report_version(reg, images[0]);
  // Of two reports that are as long, the database takes one.
  const auto sql =
      "CREATE UNIQUE INDEX test_one ON scan_report (packages) WHERE data_version > " + std::to_string(before);
  const db::Query refuse{"test.refuse", sql.c_str()};
  reg.database().write_now([&](db::Tx& tx) {
    tx.script(refuse);
    return true;
  });
  import_feeds(reg, "3.0.9-1");
  std::vector<store::ScanFailure> failures;
  const auto has_failed = [&](const Answer&) {
    failures = reg.database().read_now([](db::Tx& tx) { return store::scan_failures(tx, 10); });
    return !failures.empty();
  };
  security_when(reg, images[0], has_failed);
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].reason, "An internal error");
  for (const auto& digest : images) {
    EXPECT_EQ(report_version(reg, digest) == before, digest == failures[0].digest) << digest;
  }
}

TEST(Scan, IsFoundByPackageAndByVulnerabilityByThoseWhoMayRead) {
  TestRegistry reg;
  make_acme(reg);
  import_feeds(reg, "3.0.9-1");
  const auto digest = push_image(reg, "v1", {debian_layer("3.0.8-1"), npm_layer()});
  security_when(reg, digest, is_over);
  const std::string packages = "/api/v1/find/packages?name=";
  for (const auto* name : {"openssl", "libssl3"}) {
    const auto found = reg.as("reader").get(packages + name);
    ASSERT_EQ(found.at("/results").as_array().size(), 1u) << found.text;
    EXPECT_EQ(found.string("/results/0/repository"), "app");
    EXPECT_EQ(found.string("/results/0/manifest_digest"), digest);
    EXPECT_EQ(found.string("/results/0/tags/0"), "v1");
    EXPECT_EQ(found.string("/results/0/vulnerabilities/0/name"), "CVE-2023-0464");
  }
  EXPECT_TRUE(reg.as("reader").get(packages + "openssl&version=1.0").at("/results").as_array().empty());
  const std::string issue = "/api/v1/find/vulnerabilities/CVE-2021-23337";
  EXPECT_EQ(reg.as("reader").get(issue).string("/results/0/name"), "lodash");
  for (const auto* who : {"stranger", "nobody"}) {
    EXPECT_TRUE(reg.as(who).get(issue).at("/results").as_array().empty()) << who;
    EXPECT_TRUE(reg.as(who).get(packages + "openssl").at("/results").as_array().empty()) << who;
  }
  EXPECT_EQ(reg.as("reader").get("/api/v1/find/packages").status, 400);
}

TEST(Scan, IsGivenAsABillOfMaterials) {
  TestRegistry reg;
  make_acme(reg);
  import_feeds(reg, "3.0.9-1");
  const auto digest = push_image(reg, "v1", {debian_layer("3.0.8-1")});
  security_when(reg, digest, is_over);
  const auto cyclonedx = reg.as("reader").get(kManifest + digest + "/sbom");
  ASSERT_EQ(cyclonedx.status, 200) << cyclonedx.summary();
  EXPECT_EQ(cyclonedx.string("/bomFormat"), "CycloneDX");
  EXPECT_EQ(cyclonedx.string("/components/1/purl"), "pkg:deb/debian/libssl3@3.0.8-1?arch=amd64&distro=debian-12");
  EXPECT_EQ(reg.as("reader").get(kManifest + digest + "/sbom?format=spdx").string("/spdxVersion"), "SPDX-2.3");
  expect_refusals(reg, {{"reader", "GET", kManifest + digest + "/sbom?format=other", 400, "invalid_request"},
                        {"reader", "GET", kManifest + "sha256:00/sbom", 404, "not_found"},
                        {"stranger", "GET", kManifest + digest + "/sbom", 403, "insufficient_scope"},
                        {"nobody", "GET", kManifest + digest + "/sbom", 401, "invalid_token"}});
}

}  // namespace
}  // namespace wharf::api
