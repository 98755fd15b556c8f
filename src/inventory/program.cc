#include "inventory/program.h"

#include <algorithm>

#include "inventory/bytes.h"

namespace wharf::inventory {
namespace {

constexpr std::size_t kLargest = 128 << 20;
constexpr std::uint64_t kMostParts = 4096;

constexpr std::string_view kElf =
    "\x7f"
    "ELF";
constexpr std::uint32_t kMacho32 = 0xfeedface, kMacho64 = 0xfeedfacf;

/// The bytes from `at` on, cut off where the file ends.
std::string_view clipped(std::string_view bytes, std::uint64_t at, std::uint64_t size) {
  if (at >= bytes.size()) return {};
  return bytes.substr(at, std::min<std::uint64_t>(size, bytes.size() - at));
}

bool looks_like_program(std::string_view head) {
  const auto magic = Bytes(head).u32(0), swapped = Bytes(head, true).u32(0);
  return head.starts_with(kElf) || head.starts_with("MZ") || magic == kMacho32 || magic == kMacho64 ||
         swapped == kMacho32 || swapped == kMacho64;
}

}  // namespace

std::optional<Program> Program::parse(std::string_view bytes) {
  if (bytes.size() < 64 || !looks_like_program(bytes)) return {};
  if (bytes.starts_with(kElf)) return parse_elf(bytes);
  if (bytes.starts_with("MZ")) return parse_pe(bytes);
  return parse_macho(bytes);
}

/// Source: System V ABI, "Object Files".
std::optional<Program> Program::parse_elf(std::string_view bytes) {
  const bool wide = bytes[4] == 2, big = bytes[5] == 2;
  const Bytes all(bytes, big);
  const int word = wide ? 8 : 4;
  Program program;
  program.big_endian_ = big;
  const std::uint64_t segments = all.number(wide ? 32 : 28, word), sections = all.number(wide ? 40 : 32, word);
  const std::uint64_t segment_size = all.u16(wide ? 54 : 42), segment_count = all.u16(wide ? 56 : 44);
  const std::uint64_t section_size = all.u16(wide ? 58 : 46), section_count = all.u16(wide ? 60 : 48);
  const std::uint64_t names_index = all.u16(wide ? 62 : 50);
  if (segment_size < (wide ? 56u : 32u) || section_count > kMostParts || segment_count > kMostParts) return {};
  constexpr std::uint32_t kLoad = 1, kWritable = 2, kNoBits = 8;
  for (std::uint64_t i = 0; i < segment_count; ++i) {
    const std::uint64_t at = segments + i * segment_size;
    if (!all.part(at, segment_size) || all.u32(at) != kLoad) continue;
    const std::uint32_t flags = all.u32(at + (wide ? 4 : 24));
    const std::uint64_t offset = all.number(at + (wide ? 8 : 4), word);
    const std::uint64_t address = all.number(at + (wide ? 16 : 8), word);
    const std::uint64_t size = all.number(at + (wide ? 32 : 16), word);
    program.parts_.push_back({"", clipped(bytes, offset, size), address, (flags & kWritable) != 0, true});
  }
  if (section_size < (wide ? 64u : 40u)) return program;
  const auto content = [&](std::uint64_t index) -> std::string_view {
    const std::uint64_t at = sections + index * section_size;
    if (!all.part(at, section_size) || all.u32(at + 4) == kNoBits) return {};
    return clipped(bytes, all.number(at + (wide ? 24 : 16), word), all.number(at + (wide ? 32 : 20), word));
  };
  const Bytes names(content(names_index));
  for (std::uint64_t i = 0; i < section_count; ++i) {
    const std::uint64_t at = sections + i * section_size;
    if (!all.part(at, section_size)) break;
    program.parts_.push_back({names.text(all.u32(at)), content(i), 0, false, false});
  }
  return program;
}

/// Source: Microsoft, "PE Format".
std::optional<Program> Program::parse_pe(std::string_view bytes) {
  const Bytes all(bytes);
  const std::uint64_t start = all.u32(0x3c);
  if (all.part(start, 4) != std::string_view("PE\0\0", 4)) return {};
  const std::uint64_t count = all.u16(start + 6), optional_size = all.u16(start + 20), optional = start + 24;
  const bool wide = all.u16(optional) == 0x20b;
  const std::uint64_t base = wide ? all.u64(optional + 24) : all.u32(optional + 28);
  if (count > kMostParts) return {};
  Program program;
  constexpr std::uint32_t kWritable = 0x80000000;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = optional + optional_size + i * 40;
    const auto name = all.part(at, 8);
    if (!name || !all.part(at, 40)) break;
    program.parts_.push_back({name->substr(0, name->find('\0')), clipped(bytes, all.u32(at + 20), all.u32(at + 16)),
                              base + all.u32(at + 12), (all.u32(at + 36) & kWritable) != 0, true});
  }
  return program;
}

