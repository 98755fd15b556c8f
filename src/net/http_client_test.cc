#include "net/http_client.h"

#include <gmock/gmock.h>

#include <future>

#include "base/testing.h"
#include "http/test_client.h"
#include "http/test_server.h"
#include "http/tls.h"
#include "net/testing.h"

namespace wharf::net {
namespace {

using http::testing::pattern;
using http::testing::TestServer;
using ::testing::HasSubstr;
using testing::HookSink;
using ::testing::Not;
using testing::ReceivedRequest;
using namespace std::chrono_literals;

HttpReply fetch(HttpClient& client, HttpRequest request) {
  auto reply = run_awaitable(client.fetch(std::move(request)));
  EXPECT_TRUE(reply) << reply.error().message << " / " << reply.error().detail;
  return reply ? *reply : HttpReply{};
}

Error refused(HttpClient& client, HttpRequest request) {
  auto reply = run_awaitable(client.fetch(std::move(request)));
  EXPECT_FALSE(reply);
  return reply ? Error{Errc::internal, ""} : reply.error();
}

std::string url_of(const TestServer& server, std::string_view path) {
  return "http://127.0.0.1:" + std::to_string(server.port()) + std::string(path);
}

class HttpClientTest : public ::testing::Test {
 protected:
  HttpClient client{HttpClientOptions{}};
  HookSink sink;
};

TEST_F(HttpClientTest, SendsWhatItIsTold) {
  sink.answer({201});
  HttpRequest request{
      .method = "POST", .url = sink.url("/a/../b?x=1"), .headers = {{"Content-Type", "a/b"}, {"X", ""}}};
  request.body = "hello";
  EXPECT_EQ(fetch(client, request).status, 201);
  const auto got = sink.requests().at(0);
  EXPECT_EQ(got.method, "POST");
  EXPECT_EQ(got.target, "/a/../b?x=1");
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.header("content-type"), "a/b");
  EXPECT_EQ(got.header("content-length"), "5");
  EXPECT_EQ(got.header("user-agent"), "wharf/" WHARF_VERSION);
  EXPECT_EQ(got.header("expect"), "");
}

TEST_F(HttpClientTest, KnowsEveryMethod) {
  for (const auto* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    HttpRequest request{.method = method, .url = sink.url()};
    EXPECT_EQ(fetch(client, request).status, 200);
    EXPECT_EQ(sink.requests().back().method, method);
    EXPECT_EQ(sink.requests().back().header("content-type"), "");
    if (request.method == "HEAD") continue;
    request.body = "b";
    EXPECT_EQ(fetch(client, request).status, 200);
    EXPECT_EQ(sink.requests().back().method, method);
    EXPECT_EQ(sink.requests().back().body, "b");
  }
}

TEST_F(HttpClientTest, ReadsTheReply) {
  sink.answer_with([](const ReceivedRequest&) {
    http::Response response{.status = 418};
    response.add("X-One", "1").add("X-Two", "a, b");
    response.body = std::string("short and stout");
    return response;
  });
  const auto reply = fetch(client, {.url = sink.url()});
  EXPECT_EQ(reply.status, 418);
  EXPECT_EQ(reply.header("x-one"), "1");
  EXPECT_EQ(reply.header("X-TWO"), "a, b");
  EXPECT_EQ(reply.header("X-Three"), "");
  EXPECT_EQ(reply.body, "short and stout");
}

TEST_F(HttpClientTest, KeepsItsConnections) {
  for (int i = 0; i < 5; ++i) fetch(client, {.method = "POST", .url = sink.url(), .body = "x"});
  EXPECT_EQ(sink.connections(), 1u);
}

TEST_F(HttpClientTest, ServesManyAtOnce) {
  std::vector<std::future<int>> statuses;
  for (int i = 0; i < 20; ++i) {
    auto ask = [this] { return fetch(client, {.url = sink.url("/x")}).status; };
    statuses.push_back(std::async(std::launch::async, ask));
  }
  for (auto& status : statuses) EXPECT_EQ(status.get(), 200);
  EXPECT_EQ(sink.requests().size(), 20u);
}

TEST_F(HttpClientTest, TakesNoRequestThatIsMalformed) {
  for (const HttpRequest& request : {
           HttpRequest{.method = "GET /x", .url = sink.url()},
           HttpRequest{.method = "", .url = sink.url()},
           HttpRequest{.url = sink.url(), .headers = {{"X", "a\r\nY: b"}}},
           HttpRequest{.url = sink.url(), .headers = {{"X", std::string("a\0b", 3)}}},
           HttpRequest{.url = sink.url(), .headers = {{"X: y", "a"}}},
           HttpRequest{.url = sink.url(), .headers = {{"", "a"}}},
           HttpRequest{.url = sink.url(), .headers = {{"content-length", "7"}}},
           HttpRequest{.url = sink.url(), .headers = {{"Host", "other"}}},
           HttpRequest{.url = "ftp://127.0.0.1/"},
           HttpRequest{.url = sink.url() + " HTTP/1.1"},
           HttpRequest{.url = sink.url(), .streamed_body = true},
       }) {
    EXPECT_EQ(refused(client, request).code, Errc::invalid_request);
  }
  EXPECT_TRUE(sink.requests().empty());
}

TEST_F(HttpClientTest, ReadsNoMoreThanItMay) {
  TestServer server;
  HttpRequest request{.url = url_of(server, "/big")};
  EXPECT_EQ(fetch(client, request).body.size(), 1u << 20);
  request.largest_reply_bytes = (1u << 20) - 1;
  const auto error = refused(client, request);
  EXPECT_EQ(error.code, Errc::downstream_issue);
  EXPECT_THAT(error.message, HasSubstr("too large"));
}

TEST_F(HttpClientTest, WaitsOnlySoLong) {
  TestServer server;
  HttpRequest request{.url = url_of(server, "/wait")};
  request.timeouts.whole = 50ms;
  const auto error = refused(client, request);
  EXPECT_EQ(error.code, Errc::downstream_issue);
  EXPECT_THAT(error.message, HasSubstr("in time"));
  server.released = true;
}

TEST_F(HttpClientTest, TellsWhyThereIsNoConnection) {
  std::uint16_t port = 0;
  {
    const HookSink gone;
    port = gone.port();
  }
  auto error = refused(client, {.url = "http://127.0.0.1:" + std::to_string(port) + "/secret-path"});
  EXPECT_EQ(error.code, Errc::downstream_issue);
  EXPECT_THAT(error.message, HasSubstr("cannot be connected to"));
  EXPECT_THAT(error.detail, Not(HasSubstr("secret-path")));
  error = refused(client, {.url = "http://no-such-host.invalid/"});
  EXPECT_EQ(error.code, Errc::downstream_issue);
}

TEST_F(HttpClientTest, TellsThatTheReplyBrokeOff) {
  TestServer server;
  EXPECT_EQ(refused(client, {.url = url_of(server, "/short-file")}).code, Errc::downstream_issue);
  EXPECT_EQ(refused(client, {.url = url_of(server, "/broken-stream")}).code, Errc::downstream_issue);
}

TEST_F(HttpClientTest, TakesNoNoticeOfTheEnvironmentsProxy) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  HttpClient fresh{HttpClientOptions{}};
  EXPECT_EQ(fetch(fresh, {.url = sink.url()}).status, 200);
  ::unsetenv("http_proxy");
}

