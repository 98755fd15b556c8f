#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "app/config_keys.h"
#include "app/config_values.h"
#include "app/first_start.h"
#include "base/json.h"
#include "base/names.h"

namespace wharf::app {
namespace {

using detail::JsonValue;
using detail::Where;

constexpr std::string_view kPrefix = "WHARF_";
constexpr std::uintmax_t kLargestFile = 1024 * 1024;
constexpr int kDeepest = 32;

struct Given {
  JsonValue value;
  Where where;
};

/// The work of one load: first all values are gathered, later sources over earlier ones; then each is read.
class Loader {
 public:
  explicit Loader(const ConfigSources& sources) : sources_(sources) {}

  Result<LoadedConfig> load() {
    read_file();
    read_override();
    read_environment();
    for (const auto& [key, text] : sources_.flags) {
      if (detail::find_key(key) == nullptr) complain("{}: there is no such key", key);
      give(key, JsonValue(text), {"the command line", {}});
    }
    for (const auto& [name, given] : given_) apply(name, given);
    if (complaints_.empty()) check();
    if (!complaints_.empty()) {
      std::string all;
      for (const auto& line : complaints_) all.append(all.empty() ? "" : "\n").append(line);
      return Error{Errc::invalid_request, std::move(all)};
    }
    return std::move(loaded_);
  }

 private:
  template <class... T>
  void complain(fmt::format_string<T...> format, T&&... values) {
    complaints_.push_back(fmt::format(format, std::forward<T>(values)...));
  }
  template <class... T>
  void warn(fmt::format_string<T...> format, T&&... values) {
    loaded_.warnings.push_back(fmt::format(format, std::forward<T>(values)...));
  }

  void give(std::string_view key, JsonValue value, Where where) {
    if (value.is_null()) {
      given_.erase(std::string(key));  // as in Quay's own overrides: back to the default
    } else {
      given_.insert_or_assign(std::string(key), Given{std::move(value), std::move(where)});
    }
  }

  std::string environment(const std::string& name) const {
    const auto found = sources_.environment.find(name);
    return found == sources_.environment.end() ? std::string() : found->second;
  }

  std::filesystem::path file_to_read() const {
    if (!sources_.file.empty()) return sources_.file;
    if (auto named = environment("WHARF_CONFIG"); !named.empty()) return named;
    auto data = Config().data;
    if (auto named = environment("WHARF_DATA"); !named.empty()) data = named;
    for (const auto& [key, text] : sources_.flags) {
      if (key == "DATA") data = text;
    }
    std::error_code failed;
    const auto beside = data / "config.yaml";
    return std::filesystem::exists(beside, failed) ? beside : std::filesystem::path();
  }

