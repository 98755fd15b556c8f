#include "service/image_config.h"

#include <gtest/gtest.h>

#include <string>

namespace wharf::service {
namespace {

TEST(PlatformOfImage, IsWhatTheConfigurationSays) {
  EXPECT_EQ(platform_of_image(R"({"os":"linux","architecture":"amd64"})"), "linux/amd64");
  EXPECT_EQ(platform_of_image(R"({"os":"linux","architecture":"arm64","variant":"v8"})"), "linux/arm64/v8");
  EXPECT_EQ(platform_of_image(R"({"os":"windows","architecture":"amd64","variant":null})"), "windows/amd64");
}

TEST(PlatformOfImage, IsNoneWhereTheConfigurationNamesNone) {
  const std::string long_word(65, 'a');
  for (const auto& config :
       {std::string(), std::string("no JSON"), std::string("[]"), std::string("{}"), std::string(R"({"os":"linux"})"),
        std::string(R"({"os":1,"architecture":"amd64"})"), std::string(R"({"os":"a/b","architecture":"amd64"})"),
        std::string(R"({"os":"linux","architecture":"<b>"})"),
        std::string(R"({"os":"unknown","architecture":"unknown"})"),
        R"({"os":"linux","architecture":")" + long_word + "\"}"}) {
    EXPECT_EQ(platform_of_image(config), "") << config;
  }
  EXPECT_EQ(platform_of_image(R"({"os":"linux","architecture":"arm","variant":"v 7"})"), "linux/arm");
}

}  // namespace
}  // namespace wharf::service
