#pragma once
#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

/// JSON between text and described structs: `BOOST_DESCRIBE_STRUCT` is all that a type needs.
///
/// A member's name is its name on the wire; a trailing underscore is dropped (`namespace_` is "namespace").
/// `std::optional` members are left out when empty; `Nullable` members are null when empty.
namespace wharf::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

/// A value that is written as null when it is empty, and read from null.
template <class T>
struct Nullable : std::optional<T> {
  using std::optional<T>::optional;
  using std::optional<T>::operator=;
};

/// The document that `text` holds. Errors: malformed_json for anything that is not one JSON value in UTF-8, for a key
/// that stands twice in an object, and past `depth` levels. Source: RFC 8259; the last two are our bounds.
Result<Value> parse(std::string_view text, std::size_t depth = 32);

/// Appends `text` as a JSON string in ASCII (`\u` escapes); invalid UTF-8 becomes U+FFFD.
void append_string(std::string& out, std::string_view text);

/// A document as one line of ASCII.
std::string to_text(const Value& value);

namespace detail {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_nullable : std::false_type {};
template <class T>
struct is_nullable<Nullable<T>> : std::true_type {};
template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_map : std::false_type {};
template <class T>
struct is_map<std::map<std::string, T>> : std::true_type {};

template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept DescribedStruct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

/// Calls `each(name, pointer)` for every member of T, inherited ones first.
template <class T, class Each>
void for_each_member(Each&& each) {
  boost::mp11::mp_for_each<Members<T>>([&](auto member) {
    std::string_view name = member.name;
    if (name.ends_with('_')) name.remove_suffix(1);
    each(name, member.pointer);
  });
}

Error wrong(std::string_view path, std::string_view what);
std::string joined(std::string_view path, std::string_view name);

}  // namespace detail

/// The text of an enumerator on the wire, and back.
template <detail::DescribedEnum E>
std::string_view enum_text(E value) {
  std::string_view text;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto entry) {
    if (entry.value == value) text = entry.name;
  });
  if (text.ends_with('_')) text.remove_suffix(1);
  return text;
}
template <detail::DescribedEnum E>
std::optional<E> enum_value(std::string_view text) {
  std::optional<E> found;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto entry) {
    if (enum_text(entry.value) == text) found = entry.value;
  });
  return found;
}
template <detail::DescribedEnum E>
std::vector<std::string_view> enum_texts() {
  std::vector<std::string_view> all;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
      [&](auto entry) { all.push_back(enum_text(entry.value)); });
  return all;
}

/// Appends `value` to `out` as JSON.
template <class T>
void write(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_integral_v<T>) {
    out += std::to_string(value);
  } else if constexpr (std::is_floating_point_v<T>) {
    out += to_text(Value(static_cast<double>(value)));
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    append_string(out, value);
  } else if constexpr (std::is_same_v<T, Rfc2822>) {
    append_string(out, rfc2822(value.at));
  } else if constexpr (std::is_same_v<T, Rfc3339>) {
    append_string(out, rfc3339(value.at));
  } else if constexpr (std::is_same_v<T, Value>) {
    out += to_text(value);
  } else if constexpr (std::is_same_v<T, Object> || std::is_same_v<T, Array>) {
    out += to_text(Value(value));
  } else if constexpr (detail::is_optional<T>::value || detail::is_nullable<T>::value) {
    if (value.has_value()) {
      write(out, *value);
    } else {
      out += "null";
    }
  } else if constexpr (detail::is_vector<T>::value) {
    out.push_back('[');
    bool first = true;
    for (const auto& item : value) {
      if (!first) out += ", ";
      first = false;
      write(out, item);
    }
    out.push_back(']');
  } else if constexpr (detail::is_map<T>::value) {
    out.push_back('{');
    bool first = true;
    for (const auto& [key, item] : value) {
      if (!first) out += ", ";
      first = false;
      append_string(out, key);
      out += ": ";
      write(out, item);
    }
    out.push_back('}');
  } else if constexpr (detail::DescribedEnum<T>) {
    append_string(out, enum_text(value));
  } else {
    static_assert(detail::DescribedStruct<T>, "describe the type with BOOST_DESCRIBE_STRUCT");
    out.push_back('{');
    bool first = true;
    detail::for_each_member<T>([&](std::string_view name, auto pointer) {
      const auto& member = value.*pointer;
      using Member = std::remove_cvref_t<decltype(member)>;
      if constexpr (detail::is_optional<Member>::value) {
        if (!member.has_value()) return;
      }
      if (!first) out += ", ";
      first = false;
      out.push_back('"');
      out += name;
      out += "\": ";
      write(out, member);
    });
    out.push_back('}');
  }
}

