#include "http/message.h"

#include <unistd.h>

#include <array>
#include <cstddef>

namespace wharf::http {
namespace {

constexpr std::size_t kReadPiece = 64 * 1024;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '.' || c == '_' || c == '~';
}

/// Calls `each(name, value)` (still encoded) for every parameter until it answers false.
template <class Each>
void visit_query(std::string_view query, Each each) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    const auto equals = pair.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    if (!pair.empty() && !each(pair.substr(0, equals), value)) return;
  }
}

bool names_parameter(std::string_view encoded, std::string_view name) {
  if (encoded == name) return true;
  if (encoded.find_first_of("%+") == std::string_view::npos) return false;
  const auto decoded = percent_decode(encoded, true);
  return decoded && *decoded == name;
}

}  // namespace

std::string_view to_string(Verb verb) {
  switch (verb) {
    case Verb::get:
      return "GET";
    case Verb::head:
      return "HEAD";
    case Verb::post:
      return "POST";
    case Verb::put:
      return "PUT";
    case Verb::patch:
      return "PATCH";
    case Verb::delete_:
      return "DELETE";
    case Verb::options:
      return "OPTIONS";
    case Verb::other:
      break;
  }
  return "other";
}

awaitable<Result<std::string>> BodyReader::read_all(std::size_t limit_bytes) {
  const Error too_large{Errc::payload_too_large, "The request body is too large"};
  const auto declared = length();
  if (declared && *declared > limit_bytes) co_return too_large;
  // One byte more than is left to come tells the end of a chunked body from one that goes past the limit.
  std::string text;
  std::size_t filled = 0;
  for (;;) {
    const std::size_t due = declared ? static_cast<std::size_t>(*declared) - filled : limit_bytes - filled + 1;
    text.resize(filled + std::min(due, kReadPiece));
    const std::span room(text.data() + filled, text.size() - filled);
    auto read = room.empty() ? Result<std::size_t>(0) : co_await read_some(std::as_writable_bytes(room));
    if (!read) co_return read.error();
    filled += *read;
    if (filled > limit_bytes) co_return too_large;
    if (*read == 0) break;
  }
  text.resize(filled);
  co_return text;
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return {};
}

std::vector<std::string_view> Request::header_values(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) values.push_back(value);
  }
  return values;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  std::optional<std::string> found;
  visit_query(query, [&](std::string_view key, std::string_view value) {
    if (!names_parameter(key, name)) return true;
    found = percent_decode(value, true);
    return false;
  });
  return found;
}

std::vector<std::string> query_values(std::string_view query, std::string_view name) {
  std::vector<std::string> found;
  visit_query(query, [&](std::string_view key, std::string_view value) {
    if (!names_parameter(key, name)) return true;
    if (auto decoded = percent_decode(value, true)) found.push_back(std::move(*decoded));
    return true;
  });
  return found;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kDigits[byte >> 4]);
      out.push_back(kDigits[byte & 15]);
    }
  }
  return out;
}

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

std::optional<std::uint64_t> Response::length_bytes() const {
  struct Length {
    std::optional<std::uint64_t> operator()(const std::monostate&) const { return 0; }
    std::optional<std::uint64_t> operator()(const std::string& text) const { return text.size(); }
    std::optional<std::uint64_t> operator()(const std::shared_ptr<const std::string>& text) const {
      return text ? text->size() : 0;
    }
    std::optional<std::uint64_t> operator()(const FileBody& file) const { return file.length_bytes; }
    std::optional<std::uint64_t> operator()(const StreamBody& stream) const { return stream.length_bytes; }
    std::optional<std::uint64_t> operator()(const LengthOnly& only) const { return only.length_bytes; }
  };
  return std::visit(Length{}, body);
}

}  // namespace wharf::http
