#include "vuln/input.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include "base/freer.h"

namespace wharf::vuln {
namespace {

constexpr std::size_t kPiece = 256 * 1024;

class ArchiveInput : public Input {
 public:
  ArchiveInput(archive* from, const InputLimits& limits, const std::function<void(std::uint64_t)>& progress)
      : archive_(from), limits_(limits), progress_(progress) {}

  std::string_view name() const override { return name_; }

  void begin(archive_entry* entry) {
    const char* path = archive_entry_pathname(entry);
    name_ = path == nullptr ? "" : path;
  }

  Result<std::size_t> read(std::span<char> buffer) override {
    const la_ssize_t got = archive_read_data(archive_, buffer.data(), buffer.size());
    if (got < 0) return broken();
    total_ += static_cast<std::uint64_t>(got);
    const auto packed = static_cast<std::uint64_t>(std::max<la_int64_t>(archive_filter_bytes(archive_, -1), 1));
    if (progress_) progress_(packed);
    if (total_ > limits_.bytes || (total_ > limits_.free_bytes && total_ / packed > limits_.ratio)) {
      return Error{Errc::invalid_request, "The file holds more than it may, once it is unpacked"};
    }
    return static_cast<std::size_t>(got);
  }

  Error broken() const {
    const char* why = archive_error_string(archive_);
    return Error{Errc::invalid_request, "The file is damaged", why == nullptr ? "" : why};
  }

 private:
  archive* archive_;
  const InputLimits& limits_;
  const std::function<void(std::uint64_t)>& progress_;
  std::string name_;
  std::uint64_t total_ = 0;
};

}  // namespace

Result<std::string> Input::read_all(std::size_t limit) {
  std::string all;
  std::size_t size = 0;
  for (;;) {
    if (all.size() < size + kPiece / 4) all.resize(std::max(all.size() * 2, kPiece));
    const auto got = read(std::span(all).subspan(size));
    if (!got) return got.error();
    size += *got;
    if (size > limit) return Error{Errc::payload_too_large, "One record of the file is too large"};
    if (*got == 0) break;
  }
  all.resize(size);
  return all;
}

Result<void> read_file(const std::filesystem::path& path, const std::function<Result<void>(Input&)>& each,
                       const InputLimits& limits, const std::function<void(std::uint64_t)>& progress) {
  const std::unique_ptr<archive, Freer<archive_read_free>> reader(archive_read_new());
  archive* from = reader.get();
  archive_read_support_filter_gzip(from);
  archive_read_support_filter_bzip2(from);
  archive_read_support_filter_xz(from);
  archive_read_support_filter_zstd(from);
  archive_read_support_format_tar(from);
  archive_read_support_format_zip(from);
  archive_read_support_format_empty(from);
  archive_read_support_format_raw(from);
  ArchiveInput input(from, limits, progress);
  if (archive_read_open_filename(from, path.c_str(), kPiece) != ARCHIVE_OK) return input.broken();
  std::uint64_t entries = 0;
  for (;;) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(from, &entry);
    if (status == ARCHIVE_EOF) return {};
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return input.broken();
    if (++entries > limits.entries) return Error{Errc::invalid_request, "The file has too many entries"};
    const bool raw = archive_format(from) == ARCHIVE_FORMAT_RAW;
    if (!raw && archive_entry_filetype(entry) != AE_IFREG) continue;
    input.begin(entry);
    if (auto done = each(input); !done) return done.error();
  }
}

}  // namespace wharf::vuln
