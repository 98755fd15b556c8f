#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/metrics.h"
#include "blob/s3_credentials.h"
#include "blob/s3_signing.h"
#include "net/http_client.h"

namespace wharf::blob {

/// How an object store is reached.
struct S3Options {
  std::string scheme = "https";
  std::string host;        ///< With a port, if it is unusual: "127.0.0.1:7480".
  bool path_style = true;  ///< host/bucket/key; otherwise bucket.host/key.
  std::string bucket;
  std::string prefix;  ///< Of every key: "registry"; no slash at its ends. May be empty.
  std::string region = "us-east-1";
  S3Credentials credentials;  ///< Without an access key: from the environment, or the instance's role.
  std::string metadata_url = "http://169.254.169.254";
  std::string ca_file;                               ///< PEM; trusted beside the system's.
  std::uint64_t least_part_bytes = 8 * 1024 * 1024;  ///< At least 5 MiB, which is what S3 takes.
  std::uint64_t most_part_bytes = 128 * 1024 * 1024;
  std::chrono::seconds link_lifetime{600};
};

/// What is asked of the store; the label of the metric.
enum class S3Call { get, head, put, remove, list, begin_parts, put_part, end_parts, abort_parts, list_parts };
inline constexpr std::size_t kS3Calls = 10;
std::string_view to_string(S3Call call);

struct S3Request {
  S3Call call = S3Call::get;
  std::string method = "GET";
  std::string key;  ///< Below the prefix; "" with `on_bucket`.
  bool on_bucket = false;
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::pair<std::string, std::string>> headers;  ///< Names in lower case; all are signed.
  std::shared_ptr<const std::string> body;
  std::string body_sha256;  ///< Of `body`; "": it is computed here.
  std::size_t largest_reply_bytes = 4 * 1024 * 1024;
  std::chrono::seconds patience{20};  ///< For so long nothing need come.
};

struct S3Object {
  std::string key;  ///< Below the prefix.
  std::uint64_t size_bytes = 0;
  Millis modified_ms = 0;
};

/// Requests to one bucket, signed and tried again. Thread-safe; held by whoever has a request under way.
///
/// Tried again, with pauses that double and are spread at random: no answer, an answer that broke off, 429, 500, 502,
/// 503 (SlowDown), 504. Not after about ten seconds. Each request carries the sha256 of its body, which the store
/// checks.
class S3Client {
 public:
  explicit S3Client(S3Options options);
  const S3Options& options() const { return options_; }
  /// Counts the requests there from now on; before the first one.
  void count_in(metrics::Registry& metrics);
  /// Ends every request with `unavailable`, and takes no more.
  void stop();

  /// One request and its reply, whatever its status but those that are tried again.
  /// Errors: unavailable when the store does not answer or has no time.
  awaitable<Result<net::HttpReply>> send(S3Request request);
  /// A GET whose body is read a piece at a time; the head is there. Errors: as send.
  awaitable<Result<std::unique_ptr<net::HttpExchange>>> open(S3Request request);
  /// What a reply that is none of those hoped for means.
  static Error failure(const net::HttpReply& reply);

  /// A URL that reads `key` for as long as the options say.
  awaitable<Result<std::string>> link(std::string key);

  /// Up to `limit` objects whose key begins with `prefix`, after the key `after`, in order.
  awaitable<Result<std::vector<S3Object>>> list(std::string prefix, std::string after, std::size_t limit);
  /// Deletes up to 1000 objects; answers the keys that are still there.
  awaitable<Result<std::vector<std::string>>> remove(std::vector<std::string> keys);

 private:
  awaitable<Result<net::HttpRequest>> sign(const S3Request& request);
  awaitable<bool> pause(int attempt, std::string retry_after);
  std::string host() const;
  std::string path_of(const S3Request& request) const;
  void count(S3Call call);

  const S3Options options_;
  S3CredentialSource credentials_;
  net::HttpClient calls_;
  net::HttpClient streams_;  ///< Apart: slow readers of many bodies hold up no other request.
  std::array<metrics::Counter*, kS3Calls> counters_{};
  metrics::Counter* retries_ = nullptr;
  std::atomic<bool> stopped_{false};
};

}  // namespace wharf::blob
