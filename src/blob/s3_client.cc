#include "blob/s3_client.h"

#include <openssl/evp.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <charconv>
#include <random>

#include "base/log.h"
#include "blob/s3_xml.h"
#include "blob/sha256.h"

namespace wharf::blob {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr int kMostAttempts = 8;
constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{3'000};
constexpr milliseconds kGiveUpAfter{10'000};
constexpr std::size_t kKeysADelete = 1000;

constexpr std::string_view kNoAnswer = "The object store does not answer";

constexpr std::size_t kLargestError = 64 * 1024;

std::int64_t steady_ms() { return std::chrono::duration_cast<milliseconds>(Clock::now().time_since_epoch()).count(); }

/// The code of an error; "" for a reply that is none, or has none.
/// Source: AWS, CompleteMultipartUpload: a reply of 200 may be an error, as its head is sent before the work is done.
std::string code_of(const S3Request& request, const net::HttpReply& reply) {
  const bool late = reply.status == 200 && request.method == "POST" && s3_is_error(reply.body);
  return reply.status >= 300 || late ? xml_text(reply.body, "Code") : std::string();
}

bool passes(int status, std::string_view code) {
  if (status == 429 || status == 500 || status == 502 || status == 503 || status == 504 || status == 408) return true;
  return code == "RequestTimeout" || code == "InternalError" || code == "InternalFailure" || code == "SlowDown" ||
         code == "ServiceUnavailable" || code == "OperationAborted";
}

bool are_over(std::string_view code) {
  return code == "ExpiredToken" || code == "TokenRefreshRequired" || code == "InvalidToken" ||
         code == "InvalidAccessKeyId";
}

/// "s3.REGION.amazonaws.com" where `host` is of that form or the one of all regions; else the host itself.
std::string host_in(const std::string& host, const std::string& region) {
  const auto domain = host.find(".amazonaws.com");
  if (!host.starts_with("s3.") || domain == std::string::npos || std::ranges::count(host.substr(0, domain), '.') > 1) {
    return host;
  }
  return "s3." + region + host.substr(domain);
}

bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

Error no_answer(std::string detail) { return {Errc::unavailable, std::string(kNoAnswer), std::move(detail)}; }

std::string sha256_of(const S3Body& body) {
  Sha256 hash;
  for (std::size_t i = 0; body && i < body->size(); ++i) hash.update(std::as_bytes(std::span((*body)[i])));
  return std::string(hash.digest().hex());
}

std::string md5_base64(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), raw.data(), &size, EVP_md5(), nullptr);
  std::array<unsigned char, 32> text{};
  const int length = EVP_EncodeBlock(text.data(), raw.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)};
}

}  // namespace

S3Body s3_body(std::string whole) {
  std::vector<std::string> pieces;
  pieces.push_back(std::move(whole));
  return std::make_shared<const std::vector<std::string>>(std::move(pieces));
}

std::string_view to_string(S3Call call) {
  constexpr std::array<std::string_view, kS3Calls> kNames{
      "get", "head", "put", "delete", "list", "begin_parts", "put_part", "end_parts", "abort_parts", "list_parts"};
  return kNames[static_cast<std::size_t>(call)];
}

S3Client::S3Client(S3Options options)
    : options_(std::move(options)),
      credentials_(options_.credentials, options_.metadata_url, "wharf", options_.link_lifetime),
      calls_(options_, options_.connections),
      parts_(options_, options_.connections),
      streams_(options_, 1024),
      site_{options_.host, options_.region} {}

S3Client::Way::Way(const S3Options& options, std::size_t connections)
    : client({.extra_ca_file = options.ca_file, .kept_connections = 64, .connections_per_host = connections}),
      connections(connections) {}

