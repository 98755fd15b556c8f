#include "http/reply.h"

#include <gtest/gtest.h>

namespace wharf::http {
namespace {

std::string head_of(const Response& response, ReplyFrame frame) {
  frame.date_line = "Date: now\r\n";
  frame.request_id = "id";
  std::string out;
  append_reply_head(out, response, frame);
  return out;
}

TEST(ReplyHead, IsWrittenInOneGo) {
  Response response;
  response.status = 404;
  response.add("Content-Type", "application/json");
  ReplyFrame frame;
  frame.framing = Framing::length;
  frame.length_bytes = 12;
  frame.close = true;
  EXPECT_EQ(head_of(response, frame),
            "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 12\r\nDate: now\r\n"
            "Connection: close\r\nX-Request-Id: id\r\n\r\n");
}

TEST(ReplyHead, CannotBeSplitByAValue) {
  Response response;
  response.add("Location", "/a\r\nSet-Cookie: x=1\r\n\r\nbody");
  response.add("X-A\r\nX-B", std::string("c\0d", 3));
  const auto head = head_of(response, {});
  EXPECT_NE(head.find("Location: /a  Set-Cookie: x=1    body\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("X-A  X-B: c d\r\n"), std::string::npos) << head;
}

TEST(ReplyHead, LeavesOutWhatTheServerWrites) {
  Response response;
  response.add("content-length", "7").add("Transfer-Encoding", "gzip").add("Connection", "upgrade");
  response.add("DATE", "never").add("X-Request-ID", "forged").add("Vary", "Accept");
  EXPECT_EQ(head_of(response, {}), "HTTP/1.1 200 OK\r\nVary: Accept\r\nDate: now\r\nX-Request-Id: id\r\n\r\n");
}

TEST(ReplyFraming, FollowsStatusAndBody) {
  Response response;
  EXPECT_EQ(choose_framing(response, false, true).framing, Framing::length);
  response.status = 204;
  EXPECT_EQ(choose_framing(response, false, true).framing, Framing::none);
  response.status = 304;
  response.body = LengthOnly{.length_bytes = 5};
  EXPECT_EQ(choose_framing(response, false, true).framing, Framing::none);
  response.status = 200;
  response.body = StreamBody{};
  EXPECT_EQ(choose_framing(response, false, true).framing, Framing::chunked);
  EXPECT_EQ(choose_framing(response, false, false).framing, Framing::until_close);
  EXPECT_TRUE(choose_framing(response, false, false).close);
  EXPECT_FALSE(choose_framing(response, true, false).close);
  response.body = StreamBody{.length_bytes = 9, .next = {}};
  EXPECT_EQ(choose_framing(response, false, false).length_bytes, 9U);
}

TEST(ReasonPhrase, KnowsWhatWeSend) {
  EXPECT_EQ(reason_phrase(202), "Accepted");
  EXPECT_EQ(reason_phrase(416), "Range Not Satisfiable");
  EXPECT_EQ(reason_phrase(299), "");
}

}  // namespace
}  // namespace wharf::http
