#include "api/setup.h"

#include "service/user.h"

namespace wharf::api {
namespace {

using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

struct Setup {
  bool open = false;        ///< There is no user yet.
  bool needs_code = false;  ///< And whoever makes one must show the code that the server printed.
  std::string service;      ///< host:port, as clients write it before an image's name.
};
BOOST_DESCRIBE_STRUCT(Setup, (), (open, needs_code, service))

awaitable<Result<Setup>> setup(Call& call, NoParameters) {
  const auto& settings = call.services.settings;
  const bool open = !co_await call.services.users.has_users();
  const bool free = settings.listens_on_loopback_only || settings.features.user_initialize;
  const auto colon = call.base_url.find("://");
  co_return Setup{.open = open, .needs_code = open && !free, .service = call.base_url.substr(colon + 3)};
}

}  // namespace

void add_setup_operations(service::OperationTable& table) {
  table.add({.id = "getSetup",
             .path = "/api/v1/setup",
             .summary = "Whether the first user is still to be made.",
             .tag = "Users",
             .anonymous = true,
             .internal = true},
            setup);
}

}  // namespace wharf::api