void S3Client::count_in(metrics::Registry& metrics) {
  for (std::size_t i = 0; i < kS3Calls; ++i) {
    counters_[i] = &metrics.counter("wharf_s3_requests_total", "Requests to the object store, repeated ones too.",
                                    {{"call", std::string(to_string(static_cast<S3Call>(i)))}});
  }
  retries_ = &metrics.counter("wharf_s3_retries_total", "Requests to the object store that were repeated.");
}

void S3Client::stop() {
  stopped_ = true;
  credentials_.stop();
  for (auto* way : {&calls_, &parts_, &streams_}) {
    way->connections.close();
    way->client.stop();
  }
}

void S3Client::count(S3Call call) {
  if (auto* counter = counters_[static_cast<std::size_t>(call)]) counter->add();
}

S3Client::Site S3Client::site() const {
  const std::lock_guard lock(mutex_);
  return site_;
}

/// Whether the store says that the bucket is elsewhere; then that is where it is from now on.
/// Source: AWS, "Making requests to a bucket in another Region": x-amz-bucket-region, and Region in the error.
bool S3Client::moves(const net::HttpReply& reply, const std::string& code) {
  if (reply.status != 301 && reply.status != 307 && reply.status != 400 && reply.status != 403) return false;
  std::string region(reply.header("x-amz-bucket-region"));
  if (region.empty() && reply.status != 403 && !code.empty()) region = xml_text(reply.body, "Region");
  if (!is_region(region)) return false;
  const std::lock_guard lock(mutex_);
  if (region == site_.region) return false;
  log::warn("the bucket is in another region than configured", {{"region", region}});
  site_ = {host_in(site_.host, region), region};
  return true;
}

std::string S3Client::host(const Site& site) const {
  return options_.path_style ? site.host : options_.bucket + '.' + site.host;
}

std::string S3Client::path_of(const S3Request& request) const {
  std::string path = options_.path_style ? "/" + s3_path(options_.bucket) : "";
  if (!request.on_bucket) {
    if (!options_.prefix.empty()) path += '/' + s3_path(options_.prefix);
    path += '/' + s3_path(request.key);
  }
  return path.empty() ? "/" : path;
}

awaitable<Result<net::HttpRequest>> S3Client::sign(const S3Request& request) {
  auto who = co_await credentials_.get();
  if (!who) co_return who.error();
  const auto where = site();
  S3Signable signable{.method = request.method,
                      .host = host(where),
                      .path = path_of(request),
                      .query = request.query,
                      .headers = request.headers,
                      .payload_sha256 = request.body_sha256.empty() ? sha256_of(request.body) : request.body_sha256};
  const S3Scope scope{where.region, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
  net::HttpRequest sent;
  sent.method = request.method;
  sent.url = options_.scheme + "://" + signable.host + signable.path;
  if (!request.query.empty()) sent.url += '?' + s3_query(request.query);
  sent.headers = request.headers;
  auto signature = sign_s3(signable, *who, scope);
  sent.headers.insert(sent.headers.end(), signature.begin(), signature.end());
  sent.shared_body = request.body;
  // Whatever is asked for, the answer may be an error.
  sent.largest_reply_bytes = std::max(request.largest_reply_bytes, kLargestError);
  const auto patience = request.patience.count() > 0 ? request.patience : options_.patience;
  sent.timeouts = {.connect = milliseconds(5'000),
                   .whole = milliseconds(0),
                   .stall = std::chrono::ceil<std::chrono::seconds>(patience)};
  co_return sent;
}

/// `retry_after` is the header's value: the store knows best, within reason.
awaitable<bool> S3Client::pause(int attempt, std::string retry_after) {
  thread_local std::minstd_rand random(std::random_device{}());
  auto longest = std::min(kLongestPause, kFirstPause * (1 << attempt));
  int seconds = 0;
  std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds);
  std::uniform_int_distribution<std::int64_t> spread(longest.count() / 2, longest.count());
  const milliseconds wait = std::max(milliseconds(spread(random)), milliseconds(std::min(seconds, 3) * 1000));
  if (retries_ != nullptr) retries_->add();
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, wait);
  co_await timer.async_wait(boost::asio::use_awaitable);
  co_return true;
}

