#include "net/http_client.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>
#include <thread>

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

// Replies as strangers may send them ----------------------------------------------------------------------------------

/// Sends `bytes` to whoever connects, once their request is there, and closes.
class RawServer {
 public:
  explicit RawServer(std::string bytes) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    auto* const address = reinterpret_cast<sockaddr*>(&at);
    if (::bind(listener_, address, size) != 0 || ::listen(listener_, 4) != 0 ||
        ::getsockname(listener_, address, &size) != 0) {
      throw std::runtime_error("cannot listen");
    }
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(at.sin_port)) + "/";
    thread_ = std::thread([this, sent = std::move(bytes)] { serve(sent); });
  }
  ~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  const std::string& url() const { return url_; }

 private:
  void serve(const std::string& bytes) const {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    std::array<char, 4096> request{};
    (void)!::recv(socket, request.data(), request.size(), 0);
    for (std::size_t sent = 0; sent < bytes.size();) {
      const auto count = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) break;
      sent += static_cast<std::size_t>(count);
    }
    ::close(socket);
  }
  int listener_;
  std::string url_;
  std::thread thread_;
};

TEST_F(HttpClientTest, ReadsEveryFormOfReply) {
  const struct {
    std::string sent;
    int status;
    std::string body, header;
  } rows[] = {
      {"HTTP/1.1 100 Continue\r\nX: no\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: no\r\n\r\n"
       "HTTP/1.1 200 OK\r\nX: yes\r\nContent-Length: 2\r\n\r\nok",
       200, "ok", "yes"},
      {"HTTP/1.1 200\r\n\r\nto the end", 200, "to the end", ""},
      {"HTTP/1.0 201 Made\r\nX:  a  \r\n\r\n", 201, "", "a"},
      {"HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nContent-Length: 0\r\n\r\n", 200, "", "a b"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\nX: trailer\r\n\r\n", 200, "ok", ""},
      {"HTTP/1.1 204 No\r\n\r\n", 204, "", ""},
      {"HTTP/1.1 599 Odd\r\nX: a\r\nX: b\r\nContent-Length: 0\r\n\r\n", 599, "", "a"},
  };
  for (const auto& row : rows) {
    const RawServer server(row.sent);
    HttpClient fresh{HttpClientOptions{}};
    const auto reply = fetch(fresh, {.url = server.url()});
    EXPECT_EQ(reply.status, row.status) << row.sent;
    EXPECT_EQ(reply.body, row.body) << row.sent;
    EXPECT_EQ(reply.header("X"), row.header) << row.sent;
  }
}

TEST_F(HttpClientTest, TakesNoReplyThatIsMalformed) {
  std::string endless = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 5000; ++i) endless += "X-" + std::to_string(i) + ": " + std::string(100, 'x') + "\r\n";
  for (const std::string& sent : std::vector<std::string>{
           "",
           "SSH-2.0-OpenSSH_9.2\r\n",
           "hello",
           "HTTP/1.1 200 OK\r\nX: cut off",
           "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
           "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort",
           endless + "\r\n",
           "HTTP/1.1 200 OK\r\nX: " + std::string(400'000, 'x') + "\r\n\r\n",
       }) {
    const RawServer server(sent);
    HttpClient fresh{HttpClientOptions{}};
    EXPECT_EQ(refused(fresh, {.url = server.url()}).code, Errc::downstream_issue) << sent.substr(0, 80);
  }
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

TEST(HttpClientEnd, NeedsNoBeginning) {
  HttpClient unused{HttpClientOptions{}};
  unused.stop();
}

}  // namespace
}  // namespace wharf::net
