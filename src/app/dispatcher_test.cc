#include "app/dispatcher.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

#include "base/hex.h"
#include "base/log.h"
#include "base/testing.h"
#include "tests/support/test_registry.h"

namespace wharf::app {
namespace {

using test::Answer;
using test::Names;
using test::TestRegistry;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

TEST(TestRegistry, PushesAndListsNewestFirst) {
  TestRegistry reg;
  reg.push("acme/app", {"v1", "v2", "v3"});
  const auto page = reg.as("owner").get("/api/v1/repository/acme/app/tag/?limit=2");
  EXPECT_EQ(page.names("tags"), (Names{"v3", "v2"}));
  EXPECT_TRUE(page.flag("/has_additional"));
}

TEST(TestRegistry, KeepsItsDataOverARestart) {
  TestRegistry reg({.filesystem_blobs = true});
  const auto digests = reg.push("acme/app", {"v1"});
  reg.restart();
  const auto manifest = reg.registry("owner", "acme/app").get("/v2/acme/app/manifests/v1");
  EXPECT_EQ(manifest.status, 200);
  EXPECT_EQ(manifest.header("Docker-Content-Digest"), digests[0]);
}

TEST(Dispatcher, SaysInEachProtocolsWordsThatNothingIsThere) {
  TestRegistry reg;
  auto nobody = reg.as("nobody");
  const auto api = nobody.get("/api/v1/nothing");
  EXPECT_EQ(api.status, 404);
  EXPECT_EQ(api.string("/error_type"), "not_found");
  EXPECT_EQ(api.string("/type"), reg.url() + "/api/v1/error/not_found");
  const auto registry = nobody.get("/v2/acme/app/nothing");
  EXPECT_EQ(registry.status, 404);
  EXPECT_EQ(registry.string("/errors/0/code"), "NOT_FOUND");
  EXPECT_EQ(registry.header("Docker-Distribution-API-Version"), "registry/2.0");
  const auto web = nobody.get("/nothing");
  EXPECT_EQ(web.status, 404);
  EXPECT_EQ(web.header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(nobody.get("/api%zz").status, 404);
  EXPECT_EQ(nobody.get("/apix").header("Content-Type"), "text/plain; charset=utf-8");
}

TEST(Dispatcher, SaysWhatAPathAllows) {
  TestRegistry reg;
  auto nobody = reg.as("nobody");
  const auto api = nobody.del("/api/v1/users/alice");
  EXPECT_EQ(api.status, 405);
  EXPECT_EQ(api.header("Allow"), "GET, HEAD");
  EXPECT_EQ(api.string("/error_type"), "invalid_request");
  const auto registry = nobody.post("/v2/acme/app/tags/list", json::Object{});
  EXPECT_EQ(registry.status, 405);
  EXPECT_EQ(registry.string("/errors/0/code"), "UNSUPPORTED");
  EXPECT_EQ(nobody.post("/health", json::Object{}).status, 405);
  EXPECT_EQ(nobody.request("BREW", "/api/v1/users/alice").status, 405);

  const auto options = nobody.request("OPTIONS", "/api/v1/users/alice");
  EXPECT_EQ(options.status, 200);
  EXPECT_EQ(options.header("Allow"), "GET, HEAD");
  EXPECT_EQ(options.header("Access-Control-Allow-Origin"), "*");
  EXPECT_THAT(options.header("Access-Control-Allow-Methods"), HasSubstr("PUT"));
  EXPECT_EQ(nobody.request("OPTIONS", "/api/v1/nothing").status, 404);
}

TEST(Dispatcher, HeadIsGetWithoutABody) {
  TestRegistry reg;
  auto owner = reg.as("owner");
  const auto get = owner.get("/api/v1/user/");
  const auto head = owner.head("/api/v1/user/");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.text, "");
  EXPECT_EQ(head.header("Content-Length"), std::to_string(get.text.size()));
  EXPECT_EQ(reg.as("nobody").head("/api/v1/user/").status, 401);
}

TEST(Dispatcher, EveryAnswerOfTheApiHasItsHeaders) {
  TestRegistry reg;
  for (const auto* path : {"/api/v1/user/", "/api/v1/nothing", "/api/v1/discovery"}) {
    const auto answer = reg.as("nobody").get(path);
    EXPECT_EQ(answer.header("X-Frame-Options"), "DENY") << path;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*") << path;
    EXPECT_FALSE(answer.has_header("Strict-Transport-Security")) << path;
    EXPECT_FALSE(answer.has_header("WWW-Authenticate")) << path;
    EXPECT_THAT(answer.header("X-Request-Id"), MatchesRegex("[0-9a-f]{16}")) << path;
  }
}

TEST(Dispatcher, KnowsTheBearerOfAnApiToken) {
  TestRegistry reg;
  const auto token = reg.token("owner");
  for (const auto* word : {"Bearer ", "bearer ", "BEARER  "}) {
    EXPECT_EQ(reg.with(word + token).get("/api/v1/user/").string("/username"), "owner") << word;
  }
  std::string other = token;
  other.back() = other.back() == 'A' ? 'B' : 'A';
  for (const auto& bad : {other, std::string("x"), std::string(), token + "A", token.substr(1)}) {
    // Refused even where no token is needed.
    for (const auto* path : {"/api/v1/user/", "/api/v1/discovery"}) {
      const auto answer = reg.with("Bearer " + bad).get(path);
      EXPECT_EQ(answer.status, 401) << path << ' ' << bad;
      EXPECT_EQ(answer.string("/error_type"), "invalid_token");
    }
  }
  // Other schemes are nobody's.
  EXPECT_EQ(reg.with("Basic b3duZXI6eA==").get("/api/v1/user/").status, 401);
  EXPECT_EQ(reg.with("Basic b3duZXI6eA==").get("/api/v1/discovery").status, 200);
}

struct Challenge {
  std::string_view verb;
  std::string_view path;
  std::string_view scope;
};

TEST(Dispatcher, ChallengesForWhatTheRegistryOperationNeeds) {
  TestRegistry reg;
  const std::string digest = "sha256:" + std::string(64, '0');
  const Challenge rows[] = {{"GET", "/v2/acme/app/tags/list", "repository:acme/app:pull"},
                            {"HEAD", "/v2/acme/team/app/manifests/v1", "repository:acme/team/app:pull"},
                            {"GET", "/v2/app/manifests/v1", "repository:library/app:pull"},
                            {"PUT", "/v2/acme/app/manifests/v1", "repository:acme/app:pull,push"},
                            {"POST", "/v2/acme/app/blobs/uploads/", "repository:acme/app:pull,push"},
                            {"PATCH", "/v2/acme/app/blobs/uploads/1", "repository:acme/app:pull,push"}};
  for (const std::string authorization : {"", "Basic eDp5", "Bearer x", "Bearer a.b.c"}) {
    for (const auto& row : rows) {
      const auto answer = reg.with(authorization).request(row.verb, row.path);
      EXPECT_EQ(answer.status, 401) << row.path << ' ' << authorization;
      EXPECT_EQ(answer.header("WWW-Authenticate"), "Bearer realm=\"" + reg.url() + "/v2/auth\",service=\"" +
                                                       reg.host() + "\",scope=\"" + std::string(row.scope) + '"');
      EXPECT_EQ(answer.header("Docker-Distribution-API-Version"), "registry/2.0");
      if (row.verb != "HEAD") EXPECT_EQ(answer.string("/errors/0/code"), "UNAUTHORIZED") << row.path;
    }
  }
}

TEST(Dispatcher, NamesThatAreNoneStayOutOfTheChallenge) {
  TestRegistry reg;
  for (const auto* name : {"acme/app%22,x=%22", "acme/app%0d%0aX-Evil:%201", "acme/App"}) {
    const auto answer = reg.with("Bearer x").get("/v2/" + std::string(name) + "/tags/list");
    EXPECT_EQ(answer.status, 401) << name;
    EXPECT_EQ(answer.header("WWW-Authenticate"),
              "Bearer realm=\"" + reg.url() + "/v2/auth\",service=\"" + reg.host() + '"');
    EXPECT_FALSE(answer.has_header("X-Evil"));
  }
}

TEST(Dispatcher, TheConfiguredNameStandsInEveryAddress) {
  TestRegistry reg({.configure = [](Config& config) {
    config.server_hostname = "reg.example";
    config.preferred_url_scheme = "https";
  }});
  const auto registry = reg.as("nobody").get("/v2/");
  EXPECT_THAT(registry.header("WWW-Authenticate"),
              StartsWith("Bearer realm=\"https://reg.example/v2/auth\",service=\"reg.example\""));
  const auto api = reg.as("nobody").get("/api/v1/user/");
  EXPECT_EQ(api.string("/type"), "https://reg.example/api/v1/error/invalid_token");
  EXPECT_TRUE(api.has_header("Strict-Transport-Security"));
}

TEST(Dispatcher, AnonymousAccessCanBeSwitchedOff) {
  TestRegistry reg({.configure = [](Config& config) { config.features.anonymous_access = false; }});
  reg.push("acme/app", {"v1"});
  reg.repository("acme/open", "public");
  auto nobody = reg.as("nobody");
  EXPECT_EQ(nobody.get("/api/v1/repository/acme/open").status, 401);
  EXPECT_EQ(nobody.get("/v2/acme/open/tags/list").status, 401);
  // What has no scope stays: how else would anybody log in?
  EXPECT_EQ(nobody.get("/api/v1/discovery").status, 200);
  EXPECT_EQ(nobody.get("/health/instance").status, 200);
  EXPECT_EQ(reg.as("owner").get("/api/v1/repository/acme/open").status, 200);
}

TEST(Dispatcher, AReadOnlyRegistryRefusesChanges) {
  TestRegistry reg({.configure = [](Config& config) { config.registry_state = RegistryState::readonly; }});
  reg.allow_accidents();
  auto owner = reg.as("owner");
  const auto api = owner.post("/api/v1/organization/", json::Object{{"name", "acme"}});
  EXPECT_EQ(api.status, 503);
  EXPECT_TRUE(api.flag("/is_readonly"));
  const auto token = reg.registry_token("owner", {"repository:owner/app:pull,push"});
  const auto registry = reg.with("Bearer " + token).request("POST", "/v2/owner/app/blobs/uploads/");
  EXPECT_EQ(registry.status, 405);
  EXPECT_EQ(registry.string("/errors/0/code"), "DENIED");
  EXPECT_TRUE(registry.flag("/errors/0/is_readonly"));
  EXPECT_EQ(owner.get("/api/v1/user/").status, 200);
  // Who is not known is told that first.
  EXPECT_EQ(reg.as("nobody").post("/api/v1/organization/", json::Object{{"name", "acme"}}).status, 401);
}

TEST(Dispatcher, AReadOnlyRegistryRefusesEveryOperationThatChangesButThoseOfSessions) {
  TestRegistry reg({.configure = [](Config& config) {
    config.registry_state = RegistryState::readonly;
    config.super_users = {"owner"};
  }});
  reg.allow_accidents();
  auto owner = reg.as("owner");
  Names open;
  int refused = 0;
  for (const auto& entry : reg.app().table().entries()) {
    const auto& operation = entry.operation;
    if (operation.protocol != http::Protocol::api || !http::changes(operation.verb)) continue;
    if (operation.when_read_only) {
      open.emplace_back(operation.id);
      continue;
    }
    const auto named = std::regex_replace(std::string(operation.path), std::regex("\\{repository\\}"), "owner/app");
    const auto path = std::regex_replace(named, std::regex("\\{[^}]*\\}"), "x");
    const auto answer =
        owner.request(http::to_string(operation.verb), path, "{}", {{"Content-Type", "application/json"}});
    // A feature that is off: no such path, or that of a repository, which does not take the verb.
    if ((answer.status == 404 || answer.status == 405) && !operation.features.empty()) continue;
    EXPECT_EQ(answer.status, 503) << operation.id << ": " << answer.summary();
    EXPECT_TRUE(answer.flag("/is_readonly")) << operation.id;
    ++refused;
  }
  std::ranges::sort(open);
  EXPECT_EQ(open, (Names{"logout", "retrieveExternalLoginAuthorizationUrl", "signinUser", "verifyUser"}));
  EXPECT_GT(refused, 60);
}

// What operations do in the worst case, called on a dispatcher of its own.

struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

awaitable<Result<std::string>> answers_disk_full(service::Call&, Nothing) {
  co_return Error{Errc::insufficient_storage, "There is no room left", "write: ENOSPC"};
}
awaitable<Result<std::string>> throws_unavailable(service::Call&, Nothing) {
  throw Accident({Errc::unavailable, "The database is gone", "SELECT secret FROM /var/lib"});
  co_return std::string();
}
awaitable<Result<std::string>> throws_conflict(service::Call&, Nothing) {
  throw Accident({Errc::already_exists, "It exists already", "UNIQUE constraint failed: account.name"});
  co_return std::string();
}
awaitable<Result<std::string>> throws_anything(service::Call&, Nothing) {
  throw std::runtime_error("vector::at in /src/secret.cc");
  co_return std::string();
}

class NoBody : public http::BodyReader {
 public:
  std::optional<std::uint64_t> length() const override { return 0; }
  awaitable<Result<std::size_t>> read_some(std::span<std::byte>) override { co_return std::size_t{0}; }
};

http::Response call(TestRegistry& reg, http::Protocol protocol,
                    awaitable<Result<std::string>> (*handler)(service::Call&, Nothing)) {
  service::OperationTable table;
  table.add({.id = "worst", .path = "/worst", .summary = "Goes wrong.", .anonymous = true, .protocol = protocol},
            handler);
  metrics::Registry metrics;
  Dispatcher dispatcher(reg.services(), table, metrics);
  NoBody body;
  http::Request request;
  request.method = "GET";
  request.path = "/worst";
  request.host = "here:1";
  request.id = "00112233aabbccdd";
  request.body = &body;
  return run_awaitable(dispatcher.handle(request));
}

std::string header(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST(Dispatcher, AccidentsAreAnsweredWithTheRequestsIdAndNothingElse) {
  TestRegistry reg;
  struct Row {
    awaitable<Result<std::string>> (*handler)(service::Call&, Nothing);
    int status;
    std::string_view code;
    bool has_id;
  };
  const Row rows[] = {{throws_unavailable, 503, "UNAVAILABLE", true},
                      {throws_anything, 500, "UNKNOWN", true},
                      {answers_disk_full, 507, "UNAVAILABLE", false},
                      {throws_conflict, 400, "INVALID_REQUEST", false}};
  for (const auto& row : rows) {
    for (const auto protocol : {http::Protocol::api, http::Protocol::registry, http::Protocol::web}) {
      const auto response = call(reg, protocol, row.handler);
      EXPECT_EQ(response.status, row.status);
      const auto& text = std::get<std::string>(response.body);
      for (const auto* secret : {"secret", "/var", "/src", "SELECT", "UNIQUE", "ENOSPC"}) {
        EXPECT_EQ(text.find(secret), std::string::npos) << text;
      }
      if (row.has_id) EXPECT_THAT(text, HasSubstr("00112233aabbccdd"));
      EXPECT_EQ(header(response, "Retry-After").empty(), row.status != 503);
      if (protocol == http::Protocol::registry) {
        EXPECT_EQ(json::parse(text)->at("errors").at(0).at("code"), json::Value(row.code));
      }
      if (protocol == http::Protocol::api) EXPECT_EQ(json::parse(text)->at("status"), json::Value(row.status));
    }
  }
}

TEST(Dispatcher, AnAccidentIsLoggedOnceWithItsDetail) {
  TestRegistry reg;
  test::TemporaryFolder folder;
  const auto path = folder.path() / "log";
  const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  ASSERT_GE(fd, 0);
  log::start({.level = log::Level::info, .format = log::Format::json, .fd = fd});
  call(reg, http::Protocol::api, throws_unavailable);
  log::stop();
  ::close(fd);
  std::ifstream file(path);
  std::string line;
  int lines = 0;
  while (std::getline(file, line)) {
    if (line.find("00112233aabbccdd") == std::string::npos) continue;
    ++lines;
    const auto entry = json::parse(line);
    ASSERT_TRUE(entry) << line;
    EXPECT_EQ(entry->at("request"), "00112233aabbccdd");
    EXPECT_EQ(entry->at("operation"), "worst");
    EXPECT_EQ(entry->at("level"), "error");
    EXPECT_THAT(std::string(entry->at("detail").as_string()), HasSubstr("SELECT secret"));
  }
  EXPECT_EQ(lines, 1);
}

TEST(Health, LooksAtTheRealParts) {
  TestRegistry reg;
  auto nobody = reg.as("nobody");
  for (const auto* path : {"/health", "/health/instance"}) {
    const auto answer = nobody.get(path);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.number("/status_code"), 200);
    for (const auto* part : {"database", "auth", "disk_space", "registry_gunicorn", "web_gunicorn", "service_key"}) {
      EXPECT_TRUE(answer.flag("/data/services/" + std::string(part))) << part;
    }
  }
  for (const auto* path : {"/status", "/health/endtoend"}) EXPECT_TRUE(nobody.get(path).flag("/data/services/storage"));
  EXPECT_TRUE(nobody.get("/health/warning").at("/data/services/disk_space_warning").is_bool());
  for (const auto* path : {"/_internal_ping", "/v1/_internal_ping", "/v1/_ping"}) {
    const auto answer = nobody.get(path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.json(), json::Value(true)) << path;
  }
  EXPECT_EQ(nobody.get("/v1/_ping").header("X-Docker-Registry-Version"), "0.6.0");
}

TEST(Health, SeesThatTheStorageIsGone) {
  TestRegistry reg({.filesystem_blobs = true});
  reg.allow_accidents();
  std::filesystem::remove_all(reg.data() / "blobs");
  std::filesystem::remove_all(reg.data() / "uploads");
  const auto answer = reg.as("nobody").get("/health/endtoend");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.number("/status_code"), 503);
  EXPECT_FALSE(answer.flag("/data/services/storage"));
  EXPECT_TRUE(answer.flag("/data/services/database"));
}

TEST(Health, DoesNotWriteToTheStorageForEachCaller) {
  TestRegistry reg({.filesystem_blobs = true});
  EXPECT_EQ(reg.as("nobody").get("/health/endtoend").status, 200);
  const auto written = [&] { return std::filesystem::last_write_time(reg.data() / "uploads"); };
  const auto before = written();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(reg.as("nobody").get("/health/endtoend").status, 200);
  EXPECT_EQ(written(), before);
}

TEST(Metrics, CountWhatPeopleMakeAndDo) {
  TestRegistry reg;
  const auto value = [&](const std::string& series) {
    const auto text = reg.as("nobody").get("/metrics").text;
    const auto at = text.find('\n' + series + ' ');
    return at == std::string::npos ? -1 : std::stoi(text.substr(at + series.size() + 2));
  };
  reg.organization("acme");
  reg.repository("acme/app");
  const auto robot = reg.robot("acme+ci");
  const auto digest = reg.push("acme/app", {"v1"}).front();
  auto owner = reg.registry("owner", "acme/app");
  owner.get("/v2/acme/app/manifests/v1");
  owner.head("/v2/acme/app/manifests/v1");
  owner.get("/v2/acme/app/manifests/" + digest);
  owner.get("/v2/acme/app/manifests/none");
  owner.request("PUT", "/v2/acme/app/manifests/odd", "{}", {{"Content-Type", "made/up-by-a-stranger"}});
  const auto logins = [&](const char* good) {
    return value("quay_authentication_attempts_total{auth_kind=\"basic\",success=\"" + std::string(good) + "\"}");
  };
  const auto good = logins("true"), bad = logins("false");
  reg.with("Basic " + to_base64url("acme+ci:" + robot)).get("/v2/auth?service=" + reg.host());
  reg.with("Basic " + to_base64url("acme+ci:wrong")).get("/v2/auth?service=" + reg.host());
  reg.as("nobody").get("/v2/auth?service=" + reg.host());
  EXPECT_EQ(logins("true"), good + 1);
  EXPECT_EQ(logins("false"), bad + 1);
  const std::string pulls = "quay_registry_image_pulls_total{protocol=\"v2\",ref=";
  EXPECT_EQ(value(pulls + "\"tag\",status=\"200\"}"), 1);
  EXPECT_EQ(value(pulls + "\"manifest\",status=\"200\"}"), 1);
  EXPECT_EQ(value(pulls + "\"tag\",status=\"404\"}"), 1);
  const std::string pushes = "quay_registry_image_pushes_total{media_type=";
  EXPECT_EQ(value(pushes + "\"application/vnd.oci.image.manifest.v1+json\",protocol=\"v2\",status=\"201\"}"), 1);
  EXPECT_EQ(value(pushes + "\"other\",protocol=\"v2\",status=\"415\"}"), 1);
  EXPECT_EQ(reg.as("nobody").get("/metrics").text.find("made/up"), std::string::npos);
  const auto image = test::Image::make("bytes", 4321);
  const auto before = value("quay_registry_image_pushed_bytes_total");
  EXPECT_GT(before, 0);
  reg.push("acme/app", image, "v2");
  EXPECT_EQ(value("quay_registry_image_pushed_bytes_total"), before + static_cast<int>(image.layer.size()));
  EXPECT_EQ(value("quay_repository_rows"), 1);
  EXPECT_EQ(value("quay_org_rows"), 1);
  EXPECT_EQ(value("quay_robot_rows"), 1);
  EXPECT_GE(value("quay_user_rows"), 1);
}

TEST(Metrics, AreInPrometheusForm) {
  TestRegistry reg;
  reg.as("owner").get("/api/v1/user/");
  reg.as("nobody").get("/api/v1/nothing");
  const auto answer = reg.as("nobody").get("/metrics");
  EXPECT_EQ(answer.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  const std::regex comment("# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+");
  const std::regex sample(
      R"re([a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? (NaN|[+-]Inf|-?[0-9.]+(e[+-]?[0-9]+)?))re");
  std::istringstream lines(answer.text);
  std::string line;
  while (std::getline(lines, line)) {
    EXPECT_TRUE(std::regex_match(line, line.starts_with('#') ? comment : sample)) << line;
  }
  for (
      const auto* part :
      {R"(quay_request_duration_seconds_count{method="GET",namespace_name="other",route="getLoggedInUser",status="200"} 1)",
       R"(quay_request_duration_seconds_count{method="other",namespace_name="other",route="none",status="404"} 1)",
       R"(quay_authentication_attempts_total{auth_kind="oauth",success="true"} 1)", "wharf_http_requests_total ",
       "wharf_db_reads_total ", "process_resident_memory_bytes "}) {
    EXPECT_NE(answer.text.find(part), std::string::npos) << part;
  }
}

TEST(Discovery, IsServedUnderTheAddressThatWasUsed) {
  TestRegistry reg;
  auto nobody = reg.as("nobody");
  const auto document = nobody.get("/api/v1/discovery");
  EXPECT_EQ(document.string("/swagger"), "2.0");
  EXPECT_EQ(document.string("/host"), reg.host());
  EXPECT_EQ(document.string("/paths/~1api~1v1~1user~1/get/operationId"), "getLoggedInUser");
  EXPECT_TRUE(document.at("/paths/~1api~1v1~1setup").is_null());
  EXPECT_FALSE(nobody.get("/api/v1/discovery?internal=true").at("/paths/~1api~1v1~1setup").is_null());
  const auto error = nobody.get("/api/v1/error/not_found");
  EXPECT_EQ(error.string("/title"), "not_found");
  EXPECT_EQ(error.string("/type"), reg.url() + "/api/v1/error/not_found");
  EXPECT_EQ(nobody.get("/api/v1/error/nothing").status, 404);
  EXPECT_EQ(nobody.get("/openapi.json").string("/openapi"), "3.1.0");
}

TEST(Page, HasTheRegistrysName) {
  const auto name_it = [](Config& config) {
    config.registry_title = "Acme <Images> & more";
    config.registry_title_short = "Acme";
  };
  TestRegistry reg({.configure = name_it});
  TestRegistry plain;
  const auto page = reg.as("nobody").get("/");
  EXPECT_THAT(page.text, HasSubstr("<title>Acme &lt;Images&gt; &amp; more</title>"));
  EXPECT_EQ(page.text.find("{{"), std::string::npos);
  const auto other = plain.as("nobody").get("/");
  EXPECT_THAT(other.text, HasSubstr("<title>Wharf</title>"));
  EXPECT_NE(other.header("ETag"), page.header("ETag"));
  EXPECT_EQ(reg.as("nobody").get("/", {{"If-None-Match", page.header("ETag")}}).status, 304);
}

TEST(Page, IsStrictAboutWhatItMayDo) {
  TestRegistry reg;
  auto nobody = reg.as("nobody");
  const auto page = nobody.get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.header("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(page.header("Content-Security-Policy").find("unsafe"), std::string::npos);
  EXPECT_EQ(page.text.find("<style"), std::string::npos);
  EXPECT_EQ(page.text.find(" style="), std::string::npos);
  // Every file that the page names is there.
  const std::regex link("(?:src|href)=\"(/ui/[^\"]+)\"");
  int links = 0;
  for (std::sregex_iterator it(page.text.begin(), page.text.end(), link), end; it != end; ++it, ++links) {
    const auto file = nobody.get((*it)[1].str());
    EXPECT_EQ(file.status, 200) << (*it)[1];
    EXPECT_FALSE(file.has_header("Content-Encoding"));  // nobody asked for it
    if ((*it)[1].str().starts_with("/ui/assets/")) {
      EXPECT_EQ(file.header("Cache-Control"), "public, max-age=31536000, immutable");
      const auto packed = nobody.get((*it)[1].str(), {{"Accept-Encoding", "br, gzip"}});
      EXPECT_EQ(packed.header("Content-Encoding"), "gzip");
      EXPECT_LT(packed.text.size(), file.text.size());
      EXPECT_FALSE(nobody.get((*it)[1].str(), {{"Accept-Encoding", "gzip;q=0"}}).has_header("Content-Encoding"));
    }
    const auto again = nobody.get((*it)[1].str(), {{"If-None-Match", file.header("ETag")}});
    EXPECT_EQ(again.status, 304) << (*it)[1];
    EXPECT_EQ(again.text, "");
  }
  EXPECT_GE(links, 1);
  EXPECT_EQ(nobody.get("/ui/nothing").status, 404);
  EXPECT_EQ(nobody.get("/ui/assets/nothing").status, 404);
  EXPECT_EQ(nobody.get("/ui/..%2Fmain.cc").status, 404);
}

TEST(Page, IsAtEachAddressOfTheUiAndNowhereElse) {
  TestRegistry reg;
  auto nobody = reg.as("nobody");
  const auto page = nobody.get("/");
  for (const auto* path : {"/signin", "/repository", "/repository/acme/team/app/tag/v1", "/organization/acme",
                           "/superuser/users", "/user/alice"}) {
    EXPECT_EQ(nobody.get(path).text, page.text) << path;
  }
  for (const auto* path : {"/nothing", "/repositories", "/signin/x", "/api/v1/nothing", "/v2/nothing/at/all"}) {
    EXPECT_EQ(nobody.get(path).status, 404) << path;
  }
}

TEST(Setup, IsOpenUntilThereIsAUser) {
  TestRegistry reg;
  auto nobody = reg.as("nobody");
  EXPECT_TRUE(nobody.get("/api/v1/setup").flag("/open"));
  const json::Object wanted{{"username", "captain"}, {"password", test::kPassword}, {"access_token", true}};
  const auto made = nobody.post("/api/v1/user/initialize", wanted);
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(reg.with("Bearer " + made.string("/access_token")).get("/api/v1/user/").string("/username"), "captain");
  EXPECT_FALSE(nobody.get("/api/v1/setup").flag("/open"));
  EXPECT_EQ(nobody.post("/api/v1/user/initialize", wanted).status, 400);
}

TEST(Setup, WantsTheCodeWhereOthersMayReachTheServer) {
  TestRegistry reg({.configure = [](Config& config) {
    config.external_tls_termination = true;
    config.preferred_url_scheme = "https";
  }});
  auto nobody = reg.as("nobody");
  EXPECT_TRUE(nobody.get("/api/v1/setup").flag("/needs_code"));
  ASSERT_GE(reg.app().setup_code().size(), 16u);
  json::Object wanted{{"username", "captain"}, {"password", test::kPassword}};
  EXPECT_EQ(nobody.post("/api/v1/user/initialize", wanted).status, 400);
  wanted["setup_code"] = "WRONG";
  EXPECT_EQ(nobody.post("/api/v1/user/initialize", wanted).status, 400);
  wanted["setup_code"] = reg.app().setup_code();
  EXPECT_EQ(nobody.post("/api/v1/user/initialize", wanted).status, 200);
}

TEST(Setup, NodesWithOneSecretKeyHaveOneCode) {
  const auto code_with = [](const std::string& secret_key) {
    TestRegistry reg({.configure = [&](Config& config) {
      config.external_tls_termination = true;
      config.preferred_url_scheme = "https";
      config.secret_key = secret_key;
    }});
    return reg.app().setup_code();
  };
  EXPECT_EQ(code_with("the key of one registry"), code_with("the key of one registry"));
  EXPECT_NE(code_with("the key of one registry"), code_with("the key of another one"));
  EXPECT_NE(code_with(""), code_with("")) << "random where each node has a key of its own";
}

TEST(Metrics, AreNotForRequestsThatCameThroughAProxy) {
  TestRegistry reg;
  auto nobody = reg.as("nobody");
  EXPECT_EQ(nobody.get("/metrics").status, 200);
  for (const auto* header : {"X-Forwarded-For", "Forwarded"}) {
    const auto refused = nobody.request("GET", "/metrics", "", {{header, "for=192.0.2.1"}});
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.text.find("wharf_"), std::string::npos);
  }
}

}  // namespace
}  // namespace wharf::app
