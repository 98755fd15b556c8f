#include "service/page_token.h"

#include <charconv>

namespace wharf::service {
namespace {

constexpr Millis kLifeMs = 2 * 24 * 3600 * Millis{1000};

}  // namespace

std::string PageTokens::make(std::string_view list, std::int64_t after_id, Millis now) const {
  return make_at(list, std::to_string(after_id), now);
}

std::int64_t PageTokens::read(std::string_view list, std::string_view token, Millis now) const {
  const auto place = read_at(list, token, now);
  std::int64_t id = 0;
  const char* end = place.data() + place.size();
  const auto parsed = std::from_chars(place.data(), end, id);
  return parsed.ec == std::errc() && parsed.ptr == end ? id : 0;
}

std::string PageTokens::make_at(std::string_view list, std::string_view place, Millis now) const {
  return box_.seal(std::string(place) + ' ' + std::to_string(now + kLifeMs), list);
}

std::string PageTokens::read_at(std::string_view list, std::string_view token, Millis now) const {
  if (token.empty()) return {};
  const auto plain = box_.open(token, list);
  if (!plain) return {};
  const auto space = plain->find(' ');
  if (space == std::string::npos) return {};
  Millis expires = 0;
  const char* end = plain->data() + plain->size();
  const auto parsed = std::from_chars(plain->data() + space + 1, end, expires);
  return parsed.ec == std::errc() && expires > now ? plain->substr(0, space) : std::string();
}

}  // namespace wharf::service
