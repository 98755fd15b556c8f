#include "base/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <cmath>
#include <set>

#include "base/utf8.h"

namespace wharf::json {
namespace {

/// Builds a document and remembers the keys of every open object, so that a second one is refused.
/// Source: Boost.JSON, "Parsing" (basic_parser and value_stack).
struct StrictHandler {
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;
  using code = boost::json::error_code;
  using view = boost::json::string_view;

  boost::json::value_stack stack;
  std::vector<std::set<std::string, std::less<>>> open_objects;
  std::string key;
  bool repeated = false;

  bool on_document_begin(code&) {
    stack.reset();
    return true;
  }
  bool on_document_end(code&) { return true; }
  bool on_object_begin(code&) {
    open_objects.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t size, code&) {
    open_objects.pop_back();
    stack.push_object(size);
    return true;
  }
  bool on_array_begin(code&) { return true; }
  bool on_array_end(std::size_t size, code&) {
    stack.push_array(size);
    return true;
  }
  bool on_key_part(view part, std::size_t, code&) {
    key.append(part.data(), part.size());
    stack.push_chars(part);
    return true;
  }
  bool on_key(view part, std::size_t, code& failed) {
    key.append(part.data(), part.size());
    if (!open_objects.back().insert(key).second) {
      repeated = true;
      failed = boost::json::error::extra_data;
      return false;
    }
    key.clear();
    stack.push_key(part);
    return true;
  }
  bool on_string_part(view part, std::size_t, code&) {
    stack.push_chars(part);
    return true;
  }
  bool on_string(view part, std::size_t, code&) {
    stack.push_string(part);
    return true;
  }
  bool on_number_part(view, code&) { return true; }
  bool on_int64(std::int64_t number, view, code&) {
    stack.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, view, code&) {
    stack.push_uint64(number);
    return true;
  }
  bool on_double(double number, view, code&) {
    stack.push_double(number);
    return true;
  }
  bool on_bool(bool value, code&) {
    stack.push_bool(value);
    return true;
  }
  bool on_null(code&) {
    stack.push_null();
    return true;
  }
  bool on_comment_part(view, code&) { return true; }
  bool on_comment(view, code&) { return true; }
};

void append_escape(std::string& out, unsigned unit) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kHex[(unit >> shift) & 15]);
}

/// The shortest text that is this number again, as people write it: 4.0, not 4E0.
void append_real(std::string& out, double real) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, real).ptr;
  const std::string_view written(text, end);
  out += written;
  if (written.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void append_value(std::string& out, const Value& value) {
  if (const auto* object = value.if_object()) {
    out.push_back('{');
    bool first = true;
    for (const auto& [key, item] : *object) {
      if (!first) out += ", ";
      first = false;
      append_string(out, key);
      out += ": ";
      append_value(out, item);
    }
    out.push_back('}');
  } else if (const auto* array = value.if_array()) {
    out.push_back('[');
    bool first = true;
    for (const auto& item : *array) {
      if (!first) out += ", ";
      first = false;
      append_value(out, item);
    }
    out.push_back(']');
  } else if (const auto* text = value.if_string()) {
    append_string(out, *text);
  } else if (const auto* real = value.if_double(); real && std::isfinite(*real)) {
    append_real(out, *real);
  } else {
    out += boost::json::serialize(value);
  }
}

}  // namespace

Result<Value> parse(std::string_view text, std::size_t depth) {
  boost::json::parse_options options;
  options.max_depth = depth;
  boost::json::basic_parser<StrictHandler> parser(options);
  boost::json::error_code failed;
  const auto used = parser.write_some(false, text.data(), text.size(), failed);
  if (parser.handler().repeated) return Error{Errc::malformed_json, "The JSON has a key twice"};
  if (failed == boost::json::error::too_deep) return Error{Errc::malformed_json, "The JSON is nested too deeply"};
  if (!failed && used != text.size()) failed = boost::json::error::extra_data;
  if (failed) {
    return Error{Errc::malformed_json, "The body is not valid JSON (at byte " + std::to_string(used) + ")"};
  }
  return parser.handler().stack.release();
}

void append_string(std::string& out, std::string_view text) {
  out.push_back('"');
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
  for (std::size_t at = 0; at < text.size();) {
    const auto plain = at;
    while (at < text.size() && is_plain(text[at])) ++at;
    out.append(text, plain, at - plain);
    if (at == text.size()) break;
    const auto point = next_code_point(text, at);
    switch (point) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (point > 0xFFFF) {
          append_escape(out, 0xD800u + static_cast<unsigned>((point - 0x10000) >> 10));
          append_escape(out, 0xDC00u + static_cast<unsigned>((point - 0x10000) & 0x3FF));
        } else {
          append_escape(out, static_cast<unsigned>(point));
        }
    }
  }
  out.push_back('"');
}

std::string to_text(const Value& value) {
  std::string out;
  append_value(out, value);
  return out;
}

namespace detail {

Error wrong(std::string_view path, std::string_view what) {
  const std::string subject = path.empty() ? "The body" : std::string(path);
  return {Errc::invalid_request, subject + (path.empty() ? " " : ": ") + std::string(what)};
}

std::string joined(std::string_view path, std::string_view name) {
  return path.empty() ? std::string(name) : std::string(path) + '.' + std::string(name);
}

}  // namespace detail
}  // namespace wharf::json
