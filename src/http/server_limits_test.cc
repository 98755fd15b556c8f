// What strangers may not do: malformed requests, slow ones, too many of them; and the end of the server.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <thread>

#include "http/test_server.h"

namespace wharf::http {
namespace {

using std::chrono::milliseconds;
using testing::Client;
using ::testing::ElementsAre;
using testing::eventually;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::request;
using testing::TemporaryFolder;
using testing::TestServer;

ServerOptions with(Limits limits) {
  ServerOptions options;
  options.limits = limits;
  return options;
}

bool is_refused(std::uint16_t port) {
  try {
    Client client(port);
    return client.ask(request("GET", "/hello")).status == 0;
  } catch (const std::runtime_error&) {
    return true;
  }
}

struct Bad {
  const char* why;
  int status;
  std::string bytes;
};

const std::string kHost = "Host: a\r\n";
const std::string kNext = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

const Bad kBad[] = {
    {"no_host", 400, "GET / HTTP/1.1\r\n\r\n"},
    {"two_hosts", 400, "GET / HTTP/1.1\r\n" + kHost + kHost + "\r\n"},
    {"both_lengths", 400,
     "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"xchunked", 400, "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
    {"identity", 400, "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: identity\r\n\r\n"},
    {"chunked_on_1_0", 400, "POST / HTTP/1.0\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"two_lengths", 400, "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 4\r\nContent-Length: 0\r\n\r\n"},
    {"space_before_colon", 400, "POST / HTTP/1.1\r\n" + kHost + "Content-Length : 4\r\n\r\n"},
    {"folded", 400, "POST / HTTP/1.1\r\n" + kHost + "X: a\r\n Content-Length: 4\r\n\r\n"},
    {"bare_lf", 400, "GET / HTTP/1.1\nHost: a\n\n"},
    {"bare_lf_in_headers", 400, "GET / HTTP/1.1\r\n" + kHost + "X: a\nY: b\r\n\r\n"},
    {"fragment", 400, "GET /a#b HTTP/1.1\r\n" + kHost + "\r\n"},
    {"tls_hello", 400, std::string("\x16\x03\x01\x02\x00\x01", 6)},
    {"connect", 501, "CONNECT a:1 HTTP/1.1\r\n" + kHost + "\r\n"},
    {"http_2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {"long_target", 414, "GET /" + std::string(17 * 1024, 'x') + " HTTP/1.1\r\n" + kHost + "\r\n"},
    {"long_head", 431, "GET / HTTP/1.1\r\n" + kHost + "X: " + std::string(40 * 1024, 'x')},
    {"expectation", 417, "PUT / HTTP/1.1\r\n" + kHost + "Expect: more\r\nContent-Length: 1\r\n\r\n"},
};

class MalformedRequest : public ::testing::TestWithParam<Bad> {};

TEST_P(MalformedRequest, IsAnsweredOnceAndEndsTheConnection) {
  TestServer server;
  Client client(server.port());
  // A good request behind the bad one must never be answered.
  const auto reply = client.ask(GetParam().bytes + kNext);
  EXPECT_EQ(reply.status, GetParam().status);
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_EQ(reply.header("content-type"), "application/json");
  EXPECT_THAT(reply.body, HasSubstr("{\"errors\":[{\"code\":\""));
  client.stop_sending();
  EXPECT_THAT(client.read_to_end(), IsEmpty());
  EXPECT_EQ(server.counters().bad_requests, 1U);
  EXPECT_EQ(server.counters().requests, 0U);
}

INSTANTIATE_TEST_SUITE_P(Table, MalformedRequest, ::testing::ValuesIn(kBad),
                         [](const auto& row) { return row.param.why; });

TEST(MalformedRequests, AfterAGoodOneEndsTheConnectionToo) {
  TestServer server;
  Client client(server.port());
  client.send(request("POST", "/echo", "Content-Length: 1\r\n") + "xGARBAGE\r\n\r\n" + kNext);
  EXPECT_EQ(client.read().body, "x");
  EXPECT_EQ(client.read().status, 400);
  client.stop_sending();
  EXPECT_THAT(client.read_to_end(), IsEmpty());
}

TEST(MalformedRequests, AreAnsweredBeforeTheirEnd) {
  TestServer server;
  const std::pair<int, std::string> rows[] = {{414, "GET /" + std::string(17 * 1024, 'x')},
                                              {431, "GET / HTTP/1.1\r\nX: " + std::string(33 * 1024, 'x')},
                                              {400, "GET / HTTP/1.1\nHost: a\n\n"},
                                              {400, "\x80"}};
  for (const auto& [status, bytes] : rows) EXPECT_EQ(Client(server.port()).ask(bytes).status, status);
}

TEST(SlowClient, GetsA408ForAHeadThatTakesTooLong) {
  TestServer server(with({.head_timeout = milliseconds(100)}));
  Client client(server.port());
  client.send("GET / HT");
  const auto reply = client.read();
  EXPECT_EQ(reply.status, 408);
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(server.counters().timeouts, 1U);
}

TEST(SlowClient, CannotStretchAHeadByTrickling) {
  TestServer server(with({.head_timeout = milliseconds(200)}));
  Client client(server.port());
  client.send("GET / HTTP/1.1\r\nX: ");
  std::thread trickle([&] {
    while (client.send("x") && server.counters().timeouts == 0) std::this_thread::sleep_for(milliseconds(10));
  });
  EXPECT_TRUE(eventually([&] { return server.counters().timeouts == 1; }));
  trickle.join();
  EXPECT_EQ(client.read().status, 408);
}

TEST(SlowClient, IsClosedSilentlyWhenIdle) {
  TestServer server(with({.idle_timeout = milliseconds(100)}));
  Client silent(server.port());
  EXPECT_TRUE(silent.ended());
  Client kept(server.port());
  EXPECT_EQ(kept.ask(request("GET", "/hello")).status, 200);
  EXPECT_TRUE(kept.ended());
  EXPECT_EQ(server.counters().timeouts, 0U);
}

TEST(SlowClient, IsClosedWhenTheBodyStalls) {
  TestServer server(with({.stall_timeout = milliseconds(100)}));
  Client client(server.port());
  client.send(request("PUT", "/count", "Content-Length: 10\r\n") + "abc");
  EXPECT_THAT(client.read_to_end(), IsEmpty());
  // The socket is closed first, then the handler learns of it.
  EXPECT_TRUE(eventually([&] { return server.bodies().size() == 1; }));
  EXPECT_THAT(server.bodies(), ElementsAre(HasSubstr("error after 3")));
  EXPECT_EQ(server.counters().timeouts, 1U);
}

TEST(SlowClient, IsClosedWhenTheBodyTrickles) {
  TestServer server(with({.stall_timeout = milliseconds(200), .least_bytes_per_second = 1'000'000}));
  Client client(server.port());
  client.send(request("PUT", "/count", "Content-Length: 1000000\r\n"));
  std::thread trickle([&] {
    while (client.send("x") && server.counters().timeouts == 0) std::this_thread::sleep_for(milliseconds(10));
  });
  EXPECT_TRUE(eventually([&] { return server.bodies().size() == 1; }));
  trickle.join();
  EXPECT_THAT(server.bodies(), ElementsAre(HasSubstr("error after ")));
  EXPECT_EQ(server.counters().timeouts, 1U);
}

TEST(SlowClient, IsClosedWhenItDoesNotRead) {
  TemporaryFolder folder;
  TestServer server(with({.stall_timeout = milliseconds(100)}));
  server.file = folder.make_file(64U << 20);
  Client of_a_file(server.port());
  of_a_file.send(request("GET", "/file?length=67108864"));
  EXPECT_TRUE(eventually([&] { return server.counters().timeouts == 1; }));
  Client of_memory(server.port());
  for (int i = 0; i < 64; ++i) of_memory.send(request("GET", "/big"));
  EXPECT_TRUE(eventually([&] { return server.counters().timeouts == 2; }));
  EXPECT_TRUE(eventually([&] { return server.counters().open_connections == 0; }));
}

TEST(SlowHandler, IsNotTimedOut) {
  TestServer server(
      with({.head_timeout = milliseconds(40), .idle_timeout = milliseconds(40), .stall_timeout = milliseconds(40)}));
  Client client(server.port());
  client.send(request("GET", "/wait"));
  ASSERT_TRUE(eventually([&] { return server.waiting == 1; }));
  // Another connection runs into its idle time-out meanwhile, so the sweeper has been here.
  EXPECT_TRUE(Client(server.port()).ended());
  server.released = true;
  EXPECT_EQ(client.read().body, "released");
}

TEST(VanishedClient, LeavesNothingBehind) {
  TemporaryFolder folder;
  TestServer server;
  server.file = folder.make_file(64U << 20);
  for (const auto* target : {"/file?length=67108864", "/big", "/stream", "/wait"}) {
    Client client(server.port());
    for (int i = 0; i < 8; ++i) client.send(request("GET", target));
    EXPECT_TRUE(eventually([&] { return server.counters().bytes_out > 0; }));
    client.vanish();
  }
  server.released = true;
  EXPECT_TRUE(eventually([&] { return server.counters().open_connections == 0; }));
  Client client(server.port());
  EXPECT_EQ(client.ask(request("GET", "/hello")).body, "hello");
}

TEST(Connections, AreCapped) {
  TestServer server(with({.connections = 2}));
  auto first = std::make_unique<Client>(server.port());
  Client second(server.port());
  EXPECT_EQ(first->ask(request("GET", "/hello")).status, 200);
  EXPECT_EQ(second.ask(request("GET", "/hello")).status, 200);
  Client third(server.port());
  EXPECT_TRUE(third.ended());
  EXPECT_EQ(server.counters().refused, 1U);
  EXPECT_EQ(server.counters().open_connections, 2U);
  first.reset();
  EXPECT_TRUE(eventually([&] { return server.counters().open_connections == 1; }));
  Client fourth(server.port());
  EXPECT_EQ(fourth.ask(request("GET", "/hello")).status, 200);
}

TEST(Connections, AreAcceptedAgainAfterARunOutOfFiles) {
  TestServer server;
  Client before(server.port());
  EXPECT_EQ(before.ask(request("GET", "/hello")).status, 200);
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &old), 0);
  {
    // The client's own socket is the last descriptor that there is.
    const int next = ::dup(before.fd());
    ::close(next);
    const rlimit none_left{.rlim_cur = static_cast<rlim_t>(next) + 1, .rlim_max = old.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none_left), 0);
  }
  Client waiting(server.port());
  waiting.send(request("GET", "/hello"));
  EXPECT_EQ(before.ask(request("GET", "/hello")).status, 200);
  EXPECT_EQ(server.counters().accepted, 1U);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &old), 0);
  EXPECT_EQ(waiting.read().status, 200);
}

