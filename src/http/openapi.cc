#include "http/openapi.h"

#include "base/names.h"

#include <algorithm>
#include <set>

namespace wharf::http {
namespace {

constexpr std::string_view kApiRoot = "/api/v1";

struct ScopeRow {
  Scope scope;
  std::string_view title;
};
constexpr ScopeRow kScopes[] = {{Scope::repo_read, "View all visible repositories"},
                                {Scope::repo_write, "Read and write any repository that the user may"},
                                {Scope::repo_admin, "Administer repositories"},
                                {Scope::repo_create, "Create repositories"},
                                {Scope::user_read, "Read the user's own information"},
                                {Scope::user_admin, "Administer the user's own account"},
                                {Scope::org_admin, "Administer organizations"},
                                {Scope::super_user, "Use what only superusers may"}};

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "Success.";
    case 201:
      return "Created.";
    case 202:
      return "Accepted.";
    case 204:
      return "Done; the answer has no body.";
    case 206:
      return "A part of the content.";
    case 301:
    case 302:
    case 307:
      return "The content is at the address in Location.";
    case 304:
      return "Not changed.";
    case 400:
      return "The request is malformed or contains invalid values.";
    case 401:
      return "Authentication credentials are missing or invalid.";
    case 403:
      return "The caller may not do this.";
    case 404:
      return "The requested resource was not found.";
    case 405:
      return "The method is not supported here.";
    case 409:
      return "In conflict with the state of the resource.";
    case 413:
      return "The body is too large.";
    case 415:
      return "The body must be JSON.";
    case 416:
      return "The range does not fit what is there.";
    case 429:
      return "Too many attempts; Retry-After says how long to wait.";
    case 503:
      return "Not possible just now; Retry-After says when to try again.";
    default:
      return status < 400 ? "Success." : "The request failed.";
  }
}

std::string verb_key(Verb verb) { return lower_ascii(to_string(verb)); }

json::Object problem_schema() {
  json::Object properties;
  for (const auto* name : {"detail", "error_message", "error_type", "title", "type", "message"}) {
    properties[name] = {{"type", "string"}};
  }
  properties["status"] = {{"type", "integer"}};
  json::Array required{"detail", "error_message", "error_type", "title", "type", "status"};
  return {{"type", "object"},
          {"description", "What went wrong. `detail` is for people, `error_type` for programs."},
          {"properties", std::move(properties)},
          {"required", std::move(required)}};
}

json::Object registry_errors_schema() {
  json::Object properties{
      {"code", {{"type", "string"}}}, {"message", {{"type", "string"}}}, {"detail", json::Object{}}};
  json::Object entry{{"type", "object"}, {"properties", std::move(properties)}, {"required", {"code"}}};
  json::Object list{{"type", "array"}, {"items", std::move(entry)}};
  return {{"type", "object"}, {"properties", {{"errors", std::move(list)}}}, {"required", {"errors"}}};
}

json::Object reference(std::string_view to) { return {{"$ref", std::string(to)}}; }

json::Object json_content(json::Value schema) {
  return {{"application/json", json::Object{{"schema", std::move(schema)}}}};
}

json::Value error_content(Protocol protocol) {
  switch (protocol) {
    case Protocol::api:
      return json_content(reference("#/components/schemas/ApiError"));
    case Protocol::registry:
      return json_content(reference("#/components/schemas/RegistryErrors"));
    case Protocol::web:
      break;
  }
  json::Object text{{"schema", {{"type", "string"}}}};
  return json::Object{{"text/plain", std::move(text)}};
}

bool is_success(const Operation& operation, int status) {
  return status == operation.status || std::ranges::find(operation.also, status) != operation.also.end();
}

json::Object responses_of(const Operation& operation, const Shape& shape) {
  json::Object responses;
  for (const int status : documented_statuses(operation, shape)) {
    json::Object response{{"description", std::string(reason(status))}};
    if (!is_success(operation, status)) {
      response["content"] = error_content(operation.protocol);
    } else if (!shape.response.is_null() && status != 204 && status != 304) {
      response["content"] = json_content(shape.response);
    }
    responses[std::to_string(status)] = std::move(response);
  }
  responses["5XX"] = json::Object{{"description", "An accident in the server; its log has the request's id."},
                                  {"content", error_content(operation.protocol)}};
  return responses;
}

json::Array security_of(const Operation& operation) {
  json::Array schemes;
  if (operation.protocol == Protocol::web) return schemes;
  if (operation.anonymous) schemes.push_back(json::Object{});
  schemes.push_back(json::Object{{operation.protocol == Protocol::api ? "bearerAuth" : "registryAuth", json::Array{}}});
  return schemes;
}

