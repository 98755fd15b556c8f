#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// The scanner's queue, a row a manifest, and what it found, a report a manifest.
namespace wharf::store {

enum class ScanStatus { queued, scanned, unsupported, failed };
BOOST_DESCRIBE_ENUM(ScanStatus, queued, scanned, unsupported, failed)

/// Who comes first: what was just pushed, then what somebody waits for, then what is looked at again.
enum class ScanPriority : std::int64_t { pushed = 0, again = 10 };

/// Puts a new manifest into the scanner's queue, or notes that there is nothing to look at in it.
void add_scan(db::Tx& tx, std::int64_t manifest_id, ScanStatus status, Millis now);

/// How far the scan of a manifest is.
std::optional<ScanStatus> find_scan(db::Tx& tx, std::int64_t manifest_id);

/// A manifest that is to be looked at.
struct ScanTask {
  std::int64_t manifest_id = 0;
  std::int64_t attempts = 0;  ///< This one counted.
  Millis lease_ms = 0;        ///< Until then nobody else takes it; also what `finish_scan` knows it by.
  ScanStatus status = ScanStatus::queued;
};
/// Takes up to `limit` that are due until `until`, and of those that were never scanned no more than `most_new`, as
/// they take long: a worker that dies leaves them to the others.
std::vector<ScanTask> take_due_scans(db::Tx& tx, Millis now, Millis until, int limit, int most_new);
/// Whether there is one to take, without taking it.
bool has_due_scan(db::Tx& tx, Millis now);
/// The task is done. If the manifest was wanted again since it was taken, it stays in the queue.
/// `error` is for superusers: why it failed.
void finish_scan(db::Tx& tx, const ScanTask& task, ScanStatus status, const std::optional<std::string>& error);
/// It is to be tried again at `at`.
void put_scan_back(db::Tx& tx, const ScanTask& task, Millis at, const std::string& error);
/// It was not tried to its end: it is due at once, as if it had not been taken.
void give_scan_back(db::Tx& tx, const ScanTask& task, Millis now);
/// Those of `manifests` that are scanned are to be looked at again, if their reports are of other data than
/// `data_version`.
void want_scans(db::Tx& tx, std::span<const std::int64_t> manifests, std::int64_t data_version, Millis now);

/// Manifests with a layer whose inventory is of a reader before `reader` are to be looked at again; answers how many.
std::int64_t want_scans_of_readers_before(db::Tx& tx, std::int64_t reader, Millis now);

/// The queue in numbers.
struct ScanCounts {
  std::int64_t queued = 0, scanned = 0, unsupported = 0, failed = 0;
  std::int64_t wanted = 0;  ///< In the queue, those that are looked at again included.
  Millis oldest_ms = 0;     ///< Since when the oldest of them is due; 0: none waits.
};
BOOST_DESCRIBE_STRUCT(ScanCounts, (), (queued, scanned, unsupported, failed, wanted, oldest_ms))
ScanCounts count_scans(db::Tx& tx);

/// An image that could not be scanned, or not yet.
struct ScanFailure {
  std::string namespace_, repository, digest;
  ScanStatus status = ScanStatus::failed;  ///< queued: it is tried again.
  std::int64_t attempts = 0;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(ScanFailure, (), (namespace_, repository, digest, status, attempts, reason))
/// Up to `limit`, the newest images first.
std::vector<ScanFailure> scan_failures(db::Tx& tx, int limit);

/// What an image's packages are known for.
struct ScanReport {
  std::int64_t manifest_id = 0;
  db::Bytes content;              ///< Compressed: vuln/report.h reads it.
  std::int64_t data_version = 0;  ///< Of the feeds that made it.
  std::int64_t packages = 0;
  std::int64_t critical = 0, high = 0, medium = 0, low = 0, negligible = 0, unknown = 0;  ///< Findings.
  std::int64_t fixable_critical = 0, fixable = 0;
  Millis scanned_ms = 0;
};
BOOST_DESCRIBE_STRUCT(ScanReport, (),
                      (manifest_id, content, data_version, packages, critical, high, medium, low, negligible, unknown,
                       fixable_critical, fixable, scanned_ms))
void set_scan_report(db::Tx& tx, const ScanReport& report);
std::optional<ScanReport> find_scan_report(db::Tx& tx, std::int64_t manifest_id);

/// What a manifest is known for: every name once.
struct ScanIssues {
  std::int64_t manifest_id = 0;
  std::vector<std::string> names;
};
/// Notes it in place of what was noted before. Statements: two for every 32 names that are new to a manifest, one for
/// every 32 that are gone.
void set_scan_issues(db::Tx& tx, std::span<const ScanIssues> scans);
/// Up to `limit` manifests after `after_id` that are known for an issue, by id.
std::vector<std::int64_t> manifests_with_issue(db::Tx& tx, std::string_view issue, std::int64_t after_id, int limit);
/// Likewise those with a layer that has a package of this name (`package_name.id`).
std::vector<std::int64_t> manifests_with_package(db::Tx& tx, std::int64_t name_id, std::int64_t after_id, int limit);

/// The manifests that have this one for their subject and are alive, newest first, at most `limit`: their bytes.
std::vector<std::string> referrers_content(db::Tx& tx, std::int64_t manifest_id, int limit, Millis now);
/// A scanned manifest is to be looked at again, as something that refers to it has changed.
void want_scan_of(db::Tx& tx, std::int64_t repository_id, std::string_view digest, Millis now);

/// Where a manifest is.
struct ManifestPlace {
  std::int64_t manifest_id = 0;
  std::int64_t repository_id = 0;
  std::string namespace_;
  std::string repository;
  std::string digest;
};
BOOST_DESCRIBE_STRUCT(ManifestPlace, (), (manifest_id, repository_id, namespace_, repository, digest))
/// Of a manifest in a repository that is there.
std::optional<ManifestPlace> find_manifest_place(db::Tx& tx, std::int64_t manifest_id);

}  // namespace wharf::store
