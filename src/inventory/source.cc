#include "inventory/source.h"

namespace wharf::inventory {

Result<std::string> Source::read_all(std::size_t limit) {
  constexpr std::size_t kPiece = 16 * 1024;
  std::string all;
  for (std::size_t size = 0;;) {
    if (all.size() < size + kPiece) all.resize(std::max(size + size / 2, size + kPiece));
    const auto got = read(std::span(all).subspan(size));
    if (!got) return got.error();
    size += *got;
    if (size > limit) return Error{Errc::payload_too_large, "The file is too large"};
    if (*got == 0) {
      all.resize(size);
      return all;
    }
  }
}

}  // namespace wharf::inventory
