#include "service/redirect_uri.h"

#include <gtest/gtest.h>

namespace wharf::service {
namespace {

constexpr std::string_view kLocal = "http://localhost:8080/oauth/localapp";

bool allowed(std::string_view requested, std::string_view registered = "https://app.example/callback") {
  return redirect_allowed(requested, registered, kLocal);
}

TEST(RedirectUri, IsTheRegisteredOneOrBelowIt) {
  for (const auto* uri : {"https://app.example/callback", "https://app.example/callback/two",
                          "https://app.example/callback?tenant=7", "HTTPS://APP.example/callback"}) {
    EXPECT_TRUE(allowed(uri)) << uri;
  }
  EXPECT_TRUE(allowed("https://app.example/x", "https://app.example"));
  EXPECT_TRUE(allowed("https://app.example:8443/x", "https://app.example:8443/"));
  EXPECT_TRUE(allowed("com.example.app://done/now", "com.example.app://done/"));
  EXPECT_TRUE(allowed("https://app.example/a%20b", "https://app.example/a%20b"));
  EXPECT_TRUE(allowed("https://app.example/cb?x=1", "https://app.example/cb?x=1"));
}

TEST(RedirectUri, GoesNowhereElse) {
  for (const auto* uri : {"",
                          "https://app.example",
                          "https://app.example/call",
                          "https://app.example/Callback",
                          "http://app.example/callback",
                          "https://app.example:444/callback",
                          "https://app.example.evil.example/callback",
                          "https://evil.example/callback",
                          "https://evil.example/https://app.example/callback",
                          "//app.example/callback",
                          "/callback",
                          "callback",
                          "https:/app.example/callback",
                          "https:app.example/callback",
                          "https:///callback",
                          "https://user@app.example/callback",
                          "https://app.example@evil.example/callback",
                          "https://app.example\\@evil.example/callback",
                          "https://app.example/callback@evil",
                          "https://app.example/callback/../other",
                          "https://app.example/callback/%2e%2e/other",
                          "https://app.example/callback/%2E./other",
                          "https://app.example/callback%2f..%2fother",
                          "https://app.example/callback/%41",
                          "https://app.example/callback?x=%41",
                          "https://app.example/callback#fragment",
                          "https://app.example/callback?code=mine",
                          "https://app.example/callback?a=1&state=mine",
                          "https://app.example/callback ",
                          " https://app.example/callback",
                          "https://app.example/callback\r\nX: y",
                          "https://app.example/callback\t",
                          "https://app.example/\xC3\xBC",
                          "javascript://app.example/callback",
                          "http://localhost:8080/oauth/localapp2",
                          "http://localhost:8081/oauth/localapp",
                          "http://localhost:8080/oauth/localapp?x=1"}) {
    EXPECT_FALSE(allowed(uri)) << uri;
  }
  EXPECT_FALSE(allowed("https://app.example/cb?x=2", "https://app.example/cb?x=1"));
  EXPECT_FALSE(allowed("https://app.example/cb", "https://app.example/cb?x=1"));
}

TEST(RedirectUri, WithoutARegisteredOneIsOnlyThePageOfOurOwn) {
  for (const auto* registered : {"", "foo", "javascript://x/alert(1)", "https://", "data://x/y"}) {
    EXPECT_TRUE(allowed(kLocal, registered)) << registered;
    EXPECT_FALSE(allowed(registered, registered)) << registered;
    EXPECT_FALSE(allowed("https://app.example/callback", registered)) << registered;
  }
}

TEST(RedirectUri, TakesParameters) {
  EXPECT_EQ(with_parameters("https://a.example/x", {{"error", "access_denied"}, {"state", "a b&c"}}),
            "https://a.example/x?error=access_denied&state=a%20b%26c");
  EXPECT_EQ(with_parameters("https://a.example/x?y=1", {{"code", "1"}}), "https://a.example/x?y=1&code=1");
  EXPECT_EQ(origin_of("https://A.example:8443/x/y?z"), "https://a.example:8443");
}

}  // namespace
}  // namespace wharf::service
