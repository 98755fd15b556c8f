#include "service/event.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/testing.h"
#include "service/login_testing.h"

namespace wharf::service {
namespace {

using testing::People;

/// The next piece of the stream; what it says is fetched at once or not at all.
std::string next(EventStream& stream) {
  std::string piece;
  return *run_awaitable(stream.next(piece)) ? piece : "ended";
}

std::string message(std::string_view action) {
  return "data: {\"event\": \"docker-cli\", \"data\": {\"action\": \"" + std::string(action) +
         "\", \"namespace\": \"acme\", \"repository\": \"app\"}}\n\n";
}

const RepoName kApp{"acme", "app"};

struct Nodes : public ::testing::Test {
  Nodes() {
    people.user("alice");
    people.user("bob");
    alice = people.who("alice");
    bob = people.who("bob");
  }
  static Result<std::shared_ptr<EventStream>> try_listen(EventService& node, const auth::Principal& who,
                                                         std::string_view kinds = "docker-cli") {
    return run_awaitable(node.listen(who, std::string(kinds)));
  }
  std::shared_ptr<EventStream> listen(EventService& node, const auth::Principal& who,
                                      std::string_view kinds = "docker-cli") {
    auto stream = try_listen(node, who, kinds);
    EXPECT_TRUE(stream);
    EXPECT_EQ(next(**stream), ": listening\n\n");
    return *stream;
  }

