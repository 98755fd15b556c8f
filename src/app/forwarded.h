#pragma once
#include <string>
#include <vector>

#include "http/message.h"
#include "net/address_policy.h"

namespace wharf::app {

/// What proxies that the configuration trusts tell of the client: X-Forwarded-For, X-Forwarded-Proto and
/// X-Forwarded-Host. From everybody else they are just headers.
class ForwardedHeaders {
 public:
  /// Addresses and CIDRs; entries that are neither count for nothing and are named in the log.
  explicit ForwardedHeaders(const std::vector<std::string>& trusted);

  /// Puts the client's address, scheme and host in the place of the proxy's. The address is the last one of the chain
  /// that is no trusted proxy: what stands before it is the client's own invention.
  void apply(http::Request& request) const;

 private:
  bool trusted(std::string_view address) const;

  std::vector<net::Cidr> trusted_;
};

}  // namespace wharf::app