/// `value` as JSON text in ASCII.
template <class T>
std::string encode(const T& value) {
  std::string out;
  out.reserve(256);
  write(out, value);
  return out;
}

/// Reads `value` into T. Unknown keys are ignored. Errors: invalid_request that names the member by its path
/// ("delegate.kind: must be one of user, team").
template <class T>
Result<T> decode(const Value& value, std::string_view path = {}) {
  if constexpr (std::is_same_v<T, Value>) {
    return value;
  } else if constexpr (std::is_same_v<T, Object>) {
    if (!value.is_object()) return detail::wrong(path, "must be an object");
    return value.get_object();
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!value.is_bool()) return detail::wrong(path, "must be true or false");
    return value.get_bool();
  } else if constexpr (std::is_integral_v<T>) {
    // A number such as 3.0 is an integer to JSON Schema.
    if (value.is_double() && std::trunc(value.get_double()) == value.get_double() &&
        std::abs(value.get_double()) < 9.0e15) {
      const auto whole = static_cast<std::int64_t>(value.get_double());
      if (!std::in_range<T>(whole)) return detail::wrong(path, "is out of range");
      return static_cast<T>(whole);
    }
    if (value.is_uint64()) return detail::wrong(path, "is out of range");
    if (!value.is_int64()) return detail::wrong(path, "must be a whole number");
    if (!std::in_range<T>(value.get_int64())) return detail::wrong(path, "is out of range");
    return static_cast<T>(value.get_int64());
  } else if constexpr (std::is_floating_point_v<T>) {
    if (!value.is_number()) return detail::wrong(path, "must be a number");
    return value.to_number<T>();
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!value.is_string()) return detail::wrong(path, "must be a string");
    return std::string(value.get_string());
  } else if constexpr (detail::is_optional<T>::value) {
    auto inner = decode<typename T::value_type>(value, path);
    if (!inner) return inner.error();
    return T(std::move(*inner));
  } else if constexpr (detail::is_nullable<T>::value) {
    if (value.is_null()) return T();
    auto inner = decode<typename T::value_type>(value, path);
    if (!inner) return inner.error();
    return T(std::move(*inner));
  } else if constexpr (detail::is_vector<T>::value) {
    if (!value.is_array()) return detail::wrong(path, "must be a list");
    T items;
    for (const auto& entry : value.get_array()) {
      auto item = decode<typename T::value_type>(entry, detail::joined(path, std::to_string(items.size())));
      if (!item) return item.error();
      items.push_back(std::move(*item));
    }
    return items;
  } else if constexpr (detail::is_map<T>::value) {
    if (!value.is_object()) return detail::wrong(path, "must be an object");
    T items;
    for (const auto& entry : value.get_object()) {
      auto item = decode<typename T::mapped_type>(entry.value(), detail::joined(path, entry.key()));
      if (!item) return item.error();
      items.emplace(std::string(entry.key()), std::move(*item));
    }
    return items;
  } else if constexpr (detail::DescribedEnum<T>) {
    if (value.is_string()) {
      if (auto found = enum_value<T>(std::string_view(value.get_string()))) return *found;
    }
    std::string all = "must be one of ";
    for (const auto text : enum_texts<T>()) all += (all.ends_with(' ') ? "" : ", ") + std::string(text);
    return detail::wrong(path, all);
  } else {
    static_assert(detail::DescribedStruct<T>, "describe the type with BOOST_DESCRIBE_STRUCT");
    if (!value.is_object()) return detail::wrong(path, "must be an object");
    const auto& object = value.get_object();
    T result{};
    std::optional<Error> failed;
    detail::for_each_member<T>([&](std::string_view name, auto pointer) {
      if (failed) return;
      using Member = std::remove_cvref_t<decltype(result.*pointer)>;
      const auto* found = object.if_contains(name);
      if (!found) {
        if constexpr (!detail::is_optional<Member>::value) {
          failed = detail::wrong(detail::joined(path, name), "is required");
        }
        return;
      }
      auto member = decode<Member>(*found, detail::joined(path, name));
      if (member) {
        result.*pointer = std::move(*member);
      } else {
        failed = member.error();
      }
    });
    if (failed) return *failed;
    return result;
  }
}

/// Parses and reads in one go.
template <class T>
Result<T> decode_text(std::string_view text) {
  auto value = parse(text);
  if (!value) return value.error();
  return decode<T>(*value);
}

}  // namespace wharf::json
