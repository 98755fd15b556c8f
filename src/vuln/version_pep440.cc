#include "vuln/version_pep440.h"

#include <array>
#include <limits>

#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

/// Where a version without a pre-release stands among those that have one: before them all if it is only a
/// development release, otherwise after them.
enum class Phase { development, alpha, beta, candidate, final };

struct Parts {
  std::string_view epoch, release;
  Phase phase = Phase::final;
  std::string_view phase_number;
  bool has_post = false, has_dev = false;
  std::string_view post, dev;
  std::string_view local;
};

bool is_separator(char c) { return c == '.' || c == '-' || c == '_'; }

struct Word {
  std::string_view spelling;
  Phase phase;
};
/// Longer spellings before those that they begin with.
constexpr std::array kPhases{
    Word{"alpha", Phase::alpha},   Word{"beta", Phase::beta},    Word{"preview", Phase::candidate},
    Word{"pre", Phase::candidate}, Word{"rc", Phase::candidate}, Word{"a", Phase::alpha},
    Word{"b", Phase::beta},        Word{"c", Phase::candidate}};
constexpr std::array<std::string_view, 3> kPosts{"post", "rev", "r"};

bool take_word(std::string_view& text, std::string_view word) {
  if (text.size() < word.size() || !equal_caseless(text.substr(0, word.size()), word)) return false;
  text.remove_prefix(word.size());
  return true;
}

/// Cuts "[sep]WORD[sep][N]" off, if `word` takes its word from the text; returns the number, empty for none.
template <class TakeWord>
std::optional<std::string_view> take_part(std::string_view& text, TakeWord word) {
  std::string_view rest = text;
  if (!rest.empty() && is_separator(rest[0])) rest.remove_prefix(1);
  if (!word(rest)) return std::nullopt;
  std::string_view number = rest;
  if (!number.empty() && is_separator(number[0])) number.remove_prefix(1);
  const std::string_view digits = take_run(number, is_digit);
  text = digits.empty() ? rest : number;
  return digits;
}

/// `(.N)*` after the first number, and what is before it.
std::optional<std::string_view> take_release(std::string_view& text) {
  const std::string_view whole = text;
  if (take_run(text, is_digit).empty()) return std::nullopt;
  while (text.size() > 1 && text[0] == '.' && is_digit(text[1])) {
    text.remove_prefix(1);
    take_run(text, is_digit);
  }
  return whole.substr(0, whole.size() - text.size());
}

bool take_local(std::string_view& text, Parts& parts) {
  if (!take(text, "+")) return true;
  parts.local = text;
  for (;;) {
    if (take_run(text, [](char c) { return is_digit(c) || is_letter(c); }).empty()) return false;
    if (text.empty()) return true;
    if (!is_separator(text[0])) return false;
    text.remove_prefix(1);
  }
}

std::optional<Parts> split(std::string_view text) {
  Parts parts;
  const auto space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  take_run(text, space);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  take_word(text, "v");
  auto release = take_release(text);
  if (!release) return std::nullopt;
  if (take(text, "!")) {
    if (!all_digits(*release)) return std::nullopt;
    parts.epoch = *release;
    release = take_release(text);
    if (!release) return std::nullopt;
  }
  parts.release = *release;
  for (const Word& word : kPhases) {
    const auto number = take_part(text, [&](std::string_view& rest) { return take_word(rest, word.spelling); });
    if (!number) continue;
    parts.phase = word.phase;
    parts.phase_number = *number;
    break;
  }
  if (text.size() > 1 && text[0] == '-' && is_digit(text[1])) {
    text.remove_prefix(1);
    parts.has_post = true;
    parts.post = take_run(text, is_digit);
  } else if (const auto number = take_part(text, [](std::string_view& rest) {
               return std::ranges::any_of(kPosts, [&](std::string_view word) { return take_word(rest, word); });
             })) {
    parts.has_post = true;
    parts.post = *number;
  }
  if (const auto number = take_part(text, [](std::string_view& rest) { return take_word(rest, "dev"); })) {
    parts.has_dev = true;
    parts.dev = *number;
  }
  if (parts.phase == Phase::final && !parts.has_post && parts.has_dev) parts.phase = Phase::development;
  if (!take_local(text, parts) || !text.empty()) return std::nullopt;
  return parts;
}

/// 1.0 and 1.0.0 are the same.
std::weak_ordering compare_releases(std::string_view left, std::string_view right) {
  while (!left.empty() || !right.empty()) {
    const auto order = compare_numbers(take_run(left, is_digit), take_run(right, is_digit));
    if (order != 0) return order;
    take(left, ".");
    take(right, ".");
  }
  return std::weak_ordering::equivalent;
}

/// None is the lowest; numbers are above words.
std::weak_ordering compare_locals(std::string_view left, std::string_view right) {
  const auto part = [](char c) { return !is_separator(c); };
  while (!left.empty() && !right.empty()) {
    const std::string_view one = take_run(left, part), other = take_run(right, part);
    const bool one_is_number = all_digits(one), other_is_number = all_digits(other);
    if (one_is_number != other_is_number) return one_is_number <=> other_is_number;
    const auto order = one_is_number ? compare_numbers(one, other) : compare_caseless(one, other);
    if (order != 0) return order;
    if (!left.empty()) left.remove_prefix(1);
    if (!right.empty()) right.remove_prefix(1);
  }
  return !left.empty() <=> !right.empty();
}

}  // namespace

Order compare_pep440(std::string_view left, std::string_view right) {
  const auto one = split(left), other = split(right);
  if (!one || !other) return std::nullopt;
  if (const auto order = compare_numbers(one->epoch, other->epoch); order != 0) return order;
  if (const auto order = compare_releases(one->release, other->release); order != 0) return order;
  if (one->phase != other->phase) return one->phase <=> other->phase;
  if (const auto order = compare_numbers(one->phase_number, other->phase_number); order != 0) return order;
  if (one->has_post != other->has_post) return one->has_post <=> other->has_post;
  if (const auto order = compare_numbers(one->post, other->post); order != 0) return order;
  if (one->has_dev != other->has_dev) return other->has_dev <=> one->has_dev;
  if (const auto order = compare_numbers(one->dev, other->dev); order != 0) return order;
  return compare_locals(one->local, other->local);
}

}  // namespace wharf::vuln
