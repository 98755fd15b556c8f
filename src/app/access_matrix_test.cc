#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "tests/support/test_registry.h"

namespace wharf::app {
namespace {

using test::Answer;
using test::TestRegistry;

constexpr std::array<std::string_view, 13> kCallers = {"anonymous", "stranger", "reader", "writer",    "manager",
                                                       "member",    "maker",    "owner",  "superuser", "auditor",
                                                       "robot",     "disabled", "small"};

struct Class {
  std::array<int, kCallers.size()> statuses{};  ///< 0: that of the row.
  std::string small_scope;
};

struct Row {
  int line = 0;
  Class expected;
  std::string of_class;
  int ok = 0;
  std::string operation, verb, path, body;
  std::map<std::string, int> exceptions;

  int status_for(std::size_t caller) const {
    const auto except = exceptions.find(std::string(kCallers[caller]));
    if (except != exceptions.end()) return except->second;
    return expected.statuses[caller] != 0 ? expected.statuses[caller] : ok;
  }
  /// Whether a success takes away or changes what the next caller would need.
  bool spoils() const { return verb != "GET" && ok < 300; }
};

std::string trimmed(std::string text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::vector<Row> read_matrix() {
  std::ifstream file(WHARF_SOURCE_DIR "/tests/access/matrix.txt");
  std::map<std::string, Class> classes;
  std::vector<Row> rows;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with("class ")) {
      std::istringstream words(line.substr(6));
      std::string name, word;
      words >> name;
      auto& one = classes[name];
      for (auto& status : one.statuses) {
        words >> word;
        status = word == "ok" ? 0 : std::stoi(word);
      }
      words >> one.small_scope;
      continue;
    }
    std::vector<std::string> fields;
    std::istringstream parts(line);
    for (std::string part; std::getline(parts, part, '|');) fields.push_back(trimmed(part));
    fields.resize(6);
    Row row{.line = number, .expected = classes.at(fields[0]), .of_class = fields[0], .ok = std::stoi(fields[1])};
    row.operation = fields[2];
    const auto space = fields[3].find(' ');
    row.verb = fields[3].substr(0, space);
    row.path = "/api/v1" + fields[3].substr(space + 1);
    row.body = fields[4];
    std::istringstream exceptions(fields[5]);
    for (std::string one; exceptions >> one;) {
      const auto equals = one.find('=');
      row.exceptions[one.substr(0, equals)] = std::stoi(one.substr(equals + 1));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

/// One registry with everybody and everything that the rows name.
class World {
 public:
  World() : registry_({.configure = configure}) {
    registry_.organization("acme");
    registry_.team("acme", "makers", "creator", {"maker"});
    registry_.team("acme", "devs", "member", {"member"});
    registry_.repository("acme/app");
    registry_.repository("acme/open", "public");
    registry_.give("reader", "acme/app", "read");
    registry_.give("writer", "acme/app", "write");
    registry_.give("manager", "acme/app", "admin");
    robot_token_ = registry_.robot("acme+ci");
    registry_.robot("acme+other");
    registry_.give("acme+ci", "acme/app", "admin");
    for (const auto* name : {"stranger", "victim", "auditor", "disabled", "superuser"}) registry_.user(name);
    values_["$digest"] = registry_.push("acme/app", {"latest"}).front();
    const auto application =
        registry_.as("owner").post("/api/v1/organization/acme/applications", json::Object{{"name", "machine"}});
    values_["$client"] = application.string("/client_id");
    disabled_token_ = registry_.token("disabled");
    static const db::Query kDisable{"test.disable", "UPDATE account SET enabled = FALSE WHERE name = 'disabled'"};
    registry_.database().write_now([](db::Tx& tx) { return tx.run(kDisable); });
  }

  Answer ask(const Row& row, std::string_view caller) {
    auto client = client_of(row, caller);
    const auto path = filled(row.path, caller);
    const auto body = filled(row.body, caller);
    const test::Headers headers = body.empty() ? test::Headers{} : test::Headers{{"Content-Type", "application/json"}};
    return client.request(row.verb, path, body, headers);
  }

  std::set<std::string> operations() {
    std::set<std::string> ids;
    for (const auto& entry : registry_.app().table().entries()) {
      const auto& operation = entry.operation;
      if (operation.protocol == http::Protocol::api && operation.path.starts_with("/api/v1")) {
        ids.emplace(operation.id);
      }
    }
    return ids;
  }

 private:
  static void configure(Config& config) {
    config.super_users = {"superuser"};
    config.global_readonly_super_users = {"auditor"};
    // Every operation there is.
    for (const auto& flag : service::feature_flags()) {
      if (flag.name == "MAILING" || flag.name == "IMMUTABLE_TAGS" || flag.name == "SUPERUSER_CONFIGDUMP") {
        config.features.*flag.member = true;
      }
    }
    config.mailing_demanded = true;
    config.features.require_team_invite = false;  // Who is put into a team is in it.
    config.permanently_delete_tags = true;
  }

  test::Client client_of(const Row& row, std::string_view caller) {
    if (caller == "anonymous") return registry_.as("nobody");
    if (caller == "robot") {
      auto client = registry_.with(test::basic("acme+ci", robot_token_));
      client.keep_session();
      return client;
    }
    if (caller == "disabled") return registry_.with("Bearer " + disabled_token_);
    if (caller == "small") {
      // Of whoever could do it with a whole token.
      const auto whose = row.of_class.starts_with("SU") ? "superuser" : "owner";
      return registry_.as(whose, row.expected.small_scope);
    }
    return registry_.as(caller);
  }

  std::string filled(std::string text, std::string_view caller) const {
    const auto replace = [&](std::string_view name, std::string_view value) {
      for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) {
        text.replace(at, name.size(), value);
      }
    };
    replace("$who", caller);
    for (const auto& [name, value] : values_) replace(name, value);
    return text;
  }

  TestRegistry registry_;
  std::string robot_token_, disabled_token_;
  std::map<std::string, std::string> values_;
};

TEST(AccessMatrix, EveryCallerGetsWhatTheTableSays) {
  const auto rows = read_matrix();
  ASSERT_GT(rows.size(), 100u);
  auto world = std::make_unique<World>();
  const auto known = world->operations();
  for (const auto& row : rows) {
    if (!known.contains(row.operation)) {
      ADD_FAILURE() << "line " << row.line << ": there is no operation " << row.operation;
      continue;
    }
    // Those who may not come first, so that nothing they meet was changed by those who may.
    std::vector<std::size_t> order;
    for (const bool refused : {true, false}) {
      for (std::size_t i = 0; i < kCallers.size(); ++i) {
        if ((row.status_for(i) >= 400) == refused) order.push_back(i);
      }
    }
    bool spoilt = false;
    for (const auto i : order) {
      if (spoilt) world = std::make_unique<World>();
      const auto expected = row.status_for(i);
      const auto answer = world->ask(row, kCallers[i]);
      EXPECT_EQ(answer.status, expected) << "line " << row.line << ": " << kCallers[i] << ' ' << row.verb << ' '
                                         << row.path << ": " << answer.summary();
      spoilt = answer.ok() && row.verb != "GET" && row.path.find("$who") == std::string::npos &&
               row.body.find("$who") == std::string::npos;
    }
    if (spoilt) world = std::make_unique<World>();
  }
}

/// Of a hidden thing and of a missing one a stranger gets the same answer, byte for byte.
TEST(AccessMatrix, NoAnswerTellsAStrangerWhetherARepositoryExists) {
  World world;
  int asked = 0;
  for (auto row : read_matrix()) {
    const std::string hidden = "/repository/acme/app";
    const auto at = row.path.find(hidden);
    if (at == std::string::npos) continue;
    auto missing = row, elsewhere = row;
    missing.path.replace(at, hidden.size(), "/repository/acme/none");
    elsewhere.path.replace(at, hidden.size(), "/repository/nowhere/app");
    for (const auto* who : {"anonymous", "stranger", "robot", "small"}) {
      const auto known = world.ask(row, who);
      if (known.status < 400) continue;  // a scope that is large enough for this one
      ++asked;
      for (const auto* other : {&missing, &elsewhere}) {
        if (std::string_view(who) == "small" && other == &elsewhere) continue;
        const auto unknown = world.ask(*other, who);
        EXPECT_EQ(unknown.status, known.status) << "line " << row.line << ": " << who;
        EXPECT_EQ(unknown.text, known.text) << "line " << row.line << ": " << who;
        EXPECT_EQ(unknown.header("Content-Type"), known.header("Content-Type")) << "line " << row.line;
        EXPECT_EQ(unknown.has_header("WWW-Authenticate"), known.has_header("WWW-Authenticate")) << row.line;
      }
    }
  }
  EXPECT_GT(asked, 100);
}

TEST(AccessMatrix, HasARowForEveryOperation) {
  std::set<std::string> rows;
  for (const auto& row : read_matrix()) rows.insert(row.operation);
  World world;
  for (const auto& id : world.operations()) EXPECT_TRUE(rows.contains(id)) << "no row for " << id;
}

}  // namespace
}  // namespace wharf::app
