#pragma once
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/async.h"
#include "base/error.h"
#include "blob/s3_signing.h"
#include "net/http_client.h"

namespace wharf::blob {

/// Where the credentials of requests to S3 come from: the configuration; or else the environment
/// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN); or else the instance's role, from its metadata
/// service (IMDSv2), renewed five minutes before they expire. Thread-safe.
class S3CredentialSource {
 public:
  /// `configured` with an empty access key: none. `metadata_url` is the metadata service's.
  S3CredentialSource(S3Credentials configured, std::string metadata_url, std::string user_agent);

  /// Errors: unavailable when the metadata service has none.
  awaitable<Result<S3Credentials>> get();
  /// What was given last is refused: the next get() asks anew, if there is somebody to ask.
  void forget();
  /// As net::HttpClient::stop.
  void stop() { client_.stop(); }

 private:
  awaitable<Result<S3Credentials>> from_instance();
  awaitable<Result<std::string>> ask(std::string method, std::string path, net::Headers headers);

  const std::string metadata_url_;
  net::HttpClient client_;
  bool fixed_ = false;
  std::mutex mutex_;
  S3Credentials current_;
  std::chrono::system_clock::time_point renew_at_;
};

}  // namespace wharf::blob
