#include "auth/key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <fstream>

#include "base/hex.h"
#include "base/random.h"

namespace wharf::auth {
namespace {

TEST(SigningKey, SignsWhatItsPublicHalfVerifies) {
  const auto key = SigningKey::make();
  // Often enough for R or S with a leading zero byte, where DER and raw differ in length.
  for (int i = 0; i < 600; ++i) {
    const auto message = "message " + std::to_string(i);
    const auto signature = key.sign(message);
    ASSERT_EQ(signature.size(), 64u);
    ASSERT_TRUE(key.verify_key().verify(message, signature));
  }
}

TEST(VerifyKey, RefusesWrongSignatures) {
  const auto key = SigningKey::make();
  const auto& verify = key.verify_key();
  const auto good = key.sign("message");
  EXPECT_FALSE(verify.verify("messagf", good));
  EXPECT_FALSE(SigningKey::make().verify_key().verify("message", good));
  for (const std::size_t length : {0u, 1u, 32u, 63u, 65u, 70u, 128u}) {
    auto other = good;
    other.resize(length, '\0');
    EXPECT_FALSE(verify.verify("message", other)) << length;
  }
  // R = S = 0 passes where the range is not checked: CVE-2022-21449.
  EXPECT_FALSE(verify.verify("message", std::string(64, '\0')));
  EXPECT_FALSE(verify.verify("message", std::string(64, '\xff')));
  EXPECT_FALSE(verify.verify("message", good.substr(0, 32) + std::string(32, '\0')));
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(verify.verify("message", changed)) << i;
  }
  EXPECT_TRUE(verify.verify("message", good));
}

// Source: RFC 7515 appendix A.3.
const char* const kRfcKey = R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
const char* const kRfcInput =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const char* const kRfcSignature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

boost::json::object rfc_jwk() { return boost::json::parse(kRfcKey).as_object(); }

TEST(VerifyKey, VerifiesTheExampleOfTheRfc) {
  const auto key = VerifyKey::from_jwk(rfc_jwk()).value();
  EXPECT_TRUE(key.verify(kRfcInput, from_base64url(kRfcSignature).value()));
  EXPECT_EQ(key.kid(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
}

TEST(VerifyKey, GoesThroughItsJwk) {
  const auto key = SigningKey::make();
  const auto jwk = key.verify_key().jwk();
  EXPECT_FALSE(jwk.contains("d"));
  const auto read = VerifyKey::from_jwk(jwk).value();
  EXPECT_EQ(read.kid(), key.kid());
  EXPECT_TRUE(read.verify("message", key.sign("message")));
}

TEST(VerifyKey, RefusesWhatIsNoPublicP256Key) {
  struct Row {
    const char* member;
    boost::json::value value;  // null: the member is missing
  };
  const Row rows[] = {{"kty", "RSA"},
                      {"kty", "oct"},
                      {"kty", nullptr},
                      {"crv", "P-384"},
                      {"crv", "secp256k1"},
                      {"crv", nullptr},
                      {"alg", "HS256"},
                      {"alg", "none"},
                      {"alg", 7},
                      {"use", "enc"},
                      {"d", "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"},
                      {"x", nullptr},
                      {"x", 5},
                      {"x", ""},
                      {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVE"},
                      {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU="},
                      {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEA"},
                      {"y", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
                      {"y", "_____________________________________________w"}};
  for (const auto& row : rows) {
    auto jwk = rfc_jwk();
    if (row.value.is_null()) {
      jwk.erase(row.member);
    } else {
      jwk[row.member] = row.value;
    }
    const auto key = VerifyKey::from_jwk(jwk);
    ASSERT_FALSE(key) << row.member << ' ' << boost::json::serialize(row.value);
    EXPECT_EQ(key.error().code, Errc::invalid_request);
  }
  EXPECT_FALSE(VerifyKey::from_jwk({}));
}

TEST(SigningKey, GoesThroughItsPem) {
  const auto key = SigningKey::make();
  const auto pem = key.to_pem();
  EXPECT_TRUE(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
  const auto read = SigningKey::from_pem(pem).value();
  EXPECT_EQ(read.kid(), key.kid());
  EXPECT_EQ(read.kid().size(), 43u);
  EXPECT_TRUE(key.verify_key().verify("message", read.sign("message")));
}

TEST(SigningKey, RefusesOtherPems) {
  const char* const refused[] = {
      "",
      "no key",
      "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
      // P-384
      "-----BEGIN PRIVATE KEY-----\n"
      "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAIqq+z02cTt83+z0Mf\n"
      "Hx/nXfQVbaNKTsaxl7ZK/M8C8s83KFxtst3Cdck6eeHO1YOhZANiAARuGbqDOTlp\n"
      "ZOGtoBUfjpQdXUhZMjQiYmell6g9wgEsEylNl/eIt4afFtRZjp+JjuwZ9wJhPpgZ\n"
      "9sP6U/uBnEAN3bgO39YOyMxl8uZ9x0KFv1O7tcySTohZSfyADA5rJ48=\n"
      "-----END PRIVATE KEY-----\n",
      // RSA 1024
      "-----BEGIN PRIVATE KEY-----\n"
      "MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBALVrLedskkKwJYtd\n"
      "WP8Fm4OffNSRTQoLaUdT1pObRYkwmoYkm/psqGh7qJWAmCzwR2eunAzGWz4PaAtB\n"
      "M6KUpVofkvEmcMTQBRRHRsl0CNchG6NrJcxlLDR6iuA2PhI1kCBPxk1gLvKbreNx\n"
      "6xBvzn6pEl4Cghv/hgP4LllIldzzAgMBAAECgYBmy+971ZJexU7Q1DkMcBH5mBJ0\n"
      "pEyB54tlBkVs6CuTm/3DCtVzJcSbR450ACS6OgBL6K21s2OaG8K5td1bP10dahdt\n"
      "59gaW5BhpX7CMu+Hf+Og18K3VMHXaluJvj8FzHJfi1dZSI3ouosUnNivaOM5UOyd\n"
      "z6AOmWpnhUDG+fWbkQJBAOjVBlJWAwoNsDq5IhT/J5AzoUnILqWNCayw0qCEJVq4\n"
      "WAUcTJgjDNeOYpd9Unx6wXxi7V4Uf/sVnEL2vadXjtkCQQDHeH191DfxD6RCKA46\n"
      "dFmclyAoKn3MryqcFgOsUZn+1YVzoKhemuERfjyEDfxenggb2CSDRSJ00HhdlqhY\n"
      "AcKrAkEAlUbPEMb4l9+C14OO6GtW0Etp40YnMhkk1MVhpWxUDsAWHuCv8vK17xXo\n"
      "/DtrQUfq+XbrvN/j1fVbBEvx+HJYsQJAVOb1SzSkJwgIW1xfSgQyDFPLDS2g5Bl+\n"
      "4ncAUz1cdbp+lgvA/pufxulbar3lOIS9YNSsHe+0TdJaGUPCHcuKBwJALF63FWRE\n"
      "gi3ybqKG30rPylHIi087JpIm9U6wQm43ODVUCy8rjBi7wcU6WeukHYy4VBGCRF1H\n"
      "PSQm9Rhe8kNS2Q==\n"
      "-----END PRIVATE KEY-----\n",
      // P-256, encrypted
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
      "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi3HTONf5txBwICCAAw\n"
      "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEB/E4KY072ied3C85UQS5mMEgZCw\n"
      "WPMlFQcls6tinFH+dfrKFVCEdq25GULgbrKwb6A2qPGKjcfNPutZzN/Z99ZP2t8O\n"
      "npw/vVD3dj+mKng3JdhgQZoxRaJ8AhF0LaJrWdt4RupKxYPutF4eG4XcDAu7bWn7\n"
      "uKWzXLoAVHEoA6IE7DRPgZX4kOe2R0f9z0Y1IbYOVrzWcd3souC6DJvTVdbz/Jk=\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n",
      // P-256, the public half
      "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVL/ytcYfznd46OlUL47Q8ZsPjPHb\n"
      "u4b+P95Y6yb+2BV2CpDo4cfAEX9WxwkEeLZAZ/D2OPRJrf6DEvS8caZ72w==\n"
      "-----END PUBLIC KEY-----\n",
  };
  for (const auto* pem : refused) EXPECT_FALSE(SigningKey::from_pem(pem)) << pem;
}

TEST(SigningKey, IsMadeOnceInItsFolder) {
  const auto folder = std::filesystem::temp_directory_path() / ("wharf-test-" + to_hex(random_bytes(8)));
  const auto made = SigningKey::load_or_make(folder);
  ASSERT_TRUE(made);
  EXPECT_EQ(SigningKey::load_or_make(folder).value().kid(), made->kid());
  struct stat about{};
  ASSERT_EQ(::stat((folder / "token-signing.pem").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  std::ofstream(folder / "token-signing.pem") << "damaged";
  EXPECT_FALSE(SigningKey::load_or_make(folder)) << "a damaged key is not replaced: tokens out there are of it";
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace wharf::auth
