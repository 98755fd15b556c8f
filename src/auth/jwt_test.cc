#include "auth/jwt.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <array>
#include <boost/json/serialize.hpp>

#include "base/hex.h"

namespace wharf::auth::jwt {
namespace {

const SigningKey kKey = SigningKey::make();
const SigningKey kOther = SigningKey::make();

const VerifyKey* find(std::string_view kid) { return kid == kKey.kid() ? &kKey.verify_key() : nullptr; }

/// A token of any header, signed by `key` as an attacker who holds it would.
std::string token_of(std::string_view header, std::string_view claims, const SigningKey& key = kKey) {
  const auto input = to_base64url(header) + '.' + to_base64url(claims);
  return input + '.' + to_base64url(key.sign(input));
}

std::string header_with(std::string_view more) {
  return R"({"alg":"ES256","kid":")" + kKey.kid() + '"' + std::string(more) + '}';
}

std::string hmac(std::string_view key, std::string_view message) {
  std::array<unsigned char, 32> mac{};
  std::size_t length = 0;
  EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.data(), key.size(),
            reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(), mac.size(), &length);
  return {reinterpret_cast<const char*>(mac.data()), length};
}

TEST(Jwt, VerifiesWhatItSigned) {
  const auto token = sign(R"({"sub":"alice","exp":123,"access":[{"type":"repository"}]})", kKey);
  const auto claims = verify(token, find).value();
  EXPECT_EQ(claims.at("sub").as_string(), "alice");
  EXPECT_EQ(claims.at("access").as_array().size(), 1u);
}

TEST(Jwt, TakesAHeaderWithoutTyp) {
  EXPECT_TRUE(verify(token_of(header_with(""), "{}"), find));
  EXPECT_TRUE(verify(token_of(header_with(R"(,"typ":"JWT")"), "{}"), find));
}

struct Row {
  const char* why;
  std::string token;
};

TEST(Jwt, RefusesHostileTokens) {
  const auto good = sign(R"({"sub":"alice"})", kKey);
  const auto first = good.find('.');
  const auto second = good.find('.', first + 1);
  const auto head = good.substr(0, first), claims = good.substr(first + 1, second - first - 1);
  const auto signature = good.substr(second + 1);
  const auto none = to_base64url(R"({"alg":"none","kid":")" + kKey.kid() + "\"}") + '.' + claims;
  const auto hs256 = to_base64url(R"({"alg":"HS256","kid":")" + kKey.kid() + "\"}") + '.' + claims;
  const auto public_text = boost::json::serialize(kKey.verify_key().jwk());
  const auto deep = R"({"a":)" + std::string(50, '[') + std::string(50, ']') + '}';
  ASSERT_TRUE(verify(good, find));

  const Row rows[] = {
      {"nothing", ""},
      {"dots alone", ".."},
      {"one part", head},
      {"two parts", head + '.' + claims},
      {"four parts", good + ".AAAA"},
      {"an empty signature", head + '.' + claims + '.'},
      {"alg none without signature", none + '.'},
      {"alg none with the signature", none + '.' + signature},
      {"alg HS256 keyed with the public key", hs256 + '.' + to_base64url(hmac(public_text, hs256))},
      {"alg None", token_of(R"({"alg":"None","kid":")" + kKey.kid() + "\"}", "{}")},
      {"alg es256", token_of(R"({"alg":"es256","kid":")" + kKey.kid() + "\"}", "{}")},
      {"alg ES384", token_of(R"({"alg":"ES384","kid":")" + kKey.kid() + "\"}", "{}")},
      {"alg a list", token_of(R"({"alg":["ES256"],"kid":")" + kKey.kid() + "\"}", "{}")},
      {"no alg", token_of(R"({"kid":")" + kKey.kid() + "\"}", "{}")},
      {"alg twice", token_of(R"({"alg":"none","alg":"ES256","kid":")" + kKey.kid() + "\"}", "{}")},
      {"no kid", token_of(R"({"alg":"ES256"})", "{}")},
      {"kid a number", token_of(R"({"alg":"ES256","kid":1})", "{}")},
      {"an unknown kid", sign("{}", kOther)},
      {"our kid, another's signature", token_of(header_with(""), "{}", kOther)},
      {"another typ", token_of(header_with(R"(,"typ":"at+jwt")"), "{}")},
      {"crit", token_of(header_with(R"(,"crit":["exp"])"), "{}")},
      {"b64", token_of(header_with(R"(,"b64":false)"), "{}")},
      {"zip", token_of(header_with(R"(,"zip":"DEF")"), "{}")},
      {"a key of its own", token_of(header_with(R"(,"jwk":)" + public_text), "{}")},
      {"a key's address", token_of(header_with(R"(,"jku":"https://example.com/keys")"), "{}")},
      {"an encryption's header", token_of(header_with(R"(,"enc":"A256GCM")"), "{}")},
      {"header a list", token_of("[]", "{}")},
      {"header no JSON", token_of("alg", "{}")},
      {"header not UTF-8", token_of(header_with(",\"typ\":\"\xff\""), "{}")},
      {"claims a list", token_of(header_with(""), "[]")},
      {"claims null", token_of(header_with(""), "null")},
      {"claims nothing", token_of(header_with(""), "")},
      {"claims with a tail", token_of(header_with(""), "{} x")},
      {"claims with a key twice", token_of(header_with(""), R"({"sub":"a","sub":"b"})")},
      {"claims too deep", token_of(header_with(""), deep)},
      {"claims not signed", head + '.' + to_base64url(R"({"sub":"bob"})") + '.' + signature},
      {"padding", head + '.' + claims + '.' + signature + "=="},
      {"white space around", ' ' + good},
      {"a line end after", good + '\n'},
      {"white space within", head + ". " + claims + '.' + signature},
      {"standard base64", head + '.' + claims + '.' + std::string(85, 'A') + '+'},
      {"another spelling of the signature", good.substr(0, good.size() - 1) + 'B'},
      {"a DER signature", head + '.' + claims + '.' + to_base64url(std::string("\x30\x44\x02\x20", 4))},
      {"zeros as signature", head + '.' + claims + '.' + to_base64url(std::string(64, '\0'))},
      {"too long", sign(R"({"a":")" + std::string(kLargestToken, 'a') + "\"}", kKey)},
  };
  for (const auto& [why, token] : rows) {
    const auto result = verify(token, find);
    ASSERT_FALSE(result) << why;
    EXPECT_EQ(result.error().code, Errc::bad_token) << why;
    EXPECT_EQ(result.error().message, "The token is not valid") << why << ": the stranger learns no more";
  }
}

