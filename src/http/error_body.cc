#include "http/error_body.h"

#include "base/json.h"
#include "http/operation.h"

namespace wharf::http {

Response api_error(const Error& error, std::string_view base_url) {
  const auto& row = error_row(error.code);
  const std::string type(row.error_type);
  json::Object body{{"detail", error.message},
                    {"error_message", error.message},
                    {"error_type", type},
                    {"title", type},
                    {"type", std::string(base_url) + "/api/v1/error/" + type},
                    {"status", row.status},
                    {"message", error.message}};
  // Where Quay's own answer is {"error": …}, that key is there too.
  if (error.code == Errc::csrf_invalid || error.code == Errc::anonymous_refused) body["error"] = error.message;
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
