#pragma once
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
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
    next_ = 0;
  }
  /// `bytes` are read, of `of` (0: not known). Drawn every few MiB.
  void at(std::uint64_t bytes, std::uint64_t of) {
    if (!shown_ || bytes < next_) return;
    next_ = bytes + (std::uint64_t{4} << 20);
    drawn_ = true;
    constexpr int kWidth = 40;
    const auto mib = static_cast<double>(bytes) / (1 << 20);
    if (of == 0) {
      out_ << fmt::format("\r  reading {:.0f} MiB", mib) << std::flush;
      return;
    }
    const auto part = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(of));
    const int full = static_cast<int>(part * kWidth);
    out_ << fmt::format("\r  [{}{}] {:3.0f} %  {:.0f} MiB", std::string(static_cast<std::size_t>(full), '#'),
                        std::string(static_cast<std::size_t>(kWidth - full), '.'), part * 100, mib)
         << std::flush;
  }

 private:
  std::ostream& out_;
  bool shown_;
  bool drawn_ = false;
  std::uint64_t next_ = 0;
};

}  // namespace wharf::app
