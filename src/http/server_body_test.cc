// Bodies of requests: framing, 100-continue, early refusal, draining, memory.
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "http/test_server.h"

namespace wharf::http {
namespace {

using testing::Client;
using ::testing::ElementsAre;
using testing::eventually;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::pattern;
using testing::request;
using testing::resident_bytes;
using ::testing::StartsWith;
using testing::TemporaryFolder;
using testing::TestServer;

constexpr std::uint64_t kMiB = 1024 * 1024;

std::string sized(std::uint64_t length) { return "Content-Length: " + std::to_string(length) + "\r\n"; }

std::string chunk(std::string_view bytes) {
  std::array<char, 20> size;
  const int count = std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  return std::string(size.data(), static_cast<std::size_t>(count)).append(bytes).append("\r\n");
}

TEST(RequestBody, ComesWholeWithALength) {
  TestServer server;
  Client client(server.port());
  const auto body = pattern(0, kMiB);
  client.send(request("PUT", "/echo", sized(body.size())) + body);
  EXPECT_EQ(client.read().body, body);
  EXPECT_EQ(client.ask(request("PUT", "/echo", sized(0))).body, "");
  EXPECT_EQ(client.ask(request("PUT", "/echo")).body, "");
}

TEST(RequestBody, ComesWholeInChunks) {
  TestServer server;
  Client client(server.port());
  const auto body = pattern(0, kMiB);
  for (const std::size_t piece : {std::size_t{1000}, std::size_t{65536}, std::size_t{kMiB}}) {
    std::string all = request("PATCH", "/echo", "Transfer-Encoding: chunked\r\n");
    for (std::size_t at = 0; at < body.size(); at += piece) all += chunk(std::string_view(body).substr(at, piece));
    all += "0\r\nX-Trailer: t\r\n\r\n";
    // The next request follows at once, behind the body.
    client.send(all + request("GET", "/hello"));
    EXPECT_EQ(client.read().body, body) << piece;
    EXPECT_EQ(client.read().body, "hello") << piece;
  }
}

TEST(RequestBody, IsLimitedByReadAll) {
  TestServer server;
  {
    Client client(server.port());
    EXPECT_EQ(client.ask(request("PUT", "/echo", sized(kMiB + 1))).status, 413);
  }
  Client client(server.port());
  client.send(request("PUT", "/echo", "Transfer-Encoding: chunked\r\n") + chunk(std::string(kMiB, 'x')) + chunk("x") +
              "0\r\n\r\n");
  EXPECT_EQ(client.read().status, 413);
}

TEST(RequestBody, WithBadChunksIsAnErrorForTheHandler) {
  TestServer server;
  for (const auto* raw : {"zz\r\n", "3\r\nabcd\r\n", "1\nx", "0\r\n bad\r\n\r\n", "fffffffffffffffff\r\n"}) {
    Client client(server.port());
    const auto reply = client.ask(request("PUT", "/count", "Transfer-Encoding: chunked\r\n") + raw);
    EXPECT_EQ(reply.status, 400) << raw;
    EXPECT_THAT(reply.body, HasSubstr("malformed")) << raw;
    EXPECT_EQ(reply.header("connection"), "close") << raw;
    EXPECT_THAT(client.read_to_end(), IsEmpty()) << raw;
  }
}

TEST(RequestBody, ThatEndsEarlyIsAnErrorForTheHandler) {
  TestServer server;
  {
    Client client(server.port());
    client.send(request("PUT", "/count", sized(1000)) + "abc");
    client.stop_sending();
    EXPECT_EQ(client.read().status, 400);
  }
  {
    Client client(server.port());
    client.send(request("PUT", "/count", "Transfer-Encoding: chunked\r\n") + "5\r\nabc");
    client.stop_sending();
    EXPECT_EQ(client.read().status, 400);
  }
  EXPECT_THAT(server.bodies(), ElementsAre(StartsWith("error after 3"), StartsWith("error after 3")));
}

TEST(RequestBody, OfAVanishedClientIsAnErrorForTheHandler) {
  TestServer server;
  Client client(server.port());
  client.send(request("PUT", "/count", sized(1000)) + "abc");
  client.vanish();
  EXPECT_TRUE(eventually([&] { return server.bodies().size() == 1; }));
  EXPECT_THAT(server.bodies(), ElementsAre(StartsWith("error after ")));
  EXPECT_TRUE(eventually([&] { return server.counters().open_connections == 0; }));
}

TEST(Continue, IsSaidWhenTheBodyIsWanted) {
  TestServer server;
  Client client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send(request("PUT", "/echo", sized(3) + "Expect: 100-continue\r\n"));
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    const auto reply = client.ask("abc");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "abc");
  }
}

