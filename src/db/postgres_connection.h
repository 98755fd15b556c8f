#pragma once
#include <libpq-fe.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "db/database.h"
#include "db/tally.h"
#include "db/uri.h"

namespace wharf::db {

/// The transaction did not happen and may be run again: a serialisation failure, a deadlock, or a connection that
/// was lost before COMMIT was sent.
class Transient : public Accident {
 public:
  enum class Cause { conflict, lost };
  Transient(Cause cause, std::string detail)
      : Accident({Errc::unavailable, cause == Cause::lost ? "The database cannot be reached" : "The database is busy",
                  std::move(detail)}),
        cause_(cause) {}
  Cause cause() const { return cause_; }

 private:
  Cause cause_;
};

class PostgresConnection;

struct PostgresSettings {
  Uri uri;
  std::chrono::milliseconds statement_timeout;
  std::chrono::milliseconds connect_timeout;
  /// Of the servers that the URI names, this one alone, for no longer than connect_timeout whatever the URI says.
  std::optional<UriHost> only{};
  /// Asked when a statement got no answer for a while: whether it is worth waiting any longer. Empty: it is.
  std::function<bool(const PostgresConnection&)> still_there{};
};

struct PostgresClear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, PostgresClear>;

/// One connection to PostgreSQL in libpq's pipeline mode, with its prepared statements. Used by one thread at a time.
///
/// BEGIN and a statement's first preparation travel with the statement, so each statement costs one round trip; the
/// end of a transaction that kept nothing is sent and not waited for.
class PostgresConnection {
 public:
  /// Connects. Throws Accident{unavailable}; Accident{invalid_request} if the server is too old or not in UTF-8.
  explicit PostgresConnection(const PostgresSettings& settings);
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  /// Whether a server is there that is what the URI asks for (target_session_attrs), if perhaps one that has no
  /// connection left for us. A pooler without a server is none.
  static bool is_anybody_there(const PostgresSettings& settings);

  /// For the statements to come: whether their transaction writes, and whether they may take any time.
  void set_manners(bool writes, bool unhurried);
  /// Runs `query`, after `begin` where that is not null. Throws Transient and what Tx promises.
  PostgresResult execute(const Query& query, std::span<const Value> values, const char* begin);
  /// Runs several statements in one message.
  void script(const Query& query);
  /// COMMIT, awaited. Throws; after Accident{unavailable} nobody knows whether it happened.
  void commit();
  /// Sends `sql` (COMMIT of a read, ROLLBACK) without waiting for its answer.
  void finish_later(const char* sql) noexcept;
  /// Takes in the answer to `finish_later`, and looks whether the server has hung up meanwhile.
  bool settle() noexcept;

  /// Whether the connection is a session of the server's own, and not lent by a pooler for each transaction.
  bool is_session() const { return session_; }
  /// False when the connection cannot be used again.
  bool usable() const { return usable_; }
  std::uint64_t generation = 0;                        ///< The owner's mark.
  std::optional<std::uint64_t> losses{};               ///< The owner's mark.
  std::chrono::steady_clock::time_point idle_since{};  ///< The owner's mark.

 private:
  struct Close {
    void operator()(PGconn* handle) const { PQfinish(handle); }
  };
  class Parameters;
  /// One answer of a pipeline that is to be awaited.
  struct Step {
    const char* query;
    bool prepares;
  };

  void connect();
  void set_up_session();
  void have_clients_watched();
  void send_begin(const char* begin, std::vector<Step>& steps);
  void send(const Query& query, std::span<const Value> values, const Parameters& parameters, std::vector<Step>& steps);
  PostgresResult collect(std::span<const Step> steps);
  PostgresResult next_result();
  void wait(bool for_write);
  void check(bool sent, const char* query);
  void restart_clock();
  [[noreturn]] void lose(const char* query, std::string why);
  [[noreturn]] void fail(const PGresult* result, const char* query);
  std::string redacted(std::string text) const;

  const PostgresSettings& settings_;
  std::unique_ptr<PGconn, Close> handle_;
  std::unordered_map<std::string, std::string> prepared_;  ///< SQL and its parameters' kinds -> name.
  std::string own_timeouts_;                               ///< Without a session: what sets them for one transaction.
  std::string key_;
  std::string password_;
  const char* current_ = "";
  std::chrono::steady_clock::time_point deadline_;
  std::chrono::steady_clock::time_point doubt_;  ///< When to ask whether the server is there at all.
  bool session_ = true;
  bool watches_clients_ = false;  ///< The server can look whether the client of a long statement is still there.
  bool writes_ = false;
  bool unhurried_ = false;
  bool usable_ = true;
  bool unsettled_ = false;
};

/// What Tx::lock takes: a row, or an advisory lock as well, for programs of the release before (docs/adr/0014).
enum class Locks { rows, with_advisory };
/// Which of them the server can. Throws Accident{unavailable}.
Locks find_locks(PostgresConnection& connection);

/// A transaction's statements on a connection. Its first statement begins it.
class PostgresTx final : public Tx {
 public:
  /// `begin` null: each statement stands alone.
  PostgresTx(PostgresConnection& connection, const char* begin, bool writes, Tally& tally, Locks locks = Locks::rows)
      : connection_(connection), begin_(begin), writes_(writes), tally_(tally), locks_(locks) {
    connection.set_manners(writes, false);
  }
  ~PostgresTx() override;

  Engine engine() const override { return Engine::postgres; }
  void visit(const Query& query, std::span<const Value> parameters,
             const std::function<bool(RowReader&)>& each) override;
  std::int64_t change(const Query& query, std::span<const Value> parameters) override;
  void script(const Query& query) override;
  void lock(std::string_view name) override;
  void unhurried() override;
  void lock_patience(std::chrono::milliseconds patience) override;

  /// Ends the transaction after its body; throws what a swallowed statement threw, and what COMMIT does.
  void finish(bool keep);

 private:
  PostgresResult execute(const Query& query, std::span<const Value> parameters);
  template <class Use>
  auto attempt(Use use);

  PostgresConnection& connection_;
  const char* begin_;
  bool writes_;
  Tally& tally_;
  const Locks locks_;
  bool open_ = false;
  std::exception_ptr failure_;
};

}  // namespace wharf::db
