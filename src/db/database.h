#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/async.h"
#include "base/error.h"
#include "db/row.h"

namespace wharf::db {

enum class Engine { sqlite, postgres };

/// A statement with a name for logs and metrics. `$1`, `$2`… are its parameters, in both engines.
struct Query {
  const char* name;
  const char* sql;
};

/// A statement broke a UNIQUE or FOREIGN KEY constraint. The transaction is over: let it escape, or catch it around
/// the whole of Database::write. (A broken NOT NULL or CHECK is a bug: Accident{internal}.)
class ConstraintViolation : public Accident {
 public:
  explicit ConstraintViolation(std::string detail)
      : Accident({Errc::already_exists, "It exists already", std::move(detail)}) {}
};

/// A statement waited for a lock for longer than Tx::lock_patience allows. The transaction is over.
class LockTimeout : public Accident {
 public:
  explicit LockTimeout(std::string detail) : Accident({Errc::unavailable, "The database is busy", std::move(detail)}) {}
};

/// One transaction, used by one thread. Statements throw: Accident{insufficient_storage} when the disk is full,
/// Accident{unavailable} when the database cannot be reached or takes too long, ConstraintViolation,
/// Accident{invalid_request} for text that is not UTF-8 or has a NUL, Accident{internal} otherwise. After a statement
/// has failed the transaction cannot be saved: it is rolled back even if its body swallows the exception.
class Tx {
 public:
  virtual ~Tx() = default;
  virtual Engine engine() const = 0;

  /// Runs `query` and hands each row to `each`; `each` answers false to stop early. `each` may run other statements.
  /// Memory: one row on SQLite, the whole result on PostgreSQL; page through what can be long.
  virtual void visit(const Query& query, std::span<const Value> parameters,
                     const std::function<bool(RowReader&)>& each) = 0;
  /// Runs a statement without result rows; returns how many rows it changed.
  virtual std::int64_t change(const Query& query, std::span<const Value> parameters) = 0;
  /// Runs statements parted by semicolons, without parameters or rows; for the schema.
  virtual void script(const Query& query) = 0;
  /// Waits until no other transaction holds `name`, and holds it until this one ends. For rules that span rows, on
  /// several nodes. SQLite: nothing to do, there is one writer.
  virtual void lock(std::string_view name) = 0;
  /// Lifts Options::statement_timeout for the rest of this transaction: for migrations and collection.
  virtual void unhurried() = 0;
  /// From here on a statement that waits for a lock for longer throws LockTimeout. What takes a whole table waits for
  /// all who use it, and all who come after wait for it. SQLite: nothing to do, nobody waits for a reader.
  virtual void lock_patience(std::chrono::milliseconds patience) = 0;

  /// Every row, as T: a described struct (columns in member order) or a single column's type.
  template <class T, class... P>
  std::vector<T> all(const Query& query, const P&... parameters);
  /// The first row, or nothing.
  template <class T, class... P>
  std::optional<T> one(const Query& query, const P&... parameters);
  /// Rows changed.
  template <class... P>
  std::int64_t run(const Query& query, const P&... parameters);
  /// The one column of the one row of an INSERT … RETURNING id.
  template <class T, class... P>
  T get(const Query& query, const P&... parameters);
};

struct Options {
  std::string uri{};  ///< "sqlite:////path/wharf.db" or "postgresql://user:password@host:port/name?…".
  int readers = 4;    ///< Threads for reads (PostgreSQL: connections for reads and writes together, 4 × this).
  std::chrono::milliseconds statement_timeout{30'000};
  std::chrono::milliseconds connect_timeout{5'000};
  /// PostgreSQL: what waits for a thread for longer is refused (unavailable): its client has given up, or soon will.
  std::chrono::milliseconds queue_patience{5'000};
  std::vector<std::string> replica_uris{};  ///< PostgreSQL: standbys for reads that may lag.
  std::chrono::milliseconds replica_max_lag{10'000};
};

struct Counters {
  std::uint64_t reads = 0, writes = 0, statements = 0, commits = 0, errors = 0, retries = 0;
};

/// Transactions on SQLite (WAL, synchronous FULL, foreign keys on, one writer) or PostgreSQL (a pool).
///
/// A transaction body is a plain function of `Tx&`; it runs on a database thread and cannot wait for anything else.
/// It may run more than once (PostgreSQL: serialisation failure, connection lost before COMMIT was sent), so it must
/// have no effect outside the transaction. It returns a value; returning a failed Result rolls back.
/// SQLite: writes that wait together share one COMMIT, hence one fsync, each in a SAVEPOINT of its own; each is
/// answered only after that COMMIT is durable.
class Database {
 public:
  /// Opens, without running migrations. Errors: unavailable, invalid_request (bad uri).
  static Result<std::unique_ptr<Database>> open(Options options);
  virtual ~Database() = default;

  virtual Engine engine() const = 0;
  virtual Counters counters() const = 0;

  /// A read-only snapshot on a database thread.
  template <class Job>
  awaitable<std::invoke_result_t<Job&, Tx&>> read(Job job);
  /// A read-only snapshot that may be up to Options::replica_max_lag old: of a replica, where there is one that is no
  /// older; otherwise as `read`. For what nobody decides by and nobody reads right after a write of their own: never
  /// for permissions. A replica that fails is not noticed: the job runs again on the primary.
  template <class Job>
  awaitable<std::invoke_result_t<Job&, Tx&>> read_lagging(Job job);
  /// How old a snapshot of read_lagging can be; 0 without replicas.
  virtual std::chrono::milliseconds most_lag() const { return std::chrono::milliseconds(0); }
  /// One or two indexed statements: SQLite runs them here and now on a connection of this thread (about 5 µs each);
  /// PostgreSQL as `read`, but each statement stands alone: one round trip each, no common snapshot.
  template <class Job>
  awaitable<std::invoke_result_t<Job&, Tx&>> lookup(Job job);
  /// A read-write transaction; comes back when it is durable.
  template <class Job>
  awaitable<std::invoke_result_t<Job&, Tx&>> write(Job job);
  /// The same for code without an event loop (start, command line, tests); blocks.
  template <class Job>
  std::invoke_result_t<Job&, Tx&> write_now(Job job);
  template <class Job>
  std::invoke_result_t<Job&, Tx&> read_now(Job job);

 protected:
  /// A job with its result erased: answers false to roll back.
  using Body = std::function<bool(Tx&)>;
  enum class Access { lookup, read, lagging_read, write };
  virtual void run_blocking(Access access, const Body& body) = 0;
  /// Calls `done` on any thread, once: with null, or with what the transaction threw.
  virtual void submit(Access access, Body body, std::function<void(std::exception_ptr)> done) = 0;
  /// Whether run_blocking may be called on an event loop for a short read.
  virtual bool inline_reads() const = 0;

 private:
  template <class Job>
  awaitable<std::invoke_result_t<Job&, Tx&>> await(Access access, Job job);
  template <class Job>
  std::invoke_result_t<Job&, Tx&> block(Access access, Job& job);
};

}  // namespace wharf::db

#include "db/database_inl.h"
