#include "ui/oauth.h"

#include "http/authorization.h"
#include "service/login.h"
#include "service/oauth.h"
#include "service/oauth_token.h"
#include "ui/oauth_page.h"

#include "base/secret.h"

namespace wharf::ui {
namespace {

using http::Operation;
using http::Protocol;
using http::Response;
using http::Verb;
using service::AuthorizationRequest;
using service::Call;

constexpr std::size_t kLargestForm = 64 * 1024;

/// The values of one request: of its form, or else of its query.
struct Values {
  std::string form;
  std::string_view query;

  std::optional<std::string> find(std::string_view name) const {
    auto value = http::query_value(form, name);
    return value ? std::move(value) : http::query_value(query, name);
  }
  std::string text(std::string_view name) const { return find(name).value_or(""); }
};

/// Errors: payload_too_large; invalid_request when the client went away.
awaitable<Result<Values>> read_values(Call& call) {
  Values values{.form = {}, .query = call.request.query};
  if (call.request.header("Content-Type").starts_with("application/x-www-form-urlencoded")) {
    auto form = co_await call.request.body->read_all(kLargestForm);
    if (!form) co_return form.error();
    values.form = std::move(*form);
  }
  co_return values;
}

AuthorizationRequest request_of(const Call& call, const Values& values) {
  AuthorizationRequest request{.client_id = values.text("client_id"),
                               .redirect_uri = values.text("redirect_uri"),
                               .scope = values.text("scope"),
                               .response_type = values.find("response_type").value_or("code"),
                               .state = values.find("state"),
                               .assignment_uuid = values.text("assignment_uuid"),
                               .code_challenge = values.text("code_challenge"),
                               .code_challenge_method = values.text("code_challenge_method"),
                               .base_url = call.base_url};
  return request;
}

Response json_of(int status, const json::Object& body) {
  auto response = http::json_response(status, json::to_text(body) + "\n");
  response.add("Cache-Control", "no-store");
  response.add("Pragma", "no-cache");
  return response;
}

Response redirect(const std::string& location) {
  Response response;
  response.status = 302;
  response.add("Location", location);
  response.add("Cache-Control", "no-store");
  response.add("Referrer-Policy", "no-referrer");
  return response;
}

/// Lets the password of a Basic header stand for a session. Answers a reply when there is one and it is no good.
awaitable<std::optional<Response>> take_basic(Call& call) {
  auto basic = http::basic_of(call.request.header("Authorization"));
  if (!basic) co_return std::nullopt;
  auto login =
      co_await call.services.logins.login(std::move(basic->name), std::move(basic->password), call.request.peer);
  const bool person = login.who && login.who->means == auth::Principal::Means::password;
  if (person) {
    call.who = std::move(*login.who);
    call.who.address = call.request.peer;
    call.request.caller = call.who.name;
    call.csrf_token.clear();
    co_return std::nullopt;
  }
  const bool later = !login.who && login.who.error().code == Errc::too_many_attempts;
  auto response = json_of(later ? 429 : 401,
                          {{"error", login.who ? "Only users authorize applications" : login.who.error().message}});
  if (later) response.add("Retry-After", std::to_string(login.who.error().retry_after_s));
  co_return response;
}

/// Nothing if the caller is somebody whose own page sent this; the refusal otherwise.
std::optional<Response> foreign(const Call& call, const Values& values) {
  if (call.who.anonymous()) return json_of(401, {{"error", "Requires authentication"}});
  auto token = std::string(call.request.header("X-CSRF-Token"));
  if (token.empty()) token = values.text("_csrf_token");
  if (!call.csrf_token.empty() && same_secret(token, call.csrf_token)) return std::nullopt;
  return json_of(403, {{"error", "CSRF token was invalid or missing."}});
}

Result<void> writable(const Call& call) {
  if (call.services.settings.read_only) return Error{Errc::read_only, "The registry is read-only"};
  return {};
}

struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

json::Object consent_json(const Call& call, const service::Consent& consent, const AuthorizationRequest& request) {
  json::Array scopes;
  bool dangerous = false;
  for (const auto& scope : consent.scopes) {
    scopes.push_back(json::parse(json::encode(scope)).value());
    dangerous = dangerous || scope.dangerous;
  }
  const auto& application = consent.application;
  const auto or_null = [](const std::string& text) { return text.empty() ? json::Value() : json::Value(text); };
  // Quay's clients read these avatars out of strings.
  return json::Object{
      {"scopes", std::move(scopes)},
      {"has_dangerous_scopes", dangerous},
      {"application",
       json::Object{{"name", application.name},
                    {"description", application.description},
                    {"url", application.url},
                    {"avatar", json::encode(application.avatar)},
                    {"organization", json::Object{{"name", application.organization.name},
                                                  {"avatar", json::encode(application.organization.avatar)}}}}},
      {"response_type", request.response_type},
      {"client_id", request.client_id},
      {"redirect_uri", request.redirect_uri},
      {"scope", request.scope},
      {"csrf_token_val", call.csrf_token},
      {"state", request.state ? json::Value(*request.state) : json::Value()},
      {"assignment_uuid", or_null(request.assignment_uuid)}};
}

awaitable<Result<Response>> authorize(Call& call, Nothing) {
  if (auto refused = co_await take_basic(call)) co_return std::move(*refused);
  if (call.who.anonymous()) co_return Error{Errc::unauthenticated, "Sign in first, then come back to this address"};
  const Values values{.form = {}, .query = call.request.query};
  for (const auto* name : {"client_id", "redirect_uri", "scope"}) {
    if (values.text(name).empty()) co_return Error{Errc::invalid_request, std::string(name) + ": is required"};
  }
  const auto request = request_of(call, values);
  auto step = co_await call.services.oauth.begin(call.who, request);
  if (!step) co_return step.error();
  if (const auto* granted = std::get_if<service::Granted>(&*step)) co_return redirect(granted->location);
  const auto& consent = std::get<service::Consent>(*step);
  if (values.text("format") == "json") co_return json_of(200, consent_json(call, consent, request));
  co_return consent_page(call.services.settings, consent, request, call.who.name, call.csrf_token);
}

awaitable<Result<Response>> authorize_app(Call& call, Nothing) {
  const auto values = co_await read_values(call);
  if (!values) co_return values.error();
  const auto request = request_of(call, *values);
  // Clients that the configuration names may bring the user's password themselves.
  const bool direct = call.services.settings.direct_oauth_clients.contains(request.client_id) &&
                      http::basic_of(call.request.header("Authorization"));
  if (direct) {
    if (auto refused = co_await take_basic(call)) co_return std::move(*refused);
  } else if (auto refused = foreign(call, *values)) {
    co_return std::move(*refused);
  }
  if (auto ok = writable(call); !ok) co_return ok.error();
  auto granted = co_await call.services.oauth.agree(call.who, request);
  if (!granted && granted.error().code == Errc::invalid_request) co_return json_of(400, {{"error", "invalid_request"}});
  if (!granted) co_return granted.error();
  co_return redirect(granted->location);
}

awaitable<Result<Response>> deny_app(Call& call, Nothing) {
  const auto values = co_await read_values(call);
  if (!values) co_return values.error();
  if (auto refused = foreign(call, *values)) co_return std::move(*refused);
  const auto request = request_of(call, *values);
  auto declined = co_await call.services.oauth.decline(call.who, request);
  if (!declined && declined.error().code == Errc::invalid_request) {
    co_return json_of(400, {{"error", "invalid_request"}});
  }
  if (!declined) co_return declined.error();
  co_return redirect(declined->location);
}

awaitable<Result<Response>> access_token(Call& call, Nothing) {
  const auto values = co_await read_values(call);
  if (!values) co_return values.error();
  if (auto ok = writable(call); !ok) co_return ok.error();
  service::CodeExchange wanted{.grant_type = values->text("grant_type"),
                               .client_id = values->text("client_id"),
                               .client_secret = values->text("client_secret"),
                               .redirect_uri = values->text("redirect_uri"),
                               .code = values->text("code"),
                               .scope = values->find("scope"),
                               .code_verifier = values->text("code_verifier"),
                               .peer = call.request.peer};
  if (auto basic = http::basic_of(call.request.header("Authorization"))) {
    // Source: RFC 6749 section 2.3.1: both halves are form-encoded before they are joined.
    wanted.client_id = http::percent_decode(basic->name, true).value_or("");
    wanted.client_secret = http::percent_decode(basic->password, true).value_or("");
  }
  const auto answer = co_await call.services.oauth.exchange(std::move(wanted));
  if (!answer.error.empty()) co_return json_of(400, {{"error", answer.error}});
  co_return json_of(200, {{"access_token", answer.access_token},
                          {"token_type", "Bearer"},
                          {"expires_in", service::kLongestTokenSeconds},
                          {"refresh_token", nullptr}});
}

awaitable<Result<Response>> assign_user(Call& call, Nothing) {
  const auto values = co_await read_values(call);
  if (!values) co_return values.error();
  if (auto refused = foreign(call, *values)) co_return std::move(*refused);
  if (auto ok = writable(call); !ok) co_return ok.error();
  auto request = request_of(call, *values);
  auto done = co_await call.services.oauth.assign(call.who, std::move(request), values->text("username"));
  if (!done) co_return done.error();
  co_return json_of(200, {{"message", "Token assigned successfully"}});
}

awaitable<Result<Response>> local_app(Call& call, Nothing) {
  const Values values{.form = {}, .query = call.request.query};
  if (values.text("format") == "json") {
    const auto token = values.find("access_token");
    co_return json_of(200, {{"access_token", token ? json::Value(*token) : json::Value()}});
  }
  co_return token_page(call.services.settings);
}

/// What all have in common. Each looks itself at who calls and where from: a browser, or a client with a secret.
Operation operation(std::string_view id, Verb verb, std::string_view path, std::string_view summary) {
  return {.id = id,
          .verb = verb,
          .path = path,
          .summary = summary,
          .tag = "OAuth",
          .also = {302},
          .errors = {400, 401, 403, 404},
          .anonymous = true,
          .protocol = Protocol::web,
          .internal = true,
          .csrf = false,
          .session = true};
}

}  // namespace

void add_oauth_operations(service::OperationTable& table) {
  table.add(operation("authorizeApplication", Verb::get, "/oauth/authorize",
                      "Asks the user whether an application may act for them."),
            authorize);
  table.add(operation("approveApplication", Verb::post, "/oauth/authorizeapp", "The user agrees."), authorize_app);
  table.add(operation("denyApplication", Verb::post, "/oauth/denyapp", "The user does not agree."), deny_app);
  table.add(operation("exchangeOAuthCode", Verb::post, "/oauth/access_token", "Gives a token for a code."),
            access_token);
  auto assign = operation("assignApplication", Verb::post, "/oauth/authorize/assignuser",
                          "Offers a user a token of an application.");
  assign.features = {"ASSIGN_OAUTH_TOKEN"};
  table.add(assign, assign_user);
  table.add(operation("showLocalToken", Verb::get, "/oauth/localapp", "Shows the token that was just given."),
            local_app);
}

}  // namespace wharf::ui
