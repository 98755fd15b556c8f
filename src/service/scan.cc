#include "service/scan.h"

#include <algorithm>
#include <map>

#include "auth/access.h"
#include "base/digest.h"
#include "store/layer_inventory.h"
#include "store/manifest.h"
#include "store/tag.h"

namespace wharf::service {
namespace {

constexpr int kMatchesAPage = 50;
constexpr int kManifestsAPage = 200;  // that are looked at for one page, whether or not the caller may see them
constexpr int kMostTags = 10;
constexpr int kMostFailures = 100;
constexpr std::string_view kPages = "scan matches";

/// Whether the caller may read each repository, asked once.
class Sight {
 public:
  Sight(db::Tx& tx, const auth::Principal& who) : tx_(tx), who_(who) {}

  bool may_read(const store::ManifestPlace& place) {
    const auto [at, is_new] = known_.try_emplace(place.repository_id, false);
    if (is_new) {
      const RepoName name{place.namespace_, place.repository};
      at->second = auth::Access::find(tx_, who_, name).may(auth::Action::read);
    }
    return at->second;
  }

 private:
  db::Tx& tx_;
  const auth::Principal& who_;
  std::map<std::int64_t, bool> known_;
};

/// Adds what `wanted` picks of the manifest's report: it answers whether a package counts, and may drop findings.
template <class Wanted>
void add_matches(db::Tx& tx, const store::ManifestPlace& place, Wanted wanted, std::vector<ScanMatch>& matches) {
  const auto row = store::find_scan_report(tx, place.manifest_id);
  if (!row) return;
  auto report = vuln::open_report(row->content.data);
  if (!report) return;
  std::vector<std::string> tags;
  bool asked = false;
  for (auto& package : report->packages) {
    if (!wanted(*report, package)) continue;
    if (!asked) {
      asked = true;
      for (const auto& tag : store::tags_of_manifest(tx, place.repository_id, place.manifest_id, kMostTags, now_ms())) {
        if (!tag.hidden) tags.push_back(tag.name);
      }
    }
    auto distribution = vuln::distribution_of(*report, package);
    ScanMatch match{.namespace_ = place.namespace_,
                    .repository = place.repository,
                    .digest = place.digest,
                    .tags = tags,
                    .package = std::move(package),
                    .distribution = std::move(distribution),
                    .issues = {}};
    for (const auto& found : match.package.findings) match.issues.push_back(report->issues[found.issue]);
    matches.push_back(std::move(match));
  }
}

/// A page of what `wanted` picks of the manifests that `next` lists after an id.
template <class Next, class Wanted>
ScanMatches page_of(db::Tx& tx, const PageTokens& pages, const auth::Principal& who, const std::string& next_page,
                    Next next, Wanted wanted) {
  ScanMatches page;
  auto after = pages.read(kPages, next_page, now_ms());
  Sight sight(tx, who);
  const auto manifests = next(after, kManifestsAPage + 1);
  for (std::size_t i = 0; i < manifests.size(); ++i) {
    if (i == kManifestsAPage || std::ssize(page.matches) >= kMatchesAPage) {
      page.next_page = pages.make(kPages, after, now_ms());
      break;
    }
    after = manifests[i];
    const auto place = store::find_manifest_place(tx, manifests[i]);
    if (place && sight.may_read(*place)) add_matches(tx, *place, wanted, page.matches);
  }
  return page;
}

}  // namespace

awaitable<Result<ScanState>> ScanService::find(auth::Principal who, RepoName name, std::string digest) {
  auto read = [&](db::Tx& tx) -> Result<std::pair<store::ScanStatus, std::optional<store::ScanReport>>> {
    const auto access = auth::require(tx, who, name, auth::Action::read);
    if (!access) return access.error();
    const auto wanted = Digest::parse(digest);
    if (!wanted) return Error{Errc::not_found, "Not Found"};
    const auto manifest = store::find_manifest(tx, access->repository_id(), *wanted);
    if (!manifest) return Error{Errc::not_found, "Not Found"};
    const auto status = store::find_scan(tx, manifest->id).value_or(store::ScanStatus::queued);
    if (status != store::ScanStatus::scanned) return std::pair(status, std::optional<store::ScanReport>());
    return std::pair(status, store::find_scan_report(tx, manifest->id));
  };
  auto found = co_await db_.read(std::move(read));
  if (!found) co_return found.error();
  ScanState state{.status = found->first, .report = {}};
  if (found->second) {
    auto report = vuln::open_report(found->second->content.data);
    if (!report) throw Accident(report.error());
    state.report = std::move(*report);
    state.scanned_ms = found->second->scanned_ms;
  }
  co_return state;
}

awaitable<ScanMatches> ScanService::find_package(auth::Principal who, std::string package, std::string version,
                                                 std::string next_page) {
  auto read = [&](db::Tx& tx) {
    const auto names = store::find_package_names(tx, package);
    const auto next = [&](std::int64_t after, int limit) {
      std::vector<std::int64_t> manifests;
      for (const auto& name : names) {
        const auto more = store::manifests_with_package(tx, name.id, after, limit);
        manifests.insert(manifests.end(), more.begin(), more.end());
      }
      std::ranges::sort(manifests);
      manifests.erase(std::ranges::unique(manifests).begin(), manifests.end());
      if (std::ssize(manifests) > limit) manifests.resize(static_cast<std::size_t>(limit));
      return manifests;
    };
    const auto wanted = [&](const vuln::Report&, const vuln::ReportedPackage& reported) {
      const auto& one = reported.package;
      const bool named =
          one.name == package || one.source_name == package || inventory::normal_name(one.kind, one.name) == package;
      return named && (version.empty() || one.version == version || one.source_version == version);
    };
    return page_of(tx, pages_, who, next_page, next, wanted);
  };
  co_return co_await db_.read(std::move(read));
}

awaitable<ScanMatches> ScanService::find_issue(auth::Principal who, std::string issue, std::string next_page) {
  auto read = [&](db::Tx& tx) {
    const auto next = [&](std::int64_t after, int limit) {
      return store::manifests_with_issue(tx, issue, after, limit);
    };
    const auto wanted = [&](const vuln::Report& report, vuln::ReportedPackage& reported) {
      std::erase_if(reported.findings, [&](const vuln::Found& found) {
        const auto& known = report.issues[found.issue];
        return known.name != issue && known.advisory != issue &&
               std::ranges::find(known.cves, issue) == known.cves.end();
      });
      return !reported.findings.empty();
    };
    return page_of(tx, pages_, who, next_page, next, wanted);
  };
  co_return co_await db_.read(std::move(read));
}

awaitable<Result<ScannerState>> ScanService::state(auth::Principal who) {
  if (auto ok = auth::require_superuser(who, true); !ok) co_return ok.error();
  auto read = [](db::Tx& tx) {
    return ScannerState{.counts = store::count_scans(tx),
                        .failures = store::scan_failures(tx, kMostFailures),
                        .feeds = vuln::list_feeds(tx),
                        .downloads = vuln::list_downloads(tx)};
  };
  co_return co_await db_.read(std::move(read));
}

}  // namespace wharf::service
