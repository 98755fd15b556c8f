#include "service/page_token.h"

#include <charconv>

namespace wharf::service {
namespace {

constexpr Millis kLifeMs = 2 * 24 * 3600 * Millis{1000};

}  // namespace

std::string PageTokens::make(std::string_view list, std::int64_t after_id, Millis now) const {
  return box_.seal(std::to_string(after_id) + ' ' + std::to_string(now + kLifeMs), list);
}

std::int64_t PageTokens::read(std::string_view list, std::string_view token, Millis now) const {
  if (token.empty()) return 0;
  const auto plain = box_.open(token, list);
  if (!plain) return 0;
  std::int64_t id = 0;
  Millis expires = 0;
  const char* end = plain->data() + plain->size();
  const auto first = std::from_chars(plain->data(), end, id);
  if (first.ec != std::errc() || first.ptr == end) return 0;
  const auto second = std::from_chars(first.ptr + 1, end, expires);
  return second.ec == std::errc() && expires > now ? id : 0;
}

}  // namespace wharf::service
