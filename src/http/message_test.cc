#include "http/message.h"

#include <gmock/gmock.h>

namespace wharf::http {
namespace {

using ::testing::ElementsAre;

TEST(PercentDecode, TakesEscapesOff) {
  EXPECT_EQ(percent_decode("a%2Fb%2fc"), "a/b/c");
  EXPECT_EQ(percent_decode("%41%c3%A9"), "A\xc3\xa9");
  EXPECT_EQ(percent_decode(""), "");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
  EXPECT_EQ(percent_decode("a+b%2B", true), "a b+");
}

TEST(PercentDecode, RefusesBadEscapesAndNul) {
  for (const auto* text : {"%", "%4", "a%", "%zz", "%4g", "%00", "x%-1"}) EXPECT_FALSE(percent_decode(text)) << text;
}

TEST(PercentEncode, IsUndoneByDecoding) {
  std::string all;
  for (int c = 1; c < 256; ++c) all.push_back(static_cast<char>(c));
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_encode("a/b ~c"), "a%2Fb%20~c");
}

TEST(QueryValue, FindsTheFirst) {
  EXPECT_EQ(query_value("n=3&last=v1&n=4", "n"), "3");
  EXPECT_EQ(query_value("a=1&q=x+y%26z", "q"), "x y&z");
  EXPECT_EQ(query_value("flag&x=", "flag"), "");
  EXPECT_EQ(query_value("flag&x=", "x"), "");
  EXPECT_EQ(query_value("a=b=c", "a"), "b=c");
  EXPECT_EQ(query_value("%6e=3", "n"), "3");
}

TEST(QueryValue, IsNothingWhenAbsentOrBad) {
  EXPECT_FALSE(query_value("", "n"));
  EXPECT_FALSE(query_value("nn=3&&=4", "n"));
  EXPECT_FALSE(query_value("n=%zz", "n"));
  EXPECT_FALSE(query_value("N=3", "n"));
}

TEST(QueryValues, KeepsTheOrder) {
  EXPECT_THAT(query_values("s=a&t=x&s=b+c&s=%zz&s", "s"), ElementsAre("a", "b c", ""));
  EXPECT_THAT(query_values("", "s"), ElementsAre());
}

TEST(RequestHeaders, AreFoundInAnyCase) {
  Request request;
  request.headers = {{"Accept", "a"}, {"X-One", "1"}, {"ACCEPT", "b"}};
  EXPECT_EQ(request.header("accept"), "a");
  EXPECT_EQ(request.header("x-one"), "1");
  EXPECT_EQ(request.header("x-on"), "");
  EXPECT_THAT(request.header_values("Accept"), ElementsAre("a", "b"));
}

TEST(ResponseLength, IsKnownForAllButAnOpenStream) {
  Response response;
  EXPECT_EQ(response.length_bytes(), 0U);
  response.body = std::string("four");
  EXPECT_EQ(response.length_bytes(), 4U);
  response.body = std::make_shared<const std::string>("seven77");
  EXPECT_EQ(response.length_bytes(), 7U);
  response.body = LengthOnly{.length_bytes = 9};
  EXPECT_EQ(response.length_bytes(), 9U);
  response.body = FileBody{.file = nullptr, .offset = 3, .length_bytes = 11};
  EXPECT_EQ(response.length_bytes(), 11U);
  response.body = StreamBody{.length_bytes = std::nullopt, .next = {}};
  EXPECT_FALSE(response.length_bytes());
}

TEST(VerbText, IsTheMethod) {
  EXPECT_EQ(to_string(Verb::get), "GET");
  EXPECT_EQ(to_string(Verb::delete_), "DELETE");
}

}  // namespace
}  // namespace wharf::http
