#include "api/discovery.h"

#include <algorithm>

#include "http/openapi.h"

namespace wharf::api {
namespace {

using http::Protocol;
using http::Response;
using http::Verb;
using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

awaitable<Result<Response>> openapi(Call& call, NoParameters) {
  Response response;
  response.add("Content-Type", "application/json");
  response.add("Access-Control-Allow-Origin", "*");
  response.body = call.services.published.openapi();
  co_return response;
}

struct Discovery {
  bool internal = false;  // query: the operations that are not for the public, too
};
BOOST_DESCRIBE_STRUCT(Discovery, (), (internal))

awaitable<Result<Response>> discovery(Call& call, Discovery in) {
  co_return http::json_response(200, call.services.published.discovery(call.base_url, in.internal));
}

struct ErrorType {
  std::string error_type;  // path: "not_found"
};
BOOST_DESCRIBE_STRUCT(ErrorType, (), (error_type))

struct ErrorDescription {
  std::string type;
  std::string title;
  std::string description;
};
BOOST_DESCRIBE_STRUCT(ErrorDescription, (), (type, title, description))

awaitable<Result<ErrorDescription>> describe_error(Call& call, ErrorType in) {
  const auto& all = http::error_descriptions();
  const auto found = std::ranges::find(all, std::string_view(in.error_type), &http::ErrorDescription::error_type);
  if (found == all.end()) co_return Error{Errc::not_found, "Not Found"};
  co_return ErrorDescription{.type = call.base_url + "/api/v1/error/" + in.error_type,
                             .title = in.error_type,
                             .description = std::string(found->description)};
}

}  // namespace

void add_discovery_operations(service::OperationTable& table) {
  table.add({.id = "getOpenApi",
             .path = "/openapi.json",
             .summary = "This document.",
             .tag = "Discovery",
             .anonymous = true,
             .protocol = Protocol::web},
            openapi);
  table.add({.id = "discovery",
             .path = "/api/v1/discovery",
             .summary = "The operations of the API as a Swagger 2.0 document.",
             .tag = "Discovery",
             .anonymous = true},
            discovery);
  table.add({.id = "getErrorDescription",
             .path = "/api/v1/error/{error_type}",
             .summary = "What an error type means.",
             .tag = "Discovery",
             .errors = {404},
             .anonymous = true},
            describe_error);
}

}  // namespace wharf::api
