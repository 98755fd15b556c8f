#include "app/request_metrics.h"

#include <algorithm>

namespace wharf::app {

RequestMetrics::RequestMetrics(const service::OperationTable& table, metrics::Registry& registry)
    : table_(table), registry_(registry), rows_(table.entries().size() + 1) {}

void RequestMetrics::observe(int operation, int status, std::chrono::nanoseconds took) {
  const auto row = operation < 0 ? rows_.size() - 1 : static_cast<std::size_t>(operation);
  const auto known = std::ranges::find(kStatuses, status);
  const auto column = known == kStatuses.end() ? 0 : static_cast<std::size_t>(known - kStatuses.begin());
  auto* histogram = rows_[row].by_status[column].load(std::memory_order_acquire);
  if (!histogram) histogram = &make(row, column);
  histogram->observe(std::chrono::duration<double>(took).count());
}

metrics::Histogram& RequestMetrics::make(std::size_t row, std::size_t column) {
  const bool known = row < table_.entries().size();
  const auto* operation = known ? &table_.entries()[row].operation : nullptr;
  metrics::Labels labels{{"method", operation ? std::string(http::to_string(operation->verb)) : "other"},
                         {"route", operation ? std::string(operation->id) : "none"},
                         {"status", column == 0 ? "other" : std::to_string(kStatuses[column])},
                         {"namespace_name", "other"}};
  // The registry gives the same object to two threads that come at once.
  auto& made = registry_.histogram("quay_request_duration_seconds", "Time from a request's head to its answer's end.",
                                   metrics::seconds_buckets(), std::move(labels));
  rows_[row].by_status[column].store(&made, std::memory_order_release);
  return made;
}

}  // namespace wharf::app
