#include "api/prototype.h"

#include "service/prototype.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct PrototypesPath {
  std::string orgname;
};
BOOST_DESCRIBE_STRUCT(PrototypesPath, (), (orgname))

awaitable<Result<service::Prototypes>> list_prototypes(Call& call, PrototypesPath in) {
  co_return co_await call.services.prototypes.list(call.who, std::move(in.orgname));
}

/// Who gets the role.
struct Delegate {
  std::string name;
  service::DelegateKind kind = service::DelegateKind::user;
};
BOOST_DESCRIBE_STRUCT(Delegate, (), (name, kind))

/// Only for what this user or robot makes.
struct ActivatingUser {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(ActivatingUser, (), (name))

struct CreatePrototype {
  service::Role role = service::Role::read;
  Delegate delegate;
  std::optional<json::Nullable<ActivatingUser>> activating_user;
};
BOOST_DESCRIBE_STRUCT(CreatePrototype, (), (role, delegate, activating_user))

awaitable<Result<service::PrototypeView>> create_prototype(Call& call, PrototypesPath in,
                                                           Result<CreatePrototype> body) {
  if (!body) co_return body.error();  // on organizations the body is judged first
  service::NewPrototype wanted{
      .role = body->role, .delegate = std::move(body->delegate.name), .delegate_kind = body->delegate.kind};
  if (body->activating_user && *body->activating_user) wanted.activating_user = (*body->activating_user)->name;
  co_return co_await call.services.prototypes.create(call.who, std::move(in.orgname), std::move(wanted));
}

struct ChangePrototype {
  std::string orgname;      // path
  std::string prototypeid;  // path
  service::Role role = service::Role::read;
};
BOOST_DESCRIBE_STRUCT(ChangePrototype, (), (orgname, prototypeid, role))

awaitable<Result<service::PrototypeView>> change_prototype(Call& call, ChangePrototype in) {
  co_return co_await call.services.prototypes.change(call.who, std::move(in.orgname), std::move(in.prototypeid),
                                                     in.role);
}

struct PrototypePath {
  std::string orgname;
  std::string prototypeid;
};
BOOST_DESCRIBE_STRUCT(PrototypePath, (), (orgname, prototypeid))

awaitable<Result<http::Nothing>> delete_prototype(Call& call, PrototypePath in) {
  auto done = co_await call.services.prototypes.remove(call.who, std::move(in.orgname), std::move(in.prototypeid));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

constexpr std::string_view kAll = "/api/v1/organization/{orgname}/prototypes";
constexpr std::string_view kOne = "/api/v1/organization/{orgname}/prototypes/{prototypeid}";

}  // namespace

void add_prototype_operations(service::OperationTable& table) {
  table.add({.id = "getOrganizationPrototypePermissions",
             .verb = Verb::get,
             .path = kAll,
             .scope = Scope::org_admin,
             .summary = "Roles that new repositories of an organization get.",
             .tag = "Default permissions",
             .errors = {401, 403, 404}},
            list_prototypes);
  table.add({.id = "createOrganizationPrototypePermission",
             .verb = Verb::post,
             .path = kAll,
             .scope = Scope::org_admin,
             .summary = "Gives a user, a robot or a team a role on every new repository, or on those that one makes.",
             .tag = "Default permissions",
             .errors = {400, 401, 403, 404, 415}},
            create_prototype);
  table.add({.id = "updateOrganizationPrototypePermission",
             .verb = Verb::put,
             .path = kOne,
             .scope = Scope::org_admin,
             .summary = "Changes the role of a default permission.",
             .tag = "Default permissions",
             .errors = {400, 401, 403, 404, 415}},
            change_prototype);
  table.add({.id = "deleteOrganizationPrototypePermission",
             .verb = Verb::delete_,
             .path = kOne,
             .scope = Scope::org_admin,
             .summary = "Deletes a default permission; repositories keep the roles that they got.",
             .tag = "Default permissions",
             .status = 204,
             .errors = {401, 403, 404}},
            delete_prototype);
}

}  // namespace wharf::api
