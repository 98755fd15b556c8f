#pragma once
#include <atomic>

#include "db/database.h"

namespace wharf::db {

/// Counters that many threads add to.
struct Tally {
  std::atomic<std::uint64_t> reads = 0, writes = 0, statements = 0, commits = 0, errors = 0, retries = 0;

  void add(std::atomic<std::uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }
  Counters sum() const {
    return {.reads = reads.load(std::memory_order_relaxed),
            .writes = writes.load(std::memory_order_relaxed),
            .statements = statements.load(std::memory_order_relaxed),
            .commits = commits.load(std::memory_order_relaxed),
            .errors = errors.load(std::memory_order_relaxed),
            .retries = retries.load(std::memory_order_relaxed)};
  }
};

}  // namespace wharf::db
