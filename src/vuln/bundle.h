#pragma once
#include <filesystem>
#include <vector>

#include "db/database.h"
#include "vuln/importer.h"

namespace wharf::vuln {

/// Writes every feed in force to one file, for machines that have no way out: zstd of records, each a letter, its
/// length and its bytes. The file appears when it is whole. Memory: some pages of rows.
/// Returns the feeds that are in it. Errors: unavailable if the file cannot be written. Throws Accident.
Result<std::vector<FeedRow>> export_bundle(db::Database& database, const std::filesystem::path& path);

/// Puts the feeds of such a file in force, in the place of those of the same names; the others stay.
/// Everything in it is checked before any of it is seen. Memory: the largest record.
/// Returns the feeds. Errors: not_found, invalid_request (not such a file, damaged, of another version). Throws
/// Accident.
Result<std::vector<FeedRow>> import_bundle(db::Database& database, const std::filesystem::path& path);

}  // namespace wharf::vuln
