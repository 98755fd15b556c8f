#include "ui/oauth_page.h"

#include <string_view>

#include "service/redirect_uri.h"
#include "ui/template.h"

#include "base/html.h"

namespace wharf::ui {

namespace {

std::string hidden(std::string_view name, std::string_view value) {
  return "<input type=\"hidden\" name=\"" + std::string(name) + "\" value=\"" + html_escaped(value) + "\">\n      ";
}

/// What the browser must allow the form's answer to lead to.
std::string form_target(const std::string& redirect_uri) {
  const auto origin = service::origin_of(redirect_uri);
  if (origin.starts_with("http://") || origin.starts_with("https://")) return origin;
  return origin.substr(0, origin.find("://") + 1);
}

}  // namespace

http::Response consent_page(const service::Settings& settings, const service::Consent& consent,
                            const service::AuthorizationRequest& request, const std::string& name,
                            const std::string& csrf_token) {
  std::string scopes;
  bool dangerous = false;
  for (const auto& scope : consent.scopes) {
    scopes += "<li><strong>" + html_escaped(scope.title) + "</strong> (<code>" + html_escaped(scope.scope) +
              "</code>). " + html_escaped(scope.description) + "</li>\n";
    dangerous = dangerous || scope.dangerous;
  }
  std::string fields = hidden("_csrf_token", csrf_token) + hidden("client_id", request.client_id) +
                       hidden("redirect_uri", request.redirect_uri) + hidden("scope", request.scope) +
                       hidden("response_type", request.response_type);
  if (request.state) fields += hidden("state", *request.state);
  if (!request.assignment_uuid.empty()) fields += hidden("assignment_uuid", request.assignment_uuid);
  if (!request.code_challenge.empty()) fields += hidden("code_challenge", request.code_challenge);
  if (!request.code_challenge_method.empty()) fields += hidden("code_challenge_method", request.code_challenge_method);
  const Marks marks = {
      {"REGISTRY_TITLE", html_escaped(settings.registry_title)},
      {"REGISTRY_TITLE_SHORT", html_escaped(settings.registry_title_short)},
      {"APPLICATION", html_escaped(consent.application.name)},
      {"ORGANIZATION", html_escaped(consent.application.organization.name)},
      {"DESCRIPTION", html_escaped(consent.application.description)},
      {"USER", html_escaped(name)},
      {"WARNING", dangerous ? "<p class=\"error\" role=\"alert\">It asks for more than repositories. Go on only if you "
                              "trust it with your account.</p>"
                            : ""},
      {"SCOPES", scopes},
      {"DESTINATION", html_escaped(service::origin_of(request.redirect_uri))},
      {"FIELDS", fields}};
  return page(filled("consent.html", marks), "form-action 'self' " + form_target(request.redirect_uri));
}

http::Response token_page(const service::Settings& settings) {
  const Marks marks = {{"REGISTRY_TITLE", html_escaped(settings.registry_title)},
                       {"REGISTRY_TITLE_SHORT", html_escaped(settings.registry_title_short)}};
  return page(filled("localapp.html", marks), "script-src 'self'; form-action 'none'");
}

}  // namespace wharf::ui
