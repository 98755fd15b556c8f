#include "app/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "app/config_keys.h"
#include "base/hex.h"
#include "base/random.h"

namespace wharf::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A data folder, with a config.yaml in it where one is wanted.
class Folder {
 public:
  explicit Folder(std::string_view yaml = {})
      : path(std::filesystem::temp_directory_path() / ("wharf-test-" + to_hex(random_bytes(8)))) {
    std::filesystem::create_directories(path);
    if (!yaml.empty()) put("config.yaml", yaml);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  void put(std::string_view name, std::string_view content) const { std::ofstream(path / name) << content; }

  Result<LoadedConfig> load(std::map<std::string, std::string> environment = {},
                            std::vector<std::pair<std::string, std::string>> flags = {}) const {
    flags.emplace_back("DATA", path.string());
    return load_config({.file = {}, .environment = std::move(environment), .flags = std::move(flags)});
  }

  const std::filesystem::path path;
};

std::string problem(const Result<LoadedConfig>& loaded) { return loaded ? "" : loaded.error().message; }

TEST(Config, DefaultsLiveInTheDataFolder) {
  const Folder folder;
  const auto loaded = folder.load().value();
  const auto& config = loaded.config;
  EXPECT_EQ(config.listen.text(), "127.0.0.1:8080");
  EXPECT_TRUE(config.listen.is_loopback());
  EXPECT_EQ(config.database_uri(), "sqlite:///" + (folder.path / "wharf.db").string());
  EXPECT_EQ(config.blobs_folder(), folder.path / "blobs");
  EXPECT_EQ(config.uploads_folder(), folder.path / "uploads");
  EXPECT_EQ(config.keys_folder(), folder.path / "keys");
  EXPECT_EQ(config.maximum_layer_bytes, 20'000'000'000u);
  EXPECT_FALSE(config.tls());
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_THAT(loaded.set, ElementsAre("DATA"));
  EXPECT_TRUE(loaded.file.empty());
}

TEST(Config, LaterSourcesWin) {
  const Folder folder("REGISTRY_TITLE: file\nREGISTRY_TITLE_SHORT: file\nLIBRARY_NAMESPACE: file\nLISTEN: '[::1]:1'\n");
  const std::map<std::string, std::string> environment = {
      {"QUAY_OVERRIDE_CONFIG",
       R"({"REGISTRY_TITLE_SHORT": "override", "LIBRARY_NAMESPACE": "override", "LISTEN": "[::1]:2"})"},
      {"WHARF_LIBRARY_NAMESPACE", "environment"},
      {"WHARF_LISTEN", "[::1]:3"}};
  const auto config = folder.load(environment, {{"LISTEN", "[::1]:4"}}).value().config;
  EXPECT_EQ(config.registry_title, "file");
  EXPECT_EQ(config.registry_title_short, "override");
  EXPECT_EQ(config.library_namespace, "environment");
  EXPECT_EQ(config.listen.port, 4);
}

TEST(Config, NullMeansNotGiven) {
  const Folder folder("REGISTRY_TITLE: file\nSUPER_USERS: ~\nLIBRARY_NAMESPACE:\n");
  const auto loaded = folder.load({{"QUAY_OVERRIDE_CONFIG", R"({"REGISTRY_TITLE": null})"}}).value();
  EXPECT_EQ(loaded.config.registry_title, Config().registry_title);
  EXPECT_EQ(loaded.config.library_namespace, "library");
  EXPECT_THAT(loaded.set, ElementsAre("DATA"));
}

TEST(Config, ReadsAFileOfQuay) {
  const Folder folder(R"(
SERVER_HOSTNAME: registry.example.com:8443
PREFERRED_URL_SCHEME: https
EXTERNAL_TLS_TERMINATION: true
DB_URI: postgresql+psycopg2://quay:s3cret@db.example.com:5432/quay
SECRET_KEY: 0123456789012345678901234567890123456789
DATABASE_SECRET_KEY: 'a secret of the database, long enough'
AUTHENTICATION_TYPE: Database
DISTRIBUTED_STORAGE_CONFIG:
  local_us:
    - LocalStorage
    - storage_path: storage/registry
DISTRIBUTED_STORAGE_PREFERENCE: [local_us]
DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS:
- local_us
DEFAULT_TAG_EXPIRATION: 1w
TAG_EXPIRATION_OPTIONS: [0s, 1w, 1y]
SUPER_USERS:
  - alice
  - bob
FEATURE_ANONYMOUS_ACCESS: No
FEATURE_PUBLIC_CATALOG: "true"
FEATURE_BILLING: false
MAXIMUM_LAYER_SIZE: 1GiB
REGISTRY_STATE: readonly
BUILDLOGS_REDIS: {host: redis, port: 6379}
)");
  const auto loaded = folder.load().value();
  const auto& config = loaded.config;
  EXPECT_EQ(config.server_hostname, "registry.example.com:8443");
  EXPECT_EQ(config.preferred_url_scheme, "https");
  EXPECT_EQ(config.database_uri(), "postgresql://quay:s3cret@db.example.com:5432/quay");
  EXPECT_EQ(config.secret_key, "0123456789012345678901234567890123456789") << "digits stay as they were written";
  EXPECT_EQ(config.storage.front().id, "local_us");
  EXPECT_EQ(config.blobs_folder(), folder.path / "storage/registry");
  EXPECT_EQ(config.uploads_folder(), folder.path / "storage/registry/uploads");
  EXPECT_EQ(config.default_tag_expiration.seconds, std::chrono::weeks(1));
  EXPECT_EQ(config.tag_expiration_options.at(2).text, "1y");
  EXPECT_THAT(config.super_users, ElementsAre("alice", "bob"));
  EXPECT_FALSE(config.features.anonymous_access);
  EXPECT_TRUE(config.features.public_catalog);
  EXPECT_EQ(config.maximum_layer_bytes, 1u << 30);
  EXPECT_EQ(config.registry_state, RegistryState::readonly);
  EXPECT_THAT(loaded.warnings, ElementsAre("BUILDLOGS_REDIS in config.yaml is known to Quay, without effect here"));
}

TEST(Config, EveryKeyCanComeFromTheEnvironment) {
  const Folder folder;
  for (const auto& key : detail::keys()) {
    if (key.name == "DATA") continue;
    const auto value = key.get(Config());
    if (value.is_null()) continue;
    const auto text = value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
    const auto loaded = folder.load({{"WHARF_" + std::string(key.name), text}});
    ASSERT_TRUE(loaded) << key.name << ": " << problem(loaded);
    EXPECT_EQ(key.get(loaded->config), value) << key.name;
    EXPECT_EQ(std::ranges::count(loaded->set, key.name), text.empty() ? 0 : 1) << key.name;
  }
}

TEST(Config, ListsCanBeWrittenInThreeWays) {
  const Folder folder;
  for (const auto* text : {"alice,bob", " alice , bob ,", R"(["alice", "bob"])"}) {
    const auto config = folder.load({{"WHARF_SUPER_USERS", text}}).value().config;
    EXPECT_THAT(config.super_users, ElementsAre("alice", "bob")) << text;
  }
  EXPECT_THAT(folder.load({{"WHARF_SUPER_USERS", ""}}).value().config.super_users, IsEmpty());
  EXPECT_THAT(folder.load({{"WHARF_SUPER_USERS", "[]"}}).value().config.super_users, IsEmpty());
  const auto storage = folder.load(
      {{"WHARF_DISTRIBUTED_STORAGE_CONFIG", R"({"default": ["LocalStorage", {"storage_path": "/srv/blobs"}]})"}});
  EXPECT_EQ(storage.value().config.blobs_folder(), "/srv/blobs");
}

struct Wrong {
  const char* key;
  const char* value;
  const char* says;  // a part of the message
};

TEST(Config, NewBlobsGoToThePreferredLocation) {
  const std::string both =
      R"({"b": ["LocalStorage", {"storage_path": "/b"}], "a": ["S3Storage", {"s3_bucket": "x"}],
          "c-2.x_y": ["LocalStorage", {"storage_path": "/c"}]})";
  const auto target = [&both](std::map<std::string, std::string> more) {
    const Folder folder;
    more["WHARF_DISTRIBUTED_STORAGE_CONFIG"] = both;
    const auto config = folder.load(std::move(more)).value().config;
    EXPECT_EQ(config.storage.size(), 3u);
    return config.storage[config.storage_target()].id;
  };
  EXPECT_EQ(target({}), "b") << "the first that is configured";
  EXPECT_EQ(target({{"WHARF_DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS", "a,b"}}), "a");
  EXPECT_EQ(target({{"WHARF_DISTRIBUTED_STORAGE_PREFERENCE", "c-2.x_y,b"},
                    {"WHARF_DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS", "a,b"}}),
            "c-2.x_y");
}

