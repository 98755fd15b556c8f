#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "inventory/finds.h"

/// rpm: its databases in three forms, and the headers that all of them hold.
namespace wharf::inventory {

/// By its name alone, anywhere in a layer; `read_rpm_database` looks at what it is.
bool is_rpm_database(std::string_view path);
/// The database at `path` without the "-wal" that SQLite has beside it, if that is what `path` is.
std::optional<std::string_view> rpm_database_of_log(std::string_view path);

/// Adds the packages of a whole database file, by its first bytes: SQLite's, NDB's or Berkeley DB's. `log` is the
/// write-ahead log beside an SQLite file, or empty. Nothing is found in a file of another kind.
/// Memory: SQLite's is read where it lies, and changed; nothing goes to the disk.
/// Errors: invalid_request for one that is damaged; packages before that are found.
Result<void> read_rpm_database(std::string& bytes, std::string_view log, std::string_view path, Finds& finds);

/// One package's header as a database has it: two counts, an index, data. Errors: invalid_request.
/// Source: rpm docs, "RPM v4 header format".
Result<void> read_rpm_header(std::string_view header, std::string_view path, Finds& finds);

/// var/lib/rpmmanifest/container-manifest-2, the list that images without a database have.
bool is_rpm_manifest(std::string_view path);
Result<void> read_rpm_manifest(std::string_view text, std::string_view path, Finds& finds);

/// Called with each header of a database.
using HeaderSink = std::function<void(std::string_view header)>;
/// The forms that are rpm's own affair (sqlite_file.h has the third). Errors: invalid_request.
Result<void> read_rpm_ndb(std::string_view bytes, const HeaderSink& sink);
Result<void> read_rpm_berkeley(std::string_view bytes, const HeaderSink& sink);
bool is_rpm_ndb(std::string_view bytes);
bool is_rpm_berkeley(std::string_view bytes);

}  // namespace wharf::inventory
