#pragma once
#include <algorithm>
#include <compare>
#include <string_view>

/// What the version orders share: characters in ASCII whatever the locale, and numbers of any length as text.
namespace wharf::vuln {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Cuts what `fits` off the front of `text` and returns it.
template <class Fits>
constexpr std::string_view take_run(std::string_view& text, Fits fits) {
  std::size_t size = 0;
  while (size < text.size() && fits(text[size])) ++size;
  const std::string_view run = text.substr(0, size);
  text.remove_prefix(size);
  return run;
}

/// Cuts `front` off the front of `text`, if it is there.
constexpr bool take(std::string_view& text, std::string_view front) {
  if (!text.starts_with(front)) return false;
  text.remove_prefix(front.size());
  return true;
}

constexpr bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

/// Two numbers of any length, by value; no digits are a zero.
constexpr std::weak_ordering compare_numbers(std::string_view left, std::string_view right) {
  take_run(left, [](char c) { return c == '0'; });
  take_run(right, [](char c) { return c == '0'; });
  if (left.size() != right.size()) return left.size() <=> right.size();
  return left <=> right;
}

/// As text, upper and lower case alike.
constexpr std::weak_ordering compare_caseless(std::string_view left, std::string_view right) {
  return std::lexicographical_compare_three_way(
      left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
        return static_cast<unsigned char>(to_lower(a)) <=> static_cast<unsigned char>(to_lower(b));
      });
}

constexpr bool equal_caseless(std::string_view left, std::string_view right) {
  return compare_caseless(left, right) == 0;
}

}  // namespace wharf::vuln
