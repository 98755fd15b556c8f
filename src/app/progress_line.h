#pragma once
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>

namespace wharf::app {

/// A bar that says how far a command is: one line of standard error, written over and over, on a terminal alone.
class ProgressLine {
 public:
  ProgressLine(std::ostream& out, bool wanted) : out_(out), shown_(wanted && ::isatty(2) == 1) {}
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Takes the line away, so that another text can stand there.
  void clear() {
    if (drawn_) out_ << "\r\033[K" << std::flush;
    drawn_ = false;
    next_ = {};
  }
  /// `done` of `of` (0: not known); `what` says it in words. Drawn ten times a second.
  void at(std::uint64_t done, std::uint64_t of, const std::string& what) {
    const auto now = Clock::now();
    if (!shown_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(100);
    drawn_ = true;
    constexpr int kWidth = 40;
    if (of == 0) {
      out_ << "\r\033[K  " << what << std::flush;
      return;
    }
    const auto part = std::min(1.0, static_cast<double>(done) / static_cast<double>(of));
    const int full = static_cast<int>(part * kWidth);
    out_ << fmt::format("\r\033[K  [{}{}] {:3.0f} %  {}", std::string(static_cast<std::size_t>(full), '#'),
                        std::string(static_cast<std::size_t>(kWidth - full), '.'), part * 100, what)
         << std::flush;
  }
  /// The same for bytes that are read.
  void at(std::uint64_t bytes, std::uint64_t of) {
    at(bytes, of, fmt::format("{:.0f} MiB", static_cast<double>(bytes) / (1 << 20)));
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::ostream& out_;
  bool shown_;
  bool drawn_ = false;
  Clock::time_point next_{};
};

}  // namespace wharf::app
