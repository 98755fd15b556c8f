#pragma once
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace wharf::net {

/// A URL that may be asked for, taken apart by the parser that connects later, so that both mean the same host.
struct Url {
  std::string scheme;      ///< "http" or "https".
  std::string host;        ///< Lower case, no brackets, no final dot; an IPv4 address in its usual spelling.
  std::uint16_t port = 0;  ///< The scheme's own when the URL names none.
  std::string path;        ///< "/" at least; with the query, without the fragment.
};

/// Takes a URL apart. Errors: invalid_request when it is none, has another scheme than http and https, carries a user
/// or a password, or names its host in other letters than ASCII's.
Result<Url> parse_url(std::string_view text);

/// The URL again, in its normal form.
std::string to_string(const Url& url);

/// A block of addresses.
class Cidr {
 public:
  /// "10.0.0.0/8", "fd00::/8", "192.0.2.7", "[2001:db8::1]"; nothing when it is neither. Bits after the prefix are
  /// ignored, and an IPv4-mapped block ("::ffff:10.0.0.0/104") is the IPv4 one.
  static std::optional<Cidr> parse(std::string_view text);
  bool contains(const boost::asio::ip::address& address) const;

 private:
  boost::asio::ip::address network_;
  unsigned bits_ = 0;
};

/// An IPv4 address in every spelling that C libraries take: "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1".
/// Source: POSIX inet_addr.
std::optional<boost::asio::ip::address_v4> parse_any_ipv4(std::string_view text);

/// What the outside world cannot reach: loopback, private, link-local (with the clouds' metadata), unique-local,
/// shared (CGNAT), multicast, unspecified, reserved and documentation addresses, and IPv6 addresses that carry such an
/// IPv4 one (mapped, compatible, NAT64, 6to4) or tunnel to one (Teredo, ISATAP). Source: IANA's special-purpose address
/// registries.
bool is_public(const boost::asio::ip::address& address);

/// Which hosts connections that strangers ask for (webhooks, call-backs, mirrors) may go to: the public ones, less
/// what is forbidden, and more what is allowed.
///
/// The name is checked before anything is sent (check_url) and the address at the moment of connecting (may_connect),
/// so that a name whose address changes in between gains nothing. Immutable, so safe from any thread.
class AddressPolicy {
 public:
  struct Rules {
    /// SSRF_ALLOWED_HOSTS: host names (that name alone), addresses and CIDRs that may be reached though not public.
    std::vector<std::string> allowed;
    /// WEBHOOK_HOSTNAME_BLACKLIST: host names (with all below them), addresses and CIDRs that may not, allowed or not.
    std::vector<std::string> forbidden;
  };

  /// Entries that are neither a host name nor a CIDR count for nothing and are named in the log.
  explicit AddressPolicy(const Rules& rules);
  AddressPolicy() : AddressPolicy(Rules{}) {}

  /// parse_url, and then check_host. The messages are for whoever typed the URL.
  Result<Url> check_url(std::string_view url) const;
  /// Whether `host` (a name, or an address in any spelling, brackets allowed) may be asked for at all: not a local or
  /// metadata name, not a forbidden one, not an address that may not be reached. Errors: invalid_request.
  Result<void> check_host(std::string_view host) const;
  /// Whether a connection for `host` may go to `address`.
  bool may_connect(std::string_view host, const boost::asio::ip::address& address) const;

 private:
  bool name_allowed(std::string_view name) const;
  bool name_forbidden(std::string_view name) const;

  std::vector<std::string> allowed_names_, forbidden_names_;
  std::vector<Cidr> allowed_blocks_, forbidden_blocks_;
};

}  // namespace wharf::net
