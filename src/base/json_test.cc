#include "base/json.h"

#include <gtest/gtest.h>

#include "base/json_schema.h"

namespace wharf::json {
namespace {

enum class Colour { red, default_ };
BOOST_DESCRIBE_ENUM(Colour, red, default_)

struct Inner {
  std::string text;
  std::optional<int> number;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (text, number))

struct Base {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Base, (), (name))

struct Outer : Base {
  bool flag = false;
  std::int64_t count = 0;
  std::optional<std::string> maybe;
  Nullable<std::string> nothing;
  std::vector<Inner> list;
  std::map<std::string, int> table;
  Colour colour = Colour::red;
  std::string namespace_;
  Rfc2822 mailed;
  Rfc3339 made;
  Value any;
};
BOOST_DESCRIBE_STRUCT(Outer, (Base), (flag, count, maybe, nothing, list, table, colour, namespace_, mailed, made, any))

struct Everything {
  std::string name;
  bool flag = false;
  std::uint8_t small = 0;
  double real = 0;
  std::optional<std::string> maybe;
  Nullable<int> nothing;
  std::vector<Inner> list;
  std::map<std::string, int> table;
  Colour colour = Colour::red;
  Object any;
};
BOOST_DESCRIBE_STRUCT(Everything, (), (name, flag, small, real, maybe, nothing, list, table, colour, any))

constexpr std::string_view kEverything = R"({"name":"n","flag":true,"small":7,"real":1.5,"nothing":null,
  "list":[{"text":"t","number":3},{"text":"u"}],"table":{"a":1},"colour":"default","any":{"x":[]},"unknown":1})";

TEST(Json, WritesMembersInheritedOnesFirst) {
  Outer outer;
  outer.name = "n";
  outer.list = {{.text = "t", .number = 3}, {.text = "u", .number = std::nullopt}};
  outer.table = {{"a", 1}};
  outer.colour = Colour::default_;
  outer.namespace_ = "acme";
  outer.any = Array{1, "x"};
  EXPECT_EQ(encode(outer),
            R"({"name": "n", "flag": false, "count": 0, "nothing": null, )"
            R"("list": [{"text": "t", "number": 3}, {"text": "u"}], "table": {"a": 1}, "colour": "default", )"
            R"("namespace": "acme", "mailed": "Thu, 01 Jan 1970 00:00:00 -0000", "made": "1970-01-01T00:00:00Z", )"
            R"("any": [1, "x"]})");
}

TEST(Json, ReadsWhatItKnowsAndIgnoresTheRest) {
  const auto read = decode_text<Everything>(kEverything);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->name, "n");
  EXPECT_TRUE(read->flag);
  EXPECT_EQ(read->small, 7);
  EXPECT_EQ(read->real, 1.5);
  EXPECT_FALSE(read->maybe);
  EXPECT_FALSE(read->nothing);
  ASSERT_EQ(read->list.size(), 2u);
  EXPECT_EQ(read->list[0].number, 3);
  EXPECT_EQ(read->table.at("a"), 1);
  EXPECT_EQ(read->colour, Colour::default_);
}

struct Wrong {
  std::string_view member;
  std::string_view value;  ///< Empty: the member is left out.
  std::string_view message;
};

TEST(Json, SaysWhichMemberIsWrong) {
  const Wrong rows[] = {{"name", "1", "name: must be a string"},
                        {"name", "", "name: is required"},
                        {"name", "null", "name: must be a string"},
                        {"flag", "1", "flag: must be true or false"},
                        {"small", "256", "small: is out of range"},
                        {"small", "-1", "small: is out of range"},
                        {"small", "256.0", "small: is out of range"},
                        {"small", "1.5", "small: must be a whole number"},
                        {"small", "18446744073709551615", "small: is out of range"},
                        {"real", "\"1\"", "real: must be a number"},
                        {"maybe", "null", "maybe: must be a string"},
                        {"nothing", "\"x\"", "nothing: must be a whole number"},
                        {"list", "{}", "list: must be a list"},
                        {"list", "[{\"text\":\"t\"},{}]", "list.1.text: is required"},
                        {"list", "[1]", "list.0: must be an object"},
                        {"table", "{\"a\":\"b\"}", "table.a: must be a whole number"},
                        {"colour", "\"blue\"", "colour: must be one of red, default"},
                        {"colour", "0", "colour: must be one of red, default"},
                        {"any", "[]", "any: must be an object"}};
  for (const auto& row : rows) {
    auto document = parse(kEverything).value();
    if (row.value.empty()) {
      document.as_object().erase(row.member);
    } else {
      document.as_object()[row.member] = parse(row.value).value();
    }
    const auto read = decode<Everything>(document);
    ASSERT_FALSE(read) << row.member << ' ' << row.value;
    EXPECT_EQ(read.error().code, Errc::invalid_request);
    EXPECT_EQ(read.error().message, row.message);
  }
  EXPECT_EQ(decode<Everything>(Value(Array{})).error().message, "The body must be an object");
}

