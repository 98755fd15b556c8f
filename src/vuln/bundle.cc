#include "vuln/bundle.h"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <fstream>
#include <memory>
#include <set>

#include "base/freer.h"
#include "vuln/feed_cve.h"
#include "vuln/pack.h"

namespace wharf::vuln {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "wharf vulnerability data 1\n";
constexpr int kLevel = 12;
constexpr std::int64_t kRowsAtOnce = 200;
/// No feed has as many rows.
constexpr std::uint64_t kMostRecords = 50'000'000;

/// The kinds of records: a feed, then its texts and entries, then the next; `end` is the last.
enum class Record : char { feed = 'F', text = 'T', entry = 'E', end = 'Z' };

struct FeedHead {
  std::string feed;
  std::uint64_t format = 0;
};
BOOST_DESCRIBE_STRUCT(FeedHead, (), (feed, format))

struct TextRecord {
  std::uint64_t block = 0;
  std::string plain;
};
BOOST_DESCRIBE_STRUCT(TextRecord, (), (block, plain))

struct EntryRecord {
  std::string scope, name, plain;
};
BOOST_DESCRIBE_STRUCT(EntryRecord, (), (scope, name, plain))

struct StoredText {
  std::int64_t id = 0;
  std::uint64_t block = 0;
  db::Bytes body;
};
BOOST_DESCRIBE_STRUCT(StoredText, (), (id, block, body))

struct StoredEntry {
  std::int64_t id = 0;
  std::string scope, name;
  db::Bytes body;
};
BOOST_DESCRIBE_STRUCT(StoredEntry, (), (id, scope, name, body))

std::vector<StoredText> texts_after(db::Tx& tx, std::int64_t import_id, std::int64_t id) {
  static const db::Query kList{"vuln.export_texts", R"(
    SELECT id, block, body FROM vuln_text WHERE import_id = $1 AND id > $2 ORDER BY id LIMIT $3)"};
  return tx.all<StoredText>(kList, import_id, id, kRowsAtOnce);
}

std::vector<StoredEntry> entries_after(db::Tx& tx, std::int64_t import_id, std::int64_t id) {
  static const db::Query kList{"vuln.export_entries", R"(
    SELECT id, scope, name, body FROM vuln_entry WHERE import_id = $1 AND id > $2 ORDER BY id LIMIT $3)"};
  return tx.all<StoredEntry>(kList, import_id, id, kRowsAtOnce);
}

Error cannot_write(const fs::path& path) { return {Errc::unavailable, path.string() + ": cannot be written"}; }
Error damaged(const fs::path& path) { return {Errc::invalid_request, path.string() + ": the file is damaged"}; }

/// A file that takes its name when it is whole.
class Writer {
 public:
  explicit Writer(const fs::path& path)
      : path_(path),
        part_(path.string() + ".part"),
        file_(part_, std::ios::binary | std::ios::trunc),
        context_(ZSTD_createCCtx()) {
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
  }
  ~Writer() {
    std::error_code ignored;
    if (!published_) fs::remove(part_, ignored);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void raw(std::string_view bytes) { pump(bytes, ZSTD_e_continue); }

  template <class T>
  void record(Record kind, const T& value) {
    std::string bytes, head(1, static_cast<char>(kind));
    pack(bytes, value);
    pack_number(head, bytes.size());
    raw(head);
    raw(bytes);
  }

  Result<void> publish() {
    pump(std::string(1, static_cast<char>(Record::end)), ZSTD_e_end);
    file_.close();
    if (!file_ || !sync()) return cannot_write(path_);
    std::error_code failed;
    fs::rename(part_, path_, failed);
    if (failed) return cannot_write(path_);
    published_ = true;
    return {};
  }

 private:
  void pump(std::string_view bytes, ZSTD_EndDirective how) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::string out(ZSTD_CStreamOutSize(), '\0');
    for (;;) {
      ZSTD_outBuffer to{out.data(), out.size(), 0};
      const std::size_t left = ZSTD_compressStream2(context_.get(), &to, &in, how);
      if (ZSTD_isError(left) != 0U) throw Accident({Errc::internal, "Internal error", ZSTD_getErrorName(left)});
      file_.write(out.data(), static_cast<std::streamsize>(to.pos));
      if (how == ZSTD_e_end ? left == 0 : in.pos == in.size) return;
    }
  }

  bool sync() const {
    const int file = ::open(part_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    const bool done = ::fsync(file) == 0;
    ::close(file);
    return done;
  }

  fs::path path_, part_;
  std::ofstream file_;
  std::unique_ptr<ZSTD_CCtx, Freer<ZSTD_freeCCtx>> context_;
  bool published_ = false;
};

/// The records of a file, one by one.
class Reader {
 public:
  explicit Reader(const fs::path& path)
      : file_(path, std::ios::binary),
        context_(ZSTD_createDCtx()),
        packed_(ZSTD_DStreamInSize(), '\0'),
        plain_(ZSTD_DStreamOutSize(), '\0') {}

  bool opened() const { return file_.is_open(); }

  /// Exactly `size` bytes; false at the end of the file and for what zstd did not make.
  bool take(std::size_t size, std::string& into) {
    into.clear();
    while (into.size() < size) {
      if (at_ == filled_ && !fill()) return false;
      const std::size_t some = std::min(size - into.size(), filled_ - at_);
      into.append(plain_, at_, some);
      at_ += some;
    }
    return true;
  }

  /// The next record's kind and bytes; false if there is none that could be one.
  bool next(Record& kind, std::string& bytes) {
    std::string letter;
    if (!take(1, letter)) return false;
    kind = static_cast<Record>(letter[0]);
    bytes.clear();
    if (kind == Record::end) return true;
    std::string head;
    do {
      if (head.size() > 8 || !take(1, letter)) return false;
      head += letter;
    } while ((letter[0] & '\x80') != 0);
    const auto size = Unpacker(head).take<std::uint64_t>();
    return size <= kLargestBody && take(size, bytes);
  }

