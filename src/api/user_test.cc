#include "api/user.h"

#include <future>

#include "api/refusals_testing.h"
#include "base/testing_clock.h"

namespace wharf::api {
namespace {

using test::kPassword;
using test::TestRegistry;
using testing::expect_only;

json::Value first(const char* username, bool access_token = true) {
  return {
      {"username", username}, {"password", kPassword}, {"email", "first@example.com"}, {"access_token", access_token}};
}

TEST(InitializeUser, AnswersATokenThatWorksAndThenNeverAgain) {
  TestRegistry reg;
  const auto made = reg.with("").post("/api/v1/user/initialize", first("admin"));
  ASSERT_EQ(made.status, 200) << made.summary();
  EXPECT_EQ(made.string("/username"), "admin");
  EXPECT_EQ(made.string("/email"), "first@example.com");
  EXPECT_FALSE(made.string("/encrypted_password").empty());
  EXPECT_EQ(made.header("Cache-Control"), "no-store");
  auto admin = reg.with("Bearer " + made.string("/access_token"));
  const auto self = admin.get("/api/v1/user/");
  EXPECT_EQ(self.string("/username"), "admin");
  EXPECT_TRUE(self.flag("/super_user"));
  EXPECT_EQ(admin.get("/api/v1/superuser/users/").status, 200);

  const auto again = reg.with("").post("/api/v1/user/initialize", first("other"));
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.string("/error_type"), "invalid_request");
}

TEST(InitializeUser, RefusesWhatIsNoFirstUserAndStaysOpen) {
  TestRegistry reg;
  auto client = reg.with("");
  struct Row {
    std::string body, type;
    int status;
  };
  const Row rows[] = {{"{}", "application/json", 400},
                      {"", "application/json", 400},
                      {"{", "application/json", 400},
                      {"[]", "application/json", 400},
                      {"null", "application/json", 400},
                      {R"({"username": "admin"})", "application/json", 400},
                      {R"({"username": "admin", "password": "short"})", "application/json", 400},
                      {R"({"username": "Admin", "password": "long-enough"})", "application/json", 400},
                      {R"({"username": "admin\u0000", "password": "long-enough"})", "application/json", 400},
                      {R"({"username": "admin", "password": "long-enough", "email": "none"})", "application/json", 400},
                      {R"({"username": 7, "password": "long-enough"})", "application/json", 400},
                      {R"({"username": "admin", "password": "long-enough"})", "text/plain", 415},
                      {R"({"username": "admin", "password": "long-enough"})", "", 415}};
  for (const auto& row : rows) {
    const auto answer = client.request("POST", "/api/v1/user/initialize", row.body, {{"Content-Type", row.type}});
    EXPECT_EQ(answer.status, row.status) << row.body << ' ' << row.type << ": " << answer.summary();
  }
  const auto made = client.post("/api/v1/user/initialize", {{"username", "admin"}, {"password", kPassword}});
  EXPECT_EQ(made.status, 200);
  EXPECT_TRUE(made.at("/email").is_null());
  EXPECT_FALSE(made.json().as_object().contains("access_token")) << "only when it is wanted";
}

TEST(InitializeUser, HasOneWinnerWhenSeveralRace) {
  TestRegistry reg;
  std::vector<std::future<int>> racers;
  for (const auto* name : {"one", "two", "three", "four"}) {
    racers.push_back(std::async(std::launch::async, [client = std::make_shared<test::Client>(reg.with("")), name] {
      return client->post("/api/v1/user/initialize", first(name)).status;
    }));
  }
  std::multiset<int> statuses;
  for (auto& racer : racers) statuses.insert(racer.get());
  EXPECT_EQ(statuses, (std::multiset<int>{200, 400, 400, 400}));
}

TEST(LoggedInUser, IsShownByTheScopesOfTheToken) {
  TestRegistry reg;
  reg.organization("acme");
  const auto self = reg.as("owner").get("/api/v1/user/");
  ASSERT_EQ(self.status, 200) << self.summary();
  EXPECT_EQ(self.string("/email"), "owner@example.com");
  EXPECT_TRUE(self.flag("/verified"));
  EXPECT_FALSE(self.flag("/anonymous"));
  EXPECT_EQ(self.names("organizations"), test::Names{"acme"});
  EXPECT_TRUE(self.flag("/organizations/0/is_admin"));
  EXPECT_TRUE(self.flag("/organizations/0/is_org_admin"));
  EXPECT_EQ(self.string("/organizations/0/avatar/kind"), "org");
  EXPECT_TRUE(self.at("/company").is_null());
  EXPECT_FALSE(self.json().as_object().contains("super_user")) << "that is for superusers";

  const auto narrow = reg.as("owner", "user:read").get("/api/v1/user/").json().as_object();
  EXPECT_FALSE(narrow.contains("email") || narrow.contains("verified") || narrow.contains("tag_expiration_s"));
  EXPECT_TRUE(narrow.contains("organizations"));
  for (const auto* scope : {"repo:read", "org:admin", "super:user"}) {
    const auto refused = reg.as("owner", scope).get("/api/v1/user/");
    EXPECT_EQ(refused.status, 401) << scope;
    EXPECT_EQ(refused.string("/error_type"), "invalid_token") << scope;
  }
  EXPECT_EQ(reg.with("").get("/api/v1/user/").status, 401);
  EXPECT_EQ(reg.with("Bearer " + std::string(40, 'a')).get("/api/v1/user/").status, 401);
}

TEST(UserInformation, IsPublicAndSmall) {
  TestRegistry reg;
  reg.organization("acme");
  reg.robot("acme+ci");
  const auto seen = reg.with("").get("/api/v1/users/owner");
  ASSERT_EQ(seen.status, 200) << seen.summary();
  EXPECT_EQ(seen.json().as_object().size(), 3u) << seen.text;
  EXPECT_EQ(seen.string("/avatar/kind"), "user");
  for (const auto* name : {"acme", "acme+ci", "acme%2Bci", "none", "%FF"}) {
    const auto missing = reg.as("stranger").get(std::string("/api/v1/users/") + name);
    EXPECT_EQ(missing.status, 404) << name << ": " << missing.summary();
  }
}

TEST(SuperuserUsers, AreMadeAndListedBySuperusersAlone) {
  TestRegistry reg;
  testing::make_acme(reg);
  expect_only(reg, {.verb = "GET", .path = "/api/v1/superuser/users/", .allowed = {"superuser"}});
  expect_only(reg, {.verb = "POST",
                    .path = "/api/v1/superuser/users/",
                    .body = R"({"username": "sneaked"})",
                    .allowed = {"superuser"}});
  auto root = reg.as("superuser");
  const auto made = root.post("/api/v1/superuser/users/", {{"username", "made"}, {"email", "made@example.com"}});
  ASSERT_EQ(made.status, 200) << made.summary();
  EXPECT_EQ(made.string("/password").size(), 32u);
  EXPECT_EQ(root.post("/api/v1/superuser/users/", {{"username", "made"}}).status, 400);
  EXPECT_EQ(root.post("/api/v1/superuser/users/", json::Object{}).status, 400);
  EXPECT_EQ(root.get("/api/v1/superuser/users/?limit=101").status, 400);
  EXPECT_EQ(root.get("/api/v1/superuser/users/?limit=x").status, 400);
  test::Names names;
  std::string next;
  do {
    const auto page = root.get("/api/v1/superuser/users/?limit=3&next_page=" + next);
    for (const auto& name : page.names("users", "username")) names.push_back(name);
    const auto token = page.at("/next_page");
    next = token.is_string() ? std::string(token.as_string()) : "";
  } while (!next.empty());
  EXPECT_EQ(names, root.get("/api/v1/superuser/users/").names("users", "username"));
  EXPECT_EQ(std::ranges::count(names, "made"), 1);
  EXPECT_EQ(std::ranges::count(names, "sneaked"), 0);
  EXPECT_EQ(reg.as("superuser", "org:admin").get("/api/v1/superuser/users/").status, 403);
  EXPECT_EQ(reg.as("stranger").post("/api/v1/superuser/users/", json::Object{}).status, 403) << "before the body";
  const auto entry = root.get("/api/v1/superuser/logs").at("/logs/0");
  EXPECT_EQ(entry.at("kind"), "user_create");
  EXPECT_EQ(entry.at("metadata").at("superuser"), "superuser") << "who made them";
}

TEST(SuperuserUsers, WantTheSuperusersPasswordAgainAndTheirFeature) {
  TestRegistry reg;
  auto root = reg.session("superuser");
  advance_clock(std::chrono::minutes(10));
  EXPECT_EQ(root.get("/api/v1/superuser/users/").string("/error_type"), "fresh_login_required");
  const auto made = root.post("/api/v1/superuser/users/", {{"username", "made"}});
  EXPECT_EQ(made.string("/error_type"), "fresh_login_required");
  TestRegistry without{{.configure = [](app::Config& config) { config.features.super_users = false; }}};
  EXPECT_EQ(without.as("owner").get("/api/v1/superuser/users/").status, 404);
  EXPECT_EQ(without.as("owner").post("/api/v1/superuser/users/", {{"username", "made"}}).status, 404);
}

}  // namespace
}  // namespace wharf::api
