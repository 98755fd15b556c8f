#include "tests/support/test_registry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "app/core.h"
#include "auth/password.h"
#include "base/testing.h"
#include "http/openapi.h"
#include "store/account.h"
#include "tests/support/schema.h"

namespace wharf::test {
namespace {

constexpr std::string_view kEveryScope =
    "repo:read repo:write repo:admin repo:create user:read user:admin org:admin super:user";

/// bcrypt takes 200 ms: once a process is enough.
const std::string& password_hash() {
  static const std::string kHash = auth::hash_password(kPassword);
  return kHash;
}

http::Verb verb_of(std::string_view text) {
  using http::Verb;
  for (const auto verb : {Verb::get, Verb::head, Verb::post, Verb::put, Verb::patch, Verb::delete_, Verb::options}) {
    if (http::to_string(verb) == text) return verb;
  }
  return Verb::other;
}

std::pair<std::string, std::string> split(std::string_view text, char at) {
  const auto place = text.find(at);
  if (place == std::string_view::npos) return {std::string(text), ""};
  return {std::string(text.substr(0, place)), std::string(text.substr(place + 1))};
}

}  // namespace

TestRegistry::TestRegistry() : TestRegistry(Options{}) {}

TestRegistry::TestRegistry(Options options)
    : options_(std::move(options)), database_(db::TestDatabase::make_migrated(db::engine_from_environment())) {
  open();
}

TestRegistry::~TestRegistry() = default;

void TestRegistry::open() {
  app::Config config;
  config.data = folder_.path();
  config.db_uri = database_.uri();
  config.listen = {.host = "127.0.0.1", .port = 0};
  config.event_loops = 2;
  config.worker_threads = 2;
  config.database_readers = 2;
  config.access_log = false;
  config.database_secret_key = "a key for tests";
  if (options_.configure) options_.configure(config);
  auto app = app::App::create(std::move(config), {.memory_blobs = !options_.filesystem_blobs});
  if (!app) throw std::runtime_error(app.error().message + ": " + app.error().detail);
  app_ = std::move(*app);
  app_->start();
  url_ = "http://127.0.0.1:" + std::to_string(app_->port());
  router_ = {};
  const auto& entries = app_->table().entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& operation = entries[i].operation;
    if (!service::all_on(app_->core().settings().features, operation.features)) continue;
    router_.add(operation.verb, operation.path, i);
  }
}

service::Services& TestRegistry::services() { return app_->core().services(); }

db::Database& TestRegistry::database() { return app_->core().database(); }

void TestRegistry::restart() {
  app_->stop(std::chrono::seconds(5));
  app_.reset();
  open();
}

TestRegistry::Account& TestRegistry::account(std::string_view name) {
  const auto known = accounts_.find(name);
  if (known != accounts_.end()) return known->second;
  auto make = [&](db::Tx& tx) {
    if (store::find_account(tx, name)) return true;  // the test made it through the API
    store::NewAccount wanted;
    wanted.name = name;
    wanted.email = std::string(name) + "@example.com";
    wanted.verified = true;
    wanted.superuser = name == "superuser";
    wanted.password_hash = password_hash();
    wanted.tag_expiration_s = services().settings.default_tag_expiration_s;
    store::insert_account(tx, wanted, now_ms());
    return true;
  };
  database().write_now(make);
  return accounts_[std::string(name)];
}

std::string TestRegistry::token(std::string_view who, std::string_view scope) {
  auto& known = account(who).tokens[std::string(scope)];
  if (known.empty()) {
    const std::string wanted(scope.empty() ? kEveryScope : scope);
    auto minted = run_awaitable(services().users.mint_token(std::string(who), wanted, 90 * 24 * 3600, "test"));
    if (!minted) throw std::runtime_error("no token for " + std::string(who) + ": " + minted.error().message);
    known = minted->token;
  }
  return known;
}

Client TestRegistry::with(std::string authorization) {
  auto look = [this](std::string_view verb, std::string_view path, const Answer& answer) { check(verb, path, answer); };
  return {url_, std::move(authorization), std::move(look)};
}

Client TestRegistry::as(std::string_view who, std::string_view scope) {
  if (who != "nobody") return with("Bearer " + token(who, scope));
  auto client = with("");
  client.keep_session();
  return client;
}

