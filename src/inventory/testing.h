#pragma once
#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/freer.h"
#include "inventory/archive.h"

/// Layers and archives for tests, made as they are needed.
namespace wharf::inventory {

struct TestFile {
  std::string path;
  std::string content{};
  EntryType type = EntryType::file;
  std::string link{};
  bool executable = false;
};

inline TestFile test_program(std::string path, std::string content) {
  return {.path = std::move(path), .content = std::move(content), .executable = true};
}
inline TestFile test_symlink(std::string path, std::string target) {
  return {.path = std::move(path), .type = EntryType::symlink, .link = std::move(target)};
}
inline TestFile test_hardlink(std::string path, std::string target) {
  return {.path = std::move(path), .type = EntryType::hardlink, .link = std::move(target)};
}
inline TestFile test_folder(std::string path) { return {.path = std::move(path), .type = EntryType::folder}; }

/// `format` is one of libarchive's, such as ARCHIVE_FORMAT_TAR_PAX_RESTRICTED or ARCHIVE_FORMAT_ZIP.
inline std::string test_archive(const std::vector<TestFile>& files, int format, int filter = ARCHIVE_FILTER_NONE) {
  std::string out;
  const std::unique_ptr<archive, Freer<archive_write_free>> writer(archive_write_new());
  const auto must = [&](int status) {
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) throw std::runtime_error(archive_error_string(writer.get()));
  };
  must(archive_write_set_format(writer.get(), format));
  must(archive_write_add_filter(writer.get(), filter));
  must(archive_write_set_bytes_in_last_block(writer.get(), 1));
  const auto write = [](archive*, void* to, const void* bytes, std::size_t size) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
  };
  must(archive_write_open(writer.get(), &out, nullptr, write, nullptr));
  for (const auto& file : files) {
    const std::unique_ptr<archive_entry, Freer<archive_entry_free>> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), file.path.c_str());
    archive_entry_set_perm(entry.get(), file.executable ? 0755 : 0644);
    archive_entry_set_filetype(entry.get(), file.type == EntryType::folder    ? AE_IFDIR
                                            : file.type == EntryType::symlink ? AE_IFLNK
                                                                              : AE_IFREG);
    if (file.type == EntryType::symlink) archive_entry_set_symlink(entry.get(), file.link.c_str());
    if (file.type == EntryType::hardlink) archive_entry_set_hardlink(entry.get(), file.link.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.content.size()));
    must(archive_write_header(writer.get(), entry.get()));
    if (!file.content.empty()) archive_write_data(writer.get(), file.content.data(), file.content.size());
  }
  must(archive_write_close(writer.get()));
  return out;
}

inline std::string test_layer(const std::vector<TestFile>& files, int filter = ARCHIVE_FILTER_NONE) {
  return test_archive(files, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, filter);
}
inline std::string test_zip(const std::vector<TestFile>& files) { return test_archive(files, ARCHIVE_FORMAT_ZIP); }

}  // namespace wharf::inventory
