#include "service/throttle.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "base/hex.h"
#include "service/free_slips.h"

namespace wharf::service {
namespace {

constexpr Millis kLongestWaitMs = 5 * 60 * 1000;
constexpr int kMostFailures = 30;  // 2^30 half seconds are past any bound, and no shift overflows

}  // namespace

Millis backoff_ms(int failures) {
  if (failures <= 0) return 0;
  const auto halves = (std::int64_t{1} << std::min(failures, kMostFailures)) - 1;
  return std::min<Millis>(halves * 500, kLongestWaitMs);
}

Millis backoff_left_ms(int failures, Millis last, Millis now) {
  const auto gone = std::max<Millis>(now - last, 0);
  return std::max<Millis>(backoff_ms(failures) - gone, 0);
}

Millis NameThrottle::wait_ms(std::string_view name, Millis now) {
  const std::lock_guard lock(mutex_);
  const auto* seen = seen_.find(name);
  return seen ? backoff_left_ms(seen->failures, seen->last, now) : 0;
}

void NameThrottle::fail(std::string_view name, Millis now) {
  const std::lock_guard lock(mutex_);
  const bool first = seen_.find(name) == nullptr;
  auto& seen = seen_[name];
  if (first) seen.failures = -free_slips(name);
  seen.failures = std::min(seen.failures + 1, kMostFailures);
  seen.last = now;
}

void NameThrottle::forget(std::string_view name) {
  const std::lock_guard lock(mutex_);
  seen_.erase(name);
}

Millis AddressThrottle::wait_ms(std::string_view address, Millis now) {
  const auto key = throttle_key(address);
  if (key.empty()) return 0;
  const std::lock_guard lock(mutex_);
  const auto* clear_at = clear_at_.find(key);
  if (!clear_at) return 0;
  return wait_left_ms(*clear_at, now);
}

Millis AddressThrottle::wait_left_ms(Millis clear_at, Millis now) {
  return std::max<Millis>(clear_at - now - (kBurst - 1) * kRefillMs, 0);
}

void AddressThrottle::fail(std::string_view address, Millis now) {
  const auto key = throttle_key(address);
  if (key.empty()) return;
  const std::lock_guard lock(mutex_);
  auto& clear_at = clear_at_[key];
  clear_at = std::max(clear_at, now) + kRefillMs;
}

std::string throttle_key(std::string_view address) {
  boost::system::error_code failed;
  auto parsed = boost::asio::ip::make_address(std::string(address), failed);
  if (failed || parsed.is_loopback()) return {};
  if (parsed.is_v6() && parsed.to_v6().is_v4_mapped()) {
    parsed = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, parsed.to_v6());
    if (parsed.is_loopback()) return {};
  }
  if (parsed.is_v4()) return parsed.to_string();
  const auto bytes = parsed.to_v6().to_bytes();
  return to_hex(std::string(bytes.begin(), bytes.begin() + 8));
}

}  // namespace wharf::service
