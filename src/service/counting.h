#pragma once
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/clock.h"
#include "db/database.h"

namespace wharf::service {

/// One count that takes long, page by page, under a lease: when the node dies, another one starts again once the lease
/// is over.
class Counting {
 public:
  /// `name` is of a row of the table `counting`.
  Counting(db::Database& database, std::string_view name) : db_(database), name_(name) {}

  /// Takes the count that is wanted; false when none is, or another node is at it. Cost: one row where none is wanted.
  awaitable<bool> take();
  /// Keeps it, between two pages; false when another node has it by now.
  awaitable<bool> keep();
  /// Leaves what was counted for all; false when another node has it by now.
  awaitable<bool> finish(std::string content);

 private:
  db::Database& db_;
  const std::string_view name_;
  Millis lease_ms_ = 0;
};

}  // namespace wharf::service
