#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "db/database.h"

namespace wharf::store {

enum class ScanStatus { queued, scanned, unsupported, failed };
BOOST_DESCRIBE_ENUM(ScanStatus, queued, scanned, unsupported, failed)

/// Puts a new manifest into the scanner's queue, or notes that there is nothing to look at in it.
void add_scan(db::Tx& tx, std::int64_t manifest_id, ScanStatus status, Millis now);

/// How far the scan of a manifest is.
std::optional<ScanStatus> find_scan(db::Tx& tx, std::int64_t manifest_id);

}  // namespace wharf::store
