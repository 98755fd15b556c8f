#pragma once
#include <boost/core/demangle.hpp>
#include <map>
#include <stdexcept>
#include <string>
#include <typeindex>
#include <typeinfo>

#include "base/json.h"

namespace wharf::json {

/// JSON Schemas of described types, shared by name. Source: JSON Schema 2020-12, as OpenAPI 3.1 uses it.
class SchemaSet {
 public:
  /// The schema of T; a described struct is put into `named()` under its name without namespaces, and referred to.
  /// Throws logic_error when two structs have the same one.
  template <class T>
  Value of() {
    if constexpr (std::is_same_v<T, bool>) {
      return {{"type", "boolean"}};
    } else if constexpr (std::is_integral_v<T>) {
      return {{"type", "integer"}};
    } else if constexpr (std::is_floating_point_v<T>) {
      return {{"type", "number"}};
    } else if constexpr (std::is_same_v<T, std::string>) {
      return {{"type", "string"}};
    } else if constexpr (std::is_same_v<T, Rfc2822>) {
      return {{"type", "string"}, {"description", "RFC 2822 date"}};
    } else if constexpr (std::is_same_v<T, Rfc3339>) {
      return {{"type", "string"}, {"format", "date-time"}};
    } else if constexpr (std::is_same_v<T, Value>) {
      return Object{};
    } else if constexpr (std::is_same_v<T, Object>) {
      return {{"type", "object"}};
    } else if constexpr (detail::is_optional<T>::value) {
      return of<typename T::value_type>();
    } else if constexpr (detail::is_nullable<T>::value) {
      Array either{of<typename T::value_type>(), Object{{"type", "null"}}};
      return Object{{"anyOf", std::move(either)}};
    } else if constexpr (detail::is_vector<T>::value) {
      return {{"type", "array"}, {"items", of<typename T::value_type>()}};
    } else if constexpr (detail::is_map<T>::value) {
      return {{"type", "object"}, {"additionalProperties", of<typename T::mapped_type>()}};
    } else if constexpr (detail::DescribedEnum<T>) {
      Array texts;
      for (const auto text : enum_texts<T>()) texts.emplace_back(text);
      return {{"type", "string"}, {"enum", std::move(texts)}};
    } else if constexpr (detail::DescribedStruct<T>) {
      const auto name = short_name(boost::core::demangle(typeid(T).name()));
      const auto [owner, first] = owners_.try_emplace(name, typeid(T));
      if (owner->second != typeid(T)) throw std::logic_error("two types share the name " + name);
      if (first) {
        named_[name] = Object{};  // stops a type that holds itself
        named_[name] = object_of<T>();
      }
      return {{"$ref", "#/components/schemas/" + name}};
    } else {
      return {{"type", "string"}};  // names and digests: text in a path
    }
  }

  /// The members of T as an object schema, without a name.
  template <class T>
  Object object_of() {
    Object properties;
    Array required;
    detail::for_each_member<T>([&](std::string_view name, auto pointer) {
      using Member = std::remove_cvref_t<decltype(std::declval<T&>().*pointer)>;
      properties[name] = of<Member>();
      if constexpr (!detail::is_optional<Member>::value) required.emplace_back(name);
    });
    Object object{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) object["required"] = std::move(required);
    return object;
  }

  const Object& named() const { return named_; }

 private:
  static std::string short_name(const std::string& full) {
    const auto colons = full.rfind("::");
    return colons == std::string::npos ? full : full.substr(colons + 2);
  }
  Object named_;
  std::map<std::string, std::type_index> owners_;  ///< Which type has a name.
};

}  // namespace wharf::json
