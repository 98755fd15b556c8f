#include "vuln/version_rpm.h"

#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

/// What a text is made of, in the order in which these sort where two texts part.
enum class Kind { tilde, end, caret, letters, digits };

struct Token {
  Kind kind;
  std::string_view text;
};

Token next(std::string_view& text) {
  take_run(text, [](char c) { return !is_digit(c) && !is_letter(c) && c != '~' && c != '^'; });
  if (text.empty()) return {Kind::end, {}};
  if (take(text, "~")) return {Kind::tilde, {}};
  if (take(text, "^")) return {Kind::caret, {}};
  if (is_digit(text[0])) return {Kind::digits, take_run(text, is_digit)};
  return {Kind::letters, take_run(text, is_letter)};
}

std::weak_ordering compare_part(std::string_view left, std::string_view right) {
  for (;;) {
    const Token one = next(left), other = next(right);
    if (one.kind != other.kind) return one.kind <=> other.kind;
    if (one.kind == Kind::end) return std::weak_ordering::equivalent;
    const std::weak_ordering order =
        one.kind == Kind::digits ? compare_numbers(one.text, other.text) : one.text <=> other.text;
    if (order != 0) return order;
  }
}

struct Parts {
  std::string_view epoch, version, release;
};

std::optional<Parts> split(std::string_view text) {
  Parts parts;
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    parts.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
    if (parts.epoch == "(none)") parts.epoch = {};
    if (!std::ranges::all_of(parts.epoch, is_digit)) return std::nullopt;
  }
  const auto dash = text.rfind('-');
  parts.version = text.substr(0, dash);
  if (dash != std::string_view::npos) parts.release = text.substr(dash + 1);
  if (parts.version.empty()) return std::nullopt;
  return parts;
}

}  // namespace

Order compare_rpm(std::string_view left, std::string_view right) {
  const auto one = split(left), other = split(right);
  if (!one || !other) return std::nullopt;
  if (const auto order = compare_numbers(one->epoch, other->epoch); order != 0) return order;
  if (const auto order = compare_part(one->version, other->version); order != 0) return order;
  if (one->release.empty() || other->release.empty()) return std::weak_ordering::equivalent;
  return compare_part(one->release, other->release);
}

}  // namespace wharf::vuln
