#include "db/transfer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "base/hex.h"
#include "db/lock_slot.h"

namespace wharf::db {
namespace {

using Kind = Value::Kind;

constexpr std::int64_t kRowsAPage = 1000;
constexpr std::size_t kBytesAPage = std::size_t{8} << 20;
// Each engine's own.
bool is_bookkeeping(std::string_view table) { return table == "schema_migration" || table == "lock_slot"; }

struct TableColumn {
  std::string name;
  std::string type;  ///< PostgreSQL's word.
  Kind kind = Kind::text;
};
struct Table {
  std::string name;
  std::vector<TableColumn> columns;
  std::int64_t rows = 0;  ///< When the transfer began.
  bool has_id = false;    ///< Filled by the engine.
};

Kind kind_of(std::string_view type) {
  if (type == "bigint" || type == "integer") return Kind::integer;
  if (type == "boolean") return Kind::boolean;
  if (type == "double precision") return Kind::real;
  if (type == "bytea") return Kind::bytes;
  return Kind::text;
}

std::string quoted(std::string_view name) { return fmt::format("\"{}\"", name); }  // Names are the migrations' own.

/// A statement that is put together. The engine keeps a copy of its text.
struct Statement {
  explicit Statement(std::string sql) : text(std::move(sql)), query{"transfer.statement", text.c_str()} {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  std::string text;
  Query query;
};

std::vector<std::string> tables_of_sqlite(Tx& tx) {
  static const Query kTables{"transfer.sqlite_tables", R"(
    SELECT name FROM pragma_table_list
     WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name)"};
  return tx.all<std::string>(kTables);
}

std::vector<std::string> columns_of_sqlite(Tx& tx, const std::string& table) {
  static const Query kColumns{"transfer.sqlite_columns", "SELECT name FROM pragma_table_info($1) ORDER BY name"};
  return tx.all<std::string>(kColumns, table);
}

std::vector<Table> tables_of_postgres(Tx& tx) {
  static const Query kColumns{"transfer.postgres_columns", R"(
    SELECT c.table_name::text, c.column_name::text, c.data_type::text, c.is_identity = 'YES'
      FROM information_schema.columns c
      JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
     WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
     ORDER BY c.table_name::text COLLATE "C", c.column_name::text COLLATE "C")"};
  using Row = std::tuple<std::string, std::string, std::string, bool>;
  std::vector<Table> tables;
  for (const auto& [table, column, type, identity] : tx.all<Row>(kColumns)) {
    if (tables.empty() || tables.back().name != table) tables.push_back({.name = table, .columns = {}});
    tables.back().columns.push_back({column, type, kind_of(type)});
    if (identity) tables.back().has_id = true;
  }
  return tables;
}

Error misfit(std::string_view what) {
  return {Errc::invalid_request, "The two databases do not have the same tables", std::string(what)};
}

/// The tables of both, with how many rows `source` has.
Result<std::vector<Table>> shared_tables(Tx& source, Tx& target) {
  auto tables = tables_of_postgres(target);
  std::erase_if(tables, [](const Table& table) { return is_bookkeeping(table.name); });
  auto names = tables_of_sqlite(source);
  std::erase_if(names, is_bookkeeping);
  for (auto& table : tables) {
    if (std::erase(names, table.name) == 0) return misfit("SQLite has no " + table.name);
    std::vector<std::string> columns;
    for (const auto& column : table.columns) columns.push_back(column.name);
    if (columns != columns_of_sqlite(source, table.name)) return misfit("the columns of " + table.name);
    const Statement count("SELECT COUNT(*) FROM " + quoted(table.name));
    table.rows = source.get<std::int64_t>(count.query);
  }
  // SQLite's indexes of text have tables of their own ("tag_text_scope"): they are made of the rest.
  for (const auto& name : names) {
    if (name.find("_text_") == std::string::npos) return misfit("PostgreSQL has no " + name);
  }
  return tables;
}

/// Appends `text` as an element of an array. Source: PostgreSQL, "Array Input and Output Syntax".
void append_quoted(std::string& array, std::string_view text) {
  array += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') array += '\\';
    array += c;
  }
  array += '"';
}

/// Appends the value of a row as an element of an array.
void append_value(std::string& array, const RowReader& row, int at, Kind kind) {
  if (!array.empty()) array += ',';
  if (row.null(at)) {
    array += "NULL";
    return;
  }
  switch (kind) {
    case Kind::boolean:
      array += row.boolean(at) ? 't' : 'f';
      break;
    case Kind::integer:
      array += std::to_string(row.integer(at));
      break;
    case Kind::real:
      array += fmt::format("{}", row.real(at));
      break;
    case Kind::bytes:
      array += "\"\\\\x" + to_hex(row.bytes(at)) + '"';
      break;
    default:
      append_quoted(array, row.text(at));
  }
}

/// INSERT of the rows that arrays hold, one a column.
std::string insert_sql(const Table& table) {
  std::vector<std::string> columns;
  std::vector<std::string> arrays;
  for (const auto& column : table.columns) {
    columns.push_back(quoted(column.name));
    arrays.push_back(fmt::format("${}::text::{}[]", columns.size(), column.type));
  }
  return fmt::format("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT * FROM unnest({})", quoted(table.name),
                     fmt::join(columns, ", "), fmt::join(arrays, ", "));
}

/// Copies one table page by page; `report` is told the rows of each.
std::int64_t copy_table(Tx& source, Tx& target, const Table& table, const std::function<void(std::int64_t)>& report) {
  std::vector<std::string> columns;
  for (const auto& column : table.columns) columns.push_back(quoted(column.name));
  const Statement select(fmt::format("SELECT rowid, {} FROM {} WHERE rowid > $1 ORDER BY rowid LIMIT $2",
                                     fmt::join(columns, ", "), quoted(table.name)));
  const Statement insert(insert_sql(table));
  std::int64_t copied = 0;
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  for (;;) {
    std::vector<std::string> arrays(table.columns.size());
    std::int64_t rows = 0;
    std::size_t bytes = 0;
    const Value after[] = {to_value(last), to_value(kRowsAPage)};
    source.visit(select.query, after, [&](RowReader& row) {
      last = row.integer(0);
      ++rows;
      bytes = 0;
      for (std::size_t i = 0; i < arrays.size(); ++i) {
        append_value(arrays[i], row, static_cast<int>(i) + 1, table.columns[i].kind);
        bytes += arrays[i].size();
      }
      return bytes < kBytesAPage;
    });
    if (rows == 0) return copied;
    std::vector<Value> values;
    for (auto& array : arrays) {
      array.insert(0, 1, '{');
      array += '}';
      values.push_back(text_value(array));
    }
    target.change(insert.query, values);
    copied += rows;
    report(rows);
  }
}

struct ForeignKey {
  std::string table;
  std::string name;
  std::string definition;
};
BOOST_DESCRIBE_STRUCT(ForeignKey, (), (table, name, definition))

std::vector<ForeignKey> foreign_keys(Tx& target) {
  static const Query kKeys{"transfer.foreign_keys", R"(
    SELECT r.relname::text, c.conname::text, pg_get_constraintdef(c.oid)
      FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
     WHERE c.contype = 'f' AND r.relnamespace = current_schema()::regnamespace)"};
  return target.all<ForeignKey>(kKeys);
}

void run(Tx& tx, std::string sql) {
  const Statement statement(std::move(sql));
  tx.script(statement.query);
}

/// Ids that SQLite gave, those of rows deleted since included, are not given again.
void go_on_after_ids(Tx& source, Tx& target, const Table& table) {
  static const Query kLast{"transfer.last_id", "SELECT seq FROM sqlite_sequence WHERE name = $1"};
  const auto last = source.one<std::int64_t>(kLast, table.name);
  if (!last || *last == 0) return;
  run(target, fmt::format("SELECT setval(pg_get_serial_sequence('{}', 'id'), {})", quoted(table.name), *last));
}

Result<std::vector<TransferredTable>> copy(Tx& source, Tx& target,
                                           const std::function<void(const TransferProgress&)>& progress) {
  target.unhurried();
  target.lock(kSchemaLock);  // no node migrates meanwhile
  static const Query kUsed{"transfer.used", "SELECT COUNT(*) FROM (SELECT 1 FROM account LIMIT 1) AS one"};
  if (target.get<std::int64_t>(kUsed) > 0) {
    return Error{Errc::invalid_request, "The database to move to is in use already: it has accounts"};
  }
  const auto tables = shared_tables(source, target);
  if (!tables) return tables.error();

  const auto keys = foreign_keys(target);
  for (const auto& key : keys) {
    run(target, fmt::format("ALTER TABLE {} DROP CONSTRAINT {}", quoted(key.table), quoted(key.name)));
  }
  TransferProgress at;
  for (const auto& table : *tables) {
    run(target, fmt::format("ALTER TABLE {} DISABLE TRIGGER USER", quoted(table.name)));
    run(target, "DELETE FROM " + quoted(table.name));
    at.total += table.rows;
  }
  std::vector<TransferredTable> done;
  for (const auto& table : *tables) {
    at.table = table.name;
    const auto report = [&](std::int64_t rows) {
      at.done += rows;
      progress(at);
    };
    const auto rows = copy_table(source, target, table, report);
    const Statement count("SELECT COUNT(*) FROM " + quoted(table.name));
    if (rows != table.rows || target.get<std::int64_t>(count.query) != rows) {
      throw Accident({Errc::internal, "Internal error", table.name + " has another number of rows than it had"});
    }
    if (table.has_id) go_on_after_ids(source, target, table);
    done.push_back({table.name, rows});
  }
  for (const auto& table : *tables) {
    run(target, fmt::format("ALTER TABLE {} ENABLE TRIGGER USER", quoted(table.name)));
  }
  for (const auto& key : keys) {
    run(target,
        fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", quoted(key.table), quoted(key.name), key.definition));
  }
  return done;
}

}  // namespace

Result<std::vector<TransferredTable>> transfer(Database& from, Database& to,
                                               const std::function<void(const TransferProgress&)>& progress) {
  if (from.engine() != Engine::sqlite || to.engine() != Engine::postgres) {
    return Error{Errc::invalid_request, "A database moves from SQLite to PostgreSQL"};
  }
  const auto with_source = [&](Tx& source) {
    const auto with_target = [&](Tx& target) { return copy(source, target, progress); };
    return to.write_now(with_target);
  };
  return from.read_now(with_source);
}

}  // namespace wharf::db
