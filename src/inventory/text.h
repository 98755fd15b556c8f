#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "inventory/package.h"

/// Small tools for files of text that come from anywhere.
namespace wharf::inventory {

inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) + 1 - first);
}

inline std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// Whether the two differ in nothing but the case of ASCII letters.
inline bool same_word(std::string_view left, std::string_view right) {
  return left.size() == right.size() && lower_case(left) == lower_case(right);
}

/// Cuts `text` at the first `mark`: what stands before it, and the rest in `text`. Without a mark all of it.
inline std::string_view cut(std::string_view& text, char mark) {
  const auto at = text.find(mark);
  const std::string_view front = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return front;
}

/// Makes `text` valid UTF-8 without blanks around it. False for what is no text: too long, or with control characters.
inline bool tidy(std::string& text) {
  const auto inner = trimmed(text);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (inner.size() > kLongestText || std::any_of(inner.begin(), inner.end(), is_control)) return false;
  text = valid_utf8(inner);
  return text.size() <= kLongestText;
}

/// The lines of a text, without what ends them.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  std::optional<std::string_view> next() {
    if (rest_.empty()) return {};
    std::string_view line = cut(rest_, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

 private:
  std::string_view rest_;
};

}  // namespace wharf::inventory
