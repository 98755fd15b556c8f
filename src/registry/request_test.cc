#include "registry/request.h"

#include <gtest/gtest.h>

namespace wharf::registry {
namespace {

struct RangeCase {
  const char* header;
  std::uint64_t size_bytes;
  int status;  // 200 whole, 206 a part, 416 none
  std::uint64_t offset = 0;
  std::uint64_t length_bytes = 0;
};

TEST(ByteRange, FollowsRfc9110) {
  const RangeCase cases[] = {
      {"", 10, 200},
      {"bytes=0-0", 10, 206, 0, 1},
      {"bytes=0-9", 10, 206, 0, 10},
      {"bytes=2-5", 10, 206, 2, 4},
      {"bytes=5-", 10, 206, 5, 5},
      {"bytes=5-100", 10, 206, 5, 5},
      {"bytes=-3", 10, 206, 7, 3},
      {"bytes=-100", 10, 206, 0, 10},
      {"bytes=9-", 10, 206, 9, 1},
      {"bytes=10-", 10, 416},
      {"bytes=10-20", 10, 416},
      {"bytes=-0", 10, 416},
      {"bytes=0-", 0, 416},
      {"bytes=-1", 0, 416},
      {"bytes=18446744073709551615-", 10, 416},
      // Not a range that we serve: the whole.
      {"bytes=5-2", 10, 200},
      {"bytes=0-1,3-4", 10, 200},
      {"lines=0-1", 10, 200},
      {"bytes=", 10, 200},
      {"bytes=-", 10, 200},
      {"bytes=a-b", 10, 200},
      {"bytes=+1-2", 10, 200},
      {"bytes=99999999999999999999-", 10, 200},
  };
  for (const auto& c : cases) {
    const auto range = byte_range(c.header, c.size_bytes);
    const int status = !range ? error_row(range.error().code).status : *range ? 206 : 200;
    EXPECT_EQ(status, c.status) << c.header;
    if (status != 206) continue;
    EXPECT_EQ((*range)->offset, c.offset) << c.header;
    EXPECT_EQ((*range)->length_bytes, c.length_bytes) << c.header;
  }
}

TEST(ContentRange, IsFirstAndLastByte) {
  for (const auto* good : {"5-9", "bytes 5-9", "bytes 5-9/100", "5-9/*", " 5-9 "}) {
    const auto range = content_range(good);
    ASSERT_TRUE(range && *range) << good;
    EXPECT_EQ((*range)->first, 5u) << good;
    EXPECT_EQ((*range)->last, 9u) << good;
  }
  const auto none = content_range("");
  EXPECT_TRUE(none && !*none);
  for (const auto* bad : {"5", "-", "5-", "-9", "9-5", "a-b", "bytes", "0--1", "5-9-11", "99999999999999999999-1"}) {
    const auto range = content_range(bad);
    ASSERT_FALSE(range) << bad;
    EXPECT_EQ(range.error().code, Errc::content_range_malformed) << bad;
  }
}

TEST(Etag, MatchesAListAndAStar) {
  EXPECT_TRUE(matches_etag("\"a\"", "\"a\""));
  EXPECT_TRUE(matches_etag("W/\"a\"", "\"a\""));
  EXPECT_TRUE(matches_etag("\"b\" , \"a\"", "\"a\""));
  EXPECT_TRUE(matches_etag("*", "\"a\""));
  EXPECT_FALSE(matches_etag("", "\"a\""));
  EXPECT_FALSE(matches_etag("\"b\"", "\"a\""));
  EXPECT_FALSE(matches_etag("a", "\"a\""));
}

TEST(Reference, IsATagOrADigest) {
  const auto hex = std::string(64, 'a');
  EXPECT_TRUE(std::holds_alternative<std::string>(reference("v1.0", true).value()));
  EXPECT_TRUE(std::holds_alternative<Digest>(reference("sha256:" + hex, true).value()));
  EXPECT_EQ(reference("sha256:short", true).error().code, Errc::digest_invalid);
  EXPECT_EQ(reference("md5:" + hex, false).error().code, Errc::digest_invalid);
  EXPECT_EQ(reference(".hidden", true).error().code, Errc::manifest_unknown);
  EXPECT_EQ(reference(".hidden", false).error().code, Errc::tag_invalid);
  EXPECT_EQ(reference(std::string(129, 'a'), false).error().code, Errc::tag_invalid);
}

}  // namespace
}  // namespace wharf::registry
