#include "scan/local_image.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <thread>

#include "base/json.h"
#include "inventory/archive.h"
#include "inventory/path.h"
#include "inventory/source.h"
#include "service/manifest_document.h"

namespace wharf::scan {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestDocument = std::size_t{8} << 20;
constexpr std::size_t kMostDocuments = 1000;  // of one archive, looked at before it is known which count

Error damaged(const std::string& what) { return {Errc::invalid_request, what}; }

/// A file descriptor as bytes; counts what it gave.
class FdSource final : public inventory::Source {
 public:
  FdSource(int fd, std::uint64_t of, const ReadProgress& progress) : fd_(fd), of_(of), progress_(progress) {}
  ~FdSource() override { ::close(fd_); }

  static Result<std::unique_ptr<FdSource>> open(const fs::path& path, const ReadProgress& progress) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return Error{Errc::not_found, path.string() + " cannot be read"};
    std::error_code failed;
    const auto size = fs::file_size(path, failed);
    return std::make_unique<FdSource>(fd, failed ? 0 : size, progress);
  }

  Result<std::size_t> read(std::span<char> buffer) override {
    ssize_t count = 0;
    do {
      count = ::read(fd_, buffer.data(), buffer.size());
    } while (count < 0 && errno == EINTR);
    if (count < 0) return damaged("A file cannot be read");
    done_ += static_cast<std::uint64_t>(count);
    if (progress_) progress_(done_, of_);
    return static_cast<std::size_t>(count);
  }

 private:
  int fd_;
  std::uint64_t of_;
  std::uint64_t done_ = 0;
  const ReadProgress& progress_;
};

/// A folder as the tar of its files, made while it is read by a thread of its own.
class FolderSource final : public inventory::Source {
 public:
  FolderSource(const fs::path& folder, const ReadProgress& progress) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw Accident({Errc::internal, "Internal error", "no pipe"});
    reader_ = std::make_unique<FdSource>(ends[0], 0, progress);
    writer_ = std::thread([folder, out = ends[1], this] {
      good_ = write(folder, out);
      ::close(out);
    });
  }
  ~FolderSource() override {
    reader_.reset();  // The writer's next write fails.
    writer_.join();
  }

  Result<std::size_t> read(std::span<char> buffer) override {
    auto count = reader_->read(buffer);
    if (!count || *count > 0) return count;
    if (!good_) return damaged("The folder cannot be read");
    return count;
  }

 private:
  struct Out {
    int fd;
  };

  static la_ssize_t put(::archive*, void* to, const void* bytes, std::size_t size) {
    const auto count = ::write(static_cast<Out*>(to)->fd, bytes, size);
    return count < 0 ? ARCHIVE_FATAL : count;
  }

  static bool write(const fs::path& folder, int fd) {
    // Whoever reads may go away: that is an error of write(), not the end of the process.
    sigset_t pipes;
    sigemptyset(&pipes);
    sigaddset(&pipes, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipes, nullptr);
    Out out{fd};
    std::unique_ptr<::archive, decltype(&::archive_read_free)> disk(::archive_read_disk_new(), ::archive_read_free);
    std::unique_ptr<::archive, decltype(&::archive_write_free)> tar(::archive_write_new(), ::archive_write_free);
    ::archive_read_disk_set_symlink_physical(disk.get());
    ::archive_read_disk_set_behavior(disk.get(), ARCHIVE_READDISK_NO_TRAVERSE_MOUNTS | ARCHIVE_READDISK_NO_XATTR |
                                                     ARCHIVE_READDISK_NO_ACL | ARCHIVE_READDISK_NO_FFLAGS);
    ::archive_write_set_format_pax_restricted(tar.get());
    ::archive_write_set_bytes_per_block(tar.get(), 256 * 1024);
    if (::archive_write_open(tar.get(), &out, nullptr, put, nullptr) != ARCHIVE_OK) return false;
    if (::archive_read_disk_open(disk.get(), folder.c_str()) != ARCHIVE_OK) return false;
    const auto root = folder.string();
    std::vector<char> buffer(256 * 1024);
    for (;;) {
      ::archive_entry* entry = nullptr;
      const int code = ::archive_read_next_header(disk.get(), &entry);
      if (code == ARCHIVE_EOF) return ::archive_write_close(tar.get()) == ARCHIVE_OK;
      if (code < ARCHIVE_WARN) {
        if (code == ARCHIVE_FATAL) return false;
        continue;  // A file that may not be read: what is around it still counts.
      }
      ::archive_read_disk_descend(disk.get());
      const std::string path = ::archive_entry_pathname(entry) ? ::archive_entry_pathname(entry) : "";
      if (path.size() <= root.size()) continue;
      ::archive_entry_set_pathname(entry, path.c_str() + root.size() + (root.ends_with('/') ? 0 : 1));
      const auto type = ::archive_entry_filetype(entry);
      if (type != AE_IFREG && type != AE_IFDIR && type != AE_IFLNK) continue;
      if (::archive_write_header(tar.get(), entry) < ARCHIVE_WARN) return false;
      if (type != AE_IFREG || ::archive_entry_size(entry) == 0) continue;
      const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
      if (file < 0) continue;
      for (ssize_t count; (count = ::read(file, buffer.data(), buffer.size())) > 0;) {
        if (::archive_write_data(tar.get(), buffer.data(), static_cast<std::size_t>(count)) < 0) {
          ::close(file);
          return false;
        }
      }
      ::close(file);
    }
  }

  std::unique_ptr<FdSource> reader_;
  std::thread writer_;
  std::atomic<bool> good_{false};
};

