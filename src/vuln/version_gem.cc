#include "vuln/version_gem.h"

#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

/// Source: Gem::Version::VERSION_PATTERN.
bool well_formed(std::string_view text) {
  const auto word = [](char c) { return is_digit(c) || is_letter(c); };
  if (take_run(text, is_digit).empty()) return false;
  while (take(text, ".")) {
    if (take_run(text, word).empty()) return false;
  }
  if (!take(text, "-")) return text.empty();
  do {
    if (take_run(text, [&](char c) { return word(c) || c == '-'; }).empty()) return false;
  } while (take(text, "."));
  return text.empty();
}

/// The segments of a version one by one: numbers and words, and "pre" for each dash.
class Segments {
 public:
  explicit Segments(std::string_view text) : text_(text) {}

  /// The next segment; empty at the end.
  std::string_view next() {
    if (zeros_ > 0) {
      --zeros_;
      return "0";
    }
    const std::string_view segment = read();
    if (!is_zero(segment)) {
      words_ = words_ || (!segment.empty() && !is_digit(segment[0]));
      return segment;
    }
    // Zeros count only if a number comes after them: not at the end, nor before the first word.
    std::size_t zeros = 1;
    for (Segments ahead = *this;; ++zeros) {
      const Segments before = ahead;
      const std::string_view follows = ahead.read();
      if (is_zero(follows)) continue;
      *this = before;
      const bool word = !follows.empty() && !is_digit(follows[0]);
      if (follows.empty() || (word && !words_)) return next();
      zeros_ = zeros - 1;
      return "0";
    }
  }

 private:
  static bool is_zero(std::string_view segment) {
    return !segment.empty() && std::ranges::all_of(segment, [](char c) { return c == '0'; });
  }

  std::string_view read() {
    while (!text_.empty()) {
      if (is_digit(text_[0])) return take_run(text_, is_digit);
      if (is_letter(text_[0])) return take_run(text_, is_letter);
      if (take(text_, "-")) return "pre";
      text_.remove_prefix(1);
    }
    return {};
  }

  std::string_view text_;
  std::size_t zeros_ = 0;
  bool words_ = false;
};

}  // namespace

Order compare_gem(std::string_view left, std::string_view right) {
  if (!well_formed(left) || !well_formed(right)) return std::nullopt;
  Segments one(left), other(right);
  for (;;) {
    std::string_view a = one.next(), b = other.next();
    if (a.empty() && b.empty()) return std::weak_ordering::equivalent;
    if (a.empty()) a = "0";
    if (b.empty()) b = "0";
    const bool a_number = is_digit(a[0]), b_number = is_digit(b[0]);
    if (a_number != b_number) return a_number <=> b_number;
    const std::weak_ordering order = a_number ? compare_numbers(a, b) : a <=> b;
    if (order != 0) return order;
  }
}

}  // namespace wharf::vuln
