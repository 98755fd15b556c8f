#include "app/first_start.h"

#include <gtest/gtest.h>

#include <fstream>
#include <future>

#include "base/testing.h"
#include "service/login.h"
#include "service/profile.h"
#include "service/user.h"
#include "tests/support/test_registry.h"

namespace wharf::app {
namespace {

using test::TemporaryFolder;
using test::TestRegistry;

using Environment = std::map<std::string, std::string>;

const std::string kToken = "0123456789abcdefghijABCDEFGHIJ0123456789";
const std::string kPassword = "correct-horse";

Environment whole() {
  return {{"WHARF_INIT_USER", "captain"}, {"WHARF_INIT_PASSWORD", kPassword}, {"WHARF_INIT_TOKEN", kToken}};
}

Result<void> start(TestRegistry& reg, const Environment& environment) {
  return make_first_things(reg.services().users, reg.services().profiles, environment);
}

bool can_log_in(TestRegistry& reg, const std::string& name, const std::string& password) {
  return run_awaitable(reg.services().logins.login(name, password, "192.0.2.1")).who.has_value();
}

TEST(FirstStart, MakesTheFirstUserAndTheirToken) {
  TestRegistry reg;
  auto environment = whole();
  environment["WHARF_INIT_EMAIL"] = "captain@example.com";
  ASSERT_TRUE(start(reg, environment));
  auto captain = reg.with("Bearer " + kToken);
  const auto self = captain.get("/api/v1/user/");
  ASSERT_EQ(self.status, 200) << self.summary();
  EXPECT_EQ(self.string("/username"), "captain");
  EXPECT_EQ(self.string("/email"), "captain@example.com");
  EXPECT_TRUE(self.flag("/super_user"));
  EXPECT_EQ(captain.get("/api/v1/superuser/users/").status, 200) << "the token has every scope";
  EXPECT_TRUE(can_log_in(reg, "captain", kPassword));
  EXPECT_EQ(reg.with("").post("/api/v1/user/initialize", {{"username", "other"}, {"password", kPassword}}).status, 400)
      << "set-up is over";
  static const db::Query kStored{"test.stored", "SELECT count(*) FROM oauth_token WHERE secret_hash = $1"};
  const auto stored = [](db::Tx& tx) { return tx.get<std::int64_t>(kStored, kToken.substr(20)); };
  EXPECT_EQ(reg.database().read_now(stored), 0) << "only a hash is kept";
  advance_clock(std::chrono::hours(24 * 366));
  EXPECT_EQ(captain.get("/api/v1/user/").status, 401) << "a year";
}

TEST(FirstStart, DoesNothingWhenThereIsAUser) {
  TestRegistry reg;
  reg.user("alice");
  ASSERT_TRUE(start(reg, whole()));
  EXPECT_FALSE(can_log_in(reg, "captain", kPassword));
  EXPECT_EQ(reg.with("Bearer " + kToken).get("/api/v1/user/").status, 401);
  TestRegistry again;
  ASSERT_TRUE(start(again, whole()));
  auto other = whole();
  other["WHARF_INIT_PASSWORD"] = "another-password";
  ASSERT_TRUE(start(again, other));
  EXPECT_TRUE(can_log_in(again, "captain", kPassword)) << "the second start changes nothing";
}

TEST(FirstStart, OfSeveralNodesOneMakesTheUser) {
  TestRegistry reg;
  std::vector<std::future<bool>> nodes;
  for (int i = 0; i < 3; ++i) {
    nodes.push_back(std::async(std::launch::async, [&reg] { return start(reg, whole()).has_value(); }));
  }
  for (auto& node : nodes) EXPECT_TRUE(node.get());
  EXPECT_EQ(run_awaitable(reg.services().users.list_all()).size(), 1u);
}

TEST(FirstStart, ReadsSecretsFromFiles) {
  TemporaryFolder folder;
  const auto password = (folder.path() / "password").string(), token = (folder.path() / "token").string();
  std::ofstream(password) << kPassword << "\r\nnot this\n";
  std::ofstream(token) << kToken << "\n";
  const auto first = FirstStart::read({{"WHARF_INIT_USER", "captain"},
                                       {"WHARF_INIT_PASSWORD_FILE", password},
                                       {"WHARF_INIT_TOKEN_FILE", token},
                                       {"WHARF_INIT_TOKEN_EXPIRES", "90d"}});
  ASSERT_TRUE(first && *first) << (first ? "" : first.error().message);
  EXPECT_EQ((*first)->user.username, "captain");
  EXPECT_EQ((*first)->user.password, kPassword);
  EXPECT_FALSE((*first)->user.email);
  ASSERT_TRUE((*first)->token);
  EXPECT_EQ((*first)->token->token, kToken);
  EXPECT_EQ((*first)->token->life_s, 90 * 86400);
  EXPECT_FALSE(*FirstStart::read({{"WHARF_INIT_PASSWORD", kPassword}})) << "nobody is to be made";
  EXPECT_FALSE((*FirstStart::read({{"WHARF_INIT_USER", "captain"}, {"WHARF_INIT_PASSWORD", kPassword}}))->token);
}

TEST(FirstStart, RefusesWhatIsWrongWithoutTellingSecrets) {
  TestRegistry reg;
  struct Row {
    const char* what;
    Environment change;
  };
  const Row rows[] = {
      {"no password", {{"WHARF_INIT_PASSWORD", ""}}},
      {"a short password", {{"WHARF_INIT_PASSWORD", "hush"}}},
      {"two passwords", {{"WHARF_INIT_PASSWORD_FILE", "/dev/null"}}},
      {"no such file", {{"WHARF_INIT_PASSWORD", ""}, {"WHARF_INIT_PASSWORD_FILE", "/none/such"}}},
      {"an empty file", {{"WHARF_INIT_PASSWORD", ""}, {"WHARF_INIT_PASSWORD_FILE", "/dev/null"}}},
      {"a bad name", {{"WHARF_INIT_USER", "Captain Ahab"}}},
      {"a bad address", {{"WHARF_INIT_EMAIL", "nowhere"}}},
      {"a short token", {{"WHARF_INIT_TOKEN", "hush"}}},
      {"a token with a dash", {{"WHARF_INIT_TOKEN", "0123456789abcdefghijABCDEFGHIJ012345678-"}}},
      {"no time", {{"WHARF_INIT_TOKEN_EXPIRES", "soon"}}},
      {"no time at all", {{"WHARF_INIT_TOKEN_EXPIRES", "0s"}}},
  };
  for (const auto& row : rows) {
    auto environment = whole();
    for (const auto& [name, value] : row.change) environment[name] = value;
    const auto done = start(reg, environment);
    ASSERT_FALSE(done) << row.what;
    for (const auto* name : {"WHARF_INIT_PASSWORD", "WHARF_INIT_TOKEN"}) {
      const auto& secret = environment[name];
      if (secret.empty()) continue;
      EXPECT_EQ(done.error().message.find(secret), std::string::npos) << row.what;
      EXPECT_EQ(done.error().detail.find(secret), std::string::npos) << row.what;
    }
  }
  EXPECT_FALSE(run_awaitable(reg.services().users.has_users()));
}

TEST(FirstStart, ItsVariablesAreNoKeysOfTheConfiguration) {
  ConfigSources sources;
  sources.environment = whole();
  sources.environment["WHARF_INIT_USERS"] = "captain";
  const auto loaded = load_config(sources);
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->warnings.size(), 1u) << "of the one that is misspelt";
  EXPECT_NE(loaded->warnings.front().find("WHARF_INIT_USERS"), std::string::npos);
}

TEST(Mail, NeedsANameForItsLinks) {
  ConfigSources sources;
  sources.environment["WHARF_MAIL_SERVER"] = "mail.example.com";
  EXPECT_FALSE(load_config(sources)) << "the Host of a request must not get into a link that lets one in";
  sources.environment["WHARF_SERVER_HOSTNAME"] = "registry.example.com";
  EXPECT_TRUE(load_config(sources));
}

}  // namespace
}  // namespace wharf::app
