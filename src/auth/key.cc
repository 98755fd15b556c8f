#include "auth/key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <array>

#include "auth/secret_box.h"
#include "base/digest.h"
#include "base/freer.h"
#include "base/hex.h"

namespace wharf::auth {
namespace {

constexpr std::size_t kCoordinate = 32;  // bytes; of R and S too

using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;
using Memory = std::unique_ptr<BIO, Freer<BIO_free_all>>;

const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

void must(bool ok, const char* what) {
  if (ok) return;
  ERR_clear_error();
  throw Accident({Errc::internal, "Signing failed", what});
}

std::shared_ptr<EVP_PKEY> own(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

bool is_p256(const EVP_PKEY* key) {
  std::array<char, 32> group{};
  std::size_t length = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(), &length) == 1 &&
         std::string_view(group.data(), length) == SN_X9_62_prime256v1;
}

std::string coordinate(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  must(EVP_PKEY_get_bn_param(key, name, &number) == 1, name);
  const Number owned(number);
  std::string bytes(kCoordinate, '\0');
  must(BN_bn2binpad(number, raw(bytes), static_cast<int>(bytes.size())) == static_cast<int>(kCoordinate), name);
  return to_base64url(bytes);
}

std::string sha256(std::string_view bytes) { return *from_hex(Digest::of(bytes).hex()); }

/// The text member `name`, or an empty view.
std::string_view text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

/// Whether the member `name` is left out, or says `only`.
bool allows(const boost::json::object& jwk, std::string_view name, std::string_view only) {
  return !jwk.contains(name) || text_of(jwk, name) == only;
}

}  // namespace

VerifyKey::VerifyKey(std::shared_ptr<EVP_PKEY> key)
    : key_(std::move(key)),
      x_(coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X)),
      y_(coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y)) {
  // RFC 7638 section 3: the required members alone, in the order of their names, without white space.
  const std::string canonical = R"({"crv":"P-256","kty":"EC","x":")" + x_ + R"(","y":")" + y_ + R"("})";
  kid_ = to_base64url(sha256(canonical));
}

Result<VerifyKey> VerifyKey::from_jwk(const boost::json::object& jwk) {
  const auto refuse = [](const char* why) { return Error{Errc::invalid_request, "The key cannot be used", why}; };
  if (text_of(jwk, "kty") != "EC" || text_of(jwk, "crv") != "P-256") return refuse("not an EC key on P-256");
  if (!allows(jwk, "alg", "ES256") || !allows(jwk, "use", "sig")) return refuse("of another use");
  if (jwk.contains("d")) return refuse("holds its private half");
  const auto x = from_base64url(text_of(jwk, "x"));
  const auto y = from_base64url(text_of(jwk, "y"));
  if (!x || !y || x->size() != kCoordinate || y->size() != kCoordinate) return refuse("x or y is not 32 bytes");

  std::string group = SN_X9_62_prime256v1;
  std::string point = '\x04' + *x + *y;
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
                             OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
                             OSSL_PARAM_construct_end()};
  const KeyContext builder(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* made = nullptr;
  const bool built = builder && EVP_PKEY_fromdata_init(builder.get()) == 1 &&
                     EVP_PKEY_fromdata(builder.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters) == 1;
  const auto key = own(made);
  const KeyContext checker(built ? EVP_PKEY_CTX_new(made, nullptr) : nullptr);
  const bool sound = checker && EVP_PKEY_public_check(checker.get()) == 1;
  ERR_clear_error();
  if (!sound) return refuse("not a point on the curve");
  return VerifyKey(key);
}

boost::json::object VerifyKey::jwk() const {
  return {{"kty", "EC"}, {"crv", "P-256"}, {"x", x_}, {"y", y_}, {"kid", kid_}, {"alg", "ES256"}, {"use", "sig"}};
}

bool VerifyKey::verify(std::string_view message, std::string_view signature) const {
  if (signature.size() != 2 * kCoordinate) return false;
  Number r(BN_bin2bn(raw(signature), kCoordinate, nullptr));
  Number s(BN_bin2bn(raw(signature) + kCoordinate, kCoordinate, nullptr));
  const Signature pair(ECDSA_SIG_new());
  must(r && s && pair && ECDSA_SIG_set0(pair.get(), r.get(), s.get()) == 1, "ECDSA_SIG");
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  std::array<unsigned char, 80> der{};  // two integers of 33 bytes at most, each with a head of 2, in one of 2
  auto* end = der.data();
  const int length = i2d_ECDSA_SIG(pair.get(), &end);
  must(length > 0 && static_cast<std::size_t>(length) <= der.size(), "ECDSA_SIG");

  const DigestContext context(EVP_MD_CTX_new());
  must(context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1, "ES256");
  const int verdict =
      EVP_DigestVerify(context.get(), der.data(), static_cast<std::size_t>(length), raw(message), message.size());
  if (verdict != 1) ERR_clear_error();  // R or S out of range is an error to OpenSSL, but only a bad signature to us
  return verdict == 1;
}

SigningKey::SigningKey(std::shared_ptr<EVP_PKEY> key) : key_(std::move(key)), public_(key_) {
  token_head_ = to_base64url(R"({"alg":"ES256","kid":")" + kid() + R"(","typ":"JWT"})");
}

SigningKey SigningKey::make() {
  auto key = own(EVP_EC_gen("P-256"));
  must(key != nullptr, "EVP_EC_gen");
  return SigningKey(std::move(key));
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // Without this OpenSSL would ask at the terminal for the passphrase of an encrypted key.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  const auto key = own(memory ? PEM_read_bio_PrivateKey(memory.get(), nullptr, no_passphrase, nullptr) : nullptr);
  const KeyContext checker(key && is_p256(key.get()) ? EVP_PKEY_CTX_new(key.get(), nullptr) : nullptr);
  const bool sound = checker && EVP_PKEY_pairwise_check(checker.get()) == 1;
  ERR_clear_error();
  if (!sound) return Error{Errc::invalid_request, "The signing key must be a P-256 private key in PKCS#8 PEM"};
  return SigningKey(key);
}

Result<SigningKey> SigningKey::load_or_make(const std::filesystem::path& folder) {
  const auto make = [] { return SigningKey::make().to_pem(); };
  const auto path = folder / "token-signing.pem";
  auto pem = detail::load_or_make_file(path, make);
  if (!pem) return pem.error();
  auto key = from_pem(*pem);
  OPENSSL_cleanse(pem->data(), pem->size());
  if (!key) return Error{key.error().code, key.error().message, path.string()};
  return key;
}

std::string SigningKey::to_pem() const {
  const Memory memory(BIO_new(BIO_s_secmem()));
  must(memory && PEM_write_bio_PKCS8PrivateKey(memory.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
       "PEM");
  char* text = nullptr;
  const auto length = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

std::string SigningKey::sign(std::string_view message) const {
  std::array<unsigned char, 80> der{};
  std::size_t length = der.size();
  const DigestContext context(EVP_MD_CTX_new());
  must(context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
           EVP_DigestSign(context.get(), der.data(), &length, raw(message), message.size()) == 1,
       "ES256");
  const auto* at = der.data();
  const Signature pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(length)));
  must(pair != nullptr, "ECDSA_SIG");
  std::string signature(2 * kCoordinate, '\0');
  const int size = static_cast<int>(kCoordinate);
  must(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), raw(signature), size) == size &&
           BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), raw(signature) + kCoordinate, size) == size,
       "ECDSA_SIG");
  return signature;
}

}  // namespace wharf::auth
