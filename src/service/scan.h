#pragma once
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/async.h"
#include "base/error.h"
#include "base/names.h"
#include "db/database.h"
#include "service/page_token.h"
#include "store/scan.h"
#include "vuln/download.h"
#include "vuln/report.h"
#include "vuln/store.h"

namespace wharf::service {

/// How far the scan of a manifest is, and what it found.
struct ScanState {
  store::ScanStatus status = store::ScanStatus::queued;
  std::optional<vuln::Report> report;  ///< Of a scanned manifest; while it is looked at again, the last one.
  Millis scanned_ms = 0;
};

/// A package, or an issue of a package, in some image that the caller may see.
struct ScanMatch {
  std::string namespace_, repository, digest;
  std::vector<std::string> tags;  ///< Live ones that name it; at most 10.
  vuln::ReportedPackage package;  ///< With those findings alone that were asked for.
  inventory::Distribution distribution;
  std::vector<vuln::Issue> issues;  ///< Of the findings, in their order.
};
struct ScanMatches {
  std::vector<ScanMatch> matches;
  std::string next_page;  ///< Where to go on; "": there is no more.
};

/// The scanner as its operators see it.
struct ScannerState {
  store::ScanCounts counts;
  std::vector<store::ScanFailure> failures;  ///< The newest images first, at most 100.
  std::vector<vuln::FeedRow> feeds;
  std::vector<vuln::Download> downloads;
};

/// What is known of the packages and vulnerabilities of manifests.
class ScanService {
 public:
  ScanService(db::Database& database, const auth::SecretKey& key) : db_(database), pages_(key) {}

  /// The scan of a manifest, whether or not a live tag names it.
  /// Errors: those of auth::require for reading; not_found for an unknown or malformed digest.
  awaitable<Result<ScanState>> find(auth::Principal who, RepoName name, std::string digest);

  /// Images with a package of exactly this name (a binary's or a source's), and of this version unless it is "".
  awaitable<ScanMatches> find_package(auth::Principal who, std::string package, std::string version,
                                      std::string next_page);
  /// Images that are known for an issue, by any of its names ("CVE-2023-0464", "GHSA-…").
  awaitable<ScanMatches> find_issue(auth::Principal who, std::string issue, std::string next_page);

  /// The queue, and the feeds. Errors: those of auth::require_superuser, who may look on.
  awaitable<Result<ScannerState>> state(auth::Principal who);

 private:
  db::Database& db_;
  const PageTokens pages_;
};

}  // namespace wharf::service
