#include "blob/s3_credentials.h"

#include <boost/json.hpp>
#include <cstdlib>

#include "base/clock.h"

namespace wharf::blob {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::minutes kRenewBefore{5};
// Without a time of expiry, or with one that is over, they are asked for again soon, and not at once.
constexpr std::chrono::minutes kLeastLife{1};

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

S3CredentialSource::S3CredentialSource(S3Credentials configured, std::string metadata_url, std::string user_agent)
    : metadata_url_(std::move(metadata_url)), client_(net::HttpClientOptions{.user_agent = std::move(user_agent)}) {
  if (configured.access_key.empty()) {
    configured = {variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), variable("AWS_SESSION_TOKEN")};
  }
  fixed_ = !configured.access_key.empty();
  current_ = std::move(configured);
}

awaitable<Result<S3Credentials>> S3CredentialSource::get() {
  {
    const std::lock_guard lock(mutex_);
    if (fixed_ || (!current_.access_key.empty() && system_clock::now() < renew_at_)) co_return current_;
  }
  co_return co_await from_instance();
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
  auto renew_at = system_clock::now() + kLeastLife;
  if (const auto expiry = parse_rfc3339(text_of(object, "Expiration"))) {
    renew_at = std::max(renew_at, system_clock::time_point(std::chrono::milliseconds(*expiry)) - kRenewBefore);
  }
  const std::lock_guard lock(mutex_);
  current_ = found;
  renew_at_ = renew_at;
  co_return found;
}

}  // namespace wharf::blob
