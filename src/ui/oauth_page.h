#pragma once
#include <string>

#include "http/message.h"
#include "service/oauth.h"
#include "service/settings.h"

namespace wharf::ui {

/// The page that asks the user `name` whether an application may act for them. Its form carries the request on, and
/// the session's CSRF token. Nothing in it runs.
http::Response consent_page(const service::Settings& settings, const service::Consent& consent,
                            const service::AuthorizationRequest& request, const std::string& name,
                            const std::string& csrf_token);

/// The page of our own to which an authorization may be sent: its script reads the token out of the address.
http::Response token_page(const service::Settings& settings);

}  // namespace wharf::ui
