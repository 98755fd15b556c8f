#include "vuln/download.h"

#include <algorithm>

namespace wharf::vuln {
namespace {

struct Preset {
  std::string_view name;  ///< Whole, or what stands before the colon.
  std::string_view urls;  ///< Parted by blanks; "{}" is what stands after the name's colon.
  bool asks = false;      ///< Whether something must stand there.
};
constexpr std::string_view kOsv = "https://osv-vulnerabilities.storage.googleapis.com/{}/all.zip";
constexpr Preset kPresets[] = {
    {"debian", "https://security-tracker.debian.org/tracker/data/json"},
    {"alpine", "https://secdb.alpinelinux.org/{}/main.json https://secdb.alpinelinux.org/{}/community.json", true},
    {"wolfi", "https://packages.wolfi.dev/os/security.json"},
    {"chainguard", "https://packages.cgr.dev/chainguard/security.json"},
    {"redhat",
     "https://security.access.redhat.com/data/csaf/v2/vex/archive_latest.txt "
     "https://security.access.redhat.com/data/metrics/repository-to-cpe.json"},
    {"ubuntu", "https://osv-vulnerabilities.storage.googleapis.com/Ubuntu/all.zip"},
    {"almalinux", "https://osv-vulnerabilities.storage.googleapis.com/AlmaLinux/all.zip"},
    {"rocky", "https://osv-vulnerabilities.storage.googleapis.com/Rocky%20Linux/all.zip"},
    {"amazon:2", "https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list"},
    {"amazon", "https://cdn.amazonlinux.com/al{}/core/mirrors/latest/x86_64/mirror.list", true},
    {"oracle", "https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2"},
    {"osv", kOsv, true},
    {"go", "https://vuln.go.dev/vulndb.zip"},
    {"epss", "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"},
    {"kev", "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"},
    {"nvd", "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-{}.json.gz", true}};

/// What stands after a preset's colon goes into a path: only what is harmless there.
bool is_harmless(std::string_view text) {
  return !text.empty() && text.find("..") == std::string_view::npos && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_' || c == ' ';
  });
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

}  // namespace

Result<std::vector<std::string>> urls_of_feed(std::string_view item) {
  if (item.starts_with("http://") || item.starts_with("https://")) return std::vector{std::string(item)};
  const auto* whole = std::ranges::find_if(kPresets, [&](const Preset& it) { return it.name == item; });
  const auto colon = whole == std::end(kPresets) ? item.find(':') : std::string_view::npos;
  const std::string_view name = item.substr(0, colon);
  std::string which(colon == std::string_view::npos ? std::string_view() : item.substr(colon + 1));
  const auto* preset = std::ranges::find_if(kPresets, [&](const Preset& it) { return it.name == name; });
  if (preset == std::end(kPresets) || preset->asks != is_harmless(which) || (!preset->asks && !which.empty())) {
    return Error{Errc::invalid_request, "There is no feed of this name: " + std::string(item.substr(0, 100))};
  }
  replace_all(which, " ", "%20");
  std::vector<std::string> urls;
  for (std::string_view rest = preset->urls; !rest.empty();) {
    const auto blank = std::min(rest.find(' '), rest.size());
    std::string url(rest.substr(0, blank));
    rest.remove_prefix(std::min(blank + 1, rest.size()));
    replace_all(url, "{}", which);
    urls.push_back(std::move(url));
  }
  return urls;
}

void set_downloads(db::Tx& tx, const std::vector<std::string>& urls) {
  static const db::Query kAdd{"feed_download.add",
                              "INSERT INTO feed_download (url) VALUES ($1) ON CONFLICT (url) DO NOTHING"};
  static const db::Query kUrls{"feed_download.urls", "SELECT url FROM feed_download ORDER BY url"};
  static const db::Query kRemove{"feed_download.remove", "DELETE FROM feed_download WHERE url = $1"};
  // A handful of rows, once at the start of a server.
  for (const auto& url : urls) tx.run(kAdd, url);
  for (const auto& url : tx.all<std::string>(kUrls)) {
    if (std::ranges::find(urls, url) == urls.end()) tx.run(kRemove, url);
  }
}

std::vector<Download> list_downloads(db::Tx& tx) {
  static const db::Query kList{"feed_download.list", R"(
    SELECT url, etag, last_modified, due_ms, lease_ms, failures, error, checked_ms, imported_ms
      FROM feed_download ORDER BY url)"};
  return tx.all<Download>(kList);
}

std::optional<Download> take_due_download(db::Tx& tx, Millis now, Millis until) {
  static const db::Query kTake{"feed_download.take", R"(
    UPDATE feed_download SET lease_ms = $2
     WHERE url = (SELECT url FROM feed_download WHERE due_ms <= $1 AND lease_ms <= $1 ORDER BY due_ms, url LIMIT 1)
       AND lease_ms <= $1
    RETURNING url, etag, last_modified, due_ms, lease_ms, failures, error, checked_ms, imported_ms)"};
  return tx.one<Download>(kTake, now, until);
}

bool finish_download(db::Tx& tx, const Download& done) {
  static const db::Query kFinish{"feed_download.finish", R"(
    UPDATE feed_download SET lease_ms = 0, etag = $3, last_modified = $4, due_ms = $5, failures = $6, error = $7,
                             checked_ms = $8, imported_ms = $9
     WHERE url = $1 AND lease_ms = $2)"};
  return tx.run(kFinish, done.url, done.lease_ms, done.etag, done.last_modified, done.due_ms, done.failures, done.error,
                done.checked_ms, done.imported_ms) > 0;
}

}  // namespace wharf::vuln
