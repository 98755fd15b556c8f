// OpenSSL's EVP interface cannot hand out a half-way state; its low-level one can, and uses the same SHA instructions.
// Measured on an AMD EPYC with SHA-NI, 1 MiB pieces: 2.08 GB/s, EVP the same, Nettle's sha256_ctx 1.82 GB/s.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "blob/sha256.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/hex.h"

namespace wharf::blob {

struct Sha256::Context {
  SHA256_CTX sha;
};

namespace {

// The state's text: "1:" and the base64url of
//   32 bytes  chaining value, eight big-endian words
//    8 bytes  count of bytes so far, big-endian
//   0 to 63   the bytes that do not fill a block yet
constexpr std::string_view kVersion = "1:";
constexpr std::size_t kChainingBytes = 32;
constexpr std::size_t kHeadBytes = kChainingBytes + 8;
constexpr std::size_t kBlockBytes = 64;
// The length in bits has 64 bits. Source: FIPS 180-4 section 5.1.1.
constexpr std::uint64_t kMostBytes = (std::uint64_t{1} << 61) - 1;

std::uint64_t count_of(const SHA256_CTX& sha) {
  return ((static_cast<std::uint64_t>(sha.Nh) << 32) | static_cast<std::uint64_t>(sha.Nl)) / 8;
}

void put_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>((value >> shift) & 0xff));
}

std::uint64_t get_big_endian(std::string_view in) {
  std::uint64_t value = 0;
  for (const char c : in) value = (value << 8) | static_cast<unsigned char>(c);
  return value;
}

Error not_a_state() { return Error{Errc::upload_invalid, "The upload cannot be continued", "bad sha256 state"}; }

}  // namespace

Sha256::Sha256() : context_(std::make_unique<Context>()) { SHA256_Init(&context_->sha); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Result<Sha256> Sha256::resume(std::string_view state) {
  if (!state.starts_with(kVersion) || state.size() > 300) return not_a_state();
  const auto raw = from_base64url(state.substr(kVersion.size()));
  if (!raw || raw->size() < kHeadBytes) return not_a_state();
  const std::string_view bytes = *raw;
  const auto count = get_big_endian(bytes.substr(kChainingBytes, 8));
  const auto pending = bytes.substr(kHeadBytes);
  if (count > kMostBytes || pending.size() != count % kBlockBytes) return not_a_state();

  Sha256 hash;
  auto& sha = hash.context_->sha;
  const bool no_block_yet = count < kBlockBytes;
  for (std::size_t i = 0; i < 8; ++i) {
    const auto word = static_cast<SHA_LONG>(get_big_endian(bytes.substr(4 * i, 4)));
    if (no_block_yet && word != sha.h[i]) return not_a_state();
    sha.h[i] = word;
  }
  sha.Nl = static_cast<SHA_LONG>((count * 8) & 0xffffffff);
  sha.Nh = static_cast<SHA_LONG>((count * 8) >> 32);
  std::ranges::copy(pending, reinterpret_cast<char*>(sha.data));
  sha.num = static_cast<unsigned>(pending.size());
  return hash;
}

void Sha256::update(std::span<const std::byte> bytes) { SHA256_Update(&context_->sha, bytes.data(), bytes.size()); }

std::string Sha256::state() const {
  const auto& sha = context_->sha;
  std::string raw;
  raw.reserve(kHeadBytes + kBlockBytes);
  for (const auto word : sha.h) put_big_endian(raw, word, 4);
  put_big_endian(raw, count_of(sha), 8);
  raw.append(reinterpret_cast<const char*>(sha.data), sha.num);
  return std::string(kVersion) + to_base64url(raw);
}

Digest Sha256::digest() const {
  SHA256_CTX copy = context_->sha;
  std::array<std::byte, 32> raw;
  SHA256_Final(reinterpret_cast<unsigned char*>(raw.data()), &copy);
  return Digest::sha256(raw);
}

std::uint64_t Sha256::size_bytes() const { return count_of(context_->sha); }

}  // namespace wharf::blob
