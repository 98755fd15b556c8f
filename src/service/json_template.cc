#include "service/json_template.h"

#include <charconv>
#include <optional>
#include <variant>
#include <vector>

namespace wharf::service {
namespace {

constexpr std::string_view kOpen = "${";
constexpr char kClose = '}';

Error wrong(std::string_view what) { return {Errc::invalid_request, "template: " + std::string(what)}; }

/// A step to a member or to an element.
using Step = std::variant<std::string, std::size_t>;

std::optional<std::size_t> index_of(std::string_view digits) {
  std::size_t index = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (failed != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return index;
}

/// The steps of "a.b[0].c"; nothing when that is no path.
std::optional<std::vector<Step>> steps_of(std::string_view path) {
  std::vector<Step> steps;
  for (bool more = true; more;) {
    const auto dot = path.find('.');
    auto part = path.substr(0, dot);
    more = dot != std::string_view::npos;
    path = more ? path.substr(dot + 1) : std::string_view();
    const auto bracket = part.find('[');
    const auto key = part.substr(0, bracket);
    if (key.empty() || key.find(']') != std::string_view::npos) return std::nullopt;
    steps.emplace_back(std::string(key));
    part = bracket == std::string_view::npos ? std::string_view() : part.substr(bracket);
    while (!part.empty()) {
      const auto close = part.find(']');
      if (part.front() != '[' || close == std::string_view::npos) return std::nullopt;
      const auto index = index_of(part.substr(1, close - 1));
      if (!index) return std::nullopt;
      steps.emplace_back(*index);
      part.remove_prefix(close + 1);
    }
  }
  return steps;
}

/// What the path leads to, or null.
json::Value value_at(const json::Object& data, std::string_view path) {
  const auto steps = steps_of(path);
  if (!steps) return nullptr;
  const json::Value* at = nullptr;
  for (const auto& step : *steps) {
    if (const auto* index = std::get_if<std::size_t>(&step)) {
      at = at->is_array() ? at->get_array().if_contains(*index) : nullptr;
    } else {
      const auto* object = at == nullptr ? &data : at->if_object();
      at = object != nullptr ? object->if_contains(std::get<std::string>(step)) : nullptr;
    }
    if (at == nullptr) return nullptr;
  }
  return *at;
}

/// The next placeholder at or behind `from`: where it begins and ends. Both are npos without one; `end` alone when it
/// has no end.
struct Place {
  std::size_t begin = std::string_view::npos, end = std::string_view::npos;
  std::string_view path{};
};
Place next_place(std::string_view text, std::size_t from) {
  Place place{.begin = text.find(kOpen, from)};
  if (place.begin == std::string_view::npos) return place;
  const auto close = text.find(kClose, place.begin);
  if (close == std::string_view::npos) return place;
  place.path = text.substr(place.begin + kOpen.size(), close - place.begin - kOpen.size());
  place.end = close + 1;
  return place;
}

Result<void> check(const json::Value& item) {
  if (const auto* object = item.if_object()) {
    for (const auto& entry : *object) {
      if (auto ok = check(entry.value()); !ok) return ok.error();
    }
  } else if (const auto* array = item.if_array()) {
    for (const auto& entry : *array) {
      if (auto ok = check(entry); !ok) return ok.error();
    }
  } else if (const auto* text = item.if_string()) {
    for (auto place = next_place(*text, 0); place.begin != std::string_view::npos;
         place = next_place(*text, place.end)) {
      if (place.end == std::string_view::npos) return wrong("a placeholder does not end");
      if (!steps_of(place.path)) return wrong("`${" + std::string(place.path) + "}` has no path");
    }
  }
  return {};
}

class Filling {
 public:
  Filling(const json::Object& data, std::size_t most_bytes) : data_(data), left_(most_bytes) {}

  Result<json::Value> fill(const json::Value& item) {
    if (const auto* object = item.if_object()) {
      json::Object filled;
      for (const auto& entry : *object) {
        auto value = fill(entry.value());
        if (!value) return value.error();
        filled[entry.key()] = std::move(*value);
      }
      return json::Value(std::move(filled));
    }
    if (const auto* array = item.if_array()) {
      json::Array filled;
      for (const auto& entry : *array) {
        auto value = fill(entry);
        if (!value) return value.error();
        filled.push_back(std::move(*value));
      }
      return json::Value(std::move(filled));
    }
    if (const auto* text = item.if_string()) return fill_text(*text);
    return item;
  }

 private:
  Result<json::Value> fill_text(std::string_view text) {
    const auto whole = next_place(text, 0);
    if (whole.begin == 0 && whole.end == text.size()) {
      auto value = value_at(data_, whole.path);
      if (!spend(json::to_text(value).size())) return too_large();
      return value;
    }
    std::string filled;
    std::size_t from = 0;
    for (auto place = whole; place.begin != std::string_view::npos; place = next_place(text, from)) {
      filled += text.substr(from, place.begin - from);
      const auto value = value_at(data_, place.path);
      const auto said = value.is_null()     ? std::string()
                        : value.is_string() ? std::string(value.get_string())
                                            : json::to_text(value);
      if (!spend(said.size())) return too_large();
      filled += said;
      from = place.end;
    }
    filled += text.substr(from);
    return json::Value(filled);
  }

  bool spend(std::size_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }
  static Error too_large() { return wrong("what it makes is too large"); }

  const json::Object& data_;
  std::size_t left_;
};

}  // namespace

Result<JsonTemplate> JsonTemplate::parse(std::string_view text) {
  auto document = json::parse(text);
  if (!document) return wrong("is no JSON");
  if (auto ok = check(*document); !ok) return ok.error();
  return JsonTemplate(std::move(*document));
}

Result<json::Value> JsonTemplate::fill(const json::Object& data, std::size_t most_bytes) const {
  return Filling(data, most_bytes).fill(document_);
}

}  // namespace wharf::service
