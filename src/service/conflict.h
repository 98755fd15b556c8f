#pragma once
#include "base/async.h"
#include "db/database.h"

namespace wharf::service {

/// `db.write(job)`, where a name that another request took between the check and the insert is answered with `taken`:
/// the loser of a race reads the same as one who came late.
template <class Job>
awaitable<std::invoke_result_t<Job&, db::Tx&>> write_or(db::Database& database, Job job, Error taken) {
  try {
    co_return co_await database.write(std::move(job));
  } catch (const db::ConstraintViolation& violation) {
    taken.detail = violation.error().detail;
    co_return taken;
  }
}

}  // namespace wharf::service
