#include "blob/s3_credentials.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>

#include "base/clock.h"
#include "base/log.h"

namespace wharf::blob {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::minutes kRenewBefore{5};
constexpr std::chrono::seconds kPatience{20};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

Error no_credentials(std::string detail) {
  return {Errc::unavailable, "The object store cannot be used just now", "no credentials: " + std::move(detail)};
}

std::string text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

S3CredentialSource::S3CredentialSource(S3Credentials configured, std::string metadata_url, std::string user_agent,
                                       std::chrono::seconds promised, std::chrono::seconds pause)
    : metadata_url_(std::move(metadata_url)),
      promised_(promised),
      pause_(pause),
      client_(net::HttpClientOptions{.user_agent = std::move(user_agent)}) {
  if (configured.access_key.empty()) {
    configured = {variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), variable("AWS_SESSION_TOKEN")};
  }
  fixed_ = !configured.access_key.empty();
  current_ = std::move(configured);
}

awaitable<Result<S3Credentials>> S3CredentialSource::get() {
  const auto begun = system_clock::now();
  std::optional<S3Credentials> good;
  {
    const std::lock_guard lock(mutex_);
    if (fixed_ || (is_good(begun) && begun < renew_at_)) co_return current_;
    if (is_good(begun)) good = current_;
  }
  // One asks. The others go on with what they have, or wait for it.
  Result<Allowance::Share> turn = Allowance::Share();
  if (auto mine = asking_.try_take(1)) {
    turn = std::move(*mine);
  } else if (good) {
    co_return *good;
  } else {
    turn = co_await asking_.take(1, kPatience);
    if (!turn) co_return no_credentials(turn.error().detail);
    const std::lock_guard lock(mutex_);
    if (is_good(system_clock::now()) && system_clock::now() < renew_at_) co_return current_;
    if (failure_ && failed_at_ >= begun) co_return *failure_;
  }
  auto found = co_await from_instance();
  const std::lock_guard lock(mutex_);
  if (found) co_return found;
  failed_at_ = system_clock::now();
  failure_ = found.error();
  if (!is_good(failed_at_)) co_return found;
  log::warn("the role's credentials cannot be renewed yet", {{"detail", found.error().detail}});
  renew_at_ = failed_at_ + pause_;
  co_return current_;
}

std::chrono::seconds S3CredentialSource::lifetime() const {
  const std::lock_guard lock(mutex_);
  if (fixed_) return promised_;
  const auto left = std::chrono::floor<std::chrono::seconds>(expires_at_ - system_clock::now());
  return std::max(std::chrono::seconds(1), std::min(left, promised_));
}

void S3CredentialSource::stop() {
  asking_.close();
  client_.stop();
}

void S3CredentialSource::forget() {
  const std::lock_guard lock(mutex_);
  if (!fixed_) current_ = {};
}

awaitable<Result<std::string>> S3CredentialSource::ask(std::string method, std::string path, net::Headers headers) {
  net::HttpRequest request;
  request.method = std::move(method);
  request.url = metadata_url_ + path;
  request.headers = std::move(headers);
  request.timeouts = {.connect = std::chrono::seconds(2), .whole = std::chrono::seconds(5)};
  auto reply = co_await client_.fetch(std::move(request));
  if (!reply) co_return no_credentials(reply.error().message);
  if (reply->status != 200) co_return no_credentials("the metadata service answers " + std::to_string(reply->status));
  co_return std::move(reply->body);
}

/// Source: AWS, "Use IMDSv2" and "Retrieve security credentials from instance metadata".
awaitable<Result<S3Credentials>> S3CredentialSource::from_instance() {
  const std::string roles = "/latest/meta-data/iam/security-credentials/";
  net::Headers lifetime{{"X-aws-ec2-metadata-token-ttl-seconds", "300"}};
  auto token = co_await ask("PUT", "/latest/api/token", std::move(lifetime));
  if (!token) co_return token.error();
  const net::Headers proof{{"X-aws-ec2-metadata-token", *token}};
  auto role = co_await ask("GET", roles, proof);
  if (!role) co_return role.error();
  const auto name = role->substr(0, role->find_first_of("\r\n"));
  auto text = co_await ask("GET", roles + name, proof);
  if (!text) co_return text.error();
  boost::system::error_code bad;
  const auto parsed = boost::json::parse(*text, bad);
  if (bad || !parsed.is_object()) co_return no_credentials("the metadata service's answer is not valid");
  const auto& object = parsed.get_object();
  S3Credentials found{text_of(object, "AccessKeyId"), text_of(object, "SecretAccessKey"), text_of(object, "Token")};
  if (found.access_key.empty()) co_return no_credentials("the instance has no role");
  // Without a time of expiry, or with one that is near or over, they are asked for again soon, and not at once.
  auto renew_at = system_clock::now() + pause_;
  auto expires_at = Time::max();
  if (const auto expiry = parse_rfc3339(text_of(object, "Expiration"))) {
    expires_at = Time(std::chrono::milliseconds(*expiry));
    renew_at = std::max(renew_at, expires_at - promised_ - kRenewBefore);
  }
  const std::lock_guard lock(mutex_);
  current_ = found;
  renew_at_ = renew_at;
  expires_at_ = expires_at;
  co_return found;
}

}  // namespace wharf::blob
