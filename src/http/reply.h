#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace wharf::http {

/// How the end of a reply's body is found.
enum class Framing { none, length, chunked, until_close };

/// What the server adds to a reply's head.
struct ReplyFrame {
  Framing framing = Framing::none;
  std::uint64_t length_bytes = 0;  ///< With Framing::length.
  bool close = false;              ///< Says `Connection: close`.
  bool say_keep_alive = false;     ///< Says `Connection: keep-alive`, which HTTP/1.0 wants to hear.
  std::string_view date_line;      ///< `Date: …\r\n`.
  std::string_view request_id;
};

/// The framing that `response` gets; `close` becomes true where only the end of the connection can end the body.
/// Source: RFC 9112 section 6, RFC 9110 sections 8.6, 15.3.5 and 15.4.5.
ReplyFrame choose_framing(const Response& response, bool head_request, bool http11);

/// Appends the status line and all headers with the blank line. Headers that the server itself writes are skipped in
/// `response`; CR, LF and NUL in a value become spaces, so that no handler can split a reply.
void append_reply_head(std::string& out, const Response& response, const ReplyFrame& frame);

/// The 500 that stands for a reply that could not be made.
Response bare_error();

/// "Not Found" for 404; empty for a status without a registered phrase.
std::string_view reason_phrase(int status);

}  // namespace wharf::http