Client TestRegistry::session(std::string_view who) {
  user(who);
  auto client = as("nobody");
  demand(client.post("/api/v1/signin", json::Object{{"username", who}, {"password", kPassword}}), "sign in");
  return client;
}

std::string TestRegistry::registry_token(std::string_view who, const std::vector<std::string>& scopes) {
  std::string authorization;
  if (const auto robot = robots_.find(who); robot != robots_.end()) {
    authorization = basic(who, robot->second);
  } else if (who != "nobody") {
    authorization = basic("$oauthtoken", token(who));
  }
  std::string path = "/v2/auth?service=" + http::percent_encode(host());
  for (const auto& scope : scopes) path += "&scope=" + http::percent_encode(scope);
  const auto answer = with(std::move(authorization)).get(path);
  return answer.status == 200 ? answer.string("/token") : std::string();
}

Client TestRegistry::registry(std::string_view who, std::string_view repository, std::string_view actions) {
  if (who == "nobody") return with("");
  const auto token = registry_token(who, {"repository:" + std::string(repository) + ':' + std::string(actions)});
  return with("Bearer " + token);
}

void TestRegistry::user(std::string_view name) { account(name); }

bool TestRegistry::has_namespace(std::string_view name) {
  auto look = [&](db::Tx& tx) { return store::find_account(tx, name).has_value(); };
  return database().read_now(look);
}

void TestRegistry::organization(std::string_view name, std::string_view owner) {
  if (has_namespace(name)) return;
  const json::Object body{{"name", name}, {"email", std::string(name) + "@example.org"}};
  demand(as(owner).post("/api/v1/organization/", body), "make an organization");
}

void TestRegistry::team(std::string_view organization_name, std::string_view name, std::string_view role,
                        const Names& members) {
  organization(organization_name);
  const auto path = "/api/v1/organization/" + std::string(organization_name) + "/team/" + std::string(name);
  auto owner = as("owner");
  demand(owner.put(path, json::Object{{"role", role}}), "make a team");
  for (const auto& member : members) {
    if (member.find('+') == std::string::npos) user(member);
    demand(owner.put(path + "/members/" + member, json::Object{}), "add a member");
  }
}

std::string TestRegistry::robot(std::string_view name) {
  const auto [ns, short_name] = split(name, '+');
  organization(ns);
  const auto answer = as("owner").request("PUT", "/api/v1/organization/" + ns + "/robots/" + short_name);
  demand(answer, "make a robot");
  return robots_[std::string(name)] = answer.string("/token");
}

void TestRegistry::repository(std::string_view name, std::string_view visibility) {
  const auto [ns, rest] = split(name, '/');
  const bool own = accounts_.contains(ns);
  if (!own) organization(ns);
  const json::Object body{{"namespace", ns}, {"repository", rest}, {"visibility", visibility}, {"description", ""}};
  demand(as(own ? ns : "owner").post("/api/v1/repository", body), "make a repository");
}

void TestRegistry::give(std::string_view who, std::string_view repository_name, std::string_view role) {
  if (who.find('+') == std::string_view::npos) user(who);
  const auto [ns, rest] = split(repository_name, '/');
  const auto path = "/api/v1/repository/" + std::string(repository_name) + "/permissions/user/" + std::string(who);
  demand(as(accounts_.contains(ns) ? ns : "owner").put(path, json::Object{{"role", role}}), "give a role");
}

void TestRegistry::give_team(std::string_view team_name, std::string_view repository_name, std::string_view role) {
  const auto path =
      "/api/v1/repository/" + std::string(repository_name) + "/permissions/team/" + std::string(team_name);
  demand(as("owner").put(path, json::Object{{"role", role}}), "give a team a role");
}

std::vector<std::string> TestRegistry::push(std::string_view repository_name, const Names& tags, std::string_view who) {
  std::vector<std::string> digests;
  for (const auto& tag : tags) {
    advance_clock(std::chrono::seconds(1));
    const auto image = Image::make(std::string(repository_name) + ':' + tag + std::to_string(now_ms()));
    push(repository_name, image, tag, who);
    digests.push_back(image.digest().text());
  }
  return digests;
}

