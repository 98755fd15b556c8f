#include "api/scan.h"

#include <algorithm>
#include <set>

#include "service/scan.h"
#include "vuln/report.h"

namespace wharf::api {
namespace {

using service::Call;

struct GetSecurity {
  RepoName repository;          // path
  std::string manifestref;      // path: a digest
  bool vulnerabilities = true;  // query: with the vulnerabilities of each package
};
BOOST_DESCRIBE_STRUCT(GetSecurity, (), (repository, manifestref, vulnerabilities))

enum class Severity { Unknown, Negligible, Low, Medium, High, Critical };
BOOST_DESCRIBE_ENUM(Severity, Unknown, Negligible, Low, Medium, High, Critical)

struct CvssV3 {
  std::string Vectors;
  json::Value Score;  // a number, or "" where none is known
};
BOOST_DESCRIBE_STRUCT(CvssV3, (), (Vectors, Score))

struct Nvd {
  CvssV3 CVSSv3;
};
BOOST_DESCRIBE_STRUCT(Nvd, (), (CVSSv3))

struct Metadata {
  std::string UpdatedBy;  // the feed
  std::string RepoName;
  std::string RepoLink;
  std::string DistroName;
  std::string DistroVersion;
  Nvd NVD;
  std::vector<std::string> Links;             // all of them, the best first
  std::optional<double> EPSS;                 // how likely it is exploited within 30 days
  std::optional<double> EPSSPercentile;       //
  std::optional<std::string> ExploitedSince;  // since when it is known to be exploited
};
BOOST_DESCRIBE_STRUCT(Metadata, (),
                      (UpdatedBy, RepoName, RepoLink, DistroName, DistroVersion, NVD, Links, EPSS, EPSSPercentile,
                       ExploitedSince))

struct Vulnerability {
  std::string Name;
  Severity Severity_ = Severity::Unknown;
  std::string NamespaceName;  // the feed
  std::string FixedBy;        // "" = no fix is known
  std::string Link;
  std::string Description;
  Metadata Metadata_;
  std::optional<std::string> Justification;  // why the package is not affected, as a VEX statement says
};
BOOST_DESCRIBE_STRUCT(Vulnerability, (),
                      (Name, Severity_, NamespaceName, FixedBy, Link, Description, Metadata_, Justification))

struct Feature {
  std::string Name;
  std::string VersionFormat;
  std::string NamespaceName;
  std::string AddedBy;  // the digest of the layer that brought it
  std::string Version;
  std::vector<double> BaseScores;
  std::vector<std::string> CVEIds;
  std::optional<std::vector<Vulnerability>> Vulnerabilities;
  std::optional<std::vector<Vulnerability>> NotAffected;  // what statements took off the list
};
BOOST_DESCRIBE_STRUCT(Feature, (),
                      (Name, VersionFormat, NamespaceName, AddedBy, Version, BaseScores, CVEIds, Vulnerabilities,
                       NotAffected))

struct Layer {
  std::string Name;  // the manifest's digest
  std::string ParentName;
  std::string NamespaceName;
  std::int64_t IndexedByVersion = 4;
  std::vector<Feature> Features;
};
BOOST_DESCRIBE_STRUCT(Layer, (), (Name, ParentName, NamespaceName, IndexedByVersion, Features))

struct SecurityData {
  Layer Layer_;
};
BOOST_DESCRIBE_STRUCT(SecurityData, (), (Layer_))

struct SecurityScanResult {
  store::ScanStatus status = store::ScanStatus::queued;
  std::optional<SecurityData> data;  // only of a manifest that was scanned
};
BOOST_DESCRIBE_STRUCT(SecurityScanResult, (), (status, data))

Severity severity_of(vuln::Severity severity) {
  switch (severity) {
    case vuln::Severity::critical:
      return Severity::Critical;
    case vuln::Severity::high:
      return Severity::High;
    case vuln::Severity::medium:
      return Severity::Medium;
    case vuln::Severity::low:
      return Severity::Low;
    case vuln::Severity::negligible:
      return Severity::Negligible;
    case vuln::Severity::unknown:
      return Severity::Unknown;
  }
  return Severity::Unknown;
}

Vulnerability vulnerability_of(const vuln::Report& report, const vuln::ReportedPackage& package,
                               const vuln::Found& found) {
  const auto& issue = report.issues[found.issue];
  Vulnerability view;
  view.Name = issue.name;
  view.Severity_ = severity_of(found.severity);
  view.NamespaceName = issue.feed;
  view.FixedBy = found.fixed_by;
  if (!issue.links.empty()) view.Link = issue.links.front();
  view.Description = issue.description.empty() ? issue.title : issue.description;
  auto& metadata = view.Metadata_;
  metadata.UpdatedBy = issue.feed;
  const auto& distribution = vuln::distribution_of(report, package);
  metadata.DistroName = distribution.name;
  metadata.DistroVersion = distribution.version_id;
  metadata.NVD.CVSSv3.Vectors = issue.vector;
  metadata.NVD.CVSSv3.Score = issue.score > 0 ? json::Value(issue.score) : json::Value("");
  metadata.Links = issue.links;
  if (issue.epss > 0) {
    metadata.EPSS = issue.epss;
    metadata.EPSSPercentile = issue.epss_percentile;
  }
  if (!issue.exploited_since.empty()) metadata.ExploitedSince = issue.exploited_since;
  if (!found.justification.empty()) view.Justification = found.justification;
  return view;
}

Feature feature_of(const vuln::Report& report, const vuln::ReportedPackage& package, bool with_vulnerabilities) {
  Feature feature;
  feature.Name = package.package.name;
  feature.Version = package.package.version;
  feature.AddedBy = report.layers[package.layer];
  std::set<double, std::greater<>> scores;
  std::set<std::string> cves;
  std::vector<Vulnerability> affected, spared;
  for (const auto& found : package.findings) {
    const auto& issue = report.issues[found.issue];
    if (with_vulnerabilities) {
      (found.justification.empty() ? affected : spared).push_back(vulnerability_of(report, package, found));
    }
    if (!found.justification.empty()) continue;
    if (issue.score > 0) scores.insert(issue.score);
    if (issue.name.starts_with("CVE-")) cves.insert(issue.name);
    cves.insert(issue.cves.begin(), issue.cves.end());
  }
  feature.BaseScores.assign(scores.begin(), scores.end());
  feature.CVEIds.assign(cves.begin(), cves.end());
  if (with_vulnerabilities) feature.Vulnerabilities = std::move(affected);
  if (!spared.empty()) feature.NotAffected = std::move(spared);
  return feature;
}

awaitable<Result<SecurityScanResult>> get_security(Call& call, GetSecurity in) {
  auto scan = co_await call.services.scans.find(call.who, in.repository, in.manifestref);
  if (!scan) co_return scan.error();
  SecurityScanResult result{scan->status, std::nullopt};
  if (scan->report) {
    Layer layer;
    layer.Name = in.manifestref;
    for (const auto& package : scan->report->packages) {
      layer.Features.push_back(feature_of(*scan->report, package, in.vulnerabilities));
    }
    result.data = SecurityData{std::move(layer)};
  }
  co_return result;
}

}  // namespace

void add_scan_operations(service::OperationTable& table) {
  table.add({.id = "getManifestSecurity",
             .verb = http::Verb::get,
             .path = "/api/v1/repository/{repository}/manifest/{manifestref}/security",
             .scope = http::Scope::repo_read,
             .summary = "Packages of a manifest and the vulnerabilities in them.",
             .tag = "Manifests",
             .errors = {401, 403, 404, 429},
             .anonymous = true,
             .basic = true},
            get_security);
}

}  // namespace wharf::api
