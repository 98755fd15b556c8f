#include "store/gc_purge.h"

#include <algorithm>
#include <tuple>

#include "store/gc_rows.h"

namespace wharf::store {
namespace {

Found page_of(std::vector<std::int64_t> ids, int limit) {
  Found found{std::move(ids), 0};
  if (std::ssize(found.ids) == limit) found.next = found.ids.back();
  return found;
}

bool has_row(db::Tx& tx, const db::Query& query, std::int64_t id) {
  return tx.one<std::int64_t>(query, id).has_value();
}

/// Runs each statement, whose $2 is how many rows it may delete, until the budget is spent, but never ends with nothing
/// deleted while there is something. Answers how many went.
std::int64_t delete_pieces(db::Tx& tx, std::span<const db::Query> pieces, std::int64_t id, Budget& budget) {
  std::int64_t gone = 0;
  for (const auto& piece : pieces) {
    if (gone > 0 && budget.over()) break;
    const auto rows = tx.run(piece, id, budget.left());
    budget.spend(rows);
    gone += rows;
  }
  return gone;
}

Freed delete_tags(db::Tx& tx, std::int64_t repository_id, Budget& budget) {
  static const db::Query kDelete{"gc.delete_tags", R"(
    DELETE FROM tag WHERE id IN (SELECT id FROM tag WHERE repository_id = $1 LIMIT $2) RETURNING manifest_id)"};
  auto manifests = tx.all<std::int64_t>(kDelete, repository_id, budget.left());
  Freed freed;
  freed.tags = std::ssize(manifests);
  budget.spend(freed.tags);
  std::ranges::sort(manifests);
  manifests.erase(std::ranges::unique(manifests).begin(), manifests.end());
  queue_manifests(tx, manifests);
  return freed;
}

Freed delete_links(db::Tx& tx, std::int64_t repository_id, Budget& budget) {
  static const db::Query kDelete{"gc.delete_links_of", R"(
    DELETE FROM repository_blob WHERE repository_id = $1 AND blob_id IN
      (SELECT blob_id FROM repository_blob WHERE repository_id = $1 LIMIT $2) RETURNING blob_id)"};
  auto blobs = tx.all<std::int64_t>(kDelete, repository_id, budget.left());
  Freed freed;
  freed.repository_blobs = std::ssize(blobs);
  budget.spend(freed.repository_blobs);
  std::ranges::sort(blobs);
  queue_blobs(tx, blobs);
  return freed;
}

}  // namespace

Found find_deleted_repositories(db::Tx& tx, std::int64_t after_id, int limit) {
  static const db::Query kFind{"gc.deleted_repositories", R"(
    SELECT id FROM repository WHERE deleted_ms IS NOT NULL AND id > $1 ORDER BY id LIMIT $2)"};
  return page_of(tx.all<std::int64_t>(kFind, after_id, limit), limit);
}

Found find_deleted_namespaces(db::Tx& tx, std::int64_t after_id, int limit) {
  static const db::Query kFind{"gc.deleted_namespaces", R"(
    SELECT id FROM account WHERE deleted_ms IS NOT NULL AND id > $1 ORDER BY id LIMIT $2)"};
  return page_of(tx.all<std::int64_t>(kFind, after_id, limit), limit);
}

PurgeStep purge_repository(db::Tx& tx, std::int64_t repository_id, Budget budget) {
  static const db::Query kDeleted{"gc.repository_is_deleted",
                                  "SELECT 1 FROM repository WHERE id = $1 AND deleted_ms IS NOT NULL"};
  static const db::Query kManifest{"gc.any_manifest", "SELECT 1 FROM manifest WHERE repository_id = $1 LIMIT 1"};
  static const db::Query kRow{"gc.delete_repository", "DELETE FROM repository WHERE id = $1"};
  static const db::Query kPieces[] = {
      {"gc.delete_uploads_of",
       "DELETE FROM upload WHERE id IN (SELECT id FROM upload WHERE repository_id = $1 LIMIT $2)"},
      {"gc.delete_stars_of", R"(
        DELETE FROM star WHERE repository_id = $1 AND account_id IN
          (SELECT account_id FROM star WHERE repository_id = $1 LIMIT $2))"},
      {"gc.delete_permissions_of", R"(
        DELETE FROM repository_permission WHERE id IN
          (SELECT id FROM repository_permission WHERE repository_id = $1 LIMIT $2))"},
      {"gc.delete_tag_pulls_of", R"(
        DELETE FROM tag_pulls WHERE repository_id = $1 AND name IN
          (SELECT name FROM tag_pulls WHERE repository_id = $1 LIMIT $2))"},
      {"gc.delete_tally_due_of",
       "DELETE FROM tag_tally_due WHERE id IN (SELECT id FROM tag_tally_due WHERE repository_id = $1 LIMIT $2)"},
      {"gc.delete_tally_of", R"(
        DELETE FROM tag_tally WHERE repository_id = $1 AND hour IN
          (SELECT hour FROM tag_tally WHERE repository_id = $1 LIMIT $2))"},
      {"gc.delete_days_of", R"(
        DELETE FROM repository_day WHERE repository_id = $1 AND day IN
          (SELECT day FROM repository_day WHERE repository_id = $1 LIMIT $2))"},
      {"gc.delete_deliveries_of", R"(
        DELETE FROM notification_delivery WHERE id IN
          (SELECT d.id FROM notification n JOIN notification_delivery d ON d.notification_id = n.id
            WHERE n.repository_id = $1 LIMIT $2))"},
      {"gc.delete_notifications_of", R"(
        DELETE FROM notification WHERE id IN (SELECT id FROM notification WHERE repository_id = $1 LIMIT $2))"},
  };
  PurgeStep step;
  if (!has_row(tx, kDeleted, repository_id)) {
    step.state = PurgeStep::State::done;
    return step;
  }
  // A slow database ends a step only when it has done something: else the next would be no further.
  const auto is_over = [&] { return step.freed.rows() > 0 && budget.over(); };
  step.freed += delete_tags(tx, repository_id, budget);
  if (is_over()) return step;
  if (has_row(tx, kManifest, repository_id)) {
    step.state = PurgeStep::State::manifests_left;
    return step;
  }
  step.freed += delete_links(tx, repository_id, budget);
  step.freed.others += delete_pieces(tx, kPieces, repository_id, budget);
  if (is_over()) return step;
  step.freed.repositories += tx.run(kRow, repository_id);
  step.state = PurgeStep::State::done;
  return step;
}

std::string queue_manifests_of(db::Tx& tx, std::int64_t repository_id, const std::string& after_digest, int limit) {
  static const db::Query kPage{"gc.manifests_of", R"(
    SELECT id, digest FROM manifest WHERE repository_id = $1 AND digest > $2 ORDER BY digest LIMIT $3)"};
  std::vector<std::int64_t> ids;
  std::string last;
  for (auto& [id, digest] : tx.all<std::tuple<std::int64_t, std::string>>(kPage, repository_id, after_digest, limit)) {
    ids.push_back(id);
    last = std::move(digest);
  }
  std::ranges::sort(ids);
  queue_manifests(tx, ids);
  return std::ssize(ids) < limit ? std::string() : last;
}

PurgeStep purge_namespace(db::Tx& tx, std::int64_t account_id, Budget budget, Millis now) {
  static const db::Query kDeleted{"gc.namespace_is_deleted",
                                  "SELECT 1 FROM account WHERE id = $1 AND deleted_ms IS NOT NULL"};
  // A space cannot stand in a repository's name: nobody can ask for these.
  static const db::Query kMark{"gc.mark_repositories", R"(
    UPDATE repository SET name = 'deleted ' || badge_token || CAST(id AS TEXT), deleted_ms = $3, visibility = 'private',
                          description = ''
     WHERE id IN (SELECT id FROM repository WHERE namespace_id = $1 AND deleted_ms IS NULL LIMIT $2))"};
  static const db::Query kRepository{"gc.any_repository", "SELECT 1 FROM repository WHERE namespace_id = $1 LIMIT 1"};
  static const db::Query kPieces[] = {
      {"gc.delete_robots_of", R"(
        DELETE FROM account WHERE id IN (SELECT id FROM account WHERE owner_id = $1 AND kind = 'robot' LIMIT $2))"},
      {"gc.delete_teams_of", "DELETE FROM team WHERE id IN (SELECT id FROM team WHERE organization_id = $1 LIMIT $2)"},
      {"gc.delete_applications_of", R"(
        DELETE FROM oauth_application WHERE id IN
          (SELECT id FROM oauth_application WHERE organization_id = $1 LIMIT $2))"},
  };
  static const db::Query kRow{"gc.delete_namespace", "DELETE FROM account WHERE id = $1"};
  PurgeStep step;
  if (!has_row(tx, kDeleted, account_id)) {
    step.state = PurgeStep::State::done;
    return step;
  }
  const auto marked = tx.run(kMark, account_id, budget.left(), now);
  budget.spend(marked);
  if (marked > 0 && budget.over()) return step;
  if (has_row(tx, kRepository, account_id)) {
    step.state = PurgeStep::State::manifests_left;
    return step;
  }
  step.freed.others += delete_pieces(tx, kPieces, account_id, budget);
  if (step.freed.rows() > 0 && budget.over()) return step;
  step.freed.namespaces += tx.run(kRow, account_id);
  step.state = PurgeStep::State::done;
  return step;
}

}  // namespace wharf::store
