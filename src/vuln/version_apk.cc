#include "vuln/version_apk.h"

#include <array>

#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

/// In their order; the name without a suffix stands where `kNoSuffix` says.
constexpr std::array<std::string_view, 9> kSuffixes{"alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"};
constexpr int kNoSuffix = 4;

/// The rank of a suffix's name: below `kNoSuffix` for a pre-release, above it for the others; nothing if unknown.
std::optional<int> suffix_rank(std::string_view name) {
  const auto found = std::ranges::find(kSuffixes, name);
  if (found == kSuffixes.end()) return std::nullopt;
  const int index = static_cast<int>(found - kSuffixes.begin());
  return index < kNoSuffix ? index : index + 1;
}

struct Suffix {
  int rank = kNoSuffix;
  std::string_view number;
};

/// A version, cut up as it is read: numbers and suffixes are taken one by one from their text.
struct Parts {
  std::string_view numbers;   ///< "1.2.3"
  char letter = 0;            ///< 0: none.
  std::string_view suffixes;  ///< "_rc1_p2"
  std::string_view hash;
  std::string_view revision;
};

/// The suffix at the front of `text`, which begins with `_` or is empty. Nothing: the name is unknown.
std::optional<Suffix> take_suffix(std::string_view& text) {
  if (!take(text, "_")) return Suffix{};
  const auto rank = suffix_rank(take_run(text, is_lower));
  if (!rank) return std::nullopt;
  return Suffix{*rank, take_run(text, is_digit)};
}

std::optional<Parts> split(std::string_view text) {
  Parts parts;
  const std::string_view whole = text;
  if (take_run(text, is_digit).empty()) return std::nullopt;
  while (take(text, ".")) {
    if (take_run(text, is_digit).empty()) return std::nullopt;
  }
  parts.numbers = whole.substr(0, whole.size() - text.size());
  if (!text.empty() && is_lower(text[0])) {
    parts.letter = text[0];
    text.remove_prefix(1);
  }
  const std::string_view after_letter = text;
  while (text.starts_with('_')) {
    if (!take_suffix(text)) return std::nullopt;
  }
  parts.suffixes = after_letter.substr(0, after_letter.size() - text.size());
  if (take(text, "~")) {
    parts.hash = take_run(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
    if (parts.hash.empty()) return std::nullopt;
  }
  if (take(text, "-r")) {
    parts.revision = take_run(text, is_digit);
    if (parts.revision.empty()) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return parts;
}

std::weak_ordering compare_components(std::string_view left, std::string_view right) {
  if (const auto order = compare_numbers(take_run(left, is_digit), take_run(right, is_digit)); order != 0) return order;
  for (;;) {
    const bool one_ends = !take(left, "."), other_ends = !take(right, ".");
    if (one_ends || other_ends) return other_ends <=> one_ends;
    const std::string_view one = take_run(left, is_digit), other = take_run(right, is_digit);
    // A component that starts with a zero is a fraction: 1.01 comes before 1.1.
    const std::weak_ordering order = one[0] == '0' || other[0] == '0' ? one <=> other : compare_numbers(one, other);
    if (order != 0) return order;
  }
}

std::weak_ordering compare_suffixes(std::string_view left, std::string_view right) {
  while (!left.empty() || !right.empty()) {
    const Suffix one = *take_suffix(left), other = *take_suffix(right);
    if (one.rank != other.rank) return one.rank <=> other.rank;
    if (const auto order = compare_numbers(one.number, other.number); order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace

Order compare_apk(std::string_view left, std::string_view right) {
  const auto one = split(left), other = split(right);
  if (!one || !other) return std::nullopt;
  if (const auto order = compare_components(one->numbers, other->numbers); order != 0) return order;
  if (one->letter != other->letter) return one->letter <=> other->letter;
  if (const auto order = compare_suffixes(one->suffixes, other->suffixes); order != 0) return order;
  if (const std::weak_ordering order = one->hash <=> other->hash; order != 0) return order;
  return compare_numbers(one->revision, other->revision);
}

}  // namespace wharf::vuln
