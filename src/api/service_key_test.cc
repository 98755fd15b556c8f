#include "api/service_key.h"

#include "api/refusals_testing.h"
#include "auth/jwt.h"
#include "auth/rsa_testing.h"
#include "base/testing.h"
#include "base/testing_clock.h"
#include "service/service_key.h"
#include "service/token.h"

namespace wharf::api {
namespace {

using auth::RsaKeyPair;
using auth::testing::rs256_token;
using test::Answer;
using test::TestRegistry;
using testing::expect_only;

/// A service that keeps a key with the key server.
struct Clair {
  TestRegistry& reg;
  std::string service = "clair";

  std::string claims(std::string_view more = "", std::string audience = "") const {
    const auto now = now_ms() / 1000;
    if (audience.empty()) audience = reg.url();
    return json::to_text(
               json::Object{{"iss", service}, {"aud", audience}, {"iat", now}, {"nbf", now}, {"exp", now + 60}}) +
           std::string(more);
  }
  std::string path(const std::string& kid) const { return "/keys/services/" + service + "/keys/" + kid; }
  Answer put(const RsaKeyPair& key, const RsaKeyPair& signer, std::string_view query = "") const {
    return put_with(key, rs256_token(signer, claims()), query);
  }
  Answer put_with(const RsaKeyPair& key, const std::string& token, std::string_view query = "") const {
    return reg.with("Bearer " + token)
        .request("PUT", path(key.key.kid()) + std::string(query), json::to_text(key.key.jwk()),
                 {{"Content-Type", "application/json"}});
  }
  Answer withdraw(const std::string& kid, const RsaKeyPair& signer) const {
    return reg.with("Bearer " + rs256_token(signer, claims())).del(path(kid));
  }
  Answer get(const RsaKeyPair& key) const { return reg.with("").get(path(key.key.kid())); }
};

/// Keys are dear to make.
const RsaKeyPair& key(std::size_t which) {
  static const std::vector<RsaKeyPair> kKeys = [] {
    std::vector<RsaKeyPair> keys;
    for (int i = 0; i < 4; ++i) keys.push_back(RsaKeyPair::make());
    return keys;
  }();
  return kKeys.at(which);
}

test::Names kinds(TestRegistry& reg) { return reg.as("superuser").get("/api/v1/superuser/logs").names("logs", "kind"); }

TEST(ServiceKeys, AreMadeChangedAndDeletedBySuperusersAlone) {
  TestRegistry reg;
  testing::make_acme(reg);
  const std::string all = "/api/v1/superuser/keys";
  expect_only(reg, {.verb = "GET", .path = all, .allowed = {"superuser"}});
  expect_only(
      reg, {.verb = "POST", .path = all, .body = R"({"service": "x", "expiration": null})", .allowed = {"superuser"}});
  auto root = reg.as("superuser");
  const auto later = now_ms() / 1000 + 3600;
  const auto made = root.post(all, {{"service", "my_service"},
                                    {"expiration", later},
                                    {"name", "a key: 1/2"},
                                    {"metadata", json::Object{{"a", 1}}},
                                    {"notes", "for tests"}});
  ASSERT_EQ(made.status, 200) << made.summary();
  EXPECT_EQ(made.header("Cache-Control"), "no-store");
  EXPECT_EQ(made.string("/private_key").find("-----BEGIN RSA PRIVATE KEY-----"), 0u);
  EXPECT_EQ(made.string("/public_key").find("-----BEGIN PUBLIC KEY-----"), 0u);
  const auto one = all + '/' + made.string("/kid");
  expect_only(reg, {.verb = "GET", .path = one, .allowed = {"superuser"}});
  expect_only(reg, {.verb = "PUT", .path = one, .body = R"({"name": "x"})", .allowed = {"superuser"}});
  expect_only(reg, {.verb = "DELETE", .path = one, .allowed = {"superuser"}});
  const auto seen = root.get(one);
  EXPECT_EQ(seen.string("/service"), "my_service");
  EXPECT_EQ(seen.string("/jwk/kty"), "RSA");
  EXPECT_EQ(seen.string("/approval/approval_type"), "Super User API");
  EXPECT_EQ(seen.string("/approval/approver/name"), "superuser");
  EXPECT_EQ(seen.string("/approval/notes"), "for tests");
  EXPECT_EQ(seen.string("/expiration_date"), http_date(later * 1000));
  EXPECT_EQ(seen.text.find("\"d\""), std::string::npos) << "the private half is not kept";

  const auto changed =
      root.put(one, {{"name", "other"}, {"metadata", json::Object{{"b", 2}}}, {"expiration", nullptr}});
  ASSERT_EQ(changed.status, 200) << changed.summary();
  EXPECT_EQ(changed.string("/name"), "other");
  EXPECT_EQ(changed.number("/metadata/a"), 1);
  EXPECT_EQ(changed.number("/metadata/b"), 2);
  EXPECT_TRUE(changed.at("/expiration_date").is_null());
  EXPECT_EQ(root.put(one, {{"expiration", 1}}).status, 400);
  EXPECT_EQ(root.put(one, {{"name", "<b>"}}).status, 400);
  EXPECT_EQ(root.post("/api/v1/superuser/approvedkeys/" + made.string("/kid"), {{"notes", "again"}}).status, 201);
  EXPECT_EQ(root.get(one).string("/approval/notes"), "for tests") << "it was approved already";
  EXPECT_EQ(root.del(one).status, 204);
  EXPECT_EQ(root.get(one).status, 404);
  EXPECT_EQ(root.del(one).status, 404);
  const auto logged = kinds(reg);
  for (const auto* kind : {"service_key_create", "service_key_approve", "service_key_extend", "service_key_modify",
                           "service_key_delete"}) {
    EXPECT_EQ(std::ranges::count(logged, kind), 1) << kind;
  }
  const json::Value wrong[] = {{{"service", "x"}},
                               {{"service", "X"}, {"expiration", nullptr}},
                               {{"service", ""}, {"expiration", nullptr}},
                               {{"service", "quay"}, {"expiration", nullptr}},
                               {{"service", "x"}, {"expiration", 1}},
                               {{"service", "x"}, {"expiration", 9'000'000'000'000'000'000}},
                               {{"service", "x"}, {"expiration", nullptr}, {"name", "a;b"}}};
  for (const auto& body : wrong) EXPECT_EQ(root.post(all, body).status, 400) << json::to_text(body);
}

TEST(KeyServer, KeepsAKeyThatSignedForItselfUntilItIsApproved) {
  TestRegistry reg;
  const Clair clair{reg};
  auto root = reg.as("superuser");
  EXPECT_EQ(clair.get(key(0)).status, 404);
  ASSERT_EQ(clair.put(key(0), key(0)).status, 202);
  EXPECT_EQ(clair.put(key(0), key(0)).status, 202) << "once more";
  EXPECT_EQ(clair.get(key(0)).status, 409);
  EXPECT_EQ(reg.with("").get("/keys/services/clair/keys").at("/keys").as_array().size(), 0u);
  const auto told = root.get("/api/v1/user/notifications");
  ASSERT_EQ(told.names("notifications", "kind"), test::Names{"service_key_submitted"});
  EXPECT_EQ(told.string("/notifications/0/metadata/kid"), key(0).key.kid());
  EXPECT_TRUE(reg.as("stranger").get("/api/v1/user/notifications").names("notifications", "kind").empty());

  const auto approve = "/api/v1/superuser/approvedkeys/" + key(0).key.kid();
  EXPECT_EQ(reg.as("stranger").post(approve, {{"notes", ""}}).status, 403);
  EXPECT_EQ(root.post(approve, {{"notes", ""}}).status, 201);
  EXPECT_TRUE(root.get("/api/v1/user/notifications").names("notifications", "kind").empty()) << "taken back";
  const auto served = clair.get(key(0));
  ASSERT_EQ(served.status, 200) << served.summary();
  EXPECT_EQ(served.string("/n"), std::string(key(0).key.jwk().at("n").as_string()));
  EXPECT_EQ(served.header("Cache-Control"), "public, max-age=86400");
  EXPECT_EQ(reg.with("").get("/keys/services/clair/keys").at("/keys").as_array().size(), 1u);
  EXPECT_EQ(reg.with("").get("/keys/services/other/keys/" + key(0).key.kid()).status, 404);
}

TEST(KeyServer, RotatesWithAnApprovedKeyOfTheSameServiceAlone) {
  TestRegistry reg;
  const Clair clair{reg}, other{reg, "other"};
  ASSERT_EQ(clair.put(key(0), key(0)).status, 202);
  EXPECT_EQ(clair.put(key(1), key(0)).status, 403) << "not approved yet";
  reg.as("superuser").post("/api/v1/superuser/approvedkeys/" + key(0).key.kid(), {{"notes", ""}});
  EXPECT_EQ(other.put(key(1), key(0)).status, 403) << "of another service";
  EXPECT_EQ(other.put(key(0), key(0)).status, 403) << "it is taken";
  ASSERT_EQ(clair.put(key(1), key(0)).status, 200);
  EXPECT_EQ(clair.get(key(1)).status, 200);
  EXPECT_EQ(clair.get(key(0)).status, 200) << "for another day";
  EXPECT_EQ(reg.as("superuser").get("/api/v1/superuser/keys/" + key(1).key.kid()).string("/approval/approval_type"),
            "Key Rotation");
  EXPECT_EQ(clair.withdraw(key(1).key.kid(), key(2)).status, 403) << "an unknown key";
  EXPECT_EQ(other.withdraw(key(1).key.kid(), key(0)).status, 403);
  EXPECT_EQ(clair.withdraw(key(0).key.kid(), key(1)).status, 204);
  EXPECT_EQ(clair.get(key(0)).status, 404);
  EXPECT_EQ(clair.withdraw(key(0).key.kid(), key(1)).status, 404);
  EXPECT_EQ(clair.withdraw(key(1).key.kid(), key(1)).status, 204);
  const auto logged = kinds(reg);
  EXPECT_EQ(std::ranges::count(logged, "service_key_rotate"), 1);
  EXPECT_EQ(std::ranges::count(logged, "service_key_delete"), 2);
}

TEST(KeyServer, RefusesWhatASignerDidNotSay) {
  TestRegistry reg;
  const Clair clair{reg};
  const auto& one = key(0);
  const auto now = now_ms() / 1000;
  const auto token = [&](json::Object claims) { return rs256_token(one, json::to_text(claims)); };
  const std::string wrong[] = {
      "",
      "nonsense",
      token({{"iss", "clair"}, {"aud", reg.url()}}),
      token({{"iss", "clair"}, {"aud", reg.url()}, {"iat", now}}),
      token({{"iss", "clair"}, {"aud", reg.url()}, {"iat", now - 200}, {"exp", now - 100}}),
      token({{"iss", "clair"}, {"aud", reg.url()}, {"iat", now}, {"exp", now + 1'000'000}}),
      token({{"iss", "clair"}, {"aud", reg.url()}, {"iat", now + 900}, {"exp", now + 960}}),
      token({{"iss", "other"}, {"aud", reg.url()}, {"iat", now}, {"exp", now + 60}}),
      token({{"iss", "clair"}, {"aud", "https://elsewhere.example"}, {"iat", now}, {"exp", now + 60}}),
      rs256_token(key(1), clair.claims(), one.key.kid())};
  for (const auto& each : wrong) {
    const auto status = clair.put_with(one, each).status;
    EXPECT_TRUE(status == 400 || status == 403) << status << ' ' << each;
  }
  const auto good = "Bearer " + rs256_token(one, clair.claims());
  const auto send = [&](const std::string& path, const std::string& body) {
    return reg.with(good).request("PUT", path, body, {{"Content-Type", "application/json"}}).status;
  };
  const auto jwk = json::to_text(one.key.jwk());
  for (const auto* body : {"", "{", "[]", "{}", R"({"kty":"oct","k":"AAAA"})"}) {
    EXPECT_EQ(send(clair.path(one.key.kid()), body), 400) << body;
  }
  EXPECT_EQ(send(clair.path("another"), jwk), 400) << "not the thumbprint";
  EXPECT_EQ(send("/keys/services/UPPER/keys/" + one.key.kid(), jwk), 400);
  EXPECT_EQ(send(clair.path(one.key.kid()) + "?expiration=1", jwk), 400);
  EXPECT_EQ(send(clair.path(one.key.kid()) + "?expiration=soon", jwk), 400);
  EXPECT_EQ(send(clair.path(one.key.kid()) + "?rotation=-1", jwk), 400);
  EXPECT_EQ(send(clair.path(one.key.kid()), std::string(20'000, ' ')), 413);
  EXPECT_EQ(clair.get(one).status, 404) << "nothing of it was kept";
}

TEST(KeyServer, NeverTakesAStrangersKeyForANodes) {
  TestRegistry reg;
  const Clair quay{reg, "quay"};
  EXPECT_EQ(quay.put(key(0), key(0)).status, 400);
  EXPECT_EQ(reg.as("superuser").post("/api/v1/superuser/keys", {{"service", "quay"}, {"expiration", nullptr}}).status,
            400);
  // An approved key of another service signs no registry token either.
  const Clair clair{reg};
  ASSERT_EQ(clair.put(key(0), key(0)).status, 202);
  reg.as("superuser").post("/api/v1/superuser/approvedkeys/" + key(0).key.kid(), {{"notes", ""}});
  const auto now = now_ms() / 1000;
  const auto forged = rs256_token(key(0), json::to_text(json::Object{{"iss", "quay"},
                                                                     {"aud", reg.host()},
                                                                     {"sub", "owner"},
                                                                     {"iat", now},
                                                                     {"exp", now + 60},
                                                                     {"access", json::Array()},
                                                                     {"context", json::Object{}}}));
  EXPECT_EQ(reg.with("Bearer " + forged).get("/v2/").status, 401);
  EXPECT_FALSE(run_awaitable(reg.services().tokens.verify_slow(forged, reg.host(), now_ms())));
}

TEST(KeyServer, ForgetsWhatNobodyApprovedAndWhatExpiredLongAgo) {
  const ClockKeeper clock;
  TestRegistry reg;
  const Clair clair{reg};
  const auto soon = now_ms() / 1000 + 3600;
  ASSERT_EQ(clair.put(key(0), key(0)).status, 202);
  ASSERT_EQ(clair.put(key(1), key(1), "?expiration=" + std::to_string(soon)).status, 202);
  reg.as("superuser").post("/api/v1/superuser/approvedkeys/" + key(1).key.kid(), {{"notes", ""}});
  auto& keys = reg.services().service_keys;
  const auto nodes = [&] { return run_awaitable(reg.services().tokens.keys("quay")).size(); };
  ASSERT_EQ(nodes(), 1u);
  EXPECT_EQ(run_awaitable(keys.remove_old()), 0);
  advance_clock(std::chrono::hours(25));
  EXPECT_EQ(clair.get(key(0)).status, 404);
  EXPECT_EQ(clair.get(key(1)).status, 403) << "expired";
  EXPECT_EQ(run_awaitable(keys.remove_old()), 1);
  run_awaitable(reg.services().tokens.renew_key());
  EXPECT_EQ(clair.get(key(1)).status, 403) << "a node's clean-up leaves it";
  advance_clock(std::chrono::hours(24 * 8));
  EXPECT_EQ(run_awaitable(keys.remove_old()), 1);
  EXPECT_EQ(clair.get(key(1)).status, 404);
}

}  // namespace
}  // namespace wharf::api
