#pragma once
#include <memory>
#include <string>

#include "db/database.h"

namespace wharf::db {

/// WHARF_TEST_DB: "sqlite" (or nothing) or "postgres". Throws for anything else.
Engine engine_from_environment();

/// "sqlite" or "postgres": the name of a parametrised test.
std::string engine_name(Engine engine);

/// Waits until it holds, for a minute at most; answers whether it does.
bool soon(const std::function<bool()>& holds);

/// A PostgreSQL server of this process, in a temporary folder, on a socket there and a free loopback port; without
/// fsync: what it has acknowledged outlives its own death, not the machine's. A shell stands between the two: when this
/// process ends, however it does, the shell sees the end of its standard input, stops the server and removes the
/// folder. Root runs it as the user postgres.
class TestCluster {
 public:
  /// Makes the folder and starts the server. Throws std::runtime_error.
  TestCluster() : TestCluster(nullptr) {}
  /// A standby of `primary`: has what that has, and gets what it gets, until it is promoted.
  static std::unique_ptr<TestCluster> standby_of(const TestCluster& primary);
  /// Stops the server and removes the folder.
  ~TestCluster();
  TestCluster(const TestCluster&) = delete;
  TestCluster& operator=(const TestCluster&) = delete;

  /// `postgresql://postgres@127.0.0.1:PORT/NAME`.
  std::string uri(const std::string& name) const;
  /// Ends every process of the server with SIGKILL.
  void kill();
  /// Starts it again in the same folder, on the same port, and waits until it answers.
  void start();
  /// Runs a statement as the superuser, outside of a transaction; answers the first value of the first row, if any.
  std::string sql(const std::string& statement) const;

 private:
  explicit TestCluster(const TestCluster* primary);
  [[noreturn]] void run_shell(const std::string& script, int standard_input) const;

  std::string folder_;
  std::string programs_;
  std::string primary_;  ///< A standby's: where it copies from.
  int port_ = 0;
  int shell_ = -1;
  int leash_ = -1;  ///< The write end of the shell's standard input.
};

/// An empty database, gone when this is.
///
/// SQLite: a file in a temporary folder. PostgreSQL: a database on the cluster that WHARF_TEST_PG_URI names
/// (`postgresql://user@host:port/postgres`), or else on one that is started for this process.
class TestDatabase {
 public:
  static TestDatabase make(Engine engine);
  /// The same with the program's own migrations run; on PostgreSQL a copy of one made before, in about 30 ms.
  static TestDatabase make_migrated(Engine engine);
  TestDatabase(TestDatabase&& other) noexcept;
  TestDatabase& operator=(TestDatabase&&) = delete;
  ~TestDatabase();

  Engine engine() const { return engine_; }
  const std::string& uri() const { return uri_; }

  /// Opens it; `options.uri` is filled in. Throws Accident. Close what was opened before this goes.
  std::unique_ptr<Database> open(Options options = {}) const;

 private:
  TestDatabase(Engine engine, std::string uri, std::string what) : engine_(engine), uri_(std::move(uri)), what_(what) {}

  Engine engine_;
  std::string uri_;
  std::string what_;  ///< SQLite: the folder. PostgreSQL: the database's name. Empty: nothing to remove.
};

}  // namespace wharf::db
