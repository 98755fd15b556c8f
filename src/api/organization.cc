#include "api/organization.h"

#include "service/organization.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

struct CreateOrganization {
  std::string name;
  std::optional<json::Nullable<std::string>> email;
  std::optional<json::Nullable<std::string>> contact_email;  // wins over email
};
BOOST_DESCRIBE_STRUCT(CreateOrganization, (), (name, email, contact_email))

Result<service::NewOrganization> wanted_of(const Result<CreateOrganization>& body) {
  if (!body) return body.error();
  const auto& chosen = body->contact_email ? body->contact_email : body->email;
  service::NewOrganization wanted{.name = body->name};
  if (chosen && *chosen) wanted.email = **chosen;
  return wanted;
}

awaitable<Result<std::string>> create_organization(Call& call, NoParameters, Result<CreateOrganization> body) {
  auto made = co_await call.services.organizations.create(call.who, wanted_of(body));
  if (!made) co_return made.error();
  co_return std::string("Created");
}

struct ChangeOrganization {
  std::string orgname;                                               // path
  std::optional<json::Nullable<std::string>> email;                  // "" and null: none
  std::optional<json::Nullable<std::string>> contact_email;          // wins over email
  std::optional<bool> invoice_email;                                 // invoices go by mail
  std::optional<json::Nullable<std::string>> invoice_email_address;  // to this address
  std::optional<std::int64_t> tag_expiration_s;                      // one of TAG_EXPIRATION_OPTIONS
};
BOOST_DESCRIBE_STRUCT(ChangeOrganization, (),
                      (orgname, email, contact_email, invoice_email, invoice_email_address, tag_expiration_s))

awaitable<Result<service::OrganizationView>> change_organization(Call& call, ChangeOrganization in) {
  const auto& chosen = in.contact_email ? in.contact_email : in.email;
  service::OrganizationChange wanted;
  if (chosen) wanted.email = chosen->value_or("");
  wanted.invoice_email = in.invoice_email;
  wanted.invoice_email_address = std::move(in.invoice_email_address);
  wanted.tag_expiration_s = in.tag_expiration_s;
  co_return co_await call.services.organizations.change(call.who, std::move(in.orgname), std::move(wanted));
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

awaitable<Result<service::Collaborators>> get_collaborators(Call& call, OrganizationName in) {
  co_return co_await call.services.organizations.collaborators(call.who, std::move(in.orgname));
}

struct OrganizationMemberPath {
  std::string orgname;
  std::string membername;
};
BOOST_DESCRIBE_STRUCT(OrganizationMemberPath, (), (orgname, membername))

awaitable<Result<service::OrganizationMember>> get_member(Call& call, OrganizationMemberPath in) {
  co_return co_await call.services.organizations.member(call.who, std::move(in.orgname), std::move(in.membername));
}

awaitable<Result<http::Nothing>> remove_member(Call& call, OrganizationMemberPath in) {
  auto done =
      co_await call.services.organizations.remove_member(call.who, std::move(in.orgname), std::move(in.membername));
  if (!done) co_return done.error();
  co_return http::Nothing{};
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
  table.add({.id = "changeOrganizationDetails",
             .verb = Verb::put,
             .path = "/api/v1/organization/{orgname}",
             .scope = Scope::org_admin,
             .summary = "Changes an organization's addresses and how long deleted tags can be restored.",
             .tag = "Organizations",
             .errors = {400, 401, 403, 404, 415}},
            change_organization);
  table.add({.id = "deleteAdminedOrganization",
             .verb = Verb::delete_,
             .path = "/api/v1/organization/{orgname}",
             .scope = Scope::org_admin,
             .summary = "Deletes an organization with its repositories, teams and robots.",
             .tag = "Organizations",
             .status = 204,
             .errors = {401, 403, 404},
             .fresh_login = true},
            delete_organization);
  table.add({.id = "getOrganizationMembers",
             .verb = Verb::get,
             .path = "/api/v1/organization/{orgname}/members",
             .scope = Scope::org_admin,
             .summary = "The people in an organization's teams.",
             .tag = "Organizations",
             .errors = {401, 403, 404}},
            get_members);
  table.add({.id = "getOrganizationMember",
             .verb = Verb::get,
             .path = "/api/v1/organization/{orgname}/members/{membername}",
             .scope = Scope::org_admin,
             .summary = "A person in an organization's teams, or one of its robots.",
             .tag = "Organizations",
             .errors = {401, 403, 404}},
            get_member);
  table.add({.id = "removeOrganizationMember",
             .verb = Verb::delete_,
             .path = "/api/v1/organization/{orgname}/members/{membername}",
             .scope = Scope::org_admin,
             .summary = "Takes a user out of all teams, with the roles they were given by name.",
             .tag = "Organizations",
             .status = 204,
             .errors = {400, 401, 403, 404}},
            remove_member);
  table.add({.id = "getOrganizationCollaborators",
             .verb = Verb::get,
             .path = "/api/v1/organization/{orgname}/collaborators",
             .scope = Scope::org_admin,
             .summary = "People with a role on a repository who are in no team.",
             .tag = "Organizations",
             .errors = {401, 403, 404}},
            get_collaborators);
}

}  // namespace wharf::api
