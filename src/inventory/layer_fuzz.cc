#include "inventory/fuzzing.h"
#include "inventory/image.h"

/// A layer, on top of itself.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace wharf::inventory;
  const auto bytes = fuzz_text(data, size);
  const auto open = [&]() -> wharf::Result<std::unique_ptr<Source>> { return std::make_unique<MemorySource>(bytes); };
  const auto layer = read_layer(open, {.bytes = 20'000'000, .ratio = 100, .free_bytes = 1'000'000, .entries = 10'000});
  if (!layer) return 0;
  must_be_sound(layer->distribution);
  for (const auto& it : layer->packages) must_be_sound(it);
  const Layer both[] = {*layer, *layer};
  const auto image = merge_layers(both);
  if (image.packages.size() > 2 * layer->packages.size()) __builtin_trap();
  for (const auto& it : image.packages) {
    if (it.layer > 1 || it.distribution >= image.distributions.size()) __builtin_trap();
  }
  return 0;
}
