#pragma once
#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "db/database.h"

/// Which feeds a server fetches by itself, and how far it is with each (migrations/0012_feed_download.sql).
namespace wharf::vuln {

/// The URLs that an item of VULNERABILITY_FEEDS stands for: itself, or those of a feed by name:
///   debian, alpine:v3.20 (main and community), wolfi, chainguard, redhat, ubuntu, almalinux, rocky, amazon:2023,
///   osv:npm (any of OSV's ecosystems), go, epss, kev, nvd:2024 (a year)
/// Errors: invalid_request for a name that is not known.
Result<std::vector<std::string>> urls_of_feed(std::string_view item);

/// What is known of one URL.
struct Download {
  std::string url;
  std::string etag, last_modified;
  Millis due_ms = 0, lease_ms = 0;
  std::int64_t failures = 0;
  std::optional<std::string> error;
  Millis checked_ms = 0, imported_ms = 0;
};
BOOST_DESCRIBE_STRUCT(Download, (),
                      (url, etag, last_modified, due_ms, lease_ms, failures, error, checked_ms, imported_ms))

/// Makes `urls` the ones there are: new ones are due at once, those that are not wanted any more go.
void set_downloads(db::Tx& tx, const std::vector<std::string>& urls);
std::vector<Download> list_downloads(db::Tx& tx);
/// Takes one that is due until `until`, by when whoever took it is taken for dead.
std::optional<Download> take_due_download(db::Tx& tx, Millis now, Millis until);
/// The one that was taken is done: as `done` says of etag, last_modified, due_ms, failures, error, checked_ms and
/// imported_ms. False: somebody else took it meanwhile.
bool finish_download(db::Tx& tx, const Download& done);

}  // namespace wharf::vuln
