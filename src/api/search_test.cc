#include "api/search.h"

#include "api/refusals_testing.h"
#include "http/message.h"
#include "store/profile.h"
#include "store/pull_count.h"
#include "store/repository.h"
#include "store/search.h"

namespace wharf::api {
namespace {

using test::Answer;
using test::Client;
using test::Names;
using test::TestRegistry;
using testing::make_acme;

Answer find(Client client, std::string_view text, std::string_view more = "") {
  return client.get("/api/v1/find/repositories?query=" + http::percent_encode(text) + std::string(more));
}

/// "acme/app" of each repository that was found, best first.
Names found(Client client, std::string_view text, std::string_view more = "") {
  const auto answer = find(std::move(client), text, more);
  EXPECT_EQ(answer.status, 200) << text << ": " << answer.summary();
  Names names;
  if (answer.status != 200) return names;
  const auto results = answer.at("/results");
  for (const auto& each : results.as_array()) {
    names.push_back(std::string(each.at("namespace").at("name").as_string()) + '/' +
                    std::string(each.at("name").as_string()));
  }
  return names;
}

/// "kind name" of each result of a search of everything.
Names all(Client client, std::string_view text) {
  const auto answer = client.get("/api/v1/find/all?query=" + http::percent_encode(text));
  EXPECT_EQ(answer.status, 200) << text << ": " << answer.summary();
  Names names;
  if (answer.status != 200) return names;
  const auto results = answer.at("/results");
  for (const auto& each : results.as_array()) {
    names.push_back(std::string(each.at("kind").as_string()) + ' ' + std::string(each.at("name").as_string()));
  }
  return names;
}

/// "kind name" of each entity.
Names entities(Client client, std::string_view prefix, std::string_view query = "") {
  const auto answer = client.get("/api/v1/entities/" + http::percent_encode(prefix) + std::string(query));
  EXPECT_EQ(answer.status, 200) << prefix << ": " << answer.summary();
  Names names;
  if (answer.status != 200) return names;
  const auto results = answer.at("/results");
  for (const auto& each : results.as_array()) {
    const auto* robot = each.as_object().if_contains("is_robot");
    names.push_back((robot && robot->as_bool() ? "robot" : std::string(each.at("kind").as_string())) + ' ' +
                    std::string(each.at("name").as_string()));
  }
  return names;
}

void describe(TestRegistry& reg, const std::string& repository, std::string_view text) {
  ASSERT_EQ(reg.as("owner").put("/api/v1/repository/" + repository, {{"description", text}}).status, 200);
}

void use(TestRegistry& reg, std::string_view ns, std::string_view name, std::int64_t actions) {
  reg.database().write_now([&](db::Tx& tx) {
    const auto head = store::find_repository(tx, RepoName{std::string(ns), std::string(name)});
    store::add_actions(tx, head.value().id, now_ms(), actions);
    return true;
  });
}

/// As if nothing had ever gone on.
void forget_use(TestRegistry& reg) {
  reg.database().write_now([](db::Tx& tx) {
    static const db::Query kForget{"test.forget", "DELETE FROM repository_day"};
    return tx.run(kForget);
  });
}

TEST(RepositorySearch, FindsNamesBeforeDescriptionsAndTheExactOneFirst) {
  TestRegistry reg;
  for (const auto* name : {"acme/webserver", "acme/web", "acme/team/web-ui", "beta/other", "beta/plain"}) {
    reg.repository(name, "public");
  }
  describe(reg, "beta/other", "A small WEB thing");
  forget_use(reg);
  EXPECT_EQ(found(reg.as("nobody"), "web"), (Names{"acme/web", "acme/webserver", "acme/team/web-ui", "beta/other"}));
  EXPECT_EQ(found(reg.as("nobody"), " WEB "), found(reg.as("nobody"), "web")) << "letters' case and spaces around";
  EXPECT_EQ(found(reg.as("nobody"), "ebser"), Names{"acme/webserver"}) << "in the middle of a name";
  EXPECT_EQ(found(reg.as("nobody"), "m/w"), Names{"acme/team/web-ui"}) << "no such namespace";
  EXPECT_EQ(found(reg.as("nobody"), "small web"), Names{"beta/other"});
  EXPECT_EQ(found(reg.as("nobody"), "nowhere"), Names{});
  EXPECT_EQ(found(reg.as("nobody"), ""),
            (Names{"acme/webserver", "acme/web", "acme/team/web-ui", "beta/other", "beta/plain"}));
  // What is used most comes first, but no description before a name.
  use(reg, "beta", "other", 1000);
  use(reg, "acme", "team/web-ui", 10);
  use(reg, "acme", "team/web-ui", 5);
  use(reg, "acme", "webserver", 12);
  EXPECT_EQ(found(reg.as("nobody"), "web"), (Names{"acme/web", "acme/team/web-ui", "acme/webserver", "beta/other"}));
  EXPECT_EQ(found(reg.as("nobody"), "").front(), "beta/other");
  forget_use(reg);
  EXPECT_EQ(found(reg.as("nobody"), "web"), (Names{"acme/web", "acme/webserver", "acme/team/web-ui", "beta/other"}));
}

TEST(RepositorySearch, LooksForShortTextsInNames) {
  TestRegistry reg;
  reg.repository("acme/ab", "public");
  reg.repository("acme/xabx", "public");
  reg.repository("acme/other", "public");
  describe(reg, "acme/other", "abc");
  EXPECT_EQ(found(reg.as("nobody"), "ab"), (Names{"acme/ab", "acme/xabx"}));
  EXPECT_EQ(found(reg.as("nobody"), "x"), Names{"acme/xabx"});
  EXPECT_EQ(found(reg.as("nobody"), "abc"), Names{"acme/other"});
}

TEST(RepositorySearch, WithANamespaceStaysThere) {
  TestRegistry reg;
  reg.repository("acme/app", "public");
  reg.repository("acme/team/app", "public");
  reg.repository("beta/app", "public");
  EXPECT_EQ(found(reg.as("nobody"), "acme/app"), (Names{"acme/app", "acme/team/app"}));
  EXPECT_EQ(found(reg.as("nobody"), "ACME/ap"), (Names{"acme/app", "acme/team/app"}));
  EXPECT_EQ(found(reg.as("nobody"), "beta/"), Names{"beta/app"});
  EXPECT_EQ(found(reg.as("nobody"), "beta/acme"), Names{});
  EXPECT_EQ(found(reg.as("nobody"), "acme/team/app"), Names{"acme/team/app"});
}

TEST(RepositorySearch, TellsWhatItFound) {
  TestRegistry reg;
  make_acme(reg);
  describe(reg, "acme/app", "The application");
  reg.push("acme/app", {"v1"});
  ASSERT_EQ(reg.as("reader").post("/api/v1/user/starred", {{"namespace", "acme"}, {"repository", "app"}}).status, 201);
  const auto plain = find(reg.as("owner"), "app");
  ASSERT_EQ(plain.status, 200);
  EXPECT_FALSE(plain.flag("/has_additional"));
  EXPECT_EQ(plain.number("/page"), 1);
  EXPECT_EQ(plain.number("/page_size"), 10);
  EXPECT_EQ(plain.number("/start_index"), 0);
  const json::Value first = plain.at("/results/0");
  const auto& hit = first.as_object();
  EXPECT_EQ(hit.at("kind"), "repository");
  EXPECT_EQ(hit.at("title"), "repo");
  EXPECT_EQ(hit.at("name"), "app");
  EXPECT_EQ(hit.at("description"), "The application");
  EXPECT_EQ(hit.at("is_public"), false);
  EXPECT_EQ(hit.at("href"), "/repository/acme/app");
  EXPECT_EQ(plain.at("/results/0/score").to_number<int>(), 4);
  EXPECT_EQ(plain.string("/results/0/namespace/kind"), "organization");
  EXPECT_EQ(plain.string("/results/0/namespace/title"), "org");
  EXPECT_EQ(plain.string("/results/0/namespace/href"), "/organization/acme");
  EXPECT_EQ(plain.string("/results/0/namespace/avatar/kind"), "org");
  for (const auto* usage : {"last_modified", "stars", "popularity"}) EXPECT_FALSE(hit.contains(usage)) << usage;
  const auto used = find(reg.as("owner"), "app", "&includeUsage=true");
  EXPECT_GT(used.number("/results/0/last_modified"), 1'600'000'000);
  EXPECT_LT(used.number("/results/0/last_modified"), 10'000'000'000) << "seconds";
  EXPECT_EQ(used.number("/results/0/stars"), 1);
  EXPECT_TRUE(used.at("/results/0/popularity").is_number());
  reg.repository("acme/empty");
  EXPECT_TRUE(find(reg.as("owner"), "empty", "&includeUsage=true").at("/results/0/last_modified").is_null());
}

TEST(RepositorySearch, ShowsNoMoreThanTheCallerMaySee) {
  TestRegistry reg;
  make_acme(reg);
  reg.repository("acme/app-open", "public");
  reg.repository("acme/app-of-devs");
  reg.give_team("devs", "acme/app-of-devs", "read");
  reg.repository("beta/app-elsewhere");
  const Names open{"acme/app-open"};
  const Names every{"acme/app", "acme/app-open", "acme/app-of-devs", "beta/app-elsewhere"};
  forget_use(reg);
  EXPECT_EQ(found(reg.as("nobody"), "app"), open);
  EXPECT_EQ(found(reg.as("stranger"), "app"), open);
  EXPECT_EQ(found(reg.as("superuser"), "app"), open) << "a superuser has no more here";
  EXPECT_EQ(found(reg.as("maker"), "app"), open) << "being in a team is no role";
  EXPECT_EQ(found(reg.as("reader"), "app"), (Names{"acme/app", "acme/app-open"}));
  EXPECT_EQ(found(reg.as("member"), "app"), (Names{"acme/app-open", "acme/app-of-devs"}));
  EXPECT_EQ(found(reg.as("owner"), "app"), every);
  EXPECT_EQ(found(reg.as("owner", "repo:read"), "app"), every);
  EXPECT_EQ(found(reg.as("owner", "user:admin org:admin"), "app"), open) << "the token's scopes";
  EXPECT_EQ(found(reg.as("reader"), "acme/"), (Names{"acme/app", "acme/app-open"}));
  EXPECT_EQ(found(reg.as("stranger"), "acme/app"), open);
  EXPECT_EQ(found(reg.as("reader"), "").size(), 2u);
  EXPECT_EQ(reg.with("Bearer nonsense").get("/api/v1/find/repositories?query=app").status, 401);
  // The text of what is hidden tells nothing either.
  describe(reg, "beta/app-elsewhere", "secret plans");
  EXPECT_EQ(found(reg.as("reader"), "secret"), Names{});
  EXPECT_EQ(found(reg.as("owner"), "secret"), Names{"beta/app-elsewhere"});
}

TEST(RepositorySearch, ShowsAReadOnlySuperuserAll) {
  TestRegistry reg({.configure = [](app::Config& config) { config.global_readonly_super_users = {"auditor"}; }});
  reg.repository("acme/app");
  EXPECT_EQ(found(reg.as("auditor"), "app"), Names{"acme/app"});
  EXPECT_EQ(found(reg.as("stranger"), "app"), Names{});
}

/// Brings the index up to date now.
void index(TestRegistry& reg) {
  reg.database().write_now([](db::Tx& tx) {
    while (store::index_texts(tx, 100) > 0) {
    }
    return true;
  });
}

void search_after_changes(TestRegistry& reg, const std::function<void()>& between) {
  reg.repository("acme/first");
  between();
  reg.repository("acme/second");
  between();
  auto owner = reg.as("owner");
  describe(reg, "acme/first", "about whales");
  between();
  EXPECT_EQ(found(reg.as("owner"), "whales"), Names{"acme/first"});
  describe(reg, "acme/first", "about sharks");
  between();
  EXPECT_EQ(found(reg.as("owner"), "whales"), Names{});
  EXPECT_EQ(found(reg.as("owner"), "sharks"), Names{"acme/first"});
  EXPECT_EQ(found(reg.as("stranger"), "first"), Names{});
  ASSERT_EQ(owner.post("/api/v1/repository/acme/first/changevisibility", {{"visibility", "public"}}).status, 200);
  between();
  EXPECT_EQ(found(reg.as("stranger"), "first"), Names{"acme/first"});
  reg.give("reader", "acme/second", "read");
  between();
  EXPECT_EQ(found(reg.as("reader"), "second"), Names{"acme/second"});
  ASSERT_EQ(owner.del("/api/v1/repository/acme/second/permissions/user/reader").status, 204);
  between();
  EXPECT_EQ(found(reg.as("reader"), "second"), Names{});
  ASSERT_EQ(owner.del("/api/v1/repository/acme/first").status, 204);
  between();
  EXPECT_EQ(found(reg.as("owner"), "first"), Names{});
  EXPECT_EQ(found(reg.as("owner"), "sharks"), Names{});
  EXPECT_EQ(found(reg.as("owner"), "deleted"), Names{}) << "nor what a deleted one is called";
  reg.repository("acme/first");
  between();
  EXPECT_EQ(found(reg.as("owner"), "first"), Names{"acme/first"}) << "a new one of that name";
  ASSERT_EQ(owner.del("/api/v1/organization/acme").status, 204);
  between();
  EXPECT_EQ(found(reg.as("owner"), ""), Names{});
  EXPECT_EQ(all(reg.as("owner"), "acme"), Names{});
}

TEST(RepositorySearch, KnowsEveryChangeAtOnce) {
  TestRegistry reg;
  search_after_changes(reg, [] {});
}

TEST(RepositorySearch, KnowsEveryChangeThatIsIndexed) {
  TestRegistry reg;
  search_after_changes(reg, [&] { index(reg); });
}

void fill(TestRegistry& reg, int count) {
  reg.repository("acme/seed", "public");
  reg.database().write_now([&](db::Tx& tx) {
    static const db::Query kInsert{"test.repository", R"(
      INSERT INTO repository (namespace_id, name, visibility, badge_token, created_ms, description)
      SELECT id, $1, 'public', '', 0, $2 FROM account WHERE name = 'acme')"};
    for (int i = 0; i < count; ++i) {
      tx.run(kInsert, "common-" + std::to_string(10'000 + i), i % 2 == 0 ? "widely told" : "");
    }
    return true;
  });
}

TEST(RepositorySearch, PagesFitEachOther) {
  TestRegistry reg;
  fill(reg, 1200);
  index(reg);
  use(reg, "acme", "common-10777", 3);
  for (const auto* text : {"common", "co", "", "told", "acme/common", "common-107"}) {
    Names seen;
    for (int page = 1; page <= 10; ++page) {
      const auto answer = find(reg.as("nobody"), text, "&page=" + std::to_string(page));
      ASSERT_EQ(answer.status, 200) << answer.summary();
      EXPECT_EQ(answer.number("/page"), page);
      EXPECT_EQ(answer.number("/start_index"), (page - 1) * 10);
      EXPECT_EQ(answer.flag("/has_additional"), page < 10) << text << ' ' << page;
      const auto names = answer.names("results");
      EXPECT_EQ(names.size(), 10u) << text << ' ' << page;
      seen.insert(seen.end(), names.begin(), names.end());
    }
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 100u) << text;
    if (std::string_view(text) != "told") EXPECT_EQ(seen.front(), "common-10777") << text;
  }
  EXPECT_EQ(find(reg.as("nobody"), "common", "&page=99").number("/page"), 10);
  EXPECT_EQ(find(reg.as("nobody"), "common", "&page=0").number("/page"), 1);
  EXPECT_EQ(find(reg.as("nobody"), "common", "&page=-4").number("/page"), 1);
  EXPECT_EQ(find(reg.as("nobody"), "common", "&page=x").status, 400);
  const auto last = find(reg.as("nobody"), "common-1000", "&page=2");
  EXPECT_EQ(last.names("results"), Names{});
  EXPECT_FALSE(last.flag("/has_additional"));
  EXPECT_FALSE(find(reg.as("nobody"), "common-1000").flag("/has_additional")) << "ten are one page";
  // Common texts are as exact as rare ones.
  EXPECT_EQ(found(reg.as("nobody"), "common-10001"), Names{"acme/common-10001"});
  EXPECT_EQ(found(reg.as("nobody"), "seed"), Names{"acme/seed"});
}

TEST(RepositorySearch, TakesEveryTextForItself) {
  TestRegistry reg;
  reg.repository("acme/a_b", "public");
  reg.repository("acme/axb", "public");
  describe(reg, "acme/axb", "100% \"pure\" C:\\dir* NEAR(a b) -- ; DROP 'x' \u05e9\u05dc\u05d5\u05dd \u00c4rger");
  EXPECT_EQ(found(reg.as("nobody"), "a_b"), Names{"acme/a_b"}) << "no wildcard";
  for (const auto* text : {"100%", "0% \"pu", "\"pure\"", "C:\\dir*", "\\dir", "NEAR(a b)", "-- ;", "drop 'x'",
                           "\u05e9\u05dc\u05d5\u05dd", "\u00c4rger", "axb"}) {
    EXPECT_EQ(found(reg.as("nobody"), text), Names{"acme/axb"}) << text;
  }
  for (const auto* text : {"%",           "%%%",
                           "____",        "*",
                           "***",         "\"",
                           "\"\"\"",      "'",
                           "' OR 1=1 --", "axb OR a_b",
                           "axb*",        "NOT axb",
                           "name:axb",    "{name} : axb",
                           "^axb",        "axb + b",
                           "(",           ")))",
                           "NEAR axb",    "\\",
                           "\\\\\\",      "$1",
                           "$9",          "?1",
                           "{}",          "\u202e\u202e\u202e",
                           "\u200f",      "\U0001F600\U0001F600\U0001F600",
                           "\u00e4rger.", "\x7f\x7f\x7f"}) {
    EXPECT_EQ(found(reg.as("nobody"), text).size(), 0u) << text;
    EXPECT_EQ(reg.as("nobody").get("/api/v1/find/all?query=" + http::percent_encode(text)).status, 200) << text;
    EXPECT_EQ(reg.as("owner").get("/api/v1/entities/" + http::percent_encode(text)).status, 200) << text;
  }
  for (const auto* bad : {"%00", "a%00b%00c", "%ff%fe%fd", "%c3%28%c3", "%ed%a0%80", "%zz"}) {
    for (const auto* path : {"/api/v1/find/repositories?query=", "/api/v1/find/all?query=", "/api/v1/entities/"}) {
      for (const auto* who : {"nobody", "owner"}) {
        const auto answer = reg.as(who).get(std::string(path) + bad);
        EXPECT_TRUE(answer.status == 400 || answer.status == 200 || answer.status == 404)
            << path << bad << ": " << answer.summary();
      }
    }
  }
  const std::string longest(255, 'y'), longer(256, 'y'), far(3'000, 'y');
  EXPECT_EQ(found(reg.as("nobody"), longest), Names{});
  EXPECT_EQ(found(reg.as("nobody"), std::string(20, ' ') + longest + std::string(20, ' ')), Names{});
  for (const auto& text : {longer, far}) {
    EXPECT_EQ(find(reg.as("nobody"), text).status, 400);
    EXPECT_EQ(reg.as("nobody").get("/api/v1/find/all?query=" + text).status, 400);
    EXPECT_EQ(entities(reg.as("nobody"), text), Names{});
  }
}

TEST(SearchOfAll, FindsEveryKindAndRanksBySimilarity) {
  TestRegistry reg;
  make_acme(reg);
  reg.organization("app");
  reg.user("appleseed");
  reg.team("acme", "appteam", "member", {"member"});
  reg.robot("acme+approbot");
  reg.repository("acme/my-app", "public");
  EXPECT_EQ(all(reg.as("owner"), "app"), (Names{"repository app", "repository my-app", "team appteam",
                                                "organization app", "robot acme+approbot", "user appleseed"}));
  EXPECT_EQ(all(reg.as("member"), "app"),
            (Names{"repository my-app", "team appteam", "organization app", "user appleseed"}));
  EXPECT_EQ(all(reg.as("nobody"), "app"), (Names{"repository my-app", "organization app", "user appleseed"}));
  EXPECT_EQ(all(reg.as("owner"), ""), Names{});
  EXPECT_EQ(all(reg.as("owner"), "   "), Names{});
  const auto answer = reg.as("owner").get("/api/v1/find/all?query=app");
  EXPECT_DOUBLE_EQ(answer.at("/results/0/score").to_number<double>(), 4);
  EXPECT_TRUE(answer.at("/results/0/avatar").is_null());
  EXPECT_EQ(answer.string("/results/0/namespace/name"), "acme");
  EXPECT_EQ(answer.string("/results/2/organization/name"), "acme");
  EXPECT_EQ(answer.string("/results/2/href"), "/organization/acme/teams/appteam");
  EXPECT_EQ(answer.string("/results/2/avatar/kind"), "team");
  EXPECT_DOUBLE_EQ(answer.at("/results/3/score").to_number<double>(), 1);
  EXPECT_EQ(answer.string("/results/3/href"), "/organization/app");
  EXPECT_EQ(answer.string("/results/4/short_name"), "approbot");
  EXPECT_EQ(answer.string("/results/4/href"), "/organization/acme?tab=robots&showRobot=acme+approbot");
  const auto robot = answer.at("/results/4");
  EXPECT_TRUE(robot.as_object().at("avatar").is_null()) << "null, not left out";
  EXPECT_EQ(answer.string("/results/5/href"), "/user/appleseed");
  // At most five of a kind, and what was found by its description counts half.
  fill(reg, 8);
  EXPECT_EQ(all(reg.as("nobody"), "common").size(), 5u);
  const auto told = reg.as("nobody").get("/api/v1/find/all?query=told");
  EXPECT_DOUBLE_EQ(told.at("/results/0/score").to_number<double>(), 2);
}

TEST(SearchOfAll, ShowsTeamsAndRobotsToTheirsAlone) {
  TestRegistry reg;
  make_acme(reg);
  ASSERT_EQ(reg.as("member").put("/api/v1/user/robots/ci", json::Object{}).status, 201);
  EXPECT_EQ(all(reg.as("owner"), "devs"), Names{"team devs"});
  EXPECT_EQ(all(reg.as("member"), "devs"), Names{"team devs"});
  EXPECT_EQ(all(reg.as("maker"), "makers"), Names{"team makers"});
  for (const auto* who : {"nobody", "stranger", "reader", "manager", "maker", "superuser"}) {
    EXPECT_EQ(all(reg.as(who), "devs"), Names{}) << who;
    EXPECT_EQ(all(reg.as(who), "ci"), Names{}) << who;
  }
  EXPECT_EQ(all(reg.as("owner"), "ci"), Names{"robot acme+ci"});
  EXPECT_EQ(all(reg.as("member"), "ci"), Names{"robot member+ci"});
  EXPECT_EQ(reg.as("member").get("/api/v1/find/all?query=ci").string("/results/0/href"),
            "/user/member?tab=robots&showRobot=member+ci");
  EXPECT_EQ(all(reg.as("owner", "repo:admin user:admin"), "devs"), Names{}) << "the token's scopes";
  EXPECT_EQ(all(reg.as("owner", "repo:admin user:admin"), "ci"), Names{});
  EXPECT_EQ(all(reg.as("owner", "org:admin"), "ci"), Names{"robot acme+ci"});
  EXPECT_EQ(all(reg.as("member", "repo:read"), "devs"), Names{});
  EXPECT_EQ(all(reg.as("member", "repo:read"), "ci"), Names{});
  EXPECT_EQ(all(reg.as("member", "user:admin"), "ci"), Names{"robot member+ci"});
  ASSERT_EQ(reg.as("owner").del("/api/v1/organization/acme/team/devs").status, 204);
  EXPECT_EQ(all(reg.as("owner"), "devs"), Names{});
  ASSERT_EQ(reg.as("owner").del("/api/v1/organization/acme/robots/ci").status, 204);
  EXPECT_EQ(all(reg.as("owner"), "ci"), Names{});
}

TEST(Entities, AreUsersAndWhatTheNamespaceHas) {
  TestRegistry reg;
  make_acme(reg);
  reg.user("memo");
  reg.team("acme", "memes", "member");
  reg.robot("acme+mem");
  const Names people{"user member", "user memo"};
  EXPECT_EQ(entities(reg.as("nobody"), "mem"), people);
  EXPECT_EQ(entities(reg.as("nobody"), " M\u00e9m "), people) << "letters that names have";
  EXPECT_EQ(entities(reg.as("nobody"), "member"), Names{"user member"});
  EXPECT_EQ(entities(reg.as("nobody"), "acme"), Names{}) << "an organization is no user";
  EXPECT_EQ(entities(reg.as("nobody"), "%20"), Names{});
  const std::string in_acme = "?namespace=acme&includeTeams=true&includeOrgs=true";
  EXPECT_EQ(entities(reg.as("owner"), "mem", in_acme),
            (Names{"team memes", "robot acme+mem", "user member", "user memo"}));
  EXPECT_EQ(entities(reg.as("owner"), "member", in_acme), Names{"user member"});
  EXPECT_EQ(entities(reg.as("owner"), "acme+m", in_acme), Names{"robot acme+mem"}) << "by the whole name";
  EXPECT_EQ(entities(reg.as("owner"), "mem", "?namespace=acme"), (Names{"robot acme+mem", "user member", "user memo"}));
  EXPECT_EQ(entities(reg.as("owner"), "acm", in_acme), Names{"org acme"});
  EXPECT_EQ(entities(reg.as("owner"), "acm", "?namespace=acme"), Names{});
  EXPECT_EQ(entities(reg.as("member"), "mem", in_acme),
            (Names{"team memes", "robot acme+mem", "user member", "user memo"}));
  EXPECT_EQ(entities(reg.as("member"), "acm", in_acme), Names{}) << "only for its admins";
  for (const auto* who : {"nobody", "stranger", "reader", "manager", "superuser"}) {
    EXPECT_EQ(entities(reg.as(who), "mem", in_acme), people) << who;
    EXPECT_EQ(entities(reg.as(who), "acm", in_acme), Names{}) << who;
  }
  EXPECT_EQ(entities(reg.as("owner", "repo:read"), "mem", in_acme), people);
  EXPECT_EQ(entities(reg.as("nobody"), "mem", "?namespace=none&includeTeams=true"), people);
  const auto answer = reg.as("owner").get("/api/v1/entities/mem" + in_acme);
  EXPECT_TRUE(answer.flag("/results/0/is_org_member"));
  EXPECT_EQ(answer.string("/results/0/avatar/kind"), "team");
  EXPECT_TRUE(answer.flag("/results/1/is_org_member"));
  EXPECT_EQ(answer.string("/results/1/kind"), "user");
  EXPECT_EQ(answer.string("/results/1/avatar/kind"), "robot");
  EXPECT_TRUE(answer.flag("/results/2/is_org_member"));
  EXPECT_FALSE(answer.flag("/results/3/is_org_member"));
  EXPECT_TRUE(reg.as("nobody").get("/api/v1/entities/mem").at("/results/0/is_org_member").is_null());
}

TEST(Entities, OfAPersonAreTheirRobotsToo) {
  TestRegistry reg;
  ASSERT_EQ(reg.as("person").put("/api/v1/user/robots/perbot", json::Object{}).status, 201);
  const std::string there = "?namespace=person";
  EXPECT_EQ(entities(reg.as("person"), "per", there), (Names{"robot person+perbot", "user person"}));
  EXPECT_EQ(entities(reg.as("person", "user:read"), "per", there), Names{"user person"});
  EXPECT_EQ(entities(reg.as("stranger"), "per", there), Names{"user person"});
  EXPECT_EQ(entities(reg.as("nobody"), "per", there), Names{"user person"});
}

TEST(Entities, AreTenAtMostTheExactOneFirst) {
  TestRegistry reg;
  for (int i = 0; i < 12; ++i) reg.user("us" + std::to_string(100 + i));
  const auto names = entities(reg.as("nobody"), "us");
  ASSERT_EQ(names.size(), 10u);
  EXPECT_EQ(names.front(), "user us100");
  EXPECT_EQ(entities(reg.as("nobody"), "us111"), Names{"user us111"});
  reg.database().write_now([](db::Tx& tx) {
    store::set_enabled(tx, store::find_account(tx, "us100").value().id, false);
    return true;
  });
  EXPECT_EQ(entities(reg.as("nobody"), "us100"), Names{});
  EXPECT_EQ(all(reg.as("nobody"), "us100"), Names{});
}

TEST(Entities, CanBeExactOnly) {
  TestRegistry reg({.configure = [](app::Config& config) { config.features.partial_user_autocomplete = false; }});
  reg.organization("acme");
  reg.robot("acme+own");
  EXPECT_EQ(entities(reg.as("nobody"), "own"), Names{});
  EXPECT_EQ(entities(reg.as("nobody"), "owner"), Names{"user owner"});
  EXPECT_EQ(entities(reg.as("owner"), "own", "?namespace=acme"), Names{"robot acme+own"}) << "of robots the beginning";
}

TEST(Search, IsClosedToTheAnonymousWhereAllIs) {
  TestRegistry reg({.configure = [](app::Config& config) { config.features.anonymous_access = false; }});
  reg.repository("acme/app", "public");
  for (const auto* path :
       {"/api/v1/find/repositories?query=app", "/api/v1/find/all?query=app", "/api/v1/entities/own"}) {
    EXPECT_EQ(reg.as("nobody").get(path).status, 401) << path;
    EXPECT_EQ(reg.as("stranger").get(path).status, 200) << path;
  }
}

}  // namespace
}  // namespace wharf::api
