/// The keys with which the nodes of one registry sign: each takes what the others signed.
#include <gtest/gtest.h>

#include "service/identity_testing.h"
#include "service/token.h"
#include "store/service_key.h"

namespace wharf::service {
namespace {

using std::chrono::seconds;
using testing::Acme;

constexpr std::string_view kHost = "reg.example";

TEST(NodeKeys, ANodeTakesTheTokensOfAnotherOnceItHasAskedForTheKey) {
  Acme acme;
  acme.tokens.publish_key();
  acme.tokens.publish_key();
  TokenService other(*acme.db, acme.settings, auth::SigningKey::make());
  other.publish_key();
  const auto token = acme.issue(acme.who("writer"), {"repository:acme/app:pull"}).value().token;
  EXPECT_FALSE(other.verify(token, kHost, now_ms()));
  ASSERT_TRUE(other.worth_asking(token, now_ms()));
  EXPECT_TRUE(run_awaitable(other.verify_slow(token, std::string(kHost), now_ms())));
  EXPECT_TRUE(other.verify(token, kHost, now_ms()));
  EXPECT_FALSE(other.worth_asking(token, now_ms()));
  EXPECT_FALSE(run_awaitable(other.verify_slow(token, "other.example", now_ms())));
  EXPECT_EQ(run_awaitable(other.keys("quay")).size(), 2u);
  EXPECT_TRUE(run_awaitable(other.keys("clair")).empty());
}

TEST(NodeKeys, TheKeysOfNodesThatAreNoMoreExpireAndGo) {
  Acme acme;
  static const db::Query kCount{"test.count", "SELECT COUNT(*) FROM service_key"};
  const auto rows = [&] { return acme.read([](db::Tx& tx) { return tx.get<std::int64_t>(kCount); }); };
  acme.tokens.publish_key();
  for (int i = 0; i < 5; ++i) {
    TokenService gone(*acme.db, acme.settings, auth::SigningKey::make());
    gone.publish_key();
  }
  EXPECT_EQ(rows(), 6);
  // A living node says so once a day and writes nothing in between.
  const auto commits = acme.db->counters().writes;
  run_awaitable(acme.tokens.renew_key());
  EXPECT_EQ(acme.db->counters().writes, commits + 1);
  for (int day = 0; day < 8; ++day) {
    advance_clock(std::chrono::hours(25));
    run_awaitable(acme.tokens.renew_key());
    EXPECT_GE(run_awaitable(acme.tokens.keys("quay")).size(), 1u) << day;
  }
  EXPECT_EQ(rows(), 1);
  TokenService other(*acme.db, acme.settings, auth::SigningKey::make());
  const auto token = acme.issue(acme.who("writer"), {"repository:acme/app:pull"}).value().token;
  EXPECT_TRUE(run_awaitable(other.verify_slow(token, std::string(kHost), now_ms())));
}

TEST(NodeKeys, AWithdrawnKeyIsForgottenAndAnUnknownOneRefused) {
  Acme acme;
  acme.tokens.publish_key();
  TokenService other(*acme.db, acme.settings, auth::SigningKey::make());
  const auto first = acme.issue(acme.who("writer"), {}).value().token;
  EXPECT_TRUE(run_awaitable(other.verify_slow(first, std::string(kHost), now_ms())));
  static const db::Query kWithdraw{"test.withdraw", "DELETE FROM service_key"};
  acme.write([](db::Tx& tx) { return tx.run(kWithdraw); });
  advance_clock(seconds(301));
  const auto second = acme.issue(acme.who("writer"), {}).value().token;
  EXPECT_FALSE(run_awaitable(other.verify_slow(second, std::string(kHost), now_ms())));

  TokenService stranger(*acme.db, acme.settings, auth::SigningKey::make());  // has published nothing
  TokenRequest request{acme.who("writer"), "", std::string(kHost), {}};
  const auto foreign = run_awaitable(stranger.issue(std::move(request))).value().token;
  EXPECT_TRUE(acme.tokens.worth_asking(foreign, now_ms()));
  EXPECT_FALSE(run_awaitable(acme.tokens.verify_slow(foreign, std::string(kHost), now_ms())));
  for (const std::string none : {"", "a.b.c", "opaque"}) EXPECT_FALSE(acme.tokens.worth_asking(none, now_ms()));
}

TEST(NodeKeys, ARowUnderAnotherKeysNameIsNotTaken) {
  Acme acme;
  const auto key = auth::SigningKey::make();
  const auto thief = auth::SigningKey::make();
  acme.write([&](db::Tx& tx) {
    const auto jwk = json::to_text(json::Value(key.verify_key().jwk()));
    store::put_node_key(tx, {thief.kid(), jwk, now_ms() + TokenService::kKeyLifeMs}, now_ms());
    return true;
  });
  TokenService stolen(*acme.db, acme.settings, thief);
  TokenRequest request{acme.who("writer"), "", std::string(kHost), {}};
  const auto token = run_awaitable(stolen.issue(std::move(request))).value().token;
  EXPECT_FALSE(run_awaitable(acme.tokens.verify_slow(token, std::string(kHost), now_ms())));
}

}  // namespace
}  // namespace wharf::service
