#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "inventory/source.h"

struct archive;
struct archive_entry;

namespace wharf::inventory {

/// How much one layer may cost.
struct Limits {
  std::uint64_t bytes = std::uint64_t{64} << 30;      ///< Unpacked, with the archives that lie in it.
  std::uint64_t ratio = 200;                          ///< Unpacked bytes for each packed one…
  std::uint64_t free_bytes = std::uint64_t{1} << 30;  ///< …beyond these.
  std::uint64_t entries = 3'000'000;                  ///< Files, with those in the archives that lie in it.
  std::function<bool()> stop{};                       ///< Asked every few MiB; true ends it: time is up.
};

/// What a layer has cost so far; one for the layer and all that lies in it.
class Budget {
 public:
  explicit Budget(const Limits& limits) : limits_(limits) {}

  void take_packed(std::uint64_t bytes) { packed_ += bytes; }
  void take_unpacked(std::uint64_t bytes) { unpacked_ += bytes; }
  void take_entry() { ++entries_; }

  /// Errors: payload_too_large beyond the limits, unavailable when it was stopped. Once it has failed it stays so.
  Result<void> check();

 private:
  const Limits& limits_;
  std::uint64_t packed_ = 0;
  std::uint64_t unpacked_ = 0;
  std::uint64_t entries_ = 0;
  bool stopped_ = false;
};

enum class EntryType { file, folder, symlink, hardlink, other };

/// What an archive says of one of its files.
struct Entry {
  std::string path{};  ///< As `clean_path` makes it.
  EntryType type = EntryType::file;
  std::uint64_t size_bytes = 0;  ///< As it is written there; 0 where it is not.
  bool executable = false;
  std::string
      link{};  ///< Of a symlink: its target as it is written. Of a hard link: the path of the other file, clean.
};

/// An archive that is read from its start to its end: `next` goes to an entry, `read` gives its content.
/// Memory: what one decompressor holds and a buffer of 256 KiB. Source: libarchive.
class Archive : public Source {
 public:
  enum class Form {
    layer,  ///< tar; plain, or packed by gzip or zstd: its first bytes say which.
    zip
  };
  /// Both outlive it. Errors: invalid_request if it is no such archive, and as `from` fails.
  static Result<std::unique_ptr<Archive>> open(Source& from, Form form, Budget& budget);
  ~Archive() override;

  /// Goes to the next entry; null at the end. Entries whose path is not clean are left out.
  /// Errors: invalid_request for a damaged archive, as Budget::check, and as the source fails.
  Result<const Entry*> next();

  /// The content of the entry, whatever its header said of its size. Errors: as `next`.
  Result<std::size_t> read(std::span<char> buffer) override;

 private:
  struct Feed;
  Archive(Source& from, Form form, Budget& budget);
  Error broken() const;
  Result<void> count();
  bool set_entry(archive_entry* header);

  std::unique_ptr<Feed> feed_;
  ::archive* archive_ = nullptr;
  Form form_;
  Budget& budget_;
  std::uint64_t delivered_ = 0;
  std::uint64_t counted_ = 0;
  Entry entry_;
};

}  // namespace wharf::inventory
