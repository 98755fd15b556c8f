// What strangers send before any handler looks at it: heads, chunked bodies, queries. Checks what the code promises.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "http/chunked.h"
#include "http/head.h"

namespace {

using namespace wharf::http;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_inside(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void try_head(std::string_view bytes) {
  const Limits limits{.head_bytes = 4096, .target_bytes = 1024, .headers = 20};
  const auto size = find_head(bytes, 0);
  if (size == 0) {
    check_partial_head(bytes, limits);
    return;
  }
  // An own allocation of the exact size, so that a read past the head's end is seen.
  const std::vector<char> copy(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  const std::string_view head(copy.data(), copy.size());
  Request request;
  HeadInfo info;
  if (const auto refusal = parse_head(head, limits, request, info)) {
    require(refusal->status >= 400 && refusal->status < 600);
    require(!refusal_body(*refusal).empty());
    return;
  }
  require(!request.target.empty() && !request.path.empty());
  require(request.headers.size() <= limits.headers);
  require(!info.chunked || (info.length_bytes == 0 && info.http11));
  require(std::ranges::all_of(request.target, [](char c) { return c > ' ' && c <= '~' && c != '#'; }));
  for (const auto& [name, value] : request.headers) {
    require(!name.empty() && is_inside(name, head) && is_inside(value, head));
    require(value.find_first_of("\r\n") == std::string_view::npos);
  }
  require(!info.chunked || request.header("content-length").empty());
  query_value(request.query, "n");
  query_values(request.query, "scope");
  if (const auto path = percent_decode(request.path)) require(percent_decode(percent_encode(*path)) == path);
}

struct Decoded {
  std::string body;
  std::size_t consumed = 0;
  bool bad = false;
  bool done = false;
};

Decoded decode(std::string_view bytes, std::size_t piece) {
  std::vector<std::byte> raw(bytes.size());
  if (!bytes.empty()) std::memcpy(raw.data(), bytes.data(), bytes.size());
  ChunkDecoder decoder;
  Decoded decoded;
  while (decoded.consumed < raw.size() && !decoder.done() && !decoded.bad) {
    auto* at = raw.data() + decoded.consumed;
    const auto step = decoder.decode(at, std::min(piece, raw.size() - decoded.consumed), at, piece);
    require(step.produced <= step.consumed && (step.consumed > 0 || step.bad));
    decoded.body.append(reinterpret_cast<const char*>(at), step.produced);
    decoded.consumed += step.consumed;
    decoded.bad = step.bad;
  }
  decoded.done = decoder.done();
  return decoded;
}

/// However a body is cut into reads, it decodes to the same.
void try_chunks(std::string_view bytes) {
  const auto whole = decode(bytes, bytes.size() + 1);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}}) {
    const auto cut = decode(bytes, piece);
    require(cut.body == whole.body && cut.bad == whole.bad && cut.done == whole.done && cut.consumed == whole.consumed);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try_head(bytes);
  try_chunks(bytes);
  query_value(bytes, "a");
  percent_decode(bytes, true);
  return 0;
}
