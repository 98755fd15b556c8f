#include <zlib.h>

#include <memory>

#include "inventory/json_text.h"
#include "inventory/program.h"

namespace wharf::inventory {
namespace {

constexpr std::size_t kLargest = 8 << 20;

std::optional<std::string> inflated(std::string_view packed) {
  z_stream stream{};
  if (packed.size() > kLargest || inflateInit(&stream) != Z_OK) return {};
  const auto end = [](z_stream* it) { inflateEnd(it); };
  const std::unique_ptr<z_stream, decltype(end)> ended(&stream, end);
  std::string plain;
  // zlib does not write to it, whatever its type says.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  for (;;) {
    const std::size_t size = plain.size();
    if (size >= kLargest) return {};
    plain.resize(size + 64 * 1024);
    stream.next_out = reinterpret_cast<Bytef*>(plain.data() + size);
    stream.avail_out = static_cast<uInt>(plain.size() - size);
    const int status = inflate(&stream, Z_NO_FLUSH);
    plain.resize(plain.size() - stream.avail_out);
    if (status == Z_STREAM_END) return plain;
    if (status != Z_OK) return {};
  }
}

}  // namespace

Result<void> add_cargo_crates(std::string_view section, std::string_view path, Finds& finds) {
  const auto plain = inflated(section);
  if (!plain) return Error{Errc::invalid_request, "A damaged list of crates"};
  const auto document = parse_json(*plain);
  if (!document) return document.error();
  for (const auto& crate : json_list(*document, "packages")) {
    if (json_text(crate, "kind") == "build") continue;  // what only the build needed is not in the program
    finds.add({.kind = Kind::cargo,
               .name = std::string(json_text(crate, "name")),
               .version = std::string(json_text(crate, "version")),
               .location = std::string(path)});
  }
  return {};
}

}  // namespace wharf::inventory
