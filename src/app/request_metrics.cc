#include "app/request_metrics.h"

#include <algorithm>

namespace wharf::app {
namespace {

/// Whether the last part of a manifest's path is a digest.
bool names_digest(std::string_view path) {
  const auto reference = path.substr(path.rfind('/') + 1);
  return reference.find(':') != std::string_view::npos || reference.find("%3") != std::string_view::npos;
}

}  // namespace

metrics::Counter& authentication_attempts(metrics::Registry& registry, std::string_view auth_kind, bool success) {
  return registry.counter("quay_authentication_attempts_total", "Credentials shown.",
                          {{"auth_kind", std::string(auth_kind)}, {"success", success ? "true" : "false"}});
}

RequestMetrics::RequestMetrics(const service::OperationTable& table, metrics::Registry& registry)
    : table_(table),
      registry_(registry),
      rows_(table.entries().size() + 1),
      logins_good_(authentication_attempts(registry, "basic", true)),
      logins_bad_(authentication_attempts(registry, "basic", false)) {
  for (const auto& entry : table.entries()) {
    const auto id = entry.operation.id;
    deeds_.push_back(id == "generate_registry_jwt" ? Deed::login
                     : id == "getManifest"         ? Deed::pull
                     : id == "putManifest"         ? Deed::push
                                                   : Deed::other);
  }
}

void RequestMetrics::observe(const http::Request& request, int status, std::chrono::nanoseconds took) {
  const bool known = request.operation >= 0;
  const auto row = known ? static_cast<std::size_t>(request.operation) : rows_.size() - 1;
  auto& histogram = rows_[row].at(status, [&](std::string text) -> auto& { return make(row, std::move(text)); });
  histogram.observe(std::chrono::duration<double>(took).count());
  if (known && deeds_[row] != Deed::other) count(deeds_[row], request, status);
}

void RequestMetrics::count(Deed deed, const http::Request& request, int status) {
  if (deed == Deed::login) {
    if (request.header("Authorization").empty()) return;
    (status == 401 || status == 429 ? logins_bad_ : logins_good_).add();
  } else if (deed == Deed::pull) {
    if (request.verb != http::Verb::get) return;
    const bool digest = names_digest(request.path);
    auto make = [&](std::string text) -> auto& {
      return registry_.counter("quay_registry_image_pulls_total", "Manifests asked for.",
                               {{"protocol", "v2"}, {"ref", digest ? "manifest" : "tag"}, {"status", std::move(text)}});
    };
    (digest ? pulls_by_digest_ : pulls_by_tag_).at(status, make).add();
  } else {
    const auto type = request.header("Content-Type");
    // What a client makes up is no label: each would live for ever.
    const auto found = std::ranges::find(kMediaTypes, type.substr(0, type.find(';')));
    const auto index = found == kMediaTypes.end() ? 0 : static_cast<std::size_t>(found - kMediaTypes.begin());
    auto make = [&](std::string text) -> auto& {
      return registry_.counter(
          "quay_registry_image_pushes_total", "Manifests pushed.",
          {{"protocol", "v2"}, {"status", std::move(text)}, {"media_type", std::string(kMediaTypes[index])}});
    };
    pushes_[index].at(status, make).add();
  }
}

metrics::Histogram& RequestMetrics::make(std::size_t row, std::string status) {
  const bool known = row < table_.entries().size();
  const auto* operation = known ? &table_.entries()[row].operation : nullptr;
  metrics::Labels labels{{"method", operation ? std::string(http::to_string(operation->verb)) : "other"},
                         {"route", operation ? std::string(operation->id) : "none"},
                         {"status", std::move(status)},
                         {"namespace_name", "other"}};
  return registry_.histogram("quay_request_duration_seconds", "Time from a request's head to its answer's end.",
                             metrics::seconds_buckets(), std::move(labels));
}

}  // namespace wharf::app
