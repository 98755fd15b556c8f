#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace wharf::auth {

/// The bcrypt hash of `password`: 60 characters, `$2b$12$…`.
///
/// Bytes after the 72nd do not count: bcrypt sees no more, and Quay's library drops them silently too, so that hashes
/// move between the two. Cost: about 200 ms of CPU and 32 KiB; call it on a pool. Throws Accident if libxcrypt fails.
std::string hash_password(std::string_view password);

/// Whether `hash` (`$2a$`, `$2b$` or `$2y$`, cost 4 to 17) is of `password`; false for any other form of hash.
/// Costs as much as `hash_password` at the hash's own cost. The comparison takes the same time wherever it differs.
bool verify_password(std::string_view password, std::string_view hash);

/// Costs as much as a `verify_password` that fails: for names that nobody has, so that time does not tell them apart.
void verify_nothing(std::string_view password);

/// At least 8 characters of UTF-8, no white space (Unicode's), no NUL. Source: Quay's `validate_password`.
bool is_acceptable_password(std::string_view password);

/// Remembers which passwords were right, so that bcrypt's price is paid once in 5 minutes and not with each request.
///
/// Kept is HMAC-SHA-256(a random key of this process, hash, NUL, password): no password, and a changed hash misses.
/// Only successes are remembered. Thread-safe; about 100 bytes an entry.
class PasswordCache {
 public:
  explicit PasswordCache(std::size_t capacity = 10'000, std::chrono::milliseconds life = std::chrono::minutes(5));
  ~PasswordCache();
  PasswordCache(const PasswordCache&) = delete;
  PasswordCache& operator=(const PasswordCache&) = delete;

  /// Whether `password` was right for `hash` lately. About 1 µs: fit for an event loop.
  bool knows(std::string_view password, std::string_view hash) const;
  /// Notes a success; the oldest entry goes when the cache is full.
  void remember(std::string_view password, std::string_view hash);
  /// `knows`, or else `verify_password` and `remember`. Call it on a pool.
  bool verify(std::string_view password, std::string_view hash);
  std::size_t size() const;

 private:
  using Mark = std::array<unsigned char, 32>;
  struct MarkHash {
    std::size_t operator()(const Mark& mark) const;
  };
  Mark mark_of(std::string_view password, std::string_view hash) const;

  const std::size_t capacity_;
  const std::chrono::milliseconds life_;
  Mark key_;
  mutable std::mutex mutex_;
  std::unordered_map<Mark, Millis, MarkHash> until_;
  std::deque<Mark> oldest_first_;  ///< All entries live equally long: the first in is the first to end.
};

}  // namespace wharf::auth
