#include "service/immutability.h"

#include "auth/access.h"
#include "base/clock.h"
#include "base/random.h"
#include "service/audit.h"
#include "service/organization.h"
#include "service/tag_pattern.h"
#include "store/immutability.h"

namespace wharf::service {
namespace {

constexpr int kTagsAStep = 1000;
constexpr int kRepositoriesAStep = 200;
constexpr int kWalksARound = 100;
constexpr int kMostPolicies = 100;

Error not_found() { return {Errc::not_found, "Not Found"}; }
Error taken() { return {Errc::invalid_request, "A policy with this tagPattern exists already"}; }

/// Where the owner's policies are kept, to those who administer it, or only look.
Result<store::PolicyPlace> find_place(db::Tx& tx, const auth::Principal& who, const PolicyOwner& owner, bool looking) {
  if (!owner.is_repository()) {
    const auto access = require_organization_admin(tx, who, owner.name.ns, looking);
    if (!access) return access.error();
    return store::PolicyPlace{access->row().namespace_id, 0};
  }
  const auto access = auth::Access::find(tx, who, owner.name);
  if (!access.may(auth::Action::admin) && !(looking && access.looks_on())) return auth::refusal(who);
  if (!access.repository_exists()) return Error{Errc::repo_unknown, "Not Found"};
  return store::PolicyPlace{access.row().namespace_id, access.repository_id()};
}

Result<store::ImmutabilityPolicy> find_policy(db::Tx& tx, store::PolicyPlace place, const std::string& uuid) {
  // A policy's id is a UUID: nothing else is looked for.
  auto policy = is_namespace_segment(uuid) ? store::find_immutability_policy(tx, place, uuid) : std::nullopt;
  if (!policy) return not_found();
  return *policy;
}

ImmutabilityPolicyView view_of(const store::ImmutabilityPolicy& policy) {
  return {policy.uuid, policy.pattern, policy.matches};
}

json::Object told(const PolicyOwner& owner, const std::string& pattern, bool matches) {
  json::Object metadata{{"namespace", owner.name.ns}, {"tag_pattern", pattern}, {"tag_pattern_matches", matches}};
  if (owner.is_repository()) metadata["repo"] = owner.name.name;
  return metadata;
}

/// Marks what the policy rules among the next tags of the repository where the walk is. Answers how many it looked at;
/// fewer than `limit` when that was the repository's end.
int judge_tags(db::Tx& tx, store::ImmutabilityWalk& walk, const TagPattern& pattern, int limit, bool keeps_end) {
  const auto now = now_ms();
  const auto tags = store::list_tags_to_judge(tx, walk.repository_id, walk.name, limit, now);
  std::vector<std::int64_t> ruled;
  for (const auto& tag : tags) {
    if (!tag.immutable && pattern.matches_whole(tag.name) == walk.policy.matches) ruled.push_back(tag.id);
  }
  if (!ruled.empty()) walk.marked += store::make_immutable(tx, ruled, keeps_end, now);
  if (!tags.empty()) walk.name = tags.back().name;
  return static_cast<int>(tags.size());
}

/// One transaction's part of a walk. Answers whether there is more to do.
bool step(db::Tx& tx, const auth::Principal& who, std::int64_t policy_id, bool keeps_end) {
  auto walk = store::lock_immutability_walk(tx, policy_id);
  if (!walk) return false;
  const auto& policy = walk->policy;
  const auto pattern = TagPattern::compile(policy.pattern);
  bool more = pattern.has_value();
  int left = kTagsAStep;
  for (int repositories = 0; more && left > 0 && repositories < kRepositoriesAStep; ++repositories) {
    const auto from = policy.repository_id.value_or(walk->repository_id);
    const auto repository_id =
        policy.repository_id ? policy.repository_id : store::next_repository(tx, policy.namespace_id, from);
    if (!repository_id) {
      more = false;
      break;
    }
    if (*repository_id != walk->repository_id) walk->name.clear();
    walk->repository_id = *repository_id;
    const auto looked_at = judge_tags(tx, *walk, *pattern, left, keeps_end);
    if (looked_at < left) {
      // To the next one.
      walk->repository_id += policy.repository_id ? 0 : 1;
      walk->name.clear();
      more = !policy.repository_id;
    }
    left -= looked_at;
  }
  if (more) {
    store::set_immutability_walk(tx, *walk);
    return true;
  }
  store::end_immutability_walk(tx, policy_id);
  if (walk->marked > 0) {
    json::Object metadata{
        {"tag_pattern", policy.pattern}, {"tag_pattern_matches", policy.matches}, {"count", walk->marked}};
    const auto name = store::policy_owner_name(tx, policy);
    metadata["namespace"] = name.ns;
    if (!name.name.empty()) metadata["repo"] = name.name;
    audit(tx, who, "tags_made_immutable_by_policy", {policy.namespace_id, policy.repository_id.value_or(0)},
          std::move(metadata));
  }
  return false;
}

}  // namespace

awaitable<Result<std::vector<ImmutabilityPolicyView>>> ImmutabilityService::list(auth::Principal who,
                                                                                 PolicyOwner owner) {
  auto read = [=](db::Tx& tx) -> Result<std::vector<ImmutabilityPolicyView>> {
    const auto place = find_place(tx, who, owner, true);
    if (!place) return place.error();
    std::vector<ImmutabilityPolicyView> policies;
    for (const auto& policy : store::list_immutability_policies(tx, *place)) policies.push_back(view_of(policy));
    return policies;
  };
  co_return co_await tools_.db.read(std::move(read));
}

awaitable<Result<ImmutabilityPolicyView>> ImmutabilityService::get(auth::Principal who, PolicyOwner owner,
                                                                   std::string uuid) {
  auto read = [=](db::Tx& tx) -> Result<ImmutabilityPolicyView> {
    const auto place = find_place(tx, who, owner, true);
    if (!place) return place.error();
    const auto policy = find_policy(tx, *place, uuid);
    if (!policy) return policy.error();
    return view_of(*policy);
  };
  co_return co_await tools_.db.read(std::move(read));
}

awaitable<Result<std::string>> ImmutabilityService::create(auth::Principal who, PolicyOwner owner,
                                                           Result<WantedImmutabilityPolicy> wanted) {
  struct Made {
    std::int64_t id = 0;
    std::string uuid;
  };
  auto write = [=](db::Tx& tx) -> Result<Made> {
    const auto place = find_place(tx, who, owner, false);
    if (!place) return place.error();
    if (!wanted) return wanted.error();
    const auto pattern = TagPattern::compile(wanted->tagPattern);
    if (!pattern) return pattern.error();
    store::lock_immutability_policies(tx, place->namespace_id);
    const auto there = store::list_immutability_policies(tx, *place);
    if (std::ssize(there) >= kMostPolicies) {
      return Error{Errc::invalid_request, "There can be no more than 100 policies in one place"};
    }
    const bool matches = wanted->tagPatternMatches.value_or(true);
    const auto uuid = random_uuid();
    const auto id = store::add_immutability_policy(tx, {uuid, *place, pattern->text(), matches}, now_ms());
    if (!id) return taken();
    audit(tx, who, "create_immutability_policy", {place->namespace_id, place->repository_id},
          told(owner, pattern->text(), matches));
    return Made{*id, uuid};
  };
  const auto made = co_await tools_.db.write(std::move(write));
  if (!made) co_return made.error();
  co_await walk(who, made->id);
  co_return made->uuid;
}

awaitable<Result<bool>> ImmutabilityService::change(auth::Principal who, PolicyOwner owner, std::string uuid,
                                                    Result<WantedImmutabilityPolicy> wanted) {
  auto write = [=](db::Tx& tx) -> Result<std::int64_t> {
    const auto place = find_place(tx, who, owner, false);
    if (!place) return place.error();
    if (!wanted) return wanted.error();
    const auto pattern = TagPattern::compile(wanted->tagPattern);
    if (!pattern) return pattern.error();
    store::lock_immutability_policies(tx, place->namespace_id);
    const auto policy = find_policy(tx, *place, uuid);
    if (!policy) return policy.error();
    const bool matches = wanted->tagPatternMatches.value_or(true);
    if (!store::set_immutability_policy(tx, policy->id, pattern->text(), matches)) return taken();
    audit(tx, who, "update_immutability_policy", {place->namespace_id, place->repository_id},
          told(owner, pattern->text(), matches));
    return policy->id;
  };
  const auto changed = co_await tools_.db.write(std::move(write));
  if (!changed) co_return changed.error();
  co_await walk(who, *changed);
  co_return true;
}

awaitable<Result<bool>> ImmutabilityService::remove(auth::Principal who, PolicyOwner owner, std::string uuid) {
  auto write = [=](db::Tx& tx) -> Result<bool> {
    const auto place = find_place(tx, who, owner, false);
    if (!place) return place.error();
    store::lock_immutability_policies(tx, place->namespace_id);
    const auto policy = find_policy(tx, *place, uuid);
    if (!policy) return policy.error();
    store::delete_immutability_policy(tx, policy->id);
    audit(tx, who, "delete_immutability_policy", {place->namespace_id, place->repository_id},
          told(owner, policy->pattern, policy->matches));
    return true;
  };
  co_return co_await tools_.db.write(std::move(write));
}

awaitable<void> ImmutabilityService::finish_walks() {
  auto read = [](db::Tx& tx) { return store::list_immutability_walks(tx, kWalksARound); };
  const auto walks = co_await tools_.db.read(std::move(read));
  const auth::Principal server;
  for (const auto policy_id : walks) {
    if (stopping_) co_return;
    co_await walk(server, policy_id);
  }
}

awaitable<void> ImmutabilityService::walk(auth::Principal who, std::int64_t policy_id) {
  const bool keeps_end = tools_.settings.features.immutable_tags_can_expire;
  for (bool more = true; more && !stopping_;) {
    auto write = [=](db::Tx& tx) { return step(tx, who, policy_id, keeps_end); };
    more = co_await tools_.db.write(std::move(write));
  }
}

}  // namespace wharf::service
