#pragma once
#include <vector>

#include "app/config.h"
#include "app/core.h"
#include "base/metrics.h"
#include "jobs/runner.h"

namespace wharf::app {

/// The jobs of the scanner, with their metrics: images in the queue are looked at, and put there again when the feeds
/// say something else of a package of theirs; feeds are fetched (VULNERABILITY_FEEDS).
void add_scan_jobs(std::vector<jobs::Job>& jobs, Core& core, const Config& config, metrics::Registry& metrics);

}  // namespace wharf::app
