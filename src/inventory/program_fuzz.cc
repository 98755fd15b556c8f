#include "inventory/fuzzing.h"
#include "inventory/program.h"

/// A program, or the build information of one.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace wharf::inventory;
  const auto bytes = fuzz_text(data, size);
  Finds finds;
  MemorySource source(bytes);
  (void)read_program(source, "a/path", finds);
  add_go_modules({"go1.21rc2", std::string(bytes)}, "a/path", finds);
  (void)add_cargo_crates(bytes, "a/path", finds);
  for (const auto& it : finds.packages()) must_be_sound(it);
  return 0;
}
