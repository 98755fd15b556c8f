#include "vuln/store.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "vuln/pack.h"

namespace wharf::vuln {
namespace {

constexpr std::size_t kNamesAtOnce = 32;
constexpr std::size_t kBlocksAtOnce = 16;
/// Shorter bodies do not get shorter.
constexpr std::size_t kWorthPacking = 128;

Error damaged() { return {Errc::invalid_request, "The vulnerability data is damaged"}; }

template <class T>
T intact(Result<T> result, std::string_view where) {
  if (!result) throw Accident({Errc::internal, "Internal error", "damaged vulnerability data: " + std::string(where)});
  return *std::move(result);
}

/// "$first, …, $last"
std::string parameters(std::size_t first, std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) list += (i == 0 ? "$" : ", $") + std::to_string(first + i);
  return list;
}

struct EntryRow {
  std::int64_t import_id = 0;
  std::string feed;
  std::string name;
  db::Bytes body;
};
BOOST_DESCRIBE_STRUCT(EntryRow, (), (import_id, feed, name, body))

struct DataState {
  std::int64_t newest = 0;
  std::int64_t sum = 0;
};
BOOST_DESCRIBE_STRUCT(DataState, (), (newest, sum))

/// Calls `each` for every row in force of `names` in `scope`.
template <class Each>
void visit_entries(db::Tx& tx, const std::string& scope, const std::vector<std::string>& names, Each each) {
  static const std::string sql = R"(
    SELECT e.import_id, i.feed, e.name, e.body FROM vuln_entry e JOIN vuln_import i ON i.id = e.import_id
     WHERE i.state = 'current' AND i.format = $1 AND e.scope = $2 AND e.name IN ()" +
                                 parameters(3, kNamesAtOnce) + ") ORDER BY e.id";
  static const db::Query kFind{"vuln.entries", sql.c_str()};
  for (std::size_t at = 0; at < names.size(); at += kNamesAtOnce) {
    std::array<db::Value, 2 + kNamesAtOnce> values;
    values[0] = db::to_value(kFormat);
    values[1] = db::to_value(scope);
    // The last name fills what is left.
    for (std::size_t i = 0; i < kNamesAtOnce; ++i)
      values[2 + i] = db::to_value(names[std::min(at + i, names.size() - 1)]);
    tx.visit(kFind, values, [&](db::RowReader& row) {
      each(row.as<EntryRow>());
      return true;
    });
  }
}

}  // namespace

std::vector<FeedRow> list_feeds(db::Tx& tx) {
  static const db::Query kList{"vuln.feeds", R"(
    SELECT id, feed, finished_ms, advisories, entries, skipped FROM vuln_import
     WHERE state = 'current' AND format = $1 ORDER BY feed)"};
  return tx.all<FeedRow>(kList, kFormat);
}

std::int64_t data_version(db::Tx& tx) {
  static const db::Query kFind{"vuln.version", R"(
    SELECT COALESCE(MAX(id), 0) FROM vuln_import WHERE state = 'current' AND format = $1)"};
  return tx.get<std::int64_t>(kFind, kFormat);
}

std::pair<std::int64_t, std::int64_t> data_state(db::Tx& tx) {
  // A new import has the largest number; one that is taken away makes the sum smaller.
  static const db::Query kFind{"vuln.state", R"(
    SELECT COALESCE(MAX(id), 0), CAST(COALESCE(SUM(id), 0) AS BIGINT) FROM vuln_import
     WHERE state = 'current' AND format = $1)"};
  const auto found = tx.one<DataState>(kFind, kFormat).value_or(DataState{});
  return {found.newest, found.sum};
}

std::map<std::string, std::vector<Said>> find_entries(db::Tx& tx, const std::string& scope,
                                                      const std::vector<std::string>& names) {
  std::map<std::string, std::vector<Said>> found;
  visit_entries(tx, scope, names, [&](EntryRow row) {
    auto& said = found[row.name];
    for (auto& affected : intact(unpack_entries(intact(open_body(row.body.data), row.name)), row.name)) {
      said.push_back({row.import_id, row.feed, std::move(affected)});
    }
  });
  return found;
}

std::map<std::string, std::string> find_notes(db::Tx& tx, const std::string& scope,
                                              const std::vector<std::string>& names) {
  std::map<std::string, std::string> found;
  visit_entries(tx, scope, names,
                [&](const EntryRow& row) { found[row.name] += intact(open_body(row.body.data), row.name); });
  return found;
}

std::map<AdvisoryKey, Advisory> find_advisories(db::Tx& tx, const std::vector<AdvisoryKey>& keys) {
  static const std::string sql =
      "SELECT block, body FROM vuln_text WHERE import_id = $1 AND block IN (" + parameters(2, kBlocksAtOnce) + ")";
  static const db::Query kFind{"vuln.texts", sql.c_str()};
  std::map<std::int64_t, std::set<std::uint64_t>> blocks;
  for (const auto& [import_id, number] : keys) blocks[import_id].insert(number / kBlock);
  const std::set<AdvisoryKey> wanted(keys.begin(), keys.end());
  std::map<AdvisoryKey, Advisory> found;
  for (const auto& [import_id, numbers] : blocks) {
    const std::vector<std::uint64_t> list(numbers.begin(), numbers.end());
    for (std::size_t at = 0; at < list.size(); at += kBlocksAtOnce) {
      std::array<db::Value, 1 + kBlocksAtOnce> values;
      values[0] = db::to_value(import_id);
      for (std::size_t i = 0; i < kBlocksAtOnce; ++i)
        values[1 + i] = db::to_value(list[std::min(at + i, list.size() - 1)]);
      tx.visit(kFind, values, [&](db::RowReader& row) {
        const auto first = row.get<std::uint64_t>(0) * kBlock;
        auto texts = intact(unpack_text(intact(open_body(row.bytes(1)), "text")), "text");
        for (std::size_t i = 0; i < texts.size(); ++i) {
          const AdvisoryKey key{import_id, first + i};
          if (wanted.contains(key)) found.emplace(key, std::move(texts[i]));
        }
        return true;
      });
    }
  }
  return found;
}

bool is_note_scope(std::string_view scope) { return scope.starts_with("cve-") || scope == "redhat-repository"; }

std::string make_body(std::string_view plain) {
  if (plain.size() >= kWorthPacking) return "\x01" + compress(plain);
  std::string body(1, '\0');
  body += plain;
  return body;
}

Result<std::string> open_body(std::string_view body) {
  if (body.empty()) return damaged();
  if (body[0] == '\x01') return decompress(body.substr(1), kLargestBody);
  if (body[0] != '\0') return damaged();
  return std::string(body.substr(1));
}

Result<std::vector<Affected>> unpack_entries(std::string_view plain) {
  std::vector<Affected> entries;
  Unpacker from(plain);
  while (from.good() && !from.at_end()) entries.push_back(from.take<Affected>());
  if (!from.good()) return damaged();
  return entries;
}

Result<std::vector<Advisory>> unpack_text(std::string_view plain) {
  Unpacker from(plain);
  auto texts = from.take<std::vector<Advisory>>();
  if (!from.good() || !from.at_end() || texts.size() > kBlock) return damaged();
  return texts;
}

}  // namespace wharf::vuln
