#include "app/app.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/background.h"
#include "app/background_scan.h"
#include "app/core.h"
#include "app/operations.h"
#include "base/log.h"
#include "db/replica.h"
#include "http/openapi.h"
#include "http/tls.h"
#include "service/event.h"

namespace wharf::app {
namespace {

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double total = 0;
  double resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  std::error_code failed;
  double count = -1;  // the listing itself has one open
  for (auto it = std::filesystem::directory_iterator("/proc/self/fd", failed);
       !failed && it != std::filesystem::directory_iterator(); it.increment(failed)) {
    ++count;
  }
  return count;
}

/// What clients call the server: the host of SERVER_HOSTNAME, or the address that it listens on.
std::string certified_name(const Config& config) {
  const auto& name = config.server_hostname;
  if (name.empty()) return config.listen.host;
  if (name.starts_with('[')) return name.substr(1, name.find(']') - 1);
  return name.substr(0, name.find(':'));
}

double cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

}  // namespace

Result<std::unique_ptr<App>> App::create(Config config, Options options) {
  auto core = Core::open(config, {.memory_blobs = options.memory_blobs, .replicas = true});
  if (!core) return core.error();
  std::unique_ptr<App> app(new App(std::move(config), std::move(*core)));
  if (auto bound = app->bind(); !bound) return bound.error();
  return app;
}

App::App(Config config, std::unique_ptr<Core> core) : config_(std::move(config)), core_(std::move(core)) {
  add_all_operations(table_);
  core_->blobs().count_in(metrics_);
  access_log_ =
      std::make_unique<AccessLog>(AccessLog::Options{.format = log::format(), .fd = 2, .enabled = config_.access_log});
  request_metrics_ = std::make_unique<RequestMetrics>(table_, metrics_);
  dispatcher_ = std::make_unique<Dispatcher>(core_->services(), table_, metrics_);
  publish();
}

App::~App() { stop(std::chrono::milliseconds(0)); }

const std::string& App::setup_code() const { return core_->settings().setup_code; }

Result<bool> App::bind() {
  http::ServerOptions options;
  options.host = config_.listen.host;
  options.port = config_.listen.port;
  options.loops = config_.event_loops;
  options.limits = config_.limits;
  if (config_.tls_self_signed) {
    auto files = http::make_self_signed(config_.keys_folder(), certified_name(config_));
    if (!files) return files.error();
    options.tls = std::move(*files);
  } else if (config_.tls()) {
    options.tls = http::TlsFiles{config_.tls_certificate.string(), config_.tls_key.string()};
  }
  options.on_error = [](std::string_view what) { log::error("connection failed", {{"detail", what}}); };
  options.on_done = [this](const http::Request& request, int status, std::uint64_t bytes,
                           std::chrono::nanoseconds took) {
    request_metrics_->observe(request, status, took);
    if (!access_log_->enabled()) return;
    AccessLog::Entry entry;
    entry.at = now_ms();
    entry.request_id = request.id;
    entry.method = request.method;
    entry.path = request.path;
    entry.status = status;
    entry.bytes = bytes;
    entry.micros = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
    entry.peer = request.peer;
    entry.user = request.caller;
    access_log_->add(entry);
  };
  auto handler = [this](http::Request& request) { return dispatcher_->handle(request); };
  auto server = http::Server::create(std::move(options), std::move(handler));
  if (!server) return server.error();
  server_ = std::move(*server);
  auto jobs = background_jobs(core_->services(), config_, metrics_);
  add_scan_jobs(jobs, *core_, config_, metrics_);
  jobs_ = std::make_unique<jobs::Runner>(std::move(jobs), metrics_);
  register_metrics();
  return true;
}

void App::publish() {
  auto& published = core_->published();
  published.openapi = [this] { return openapi(); };
  published.discovery = [this](const std::string& base_url, bool internal) {
    const json::Value discovery = http::discovery_document(served_operations(), table_.schemas(), base_url, internal);
    return json::to_text(discovery) + "\n";
  };
  published.metrics = [this] { return metrics_text(); };
}

std::vector<http::DocumentedOperation> App::served_operations() const {
  const auto& features = core_->settings().features;
  return http::documented(table_, [&](const http::Operation& one) { return service::all_on(features, one.features); });
}

std::shared_ptr<const std::string> App::openapi() {
  // With the first request for it: most servers are never asked, and it would hold up every start.
  std::call_once(openapi_made_, [this] {
    const json::Value document = http::openapi_document(served_operations(), table_.schemas());
    openapi_ = std::make_shared<const std::string>(json::to_text(document) + "\n");
  });
  return openapi_;
}

awaitable<std::string> App::metrics_text() {
  try {
    auto count = [this] { return core_->database().read(store::count_rows); };
    const auto counts = co_await row_counts_.get(std::move(count));
    const auto show = [this](std::string_view name, std::string_view help, std::int64_t value) {
      metrics_.gauge(name, help).set(static_cast<double>(value));
    };
    show("quay_repository_rows", "Repositories; counted at most once a minute.", counts.repositories);
    show("quay_user_rows", "Users; counted at most once a minute.", counts.users);
    show("quay_org_rows", "Organizations; counted at most once a minute.", counts.organizations);
    show("quay_robot_rows", "Robots; counted at most once a minute.", counts.robots);
  } catch (const std::exception& accident) {
    // The other numbers matter most when the database is down.
    log::warn("rows could not be counted for the metrics", {{"detail", accident.what()}});
  }
  co_return metrics_.text();
}

