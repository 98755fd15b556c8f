#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wharf {

/// Milliseconds since 1970-01-01T00:00:00Z: the one form in which the database keeps a time.
using Millis = std::int64_t;

/// The wall clock in milliseconds, moved by what `advance_clock` added (tests only).
Millis now_ms();

/// Moves the wall clock of this process forward; for tests of expiry.
void advance_clock(std::chrono::milliseconds by);

/// `Tue, 03 Nov 2020 12:00:00 -0000`. Source: RFC 2822 section 3.3, in the form Quay prints.
std::string rfc2822(Millis at);

/// `2026-01-15T10:30:00Z`. Source: RFC 3339.
std::string rfc3339(Millis at);

/// The time that `2026-01-15T10:30:00.123456789Z` or `…+02:00` spells; nothing for anything else. Source: RFC 3339.
std::optional<Millis> parse_rfc3339(std::string_view text);

/// `Tue, 03 Nov 2020 12:00:00 GMT`. Source: RFC 9110 section 5.6.7.
std::string http_date(Millis at);

/// A time that JSON shows as RFC 2822 text.
struct Rfc2822 {
  Millis at = 0;
  friend bool operator==(Rfc2822, Rfc2822) = default;
};

/// A time that JSON shows as RFC 3339 text.
struct Rfc3339 {
  Millis at = 0;
  friend bool operator==(Rfc3339, Rfc3339) = default;
};

}  // namespace wharf
