#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/names.h"
#include "db/database.h"

namespace wharf::store {

/// Tags of a pattern, or all others, that cannot be moved or deleted.
struct ImmutabilityPolicy {
  std::int64_t id = 0;
  std::string uuid;
  std::int64_t namespace_id = 0;
  std::optional<std::int64_t> repository_id;  ///< None: of every repository of the namespace.
  std::string pattern;
  bool matches = true;  ///< False: the tags that the pattern does not match.
};
BOOST_DESCRIBE_STRUCT(ImmutabilityPolicy, (), (id, uuid, namespace_id, repository_id, pattern, matches))

/// Where a policy is kept: with a namespace, or with one repository of it.
struct PolicyPlace {
  std::int64_t namespace_id = 0;
  std::int64_t repository_id = 0;  ///< 0: with the namespace.
};

/// Oldest first.
std::vector<ImmutabilityPolicy> list_immutability_policies(db::Tx& tx, PolicyPlace place);
std::optional<ImmutabilityPolicy> find_immutability_policy(db::Tx& tx, PolicyPlace place, std::string_view uuid);
/// Every policy that rules the tags of a repository: the repository's own, then the namespace's.
std::vector<ImmutabilityPolicy> ruling_immutability_policies(db::Tx& tx, PolicyPlace repository);

/// Keeps the policies of a namespace and of its repositories as they are until the transaction ends. Take it before
/// they are read for a new tag: a policy that is made meanwhile then comes after the tag, and finds it.
void hold_immutability_policies(db::Tx& tx, std::int64_t namespace_id);
/// Waits for everybody who holds them, and keeps others from it until the transaction ends. Take it before a change.
void lock_immutability_policies(db::Tx& tx, std::int64_t namespace_id);

struct NewImmutabilityPolicy {
  std::string uuid;
  PolicyPlace place;
  std::string pattern;
  bool matches = true;
};
/// With a walk over the tags that are there. Nothing when its place has one of that pattern.
std::optional<std::int64_t> add_immutability_policy(db::Tx& tx, const NewImmutabilityPolicy& policy, Millis now);
/// Begins the walk anew. False when its place has another of that pattern.
bool set_immutability_policy(db::Tx& tx, std::int64_t policy_id, const std::string& pattern, bool matches);
void delete_immutability_policy(db::Tx& tx, std::int64_t policy_id);
/// Whose it is: "acme/app", or "acme/" for an organization's own.
RepoName policy_owner_name(db::Tx& tx, const ImmutabilityPolicy& policy);

/// How far a policy has been applied to the tags that are there.
struct ImmutabilityWalk {
  ImmutabilityPolicy policy;
  std::int64_t repository_id = 0;
  std::string name;
  std::int64_t marked = 0;
};
/// The walk of a policy, if it has not come to its end; no other transaction goes on with it until this one ends.
std::optional<ImmutabilityWalk> lock_immutability_walk(db::Tx& tx, std::int64_t policy_id);
/// Policies that have not been applied to everything, at most `limit`.
std::vector<std::int64_t> list_immutability_walks(db::Tx& tx, int limit);
void set_immutability_walk(db::Tx& tx, const ImmutabilityWalk& walk);
void end_immutability_walk(db::Tx& tx, std::int64_t policy_id);

/// The first repository of the namespace whose id is at least `from_id`.
std::optional<std::int64_t> next_repository(db::Tx& tx, std::int64_t namespace_id, std::int64_t from_id);

/// A live tag as a policy looks at it.
struct MutableTag {
  std::int64_t id = 0;
  std::string name;
  bool immutable = false;
};
BOOST_DESCRIBE_STRUCT(MutableTag, (), (id, name, immutable))
/// Live tags of a repository after `last`, by name, at most `limit`.
std::vector<MutableTag> list_tags_to_judge(db::Tx& tx, std::int64_t repository_id, std::string_view last, int limit,
                                           Millis now);
/// Makes those of these tags immutable that live still, without an end unless `keeps_end`. Answers how many it changed.
std::int64_t make_immutable(db::Tx& tx, const std::vector<std::int64_t>& tag_ids, bool keeps_end, Millis now);

}  // namespace wharf::store
