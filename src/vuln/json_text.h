#pragma once
#include <string>
#include <string_view>

#include "base/json.h"

/// Looking into a document of which nothing is certain: what is missing or of another kind is empty.
namespace wharf::vuln {

inline std::string_view text_in(const json::Value& value) {
  const auto* text = value.if_string();
  return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

inline std::string_view text_at(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? std::string_view() : text_in(*value);
}

inline const json::Object& object_in(const json::Value& value) {
  static const json::Object kEmpty;
  const auto* object = value.if_object();
  return object == nullptr ? kEmpty : *object;
}

inline const json::Object& object_at(const json::Object& object, std::string_view key) {
  static const json::Object kEmpty;
  const auto* value = object.if_contains(key);
  return value == nullptr ? kEmpty : object_in(*value);
}

inline const json::Array& array_at(const json::Object& object, std::string_view key) {
  static const json::Array kEmpty;
  const auto* value = object.if_contains(key);
  const auto* array = value == nullptr ? nullptr : value->if_array();
  return array == nullptr ? kEmpty : *array;
}

}  // namespace wharf::vuln