TEST(Json, TakesAWholeNumberInAnyForm) {
  for (const auto* text : {"7", "7.0", "70e-1"}) {
    const auto number = decode_text<int>(text);
    ASSERT_TRUE(number) << text;
    EXPECT_EQ(*number, 7);
  }
  EXPECT_FALSE(decode_text<int>("1e300"));
}

TEST(Json, ParsesOneDocumentOnly) {
  for (const auto* bad :
       {"", " ", "{", "{}x", "{} {}", "{\"a\":1,}", "[1,]", "nul", "'a'", "{a:1}", "\"\xff\"", "01",
        "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"b\":2}}", "{\"a\":1,\"\\u0061\":2}", "// c\n1", "NaN"}) {
    const auto document = parse(bad);
    ASSERT_FALSE(document) << bad;
    EXPECT_EQ(document.error().code, Errc::malformed_json) << bad;
  }
  for (const auto* good : {"null", " {} \n", "[[]]", "{\"a\":{\"a\":1},\"b\":{\"a\":1}}", "\"\\ud83d\\ude00\""}) {
    EXPECT_TRUE(parse(good)) << good;
  }
}

TEST(Json, BoundsTheDepth) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse(nested(32)));
  EXPECT_FALSE(parse(nested(33)));
  EXPECT_FALSE(parse(nested(100'000)));
  EXPECT_TRUE(parse(nested(40), 40));
}

TEST(Json, WritesAscii) {
  const std::pair<std::string, std::string> rows[] = {{"plain", R"("plain")"},
                                                      {"\"\\/", R"("\"\\/")"},
                                                      {"\n\r\t\x01\x7f", R"("\n\r\t\u0001\u007f")"},
                                                      {"\xc3\xa9", R"("\u00e9")"},
                                                      {"\xe2\x82\xac", R"("\u20ac")"},
                                                      {"\xf0\x9f\x98\x80", R"("\ud83d\ude00")"},
                                                      {"\xff", R"("\ufffd")"},
                                                      {"\xc0\xaf", R"("\ufffd\ufffd")"},
                                                      {"\xed\xa0\x80", R"("\ufffd\ufffd\ufffd")"},
                                                      {"\xe2\x82", R"("\ufffd\ufffd")"},
                                                      {std::string("a\0b", 3), R"("a\u0000b")"}};
  for (const auto& [text, wanted] : rows) EXPECT_EQ(encode(text), wanted);
}

TEST(Json, WrittenDocumentsAreReadBack) {
  const std::string text = R"({"a": [1, -2, 3.5, true, null, "\u00e9"], "b": {}})";
  EXPECT_EQ(parse(to_text(parse(text).value())).value(), parse(text).value());
}

TEST(JsonSchema, ShowsWhatIsRequired) {
  SchemaSet set;
  EXPECT_EQ(set.of<Everything>(), parse(R"({"$ref": "#/components/schemas/Everything"})").value());
  EXPECT_EQ(Value(set.named().at("Everything")), parse(R"({"type": "object",
    "properties": {"name": {"type": "string"}, "flag": {"type": "boolean"}, "small": {"type": "integer"},
                   "real": {"type": "number"}, "maybe": {"type": "string"},
                   "nothing": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                   "list": {"type": "array", "items": {"$ref": "#/components/schemas/Inner"}},
                   "table": {"type": "object", "additionalProperties": {"type": "integer"}},
                   "colour": {"type": "string", "enum": ["red", "default"]}, "any": {"type": "object"}},
    "required": ["name", "flag", "small", "real", "nothing", "list", "table", "colour", "any"]})")
                                                     .value());
}

namespace other {
struct Inner {
  int different = 0;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (different))
}  // namespace other

TEST(JsonSchema, RefusesTwoTypesOfOneName) {
  SchemaSet set;
  EXPECT_NO_THROW(set.of<Inner>());
  EXPECT_NO_THROW(set.of<Inner>());
  EXPECT_THROW(set.of<other::Inner>(), std::logic_error);
}

struct Tree {
  std::vector<Tree> children;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (children))

TEST(JsonSchema, EndsAtATypeThatHoldsItself) {
  SchemaSet set;
  set.of<Tree>();
  EXPECT_EQ(set.named().at("Tree").at("properties").at("children").at("items").at("$ref"), "#/components/schemas/Tree");
}

TEST(Json, WritesRealNumbersAsPeopleDo) {
  EXPECT_EQ(to_text(Value(4.0)), "4.0");
  EXPECT_EQ(to_text(Value(0.0)), "0.0");
  EXPECT_EQ(to_text(Value(-2.5)), "-2.5");
  EXPECT_EQ(to_text(Value(9.8)), "9.8");
  EXPECT_EQ(to_text(Value(1e300)), "1e+300");
  EXPECT_EQ(parse(to_text(Value(0.1))).value(), Value(0.1));
}

}  // namespace
}  // namespace wharf::json
