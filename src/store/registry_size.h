#pragma once
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "db/database.h"

/// What all blobs together take: the one row of `registry_size`.
namespace wharf::store {

struct RegistrySize {
  std::int64_t size_bytes = 0;
  std::optional<Millis> ran_ms;  ///< When it was counted last.
  bool queued = false;           ///< A count is wanted, or under way.
  Millis lease_ms = 0;           ///< A node counts until then.
};
BOOST_DESCRIBE_STRUCT(RegistrySize, (), (size_bytes, ran_ms, queued, lease_ms))

RegistrySize find_registry_size(db::Tx& tx);
/// Wants a count; false when one is wanted already.
bool queue_registry_size(db::Tx& tx);
/// Takes the count that is wanted, until `lease_ms`; false when none is, or another node has it.
bool take_registry_size(db::Tx& tx, Millis now, Millis lease_ms);
/// Keeps it longer; false when the lease ran out and another node took it.
bool extend_registry_size(db::Tx& tx, Millis old_lease_ms, Millis lease_ms);
/// Notes the sum, if the lease is still held.
bool finish_registry_size(db::Tx& tx, Millis lease_ms, std::int64_t size_bytes, Millis now);

/// A part of the sum over all blobs.
struct BlobSum {
  std::int64_t size_bytes = 0;
  std::int64_t last_id = 0;
  std::int64_t blobs = 0;
};
BOOST_DESCRIBE_STRUCT(BlobSum, (), (size_bytes, last_id, blobs))
/// Over at most `limit` blobs after `after_id`.
BlobSum sum_blobs(db::Tx& tx, std::int64_t after_id, std::int64_t limit);

}  // namespace wharf::store
