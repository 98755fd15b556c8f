#include "store/scan.h"

#include <algorithm>
#include <array>
#include <set>

namespace wharf::store {

void add_scan(db::Tx& tx, std::int64_t manifest_id, ScanStatus status, Millis now) {
  static const db::Query kAdd{"scan.add", R"(
    INSERT INTO scan (manifest_id, status, available_ms, wanted) VALUES ($1, $2, $3, $4)
    ON CONFLICT (manifest_id) DO NOTHING)"};
  tx.run(kAdd, manifest_id, status, now, status == ScanStatus::queued);
}

std::optional<ScanStatus> find_scan(db::Tx& tx, std::int64_t manifest_id) {
  static const db::Query kFind{"scan.find", "SELECT status FROM scan WHERE manifest_id = $1"};
  return tx.one<ScanStatus>(kFind, manifest_id);
}

bool has_due_scan(db::Tx& tx, Millis now) {
  // By the order of the queue: what waits for its turn again may stand before what is due.
  static const db::Query kDue{"scan.has_due", "SELECT 1 FROM scan WHERE wanted AND available_ms <= $1 LIMIT 1"};
  return tx.one<int>(kDue, now).has_value();
}

namespace {
struct DueScan {
  std::int64_t manifest_id = 0;
  std::int64_t attempts = 0;
  ScanStatus status = ScanStatus::queued;
};
BOOST_DESCRIBE_STRUCT(DueScan, (), (manifest_id, attempts, status))
}  // namespace

std::vector<ScanTask> take_due_scans(db::Tx& tx, Millis now, Millis until, int limit, int most_new) {
  static const db::Query kDue{"scan.due", R"(
    SELECT manifest_id, attempts + 1, status FROM scan WHERE wanted AND available_ms <= $1
     ORDER BY priority, available_ms, manifest_id LIMIT $2)"};
  static const db::Query kTake{"scan.take", R"(
    UPDATE scan SET available_ms = $2, lease_ms = $2, attempts = attempts + 1 WHERE manifest_id = $1)"};
  tx.lock("scan");
  std::vector<ScanTask> tasks;
  for (const auto& due : tx.all<DueScan>(kDue, now, limit)) {
    if (due.status != ScanStatus::scanned && most_new-- == 0) break;
    tx.run(kTake, due.manifest_id, until);
    tasks.push_back({due.manifest_id, due.attempts, until, due.status});
  }
  return tasks;
}

void finish_scan(db::Tx& tx, const ScanTask& task, ScanStatus status, const std::optional<std::string>& error) {
  static const db::Query kFinish{"scan.finish", R"(
    UPDATE scan SET status = $3, error = $4, wanted = wanted AND lease_ms <> $2,
                    attempts = CASE WHEN lease_ms = $2 THEN 0 ELSE attempts END
     WHERE manifest_id = $1)"};
  tx.run(kFinish, task.manifest_id, task.lease_ms, status, error);
}

void put_scan_back(db::Tx& tx, const ScanTask& task, Millis at, const std::string& error) {
  static const db::Query kPut{"scan.put_back", R"(
    UPDATE scan SET available_ms = $3, error = $4 WHERE manifest_id = $1 AND lease_ms = $2)"};
  tx.run(kPut, task.manifest_id, task.lease_ms, at, error);
}

void give_scan_back(db::Tx& tx, const ScanTask& task, Millis now) {
  static const db::Query kGive{"scan.give_back", R"(
    UPDATE scan SET available_ms = $3, attempts = attempts - 1 WHERE manifest_id = $1 AND lease_ms = $2)"};
  tx.run(kGive, task.manifest_id, task.lease_ms, now);
}

void want_scans(db::Tx& tx, std::span<const std::int64_t> manifests, std::int64_t data_version, Millis now) {
  static const db::Query kWant{"scan.want", R"(
    UPDATE scan SET wanted = TRUE, priority = 10, lease_ms = 0, attempts = 0,
                    available_ms = CASE WHEN wanted AND lease_ms = 0 THEN available_ms ELSE $2 END
     WHERE manifest_id = $1 AND status = 'scanned'
       AND NOT (wanted AND priority = 10 AND attempts = 0 AND lease_ms = 0)
       AND EXISTS (SELECT 1 FROM scan_report r WHERE r.manifest_id = $1 AND r.data_version <> $3))"};
  for (const auto id : manifests) tx.run(kWant, id, now, data_version);
}

std::int64_t want_scans_of_readers_before(db::Tx& tx, std::int64_t reader, Millis now) {
  static const db::Query kWant{"scan.want_older", R"(
    UPDATE scan SET wanted = TRUE, priority = 10, available_ms = $2, attempts = 0
     WHERE status IN ('scanned', 'failed') AND NOT wanted
       AND manifest_id IN (SELECT m.manifest_id FROM layer_inventory i JOIN manifest_blob m ON m.blob_id = i.blob_id
                            WHERE i.reader < $1))"};
  tx.unhurried();  // once after an update of the program
  return tx.run(kWant, reader, now);
}

ScanCounts count_scans(db::Tx& tx) {
  static const db::Query kCount{"scan.count", R"(
    SELECT COUNT(CASE WHEN status = 'queued' THEN 1 END), COUNT(CASE WHEN status = 'scanned' THEN 1 END),
           COUNT(CASE WHEN status = 'unsupported' THEN 1 END), COUNT(CASE WHEN status = 'failed' THEN 1 END),
           COUNT(CASE WHEN wanted THEN 1 END), COALESCE(MIN(CASE WHEN wanted THEN available_ms END), 0) FROM scan)"};
  return tx.one<ScanCounts>(kCount).value_or(ScanCounts{});
}

std::vector<ScanFailure> scan_failures(db::Tx& tx, int limit) {
  static const db::Query kFind{"scan.failures", R"(
    SELECT n.name, r.name, m.digest, s.status, s.attempts, s.error
      FROM scan s JOIN manifest m ON m.id = s.manifest_id JOIN repository r ON r.id = m.repository_id
      JOIN account n ON n.id = r.namespace_id
     WHERE s.error IS NOT NULL AND r.deleted_ms IS NULL AND n.deleted_ms IS NULL
     ORDER BY s.manifest_id DESC LIMIT $1)"};
  return tx.all<ScanFailure>(kFind, limit);
}

void set_scan_report(db::Tx& tx, const ScanReport& report) {
  static const db::Query kSet{"scan_report.set", R"(
    INSERT INTO scan_report (manifest_id, content, data_version, packages, critical, high, medium, low, negligible, unknown,
                             fixable_critical, fixable, scanned_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    ON CONFLICT (manifest_id) DO UPDATE SET content = $2, data_version = $3, packages = $4, critical = $5, high = $6,
      medium = $7, low = $8, negligible = $9, unknown = $10, fixable_critical = $11, fixable = $12, scanned_ms = $13)"};
  tx.run(kSet, report.manifest_id, report.content, report.data_version, report.packages, report.critical, report.high,
         report.medium, report.low, report.negligible, report.unknown, report.fixable_critical, report.fixable,
         report.scanned_ms);
}

std::optional<ScanReport> find_scan_report(db::Tx& tx, std::int64_t manifest_id) {
  static const db::Query kFind{"scan_report.find", R"(
    SELECT manifest_id, content, data_version, packages, critical, high, medium, low, negligible, unknown, fixable_critical,
           fixable, scanned_ms FROM scan_report WHERE manifest_id = $1)"};
  return tx.one<ScanReport>(kFind, manifest_id);
}

namespace {

constexpr std::size_t kNamesAtOnce = 32;

/// The list of kNamesAtOnce parameters from `$2` on.
std::string name_list() {
  std::string list = "($2";
  for (std::size_t i = 1; i < kNamesAtOnce; ++i) list += ", $" + std::to_string(2 + i);
  return list + ")";
}

/// Calls `each` with `first` and the next kNamesAtOnce names, until there are none; the last one fills what is left.
template <class Each>
void in_lists(std::int64_t first, const std::vector<std::string>& names, Each each) {
  for (std::size_t at = 0; at < names.size(); at += kNamesAtOnce) {
    std::array<db::Value, 1 + kNamesAtOnce> values;
    values[0] = db::to_value(first);
    for (std::size_t i = 0; i < kNamesAtOnce; ++i)
      values[1 + i] = db::to_value(names[std::min(at + i, names.size() - 1)]);
    each(values);
  }
}

/// Makes rows for those of `names`, sorted, that have none.
void make_issue_names(db::Tx& tx, const std::vector<std::string>& names) {
  static const std::string sql = "SELECT name FROM issue_name WHERE id > $1 AND name IN " + name_list();
  static const db::Query kFind{"issue_name.find", sql.c_str()};
  static const db::Query kAdd{"issue_name.add",
                              "INSERT INTO issue_name (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET name = $1"};
  std::set<std::string> known;
  in_lists(0, names, [&](std::span<const db::Value> values) {
    tx.visit(kFind, values, [&](db::RowReader& row) {
      known.insert(row.get<std::string>(0));
      return true;
    });
  });
  for (const auto& name : names) {
    // Another node may add it at this moment: the update makes its row ours to read.
    if (!known.contains(name)) tx.run(kAdd, name);
  }
}

}  // namespace

void set_scan_issues(db::Tx& tx, std::span<const ScanIssues> scans) {
  static const db::Query kKnown{"scan_issue.names", R"(
    SELECT n.name FROM scan_issue s JOIN issue_name n ON n.id = s.issue_id WHERE s.manifest_id = $1)"};
  static const db::Query kForgetAll{"scan_issue.delete_all", "DELETE FROM scan_issue WHERE manifest_id = $1"};
  static const std::string forget =
      "DELETE FROM scan_issue WHERE manifest_id = $1 AND issue_id IN (SELECT id FROM issue_name WHERE name IN " +
      name_list() + ")";
  static const db::Query kForget{"scan_issue.delete", forget.c_str()};
  static const std::string add =
      "INSERT INTO scan_issue (issue_id, manifest_id) SELECT id, CAST($1 AS BIGINT) FROM issue_name WHERE name IN " +
      name_list() + " ON CONFLICT DO NOTHING";
  static const db::Query kAdd{"scan_issue.add", add.c_str()};
  std::vector<std::vector<std::string>> added(scans.size());
  std::set<std::string> all;
  for (std::size_t i = 0; i < scans.size(); ++i) {
    const auto& scan = scans[i];
    std::set<std::string> known;
    for (auto& name : tx.all<std::string>(kKnown, scan.manifest_id)) known.insert(std::move(name));
    std::size_t kept = 0;
    for (const auto& name : scan.names) {
      if (known.erase(name) > 0) {
        ++kept;
      } else {
        added[i].push_back(name);
      }
    }
    if (kept == 0 && !known.empty()) {
      tx.run(kForgetAll, scan.manifest_id);
    } else {
      in_lists(scan.manifest_id, {known.begin(), known.end()},
               [&](std::span<const db::Value> values) { tx.change(kForget, values); });
    }
    all.insert(added[i].begin(), added[i].end());
  }
  // In one order on every node, so that none waits for a name that waits for it.
  make_issue_names(tx, {all.begin(), all.end()});
  for (std::size_t i = 0; i < scans.size(); ++i) {
    in_lists(scans[i].manifest_id, added[i], [&](std::span<const db::Value> values) { tx.change(kAdd, values); });
  }
}

std::vector<std::int64_t> manifests_with_issue(db::Tx& tx, std::string_view issue, std::int64_t after_id, int limit) {
  static const db::Query kFind{"scan_issue.manifests", R"(
    SELECT s.manifest_id FROM issue_name i JOIN scan_issue s ON s.issue_id = i.id
     WHERE i.name = $1 AND s.manifest_id > $2 ORDER BY s.manifest_id LIMIT $3)"};
  return tx.all<std::int64_t>(kFind, issue, after_id, limit);
}

std::vector<std::int64_t> manifests_with_package(db::Tx& tx, std::int64_t name_id, std::int64_t after_id, int limit) {
  static const db::Query kFind{"layer_package.manifests", R"(
    SELECT DISTINCT b.manifest_id FROM layer_package p JOIN manifest_blob b ON b.blob_id = p.blob_id
     WHERE p.name_id = $1 AND b.manifest_id > $2 ORDER BY b.manifest_id LIMIT $3)"};
  return tx.all<std::int64_t>(kFind, name_id, after_id, limit);
}

std::vector<std::string> referrers_content(db::Tx& tx, std::int64_t manifest_id, int limit, Millis now) {
  static const db::Query kFind{"manifest.referrers_content", R"(
    SELECT r.content FROM manifest m JOIN manifest r ON r.repository_id = m.repository_id AND r.subject_digest = m.digest
     WHERE m.id = $1 AND EXISTS (SELECT 1 FROM tag t WHERE t.manifest_id = r.id AND t.end_ms > $2)
     ORDER BY r.id DESC LIMIT $3)"};
  std::vector<std::string> contents;
  for (auto& bytes : tx.all<db::Bytes>(kFind, manifest_id, now, limit)) contents.push_back(std::move(bytes.data));
  return contents;
}

void want_scan_of(db::Tx& tx, std::int64_t repository_id, std::string_view digest, Millis now) {
  static const db::Query kWant{"scan.want_subject", R"(
    UPDATE scan SET wanted = TRUE, available_ms = $3, lease_ms = 0, attempts = 0
     WHERE status = 'scanned'
       AND manifest_id = (SELECT id FROM manifest WHERE repository_id = $1 AND digest = $2))"};
  tx.run(kWant, repository_id, digest, now);
}

std::optional<ManifestPlace> find_manifest_place(db::Tx& tx, std::int64_t manifest_id) {
  static const db::Query kFind{"manifest.place", R"(
    SELECT m.id, r.id, n.name, r.name, m.digest
      FROM manifest m JOIN repository r ON r.id = m.repository_id JOIN account n ON n.id = r.namespace_id
     WHERE m.id = $1 AND r.deleted_ms IS NULL AND n.deleted_ms IS NULL)"};
  return tx.one<ManifestPlace>(kFind, manifest_id);
}

}  // namespace wharf::store
