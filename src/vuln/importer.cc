#include "vuln/importer.h"

#include <algorithm>
#include <span>

#include "db/row.h"
#include "vuln/feed_cve.h"
#include "vuln/pack.h"
#include "vuln/scope.h"

namespace wharf::vuln {
namespace {

/// What one feed may gather before it is written.
constexpr std::size_t kMostGathered = std::size_t{24} << 20;
/// What is gathered under one name before it gets a row of its own.
constexpr std::size_t kLargestEntry = std::size_t{2} << 20;
/// A transaction, so that writers of the registry wait for little.
constexpr std::size_t kRowsAtOnce = 400;
constexpr std::size_t kBytesAtOnce = std::size_t{2} << 20;
/// A piece is written in seconds; who says nothing for as long is dead.
constexpr Millis kLeaseMs = 15 * 60 * 1000;
constexpr std::int64_t kRemovedAtOnce = 2000;

/// At most `size` bytes of `text`, not in the middle of a character.
void cut(std::string& text, std::size_t size) {
  if (text.size() <= size) return;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  text.resize(size);
}

void cut(std::vector<std::string>& list, std::size_t count, std::size_t size) {
  std::erase_if(list, [&](const std::string& text) { return text.empty() || text.size() > size; });
  if (list.size() > count) list.resize(count);
}

std::int64_t begin_import(db::Tx& tx, const std::string& feed) {
  static const db::Query kBegin{"vuln.begin", R"(
    INSERT INTO vuln_import (feed, state, lease_ms, format) VALUES ($1, 'writing', $2, $3) RETURNING id)"};
  return tx.get<std::int64_t>(kBegin, feed, now_ms() + kLeaseMs, kFormat);
}

void hold_import(db::Tx& tx, std::int64_t id) {
  static const db::Query kHold{"vuln.hold", "UPDATE vuln_import SET lease_ms = $2 WHERE id = $1 AND state = 'writing'"};
  if (tx.run(kHold, id, now_ms() + kLeaseMs) == 0) {
    throw Accident({Errc::unavailable, "Another update took this one for dead", "the import is gone"});
  }
}

/// A row of vuln_entry, or of vuln_text: then `key` is null.
struct NewRow {
  const std::pair<std::string, std::string>* key;
  std::uint64_t block;
  db::Bytes body;
};

void add_text(db::Tx& tx, std::int64_t import_id, const NewRow& row) {
  static const db::Query kAdd{"vuln.add_text", "INSERT INTO vuln_text (import_id, block, body) VALUES ($1, $2, $3)"};
  tx.run(kAdd, import_id, row.block, row.body);
}

/// "($1, $2, $3, $4), ($1, $5, $6, $7), …"
std::string entry_values(std::size_t count) {
  std::string values;
  for (std::size_t i = 0; i < count; ++i) {
    values += std::string(i == 0 ? "" : ", ") + "($1";
    for (std::size_t column = 0; column < 3; ++column) values += ", $" + std::to_string(2 + i * 3 + column);
    values += ")";
  }
  return values;
}

constexpr std::size_t kEntriesAtOnce = 16;

/// One statement for every kEntriesAtOnce rows, and then one for each that is left.
void add_entries(db::Tx& tx, std::int64_t import_id, std::span<const NewRow* const> rows) {
  static const std::string into = "INSERT INTO vuln_entry (import_id, scope, name, body) VALUES ";
  static const std::string one = into + entry_values(1), many = into + entry_values(kEntriesAtOnce);
  static const db::Query kAddOne{"vuln.add_entry", one.c_str()}, kAddMany{"vuln.add_entries", many.c_str()};
  while (!rows.empty()) {
    const std::size_t count = rows.size() < kEntriesAtOnce ? 1 : kEntriesAtOnce;
    std::vector<db::Value> values{db::to_value(import_id)};
    for (const NewRow* row : rows.first(count)) {
      values.push_back(db::to_value(row->key->first));
      values.push_back(db::to_value(row->key->second));
      values.push_back(db::to_value(row->body));
    }
    tx.change(count == 1 ? kAddOne : kAddMany, values);
    rows = rows.subspan(count);
  }
}

void replace_feed(db::Tx& tx, const FeedRow& row) {
  static const db::Query kRetire{"vuln.retire",
                                 "UPDATE vuln_import SET state = 'old' WHERE feed = $1 AND state = 'current'"};
  static const db::Query kShow{"vuln.show", R"(
    UPDATE vuln_import SET state = 'current', finished_ms = $2, advisories = $3, entries = $4, skipped = $5
     WHERE id = $1 AND state = 'writing')"};
  tx.run(kRetire, row.feed);
  if (tx.run(kShow, row.import_id, row.finished_ms, row.advisories, row.entries, row.skipped) == 0) {
    throw Accident({Errc::unavailable, "Another update took this one for dead", "the import is gone"});
  }
}

std::optional<std::int64_t> find_leftover(db::Tx& tx) {
  static const db::Query kFind{"vuln.leftover", R"(
    SELECT id FROM vuln_import WHERE state = 'old' OR (state = 'writing' AND lease_ms < $1) ORDER BY id LIMIT 1)"};
  return tx.one<std::int64_t>(kFind, now_ms());
}

/// Removes some rows of an import; false once there is none left, and the import is gone too.
bool remove_some(db::Tx& tx, std::int64_t id) {
  static const db::Query kRetire{"vuln.claim_leftover", "UPDATE vuln_import SET state = 'old' WHERE id = $1"};
  static const db::Query kEntries{"vuln.remove_entries", R"(
    DELETE FROM vuln_entry WHERE id IN (SELECT id FROM vuln_entry WHERE import_id = $1 LIMIT $2))"};
  static const db::Query kTexts{"vuln.remove_texts", "DELETE FROM vuln_text WHERE import_id = $1"};
  static const db::Query kImport{"vuln.remove_import", "DELETE FROM vuln_import WHERE id = $1"};
  tx.run(kRetire, id);
  if (tx.run(kEntries, id, kRemovedAtOnce) > 0) return true;
  tx.run(kTexts, id);
  tx.run(kImport, id);
  return false;
}

/// Leaves an import's rows to whoever removes leftovers next; nothing for one that was never begun.
void give_up(db::Database& database, std::int64_t id) {
  if (id == 0) return;
  database.write_now([id](db::Tx& tx) {
    static const db::Query kGiveUp{"vuln.give_up",
                                   "UPDATE vuln_import SET state = 'old' WHERE id = $1 AND state = 'writing'"};
    return tx.run(kGiveUp, id);
  });
}

}  // namespace

std::uint64_t FeedWriter::advisory(Advisory advisory) {
  cut(advisory.id, kLongestName);
  cut(advisory.title, kLongestTitle);
  cut(advisory.description, kLongestDescription);
  cut(advisory.published, 64);
  cut(advisory.aliases, kMostAliases, kLongestName);
  cut(advisory.cves, kMostAliases, kLongestName);
  cut(advisory.links, kMostLinks, kLongestLink);
  cut(advisory.vectors, 4, kLongestName);
  gathered_bytes_ += advisory.description.size() + 256;
  tell_aliases(advisory);
  block_.push_back(std::move(advisory));
  if (block_.size() == kBlock) {
    std::string plain;
    pack(plain, block_);
    texts_.push_back({next_number_ / kBlock, std::move(plain)});
    block_.clear();
  }
  ++row_.advisories;
  const std::uint64_t number = next_number_++;
  if (gathered_bytes_ > kMostGathered) flush();
  return number;
}

void FeedWriter::tell_aliases(const Advisory& advisory) {
  if (advisory.vectors.empty()) return;
  const auto tell = [&](const std::string& name) {
    if (const auto note = note_of_alias(name)) {
      gather({std::string(kAliasScope), *note}, name + '\t' + advisory.vectors.front() + '\n');
    }
  };
  tell(advisory.id);
  for (const auto& alias : advisory.aliases) tell(alias);
}

void FeedWriter::affects(std::string_view scope, std::string_view name, Affected affected) {
  std::string kept = look_up_name(scope, name);
  if (kept.empty() || kept.size() > kLongestName || !db::is_storable_text(kept)) return skipped("a package's name");
  if (affected.ranges.size() > kMostRanges || affected.versions.size() > kMostVersions) return skipped("an entry");
  std::string bytes;
  pack(bytes, affected);
  ++row_.entries;
  gather({std::string(scope), std::move(kept)}, bytes);
}

void FeedWriter::note(std::string_view scope, std::string_view name, std::string_view body) {
  if (name.empty() || name.size() > kLongestName || !db::is_storable_text(name)) return skipped("a note's name");
  ++row_.entries;
  gather({std::string(scope), std::string(name)}, body);
}

void FeedWriter::skipped(std::string_view) { ++row_.skipped; }

void FeedWriter::take_entry(std::string scope, std::string name, std::string plain, std::uint64_t entries) {
  row_.entries += static_cast<std::int64_t>(entries);
  gather({std::move(scope), std::move(name)}, plain);
}

void FeedWriter::take_text(std::uint64_t block, std::string plain, std::uint64_t advisories) {
  row_.advisories += static_cast<std::int64_t>(advisories);
  gathered_bytes_ += plain.size();
  texts_.push_back({block, std::move(plain)});
  if (gathered_bytes_ > kMostGathered) flush();
}

void FeedWriter::gather(Key key, std::string_view bytes) {
  std::string& body = entries_[std::move(key)];
  body += bytes;
  gathered_bytes_ += bytes.size() + 64;
  if (gathered_bytes_ > kMostGathered || body.size() > kLargestEntry) flush();
}

void FeedWriter::flush() {
  write_rows();
  entries_.clear();
  texts_.clear();
  gathered_bytes_ = 0;
}

void FeedWriter::complete() {
  if (!block_.empty()) {
    std::string plain;
    pack(plain, block_);
    texts_.push_back({next_number_ / kBlock, std::move(plain)});
    block_.clear();
  }
  flush();
}

void FeedWriter::write_rows() {
  if (row_.import_id == 0) {
    row_.feed = feed_;
    row_.import_id = database_.write_now([this](db::Tx& tx) { return begin_import(tx, feed_); });
  }
  const auto id = row_.import_id;
  auto entry = entries_.begin();
  auto text = texts_.begin();
  while (entry != entries_.end() || text != texts_.end()) {
    // Made outside of the transaction: nobody waits for a compressor.
    std::vector<NewRow> rows;
    std::size_t bytes = 0;
    while (rows.size() < kRowsAtOnce && bytes < kBytesAtOnce && (entry != entries_.end() || text != texts_.end())) {
      if (text != texts_.end()) {
        rows.push_back({nullptr, text->block, {make_body(text->plain)}});
        ++text;
      } else {
        rows.push_back({&entry->first, 0, {make_body(entry->second)}});
        ++entry;
      }
      bytes += rows.back().body.data.size();
    }
    database_.write_now([&rows, id](db::Tx& tx) {
      hold_import(tx, id);
      std::vector<const NewRow*> entries;
      for (const NewRow& row : rows) {
        if (row.key == nullptr) {
          add_text(tx, id, row);
        } else {
          entries.push_back(&row);
        }
      }
      add_entries(tx, id, entries);
      return true;
    });
  }
}

Importer::~Importer() {
  if (finished_) return;
  for (const auto& [name, writer] : writers_) {
    try {
      give_up(database_, writer->row().import_id);
    } catch (const std::exception&) {
      // Its lease ends by itself.
    }
  }
}

FeedWriter& Importer::feed(const std::string& name) {
  auto& writer = writers_[name];
  if (!writer) writer = std::make_unique<FeedWriter>(database_, name);
  return *writer;
}

std::vector<FeedRow> Importer::finish() {
  std::vector<FeedRow> rows;
  for (const auto& [name, writer] : writers_) {
    writer->complete();
    if (writer->row().entries > 0) rows.push_back(writer->row());
  }
  for (FeedRow& row : rows) row.finished_ms = now_ms();
  database_.write_now([&rows](db::Tx& tx) {
    // Two updates of one feed at once: the later one to finish stays.
    tx.lock("vuln.current");
    for (const FeedRow& row : rows) replace_feed(tx, row);
    return true;
  });
  // What had no entries is not current, and is removed with the rest.
  for (const auto& [name, writer] : writers_) {
    if (writer->row().entries == 0) give_up(database_, writer->row().import_id);
  }
  finished_ = true;
  remove_leftovers(database_);
  return rows;
}

void remove_leftovers(db::Database& database) {
  while (const auto id = database.write_now([](db::Tx& tx) { return find_leftover(tx); })) {
    while (database.write_now([id](db::Tx& tx) { return remove_some(tx, *id); })) {
    }
  }
}

bool remove_feed(db::Database& database, const std::string& feed) {
  const bool removed = database.write_now([&feed](db::Tx& tx) {
    static const db::Query kRetire{"vuln.remove_feed",
                                   "UPDATE vuln_import SET state = 'old' WHERE feed = $1 AND state = 'current'"};
    return tx.run(kRetire, feed) > 0;
  });
  if (removed) remove_leftovers(database);
  return removed;
}

}  // namespace wharf::vuln
