#include "api/scan_search.h"

#include "inventory/purl.h"
#include "service/scan.h"
#include "vuln/sbom.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct FindPackages {
  std::string name;       // query: of a binary or a source package
  std::string version;    // query: only this one; "" = any
  std::string next_page;  // query: where the last page ended
};
BOOST_DESCRIBE_STRUCT(FindPackages, (), (name, version, next_page))

struct FoundVulnerability {
  std::string name;
  std::string severity;
  std::string fixed_by;  // "" = no fix is known
  std::string link;
};
BOOST_DESCRIBE_STRUCT(FoundVulnerability, (), (name, severity, fixed_by, link))

struct FoundPackage {
  std::string namespace_;
  std::string repository;
  std::string manifest_digest;
  std::vector<std::string> tags;  // at most 10
  std::string kind;               // "dpkg", "npm", …
  std::string name;
  std::string version;
  std::string purl;
  std::vector<FoundVulnerability> vulnerabilities;
};
BOOST_DESCRIBE_STRUCT(FoundPackage, (),
                      (namespace_, repository, manifest_digest, tags, kind, name, version, purl, vulnerabilities))

struct FoundPackages {
  std::vector<FoundPackage> results;
  std::optional<std::string> next_page;  // only where there may be more
};
BOOST_DESCRIBE_STRUCT(FoundPackages, (), (results, next_page))

FoundPackages view_of(service::ScanMatches matches) {
  FoundPackages view;
  for (auto& match : matches.matches) {
    const auto& package = match.package.package;
    FoundPackage found{.namespace_ = std::move(match.namespace_),
                       .repository = std::move(match.repository),
                       .manifest_digest = std::move(match.digest),
                       .tags = std::move(match.tags),
                       .kind = std::string(vuln::to_word(package.kind)),
                       .name = package.name,
                       .version = package.version,
                       .purl = inventory::purl_of(package, match.distribution),
                       .vulnerabilities = {}};
    for (std::size_t i = 0; i < match.issues.size(); ++i) {
      const auto& one = match.package.findings[i];
      if (!one.justification.empty()) continue;
      const auto& links = match.issues[i].links;
      found.vulnerabilities.push_back({.name = match.issues[i].name,
                                       .severity = std::string(vuln::to_word(one.severity)),
                                       .fixed_by = one.fixed_by,
                                       .link = links.empty() ? std::string() : links.front()});
    }
    view.results.push_back(std::move(found));
  }
  if (!matches.next_page.empty()) view.next_page = std::move(matches.next_page);
  return view;
}

awaitable<Result<FoundPackages>> find_packages(Call& call, FindPackages in) {
  if (in.name.empty()) co_return Error{Errc::invalid_request, "name: is required"};
  auto found = co_await call.services.scans.find_package(call.who, std::move(in.name), std::move(in.version),
                                                         std::move(in.next_page));
  co_return view_of(std::move(found));
}

struct FindVulnerability {
  std::string name;       // path: "CVE-2023-0464", "GHSA-…"
  std::string next_page;  // query: where the last page ended
};
BOOST_DESCRIBE_STRUCT(FindVulnerability, (), (name, next_page))

awaitable<Result<FoundPackages>> find_vulnerability(Call& call, FindVulnerability in) {
  auto found = co_await call.services.scans.find_issue(call.who, std::move(in.name), std::move(in.next_page));
  co_return view_of(std::move(found));
}

enum class SbomFormat { cyclonedx, spdx };
BOOST_DESCRIBE_ENUM(SbomFormat, cyclonedx, spdx)

struct GetSbom {
  RepoName repository;                        // path
  std::string manifestref;                    // path: a digest
  SbomFormat format = SbomFormat::cyclonedx;  // query: 1.5 and 2.3 respectively
};
BOOST_DESCRIBE_STRUCT(GetSbom, (), (repository, manifestref, format))

awaitable<Result<json::Value>> get_sbom(Call& call, GetSbom in) {
  auto scan = co_await call.services.scans.find(call.who, in.repository, in.manifestref);
  if (!scan) co_return scan.error();
  if (!scan->report) co_return Error{Errc::not_found, "There is no inventory of this manifest"};
  const auto colon = call.base_url.find("://");
  const vuln::SbomSubject subject{.name = call.base_url.substr(colon + 3) + '/' + in.repository.text(),
                                  .version = in.manifestref,
                                  .base_url = call.base_url,
                                  .at_ms = scan->scanned_ms};
  if (in.format == SbomFormat::spdx) co_return json::Value(vuln::spdx(*scan->report, subject));
  co_return json::Value(vuln::cyclonedx(*scan->report, subject));
}

}  // namespace

void add_scan_search_operations(service::OperationTable& table) {
  table.add({.id = "findPackages",
             .verb = Verb::get,
             .path = "/api/v1/find/packages",
             .summary = "Images that have a package, with what it is known for there.",
             .tag = "Search",
             .errors = {400, 401},
             .anonymous = true,
             .features = {"SECURITY_SCANNER"}},
            find_packages);
  table.add({.id = "findVulnerability",
             .verb = Verb::get,
             .path = "/api/v1/find/vulnerabilities/{name}",
             .summary = "Images that have a vulnerability, and in which packages.",
             .tag = "Search",
             .errors = {401},
             .anonymous = true,
             .features = {"SECURITY_SCANNER"}},
            find_vulnerability);
  table.add({.id = "getManifestSbom",
             .verb = Verb::get,
             .path = "/api/v1/repository/{repository}/manifest/{manifestref}/sbom",
             .scope = Scope::repo_read,
             .summary = "The packages of an image as a software bill of materials: CycloneDX or SPDX.",
             .tag = "Manifests",
             .errors = {400, 401, 403, 404},
             .anonymous = true,
             .features = {"SECURITY_SCANNER"}},
            get_sbom);
}

}  // namespace wharf::api
