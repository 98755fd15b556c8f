#include <curl/curl.h>

#include <charconv>

#include "base/freer.h"
#include "net/address_policy.h"
#include "net/url.h"

namespace wharf::net {
namespace {

using boost::asio::ip::address_v4;

constexpr std::size_t kLongestUrl = 8192;
constexpr std::size_t kLongestHost = 253;
constexpr std::size_t kLongestLabel = 63;

Error no_url(std::string_view why) { return {Errc::invalid_request, "The URL is not valid: " + std::string(why)}; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The part `what` of a parsed URL; "" when it has none.
std::string part_of(CURLU* url, CURLUPart what, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, what, &text, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, Freer<curl_free>> owned(text);
  return text;
}

bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > kLongestHost) return false;
  std::size_t label = 0;
  for (const char c : text) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
    } else if ((c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_') {
      if (++label > kLongestLabel) return false;
    } else {
      return false;
    }
  }
  return label > 0;
}

/// Whether a host that ends so is meant as an IPv4 address. Source: WHATWG URL, "ends-in-a-number checker".
bool ends_in_a_number(std::string_view host) {
  const auto last = host.substr(host.rfind('.') + 1);
  if (last.empty()) return false;
  if (last.find_first_not_of("0123456789") == std::string_view::npos) return true;
  return last.size() >= 2 && last[0] == '0' && last[1] == 'x' &&
         last.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
}

/// One part of an IPv4 address, in the base that its prefix tells.
std::optional<std::uint64_t> parse_part(std::string_view text) {
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const bool hex = text[1] == 'x' || text[1] == 'X';
    base = hex ? 16 : 8;
    text.remove_prefix(hex ? 2 : 1);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<address_v4> parse_any_ipv4(std::string_view text) {
  std::uint64_t address = 0;
  for (int parts = 1; parts <= 4; ++parts) {
    const auto dot = text.find('.');
    const auto value = parse_part(text.substr(0, dot));
    if (!value) return std::nullopt;
    if (dot == std::string_view::npos) {  // The last part fills all that is left.
      const int bits = 8 * (5 - parts);
      if (*value >> bits != 0) return std::nullopt;
      return address_v4(static_cast<std::uint32_t>(address << bits | *value));
    }
    if (*value > 255) return std::nullopt;
    address = address << 8 | *value;
    text.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

namespace detail {

std::optional<std::string> plain_host(std::string_view text) {
  std::string host;
  for (const char c : text) host += lower(c);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string::npos) return std::nullopt;
  }
  if (host.find(':') != std::string::npos) {
    boost::system::error_code error;
    if (host.find('%') != std::string::npos) return std::nullopt;
    const auto address = boost::asio::ip::make_address_v6(host, error);
    if (error) return std::nullopt;
    return address.to_string();
  }
  if (!host.empty() && host.back() == '.') host.pop_back();
  if (!is_host_name(host)) return std::nullopt;
  if (!ends_in_a_number(host)) return host;
  const auto address = parse_any_ipv4(host);
  if (!address) return std::nullopt;
  return address->to_string();
}

std::optional<std::string> resolve_reference(const std::string& base, const std::string& reference) {
  const std::unique_ptr<CURLU, Freer<curl_url_cleanup>> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK) return std::nullopt;
  if (curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK) return std::nullopt;
  auto text = part_of(url.get(), CURLUPART_URL);
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace detail

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kLongestUrl) return no_url("it is too long");
  for (const char c : text) {
    if (c <= ' ' || c == 0x7F || c == '\\') return no_url("it has characters that must be percent-encoded");
  }
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return no_url("it does not begin with http:// or https://");
  std::string scheme;
  for (const char c : text.substr(0, colon)) scheme += lower(c);
  if (scheme != "http" && scheme != "https") return no_url("it does not begin with http:// or https://");
  const auto authority = text.substr(colon + 3, text.find_first_of("/?#", colon + 3) - (colon + 3));
  if (authority.empty()) return no_url("it names no host");
  if (authority.find('@') != std::string_view::npos) return no_url("it must not carry a user or a password");

  const std::unique_ptr<CURLU, Freer<curl_url_cleanup>> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_PATH_AS_IS) != CURLUE_OK) {
    return no_url("it cannot be read");
  }
  if (!part_of(url.get(), CURLUPART_USER).empty() || !part_of(url.get(), CURLUPART_PASSWORD).empty()) {
    return no_url("it must not carry a user or a password");
  }
  if (!part_of(url.get(), CURLUPART_ZONEID).empty()) return no_url("its host is not valid");
  auto host = detail::plain_host(part_of(url.get(), CURLUPART_HOST));
  if (!host) return no_url("its host is not valid");

  Url parsed{.scheme = scheme, .host = std::move(*host), .path = part_of(url.get(), CURLUPART_PATH)};
  const auto port = part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
  if (error != std::errc() || end != port.data() + port.size() || parsed.port == 0) {
    return no_url("its port is not valid");
  }
  if (parsed.path.empty()) parsed.path = "/";
  if (const auto query = part_of(url.get(), CURLUPART_QUERY); !query.empty()) parsed.path += "?" + query;
  return parsed;
}

std::string to_string(const Url& url) {
  const bool v6 = url.host.find(':') != std::string::npos;
  const bool usual = url.port == (url.scheme == "http" ? 80 : 443);
  return url.scheme + "://" + (v6 ? "[" + url.host + "]" : url.host) + (usual ? "" : ":" + std::to_string(url.port)) +
         url.path;
}

}  // namespace wharf::net
