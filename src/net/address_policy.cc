#include "net/address_policy.h"

#include <algorithm>
#include <charconv>

#include "base/log.h"
#include "net/url.h"

namespace wharf::net {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

struct V4Block {
  std::uint32_t network;
  unsigned bits;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c = 0, unsigned d = 0) {
  return a << 24 | b << 16 | c << 8 | d;
}

// Source: IANA IPv4 Special-Purpose Address Registry, and class D and E.
constexpr V4Block kNotPublic[] = {
    {v4(0, 0), 8},              // this network
    {v4(10, 0), 8},             // private
    {v4(100, 64), 10},          // shared by a carrier's customers; a cloud's metadata
    {v4(127, 0), 8},            // loopback
    {v4(169, 254), 16},         // link-local; the clouds' metadata
    {v4(172, 16), 12},          // private
    {v4(192, 0, 0), 24},        // protocol assignments; a cloud's metadata
    {v4(192, 0, 2), 24},        // documentation
    {v4(192, 88, 99), 24},      // 6to4 relays
    {v4(192, 168), 16},         // private
    {v4(198, 18), 15},          // benchmarks
    {v4(198, 51, 100), 24},     // documentation
    {v4(203, 0, 113), 24},      // documentation
    {v4(224, 0), 4},            // multicast
    {v4(240, 0), 4},            // reserved, and broadcast
    {v4(168, 63, 129, 16), 32}  // a cloud's services for its machines: public by number only
};

bool in_block(std::uint32_t address, std::uint32_t network, unsigned bits) {
  return bits == 0 || (address ^ network) >> (32 - bits) == 0;
}

bool is_public(address_v4 it) {
  return std::none_of(std::begin(kNotPublic), std::end(kNotPublic),
                      [it](const V4Block& block) { return in_block(it.to_uint(), block.network, block.bits); });
}

bool has_prefix(const address_v6::bytes_type& bytes, std::initializer_list<unsigned> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

address_v4 v4_at(const address_v6::bytes_type& bytes, std::size_t at) {
  return address_v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
}

/// The IPv4 address that packets to `it` end at; nothing for what is IPv6 all the way.
std::optional<address_v4> embedded_v4(const address_v6& it) {
  const auto bytes = it.to_bytes();
  if (it.is_v4_mapped()) return v4_at(bytes, 12);
  if (has_prefix(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})) return v4_at(bytes, 12);           // compatible
  if (has_prefix(bytes, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) return v4_at(bytes, 12);  // NAT64, RFC 6052
  if (has_prefix(bytes, {0x20, 0x02})) return v4_at(bytes, 2);                                    // 6to4, RFC 3056
  // ISATAP, RFC 5214: any prefix, and an interface that names its IPv4 address.
  if ((bytes[8] | 0x02) == 0x02 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE) return v4_at(bytes, 12);
  return std::nullopt;
}

bool is_public(const address_v6& it) {
  const auto bytes = it.to_bytes();
  if (const auto inner = embedded_v4(it); inner && !is_public(*inner)) return false;
  if (it.is_v4_mapped() || has_prefix(bytes, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) return true;
  // Unicast is given out of 2000::/3 alone. Source: IANA IPv6 Special-Purpose Address Registry for what in it is not.
  if ((bytes[0] & 0xE0) != 0x20) return false;
  if (has_prefix(bytes, {0x20, 0x01}) && bytes[2] < 2) return false;            // 2001::/23: Teredo and others
  if (has_prefix(bytes, {0x20, 0x01, 0x0D, 0xB8})) return false;                // documentation
  if (has_prefix(bytes, {0x3F, 0xFF}) && (bytes[2] & 0xF0) == 0) return false;  // documentation
  return true;
}

address unmapped(const address& it) {
  if (it.is_v6() && it.to_v6().is_v4_mapped()) return v4_at(it.to_v6().to_bytes(), 12);
  return it;
}

bool is_below(std::string_view name, std::string_view parent) {
  return name == parent ||
         (name.size() > parent.size() && name.ends_with(parent) && name[name.size() - parent.size() - 1] == '.');
}

// Names that mean something else on every machine or network, and those under which clouds offer their metadata.
constexpr std::string_view kLocalDomains[] = {"localhost", "localdomain", "local", "internal", "home.arpa"};
constexpr std::string_view kLocalNames[] = {"ip6-localhost", "ip6-loopback", "broadcasthost"};
constexpr std::string_view kMetadataLabels[] = {"metadata", "instance-data"};

bool is_local_name(std::string_view name) {
  const auto is_it = [name](std::string_view other) { return name == other; };
  const auto below = [name](std::string_view domain) { return is_below(name, domain); };
  const auto first = name.substr(0, name.find('.'));
  return std::ranges::any_of(kLocalDomains, below) || std::ranges::any_of(kLocalNames, is_it) ||
         std::ranges::find(kMetadataLabels, first) != std::end(kMetadataLabels);
}

std::optional<address> as_address(std::string_view host) {
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(std::string(host), error);
  if (error) return std::nullopt;
  return parsed;
}

bool in_any(const std::vector<Cidr>& blocks, const address& it) {
  return std::ranges::any_of(blocks, [&it](const Cidr& block) { return block.contains(it); });
}

void sort_entries(const std::vector<std::string>& entries, std::string_view key, std::vector<std::string>& names,
                  std::vector<Cidr>& blocks) {
  for (const auto& entry : entries) {
    if (const auto block = Cidr::parse(entry)) {
      blocks.push_back(*block);
    } else if (auto name = detail::plain_host(entry)) {
      if (const auto spelled = Cidr::parse(*name)) {
        blocks.push_back(*spelled);
      } else {
        names.push_back(std::move(*name));
      }
    } else {
      log::warn("neither a host name nor a block of addresses: it counts for nothing",
                {{"key", key}, {"entry", entry}});
    }
  }
}

Error refusal(std::string_view why) { return {Errc::invalid_request, std::string(why)}; }

}  // namespace

bool is_public(const address& it) { return it.is_v4() ? is_public(it.to_v4()) : is_public(it.to_v6()); }

std::optional<Cidr> Cidr::parse(std::string_view text) {
  const auto slash = text.find('/');
  auto host = text.substr(0, slash);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host.find('%') != std::string_view::npos) return std::nullopt;
  const auto parsed = as_address(host);
  if (!parsed) return std::nullopt;
  Cidr block;
  block.network_ = *parsed;
  block.bits_ = parsed->is_v4() ? 32 : 128;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || bits > block.bits_) {
      return std::nullopt;
    }
    block.bits_ = bits;
  }
  if (parsed->is_v6() && block.bits_ >= 96) {
    if (const auto plain = unmapped(*parsed); plain.is_v4()) {
      block.network_ = plain;
      block.bits_ -= 96;
    }
  }
  return block;
}

