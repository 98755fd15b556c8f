#include "base/clock.h"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <ctime>

namespace wharf {
namespace {

std::atomic<std::int64_t> advanced_ms{0};

constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::tm utc(Millis at) {
  const auto seconds = static_cast<std::time_t>(at >= 0 ? at / 1000 : (at - 999) / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

std::string day_first(Millis at, const char* zone) {
  const auto t = utc(at);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} {}", kDays[static_cast<std::size_t>(t.tm_wday)], t.tm_mday,
                     kMonths[static_cast<std::size_t>(t.tm_mon)], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec,
                     zone);
}

}  // namespace

Millis now_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count() +
         advanced_ms.load(std::memory_order_relaxed);
}

void advance_clock(std::chrono::milliseconds by) { advanced_ms += by.count(); }

std::string rfc2822(Millis at) { return day_first(at, "-0000"); }

std::string http_date(Millis at) { return day_first(at, "GMT"); }

std::string rfc3339(Millis at) {
  const auto t = utc(at);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour,
                     t.tm_min, t.tm_sec);
}

}  // namespace wharf
