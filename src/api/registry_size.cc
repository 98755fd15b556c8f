#include "api/registry_size.h"

#include "service/registry_size.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

awaitable<Result<service::RegistrySizeView>> get_registry_size(Call& call, NoParameters) {
  co_return co_await call.services.registry_size.view(call.who);
}

/// 201 with an empty text, 202 when a count is wanted already.
awaitable<Result<http::Reply<std::string>>> queue_registry_size(Call& call, NoParameters) {
  const auto queued = co_await call.services.registry_size.queue(call.who);
  if (!queued) co_return queued.error();
  http::Reply<std::string> reply;
  reply.status = *queued ? 201 : 202;
  co_return reply;
}

}  // namespace

void add_registry_size_operations(service::OperationTable& table) {
  table.add({.id = "getRegistrySize",
             .path = "/api/v1/superuser/registrysize/",
             .scope = Scope::super_user,
             .summary = "What all blobs together take, as of the last count.",
             .tag = "Superusers",
             .errors = {401, 403},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            get_registry_size);
  table.add({.id = "queueRegistrySizeCalculation",
             .verb = Verb::post,
             .path = "/api/v1/superuser/registrysize/",
             .scope = Scope::super_user,
             .summary = "Has the size of the registry counted.",
             .tag = "Superusers",
             .status = 201,
             .also = {202},
             .errors = {401, 403},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            queue_registry_size);
}

}  // namespace wharf::api
