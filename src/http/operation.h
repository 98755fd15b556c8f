#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/json.h"
#include "base/json_schema.h"
#include "base/names.h"
#include "http/message.h"

namespace wharf::http {

/// What an OAuth token must hold for an operation. Enforced by capping the person's roles (auth/access.h).
/// Source: Quay's OAuth scopes.
enum class Scope { none, repo_read, repo_write, repo_admin, repo_create, user_read, user_admin, org_admin, super_user };

/// "repo:read"; empty for none.
std::string_view to_string(Scope scope);

/// Which of the wire formats an operation's errors take.
enum class Protocol { api, registry, web };

/// One entry of the operation table: what the router, the documents and the tests know of an operation.
struct Operation {
  std::string_view id;  ///< operationId: the contract's, or Quay's nickname.
  Verb verb = Verb::get;
  std::string_view path;  ///< "/api/v1/repository/{repository}/tag/{tag}"; {repository} takes several segments.
  Scope scope = Scope::none;
  std::string_view summary;
  std::string_view tag{};      ///< Group in the documents.
  int status = 200;            ///< Of a success without a status of its own.
  std::vector<int> also{};     ///< Other statuses of success.
  std::vector<int> errors{};   ///< Documented refusals.
  bool anonymous = false;      ///< May be called without credentials; otherwise 401 before anything is read.
  bool body_optional = false;  ///< A missing body is an empty object.
  Protocol protocol = Protocol::api;
  bool internal = false;                     ///< Left out of the documents' public part.
  std::vector<std::string_view> features{};  ///< FEATURE_ flags without which there is no such operation.
  bool fresh_login = false;                  ///< A session must have shown the password lately; tokens need not.
  bool csrf = true;                          ///< A change by a session, or by nobody, must carry the CSRF token.
  bool session = false;                      ///< Of a web page: who calls is read from the session's cookie.
  bool basic = false;           ///< Of the API: a name and a password, as the registry takes them, are good here too.
  bool when_read_only = false;  ///< A change that a read-only registry goes on allowing.
};

/// Whether requests with this verb change something.
inline bool changes(Verb verb) { return verb != Verb::get && verb != Verb::head && verb != Verb::options; }

/// A success with a status or headers of its own.
template <class T>
struct Reply {
  int status = 200;
  T body{};
  std::vector<std::pair<std::string, std::string>> headers{};
};

/// A success without a body (204 and the like).
struct Nothing {};

/// The path's and the query's values of one request, by name.
using Parameters = std::vector<std::pair<std::string_view, std::string>>;

/// One parameter as the documents show it.
struct ParameterShape {
  std::string name;
  bool in_path = false;
  json::Value schema;
};

/// What an operation takes and gives.
struct Shape {
  std::vector<ParameterShape> parameters;
  json::Value request;   ///< Schema of the body, null when there is none.
  json::Value response;  ///< Schema of the success, null when it has no JSON body.
};

/// The body of a JSON request: reads at most 1 MiB. Errors: unsupported_media_type, malformed_json, payload_too_large.
awaitable<Result<json::Value>> read_json(Request& request, bool optional);

/// A reply with JSON and a final newline.
Response json_response(int status, std::string text);

namespace detail {

template <class T>
struct is_reply : std::false_type {};
template <class T>
struct is_reply<Reply<T>> : std::true_type {};

bool truthy(std::string_view text);
std::optional<std::int64_t> whole_number(std::string_view text);
bool path_has(std::string_view path, std::string_view name);
RepoName split_repository(std::string_view path);

/// Sets `member` from the text of a parameter.
template <class M>
Result<bool> assign(M& member, std::string_view name, const std::string& text) {
  if constexpr (std::is_same_v<M, bool>) {
    member = truthy(text);
  } else if constexpr (std::is_integral_v<M>) {
    const auto number = whole_number(text);
    if (!number || !std::in_range<M>(*number)) {
      return Error{Errc::invalid_request, std::string(name) + ": must be a whole number"};
    }
    member = static_cast<M>(*number);
  } else if constexpr (std::is_same_v<M, std::string>) {
    member = text;
  } else if constexpr (std::is_same_v<M, RepoName>) {
    member = split_repository(text);
  } else if constexpr (json::detail::is_optional<M>::value || json::detail::is_nullable<M>::value) {
    typename M::value_type inner{};
    auto ok = assign(inner, name, text);
    if (!ok) return ok.error();
    member.emplace(std::move(inner));
  } else if constexpr (json::detail::DescribedEnum<M>) {
    auto value = json::decode<M>(json::Value(text), name);
    if (!value) return value.error();
    member = *value;
  } else {
    static_assert(sizeof(M) == 0, "no such parameter type");
  }
  return true;
}

/// Fills the members of `in` that stand in `parameters`.
template <class In>
Result<bool> assign_all(In& in, const Parameters& parameters) {
  std::optional<Error> failed;
  json::detail::for_each_member<In>([&](std::string_view name, auto pointer) {
    if (failed) return;
    for (const auto& [key, text] : parameters) {
      if (key != name) continue;
      auto ok = assign(in.*pointer, name, text);
      if (!ok) failed = ok.error();
      return;
    }
  });
  if (failed) return *failed;
  return true;
}

/// Fills from `parameters` the path's members of `In`, from `body` the others.
template <class In>
Result<In> merge(std::string_view path, const Parameters& parameters, const json::Value& body) {
  if (!body.is_object()) return Error{Errc::invalid_request, "The body must be an object"};
  In in{};
  std::optional<Error> failed;
  json::detail::for_each_member<In>([&](std::string_view name, auto pointer) {
    if (failed) return;
    using Member = std::remove_cvref_t<decltype(in.*pointer)>;
    if (path_has(path, name)) return;
    if constexpr (!std::is_same_v<Member, RepoName>) {
      const auto* found = body.get_object().if_contains(name);
      if (!found) {
        if constexpr (!json::detail::is_optional<Member>::value) {
          failed = Error{Errc::invalid_request, std::string(name) + ": is required"};
        }
        return;
      }
      auto value = json::decode<Member>(*found, name);
      if (value) {
        in.*pointer = std::move(*value);
      } else {
        failed = value.error();
      }
    }
  });
  if (failed) return *failed;
  auto ok = assign_all(in, parameters);
  if (!ok) return ok.error();
  return in;
}

inline bool has_body(Verb verb) { return verb == Verb::post || verb == Verb::put; }

/// Turns what a handler returned into a reply.
template <class Out>
Response to_response(const Operation& operation, Out out) {
  if constexpr (std::is_same_v<Out, Response>) {
    return out;
  } else if constexpr (is_reply<Out>::value) {
    auto response = to_response(operation, std::move(out.body));
    response.status = out.status;
    for (auto& header : out.headers) response.headers.push_back(std::move(header));
    return response;
  } else if constexpr (std::is_same_v<Out, Nothing>) {
    Response response;
    response.status = operation.status;
    return response;
  } else {
    return json_response(operation.status, json::encode(out) + "\n");
  }
}

template <class Out>
json::Value response_schema(json::SchemaSet& schemas) {
  if constexpr (std::is_same_v<Out, Response> || std::is_same_v<Out, Nothing>) {
    return nullptr;
  } else if constexpr (is_reply<Out>::value) {
    return response_schema<decltype(Out::body)>(schemas);
  } else {
    return schemas.of<Out>();
  }
}

template <class In>
void add_parameters(const Operation& operation, json::SchemaSet& schemas, bool body_apart, Shape& shape) {
  const In defaults{};
  json::Object properties;
  json::Array required;
  json::detail::for_each_member<In>([&](std::string_view name, auto pointer) {
    using Member = std::remove_cvref_t<decltype(defaults.*pointer)>;
    auto schema = schemas.of<Member>();
    const bool in_path = path_has(operation.path, name);
    if (!in_path && has_body(operation.verb) && !body_apart && operation.protocol == Protocol::api) {
      properties[name] = std::move(schema);
      if constexpr (!json::detail::is_optional<Member>::value) required.emplace_back(name);
      return;
    }
    if constexpr (std::is_same_v<Member, bool>) {
      if (!in_path && defaults.*pointer) schema.as_object()["default"] = true;
    } else if constexpr (std::is_integral_v<Member>) {
      if (!in_path && defaults.*pointer != 0) schema.as_object()["default"] = defaults.*pointer;
    }
    shape.parameters.push_back({std::string(name), in_path, std::move(schema)});
  });
  if (!properties.empty()) {
    json::Object request{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) request["required"] = std::move(required);
    shape.request = std::move(request);
  }
}

}  // namespace detail

/// The single source of truth of what the server answers: routing, decoding, documents and tests read it.
///
/// `Call` is what a handler gets of the request; it has a member `Request& request`.
template <class Call>
class OperationTable {
 public:
  using Invoke = std::function<awaitable<Result<Response>>(Call&, const Parameters&)>;
  struct Entry {
    Operation operation;
    Shape shape;
    Invoke invoke;
  };

