#pragma once
#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "db/database.h"
#include "db/tally.h"

namespace wharf::db {

/// One SQLite connection with its statements. Used by one thread at a time.
class SqliteConnection {
 public:
  enum class Mode { read_only, read_write };
  struct Settings {
    std::string path;
    std::chrono::milliseconds statement_timeout;
    std::chrono::milliseconds busy_timeout;
  };

  /// A prepared statement on loan; gives it back reset.
  class Lease;

  /// Opens; a read-write connection makes the file (mode 0600) and puts it in WAL mode. Throws Accident.
  SqliteConnection(const Settings& settings, Mode mode);
  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  sqlite3* handle() const { return handle_.get(); }
  Lease prepare(const Query& query);
  /// Runs one of our own statements without parameters; throws as a transaction's statement does.
  void execute(const Query& query);
  /// Runs every statement in `query.sql`.
  void script(const Query& query);
  /// Ends the transaction, if there is one, without keeping it.
  void rollback() noexcept;
  bool in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }

  /// The clock of the statement time-out starts again; `unhurried` stops it until `hurried`.
  void start_clock();
  void unhurried() { unhurried_ = true; }
  void hurried() { unhurried_ = false; }

  /// Throws what `code` (extended) means to a caller; the text names the query, never a value.
  [[noreturn]] void fail(int code, const char* query) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  struct Statement {
    sqlite3_stmt* handle = nullptr;
    std::vector<int> positions;  ///< Which `$n` stands at SQLite's parameter i + 1.
    bool lent = false;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Cache = std::unordered_map<std::string, std::unique_ptr<Statement>, TextHash, std::equal_to<>>;

  std::unique_ptr<Statement> compile(const Query& query);
  void make_room();
  void enter_wal(const Settings& settings);
  static int on_progress(void* self);

  std::chrono::milliseconds statement_timeout_;
  std::chrono::steady_clock::time_point deadline_;
  bool unhurried_ = false;
  std::unique_ptr<sqlite3, Close> handle_;
  Cache cache_;
};

class SqliteConnection::Lease {
 public:
  Lease(Statement* shared, std::unique_ptr<Statement> own);
  Lease(Lease&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)), own_(std::move(other.own_)) {}
  Lease& operator=(Lease&&) = delete;
  ~Lease();

  sqlite3_stmt* handle() const { return statement_->handle; }
  /// Binds without copying: the values outlive the lease. Throws Accident.
  void bind(SqliteConnection& connection, const Query& query, std::span<const Value> values);

 private:
  Statement* statement_;
  std::unique_ptr<Statement> own_;  ///< Set when the cached one was at work already.
};

/// A transaction's statements on a connection; BEGIN and COMMIT are its owner's.
class SqliteTx final : public Tx {
 public:
  SqliteTx(SqliteConnection& connection, Tally& tally) : connection_(connection), tally_(tally) {}
  ~SqliteTx() override { connection_.hurried(); }

  Engine engine() const override { return Engine::sqlite; }
  void visit(const Query& query, std::span<const Value> parameters,
             const std::function<bool(RowReader&)>& each) override;
  std::int64_t change(const Query& query, std::span<const Value> parameters) override;
  void script(const Query& query) override;
  void lock(std::string_view) override {}
  void unhurried() override { connection_.unhurried(); }
  void lock_patience(std::chrono::milliseconds /*patience*/) override {}

  /// What the first failed statement threw, or null.
  const std::exception_ptr& failure() const { return failure_; }

 private:
  /// Runs `use`, and remembers what it throws.
  template <class Use>
  auto attempt(Use use);
  SqliteConnection::Lease start(const Query& query, std::span<const Value> parameters);
  /// Steps `lease`; true while there is a row.
  bool step(SqliteConnection::Lease& lease, const Query& query);

  SqliteConnection& connection_;
  Tally& tally_;
  std::exception_ptr failure_;
};

}  // namespace wharf::db
