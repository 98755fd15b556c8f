#include "http/chunked.h"

#include <algorithm>
#include <cstring>

namespace wharf::http {
namespace {

constexpr std::uint32_t kMostDigits = 16;
constexpr std::uint32_t kMostExtensionBytes = 256;
constexpr std::uint32_t kMostTrailerBytes = 8 * 1024;

int hex_value(unsigned char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int letter = c | 0x20;
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

bool is_text(unsigned char c) { return (c >= 0x20 && c != 0x7f) || c == '\t'; }

bool is_space(unsigned char c) { return c == ' ' || c == '\t'; }

bool is_name(unsigned char c) { return c > 0x20 && c < 0x7f && c != ':'; }

}  // namespace

ChunkDecoder::Step ChunkDecoder::decode(const std::byte* in, std::size_t count, std::byte* out, std::size_t room) {
  Step step;
  while (step.consumed < count && state_ != State::done) {
    if (state_ == State::data) {
      const auto most = std::min(count - step.consumed, room - step.produced);
      if (most == 0) break;
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(most, left_bytes_));
      std::memmove(out + step.produced, in + step.consumed, n);
      step.consumed += n;
      step.produced += n;
      left_bytes_ -= n;
      if (left_bytes_ == 0) state_ = State::data_cr;
    } else if (!take(static_cast<unsigned char>(in[step.consumed++]))) {
      step.bad = true;
      break;
    }
  }
  return step;
}

bool ChunkDecoder::take(unsigned char c) {
  switch (state_) {
    case State::size_first:
      left_bytes_ = 0;
      digits_ = 0;
      extension_bytes_ = 0;
      state_ = State::size;
      [[fallthrough]];
    case State::size:
      if (const int value = hex_value(c); value >= 0) {
        left_bytes_ = left_bytes_ << 4 | static_cast<std::uint64_t>(value);
        return ++digits_ <= kMostDigits;
      }
      if (digits_ == 0) return false;
      if (c == ';') {
        state_ = State::extension;
      } else if (is_space(c)) {
        state_ = State::space;
      } else if (c == '\r') {
        state_ = State::size_lf;
      } else {
        return false;
      }
      return true;
    case State::space:
      if (c == ';') state_ = State::extension;
      return (c == ';' || is_space(c)) && ++extension_bytes_ <= kMostExtensionBytes;
    case State::extension:
      if (c == '\r') {
        state_ = State::size_lf;
        return true;
      }
      return is_text(c) && ++extension_bytes_ <= kMostExtensionBytes;
    case State::size_lf:
      state_ = left_bytes_ > 0 ? State::data : State::trailer_first;
      return c == '\n';
    case State::data_cr:
      state_ = State::data_lf;
      return c == '\r';
    case State::data_lf:
      state_ = State::size_first;
      return c == '\n';
    case State::trailer_first:
      if (c == '\r') {
        state_ = State::last_lf;
        return true;
      }
      state_ = State::trailer_name;
      return is_name(c) && ++trailer_bytes_ <= kMostTrailerBytes;
    case State::trailer_name:
      if (c == ':') state_ = State::trailer_value;
      return (c == ':' || is_name(c)) && ++trailer_bytes_ <= kMostTrailerBytes;
    case State::trailer_value:
      if (c == '\r') {
        state_ = State::trailer_lf;
        return true;
      }
      return is_text(c) && ++trailer_bytes_ <= kMostTrailerBytes;
    case State::trailer_lf:
      state_ = State::trailer_first;
      return c == '\n';
    case State::last_lf:
      state_ = State::done;
      return c == '\n';
    case State::data:
    case State::done:
      break;
  }
  return false;
}

}  // namespace wharf::http
