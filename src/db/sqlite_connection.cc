#include "db/sqlite_connection.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <thread>

namespace wharf::db {
namespace {

constexpr std::size_t kCachedStatements = 256;
constexpr int kProgressSteps = 20'000;  // of SQLite's machine between two looks at the clock: about a millisecond

// Memory stays small (4 MiB of pages a connection); reads of a warm file go through the map and copy nothing.
constexpr Query kSetUp{"sqlite.set_up", R"(
  PRAGMA foreign_keys = ON;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -4096;
  PRAGMA mmap_size = 134217728;
  PRAGMA trusted_schema = OFF)"};
constexpr Query kSetUpWriter{"sqlite.set_up_writer", R"(
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 0;
  PRAGMA journal_size_limit = 33554432)"};

// The first page of a new file is all header and fits into a sector: it is there or it is not, without a journal on
// the disk, whose four fsyncs are most of the time that a first start takes.
constexpr Query kSetUpNew{"sqlite.set_up_new", "PRAGMA journal_mode = MEMORY"};

constexpr Query kJournalMode{"sqlite.journal_mode", "PRAGMA journal_mode"};

class SqliteRow final : public RowReader {
 public:
  SqliteRow(sqlite3_stmt* statement, const char* query) : RowReader(query), statement_(statement) {}

  int size() const override { return sqlite3_column_count(statement_); }
  bool null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  bool boolean(int column) const override { return integer(column) != 0; }

  std::int64_t integer(int column) const override {
    if (sqlite3_column_type(statement_, column) != SQLITE_INTEGER) mistyped(column, "an integer");
    return sqlite3_column_int64(statement_, column);
  }

  double real(int column) const override {
    const int type = sqlite3_column_type(statement_, column);
    if (type != SQLITE_FLOAT && type != SQLITE_INTEGER) mistyped(column, "a number");
    return sqlite3_column_double(statement_, column);
  }

