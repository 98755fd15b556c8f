#pragma once
#include <vector>

#include "app/config.h"
#include "base/metrics.h"
#include "jobs/runner.h"
#include "service/call.h"

namespace wharf::app {

/// Adds what nodes tell one another of what users do while somebody listens.
void add_event_jobs(std::vector<jobs::Job>& jobs, service::Services& services, const Config& config,
                    metrics::Registry& metrics);

}  // namespace wharf::app
