#include "auth/oidc_token.h"

#include <gtest/gtest.h>

#include "auth/rsa_testing.h"

namespace wharf::auth {
namespace {

using testing::rs256_token;
using testing::rsa_token;

const RsaKeyPair& pair() {
  static const auto made = RsaKeyPair::make();
  return made;
}

constexpr std::string_view kClaims = R"({"iss": "https://issuer.example", "sub": "me", "aud": ["a"], "exp": 7})";

TEST(OidcToken, IsTakenApartAndHeldAgainstTheKey) {
  const auto token = OidcToken::read(rs256_token(pair(), kClaims, "one")).value();
  EXPECT_EQ(token.alg(), "RS256");
  EXPECT_EQ(token.kid(), "one");
  EXPECT_EQ(token.text("iss"), "https://issuer.example");
  EXPECT_EQ(token.text("sub"), "me");
  EXPECT_EQ(token.text("aud"), "") << "no text";
  EXPECT_EQ(token.text("none"), "");
  EXPECT_TRUE(token.is_signed_by(pair().key));
  EXPECT_FALSE(token.is_signed_by(RsaKeyPair::make().key));
}

TEST(OidcToken, MayHaveSha384AndMoreInItsHeader) {
  const auto header = R"({"alg": "RS384", "kid": "k", "typ": "at+jwt", "x5t": "abc", "x5c": ["no key of ours"]})";
  EXPECT_TRUE(OidcToken::read(rsa_token(pair(), header, kClaims, EVP_sha384())).value().is_signed_by(pair().key));
  EXPECT_FALSE(OidcToken::read(rsa_token(pair(), header, kClaims)).value().is_signed_by(pair().key))
      << "the hash is the one that the header names";
}

TEST(OidcToken, IsNothingElse) {
  const auto good = rs256_token(pair(), kClaims, "one");
  const auto with_header = [](std::string_view header) { return rsa_token(pair(), header, kClaims); };
  for (const auto& token :
       {std::string(), std::string("a.b"), good + ".x", good.substr(1), std::string(20'000, 'a'),
        with_header(R"({"alg": "none", "kid": "k"})"), with_header(R"({"alg": "HS256", "kid": "k"})"),
        with_header(R"({"alg": "ES256", "kid": "k"})"), with_header(R"({"alg": "RS256"})"),
        with_header(R"({"alg": "RS256", "kid": 7})"), with_header(R"({"alg": "RS256", "kid": "k", "crit": ["exp"]})"),
        with_header(R"({"alg": "RS256", "kid": "k", "b64": false})"), with_header("[]"),
        rsa_token(pair(), R"({"alg": "RS256", "kid": "k"})", "[1]"),
        rsa_token(pair(), R"({"alg": "RS256", "kid": "k"})", R"({"iss": 1, "iss": 2})")}) {
    EXPECT_FALSE(OidcToken::read(token)) << token.substr(0, 80);
  }
  auto changed = good;
  changed[good.find('.') + 5] = changed[good.find('.') + 5] == 'A' ? 'B' : 'A';
  const auto token = OidcToken::read(changed);
  EXPECT_TRUE(!token || !token->is_signed_by(pair().key));
}

}  // namespace
}  // namespace wharf::auth
