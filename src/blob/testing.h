#pragma once
#include <unistd.h>

#include <algorithm>
#include <boost/asio/thread_pool.hpp>
#include <cstring>
#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/testing.h"
#include "blob/backends.h"
#include "blob/posix.h"

namespace wharf::blob {

/// A folder that goes with its owner.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::filesystem::path& in = std::filesystem::temp_directory_path())
      : path_(in / ("wharf-blob-" + random_uuid())) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// `size` bytes that do not repeat; the same for the same `seed`.
inline std::string noise(std::size_t size, std::uint64_t seed = 1) {
  std::mt19937_64 next(seed);
  std::string bytes(size + 8, '\0');
  for (std::size_t i = 0; i < size; i += 8) {
    const auto word = next();
    std::memcpy(bytes.data() + i, &word, 8);
  }
  bytes.resize(size);
  return bytes;
}

/// Puts `bytes` into `writer`, `most` at a time.
inline awaitable<Result<bool>> fill(UploadWriter* writer, std::string_view bytes, std::size_t most = SIZE_MAX) {
  while (!bytes.empty()) {
    auto room = co_await writer->buffer();
    if (!room) co_return room.error();
    const auto count = std::min({most, bytes.size(), room->size()});
    std::memcpy(room->data(), bytes.data(), count);
    bytes.remove_prefix(count);
    writer->commit(count);
  }
  co_return true;
}

/// Goes on with `state` by `bytes`, as one request does.
inline awaitable<Result<UploadState>> append(BlobStore* store, UploadState state, std::string_view bytes,
                                             std::size_t most = SIZE_MAX) {
  auto writer = co_await store->resume(std::move(state));
  if (!writer) co_return writer.error();
  auto filled = co_await fill(writer->get(), bytes, most);
  if (!filled) co_return filled.error();
  co_return co_await (*writer)->pause();
}

/// A whole push of `bytes`. On an error the upload is aborted, as the service does.
inline awaitable<Result<BlobRef>> push_ref(BlobStore* store, std::string_view bytes) {
  auto begun = co_await store->begin();
  if (!begun) co_return begun.error();
  auto state = co_await append(store, *begun, bytes);
  if (!state) {
    auto aborted = co_await store->abort(*begun);
    if (!aborted) co_return aborted.error();
    co_return state.error();
  }
  auto place = store->place_of(*state);
  auto digest = co_await store->finish(std::move(*state));
  if (!digest) co_return digest.error();
  BlobRef made(std::move(*digest), std::move(place));
  co_return made;
}

/// The same where digests are all there is to know.
inline awaitable<Result<Digest>> push(BlobStore* store, std::string_view bytes) {
  auto made = co_await push_ref(store, bytes);
  if (!made) co_return made.error();
  co_return made->digest;
}

/// The bytes that a body would send.
inline std::string bytes_of(const http::Body& body) {
  if (const auto* text = std::get_if<std::string>(&body)) return *text;
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body)) return **shared;
  if (const auto* file = std::get_if<http::FileBody>(&body)) {
    std::string bytes(static_cast<std::size_t>(file->length_bytes), '\0');
    bytes.resize(read_full(file->file->fd(), std::as_writable_bytes(std::span(bytes)), file->offset));
    return bytes;
  }
  if (const auto* stream = std::get_if<http::StreamBody>(&body)) {
    std::string bytes, piece;
    while (run_awaitable(stream->next(piece)).value()) bytes += std::exchange(piece, {});
    return bytes;
  }
  throw std::logic_error("a body of another kind");
}

}  // namespace wharf::blob