/// One attempt. Of a stream a refusal's body is read all the same: it says why.
awaitable<Result<S3Opened>> S3Client::ask_once(Way& way, net::HttpRequest request, bool streamed) {
  S3Opened answer;
  if (!streamed) {
    auto reply = co_await way.client.fetch(std::move(request));
    if (!reply) co_return reply.error();
    answer.head = std::move(*reply);
    co_return answer;
  }
  auto exchange = co_await way.client.open(std::move(request));
  if (!exchange) co_return exchange.error();
  auto head = co_await (*exchange)->head();
  if (!head) co_return head.error();
  answer.head = std::move(*head);
  if (answer.head.status == 200 || answer.head.status == 206) {
    answer.body = std::move(*exchange);
    co_return answer;
  }
  std::string piece(kLargestError, '\0');
  while (answer.head.body.size() < kLargestError) {
    const auto count = co_await (*exchange)->read_some(std::as_writable_bytes(std::span(piece)));
    if (!count || *count == 0) break;
    answer.head.body.append(piece, 0, *count);
  }
  co_return answer;
}

awaitable<Result<Allowance::Share>> S3Client::turn(Allowance from, std::uint64_t amount) {
  auto answers = [this] { return steady_ms() - answered_ms_ < options_.turn.count(); };
  co_return co_await from.take(amount, options_.turn, std::move(answers));
}

awaitable<Result<S3Opened>> S3Client::ask(S3Request request, bool streamed) {
  const bool heavy = request.call == S3Call::put || request.call == S3Call::put_part;
  auto& way = streamed ? streams_ : heavy ? parts_ : calls_;
  auto connection = co_await turn(way.connections, 1);
  if (!connection) co_return no_answer("all connections wait for it");
  const auto begun = Clock::now();
  bool renewed = false, moved = false;
  for (int attempt = 0;; ++attempt) {
    auto sent = co_await sign(request);
    if (!sent) co_return sent.error();
    count(request.call);
    auto answer = co_await ask_once(way, std::move(*sent), streamed);
    if (answer) answered_ms_ = steady_ms();
    if (answer && !answer->head.header("X-Openstack-Request-Id").empty()) reopens_ = true;
    if (!answer && answer.error().code != Errc::downstream_issue) co_return answer.error();
    std::string code, retry_after;
    if (answer) {
      code = code_of(request, answer->head);
      retry_after = answer->head.header("Retry-After");
      // The role's credentials may have been renewed before their time.
      if (are_over(code) && !std::exchange(renewed, true)) {
        credentials_.forget();
        continue;
      }
      if (!moved && moves(answer->head, code)) {
        moved = true;
        continue;
      }
      if (!passes(answer->head.status, code)) {
        answer->connection = std::move(*connection);
        co_return std::move(*answer);
      }
    }
    const bool over = stopped_ || attempt + 1 >= kMostAttempts || Clock::now() - begun > kGiveUpAfter;
    if (over && answer) co_return failure(answer->head);
    if (over) co_return no_answer(answer.error().message + " " + answer.error().detail);
    co_await pause(attempt, std::move(retry_after));
  }
}

awaitable<Result<net::HttpReply>> S3Client::send(S3Request request) {
  auto answer = co_await ask(std::move(request), false);
  if (!answer) co_return answer.error();
  co_return std::move(answer->head);
}

awaitable<Result<S3Opened>> S3Client::open(S3Request request) { return ask(std::move(request), true); }

Error S3Client::failure(const net::HttpReply& reply) {
  const auto code = xml_text(reply.body, "Code");
  auto detail = std::to_string(reply.status) + ' ' + code + ' ' + xml_text(reply.body, "Message");
  if (code == "QuotaExceeded") return {Errc::insufficient_storage, "The object store is full", std::move(detail)};
  log::warn("the object store refuses a request", {{"detail", detail}});
  return {Errc::unavailable, "The object store cannot be used just now", std::move(detail)};
}

