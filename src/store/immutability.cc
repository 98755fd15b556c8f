#include "store/immutability.h"

#include "store/access.h"

namespace wharf::store {
namespace {

#define WHARF_POLICY_COLUMNS "SELECT id, uuid, namespace_id, repository_id, pattern, matches FROM immutability_policy "
#define WHARF_TEN_IDS "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"

constexpr std::size_t kIdsAStatement = 10;

std::optional<std::int64_t> repository_of(PolicyPlace place) {
  return place.repository_id == 0 ? std::nullopt : std::optional(place.repository_id);
}

struct Walk {
  std::int64_t policy_id = 0;
  std::int64_t repository_id = 0;
  std::string name;
  std::int64_t marked = 0;
};
BOOST_DESCRIBE_STRUCT(Walk, (), (policy_id, repository_id, name, marked))

struct Owner {
  std::string ns, name;
};
BOOST_DESCRIBE_STRUCT(Owner, (), (ns, name))

void begin_walk(db::Tx& tx, std::int64_t policy_id) {
  static const db::Query kBegin{"immutability.begin_walk", R"(
    INSERT INTO immutability_walk (policy_id, repository_id, name, marked) VALUES ($1, 0, '', 0)
    ON CONFLICT (policy_id) DO UPDATE SET repository_id = 0, name = '', marked = 0)"};
  tx.run(kBegin, policy_id);
}

}  // namespace

std::vector<ImmutabilityPolicy> list_immutability_policies(db::Tx& tx, PolicyPlace place) {
  static const db::Query kList{"immutability.list", WHARF_POLICY_COLUMNS R"(
     WHERE namespace_id = $1 AND COALESCE(repository_id, 0) = $2 ORDER BY id)"};
  return tx.all<ImmutabilityPolicy>(kList, place.namespace_id, place.repository_id);
}

std::optional<ImmutabilityPolicy> find_immutability_policy(db::Tx& tx, PolicyPlace place, std::string_view uuid) {
  static const db::Query kFind{"immutability.find", WHARF_POLICY_COLUMNS R"(
     WHERE uuid = $3 AND namespace_id = $1 AND COALESCE(repository_id, 0) = $2)"};
  return tx.one<ImmutabilityPolicy>(kFind, place.namespace_id, place.repository_id, uuid);
}

std::vector<ImmutabilityPolicy> ruling_immutability_policies(db::Tx& tx, PolicyPlace repository) {
  static const db::Query kRuling{"immutability.ruling", WHARF_POLICY_COLUMNS R"(
     WHERE namespace_id = $1 AND COALESCE(repository_id, 0) IN (0, $2) ORDER BY COALESCE(repository_id, 0) DESC, id)"};
  return tx.all<ImmutabilityPolicy>(kRuling, repository.namespace_id, repository.repository_id);
}

void hold_immutability_policies(db::Tx& tx, std::int64_t namespace_id) {
  if (tx.engine() == db::Engine::sqlite) return;  // one writer
  static const db::Query kHold{"immutability.hold", "SELECT id FROM account WHERE id = $1 FOR KEY SHARE"};
  tx.one<std::int64_t>(kHold, namespace_id);
}

void lock_immutability_policies(db::Tx& tx, std::int64_t namespace_id) {
  if (tx.engine() == db::Engine::sqlite) return;  // one writer
  static const db::Query kLock{"immutability.lock", "SELECT id FROM account WHERE id = $1 FOR UPDATE"};
  tx.one<std::int64_t>(kLock, namespace_id);
}

std::optional<std::int64_t> add_immutability_policy(db::Tx& tx, const NewImmutabilityPolicy& policy, Millis now) {
  static const db::Query kAdd{"immutability.add", R"(
    INSERT INTO immutability_policy (uuid, namespace_id, repository_id, pattern, matches, created_ms)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id)"};
  const auto id = tx.one<std::int64_t>(kAdd, policy.uuid, policy.place.namespace_id, repository_of(policy.place),
                                       policy.pattern, policy.matches, now);
  if (id) begin_walk(tx, *id);
  return id;
}

bool set_immutability_policy(db::Tx& tx, std::int64_t policy_id, const std::string& pattern, bool matches) {
  static const db::Query kTaken{"immutability.taken", R"(
    SELECT 1 FROM immutability_policy p JOIN immutability_policy o ON o.namespace_id = p.namespace_id
       AND COALESCE(o.repository_id, 0) = COALESCE(p.repository_id, 0) AND o.pattern = $2 AND o.id <> p.id
     WHERE p.id = $1)"};
  static const db::Query kSet{"immutability.set",
                              "UPDATE immutability_policy SET pattern = $2, matches = $3 WHERE id = $1"};
  if (tx.one<std::int64_t>(kTaken, policy_id, pattern)) return false;
  tx.run(kSet, policy_id, pattern, matches);
  begin_walk(tx, policy_id);
  return true;
}

void delete_immutability_policy(db::Tx& tx, std::int64_t policy_id) {
  static const db::Query kDelete{"immutability.delete", "DELETE FROM immutability_policy WHERE id = $1"};
  tx.run(kDelete, policy_id);
}

RepoName policy_owner_name(db::Tx& tx, const ImmutabilityPolicy& policy) {
  static const db::Query kOwner{"immutability.owner", R"(
    SELECT n.name, COALESCE(r.name, '') FROM account n LEFT JOIN repository r ON r.id = $2 WHERE n.id = $1)"};
  auto owner = tx.get<Owner>(kOwner, policy.namespace_id, policy.repository_id);
  return {std::move(owner.ns), std::move(owner.name)};
}

std::optional<ImmutabilityWalk> lock_immutability_walk(db::Tx& tx, std::int64_t policy_id) {
  static const db::Query kWalk{
      "immutability.walk", "SELECT policy_id, repository_id, name, marked FROM immutability_walk WHERE policy_id = $1"};
  static const db::Query kPolicy{"immutability.get", WHARF_POLICY_COLUMNS " WHERE id = $1"};
  tx.lock("immutability walk " + std::to_string(policy_id));
  auto policy = tx.one<ImmutabilityPolicy>(kPolicy, policy_id);
  auto walk = tx.one<Walk>(kWalk, policy_id);
  if (!policy || !walk) return std::nullopt;
  return ImmutabilityWalk{std::move(*policy), walk->repository_id, std::move(walk->name), walk->marked};
}

std::vector<std::int64_t> list_immutability_walks(db::Tx& tx, int limit) {
  static const db::Query kList{"immutability.walks",
                               "SELECT policy_id FROM immutability_walk ORDER BY policy_id LIMIT $1"};
  return tx.all<std::int64_t>(kList, limit);
}

void set_immutability_walk(db::Tx& tx, const ImmutabilityWalk& walk) {
  static const db::Query kSet{"immutability.set_walk", R"(
    UPDATE immutability_walk SET repository_id = $2, name = $3, marked = $4 WHERE policy_id = $1)"};
  tx.run(kSet, walk.policy.id, walk.repository_id, walk.name, walk.marked);
}

void end_immutability_walk(db::Tx& tx, std::int64_t policy_id) {
  static const db::Query kEnd{"immutability.end_walk", "DELETE FROM immutability_walk WHERE policy_id = $1"};
  tx.run(kEnd, policy_id);
}

std::optional<std::int64_t> next_repository(db::Tx& tx, std::int64_t namespace_id, std::int64_t from_id) {
  static const db::Query kNext{"immutability.next_repository", R"(
    SELECT id FROM repository WHERE namespace_id = $1 AND id >= $2 AND deleted_ms IS NULL ORDER BY id LIMIT 1)"};
  return tx.one<std::int64_t>(kNext, namespace_id, from_id);
}

std::vector<MutableTag> list_tags_to_judge(db::Tx& tx, std::int64_t repository_id, std::string_view last, int limit,
                                           Millis now) {
  static const db::Query kList{"immutability.tags", R"(
    SELECT id, name, immutable FROM tag
     WHERE repository_id = $1 AND name > $2 AND end_ms > $3 AND NOT hidden ORDER BY name LIMIT $4)"};
  // Hidden names start with '$', which sorts before every name a tag can have.
  return tx.all<MutableTag>(kList, repository_id, last.empty() ? std::string_view("/") : last, now, limit);
}

std::int64_t make_immutable(db::Tx& tx, const std::vector<std::int64_t>& tag_ids, bool keeps_end, Millis now) {
  static const db::Query kMake{"immutability.make", R"(
    UPDATE tag SET immutable = TRUE, end_ms = CASE WHEN $11 THEN end_ms ELSE $13 END
     WHERE id IN )" WHARF_TEN_IDS R"( AND end_ms > $12 AND NOT immutable)"};
  std::int64_t made = 0;
  // The last statement is filled up with its first id again: one prepared statement for every count.
  for (std::size_t at = 0; at < tag_ids.size(); at += kIdsAStatement) {
    const auto id = [&](std::size_t i) { return at + i < tag_ids.size() ? tag_ids[at + i] : tag_ids[at]; };
    made +=
        tx.run(kMake, id(0), id(1), id(2), id(3), id(4), id(5), id(6), id(7), id(8), id(9), keeps_end, now, kForever);
  }
  return made;
}

}  // namespace wharf::store
