#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/server.h"

namespace wharf::http {

/// Why the server itself answers a request that no handler sees. The connection closes after it.
struct Refusal {
  int status;
  std::string_view code;
  std::string_view message;
};

/// `{"errors":[{"code":"…","message":"…","detail":{}}]}` with a final line feed.
std::string refusal_body(const Refusal& refusal);

inline constexpr Refusal kRequestTimeout{408, "REQUEST_TIMEOUT", "The request did not arrive in time"};
inline constexpr Refusal kInternalError{500, "INTERNAL_ERROR", "Internal server error"};

/// What the head of a request says about the connection and the body.
struct HeadInfo {
  bool http11 = true;
  bool keep_alive = true;
  bool chunked = false;
  bool expects_continue = false;
  std::uint64_t length_bytes = 0;  ///< Content-Length; 0 without one.
};

/// The length of the head at the start of `bytes`, its blank line included; 0 while it is not whole.
/// `scanned` is how much of `bytes` an earlier call has looked at.
std::size_t find_head(std::string_view bytes, std::size_t scanned);

/// What is wrong already with a head whose end has not come; nothing when it may still become a good one.
std::optional<Refusal> check_partial_head(std::string_view bytes, const Limits& limits);

/// Reads a whole head (from the method to the blank line) into `request` and `info`; the views point into `head`.
/// `request` is used again and again: its header vector keeps its memory. Leaves peer, secure, id and body alone.
/// Refuses what two HTTP implementations could read in two ways. Source: RFC 9112 sections 2 to 6, RFC 9110 section 7.
std::optional<Refusal> parse_head(std::string_view head, const Limits& limits, Request& request, HeadInfo& info);

}  // namespace wharf::http
