#include "vuln/version_maven.h"

#include <array>
#include <string>
#include <vector>

#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

constexpr std::array<std::string_view, 7> kQualifiers{"alpha", "beta", "milestone", "rc", "snapshot", "", "sp"};
constexpr std::size_t kRelease = 5;  ///< The empty qualifier: a release.

struct Item {
  enum class Kind { number, word, list };
  Kind kind;
  std::string_view text;      ///< Digits, or a qualifier in its one spelling.
  std::vector<Item> items{};  ///< Of a list.
};

/// A qualifier's place; those that are not known come after all others.
std::size_t rank(std::string_view word) {
  return static_cast<std::size_t>(std::ranges::find(kQualifiers, word) - kQualifiers.begin());
}

bool is_null(const Item& item) {
  switch (item.kind) {
    case Item::Kind::number:
      return compare_numbers(item.text, {}) == 0;
    case Item::Kind::word:
      return rank(item.text) == kRelease;
    case Item::Kind::list:
      return item.items.empty();
  }
  return true;
}

Item word(std::string_view text, bool before_digit) {
  if (before_digit && text == "a") text = "alpha";
  if (before_digit && text == "b") text = "beta";
  if (before_digit && text == "m") text = "milestone";
  if (text == "cr") text = "rc";
  if (text == "ga" || text == "final" || text == "release") text = "";
  return {Item::Kind::word, text};
}

/// Drops what is null at the end, and before each list at the end.
void normalize(std::vector<Item>& items) {
  for (std::size_t at = items.size(); at-- > 0;) {
    if (is_null(items[at])) {
      items.erase(items.begin() + static_cast<std::ptrdiff_t>(at));
    } else if (items[at].kind != Item::Kind::list) {
      break;
    }
  }
}

/// The lists of `text`, each the last item of the one before it. `text` is in lower case and stays.
std::vector<Item> parse(std::string_view text) {
  std::vector<std::vector<Item>> open(1);
  std::size_t start = 0;
  bool digits = false;
  const auto piece = [&](std::size_t end) {
    const std::string_view cut = text.substr(start, end - start);
    return digits ? Item{Item::Kind::number, cut} : word(cut, false);
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' || c == '-') {
      open.back().push_back(at == start ? Item{Item::Kind::number, "0"} : piece(at));
      start = at + 1;
      if (c == '-') open.emplace_back();
    } else if (is_digit(c) != digits) {
      if (at > start) {
        open.back().push_back(digits ? piece(at) : word(text.substr(start, at - start), true));
        start = at;
        open.emplace_back();
      }
      digits = is_digit(c);
    }
  }
  if (text.size() > start) open.back().push_back(piece(text.size()));
  for (;;) {
    normalize(open.back());
    if (open.size() == 1) return std::move(open.front());
    Item list{Item::Kind::list, {}, std::move(open.back())};
    open.pop_back();
    open.back().push_back(std::move(list));
  }
}

std::weak_ordering compare_lists(const std::vector<Item>& left, const std::vector<Item>& right);

/// An item beside nothing.
std::weak_ordering compare_with_null(const Item& item) {
  switch (item.kind) {
    case Item::Kind::number:
      return compare_numbers(item.text, {});
    case Item::Kind::word:
      return rank(item.text) <=> kRelease;
    case Item::Kind::list:
      return compare_lists(item.items, {});
  }
  return std::weak_ordering::equivalent;
}

std::weak_ordering compare_items(const Item& left, const Item& right) {
  if (left.kind == right.kind) {
    if (left.kind == Item::Kind::number) return compare_numbers(left.text, right.text);
    if (left.kind == Item::Kind::list) return compare_lists(left.items, right.items);
    const std::size_t one = rank(left.text), other = rank(right.text);
    return one != other || one < kQualifiers.size() ? std::weak_ordering(one <=> other) : left.text <=> right.text;
  }
  // 1.1 is after 1-1, which is after 1-sp.
  const auto place = [](const Item& item) {
    return item.kind == Item::Kind::number ? 2 : item.kind == Item::Kind::list ? 1 : 0;
  };
  return place(left) <=> place(right);
}

std::weak_ordering compare_lists(const std::vector<Item>& left, const std::vector<Item>& right) {
  for (std::size_t at = 0; at < std::max(left.size(), right.size()); ++at) {
    std::weak_ordering order = std::weak_ordering::equivalent;
    if (at >= left.size()) {
      order = 0 <=> compare_with_null(right[at]);
    } else if (at >= right.size()) {
      order = compare_with_null(left[at]);
    } else {
      order = compare_items(left[at], right[at]);
    }
    if (order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

std::string lower(std::string_view text) {
  std::string low(text);
  std::ranges::transform(low, low.begin(), to_lower);
  return low;
}

}  // namespace

Order compare_maven(std::string_view left, std::string_view right) {
  if (left.empty() || right.empty()) return std::nullopt;
  const std::string one = lower(left), other = lower(right);
  return compare_lists(parse(one), parse(other));
}

}  // namespace wharf::vuln
