#pragma once
#include "base/async.h"
#include "db/database.h"

namespace wharf::service {

/// `db.write(job)`, and again when a row that `job` found was deleted before `job` could refer to it: the next time it
/// does not find it, and answers accordingly. That happens on PostgreSQL alone, where two statements of a transaction
/// may see two states, and garbage collection may come between them. `job` is copied for each time.
template <class Job>
awaitable<std::invoke_result_t<Job&, db::Tx&>> write_again(db::Database& database, Job job) {
  constexpr int kAttempts = 4;
  for (int attempt = 1;; ++attempt) {
    try {
      Job copy = job;
      co_return co_await database.write(std::move(copy));
    } catch (const db::ConstraintViolation&) {
      if (attempt == kAttempts) throw;
    }
  }
}

}  // namespace wharf::service
