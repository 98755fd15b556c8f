#include "net/mail_format.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/random.h"

namespace wharf::net {
namespace {

constexpr std::size_t kLongestLine = 76;
constexpr std::size_t kLongestAddress = 254;  // Source: RFC 5321 section 4.5.3.1.3, less the angle brackets.
constexpr std::size_t kLongestLocalPart = 64;

Error bad(std::string_view why) { return {Errc::invalid_request, std::string(why)}; }

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_printable(char c) { return c >= ' ' && c <= '~'; }

/// Dots between pieces that are not empty and whose characters `takes` likes.
template <class Takes>
bool is_dotted(std::string_view text, Takes takes) {
  char before = '.';
  for (const char c : text) {
    if (c == '.' ? before == '.' : !takes(c)) return false;
    before = c;
  }
  return before != '.';
}

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; });
}

std::string base64(std::string_view text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

/// The length of the UTF-8 character at the front of `text`; 0 when there is none.
std::size_t utf8_length(std::string_view text) {
  const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  // Longer than needed, a surrogate, or past the last code point.
  const unsigned second = at(1);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) || (first == 0xF0 && second < 0x90) ||
      (first == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return length;
}

std::string quoted_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string mailbox_header(const detail::Mailbox& box) {
  if (box.name.empty()) return box.address;
  const bool plain = std::ranges::all_of(box.name, is_printable) && box.name.size() <= 60;
  const auto name = plain ? quoted_string(box.name) : detail::encode_header_text(box.name, 6);
  return name + (plain ? " " : "\r\n ") + "<" + box.address + ">";
}

std::string part(std::string_view type, std::string_view content) {
  return "Content-Type: " + std::string(type) +
         "; charset=utf-8\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n"
         "\r\n" +
         detail::quoted_printable(content);
}

}  // namespace

bool is_mail_address(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~";  // Source: RFC 5322 section 3.2.3, "atext".
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || text.size() > kLongestAddress || at > kLongestLocalPart) return false;
  const auto domain = text.substr(at + 1);
  const auto in_local = [kMarks](char c) { return is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos; };
  const auto in_domain = [](char c) { return is_letter_or_digit(c) || c == '-'; };
  return is_dotted(text.substr(0, at), in_local) && is_dotted(domain, in_domain) && domain.front() != '-' &&
         domain.back() != '-' && domain.find("-.") == std::string_view::npos &&
         domain.find(".-") == std::string_view::npos;
}

namespace detail {

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::optional<Mailbox> parse_mailbox(std::string_view text) {
  if (!is_utf8(text) || has_control_character(text)) return std::nullopt;
  if (is_mail_address(text)) return Mailbox{.address = std::string(text)};
  const auto open = text.rfind('<');
  if (open == std::string_view::npos || text.back() != '>') return std::nullopt;
  const auto address = text.substr(open + 1, text.size() - open - 2);
  if (!is_mail_address(address)) return std::nullopt;
  auto name = text.substr(0, open);
  while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
  while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  Mailbox box{.address = std::string(address)};
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '\\' && i + 1 < name.size()) ++i;
    box.name += name[i];
  }
  return box;
}

std::string encode_header_text(std::string_view text, std::size_t used) {
  const bool plain = std::ranges::all_of(text, is_printable) && used + text.size() <= kLongestLine &&
                     text.find("=?") == std::string_view::npos && !text.starts_with(' ') && !text.ends_with(' ');
  if (plain) return std::string(text);
  constexpr std::size_t kBytesAWord = 39;  // 52 characters of base64 and 12 of frame: with any header's name one line.
  std::string out;
  while (!text.empty()) {
    std::size_t size = 0;
    while (size < text.size()) {
      const auto length = std::max<std::size_t>(utf8_length(text.substr(size)), 1);
      if (size + length > kBytesAWord) break;
      size += length;
    }
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return out;
}

std::string quoted_printable(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  std::size_t column = 0;
  const auto put = [&out, &column](std::string_view piece) {
    if (column + piece.size() >= kLongestLine) {  // The last place is the soft line end's.
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  };
  const auto escaped = [kHex](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::string{'=', kHex[byte >> 4], kHex[byte & 15]};
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (c == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const char next = i + 1 < text.size() ? text[i + 1] : '\n';
    const bool at_end = next == '\n' || next == '\r';
    const bool plain = (is_printable(c) && c != '=' && !(c == ' ' && at_end)) || (c == '\t' && !at_end);
    put(plain ? std::string(1, c) : escaped(c));
  }
  if (column > 0) out += "\r\n";
  return out;
}

}  // namespace detail

Result<std::string> format_mail(const Mail& mail, const std::string& sender, Millis at, const std::string& message_id) {
  const auto from = detail::parse_mailbox(sender);
  if (!from) return bad("The address that mails come from is not valid");
  if (!is_mail_address(mail.to)) return bad("The mail's address is not valid");
  if (has_control_character(mail.subject) || !detail::is_utf8(mail.subject)) {
    return bad("The mail's subject is not valid");
  }
  if (!detail::is_utf8(mail.text) || !detail::is_utf8(mail.html)) return bad("The mail's text is not UTF-8");

  std::string out = "Date: " + rfc2822(at) + "\r\n";
  out += "From: " + mailbox_header(*from) + "\r\n";
  out += "To: " + mail.to + "\r\n";
  out += "Subject: " + detail::encode_header_text(mail.subject, 9) + "\r\n";
  out += "Message-ID: <" + message_id + ">\r\n";
  out += "Auto-Submitted: auto-generated\r\n";  // Source: RFC 3834: no holiday notices in reply.
  out += "MIME-Version: 1.0\r\n";
  if (mail.html.empty()) return out + part("text/plain", mail.text);
  const auto boundary = "wharf-" + random_text(24, kLettersAndDigits);  // Not a line of quoted-printable text.
  out += "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n";
  for (const auto& content : {part("text/plain", mail.text), part("text/html", mail.html)}) {
    out += "--" + boundary + "\r\n" + content + "\r\n";
  }
  return out + "--" + boundary + "--\r\n";
}

}  // namespace wharf::net
