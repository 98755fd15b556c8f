#include "http/server.h"

#include <gmock/gmock.h>

#include <set>

#include "http/test_server.h"

namespace wharf::http {
namespace {

using testing::Client;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::pattern;
using testing::request;
using testing::TemporaryFolder;
using testing::TestServer;

TEST(Server, AnswersManyRequestsOnOneConnection) {
  TestServer server;
  Client client(server.port());
  std::set<std::string> ids;
  for (int i = 0; i < 50; ++i) {
    const auto reply = client.ask(request("GET", "/hello"));
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "hello");
    EXPECT_EQ(reply.header("connection"), "");
    EXPECT_THAT(reply.header("date"), HasSubstr(" GMT"));
    EXPECT_EQ(reply.header("x-request-id").size(), 16U);
    ids.insert(reply.header("x-request-id"));
  }
  EXPECT_EQ(ids.size(), 50U);
  EXPECT_EQ(server.counters().accepted, 1U);
  EXPECT_EQ(server.counters().requests, 50U);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  Client client(server.port());
  std::string all;
  for (int i = 0; i < 20; ++i) {
    const auto body = "body " + std::to_string(i);
    if (i % 3 == 0) {
      all += request("POST", "/echo", "Content-Length: " + std::to_string(body.size()) + "\r\n") + body;
    } else if (i % 3 == 1) {
      all += request("POST", "/echo", "Transfer-Encoding: chunked\r\n") + "6\r\n" + body.substr(0, 6) + "\r\n" +
             (body.size() > 6 ? "1\r\n" + body.substr(6) + "\r\n" : "") + "0\r\n\r\n\r\n";
    } else {
      all += request("GET", "/head?" + std::to_string(i));
    }
  }
  client.send(all);
  for (int i = 0; i < 20; ++i) {
    const auto reply = client.read();
    ASSERT_EQ(reply.status, 200) << i;
    EXPECT_THAT(reply.body,
                i % 3 == 2 ? HasSubstr("query " + std::to_string(i) + "\n") : HasSubstr("body " + std::to_string(i)));
  }
}

TEST(Server, TakesARequestByteByByte) {
  TestServer server;
  Client client(server.port());
  for (const char c : "\r\n\r\n" + request("POST", "/echo", "Content-Length: 3\r\n") + "abc") client.send({&c, 1});
  EXPECT_EQ(client.read().body, "abc");
}

TEST(Server, ShowsTheRequestToTheHandler) {
  TestServer server;
  Client client(server.port());
  const auto reply = client.ask("GET /head?a=%20b HTTP/1.1\r\nHost: h:1\r\nX-A:  v \r\n\r\n");
  EXPECT_EQ(reply.body, "GET /head?a=%20b\npath /head\nquery a=%20b\nhost h:1\npeer 127.0.0.1\nid " +
                            reply.header("x-request-id") + "\nsecure no\nloop 0\nHost=h:1\nX-A=v\n");
  const auto absolute = client.ask("GET http://other:2/head HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(absolute.body, HasSubstr("GET /head\npath /head\nquery \nhost other:2\n"));
}

TEST(Server, ClosesWhenAskedTo) {
  TestServer server;
  Client polite(server.port());
  EXPECT_EQ(polite.ask(request("GET", "/hello", "Connection: close\r\n")).header("connection"), "close");
  EXPECT_TRUE(polite.ended());
  Client old(server.port());
  EXPECT_EQ(old.ask("GET /hello HTTP/1.0\r\n\r\n").header("connection"), "close");
  EXPECT_TRUE(old.ended());
  Client kept(server.port());
  for (int i = 0; i < 3; ++i) {
    const auto reply = kept.ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(reply.header("connection"), "keep-alive");
    EXPECT_EQ(reply.body, "hello");
  }
}

TEST(Server, SendsTheHeadOfGetOnHead) {
  TemporaryFolder folder;
  TestServer server;
  server.file = folder.make_file(1000);
  Client client(server.port());
  const std::pair<const char*, const char*> rows[] = {{"/hello", "5"},           {"/big", "1048576"},
                                                      {"/file?length=77", "77"}, {"/sized-stream", "10"},
                                                      {"/length", "12345"},      {"/stream", ""}};
  for (const auto& [target, length] : rows) {
    const auto reply = client.ask(request("HEAD", target));
    ASSERT_EQ(reply.status, 200) << target;
    EXPECT_EQ(reply.header("content-length"), length) << target;
    EXPECT_EQ(reply.header("transfer-encoding"), *length == '\0' ? "chunked" : "") << target;
  }
  EXPECT_EQ(client.ask(request("GET", "/hello")).body, "hello");
}

TEST(Server, SendsNoBodyWith204And304) {
  TestServer server;
  Client client(server.port());
  for (const auto* target : {"/none", "/unchanged"}) {
    client.send(request("GET", target));
    const auto head = client.read_until("\r\n\r\n");
    EXPECT_THAT(head, HasSubstr(target == std::string_view("/none") ? "HTTP/1.1 204 No Content" : "HTTP/1.1 304 "));
    EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
    EXPECT_THAT(head, Not(HasSubstr("Transfer-Encoding")));
  }
  EXPECT_EQ(client.ask(request("GET", "/hello")).body, "hello");
}

TEST(Server, SendsLargeBodies) {
  TestServer server;
  Client client(server.port());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.ask(request("GET", "/big")).body, pattern(0, 1024 * 1024));
}

TEST(Server, SendsPartsOfAFile) {
  TemporaryFolder folder;
  TestServer server;
  server.file = folder.make_file(20'000'000);
  Client client(server.port());
  const std::pair<std::uint64_t, std::uint64_t> rows[] = {
      {0, 1}, {0, 0}, {17, 100'000}, {19'999'999, 1}, {1, 19'999'999}};
  for (const auto& [offset, length] : rows) {
    const auto reply =
        client.ask(request("GET", "/file?offset=" + std::to_string(offset) + "&length=" + std::to_string(length)));
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, pattern(offset, length)) << offset;
  }
}

TEST(Server, ClosesWhenAFileIsShorterThanPromised) {
  TemporaryFolder folder;
  TestServer server;
  server.file = folder.make_file(1000);
  Client client(server.port());
  client.send(request("GET", "/short-file"));
  EXPECT_THAT(client.read_to_end(), HasSubstr("Content-Length: 1073741824\r\n"));
  EXPECT_THAT(server.errors(), ElementsAre(HasSubstr("not as long")));
}

TEST(Server, StreamsAReply) {
  TestServer server;
  Client client(server.port());
  const auto chunked = client.ask(request("GET", "/stream"));
  EXPECT_EQ(chunked.header("transfer-encoding"), "chunked");
  EXPECT_EQ(chunked.body, "piecepiece");
  const auto sized = client.ask(request("GET", "/sized-stream"));
  EXPECT_EQ(sized.header("content-length"), "10");
  EXPECT_EQ(sized.body, "piecepiece");
  Client old(server.port());
  old.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto all = old.read_to_end();
  EXPECT_THAT(all, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(all, ::testing::EndsWith("\r\n\r\npiecepiece"));
}

TEST(Server, CutsAStreamThatFails) {
  TestServer server;
  for (const auto* target : {"/broken-stream", "/thrown-stream"}) {
    Client client(server.port());
    client.send(request("GET", target));
    const auto all = client.read_to_end();
    EXPECT_THAT(all, HasSubstr("piece")) << target;
    EXPECT_THAT(all, Not(HasSubstr("\r\n0\r\n"))) << target;
  }
  Client client(server.port());
  client.send(request("GET", "/short-stream"));
  EXPECT_THAT(client.read_to_end(), Not(HasSubstr("piecepiec")));
  EXPECT_THAT(server.errors(),
              ElementsAre(HasSubstr("the source broke"), HasSubstr("the source threw"), HasSubstr("not as long")));
}

TEST(Server, TurnsAnExceptionIntoABare500) {
  TestServer server;
  Client client(server.port());
  const auto reply = client.ask(request("GET", "/throw"));
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.header("content-type"), "application/json");
  EXPECT_EQ(reply.body,
            "{\"errors\":[{\"code\":\"INTERNAL_ERROR\",\"message\":\"Internal server error\",\"detail\":{}}]}\n");
  EXPECT_THAT(server.errors(), ElementsAre("secret reason"));
  EXPECT_EQ(client.ask(request("GET", "/odd")).status, 500);
  EXPECT_EQ(client.ask(request("GET", "/length")).status, 500);
  EXPECT_EQ(client.ask(request("GET", "/hello")).status, 200);
}

TEST(Server, TellsWhatItDid) {
  struct Done {
    std::string target;
    int status;
    std::uint64_t bytes;
  };
  std::mutex mutex;
  std::vector<Done> done;
  ServerOptions options;
  options.on_done = [&](const Request& r, int status, std::uint64_t bytes, std::chrono::nanoseconds took) {
    const std::lock_guard lock(mutex);
    if (took >= std::chrono::nanoseconds(0)) done.push_back({std::string(r.target), status, bytes});
  };
  {
    TestServer server(std::move(options));
    Client client(server.port());
    client.ask(request("GET", "/hello?1"));
    client.ask(request("GET", "/big"));
    client.ask(request("GET", "/ignore"));
    client.ask(request("GET", "/nothing", "Connection: close\r\n"));
    EXPECT_TRUE(client.ended());
    EXPECT_GT(server.counters().bytes_out, 1024U * 1024);
    EXPECT_GT(server.counters().bytes_in, 150U);
  }
  ASSERT_EQ(done.size(), 4U);
  EXPECT_EQ(done[0].target, "/hello?1");
  EXPECT_EQ(done[1].status, 200);
  EXPECT_GT(done[1].bytes, 1024U * 1024);
  EXPECT_LT(done[1].bytes, 1024U * 1024 + 1000);
  EXPECT_EQ(done[2].status, 401);
}

TEST(Server, SpreadsOverItsLoops) {
  ServerOptions options;
  options.loops = 3;
  TestServer server(std::move(options));
  EXPECT_EQ(server.server().loops(), 3);
  EXPECT_EQ(Server::current_loop(), -1);
  std::set<std::string> seen;
  for (int i = 0; i < 400 && seen.size() < 3; ++i) {
    Client client(server.port());
    const auto body = client.ask(request("GET", "/head")).body;
    seen.insert(body.substr(body.find("loop "), 6));
  }
  EXPECT_THAT(seen, ElementsAre("loop 0", "loop 1", "loop 2"));
}

TEST(Server, ShowsAnIPv4ClientOfAnIPv6SocketAsIPv4) {
  ServerOptions options;
  options.host = "[::]";
  TestServer server(std::move(options));
  Client client(server.port());
  EXPECT_THAT(client.ask(request("GET", "/head")).body, HasSubstr("\npeer 127.0.0.1\n"));
}

TEST(ServerCreate, SaysWhyItCannotListen) {
  TestServer server;
  const auto create = [](std::string host, std::uint16_t port) {
    ServerOptions options;
    options.host = std::move(host);
    options.port = port;
    auto made = Server::create(std::move(options), [](Request&) -> awaitable<Response> { co_return Response{}; });
    return made ? std::string() : made.error().message;
  };
  EXPECT_THAT(create("127.0.0.1", server.port()), HasSubstr("Address already in use"));
  EXPECT_THAT(create("not-an-address", 0), HasSubstr("not an IP address"));
  EXPECT_THAT(create("192.0.2.1", 0), HasSubstr("Cannot listen on 192.0.2.1"));
  EXPECT_EQ(create("localhost", 0), "");
  EXPECT_EQ(create("[::1]", 0), "");
}

}  // namespace
}  // namespace wharf::http