TEST(Continue, IsNotSaidWhenTheBodyIsHere) {
  TestServer server;
  Client client(server.port());
  EXPECT_EQ(client.ask(request("PUT", "/echo", sized(3) + "Expect: 100-continue\r\n") + "abc").status, 200);
}

TEST(Continue, IsNotSaidToARefusedClient) {
  TestServer server;
  Client client(server.port());
  const auto reply = client.ask(request("PUT", "/ignore", sized(3) + "Expect: 100-continue\r\n"));
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_TRUE(client.ended());
}

TEST(EarlyRefusal, KeepsTheConnectionAfterASmallBody) {
  TestServer server;
  Client client(server.port());
  for (int i = 0; i < 3; ++i) {
    const auto reply = client.ask(request("PUT", "/ignore", sized(100'000)) + std::string(100'000, 'x'));
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.header("connection"), "");
    EXPECT_EQ(
        client.ask(request("PUT", "/ignore", "Transfer-Encoding: chunked\r\n") + chunk("abc") + "0\r\n\r\n").status,
        401);
  }
  EXPECT_EQ(server.counters().accepted, 1U);
}

TEST(EarlyRefusal, IsReadableByAClientThatSendsFirst) {
  TestServer server;
  // Both clients write 4 MiB before they read: without a drain the reset would take the reply away.
  Client with_length(server.port());
  with_length.send(request("PUT", "/ignore", sized(1U << 30)));
  with_length.send(std::string(4 * kMiB, 'x'));
  const auto refused = with_length.read();
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.header("connection"), "close");
  EXPECT_EQ(refused.body, "who are you?");
  Client chunked(server.port());
  chunked.send(request("PUT", "/ignore", "Transfer-Encoding: chunked\r\n"));
  for (int i = 0; i < 64; ++i) chunked.send(chunk(std::string(65536, 'x')));
  EXPECT_EQ(chunked.read().status, 401);
  EXPECT_TRUE(chunked.ended());
}

TEST(EarlyRefusal, DrainsNoMoreThanItsBound) {
  TestServer server;
  Client client(server.port());
  client.send(request("PUT", "/ignore", sized(1U << 30)));
  std::uint64_t sent = 0;
  while (sent < (1U << 30) && client.send(std::string(kMiB, 'x'))) sent += kMiB;
  EXPECT_LT(sent, 1U << 30);
}

TEST(LargeBody, LeavesTurnsToOthers) {
  TestServer server;
  std::atomic<bool> enough{false};
  std::thread uploader([&] {
    Client client(server.port());
    const std::string piece(kMiB, 'x');
    client.send(request("PUT", "/count", sized(1ULL << 50)));
    while (!enough && client.send(piece)) {
    }
    client.vanish();
  });
  ASSERT_TRUE(eventually([&] { return server.counters().bytes_in > 16 * kMiB; }));
  // The upload has no end: whoever waited for it would wait for ever.
  Client client(server.port());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.ask(request("GET", "/hello")).body, "hello");
  EXPECT_THAT(server.bodies(), IsEmpty());
  enough = true;
  uploader.join();
}

TEST(LargeBody, DoesNotStayInMemory) {
  constexpr std::uint64_t kSize = 256 * kMiB;
  TemporaryFolder folder;
  TestServer server;
  server.file = folder.make_file(kSize);
  const std::string piece(kMiB, 'x');
  const std::string one_chunk = chunk(piece);
  Client client(server.port());
  client.ask(request("PUT", "/count", sized(kMiB)) + piece);
  const auto before = resident_bytes();
  client.send(request("PUT", "/count", sized(kSize)));
  for (std::uint64_t sent = 0; sent < kSize; sent += kMiB) ASSERT_TRUE(client.send(piece));
  EXPECT_EQ(client.read().body, std::to_string(kSize));
  client.send(request("PUT", "/count", "Transfer-Encoding: chunked\r\n"));
  for (std::uint64_t sent = 0; sent < kSize; sent += kMiB) ASSERT_TRUE(client.send(one_chunk));
  client.send("0\r\n\r\n");
  EXPECT_EQ(client.read().body, std::to_string(kSize));
  client.send(request("GET", "/file?length=" + std::to_string(kSize)));
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("200 OK"));
  std::vector<char> buffer(kMiB);
  std::uint64_t got = 0;
  while (got < kSize - kMiB) {
    const auto count = ::recv(client.fd(), buffer.data(), buffer.size(), 0);
    ASSERT_GT(count, 0);
    got += static_cast<std::uint64_t>(count);
  }
  EXPECT_LT(resident_bytes(), before + 48 * kMiB);
}

}  // namespace
}  // namespace wharf::http
