#pragma once
#include <vector>

#include "app/config.h"
#include "base/metrics.h"
#include "jobs/runner.h"
#include "service/call.h"

namespace wharf::app {

/// Everything that the server does on a clock: a new job adds its entry here. All arguments outlive the jobs.
std::vector<jobs::Job> background_jobs(service::Services& services, const Config& config, metrics::Registry& metrics);

}  // namespace wharf::app
