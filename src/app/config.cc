#include "app/config.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "app/config_keys.h"

namespace wharf::app {
namespace {

constexpr std::uint64_t kMostSeconds = 100ull * 365 * 86'400;

/// The digits that `text` starts with, as a number; they are cut off it. Nothing without digits or on overflow.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

}  // namespace

std::optional<Listen> Listen::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  auto host = text.substr(0, colon);
  auto digits = text.substr(colon + 1);
  const auto port = take_number(digits);
  if (!port || *port > 65'535 || !digits.empty()) return std::nullopt;
  if (host.starts_with('[')) {
    if (!host.ends_with(']') || host.size() < 4 || host.find(':') == std::string_view::npos) return std::nullopt;
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
           c == ':' || c == '%';
  };
  if (!std::ranges::all_of(host, fits)) return std::nullopt;
  return Listen{std::string(host), static_cast<std::uint16_t>(*port)};
}

std::string Listen::text() const {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

bool Listen::is_loopback() const {
  if (host == "localhost" || host == "::1") return true;
  // 127.0.0.0/8, and no name that only starts so ("127.example.com").
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

std::optional<Span> Span::parse(std::string_view text) {
  auto rest = text;
  const auto number = take_number(rest);
  if (!number || rest.size() != 1) return std::nullopt;
  std::uint64_t unit = 0;
  switch (rest.front()) {
    case 's':
      unit = 1;
      break;
    case 'm':
      unit = 60;
      break;
    case 'h':
      unit = 3600;
      break;
    case 'd':
      unit = 86'400;
      break;
    case 'w':
      unit = 7 * 86'400;
      break;
    case 'y':
      unit = 365 * 86'400;
      break;
    default:
      return std::nullopt;
  }
  if (*number > kMostSeconds / unit) return std::nullopt;
  return Span{std::string(text), std::chrono::seconds(*number * unit)};
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  while (text.starts_with(' ')) text.remove_prefix(1);
  std::string unit;
  for (const char c : text) unit.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  if (unit.ends_with('B')) unit.pop_back();
  const std::uint64_t step = unit.ends_with('I') ? 1024 : 1000;
  if (step == 1024) unit.pop_back();
  if (unit.size() > 1 || (step == 1024 && unit.empty())) return std::nullopt;
  const auto power = unit.empty() ? 0 : std::string_view("KMGTP").find(unit[0]) + 1;
  if (power == 0 && !unit.empty()) return std::nullopt;
  std::uint64_t factor = 1;
  for (std::size_t i = 0; i < power; ++i) factor *= step;
  if (*number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / factor) return std::nullopt;
  return *number * factor;
}

std::string Config::database_uri() const {
  return db_uri.empty() ? "sqlite:///" + (std::filesystem::absolute(data) / "wharf.db").string() : db_uri;
}

std::size_t Config::storage_target() const {
  for (const auto* ids : {&storage_preference, &storage_default_locations}) {
    if (ids->empty()) continue;
    const auto found = std::ranges::find(storage, ids->front(), &StorageLocation::id);
    if (found != storage.end()) return static_cast<std::size_t>(found - storage.begin());
  }
  return 0;
}

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) result.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

std::vector<std::pair<std::string, std::string>> describe_config(const Config& config) {
  std::vector<std::pair<std::string, std::string>> result;
  for (const auto& key : detail::keys()) result.emplace_back(key.name, detail::shown(key.get(config), key.secret));
  return result;
}

std::string config_dump(const Config& config) {
  boost::json::object values, schema, environment, warnings;
  for (const auto& key : detail::keys()) {
    auto value = key.get(config);
    const bool structured = value.is_object();
    if (key.secret || structured) value = detail::shown(value, true);
    values[key.name] = std::move(value);
    schema[key.name] = boost::json::object{
        {"area", key.area}, {"form", key.form}, {"description", key.meaning}, {"secret", key.secret}};
  }
  for (const auto& name : config.unknown_keys) warnings[name] = "unknown, or without effect";
  // Their names alone: any of them may hold a password.
  for (const auto& [name, text] : process_environment()) {
    if (name.starts_with("WHARF_") || name == "QUAY_OVERRIDE_CONFIG") environment[name] = "***";
  }
  return boost::json::serialize(boost::json::object{{"config", std::move(values)},
                                                    {"warning", std::move(warnings)},
                                                    {"env", std::move(environment)},
                                                    {"schema", std::move(schema)}});
}

}  // namespace wharf::app