// Redirects -----------------------------------------------------------------------------------------------------------

http::Response redirect(int status, std::string location) {
  http::Response response{.status = status};
  response.add("Location", std::move(location));
  return response;
}

TEST_F(HttpClientTest, FollowsNoRedirectUnlessTold) {
  sink.answer_with([](const ReceivedRequest&) { return redirect(302, "/next"); });
  EXPECT_EQ(fetch(client, {.url = sink.url()}).status, 302);
  EXPECT_EQ(sink.requests().size(), 1u);
  EXPECT_EQ(fetch(client, {.url = sink.url(), .redirects = 3}).status, 302);
  EXPECT_EQ(sink.requests().size(), 5u);
}

TEST_F(HttpClientTest, FollowsRedirectsAsTheStatusSays) {
  const struct {
    int status;
    std::string method, then, body;
  } rows[] = {{301, "POST", "GET", ""},   {302, "POST", "GET", ""}, {303, "PUT", "GET", ""}, {303, "HEAD", "HEAD", ""},
              {307, "POST", "POST", "b"}, {308, "PUT", "PUT", "b"}, {302, "GET", "GET", ""}, {301, "PUT", "PUT", "b"}};
  for (const auto& row : rows) {
    sink.answer_with([&row](const ReceivedRequest& got) {
      return got.target == "/a/first" ? redirect(row.status, "second?x") : http::Response{.status = 200};
    });
    HttpRequest request{.method = row.method, .url = sink.url("/a/first"), .redirects = 1};
    request.headers = {{"Authorization", "Bearer t"}};
    if (row.method == "POST" || row.method == "PUT") request.body = "b";
    EXPECT_EQ(fetch(client, request).status, 200);
    const auto last = sink.requests().back();
    EXPECT_EQ(last.target, "/a/second?x");
    EXPECT_EQ(last.method, row.then) << row.status << row.method;
    EXPECT_EQ(last.body, row.body) << row.status << row.method;
    EXPECT_EQ(last.header("authorization"), "Bearer t");
  }
}

