#pragma once
#include <boost/json.hpp>
#include <string_view>

#include "base/error.h"

/// JSON as other people's tools write it: a repeated key counts as its last, and bytes that are not UTF-8 may stand in
/// texts. (`base/json.h` is for what is sent to us.)
namespace wharf::inventory {

/// Errors: malformed_json, also past 100 levels.
inline Result<boost::json::value> parse_json(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  boost::json::parse_options options;
  options.max_depth = 100;
  options.allow_invalid_utf8 = true;
  boost::json::error_code failed;
  auto value = boost::json::parse(text, failed, {}, options);
  if (failed) return Error{Errc::malformed_json, "It is not valid JSON"};
  return value;
}

/// A member of an object, as what it ought to be; empty if it is something else or not there.
inline std::string_view json_text(const boost::json::value& value, std::string_view name) {
  const auto* object = value.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains(name);
  const auto* text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}
inline bool json_flag(const boost::json::value& value, std::string_view name) {
  const auto* object = value.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains(name);
  return member != nullptr && member->is_bool() && member->get_bool();
}
inline const boost::json::object& json_object(const boost::json::value& value, std::string_view name) {
  static const boost::json::object kNone;
  const auto* object = value.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains(name);
  const auto* inner = member == nullptr ? nullptr : member->if_object();
  return inner == nullptr ? kNone : *inner;
}
inline const boost::json::array& json_list(const boost::json::value& value, std::string_view name) {
  static const boost::json::array kNone;
  const auto* object = value.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains(name);
  const auto* inner = member == nullptr ? nullptr : member->if_array();
  return inner == nullptr ? kNone : *inner;
}

}  // namespace wharf::inventory