awaitable<Result<std::string>> S3Client::link(std::string key) {
  if (!options_.region_is_known && !located_.exchange(true)) {
    S3Request ask_where;
    ask_where.call = S3Call::head;
    ask_where.method = "HEAD";
    ask_where.on_bucket = true;
    const auto reply = co_await send(std::move(ask_where));
    if (!reply) located_ = false;
  }
  auto who = co_await credentials_.get();
  if (!who) co_return who.error();
  S3Request request;
  request.key = std::move(key);
  const auto where = site();
  S3Signable signable{.method = "GET", .host = host(where), .path = path_of(request)};
  const S3Scope scope{where.region, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
  const auto url = options_.scheme + "://" + signable.host + signable.path;
  co_return url + '?' + presign_s3(std::move(signable), *who, scope, credentials_.lifetime());
}

/// Source: AWS, ListObjectsV2.
awaitable<Result<S3Page>> S3Client::list(std::string prefix, std::string after, std::size_t limit, std::string next) {
  const auto base = options_.prefix.empty() ? std::string() : options_.prefix + '/';
  S3Request request;
  request.call = S3Call::list;
  request.on_bucket = true;
  request.query = {{"list-type", "2"},
                   {"prefix", base + prefix},
                   {"max-keys", std::to_string(std::min<std::size_t>(limit, kKeysADelete))}};
  if (!after.empty()) request.query.emplace_back("start-after", base + after);
  if (!next.empty()) request.query.emplace_back("continuation-token", next);
  auto reply = co_await send(std::move(request));
  if (!reply) co_return reply.error();
  if (reply->status != 200) co_return failure(*reply);
  S3Page page;
  for (const auto element : xml_elements(reply->body, "Contents")) {
    auto key = xml_text(element, "Key");
    if (!key.starts_with(base)) continue;
    S3Object object{.key = key.substr(base.size())};
    const auto size = xml_text(element, "Size");
    std::from_chars(size.data(), size.data() + size.size(), object.size_bytes);
    object.modified_ms = parse_rfc3339(xml_text(element, "LastModified")).value_or(0);
    page.objects.push_back(std::move(object));
  }
  if (xml_text(reply->body, "IsTruncated") == "true") {
    page.next = xml_text(reply->body, "NextContinuationToken");
    if (page.next.empty() || page.next == next) {
      co_return Error{Errc::unavailable, "The object store's reply is not valid", "a listing does not go on"};
    }
  }
  co_return page;
}

/// Source: AWS, DeleteObjects.
awaitable<Result<std::vector<std::string>>> S3Client::remove(std::vector<std::string> keys) {
  if (keys.empty()) co_return std::vector<std::string>{};
  const auto base = options_.prefix.empty() ? std::string() : options_.prefix + '/';
  std::string body = "<Delete><Quiet>true</Quiet>";
  for (const auto& key : keys) body += "<Object><Key>" + xml_escape(base + key) + "</Key></Object>";
  body += "</Delete>";
  S3Request request;
  request.call = S3Call::remove;
  request.method = "POST";
  request.on_bucket = true;
  request.query = {{"delete", ""}};
  request.headers = {{"content-md5", md5_base64(body)}};
  request.body = s3_body(std::move(body));
  auto reply = co_await send(std::move(request));
  if (!reply) co_return reply.error();
  if (reply->status != 200 || s3_is_error(reply->body)) co_return failure(*reply);
  std::vector<std::string> left;
  for (const auto element : xml_elements(reply->body, "Error")) {
    const auto key = xml_text(element, "Key");
    if (xml_text(element, "Code") != "NoSuchKey" && key.starts_with(base)) left.push_back(key.substr(base.size()));
  }
  co_return left;
}

}  // namespace wharf::blob