TEST_F(HttpClientTest, TakesNoSecretsToAnotherHost) {
  HookSink other;
  sink.answer_with([&other](const ReceivedRequest&) { return redirect(307, other.url("/x")); });
  HttpRequest request{.url = sink.url(), .redirects = 1};
  request.headers = {{"authorization", "Bearer t"}, {"Cookie", "c"}, {"X-Mine", "1"}};
  fetch(client, request);
  const auto got = other.requests().at(0);
  EXPECT_EQ(got.header("authorization"), "");
  EXPECT_EQ(got.header("cookie"), "");
  EXPECT_EQ(got.header("x-mine"), "1");
}

TEST_F(HttpClientTest, FollowsToTheWebAlone) {
  for (const auto* target : {"file:///etc/passwd", "ftp://127.0.0.1/", "http://user:p@127.0.0.1/", "gopher://x/"}) {
    sink.answer_with([target](const ReceivedRequest&) { return redirect(302, target); });
    EXPECT_EQ(refused(client, {.url = sink.url(), .redirects = 1}).code, Errc::downstream_issue) << target;
  }
}

// Where it may go -----------------------------------------------------------------------------------------------------

HttpClientOptions guarded(AddressPolicy::Rules rules, std::vector<std::string> resolve = {}) {
  return {.policy = std::make_shared<AddressPolicy>(rules), .resolve = std::move(resolve)};
}

TEST_F(HttpClientTest, GoesNowhereThatThePolicyForbids) {
  HttpClient careful(guarded({}));
  const auto error = refused(careful, {.url = sink.url()});
  EXPECT_EQ(error.code, Errc::invalid_request);
  EXPECT_THAT(error.message, HasSubstr("not a public one"));
  EXPECT_EQ(sink.connections(), 0u);
}

TEST_F(HttpClientTest, GoesWhereThePolicyLetsIt) {
  HttpClient careful(guarded({.allowed = {"127.0.0.0/8"}}));
  EXPECT_EQ(fetch(careful, {.url = sink.url()}).status, 200);
}

TEST_F(HttpClientTest, IsNotFooledByANameOfALocalAddress) {
  const auto port = std::to_string(sink.port());
  const std::vector<std::string> names{"rebound.example.com:" + port + ":127.0.0.1",
                                       "mapped.example.com:" + port + ":::ffff:127.0.0.1"};
  HttpClient careful(guarded({}, names));
  for (const auto* name : {"rebound", "mapped"}) {
    const auto error = refused(careful, {.url = "http://" + std::string(name) + ".example.com:" + port + "/"});
    EXPECT_EQ(error.code, Errc::invalid_request);
    EXPECT_THAT(error.message, HasSubstr("not a public one"));
  }
  EXPECT_EQ(sink.connections(), 0u);

  HttpClient trusting(guarded({.allowed = {"rebound.example.com"}}, names));
  EXPECT_EQ(fetch(trusting, {.url = "http://rebound.example.com:" + port + "/"}).status, 200);
}