TEST(Config, RefusesWrongValues) {
  const Wrong rows[] = {
      {"LISTEN", "8080", "expected HOST:PORT"},
      {"LISTEN", "127.0.0.1:65536", "expected HOST:PORT"},
      {"LISTEN", ":8080", "expected HOST:PORT"},
      {"LISTEN", "::1:8080", "expected HOST:PORT"},
      {"LISTEN", "http://127.0.0.1:80", "expected HOST:PORT"},
      {"LOG_LEVEL", "chatty", "expected debug, info, warn, error or off"},
      {"LOG_FORMAT", "xml", "expected auto, text or json"},
      {"ACCESS_LOG", "perhaps", "expected true or false"},
      {"EVENT_LOOPS", "-1", "a whole number from 0 to 1024"},
      {"EVENT_LOOPS", "2.5", "a whole number from 0 to 1024"},
      {"EVENT_LOOPS", "two", "a whole number"},
      {"EVENT_LOOPS", "99999999999999999999", "a whole number"},
      {"V2_PAGINATION_SIZE", "0", "a whole number from 1"},
      {"SERVER_HOSTNAME", "https://registry.example.com", "without http://"},
      {"SERVER_HOSTNAME", "registry.example.com/path", "without http://"},
      {"PREFERRED_URL_SCHEME", "HTTPS://", "expected http or https"},
      {"DB_URI", "mysql+pymysql://u:secret@h/db", "MySQL is not supported"},
      {"DB_URI", "/var/lib/wharf.db", "expected sqlite:///PATH"},
      {"DB_URI", "sqlite://", "expected sqlite:///PATH"},
      {"DB_URI", "oracle://u:secret@h/db", "expected sqlite:///PATH"},
      {"DB_READ_REPLICAS", "postgresql://u:secret@h/db", "expected list of {DB_URI: postgresql://"},
      {"DB_READ_REPLICAS", R"(["postgresql://u:secret@h/db"])", "number 1 is not a map with DB_URI alone"},
      {"DB_READ_REPLICAS", R"([{"DB_URI": "postgresql://h/db", "WEIGHT": 2}])", "number 1 is not a map with DB_URI"},
      {"DB_READ_REPLICAS", R"([{"DB_URI": "postgresql://h/db"}, {"DB_URI": "mysql://u:secret@h/db"}])",
       "number 2 is no postgresql:// URI: mysql://u:***@h/db"},
      {"DB_READ_REPLICAS", R"([{"DB_URI": "sqlite:////srv/wharf.db"}])", "number 1 is no postgresql:// URI"},
      {"DB_READ_REPLICAS", R"([{"DB_URI": "postgresql://u:secret@h/db?nonsense=1"}])",
       "cannot read: postgresql://u:***@h/db?nonsense=1"},
      {"DB_READ_REPLICAS", R"([{"DB_URI": "postgresql://h/db"}, {"DB_URI": "postgres://h/db"}])", "stands there twice"},
      {"DB_READ_REPLICAS", R"([{"DB_URI": "postgresql://u:secret@h/db"}])", "needs a postgresql:// URI in DB_URI, not"},
      {"DB_REPLICA_MAX_LAG_S", "0", "a whole number from 1 to 3600"},
      {"AUTHENTICATION_TYPE", "LDAP", "expected Database: other kinds are not supported yet"},
      {"DISTRIBUTED_STORAGE_CONFIG", "/srv/blobs", "expected {ID: [DRIVER"},
      {"DISTRIBUTED_STORAGE_CONFIG", "{}", "expected {ID: [DRIVER"},
      {"DISTRIBUTED_STORAGE_CONFIG", R"({"a": ["LocalStorage"]})", "expected {ID: [DRIVER"},
      {"DISTRIBUTED_STORAGE_CONFIG", R"({"a": ["LocalStorage", {}]})", "needs storage_path"},
      {"DISTRIBUTED_STORAGE_CONFIG", R"({"a": ["LocalStorage", {"storage_path": "/s", "bucket": "b"}]})", "no bucket"},
      {"DISTRIBUTED_STORAGE_CONFIG", R"({"a": ["AzureStorage", {"azure_account_key": "secret"}]})",
       "the driver AzureStorage is not supported; expected LocalStorage, S3Storage"},
      {"DISTRIBUTED_STORAGE_CONFIG", R"({"a": ["S3Storage", {"s3_region": "eu-west-1"}]})", "needs s3_bucket"},
      {"DISTRIBUTED_STORAGE_CONFIG", R"({"a": ["S3Storage", {"s3_bucket": "b", "s3_secret_key": "secret"}]})",
       "go together"},
      {"DISTRIBUTED_STORAGE_CONFIG", R"({"a": ["S3Storage", {"s3_bucket": "b", "endpoint_url": "minio:9000"}]})",
       "endpoint_url: expected http://HOST:PORT"},
      {"DISTRIBUTED_STORAGE_CONFIG", R"({"a": ["S3Storage", {"s3_bucket": "b", "signature_version": "s3"}]})",
       "only version 4"},
      {"DISTRIBUTED_STORAGE_CONFIG", R"({"a": ["RadosGWStorage", {"hostname": "h", "bucket_name": "b"}]})",
       "RadosGWStorage needs access_key"},
      {"DISTRIBUTED_STORAGE_CONFIG",
       R"({"a": ["LocalStorage", {"storage_path": "/a"}], "b": ["LocalStorage", {"storage_path": "/x/../a/"}]})",
       "a store of its own for each: a and b are the same"},
      {"DISTRIBUTED_STORAGE_CONFIG",
       R"({"a": ["S3Storage", {"s3_bucket": "x", "storage_path": "/y"}],
           "b": ["S3Storage", {"s3_bucket": "x", "storage_path": "y/", "s3_region": "us-east-1", "host": "s3.amazonaws.com"}]})",
       "a and b are the same"},
      {"DISTRIBUTED_STORAGE_CONFIG",
       R"({"a/b": ["LocalStorage", {"storage_path": "/a"}], "b": ["LocalStorage", {"storage_path": "/b"}]})",
       "not \"a/b\""},
      {"DISTRIBUTED_STORAGE_CONFIG",
       R"({"": ["LocalStorage", {"storage_path": "/a"}], "b": ["LocalStorage", {"storage_path": "/b"}]})", "not \"\""},
      {"DISTRIBUTED_STORAGE_PREFERENCE", "elsewhere", "\"elsewhere\" is not in DISTRIBUTED_STORAGE_CONFIG"},
      {"DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS", "elsewhere", "is not in DISTRIBUTED_STORAGE_CONFIG"},
      {"DEFAULT_TAG_EXPIRATION", "2 weeks", "a number and s, m, h, d, w or y"},
      {"DEFAULT_TAG_EXPIRATION", "w", "a number and s"},
      {"DEFAULT_TAG_EXPIRATION", "-1w", "a number and s"},
      {"DEFAULT_TAG_EXPIRATION", "3w", "3w must be one of TAG_EXPIRATION_OPTIONS"},
      {"DEFAULT_TAG_EXPIRATION", "9999999999y", "a number and s"},
      {"TAG_EXPIRATION_OPTIONS", "1w, never", "list of numbers with s"},
      {"TAG_EXPIRATION_OPTIONS", "[]", "list of numbers with s"},
      {"MAXIMUM_LAYER_SIZE", "big", "expected bytes, such as 20G"},
      {"MAXIMUM_LAYER_SIZE", "0", "expected bytes"},
      {"MAXIMUM_LAYER_SIZE", "20X", "expected bytes"},
      {"MAXIMUM_LAYER_SIZE", "99999999999P", "expected bytes"},
      {"SUPER_USERS", "Alice", "\"Alice\" is no account's name"},
      {"SUPER_USERS", R"({"alice": true})", "expected list of names"},
      {"SUPER_USERS", R"([["alice"]])", "expected list of names"},
      {"GLOBAL_READONLY_SUPER_USERS", "a b", "is no account's name"},
      {"RESTRICTED_USERS_WHITELIST", "a b", "is no account's name"},
      {"LIBRARY_NAMESPACE", "no/slash", "is no account's name"},
      {"ROBOTS_WHITELIST", "acme", "is no robot's name"},
      {"REGISTRY_STATE", "broken", "expected normal or readonly"},
      {"REGISTRY_JWT_AUTH_MAX_FRESH_S", "5", "a whole number from 60"},
      {"TLS_CERTIFICATE", "/etc/cert.pem", "one is useless without the other"},
      {"TLS_KEY", "/etc/key.pem", "one is useless without the other"},
      {"FEATURE_USER_INITIALIZE", "maybe", "expected true or false"},
  };
  for (const auto& [key, value, says] : rows) {
    const Folder folder;
    const auto loaded = folder.load({{std::string("WHARF_") + key, value}});
    ASSERT_FALSE(loaded) << key << '=' << value;
    EXPECT_EQ(loaded.error().code, Errc::invalid_request);
    EXPECT_THAT(problem(loaded), HasSubstr(key)) << value;
    EXPECT_THAT(problem(loaded), HasSubstr(says)) << value;
    EXPECT_THAT(problem(loaded), Not(HasSubstr("secret\""))) << "no secret in a message";
    EXPECT_THAT(problem(loaded), Not(HasSubstr(":secret@"))) << "no secret in a message";
  }
}

TEST(Config, ReadReplicasAreListedAsInQuay) {
  const Folder folder(R"(
DB_URI: postgresql://wharf:s3cret@db.example.com/wharf
DB_READ_REPLICAS:
  - DB_URI: postgresql+psycopg2://wharf:s3cret@one.example.com/wharf
  - DB_URI: postgresql://wharf:s3cret@two.example.com/wharf?sslmode=require
)");
  const auto config = folder.load().value().config;
  EXPECT_THAT(config.replica_uris, ElementsAre("postgresql://wharf:s3cret@one.example.com/wharf",
                                               "postgresql://wharf:s3cret@two.example.com/wharf?sslmode=require"));
  EXPECT_EQ(config.replica_max_lag, std::chrono::seconds(10));
  EXPECT_THAT(config_dump(config), Not(HasSubstr("s3cret")));
  for (const auto& [key, value] : describe_config(config)) EXPECT_THAT(value, Not(HasSubstr("s3cret"))) << key;

  const auto one = R"([{"DB_URI": "postgresql://h/db"}])";
  EXPECT_THAT(folder.load({{"WHARF_DB_READ_REPLICAS", one}}).value().config.replica_uris,
              ElementsAre("postgresql://h/db"));
  EXPECT_THAT(folder.load({}, {{"DB_READ_REPLICAS", "[]"}}).value().config.replica_uris, IsEmpty());
}

TEST(Config, SaysAllThatIsWrongAtOnceAndWhere) {
  const Folder folder("LISTEN: here\nSECRET_KEY: [a, b]\n");
  const auto text = problem(folder.load({{"WHARF_LOG_LEVEL", "loud"}}));
  EXPECT_THAT(text, HasSubstr("LISTEN: \"here\" in config.yaml is wrong"));
  EXPECT_THAT(text, HasSubstr("LOG_LEVEL: \"loud\" in environment WHARF_LOG_LEVEL is wrong"));
  EXPECT_THAT(text, HasSubstr("SECRET_KEY: \"***\" in config.yaml is wrong"));
}

TEST(Config, RefusesContradictions) {
  struct Row {
    const char* yaml;
    const char* says;
  };
  const Row rows[] = {
      {"EXTERNAL_TLS_TERMINATION: true\nPREFERRED_URL_SCHEME: http\n", "EXTERNAL_TLS_TERMINATION"},
      {"TLS_SELF_SIGNED: true\nTLS_CERTIFICATE: c\nTLS_KEY: k\n", "TLS_SELF_SIGNED"},
      {"LISTEN: a:1\nLISTEN: b:2\n", "LISTEN: stands twice"},
      {"- a\n- b\n", "must hold keys and values"},
      {"a: [\n", "line"},
      {"just text\n", "must hold keys and values"},
  };
  for (const auto& [yaml, says] : rows) {
    const Folder folder(yaml);
    EXPECT_THAT(problem(folder.load()), HasSubstr(says)) << yaml;
  }
  const Folder folder;
  EXPECT_THAT(problem(folder.load({{"QUAY_OVERRIDE_CONFIG", "[1]"}})), HasSubstr("must be a JSON object"));
  EXPECT_THAT(problem(folder.load({{"QUAY_OVERRIDE_CONFIG", "{"}})), HasSubstr("QUAY_OVERRIDE_CONFIG"));
  EXPECT_THAT(problem(folder.load({}, {{"LISTNE", "a:1"}})), HasSubstr("LISTNE: there is no such key"));
  EXPECT_THAT(problem(folder.load({{"WHARF_CONFIG", (folder.path / "none.yaml").string()}})), HasSubstr("none.yaml"));
}

TEST(Config, RefusesAFileMadeToGrow) {
  std::string yaml = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'j'; ++c) {
    const std::string before = "*" + std::string(1, static_cast<char>(c - 1));
    yaml += std::string(1, c) + ": &" + c + " [" + before;
    for (int i = 0; i < 9; ++i) yaml += "," + before;
    yaml += "]\n";
  }
  const Folder folder(yaml);
  EXPECT_THAT(problem(folder.load()), HasSubstr("nested too deeply"));
}

TEST(Config, WarnsAboutWhatNobodyReads) {
  const Folder folder(R"(
SERVER_HOSTNMAE: registry.example.com
FEATURE_QUOTA_MANAGEMENT: true
FEATURE_BILLING: false
MYCORP_LOGIN_CONFIG: {OIDC_SERVER: https://login.example.com/}
COMPLETELY_DIFFERENT: 1
SECRET_KEY: short
PREFERRED_URL_SCHEME: https
)");
  const auto warnings = folder.load({{"WHARF_LISTN", "a:1"}}).value().warnings;
  EXPECT_THAT(warnings,
              testing::UnorderedElementsAre(
                  HasSubstr("SERVER_HOSTNMAE in config.yaml is unknown and without effect: is SERVER_HOSTNAME meant?"),
                  "FEATURE_QUOTA_MANAGEMENT in config.yaml is known to Quay, without effect here",
                  "MYCORP_LOGIN_CONFIG in config.yaml is known to Quay, without effect here",
                  "COMPLETELY_DIFFERENT in config.yaml is unknown and without effect",
                  HasSubstr("WHARF_LISTN in the environment is unknown and without effect: is LISTEN meant?"),
                  HasSubstr("SECRET_KEY is short"), HasSubstr("the server speaks HTTP")));
}

TEST(Config, FindsTheCertificateBesideTheFile) {
  const Folder folder("REGISTRY_TITLE: x\n");
  folder.put("ssl.cert", "certificate");
  EXPECT_FALSE(folder.load().value().config.tls());
  EXPECT_THAT(folder.load().value().warnings, ElementsAre(HasSubstr("ssl.cert is there without ssl.key")));
  folder.put("ssl.key", "key");
  EXPECT_TRUE(folder.load().value().config.tls());
  EXPECT_EQ(folder.load().value().config.tls_key, folder.path / "ssl.key");
  const std::map<std::string, std::string> own = {{"WHARF_TLS_CERTIFICATE", "/c"}, {"WHARF_TLS_KEY", "/k"}};
  EXPECT_EQ(folder.load(own).value().config.tls_key, "/k");
  EXPECT_FALSE(folder.load({{"WHARF_TLS_SELF_SIGNED", "false"}}).value().config.tls()) << "switched off on purpose";
}

TEST(Config, SizesAndSpans) {
  const std::pair<const char*, std::uint64_t> sizes[] = {{"0", 0},
                                                         {"1234", 1234},
                                                         {"20G", 20'000'000'000},
                                                         {"20g", 20'000'000'000},
                                                         {"20 GB", 20'000'000'000},
                                                         {"1GiB", 1u << 30},
                                                         {"1Gi", 1u << 30},
                                                         {"5k", 5000},
                                                         {"5KiB", 5120},
                                                         {"2T", 2'000'000'000'000},
                                                         {"7B", 7}};
  for (const auto& [text, bytes] : sizes) EXPECT_EQ(parse_size(text), bytes) << text;
  for (const auto* text : {"", "G", "1.5G", "-1", "1GG", "1iB", "1 i", "1G x", "9223372036854775808", "10000000P"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
  const std::pair<const char*, std::int64_t> spans[] = {
      {"0s", 0}, {"90s", 90}, {"10m", 600}, {"2h", 7200}, {"1d", 86400}, {"2w", 1'209'600}, {"1y", 31'536'000}};
  for (const auto& [text, seconds] : spans) EXPECT_EQ(Span::parse(text)->seconds.count(), seconds) << text;
  for (const auto* text : {"", "5", "s", "1 w", "1W", "1ww", "1.5d", "101y"}) EXPECT_FALSE(Span::parse(text)) << text;
}

TEST(Config, ListenKnowsWhatOthersCanReach) {
  for (const auto* text : {"127.0.0.1:80", "127.9.9.9:0", "localhost:80", "[::1]:80"}) {
    EXPECT_TRUE(Listen::parse(text).value().is_loopback()) << text;
    EXPECT_EQ(Listen::parse(text)->text(), text);
  }
  for (const auto* text : {"0.0.0.0:80", "[::]:80", "192.168.0.1:80", "127.example.com:80", "example.com:80"}) {
    EXPECT_FALSE(Listen::parse(text).value().is_loopback()) << text;
    EXPECT_EQ(Listen::parse(text)->text(), text);
  }
  for (const auto* text :
       {"", ":", "[]:80", "[::1]", "[::1:80", "a b:80", "host:", "host:-1", "host:80x", "[host]:80"}) {
    EXPECT_FALSE(Listen::parse(text)) << text;
  }
}

TEST(Config, DescriptionHidesSecrets) {
  const Folder folder;
  const auto config = folder
                          .load({{"WHARF_SECRET_KEY", "a secret that is long enough"},
                                 {"WHARF_DB_URI", "postgresql://user:pass@wo/rd@host/db?sslmode=require"}})
                          .value()
                          .config;
  std::string all;
  for (const auto& [key, value] : describe_config(config)) all += key + '=' + value + '\n';
  EXPECT_THAT(all, HasSubstr("SECRET_KEY=***\n"));
  EXPECT_THAT(all, HasSubstr("DATABASE_SECRET_KEY=\n"));
  EXPECT_THAT(all, HasSubstr("DB_URI=postgresql://user:***@host/db?sslmode=require\n"));
  EXPECT_THAT(all, Not(HasSubstr("long enough")));
  EXPECT_EQ(detail::without_password("postgresql:///db?user=u&password=p&host=h"),
            "postgresql:///db?user=u&password=***&host=h");
  EXPECT_EQ(detail::without_password("postgresql:///db?password=p&sslpassword=q&password=password%3D"),
            "postgresql:///db?password=***&sslpassword=***&password=***");
  EXPECT_EQ(detail::without_password("sqlite:////srv/wharf.db"), "sqlite:////srv/wharf.db");
}

TEST(Config, NoKeyIsInBothTables) {
  std::set<std::string_view> names;
  for (const auto& key : detail::keys()) {
    EXPECT_TRUE(names.insert(key.name).second) << key.name;
    EXPECT_FALSE(detail::is_quay_key(key.name)) << key.name;
  }
  EXPECT_EQ(detail::nearest_key("SUPER_USER"), "SUPER_USERS");
  EXPECT_EQ(detail::nearest_key("FEATURE_MAILNG"), "FEATURE_MAILING");
}

TEST(Config, ReferenceInTheDocumentationIsUpToDate) {
  std::ifstream file(WHARF_SOURCE_DIR "/docs/configuration.md");
  const std::string page((std::istreambuf_iterator<char>(file)), {});
  if (page == config_reference_markdown()) return;
  const auto fresh = std::filesystem::temp_directory_path() / "configuration.md";
  std::ofstream(fresh) << config_reference_markdown();
  ADD_FAILURE() << "docs/configuration.md is out of date; the new text is in " << fresh;
}

}  // namespace
}  // namespace wharf::app
