#pragma once
#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "vuln/advisory.h"

/// What is known of vulnerabilities, in the database (migrations/0011_vuln.sql).
///
/// A body is one byte, 0 for plain and 1 for zstd, and then: of a package's entry one packed Affected after the other;
/// of a text the packed list of the advisories of its block; of a note its text.
namespace wharf::vuln {

/// The form of the bodies. Imports of another form are as good as none until they are made again.
inline constexpr std::int64_t kFormat = 1;
/// Advisories in one row of vuln_text.
inline constexpr std::uint64_t kBlock = 64;
/// The most that one body may hold.
inline constexpr std::size_t kLargestBody = std::size_t{64} << 20;

/// A feed as it is in force.
struct FeedRow {
  std::int64_t import_id = 0;
  std::string feed;
  Millis finished_ms = 0;
  std::int64_t advisories = 0;
  std::int64_t entries = 0;
  std::int64_t skipped = 0;
};
BOOST_DESCRIBE_STRUCT(FeedRow, (), (import_id, feed, finished_ms, advisories, entries, skipped))

/// What one feed says of one package.
struct Said {
  std::int64_t import_id = 0;
  std::string feed;
  Affected affected;
};

/// The feeds in force, by name.
std::vector<FeedRow> list_feeds(db::Tx& tx);

/// Changes whenever a feed does: what was matched at another version is to be matched again. 0: there is no data.
std::int64_t data_version(db::Tx& tx);

/// Changes whenever what is in force does, also when a feed is taken out of force.
std::pair<std::int64_t, std::int64_t> data_state(db::Tx& tx);

/// What is said of `names` in `scope`, by name; one statement for every 32 names.
/// Throws Accident{internal} for bodies that are damaged.
std::map<std::string, std::vector<Said>> find_entries(db::Tx& tx, const std::string& scope,
                                                      const std::vector<std::string>& names);

/// An advisory by its import and its number there.
using AdvisoryKey = std::pair<std::int64_t, std::uint64_t>;

/// Those of `keys` that are there. Throws as find_entries.
std::map<AdvisoryKey, Advisory> find_advisories(db::Tx& tx, const std::vector<AdvisoryKey>& keys);

/// The notes under `scope`, by name; several feeds' and rows' one after the other. Throws as find_entries.
std::map<std::string, std::string> find_notes(db::Tx& tx, const std::string& scope,
                                              const std::vector<std::string>& names);

/// Whether the names of `scope` have notes, not packages.
bool is_note_scope(std::string_view scope);

/// A body from what it holds, and back. Errors: invalid_request for what is damaged or larger than kLargestBody.
std::string make_body(std::string_view plain);
Result<std::string> open_body(std::string_view body);

/// What a body of a package, or of a text, holds. Errors: invalid_request.
Result<std::vector<Affected>> unpack_entries(std::string_view plain);
Result<std::vector<Advisory>> unpack_text(std::string_view plain);

}  // namespace wharf::vuln
