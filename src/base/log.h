#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

/// Structured logs on standard error: a message that is always the same words, and fields with what varies.
///
///   log::info("upload finished", {{"repository", name.text()}, {"size_bytes", size}});
///
/// Text:  2026-01-15T10:30:00.123Z info  upload finished repository=acme/app size_bytes=42
/// JSON:  {"time":"2026-01-15T10:30:00.123Z","level":"info","message":"upload finished","repository":…}
/// Output is ASCII and one line a message: line ends, quotes and control characters in values are escaped.
/// Secrets are the caller's to leave out.
namespace wharf::log {

enum class Level { debug, info, warn, error, off };

std::string_view to_string(Level level);
/// "debug", "info", "warn" or "warning", "error", "off".
std::optional<Level> parse_level(std::string_view text);

enum class Format { automatic, text, json };

/// "auto", "text", "json".
std::optional<Format> parse_format(std::string_view text);

struct Options {
  Level level = Level::info;
  Format format = Format::automatic;  ///< automatic: text if `fd` is a terminal, JSON otherwise.
  int fd = 2;                         ///< Where to write; stays the caller's.
  std::size_t queue = 8192;           ///< Messages that may wait for the writer.
};

/// From here on a thread of its own writes the messages; while its queue is full the oldest waiting ones are dropped
/// and counted. Before `start` and after `stop` messages are written at once, as text, from level warn upwards.
void start(Options options);
/// Writes what waits, and goes back to writing at once.
void stop();
/// Messages dropped since the process began.
std::uint64_t dropped();
/// The format in use, never automatic.
Format format();
void set_level(Level level);
bool enabled(Level level);

/// One value of a field. Views: they need to live only as long as the call.
using Value = std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view>;

struct Field {
  std::string_view key;
  Value value;

  template <class T>
  Field(std::string_view name, const T& it) : key(name), value(to_value(it)) {}

 private:
  template <class T>
  static Value to_value(const T& it) {
    if constexpr (std::same_as<T, bool>) {
      return it;
    } else if constexpr (std::floating_point<T>) {
      return static_cast<double>(it);
    } else if constexpr (std::signed_integral<T>) {
      return static_cast<std::int64_t>(it);
    } else if constexpr (std::unsigned_integral<T>) {
      return static_cast<std::uint64_t>(it);
    } else {
      return std::string_view(it);
    }
  }
};
using Fields = std::initializer_list<Field>;

/// Logs one message; about 1 µs, and it never waits for the disk or the terminal once `start` was called.
void write(Level level, std::string_view message, Fields fields = {});

inline void debug(std::string_view message, Fields fields = {}) {
  if (enabled(Level::debug)) write(Level::debug, message, fields);
}
inline void info(std::string_view message, Fields fields = {}) { write(Level::info, message, fields); }
inline void warn(std::string_view message, Fields fields = {}) { write(Level::warn, message, fields); }
inline void error(std::string_view message, Fields fields = {}) { write(Level::error, message, fields); }

namespace detail {

/// Appends one line with its line end. `at_ms` is milliseconds since 1970.
void append_line(std::string& out, Format format, std::int64_t at_ms, Level level, std::string_view message,
                 Fields fields);
/// Appends `2026-01-15T10:30:00.123Z`.
void append_time(std::string& out, std::int64_t at_ms);
/// Appends `text` as it is if it is plain, else quoted and escaped as JSON does.
void append_plain_or_quoted(std::string& out, std::string_view text);
/// Writes all of `text`, one call after another; what cannot be written is lost. Lines of different threads that go
/// through here do not mix.
void write_whole(int fd, std::string_view text);

}  // namespace detail
}  // namespace wharf::log