json::Object openapi_operation(const DocumentedOperation& documented) {
  const auto& operation = *documented.operation;
  const auto& shape = *documented.shape;
  json::Object entry{{"operationId", std::string(operation.id)}, {"summary", std::string(operation.summary)}};
  if (!operation.tag.empty()) entry["tags"] = json::Array{json::Value(std::string(operation.tag))};
  json::Array parameters;
  for (const auto& parameter : shape.parameters) {
    json::Object one{{"name", parameter.name}, {"in", parameter.in_path ? "path" : "query"}};
    if (parameter.in_path) one["required"] = true;
    one["schema"] = parameter.schema;
    parameters.push_back(std::move(one));
  }
  if (!parameters.empty()) entry["parameters"] = std::move(parameters);
  if (!shape.request.is_null()) {
    entry["requestBody"] =
        json::Object{{"required", !operation.body_optional}, {"content", json_content(shape.request)}};
  }
  entry["responses"] = responses_of(operation, shape);
  entry["security"] = security_of(operation);
  if (const auto scope = to_string(operation.scope); !scope.empty() && operation.protocol == Protocol::api) {
    entry["x-scope"] = std::string(scope);
  }
  return entry;
}

/// `schema` as Swagger 2.0 says it: references to /definitions, no union types.
json::Value swagger_schema(const json::Value& schema) {
  if (const auto* array = schema.if_array()) {
    json::Array all;
    for (const auto& item : *array) all.push_back(swagger_schema(item));
    return all;
  }
  const auto* object = schema.if_object();
  if (!object) return schema;
  if (const auto* either = object->if_contains("anyOf")) {
    json::Object only;
    for (const auto& one : either->as_array()) {
      const auto* type = one.as_object().if_contains("type");
      if (type && type->is_string() && type->get_string() == "null") continue;
      only = swagger_schema(one).as_object();
    }
    only["x-nullable"] = true;
    return only;
  }
  json::Object copy;
  for (const auto& [key, value] : *object) {
    if (key == "$ref" && value.is_string()) {
      constexpr std::string_view kFrom = "#/components/schemas/";
      const std::string_view target = value.get_string();
      copy[key] = "#/definitions/" + std::string(target.starts_with(kFrom) ? target.substr(kFrom.size()) : target);
    } else {
      copy[key] = swagger_schema(value);
    }
  }
  return copy;
}

json::Object swagger_operation(const DocumentedOperation& documented) {
  const auto& operation = *documented.operation;
  const auto& shape = *documented.shape;
  json::Object entry{{"operationId", std::string(operation.id)}, {"summary", std::string(operation.summary)}};
  entry["tags"] = json::Array{json::Value(std::string(operation.tag))};
  json::Array parameters;
  for (const auto& parameter : shape.parameters) {
    // Swagger 2.0 has a parameter's type beside its name, not in a schema.
    json::Object one{{"name", parameter.name}, {"in", parameter.in_path ? "path" : "query"}};
    one["required"] = parameter.in_path;
    const auto schema = swagger_schema(parameter.schema);
    for (const auto& [key, value] : schema.as_object()) one[key] = value;
    parameters.push_back(std::move(one));
  }
  if (!shape.request.is_null()) {
    parameters.push_back(json::Object{{"name", "body"},
                                      {"in", "body"},
                                      {"required", !operation.body_optional},
                                      {"schema", swagger_schema(shape.request)}});
  }
  entry["parameters"] = std::move(parameters);
  json::Object responses;
  for (const int status : documented_statuses(operation, shape)) {
    json::Object response{{"description", std::string(reason(status))}};
    if (!is_success(operation, status)) {
      response["schema"] = json::Object{{"$ref", "#/definitions/ApiError"}};
    } else if (!shape.response.is_null() && status != 204) {
      response["schema"] = swagger_schema(shape.response);
    }
    responses[std::to_string(status)] = std::move(response);
  }
  entry["responses"] = std::move(responses);
  // As Quay says it: what reads public repositories for anybody names its scope too.
  if (const auto scope = to_string(operation.scope); !operation.anonymous || !scope.empty()) {
    json::Array scopes;
    if (!scope.empty()) scopes.emplace_back(std::string(scope));
    entry["security"] = json::Array{json::Object{{"oauth2_implicit", std::move(scopes)}}};
  }
  entry["x-internal"] = operation.internal;
  entry["x-requires-fresh-login"] = operation.fresh_login;
  return entry;
}

json::Array tag_list(const std::vector<DocumentedOperation>& operations, bool api_only) {
  std::set<std::string_view> names;
  for (const auto& one : operations) {
    if (!one.operation->tag.empty() && (!api_only || one.operation->protocol == Protocol::api)) {
      names.insert(one.operation->tag);
    }
  }
  json::Array tags;
  for (const auto name : names) tags.push_back(json::Object{{"name", std::string(name)}});
  return tags;
}

}  // namespace

std::vector<int> documented_statuses(const Operation& operation, const Shape& shape) {
  std::set<int> statuses(operation.errors.begin(), operation.errors.end());
  statuses.insert(operation.status);
  statuses.insert(operation.also.begin(), operation.also.end());
  // A bad token is refused even where none is needed.
  if (operation.protocol == Protocol::api || !operation.anonymous) statuses.insert(401);
  if (operation.protocol == Protocol::api && operation.path.starts_with(kApiRoot)) {
    // A browser that reads without a script; one that writes without the CSRF token.
    if (!changes(operation.verb)) statuses.insert(400);
    if (changes(operation.verb) && operation.csrf) statuses.insert(403);
  }
  if (!shape.request.is_null()) statuses.insert({400, 413, 415});
  for (const auto& parameter : shape.parameters) {
    const auto* type = parameter.schema.as_object().if_contains("type");
    const bool whole = type && type->is_string() && type->get_string() == "integer";
    if (!parameter.in_path && (whole || parameter.schema.as_object().contains("enum"))) statuses.insert(400);
  }
  return {statuses.begin(), statuses.end()};
}