  /// Whether all has been read, and its checksum was right.
  bool ends_here() { return at_ == filled_ && (left_ == 0 || (!fill() && left_ == 0)); }

 private:
  bool fill() {
    at_ = filled_ = 0;
    while (filled_ == 0) {
      if (in_.pos == in_.size) {
        file_.read(packed_.data(), static_cast<std::streamsize>(packed_.size()));
        in_ = {packed_.data(), static_cast<std::size_t>(file_.gcount()), 0};
        if (in_.size == 0) return false;
      }
      ZSTD_outBuffer out{plain_.data(), plain_.size(), 0};
      left_ = ZSTD_decompressStream(context_.get(), &out, &in_);
      if (ZSTD_isError(left_) != 0U) return false;
      filled_ = out.pos;
    }
    return true;
  }

  std::ifstream file_;
  std::unique_ptr<ZSTD_DCtx, Freer<ZSTD_freeDCtx>> context_;
  std::string packed_, plain_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  std::size_t at_ = 0, filled_ = 0;
  std::size_t left_ = 1;  ///< What zstd still wants of its frame; 0 at its end.
};

/// How many entries a plain body has, if it is one; what is kept beside the advisories is none.
std::optional<std::uint64_t> entries_in(const EntryRecord& entry) {
  if (entry.scope == kAliasScope) return 0;
  if (is_note_scope(entry.scope)) return 1;
  const auto entries = unpack_entries(entry.plain);
  if (!entries || !db::is_storable_text(entry.name) || !db::is_storable_text(entry.scope)) return std::nullopt;
  return entries->size();
}

void export_feed(db::Database& database, const FeedRow& feed, Writer& writer) {
  writer.record(Record::feed, FeedHead{feed.feed, static_cast<std::uint64_t>(kFormat)});
  const auto opened = [](const db::Bytes& body) {
    auto plain = open_body(body.data);
    if (!plain) throw Accident({Errc::internal, "Internal error", "damaged vulnerability data"});
    return *std::move(plain);
  };
  for (std::int64_t last = 0;;) {
    const auto rows = database.read_now([&](db::Tx& tx) { return texts_after(tx, feed.import_id, last); });
    if (rows.empty()) break;
    for (const auto& row : rows) writer.record(Record::text, TextRecord{row.block, opened(row.body)});
    last = rows.back().id;
  }
  for (std::int64_t last = 0;;) {
    const auto rows = database.read_now([&](db::Tx& tx) { return entries_after(tx, feed.import_id, last); });
    if (rows.empty()) break;
    for (const auto& row : rows) writer.record(Record::entry, EntryRecord{row.scope, row.name, opened(row.body)});
    last = rows.back().id;
  }
}

/// Takes one record; false if it is none that can be taken.
bool take_record(Record kind, const std::string& bytes, Importer& importer, FeedWriter*& writer) {
  Unpacker from(bytes);
  if (kind == Record::feed) {
    const auto head = from.take<FeedHead>();
    if (!from.good() || head.format != kFormat || head.feed.empty() || head.feed.size() > kLongestName ||
        !db::is_storable_text(head.feed)) {
      return false;
    }
    writer = &importer.feed(head.feed);
    return true;
  }
  if (writer == nullptr) return false;
  if (kind == Record::text) {
    auto text = from.take<TextRecord>();
    const auto advisories = unpack_text(text.plain);
    if (!from.good() || !advisories || text.block > kMostRecords) return false;
    writer->take_text(text.block, std::move(text.plain), advisories->size());
    return true;
  }
  if (kind != Record::entry) return false;
  auto entry = from.take<EntryRecord>();
  const auto entries = entries_in(entry);
  if (!from.good() || !entries || entry.name.size() > kLongestName || entry.scope.size() > kLongestName) return false;
  writer->take_entry(std::move(entry.scope), std::move(entry.name), std::move(entry.plain), *entries);
  return true;
}

}  // namespace

Result<std::vector<FeedRow>> export_bundle(db::Database& database, const fs::path& path) {
  const auto feeds = database.read_now([](db::Tx& tx) { return list_feeds(tx); });
  Writer writer(path);
  writer.raw(kMagic);
  for (const FeedRow& feed : feeds) export_feed(database, feed, writer);
  if (auto published = writer.publish(); !published) return published.error();
  return feeds;
}

Result<std::vector<FeedRow>> import_bundle(db::Database& database, const fs::path& path) {
  Reader reader(path);
  if (!reader.opened()) return Error{Errc::not_found, path.string() + ": there is no such file"};
  std::string bytes;
  if (!reader.take(kMagic.size(), bytes) || bytes != kMagic) {
    return Error{Errc::invalid_request, path.string() + ": this is no exported vulnerability data"};
  }
  Importer importer(database);
  FeedWriter* writer = nullptr;
  std::set<std::uint64_t> blocks;
  for (std::uint64_t count = 0; count < kMostRecords; ++count) {
    Record kind{};
    if (!reader.next(kind, bytes)) return damaged(path);
    if (kind == Record::end) {
      if (!reader.ends_here()) return damaged(path);
      return importer.finish();
    }
    if (kind == Record::feed) blocks.clear();
    if (kind == Record::text && !blocks.insert(Unpacker(bytes).take<std::uint64_t>()).second) return damaged(path);
    if (!take_record(kind, bytes, importer, writer)) return damaged(path);
  }
  return damaged(path);
}

}  // namespace wharf::vuln
