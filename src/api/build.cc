#include "api/build.h"

#include "auth/access.h"

namespace wharf::api {
namespace {

using http::Scope;
using service::Call;

struct BuildPath {
  std::string build_uuid;
};
BOOST_DESCRIBE_STRUCT(BuildPath, (), (build_uuid))

/// The registry builds no images: whatever a superuser asks for is a build that nobody knows, and is told so with the
/// statuses that Quay has for that.
template <Errc unknown>
awaitable<Result<json::Object>> find_build(Call& call, BuildPath) {
  if (auto ok = auth::require_superuser(call.who, true); !ok) co_return ok.error();
  co_return Error{unknown, unknown == Errc::not_found ? "Not Found" : "There is no such build"};
}

http::Operation operation(std::string_view id, std::string_view path, std::string_view summary,
                          std::vector<int> errors) {
  return {.id = id,
          .path = path,
          .scope = Scope::super_user,
          .summary = summary,
          .tag = "Superusers",
          .errors = std::move(errors),
          .features = {"SUPER_USERS"},
          .fresh_login = true};
}

}  // namespace

void add_build_operations(service::OperationTable& table) {
  constexpr auto kUnknown = Errc::invalid_request;
  table.add(operation("getRepoBuildSuperUser", "/api/v1/superuser/{build_uuid}/build",
                      "A build; there is none, since the registry builds no images.", {401, 403, 404}),
            find_build<Errc::not_found>);
  table.add(operation("getRepoBuildStatusSuperUser", "/api/v1/superuser/{build_uuid}/status",
                      "How far a build is; there is none.", {400, 401, 403}),
            find_build<kUnknown>);
  table.add(operation("getRepoBuildLogsSuperUser", "/api/v1/superuser/{build_uuid}/logs",
                      "What a build wrote; there is none.", {400, 401, 403}),
            find_build<kUnknown>);
  table.add(operation("getRepoBuildLogsArchiveSuperUser", "/api/v1/superuser/{build_uuid}/logs/archive",
                      "What a build wrote, as a file; there is none.", {400, 401, 403}),
            find_build<kUnknown>);
}

}  // namespace wharf::api