  /// A handler that takes the path's and query's values and, on POST and PUT, the body's members in one struct; the
  /// body is checked before the handler runs.
  template <class In, class Out>
  void add(Operation operation, awaitable<Result<Out>> (*handler)(Call&, In)) {
    Shape shape;
    detail::add_parameters<In>(operation, schemas_, false, shape);
    shape.response = detail::response_schema<Out>(schemas_);
    const bool body = !shape.request.is_null();
    auto invoke = [operation, handler, body](Call& call, const Parameters& parameters) -> awaitable<Result<Response>> {
      In in{};
      if (body) {
        auto value = co_await read_json(call.request, operation.body_optional);
        if (!value) co_return value.error();
        auto merged = detail::merge<In>(operation.path, parameters, *value);
        if (!merged) co_return merged.error();
        in = std::move(*merged);
      } else {
        auto ok = detail::assign_all(in, parameters);
        if (!ok) co_return ok.error();
      }
      auto out = co_await handler(call, std::move(in));
      if (!out) co_return out.error();
      co_return detail::to_response(operation, std::move(*out));
    };
    entries_.push_back({std::move(operation), std::move(shape), std::move(invoke)});
  }

  /// A handler that is given the body apart, read but with its errors unspoken: it refuses by permission first.
  template <class In, class Body, class Out>
  void add(Operation operation, awaitable<Result<Out>> (*handler)(Call&, In, Result<Body>)) {
    Shape shape;
    detail::add_parameters<In>(operation, schemas_, true, shape);
    shape.request = schemas_.of<Body>();
    shape.response = detail::response_schema<Out>(schemas_);
    auto invoke = [operation, handler](Call& call, const Parameters& parameters) -> awaitable<Result<Response>> {
      In in{};
      auto ok = detail::assign_all(in, parameters);
      if (!ok) co_return ok.error();
      auto value = co_await read_json(call.request, operation.body_optional);
      Result<Body> decoded = value ? json::decode<Body>(*value) : Result<Body>(value.error());
      auto out = co_await handler(call, std::move(in), std::move(decoded));
      if (!out) co_return out.error();
      co_return detail::to_response(operation, std::move(*out));
    };
    entries_.push_back({std::move(operation), std::move(shape), std::move(invoke)});
  }

  const std::vector<Entry>& entries() const { return entries_; }
  const json::SchemaSet& schemas() const { return schemas_; }

 private:
  std::vector<Entry> entries_;
  json::SchemaSet schemas_;
};

}  // namespace wharf::http
