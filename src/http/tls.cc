#include "http/tls.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/freer.h"
#include "http/tls_context.h"

namespace wharf::http {
namespace {

namespace fs = std::filesystem;
namespace ssl = boost::asio::ssl;

constexpr int kValidDays = 825;
constexpr std::time_t kLeastLeftSeconds = 7 * 24 * 3600;

using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;

Error tls_error(Errc code, std::string message) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return {code, std::move(message), text.data()};
}

bool is_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

/// A name that may stand in a certificate; anything else could smuggle entries into the list of names.
bool is_host_name(const std::string& host) {
  if (host.empty() || host.size() > 253) return false;
  for (const char c : host) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!alphanumeric && c != '-' && c != '.' && c != '_') return false;
  }
  return true;
}

bool still_good(const TlsFiles& files, const std::string& host) {
  const Bio certificate_file(BIO_new_file(files.certificate_chain.c_str(), "r"));
  const Bio key_file(BIO_new_file(files.private_key.c_str(), "r"));
  if (!certificate_file || !key_file) return false;
  const Certificate certificate(PEM_read_bio_X509(certificate_file.get(), nullptr, nullptr, nullptr));
  const Key key(PEM_read_bio_PrivateKey(key_file.get(), nullptr, nullptr, nullptr));
  if (!certificate || !key || X509_check_private_key(certificate.get(), key.get()) != 1) return false;
  auto soon = std::time(nullptr) + kLeastLeftSeconds;
  if (X509_cmp_time(X509_get0_notAfter(certificate.get()), &soon) <= 0) return false;
  if (is_address(host)) return X509_check_ip_asc(certificate.get(), host.c_str(), 0) == 1;
  return X509_check_host(certificate.get(), host.c_str(), host.size(), 0, nullptr) == 1;
}

bool add_extension(X509* certificate, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Certificate make_certificate(EVP_PKEY* key, const std::string& host) {
  Certificate made(X509_new());
  X509* const x = made.get();
  std::array<unsigned char, 16> serial{};
  if (x == nullptr || RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) return {};
  serial[0] = static_cast<unsigned char>(serial[0] & 0x7fU);
  std::unique_ptr<BIGNUM, Freer<BN_free>> number(BN_bin2bn(serial.data(), serial.size(), nullptr));
  if (!number || BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x)) == nullptr) return {};
  X509_NAME* const name = X509_get_subject_name(x);
  // The common name holds 64 characters; the names that count stand in the extension.
  const std::string common = host.size() <= 64 ? host : "wharf";
  const auto* common_bytes = reinterpret_cast<const unsigned char*>(common.c_str());
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  if (is_address(host)) {
    names += ",IP:" + host;
  } else if (host != "localhost") {
    names += ",DNS:" + host;
  }
  const bool ok =
      X509_set_version(x, X509_VERSION_3) == 1 && X509_gmtime_adj(X509_getm_notBefore(x), -300) != nullptr &&
      X509_time_adj_ex(X509_getm_notAfter(x), kValidDays, 0, nullptr) != nullptr && X509_set_pubkey(x, key) == 1 &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, common_bytes, -1, -1, 0) == 1 &&
      X509_set_issuer_name(x, name) == 1 && add_extension(x, NID_subject_alt_name, names) &&
      add_extension(x, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(x, NID_key_usage, "critical,digitalSignature") &&
      add_extension(x, NID_ext_key_usage, "serverAuth") && add_extension(x, NID_subject_key_identifier, "hash") &&
      X509_sign(x, key, EVP_sha256()) > 0;
  return ok ? std::move(made) : Certificate{};
}

std::string bytes_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

/// Whole or not at all, and never readable by others, not even for a moment.
bool write_file(const fs::path& path, const std::string& bytes, mode_t mode) {
  const fs::path draft = path.string() + ".new";
  ::unlink(draft.c_str());
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  if (fd < 0) return false;
  const bool written =
      ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(fd) == 0;
  ::close(fd);
  return written && ::rename(draft.c_str(), path.c_str()) == 0;
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                    unsigned int in_size, void*) {
  constexpr std::string_view kOurs = "http/1.1";
  for (unsigned int i = 0; i < in_size && i + 1 + in[i] <= in_size; i += 1U + in[i]) {
    if (std::string_view(reinterpret_cast<const char*>(in) + i + 1, in[i]) != kOurs) continue;
    *out = in + i + 1;
    *out_size = in[i];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

Result<TlsFiles> make_self_signed(fs::path folder, std::string host) {
  TlsFiles files{.certificate_chain = (folder / "tls.crt").string(), .private_key = (folder / "tls.key").string()};
  if (!is_address(host) && !is_host_name(host)) return Error{Errc::invalid_request, "This is no host name: " + host};
  if (still_good(files, host)) return files;
  ERR_clear_error();
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return tls_error(Errc::internal, "No key could be made");
  const Certificate certificate = make_certificate(key.get(), host);
  if (!certificate) return tls_error(Errc::internal, "No certificate could be made");
  const Bio key_text(BIO_new(BIO_s_mem()));
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  if (!key_text || !certificate_text || PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return tls_error(Errc::internal, "The certificate could not be written");
  }
  std::error_code error;
  fs::create_directories(folder, error);
  if (!write_file(files.private_key, bytes_of(key_text.get()), 0600) ||
      !write_file(files.certificate_chain, bytes_of(certificate_text.get()), 0644)) {
    return Error{Errc::invalid_request, "The certificate cannot be stored",
                 folder.string() + ": " + std::strerror(errno)};
  }
  return files;
}

Result<std::unique_ptr<ssl::context>> make_tls_context(const TlsFiles& files) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  boost::system::error_code error;
  context->use_certificate_chain_file(files.certificate_chain, error);
  if (error) return Error{Errc::invalid_request, "The TLS certificate cannot be read", error.message()};
  context->use_private_key_file(files.private_key, ssl::context::pem, error);
  if (error)
    return Error{Errc::invalid_request, "The TLS key cannot be read or is not the certificate's", error.message()};
  if (SSL_CTX_check_private_key(native) != 1) {
    return tls_error(Errc::invalid_request, "The TLS key is not the certificate's");
  }
  return context;
}

}  // namespace wharf::http
