#include <gmock/gmock.h>

#include <cstring>
#include <future>
#include <thread>

#include "base/testing.h"
#include "http/test_client.h"
#include "http/test_server.h"
#include "net/http_client.h"
#include "net/testing.h"

namespace wharf::net {
namespace {

using http::testing::pattern;
using http::testing::TestServer;
using testing::HookSink;
using testing::ReceivedRequest;
using namespace std::chrono_literals;

std::string url_of(const TestServer& server, std::string_view path) {
  return "http://127.0.0.1:" + std::to_string(server.port()) + std::string(path);
}

struct Read {
  std::string body;
  std::optional<Error> error;
};

awaitable<Read> read_all(HttpExchange& exchange, std::size_t piece_bytes) {
  Read read;
  std::vector<std::byte> buffer(piece_bytes);
  while (true) {
    const auto count = co_await exchange.read_some(buffer);
    if (!count) {
      read.error = count.error();
      co_return read;
    }
    if (*count == 0) co_return read;
    read.body.append(reinterpret_cast<const char*>(buffer.data()), *count);
  }
}

TEST(HttpExchange, ReadsAReplyOfAnySize) {
  constexpr std::uint64_t kSize = 48u << 20;
  TestServer server;
  const http::testing::TemporaryFolder folder;
  server.file = folder.make_file(kSize);
  HttpClient client{HttpClientOptions{}};
  auto job = [&]() -> awaitable<std::uint64_t> {
    HttpRequest request{.url = url_of(server, "/file?offset=0&length=" + std::to_string(kSize))};
    auto exchange = co_await client.open(std::move(request));
    if (!exchange) throw std::runtime_error(exchange.error().message);
    const auto head = co_await (*exchange)->head();
    EXPECT_EQ(head->status, 200);
    EXPECT_EQ(head->header("content-length"), std::to_string(kSize));
    std::vector<std::byte> buffer(100'000);
    std::uint64_t offset = 0;
    while (true) {
      const auto count = co_await (*exchange)->read_some(buffer);
      if (!count) throw std::runtime_error(count.error().message);
      if (*count == 0) co_return offset;
      const auto expected = pattern(offset, *count);
      if (std::memcmp(expected.data(), buffer.data(), *count) != 0) throw std::runtime_error("other bytes");
      offset += *count;
    }
  };
  EXPECT_EQ(run_awaitable(job()), kSize);
}

/// What `counter` says once it has not changed for a while.
template <class Counter>
std::uint64_t settled(Counter counter) {
  std::uint64_t last = 0;
  for (int same = 0; same < 20;) {
    std::this_thread::sleep_for(10ms);
    const std::uint64_t now = counter();
    same = now == last && now > 0 ? same + 1 : 0;
    last = now;
  }
  return last;
}

// What the kernel's buffers on both sides can hold, and what we keep.
constexpr std::uint64_t kMostUnderway = 24u << 20;

TEST(HttpExchange, ReadsNoFasterThanItsReader) {
  constexpr std::uint64_t kSize = 64u << 20;
  TestServer server;
  const http::testing::TemporaryFolder folder;
  server.file = folder.make_file(kSize);
  HttpClient client{HttpClientOptions{}};
  auto job = [&]() -> awaitable<std::uint64_t> {
    HttpRequest request{.url = url_of(server, "/file?offset=0&length=" + std::to_string(kSize))};
    auto exchange = co_await client.open(std::move(request));
    const auto sent = settled([&] { return server.counters().bytes_out; });
    const auto read = co_await read_all(**exchange, 1 << 20);
    EXPECT_EQ(read.body.size(), kSize);
    co_return sent;
  };
  EXPECT_LT(run_awaitable(job()), kMostUnderway);
}

TEST(HttpExchange, WritesNoFasterThanTheServerReads) {
  TestServer server;
  HttpClient client{HttpClientOptions{}};
  std::atomic<std::uint64_t> written{0};
  auto job = [&]() -> awaitable<int> {
    HttpRequest request{.method = "PUT", .url = url_of(server, "/wait"), .streamed_body = true};
    request.streamed_body_bytes = 64u << 20;
    auto exchange = co_await client.open(std::move(request));
    const std::string piece(1 << 16, 'x');
    while (written < (64u << 20)) {
      const auto more = co_await (*exchange)->write(piece);
      if (!more || !*more) co_return 0;
      written += piece.size();
    }
    const auto head = co_await (*exchange)->head();
    co_return head ? head->status : 0;
  };
  auto done = std::async(std::launch::async, [&] { return run_awaitable(job()); });
  EXPECT_LT(settled([&] { return written.load(); }), kMostUnderway);
  server.released = true;
  done.get();
}

TEST(HttpExchange, KeepsTheConnectionOfWhatWasReadToTheEnd) {
  HookSink sink;
  sink.answer_with([](const ReceivedRequest&) {
    http::Response response;
    response.body = std::string(1'000'000, 'x');
    return response;
  });
  HttpClient client{HttpClientOptions{}};
  auto job = [&]() -> awaitable<std::size_t> {
    HttpRequest request{.url = sink.url()};
    auto exchange = co_await client.open(std::move(request));
    const auto read = co_await read_all(**exchange, 1000);
    co_return read.body.size();
  };
  EXPECT_EQ(run_awaitable(job()), 1'000'000u);
  EXPECT_EQ(run_awaitable(job()), 1'000'000u);
  EXPECT_EQ(sink.connections(), 1u);
}

TEST(HttpExchange, CanBeLeftAtAnyTime) {
  TestServer server;
  HookSink sink;
  HttpClient client{HttpClientOptions{}};
  auto job = [&](std::string path, bool read) -> awaitable<int> {
    HttpRequest request{.url = url_of(server, path)};
    auto exchange = co_await client.open(std::move(request));
    std::vector<std::byte> buffer(1000);
    if (read) (void)co_await (*exchange)->read_some(buffer);
    co_return (*co_await (*exchange)->head()).status;
  };
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(run_awaitable(job("/big", false)), 200);
    EXPECT_EQ(run_awaitable(job("/big", true)), 200);
  }
  const HttpRequest request{.url = sink.url()};
  EXPECT_EQ(run_awaitable(client.fetch(request))->status, 200);
}

TEST(HttpExchange, TellsThatTheReplyBrokeOff) {
  TestServer server;
  HttpClient client{HttpClientOptions{}};
  auto job = [&](std::string path) -> awaitable<Read> {
    HttpRequest request{.url = url_of(server, path)};
    auto exchange = co_await client.open(std::move(request));
    co_return co_await read_all(**exchange, 4096);
  };
  const auto read = run_awaitable(job("/short-stream"));
  ASSERT_TRUE(read.error);
  EXPECT_EQ(read.error->code, Errc::downstream_issue);
}

awaitable<std::string> upload(HttpClient& client, std::string url, std::uint64_t pieces, bool sized) {
  HttpRequest request{.method = "PUT", .url = std::move(url), .streamed_body = true};
  if (sized) request.streamed_body_bytes = pieces * 100'000;
  auto exchange = co_await client.open(std::move(request));
  if (!exchange) throw std::runtime_error(exchange.error().message);
  for (std::uint64_t i = 0; i < pieces; ++i) {
    const auto more = co_await (*exchange)->write(pattern(i * 100'000, 100'000));
    if (!more) co_return "error";
    if (!*more) break;
  }
  auto head = co_await (*exchange)->head();
  if (!head) co_return "error " + head.error().message;
  const auto read = co_await read_all(**exchange, 4096);
  co_return std::to_string(head->status) + " " + read.body;
}

TEST(HttpExchange, SendsABodyOfAnySize) {
  TestServer server;
  HttpClient client{HttpClientOptions{}};
  EXPECT_EQ(run_awaitable(upload(client, url_of(server, "/count"), 400, true)), "200 40000000");
  EXPECT_EQ(run_awaitable(upload(client, url_of(server, "/count"), 400, false)), "200 40000000");
}

TEST(HttpExchange, SendsWhatItWasGiven) {
  HookSink sink;
  HttpClient client{HttpClientOptions{}};
  EXPECT_EQ(run_awaitable(upload(client, sink.url(), 7, true)), "200 ");
  EXPECT_EQ(run_awaitable(upload(client, sink.url(), 7, false)), "200 ");
  EXPECT_EQ(run_awaitable(upload(client, sink.url(), 0, true)), "200 ");
  EXPECT_EQ(run_awaitable(upload(client, sink.url(), 0, false)), "200 ");
  const auto got = sink.requests();
  EXPECT_EQ(got.at(0).body, pattern(0, 700'000));
  EXPECT_EQ(got.at(0).header("content-length"), "700000");
  EXPECT_EQ(got.at(1).body, pattern(0, 700'000));
  EXPECT_EQ(got.at(1).header("transfer-encoding"), "chunked");
  EXPECT_EQ(got.at(2).body + got.at(3).body, "");
}

TEST(HttpExchange, HearsARefusalBeforeTheBodysEnd) {
  TestServer server;
  HttpClient client{HttpClientOptions{}};
  EXPECT_THAT(run_awaitable(upload(client, url_of(server, "/ignore"), 1'000, true)),
              ::testing::AnyOf(::testing::StartsWith("401"), ::testing::StartsWith("error")));
}

TEST(HttpExchange, FailsWhenTheBodyIsShorterThanItWasSaidToBe) {
  HookSink sink;
  HttpClient client{HttpClientOptions{}};
  auto job = [&]() -> awaitable<bool> {
    HttpRequest request{.method = "PUT", .url = sink.url(), .streamed_body = true, .streamed_body_bytes = 10};
    auto exchange = co_await client.open(std::move(request));
    (void)co_await (*exchange)->write("12345");
    const auto head = co_await (*exchange)->head();
    co_return head.has_value();
  };
  EXPECT_FALSE(run_awaitable(job()));
}

TEST(HttpExchange, FollowsRedirectsOfADownload) {
  HookSink sink;
  sink.answer_with([](const ReceivedRequest& got) {
    http::Response response;
    if (got.target == "/first") {
      response.status = 307;
      response.add("Location", "/second");
      return response;
    }
    response.body = std::string("there");
    return response;
  });
  HttpClient client{HttpClientOptions{}};
  auto job = [&]() -> awaitable<std::string> {
    HttpRequest request{.url = sink.url("/first"), .redirects = 2};
    auto exchange = co_await client.open(std::move(request));
    co_return (co_await read_all(**exchange, 4096)).body;
  };
  EXPECT_EQ(run_awaitable(job()), "there");
}

TEST(HttpExchange, MayOutliveItsClient) {
  TestServer server;
  auto client = std::make_unique<HttpClient>(HttpClientOptions{});
  auto job = [&]() -> awaitable<Errc> {
    HttpRequest request{.url = url_of(server, "/big")};
    auto exchange = co_await client->open(std::move(request));
    client.reset();
    const auto read = co_await read_all(**exchange, 4096);
    co_return read.error ? read.error->code : Errc::internal;
  };
  EXPECT_EQ(run_awaitable(job()), Errc::unavailable);
}

}  // namespace
}  // namespace wharf::net
