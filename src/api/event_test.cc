#include "service/event.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <thread>

#include "api/refusals_testing.h"
#include "base/testing.h"
#include "net/http_client.h"

namespace wharf::api {
namespace {

using test::TestRegistry;
using testing::make_acme;

// Each is an event, or a pulse after five seconds without one.
constexpr int kMostPieces = 12;

constexpr const char* kPath = "/realtime/user/subscribe?events=docker-cli";

/// A client that reads a stream as it comes.
class Listener {
 public:
  Listener(TestRegistry& registry, std::string_view who) {
    net::HttpRequest request;
    request.url = registry.url() + kPath;
    request.headers = {{"Authorization", "Bearer " + registry.token(who)}};
    auto opened = run_awaitable(client_.open(std::move(request)));
    if (!opened) throw std::runtime_error(opened.error().message);
    exchange_ = std::move(*opened);
    head = *run_awaitable(exchange_->head());
  }

  /// Reads until `mark` came; everything that came until then. Ends with the stream, and after a minute's pulses.
  std::string read_until(std::string_view mark) {
    std::array<std::byte, 4096> buffer;
    int pieces = 0;
    while (text_.find(mark) == std::string::npos) {
      const auto count = run_awaitable(exchange_->read_some(buffer));
      if (!count || *count == 0) return text_ + "(ended)";
      if (++pieces > kMostPieces) return text_ + "(nothing)";
      text_.append(reinterpret_cast<const char*>(buffer.data()), *count);
    }
    return text_;
  }

  net::HttpReply head;

 private:
  net::HttpClient client_{net::HttpClientOptions{}};
  std::unique_ptr<net::HttpExchange> exchange_;
  std::string text_;
};

TEST(Events, ReachTheUserWhoseClientItIs) {
  TestRegistry reg;
  make_acme(reg);
  Listener owner(reg, "owner");
  EXPECT_EQ(owner.head.status, 200);
  EXPECT_EQ(owner.head.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(owner.head.header("Cache-Control"), "no-store");
  EXPECT_EQ(owner.head.header("Transfer-Encoding"), "chunked");
  Listener other(reg, "writer");
  reg.push("acme/app", {"v1"});
  const auto heard = owner.read_until("push_repo");
  const auto start = heard.find("\"push_start\"");
  ASSERT_NE(start, std::string::npos) << heard;
  EXPECT_LT(start, heard.find("\"push_repo\""));
  EXPECT_NE(heard.find(R"("action": "push_repo", "namespace": "acme", "repository": "app")"), std::string::npos)
      << heard;
  auto puller = reg.registry("owner", "acme/app", "pull");
  ASSERT_EQ(puller.get("/v2/acme/app/manifests/v1").status, 200);
  owner.read_until("pull_repo");
  auto pusher = reg.registry("owner", "acme/app", "pull,push,*");
  ASSERT_EQ(pusher.del("/v2/acme/app/manifests/v1").status, 202);
  owner.read_until("delete_tag");
  // A pulse comes for want of anything else.
  EXPECT_EQ(other.read_until("pulse").find("docker-cli"), std::string::npos);
}

TEST(Events, EndWithTheServerAtOnce) {
  TestRegistry reg;
  reg.user("alice");
  Listener alice(reg, "alice");
  alice.read_until("listening");
  reg.app().stop(std::chrono::minutes(10));
  EXPECT_EQ(alice.read_until("never"), ": listening\n\n(ended)");
}

TEST(Events, AreForgottenWithTheirListener) {
  TestRegistry reg;
  reg.user("alice");
  auto& events = reg.services().events;
  {
    Listener alice(reg, "alice");
    alice.read_until("listening");
    EXPECT_EQ(events.streams(), 1u);
  }
  // The server hears of it with the next pulse that it sends.
  for (int i = 0; i < 600 && events.streams() > 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(events.streams(), 0u);
}

TEST(Events, AreForUsers) {
  TestRegistry reg;
  make_acme(reg);
  const auto path = "/realtime/user/subscribe";
  EXPECT_EQ(reg.with("").get(kPath).status, 401);
  EXPECT_EQ(reg.as("owner", "user:read").get(kPath).status, 403);
  EXPECT_EQ(reg.as("owner", "repo:admin").get(kPath).status, 403);
  EXPECT_EQ(reg.as("owner").get(path).status, 400);
  EXPECT_EQ(reg.as("owner").get(std::string(path) + "?events=,").status, 400);
}

TEST(Events, CanBeTurnedOff) {
  TestRegistry reg({.configure = [](app::Config& config) { config.features.user_events = false; }});
  EXPECT_EQ(reg.as("owner").get(kPath).status, 404);
}

}  // namespace
}  // namespace wharf::api
