#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/async.h"
#include "base/metrics.h"

namespace wharf::jobs {

/// Work that is done in rounds for as long as the server runs.
struct Job {
  std::string name;                          ///< For logs and metrics: "stale_uploads".
  std::chrono::milliseconds first_after{0};  ///< From the start to the first round.
  std::chrono::milliseconds every{0};        ///< From the end of a round to the next one's start.
  std::function<awaitable<void>()> round;    ///< What it throws is logged and counted; the next round comes.
  std::function<void()> hurry{};             ///< Called when the server stops: a round that runs is to end soon.
};

/// Runs jobs on one thread of their own, side by side. A round that waits for a database holds nobody up.
/// Metrics: `quay_worker_operation_duration_seconds{worker,operation}`, `wharf_job_failures_total{job}`.
class Runner {
 public:
  /// `metrics` outlives the runner.
  Runner(std::vector<Job> jobs, metrics::Registry& metrics);
  /// As `stop`.
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// Once.
  void start();
  /// Lets the rounds that run end, and begins no more. Safe to call twice.
  void stop();

 private:
  struct Clockwork;
  awaitable<void> drive(Clockwork& clockwork);
  awaitable<void> run_round(Clockwork& clockwork);

  boost::asio::io_context loop_{1};
  std::vector<std::unique_ptr<Clockwork>> clockworks_;
  bool stopping_ = false;  ///< The loop's own.
  std::thread thread_;
};

}  // namespace wharf::jobs
