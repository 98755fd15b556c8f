#include "base/log.h"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <iterator>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "base/clock.h"
#include "base/json.h"

namespace wharf::log {
namespace {

constexpr std::array<std::string_view, 5> kLevels = {"debug", "info", "warn", "error", "off"};

/// Hands finished lines to the descriptor: we make the lines, spdlog the queue and the thread.
class DescriptorSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit DescriptorSink(int fd) : fd_(fd) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    detail::write_whole(fd_, {message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

 private:
  int fd_;
};

/// What is there between start and stop.
struct Running {
  std::shared_ptr<spdlog::details::thread_pool> pool;  // after `logger` it joins its thread
  std::shared_ptr<spdlog::async_logger> logger;
};

std::atomic<Level> least_level{Level::warn};
std::atomic<Format> line_format{Format::text};
std::atomic<std::uint64_t> dropped_before{0};
std::shared_mutex running_mutex;
std::unique_ptr<Running> running;

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    default:
      return spdlog::level::err;
  }
}

void append_value(std::string& out, Format format, const Value& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    if (format == Format::json) {
      json::append_string(out, *text);
    } else {
      detail::append_plain_or_quoted(out, *text);
    }
  } else if (const auto* number = std::get_if<double>(&value)) {
    if (std::isfinite(*number)) {
      fmt::format_to(std::back_inserter(out), "{}", *number);
    } else {
      out += format == Format::json ? "null" : "nan";  // JSON has no infinity
    }
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    out += *flag ? "true" : "false";
  } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    fmt::format_to(std::back_inserter(out), "{}", *whole);
  } else {
    fmt::format_to(std::back_inserter(out), "{}", std::get<std::uint64_t>(value));
  }
}

}  // namespace

std::string_view to_string(Level level) { return kLevels[static_cast<std::size_t>(level)]; }

std::optional<Level> parse_level(std::string_view text) {
  if (text == "warning") return Level::warn;
  const auto found = std::ranges::find(kLevels, text);
  if (found == kLevels.end()) return std::nullopt;
  return static_cast<Level>(found - kLevels.begin());
}

std::optional<Format> parse_format(std::string_view text) {
  if (text == "auto") return Format::automatic;
  if (text == "text") return Format::text;
  if (text == "json") return Format::json;
  return std::nullopt;
}

void start(Options options) {
  stop();
  auto format = options.format;
  if (format == Format::automatic) format = ::isatty(options.fd) == 1 ? Format::text : Format::json;
  auto fresh = std::make_unique<Running>();
  fresh->pool = std::make_shared<spdlog::details::thread_pool>(std::max<std::size_t>(options.queue, 1), 1);
  fresh->logger = std::make_shared<spdlog::async_logger>("wharf", std::make_shared<DescriptorSink>(options.fd),
                                                         fresh->pool, spdlog::async_overflow_policy::overrun_oldest);
  fresh->logger->set_level(spdlog::level::trace);
  const std::unique_lock lock(running_mutex);
  line_format = format;
  least_level = options.level;
  running = std::move(fresh);
}

void stop() {
  std::unique_ptr<Running> last;
  {
    const std::unique_lock lock(running_mutex);
    last = std::move(running);
    line_format = Format::text;
    least_level = Level::warn;
  }
  if (!last) return;
  // Its destructor waits for the queue to empty; nobody can add to it any more. A message that was overrun is counted
  // while the queue empties too, so the count is read last.
  auto pool = std::move(last->pool);
  last.reset();
  const auto lost = pool->overrun_counter();
  pool.reset();
  dropped_before += lost;
}

std::uint64_t dropped() {
  const std::shared_lock lock(running_mutex);
  return dropped_before + (running ? running->pool->overrun_counter() : 0);
}

Format format() { return line_format; }

void set_level(Level level) { least_level = level; }

bool enabled(Level level) { return level >= least_level.load(std::memory_order_relaxed) && level != Level::off; }

void write(Level level, std::string_view message, Fields fields) {
  if (!enabled(level)) return;
  std::string line;
  line.reserve(256);
  detail::append_line(line, line_format.load(std::memory_order_relaxed), now_ms(), level, message, fields);
  const std::shared_lock lock(running_mutex);
  if (running) {
    running->logger->log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
  } else {
    detail::write_whole(2, line);
  }
}

void detail::append_line(std::string& out, Format format, std::int64_t at_ms, Level level, std::string_view message,
                         Fields fields) {
  const bool as_json = format == Format::json;
  out += as_json ? R"({"time":")" : "";
  append_time(out, at_ms);
  if (as_json) {
    out.append(R"(","level":")").append(to_string(level)).append(R"(","message":)");
    json::append_string(out, message);
    for (const auto& [key, value] : fields) {
      out.push_back(',');
      json::append_string(out, key);
      out.push_back(':');
      append_value(out, format, value);
    }
    out += "}\n";
    return;
  }
  out.append(1, ' ').append(to_string(level)).append(6 - to_string(level).size(), ' ');
  // The words are ours, yet an exception's text may have come in: quoting them all would only hurt the eye.
  const bool clean = std::ranges::all_of(message, [](char c) { return c >= ' ' && c < 0x7f; });
  if (clean) {
    out += message;
  } else {
    json::append_string(out, message);
  }
  for (const auto& [key, value] : fields) {
    out.push_back(' ');
    append_plain_or_quoted(out, key);
    out.push_back('=');
    append_value(out, format, value);
  }
  out.push_back('\n');
}

void detail::append_time(std::string& out, std::int64_t at_ms) {
  // The second changes rarely: its text is kept, and a line costs three digits.
  thread_local std::int64_t known_second = -1;
  thread_local std::string known_text;
  const auto second = at_ms / 1000;
  if (second != known_second || known_text.empty()) {
    known_text = rfc3339(at_ms);
    known_text.pop_back();
    known_second = second;
  }
  const auto millis = static_cast<int>(at_ms % 1000);
  const char tail[] = {'.', static_cast<char>('0' + millis / 100), static_cast<char>('0' + millis / 10 % 10),
                       static_cast<char>('0' + millis % 10), 'Z'};
  out.append(known_text).append(tail, sizeof tail);
}

void detail::append_plain_or_quoted(std::string& out, std::string_view text) {
  const auto plain = [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '='; };
  if (!text.empty() && std::ranges::all_of(text, plain)) {
    out += text;
  } else {
    json::append_string(out, text);
  }
}

void detail::write_whole(int fd, std::string_view text) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  while (!text.empty()) {
    const auto count = ::write(fd, text.data(), text.size());
    if (count > 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (count < 0 && errno == EAGAIN) {
      // Somebody made the descriptor non-blocking (a pipe shared with another program): wait a second at most.
      pollfd ready{fd, POLLOUT, 0};
      if (::poll(&ready, 1, 1000) <= 0) return;
    } else if (errno != EINTR) {
      return;
    }
  }
}

}  // namespace wharf::log
