#pragma once
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/dispatcher.h"
#include "app/request_metrics.h"
#include "base/access_log.h"
#include "base/metrics.h"
#include "http/openapi.h"
#include "http/server.h"
#include "jobs/runner.h"
#include "service/shared_answer.h"
#include "store/row_counts.h"

namespace wharf::app {

class Core;

/// The product: builds each object once and owns them all. Several may live in one process (tests).
class App {
 public:
  struct Options {
    bool memory_blobs = false;  ///< For tests.
  };

  /// Opens the data and binds the address; answers nobody yet.
  /// Errors: those of Core::open; invalid_request for an address that is taken or a certificate that is none.
  static Result<std::unique_ptr<App>> create(Config config, Options options);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Begins to answer.
  void start();
  /// Accepts nobody more, gives what is in flight up to `grace`, and returns when all is done. Safe to call twice.
  void stop(std::chrono::milliseconds grace);

  std::uint16_t port() const { return server_->port(); }
  /// "http://127.0.0.1:8080": where this machine reaches it.
  std::string address() const;
  /// The code that lets somebody from elsewhere make the first user; empty where none is needed.
  const std::string& setup_code() const;
  const service::OperationTable& table() const { return table_; }
  Core& core() { return *core_; }
  const Config& config() const { return config_; }

 private:
  App(Config config, std::unique_ptr<Core> core);
  Result<bool> bind();
  void publish();
  std::vector<http::DocumentedOperation> served_operations() const;
  std::shared_ptr<const std::string> openapi();
  awaitable<std::string> metrics_text();
  void register_metrics();
  void register_replica_metrics();

  const Config config_;
  std::unique_ptr<Core> core_;
  service::OperationTable table_;
  metrics::Registry metrics_;
  service::SharedAnswer<store::RowCounts> row_counts_{std::chrono::minutes(1)};
  std::once_flag openapi_made_;
  std::shared_ptr<const std::string> openapi_;
  std::unique_ptr<AccessLog> access_log_;
  std::unique_ptr<RequestMetrics> request_metrics_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<jobs::Runner> jobs_;
};

}  // namespace wharf::app
