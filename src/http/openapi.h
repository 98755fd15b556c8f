#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/json_schema.h"
#include "http/operation.h"

namespace wharf::http {

/// What the documents say of one operation. The pointers look into the operation table.
struct DocumentedOperation {
  const Operation* operation = nullptr;
  const Shape* shape = nullptr;
};

/// Every entry of a table that `is_on` answers true for, in its order.
template <class Call, class Filter>
std::vector<DocumentedOperation> documented(const OperationTable<Call>& table, Filter is_on) {
  std::vector<DocumentedOperation> all;
  all.reserve(table.entries().size());
  for (const auto& entry : table.entries()) {
    if (is_on(entry.operation)) all.push_back({&entry.operation, &entry.shape});
  }
  return all;
}
template <class Call>
std::vector<DocumentedOperation> documented(const OperationTable<Call>& table) {
  return documented(table, [](const Operation&) { return true; });
}

/// The statuses that `operation` may answer with, ascending: the ones it names, and those that every operation of its
/// kind shares (a bad token, a body of the wrong type, a path parameter that is malformed). Accidents (5xx) are apart.
std::vector<int> documented_statuses(const Operation& operation, const Shape& shape);

/// "GET /api/v1/user/" becomes "/user/": a path as the documents write it, relative to their server.
std::string_view documented_path(const Operation& operation);

/// The OpenAPI 3.1 document of all operations that are not internal. Paths of the API are relative to "/api/v1", other
/// paths have a server of their own. Source: OpenAPI Specification 3.1.0.
json::Object openapi_document(const std::vector<DocumentedOperation>& operations, const json::SchemaSet& schemas);

/// Quay's discovery document, Swagger 2.0 with whole paths; `base_url` is "http://host:port". `internal` adds the
/// operations that are internal. Source: Quay, "discovery"; Swagger Specification 2.0.
json::Object discovery_document(const std::vector<DocumentedOperation>& operations, const json::SchemaSet& schemas,
                                std::string_view base_url, bool internal);

/// A row of Quay's list of error types, for /api/v1/error/{error_type}.
struct ErrorDescription {
  std::string_view error_type;
  std::string_view description;
};
const std::vector<ErrorDescription>& error_descriptions();

}  // namespace wharf::http
