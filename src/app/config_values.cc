#include "app/config_values.h"

#include "base/json.h"
#include "base/names.h"
#include "db/uri.h"
#include "vuln/download.h"

namespace wharf::app::detail {
namespace {

Complaint complain(std::string_view form) { return std::string(form); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::filesystem::path resolved(const std::filesystem::path& path, const Where& where) {
  return path.is_absolute() || where.folder.empty() ? path : (where.folder / path).lexically_normal();
}

}  // namespace

std::optional<std::string> scalar_text(const JsonValue& value) {
  if (const auto* text = value.if_string()) return std::string(*text);
  if (value.is_bool() || value.is_number()) return boost::json::serialize(value);
  return std::nullopt;
}

JsonValue unfolded(const JsonValue& value) {
  const auto* text = value.if_string();
  if (text == nullptr) return value;
  const auto bare = trimmed(*text);
  if (!bare.starts_with('[') && !bare.starts_with('{')) return value;
  auto parsed = json::parse(bare);
  return parsed ? std::move(*parsed) : value;
}

std::optional<std::vector<std::string>> text_list(const JsonValue& value) {
  const auto whole = unfolded(value);
  std::vector<std::string> items;
  if (const auto* array = whole.if_array()) {
    for (const auto& item : *array) {
      auto text = scalar_text(item);
      if (!text) return std::nullopt;
      items.push_back(std::move(*text));
    }
    return items;
  }
  const auto* text = whole.if_string();
  if (text == nullptr) return std::nullopt;
  for (std::string_view rest(*text); !rest.empty();) {
    const auto comma = rest.find(',');
    const auto item = trimmed(rest.substr(0, comma));
    if (item.starts_with('[') || item.starts_with('{')) return std::nullopt;
    if (!item.empty()) items.emplace_back(item);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return items;
}

Complaint Boolean::read(const JsonValue& value, const Where&, bool& out) {
  // The words that YAML 1.1 takes for a boolean: existing files hold them.
  const auto word = lower_ascii(scalar_text(value).value_or(""));
  for (const auto* yes : {"true", "yes", "on", "1"}) {
    if (word == yes) return out = true, std::nullopt;
  }
  for (const auto* no : {"false", "no", "off", "0"}) {
    if (word == no) return out = false, std::nullopt;
  }
  return complain(kForm);
}

Complaint Text::read(const JsonValue& value, const Where&, std::string& out) {
  auto text = scalar_text(value);
  if (!text || text->find('\0') != std::string::npos) return complain(kForm);
  out = std::move(*text);
  return std::nullopt;
}

Complaint MapValue::read(const JsonValue& value, const Where&, std::string& out) {
  const auto map = unfolded(value);
  if (!map.is_object()) return complain(kForm);
  out = boost::json::serialize(map);
  return std::nullopt;
}

Complaint TextList::read(const JsonValue& value, const Where&, std::vector<std::string>& out) {
  auto list = text_list(value);
  if (!list) return complain(kForm);
  out = std::move(*list);
  return std::nullopt;
}

Complaint TextList::read(const JsonValue& value, const Where& where, std::optional<std::vector<std::string>>& out) {
  return read(value, where, out.emplace());
}

JsonValue TextList::write(const std::vector<std::string>& value) {
  return boost::json::array(value.begin(), value.end());
}

JsonValue TextList::write(const std::optional<std::vector<std::string>>& value) {
  return value ? write(*value) : JsonValue(nullptr);
}

Complaint FeedList::read(const JsonValue& value, const Where& where, std::vector<std::string>& out) {
  if (auto complaint = TextList::read(value, where, out)) return complaint;
  for (const auto& item : out) {
    if (!vuln::urls_of_feed(item)) return complain(kForm);
  }
  return std::nullopt;
}

Complaint PathValue::read(const JsonValue& value, const Where& where, std::filesystem::path& out) {
  const auto text = scalar_text(value);
  if (!text || text->empty() || text->find('\0') != std::string::npos) return complain(kForm);
  out = resolved(*text, where);
  return std::nullopt;
}

Complaint DatabaseUri::read(const JsonValue& value, const Where& where, std::string& out) {
  const auto text = scalar_text(value).value_or("");
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string::npos) return complain(kForm);
  const auto scheme = text.substr(0, scheme_end), rest = text.substr(scheme_end + 3);
  if (scheme.starts_with("mysql")) return fmt::format("{} (MySQL is not supported)", kForm);
  if (scheme == "sqlite") {
    // sqlite:///relative, sqlite:////absolute, as SQLAlchemy and Quay write it.
    if (rest.size() < 2 || rest[0] != '/') return complain(kForm);
    out = "sqlite:///" + resolved(rest.substr(1), where).string();
    return std::nullopt;
  }
  const auto driver = scheme.find('+');
  const auto base = scheme.substr(0, driver);
  if ((base != "postgresql" && base != "postgres") || rest.empty()) return complain(kForm);
  out = "postgresql://" + rest;
  return std::nullopt;
}

Complaint ReplicaList::read(const JsonValue& value, const Where& where, std::vector<std::string>& out) {
  const auto whole = unfolded(value);
  const auto* list = whole.if_array();
  if (list == nullptr) return complain(kForm);
  std::vector<std::string> uris;
  for (const auto& item : *list) {
    const auto* replica = item.if_object();
    const auto* given = replica == nullptr || replica->size() != 1 ? nullptr : replica->if_contains("DB_URI");
    const auto text = given == nullptr ? std::nullopt : scalar_text(*given);
    const auto wrong = [&](std::string_view what) {
      // Where there is no scheme nobody knows what is a password.
      const bool shows = text && text->find("://") != std::string::npos;
      return fmt::format("{}; number {} {}{}", kForm, uris.size() + 1, what,
                         shows ? ": " + without_password(*text) : std::string());
    };
    if (!text) return wrong("is not a map with DB_URI alone");
    std::string uri;
    if (DatabaseUri::read(*given, where, uri) || !uri.starts_with("postgresql:"))
      return wrong("is no postgresql:// URI");
    const auto parsed = db::parse_uri(uri);
    if (!parsed || !db::server_name(*parsed)) return wrong("is a URI that PostgreSQL's library cannot read");
    if (std::ranges::find(uris, uri) != uris.end()) return wrong("stands there twice");
    uris.push_back(std::move(uri));
  }
  out = std::move(uris);
  return std::nullopt;
}

JsonValue ReplicaList::write(const std::vector<std::string>& value) {
  boost::json::array list;
  for (const auto& uri : value) list.push_back(boost::json::object{{"DB_URI", without_password(uri)}});
  return list;
}

Complaint HostName::read(const JsonValue& value, const Where&, std::string& out) {
  auto text = scalar_text(value).value_or("/");
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == ':' || c == '[' || c == ']';
  };
  if (text.size() > 255 || !std::ranges::all_of(text, fits)) return fmt::format("{}, without http://", kForm);
  out = std::move(text);
  return std::nullopt;
}

Complaint ListenValue::read(const JsonValue& value, const Where&, Listen& out) {
  auto parsed = Listen::parse(scalar_text(value).value_or(""));
  if (!parsed) return complain(kForm);
  out = std::move(*parsed);
  return std::nullopt;
}

Complaint SizeValue::read(const JsonValue& value, const Where&, std::uint64_t& out) {
  const auto size = parse_size(scalar_text(value).value_or(""));
  if (!size || *size == 0) return complain(kForm);
  out = *size;
  return std::nullopt;
}

Complaint SpanValue::read(const JsonValue& value, const Where&, Span& out) {
  auto span = Span::parse(scalar_text(value).value_or(""));
  if (!span) return complain(kForm);
  out = std::move(*span);
  return std::nullopt;
}

Complaint SpanList::read(const JsonValue& value, const Where&, std::vector<Span>& out) {
  const auto list = text_list(value);
  if (!list || list->empty()) return complain(kForm);
  std::vector<Span> spans;
  for (const auto& item : *list) {
    auto span = Span::parse(item);
    if (!span) return complain(kForm);
    spans.push_back(std::move(*span));
  }
  out = std::move(spans);
  return std::nullopt;
}

JsonValue SpanList::write(const std::vector<Span>& value) {
  boost::json::array list;
  for (const auto& span : value) list.emplace_back(span.text);
  return list;
}

Complaint LogLevelValue::read(const JsonValue& value, const Where&, log::Level& out) {
  const auto level = log::parse_level(lower_ascii(scalar_text(value).value_or("")));
  if (!level) return complain(kForm);
  out = *level;
  return std::nullopt;
}

Complaint LogFormatValue::read(const JsonValue& value, const Where&, log::Format& out) {
  const auto format = log::parse_format(lower_ascii(scalar_text(value).value_or("")));
  if (!format) return complain(kForm);
  out = *format;
  return std::nullopt;
}

JsonValue LogFormatValue::write(log::Format value) {
  return JsonValue(value == log::Format::automatic ? "auto" : value == log::Format::text ? "text" : "json");
}

Complaint SchemeValue::read(const JsonValue& value, const Where&, std::string& out) {
  const auto scheme = scalar_text(value).value_or("");
  if (scheme != "http" && scheme != "https") return complain(kForm);
  out = scheme;
  return std::nullopt;
}

Complaint RegistryStateValue::read(const JsonValue& value, const Where&, RegistryState& out) {
  const auto state = scalar_text(value).value_or("");
  if (state != "normal" && state != "readonly") return complain(kForm);
  out = state == "normal" ? RegistryState::normal : RegistryState::readonly;
  return std::nullopt;
}

Complaint SeverityValue::read(const JsonValue& value, const Where&, std::string& out) {
  auto text = scalar_text(value).value_or("");
  constexpr std::string_view kWords[] = {"Critical", "High", "Medium", "Low", "Negligible", "Unknown"};
  if (std::ranges::find(kWords, text) == std::end(kWords)) return complain(kForm);
  out = std::move(text);
  return std::nullopt;
}

Complaint AuthenticationType::read(const JsonValue& value, const Where&, std::string& out) {
  auto text = scalar_text(value).value_or("");
  if (text != "Database") return fmt::format("{}: other kinds are not supported yet", kForm);
  out = std::move(text);
  return std::nullopt;
}

}  // namespace wharf::app::detail
