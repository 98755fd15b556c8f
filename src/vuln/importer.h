#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "vuln/feeds.h"
#include "vuln/store.h"

namespace wharf::vuln {

/// Writes one feed's rows, unseen by readers until the importer has finished.
///
/// What is said of one package is gathered and written together, so that a look-up reads few rows; when what is
/// gathered grows too large it is written, and a package has one row more.
class FeedWriter : public Sink {
 public:
  FeedWriter(db::Database& database, std::string feed) : database_(database), feed_(std::move(feed)) {}

  std::uint64_t advisory(Advisory advisory) override;
  void affects(std::string_view scope, std::string_view name, Affected affected) override;
  void note(std::string_view scope, std::string_view name, std::string_view body) override;
  void skipped(std::string_view what) override;

  /// Rows as another import had them, bodies plain. For rows that were made by this class.
  void take_entry(std::string scope, std::string name, std::string plain, std::uint64_t entries);
  void take_text(std::uint64_t block, std::string plain, std::uint64_t advisories);

  /// Writes what is gathered. Throws Accident{unavailable} if somebody took the import for dead meanwhile.
  void flush();
  /// The same at the end: the last texts too.
  void complete();

  /// The import's row, with what was counted so far. `import_id` is 0 as long as nothing was written.
  const FeedRow& row() const { return row_; }

 private:
  using Key = std::pair<std::string, std::string>;
  struct Text {
    std::uint64_t block;
    std::string plain;
  };

  void tell_aliases(const Advisory& advisory);
  void gather(Key key, std::string_view bytes);
  void write_rows();

  db::Database& database_;
  std::string feed_;
  FeedRow row_;
  std::map<Key, std::string> entries_;
  std::size_t gathered_bytes_ = 0;
  std::vector<Advisory> block_;  ///< The advisories of the block that is not full.
  std::vector<Text> texts_;
  std::uint64_t next_number_ = 0;
};

/// One update of any number of feeds: it is all seen, or nothing.
class Importer : public Feeds {
 public:
  explicit Importer(db::Database& database) : database_(database) {}
  /// What was not finished is given up; the next importer to finish removes its rows.
  ~Importer() override;
  Importer(const Importer&) = delete;
  Importer& operator=(const Importer&) = delete;

  FeedWriter& feed(const std::string& name) override;

  /// Writes what is left and makes every feed current in the place of what was there under its name, in one
  /// transaction; then removes what nothing sees any more, in many. A feed without entries is left as it was.
  /// Returns the feeds that are new. Throws Accident.
  std::vector<FeedRow> finish();

 private:
  db::Database& database_;
  std::map<std::string, std::unique_ptr<FeedWriter>> writers_;
  bool finished_ = false;
};

/// Removes the rows of imports that were replaced, or given up by whoever wrote them; some thousands to a transaction.
void remove_leftovers(db::Database& database);

/// Takes a feed out of force. False: there was none of this name.
bool remove_feed(db::Database& database, const std::string& feed);

}  // namespace wharf::vuln
