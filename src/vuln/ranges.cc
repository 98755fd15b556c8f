#include "vuln/ranges.h"

#include <algorithm>
#include <array>

#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  take_run(text, blank);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// The pieces of `text` between `separator`s, trimmed.
std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const auto at = text.find(separator);
    pieces.push_back(trimmed(text.substr(0, at)));
    if (at == std::string_view::npos) return pieces;
    text.remove_prefix(at + separator.size());
  }
}

/// Takes `>=`, `<`, … off the front; "=" where there is none.
std::string_view take_operator(std::string_view& text) {
  for (const std::string_view each : std::array<std::string_view, 8>{">=", "<=", "!=", "~>", "==", ">", "<", "="}) {
    if (take(text, each)) {
      text = trimmed(text);
      return each == "==" ? "=" : each;
    }
  }
  return "=";
}

/// Narrows `range` to what a comparison allows; false for an operator that is none of these.
bool narrow(Range& range, std::string_view comparison, std::string_view version) {
  if (comparison == ">=" || comparison == ">" || comparison == "=") {
    range.low = version;
    range.after_low = comparison == ">";
  }
  if (comparison == "<=" || comparison == "<" || comparison == "=") {
    range.high = version;
    range.until_high = comparison != "<";
  }
  return comparison != "!=" && comparison != "~>";
}

/// `~> 2.2.3` ends before every version of 2.3, pre-releases too; "A" comes before all that these may be called.
std::string end_of_pessimistic(std::string_view version) {
  std::vector<std::string_view> parts;
  for (const auto part : split(version, ".")) {
    if (!all_digits(part)) break;
    parts.push_back(part);
  }
  if (parts.size() > 1) parts.pop_back();
  std::string end;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) end += std::string(parts[i]) + ".";
  std::string last(parts.empty() ? "0" : parts.back());
  std::size_t at = last.size();
  while (at > 0 && last[at - 1] == '9') last[--at] = '0';
  if (at == 0) {
    last.insert(last.begin(), '1');
  } else {
    ++last[at - 1];
  }
  return end + last + ".A";
}

/// Bounds of gems, compared; an empty low bound is the beginning.
std::weak_ordering compare_gem_bounds(const std::string& left, const std::string& right) {
  const Order order = compare_versions(Scheme::gem, left, right);
  return order ? *order : std::weak_ordering::equivalent;
}

/// What both hold; nothing if that is none.
std::optional<Range> intersection(Range left, const Range& right) {
  if (!right.low.empty()) {
    const auto order = left.low.empty() ? std::weak_ordering::less : compare_gem_bounds(left.low, right.low);
    if (order < 0 || (order == 0 && right.after_low)) {
      left.low = right.low;
      left.after_low = right.after_low;
    }
  }
  if (!right.high.empty()) {
    const auto order = left.high.empty() ? std::weak_ordering::greater : compare_gem_bounds(left.high, right.high);
    if (order > 0 || (order == 0 && !right.until_high)) {
      left.high = right.high;
      left.until_high = right.until_high;
      left.high_fixes = right.high_fixes;
    }
  }
  if (left.low.empty() || left.high.empty()) return left;
  const auto order = compare_gem_bounds(left.low, left.high);
  if (order > 0 || (order == 0 && (left.after_low || !left.until_high))) return std::nullopt;
  return left;
}

/// The one or two ranges on both sides of what one condition allows.
std::optional<std::vector<Range>> outside_condition(std::string_view condition) {
  const std::string_view comparison = take_operator(condition);
  const std::string version(condition);
  if (!is_version(Scheme::gem, version)) return std::nullopt;
  const Range below{.high = version, .high_fixes = true}, above{.low = version, .after_low = true};
  if (comparison == ">=") return std::vector{below};
  if (comparison == ">") return std::vector{Range{.high = version, .until_high = true}};
  if (comparison == "<=") return std::vector{above};
  if (comparison == "<") return std::vector{Range{.low = version}};
  if (comparison == "=") return std::vector{below, above};
  if (comparison == "!=") return std::vector{Range{.low = version, .high = version, .until_high = true}};
  return std::vector{below, Range{.low = end_of_pessimistic(version)}};
}

}  // namespace

