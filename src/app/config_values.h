#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "app/config_keys.h"
#include "base/json.h"

/// The kinds of value that a key can have: each reads one from JSON (or text), writes it back, and names its form.
namespace wharf::app::detail {

using JsonValue = boost::json::value;

/// The text that a scalar spells; nothing for a list, a map or null. YAML, the environment and flags give text alone.
std::optional<std::string> scalar_text(const JsonValue& value);
/// A JSON array, or its text, or words with commas between them ("a, b"); nothing if an item is no scalar.
std::optional<std::vector<std::string>> text_list(const JsonValue& value);
/// The value itself, or what it spells if it is text that looks like a JSON list or map.
JsonValue unfolded(const JsonValue& value);

struct Boolean {
  static constexpr std::string_view kForm = "true or false";
  static Complaint read(const JsonValue& value, const Where&, bool& out);
  static JsonValue write(bool value) { return value; }
};

/// One that may be left to the server.
struct OptionalBoolean {
  static constexpr std::string_view kForm = "true or false";
  static Complaint read(const JsonValue& value, const Where& where, std::optional<bool>& out) {
    return Boolean::read(value, where, out.emplace());
  }
  static JsonValue write(const std::optional<bool>& value) { return value ? JsonValue(*value) : JsonValue(); }
};

struct Text {
  static constexpr std::string_view kForm = "text";
  static Complaint read(const JsonValue& value, const Where&, std::string& out);
  static JsonValue write(const std::string& value) { return JsonValue(value); }
};

struct TextList {
  static constexpr std::string_view kForm = "list of names";
  static Complaint read(const JsonValue& value, const Where&, std::vector<std::string>& out);
  static Complaint read(const JsonValue& value, const Where&, std::optional<std::vector<std::string>>& out);
  static JsonValue write(const std::vector<std::string>& value);
  static JsonValue write(const std::optional<std::vector<std::string>>& value);
};

/// Names of vulnerability feeds and URLs of theirs.
struct FeedList {
  static constexpr std::string_view kForm = "list of feeds' names and URLs";
  static Complaint read(const JsonValue& value, const Where&, std::vector<std::string>& out);
  static JsonValue write(const std::vector<std::string>& value) { return TextList::write(value); }
};

struct PathValue {
  static constexpr std::string_view kForm = "path";
  static Complaint read(const JsonValue& value, const Where& where, std::filesystem::path& out);
  static JsonValue write(const std::filesystem::path& value) { return JsonValue(value.string()); }
};

/// Scheme names checked and Quay's driver suffixes dropped.
struct DatabaseUri {
  static constexpr std::string_view kForm = "sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME";
  static Complaint read(const JsonValue& value, const Where& where, std::string& out);
  static JsonValue write(const std::string& value) { return JsonValue(without_password(value)); }
};

/// Quay's form of a list of databases; kept as their URIs.
struct ReplicaList {
  static constexpr std::string_view kForm = "list of {DB_URI: postgresql://USER:PASSWORD@HOST/NAME}";
  static Complaint read(const JsonValue& value, const Where& where, std::vector<std::string>& out);
  static JsonValue write(const std::vector<std::string>& value);
};

/// HOST or HOST:PORT without scheme.
struct HostName {
  static constexpr std::string_view kForm = "HOST or HOST:PORT";
  static Complaint read(const JsonValue& value, const Where&, std::string& out);
  static JsonValue write(const std::string& value) { return JsonValue(value); }
};

struct ListenValue {
  static constexpr std::string_view kForm = "HOST:PORT or [ADDRESS]:PORT";
  static Complaint read(const JsonValue& value, const Where&, Listen& out);
  static JsonValue write(const Listen& value) { return JsonValue(value.text()); }
};

struct SizeValue {
  static constexpr std::string_view kForm = "bytes, such as 20G (10^9) or 512MiB (2^20)";
  static Complaint read(const JsonValue& value, const Where&, std::uint64_t& out);
  static JsonValue write(std::uint64_t value) { return value; }
};

/// A size that bounds something, or 0.
struct SizeLimit {
  static constexpr std::string_view kForm = "bytes, such as 20G (10^9) or 512MiB (2^20), or 0";
  static Complaint read(const JsonValue& value, const Where& where, std::uint64_t& out) {
    if (scalar_text(value) != "0") return SizeValue::read(value, where, out);
    out = 0;
    return std::nullopt;
  }
  static JsonValue write(std::uint64_t value) { return value; }
};

struct SpanValue {
  static constexpr std::string_view kForm = "a number and s, m, h, d, w or y";
  static Complaint read(const JsonValue& value, const Where&, Span& out);
  static JsonValue write(const Span& value) { return JsonValue(value.text); }
};

struct SpanList {
  static constexpr std::string_view kForm = "list of numbers with s, m, h, d, w or y";
  static Complaint read(const JsonValue& value, const Where&, std::vector<Span>& out);
  static JsonValue write(const std::vector<Span>& value);
};

/// A map that is handed on as it is, kept as its JSON text.
struct MapValue {
  static constexpr std::string_view kForm = "map";
  static Complaint read(const JsonValue& value, const Where&, std::string& out);
  static JsonValue write(const std::string& value) { return boost::json::parse(value); }
};

struct LogLevelValue {
  static constexpr std::string_view kForm = "debug, info, warn, error or off";
  static Complaint read(const JsonValue& value, const Where&, log::Level& out);
  static JsonValue write(log::Level value) { return JsonValue(log::to_string(value)); }
};

struct LogFormatValue {
  static constexpr std::string_view kForm = "auto, text or json";
  static Complaint read(const JsonValue& value, const Where&, log::Format& out);
  static JsonValue write(log::Format value);
};

struct SchemeValue {
  static constexpr std::string_view kForm = "http or https";
  static Complaint read(const JsonValue& value, const Where&, std::string& out);
  static JsonValue write(const std::string& value) { return JsonValue(value); }
};

struct RegistryStateValue {
  static constexpr std::string_view kForm = "normal or readonly";
  static Complaint read(const JsonValue& value, const Where&, RegistryState& out);
  static JsonValue write(RegistryState value) {
    return JsonValue(value == RegistryState::normal ? "normal" : "readonly");
  }
};

struct StorageValue {
  static constexpr std::string_view kForm = "{ID: [DRIVER, {PARAMETER: VALUE}]}";
  static Complaint read(const JsonValue& value, const Where& where, std::vector<StorageLocation>& out);
  static JsonValue write(const std::vector<StorageLocation>& value);
};

struct SeverityValue {
  static constexpr std::string_view kForm = "Critical, High, Medium, Low, Negligible or Unknown";
  static Complaint read(const JsonValue& value, const Where&, std::string& out);
  static JsonValue write(const std::string& value) { return JsonValue(value); }
};

/// A key that Quay demands and that has one right value here.
struct AuthenticationType {
  static constexpr std::string_view kForm = "Database";
  static Complaint read(const JsonValue& value, const Where&, std::string& out);
  static JsonValue write(const std::string& value) { return JsonValue(value); }
};

/// A whole number from `Least` to `Most`.
template <std::int64_t Least, std::int64_t Most>
struct Count {
  static constexpr std::string_view kForm = "whole number";
  template <class T>
  static Complaint read(const JsonValue& value, const Where&, T& out) {
    const auto text = scalar_text(value);
    std::int64_t number = 0;
    if (text) {
      const auto* end = text->data() + text->size();
      const auto [at, failed] = std::from_chars(text->data(), end, number);
      if (failed == std::errc() && at == end && number >= Least && number <= Most) {
        out = T(number);
        return std::nullopt;
      }
    }
    return fmt::format("a whole number from {} to {}", Least, Most);
  }
  template <class T>
  static JsonValue write(const T& value) {
    if constexpr (std::integral<T>) {
      return static_cast<std::int64_t>(value);
    } else {
      return static_cast<std::int64_t>(value.count());
    }
  }
};

/// A row of the table: `Access` answers the member of a Config, const or not.
template <class Kind, class Access>
Key key(std::string_view name, std::string_view area, std::string_view meaning, Access, bool secret = false) {
  return {name,
          area,
          Kind::kForm,
          meaning,
          secret,
          [](Config& config, const JsonValue& value, const Where& where) {
            return Kind::read(value, where, Access{}(config));
          },
          [](const Config& config) { return Kind::write(Access{}(config)); }};
}

}  // namespace wharf::app::detail
