#include "http/chunked.h"

#include <gtest/gtest.h>

#include <optional>
#include <span>
#include <string>

namespace wharf::http {
namespace {

struct Decoded {
  std::string body;
  std::string rest;
  bool bad = false;
  bool done = false;
};

/// Decodes in place, `piece` bytes at a time, into room for `room`.
Decoded decode(std::string raw, std::size_t piece, std::size_t room = 1 << 20) {
  ChunkDecoder decoder;
  Decoded decoded;
  std::size_t at = 0;
  while (at < raw.size() && !decoder.done() && !decoded.bad) {
    auto* bytes = reinterpret_cast<std::byte*>(raw.data() + at);
    const auto step = decoder.decode(bytes, std::min(piece, raw.size() - at), bytes, room);
    decoded.body.append(raw.data() + at, step.produced);
    at += step.consumed;
    decoded.bad = step.bad;
  }
  decoded.done = decoder.done();
  decoded.rest = raw.substr(at);
  return decoded;
}

const std::string kBody =
    "5\r\nhello\r\n"
    "1;name=value;q=\"a;b\"\r\n,\r\n"
    "00b \t;x\r\n world wide\r\n"
    "0;last\r\nX-Trailer: yes\r\nX-Other:\r\n\r\nGET /";

TEST(ChunkDecoder, DecodesInPiecesOfAnySize) {
  for (std::size_t piece = 1; piece <= kBody.size(); ++piece) {
    const auto decoded = decode(kBody, piece);
    EXPECT_EQ(decoded.body, "hello, world wide") << piece;
    EXPECT_TRUE(decoded.done);
    EXPECT_EQ(decoded.rest, "GET /");
  }
}

TEST(ChunkDecoder, StopsWhenTheRoomIsUsedUp) {
  for (std::size_t room = 1; room < 20; ++room) EXPECT_EQ(decode(kBody, 1000, room).body, "hello, world wide") << room;
}

TEST(ChunkDecoder, RefusesBadFraming) {
  const std::string rows[] = {"\r\n",
                              "x\r\n",
                              "-1\r\na",
                              "+1\r\na",
                              "0x1\r\na",
                              "1\na",
                              "1\rXa",
                              "1 \r\na",
                              "1 x\r\na",
                              "1\r\nab",
                              "1\r\na\n",
                              "1\r\na\rX",
                              "10000000000000000\r\n",
                              "00000000000000001\r\na",
                              "1;a\nb\r\n",
                              "1;" + std::string(300, 'a') + "\r\na",
                              "1" + std::string(300, ' ') + ";\r\na",
                              "0\r\n X: folded\r\n\r\n",
                              "0\r\nX\r\n\r\n",
                              "0\r\nX: a\nb\r\n\r\n",
                              "0\r\nX: a\rb\r\n\r\n",
                              "0\r\nX : a\r\n\r\n",
                              "0\r\n\rX",
                              "0\r\nX: " + std::string(9000, 'a') + "\r\n\r\n",
                              "; \r\n"};
  for (const auto& raw : rows) {
    EXPECT_TRUE(decode(raw, 1000).bad) << raw;
    EXPECT_TRUE(decode(raw, 1).bad) << raw;
  }
}

TEST(ChunkDecoder, IsNotDoneBeforeTheLastLine) {
  for (std::size_t size = 0; size < kBody.size() - 5; ++size) {
    const auto decoded = decode(kBody.substr(0, size), 7);
    EXPECT_FALSE(decoded.done) << size;
    EXPECT_FALSE(decoded.bad) << size;
  }
}

}  // namespace
}  // namespace wharf::http
