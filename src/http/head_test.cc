#include "http/head.h"

#include <gtest/gtest.h>

namespace wharf::http {
namespace {

struct Parsed {
  std::optional<Refusal> refusal;
  Request request;
  HeadInfo info;
};

// The views point into `head`, so it is the caller's.
Parsed parse(const std::string& head, const Limits& limits = {}) {
  Parsed parsed;
  parsed.refusal = parse_head(head, limits, parsed.request, parsed.info);
  return parsed;
}

TEST(ParseHead, SplitsTheRequest) {
  const std::string head =
      "GET /v2/a%2Fb/tags/list?n=3&last=x HTTP/1.1\r\nHost: Example:8080\r\nX-A:  b c \t\r\nX-E:\r\n\r\n";
  const auto [refusal, request, info] = parse(head);
  ASSERT_FALSE(refusal) << refusal->message;
  EXPECT_EQ(request.verb, Verb::get);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/v2/a%2Fb/tags/list?n=3&last=x");
  EXPECT_EQ(request.path, "/v2/a%2Fb/tags/list");
  EXPECT_EQ(request.query, "n=3&last=x");
  EXPECT_EQ(request.host, "Example:8080");
  ASSERT_EQ(request.headers.size(), 3U);
  EXPECT_EQ(request.headers[1].second, "b c");
  EXPECT_EQ(request.headers[2].second, "");
  EXPECT_TRUE(info.keep_alive);
  EXPECT_FALSE(info.chunked);
  EXPECT_EQ(info.length_bytes, 0U);
}

TEST(ParseHead, KnowsTheVerbs) {
  const std::pair<std::string, Verb> rows[] = {
      {"GET", Verb::get},     {"HEAD", Verb::head},      {"POST", Verb::post},       {"PUT", Verb::put},
      {"PATCH", Verb::patch}, {"DELETE", Verb::delete_}, {"OPTIONS", Verb::options}, {"PURGE", Verb::other},
      {"get", Verb::other},   {"PROPFIND", Verb::other}};
  for (const auto& [method, verb] : rows) {
    const std::string head = method + " / HTTP/1.1\r\nHost: a\r\n\r\n";
    const auto parsed = parse(head);
    EXPECT_FALSE(parsed.refusal) << method;
    EXPECT_EQ(parsed.request.verb, verb) << method;
  }
}

TEST(ParseHead, ReducesAnAbsoluteTarget) {
  const std::string head = "GET http://real.test:81/x?y=1 HTTP/1.1\r\nHost: other\r\n\r\n";
  const auto parsed = parse(head);
  ASSERT_FALSE(parsed.refusal);
  EXPECT_EQ(parsed.request.target, "/x?y=1");
  EXPECT_EQ(parsed.request.host, "real.test:81");
  const std::string bare = "GET HTTPS://real.test HTTP/1.1\r\nHost: other\r\n\r\n";
  EXPECT_EQ(parse(bare).request.path, "/");
}

TEST(ParseHead, TakesTheStarOfOptions) {
  const std::string head = "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n";
  const auto parsed = parse(head);
  ASSERT_FALSE(parsed.refusal);
  EXPECT_EQ(parsed.request.path, "*");
}

TEST(ParseHead, ReadsTheBodysLength) {
  const std::string sized =
      "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1099511627776\r\nExpect: 100-Continue\r\n\r\n";
  const auto big = parse(sized);
  EXPECT_EQ(big.info.length_bytes, 1099511627776U);
  EXPECT_TRUE(big.info.expects_continue);
  const std::string chunked = "PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n";
  EXPECT_TRUE(parse(chunked).info.chunked);
  const std::string empty = "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n";
  EXPECT_FALSE(parse(empty).info.expects_continue);
}

TEST(ParseHead, KeepsAliveByVersionAndHeader) {
  const std::tuple<std::string, std::string, bool> rows[] = {{"1.1", "", true},
                                                             {"1.1", "Connection: close\r\n", false},
                                                             {"1.1", "Connection: Upgrade, Close\r\n", false},
                                                             {"1.0", "", false},
                                                             {"1.0", "Connection: keep-alive\r\n", true}};
  for (const auto& [version, line, keep] : rows) {
    const std::string head = "GET / HTTP/" + version + "\r\nHost: a\r\n" + line + "\r\n";
    const auto parsed = parse(head);
    EXPECT_FALSE(parsed.refusal);
    EXPECT_EQ(parsed.info.keep_alive, keep) << head;
  }
}

struct Refused {
  const char* why;
  int status;
  std::string head;
};

const std::string kGet = "GET / HTTP/1.1\r\n";
const std::string kHost = "Host: a\r\n";

const Refused kRefused[] = {
    {"no Host", 400, kGet + "\r\n"},
    {"two Hosts", 400, kGet + kHost + kHost + "\r\n"},
    {"two Hosts on 1.0", 400, "GET / HTTP/1.0\r\n" + kHost + "Host: b\r\n\r\n"},
    {"empty Host", 400, kGet + "Host:\r\n\r\n"},
    {"Host with a path", 400, kGet + "Host: a/b\r\n\r\n"},
    {"Host with a user", 400, kGet + "Host: u@a\r\n\r\n"},
    {"Host with a list", 400, kGet + "Host: a, b\r\n\r\n"},
    {"space before the colon", 400, kGet + kHost + "X-A : b\r\n\r\n"},
    {"space before a name", 400, kGet + " Host: a\r\n\r\n"},
    {"folded value", 400, kGet + kHost + "X-A: b\r\n c\r\n\r\n"},
    {"value folded at its start", 400, kGet + kHost + "X-A:\r\n c\r\n\r\n"},
    {"value folded with a tab", 400, kGet + kHost + "X-A: b\r\n\tc\r\n\r\n"},
    {"folded coding", 400, kGet + kHost + "Transfer-Encoding:\r\n chunked\r\n\r\n"},
    {"header without a colon", 400, kGet + kHost + "X-A\r\n\r\n"},
    {"header without a name", 400, kGet + kHost + ": b\r\n\r\n"},
    {"NUL in a value", 400, kGet + kHost + "X-A: b" + std::string(1, '\0') + "c\r\n\r\n"},
    {"control byte in a value", 400, kGet + kHost + "X-A: b\x01\r\n\r\n"},
    {"CR in a value", 400, kGet + kHost + "X-A: b\rc\r\n\r\n"},
    {"LF in a value", 400, kGet + kHost + "X-A: b\nX-B: c\r\n\r\n"},
    {"raw byte in a name", 400, kGet + kHost + "X-\xc3\xa9: b\r\n\r\n"},
    {"both lengths", 400, kGet + kHost + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"both lengths, coding first", 400, kGet + kHost + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"},
    {"two lengths", 400, kGet + kHost + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n"},
    {"list of lengths", 400, kGet + kHost + "Content-Length: 3, 4\r\n\r\n"},
    {"signed length", 400, kGet + kHost + "Content-Length: +3\r\n\r\n"},
    {"negative length", 400, kGet + kHost + "Content-Length: -3\r\n\r\n"},
    {"hexadecimal length", 400, kGet + kHost + "Content-Length: 0x3\r\n\r\n"},
    {"empty length", 400, kGet + kHost + "Content-Length:\r\n\r\n"},
    {"length past 64 bits", 400, kGet + kHost + "Content-Length: 18446744073709551616\r\n\r\n"},
    {"identity", 400, kGet + kHost + "Transfer-Encoding: identity\r\n\r\n"},
    {"xchunked", 400, kGet + kHost + "Transfer-Encoding: xchunked\r\n\r\n"},
    {"gzip, chunked", 400, kGet + kHost + "Transfer-Encoding: gzip, chunked\r\n\r\n"},
    {"chunked, identity", 400, kGet + kHost + "Transfer-Encoding: chunked, identity\r\n\r\n"},
    {"chunked twice", 400, kGet + kHost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"identity then chunked", 400, kGet + kHost + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"empty coding", 400, kGet + kHost + "Transfer-Encoding:\r\n\r\n"},
    {"quoted coding", 400, kGet + kHost + "Transfer-Encoding: \"chunked\"\r\n\r\n"},
    {"coding with a parameter", 400, kGet + kHost + "Transfer-Encoding: chunked;a=b\r\n\r\n"},
    {"coding on 1.0", 400, "GET / HTTP/1.0\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n"},
    {"raw byte in the target", 400, "GET /\xc3\xa9 HTTP/1.1\r\n" + kHost + "\r\n"},
    {"control byte in the target", 400, "GET /\x01 HTTP/1.1\r\n" + kHost + "\r\n"},
    {"DEL in the target", 400, "GET /\x7f HTTP/1.1\r\n" + kHost + "\r\n"},
    {"space in the target", 400, "GET /a b HTTP/1.1\r\n" + kHost + "\r\n"},
    {"fragment", 400, "GET /a#b HTTP/1.1\r\n" + kHost + "\r\n"},
    {"target without a slash", 400, "GET a HTTP/1.1\r\n" + kHost + "\r\n"},
    {"star of GET", 400, "GET * HTTP/1.1\r\n" + kHost + "\r\n"},
    {"other scheme", 400, "GET ftp://a/ HTTP/1.1\r\n" + kHost + "\r\n"},
    {"user in the target", 400, "GET http://u@a/ HTTP/1.1\r\n" + kHost + "\r\n"},
    {"no host in the target", 400, "GET http:///x HTTP/1.1\r\n" + kHost + "\r\n"},
    {"CONNECT", 501, "CONNECT a:443 HTTP/1.1\r\n" + kHost + "\r\n"},
    {"HTTP/2 preface", 505, "PRI * HTTP/2.0\r\n\r\n"},
    {"HTTP/1.2", 505, "GET / HTTP/1.2\r\n" + kHost + "\r\n"},
    {"HTTP/0.9", 400, "GET /\r\n\r\n"},
    {"no version", 400, "GET / HTTP\r\n" + kHost + "\r\n"},
    {"lower-case version", 400, "GET / http/1.1\r\n" + kHost + "\r\n"},
    {"two spaces", 400, "GET  / HTTP/1.1\r\n" + kHost + "\r\n"},
    {"space behind the version", 400, "GET / HTTP/1.1 \r\n" + kHost + "\r\n"},
    {"method with a separator", 400, "G(T / HTTP/1.1\r\n" + kHost + "\r\n"},
    {"unknown expectation", 417, kGet + kHost + "Expect: 200-ok\r\nContent-Length: 1\r\n\r\n"},
};

class ParseHeadRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(ParseHeadRefuses, WhatIsWrongOrAmbiguous) {
  const auto parsed = parse(GetParam().head);
  ASSERT_TRUE(parsed.refusal);
  EXPECT_EQ(parsed.refusal->status, GetParam().status) << parsed.refusal->message;
}

INSTANTIATE_TEST_SUITE_P(Table, ParseHeadRefuses, ::testing::ValuesIn(kRefused), [](const auto& row) {
  std::string name;
  for (const char* c = row.param.why; *c != '\0'; ++c) name += std::isalnum(static_cast<unsigned char>(*c)) ? *c : '_';
  return name;
});

TEST(ParseHead, KeepsToTheLimits) {
  const Limits limits{.head_bytes = 200, .target_bytes = 50, .headers = 3};
  const std::string many = kGet + kHost + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n";
  EXPECT_EQ(parse(many, limits).refusal->status, 431);
  const std::string few = kGet + kHost + "A: 1\r\nB: 2\r\n\r\n";
  EXPECT_FALSE(parse(few, limits).refusal);
  const std::string wide = kGet + kHost + "A: " + std::string(200, 'x') + "\r\n\r\n";
  EXPECT_EQ(parse(wide, limits).refusal->status, 431);
  const std::string far = "GET /" + std::string(50, 'x') + " HTTP/1.1\r\n" + kHost + "\r\n";
  EXPECT_EQ(parse(far, limits).refusal->status, 414);
  const std::string very_far = "GET /" + std::string(300, 'x') + " HTTP/1.1\r\n" + kHost + "\r\n";
  EXPECT_EQ(parse(very_far, limits).refusal->status, 414);
}

TEST(CheckPartialHead, SeesEarlyWhatCannotBecomeGood) {
  const Limits limits{.head_bytes = 400, .target_bytes = 100, .headers = 3};
  EXPECT_FALSE(check_partial_head("", limits));
  EXPECT_FALSE(check_partial_head("\r", limits));
  EXPECT_FALSE(check_partial_head("GET / HTTP/1.1\r\nHost: a\r", limits));
  EXPECT_EQ(check_partial_head("\x16\x03\x01", limits)->status, 400);
  EXPECT_EQ(check_partial_head("\n", limits)->status, 400);
  EXPECT_EQ(check_partial_head("GET / HTTP/1.1\nHost: a\n\n", limits)->status, 400);
  EXPECT_EQ(check_partial_head("GET /" + std::string(200, 'x'), limits)->status, 414);
  EXPECT_EQ(check_partial_head(kGet + "A: " + std::string(400, 'x'), limits)->status, 431);
}

TEST(FindHead, LooksAcrossPieces) {
  const std::string bytes = kGet + kHost + "\r\nnext";
  for (std::size_t scanned = 0; scanned < bytes.size() - 6; ++scanned) {
    EXPECT_EQ(find_head(bytes, scanned), bytes.size() - 4) << scanned;
  }
  EXPECT_EQ(find_head(kGet + kHost, 0), 0U);
  EXPECT_EQ(find_head("", 0), 0U);
}

TEST(RefusalBody, IsJson) {
  const Refusal refusal{.status = 400, .code = "BAD_REQUEST", .message = "No"};
  EXPECT_EQ(refusal_body(refusal), "{\"errors\":[{\"code\":\"BAD_REQUEST\",\"message\":\"No\",\"detail\":{}}]}\n");
}

}  // namespace
}  // namespace wharf::http
