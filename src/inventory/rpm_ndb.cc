#include "inventory/bytes.h"
#include "inventory/rpm.h"

/// rpm's own database: a table of slots in the first pages, and a blob in blocks of 16 bytes for each.
/// Source: rpm, lib/backend/ndb/rpmpkg.c.
namespace wharf::inventory {
namespace {

constexpr std::uint32_t kMagic = 'R' | 'p' << 8 | 'm' << 16 | 'P' << 24;
constexpr std::uint32_t kSlot = 'S' | 'l' << 8 | 'o' << 16 | 't' << 24;
constexpr std::uint32_t kBlob = 'B' | 'l' << 8 | 'b' << 16 | 'S' << 24;
constexpr std::uint64_t kPage = 4096, kBlock = 16, kSlotBytes = 16, kHeaderBytes = 32, kBlobHeaderBytes = 16;
constexpr std::uint64_t kMostPages = 2048;

}  // namespace

bool is_rpm_ndb(std::string_view bytes) { return Bytes(bytes).u32(0) == kMagic; }

Result<void> read_rpm_ndb(std::string_view bytes, const HeaderSink& sink) {
  const Bytes all(bytes);
  const std::uint64_t pages = all.u32(12);
  if (all.u32(4) != 0 || pages == 0 || pages > kMostPages) {
    return Error{Errc::invalid_request, "An rpm database of an unknown version"};
  }
  std::uint64_t given = 0;
  for (std::uint64_t at = kHeaderBytes; at + kSlotBytes <= std::min<std::uint64_t>(pages * kPage, bytes.size());
       at += kSlotBytes) {
    const std::uint32_t package = all.u32(at + 4);
    const std::uint64_t blob = all.u32(at + 8) * kBlock;
    if (all.u32(at) != kSlot || package == 0 || blob == 0) continue;
    const std::uint64_t size = all.u32(blob + 12);
    const auto header = all.part(blob + kBlobHeaderBytes, size);
    given += size;
    // Slots that point at one blob over and over would cost more than the file is large.
    if (all.u32(blob) != kBlob || all.u32(blob + 4) != package || !header || given > bytes.size()) {
      return Error{Errc::invalid_request, "A damaged rpm database"};
    }
    sink(*header);
  }
  return {};
}

}  // namespace wharf::inventory
