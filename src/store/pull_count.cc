#include "store/pull_count.h"

namespace wharf::store {
namespace {

constexpr Millis kDayMs = 86'400'000;

}  // namespace

void add_tag_pulls(db::Tx& tx, std::int64_t repository_id, std::string_view tag, const Pulls& more) {
  static const db::Query kAdd{"pull_count.add_tag", R"(
    INSERT INTO tag_pulls (repository_id, name, pulls, last_ms)
    SELECT r.id, $2, $3, $4 FROM repository r WHERE r.id = $1
    ON CONFLICT (repository_id, name) DO UPDATE SET pulls = tag_pulls.pulls + excluded.pulls,
      last_ms = CASE WHEN excluded.last_ms > tag_pulls.last_ms THEN excluded.last_ms ELSE tag_pulls.last_ms END)"};
  tx.run(kAdd, repository_id, tag, more.pulls, more.last_ms);
}

void add_manifest_pulls(db::Tx& tx, std::int64_t manifest_id, const Pulls& more) {
  static const db::Query kAdd{"pull_count.add_manifest", R"(
    INSERT INTO manifest_pulls (manifest_id, pulls, last_ms)
    SELECT m.id, $2, $3 FROM manifest m WHERE m.id = $1
    ON CONFLICT (manifest_id) DO UPDATE SET pulls = manifest_pulls.pulls + excluded.pulls,
      last_ms = CASE WHEN excluded.last_ms > manifest_pulls.last_ms THEN excluded.last_ms
                     ELSE manifest_pulls.last_ms END)"};
  tx.run(kAdd, manifest_id, more.pulls, more.last_ms);
}

void add_actions(db::Tx& tx, std::int64_t repository_id, Millis at, std::int64_t count) {
  static const db::Query kAdd{"pull_count.add_actions", R"(
    INSERT INTO repository_day (repository_id, day, actions)
    SELECT r.id, $2, $3 FROM repository r WHERE r.id = $1
    ON CONFLICT (repository_id, day) DO UPDATE SET actions = repository_day.actions + excluded.actions)"};
  tx.run(kAdd, repository_id, at / kDayMs, count);
}

std::optional<Pulls> tag_pulls(db::Tx& tx, std::int64_t repository_id, std::string_view tag) {
  static const db::Query kFind{"pull_count.of_tag",
                               "SELECT pulls, last_ms FROM tag_pulls WHERE repository_id = $1 AND name = $2"};
  return tx.one<Pulls>(kFind, repository_id, tag);
}

std::optional<Pulls> manifest_pulls(db::Tx& tx, std::int64_t manifest_id) {
  static const db::Query kFind{"pull_count.of_manifest",
                               "SELECT pulls, last_ms FROM manifest_pulls WHERE manifest_id = $1"};
  return tx.one<Pulls>(kFind, manifest_id);
}

std::vector<DayOfActions> list_actions(db::Tx& tx, std::int64_t repository_id, std::int64_t first_day) {
  static const db::Query kList{"pull_count.actions", R"(
    SELECT day, actions FROM repository_day WHERE repository_id = $1 AND day >= $2 ORDER BY day)"};
  return tx.all<DayOfActions>(kList, repository_id, first_day);
}

}  // namespace wharf::store
