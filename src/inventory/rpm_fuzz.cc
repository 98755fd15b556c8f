#include "inventory/fuzzing.h"
#include "inventory/rpm.h"

/// An rpm database of any form, with the first byte's part of it as its log, or a header.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace wharf::inventory;
  if (size == 0) return 0;
  const auto all = fuzz_text(data + 1, size - 1);
  Finds finds;
  if (data[0] == 0) {
    (void)read_rpm_header(all, "a/path", finds);
  } else {
    const std::size_t log = data[0] < 128 ? 0 : all.size() * (data[0] - 128u) / 128;
    std::string database(all.substr(log));
    (void)read_rpm_database(database, all.substr(0, log), "a/path", finds);
  }
  for (const auto& it : finds.packages()) must_be_sound(it);
  return 0;
}
