#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "service/call.h"

namespace wharf::app {

/// Metrics that differ in the status alone. Each is made when it is first needed, so that nothing is shown that never
/// happened; afterwards it is found without a lock.
template <class Metric>
class ByStatus {
 public:
  /// `make` gets the status as a label has it, and answers the same object when two threads ask at once.
  template <class Make>
  Metric& at(int status, Make make) {
    std::size_t column = kStatuses.size() - 1;
    while (column > 0 && kStatuses[column] != status) --column;
    auto* metric = metrics_[column].load(std::memory_order_acquire);
    if (!metric) {
      metric = &make(column == 0 ? std::string("other") : std::to_string(status));
      metrics_[column].store(metric, std::memory_order_release);
    }
    return *metric;
  }

 private:
  static constexpr std::array kStatuses = {0,   200, 201, 202, 204, 206, 304, 307, 400, 401, 403,
                                           404, 405, 409, 413, 415, 416, 429, 500, 503, 507};
  std::array<std::atomic<Metric*>, kStatuses.size()> metrics_{};
};

/// What is counted of each request, under Quay's names.
///
///   quay_request_duration_seconds{method,route,status,namespace_name}   `route` is the operation's id
///   quay_authentication_attempts_total{auth_kind,success}               logins at /v2/auth, as "basic"
///   quay_registry_image_pulls_total{protocol,ref,status}                `ref` is tag or manifest
///   quay_registry_image_pushes_total{protocol,status,media_type}
class RequestMetrics {
 public:
  RequestMetrics(const service::OperationTable& table, metrics::Registry& registry);

  /// `request.operation` is an index of the table, or -1 for a path that none answers. About 30 ns.
  void observe(const http::Request& request, int status, std::chrono::nanoseconds took);

 private:
  enum class Deed : unsigned char { other, login, pull, push };
  static constexpr std::array<std::string_view, 5> kMediaTypes = {
      "other", "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json",
      "application/vnd.docker.distribution.manifest.v2+json",
      "application/vnd.docker.distribution.manifest.list.v2+json"};

  void count(Deed deed, const http::Request& request, int status);
  metrics::Histogram& make(std::size_t row, std::string status);

  const service::OperationTable& table_;
  metrics::Registry& registry_;
  std::vector<ByStatus<metrics::Histogram>> rows_;  ///< One for each operation, then one for what none answers.
  std::vector<Deed> deeds_;                         ///< For each operation.
  metrics::Counter& logins_good_;
  metrics::Counter& logins_bad_;
  ByStatus<metrics::Counter> pulls_by_tag_, pulls_by_digest_;
  std::array<ByStatus<metrics::Counter>, kMediaTypes.size()> pushes_;
};

/// The counter of credentials that were shown: `auth_kind` is oauth or basic. Source: Quay.
metrics::Counter& authentication_attempts(metrics::Registry& registry, std::string_view auth_kind, bool success);

}  // namespace wharf::app
