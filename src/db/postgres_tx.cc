#include <charconv>

#include "base/hex.h"
#include "db/lock_slot.h"
#include "db/postgres_connection.h"

namespace wharf::db {
namespace {

constexpr Oid kBytea = 17;  // Source: PostgreSQL, src/include/catalog/pg_type.dat.

constexpr Query kBegin{"postgres.begin", "SELECT 1"};
constexpr Query kLock{"postgres.lock", "SELECT slot FROM lock_slot WHERE slot = $1 FOR UPDATE"};
// Programs of the release before know the advisory lock alone. See docs/adr/0014 for when it can go.
constexpr Query kLockBoth{"postgres.lock_both", R"(
  SELECT slot, pg_advisory_xact_lock(hashtextextended($2, 0)) FROM lock_slot WHERE slot = $1 FOR UPDATE)"};
constexpr Query kNoTimeout{"postgres.unhurried", "SET LOCAL statement_timeout = 0"};
constexpr Query kPatience{"postgres.lock_patience", "SELECT set_config('lock_timeout', $1, true)"};

class PostgresRow final : public RowReader {
 public:
  PostgresRow(const PGresult* result, const char* query) : RowReader(query), result_(result) {}
  void move_to(int row) { row_ = row; }

  int size() const override { return PQnfields(result_); }
  bool null(int column) const override { return PQgetisnull(result_, row_, column) != 0; }

  bool boolean(int column) const override {
    const auto raw = value(column, "a boolean");
    return raw == "t" || (raw != "f" && number<std::int64_t>(raw, column) != 0);
  }

  std::int64_t integer(int column) const override {
    const auto raw = value(column, "an integer");
    if (raw == "t" || raw == "f") return raw == "t" ? 1 : 0;
    return number<std::int64_t>(raw, column);
  }

  double real(int column) const override { return number<double>(value(column, "a number"), column); }

  std::string_view text(int column) const override {
    if (PQftype(result_, column) == kBytea) fail(column, "bytes instead of text");
    return value(column, "text");
  }

  std::string bytes(int column) const override {
    const auto raw = value(column, "bytes");
    if (PQftype(result_, column) != kBytea) return std::string(raw);
    auto decoded = raw.starts_with("\\x") ? from_hex(raw.substr(2)) : std::nullopt;
    if (!decoded) fail(column, "bytes that are not in hexadecimal");
    return *std::move(decoded);
  }

 private:
  std::string_view value(int column, const char* wanted) const {
    if (null(column)) fail(column, std::string("NULL instead of ") + wanted);
    return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
  }

  template <class T>
  T number(std::string_view raw, int column) const {
    T parsed{};
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), parsed);
    if (error != std::errc() || end != raw.data() + raw.size()) fail(column, "something else than a number");
    return parsed;
  }

  const PGresult* result_;
  int row_ = 0;
};

}  // namespace

Locks find_locks(PostgresConnection& connection) {
  static const Query kTry{"postgres.try_advisory", "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"};
  const Value values[] = {text_value("wharf")};  // nobody's
  try {
    connection.execute(kTry, values, nullptr);
    return Locks::with_advisory;
  } catch (const Accident& accident) {
    if (accident.error().code == Errc::unavailable) throw;
    return Locks::rows;
  }
}

PostgresTx::~PostgresTx() {
  if (open_) connection_.finish_later("ROLLBACK");
}

template <class Use>
auto PostgresTx::attempt(Use use) {
  if (failure_) std::rethrow_exception(failure_);
  try {
    tally_.add(tally_.statements);
    return use();
  } catch (...) {
    failure_ = std::current_exception();
    throw;
  }
}

PostgresResult PostgresTx::execute(const Query& query, std::span<const Value> parameters) {
  return attempt([&] {
    const char* begin = open_ ? nullptr : begin_;
    open_ = begin_ != nullptr;
    return connection_.execute(query, parameters, begin);
  });
}

void PostgresTx::visit(const Query& query, std::span<const Value> parameters,
                       const std::function<bool(RowReader&)>& each) {
  const PostgresResult result = execute(query, parameters);
  PostgresRow row(result.get(), query.name);
  for (int i = 0; i < PQntuples(result.get()); ++i) {
    row.move_to(i);
    if (!each(row)) return;
  }
}

std::int64_t PostgresTx::change(const Query& query, std::span<const Value> parameters) {
  const PostgresResult result = execute(query, parameters);
  const std::string_view changed = PQcmdTuples(result.get());
  std::int64_t rows = 0;
  std::from_chars(changed.data(), changed.data() + changed.size(), rows);
  return rows;
}

void PostgresTx::script(const Query& query) {
  if (!open_) execute(kBegin, {});
  attempt([&] { connection_.script(query); });
}

void PostgresTx::lock(std::string_view name) {
  const Value values[] = {to_value(lock_slot(name)), text_value(name)};
  const bool both = locks_ == Locks::with_advisory;
  const PostgresResult row = execute(both ? kLockBoth : kLock, std::span(values).first(both ? 2 : 1));
  if (PQntuples(row.get()) == 1) return;
  failure_ = std::make_exception_ptr(Accident({Errc::internal, "Internal error", "lock_slot lacks rows"}));
  std::rethrow_exception(failure_);
}

void PostgresTx::unhurried() {
  change(kNoTimeout, {});
  connection_.set_manners(writes_, true);
}

void PostgresTx::lock_patience(std::chrono::milliseconds patience) {
  const std::string time = std::to_string(patience.count());
  const Value values[] = {text_value(time)};
  execute(kPatience, values);
}

void PostgresTx::finish(bool keep) {
  if (failure_) std::rethrow_exception(failure_);
  if (!std::exchange(open_, false)) return;
  if (writes_ && keep) {
    connection_.commit();
    tally_.add(tally_.commits);
  } else {
    connection_.finish_later(writes_ ? "ROLLBACK" : "COMMIT");
  }
}

}  // namespace wharf::db
