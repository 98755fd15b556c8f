#include "api/immutability.h"

#include "service/immutability.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;
using service::ImmutabilityPolicyView;
using service::PolicyOwner;
using service::WantedImmutabilityPolicy;

struct OrganizationPath {
  std::string orgname;
  PolicyOwner owner() const { return {RepoName{orgname, ""}}; }
};
BOOST_DESCRIBE_STRUCT(OrganizationPath, (), (orgname))

struct RepositoryPath {
  RepoName repository;
  PolicyOwner owner() const { return {repository}; }
};
BOOST_DESCRIBE_STRUCT(RepositoryPath, (), (repository))

struct OrganizationPolicyPath {
  std::string orgname;
  std::string policy_uuid;
  PolicyOwner owner() const { return {RepoName{orgname, ""}}; }
};
BOOST_DESCRIBE_STRUCT(OrganizationPolicyPath, (), (orgname, policy_uuid))

struct RepositoryPolicyPath {
  RepoName repository;
  std::string policy_uuid;
  PolicyOwner owner() const { return {repository}; }
};
BOOST_DESCRIBE_STRUCT(RepositoryPolicyPath, (), (repository, policy_uuid))

struct PolicyList {
  std::vector<ImmutabilityPolicyView> policies;
};
BOOST_DESCRIBE_STRUCT(PolicyList, (), (policies))

struct PolicyId {
  std::string uuid;
};
BOOST_DESCRIBE_STRUCT(PolicyId, (), (uuid))

template <class Path>
awaitable<Result<PolicyList>> list_policies(Call& call, Path in) {
  auto found = co_await call.services.immutability.list(call.who, in.owner());
  if (!found) co_return found.error();
  PolicyList list;
  list.policies = std::move(*found);
  co_return list;
}

template <class Path>
awaitable<Result<ImmutabilityPolicyView>> get_policy(Call& call, Path in) {
  co_return co_await call.services.immutability.get(call.who, in.owner(), in.policy_uuid);
}

template <class Path>
awaitable<Result<PolicyId>> create_policy(Call& call, Path in, Result<WantedImmutabilityPolicy> body) {
  // Of organizations the body is judged first, as in Quay.
  if (!body && !in.owner().is_repository()) co_return body.error();
  auto made = co_await call.services.immutability.create(call.who, in.owner(), std::move(body));
  if (!made) co_return made.error();
  PolicyId id;
  id.uuid = std::move(*made);
  co_return id;
}

template <class Path>
awaitable<Result<http::Nothing>> change_policy(Call& call, Path in, Result<WantedImmutabilityPolicy> body) {
  if (!body && !in.owner().is_repository()) co_return body.error();
  auto done = co_await call.services.immutability.change(call.who, in.owner(), in.policy_uuid, std::move(body));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

template <class Path>
awaitable<Result<PolicyId>> delete_policy(Call& call, Path in) {
  auto done = co_await call.services.immutability.remove(call.who, in.owner(), in.policy_uuid);
  if (!done) co_return done.error();
  PolicyId id;
  id.uuid = std::move(in.policy_uuid);
  co_return id;
}

constexpr std::string_view kOfOrganization = "/api/v1/organization/{orgname}/immutabilitypolicy/";
constexpr std::string_view kOneOfOrganization = "/api/v1/organization/{orgname}/immutabilitypolicy/{policy_uuid}";
constexpr std::string_view kOfRepository = "/api/v1/repository/{repository}/immutabilitypolicy/";
constexpr std::string_view kOneOfRepository = "/api/v1/repository/{repository}/immutabilitypolicy/{policy_uuid}";

/// What all of these operations share.
http::Operation operation(std::string_view id, Verb verb, std::string_view path, std::string_view summary) {
  const bool of_repository = path.starts_with("/api/v1/repository");
  http::Operation row{.id = id, .verb = verb, .path = path, .summary = summary, .tag = "Immutability"};
  row.scope = of_repository ? Scope::repo_admin : Scope::org_admin;
  row.errors = {401, 403, 404};
  if (verb == Verb::post || verb == Verb::put) row.errors = {400, 401, 403, 404, 415};
  if (verb == Verb::post) row.status = 201;
  if (verb == Verb::put) row.status = 204;
  row.features = {"IMMUTABLE_TAGS"};
  return row;
}

void add_of_organizations(service::OperationTable& table) {
  table.add(operation("listOrgImmutabilityPolicies", Verb::get, kOfOrganization,
                      "Policies by which tags in an organization are immutable."),
            list_policies<OrganizationPath>);
  table.add(operation("createOrgImmutabilityPolicy", Verb::post, kOfOrganization,
                      "Makes the tags of a pattern immutable in every repository of an organization."),
            create_policy<OrganizationPath>);
  table.add(operation("getOrgImmutabilityPolicy", Verb::get, kOneOfOrganization,
                      "One policy by which tags in an organization are immutable."),
            get_policy<OrganizationPolicyPath>);
  table.add(operation("updateOrgImmutabilityPolicy", Verb::put, kOneOfOrganization,
                      "Changes a policy of an organization, and applies it."),
            change_policy<OrganizationPolicyPath>);
  table.add(operation("deleteOrgImmutabilityPolicy", Verb::delete_, kOneOfOrganization,
                      "Deletes a policy of an organization; tags that are immutable stay so."),
            delete_policy<OrganizationPolicyPath>);
}

}  // namespace

void add_immutability_operations(service::OperationTable& table) {
  add_of_organizations(table);
  table.add(operation("listRepositoryImmutabilityPolicies", Verb::get, kOfRepository,
                      "Policies by which tags in a repository are immutable, without those of its organization."),
            list_policies<RepositoryPath>);
  table.add(operation("createRepositoryImmutabilityPolicy", Verb::post, kOfRepository,
                      "Makes the tags of a pattern immutable in a repository."),
            create_policy<RepositoryPath>);
  table.add(operation("getRepositoryImmutabilityPolicy", Verb::get, kOneOfRepository,
                      "One policy by which tags in a repository are immutable."),
            get_policy<RepositoryPolicyPath>);
  table.add(operation("updateRepositoryImmutabilityPolicy", Verb::put, kOneOfRepository,
                      "Changes a policy of a repository, and applies it."),
            change_policy<RepositoryPolicyPath>);
  table.add(operation("deleteRepositoryImmutabilityPolicy", Verb::delete_, kOneOfRepository,
                      "Deletes a policy of a repository; tags that are immutable stay so."),
            delete_policy<RepositoryPolicyPath>);
}

}  // namespace wharf::api
