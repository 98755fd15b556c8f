#pragma once
#include <vector>

#include "base/metrics.h"
#include "jobs/runner.h"
#include "service/call.h"

namespace wharf::app {

/// Adds what is done on a clock about notifications of repositories.
void add_notification_jobs(std::vector<jobs::Job>& jobs, service::Services& services, metrics::Registry& metrics);

}  // namespace wharf::app
