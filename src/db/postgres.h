#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "db/database.h"
#include "db/postgres_connection.h"
#include "db/tally.h"

namespace wharf::db {

inline constexpr const char* kBeginRead = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Half of `pause` to all of it: callers that failed together do not come back together.
std::chrono::milliseconds jittered(std::chrono::milliseconds pause);

/// Connections to one server, opened as they are needed, up to a bound. The last one given back is the next one lent,
/// so that few are open while little happens.
///
/// While the server cannot be reached, callers are refused at once; one of them at a time tries to connect, less and
/// less often, at least every two seconds. So the pool recovers by itself. It is found out within seconds, by who
/// connects or by who waits for an answer, and logged once; whoever else waits for an answer gives up then.
class PostgresPool {
 public:
  /// `what` is the server's name in the log: "database"; empty: the owner tells of it.
  PostgresPool(PostgresSettings settings, std::size_t most, std::string what);

  /// A connection that is ready for a transaction; waits for one when all are lent, or when the server gives no more
  /// than there are. Throws Accident{unavailable}.
  std::unique_ptr<PostgresConnection> borrow();
  /// Gives a connection back; one that is no longer usable makes all that are as old suspect.
  void give_back(std::unique_ptr<PostgresConnection> connection) noexcept;
  /// False from when the server was found not to answer until it answers again.
  bool reachable() const { return !out_.load(std::memory_order_relaxed); }
  /// For how long it has not been reachable; 0 while it is.
  std::chrono::milliseconds away() const;

 private:
  using Time = std::chrono::steady_clock::time_point;

  bool still_there(const PostgresConnection& connection);
  bool answers() const;
  std::uint64_t finds() const;
  /// Whether the server counts as lost. It does not where somebody has reached it since `before`: what was asked when
  /// it still hung says nothing of now.
  bool note_lost(const std::string& why, std::uint64_t before);
  void note_found();
  std::unique_ptr<PostgresConnection> take_idle(std::unique_lock<std::mutex>& lock);
  /// Whether the caller is to connect now; counted as open then.
  bool may_connect(Time now);
  std::unique_ptr<PostgresConnection> connect();

  const PostgresSettings settings_;
  const std::vector<PostgresSettings> probes_;  ///< The same in a hurry, for each server that the URI names.
  const std::size_t most_;
  const std::string what_;
  std::atomic<bool> out_ = false;
  mutable std::mutex mutex_;
  std::condition_variable given_back_;
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
  std::size_t open_ = 0;        ///< Lent, idle and being opened.
  std::size_t connecting_ = 0;  ///< Being opened.
  std::uint64_t generation_ = 0;
  std::atomic<std::uint64_t> losses_ = 0;  ///< How often the server was found not to answer.
  int failures_ = 0;                       ///< Attempts to connect that failed since the last that did not.
  bool probing_ = false;
  std::uint64_t finds_ = 0;  ///< Attempts to connect that did not fail.
  Time next_probe_{};
  Time out_since_{};
  std::mutex asking_;  ///< Held by who asks whether the server is there: one asks for all.
  Time asked_at_{};
  bool answered_ = true;
};

/// A connection for the time of one attempt.
class PostgresLoan {
 public:
  explicit PostgresLoan(PostgresPool& pool) : pool_(pool), connection_(pool.borrow()) {}
  ~PostgresLoan() { pool_.give_back(std::move(connection_)); }
  PostgresLoan(const PostgresLoan&) = delete;
  PostgresLoan& operator=(const PostgresLoan&) = delete;
  PostgresConnection& operator*() const { return *connection_; }

 private:
  PostgresPool& pool_;
  std::unique_ptr<PostgresConnection> connection_;
};

class PostgresReplicas;

/// Throws Accident{unavailable} when what was to begin at `since` has waited for longer than `patience`.
void refuse_if_stale(std::chrono::steady_clock::time_point since, std::chrono::milliseconds patience);

/// A Database on a PostgreSQL server, and on standbys of it where there are some.
///
/// As many threads as connections do the work, first come, first served; but reads, which may be slow, have at most
/// three quarters of them, so that look-ups (pulls, the health check) and writes find one.
class PostgresDatabase final : public Database {
 public:
  /// Connects once, to find a wrong URI early; to the replicas later. Throws Accident.
  PostgresDatabase(const Uri& uri, const std::vector<Uri>& replicas, const Options& options);
  ~PostgresDatabase() override;

  Engine engine() const override { return Engine::postgres; }
  Counters counters() const override { return tally_.sum(); }
  std::chrono::milliseconds most_lag() const override;
  const PostgresPool& pool() const { return pool_; }
  const PostgresReplicas* replicas() const { return replicas_.get(); }  ///< Null without any.

 protected:
  void run_blocking(Access access, const Body& body) override;
  void submit(Access access, Body body, std::function<void(std::exception_ptr)> done) override;
  bool inline_reads() const override { return false; }

 private:
  void run_once(Access access, const Body& body);
  void run_again_while_transient(Access access, const Body& body);

  struct Job {
    Access access;
    Body body;
    std::function<void(std::exception_ptr)> done;
    std::chrono::steady_clock::time_point since;
  };
  void start(std::shared_ptr<Job> job);
  void run(Job& job);
  /// After a read: begins one that waits for its end.
  void next_read();

  const std::chrono::milliseconds queue_patience_;
  Tally tally_;
  PostgresPool pool_;
  Locks locks_ = Locks::rows;
  const std::size_t most_reads_;
  std::mutex reads_mutex_;
  std::size_t reads_ = 0;  ///< On threads, or in their queue.
  std::deque<std::shared_ptr<Job>> waiting_reads_;
  boost::asio::thread_pool threads_;
  std::unique_ptr<PostgresReplicas> replicas_;
};

}  // namespace wharf::db
