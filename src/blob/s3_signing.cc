#include "blob/s3_signing.h"

#include <fmt/chrono.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "http/message.h"

namespace wharf::blob {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string hmac(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), out.data(), &size);
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

std::string day_of(const S3Scope& scope) {
  return fmt::format("{:%Y%m%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(scope.at)));
}
std::string time_of(const S3Scope& scope) {
  return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(scope.at)));
}
std::string scope_of(const S3Scope& scope) { return day_of(scope) + '/' + scope.region + "/s3/aws4_request"; }

/// Runs of spaces count as one, and none at the ends.
std::string trimmed(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs signed_headers(const S3Signable& request) {
  Pairs all = request.headers;
  all.emplace_back("host", request.host);
  std::ranges::sort(all);
  return all;
}

std::string names_of(const Pairs& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

std::string signature_of(const S3Signable& request, const Pairs& headers, const S3Credentials& who,
                         const S3Scope& scope) {
  std::string canonical = request.method + '\n' + request.path + '\n' + s3_query(request.query) + '\n';
  for (const auto& [name, value] : headers) canonical += name + ':' + trimmed(value) + '\n';
  canonical += '\n' + names_of(headers) + '\n' + request.payload_sha256;
  const auto text =
      std::string(kAlgorithm) + '\n' + time_of(scope) + '\n' + scope_of(scope) + '\n' + sha256_hex(canonical);
  auto key = hmac("AWS4" + who.secret_key, day_of(scope));
  for (const std::string_view part :
       {std::string_view(scope.region), std::string_view("s3"), std::string_view("aws4_request")}) {
    key = hmac(key, part);
  }
  return hex(hmac(key, text));
}

}  // namespace

std::string sha256_hex(std::string_view bytes) { return std::string(Digest::of(bytes).hex()); }

std::string s3_query(const Pairs& query) {
  Pairs encoded;
  for (const auto& [name, value] : query) {
    encoded.emplace_back(http::percent_encode(name), http::percent_encode(value));
  }
  std::ranges::sort(encoded);
  std::string text;
  for (const auto& [name, value] : encoded) text += (text.empty() ? "" : "&") + name + '=' + value;
  return text;
}

std::string s3_path(std::string_view key) {
  std::string path;
  while (true) {
    const auto slash = key.find('/');
    path += http::percent_encode(key.substr(0, slash));
    if (slash == std::string_view::npos) return path;
    path += '/';
    key.remove_prefix(slash + 1);
  }
}

Pairs sign_s3(const S3Signable& request, const S3Credentials& who, const S3Scope& scope) {
  Pairs more{{"x-amz-date", time_of(scope)}, {"x-amz-content-sha256", request.payload_sha256}};
  if (!who.session_token.empty()) more.emplace_back("x-amz-security-token", who.session_token);
  auto whole = request;
  whole.headers.insert(whole.headers.end(), more.begin(), more.end());
  const auto headers = signed_headers(whole);
  more.emplace_back("Authorization",
                    fmt::format("{} Credential={}/{},SignedHeaders={},Signature={}", kAlgorithm, who.access_key,
                                scope_of(scope), names_of(headers), signature_of(whole, headers, who, scope)));
  return more;
}

std::string presign_s3(S3Signable request, const S3Credentials& who, const S3Scope& scope,
                       std::chrono::seconds lifetime) {
  request.payload_sha256 = "UNSIGNED-PAYLOAD";
  const auto headers = signed_headers(request);
  request.query.insert(request.query.end(), {{"X-Amz-Algorithm", std::string(kAlgorithm)},
                                             {"X-Amz-Credential", who.access_key + '/' + scope_of(scope)},
                                             {"X-Amz-Date", time_of(scope)},
                                             {"X-Amz-Expires", std::to_string(lifetime.count())},
                                             {"X-Amz-SignedHeaders", names_of(headers)}});
  if (!who.session_token.empty()) request.query.emplace_back("X-Amz-Security-Token", who.session_token);
  const auto signature = signature_of(request, headers, who, scope);
  return s3_query(request.query) + "&X-Amz-Signature=" + signature;
}

}  // namespace wharf::blob
