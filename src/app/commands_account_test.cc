#include "app/commands_account.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/testing.h"
#include "service/login.h"
#include "service/user.h"
#include "tests/support/test_registry.h"

namespace wharf::app {
namespace {

using test::TestRegistry;

struct Ran {
  int code = 0;
  std::string out, err;
};

Ran create(TestRegistry& reg, const UserCreateCommand& command, const std::string& input = "") {
  std::istringstream in(input);
  std::ostringstream out, err;
  const int code = create_user(reg.services().users, command, in, out, err);
  return {code, out.str(), err.str()};
}

Ran token(TestRegistry& reg, const TokenCreateCommand& command) {
  std::ostringstream out, err;
  const int code = create_token(reg.services().users, command, out, err);
  return {code, out.str(), err.str()};
}

TEST(UserCommands, MakeUsersBesideTheServer) {
  TestRegistry reg;
  const auto quiet = create(reg, {.name = "alice", .password_stdin = true, .superuser = true}, "correct-horse\r\nmore");
  EXPECT_EQ(quiet.code, 0) << quiet.err;
  EXPECT_EQ(quiet.out.find("correct-horse"), std::string::npos) << "what came in does not come out";
  const auto shown = create(reg, {.name = "bob", .email = "bob@example.com", .json = true});
  const auto described = json::parse(shown.out).value().as_object();
  EXPECT_EQ(described.at("email"), "bob@example.com");
  EXPECT_EQ(described.at("password").as_string().size(), 24u);
  EXPECT_TRUE(run_awaitable(reg.services().logins.login("alice", "correct-horse", "192.0.2.1")).who);

  std::ostringstream out, err;
  EXPECT_EQ(list_users(reg.services().users, {}, out, err), 0);
  EXPECT_EQ(out.str(), "alice  superuser\nbob  bob@example.com\n");

  for (const auto& refused : {create(reg, {.name = "Bad Name"}), create(reg, {.name = "alice"}),
                              create(reg, {.name = "carol", .password_stdin = true}, "short\n"),
                              create(reg, {.name = "carol", .email = "BOB@example.com"})}) {
    EXPECT_EQ(refused.code, 1);
    EXPECT_TRUE(refused.out.empty()) << refused.out;
    EXPECT_TRUE(refused.err.starts_with("wharf: ")) << refused.err;
  }
}

bool can_log_in(TestRegistry& reg, const std::string& name, const std::string& password) {
  return run_awaitable(reg.services().logins.login(name, password, "192.0.2.1")).who.has_value();
}

TEST(UserCommands, SetPasswords) {
  TestRegistry reg;
  reg.user("alice");
  const auto run = [&](const UserPasswordCommand& command, const std::string& input = "") {
    std::istringstream in(input);
    std::ostringstream out, err;
    const int code = set_user_password(reg.services().users, command, in, out, err);
    return Ran{code, out.str(), err.str()};
  };
  const auto quiet = run({.name = "alice", .password_stdin = true}, "battery-staple\n");
  EXPECT_EQ(quiet.code, 0) << quiet.err;
  EXPECT_EQ(quiet.out.find("battery-staple"), std::string::npos);
  EXPECT_TRUE(can_log_in(reg, "alice", "battery-staple"));
  const auto shown = json::parse(run({.name = "alice", .json = true}).out).value().as_object();
  EXPECT_EQ(shown.at("username"), "alice");
  EXPECT_TRUE(can_log_in(reg, "alice", std::string(shown.at("password").as_string())));
  EXPECT_FALSE(can_log_in(reg, "alice", "battery-staple"));
  reg.organization("acme");
  for (const auto& refused : {run({.name = "nobody"}), run({.name = "acme"}), run({.name = "\xFF"}),
                              run({.name = "alice", .password_stdin = true}, "short\n")}) {
    EXPECT_EQ(refused.code, 1);
    EXPECT_TRUE(refused.out.empty()) << refused.out;
    EXPECT_TRUE(refused.err.starts_with("wharf: ")) << refused.err;
  }
}

TEST(UserCommands, DisableAndEnable) {
  TestRegistry reg;
  reg.user("alice");
  const auto run = [&](const UserEnableCommand& command) {
    std::ostringstream out, err;
    const int code = enable_user(reg.services().users, command, out, err);
    return Ran{code, out.str(), err.str()};
  };
  EXPECT_EQ(run({.name = "alice", .enabled = false}).out, "The user alice is now disabled.\n");
  EXPECT_EQ(reg.as("alice").get("/api/v1/user/").status, 401);
  EXPECT_FALSE(can_log_in(reg, "alice", std::string(test::kPassword)));
  EXPECT_EQ(run({.name = "alice", .enabled = false}).out, "The user alice was already disabled.\n");
  const auto shown = json::parse(run({.name = "alice", .json = true}).out).value();
  EXPECT_EQ(shown, (json::Object{{"username", "alice"}, {"enabled", true}}));
  EXPECT_EQ(reg.as("alice").get("/api/v1/user/").status, 200);
  EXPECT_EQ(run({.name = "nobody"}).code, 1);
}

TEST(TokenCommands, MakeTokensThatTheServerTakes) {
  TestRegistry reg;
  reg.user("alice");
  const auto made = token(reg, {.user = "alice", .scope = "user:read"});
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(made.out.size(), 41u);
  EXPECT_EQ(reg.with("Bearer " + made.out.substr(0, 40)).get("/api/v1/user/").string("/username"), "alice");
  const auto shown = json::parse(token(reg, {.user = "alice", .expires = "1h", .json = true}).out).value().as_object();
  EXPECT_EQ(shown.at("token").as_string().size(), 40u);
  EXPECT_TRUE(shown.contains("expires_at"));
  for (const auto& refused :
       {token(reg, {.user = "none"}), token(reg, {.user = "alice", .scope = "no:such"}),
        token(reg, {.user = "alice", .expires = "soon"}), token(reg, {.user = "alice", .expires = "0s"})}) {
    EXPECT_EQ(refused.code, 1);
    EXPECT_TRUE(refused.out.empty()) << refused.out;
    EXPECT_FALSE(refused.err.empty());
  }
}

}  // namespace
}  // namespace wharf::app