bool Cidr::contains(const address& it) const {
  const auto plain = unmapped(it);
  if (plain.is_v4() != network_.is_v4()) return false;
  if (plain.is_v4()) return in_block(plain.to_v4().to_uint(), network_.to_v4().to_uint(), bits_);
  const auto a = plain.to_v6().to_bytes();
  const auto b = network_.to_v6().to_bytes();
  const std::size_t whole = bits_ / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
  const unsigned rest = bits_ % 8;
  return rest == 0 || (static_cast<unsigned>(a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

AddressPolicy::AddressPolicy(const Rules& rules) {
  sort_entries(rules.allowed, "SSRF_ALLOWED_HOSTS", allowed_names_, allowed_blocks_);
  sort_entries(rules.forbidden, "WEBHOOK_HOSTNAME_BLACKLIST", forbidden_names_, forbidden_blocks_);
}

bool AddressPolicy::name_allowed(std::string_view name) const {
  return std::ranges::find(allowed_names_, name) != allowed_names_.end();
}

bool AddressPolicy::name_forbidden(std::string_view name) const {
  return std::ranges::any_of(forbidden_names_, [name](const std::string& other) { return is_below(name, other); });
}

Result<Url> AddressPolicy::check_url(std::string_view url) const {
  auto parsed = parse_url(url);
  if (!parsed) return parsed.error();
  if (auto ok = check_host(parsed->host); !ok) return ok.error();
  return parsed;
}

Result<void> AddressPolicy::check_host(std::string_view host) const {
  const auto plain = detail::plain_host(host);
  if (!plain) return refusal("The host is not valid");
  if (name_forbidden(*plain)) return refusal("The host is one that must not be connected to");
  if (const auto literal = as_address(*plain)) {
    if (may_connect(*plain, *literal)) return {};
    return refusal("The host's address must not be connected to: it is not a public one");
  }
  if (is_local_name(*plain) && !name_allowed(*plain)) {
    return refusal("The host must not be connected to: it is the name of a local one");
  }
  return {};
}

bool AddressPolicy::may_connect(std::string_view host, const address& it) const {
  if (in_any(forbidden_blocks_, it)) return false;
  if (it.is_v6()) {
    if (const auto inner = embedded_v4(it.to_v6()); inner && in_any(forbidden_blocks_, address(*inner))) return false;
  }
  return name_allowed(host) || in_any(allowed_blocks_, it) || is_public(it);
}

}  // namespace wharf::net