std::string_view documented_path(const Operation& operation) {
  auto path = operation.path;
  if (operation.protocol == Protocol::api && path.starts_with(kApiRoot) && path.size() > kApiRoot.size()) {
    path.remove_prefix(kApiRoot.size());
  }
  return path;
}

json::Object openapi_document(const std::vector<DocumentedOperation>& operations, const json::SchemaSet& schemas) {
  json::Object paths;
  for (const auto& one : operations) {
    if (one.operation->internal) continue;
    const auto path = documented_path(*one.operation);
    auto& item = paths[path];
    if (item.is_null()) {
      item = json::Object{};
      if (path.size() == one.operation->path.size()) {
        item.as_object()["servers"] = json::Array{json::Object{{"url", "/"}}};
      }
    }
    item.as_object()[verb_key(one.operation->verb)] = openapi_operation(one);
  }
  json::Object named = schemas.named();
  named["ApiError"] = problem_schema();
  named["RegistryErrors"] = registry_errors_schema();
  json::Object bearer{{"type", "http"},
                      {"scheme", "bearer"},
                      {"description", "An OAuth 2.0 access token. Its scopes cap what its owner may do."}};
  json::Object registry{{"type", "http"},
                        {"scheme", "bearer"},
                        {"bearerFormat", "JWT"},
                        {"description", "A token of GET /v2/auth, for the scope that the challenge names."}};
  json::Object info{{"title", "Wharf"},
                    {"version", "1.0"},
                    {"description", "A container registry that speaks the Red Hat Quay API and OCI Distribution 1.1."},
                    {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}};
  return {{"openapi", "3.1.0"},
          {"info", std::move(info)},
          {"servers", json::Array{json::Object{{"url", std::string(kApiRoot)}}}},
          {"tags", tag_list(operations, false)},
          {"paths", std::move(paths)},
          {"components",
           {{"securitySchemes", {{"bearerAuth", std::move(bearer)}, {"registryAuth", std::move(registry)}}},
            {"schemas", std::move(named)}}}};
}

json::Object discovery_document(const std::vector<DocumentedOperation>& operations, const json::SchemaSet& schemas,
                                std::string_view base_url, bool internal) {
  json::Object paths;
  for (const auto& one : operations) {
    if (one.operation->protocol != Protocol::api || (one.operation->internal && !internal)) continue;
    auto& item = paths[one.operation->path];
    if (item.is_null()) item = json::Object{};
    item.as_object()[verb_key(one.operation->verb)] = swagger_operation(one);
  }
  auto definitions = swagger_schema(schemas.named()).as_object();
  definitions["ApiError"] = problem_schema();
  json::Object scopes;
  for (const auto& row : kScopes) scopes[to_string(row.scope)] = std::string(row.title);
  json::Object oauth{{"type", "oauth2"},
                     {"flow", "implicit"},
                     {"authorizationUrl", std::string(base_url) + "/oauth/authorize"},
                     {"scopes", std::move(scopes)}};
  const auto colon = base_url.find("://");
  const auto scheme = base_url.substr(0, colon);
  const auto host = base_url.substr(colon == std::string_view::npos ? 0 : colon + 3);
  return {{"swagger", "2.0"},
          {"host", std::string(host)},
          {"basePath", "/"},
          {"schemes", json::Array{json::Value(std::string(scheme))}},
          {"info", {{"version", "v1"}, {"title", "Wharf"}, {"description", "The Red Hat Quay API, version 1."}}},
          {"securityDefinitions", {{"oauth2_implicit", std::move(oauth)}}},
          {"tags", tag_list(operations, true)},
          {"paths", std::move(paths)},
          {"definitions", std::move(definitions)}};
}

const std::vector<ErrorDescription>& error_descriptions() {
  static const std::vector<ErrorDescription> kAll = {
      {"downstream_issue", "A service that this server depends on answered with an error."},
      {"exceeds_license", "The action was refused because it would go beyond what was agreed."},
      {"expired_token", "The token has expired."},
      {"external_service_timeout", "A service that this server depends on did not answer in time."},
      {"fresh_login_required", "The action needs a login made a short while ago."},
      {"insufficient_scope", "The caller, or the scope of the token, does not have the permission that is needed."},
      {"invalid_request", "The request is malformed or contains invalid values; `detail` says which."},
      {"invalid_response", "The server could not make an answer."},
      {"invalid_token", "Authentication is needed: the token is missing, unknown, expired or revoked."},
      {"not_found", "The resource does not exist."},
      {"tag_immutable", "The tag is immutable: it can be neither moved nor deleted."},
      {"token_rotation_failed", "The token could not be replaced."}};
  return kAll;
}

}  // namespace wharf::http
