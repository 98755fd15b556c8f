#include "api/scan.h"

#include "service/scan.h"

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

struct Vulnerability {
  std::string Name;
  Severity Severity_ = Severity::Unknown;
  std::string FixedBy;  // "" = no fix is known
  std::string Link;
};
BOOST_DESCRIBE_STRUCT(Vulnerability, (), (Name, Severity_, FixedBy, Link))

struct Feature {
  std::string Name;
  std::string Version;
  std::optional<std::vector<Vulnerability>> Vulnerabilities;
};
BOOST_DESCRIBE_STRUCT(Feature, (), (Name, Version, Vulnerabilities))

struct Layer {
  std::vector<Feature> Features;
};
BOOST_DESCRIBE_STRUCT(Layer, (), (Features))

struct SecurityData {
  Layer Layer_;
};
BOOST_DESCRIBE_STRUCT(SecurityData, (), (Layer_))

struct SecurityScanResult {
  store::ScanStatus status = store::ScanStatus::queued;
  std::optional<SecurityData> data;  // only of a manifest that was scanned
};
BOOST_DESCRIBE_STRUCT(SecurityScanResult, (), (status, data))

awaitable<Result<SecurityScanResult>> get_security(Call& call, GetSecurity in) {
  auto status = co_await call.services.scans.status(call.who, in.repository, in.manifestref);
  if (!status) co_return status.error();
  co_return SecurityScanResult{*status, std::nullopt};
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
