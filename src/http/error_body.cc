#include "http/error_body.h"

#include "base/json.h"
#include "http/operation.h"

namespace wharf::http {

namespace {

/// `body` under another name than JSON, as Quay sends a few of its refusals.
Response typed(int status, std::string_view type, std::string body) {
  Response response;
  response.status = status;
  response.add("Content-Type", std::string(type));
  response.body = std::move(body);
  return response;
}

/// Whether Quay's answer is {"error": …} alone, which it sends as text/html.
bool is_bare(const Error& error) {
  return error.code == Errc::csrf_invalid || error.code == Errc::anonymous_refused || error.extra == kBareError;
}

}  // namespace

Response api_error(const Error& error, std::string_view base_url) {
  const auto& row = error_row(error.code);
  if (is_bare(error)) {
    return typed(row.status, "text/html; charset=utf-8", json::to_text(json::Object{{"error", error.message}}));
  }
  if (error.code == Errc::too_many_attempts) return typed(row.status, "text/plain; charset=utf-8", error.message);
  const std::string type(row.error_type);
  json::Object body{{"detail", error.message},
                    {"error_message", error.message},
                    {"error_type", type},
                    {"title", type},
                    {"type", std::string(base_url) + "/api/v1/error/" + type},
                    {"status", row.status},
                    {"message", error.message}};
  if (!error.extra.empty()) {
    const auto extra = json::parse(error.extra).value();
    for (const auto& [key, value] : extra.as_object()) body[key] = value;
  }
  return json_response(row.status, json::to_text(body) + "\n");
}

Response registry_error(const Error& error) {
  const auto& row = error_row(error.code);
  json::Object detail;
  if (!error.subject.empty()) {
    detail["message"] = error.message;
    detail["subject"] = error.subject;
  }
  json::Object entry{{"code", row.v2_code}, {"message", error.message}, {"detail", std::move(detail)}};
  json::Array errors;
  errors.push_back(std::move(entry));
  return json_response(row.status, json::to_text(json::Object{{"errors", std::move(errors)}}) + "\n");
}

}  // namespace wharf::http
