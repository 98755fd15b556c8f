#pragma once
#include <cstddef>
#include <cstdint>

namespace wharf::http {

/// Takes the framing off a chunked body, a byte of framing at a time, so that nothing has to be kept between two reads.
///
/// Strict: CR LF alone ends a line, sizes are 1 to 16 hexadecimal digits, extensions and trailers are skipped and
/// bounded. Source: RFC 9112 section 7.1.
class ChunkDecoder {
 public:
  struct Step {
    std::size_t consumed = 0;  ///< Bytes of `in` that were looked at.
    std::size_t produced = 0;  ///< Bytes of the body at `out`.
    bool bad = false;          ///< The framing is wrong; the decoder is of no use any more.
  };

  /// Decodes `count` bytes from `in` to `out` (`room` bytes). Both may be the same buffer: `out` never overtakes `in`.
  /// Stops early when `room` is used up or at the end of the body.
  Step decode(const std::byte* in, std::size_t count, std::byte* out, std::size_t room);

  /// The last chunk and the trailers are through; what follows belongs to the next request.
  bool done() const { return state_ == State::done; }

 private:
  enum class State {
    size_first,
    size,
    space,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_first,
    trailer_name,
    trailer_value,
    trailer_lf,
    last_lf,
    done
  };

  bool take(unsigned char c);

  State state_ = State::size_first;
  std::uint64_t left_bytes_ = 0;
  std::uint32_t digits_ = 0;
  std::uint32_t extension_bytes_ = 0;
  std::uint32_t trailer_bytes_ = 0;
};

}  // namespace wharf::http
