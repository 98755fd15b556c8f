#include "api/user_notification.h"

#include "api/refusals_testing.h"
#include "service/user_notification.h"
#include "store/account.h"

namespace wharf::api {
namespace {

using test::Names;
using test::TestRegistry;
using testing::expect_only;
using testing::make_acme;

const std::string kList = "/api/v1/user/notifications";

/// Tells `target` (a user or an organization) of something of this kind.
void tell(TestRegistry& reg, std::string target, std::string kind, std::string lookup = "") {
  auto job = [&](db::Tx& tx) {
    const auto account = store::find_account(tx, target);
    service::notify_user(tx, account->id, kind, {{"about", target}}, lookup);
    return true;
  };
  reg.database().write_now(job);
}

TEST(UserNotifications, AreShownNewestFirstInPages) {
  TestRegistry reg;
  reg.user("alice");
  reg.user("bob");
  for (const auto* kind : {"one", "two", "three", "four", "five", "six", "seven"}) tell(reg, "alice", kind);
  tell(reg, "bob", "other");
  auto alice = reg.as("alice");
  const auto first = alice.get(kList);
  ASSERT_EQ(first.status, 200) << first.summary();
  EXPECT_EQ(first.names("notifications", "kind"), (Names{"seven", "six", "five", "four", "three"}));
  EXPECT_TRUE(first.flag("/additional"));
  EXPECT_TRUE(first.at("/notifications/0/organization").is_null());
  EXPECT_EQ(first.string("/notifications/0/metadata/about"), "alice");
  EXPECT_FALSE(first.flag("/notifications/0/dismissed"));
  EXPECT_TRUE(first.string("/notifications/0/created").ends_with(" -0000")) << first.text;
  const auto second = alice.get(kList + "?page=1");
  EXPECT_EQ(second.names("notifications", "kind"), (Names{"two", "one"}));
  EXPECT_FALSE(second.flag("/additional"));
  EXPECT_EQ(alice.get(kList + "?limit=100").names("notifications", "kind").size(), 7u);
  EXPECT_EQ(alice.get(kList + "?limit=0&page=-3").names("notifications", "kind"), Names{"seven"}) << "clamped";
  EXPECT_EQ(alice.get(kList + "?page=900000000000").names("notifications", "kind"), Names{});
  EXPECT_EQ(alice.get(kList + "?page=x").status, 400);
  EXPECT_EQ(alice.get(kList + "?limit=99999999999999999999").status, 400);
}

TEST(UserNotifications, OfAnOrganizationAreForThoseWhoAdministerIt) {
  TestRegistry reg;
  make_acme(reg);
  tell(reg, "acme", "quota_error");
  tell(reg, "owner", "mine");
  const auto seen = reg.as("owner").get(kList);
  EXPECT_EQ(seen.names("notifications", "kind"), (Names{"mine", "quota_error"}));
  EXPECT_EQ(seen.string("/notifications/1/organization"), "acme");
  EXPECT_EQ(reg.as("owner", "user:admin").get(kList).names("notifications", "kind"), Names{"mine"})
      << "a token without org:admin administers no organization";
  for (const auto* who : {"maker", "member", "manager", "stranger", "superuser"}) {
    EXPECT_EQ(reg.as(who).get(kList).names("notifications", "kind"), Names{}) << who;
  }
  const auto id = seen.string("/notifications/1/id");
  EXPECT_EQ(reg.as("owner").get(kList + "/" + id).string("/kind"), "quota_error");
  for (const auto* who : {"maker", "member", "stranger", "superuser"}) {
    EXPECT_EQ(reg.as(who).get(kList + "/" + id).status, 404) << who;
    EXPECT_EQ(reg.as(who).put(kList + "/" + id, {{"dismissed", true}}).status, 404) << who;
  }
  EXPECT_EQ(reg.as("owner").get(kList).names("notifications", "kind").size(), 2u) << "nobody else dismissed it";
}

TEST(UserNotifications, AreDismissedAndBroughtBack) {
  TestRegistry reg;
  reg.user("alice");
  tell(reg, "alice", "one");
  tell(reg, "alice", "two");
  auto alice = reg.as("alice");
  const auto path = kList + "/" + alice.get(kList).string("/notifications/0/id");
  const auto dismissed = alice.put(path, {{"dismissed", true}});
  ASSERT_EQ(dismissed.status, 200) << dismissed.summary();
  EXPECT_TRUE(dismissed.flag("/dismissed"));
  EXPECT_EQ(alice.get(kList).names("notifications", "kind"), Names{"one"});
  EXPECT_TRUE(alice.get(path).flag("/dismissed")) << "it is still there by its id";
  const auto back = alice.put(path, json::Object{});
  EXPECT_EQ(back.status, 200) << back.summary();
  EXPECT_FALSE(back.flag("/dismissed")) << "absent means false" << back.text;
  EXPECT_EQ(alice.get(kList).names("notifications", "kind"), (Names{"two", "one"}));
  EXPECT_EQ(alice.put(path, {{"dismissed", "yes"}}).status, 400);
  EXPECT_EQ(alice.request("PUT", path, "dismissed=true", {{"Content-Type", "text/plain"}}).status, 415);
  for (const auto* id : {"none", "%FF", "%27"}) {
    EXPECT_EQ(alice.get(kList + "/" + id).status, 404) << id;
    EXPECT_EQ(alice.put(kList + "/" + id, {{"dismissed", 7}}).status, 404) << id << ": before the body is looked at";
  }
}

TEST(UserNotifications, AreForUsersWithUserAdmin) {
  TestRegistry reg;
  make_acme(reg);
  tell(reg, "owner", "one");
  const auto path = kList + "/" + reg.as("owner").get(kList).string("/notifications/0/id");
  const std::vector<std::string> all = {"stranger", "reader",    "writer", "manager",         "member",
                                        "maker",    "superuser", "owner",  "owner@user:admin"};
  expect_only(reg, {.verb = "GET", .path = kList, .allowed = all});
  expect_only(reg, {.verb = "GET", .path = path, .allowed = all});
  expect_only(reg, {.verb = "PUT", .path = path, .body = R"({"dismissed": 7})", .allowed = all});
}

}  // namespace
}  // namespace wharf::api