/// Source: Apple, mach-o/loader.h.
std::optional<Program> Program::parse_macho(std::string_view bytes) {
  const auto little = Bytes(bytes).u32(0);
  const bool big = little != kMacho32 && little != kMacho64;
  const Bytes all(bytes, big);
  const bool wide = all.u32(0) == kMacho64;
  const std::uint64_t commands = all.u32(16);
  if (commands > kMostParts) return {};
  Program program;
  program.big_endian_ = big;
  constexpr std::uint32_t kSegment32 = 1, kSegment64 = 0x19, kWritable = 2;
  const int word = wide ? 8 : 4;
  std::uint64_t at = wide ? 32 : 28;
  for (std::uint64_t i = 0; i < commands; ++i) {
    const std::uint64_t size = all.u32(at + 4);
    if (size < 8 || !all.part(at, size)) break;
    if (all.u32(at) == (wide ? kSegment64 : kSegment32)) {
      const std::uint64_t address = all.number(at + 24, word);
      const std::uint64_t offset = all.number(at + (wide ? 40 : 32), word);
      const std::uint64_t length = all.number(at + (wide ? 48 : 36), word);
      const std::uint32_t protection = all.u32(at + (wide ? 60 : 44)), sections = all.u32(at + (wide ? 64 : 48));
      program.parts_.push_back({"", clipped(bytes, offset, length), address, (protection & kWritable) != 0, true});
      const std::uint64_t section_size = wide ? 80 : 68;
      for (std::uint64_t s = 0; s < std::min<std::uint64_t>(sections, kMostParts); ++s) {
        const std::uint64_t section = at + (wide ? 72 : 56) + s * section_size;
        const auto name = all.part(section, 16);
        if (!name || section + section_size > at + size || program.parts_.size() > kMostParts) break;
        const std::uint64_t length_here = all.number(section + (wide ? 40 : 36), word);
        program.parts_.push_back({name->substr(0, name->find('\0')),
                                  clipped(bytes, all.u32(section + (wide ? 48 : 40)), length_here), 0, false, false});
      }
    }
    at += size;
  }
  return program;
}

std::string_view Program::section(std::string_view name) const {
  const auto found = std::find_if(parts_.begin(), parts_.end(), [&](const Part& it) { return it.name == name; });
  return found == parts_.end() ? std::string_view() : found->bytes;
}

std::string_view Program::at_address(std::uint64_t address) const {
  for (const auto& part : parts_) {
    if (part.loaded && address >= part.address && address - part.address < part.bytes.size()) {
      return part.bytes.substr(address - part.address);
    }
  }
  return {};
}

std::vector<std::string_view> Program::data() const {
  std::vector<std::string_view> all;
  for (const auto& part : parts_) {
    if (part.loaded && part.writable) all.push_back(part.bytes);
  }
  return all;
}

Result<void> read_program(Source& content, std::string_view path, Finds& finds) {
  std::string bytes(64, '\0');
  std::size_t size = 0;
  // Most programs are scripts or read to the end in vain: the first bytes tell what need not be read at all.
  for (std::size_t room = bytes.size(); size < kLargest;) {
    const auto got = content.read(std::span(bytes).subspan(size, room - size));
    if (!got) return got.error();
    size += *got;
    if (*got == 0) break;
    if (size < room) continue;
    if (room == 64 && !looks_like_program(bytes)) return {};
    room = std::min<std::size_t>(kLargest, room == 64 ? 256 * 1024 : room * 2);
    bytes.resize(room);
  }
  bytes.resize(size);
  const auto program = Program::parse(bytes);
  if (!program) return {};
  auto build = find_go_build(*program);
  if (!build && size == kLargest) {
    auto found = search_go_build(bytes, content);
    if (!found) return found.error();
    build = std::move(*found);
    if (build) add_go_modules(*build, path, finds);
    return {};
  }
  if (build) add_go_modules(*build, path, finds);
  if (const auto crates = program->section(".dep-v0"); !crates.empty()) return add_cargo_crates(crates, path, finds);
  return {};
}

}  // namespace wharf::inventory
