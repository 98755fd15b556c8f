#include "api/health.h"

#include <map>

#include "base/metrics.h"
#include "service/health.h"

namespace wharf::api {
namespace {

using http::Nothing;
using http::Operation;
using http::Protocol;
using http::Reply;
using http::Response;
using http::Verb;
using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

struct HealthData {
  std::map<std::string, bool> services;
};
BOOST_DESCRIBE_STRUCT(HealthData, (), (services))

struct HealthReport {
  HealthData data;
  int status_code = 200;
};
BOOST_DESCRIBE_STRUCT(HealthReport, (), (data, status_code))

Reply<HealthReport> report(service::Health health) {
  const int status = health.good() ? 200 : 503;
  return {.status = status,
          .body = {.data = {std::move(health.services)}, .status_code = status},
          .headers = {{"Cache-Control", "no-store"}}};
}

awaitable<Result<Reply<HealthReport>>> instance(Call& call, NoParameters) {
  co_return report(co_await call.services.health.instance());
}

awaitable<Result<Reply<HealthReport>>> end_to_end(Call& call, NoParameters) {
  co_return report(co_await call.services.health.end_to_end());
}

awaitable<Result<Reply<HealthReport>>> warning(Call& call, NoParameters) {
  co_return report(co_await call.services.health.warning());
}

awaitable<Result<Response>> metrics(Call& call, NoParameters) {
  // Names and figures of the installation are for those who reach the node itself, not for whoever a proxy lets
  // through.
  if (!call.request.header("X-Forwarded-For").empty() || !call.request.header("Forwarded").empty()) {
    co_return Error{Errc::denied, "Metrics are not for requests that came through a proxy: ask the node itself"};
  }
  Response response;
  response.add("Content-Type", std::string(metrics::Registry::kContentType));
  response.body = co_await call.services.published.metrics();
  co_return response;
}

awaitable<Result<bool>> ping(Call&, NoParameters) { co_return true; }

awaitable<Result<Reply<bool>>> v1_ping(Call&, NoParameters) {
  co_return Reply<bool>{.status = 200,
                        .body = true,
                        .headers = {{"X-Docker-Registry-Version", "0.6.0"}, {"X-Docker-Registry-Standalone", "0"}}};
}

Operation open(std::string_view id, std::string_view path, std::string_view summary, std::vector<int> also = {}) {
  return {.id = id,
          .path = path,
          .summary = summary,
          .tag = "Health",
          .also = std::move(also),
          .anonymous = true,
          .protocol = Protocol::web};
}

}  // namespace

void add_health_operations(service::OperationTable& table) {
  table.add(open("getInstanceHealth", "/health/instance", "Whether this node can answer requests.", {503}), instance);
  table.add(open("getHealth", "/health", "The same as /health/instance.", {503}), instance);
  table.add(open("getEndToEndHealth", "/health/endtoend", "Whether the database and the storage work.", {503}),
            end_to_end);
  table.add(open("getStatus", "/status", "The same as /health/endtoend.", {503}), end_to_end);
  table.add(open("getHealthWarning", "/health/warning", "Early signs of trouble: little room on the disk.", {503}),
            warning);
  table.add(open("getMetrics", "/metrics", "Metrics in Prometheus' text format; not through a proxy.", {403}), metrics);
  table.add(open("internalPing", "/_internal_ping", "Answers true."), ping);
  table.add(open("internalPingV1", "/v1/_internal_ping", "Answers true."), ping);
  table.add(open("pingV1", "/v1/_ping", "Answers true, and that the legacy protocol has no standalone registry here."),
            v1_ping);
}

}  // namespace wharf::api
