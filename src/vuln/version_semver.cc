#include "vuln/version_semver.h"

#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

struct Parts {
  std::string_view numbers;      ///< "1.2.3"
  std::string_view pre_release;  ///< "rc.1"; of Go's own versions "rc2".
  bool joined = false;           ///< The pre-release's word and number stand together: "rc2" is "rc.2".
};

bool well_formed(std::string_view dotted, auto fits) {
  for (;;) {
    if (take_run(dotted, fits).empty()) return false;
    if (dotted.empty()) return true;
    if (!take(dotted, ".")) return false;
  }
}

std::optional<Parts> split(std::string_view text) {
  Parts parts;
  const bool go = take(text, "go");
  if (!go && !take(text, "v")) take(text, "V");
  text = text.substr(0, text.find('+'));
  const std::string_view whole = text;
  take_run(text, [](char c) { return is_digit(c) || c == '.'; });
  parts.numbers = whole.substr(0, whole.size() - text.size());
  if (!well_formed(parts.numbers, is_digit)) return std::nullopt;
  // "go1.21.3 X:nocoverageredesign" is how a toolchain with experiments calls itself.
  if (go) text = text.substr(0, text.find(' '));
  if (text.empty()) return parts;
  const bool dash = take(text, "-");
  if (!dash && !go) return std::nullopt;
  parts.joined = !dash;
  parts.pre_release = text;
  if (!well_formed(text, [](char c) { return is_digit(c) || is_letter(c) || c == '-'; })) return std::nullopt;
  return parts;
}

/// 1.2 and 1.2.0 are the same.
std::weak_ordering compare_components(std::string_view left, std::string_view right) {
  while (!left.empty() || !right.empty()) {
    if (const auto order = compare_numbers(take_run(left, is_digit), take_run(right, is_digit)); order != 0) {
      return order;
    }
    take(left, ".");
    take(right, ".");
  }
  return std::weak_ordering::equivalent;
}

/// The next identifier of a pre-release.
std::string_view take_identifier(std::string_view& text, bool joined) {
  const std::string_view identifier = joined && !text.empty() && !is_digit(text[0])
                                          ? take_run(text, [](char c) { return c != '.' && !is_digit(c); })
                                          : take_run(text, [](char c) { return c != '.'; });
  take(text, ".");
  return identifier;
}

std::weak_ordering compare_pre_releases(Parts left, Parts right, bool caseless) {
  if (left.pre_release.empty() || right.pre_release.empty()) {
    return left.pre_release.empty() <=> right.pre_release.empty();
  }
  while (!left.pre_release.empty() && !right.pre_release.empty()) {
    const std::string_view one = take_identifier(left.pre_release, left.joined);
    const std::string_view other = take_identifier(right.pre_release, right.joined);
    const bool one_is_number = all_digits(one), other_is_number = all_digits(other);
    if (one_is_number != other_is_number) return other_is_number <=> one_is_number;
    std::weak_ordering order = std::weak_ordering::equivalent;
    if (one_is_number) {
      order = compare_numbers(one, other);
    } else {
      order = caseless ? compare_caseless(one, other) : std::weak_ordering(one <=> other);
    }
    if (order != 0) return order;
  }
  return !left.pre_release.empty() <=> !right.pre_release.empty();
}

Order compare(std::string_view left, std::string_view right, bool caseless) {
  const auto one = split(left), other = split(right);
  if (!one || !other) return std::nullopt;
  if (const auto order = compare_components(one->numbers, other->numbers); order != 0) return order;
  return compare_pre_releases(*one, *other, caseless);
}

}  // namespace

Order compare_semver(std::string_view left, std::string_view right) { return compare(left, right, false); }

Order compare_nuget(std::string_view left, std::string_view right) { return compare(left, right, true); }

}  // namespace wharf::vuln
