#pragma once
#include <memory>

#include "net/address_policy.h"
#include "service/settings.h"

namespace wharf::service {

/// Where users may have the server connect to: what is public, less WEBHOOK_HOSTNAME_BLACKLIST, and SSRF_ALLOWED_HOSTS.
inline std::shared_ptr<const net::AddressPolicy> outside_policy(const Settings& settings) {
  return std::make_shared<const net::AddressPolicy>(net::AddressPolicy::Rules{
      .allowed = settings.ssrf_allowed_hosts, .forbidden = settings.webhook_hostname_blacklist});
}

}  // namespace wharf::service
