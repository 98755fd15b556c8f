#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/metrics.h"
#include "blob/allowance.h"
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
  bool region_is_known = true;  ///< False: the store is asked before the first link, as nobody corrects one.
  S3Credentials credentials;    ///< Without an access key: from the environment, or the instance's role.
  std::string metadata_url = "http://169.254.169.254";
  std::string ca_file;                               ///< PEM; trusted beside the system's.
  std::uint64_t least_part_bytes = 8 * 1024 * 1024;  ///< At least 5 MiB, which is what S3 takes.
  std::uint64_t most_part_bytes = 128 * 1024 * 1024;
  std::chrono::seconds link_lifetime{600};
  /// Of all uploads together, beside 32 KiB for each; and of what is read back to be put together.
  std::uint64_t upload_memory_bytes = 256 * 1024 * 1024, assembly_memory_bytes = 64 * 1024 * 1024;
  std::size_t connections = 64;                ///< For parts, and as many for all that is small.
  std::chrono::milliseconds patience{20'000};  ///< For so long nothing need come of a reply.
  std::chrono::milliseconds turn{10'000};      ///< For so long a request waits for a connection, bytes for memory.
};

/// What is asked of the store; the label of the metric.
enum class S3Call { get, head, put, remove, list, begin_parts, put_part, end_parts, abort_parts, list_parts };
inline constexpr std::size_t kS3Calls = 10;
std::string_view to_string(S3Call call);

/// A request's body, in pieces that are sent one after the other.
using S3Body = std::shared_ptr<const std::vector<std::string>>;
S3Body s3_body(std::string whole);

struct S3Request {
  S3Call call = S3Call::get;
  std::string method = "GET";
  std::string key;  ///< Below the prefix; "" with `on_bucket`.
  bool on_bucket = false;
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::pair<std::string, std::string>> headers;  ///< Names in lower case; all are signed.
  S3Body body;
  std::string body_sha256;  ///< Of `body`; "": it is computed here.
  std::size_t largest_reply_bytes = 4 * 1024 * 1024;
  std::chrono::milliseconds patience{0};  ///< For so long nothing need come; 0: as the options say.
};

struct S3Object {
  std::string key;  ///< Below the prefix.
  std::uint64_t size_bytes = 0;
  Millis modified_ms = 0;
};

/// A part of a listing.
struct S3Page {
  std::vector<S3Object> objects;
  std::string next;  ///< What the next page is asked for with; "": this is the last one.
};

/// A reply whose body is read a piece at a time; a refusal is read already.
struct S3Opened {
  net::HttpReply head;
  std::unique_ptr<net::HttpExchange> body;  ///< Of a success alone.
  Allowance::Share connection;
};

/// Requests to one bucket, signed and tried again. Thread-safe; held by whoever has a request under way.
///
/// Tried again, with pauses that double and are spread at random: no answer, an answer that broke off, 408, 429, 500,
/// 502, 503 (SlowDown), 504, a 400 that says RequestTimeout, a 200 with one of these errors in its body. Not after
/// about ten seconds. Once: with new credentials where the old ones are over, and signed for another region where the
/// store names it. Each request carries the sha256 of its body, which the store checks.
///
/// Parts, small requests and bodies that are read slowly have connections of their own. When all are in use a request
/// waits its turn for so long as the options say, so that a store that hangs is soon known to.
class S3Client {
 public:
  explicit S3Client(S3Options options);
  const S3Options& options() const { return options_; }
  /// Counts the requests there from now on; before the first one.
  void count_in(metrics::Registry& metrics);
  /// Ends every request with `unavailable`, and takes no more.
  void stop();

  /// Whether the store takes parts for an upload that has been ended, and ends it again with others, over the object
  /// that there is. Swift does.
  bool reopens_uploads() const { return reopens_; }

  /// Takes `amount` in turn, waiting as long as the options say, and longer while the store answers anybody.
  awaitable<Result<Allowance::Share>> turn(Allowance from, std::uint64_t amount);

  /// One request and its reply, whatever its status but those that are tried again.
  /// Errors: unavailable when the store does not answer or has no time.
  awaitable<Result<net::HttpReply>> send(S3Request request);
  /// A GET whose body is read a piece at a time. Errors: as send.
  awaitable<Result<S3Opened>> open(S3Request request);
  /// What a reply that is none of those hoped for means.
  static Error failure(const net::HttpReply& reply);

  /// A URL that reads `key` for as long as the options say.
  awaitable<Result<std::string>> link(std::string key);

  /// Up to `limit` objects (at most 1000) whose key begins with `prefix`, after the key `after`, in order. A page may
  /// have fewer, and others follow: `next` of the last one goes on.
  awaitable<Result<S3Page>> list(std::string prefix, std::string after, std::size_t limit, std::string next = {});
  /// Deletes up to 1000 objects; answers the keys that are still there.
  awaitable<Result<std::vector<std::string>>> remove(std::vector<std::string> keys);

 private:
  /// Connections that are shared by requests of one kind.
  struct Way {
    Way(const S3Options& options, std::size_t connections);
    net::HttpClient client;
    Allowance connections;
  };
  /// Where the bucket is, as far as it is known.
  struct Site {
    std::string host, region;
  };

  awaitable<Result<S3Opened>> ask(S3Request request, bool streamed);
  awaitable<Result<S3Opened>> ask_once(Way& way, net::HttpRequest request, bool streamed);
  awaitable<Result<net::HttpRequest>> sign(const S3Request& request);
  awaitable<bool> pause(int attempt, std::string retry_after);
  Site site() const;
  bool moves(const net::HttpReply& reply, const std::string& code);
  std::string host(const Site& site) const;
  std::string path_of(const S3Request& request) const;
  void count(S3Call call);

  const S3Options options_;
  S3CredentialSource credentials_;
  Way calls_, parts_, streams_;
  mutable std::mutex mutex_;
  Site site_;  ///< Under mutex_.
  std::array<metrics::Counter*, kS3Calls> counters_{};
  metrics::Counter* retries_ = nullptr;
  std::atomic<bool> stopped_{false}, reopens_{false}, located_{false};
  std::atomic<std::int64_t> answered_ms_{0};  ///< The last time that the store answered, on a steady clock.
};

}  // namespace wharf::blob
