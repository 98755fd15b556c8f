#include "vuln/version_composer.h"

#include <array>

#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

struct Word {
  std::string_view spelling;
  int rank;
};
constexpr int kStable = 3;
/// Longer spellings before those that they begin with.
constexpr std::array kWords{Word{"stable", kStable}, Word{"alpha", 0}, Word{"beta", 1}, Word{"patch", 4}, Word{"rc", 2},
                            Word{"pl", 4},           Word{"a", 0},     Word{"b", 1},    Word{"p", 4}};

struct Parts {
  std::string_view numbers;
  int stability = kStable;
  std::string_view stability_numbers;  ///< "1", "1.2"; empty for none.
  bool dev = false;
};

bool is_separator(char c) { return c == '.' || c == '-' || c == '_'; }

bool take_word(std::string_view& text, std::string_view word) {
  if (text.size() < word.size() || !equal_caseless(text.substr(0, word.size()), word)) return false;
  text.remove_prefix(word.size());
  return true;
}

/// `N(sep N)*`.
std::string_view take_numbers(std::string_view& text) {
  const std::string_view whole = text;
  take_run(text, is_digit);
  while (text.size() > 1 && is_separator(text[0]) && is_digit(text[1])) {
    text.remove_prefix(1);
    take_run(text, is_digit);
  }
  return whole.substr(0, whole.size() - text.size());
}

std::optional<Parts> split(std::string_view text) {
  Parts parts;
  text = text.substr(0, text.find('+'));
  take_word(text, "v");
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  parts.numbers = take_numbers(text);
  std::string_view rest = text;
  if (!rest.empty() && is_separator(rest[0])) rest.remove_prefix(1);
  for (const Word& word : kWords) {
    if (!take_word(rest, word.spelling)) continue;
    parts.stability = word.rank;
    if (rest.size() > 1 && is_separator(rest[0]) && is_digit(rest[1])) rest.remove_prefix(1);
    parts.stability_numbers = take_numbers(rest);
    text = rest;
    break;
  }
  if (!text.empty() && is_separator(text[0])) text.remove_prefix(1);
  parts.dev = take_word(text, "dev");
  if (!text.empty()) return std::nullopt;
  return parts;
}

/// 1.2 and 1.2.0.0 are the same.
std::weak_ordering compare_components(std::string_view left, std::string_view right) {
  while (!left.empty() || !right.empty()) {
    const auto order = compare_numbers(take_run(left, is_digit), take_run(right, is_digit));
    if (order != 0) return order;
    if (!left.empty()) left.remove_prefix(1);
    if (!right.empty()) right.remove_prefix(1);
  }
  return std::weak_ordering::equivalent;
}

}  // namespace

Order compare_composer(std::string_view left, std::string_view right) {
  const auto one = split(left), other = split(right);
  if (!one || !other) return std::nullopt;
  if (const auto order = compare_components(one->numbers, other->numbers); order != 0) return order;
  // A development version comes before all that leads to the release, unless it says what it leads to.
  const int one_rank = one->dev && one->stability == kStable ? -1 : one->stability;
  const int other_rank = other->dev && other->stability == kStable ? -1 : other->stability;
  if (one_rank != other_rank) return one_rank <=> other_rank;
  const auto order = compare_components(one->stability_numbers, other->stability_numbers);
  if (order != 0) return order;
  return other->dev <=> one->dev;
}

}  // namespace wharf::vuln
