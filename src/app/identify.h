#pragma once
#include <optional>
#include <string_view>

#include "base/metrics.h"
#include "service/call.h"
#include "service/session.h"

namespace wharf::app {

/// What a request showed, beside the person that the call's `who` is.
struct Identity {
  bool bearer = false;                      ///< A Bearer token, good or not: then nothing else is looked at.
  std::optional<service::Session> session;  ///< That goes on; also one of nobody.
};

/// Who calls: by a Bearer token, or else by the session's cookie.
class Identifier {
 public:
  /// All outlive it.
  Identifier(service::Services& services, metrics::Registry& metrics);

  /// Fills the call's `who`, `token`, `csrf_token`, and the request's `caller`. A cookie that is no good is none.
  /// Errors: bad_token; where Basic is taken, those of a login.
  awaitable<Result<Identity>> identify(service::Call& call, const http::Operation& operation);

 private:
  awaitable<Result<bool>> by_registry_token(service::Call& call, std::string_view authorization);
  awaitable<Result<bool>> by_api_token(service::Call& call, std::string_view token);

  service::Services& services_;
  metrics::Counter& api_tokens_good_;
  metrics::Counter& api_tokens_bad_;
  metrics::Counter& registry_tokens_good_;
  metrics::Counter& registry_tokens_bad_;
};

}  // namespace wharf::app
