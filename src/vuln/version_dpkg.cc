#include "vuln/version_dpkg.h"

#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

struct Parts {
  std::string_view epoch, upstream, revision;
};

std::optional<Parts> split(std::string_view text) {
  Parts parts;
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    parts.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
    if (!all_digits(parts.epoch)) return std::nullopt;
  }
  const auto allowed = [](char c) {
    return is_digit(c) || is_letter(c) || c == '.' || c == '+' || c == '-' || c == '~' || c == ':' || c == '_';
  };
  if (text.empty() || !std::ranges::all_of(text, allowed)) return std::nullopt;
  const auto dash = text.rfind('-');
  parts.upstream = text.substr(0, dash);
  if (dash != std::string_view::npos) parts.revision = text.substr(dash + 1);
  return parts;
}

/// `~`, then the end or a digit, then letters, then what is left.
int weight(std::string_view text, std::size_t at) {
  if (at >= text.size() || is_digit(text[at])) return 0;
  if (text[at] == '~') return -1;
  const int code = static_cast<unsigned char>(text[at]);
  return is_letter(text[at]) ? code : code + 256;
}

std::weak_ordering compare_part(std::string_view left, std::string_view right) {
  while (!left.empty() || !right.empty()) {
    std::size_t at = 0;
    for (;; ++at) {
      const int one = weight(left, at), other = weight(right, at);
      if (one != other) return one <=> other;
      if (one == 0) break;
    }
    left.remove_prefix(at);
    right.remove_prefix(at);
    const auto order = compare_numbers(take_run(left, is_digit), take_run(right, is_digit));
    if (order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace

Order compare_dpkg(std::string_view left, std::string_view right) {
  const auto one = split(left), other = split(right);
  if (!one || !other) return std::nullopt;
  if (const auto order = compare_numbers(one->epoch, other->epoch); order != 0) return order;
  if (const auto order = compare_part(one->upstream, other->upstream); order != 0) return order;
  return compare_part(one->revision, other->revision);
}

}  // namespace wharf::vuln
