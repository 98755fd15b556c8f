#include "api/superuser.h"

#include <span>
#include <utility>

#include "auth/access.h"
#include "service/superuser.h"
#include "service/user.h"

namespace wharf::api {

/// The repository's CHANGELOG.md, by the build.
std::span<const std::pair<std::string_view, std::string_view>> embedded_changelog();

namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

struct InstallUserPath {
  std::string username;
};
BOOST_DESCRIBE_STRUCT(InstallUserPath, (), (username))

awaitable<Result<service::UserRecord>> get_install_user(Call& call, InstallUserPath in) {
  co_return co_await call.services.superusers.user(call.who, std::move(in.username));
}

awaitable<Result<http::Reply<service::UserRecord>>> change_install_user(Call& call, InstallUserPath in,
                                                                        Result<service::InstallUserChange> body) {
  auto changed =
      co_await call.services.superusers.change_user(call.who, std::move(in.username), std::move(body), call.base_url);
  if (!changed) co_return changed.error();
  http::Reply<service::UserRecord> reply;
  reply.body = std::move(*changed);
  reply.headers = {{"Cache-Control", "no-store"}};
  co_return reply;
}

awaitable<Result<http::Nothing>> delete_install_user(Call& call, InstallUserPath in) {
  auto done = co_await call.services.superusers.remove_user(call.who, std::move(in.username));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

struct RecoveryMail {
  std::string email;
};
BOOST_DESCRIBE_STRUCT(RecoveryMail, (), (email))

awaitable<Result<RecoveryMail>> send_recovery(Call& call, InstallUserPath in) {
  auto email = co_await call.services.superusers.send_recovery(call.who, std::move(in.username), call.base_url);
  if (!email) co_return email.error();
  co_return RecoveryMail{std::move(*email)};
}

struct ListAllOrganizations {         // all in the query
  std::optional<std::int64_t> limit;  // 1..100 a page; none: all at once
  std::string next_page;              // of the page before
};
BOOST_DESCRIBE_STRUCT(ListAllOrganizations, (), (limit, next_page))

awaitable<Result<service::OrganizationRecords>> list_organizations(Call& call, ListAllOrganizations in) {
  co_return co_await call.services.superusers.organizations(call.who, in.limit, std::move(in.next_page));
}

struct OrganizationPath {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(OrganizationPath, (), (name))

/// Quay's body has the new name under the name of the path's parameter.
struct NewName {
  std::optional<std::string> name;
};
BOOST_DESCRIBE_STRUCT(NewName, (), (name))

awaitable<Result<service::OrganizationRecord>> rename_organization(Call& call, OrganizationPath in,
                                                                   Result<NewName> body) {
  // Without a new name nothing is changed.
  auto new_name = body ? Result<std::string>(body->name.value_or(in.name)) : Result<std::string>(body.error());
  co_return co_await call.services.superusers.rename_organization(call.who, std::move(in.name), std::move(new_name));
}

awaitable<Result<http::Nothing>> delete_organization(Call& call, OrganizationPath in) {
  auto done = co_await call.services.superusers.remove_organization(call.who, std::move(in.name));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

struct NamespacePath {
  std::string namespace_;
};
BOOST_DESCRIBE_STRUCT(NamespacePath, (), (namespace_))

awaitable<Result<NamespacePath>> take_ownership(Call& call, NamespacePath in) {
  auto done = co_await call.services.superusers.take_ownership(call.who, in.namespace_);
  if (!done) co_return done.error();
  co_return in;
}

struct ChangeLog {
  std::string log;  // Markdown
};
BOOST_DESCRIBE_STRUCT(ChangeLog, (), (log))

awaitable<Result<ChangeLog>> get_change_log(Call& call, NoParameters) {
  if (auto ok = auth::require_superuser(call.who, true); !ok) co_return ok.error();
  co_return ChangeLog{std::string(embedded_changelog().front().second)};
}

struct ConfigDump {
  json::Object config;   // by key, with what is secret masked
  json::Object warning;  // what config.yaml has and nobody knows
  json::Object env;      // the variables that were set for this server
  json::Object schema;   // what there is to configure
};
BOOST_DESCRIBE_STRUCT(ConfigDump, (), (config, warning, env, schema))

awaitable<Result<ConfigDump>> get_config(Call& call, NoParameters) {
  if (auto ok = auth::require_superuser(call.who, true); !ok) co_return ok.error();
  // As in Quay: the operation is there, but for nobody.
  if (!call.services.settings.features.superuser_configdump) co_return auth::refusal(call.who);
  co_return json::decode_text<ConfigDump>(call.services.settings.config_dump);
}

struct RegistryStatus {
  std::optional<std::string> provider_id;  // where the configuration comes from
  std::string status;                      // "ready"; "setup-incomplete" until there is a user
};
BOOST_DESCRIBE_STRUCT(RegistryStatus, (), (provider_id, status))

awaitable<Result<RegistryStatus>> get_status(Call& call, NoParameters) {
  if (call.who.anonymous() && !call.services.settings.features.anonymous_access) co_return auth::refusal(call.who);
  RegistryStatus status{.provider_id = {}, .status = "setup-incomplete"};
  const bool set_up = co_await call.services.users.has_users();
  if (set_up) {
    status.provider_id = "file";
    status.status = "ready";
  }
  co_return status;
}

void add_document_operations(service::OperationTable& table) {
  table.add({.id = "getChangeLog",
             .path = "/api/v1/superuser/changelog/",
             .scope = Scope::super_user,
             .summary = "What is new in which version, as Markdown.",
             .tag = "Superusers",
             .errors = {401, 403},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            get_change_log);
  table.add({.id = "getSuperUserConfig",
             .path = "/api/v1/superuser/config",
             .scope = Scope::super_user,
             .summary = "The configuration in force, with secrets masked.",
             .tag = "Superusers",
             .errors = {401, 403},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            get_config);
  table.add({.id = "scRegistryStatus",
             .path = "/api/v1/superuser/registrystatus",
             .summary = "Whether the registry has been set up.",
             .tag = "Superusers",
             .errors = {401},
             .anonymous = true,
             .features = {"SUPER_USERS"}},
            get_status);
}

void add_organization_operations_of_superusers(service::OperationTable& table) {
  table.add({.id = "listAllOrganizations",
             .path = "/api/v1/superuser/organizations/",
             .scope = Scope::super_user,
             .summary = "Every organization.",
             .tag = "Superusers",
             .errors = {400, 401, 403},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            list_organizations);
  table.add({.id = "changeOrganization",
             .verb = Verb::put,
             .path = "/api/v1/superuser/organizations/{name}",
             .scope = Scope::super_user,
             .summary = "Gives an organization another name.",
             .tag = "Superusers",
             .errors = {400, 401, 403, 415},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            rename_organization);
  table.add({.id = "deleteOrganization",
             .verb = Verb::delete_,
             .path = "/api/v1/superuser/organizations/{name}",
             .scope = Scope::super_user,
             .summary = "Deletes any organization with its repositories, teams and robots.",
             .tag = "Superusers",
             .status = 204,
             .errors = {401, 403, 404},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            delete_organization);
  table.add({.id = "takeOwnership",
             .verb = Verb::post,
             .path = "/api/v1/superuser/takeownership/{namespace}",
             .scope = Scope::super_user,
             .summary = "Makes the caller an admin of an organization; a user becomes one first.",
             .tag = "Superusers",
             .errors = {400, 401, 403, 404},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            take_ownership);
}

}  // namespace

void add_superuser_operations(service::OperationTable& table) {
  table.add({.id = "getInstallUser",
             .path = "/api/v1/superuser/users/{username}",
             .scope = Scope::super_user,
             .summary = "Any user, as superusers see them.",
             .tag = "Superusers",
             .errors = {401, 403, 404},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            get_install_user);
  table.add({.id = "changeInstallUser",
             .verb = Verb::put,
             .path = "/api/v1/superuser/users/{username}",
             .scope = Scope::super_user,
             .summary = "Changes a user's password or address, disables them, makes them a superuser.",
             .tag = "Superusers",
             .errors = {400, 401, 403, 404, 415},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            change_install_user);
  table.add({.id = "deleteInstallUser",
             .verb = Verb::delete_,
             .path = "/api/v1/superuser/users/{username}",
             .scope = Scope::super_user,
             .summary = "Deletes a user with all they own.",
             .tag = "Superusers",
             .status = 204,
             .errors = {400, 401, 403, 404},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            delete_install_user);
  table.add({.id = "sendInstallUserRecoveryEmail",
             .verb = Verb::post,
             .path = "/api/v1/superusers/users/{username}/sendrecovery",
             .scope = Scope::super_user,
             .summary = "Mails a user a link by which they set a new password.",
             .tag = "Superusers",
             .errors = {400, 401, 403, 404},
             .features = {"SUPER_USERS", "MAILING"},
             .fresh_login = true},
            send_recovery);
  add_organization_operations_of_superusers(table);
  add_document_operations(table);
}

}  // namespace wharf::api