void App::register_metrics() {
  using metrics::Kind;
  const auto server = [this](std::string_view name, std::string_view help, Kind kind,
                             std::uint64_t http::ServerCounters::* member) {
    metrics_.callback(kind, name, help, {},
                      [this, member] { return static_cast<double>(server_->counters().*member); });
  };
  using S = http::ServerCounters;
  server("wharf_http_connections_accepted_total", "Connections accepted.", Kind::counter, &S::accepted);
  server("wharf_http_connections_refused_total", "Connections closed for being too many.", Kind::counter, &S::refused);
  server("wharf_http_connections_open", "Connections open now.", Kind::gauge, &S::open_connections);
  server("wharf_http_requests_total", "Requests whose head was read.", Kind::counter, &S::requests);
  server("wharf_http_timeouts_total", "Connections closed for being slow.", Kind::counter, &S::timeouts);
  server("wharf_http_bad_requests_total", "Requests that were no HTTP.", Kind::counter, &S::bad_requests);
  server("wharf_http_received_bytes_total", "Bytes received.", Kind::counter, &S::bytes_in);
  server("wharf_http_sent_bytes_total", "Bytes sent.", Kind::counter, &S::bytes_out);

  const auto database = [this](std::string_view name, std::string_view help, std::uint64_t db::Counters::* member) {
    metrics_.callback(Kind::counter, name, help, {},
                      [this, member] { return static_cast<double>(core_->database().counters().*member); });
  };
  using D = db::Counters;
  database("wharf_db_reads_total", "Reading transactions.", &D::reads);
  database("wharf_db_writes_total", "Writing transactions.", &D::writes);
  database("wharf_db_statements_total", "Statements.", &D::statements);
  database("wharf_db_commits_total", "Commits; one may hold several transactions.", &D::commits);
  database("wharf_db_errors_total", "Transactions that failed.", &D::errors);
  database("wharf_db_retries_total", "Transactions run again.", &D::retries);

  register_replica_metrics();

  metrics_.callback(Kind::counter, "quay_registry_image_pushed_bytes_total",
                    "Sizes of the layers of the images that were pushed.", {},
                    [this] { return static_cast<double>(core_->services().manifests.pushed_bytes()); });
  metrics_.callback(Kind::counter, "wharf_log_dropped_total", "Log messages dropped.", {},
                    [] { return static_cast<double>(log::dropped()); });
  metrics_.callback(Kind::counter, "wharf_access_log_dropped_total", "Lines of the access log dropped.", {},
                    [this] { return static_cast<double>(access_log_->dropped()); });
  metrics_.callback(Kind::gauge, "process_resident_memory_bytes", "Resident memory.", {}, resident_bytes);
  metrics_.callback(Kind::gauge, "process_open_fds", "Open file descriptors.", {}, open_descriptors);
  metrics_.callback(Kind::counter, "process_cpu_seconds_total", "CPU time, user and system.", {}, cpu_seconds);
  metrics_.gauge("wharf_build_info", "Always 1; the labels say which build this is.", {{"version", WHARF_VERSION}})
      .set(1);
}

void App::register_replica_metrics() {
  using metrics::Kind;
  const auto now = db::replica_statuses(core_->database()).replicas;
  if (now.empty()) return;
  metrics_.callback(Kind::counter, "wharf_db_lagging_reads_on_primary_total",
                    "Reads that may lag and that no replica answered.", {},
                    [this] { return static_cast<double>(db::replica_statuses(core_->database()).reads_on_primary); });
  for (std::size_t i = 0; i < now.size(); ++i) {
    const auto replica = [&](Kind kind, std::string_view name, std::string_view help, auto member) {
      metrics_.callback(kind, name, help, {{"replica", now[i].name}}, [this, i, member] {
        return static_cast<double>(db::replica_statuses(core_->database()).replicas[i].*member);
      });
    };
    using R = db::ReplicaStatus;
    replica(Kind::counter, "wharf_db_replica_reads_total", "Reading transactions that the replica answered.",
            &R::reads);
    replica(Kind::gauge, "wharf_db_replica_used", "1 while reads that may lag go there, 0 while it is stepped over.",
            &R::used);
    replica(Kind::gauge, "wharf_db_replica_lag_seconds", "How old what the replica shows is at most.", &R::lag_seconds);
    replica(Kind::gauge, "wharf_db_replica_lag_bytes", "Bytes of the primary's log that it has not replayed.",
            &R::lag_bytes);
  }
}

void App::start() {
  server_->start();
  jobs_->start();
}

void App::stop(std::chrono::milliseconds grace) {
  core_->services().events.stop();  // they would last through the grace
  core_->services().federations.stop();
  // A store that hangs would hold up whoever waits for it far beyond their clients, and the jobs as well.
  if (server_) server_->stop(grace, [this] { core_->blobs().stop(); });
  if (jobs_) jobs_->stop();
  if (!server_) return;
  try {
    // Whatever was answered is told of.
    core_->services().pull_counts.write_now();
  } catch (const std::exception& accident) {
    log::error("the last pulls could not be written to the audit log", {{"detail", accident.what()}});
  }
}

std::string App::address() const {
  auto host = config_.listen.host;
  if (host == "0.0.0.0" || host == "::") host = "localhost";
  if (host.find(':') != std::string::npos) host = '[' + host + ']';
  return std::string(config_.tls() ? "https://" : "http://") + host + ':' + std::to_string(port());
}

}  // namespace wharf::app
