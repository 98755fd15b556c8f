// Whose blobs and manifests a registry token reaches, and for how long.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/hex.h"
#include "tests/support/test_registry.h"

namespace wharf::registry {
namespace {

using test::descriptor;
using test::Image;
using test::Names;
using test::TestRegistry;

TEST(Grant, IsNotForTheNextRepositoryOfThatName) {
  TestRegistry reg;
  const auto image = Image::make("v1");
  reg.push("acme/app", image, "v1");
  reg.repository("acme/mine");
  reg.user("alice");
  reg.give("alice", "acme/app", "write");
  reg.give("alice", "acme/mine", "write");
  auto alice = reg.registry("alice", "acme/app");
  const auto both = reg.registry_token("alice", {"repository:acme/app:pull,push", "repository:acme/mine:pull,push"});
  ASSERT_EQ(alice.get("/v2/acme/app/tags/list").status, 200);
  ASSERT_EQ(reg.as("owner").del("/api/v1/repository/acme/app").status, 204);
  EXPECT_EQ(alice.get("/v2/acme/app/tags/list").status, 404);
  reg.push("acme/app", image, "v1");  // the owner's, and private

  const auto layer = Digest::of(image.layer).text();
  EXPECT_EQ(alice.get("/v2/acme/app/tags/list").status, 401);
  EXPECT_EQ(alice.get("/v2/acme/app/manifests/v1").status, 401);
  EXPECT_EQ(alice.get("/v2/acme/app/manifests/" + image.digest().text()).status, 401);
  EXPECT_EQ(alice.get("/v2/acme/app/blobs/" + layer).status, 401);
  EXPECT_EQ(alice.get("/v2/acme/app/referrers/" + image.digest().text()).status, 401);
  EXPECT_EQ(alice.del("/v2/acme/app/manifests/v1").status, 401);
  EXPECT_EQ(alice.del("/v2/acme/app/blobs/" + layer).status, 401);
  EXPECT_EQ(alice.request("POST", "/v2/acme/app/blobs/uploads/").status, 401);
  EXPECT_EQ(alice.request("POST", "/v2/acme/app/blobs/uploads/?digest=" + layer, image.layer).status, 401);
  EXPECT_EQ(alice
                .request("PUT", "/v2/acme/app/manifests/v2", image.manifest,
                         {{"Content-Type", std::string(test::kOciManifest)}})
                .status,
            401);
  const auto mount = "/v2/acme/mine/blobs/uploads/?mount=" + layer + "&from=acme/app";
  EXPECT_EQ(reg.with("Bearer " + both).request("POST", mount).status, 202);
  EXPECT_EQ(reg.registry("owner", "acme/app").get("/v2/acme/app/tags/list").status, 200);
}

TEST(Grant, OfADeletedRobotIsNotThatOfTheNextAccount) {
  TestRegistry reg;
  reg.organization("acme");
  reg.robot("acme+ci");
  const auto token = reg.registry_token("acme+ci", {"repository:acme/app:pull"});
  ASSERT_FALSE(token.empty());
  ASSERT_EQ(reg.as("owner").del("/api/v1/organization/acme/robots/ci").status, 204);
  reg.user("alice");
  reg.repository("alice/secret");
  EXPECT_EQ(reg.with("Bearer " + token).get("/v2/_catalog").names("repositories"), Names{});
  EXPECT_EQ(reg.with("Bearer " + token).get("/v2/_catalog").text.find("alice"), std::string::npos);
}

TEST(Grant, OfASuperuserListsAllOnlyWithThatScope) {
  TestRegistry reg;
  reg.user("alice");
  reg.repository("alice/secret");
  const auto catalog = [&](std::string_view scope) {
    auto basic = to_base64url("$oauthtoken:" + reg.token("superuser", scope));
    std::ranges::replace(basic, '-', '+');
    std::ranges::replace(basic, '_', '/');
    const auto answer = reg.with("Basic " + basic).get("/v2/auth?service=" + reg.host());
    EXPECT_EQ(answer.status, 200) << answer.summary();
    return reg.with("Bearer " + answer.string("/token")).get("/v2/_catalog").text;
  };
  EXPECT_EQ(catalog("repo:read").find("secret"), std::string::npos);
  EXPECT_NE(catalog("repo:read super:user").find("alice/secret"), std::string::npos);
}

TEST(Grant, ToDeleteAloneIsForWhoMayPush) {
  TestRegistry reg;
  reg.push("acme/app", {"v1"});
  reg.give("reader", "acme/app", "read");
  reg.give("writer", "acme/app", "write");
  const std::vector<std::string> scope{"repository:acme/app:delete"};
  EXPECT_EQ(reg.with("Bearer " + reg.registry_token("reader", scope)).del("/v2/acme/app/manifests/v1").status, 401);
  EXPECT_EQ(reg.with("Bearer " + reg.registry_token("writer", scope)).del("/v2/acme/app/manifests/v1").status, 202);
  // It makes no repository.
  reg.registry_token("owner", {"repository:acme/new:delete"});
  EXPECT_EQ(reg.as("owner").get("/api/v1/repository/acme/new").status, 404);
}

TEST(Grant, TakesNoBlobOutOfADisabledNamespace) {
  TestRegistry reg;
  const auto image = Image::make("v1");
  reg.repository("acme/app", "public");
  reg.push("acme/app", image, "v1");
  reg.user("alice");
  reg.repository("alice/app");
  auto alice = reg.registry("alice", "alice/app");
  const auto disable = [](db::Tx& tx) {
    static const db::Query kDisable{"test.disable", "UPDATE account SET enabled = FALSE WHERE name = 'acme'"};
    return tx.run(kDisable);
  };
  reg.database().write_now(disable);
  const auto mount = "/v2/alice/app/blobs/uploads/?mount=" + Digest::of(image.layer).text();
  EXPECT_EQ(alice.request("POST", mount).status, 202);
  EXPECT_EQ(alice.request("POST", mount + "&from=acme/app").status, 202);
}

TEST(Grant, EndsTheUploadsOfADeletedRepository) {
  TestRegistry reg;
  reg.repository("acme/app");
  ASSERT_EQ(reg.registry("owner", "acme/app").request("POST", "/v2/acme/app/blobs/uploads/").status, 202);
  ASSERT_EQ(reg.as("owner").del("/api/v1/repository/acme/app").status, 204);
  const auto left = reg.database().read_now([](db::Tx& tx) {
    static const db::Query kLeft{"test.uploads", "SELECT count(*) FROM upload"};
    return tx.get<std::int64_t>(kLeft);
  });
  EXPECT_EQ(left, 0);
}

}  // namespace
}  // namespace wharf::registry
