#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "db/database.h"
#include "db/sqlite_connection.h"
#include "db/tally.h"

namespace wharf::db {

/// The one writer of a SQLite database: a thread that puts writes which wait together into one transaction.
///
/// The first of a group runs in the bare transaction, each later one in a SAVEPOINT, so that a failing one is undone
/// alone. All are answered after the one COMMIT, hence one fsync. When SQLite gives up the whole transaction (a full
/// disk does that), or refuses the COMMIT for space or a deferred constraint, the group's members run again one by one.
class SqliteWriter {
 public:
  using Body = std::function<bool(Tx&)>;
  using Done = std::function<void(std::exception_ptr)>;

  /// Opens the database, making its file if there is none. Throws Accident.
  SqliteWriter(const SqliteConnection::Settings& settings, Tally& tally);
  /// Finishes what waits, then closes.
  ~SqliteWriter();

  void submit(Body body, Done done);

 private:
  struct Write {
    Body body;
    Done done;
    std::exception_ptr thrown{};
  };
  enum class Ending { kept, undone, lost };  ///< lost: SQLite rolled back the whole transaction.

  void work();
  std::optional<Write> take_waiting();
  void run_group(Write first);
  void run_alone(Write write);
  Ending run_body(Write& write);
  bool try_commit(std::exception_ptr& thrown);
  void answer(Write& write);
  void checkpoint();

  SqliteConnection connection_;
  std::chrono::milliseconds busy_timeout_;
  Tally& tally_;
  int wal_pages_ = 0;
  int checkpoint_at_;

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Write> waiting_;
  bool closing_ = false;
  std::thread thread_;
};

/// A Database on one SQLite file.
class SqliteDatabase final : public Database {
 public:
  /// Throws Accident.
  SqliteDatabase(std::string path, const Options& options);
  ~SqliteDatabase() override;

  Engine engine() const override { return Engine::sqlite; }
  Counters counters() const override { return tally_.sum(); }

 protected:
  void run_blocking(Access access, const Body& body) override;
  void submit(Access access, Body body, std::function<void(std::exception_ptr)> done) override;
  bool inline_reads() const override { return true; }

 private:
  /// A read-only connection, taken from the idle ones and given back. The last one given back is the next one taken,
  /// since its pages are warm: there are as many as reads have ever run at once.
  class Reader;

  void run_read(const Body& body);

  SqliteConnection::Settings settings_;
  Tally tally_;
  SqliteWriter writer_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> idle_;
  boost::asio::thread_pool readers_;
};

}  // namespace wharf::db