/// What the documents of an image name: its layers' paths in the archive or folder, and what to call them.
struct Plan {
  std::vector<std::string> paths, names;
};

const json::Value* member(const json::Value& value, std::string_view name) {
  return value.is_object() ? value.get_object().if_contains(name) : nullptr;
}

std::string text_of(const json::Value& value, std::string_view name) {
  const auto* found = member(value, name);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

/// "blobs/sha256/ab…" of a digest; nothing for what is none.
std::optional<std::string> blob_path(const std::string& digest) {
  const auto parsed = Digest::parse(digest);
  if (!parsed) return std::nullopt;
  return "blobs/" + std::string(parsed->algorithm()) + '/' + std::string(parsed->hex());
}

std::string_view this_architecture() {
#if defined(__x86_64__)
  return "amd64";
#elif defined(__aarch64__)
  return "arm64";
#else
  return "";
#endif
}

using FindDocument = std::function<std::optional<std::string>(const std::string& path)>;

/// The layers of the image that an OCI layout's index names.
Result<Plan> plan_of_layout(const std::string& index, const FindDocument& find, int depth = 0) {
  const auto parsed = json::parse(index);
  const auto* manifests = parsed ? member(*parsed, "manifests") : nullptr;
  if (!manifests || !manifests->is_array() || manifests->get_array().empty() || depth > 3) {
    return damaged("The layout's index names no image");
  }
  const json::Value* chosen = nullptr;
  for (const auto& entry : manifests->get_array()) {
    const auto* platform = member(entry, "platform");
    const auto architecture = platform ? text_of(*platform, "architecture") : std::string();
    if (architecture == "unknown") continue;  // an attestation
    if (!chosen || architecture == this_architecture()) chosen = &entry;
    if (architecture == this_architecture()) break;
  }
  if (!chosen) return damaged("The layout's index names no image");
  const auto path = blob_path(text_of(*chosen, "digest"));
  const auto content = path ? find(*path) : std::nullopt;
  if (!content) return damaged("A manifest of the layout is missing");
  const auto document = service::parse_manifest(text_of(*chosen, "mediaType"), *content);
  if (!document) return damaged("A manifest of the layout cannot be read: " + document.error().message);
  if (document->is_list) return plan_of_layout(*content, find, depth + 1);
  Plan plan;
  for (const auto& layer : document->layers) {
    plan.paths.push_back(*blob_path(layer.digest.text()));
    plan.names.push_back(layer.digest.text());
  }
  return plan;
}

/// The layers of the first image of a `docker save` archive.
Result<Plan> plan_of_docker(const std::string& manifest) {
  const auto parsed = json::parse(manifest);
  if (!parsed || !parsed->is_array() || parsed->get_array().empty()) {
    return damaged("The archive's manifest.json names no image");
  }
  const auto* layers = member(parsed->get_array().front(), "Layers");
  if (!layers || !layers->is_array()) return damaged("The archive's manifest.json names no layers");
  Plan plan;
  for (const auto& layer : layers->get_array()) {
    const auto path = layer.is_string() ? inventory::clean_path(std::string_view(layer.get_string())) : std::nullopt;
    if (!path) return damaged("The archive's manifest.json names a layer that is no path");
    plan.paths.push_back(*path);
    const auto name = inventory::base_name(*path);
    const bool hashed = path->starts_with("blobs/sha256/");
    plan.names.push_back(hashed ? "sha256:" + std::string(name) : *path);
  }
  return plan;
}

/// One file of an archive, as bytes.
class MemberSource final : public inventory::Source {
 public:
  static Result<std::unique_ptr<inventory::Source>> open(const fs::path& path, const std::string& name,
                                                         const inventory::Limits& limits,
                                                         const ReadProgress& progress) {
    auto file = FdSource::open(path, progress);
    if (!file) return file.error();
    std::unique_ptr<MemberSource> source(new MemberSource(std::move(*file), limits));
    auto archive = inventory::Archive::open(*source->file_, inventory::Archive::Form::layer, source->budget_);
    if (!archive) return archive.error();
    source->archive_ = std::move(*archive);
    for (;;) {
      auto entry = source->archive_->next();
      if (!entry) return entry.error();
      if (*entry == nullptr) return damaged("The layer " + name + " is not in the archive");
      if ((*entry)->path == name && (*entry)->type == inventory::EntryType::file) break;
    }
    return std::unique_ptr<inventory::Source>(std::move(source));
  }

  Result<std::size_t> read(std::span<char> buffer) override { return archive_->read(buffer); }

 private:
  MemberSource(std::unique_ptr<FdSource> file, const inventory::Limits& limits)
      : limits_(limits), file_(std::move(file)), budget_(limits_) {}

  const inventory::Limits limits_;
  std::unique_ptr<FdSource> file_;
  inventory::Budget budget_;
  std::unique_ptr<inventory::Archive> archive_;
};

/// Reads each layer that `plan` names out of the archive.
Result<LocalImage> read_members(const fs::path& path, const Plan& plan, const std::map<std::string, std::string>& links,
                                const inventory::Limits& limits, const ReadProgress& progress) {
  LocalImage image{.name = path.filename().string(), .layer_names = plan.names, .layers = {}};
  for (const auto& each : plan.paths) {
    const auto link = links.find(each);
    const auto& name = link == links.end() ? each : link->second;
    const auto open = [&] { return MemberSource::open(path, name, limits, progress); };
    auto layer = inventory::read_layer(open, limits);
    if (!layer) return layer.error();
    image.layers.push_back(std::move(*layer));
  }
  return image;
}

Result<inventory::Layer> read_file_layer(const fs::path& path, const inventory::Limits& limits,
                                         const ReadProgress& progress) {
  const auto open = [&]() -> Result<std::unique_ptr<inventory::Source>> {
    auto file = FdSource::open(path, progress);
    if (!file) return file.error();
    return std::unique_ptr<inventory::Source>(std::move(*file));
  };
  return inventory::read_layer(open, limits);
}

/// What lies at the top of an archive: the documents that may say what its other files are.
struct Documents {
  std::map<std::string, std::string> texts;  ///< By path.
  std::map<std::string, std::string> links;  ///< Older dockers write a layer that comes twice as a link to the first.
};
Result<Documents> read_documents(const fs::path& path, const inventory::Limits& limits) {
  const ReadProgress silent;
  auto file = FdSource::open(path, silent);
  if (!file) return file.error();
  inventory::Budget budget(limits);
  auto archive = inventory::Archive::open(**file, inventory::Archive::Form::layer, budget);
  if (!archive) return archive.error();
  Documents documents;
  for (int others = 0;;) {
    auto entry = (*archive)->next();
    if (!entry) return entry.error();
    if (*entry == nullptr) break;
    const auto& name = (*entry)->path;
    if ((*entry)->type == inventory::EntryType::symlink && name.ends_with("/layer.tar") &&
        (*entry)->link.starts_with("../") && documents.links.size() < kMostDocuments) {
      documents.links[name] = (*entry)->link.substr(3);
    }
    const bool candidate = name == "manifest.json" || name == "index.json" || name == "oci-layout" ||
                           (name.starts_with("blobs/") && (*entry)->size_bytes < kLargestDocument);
    if (!candidate || documents.texts.size() >= kMostDocuments) {
      // The tar of a file system has thousands of files before anybody could say that it is no image.
      if (documents.texts.empty() && ++others > 2000) break;
      continue;
    }
    const auto key = name;
    auto content = (*archive)->read_all(kLargestDocument);
    if (!content) return content.error();
    if (key.starts_with("blobs/") && !content->starts_with('{')) continue;
    documents.texts[key] = std::move(*content);
  }
  return documents;
}

Result<LocalImage> read_archive(const fs::path& path, const inventory::Limits& limits, const ReadProgress& progress) {
  auto documents = read_documents(path, limits);
  if (!documents) return documents.error();
  const auto find = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = documents->texts.find(name);
    if (found == documents->texts.end()) return std::nullopt;
    return found->second;
  };
  if (const auto manifest = find("manifest.json")) {
    auto plan = plan_of_docker(*manifest);
    if (!plan) return plan.error();
    return read_members(path, *plan, documents->links, limits, progress);
  }
  if (const auto index = find("index.json"); index && find("oci-layout")) {
    auto plan = plan_of_layout(*index, find);
    if (!plan) return plan.error();
    return read_members(path, *plan, documents->links, limits, progress);
  }
  auto layer = read_file_layer(path, limits, progress);
  if (!layer) return layer.error();
  LocalImage image{.name = path.filename().string(), .layer_names = {path.filename().string()}, .layers = {}};
  image.layers.push_back(std::move(*layer));
  return image;
}

