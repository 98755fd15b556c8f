#include "http/authorization.h"

#include <gtest/gtest.h>

namespace wharf::http {
namespace {

TEST(Bearer, IsWhatFollowsTheWord) {
  EXPECT_EQ(bearer_of("Bearer abc"), "abc");
  EXPECT_EQ(bearer_of("bEARER   abc"), "abc");
  EXPECT_EQ(bearer_of("Bearer"), "");
  for (const auto* other : {"", "Bear", "Bearerabc", "Basic abc", "Token abc"}) EXPECT_FALSE(bearer_of(other)) << other;
}

TEST(Basic, IsANameAndAPassword) {
  const auto plain = basic_of("Basic YWxpY2U6czpjcmV0");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->name, "alice");
  EXPECT_EQ(plain->password, "s:cret") << "only the first colon parts them";
  EXPECT_EQ(basic_of("basic  YWxpY2U6").value().password, "");
  for (const auto* bad : {"", "Basic", "Basic !!!!", "Basic YWxpY2U=", "Basic OnM=", "Bearer YWxpY2U6czpjcmV0"}) {
    EXPECT_FALSE(basic_of(bad)) << bad;
  }
}

std::string cookie(std::vector<std::pair<std::string_view, std::string_view>> headers) {
  Request request;
  request.headers = std::move(headers);
  return std::string(cookie_of(request, "id").value_or("(none)"));
}

TEST(Cookie, IsFoundAmongOthersByItsWholeName) {
  EXPECT_EQ(cookie({{"Cookie", "id=a"}}), "a");
  EXPECT_EQ(cookie({{"cookie", "x=1; id=a=b ;y"}}), "a=b");
  EXPECT_EQ(cookie({{"COOKIE", "x=1"}, {"Cookie", "id="}}), "");
  for (const auto* other : {"", "ID=a", "xid=a", "id", "i d=a", "x=id=a", ";;;"}) {
    EXPECT_EQ(cookie({{"Cookie", other}}), "(none)") << other;
  }
}

TEST(Cookie, OfTwoWithTheNameIsNeither) {
  EXPECT_EQ(cookie({{"Cookie", "id=a; id=b"}}), "(none)");
  EXPECT_EQ(cookie({{"Cookie", "id=a; id=a"}}), "(none)");
  EXPECT_EQ(cookie({{"Cookie", "id=a"}, {"Cookie", "id=a"}}), "(none)");
}

}  // namespace
}  // namespace wharf::http
