#include "vuln/pack.h"

#include <gtest/gtest.h>

#include "vuln/advisory.h"
#include "vuln/store.h"

namespace wharf::vuln {
namespace {

Affected example() {
  return {.advisory = 70'000,
          .ranges = {{.low = "1.0", .high = "2.0", .until_high = true}, {.high = "0.5", .high_fixes = true}},
          .versions = {"3.0"},
          .fixes = {"2.1"},
          .arches = {"x86_64"},
          .cpes = {"cpe:/o:redhat:enterprise_linux:9"},
          .module = "nodejs:18",
          .named = Named::binary,
          .severity = Severity::high,
          .spared = true};
}

TEST(Pack, GivesBackWhatItTook) {
  const Advisory advisory{
      .id = "CVE-2024-1", .links = {"https://example.com"}, .score = 7.5, .severity = Severity::low};
  std::string bytes;
  pack(bytes, example());
  pack(bytes, advisory);
  Unpacker from(bytes);
  EXPECT_EQ(from.take<Affected>(), example());
  EXPECT_EQ(from.take<Advisory>(), advisory);
  EXPECT_TRUE(from.good());
  EXPECT_TRUE(from.at_end());
}

TEST(Pack, ReadsNothingBeyondTheEnd) {
  std::string bytes;
  pack(bytes, example());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Unpacker from(std::string_view(bytes).substr(0, size));
    from.take<Affected>();
    EXPECT_FALSE(from.good()) << size;
  }
}

TEST(Pack, MakesNoRoomForWhatIsNotThere) {
  std::string bytes;
  pack_number(bytes, std::uint64_t{1} << 60);
  EXPECT_FALSE(unpack_text(bytes));
  Unpacker list(bytes);
  list.take<std::vector<std::string>>();
  EXPECT_FALSE(list.good());
  Unpacker endless(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12));
  endless.take<std::string>();
  EXPECT_FALSE(endless.good());
}

TEST(Pack, KnowsNoOtherEnumerators) {
  std::string bytes;
  pack_number(bytes, 6);
  Unpacker from(bytes);
  from.take<Severity>();
  EXPECT_FALSE(from.good());
}

TEST(Body, ComesBackWhole) {
  for (const std::string& plain : {std::string(), std::string("short"), std::string(100'000, 'x')}) {
    const auto opened = open_body(make_body(plain));
    ASSERT_TRUE(opened);
    EXPECT_EQ(*opened, plain);
  }
  EXPECT_LT(make_body(std::string(100'000, 'x')).size(), 200u);
}

TEST(Body, ThatIsDamagedIsAnError) {
  const std::string body = make_body(std::string(1000, 'x'));
  for (const std::string& bad : {std::string(), std::string("\x02zzz"), std::string("\x01zzz"), body.substr(0, 8)}) {
    EXPECT_FALSE(open_body(bad));
  }
  EXPECT_FALSE(decompress(compress(std::string(1000, 'x')), 999)) << "larger than it may be";
}

}  // namespace
}  // namespace wharf::vuln