TEST(Stop, LetsARequestInFlightEnd) {
  TestServer server;
  Client busy(server.port());
  Client idle(server.port());
  EXPECT_EQ(idle.ask(request("GET", "/hello")).status, 200);
  busy.send(request("GET", "/wait"));
  ASSERT_TRUE(eventually([&] { return server.waiting == 1; }));
  std::thread stopper([&] { server.server().stop(std::chrono::seconds(20)); });
  EXPECT_TRUE(idle.ended());
  EXPECT_TRUE(eventually([&] { return is_refused(server.port()); }));
  server.released = true;
  const auto reply = busy.read();
  EXPECT_EQ(reply.body, "released");
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_TRUE(busy.ended());
  stopper.join();
  EXPECT_EQ(server.counters().open_connections, 0U);
  server.server().stop(std::chrono::seconds(20));
}

TEST(Stop, ClosesWhatDoesNotEndInTime) {
  TestServer server;
  Client client(server.port());
  client.send(request("PUT", "/count", "Content-Length: 10\r\n") + "abc");
  ASSERT_TRUE(eventually([&] { return server.counters().requests == 1; }));
  server.server().stop(milliseconds(0));
  EXPECT_THAT(server.bodies(), ElementsAre(HasSubstr("error after 3")));
  EXPECT_THAT(client.read_to_end(), Not(HasSubstr("200 OK")));
}

TEST(Stop, OfAServerThatNeverStartedReturns) {
  ServerOptions options;
  options.port = 0;
  options.loops = 2;
  auto server = Server::create(std::move(options), [](Request&) -> awaitable<Response> { co_return Response{}; });
  ASSERT_TRUE(server);
  (*server)->stop(std::chrono::seconds(20));
  EXPECT_EQ((*server)->counters().accepted, 0U);
}

}  // namespace
}  // namespace wharf::http
