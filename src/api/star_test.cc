#include "api/star.h"

#include "api/refusals_testing.h"
#include "store/star.h"

namespace wharf::api {
namespace {

using test::TestRegistry;
using testing::make_acme;

constexpr const char* kStars = "/api/v1/user/starred";

json::Object star(std::string_view ns, std::string_view name) { return {{"namespace", ns}, {"repository", name}}; }

TEST(Stars, ComeAndGo) {
  TestRegistry reg;
  make_acme(reg);
  reg.repository("acme/team/tool", "public");
  auto reader = reg.as("reader");
  const auto made = reader.post(kStars, star("acme", "app"));
  ASSERT_EQ(made.status, 201) << made.summary();
  EXPECT_EQ(made.json(), json::Value(star("acme", "app")));
  EXPECT_EQ(reader.post(kStars, star("acme", "app")).status, 201) << "it may be starred again";
  EXPECT_EQ(reader.post(kStars, star("acme", "team/tool")).status, 201);
  const auto list = reader.get(kStars);
  ASSERT_EQ(list.status, 200) << list.summary();
  EXPECT_EQ(list.names("repositories"), (test::Names{"app", "team/tool"}));
  EXPECT_EQ(list.string("/repositories/0/namespace"), "acme");
  EXPECT_FALSE(list.flag("/repositories/0/is_public"));
  EXPECT_TRUE(list.flag("/repositories/1/is_public"));
  EXPECT_TRUE(list.at("/next_page").is_null());
  EXPECT_TRUE(reader.get("/api/v1/repository/acme/app").flag("/is_starred"));
  EXPECT_TRUE(reg.as("owner").get(kStars).names("repositories").empty()) << "stars are each person's own";

  EXPECT_EQ(reader.del(std::string(kStars) + "/acme/team/tool").status, 204);
  EXPECT_EQ(reader.del(std::string(kStars) + "/acme/team/tool").status, 204) << "it is gone either way";
  EXPECT_EQ(reader.del(std::string(kStars) + "/acme/none").status, 204);
  EXPECT_EQ(reader.del(std::string(kStars) + "/acme/%FF").status, 204);
  EXPECT_EQ(reader.get(kStars).names("repositories"), test::Names{"app"});
}

TEST(Stars, AreOnlyOnWhatOneMaySee) {
  TestRegistry reg;
  make_acme(reg);
  reg.repository("acme/open", "public");
  const auto put = [&](std::string_view who, std::string_view scope, const json::Value& body) {
    return reg.as(who, scope).post(kStars, body).status;
  };
  EXPECT_EQ(put("stranger", "", star("acme", "app")), 403) << "hidden";
  EXPECT_EQ(put("stranger", "", star("acme", "none")), 403) << "and missing are alike";
  EXPECT_EQ(put("stranger", "", star("none", "none")), 403);
  EXPECT_EQ(put("owner", "", star("acme", "none")), 404);
  EXPECT_EQ(put("reader", "", star("acme", "open")), 201);
  EXPECT_EQ(put("reader", "user:admin", star("acme", "app")), 403) << "the token shows no private repository";
  EXPECT_EQ(put("reader", "user:admin repo:read", star("acme", "app")), 201);
  EXPECT_EQ(put("reader", "repo:admin", star("acme", "open")), 403);
  EXPECT_EQ(put("reader", "repo:admin", json::Object{}), 403) << "permission comes before the body";
  EXPECT_EQ(put("reader", "", json::Object{}), 400);
  EXPECT_EQ(put("reader", "", json::Object{{"namespace", "acme"}, {"repository", 7}}), 400);
  EXPECT_EQ(put("nobody", "", star("acme", "open")), 401);
  EXPECT_EQ(reg.as("reader", "repo:read").get(kStars).status, 403);
  EXPECT_EQ(reg.as("nobody").get(kStars).status, 401);
  EXPECT_EQ(reg.as("reader", "user:read").del(std::string(kStars) + "/acme/open").status, 403);
  EXPECT_EQ(reg.as("nobody").del(std::string(kStars) + "/acme/open").status, 401);

  EXPECT_EQ(reg.as("reader").get(kStars).names("repositories"), (test::Names{"app", "open"}));
  EXPECT_EQ(reg.as("reader", "user:admin").get(kStars).names("repositories"), test::Names{"open"});
  // Who loses a role loses sight of it, but can take the star back.
  ASSERT_EQ(reg.as("owner").del("/api/v1/repository/acme/app/permissions/user/reader").status, 204);
  EXPECT_EQ(reg.as("reader").get(kStars).names("repositories"), test::Names{"open"});
  EXPECT_EQ(reg.as("reader").del(std::string(kStars) + "/acme/app").status, 204);
  reg.give("reader", "acme/app", "read");
  EXPECT_EQ(reg.as("reader").get(kStars).names("repositories"), test::Names{"open"});
}

TEST(Stars, AreListedAHundredAPage) {
  TestRegistry reg;
  reg.organization("acme");
  auto owner = reg.as("owner");
  reg.database().write_now([](db::Tx& tx) {
    static const db::Query kAccount{"test.account", "SELECT id FROM account WHERE name = $1"};
    static const db::Query kInsert{"test.repository", R"(
      INSERT INTO repository (namespace_id, name, visibility, badge_token, created_ms)
      VALUES ($1, $2, 'private', $2, 0) RETURNING id)"};
    const auto acme = tx.get<std::int64_t>(kAccount, "acme");
    const auto person = tx.get<std::int64_t>(kAccount, "owner");
    for (int i = 0; i < 205; ++i) {
      store::add_star(tx, person, tx.get<std::int64_t>(kInsert, acme, "r" + std::to_string(1000 + i)), 0);
    }
    return true;
  });
  std::vector<std::size_t> pages;
  std::set<std::string> seen;
  std::string next;
  do {
    const auto page = owner.get(std::string(kStars) + (next.empty() ? "" : "?next_page=" + next));
    ASSERT_EQ(page.status, 200) << page.summary();
    const auto names = page.names("repositories");
    pages.push_back(names.size());
    seen.insert(names.begin(), names.end());
    next = page.at("/next_page").is_null() ? "" : page.string("/next_page");
  } while (!next.empty() && pages.size() < 10);
  EXPECT_EQ(pages, (std::vector<std::size_t>{100, 100, 5}));
  EXPECT_EQ(seen.size(), 205u);
  EXPECT_EQ(owner.get(std::string(kStars) + "?next_page=nonsense").names("repositories").size(), 100u)
      << "what is no page is the first one";
}

}  // namespace
}  // namespace wharf::api
