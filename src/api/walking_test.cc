#include "api/refusals_testing.h"

/// Ids and page tokens open nothing to whom they were not given.
namespace wharf::api {
namespace {

using test::TestRegistry;

TEST(Walking, AnIdOfAnothersThingIsNoIdUnderOnesOwnPath) {
  TestRegistry reg;
  for (const std::string name : {"acme", "evil"}) {
    reg.organization(name, name + "-owner");
    reg.push(name + "/app", test::Names{"latest"}, name + "-owner");
  }
  auto acme = reg.as("acme-owner");
  auto evil = reg.as("evil-owner");
  const std::string of = "/api/v1/organization/acme", mine = "/api/v1/organization/evil";
  const auto made = [&](const std::string& path, const json::Object& body, const char* id) {
    const auto answer = acme.post(path, body);
    EXPECT_LT(answer.status, 300) << answer.summary();
    return answer.string(id);
  };
  const auto client = made(of + "/applications", {{"name", "machine"}}, "/client_id");
  const auto token = made(of + "/applications/" + client + "/tokens", {{"name", "x"}, {"scope", "repo:read"}}, "/uuid");
  const json::Object delegate{{"kind", "user"}, {"name", "evil-owner"}};
  const auto rule = made(of + "/prototypes", {{"role", "read"}, {"delegate", delegate}}, "/id");
  const json::Object hook{{"event", "repo_push"},
                          {"method", "webhook"},
                          {"config", json::Object{{"url", "https://example.com/"}}},
                          {"eventConfig", json::Object{}}};
  const auto notification = made("/api/v1/repository/acme/app/notification/", hook, "/uuid");
  const auto app_token = made("/api/v1/user/apptoken", {{"title", "mine"}}, "/token/uuid");
  const auto own = evil.post(mine + "/applications", json::Object{{"name", "own"}}).string("/client_id");

  // Each is asked for under the asker's own path, with the id of the other, and must be as if it were not.
  struct Row {
    const char* verb;
    std::string path;
    std::string id;
    int status;
    json::Object body = {};
  };
  const json::Object application{{"name", "x"}, {"redirect_uri", ""}, {"application_uri", ""}};
  const std::string hooks = "/api/v1/repository/evil/app/notification/";
  const Row rows[] = {
      {"GET", mine + "/applications/", client, 404},
      {"PUT", mine + "/applications/", client, 404, application},
      {"DELETE", mine + "/applications/", client, 404},
      {"DELETE", mine + "/applications/" + own + "/tokens/", token, 404},
      {"PUT", mine + "/prototypes/", rule, 404, {{"role", "admin"}}},
      {"DELETE", mine + "/prototypes/", rule, 404},
      {"GET", hooks, notification, 404},
      {"POST", hooks, notification, 400},
      {"DELETE", hooks, notification, 400},
      {"GET", "/api/v1/user/apptoken/", app_token, 404},
      {"DELETE", "/api/v1/user/apptoken/", app_token, 404},
      {"DELETE", "/api/v1/user/authorizations/", token, 404},
  };
  const test::Headers json_type{{"Content-Type", "application/json"}};
  for (const auto& row : rows) {
    const auto known = evil.request(row.verb, row.path + row.id, json::to_text(row.body), json_type);
    const auto unknown = evil.request(row.verb, row.path + "none", json::to_text(row.body), json_type);
    EXPECT_EQ(known.status, row.status) << row.verb << ' ' << row.path << ' ' << known.summary();
    EXPECT_EQ(unknown.text, known.text) << row.verb << ' ' << row.path;
  }
  EXPECT_EQ(acme.get(of + "/applications/" + client).status, 200) << "and it is all still there";
  EXPECT_EQ(acme.get(of + "/applications/" + client + "/tokens").at("/tokens").as_array().size(), 1u);
  EXPECT_EQ(acme.get(of + "/prototypes").at("/prototypes").as_array().size(), 1u);
  EXPECT_EQ(acme.get("/api/v1/repository/acme/app/notification/" + notification).status, 200);
}

TEST(Walking, APageTokenShowsItsFinderOnlyWhatTheyMaySee) {
  TestRegistry reg;
  reg.organization("acme");
  reg.organization("evil", "eve");
  auto fill = [](db::Tx& tx) {
    static const db::Query kFill{"test.fill", R"(
      INSERT INTO repository (namespace_id, name, visibility, description, badge_token, created_ms)
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)
      SELECT a.id, 'r' || CAST(i AS TEXT), 'private', '', a.name || CAST(i AS TEXT), 1
        FROM n CROSS JOIN account a WHERE a.name IN ('acme', 'evil'))"};
    return tx.run(kFill);
  };
  reg.database().write_now(fill);
  const std::string list = "/api/v1/repository?namespace=";
  const auto first = reg.as("owner").get(list + "acme");
  const auto page = first.string("/next_page");
  EXPECT_EQ(reg.as("owner").get(list + "acme&next_page=" + page).names("repositories").size(), 50u);
  EXPECT_TRUE(reg.as("eve").get(list + "acme&next_page=" + page).names("repositories").empty());
  const auto own = reg.as("eve").get(list + "evil&next_page=" + page);
  for (const auto& ns : own.names("repositories", "namespace")) EXPECT_EQ(ns, "evil");
  // Neither of another list nor changed: both begin anew.
  const auto begin = reg.as("eve").get(list + "evil").names("repositories");
  auto changed = page;
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_EQ(reg.as("eve").get(list + "evil&next_page=" + changed).names("repositories"), begin);
  const auto logs = reg.as("eve").get("/api/v1/user/logs");
  const auto of_logs = reg.as("eve").get("/api/v1/user/logs?next_page=" + page);
  EXPECT_EQ(of_logs.names("logs", "kind"), logs.names("logs", "kind"));
}

}  // namespace
}  // namespace wharf::api
