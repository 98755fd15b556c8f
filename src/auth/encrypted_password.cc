#include "auth/encrypted_password.h"

#include <openssl/crypto.h>

namespace wharf::auth {
namespace {

constexpr std::string_view kPrefix = "wharf.";
constexpr std::size_t kBlock = 64;

std::string context_of(std::string_view owner) { return "encrypted password of " + std::string(owner); }

}  // namespace

std::string EncryptedPasswords::make(std::string_view owner, std::string_view password) const {
  std::string padded(password);
  padded.resize((padded.size() / kBlock + 1) * kBlock, '\0');  // no password holds a NUL, so the padding comes off
  auto text = std::string(kPrefix) + box_.seal(padded, context_of(owner));
  OPENSSL_cleanse(padded.data(), padded.size());
  return text;
}

bool EncryptedPasswords::looks_encrypted(std::string_view text) { return text.starts_with("wharf.v1."); }

Result<std::string> EncryptedPasswords::open(std::string_view owner, std::string_view text) const {
  const Error wrong{Errc::unauthenticated, "Invalid Username or Password", "not an encrypted password of this user"};
  if (!looks_encrypted(text)) return wrong;
  auto password = box_.open(text.substr(kPrefix.size()), context_of(owner));
  if (!password) return wrong;
  const auto end = password->find('\0');
  if (end == std::string::npos) return wrong;
  password->resize(end);
  return std::move(*password);
}

}  // namespace wharf::auth