Result<LocalImage> read_layout(const fs::path& folder, const inventory::Limits& limits, const ReadProgress& progress) {
  const ReadProgress silent;
  const auto find = [&](const std::string& name) -> std::optional<std::string> {
    auto file = FdSource::open(folder / name, silent);
    if (!file) return std::nullopt;
    auto content = (*file)->read_all(kLargestDocument);
    if (!content) return std::nullopt;
    return std::move(*content);
  };
  const auto index = find("index.json");
  if (!index) return damaged("The layout has no index.json");
  auto plan = plan_of_layout(*index, find);
  if (!plan) return plan.error();
  LocalImage image{.name = folder.filename().string(), .layer_names = plan->names, .layers = {}};
  for (const auto& path : plan->paths) {
    auto layer = read_file_layer(folder / path, limits, progress);
    if (!layer) return layer.error();
    image.layers.push_back(std::move(*layer));
  }
  return image;
}

}  // namespace

Result<LocalImage> read_local_image(const fs::path& path, const inventory::Limits& limits,
                                    const ReadProgress& progress) {
  std::error_code failed;
  const auto status = fs::status(path, failed);
  if (failed || !fs::exists(status)) return Error{Errc::not_found, path.string() + " is not there"};
  if (!fs::is_directory(status)) return read_archive(path, limits, progress);
  if (fs::exists(path / "oci-layout", failed)) return read_layout(path, limits, progress);
  const auto open = [&]() -> Result<std::unique_ptr<inventory::Source>> {
    return std::unique_ptr<inventory::Source>(std::make_unique<FolderSource>(path, progress));
  };
  auto layer = inventory::read_layer(open, limits);
  if (!layer) return layer.error();
  const auto name = fs::weakly_canonical(path, failed).filename().string();
  LocalImage image{.name = name.empty() ? "/" : name, .layer_names = {name.empty() ? "/" : name}, .layers = {}};
  image.layers.push_back(std::move(*layer));
  return image;
}

}  // namespace wharf::scan
