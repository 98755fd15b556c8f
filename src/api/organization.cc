#include "api/organization.h"

#include "service/organization.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct CreateOrganization {
  std::string name;
  std::optional<json::Nullable<std::string>> email;
  std::optional<json::Nullable<std::string>> contact_email;  // wins over email
};
BOOST_DESCRIBE_STRUCT(CreateOrganization, (), (name, email, contact_email))

awaitable<Result<std::string>> create_organization(Call& call, CreateOrganization in) {
  const auto& chosen = in.contact_email ? in.contact_email : in.email;
  std::optional<std::string> email;
  if (chosen && *chosen) email = **chosen;
  auto made = co_await call.services.organizations.create(call.who, std::move(in.name), std::move(email));
  if (!made) co_return made.error();
  co_return std::string("Created");
}

struct OrganizationName {
  std::string orgname;
};
BOOST_DESCRIBE_STRUCT(OrganizationName, (), (orgname))

awaitable<Result<service::OrganizationView>> get_organization(Call& call, OrganizationName in) {
  co_return co_await call.services.organizations.view(call.who, std::move(in.orgname));
}

awaitable<Result<http::Nothing>> delete_organization(Call& call, OrganizationName in) {
  auto done = co_await call.services.organizations.remove(call.who, std::move(in.orgname));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

awaitable<Result<service::OrganizationMembers>> get_members(Call& call, OrganizationName in) {
  co_return co_await call.services.organizations.members(call.who, std::move(in.orgname));
}

}  // namespace

void add_organization_operations(service::OperationTable& table) {
  table.add({.id = "createOrganization",
             .verb = Verb::post,
             .path = "/api/v1/organization/",
             .scope = Scope::user_admin,
             .summary = "Makes an organization with the caller as its owner.",
             .tag = "Organizations",
             .status = 201,
             .errors = {400, 401, 403, 415}},
            create_organization);
  table.add({.id = "getOrganization",
             .verb = Verb::get,
             .path = "/api/v1/organization/{orgname}",
             .summary = "An organization, as far as the caller may see it.",
             .tag = "Organizations",
             .errors = {401, 404},
             .anonymous = true},
            get_organization);
  table.add({.id = "deleteAdminedOrganization",
             .verb = Verb::delete_,
             .path = "/api/v1/organization/{orgname}",
             .scope = Scope::org_admin,
             .summary = "Deletes an organization with its repositories, teams and robots.",
             .tag = "Organizations",
             .status = 204,
             .errors = {401, 403, 404}},
            delete_organization);
  table.add({.id = "getOrganizationMembers",
             .verb = Verb::get,
             .path = "/api/v1/organization/{orgname}/members",
             .scope = Scope::org_admin,
             .summary = "The people in an organization's teams.",
             .tag = "Organizations",
             .errors = {401, 403, 404}},
            get_members);
}

}  // namespace wharf::api
