// URLs, hosts and blocks of addresses as strangers type them. Checks what the code promises.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/address_policy.h"
#include "net/url.h"

namespace {

using namespace wharf::net;

void require(bool holds) {
  if (!holds) std::abort();
}

void try_url(std::string_view text) {
  static const AddressPolicy policy({.allowed = {"10.1.0.0/16", "hooks.internal"}, .forbidden = {"evil.example"}});
  const auto url = parse_url(text);
  const auto checked = policy.check_url(text);
  if (!url) {
    require(!checked && !url.error().message.empty());
    return;
  }
  require(url->scheme == "http" || url->scheme == "https");
  require(!url->host.empty() && url->port != 0 && url->path.starts_with('/'));
  require(url->host.find_first_of("@/\\?#[]% \r\n") == std::string::npos);
  // What is handed to the connection means the same again.
  const auto again = parse_url(to_string(*url));
  require(again && again->scheme == url->scheme && again->host == url->host && again->port == url->port &&
          again->path == url->path);
  if (!checked) return;
  require(checked->host == url->host);
  boost::system::error_code no_address;
  const auto address = boost::asio::ip::make_address(url->host, no_address);
  if (!no_address) require(policy.may_connect(url->host, address));
}

void try_block(std::string_view text) {
  const auto block = Cidr::parse(text);
  if (!block) return;
  // A block has the address that it is written with.
  auto host = std::string(text.substr(0, text.find('/')));
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  const auto address = boost::asio::ip::make_address(host);
  // A mapped address is an IPv4 one; a block of IPv6 that is wider than all of those has none of them.
  const bool mapped = address.is_v6() && address.to_v6().is_v4_mapped();
  require(block->contains(address) || (mapped && text.find('/') != std::string_view::npos));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_url(text);
  try_url("http://" + std::string(text));
  try_block(text);
  if (const auto host = detail::plain_host(text)) require(detail::plain_host(*host) == host);
  if (const auto to = detail::resolve_reference("https://example.com/a/b?c", std::string(text))) require(!to->empty());
  return 0;
}