void TestRegistry::push(std::string_view repository_name, const Image& image, std::string_view reference,
                        std::string_view who) {
  const auto ns = split(repository_name, '/').first;
  if (!accounts_.contains(ns)) organization(ns);
  auto client = registry(who, repository_name);
  const std::string root = "/v2/" + std::string(repository_name);
  for (const auto& blob : {image.config, image.layer}) {
    demand(client.request("POST", root + "/blobs/uploads/?digest=" + http::percent_encode(Digest::of(blob).text()),
                          blob, {{"Content-Type", "application/octet-stream"}}),
           "push a blob");
  }
  demand(put_manifest(repository_name, reference, kOciManifest, image.manifest, who), "push a manifest");
}

Answer TestRegistry::put_manifest(std::string_view repository_name, std::string_view reference,
                                  std::string_view media_type, std::string_view content, std::string_view who) {
  return registry(who, repository_name)
      .request("PUT", "/v2/" + std::string(repository_name) + "/manifests/" + std::string(reference), content,
               {{"Content-Type", std::string(media_type)}});
}

void TestRegistry::demand(const Answer& answer, std::string_view what) const {
  if (!answer.ok()) throw std::runtime_error("could not " + std::string(what) + ": " + answer.summary());
}

void TestRegistry::check(std::string_view verb, std::string_view path, const Answer& answer) const {
  if (answer.status >= 500 && !accidents_allowed_) {
    ADD_FAILURE() << verb << ' ' << path << " met an accident: " << answer.summary();
  }
  EXPECT_FALSE(answer.header("X-Request-Id").empty()) << verb << ' ' << path;
  if (path.starts_with("/api/v1") && answer.status < 500 && verb != "OPTIONS") check_api(verb, path, answer);
}

void TestRegistry::check_api(std::string_view verb, std::string_view path, const Answer& answer) const {
  const auto match = router_.find(verb_of(verb), path);
  if (!match || !match->index) {
    EXPECT_EQ(answer.status, match ? 405 : 404) << verb << ' ' << path << ' ' << answer.summary();
    return;
  }
  const auto& entry = app_->table().entries()[*match->index];
  const auto statuses = http::documented_statuses(entry.operation, entry.shape);
  EXPECT_TRUE(std::ranges::binary_search(statuses, answer.status))
      << entry.operation.id << " answered a status that is not documented: " << answer.summary();
  if (verb == "HEAD") return;
  std::vector<std::string> wrong;
  const auto type = answer.header("Content-Type");
  if (type.starts_with("text/html")) {
    EXPECT_TRUE(answer.status >= 400 && answer.at("/error").is_string()) << entry.operation.id << answer.summary();
  } else if (type.starts_with("text/plain")) {
    EXPECT_EQ(answer.status, 429) << entry.operation.id << answer.summary();
  } else if (answer.status >= 400) {
    const auto error_type = answer.at("/error_type");
    EXPECT_TRUE(error_type.is_string() && answer.at("/status") == json::Value(answer.status) &&
                answer.at("/detail").is_string())
        << entry.operation.id << ": no problem document: " << answer.summary();
  } else if (entry.shape.response.is_null()) {
    if (answer.status == 204) EXPECT_EQ(answer.text, "") << entry.operation.id;
  } else if (answer.status != 204) {
    wrong = misfits(answer.json(), entry.shape.response, app_->table().schemas().named());
  }
  EXPECT_TRUE(wrong.empty()) << entry.operation.id << ": " << wrong.front() << " in " << answer.summary();
}

void expect_refusals(TestRegistry& registry, std::span<const Refusal> rows) {
  for (const auto& row : rows) {
    const auto [who, scope] = split(row.who, '@');
    auto client = registry.as(who, scope);
    const Headers headers = row.body.empty() ? Headers{} : Headers{{"Content-Type", "application/json"}};
    const auto answer = client.request(row.verb, row.path, row.body, headers);
    EXPECT_EQ(answer.status, row.status) << row.who << ' ' << row.verb << ' ' << row.path << ": " << answer.summary();
    if (!row.error_type.empty() && answer.status == row.status) {
      EXPECT_EQ(answer.string("/error_type"), row.error_type) << row.who << ' ' << row.verb << ' ' << row.path;
    }
  }
}

}  // namespace wharf::test
