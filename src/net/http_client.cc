#include "net/http_client.h"

#include <algorithm>
#include <array>

#include "net/engine.h"
#include "net/transfer.h"
#include "net/url.h"

namespace wharf::net {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

Error bad(std::string_view why) { return {Errc::invalid_request, std::string(why)}; }
Error stopped() { return {Errc::unavailable, "The server is stopping"}; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

/// Source: RFC 9110 section 5.6.2, "token".
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [kMarks](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || kMarks.find(c) != std::string_view::npos;
  });
}

bool is_header_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7F; });
}

const std::string* find(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return &value;
  }
  return nullptr;
}

void remove(Headers& headers, std::initializer_list<std::string_view> names) {
  std::erase_if(headers, [names](const auto& header) {
    return std::ranges::any_of(names, [&header](std::string_view name) { return same_name(header.first, name); });
  });
}

Result<void> check(const HttpRequest& request) {
  if (!is_token(request.method)) return bad("The request's method is not valid");
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || !is_header_value(value)) return bad("A header of the request is not valid");
    for (const auto* ours : {"Content-Length", "Transfer-Encoding", "Host", "Connection"}) {
      if (same_name(name, ours)) return bad("A header of the request is not the caller's to set");
    }
  }
  const int bodies = int{request.streamed_body} + int{!request.body.empty()} + int{request.shared_body != nullptr};
  if (bodies > 1) return bad("The request has two bodies");
  return {};
}

/// What the server gets: method, headers, body.
void set_message(detail::Transfer& transfer, const HttpRequest& request) {
  CURL* const easy = transfer.easy();
  const bool bodiless = request.method == "GET" || request.method == "DELETE" || request.method == "OPTIONS";
  if (request.streamed_body) {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    const auto length =
        request.streamed_body_bytes ? static_cast<curl_off_t>(*request.streamed_body_bytes) : curl_off_t{-1};
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, length);
  } else if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (transfer.body_bytes() > 0 || !bodiless) {
    // The bytes come by Transfer::on_read.
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.body_bytes()));
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  for (const auto& [name, value] : request.headers) transfer.add_line(value.empty() ? name + ";" : name + ": " + value);
  // What curl would add of its own: a form's content type, and a wait for 100 that many servers never send.
  for (const auto* name : {"Content-Type", "Expect"}) {
    if (find(request.headers, name) == nullptr) transfer.add_line(std::string(name) + ":");
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.lines());
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

std::string_view HttpReply::header(std::string_view name) const {
  const auto* value = find(headers, name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

HttpExchange::~HttpExchange() { transfer_->abandon(); }

awaitable<Result<bool>> HttpExchange::write(std::string piece) {
  co_return co_await transfer_->write(std::move(piece));
}

awaitable<Result<HttpReply>> HttpExchange::head() { co_return co_await transfer_->head(); }

awaitable<Result<std::size_t>> HttpExchange::read_some(std::span<std::byte> buffer) {
  co_return co_await transfer_->read_some(buffer);
}

HttpClient::HttpClient(HttpClientOptions options)
    : options_(std::move(options)),
      engine_(std::make_shared<detail::Engine>(
          detail::Engine::Options{.kept_connections = static_cast<long>(options_.kept_connections),
                                  .connections_per_host = static_cast<long>(options_.connections_per_host)})) {}

HttpClient::~HttpClient() { stop(); }

void HttpClient::stop() { engine_->stop(); }

Result<std::shared_ptr<detail::Transfer>> HttpClient::prepare(const HttpRequest& request, bool collected) const {
  if (auto ok = check(request); !ok) return ok.error();
  const auto url = options_.policy ? options_.policy->check_url(request.url) : parse_url(request.url);
  if (!url) return url.error();

  detail::Transfer::Options options;
  options.policy = options_.policy;
  options.host = url->host;
  options.extra_ca_file = options_.extra_ca_file;
  if (collected) options.collected = request.largest_reply_bytes;
  options.streamed = request.streamed_body;
  options.streamed_bytes = request.streamed_body_bytes;
  options.body = request.body;
  options.shared_body = request.shared_body;
  auto transfer = std::make_shared<detail::Transfer>(engine_, std::move(options));

  CURL* const easy = transfer->easy();
  curl_easy_setopt(easy, CURLOPT_URL, to_string(*url).c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_USERAGENT, (options_.user_agent + "/" WHARF_VERSION).c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.timeouts.connect.count()));
  if (collected) curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeouts.whole.count()));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.timeouts.stall.count()));
  set_message(*transfer, request);
  transfer->set_resolve(options_.resolve);
  return transfer;
}

Result<bool> HttpClient::follow(HttpRequest& request, const HttpReply& reply) const {
  const auto location = reply.header("Location");
  if (request.redirects <= 0 || request.streamed_body || !is_redirect(reply.status) || location.empty()) return false;
  const auto from = parse_url(request.url);
  if (!from) return from.error();
  const auto target = detail::resolve_reference(to_string(*from), std::string(location));
  const auto to = target ? parse_url(*target) : Result<Url>(bad(""));
  if (!to || (from->scheme == "https" && to->scheme == "http")) {
    return Error{Errc::downstream_issue, "The server redirects to where it must not"};
  }
  if (to->scheme != from->scheme || to->host != from->host || to->port != from->port) {
    remove(request.headers, {"Authorization", "Cookie", "Proxy-Authorization"});
  }
  // Source: RFC 9110 sections 15.4.2 to 15.4.4: what was posted is not posted again, but for 307 and 308.
  const bool other = (reply.status == 303 && request.method != "HEAD") ||
                     ((reply.status == 301 || reply.status == 302) && request.method == "POST");
  if (other) {
    request.method = "GET";
    request.body.clear();
    request.shared_body.reset();
    remove(request.headers, {"Content-Type"});
  }
  request.url = *target;
  --request.redirects;
  return true;
}

awaitable<Result<HttpReply>> HttpClient::fetch(HttpRequest request) {
  if (request.streamed_body) co_return bad("A streamed body needs an exchange");
  const bool limited = request.timeouts.whole.count() > 0;
  const auto end = Clock::now() + request.timeouts.whole;
  while (true) {
    auto transfer = prepare(request, true);
    if (!transfer) co_return transfer.error();
    const bool begun = co_await (*transfer)->begin();
    if (!begun) co_return stopped();
    auto reply = co_await (*transfer)->finish();
    if (!reply) co_return reply;
    const auto again = follow(request, *reply);
    if (!again) co_return again.error();
    if (!*again) co_return reply;
    if (!limited) continue;
    request.timeouts.whole = std::chrono::duration_cast<milliseconds>(end - Clock::now());
    if (request.timeouts.whole.count() <= 0) {
      co_return Error{Errc::downstream_issue, "The server did not answer in time"};
    }
  }
}

awaitable<Result<std::unique_ptr<HttpExchange>>> HttpClient::open(HttpRequest request) {
  while (true) {
    auto transfer = prepare(request, false);
    if (!transfer) co_return transfer.error();
    auto exchange = std::make_unique<HttpExchange>(*transfer);
    const bool begun = co_await (*transfer)->begin();
    if (!begun) co_return stopped();
    if (request.streamed_body) co_return exchange;
    auto head = co_await exchange->head();
    if (!head) co_return head.error();
    const auto again = follow(request, *head);
    if (!again) co_return again.error();
    if (!*again) co_return exchange;
  }
}

}  // namespace wharf::net
