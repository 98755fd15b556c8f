#include "service/json_template.h"

#include <gtest/gtest.h>

#include <string>

namespace wharf::service {
namespace {

const json::Object kData{{"name", "app"},
                         {"count", 3},
                         {"tags", {"v1", "v2"}},
                         {"nothing", nullptr},
                         {"found", {{"id", "CVE-1"}, {"links", {{{"url", "https://example.com/"}}}}}}};

std::string filled(std::string_view text) {
  const auto parsed = JsonTemplate::parse(text);
  if (!parsed) return "refused";
  const auto value = parsed->fill(kData, 10'000);
  return value ? json::to_text(*value) : "too large";
}

json::Value value_of(std::string_view text) { return *json::parse(text); }

TEST(JsonTemplate, PutsValuesWhereAStringIsOnePlaceholder) {
  EXPECT_EQ(value_of(filled(R"({"a": "${name}", "b": ["${count}", "${tags}"], "c": "${found.links[0]}"})")),
            value_of(R"({"a": "app", "b": [3, ["v1", "v2"]], "c": {"url": "https://example.com/"}})"));
  EXPECT_EQ(filled(R"("${tags[1]}")"), R"("v2")");
}

TEST(JsonTemplate, PutsTextIntoLongerStrings) {
  EXPECT_EQ(filled(R"("${name} is at ${count}: ${found.id}, ${tags}")"), R"x("app is at 3: CVE-1, [\"v1\", \"v2\"]")x");
  EXPECT_EQ(filled(R"("no placeholder: $ { } $name")"), R"("no placeholder: $ { } $name")");
}

TEST(JsonTemplate, TakesWhatIsMissingForNull) {
  for (const auto* path :
       {"none", "nothing", "name.first", "name[0]", "tags[2]", "tags.v1", "found[0]", "found.none.a"}) {
    EXPECT_EQ(filled("\"${" + std::string(path) + "}\""), "null") << path;
    EXPECT_EQ(filled("\"<${" + std::string(path) + "}>\""), "\"<>\"") << path;
  }
}

TEST(JsonTemplate, LeavesTheRestAsItIs) {
  const auto* text = R"({"${name}":[1,2.5,true,null,{}]})";
  EXPECT_EQ(value_of(filled(text)), value_of(text));
}

TEST(JsonTemplate, LooksAtWhatIsPutInNoMore) {
  const json::Object data{{"a", "${b}"}, {"b", "secret"}};
  const auto parsed = JsonTemplate::parse(R"(["${a}", "x${a}"])");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed->fill(data, 1000), value_of(R"(["${b}", "x${b}"])"));
}

TEST(JsonTemplate, RefusesWhatIsNone) {
  for (const auto* text : {"", "{", "{'a': 1}", R"("${a")", R"("${}")", R"("${.a}")", R"("${a.}")", R"("${a..b}")",
                           R"("${a[}")", R"("${a[x]}")", R"("${a[-1]}")", R"("${[0]}")", R"("${a[0]b}")", R"("${a]}")",
                           R"("${a[99999999999999999999]}")"}) {
    EXPECT_FALSE(JsonTemplate::parse(text)) << text;
  }
}

TEST(JsonTemplate, MakesNoMoreThanItMay) {
  std::string text = "[";
  for (int i = 0; i < 100; ++i) text += std::string(i == 0 ? "" : ",") + "\"${a}\"";
  text += "]";
  const auto parsed = JsonTemplate::parse(text);
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->fill({{"a", std::string(100, 'x')}}, 20'000));
  EXPECT_FALSE(parsed->fill({{"a", std::string(1000, 'x')}}, 20'000));
}

}  // namespace
}  // namespace wharf::service
