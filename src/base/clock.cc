#include "base/clock.h"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <charconv>
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

/// Takes `digits` digits from the front of `text`; -1 when they are not there.
int take_number(std::string_view& text, std::size_t digits) {
  int number = 0;
  if (text.size() < digits) return -1;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + digits, number);
  if (failed != std::errc() || end != text.data() + digits || text.front() == '-') return -1;
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, std::string_view one_of) {
  if (text.empty() || one_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
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

std::optional<Millis> parse_rfc3339(std::string_view text) {
  const int year = take_number(text, 4);
  const bool dash = take(text, "-");
  const int month = take_number(text, 2);
  const bool second_dash = take(text, "-");
  const int day = take_number(text, 2);
  if (!dash || !second_dash || !take(text, "Tt ") || year < 0 || month < 0 || day < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  const int hour = take_number(text, 2);
  const bool colon = take(text, ":");
  const int minute = take_number(text, 2);
  const bool second_colon = take(text, ":");
  const int second = take_number(text, 2);
  if (!date.ok() || !colon || !second_colon) return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  Millis at = std::chrono::sys_days(date).time_since_epoch().count() * Millis{86'400'000};
  at += ((hour * 60 + minute) * 60 + second) * Millis{1000};
  if (take(text, ".")) {
    Millis unit = 100;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
      at += (text[digits] - '0') * unit;
      unit /= 10;
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
  }
  if (take(text, "Zz")) return text.empty() ? std::optional(at) : std::nullopt;
  const Millis sign = !text.empty() && text.front() == '-' ? 1 : -1;
  if (!take(text, "+-")) return std::nullopt;
  const int hours = take_number(text, 2);
  const bool between = take(text, ":");
  const int minutes = take_number(text, 2);
  if (!between || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || !text.empty()) return std::nullopt;
  return at + sign * (hours * 60 + minutes) * Millis{60'000};
}

}  // namespace wharf
