#include "auth/secret_box.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "base/freer.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/random.h"

namespace wharf::auth {
namespace {

constexpr std::string_view kVersion = "v1.";
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kLargestFile = 64 * 1024;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freer<EVP_CIPHER_CTX_free>>;

const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

void must(bool ok, const char* what) {
  if (!ok) throw Accident({Errc::internal, "Encryption failed", what});
}

/// Source: RFC 5869, extract and expand.
void hkdf(std::string_view secret, std::string_view salt, std::string_view info, std::span<unsigned char> out) {
  const std::unique_ptr<EVP_KDF, Freer<EVP_KDF_free>> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  must(kdf != nullptr, "HKDF");
  const std::unique_ptr<EVP_KDF_CTX, Freer<EVP_KDF_CTX_free>> context(EVP_KDF_CTX_new(kdf.get()));
  must(context != nullptr, "HKDF");
  std::string digest = "SHA256", key(secret), salt_copy(salt), info_copy(info);  // the parameters are not const
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", digest.data(), 0),
                                   OSSL_PARAM_construct_octet_string("key", key.data(), key.size()),
                                   OSSL_PARAM_construct_octet_string("salt", salt_copy.data(), salt_copy.size()),
                                   OSSL_PARAM_construct_octet_string("info", info_copy.data(), info_copy.size()),
                                   OSSL_PARAM_construct_end()};
  const int made = EVP_KDF_derive(context.get(), out.data(), out.size(), parameters);
  OPENSSL_cleanse(key.data(), key.size());
  must(made == 1, "HKDF");
}

/// A descriptor that closes itself.
struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

Error file_error(const char* what, const std::filesystem::path& path) {
  const int number = errno;
  const auto code = number == ENOSPC || number == EDQUOT ? Errc::insufficient_storage : Errc::internal;
  return {code, std::string("A key file could not be ") + what,
          path.string() + ": " + std::system_category().message(number)};
}

Result<std::string> read_file(int fd, const std::filesystem::path& path) {
  struct stat about{};
  if (::fstat(fd, &about) != 0) return file_error("read", path);
  if (!S_ISREG(about.st_mode)) return Error{Errc::invalid_request, "A key file is not a file", path.string()};
  if ((about.st_mode & 077) != 0) {
    log::warn("a key file can be read by others: chmod 600 it", {{"path", path.string()}});
  }
  std::string content;
  char buffer[4096];
  for (;;) {
    const auto count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return file_error("read", path);
    if (count == 0) break;
    content.append(buffer, static_cast<std::size_t>(count));
    if (content.size() > kLargestFile) return Error{Errc::invalid_request, "A key file is too large", path.string()};
  }
  OPENSSL_cleanse(buffer, sizeof buffer);
  return content;
}

/// Writes `content` to a new file and its folder durably, or says why not.
Result<void> write_file(const std::filesystem::path& path, std::string_view content) {
  const Descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (file.fd < 0) return file_error("written", path);
  while (!content.empty()) {
    const auto count = ::write(file.fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return file_error("written", path);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file.fd) != 0) return file_error("written", path);
  return {};
}

}  // namespace

SecretKey::SecretKey(std::string_view raw_bytes) {
  must(raw_bytes.size() == kSize, "A key has another length");
  std::memcpy(bytes_.data(), raw_bytes.data(), kSize);
}

SecretKey::~SecretKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

SecretKey SecretKey::make() { return SecretKey(random_bytes(kSize)); }

SecretKey SecretKey::from_text(std::string_view text) {
  SecretKey key;
  hkdf(text, "wharf", "secret from text", key.bytes_);
  return key;
}

SecretKey SecretKey::derive(std::string_view label) const {
  SecretKey key;
  hkdf({reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}, {}, label, key.bytes_);
  return key;
}

