#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/test_registry.h"

namespace wharf::api::testing {

using test::TestRegistry;

/// One operation that only some may call, with a body that is right.
struct Guarded {
  std::string verb;
  std::string path;  ///< "/api/v1/…"
  std::string body{};
  std::vector<std::string> allowed{};  ///< Of the callers of `expect_only`; they are not asked here.
};

/// Makes the organization `acme` of owner with the teams makers (creator: maker) and devs (member: member), the
/// repository acme/app with a reader, a writer and a manager, and the robot acme+ci that administers it.
inline void make_acme(TestRegistry& registry) {
  registry.organization("acme");
  registry.team("acme", "makers", "creator", {"maker"});
  registry.team("acme", "devs", "member", {"member"});
  registry.repository("acme/app");
  registry.give("reader", "acme/app", "read");
  registry.give("writer", "acme/app", "write");
  registry.give("manager", "acme/app", "admin");
  registry.robot("acme+ci");
  registry.give("acme+ci", "acme/app", "admin");
}

/// Asks for `operation` as everybody who may not: 401 without credentials, with wrong ones and with a password or a
/// robot's token (the API takes only Bearer tokens), 403 for all who have shown who they are.
/// "owner@repo:read" is owner with a token of that scope alone.
inline void expect_only(TestRegistry& registry, const Guarded& operation) {
  const std::vector<std::string> people = {"stranger",
                                           "reader",
                                           "writer",
                                           "manager",
                                           "member",
                                           "maker",
                                           "superuser",
                                           "owner@repo:read",
                                           "owner@repo:write",
                                           "owner@repo:admin",
                                           "owner@repo:create",
                                           "owner@user:read",
                                           "owner@user:admin",
                                           "owner@super:user",
                                           "owner@org:admin",
                                           "member@org:admin",
                                           "owner"};
  const auto what = [&](const std::string& who) { return who + ' ' + operation.verb + ' ' + operation.path; };
  const test::Headers headers =
      operation.body.empty() ? test::Headers{} : test::Headers{{"Content-Type", "application/json"}};
  for (const auto& who : operation.allowed) {
    ASSERT_NE(std::ranges::find(people, who), people.end()) << who;
  }
  for (const auto& who : people) {
    if (std::ranges::find(operation.allowed, who) != operation.allowed.end()) continue;
    const auto at = who.find('@');
    auto client = registry.as(who.substr(0, at), at == std::string::npos ? "" : who.substr(at + 1));
    const auto answer = client.request(operation.verb, operation.path, operation.body, headers);
    EXPECT_EQ(answer.status, 403) << what(who) << ": " << answer.summary();
    EXPECT_EQ(answer.string("/error_type"), "insufficient_scope") << what(who);
  }
  const auto robot = registry.as("owner").get("/api/v1/organization/acme/robots/ci").string("/token");
  ASSERT_FALSE(robot.empty());
  const std::vector<std::string> unknown = {"",
                                            "Bearer " + std::string(40, 'x'),
                                            "Bearer nonsense",
                                            "Bearer " + robot,
                                            test::basic("acme+ci", robot),
                                            test::basic("owner", test::kPassword)};
  for (const auto& authorization : unknown) {
    auto client = registry.with(authorization);
    const auto answer = client.request(operation.verb, operation.path, operation.body, headers);
    EXPECT_EQ(answer.status, 401) << what(authorization) << ": " << answer.summary();
    EXPECT_EQ(answer.string("/error_type"), "invalid_token") << what(authorization);
  }
}

}  // namespace wharf::api::testing
