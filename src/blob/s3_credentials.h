#pragma once
#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/async.h"
#include "base/error.h"
#include "blob/allowance.h"
#include "blob/s3_signing.h"
#include "net/http_client.h"

namespace wharf::blob {

/// Where the credentials of requests to S3 come from: the configuration; or else the environment
/// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN); or else the instance's role, from its metadata
/// service (IMDSv2). Those are renewed in time: as soon as they are good for less than what a link is promised for and
/// five minutes more, once in `pause` at most until there are new ones, by one request while the others go on with the
/// old ones. Thread-safe.
class S3CredentialSource {
 public:
  /// `configured` with an empty access key: none. `metadata_url` is the metadata service's. What is signed is to hold
  /// for `promised`.
  S3CredentialSource(S3Credentials configured, std::string metadata_url, std::string user_agent,
                     std::chrono::seconds promised = std::chrono::seconds(0),
                     std::chrono::seconds pause = std::chrono::seconds(60));

  /// Errors: unavailable when there are none that are good, and the metadata service gives none.
  awaitable<Result<S3Credentials>> get();
  /// For how long what get() gave is good, up to `promised`.
  std::chrono::seconds lifetime() const;
  /// What was given last is refused: the next get() asks anew, if there is somebody to ask.
  void forget();
  /// As net::HttpClient::stop.
  void stop();

 private:
  using Time = std::chrono::system_clock::time_point;

  bool is_good(Time now) const { return !current_.access_key.empty() && now < std::max(expires_at_, renew_at_); }
  awaitable<Result<S3Credentials>> from_instance();
  awaitable<Result<std::string>> ask(std::string method, std::string path, net::Headers headers);

  const std::string metadata_url_;
  const std::chrono::seconds promised_, pause_;
  net::HttpClient client_;
  Allowance asking_{1};
  bool fixed_ = false;
  mutable std::mutex mutex_;  ///< Of all below.
  S3Credentials current_;
  Time renew_at_, expires_at_, failed_at_;
  std::optional<Error> failure_;  ///< At `failed_at_`.
};

}  // namespace wharf::blob
