#include "blob/s3_client.h"

#include <openssl/evp.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <charconv>
#include <random>

#include "base/log.h"
#include "blob/s3_xml.h"

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

bool passes(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504 || status == 408;
}

Error no_answer(std::string detail) { return {Errc::unavailable, std::string(kNoAnswer), std::move(detail)}; }

std::string md5_base64(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), raw.data(), &size, EVP_md5(), nullptr);
  std::array<unsigned char, 32> text{};
  const int length = EVP_EncodeBlock(text.data(), raw.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)};
}

net::HttpClientOptions client_options(const S3Options& options, std::size_t connections) {
  return {.extra_ca_file = options.ca_file, .kept_connections = 64, .connections_per_host = connections};
}

}  // namespace

std::string_view to_string(S3Call call) {
  constexpr std::array<std::string_view, kS3Calls> kNames{
      "get", "head", "put", "delete", "list", "begin_parts", "put_part", "end_parts", "abort_parts", "list_parts"};
  return kNames[static_cast<std::size_t>(call)];
}

S3Client::S3Client(S3Options options)
    : options_(std::move(options)),
      credentials_(options_.credentials, options_.metadata_url, "wharf"),
      calls_(client_options(options_, 64)),
      streams_(client_options(options_, 1024)) {}

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
  calls_.stop();
  streams_.stop();
}

void S3Client::count(S3Call call) {
  if (auto* counter = counters_[static_cast<std::size_t>(call)]) counter->add();
}

std::string S3Client::host() const {
  return options_.path_style ? options_.host : options_.bucket + '.' + options_.host;
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
  const std::string_view body = request.body ? std::string_view(*request.body) : std::string_view();
  S3Signable signable{.method = request.method,
                      .host = host(),
                      .path = path_of(request),
                      .query = request.query,
                      .headers = request.headers,
                      .payload_sha256 = request.body_sha256.empty() ? sha256_hex(body) : request.body_sha256};
  const S3Scope scope{options_.region, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
  net::HttpRequest sent;
  sent.method = request.method;
  sent.url = options_.scheme + "://" + signable.host + signable.path;
  if (!request.query.empty()) sent.url += '?' + s3_query(request.query);
  sent.headers = request.headers;
  auto signature = sign_s3(signable, *who, scope);
  sent.headers.insert(sent.headers.end(), signature.begin(), signature.end());
  sent.shared_body = request.body;
  sent.largest_reply_bytes = request.largest_reply_bytes;
  sent.timeouts = {.connect = milliseconds(5'000), .whole = milliseconds(0), .stall = request.patience};
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

awaitable<Result<net::HttpReply>> S3Client::send(S3Request request) {
  const auto begun = Clock::now();
  for (int attempt = 0;; ++attempt) {
    auto sent = co_await sign(request);
    if (!sent) co_return sent.error();
    count(request.call);
    auto reply = co_await calls_.fetch(std::move(*sent));
    if (!reply && reply.error().code != Errc::downstream_issue) co_return reply;
    if (reply && (reply->status == 400 || reply->status == 403) && attempt == 0) {
      // The role's credentials may have been renewed before their time.
      const auto code = xml_text(reply->body, "Code");
      if (code == "ExpiredToken" || code == "InvalidToken" || code == "InvalidAccessKeyId") {
        credentials_.forget();
        continue;
      }
    }
    if (reply && !passes(reply->status)) co_return reply;
    const bool over = stopped_ || attempt + 1 >= kMostAttempts || Clock::now() - begun > kGiveUpAfter;
    if (over && reply) co_return failure(*reply);
    if (over) co_return no_answer(reply.error().message + " " + reply.error().detail);
    std::string retry_after(reply ? reply->header("Retry-After") : std::string_view());
    co_await pause(attempt, std::move(retry_after));
  }
}

awaitable<Result<std::unique_ptr<net::HttpExchange>>> S3Client::open(S3Request request) {
  const auto begun = Clock::now();
  for (int attempt = 0;; ++attempt) {
    auto sent = co_await sign(request);
    if (!sent) co_return sent.error();
    count(request.call);
    auto exchange = co_await streams_.open(std::move(*sent));
    if (!exchange && exchange.error().code != Errc::downstream_issue) co_return exchange;
    Result<net::HttpReply> head = net::HttpReply{};
    if (exchange) {
      head = co_await (*exchange)->head();
      if (head && !passes(head->status)) co_return exchange;
    }
    const bool over = stopped_ || attempt + 1 >= kMostAttempts || Clock::now() - begun > kGiveUpAfter;
    if (over && exchange && head) co_return failure(*head);
    if (over) co_return no_answer(exchange ? head.error().message : exchange.error().message);
    co_await pause(attempt, {});
  }
}

Error S3Client::failure(const net::HttpReply& reply) {
  const auto code = xml_text(reply.body, "Code");
  auto detail = std::to_string(reply.status) + ' ' + code + ' ' + xml_text(reply.body, "Message");
  if (code == "QuotaExceeded") return {Errc::insufficient_storage, "The object store is full", std::move(detail)};
  log::warn("the object store refuses a request", {{"detail", detail}});
  return {Errc::unavailable, "The object store cannot be used just now", std::move(detail)};
}

awaitable<Result<std::string>> S3Client::link(std::string key) {
  auto who = co_await credentials_.get();
  if (!who) co_return who.error();
  S3Request request;
  request.key = std::move(key);
  S3Signable signable{.method = "GET", .host = host(), .path = path_of(request)};
  const S3Scope scope{options_.region, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
  const auto where = options_.scheme + "://" + signable.host + signable.path;
  co_return where + '?' + presign_s3(std::move(signable), *who, scope, options_.link_lifetime);
}

/// Source: AWS, ListObjectsV2.
awaitable<Result<std::vector<S3Object>>> S3Client::list(std::string prefix, std::string after, std::size_t limit) {
  const auto base = options_.prefix.empty() ? std::string() : options_.prefix + '/';
  S3Request request;
  request.call = S3Call::list;
  request.on_bucket = true;
  request.query = {{"list-type", "2"},
                   {"prefix", base + prefix},
                   {"max-keys", std::to_string(std::min<std::size_t>(limit, kKeysADelete))}};
  if (!after.empty()) request.query.emplace_back("start-after", base + after);
  auto reply = co_await send(std::move(request));
  if (!reply) co_return reply.error();
  if (reply->status != 200) co_return failure(*reply);
  std::vector<S3Object> objects;
  for (const auto element : xml_elements(reply->body, "Contents")) {
    auto key = xml_text(element, "Key");
    if (!key.starts_with(base)) continue;
    S3Object object{.key = key.substr(base.size())};
    const auto size = xml_text(element, "Size");
    std::from_chars(size.data(), size.data() + size.size(), object.size_bytes);
    object.modified_ms = parse_rfc3339(xml_text(element, "LastModified")).value_or(0);
    objects.push_back(std::move(object));
  }
  co_return objects;
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
  request.body = std::make_shared<const std::string>(std::move(body));
  auto reply = co_await send(std::move(request));
  if (!reply) co_return reply.error();
  if (reply->status != 200) co_return failure(*reply);
  std::vector<std::string> left;
  for (const auto element : xml_elements(reply->body, "Error")) {
    const auto key = xml_text(element, "Key");
    if (xml_text(element, "Code") != "NoSuchKey" && key.starts_with(base)) left.push_back(key.substr(base.size()));
  }
  co_return left;
}

}  // namespace wharf::blob
