#pragma once
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <string>
#include <string_view>

#include "auth/rsa_key.h"
#include "base/hex.h"

namespace wharf::auth::testing {

/// The RS256 (or RS384, by the hash) signature of `message` with a private key in PEM.
inline std::string rs256(std::string_view private_pem, std::string_view message, const EVP_MD* hash = EVP_sha256()) {
  BIO* memory = BIO_new_mem_buf(private_pem.data(), static_cast<int>(private_pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(memory, nullptr, nullptr, nullptr);
  BIO_free_all(memory);
  EXPECT_NE(key, nullptr) << "no private key";
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::string signature(1024, '\0');
  std::size_t length = signature.size();
  EXPECT_EQ(EVP_DigestSignInit(context, nullptr, hash, nullptr, key), 1);
  EXPECT_EQ(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &length,
                           reinterpret_cast<const unsigned char*>(message.data()), message.size()),
            1);
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  signature.resize(length);
  return signature;
}

/// A token of these claims, as a service would sign it.
inline std::string rs256_token(const RsaKeyPair& pair, std::string_view claims, std::string kid = "") {
  if (kid.empty()) kid = pair.key.kid();
  const auto input = to_base64url(R"({"alg":"RS256","kid":")" + kid + R"(","typ":"JWT"})") + '.' + to_base64url(claims);
  return input + '.' + to_base64url(rs256(pair.private_pem, input));
}

/// A token with a header of the test's own.
inline std::string rsa_token(const RsaKeyPair& pair, std::string_view header, std::string_view claims,
                             const EVP_MD* hash = EVP_sha256()) {
  const auto input = to_base64url(header) + '.' + to_base64url(claims);
  return input + '.' + to_base64url(rs256(pair.private_pem, input, hash));
}

}  // namespace wharf::auth::testing
