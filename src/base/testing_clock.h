#pragma once
#include <chrono>

#include "base/clock.h"

namespace wharf {

/// Takes the clock back at its end to where it was, so that the tests of a program find files as young as they are.
class ClockKeeper {
 public:
  ClockKeeper() = default;
  ~ClockKeeper() { advance_clock(std::chrono::milliseconds(before_ - ahead_ms())); }
  ClockKeeper(const ClockKeeper&) = delete;
  ClockKeeper& operator=(const ClockKeeper&) = delete;

 private:
  static Millis ahead_ms() {
    const auto real = std::chrono::system_clock::now().time_since_epoch();
    return now_ms() - std::chrono::duration_cast<std::chrono::milliseconds>(real).count();
  }
  const Millis before_ = ahead_ms();
};

}  // namespace wharf