  std::string_view text(int column) const override {
    const int type = sqlite3_column_type(statement_, column);
    if (type == SQLITE_NULL || type == SQLITE_BLOB) mistyped(column, "text");
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (data == nullptr) throw std::bad_alloc();
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

  std::string bytes(int column) const override {
    const int type = sqlite3_column_type(statement_, column);
    if (type != SQLITE_BLOB && type != SQLITE_TEXT) mistyped(column, "bytes");
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return data == nullptr ? std::string() : std::string(data, size);
  }

 private:
  [[noreturn]] void mistyped(int column, const char* wanted) const {
    fail(column, (null(column) ? "NULL instead of " : "something else than ") + std::string(wanted));
  }

  sqlite3_stmt* statement_;
};

bool no_space(int system_errno) { return system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG; }

}  // namespace

SqliteConnection::SqliteConnection(const Settings& settings, Mode mode)
    : statement_timeout_(settings.statement_timeout) {
  // Its global statistics cost a lock at each allocation; too late (and harmless) if someone has opened before.
  static std::once_flag configured;
  std::call_once(configured, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
  const bool writes = mode == Mode::read_write;
  if (writes) {
    // Made here with a narrow mode, which SQLite gives to the WAL beside it: there are password hashes in it.
    const int file = ::open(settings.path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) ::close(file);
  }
  sqlite3* raw = nullptr;
  const int flags = (writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE;
  const int opened = sqlite3_open_v2(settings.path.c_str(), &raw, flags, nullptr);
  handle_.reset(raw);
  if (opened != SQLITE_OK) {
    throw Accident({Errc::unavailable, "The database cannot be opened", raw ? sqlite3_errmsg(raw) : "no memory"});
  }
  sqlite3_busy_timeout(handle(), static_cast<int>(settings.busy_timeout.count()));
  sqlite3_progress_handler(handle(), kProgressSteps, &on_progress, this);
  if (writes) enter_wal(settings);
  script(kSetUp);
}

void SqliteConnection::enter_wal(const Settings& settings) {
  // Two processes that make the same file at once: SQLite answers "busy" at once rather than risk a deadlock.
  const auto give_up = std::chrono::steady_clock::now() + settings.busy_timeout;
  for (;;) {
    try {
      std::error_code failed;
      if (std::filesystem::file_size(settings.path, failed) == 0) script(kSetUpNew);
      script(kSetUpWriter);
      break;
    } catch (const Accident& accident) {
      if (accident.error().code != Errc::unavailable || std::chrono::steady_clock::now() > give_up) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  const Lease mode = prepare(kJournalMode);
  if (sqlite3_step(mode.handle()) != SQLITE_ROW || SqliteRow(mode.handle(), kJournalMode.name).text(0) != "wal") {
    throw Accident({Errc::unavailable, "The database cannot be opened", "its file system cannot share memory (WAL)"});
  }
}

SqliteConnection::~SqliteConnection() {
  for (auto& [sql, statement] : cache_) sqlite3_finalize(statement->handle);
}

int SqliteConnection::on_progress(void* self) {
  const auto& connection = *static_cast<SqliteConnection*>(self);
  return !connection.unhurried_ && std::chrono::steady_clock::now() > connection.deadline_ ? 1 : 0;
}

void SqliteConnection::start_clock() {
  errno = 0;  // so that `fail` reads none from before
  deadline_ = std::chrono::steady_clock::now() + statement_timeout_;
}

std::unique_ptr<SqliteConnection::Statement> SqliteConnection::compile(const Query& query) {
  auto statement = std::make_unique<Statement>();
  const int code = sqlite3_prepare_v3(handle(), query.sql, -1, SQLITE_PREPARE_PERSISTENT, &statement->handle, nullptr);
  if (code != SQLITE_OK) fail(code, query.name);
  // To SQLite `$2` is a name like any other, numbered where it is first met; here it means the second parameter.
  const int count = sqlite3_bind_parameter_count(statement->handle);
  for (int i = 1; i <= count; ++i) {
    const char* name = sqlite3_bind_parameter_name(statement->handle, i);
    int position = 0;
    if (name != nullptr && *name == '$') std::from_chars(name + 1, name + std::strlen(name), position);
    if (position == 0) {
      sqlite3_finalize(statement->handle);
      throw Accident(
          {Errc::internal, "Internal error", std::string("query ") + query.name + ": parameters are $1, $2…"});
    }
    statement->positions.push_back(position);
  }
  return statement;
}

void SqliteConnection::make_room() {
  std::erase_if(cache_, [](auto& entry) {
    if (entry.second->lent) return false;
    sqlite3_finalize(entry.second->handle);
    return true;
  });
}

SqliteConnection::Lease SqliteConnection::prepare(const Query& query) {
  start_clock();
  const auto found = cache_.find(std::string_view(query.sql));
  if (found != cache_.end()) {
    if (found->second->lent) return {nullptr, compile(query)};
    return {found->second.get(), nullptr};
  }
  auto statement = compile(query);
  if (cache_.size() >= kCachedStatements) make_room();
  const auto added = cache_.emplace(query.sql, std::move(statement)).first;
  return {added->second.get(), nullptr};
}

void SqliteConnection::execute(const Query& query) {
  const Lease lease = prepare(query);
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(lease.handle());
  if (code != SQLITE_DONE) fail(code, query.name);
}

void SqliteConnection::script(const Query& query) {
  start_clock();
  const int code = sqlite3_exec(handle(), query.sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code, query.name);
}

void SqliteConnection::rollback() noexcept {
  if (in_transaction()) sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void SqliteConnection::fail(int code, const char* query) const {
  const int last_errno = errno;  // SQLite forgets it where a COMMIT fails
  std::string detail = std::string("query ") + query + ": " + sqlite3_errmsg(handle()) + " (SQLite " +
                       std::to_string(sqlite3_extended_errcode(handle())) + ")";
  const auto raise = [&](Errc errc, const char* message) { throw Accident({errc, message, std::move(detail)}); };
  switch (code & 0xff) {
    case SQLITE_FULL:
      raise(Errc::insufficient_storage, "No space is left for the database");
      break;
    case SQLITE_IOERR:
      if (no_space(sqlite3_system_errno(handle())) || no_space(last_errno)) {
        raise(Errc::insufficient_storage, "No space is left for the database");
      }
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      raise(Errc::unavailable, "The database is busy");
      break;
    case SQLITE_INTERRUPT:
      raise(Errc::unavailable, "The database took too long");
      break;
    case SQLITE_CANTOPEN:
      raise(Errc::unavailable, "The database cannot be opened");
      break;
    case SQLITE_CONSTRAINT:
      if (code != SQLITE_CONSTRAINT_NOTNULL && code != SQLITE_CONSTRAINT_CHECK && code != SQLITE_CONSTRAINT_DATATYPE) {
        throw ConstraintViolation(std::move(detail));
      }
      break;
    default:
      break;
  }
  throw Accident({Errc::internal, "Internal error", std::move(detail)});
}

SqliteConnection::Lease::Lease(Statement* shared, std::unique_ptr<Statement> own)
    : statement_(own ? own.get() : shared), own_(std::move(own)) {
  statement_->lent = true;
}

SqliteConnection::Lease::~Lease() {
  if (statement_ == nullptr) return;
  if (own_) {
    sqlite3_finalize(own_->handle);
    return;
  }
  sqlite3_reset(statement_->handle);
  sqlite3_clear_bindings(statement_->handle);  // they point at the caller's memory
  statement_->lent = false;
}

void SqliteConnection::Lease::bind(SqliteConnection& connection, const Query& query, std::span<const Value> values) {
  for (std::size_t i = 0; i < statement_->positions.size(); ++i) {
    const auto position = static_cast<std::size_t>(statement_->positions[i]);
    if (position > values.size()) {
      throw Accident({Errc::internal, "Internal error",
                      std::string("query ") + query.name + ": no value for $" + std::to_string(position)});
    }
    const Value& value = values[position - 1];
    const int at = static_cast<int>(i) + 1;
    // A view without data must not become NULL.
    const char* data = value.text.data() == nullptr ? "" : value.text.data();
    int code = SQLITE_OK;
    switch (value.null ? Value::Kind::untyped : value.kind) {
      case Value::Kind::untyped:
        code = sqlite3_bind_null(handle(), at);
        break;
      case Value::Kind::boolean:
      case Value::Kind::integer:
        code = sqlite3_bind_int64(handle(), at, value.integer);
        break;
      case Value::Kind::real:
        code = sqlite3_bind_double(handle(), at, value.real);
        break;
      case Value::Kind::text:
        require_storable(query.name, value.text);
        code = sqlite3_bind_text64(handle(), at, data, value.text.size(), SQLITE_STATIC, SQLITE_UTF8);
        break;
      case Value::Kind::bytes:
        code = sqlite3_bind_blob64(handle(), at, data, value.text.size(), SQLITE_STATIC);
        break;
    }
    if (code != SQLITE_OK) connection.fail(code, query.name);
  }
}

template <class Use>
auto SqliteTx::attempt(Use use) {
  if (failure_) std::rethrow_exception(failure_);
  try {
    return use();
  } catch (...) {
    failure_ = std::current_exception();
    throw;
  }
}

SqliteConnection::Lease SqliteTx::start(const Query& query, std::span<const Value> parameters) {
  return attempt([&] {
    tally_.add(tally_.statements);
    auto lease = connection_.prepare(query);
    lease.bind(connection_, query, parameters);
    return lease;
  });
}

bool SqliteTx::step(SqliteConnection::Lease& lease, const Query& query) {
  return attempt([&] {
    const int code = sqlite3_step(lease.handle());
    if (code != SQLITE_ROW && code != SQLITE_DONE) connection_.fail(code, query.name);
    return code == SQLITE_ROW;
  });
}

void SqliteTx::visit(const Query& query, std::span<const Value> parameters,
                     const std::function<bool(RowReader&)>& each) {
  auto lease = start(query, parameters);
  SqliteRow row(lease.handle(), query.name);
  while (step(lease, query)) {
    if (!each(row)) return;
  }
}

std::int64_t SqliteTx::change(const Query& query, std::span<const Value> parameters) {
  auto lease = start(query, parameters);
  // A statement that is no INSERT, UPDATE or DELETE leaves the last one's count standing.
  const auto before = sqlite3_total_changes64(connection_.handle());
  while (step(lease, query)) {
  }
  const bool changed = sqlite3_total_changes64(connection_.handle()) != before;
  return changed ? sqlite3_changes64(connection_.handle()) : 0;
}

void SqliteTx::script(const Query& query) {
  attempt([&] {
    tally_.add(tally_.statements);
    connection_.script(query);
  });
}

}  // namespace wharf::db
