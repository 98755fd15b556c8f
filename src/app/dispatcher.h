#pragma once
#include "base/metrics.h"
#include "http/router.h"
#include "service/call.h"

namespace wharf::app {

/// From a request to its answer: route, who calls, what the table asks of them, the operation, its errors.
///
/// In this order: 404 and 405; 401 for a bad token; 401 for the anonymous where the operation wants somebody, before a
/// byte of the body is read; the read-only registry; the operation. Whatever an operation throws is logged once, with
/// the request's id, and answered with 500, 503 or 507 in the form of the operation's protocol.
class Dispatcher {
 public:
  /// `table` is complete; everything outlives the dispatcher.
  Dispatcher(service::Services& services, const service::OperationTable& table, metrics::Registry& metrics);

  /// Also sets `request.operation` and `request.caller`. Does not throw.
  awaitable<http::Response> handle(http::Request& request);

 private:
  http::Response unmatched(const http::Request& request, const std::optional<http::Router::Match>& match) const;
  awaitable<Result<bool>> identify(service::Call& call, const http::Operation& operation);
  awaitable<Result<bool>> identify_registry(service::Call& call, std::string_view authorization);
  std::optional<http::Response> not_admitted(const service::Call& call, const http::Operation& operation,
                                             const http::Parameters& parameters) const;
  http::Response failed(const service::Call& call, const http::Operation& operation, const http::Parameters& parameters,
                        const Error& error) const;

  service::Services& services_;
  const service::OperationTable& table_;
  http::Router router_;
  metrics::Counter& api_tokens_good_;
  metrics::Counter& api_tokens_bad_;
  metrics::Counter& registry_tokens_good_;
  metrics::Counter& registry_tokens_bad_;
};

}  // namespace wharf::app
