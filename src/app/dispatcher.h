#pragma once
#include "app/forwarded.h"
#include "app/identify.h"
#include "base/metrics.h"
#include "http/router.h"
#include "service/call.h"

namespace wharf::app {

/// From a request to its answer: route, who calls, what the table asks of them, the operation, its errors.
///
/// In this order: 404 and 405; 401 for a bad token; what the admission refuses (admission.h), before a byte of the body
/// is read; the operation. Whatever an operation throws is logged once, with
/// the request's id, and answered with 500, 503 or 507 in the form of the operation's protocol.
class Dispatcher {
 public:
  /// `table` is complete; everything outlives the dispatcher.
  Dispatcher(service::Services& services, const service::OperationTable& table, metrics::Registry& metrics);

  /// Also sets `request.operation` and `request.caller`. Does not throw.
  awaitable<http::Response> handle(http::Request& request);

 private:
  http::Response unmatched(const http::Request& request, const std::optional<http::Router::Match>& match) const;
  /// Adds a new cookie to the answer when the one that was sent is getting old.
  void keep_session(const service::Session& session, std::string_view base_url, http::Response& response) const;
  http::Response failed(const service::Call& call, const http::Operation& operation, const http::Parameters& parameters,
                        const Error& error) const;

  service::Services& services_;
  const service::OperationTable& table_;
  http::Router router_;
  ForwardedHeaders forwarded_;
  Identifier identifier_;
};

}  // namespace wharf::app
