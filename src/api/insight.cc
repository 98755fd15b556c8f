#include "api/insight.h"

#include "service/insight.h"

namespace wharf::api {
namespace {

using http::Scope;
using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

awaitable<Result<service::InsightView>> get_insight(Call& call, NoParameters) {
  co_return co_await call.services.insight.view(call.who);
}

}  // namespace

void add_insight_operations(service::OperationTable& table) {
  table.add({.id = "getRegistryInsight",
             .path = "/api/v1/superuser/insight",
             .scope = Scope::super_user,
             .summary = "The registry in numbers, as of the last count: storage by namespace, findings by severity and "
                        "the images to look after first.",
             .tag = "Superusers",
             .errors = {401, 403},
             .features = {"SUPER_USERS"}},
            get_insight);
}

}  // namespace wharf::api
