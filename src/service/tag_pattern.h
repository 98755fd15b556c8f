#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace re2 {
class RE2;
}

namespace wharf::service {

/// A regular expression on tags' names, as policies have it.
///
/// The syntax is RE2's: Python's without look-around and back-references. Matching takes time in proportion to the
/// name's length whatever the pattern, so that no pattern can hold a push up.
class TagPattern {
 public:
  static constexpr std::size_t kMostCharacters = 256;

  /// Takes white space off both ends. Errors: invalid_request for what is empty, too long, or no expression.
  static Result<TagPattern> compile(std::string_view text);

  TagPattern(TagPattern&&) noexcept;
  TagPattern& operator=(TagPattern&&) noexcept;
  ~TagPattern();

  /// As compiled: without white space around it.
  const std::string& text() const;
  bool matches_whole(std::string_view name) const;
  bool matches_part(std::string_view name) const;

 private:
  explicit TagPattern(std::unique_ptr<re2::RE2> expression);
  std::unique_ptr<re2::RE2> expression_;
};

}  // namespace wharf::service