std::optional<bool> contains(Scheme scheme, const Range& range, std::string_view version) {
  if (!range.low.empty()) {
    const Order order = compare_versions(scheme, version, range.low);
    if (!order) return std::nullopt;
    if (*order < 0 || (*order == 0 && range.after_low)) return false;
  }
  if (!range.high.empty()) {
    const Order order = compare_versions(scheme, version, range.high);
    if (!order) return std::nullopt;
    if (*order > 0 || (*order == 0 && !range.until_high)) return false;
  }
  // A version that is none lies in no range, open on both sides or not.
  if (range.low.empty() && range.high.empty() && !is_version(scheme, version)) return std::nullopt;
  return true;
}

std::optional<std::vector<Range>> ranges_of_events(Scheme scheme, std::span<const Event> events) {
  if (events.size() > kMostEvents) return std::nullopt;
  std::vector<Event> sorted;
  for (const Event& event : events) {
    const bool from_start = event.kind == Event::Kind::introduced && event.version == "0";
    if (!from_start && !is_version(scheme, event.version)) return std::nullopt;
    auto place = sorted.end();
    while (place != sorted.begin()) {
      const Event& before = *std::prev(place);
      const bool start = before.kind == Event::Kind::introduced && before.version == "0";
      if (start || (!from_start && *compare_versions(scheme, before.version, event.version) <= 0)) break;
      --place;
    }
    sorted.insert(place, event);
  }
  std::vector<Range> ranges;
  bool open = false;
  for (const Event& event : sorted) {
    if (event.kind == Event::Kind::introduced) {
      if (!open) ranges.push_back({.low = event.version == "0" ? "" : std::string(event.version)});
      open = true;
    } else if (open) {
      ranges.back().high = event.version;
      ranges.back().until_high = event.kind == Event::Kind::last_affected;
      ranges.back().high_fixes = event.kind == Event::Kind::fixed;
      open = false;
    }
  }
  return ranges;
}

std::optional<std::vector<Range>> ranges_of_comparisons(std::string_view text) {
  std::vector<Range> ranges;
  for (std::string_view alternative : split(text, "||")) {
    if (ranges.size() >= kMostRanges) return std::nullopt;
    Range range;
    if (alternative.empty()) return std::nullopt;
    while (!alternative.empty()) {
      if (take(alternative, "*")) {
        alternative = trimmed(alternative);
        continue;
      }
      const std::string_view comparison = take_operator(alternative);
      const std::string_view version =
          take_run(alternative, [](char c) { return c != ' ' && c != ',' && c != '<' && c != '>' && c != '='; });
      if (version.empty() || !narrow(range, comparison, version)) return std::nullopt;
      while (take(alternative, " ") || take(alternative, ",")) {
      }
    }
    ranges.push_back(std::move(range));
  }
  return ranges;
}

std::optional<std::vector<Range>> ranges_of_brackets(std::string_view text) {
  std::vector<Range> ranges;
  text = trimmed(text);
  while (!text.empty()) {
    if (ranges.size() >= kMostRanges) return std::nullopt;
    Range range;
    range.after_low = text[0] == '(';
    if (text[0] != '(' && text[0] != '[') return std::nullopt;
    const auto end = text.find_first_of(")]");
    if (end == std::string_view::npos) return std::nullopt;
    range.until_high = text[end] == ']';
    const auto bounds = split(text.substr(1, end - 1), ",");
    if (bounds.size() > 2) return std::nullopt;
    range.low = bounds.front();
    range.high = bounds.back();
    if (bounds.size() == 1 && range.low.empty()) return std::nullopt;
    text = trimmed(text.substr(end + 1));
    if (take(text, ",")) text = trimmed(text);
    ranges.push_back(std::move(range));
  }
  if (ranges.empty()) return std::nullopt;
  return ranges;
}

std::optional<std::vector<Range>> ranges_outside_requirements(std::span<const std::string> requirements) {
  std::vector<Range> left{Range{}};
  for (const auto& requirement : requirements) {
    // Outside a requirement is what is outside any of its conditions.
    std::vector<Range> outside;
    for (const auto condition : split(requirement, ",")) {
      auto sides = outside_condition(condition);
      if (!sides) return std::nullopt;
      std::ranges::move(*sides, std::back_inserter(outside));
    }
    // Real ones have a handful; the work is bounded before it is done.
    if (outside.size() * left.size() > kMostRanges * 50) return std::nullopt;
    std::vector<Range> rest;
    for (const Range& range : left) {
      for (const Range& side : outside) {
        if (auto both = intersection(range, side)) rest.push_back(*std::move(both));
      }
      if (rest.size() > kMostRanges) return std::nullopt;
    }
    left = std::move(rest);
  }
  return left;
}

}  // namespace wharf::vuln
