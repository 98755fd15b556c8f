#include "auth/rsa_key.h"

#include "auth/jwt.h"
#include "auth/rsa_testing.h"

namespace wharf::auth {
namespace {

const RsaKeyPair& pair() {
  static const RsaKeyPair made = RsaKeyPair::make();
  return made;
}

TEST(RsaKey, HasTheThumbprintOfTheStandard) {
  // RFC 7638 section 3.1.
  const std::string n =
      "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj"
      "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ"
      "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK"
      "nqDKgw";
  const auto key = RsaKey::from_jwk({{"kty", "RSA"}, {"n", n}, {"e", "AQAB"}, {"alg", "RS256"}, {"kid", "2011-04-29"}});
  ASSERT_TRUE(key);
  EXPECT_EQ(key->kid(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(RsaKey, ReadsWhatItWritesAndChecksSignatures) {
  const auto key = RsaKey::from_jwk(pair().key.jwk());
  ASSERT_TRUE(key);
  EXPECT_EQ(key->kid(), pair().key.kid());
  EXPECT_EQ(key->kid().size(), 43u);
  EXPECT_EQ(key->to_pem().find("-----BEGIN PUBLIC KEY-----"), 0u);
  EXPECT_EQ(pair().private_pem.find("-----BEGIN RSA PRIVATE KEY-----"), 0u);
  const auto signature = testing::rs256(pair().private_pem, "message");
  EXPECT_TRUE(key->verify("message", signature));
  EXPECT_FALSE(key->verify("another", signature));
  EXPECT_FALSE(key->verify("message", signature.substr(1)));
  EXPECT_FALSE(key->verify("message", std::string(256, '\xff')));
  EXPECT_FALSE(key->verify("message", ""));
}

TEST(RsaKey, RefusesHostileKeys) {
  const auto good = pair().key.jwk();
  const auto with = [&](std::string_view name, boost::json::value value) {
    auto jwk = good;
    jwk[name] = std::move(value);
    return RsaKey::from_jwk(jwk).has_value();
  };
  const auto bytes = [](std::size_t length, char first, char last) {
    std::string number(length, '\x5a');
    number.front() = first;
    number.back() = last;
    return boost::json::value(to_base64url(number));
  };
  EXPECT_TRUE(with("kid", "of-their-own"));
  EXPECT_TRUE(with("n", bytes(256, '\x80', '\x01')));
  EXPECT_TRUE(with("n", bytes(1024, '\x80', '\x01')));
  EXPECT_FALSE(with("n", bytes(128, '\x80', '\x01'))) << "1024 bits";
  EXPECT_FALSE(with("n", bytes(256, '\x7f', '\x01'))) << "2047 bits";
  EXPECT_FALSE(with("n", bytes(1025, '\x01', '\x01'))) << "8193 bits";
  EXPECT_FALSE(with("n", bytes(100'000, '\x80', '\x01')));
  EXPECT_FALSE(with("n", bytes(256, '\x80', '\x02'))) << "even";
  EXPECT_FALSE(with("n", bytes(257, '\0', '\x01'))) << "a zero in front";
  EXPECT_FALSE(with("n", "***"));
  EXPECT_FALSE(with("n", ""));
  EXPECT_FALSE(with("n", 7));
  EXPECT_FALSE(with("e", "AQ")) << "1";
  EXPECT_FALSE(with("e", "AA")) << "0";
  EXPECT_FALSE(with("e", "Ag")) << "2";
  EXPECT_TRUE(with("e", "Aw")) << "3";
  EXPECT_FALSE(with("e", bytes(5, '\x01', '\x01')));
  EXPECT_FALSE(with("kty", "EC"));
  EXPECT_FALSE(with("kty", "oct"));
  EXPECT_FALSE(with("alg", "HS256"));
  EXPECT_FALSE(with("use", "enc"));
  for (const auto* secret : {"d", "p", "q", "dp", "dq", "qi", "oth"}) EXPECT_FALSE(with(secret, "AQAB")) << secret;
  EXPECT_FALSE(RsaKey::from_jwk({}));
}

TEST(Jwt, TakesTokensOfServicesByTheirAlgorithmAlone) {
  const auto find = [](std::string_view kid) { return kid == pair().key.kid() ? &pair().key : nullptr; };
  const auto token = testing::rs256_token(pair(), R"({"iss":"clair"})");
  const auto claims = jwt::verify_rs256(token, find);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->at("iss").as_string(), "clair");
  EXPECT_FALSE(jwt::verify_rs256(token + "x", find));
  EXPECT_FALSE(jwt::verify_rs256(testing::rs256_token(pair(), "{}", "another"), find));
  const auto es256 = SigningKey::make();
  EXPECT_FALSE(jwt::verify_rs256(jwt::sign("{}", es256), find));
  const auto find_ours = [&](std::string_view) { return &es256.verify_key(); };
  EXPECT_FALSE(jwt::verify(token, find_ours)) << "a service's token is none of ours";
}

}  // namespace
}  // namespace wharf::auth