TEST_F(HttpClientTest, ChecksEachRedirect) {
  HookSink inner;
  const auto port = std::to_string(sink.port());
  HttpClient careful(guarded({.allowed = {"outer.example.com"}}, {"outer.example.com:" + port + ":127.0.0.1"}));
  sink.answer_with([&inner](const ReceivedRequest&) { return redirect(302, inner.url()); });
  const auto error = refused(careful, {.url = "http://outer.example.com:" + port + "/", .redirects = 3});
  EXPECT_EQ(error.code, Errc::invalid_request);
  EXPECT_EQ(sink.requests().size(), 1u);
  EXPECT_EQ(inner.connections(), 0u);
}

// TLS -----------------------------------------------------------------------------------------------------------------

TEST(HttpClientTls, TrustsOnlyWhoIsVouchedFor) {
  const TemporaryFolder folder;
  const auto files = http::make_self_signed(folder.path(), "127.0.0.1");
  ASSERT_TRUE(files);
  HookSink sink({.tls = *files});

  HttpClient strict{HttpClientOptions{}};
  const auto error = refused(strict, {.url = sink.url()});
  EXPECT_EQ(error.code, Errc::downstream_issue);
  EXPECT_THAT(error.message, HasSubstr("not trusted"));
  EXPECT_TRUE(sink.requests().empty());

  HttpClient knowing{HttpClientOptions{.extra_ca_file = files->certificate_chain}};
  EXPECT_EQ(fetch(knowing, {.url = sink.url()}).status, 200);
  EXPECT_EQ(fetch(knowing, {.url = sink.url()}).status, 200);

  HttpClient lost{HttpClientOptions{.extra_ca_file = "/no/such/file"}};
  EXPECT_EQ(refused(lost, {.url = sink.url()}).code, Errc::downstream_issue);
}

TEST(HttpClientTls, TrustsACertificateForItsHostAlone) {
  const TemporaryFolder folder;
  const auto files = http::make_self_signed(folder.path(), "registry.example.com");
  ASSERT_TRUE(files);
  HookSink sink({.tls = *files});
  const auto port = std::to_string(sink.port());
  HttpClient client{HttpClientOptions{.extra_ca_file = files->certificate_chain,
                                      .resolve = {"other.example.com:" + port + ":127.0.0.1"}}};
  EXPECT_THAT(refused(client, {.url = "https://other.example.com:" + port + "/"}).message, HasSubstr("not trusted"));
}

// A piece at a time ---------------------------------------------------------------------------------------------------

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
  EXPECT_EQ(fetch(client, {.url = sink.url()}).status, 200);
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
    if (got.target == "/first") return redirect(307, "/second");
    http::Response response;
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

// The end -------------------------------------------------------------------------------------------------------------

TEST(HttpClientEnd, EndsWhatIsGoingOn) {
  TestServer server;
  auto client = std::make_unique<HttpClient>(HttpClientOptions{});
  auto ask = [&] { return refused(*client, {.url = url_of(server, "/wait")}); };
  auto waiting = std::async(std::launch::async, ask);
  ASSERT_TRUE(http::testing::eventually([&] { return server.waiting == 1; }));
  client->stop();
  EXPECT_EQ(waiting.get().code, Errc::unavailable);
  EXPECT_EQ(refused(*client, {.url = url_of(server, "/hello")}).code, Errc::unavailable);
  client->stop();
  client.reset();
  server.released = true;
}

TEST(HttpClientEnd, LeavesAnExchangeThatOutlivesIt) {
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

TEST(HttpClientEnd, NeedsNoBeginning) {
  HttpClient unused{HttpClientOptions{}};
  unused.stop();
}

}  // namespace
}  // namespace wharf::net
