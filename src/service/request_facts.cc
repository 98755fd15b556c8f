#include "service/request_facts.h"

#include "base/names.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace wharf::service {
namespace {

constexpr std::size_t kMostText = 1024;

/// Whether the value of a parameter of this name lets whoever reads it do something.
bool is_secret(std::string_view name) {
  const auto small = lower_ascii(http::percent_decode(name, true).value_or(std::string(name)));
  for (const auto* part : {"token", "secret", "password", "code", "key", "auth", "sig", "credential"}) {
    if (small.find(part) != std::string::npos) return true;
  }
  return false;
}

std::string cut(std::string_view text) { return std::string(text.substr(0, kMostText)); }

/// The target without secrets.
std::string redacted(const http::Request& request) {
  std::string url(request.path);
  char separator = '?';
  for (auto rest = request.query; !rest.empty();) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto parameter = rest.substr(0, end);
    const auto name = parameter.substr(0, parameter.find('='));
    url += separator;
    separator = '&';
    if (name.size() < parameter.size() && is_secret(name)) {
      url.append(name).append("=***");
    } else {
      url += parameter;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return cut(url);
}

}  // namespace

std::shared_ptr<const auth::RequestFacts> request_facts(const http::Request& request) {
  auth::RequestFacts facts;
  facts.url = redacted(request);
  facts.method = request.method;
  facts.user_agent = cut(request.header("User-Agent"));
  facts.id = request.id;
  facts.forwarded_for = cut(request.header("X-Forwarded-For"));
  return std::make_shared<const auth::RequestFacts>(std::move(facts));
}

}  // namespace wharf::service
