#include "auth/rsa_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/digest.h"
#include "base/freer.h"
#include "base/hex.h"

namespace wharf::auth {
namespace {

using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>>;
using Encoder = std::unique_ptr<OSSL_ENCODER_CTX, Freer<OSSL_ENCODER_CTX_free>>;
using Memory = std::unique_ptr<BIO, Freer<BIO_free_all>>;

constexpr std::size_t kLongestExponent = 4;  // bytes; larger ones only make checking slow

const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

void must(bool ok, const char* what) {
  if (ok) return;
  ERR_clear_error();
  throw Accident({Errc::internal, "A key could not be used", what});
}

std::shared_ptr<EVP_PKEY> own(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

std::string number(const EVP_PKEY* key, const char* name) {
  BIGNUM* found = nullptr;
  must(EVP_PKEY_get_bn_param(key, name, &found) == 1, name);
  const Number owned(found);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(found)), '\0');
  BN_bn2bin(found, reinterpret_cast<unsigned char*>(bytes.data()));
  return to_base64url(bytes);
}

std::string_view text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

bool allows(const boost::json::object& jwk, std::string_view name, std::string_view only) {
  return !jwk.contains(name) || text_of(jwk, name) == only;
}

std::string contents(BIO* memory) {
  char* text = nullptr;
  const auto length = BIO_get_mem_data(memory, &text);
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace

RsaKey::RsaKey(std::shared_ptr<EVP_PKEY> key)
    : key_(std::move(key)),
      n_(number(key_.get(), OSSL_PKEY_PARAM_RSA_N)),
      e_(number(key_.get(), OSSL_PKEY_PARAM_RSA_E)) {
  // RFC 7638 section 3: the required members alone, in the order of their names, without white space.
  const std::string canonical = R"({"e":")" + e_ + R"(","kty":"RSA","n":")" + n_ + R"("})";
  kid_ = to_base64url(*from_hex(Digest::of(canonical).hex()));
}

Result<RsaKey> RsaKey::from_jwk(const boost::json::object& jwk) {
  const auto refuse = [](const char* why) { return Error{Errc::invalid_request, "The key cannot be used", why}; };
  if (text_of(jwk, "kty") != "RSA") return refuse("not an RSA key");
  if (!allows(jwk, "alg", "RS256") || !allows(jwk, "use", "sig")) return refuse("of another use");
  for (const auto* secret : {"d", "p", "q", "dp", "dq", "qi", "oth"}) {
    if (jwk.contains(secret)) return refuse("holds its private half");
  }
  const auto n_text = text_of(jwk, "n"), e_text = text_of(jwk, "e");
  if (n_text.size() > 2 * kLargestBits / 8 || e_text.size() > 16) return refuse("a number is too long");
  const auto n = from_base64url(n_text), e = from_base64url(e_text);
  if (!n || !e || n->empty() || e->empty() || n->front() == 0 || e->front() == 0) return refuse("n or e is no number");
  if (e->size() > kLongestExponent) return refuse("the exponent is too large");

  const Number modulus(BN_bin2bn(raw(*n), static_cast<int>(n->size()), nullptr));
  const Number exponent(BN_bin2bn(raw(*e), static_cast<int>(e->size()), nullptr));
  must(modulus && exponent, "BN_bin2bn");
  const int bits = BN_num_bits(modulus.get());
  if (bits < kSmallestBits || bits > kLargestBits) return refuse("not of 2048 to 8192 bits");
  if (!BN_is_odd(modulus.get()) || !BN_is_odd(exponent.get()) || BN_is_one(exponent.get())) {
    return refuse("n or e is even, or e is 1");
  }
  const Builder builder(OSSL_PARAM_BLD_new());
  must(builder && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
           OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1,
       "OSSL_PARAM_BLD");
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext maker(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* made = nullptr;
  const bool built = parameters && maker && EVP_PKEY_fromdata_init(maker.get()) == 1 &&
                     EVP_PKEY_fromdata(maker.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1;
  const auto key = own(made);
  ERR_clear_error();
  if (!built) return refuse("OpenSSL does not take it");
  return RsaKey(key);
}

boost::json::object RsaKey::jwk() const {
  return {{"kty", "RSA"}, {"n", n_}, {"e", e_}, {"kid", kid_}, {"alg", "RS256"}, {"use", "sig"}};
}

std::string RsaKey::to_pem() const {
  const Memory memory(BIO_new(BIO_s_mem()));
  must(memory && PEM_write_bio_PUBKEY(memory.get(), key_.get()) == 1, "PEM");
  return contents(memory.get());
}

bool RsaKey::verify(std::string_view message, std::string_view signature, RsaHash hash) const {
  if (signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()))) return false;
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* padding = nullptr;
  must(context &&
           EVP_DigestVerifyInit(context.get(), &padding, hash == RsaHash::sha384 ? EVP_sha384() : EVP_sha256(), nullptr,
                                key_.get()) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PADDING) == 1,
       "RS256");
  const int verdict = EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(message), message.size());
  if (verdict != 1) ERR_clear_error();
  return verdict == 1;
}

RsaKeyPair RsaKeyPair::make() {
  const auto key = own(EVP_RSA_gen(RsaKey::kSmallestBits));
  must(key != nullptr, "EVP_RSA_gen");
  const Memory memory(BIO_new(BIO_s_secmem()));
  const Encoder encoder(OSSL_ENCODER_CTX_new_for_pkey(key.get(), EVP_PKEY_KEYPAIR, "PEM", "type-specific", nullptr));
  must(memory && encoder && OSSL_ENCODER_to_bio(encoder.get(), memory.get()) == 1, "PEM");
  // The copy that is kept beside it holds the public half alone.
  const auto public_half = RsaKey::from_jwk(RsaKey(key).jwk());
  must(public_half.has_value(), "the public half");
  return {.key = *public_half, .private_pem = contents(memory.get())};
}

}  // namespace wharf::auth
