#include "http/head.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstring>
#include <limits>

namespace wharf::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;
using beast::string_view;
using beast::http::field;

constexpr std::string_view kBlankLine = "\r\n\r\n";

constexpr Refusal bad_request(std::string_view why) { return {400, "BAD_REQUEST", why}; }
constexpr Refusal kHeadTooLarge{431, "HEAD_TOO_LARGE", "The request's headers are too large"};
constexpr Refusal kTargetTooLong{414, "URI_TOO_LONG", "The request's target is too long"};
constexpr Refusal kBadVersion{505, "VERSION_NOT_SUPPORTED", "Only HTTP/1.1 and HTTP/1.0 are spoken here"};

std::string_view view(string_view text) { return {text.data(), text.size()}; }

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

Verb verb_of(std::string_view method) {
  switch (method.size()) {
    case 3:
      return method == "GET" ? Verb::get : method == "PUT" ? Verb::put : Verb::other;
    case 4:
      return method == "HEAD" ? Verb::head : method == "POST" ? Verb::post : Verb::other;
    case 5:
      return method == "PATCH" ? Verb::patch : Verb::other;
    case 6:
      return method == "DELETE" ? Verb::delete_ : Verb::other;
    case 7:
      return method == "OPTIONS" ? Verb::options : Verb::other;
    default:
      return Verb::other;
  }
}

/// Beast's parser with views of the head instead of a message, and with the gaps closed that it leaves.
class HeadParser final : public beast::http::basic_parser<true> {
 public:
  HeadParser(std::string_view head, const Limits& limits, Request& request, HeadInfo& info)
      : head_(head), limits_(limits), request_(request), info_(info) {
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(boost::none);
  }

  std::optional<Refusal> run() {
    request_.headers.clear();
    request_.host = {};
    error_code error;
    const std::size_t used = put(boost::asio::buffer(head_.data(), head_.size()), error);
    if (refusal_) return refusal_;
    if (error) return explain(error);
    if (used != head_.size() || !is_header_done()) return bad_request("The request's head is malformed");
    return check();
  }

 private:
  void on_request_impl(beast::http::verb, string_view method, string_view target, int version, error_code&) override {
    request_.method = view(method);
    request_.target = view(target);
    info_.http11 = version == 11;
  }

  void on_field_impl(field id, string_view raw_name, string_view raw_value, error_code& error) override {
    const auto name = view(raw_name);
    const auto value = view(raw_value);
    if (is_folded(name, value)) return refuse(bad_request("A header is folded over several lines"), error);
    if (request_.headers.size() >= limits_.headers) return refuse(kHeadTooLarge, error);
    request_.headers.emplace_back(name, value);
    if (id == field::host) {
      ++hosts_;
      request_.host = value;
    } else if (id == field::transfer_encoding) {
      ++codings_;
      chunked_only_ = same_word(value, "chunked");
    } else if (id == field::expect) {
      expects_ = value;
    }
  }

  // Beast joins folded lines in a buffer of its own, or skips the line break in front of the value.
  bool is_folded(std::string_view name, std::string_view value) const {
    const char* colon = name.data() + name.size();
    if (value.data() < colon || value.data() > head_.data() + head_.size()) return true;
    return std::memchr(colon, '\n', static_cast<std::size_t>(value.data() - colon)) != nullptr;
  }

  void refuse(Refusal refusal, error_code& error) {
    refusal_ = refusal;
    error = beast::http::error::bad_field;
  }

  std::optional<Refusal> explain(const error_code& error) const {
    if (error != beast::http::error::bad_version) {
      if (error == beast::http::error::bad_content_length || error == beast::http::error::multiple_content_length ||
          error == beast::http::error::bad_transfer_encoding) {
        return bad_request("The length of the request's body is ambiguous");
      }
      return bad_request("The request's head is malformed");
    }
    const auto line = head_.substr(0, head_.find("\r\n"));
    const auto version = line.substr(line.rfind(' ') + 1);
    const auto is_digit = [&](std::size_t i) { return version[i] >= '0' && version[i] <= '9'; };
    const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") && is_digit(5) && version[6] == '.' &&
                             is_digit(7) && std::ranges::count(line, ' ') == 2;
    return well_formed ? kBadVersion : bad_request("The request line is malformed");
  }

