#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "auth/secret_box.h"
#include "base/clock.h"

namespace wharf::service {

/// Where a list goes on, as an opaque text: sealed, so that ids neither show nor can be walked, and good for two days.
class PageTokens {
 public:
  explicit PageTokens(const auth::SecretKey& key) : box_(key.derive("page token")) {}

  /// `list` names the list, so that a token of one is of no use in another.
  std::string make(std::string_view list, std::int64_t after_id, Millis now) const;
  /// The id to go on after; 0, the first page, for what is not a token of `list` or is too old, as in Quay.
  std::int64_t read(std::string_view list, std::string_view token, Millis now) const;

  /// The same for a list that goes on after something else than an id. `place` has no spaces.
  std::string make_at(std::string_view list, std::string_view place, Millis now) const;
  /// The place to go on after; "", the first page, for what is not a token of `list` or is too old.
  std::string read_at(std::string_view list, std::string_view token, Millis now) const;

 private:
  auth::SecretBox box_;
};

}  // namespace wharf::service
