#include "inventory/bytes.h"
#include "inventory/rpm.h"

/// Berkeley DB, hash and btree: pages that hold keys and values; a large value lies on a chain of overflow pages.
/// Source: Berkeley DB 5.3, src/dbinc/db_page.h.
namespace wharf::inventory {
namespace {

constexpr std::uint32_t kHashMagic = 0x00061561, kBtreeMagic = 0x00053162;
constexpr std::uint64_t kPageHeader = 26;
enum PageType : std::uint8_t { kHashUnsorted = 2, kBtreeLeaf = 5, kOverflow = 7, kHash = 13 };
enum HashItem : std::uint8_t { kHashData = 1, kHashOffPage = 3 };
enum BtreeItem : std::uint8_t { kBtreeData = 1, kBtreeOverflow = 3 };

Error damaged() { return {Errc::invalid_request, "A damaged rpm database"}; }

class Database {
 public:
  Database(std::string_view bytes, bool big_endian)
      : bytes_(bytes), all_(bytes, big_endian), page_size_(all_.u32(20)) {}

  Result<void> read(const HeaderSink& sink) {
    if (page_size_ < 512 || page_size_ > 65'536 || (page_size_ & (page_size_ - 1)) != 0) return damaged();
    const std::uint64_t pages = bytes_.size() / page_size_;
    for (std::uint64_t page = 1; page < pages; ++page) {
      const std::uint8_t type = all_.u8(page * page_size_ + 25);
      if (type != kHash && type != kHashUnsorted && type != kBtreeLeaf) continue;
      if (auto done = read_page(page * page_size_, type == kBtreeLeaf, sink); !done) return done.error();
    }
    return {};
  }

 private:
  /// Keys and values by turns.
  Result<void> read_page(std::uint64_t page, bool btree, const HeaderSink& sink) {
    const std::uint64_t count = all_.u16(page + 20);
    if (kPageHeader + 2 * count > page_size_) return damaged();
    for (std::uint64_t i = 0; i + 1 < count; i += 2) {
      const auto key = item(page, i, btree);
      // Key 0 is the number of the last package.
      if (!key || key->find_first_not_of('\0') == std::string::npos) continue;
      const auto value = item(page, i + 1, btree);
      if (!value) return damaged();
      sink(*value);
    }
    return {};
  }

  std::uint64_t offset(std::uint64_t page, std::uint64_t index) const {
    return all_.u16(page + kPageHeader + 2 * index);
  }

  std::optional<std::string> item(std::uint64_t page, std::uint64_t index, bool btree) {
    const std::uint64_t at = offset(page, index);
    if (at < kPageHeader || at >= page_size_) return {};
    if (btree) {
      const std::uint8_t type = all_.u8(page + at + 2);
      if (type == kBtreeOverflow) return chain(all_.u32(page + at + 4), all_.u32(page + at + 8));
      if (type != kBtreeData) return {};
      return copy(page, at + 3, all_.u16(page + at));
    }
    const std::uint8_t type = all_.u8(page + at);
    if (type == kHashOffPage) return chain(all_.u32(page + at + 4), all_.u32(page + at + 8));
    if (type != kHashData) return {};
    // An item ends where the one before it begins; the first ends with the page.
    const std::uint64_t end = index == 0 ? page_size_ : offset(page, index - 1);
    if (end <= at) return {};
    return copy(page, at + 1, end - at - 1);
  }

  std::optional<std::string> copy(std::uint64_t page, std::uint64_t at, std::uint64_t size) const {
    if (at + size > page_size_) return {};
    const auto part = all_.part(page + at, size);
    if (!part) return {};
    return std::string(*part);
  }

  std::optional<std::string> chain(std::uint64_t number, std::uint64_t size) {
    std::string value;
    while (value.size() < size) {
      const std::uint64_t page = number * page_size_;
      // Every page belongs to one value: more than the whole file is a circle.
      read_ += page_size_;
      if (number == 0 || page + page_size_ > bytes_.size() || all_.u8(page + 25) != kOverflow || read_ > bytes_.size())
        return {};
      const std::uint64_t here = all_.u16(page + 22);
      if (here == 0 || here > page_size_ - kPageHeader) return {};
      value += bytes_.substr(page + kPageHeader, std::min<std::uint64_t>(here, size - value.size()));
      number = all_.u32(page + 16);
    }
    return value;
  }

  std::string_view bytes_;
  Bytes all_;
  std::uint64_t page_size_;
  std::uint64_t read_ = 0;
};

bool has_magic(const Bytes& bytes) { return bytes.u32(12) == kHashMagic || bytes.u32(12) == kBtreeMagic; }

}  // namespace

bool is_rpm_berkeley(std::string_view bytes) { return has_magic(Bytes(bytes)) || has_magic(Bytes(bytes, true)); }

Result<void> read_rpm_berkeley(std::string_view bytes, const HeaderSink& sink) {
  return Database(bytes, has_magic(Bytes(bytes, true))).read(sink);
}

}  // namespace wharf::inventory
