#include "api/repository.h"

#include "api/refusals_testing.h"

namespace wharf::api {
namespace {

using test::Names;
using test::TestRegistry;
using testing::expect_only;
using testing::make_acme;

constexpr const char* kList = "/api/v1/repository";
constexpr const char* kApp = "/api/v1/repository/acme/app";

TEST(Repository, IsMadeShownAndDeleted) {
  TestRegistry reg;
  reg.organization("acme");
  auto owner = reg.as("owner");
  const auto made = owner.post(
      kList,
      {{"namespace", "acme"}, {"repository", "team/app"}, {"visibility", "public"}, {"description", "What it is"}});
  ASSERT_EQ(made.status, 201) << made.summary();
  EXPECT_EQ(made.string("/namespace"), "acme");
  EXPECT_EQ(made.string("/name"), "team/app");
  const auto shown = owner.get("/api/v1/repository/acme/team/app");
  ASSERT_EQ(shown.status, 200);
  EXPECT_EQ(shown.string("/description"), "What it is");
  EXPECT_TRUE(shown.flag("/is_public") && shown.flag("/can_admin") && shown.flag("/is_organization"));
  EXPECT_EQ(shown.number("/tag_count"), 0);
  EXPECT_EQ(owner.get("/api/v1/repository/acme%2Fteam%2Fapp/").status, 200);
  EXPECT_EQ(owner.del("/api/v1/repository/acme/team/app").status, 204);
  EXPECT_EQ(owner.get("/api/v1/repository/acme/team/app").status, 404);
  EXPECT_EQ(owner.del("/api/v1/repository/acme/team/app").status, 404);
  EXPECT_EQ(owner.post(kList, {{"namespace", "acme"}, {"repository", "team/app"}, {"visibility", "private"}}).status,
            201);
}

TEST(Repository, ShowsItsLiveTags) {
  TestRegistry reg;
  const auto digests = reg.push("acme/app", {"v1", "v2"});
  auto owner = reg.as("owner");
  const auto shown = owner.get(kApp);
  EXPECT_EQ(shown.number("/tag_count"), 2);
  EXPECT_EQ(shown.string("/tags/v1/manifest_digest"), digests[0]);
  EXPECT_EQ(shown.number("/tags/v2/size"), 1000);
  EXPECT_TRUE(owner.get(std::string(kApp) + "?includeTags=false").at("/tags").is_null());
}

TEST(Repository, IsNotMadeFromABadBody) {
  TestRegistry reg;
  reg.organization("acme");
  auto owner = reg.as("owner");
  const std::string bodies[] = {
      "",
      "{",
      "null",
      "[]",
      "{}",
      R"({"namespace":"acme","repository":"app"})",
      R"({"namespace":"acme","visibility":"public"})",
      R"({"repository":"app","visibility":"public"})",
      R"({"namespace":"acme","repository":"app","visibility":"secret"})",
      R"({"namespace":"acme","repository":5,"visibility":"public"})",
      R"({"namespace":"acme","repository":"app","visibility":"public","description":5})",
      R"({"namespace":"acme","repository":"app","repository":"b","visibility":"public"})",
      R"({"namespace":"acme","repository":"App","visibility":"public"})",
      R"({"namespace":"acme","repository":"a//b","visibility":"public"})",
      R"({"namespace":"acme","repository":"-a","visibility":"public"})",
      R"({"namespace":"acme","repository":"","visibility":"public"})",
      R"({"namespace":"acme","repository":")" + std::string(256, 'a') + R"(","visibility":"public"})",
      R"({"namespace":"acme","repository":"app","visibility":"public","x":)" + std::string(40, '[') +
          std::string(40, ']') + "}",
  };
  for (const auto& body : bodies) {
    const auto answer = owner.request("POST", kList, body, {{"Content-Type", "application/json"}});
    EXPECT_EQ(answer.status, 400) << body << answer.text;
    EXPECT_FALSE(answer.string("/detail").empty()) << body;
  }
  EXPECT_EQ(owner.request("POST", kList, "{}", {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_TRUE(owner.get(std::string(kList) + "?namespace=acme").names("repositories").empty());
  reg.repository("acme/app");
  EXPECT_EQ(
      owner.post(kList, {{"namespace", "acme"}, {"repository", "app"}, {"visibility", "public"}}).string("/detail"),
      "Repository already exists");
}

TEST(Repository, IsMadeByWhoMayCreateInTheNamespace) {
  TestRegistry reg;
  make_acme(reg);
  const std::string body = R"({"namespace":"acme","repository":"new","visibility":"private"})";
  expect_only(reg, {"POST", kList, body, {"maker", "owner", "owner@repo:create"}});
  EXPECT_EQ(reg.as("maker").request("POST", kList, body, {{"Content-Type", "application/json"}}).status, 201);
  EXPECT_TRUE(reg.as("maker").get("/api/v1/repository/acme/new").flag("/can_admin"));
  expect_refusals(reg, {{"owner", "POST", kList, 403, "insufficient_scope",
                         R"({"namespace":"nowhere","repository":"new","visibility":"private"})"}});
}

TEST(Repository, IsSeenByItsReadersAlone) {
  TestRegistry reg;
  make_acme(reg);
  expect_only(reg,
              {"GET",
               kApp,
               "",
               {"reader", "writer", "manager", "owner", "owner@repo:read", "owner@repo:write", "owner@repo:admin"}});
  for (const auto* who : {"reader", "writer", "manager", "owner", "owner@repo:read"}) {
    expect_refusals(reg, {{who, "GET", kApp, 200}});
  }
  // What does not exist looks to a stranger like what is hidden.
  expect_refusals(reg, {{"stranger", "GET", "/api/v1/repository/acme/none", 403, "insufficient_scope"},
                        {"stranger", "GET", "/api/v1/repository/nowhere/none", 403, "insufficient_scope"},
                        {"nobody", "GET", "/api/v1/repository/acme/none", 401, "invalid_token"},
                        {"owner", "GET", "/api/v1/repository/acme/none", 404, "not_found"}});
  EXPECT_FALSE(reg.as("reader").get(kApp).flag("/can_write"));
  EXPECT_TRUE(reg.as("writer").get(kApp).flag("/can_write"));
  EXPECT_FALSE(reg.as("writer").get(kApp).flag("/can_admin"));
}

TEST(Repository, IsSeenByAllWhenPublic) {
  TestRegistry reg;
  reg.repository("acme/app");
  const std::string path = std::string(kApp) + "/changevisibility";
  EXPECT_EQ(reg.as("owner").post(path, {{"visibility", "public"}}).status, 200);
  expect_refusals(reg, {{"nobody", "GET", kApp, 200}, {"stranger", "GET", kApp, 200}});
  EXPECT_EQ(reg.as("owner").post(path, {{"visibility", "hidden"}}).status, 400);
  EXPECT_EQ(reg.as("owner").post(path, {{"visibility", "private"}}).status, 200);
  expect_refusals(reg, {{"nobody", "GET", kApp, 401, "invalid_token"}});
}

TEST(Repository, IsChangedAndDeletedByWhoMay) {
  TestRegistry reg;
  make_acme(reg);
  const std::string visibility = R"({"visibility":"public"})";
  expect_only(reg, {"DELETE", kApp, "", {"manager", "owner", "owner@repo:admin"}});
  expect_only(reg,
              {"POST", std::string(kApp) + "/changevisibility", visibility, {"manager", "owner", "owner@repo:admin"}});
  expect_only(
      reg,
      {"PUT", kApp, R"({"description":"x"})", {"writer", "manager", "owner", "owner@repo:write", "owner@repo:admin"}});
  EXPECT_EQ(reg.as("stranger").put(kApp, json::Object{}).status, 403);  // before the body's own fault
  EXPECT_EQ(reg.as("writer").put(kApp, json::Object{}).status, 400);
  EXPECT_EQ(reg.as("writer").put(kApp, {{"description", "new"}}).status, 200);
  EXPECT_EQ(reg.as("reader").get(kApp).string("/description"), "new");
  EXPECT_EQ(reg.as("manager").del(kApp).status, 204);
}

TEST(RepositoryList, HasWhatTheCallerMaySee) {
  TestRegistry reg;
  make_acme(reg);
  reg.repository("acme/open", "public");
  reg.repository("other/closed");
  reg.repository("other/open", "public");
  const auto seen = [&](std::string_view who, const std::string& query) {
    auto client = reg.as(who);
    const auto answer = client.get(kList + query);
    EXPECT_EQ(answer.status, 200) << answer.summary();
    auto names = answer.names("repositories");
    std::ranges::sort(names);
    return names;
  };
  EXPECT_EQ(seen("reader", "?namespace=acme"), Names{"app"});
  EXPECT_EQ(seen("reader", "?namespace=acme&public=true"), (Names{"app", "open"}));
  EXPECT_EQ(seen("owner", "?namespace=acme"), (Names{"app", "open"}));
  EXPECT_EQ(seen("stranger", "?namespace=acme"), Names{});
  EXPECT_EQ(seen("stranger", ""), (Names{"open", "open"}));
  EXPECT_EQ(seen("nobody", "?public=true"), (Names{"open", "open"}));
  EXPECT_EQ(seen("nobody", "?namespace=acme"), Names{});
  EXPECT_EQ(seen("reader", "?namespace=nowhere"), Names{});
  EXPECT_EQ(seen("reader", "?starred=true"), Names{});
  EXPECT_EQ(reg.as("reader", "user:read").get(std::string(kList) + "?namespace=acme").names("repositories"), Names{});
  expect_refusals(reg, {{"nobody", "GET", kList, 401, "invalid_token"},
                        {"nobody", "GET", "/api/v1/repository?starred=true", 401, "invalid_token"}});
}

TEST(RepositoryList, AddsTimesAndPopularityWhenAsked) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  reg.repository("acme/empty");
  const auto answer = reg.as("owner").get(std::string(kList) + "?namespace=acme&last_modified=true&popularity=true");
  EXPECT_GT(answer.number("/repositories/0/last_modified"), 1'000'000'000);
  EXPECT_EQ(answer.at("/repositories/0/popularity").to_number<double>(), 1.0);
  EXPECT_TRUE(answer.at("/repositories/1/last_modified").is_null());
  EXPECT_EQ(answer.number("/repositories/0/tag_count"), 1);
  EXPECT_FALSE(answer.string("/repositories/0/status_token").empty());
  EXPECT_TRUE(reg.as("owner").get(std::string(kList) + "?namespace=acme").at("/repositories/0/popularity").is_null());
}

TEST(RepositoryList, PagesByAHundred) {
  TestRegistry reg;
  reg.organization("acme");
  auto owner = reg.as("owner");
  for (int i = 0; i < 205; ++i) {
    ASSERT_EQ(
        owner.post(kList, {{"namespace", "acme"}, {"repository", "r" + std::to_string(i)}, {"visibility", "private"}})
            .status,
        201);
  }
  Names all;
  std::string page;
  for (int i = 0; i < 3; ++i) {
    const auto answer = owner.get(std::string(kList) + "?namespace=acme" + (page.empty() ? "" : "&next_page=" + page));
    for (auto& name : answer.names("repositories")) all.push_back(name);
    const auto next = answer.at("/next_page");
    page = next.is_string() ? std::string(next.get_string()) : "";
    EXPECT_EQ(page.empty(), i == 2);
  }
  EXPECT_EQ(all.size(), 205u);
  std::ranges::sort(all);
  EXPECT_TRUE(std::ranges::unique(all).empty());
  // A token that is none starts again at the front, as in Quay.
  EXPECT_EQ(owner.get(std::string(kList) + "?namespace=acme&next_page=nonsense").names("repositories")[0], "r0");
}

TEST(RepositoryState, OfReadOnlyRefusesEveryChangeOfTheContent) {
  TestRegistry reg;
  make_acme(reg);
  const auto digest = reg.push("acme/app", {"v1"})[0];
  const std::string state = std::string(kApp) + "/changestate";
  const std::string tag = std::string(kApp) + "/tag/v1";
  auto manager = reg.as("manager");
  ASSERT_EQ(manager.put(state, {{"state", "READ_ONLY"}}).status, 200);
  const auto shown = manager.get(kApp);
  EXPECT_EQ(shown.string("/state"), "READ_ONLY");
  EXPECT_FALSE(shown.flag("/can_write"));
  EXPECT_TRUE(shown.flag("/can_admin"));
  auto client = reg.registry("owner", "acme/app");
  EXPECT_EQ(client.get("/v2/acme/app/manifests/v1").status, 200);
  EXPECT_NE(reg.put_manifest("acme/app", "v2", test::kOciManifest, test::Image::make("v1").manifest).status, 201);
  EXPECT_NE(client.del("/v2/acme/app/manifests/v1").status, 202);
  reg.allow_accidents();
  const auto refused = manager.put(tag, {{"manifest_digest", digest}});
  EXPECT_EQ(refused.status, 503) << refused.summary();
  EXPECT_EQ(refused.string("/message"), "Repository is in read only or mirror mode: READ_ONLY");
  EXPECT_EQ(manager.del(tag).status, 503);
  EXPECT_EQ(manager.post(tag + "/restore", {{"manifest_digest", digest}}).status, 503);
  EXPECT_EQ(manager.get(std::string(kApp) + "/tag/").names("tags"), Names{"v1"});
  EXPECT_EQ(manager.put(kApp, {{"description", "still"}}).status, 200);  // not of the content
  ASSERT_EQ(manager.put(state, {{"state", "NORMAL"}}).status, 200);
  EXPECT_EQ(manager.del(tag).status, 204);
  const auto log = manager.get(std::string(kApp) + "/logs").names("logs", "kind");
  EXPECT_EQ(std::ranges::count(log, "change_repo_state"), 2);
}

TEST(RepositoryState, IsForAdminsAndOneThatThereIs) {
  TestRegistry reg;
  make_acme(reg);
  const std::string state = std::string(kApp) + "/changestate";
  for (const auto* wanted : {"MIRROR", "ORG_MIRROR", "normal", ""}) {
    EXPECT_EQ(reg.as("owner").put(state, {{"state", wanted}}).status, 400) << wanted;
  }
  EXPECT_EQ(reg.as("owner").put(state, json::Object{}).status, 400);
  EXPECT_EQ(reg.as("owner").put("/api/v1/repository/acme/none/changestate", {{"state", "NORMAL"}}).status, 404);
  expect_only(reg, {"PUT", state, R"({"state":"READ_ONLY"})", {"manager", "owner", "owner@repo:admin"}});
}

TEST(Repository, OfADeletedOnesNameHasNothingOfIt) {
  TestRegistry reg;
  make_acme(reg);
  reg.push("acme/app", {"v1"});
  ASSERT_EQ(reg.as("reader").get(kApp).status, 200);
  ASSERT_EQ(reg.as("owner").del(kApp).status, 204);
  ASSERT_EQ(
      reg.as("owner").post(kList, {{"namespace", "acme"}, {"repository", "app"}, {"visibility", "private"}}).status,
      201);
  for (const auto* who : {"reader", "writer", "manager"}) EXPECT_EQ(reg.as(who).get(kApp).status, 403) << who;
  EXPECT_EQ(reg.as("owner").get(kApp).number("/tag_count"), 0);
  EXPECT_EQ(reg.as("owner").get(std::string(kApp) + "/tag/").names("tags"), Names{});
}

}  // namespace
}  // namespace wharf::api
