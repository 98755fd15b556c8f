#include "scan/blob_source.h"

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <cerrno>
#include <utility>

namespace wharf::scan {
namespace {

class FileSource final : public inventory::Source {
 public:
  explicit FileSource(http::FileBody body) : body_(std::move(body)) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    const auto wanted = std::min<std::uint64_t>(buffer.size(), body_.length_bytes);
    if (wanted == 0) return std::size_t{0};
    ssize_t count = 0;
    do {
      count = ::pread(body_.file->fd(), buffer.data(), wanted, static_cast<off_t>(body_.offset));
    } while (count < 0 && errno == EINTR);
    if (count <= 0) return Error{Errc::unavailable, "The blob cannot be read"};
    body_.offset += static_cast<std::uint64_t>(count);
    body_.length_bytes -= static_cast<std::uint64_t>(count);
    return static_cast<std::size_t>(count);
  }

 private:
  http::FileBody body_;
};

class TextSource final : public inventory::Source {
 public:
  explicit TextSource(std::shared_ptr<const std::string> text) : text_(std::move(text)) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    const auto count = text_->copy(buffer.data(), buffer.size(), at_);
    at_ += count;
    return count;
  }

 private:
  std::shared_ptr<const std::string> text_;
  std::size_t at_ = 0;
};

class StreamSource final : public inventory::Source {
 public:
  StreamSource(http::StreamBody body, boost::asio::any_io_executor loop)
      : body_(std::move(body)), loop_(std::move(loop)) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    while (at_ == piece_.size() && !over_) {
      auto next = boost::asio::co_spawn(loop_, fetch(), boost::asio::use_future).get();
      if (!next) return next.error();
      over_ = !*next;
    }
    const auto count = piece_.copy(buffer.data(), buffer.size(), at_);
    at_ += count;
    return count;
  }

 private:
  awaitable<Result<bool>> fetch() {
    piece_.clear();
    at_ = 0;
    co_return co_await body_.next(piece_);
  }

  http::StreamBody body_;
  boost::asio::any_io_executor loop_;
  std::string piece_;
  std::size_t at_ = 0;
  bool over_ = false;
};

}  // namespace

std::unique_ptr<inventory::Source> make_blob_source(http::Body body, boost::asio::any_io_executor loop) {
  if (auto* file = std::get_if<http::FileBody>(&body)) return std::make_unique<FileSource>(std::move(*file));
  if (auto* stream = std::get_if<http::StreamBody>(&body)) {
    return std::make_unique<StreamSource>(std::move(*stream), std::move(loop));
  }
  if (auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body)) {
    return std::make_unique<TextSource>(std::move(*shared));
  }
  auto* text = std::get_if<std::string>(&body);
  return std::make_unique<TextSource>(std::make_shared<const std::string>(text ? std::move(*text) : std::string()));
}

}  // namespace wharf::scan