  std::optional<Refusal> check() {
    request_.verb = verb_of(request_.method);
    if (request_.target.size() > limits_.target_bytes) return kTargetTooLong;
    if (codings_ > 0 && (codings_ > 1 || !chunked_only_ || !info_.http11)) {
      return bad_request("This Transfer-Encoding is not supported");
    }
    info_.chunked = chunked();
    info_.length_bytes = info_.chunked ? 0 : content_length().value_or(0);
    info_.keep_alive = keep_alive();
    info_.expects_continue = false;
    if (!expects_.empty() && info_.http11) {
      if (!same_word(expects_, "100-continue")) return Refusal{417, "EXPECTATION_FAILED", "Unknown expectation"};
      info_.expects_continue = info_.chunked || info_.length_bytes > 0;
    }
    if (hosts_ > 1 || (hosts_ == 0 && info_.http11)) return bad_request("Exactly one Host header is due");
    if (auto refusal = check_target()) return refusal;
    if (hosts_ > 0 && !is_host(request_.host)) return bad_request("The Host header is malformed");
    return std::nullopt;
  }

  std::optional<Refusal> check_target() {
    if (request_.method == "CONNECT") return Refusal{501, "NOT_IMPLEMENTED", "CONNECT is not supported"};
    for (const char c : request_.target) {
      if (c <= ' ' || c > '~' || c == '#')
        return bad_request("The request's target has a character that must be encoded");
    }
    if (request_.target[0] != '/') {
      if (request_.target == "*" && request_.verb == Verb::options) {
        request_.path = request_.target;
        request_.query = {};
        return std::nullopt;
      }
      if (!reduce_absolute_target()) return bad_request("The request's target is malformed");
    }
    const auto mark = request_.target.find('?');
    request_.path = request_.target.substr(0, mark);
    request_.query = mark == std::string_view::npos ? std::string_view{} : request_.target.substr(mark + 1);
    return std::nullopt;
  }

  /// `http://host/path` becomes `/path`, and its host wins over the header. Source: RFC 9112 section 3.2.2.
  bool reduce_absolute_target() {
    auto rest = request_.target;
    const auto scheme = rest.find("://");
    if (scheme == std::string_view::npos) return false;
    if (!same_word(rest.substr(0, scheme), "http") && !same_word(rest.substr(0, scheme), "https")) return false;
    rest.remove_prefix(scheme + 3);
    const auto end = rest.find_first_of("/?");
    const auto authority = rest.substr(0, end);
    if (!is_host(authority)) return false;
    if (end != std::string_view::npos && rest[end] == '?') return false;
    request_.host = authority;
    request_.target = end == std::string_view::npos ? std::string_view("/") : rest.substr(end);
    return true;
  }

  static bool is_host(std::string_view host) {
    if (host.empty() || host.size() > 255 + 6) return false;
    for (const char c : host) {
      const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!alphanumeric && std::string_view("-._~[]:%").find(c) == std::string_view::npos) return false;
    }
    return true;
  }

  // A parser that stops at the end of the head never meets a body; the rest of Beast's interface stays empty.
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override { return body.size(); }
  void on_finish_impl(error_code&) override {}

  std::string_view head_;
  const Limits& limits_;
  Request& request_;
  HeadInfo& info_;
  std::optional<Refusal> refusal_;
  std::string_view expects_;
  int hosts_ = 0;
  int codings_ = 0;
  bool chunked_only_ = false;
};

bool is_token_start(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

std::string refusal_body(const Refusal& refusal) {
  std::string body = R"({"errors":[{"code":")";
  body.append(refusal.code).append(R"(","message":")").append(refusal.message).append("\",\"detail\":{}}]}\n");
  return body;
}

std::size_t find_head(std::string_view bytes, std::size_t scanned) {
  const std::size_t from = scanned > kBlankLine.size() ? scanned - kBlankLine.size() : 0;
  if (bytes.size() < from + kBlankLine.size()) return 0;
  const void* found = ::memmem(bytes.data() + from, bytes.size() - from, kBlankLine.data(), kBlankLine.size());
  if (found == nullptr) return 0;
  return static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) + kBlankLine.size();
}

std::optional<Refusal> check_partial_head(std::string_view bytes, const Limits& limits) {
  // A method and a version go around the target on the first line.
  constexpr std::size_t kAroundTarget = 64;
  if (bytes.empty()) return std::nullopt;
  if (!is_token_start(bytes[0]) && bytes != "\r") return bad_request("This is not HTTP");
  const auto line_end = bytes.find('\n');
  if (std::min(line_end, bytes.size()) > limits.target_bytes + kAroundTarget) return kTargetTooLong;
  if (line_end != std::string_view::npos && bytes[line_end - 1] != '\r') {
    return bad_request("A line does not end with CR LF");
  }
  if (bytes.size() >= limits.head_bytes) return kHeadTooLarge;
  return std::nullopt;
}

std::optional<Refusal> parse_head(std::string_view head, const Limits& limits, Request& request, HeadInfo& info) {
  if (head.size() > limits.head_bytes) {
    const auto line = head.find("\r\n");
    return line > limits.target_bytes ? kTargetTooLong : kHeadTooLarge;
  }
  return HeadParser(head, limits, request, info).run();
}

}  // namespace wharf::http
