#include "db/row.h"

namespace wharf::db {
namespace {

/// Length of the UTF-8 sequence at the start of `text`, or 0 if it is malformed.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80; };
  const unsigned lead = byte(0);
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!continues(1) || !continues(2)) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;  // longer than needed
    if (lead == 0xED && byte(1) > 0x9F) return 0;  // a surrogate
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;  // past U+10FFFF
    return 4;
  }
  return 0;
}

}  // namespace

bool is_storable_text(std::string_view text) {
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    const std::size_t length = byte >= 0x80 ? sequence_length(text) : (byte == 0 ? 0 : 1);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void require_storable(const char* query, std::string_view text) {
  if (is_storable_text(text)) return;
  throw Accident({Errc::invalid_request, "The text is not UTF-8, or has a NUL in it", query});
}

void RowReader::fail(int column, std::string_view why) const {
  std::string detail = std::string("query ") + query_ + ", column " + std::to_string(column + 1) + ": ";
  detail.append(why);
  throw Accident({Errc::internal, "Internal error", std::move(detail)});
}

}  // namespace wharf::db
