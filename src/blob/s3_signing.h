#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wharf::blob {

/// Who signs. Without a session token it is empty.
struct S3Credentials {
  std::string access_key;
  std::string secret_key;
  std::string session_token;
};

/// What is signed of one request to S3.
struct S3Signable {
  std::string method = "GET";
  std::string host;                                          ///< As the Host header has it: with a port, if unusual.
  std::string path = "/";                                    ///< Percent-encoded once, as it is sent.
  std::vector<std::pair<std::string, std::string>> query;    ///< Decoded.
  std::vector<std::pair<std::string, std::string>> headers;  ///< All are signed. Names in lower case; not Host.
  std::string payload_sha256;                                ///< Hex; of a presigned URL "UNSIGNED-PAYLOAD".
};

/// When and where a signature holds.
struct S3Scope {
  std::string region = "us-east-1";
  std::chrono::sys_seconds at;
};

/// `name=value&…` as AWS wants it: sorted, everything but the unreserved characters escaped.
std::string s3_query(const std::vector<std::pair<std::string, std::string>>& query);
/// `key` as a path: everything but the unreserved characters and '/' escaped.
std::string s3_path(std::string_view key);
/// 64 hex digits.
std::string sha256_hex(std::string_view bytes);

/// The headers to send beside `request.headers`: X-Amz-Date, X-Amz-Content-Sha256, X-Amz-Security-Token and
/// Authorization. Source: AWS, "Authenticating Requests: Using the Authorization Header (Signature Version 4)".
std::vector<std::pair<std::string, std::string>> sign_s3(const S3Signable& request, const S3Credentials& who,
                                                         const S3Scope& scope);

/// The query string that lets anybody make `request` until `lifetime` is over.
/// Source: AWS, "Authenticating Requests: Using Query Parameters (Signature Version 4)".
std::string presign_s3(S3Signable request, const S3Credentials& who, const S3Scope& scope,
                       std::chrono::seconds lifetime);

}  // namespace wharf::blob
