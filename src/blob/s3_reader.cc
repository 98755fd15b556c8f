#include "blob/s3_reader.h"

#include "base/log.h"

namespace wharf::blob {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;
// Of a body that breaks off again and again without a byte in between.
constexpr int kMostFailures = 3;

/// One body while it is read.
struct Reading {
  std::shared_ptr<S3Client> client;
  std::string key;
  std::uint64_t at = 0;
  std::uint64_t end = 0;  ///< One past the last byte.
  S3Opened opened;
  int failures = 0;
};

awaitable<Result<bool>> ask(std::shared_ptr<Reading> reading) {
  S3Request request;
  request.key = reading->key;
  request.headers = {{"range", "bytes=" + std::to_string(reading->at) + '-' + std::to_string(reading->end - 1)}};
  auto opened = co_await reading->client->open(std::move(request));
  if (!opened) co_return opened.error();
  const auto status = opened->head.status;
  if (status == 404 || status == 416) co_return Error{Errc::blob_unknown, "The blob is not known"};
  const bool whole = status == 200 && reading->at == 0;
  if (status != 206 && !whole) co_return S3Client::failure(opened->head);
  reading->opened = std::move(*opened);
  co_return true;
}

awaitable<Result<bool>> read_more(std::shared_ptr<Reading> reading, std::string& into) {
  if (reading->at == reading->end) co_return false;
  while (true) {
    if (!reading->opened.body) {
      auto asked = co_await ask(reading);
      if (!asked) co_return asked;
    }
    into.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, reading->end - reading->at)));
    const auto count = co_await reading->opened.body->read_some(std::as_writable_bytes(std::span(into)));
    if (count && *count > 0) {
      into.resize(*count);
      reading->at += *count;
      reading->failures = 0;
      if (reading->at == reading->end) {
        // Seen to its end, the connection is kept for the next request.
        std::byte probe[1];
        (void)co_await reading->opened.body->read_some(probe);
        reading->opened = {};
      }
      co_return true;
    }
    reading->opened = {};
    const auto detail = count ? std::string("it ended early") : count.error().message;
    if (++reading->failures > kMostFailures) {
      co_return Error{Errc::unavailable, "The object store does not answer", detail};
    }
    log::info("a blob that broke off is read on", {{"detail", detail}});
  }
}

}  // namespace

awaitable<Result<http::Body>> open_s3(std::shared_ptr<S3Client> client, std::string key, std::uint64_t offset,
                                      std::uint64_t length_bytes) {
  auto reading = std::make_shared<Reading>();
  reading->client = std::move(client);
  reading->key = std::move(key);
  reading->at = offset;
  reading->end = offset + length_bytes;
  auto asked = co_await ask(reading);
  if (!asked) co_return asked.error();
  http::StreamBody body;
  body.length_bytes = length_bytes;
  body.next = [reading](std::string& into) { return read_more(reading, into); };
  co_return http::Body(std::move(body));
}

}  // namespace wharf::blob
