#include "inventory/fuzzing.h"
#include "inventory/java.h"

/// A Java archive, or a zipped egg.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace wharf::inventory;
  if (size == 0) return 0;
  const Limits limits{.bytes = 20'000'000, .entries = 10'000};
  Budget budget(limits);
  Finds finds;
  MemorySource source(fuzz_text(data + 1, size - 1));
  (void)(data[0] % 4 == 0 ? read_egg(source, "a-1.egg", budget, finds) : read_jar(source, "a-1.jar", budget, finds));
  for (const auto& it : finds.packages()) must_be_sound(it);
  return 0;
}
