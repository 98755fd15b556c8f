#pragma once
#include <vector>

#include "base/metrics.h"
#include "jobs/runner.h"
#include "service/call.h"

namespace wharf::app {

/// The jobs of the audit log, with their metrics: pulls are written, old entries are deleted.
void add_log_jobs(std::vector<jobs::Job>& jobs, service::Services& services, metrics::Registry& metrics);

}  // namespace wharf::app
