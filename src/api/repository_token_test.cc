#include "api/repository_token.h"

#include <gtest/gtest.h>

#include "api/refusals_testing.h"

namespace wharf::api {
namespace {

using test::TestRegistry;

TEST(RepositoryToken, IsGoneForThoseWhoMightHaveHadIt) {
  TestRegistry reg;
  testing::make_acme(reg);
  const std::string tokens = "/api/v1/repository/acme/app/tokens/";
  const std::string one = tokens + "abc";
  const std::vector<std::string> admins = {"manager", "owner", "owner@repo:admin"};
  testing::expect_only(reg, {"GET", tokens, "", admins});
  testing::expect_only(reg, {"POST", tokens, R"({"friendlyName":"x"})", admins});
  testing::expect_only(reg, {"GET", one, "", admins});
  testing::expect_only(reg, {"PUT", one, R"({"role":"read"})", admins});
  testing::expect_only(reg, {"DELETE", one, "", admins});
  expect_refusals(reg, {{"manager", "GET", tokens, 410, "invalid_request"},
                        {"manager", "POST", tokens, 410, "invalid_request", R"({"friendlyName":"x"})"},
                        {"manager", "POST", tokens, 400, "invalid_request", "{}"},
                        {"manager", "POST", tokens, 400, "invalid_request", "not json"},
                        {"reader", "POST", tokens, 403, "insufficient_scope", "not json"},
                        {"manager", "GET", one, 410, "invalid_request"},
                        {"manager", "PUT", one, 410, "invalid_request", R"({"role":"admin"})"},
                        {"manager", "PUT", one, 400, "invalid_request", R"({"role":"owner"})"},
                        {"manager", "DELETE", one, 410, "invalid_request"},
                        {"owner", "GET", "/api/v1/repository/acme/none/tokens/", 410, "invalid_request"},
                        {"stranger", "GET", "/api/v1/repository/acme/none/tokens/", 403, "insufficient_scope"}});
}

}  // namespace
}  // namespace wharf::api
