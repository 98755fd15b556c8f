#include "base/utf8.h"

#include <gtest/gtest.h>

namespace wharf {
namespace {

TEST(ValidUtf8, LeavesWhatIsUtf8AndReplacesEachOtherByte) {
  EXPECT_EQ(valid_utf8("größer \xF0\x9F\x90\xB3 \xEF\xBF\xBD"), "größer \xF0\x9F\x90\xB3 \xEF\xBF\xBD");
  EXPECT_EQ(valid_utf8("caf\xE9/"), "caf\xEF\xBF\xBD/");
  EXPECT_EQ(valid_utf8("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(valid_utf8(""), "");
}

}  // namespace
}  // namespace wharf
