#include "jobs/runner.h"

#include <pthread.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/log.h"

namespace wharf::jobs {

struct Runner::Clockwork {
  Clockwork(Job wanted, boost::asio::io_context& loop, metrics::Registry& metrics)
      : job(std::move(wanted)),
        timer(loop),
        took(metrics.histogram("quay_worker_operation_duration_seconds", "How long the rounds of jobs took.",
                               metrics::seconds_buckets(), {{"worker", job.name}, {"operation", "round"}})),
        failures(metrics.counter("wharf_job_failures_total", "Rounds of jobs that failed.", {{"job", job.name}})) {}

  const Job job;
  boost::asio::steady_timer timer;
  metrics::Histogram& took;
  metrics::Counter& failures;
  bool failing = false;  ///< The last round did.
};

Runner::Runner(std::vector<Job> jobs, metrics::Registry& metrics) {
  for (auto& job : jobs) clockworks_.push_back(std::make_unique<Clockwork>(std::move(job), loop_, metrics));
}

Runner::~Runner() { stop(); }

void Runner::start() {
  for (const auto& clockwork : clockworks_) {
    boost::asio::co_spawn(loop_, drive(*clockwork), boost::asio::detached);
  }
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "jobs");
    loop_.run();
  });
}

void Runner::stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(loop_, [this] {
    stopping_ = true;
    for (const auto& clockwork : clockworks_) {
      clockwork->timer.cancel();
      if (clockwork->job.hurry) clockwork->job.hurry();
    }
  });
  thread_.join();
}

awaitable<void> Runner::drive(Clockwork& clockwork) {
  auto wait = clockwork.job.first_after;
  while (!stopping_) {
    clockwork.timer.expires_after(wait);
    boost::system::error_code cancelled;
    co_await clockwork.timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    if (stopping_) break;
    co_await run_round(clockwork);
    wait = clockwork.job.every;
  }
}

awaitable<void> Runner::run_round(Clockwork& clockwork) {
  const auto begun = std::chrono::steady_clock::now();
  try {
    co_await clockwork.job.round();
    if (std::exchange(clockwork.failing, false)) log::info("a job works again", {{"job", clockwork.job.name}});
  } catch (const std::exception& accident) {
    clockwork.failures.add();
    // Once for as long as it fails: some jobs run every second.
    if (!std::exchange(clockwork.failing, true)) {
      log::warn("a job failed; it is tried again", {{"job", clockwork.job.name}, {"detail", accident.what()}});
    }
  }
  clockwork.took.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
}

}  // namespace wharf::jobs
