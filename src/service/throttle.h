#pragma once
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "service/lru.h"

namespace wharf::service {

/// How long after its last failure an account must wait that has failed `failures` times: 0.5 · (2^failures − 1) s, at
/// most 5 minutes. In milliseconds. Source: Quay; the bound is ours, so that nobody is locked out for days.
Millis backoff_ms(int failures);

/// What is left at `now` of the wait after a failure at `last`; 0: none. A clock that went back counts as no time gone.
Millis backoff_left_ms(int failures, Millis last, Millis now);

/// Failures by name, for names that no row of the database counts. Bounded; thread-safe.
class NameThrottle {
 public:
  explicit NameThrottle(std::size_t capacity = 10'000) : seen_(capacity) {}
  Millis wait_ms(std::string_view name, Millis now);
  void fail(std::string_view name, Millis now);
  void forget(std::string_view name);

 private:
  struct Seen {
    int failures = 0;
    Millis last = 0;
  };
  std::mutex mutex_;
  Lru<Seen> seen_;
};

/// Failures by the client's address: 200 at once, then two a second. Bounded; thread-safe.
///
/// Lenient, since a proxy or a company's gateway stands for many; loopback addresses are free, since there a proxy
/// stands for all. An IPv6 address counts with its /64.
class AddressThrottle {
 public:
  /// What is left of the wait of an address that will have been forgiven all at `clear_at`.
  static Millis wait_left_ms(Millis clear_at, Millis now);

  static constexpr int kBurst = 200;
  static constexpr Millis kRefillMs = 500;  ///< One failure is forgiven in this time.

  explicit AddressThrottle(std::size_t capacity = 10'000) : clear_at_(capacity) {}
  Millis wait_ms(std::string_view address, Millis now);
  void fail(std::string_view address, Millis now);

 private:
  std::mutex mutex_;
  Lru<Millis> clear_at_;  ///< When the address will have been forgiven all.
};

/// The part of an address that stands for one customer: an IPv4 address whole, an IPv6 address's /64 as 16
/// hex digits; "" for loopback and for what is no address.
std::string throttle_key(std::string_view address);

}  // namespace wharf::service
