#pragma once
#include <condition_variable>
#include <mutex>

#include "db/database.h"
#include "db/postgres_connection.h"
#include "db/tally.h"

namespace wharf::db {

/// Connections to one server, opened as they are needed, up to a bound. The last one given back is the next one lent,
/// so that few are open while little happens.
///
/// While the server cannot be reached, callers are refused at once; one of them at a time tries to connect, less and
/// less often, at least every two seconds. So the pool recovers by itself.
class PostgresPool {
 public:
  PostgresPool(PostgresSettings settings, std::size_t most);

  /// A connection that is ready for a transaction; waits for one when all are lent. Throws Accident{unavailable}.
  std::unique_ptr<PostgresConnection> borrow();
  /// Gives a connection back; one that is no longer usable makes all that are as old suspect.
  void give_back(std::unique_ptr<PostgresConnection> connection) noexcept;

 private:
  std::unique_ptr<PostgresConnection> take_idle(std::unique_lock<std::mutex>& lock);
  void may_connect();
  std::unique_ptr<PostgresConnection> connect();

  const PostgresSettings settings_;
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable given_back_;
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
  std::size_t open_ = 0;  ///< Lent, idle and being opened.
  std::uint64_t generation_ = 0;
  int failures_ = 0;  ///< Attempts to connect that failed since the last that did not.
  bool probing_ = false;
  std::chrono::steady_clock::time_point next_probe_{};
};

/// A Database on a PostgreSQL server.
class PostgresDatabase final : public Database {
 public:
  /// Connects once, to find a wrong URI early. Throws Accident.
  PostgresDatabase(const Uri& uri, const Options& options);
  ~PostgresDatabase() override;

  Engine engine() const override { return Engine::postgres; }
  Counters counters() const override { return tally_.sum(); }

 protected:
  void run_blocking(Access access, const Body& body) override;
  void submit(Access access, Body body, std::function<void(std::exception_ptr)> done) override;
  bool inline_reads() const override { return false; }

 private:
  class Loan;

  void run_once(Access access, const Body& body);
  void run_again_while_transient(Access access, const Body& body);

  Tally tally_;
  PostgresPool pool_;
  boost::asio::thread_pool threads_;
};

}  // namespace wharf::db