std::string SecretBox::seal(std::string_view plain, std::string_view context) const {
  auto sealed = random_bytes(kNonceSize);
  sealed.resize(kNonceSize + plain.size() + kTagSize);
  auto* const text = raw(sealed) + kNonceSize;
  const CipherContext cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  must(cipher && EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.bytes().data(), raw(sealed)) == 1,
       "AES-GCM");
  must(EVP_EncryptUpdate(cipher.get(), nullptr, &length, raw(context), static_cast<int>(context.size())) == 1 &&
           EVP_EncryptUpdate(cipher.get(), text, &length, raw(plain), static_cast<int>(plain.size())) == 1 &&
           EVP_EncryptFinal_ex(cipher.get(), text + length, &length) == 1 &&
           EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, text + plain.size()) == 1,
       "AES-GCM");
  return std::string(kVersion) + to_base64url(sealed);
}

Result<std::string> SecretBox::open(std::string_view text, std::string_view context) const {
  const auto unreadable = [](const char* why) { return Error{Errc::internal, "A secret could not be read", why}; };
  if (!text.starts_with(kVersion)) return unreadable("not a sealed text");
  auto sealed = from_base64url(text.substr(kVersion.size()));
  if (!sealed || sealed->size() < kNonceSize + kTagSize) return unreadable("not a sealed text");
  const auto size = sealed->size() - kNonceSize - kTagSize;
  auto* const body = raw(*sealed) + kNonceSize;
  std::string plain(size, '\0');
  const CipherContext cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  must(cipher && EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key_.bytes().data(), raw(*sealed)) == 1,
       "AES-GCM");
  must(EVP_DecryptUpdate(cipher.get(), nullptr, &length, raw(context), static_cast<int>(context.size())) == 1 &&
           EVP_DecryptUpdate(cipher.get(), raw(plain), &length, body, static_cast<int>(size)) == 1 &&
           EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, body + size) == 1,
       "AES-GCM");
  if (EVP_DecryptFinal_ex(cipher.get(), raw(plain) + length, &length) != 1) {
    OPENSSL_cleanse(plain.data(), plain.size());
    return unreadable("changed, or of another key or owner");
  }
  return plain;
}

Result<std::string> detail::load_or_make_file(const std::filesystem::path& path, std::string (*make)()) {
  {
    const Descriptor there{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (there.fd >= 0) return read_file(there.fd, path);
    if (errno != ENOENT) return file_error("opened", path);
  }
  std::error_code failed;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failed);
  if (failed) return Error{Errc::internal, "A folder for keys could not be made", failed.message()};
  auto fresh = path;
  fresh += ".new-" + to_hex(random_bytes(6));
  auto content = make();
  const auto written = write_file(fresh, content);
  // link, not rename: it fails if another process was quicker, and then that one's key is the key.
  const bool linked = written && ::link(fresh.c_str(), path.c_str()) == 0;
  const bool beaten = written && !linked && errno == EEXIST;
  const auto link_error = file_error("written", path);
  ::unlink(fresh.c_str());
  OPENSSL_cleanse(content.data(), content.size());
  if (!written) return written.error();
  if (!linked && !beaten) return link_error;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const Descriptor parent{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (parent.fd < 0 || ::fsync(parent.fd) != 0) return file_error("written", folder);
  const Descriptor there{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (there.fd < 0) return file_error("opened", path);
  return read_file(there.fd, path);
}

Result<SecretKey> load_or_make_key_file(const std::filesystem::path& path) {
  const auto make = [] { return to_hex(random_bytes(SecretKey::kSize)) + '\n'; };
  auto content = detail::load_or_make_file(path, make);
  if (!content) return content.error();
  while (!content->empty() && (content->back() == '\n' || content->back() == '\r')) content->pop_back();
  auto bytes = from_hex(*content);
  OPENSSL_cleanse(content->data(), content->size());
  if (!bytes || bytes->size() != SecretKey::kSize) {
    return Error{Errc::invalid_request, "A key file must hold 64 hexadecimal digits", path.string()};
  }
  SecretKey key(*bytes);
  OPENSSL_cleanse(bytes->data(), bytes->size());
  return key;
}

}  // namespace wharf::auth