TEST(Jwt, RefusesEachChangedCharacter) {
  const auto good = sign(R"({"sub":"alice"})", kKey);
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify(changed, find)) << i;
  }
}

TEST(Jwt, AcceptsTheLargestToken) {
  const auto bare = sign(R"({"a":""})", kKey).size();
  const auto room = (kLargestToken - bare) / 4 * 3;
  EXPECT_TRUE(verify(sign(R"({"a":")" + std::string(room - 3, 'a') + "\"}", kKey), find));
}

struct TimeRow {
  const char* why;
  boost::json::object claims;
  TimeRules rules;
  bool good;
};

TEST(JwtTimes, AreChecked) {
  const Millis now = 1'000'000;  // 1000 s
  const TimeRow rows[] = {
      {"in time", {{"exp", 1001}}, {}, true},
      {"all three", {{"exp", 1300}, {"nbf", 1000}, {"iat", 1000}}, {.max_life_s = 300}, true},
      {"no exp", {{"iat", 1}}, {}, false},
      {"at its end", {{"exp", 1000}}, {}, false},
      {"past, within leeway", {{"exp", 995}}, {.leeway_s = 10}, true},
      {"past, beyond leeway", {{"exp", 990}}, {.leeway_s = 10}, false},
      {"not yet", {{"exp", 2000}, {"nbf", 1001}}, {}, false},
      {"not yet, within leeway", {{"exp", 2000}, {"nbf", 1005}}, {.leeway_s = 10}, true},
      {"issued in the future", {{"exp", 2000}, {"iat", 1100}}, {}, false},
      {"issued in the future, within leeway", {{"exp", 2000}, {"iat", 1005}}, {.leeway_s = 10}, true},
      {"too long a life", {{"exp", 1301}, {"iat", 1000}}, {.max_life_s = 300}, false},
      {"a life, but no iat", {{"exp", 1100}}, {.max_life_s = 300}, false},
      {"fractions", {{"exp", 1000.5}}, {}, true},
      {"exp a text", {{"exp", "2000"}}, {}, false},
      {"exp null", {{"exp", nullptr}}, {}, false},
      {"nbf a text", {{"exp", 2000}, {"nbf", "1"}}, {}, false},
      {"iat a list", {{"exp", 2000}, {"iat", boost::json::array{}}}, {}, false},
      {"exp beyond all time", {{"exp", 1e300}}, {}, false},
      {"exp below zero", {{"exp", -1}}, {}, false},
      {"exp as large as can be", {{"exp", std::numeric_limits<std::uint64_t>::max()}}, {}, false},
  };
  for (const auto& row : rows) {
    const auto result = check_times(row.claims, now, row.rules);
    EXPECT_EQ(result.has_value(), row.good) << row.why;
    if (!result) EXPECT_EQ(result.error().code, Errc::bad_token) << row.why;
  }
}

}  // namespace
}  // namespace wharf::auth::jwt