  People people;
  auth::Principal alice, bob;
  EventService here{*people.db, people.settings}, there{*people.db, people.settings};
};

TEST_F(Nodes, TellUsersWhatTheyDoAndNobodyElse) {
  const auto of_alice = listen(here, alice);
  const auto of_bob = listen(here, bob);
  here.note_client(alice, "push_repo", kApp);
  here.note_client(alice, "login");
  here.note_client(bob, "pull_repo", kApp);
  EXPECT_EQ(next(*of_alice),
            message("push_repo") + "data: {\"event\": \"docker-cli\", \"data\": {\"action\": \"login\"}}\n\n");
  EXPECT_EQ(next(*of_bob), message("pull_repo"));
}

TEST_F(Nodes, TellOnlyWhatWasAskedFor) {
  const auto stream = listen(here, alice, "other,,build");
  here.note_client(alice, "push_repo", kApp);
  here.stop();
  EXPECT_EQ(next(*stream), "ended");
}

TEST_F(Nodes, TellOneAnotherOfThoseWhoListenThere) {
  const auto stream = listen(there, alice);
  EXPECT_FALSE(here.anybody());
  run_awaitable(there.exchange());
  run_awaitable(here.exchange());
  EXPECT_TRUE(here.anybody());
  here.note_client(alice, "push_start", kApp);
  here.note_client(bob, "push_start", kApp);
  here.note_client(alice, "push_repo", kApp);
  run_awaitable(here.exchange());
  run_awaitable(there.exchange());
  EXPECT_EQ(next(*stream), message("push_start") + message("push_repo"));
  // Each batch is told once, however often it is read.
  run_awaitable(there.exchange());
  there.stop();
  EXPECT_EQ(next(*stream), "ended");
}

TEST_F(Nodes, SayAgainWhoListensWhenItCouldNotBeSaved) {
  const auto rename = [&](const char* from, const char* to) {
    const auto sql = std::string("ALTER TABLE ") + from + " RENAME TO " + to;
    people.write([&](db::Tx& tx) { return tx.script({"test.rename", sql.c_str()}), true; });
  };
  const auto stream = listen(there, alice);
  rename("event_node", "away");
  EXPECT_ANY_THROW(run_awaitable(there.exchange()));
  rename("away", "event_node");
  run_awaitable(there.exchange());
  run_awaitable(here.exchange());
  EXPECT_TRUE(here.anybody());
}

TEST_F(Nodes, ForgetListenersWhoAreGone) {
  auto stream = listen(there, alice);
  run_awaitable(there.exchange());
  stream.reset();
  EXPECT_EQ(there.streams(), 0u);
  EXPECT_FALSE(there.anybody());
  run_awaitable(there.exchange());
  run_awaitable(here.exchange());
  EXPECT_FALSE(here.anybody());

  // And those whose node is.
  stream = listen(there, alice);
  run_awaitable(there.exchange());
  run_awaitable(here.exchange());
  EXPECT_TRUE(here.anybody());
  advance_clock(std::chrono::seconds(20));
  run_awaitable(here.exchange());
  EXPECT_FALSE(here.anybody());
}

TEST_F(Nodes, KeepNoMoreThanAListenerFetches) {
  const auto stream = listen(here, alice);
  for (int i = 0; i < 1000; ++i) here.note_client(alice, std::to_string(i));
  const auto piece = next(*stream);
  EXPECT_EQ(std::ranges::count(piece, '\n'), 2 * 200);
  EXPECT_NE(piece.find("\"999\""), std::string::npos);
  EXPECT_EQ(piece.find("\"799\""), std::string::npos);
}

TEST_F(Nodes, HaveFewStreamsOfAUser) {
  std::vector<std::shared_ptr<EventStream>> streams;
  for (int i = 0; i < 10; ++i) streams.push_back(listen(here, alice));
  const auto refused = try_listen(here, alice);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_many_attempts);
  EXPECT_TRUE(try_listen(here, bob));
  streams.pop_back();
  EXPECT_TRUE(try_listen(here, alice));
}

TEST_F(Nodes, EndAllStreamsWhenTheyStop) {
  const auto stream = listen(here, alice);
  here.stop();
  EXPECT_EQ(next(*stream), "ended");
  auto late = try_listen(here, alice);
  ASSERT_TRUE(late);
  EXPECT_EQ(next(**late), ": listening\n\n");
  EXPECT_EQ(next(**late), "ended");
}

TEST_F(Nodes, EndTheStreamsOfSessionsThatEnded) {
  auto session = alice;
  session.means = auth::Principal::Means::session;
  const auto of_session = listen(here, session);
  const auto of_token = listen(here, alice);
  const auto of_bob = listen(here, bob);
  run_awaitable(here.exchange());
  static const db::Query kSignOut{"test.sign_out", "UPDATE account SET uuid = 'another' WHERE name = 'alice'"};
  people.db->write_now([](db::Tx& tx) { return tx.run(kSignOut); });
  run_awaitable(here.exchange());
  EXPECT_EQ(next(*of_session), "ended");
  here.note_client(alice, "push_repo", kApp);
  EXPECT_EQ(next(*of_token), message("push_repo")) << "a token goes on";
  static const db::Query kDisable{"test.disable", "UPDATE account SET enabled = FALSE WHERE name = 'alice'"};
  people.db->write_now([](db::Tx& tx) { return tx.run(kDisable); });
  run_awaitable(here.exchange());
  EXPECT_EQ(next(*of_token), "ended");
  EXPECT_EQ(try_listen(here, alice).error().code, Errc::unauthenticated);
  here.note_client(bob, "push_repo", kApp);
  EXPECT_EQ(next(*of_bob), message("push_repo"));
}

TEST_F(Nodes, RefuseWhoIsNoUserAndWhatIsNoKind) {
  EXPECT_EQ(try_listen(here, auth::Principal{}).error().code, Errc::unauthenticated);
  auto robot = alice;
  robot.kind = auth::Principal::Kind::robot;
  EXPECT_EQ(try_listen(here, robot).error().code, Errc::denied);
  auto reader = alice;
  reader.scopes = auth::ScopeSet::parse("user:read");
  EXPECT_EQ(try_listen(here, reader).error().code, Errc::denied);
  for (const auto* kinds : {"", ",", ",,,"}) {
    EXPECT_EQ(try_listen(here, alice, kinds).error().code, Errc::invalid_request) << kinds;
  }
}

}  // namespace
}  // namespace wharf::service
