#include <array>
#include <cstdlib>
#include <string>

#include "vuln/version.h"

/// Versions stand in feeds and in images: whatever three texts they are, they have one order.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace wharf::vuln;
  if (size < 1) return 0;
  const auto scheme = static_cast<Scheme>(data[0] % 9);
  const std::string_view all(reinterpret_cast<const char*>(data + 1), size - 1);
  std::array<std::string_view, 3> versions;
  std::size_t at = 0;
  for (auto& version : versions) {
    const std::size_t end = std::min(all.find('\n', at), all.size());
    version = all.substr(at, end - at);
    at = std::min(end + 1, all.size());
  }
  const auto [a, b, c] = versions;
  const Order ab = compare_versions(scheme, a, b), ba = compare_versions(scheme, b, a);
  if (ab.has_value() != ba.has_value()) std::abort();
  if (ab && *ab != (0 <=> *ba)) std::abort();
  if (is_version(scheme, a) && compare_versions(scheme, a, a) != std::weak_ordering::equivalent) std::abort();
  if (is_version(scheme, a) && is_version(scheme, b) && !ab) std::abort();

  // Versions of rpm without a release equal those with any, and Maven's own order has cycles among odd texts.
  if (scheme == Scheme::maven || (scheme == Scheme::rpm && all.find('-') == std::string_view::npos)) return 0;
  if (scheme == Scheme::rpm) {
    for (const auto version : versions) {
      if (version.find('-') == std::string_view::npos || version.ends_with('-')) return 0;
    }
  }
  const Order bc = compare_versions(scheme, b, c), ac = compare_versions(scheme, a, c);
  if (!ab || !bc || !ac) return 0;
  if (*ab <= 0 && *bc <= 0 && *ac > 0) std::abort();
  if (*ab >= 0 && *bc >= 0 && *ac < 0) std::abort();
  if (*ab == 0 && *bc == 0 && *ac != 0) std::abort();
  return 0;
}
