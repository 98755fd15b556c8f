#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/finds.h"
#include "inventory/source.h"

/// Programs as the system runs them (ELF, PE, Mach-O), as far as they tell what they were built from.
namespace wharf::inventory {

/// Adds the modules of a Go program and the crates of a Rust one that was built with cargo-auditable. Other programs
/// and files have none. Only the first 128 MiB of a larger file are looked at. Errors: as `content` fails.
Result<void> read_program(Source& content, std::string_view path, Finds& finds);

/// The parts of a program's file, and where they are when it runs.
class Program {
 public:
  /// Nothing for what is no such file. `bytes` outlives it.
  static std::optional<Program> parse(std::string_view bytes);

  /// The content of a section by its name; empty if there is none.
  std::string_view section(std::string_view name) const;
  /// The bytes at `address` in the running program, up to the end of their part of the file.
  std::string_view at_address(std::uint64_t address) const;
  /// The parts that the program may write to: its data.
  std::vector<std::string_view> data() const;
  bool is_big_endian() const { return big_endian_; }

 private:
  struct Part {
    std::string_view name;
    std::string_view bytes;
    std::uint64_t address = 0;
    bool writable = false;
    bool loaded = false;
  };
  static std::optional<Program> parse_elf(std::string_view bytes);
  static std::optional<Program> parse_pe(std::string_view bytes);
  static std::optional<Program> parse_macho(std::string_view bytes);

  std::vector<Part> parts_;
  bool big_endian_ = false;
};

/// Go's build information: the version of Go ("go1.20.14") and the list of modules, as they stand in the program.
struct GoBuild {
  std::string go_version;
  std::string modules;
};
/// Source: Go, debug/buildinfo; both the form of Go 1.18 and the older one with pointers.
std::optional<GoBuild> find_go_build(const Program& program);
/// The same of a program that is too large to be held: `front` is its beginning, which it takes, `rest` what follows.
/// Finds the form of Go 1.18 and later alone. Errors: as `rest` fails. Memory: `front`.
Result<std::optional<GoBuild>> search_go_build(std::string& front, Source& rest);
/// "path", "mod", "dep" and "=>" lines. Source: Go, runtime/debug, BuildInfo.
void add_go_modules(const GoBuild& build, std::string_view path, Finds& finds);

/// The packed JSON of cargo-auditable. Errors: invalid_request. Source: rust-secure-code/cargo-auditable, PARSING.md.
Result<void> add_cargo_crates(std::string_view section, std::string_view path, Finds& finds);

}  // namespace wharf::inventory
