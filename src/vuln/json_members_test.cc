#include "vuln/json_members.h"

#include <gtest/gtest.h>

namespace wharf::vuln {
namespace {

/// The values at `depth`, a line each, read in pieces of `piece` bytes; "error" if that failed.
std::string values(std::string_view text, std::size_t depth, std::size_t piece, std::size_t limit = 1000) {
  std::string lines;
  JsonMembers members(depth, limit, [&](std::span<const std::string> path, std::string_view value) -> Result<void> {
    for (const auto& key : path) lines += key + "/";
    lines += "=" + std::string(value) + "\n";
    return {};
  });
  for (std::size_t at = 0; at < text.size(); at += piece) {
    if (!members.feed(text.substr(at, piece))) return "error";
  }
  return members.finish() ? lines : "error";
}

TEST(JsonMembers, AreCutAtTheirLevelHoweverTheyComeIn) {
  constexpr std::string_view kText =
      R"( {"a" : {"x": 1, "y\u0041" : ["]", {"z": "}\""}]} , "b": {}, "c": {"d": "," ,"e":null,"f":{}}, "g": true} )";
  const std::string expected = "a/x/=1\na/yA/=[\"]\", {\"z\": \"}\\\"\"}]\nc/d/=\",\"\nc/e/=null\nc/f/={}\ng/=true\n";
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 1000U}) EXPECT_EQ(values(kText, 2, piece), expected) << piece;
}

TEST(JsonMembers, OfArraysHaveNoNames) {
  EXPECT_EQ(values(R"({"n": 2, "list": [{"a": 1}, [2], "3", 4], "none": []})", 2, 3),
            "n/=2\nlist//={\"a\": 1}\nlist//=[2]\nlist//=\"3\"\nlist//=4\n");
}

TEST(JsonMembers, OfWhatIsNoObjectAreAnError) {
  for (const auto* bad :
       {"", "{", "1", R"({"a")", R"({"a": })", R"({"a": 1)", R"({"a": 1}})", R"({"a": 1,})", R"({"a": {"b": 1}]})",
        R"({1: 2})", R"({"a" 1})", R"({"a": 1 "b": 2})", R"([1,])", R"({"\x": 1})"}) {
    EXPECT_EQ(values(bad, 2, 1), "error") << bad;
  }
}

TEST(JsonMembers, AreBounded) {
  EXPECT_EQ(values(R"({"a": {"b": ")" + std::string(2000, 'x') + "\"}}", 2, 100), "error");
  EXPECT_EQ(values("{\"" + std::string(5000, 'k') + "\": 1}", 1, 100), "error");
}

TEST(JsonMembers, StopAtTheFirstErrorOfWhoTakesThem) {
  int count = 0;
  JsonMembers members(1, 100, [&](auto, auto) -> Result<void> {
    ++count;
    return Error{Errc::invalid_request, "enough"};
  });
  const auto fed = members.feed(R"({"a": 1, "b": 2})");
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().message, "enough");
  EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace wharf::vuln
