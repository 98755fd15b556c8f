#include "api/service_key.h"

#include "service/service_key.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

struct KeyPath {
  std::string kid;
};
BOOST_DESCRIBE_STRUCT(KeyPath, (), (kid))

awaitable<Result<service::ServiceKeyViews>> list_service_keys(Call& call, NoParameters) {
  co_return co_await call.services.service_keys.list(call.who);
}

awaitable<Result<service::ServiceKeyView>> get_service_key(Call& call, KeyPath in) {
  co_return co_await call.services.service_keys.view(call.who, std::move(in.kid));
}

awaitable<Result<http::Reply<service::MadeServiceKey>>> create_service_key(Call& call, NoParameters,
                                                                           Result<service::NewServiceKey> body) {
  auto made = co_await call.services.service_keys.create(call.who, std::move(body));
  if (!made) co_return made.error();
  http::Reply<service::MadeServiceKey> reply;
  reply.body = std::move(*made);
  reply.headers = {{"Cache-Control", "no-store"}};
  co_return reply;
}

awaitable<Result<service::ServiceKeyView>> update_service_key(Call& call, KeyPath in,
                                                              Result<service::ServiceKeyChange> body) {
  co_return co_await call.services.service_keys.change(call.who, std::move(in.kid), std::move(body));
}

awaitable<Result<http::Nothing>> delete_service_key(Call& call, KeyPath in) {
  auto done = co_await call.services.service_keys.remove(call.who, std::move(in.kid));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

struct ApproveKey {
  std::optional<json::Nullable<std::string>> notes;
};
BOOST_DESCRIBE_STRUCT(ApproveKey, (), (notes))

/// One that is approved already stays as it is, as in Quay.
awaitable<Result<http::Nothing>> approve_service_key(Call& call, KeyPath in, Result<ApproveKey> body) {
  Result<std::string> notes = std::string();
  if (!body) {
    notes = body.error();
  } else if (body->notes && *body->notes) {
    notes = **body->notes;
  }
  auto done = co_await call.services.service_keys.approve(call.who, std::move(in.kid), std::move(notes));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

}  // namespace

void add_service_key_operations(service::OperationTable& table) {
  table.add({.id = "listServiceKeys",
             .path = "/api/v1/superuser/keys",
             .scope = Scope::super_user,
             .summary = "Every service key.",
             .tag = "Service keys",
             .errors = {401, 403},
             .features = {"SUPER_USERS"}},
            list_service_keys);
  table.add({.id = "createServiceKey",
             .verb = Verb::post,
             .path = "/api/v1/superuser/keys",
             .scope = Scope::super_user,
             .summary = "Makes a service key; its private half is shown this once.",
             .tag = "Service keys",
             .errors = {400, 401, 403, 415},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            create_service_key);
  table.add({.id = "getServiceKey",
             .path = "/api/v1/superuser/keys/{kid}",
             .scope = Scope::super_user,
             .summary = "One service key.",
             .tag = "Service keys",
             .errors = {401, 403, 404},
             .features = {"SUPER_USERS"}},
            get_service_key);
  table.add({.id = "updateServiceKey",
             .verb = Verb::put,
             .path = "/api/v1/superuser/keys/{kid}",
             .scope = Scope::super_user,
             .summary = "Changes a service key's name, metadata and expiration.",
             .tag = "Service keys",
             .errors = {400, 401, 403, 404, 415},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            update_service_key);
  table.add({.id = "deleteServiceKey",
             .verb = Verb::delete_,
             .path = "/api/v1/superuser/keys/{kid}",
             .scope = Scope::super_user,
             .summary = "Deletes a service key.",
             .tag = "Service keys",
             .status = 204,
             .errors = {401, 403, 404},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            delete_service_key);
  table.add({.id = "approveServiceKey",
             .verb = Verb::post,
             .path = "/api/v1/superuser/approvedkeys/{kid}",
             .scope = Scope::super_user,
             .summary = "Approves a service key that a service submitted.",
             .tag = "Service keys",
             .status = 201,
             .errors = {400, 401, 403, 404, 415},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            approve_service_key);
}

}  // namespace wharf::api
