#include "app/forwarded.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "base/log.h"

namespace wharf::app {
namespace {

constexpr std::size_t kLongestHost = 255;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::string_view last_of(std::string_view list) {
  const auto comma = list.rfind(',');
  return trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
}

/// "192.0.2.7", "192.0.2.7:4711", "2001:db8::1", "[2001:db8::1]:4711".
std::optional<boost::asio::ip::address> address_in(std::string_view text) {
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') == std::string_view::npos ? 0 : text.find(']') - 1);
  } else if (std::ranges::count(text, ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  boost::system::error_code failed;
  auto address = boost::asio::ip::make_address(std::string(text), failed);
  if (failed) return std::nullopt;
  return address;
}

/// A name or an address with or without a port, of the letters that addresses are made of.
bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= kLongestHost && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-:[]_").find(c) != std::string_view::npos;
  });
}

}  // namespace

ForwardedHeaders::ForwardedHeaders(const std::vector<std::string>& trusted) {
  for (const auto& text : trusted) {
    if (auto block = net::Cidr::parse(text)) {
      trusted_.push_back(*block);
    } else {
      log::warn("TRUSTED_PROXY_CIDR names no address or network", {{"entry", text}});
    }
  }
}

bool ForwardedHeaders::trusted(std::string_view address) const {
  const auto parsed = address_in(address);
  return parsed && std::ranges::any_of(trusted_, [&](const auto& block) { return block.contains(*parsed); });
}

void ForwardedHeaders::apply(http::Request& request) const {
  if (trusted_.empty() || !trusted(request.peer)) return;
  const auto scheme = last_of(request.header("X-Forwarded-Proto"));
  if (scheme == "https" || scheme == "http") request.secure = scheme == "https";
  const auto host = last_of(request.header("X-Forwarded-Host"));
  if (is_host(host)) request.host = host;
  const auto chains = request.header_values("X-Forwarded-For");
  bool found = false;
  for (auto chain = chains.rbegin(); chain != chains.rend() && !found; ++chain) {
    for (auto rest = *chain; !rest.empty() && !found;) {
      const auto comma = rest.rfind(',');
      const auto address = address_in(last_of(rest));
      if (!address) return;  // nobody knows who that was: the last one that is known stays
      request.peer = address->to_string();
      found = !trusted(request.peer);
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
    }
  }
}

}  // namespace wharf::app