  void read_file() {
    const auto path = file_to_read();
    if (path.empty()) return;
    loaded_.file = path;
    std::error_code failed;
    const auto size = std::filesystem::file_size(path, failed);
    if (failed) return complain("{}: {}", path.string(), failed.message());
    if (size > kLargestFile) return complain("{}: larger than 1 MiB", path.string());
    std::ifstream stream(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    if (!stream) return complain("{}: cannot be read", path.string());
    const Where where{path.filename().string(), std::filesystem::absolute(path).parent_path()};
    try {
      const auto document = YAML::Load(text);
      if (document.IsNull()) return;
      if (!document.IsMap()) return complain("{}: must hold keys and values", path.string());
      std::set<std::string> seen;
      for (const auto& entry : document) {
        const auto key = entry.first.as<std::string>();
        if (!seen.insert(key).second) {
          complain("{}: stands twice in {}", key, where.source);
          continue;
        }
        note_unknown(key, key, where.source, entry.second);
        give(key, json_of(entry.second, 0), where);
      }
    } catch (const YAML::Exception& problem) {
      complain("{}: line {}, column {}: {}", path.string(), problem.mark.line + 1, problem.mark.column + 1,
               problem.msg);
    }
  }

  /// Scalars stay text: each kind of value knows how to read it, and 0x10 in a password stays what was written.
  JsonValue json_of(const YAML::Node& node, int depth) {
    if (depth > kDeepest || ++nodes_ > 100'000) throw YAML::Exception(node.Mark(), "nested too deeply");
    if (node.IsScalar()) return JsonValue(node.Scalar());
    if (node.IsSequence()) {
      boost::json::array list;
      for (const auto& item : node) list.push_back(json_of(item, depth + 1));
      return list;
    }
    if (node.IsMap()) {
      boost::json::object map;
      for (const auto& entry : node) map[entry.first.as<std::string>()] = json_of(entry.second, depth + 1);
      return map;
    }
    return nullptr;
  }

  void read_override() {
    const std::string name = "QUAY_OVERRIDE_CONFIG";
    const auto text = environment(name);
    if (text.empty()) return;
    auto document = json::parse(text);
    if (!document || !document->is_object()) {
      return complain("{}: must be a JSON object{}", name, document ? "" : ": " + document.error().message);
    }
    for (const auto& [key, value] : document->get_object()) {
      note_unknown(key, key, name, value);
      give(key, value, {name, {}});
    }
  }

  void read_environment() {
    for (const auto& [name, text] : sources_.environment) {
      if (!name.starts_with(kPrefix) || name == "WHARF_CONFIG" || text.empty()) continue;
      if (is_first_start_variable(name)) continue;
      const auto key = name.substr(kPrefix.size());
      note_unknown(key, name, "the environment", text);
      give(key, JsonValue(text), {"environment " + name, {}});
    }
  }

  static bool is_off(const JsonValue& value) {
    bool on = true;
    return !detail::Boolean::read(value, {}, on) && !on;
  }
  static bool is_off(const YAML::Node& value) { return value.IsScalar() && is_off(JsonValue(value.Scalar())); }
  static bool is_off(const std::string& value) { return is_off(JsonValue(value)); }

  /// Warns about a key that nobody will read. `name` is how it was written.
  template <class Value>
  void note_unknown(std::string_view key, std::string_view name, std::string_view source, const Value& value) {
    if (detail::find_key(key) != nullptr) return;
    loaded_.config.unknown_keys.emplace_back(key);
    if (detail::is_quay_key(key)) {
      // A feature that is off is just what one gets here.
      if (key.starts_with("FEATURE_") && is_off(value)) return;
      return warn("{} in {} is known to Quay, without effect here", name, source);
    }
    const auto nearest = detail::nearest_key(key);
    if (nearest.empty()) {
      warn("{} in {} is unknown and without effect", name, source);
    } else {
      warn("{} in {} is unknown and without effect: is {} meant?", name, source, nearest);
    }
  }

  void apply(const std::string& name, const Given& given) {
    const auto* key = detail::find_key(name);
    if (key == nullptr) return;
    loaded_.set.push_back(name);
    if (const auto expected = key->set(loaded_.config, given.value, given.where)) {
      const auto value = detail::shown(detail::unfolded(given.value), key->secret);
      complain("{}: \"{}\" in {} is wrong: expected {}", name, value, given.where.source, *expected);
    }
  }

  bool is_given(std::string_view name) const { return given_.contains(std::string(name)); }

  /// What one key alone cannot tell.
  void check() {
    auto& config = loaded_.config;
    config.data = std::filesystem::absolute(config.data).lexically_normal();
    check_tls();
    const auto& scheme = config.preferred_url_scheme;
    if (config.external_tls_termination && scheme == "http") {
      complain("EXTERNAL_TLS_TERMINATION: needs PREFERRED_URL_SCHEME https, not http");
    } else if (config.external_tls_termination) {
      config.preferred_url_scheme = "https";
    } else if (scheme == "https" && !config.tls()) {
      warn(
          "PREFERRED_URL_SCHEME is https, but the server speaks HTTP: give it a certificate, or set "
          "EXTERNAL_TLS_TERMINATION if a proxy speaks HTTPS for it");
    } else if (scheme == "http" && config.tls()) {
      warn("PREFERRED_URL_SCHEME is http, but the server speaks HTTPS alone");
    }
    const auto is_default = [&](const Span& option) { return option.seconds == config.default_tag_expiration.seconds; };
    if (std::ranges::none_of(config.tag_expiration_options, is_default)) {
      complain("DEFAULT_TAG_EXPIRATION: {} must be one of TAG_EXPIRATION_OPTIONS", config.default_tag_expiration.text);
    }
    if (!config.replica_uris.empty() && !config.database_uri().starts_with("postgresql:")) {
      complain("DB_READ_REPLICAS: needs a postgresql:// URI in DB_URI, not {}: they are standbys of that",
               detail::without_password(config.database_uri()));
    }
    check_locations("DISTRIBUTED_STORAGE_PREFERENCE", config.storage_preference);
    check_locations("DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS", config.storage_default_locations);
    check_names("SUPER_USERS", config.super_users);
    check_names("GLOBAL_READONLY_SUPER_USERS", config.global_readonly_super_users);
    if (config.restricted_users_whitelist) {
      check_names("RESTRICTED_USERS_WHITELIST", *config.restricted_users_whitelist);
    }
    check_names("LIBRARY_NAMESPACE", {config.library_namespace});
    for (const auto& name : config.robots_whitelist) {
      if (!RobotName::parse(name)) complain("ROBOTS_WHITELIST: \"{}\" is no robot's name, such as acme+ci", name);
    }
    if (!config.mail_server.empty() && config.server_hostname.empty()) {
      // The Host of a request is whatever its sender says: it must not get into a link that lets one in.
      complain("MAIL_SERVER: needs SERVER_HOSTNAME, with which the links in mails begin");
    }
    check_secret("SECRET_KEY", config.secret_key);
    check_secret("DATABASE_SECRET_KEY", config.database_secret_key);
  }

  void check_tls() {
    auto& config = loaded_.config;
    if (config.tls_certificate.empty() != config.tls_key.empty()) {
      return complain("TLS_CERTIFICATE and TLS_KEY: one is useless without the other");
    }
    if (config.tls_self_signed && !config.tls_certificate.empty()) {
      return complain("TLS_SELF_SIGNED: there is a TLS_CERTIFICATE as well; give one of the two");
    }
    if (config.tls() || is_given("TLS_SELF_SIGNED") || loaded_.file.empty()) return;
    const auto folder = std::filesystem::absolute(loaded_.file).parent_path();
    const auto certificate = folder / "ssl.cert", key = folder / "ssl.key";
    std::error_code failed;
    const bool has_certificate = std::filesystem::exists(certificate, failed);
    const bool has_key = std::filesystem::exists(key, failed);
    if (has_certificate && has_key) {
      config.tls_certificate = certificate;
      config.tls_key = key;
    } else if (has_certificate || has_key) {
      warn("{} is there without {}: the server speaks HTTP", has_key ? "ssl.key" : "ssl.cert",
           has_key ? "ssl.cert" : "ssl.key");
    }
  }

  void check_locations(std::string_view key, const std::vector<std::string>& ids) {
    std::string known;
    for (const auto& location : loaded_.config.storage) known += (known.empty() ? "" : ", ") + location.id;
    for (const auto& id : ids) {
      if (std::ranges::find(loaded_.config.storage, id, &StorageLocation::id) == loaded_.config.storage.end()) {
        complain("{}: \"{}\" is not in DISTRIBUTED_STORAGE_CONFIG; expected {}", key, id, known);
      }
    }
  }

  void check_names(std::string_view key, const std::vector<std::string>& names) {
    for (const auto& name : names) {
      if (!is_account_name(name)) complain("{}: \"{}\" is no account's name", key, name);
    }
  }

  void check_secret(std::string_view key, const std::string& secret) {
    if (!secret.empty() && secret.size() < 16) warn("{} is short: take 32 random characters or more", key);
  }

  const ConfigSources& sources_;
  LoadedConfig loaded_;
  std::map<std::string, Given> given_;
  std::vector<std::string> complaints_;
  std::size_t nodes_ = 0;
};

}  // namespace

Result<LoadedConfig> load_config(const ConfigSources& sources) { return Loader(sources).load(); }

}  // namespace wharf::app
