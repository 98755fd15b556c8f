#include <algorithm>
#include <span>

#include "inventory/bytes.h"
#include "inventory/program.h"
#include "inventory/text.h"

namespace wharf::inventory {
namespace {

constexpr std::string_view kMagic = "\xff Go buildinf:";
constexpr std::size_t kHeader = 32, kAlign = 16;
constexpr std::size_t kLongestVersion = 256, kLongestList = 8 << 20;

/// A number in groups of seven bits, then so many bytes; both leave the front of `bytes`.
std::optional<std::string_view> take_text(std::string_view& bytes, std::size_t longest) {
  std::uint64_t size = 0;
  for (int shift = 0;; shift += 7) {
    if (bytes.empty() || shift > 28) return {};
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    size |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) break;
  }
  if (size > bytes.size() || size > longest) return {};
  const auto text = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return text;
}

/// A string of Go: the address of its bytes and their number, at `address`.
std::optional<std::string_view> text_at(const Program& program, std::uint64_t address, int word, bool big,
                                        std::size_t longest) {
  const Bytes header(program.at_address(address), big);
  const std::uint64_t size = header.number(static_cast<std::uint64_t>(word), word);
  const auto bytes = program.at_address(header.number(0, word));
  if (size > bytes.size() || size > longest) return {};
  return bytes.substr(0, size);
}

/// Go's version and the list, which stands between two marks of 16 bytes.
std::optional<GoBuild> build_of(std::optional<std::string_view> version, std::optional<std::string_view> modules) {
  if (!version || version->empty()) return {};
  std::string_view list = modules.value_or("");
  list = list.size() >= 33 && list[list.size() - 17] == '\n' ? list.substr(16, list.size() - 32) : std::string_view();
  return GoBuild{std::string(*version), std::string(list)};
}

std::optional<GoBuild> parse(const Program& program, std::string_view at) {
  if (at.size() < kHeader) return {};
  const int word = static_cast<unsigned char>(at[14]);
  const int flags = static_cast<unsigned char>(at[15]);
  std::optional<std::string_view> version, modules;
  if ((flags & 2) != 0) {
    std::string_view rest = at.substr(kHeader);
    version = take_text(rest, kLongestVersion);
    modules = take_text(rest, kLongestList);
  } else if (word == 4 || word == 8) {
    const bool big = (flags & 1) != 0;
    const Bytes header(at, big);
    version = text_at(program, header.number(16, word), word, big, kLongestVersion);
    modules = text_at(program, header.number(16 + static_cast<std::uint64_t>(word), word), word, big, kLongestList);
  }
  return build_of(version, modules);
}

std::optional<GoBuild> search(const Program& program, std::string_view bytes) {
  for (auto at = bytes.find(kMagic); at != std::string_view::npos; at = bytes.find(kMagic, at + 1)) {
    if (at % kAlign != 0) continue;
    if (auto build = parse(program, bytes.substr(at))) return build;
  }
  return {};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "go1.20.14 X:boringcrypto" is 1.20.14, "go1.21rc2" is 1.21.0-rc.2, as Go's own advisories have them.
std::string release_of(std::string_view text) {
  text = text.substr(0, text.find(' '));
  if (!text.starts_with("go") || text.size() < 3 || !is_digit(text[2])) return std::string(text);
  text.remove_prefix(2);
  const auto* letter = std::find_if(text.begin(), text.end(), [](char c) { return !is_digit(c) && c != '.'; });
  std::string release(text.begin(), letter);
  std::string_view rest(letter, text.end());
  if (rest.starts_with("rc") || rest.starts_with("beta")) {
    if (std::count(release.begin(), release.end(), '.') == 1) release += ".0";
    const std::size_t word = rest.find_first_of("0123456789");
    release += '-' + std::string(rest.substr(0, word));
    if (word != std::string_view::npos) release += '.' + std::string(rest.substr(word));
  } else {
    release += rest;
  }
  return release;
}

}  // namespace

std::optional<GoBuild> find_go_build(const Program& program) {
  for (const std::string_view name : {".go.buildinfo", "__go_buildinfo"}) {
    if (const auto section = program.section(name); !section.empty()) {
      if (auto build = search(program, section)) return build;
    }
  }
  for (const auto data : program.data()) {
    if (auto build = search(program, data)) return build;
  }
  return {};
}

Result<std::optional<GoBuild>> search_go_build(std::string& front, Source& rest) {
  constexpr std::size_t kWindow = 4 * kLongestList;
  static_assert(kWindow % kAlign == 0);
  // What is held begins at a multiple of kAlign of the file, and so does each piece that stays of it.
  std::string held = std::move(front);
  std::size_t size = held.size();
  for (bool more = true;;) {
    const std::string_view all = std::string_view(held).substr(0, size);
    std::size_t kept = size > kHeader ? (size - kHeader) / kAlign * kAlign : 0;
    for (auto at = all.find(kMagic); at != std::string_view::npos; at = all.find(kMagic, at + 1)) {
      if (at % kAlign != 0 || at + kHeader > size || (static_cast<unsigned char>(all[at + 15]) & 2) == 0) continue;
      if (more && size - at < kLongestList + 2 * kHeader) {
        kept = std::min(kept, at);  // its list may not be here as a whole
        break;
      }
      std::string_view text = all.substr(at + kHeader);
      const auto version = take_text(text, kLongestVersion);
      const auto modules = take_text(text, kLongestList);
      if (auto build = build_of(version, modules)) return build;
    }
    if (!more) return std::optional<GoBuild>();
    held.erase(0, kept);
    size -= kept;
    held.resize(std::max(kWindow, held.size()));
    held.shrink_to_fit();
    while (size < held.size()) {
      const auto got = rest.read(std::span(held).subspan(size));
      if (!got) return got.error();
      size += *got;
      if (*got == 0) {
        more = false;
        break;
      }
    }
  }
}

void add_go_modules(const GoBuild& build, std::string_view path, Finds& finds) {
  const auto add = [&](std::string_view name, std::string_view version) {
    finds.add(
        {.kind = Kind::go, .name = std::string(name), .version = std::string(version), .location = std::string(path)});
  };
  add("stdlib", release_of(build.go_version));
  std::string_view name, version;  // of the module whose replacement may follow
  Lines lines(build.modules);
  while (auto line = lines.next()) {
    std::string_view rest = *line;
    const std::string_view word = cut(rest, '\t');
    if (word != "mod" && word != "dep" && word != "=>") continue;
    if (word != "=>" && !name.empty()) add(name, version);
    const std::string_view path_of_it = cut(rest, '\t');
    // One that was replaced by a folder keeps its name: what is in the folder has no other.
    const bool folder = word == "=>" && (path_of_it.starts_with('.') || path_of_it.starts_with('/'));
    if (!folder) name = path_of_it;
    version = cut(rest, '\t');
    if (version.empty()) version = "(devel)";
  }
  if (!name.empty()) add(name, version);
}

}  // namespace wharf::inventory
