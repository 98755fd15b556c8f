#include "inventory/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <optional>
#include <vector>

#include "inventory/path.h"

namespace wharf::inventory {

Result<void> Budget::check() {
  if (!stopped_ && limits_.stop && limits_.stop()) stopped_ = true;
  if (stopped_) return Error{Errc::unavailable, "Reading the layer took too long"};
  if (entries_ > limits_.entries) return Error{Errc::payload_too_large, "The layer has too many files"};
  if (unpacked_ > limits_.bytes || (unpacked_ > limits_.free_bytes && unpacked_ / limits_.ratio > packed_)) {
    return Error{Errc::payload_too_large, "The layer holds more than it may, once it is unpacked"};
  }
  return {};
}

/// What libarchive calls for more bytes.
struct Archive::Feed {
  Source& from;
  Budget& budget;
  bool is_layer;
  std::vector<char> buffer = std::vector<char>(256 * 1024);
  std::size_t ready = 0;  ///< Bytes in the buffer that libarchive has not had.
  std::optional<Error> failed{};

  /// Fills the buffer as far as one read goes.
  bool fill() {
    const auto got = from.read(std::span(buffer).subspan(ready));
    if (!got) {
      failed = got.error();
      return false;
    }
    if (is_layer) budget.take_packed(*got);
    ready += *got;
    return *got > 0;
  }

  static la_ssize_t read(::archive* reader, void* self, const void** bytes) {
    auto& feed = *static_cast<Feed*>(self);
    if (feed.ready == 0 && !feed.failed) feed.fill();
    if (const auto fine = feed.budget.check(); !feed.failed && !fine) feed.failed = fine.error();
    if (feed.failed) {
      archive_set_error(reader, EIO, "no more bytes");
      return -1;
    }
    *bytes = feed.buffer.data();
    return static_cast<la_ssize_t>(std::exchange(feed.ready, 0));
  }
};

Archive::Archive(Source& from, Form form, Budget& budget)
    : feed_(std::make_unique<Feed>(from, budget, form == Form::layer)),
      archive_(archive_read_new()),
      form_(form),
      budget_(budget) {}

Archive::~Archive() { archive_read_free(archive_); }

Result<std::unique_ptr<Archive>> Archive::open(Source& from, Form form, Budget& budget) {
  std::unique_ptr<Archive> opened(new Archive(from, form, budget));
  auto& feed = *opened->feed_;
  ::archive* reader = opened->archive_;
  while (feed.ready < 4 && feed.fill()) {
  }
  if (feed.failed) return *feed.failed;
  const std::string_view head(feed.buffer.data(), feed.ready);
  int filter = ARCHIVE_FILTER_NONE;
  if (form == Form::zip) {
    archive_read_support_format_zip_streamable(reader);
  } else {
    // One filter at most, chosen here: libarchive would unpack what it finds inside another time, and another.
    if (head.starts_with("\x1f\x8b")) filter = ARCHIVE_FILTER_GZIP;
    if (head.starts_with("\x28\xb5\x2f\xfd")) filter = ARCHIVE_FILTER_ZSTD;
    archive_read_support_format_tar(reader);
  }
  if (archive_read_append_filter(reader, filter) != ARCHIVE_OK ||
      archive_read_open(reader, &feed, nullptr, &Feed::read, nullptr) != ARCHIVE_OK) {
    return opened->broken();
  }
  return opened;
}

Error Archive::broken() const {
  if (feed_->failed) return *feed_->failed;
  const char* why = archive_error_string(archive_);
  return {Errc::invalid_request, form_ == Form::zip ? "It is no zip archive" : "The layer is no tar archive",
          why == nullptr ? "" : why};
}

Result<void> Archive::count() {
  // What is skipped was unpacked too; the holes of a sparse file were not, but were delivered.
  auto unpacked = delivered_;
  if (form_ == Form::layer)
    unpacked = std::max(unpacked, static_cast<std::uint64_t>(archive_filter_bytes(archive_, 0)));
  budget_.take_unpacked(unpacked - counted_);
  counted_ = unpacked;
  return budget_.check();
}

bool Archive::set_entry(archive_entry* header) {
  // A pax header's path is in UTF-8, an old one's is plain bytes: which it is shows in which of these fails.
  const char* path = archive_entry_pathname(header);
  if (path == nullptr) path = archive_entry_pathname_utf8(header);
  auto clean = clean_path(path == nullptr ? std::string_view("..") : path);
  if (!clean) return false;
  entry_ = {.path = std::move(*clean)};
  if (const char* other = archive_entry_hardlink(header)) {
    auto target = clean_path(other);
    if (!target) return false;
    entry_.type = EntryType::hardlink;
    entry_.link = std::move(*target);
    return true;
  }
  switch (archive_entry_filetype(header)) {
    case AE_IFREG:
      entry_.size_bytes =
          archive_entry_size_is_set(header) ? static_cast<std::uint64_t>(archive_entry_size(header)) : 0;
      entry_.executable = (archive_entry_perm(header) & 0111) != 0;
      break;
    case AE_IFDIR:
      entry_.type = EntryType::folder;
      break;
    case AE_IFLNK: {
      const char* target = archive_entry_symlink(header);
      if (target == nullptr) target = archive_entry_symlink_utf8(header);
      entry_.type = EntryType::symlink;
      entry_.link = target == nullptr ? "" : target;
      break;
    }
    default:
      entry_.type = EntryType::other;
  }
  return true;
}

Result<const Entry*> Archive::next() {
  for (;;) {
    archive_entry* header = nullptr;
    const int status = archive_read_next_header(archive_, &header);
    if (const auto fine = count(); !fine) return fine.error();
    if (status == ARCHIVE_EOF) return static_cast<const Entry*>(nullptr);
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return broken();
    budget_.take_entry();
    if (set_entry(header)) return &entry_;
  }
}

Result<std::size_t> Archive::read(std::span<char> buffer) {
  const la_ssize_t got = archive_read_data(archive_, buffer.data(), buffer.size());
  if (got < 0 && got != ARCHIVE_WARN) return broken();
  if (got > 0) delivered_ += static_cast<std::uint64_t>(got);
  if (const auto fine = count(); !fine) return fine.error();
  return static_cast<std::size_t>(std::max<la_ssize_t>(got, 0));
}

}  // namespace wharf::inventory
