#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "base/metrics.h"
#include "service/call.h"

namespace wharf::app {

/// How long each operation took, by its status: `quay_request_duration_seconds{method,route,status,namespace_name}`.
/// `route` is the operation's id. A histogram is made with the first request that needs it, so that nothing is shown
/// that never happened.
class RequestMetrics {
 public:
  RequestMetrics(const service::OperationTable& table, metrics::Registry& registry);

  /// `operation` is an index of the table, or -1 for a path that none answers. About 30 ns.
  void observe(int operation, int status, std::chrono::nanoseconds took);

 private:
  static constexpr std::array kStatuses = {0,   200, 201, 202, 204, 206, 304, 307, 400, 401, 403,
                                           404, 405, 409, 413, 415, 416, 429, 500, 503, 507};
  struct Row {
    std::array<std::atomic<metrics::Histogram*>, kStatuses.size()> by_status{};
  };
  metrics::Histogram& make(std::size_t row, std::size_t column);

  const service::OperationTable& table_;
  metrics::Registry& registry_;
  std::vector<Row> rows_;  ///< One for each operation, then one for what none answers.
};

}  // namespace wharf::app
