#include "inventory/sqlite_file.h"

#include <sqlite3.h>

#include <cstring>
#include <memory>

#include "base/freer.h"
#include "inventory/bytes.h"

/// SQLite, read from memory by SQLite itself with everything off that a stranger's file could make it do.
namespace wharf::inventory {
namespace {

constexpr std::string_view kMagic{"SQLite format 3\0", 16};
constexpr std::size_t kFileHeader = 100, kLogHeader = 32, kFrameHeader = 24;

Error damaged(std::string_view detail) { return {Errc::invalid_request, "A damaged database", std::string(detail)}; }

struct Checksum {
  std::uint32_t first = 0, second = 0;
  void add(const Bytes& bytes) {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      first += bytes.u32(at) + second;
      second += bytes.u32(at + 4) + first;
    }
  }
};

/// Puts the pages of a write-ahead log where they belong, as far as they were committed. Source: SQLite, "WAL-mode File
/// Format". A log that is not of this form changes nothing, as SQLite has it.
void apply_log(std::string& database, std::string_view log) {
  const Bytes head(log, true);
  constexpr std::uint32_t kLogMagic = 0x377f0682;  // and 1 more when its checksums are big-endian
  const std::uint32_t magic = head.u32(0);
  std::uint64_t page_size = Bytes(database, true).u16(16);
  if (page_size == 1) page_size = 65'536;
  if (log.size() < kLogHeader || (magic | 1) != (kLogMagic | 1) || head.u32(8) != page_size || page_size < 512) return;
  const bool big_endian = magic != kLogMagic;
  Checksum sum;
  sum.add(Bytes(log.substr(0, 24), big_endian));
  if (sum.first != head.u32(24) || sum.second != head.u32(28)) return;
  const std::uint64_t frame_size = kFrameHeader + page_size;
  const std::uint64_t frames = (log.size() - kLogHeader) / frame_size;
  std::uint64_t committed = 0, pages = 0;
  for (std::uint64_t i = 0; i < frames; ++i) {
    const std::string_view frame = log.substr(kLogHeader + i * frame_size, frame_size);
    const Bytes it(frame, true);
    sum.add(Bytes(frame.substr(0, 8), big_endian));
    sum.add(Bytes(frame.substr(kFrameHeader), big_endian));
    if (it.u64(8) != head.u64(16) || sum.first != it.u32(16) || sum.second != it.u32(20)) break;
    if (it.u32(4) == 0) continue;
    committed = i + 1;
    pages = it.u32(4);
  }
  // A database grows by what its log holds, and by no more.
  if (committed == 0 || pages > database.size() / page_size + committed) return;
  database.resize(pages * page_size);
  for (std::uint64_t i = 0; i < committed; ++i) {
    const std::string_view frame = log.substr(kLogHeader + i * frame_size, frame_size);
    const std::uint64_t page = Bytes(frame, true).u32(0);
    if (page == 0 || page > pages) continue;
    std::memcpy(database.data() + (page - 1) * page_size, frame.data() + kFrameHeader, page_size);
  }
}

using Statement = std::unique_ptr<sqlite3_stmt, Freer<sqlite3_finalize>>;

Statement prepare(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* prepared = nullptr;
  sqlite3_prepare_v2(database, sql.c_str(), -1, &prepared, nullptr);
  return Statement(prepared);
}

/// Whether it is a table and nothing that only looks like one: a virtual table has code behind it.
bool has_plain_table(sqlite3* database, std::string_view name) {
  const auto statement = prepare(database, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?");
  if (!statement) return false;
  sqlite3_bind_text(statement.get(), 1, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
  if (sqlite3_step(statement.get()) != SQLITE_ROW) return false;
  const auto* sql = reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), 0));
  return sql != nullptr && std::string_view(sql).starts_with("CREATE TABLE");
}

}  // namespace

bool is_sqlite_file(std::string_view bytes) { return bytes.size() >= kFileHeader && bytes.starts_with(kMagic); }

Result<void> read_sqlite_column(std::string& bytes, std::string_view log, std::string_view table,
                                std::string_view column, const std::function<void(std::string_view value)>& sink) {
  if (!is_sqlite_file(bytes)) return damaged("not SQLite's");
  apply_log(bytes, log);
  // Files that say they have a log beside them are not opened from memory: this one has none any more.
  bytes[18] = bytes[19] = 1;
  sqlite3* opened = nullptr;
  const int status = sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  const std::unique_ptr<sqlite3, Freer<sqlite3_close>> database(opened);
  if (status != SQLITE_OK) return damaged("cannot open a database in memory");
  for (const int off : {SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_TRUSTED_SCHEMA}) {
    sqlite3_db_config(opened, off, 0, nullptr);
  }
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_limit(opened, SQLITE_LIMIT_SQL_LENGTH, 100'000);
  // Steps of SQLite's machine: a real database needs some for each package.
  constexpr int kSteps = 1'000'000;
  int rounds = 0;
  const auto tick = [](void* counted) { return ++*static_cast<int*>(counted) > 50 ? 1 : 0; };
  sqlite3_progress_handler(opened, kSteps, tick, &rounds);
  auto* data = reinterpret_cast<unsigned char*>(bytes.data());
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  if (sqlite3_deserialize(opened, "main", data, size, size, SQLITE_DESERIALIZE_READONLY) != SQLITE_OK) {
    return damaged(sqlite3_errmsg(opened));
  }
  if (!has_plain_table(opened, table)) return damaged("it has no such table");
  const auto statement = prepare(opened, "SELECT " + std::string(column) + " FROM " + std::string(table));
  if (!statement) return damaged(sqlite3_errmsg(opened));
  std::uint64_t given = 0;
  int step = SQLITE_ROW;
  while ((step = sqlite3_step(statement.get())) == SQLITE_ROW) {
    const void* blob = sqlite3_column_blob(statement.get(), 0);
    const auto length = static_cast<std::size_t>(sqlite3_column_bytes(statement.get(), 0));
    given += length;
    if (given > bytes.size()) return damaged("more than the file holds");
    if (blob != nullptr) sink({static_cast<const char*>(blob), length});
  }
  if (step != SQLITE_DONE) return damaged(sqlite3_errmsg(opened));
  return {};
}

}  // namespace wharf::inventory
