#pragma once
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/async.h"
#include "base/error.h"
#include "base/names.h"
#include "service/tools.h"

namespace wharf::service {

/// Of whom policies are: of an organization, or of one repository.
struct PolicyOwner {
  RepoName name;  ///< Without `name.name` for an organization.
  bool is_repository() const { return !name.name.empty(); }
};

struct ImmutabilityPolicyView {
  std::string uuid;
  std::string tagPattern;
  bool tagPatternMatches = true;
};
BOOST_DESCRIBE_STRUCT(ImmutabilityPolicyView, (), (uuid, tagPattern, tagPatternMatches))

struct WantedImmutabilityPolicy {
  std::string tagPattern;                 ///< A regular expression that whole names are held against.
  std::optional<bool> tagPatternMatches;  ///< False: the tags that it does not match. None: true.
};
BOOST_DESCRIBE_STRUCT(WantedImmutabilityPolicy, (), (tagPattern, tagPatternMatches))

/// Policies by which tags are immutable. Source: Quay, "immutability_policy".
///
/// A policy that is made or changed is applied to the tags that are there, so many a transaction that no push waits for
/// all of them; how far that has come is in the database, so that it is finished whatever happens to the server. Tags
/// that are made meanwhile ask the policies themselves (service/tag_rules.h). That a policy goes changes no tag.
///
/// Errors of all: refusal to who does not administer the owner (looking is open to a global read-only superuser),
/// not_found for an unknown owner or policy.
class ImmutabilityService {
 public:
  explicit ImmutabilityService(const Tools& tools) : tools_(tools) {}

  awaitable<Result<std::vector<ImmutabilityPolicyView>>> list(auth::Principal who, PolicyOwner owner);
  awaitable<Result<ImmutabilityPolicyView>> get(auth::Principal who, PolicyOwner owner, std::string uuid);

  /// Answers its uuid, when it has been applied. Errors: invalid_request for a pattern that is wrong or there already,
  /// and when there are 100.
  awaitable<Result<std::string>> create(auth::Principal who, PolicyOwner owner,
                                        Result<WantedImmutabilityPolicy> wanted);
  /// The same for one that is there.
  awaitable<Result<bool>> change(auth::Principal who, PolicyOwner owner, std::string uuid,
                                 Result<WantedImmutabilityPolicy> wanted);
  awaitable<Result<bool>> remove(auth::Principal who, PolicyOwner owner, std::string uuid);

  /// Goes on with policies that were not applied to the end, as the server that did so stopped.
  awaitable<void> finish_walks();
  /// Ends walks after their step: the next start goes on with them. From any thread.
  void stop() { stopping_ = true; }

 private:
  awaitable<void> walk(auth::Principal who, std::int64_t policy_id);

  const Tools tools_;
  std::atomic<bool> stopping_{false};
};

}  // namespace wharf::service
