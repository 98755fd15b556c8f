#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "net/mailer.h"

namespace wharf::net::detail {

struct Mailbox {
  std::string name;  ///< "": none.
  std::string address;
};

/// "ada@example.com", "Ada Byron <ada@example.com>" or "\"Byron, Ada\" <ada@example.com>"; nothing when it is none.
std::optional<Mailbox> parse_mailbox(std::string_view text);

/// `text` as the value of an unstructured header whose name and colon take `used` bytes of the first line: itself when
/// it is short printable ASCII, else encoded words, folded. `text` is UTF-8. Source: RFC 2047.
std::string encode_header_text(std::string_view text, std::size_t used);

/// `text` with CRLF line ends, none over 76 bytes. Source: RFC 2045 section 6.7.
std::string quoted_printable(std::string_view text);

/// Whether `text` is UTF-8 as RFC 3629 has it.
bool is_utf8(std::string_view text);

}  // namespace wharf::net::detail
