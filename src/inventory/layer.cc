#include "inventory/layer.h"

#include <algorithm>
#include <map>
#include <span>

#include "inventory/apk.h"
#include "inventory/distribution.h"
#include "inventory/dpkg.h"
#include "inventory/finds.h"
#include "inventory/gem.h"
#include "inventory/java.h"
#include "inventory/lists.h"
#include "inventory/npm.h"
#include "inventory/path.h"
#include "inventory/program.h"
#include "inventory/python.h"
#include "inventory/rpm.h"

namespace wharf::inventory {
namespace {

constexpr std::size_t kKiB = 1024, kMiB = 1024 * kKiB;

/// A file that is read as a whole, and who reads it.
struct TextReader {
  bool (*takes)(std::string_view path);
  std::size_t largest;
  Result<void> (*read)(std::string_view text, std::string_view path, Finds& finds);
};
constexpr TextReader kTextReaders[] = {
    {is_release_file, 64 * kKiB, read_release_file},
    {is_content_manifest, kMiB, read_content_manifest},
    {is_dnf_history, 32 * kMiB, read_dnf_history},
    {is_dpkg_status, 64 * kMiB, read_dpkg_status},
    {is_dpkg_list, 16 * kMiB, read_dpkg_list},
    {is_apk_database, 64 * kMiB, read_apk_database},
    {is_rpm_manifest, 16 * kMiB, read_rpm_manifest},
    {is_python_metadata, 2 * kMiB, read_python_metadata},
    {is_npm_package, 2 * kMiB, read_npm_package},
    {is_npm_lock, 16 * kMiB, read_npm_lock},
    {is_gemspec, kMiB, read_gemspec},
    {is_composer_list, 16 * kMiB, read_composer_list},
    {is_composer_lock, 16 * kMiB, read_composer_list},
    {is_dotnet_list, 16 * kMiB, read_dotnet_list},
    {is_cargo_lock, 8 * kMiB, read_cargo_lock},
};

/// A file that is read as it comes.
struct StreamReader {
  bool (*takes)(std::string_view path);
  Result<void> (*read)(Source& content, std::string_view path, Budget& budget, Finds& finds);
};
constexpr StreamReader kStreamReaders[] = {{is_jar, read_jar}, {is_egg, read_egg}};

/// Where a link may stand in place of the file.
constexpr std::string_view kSought[] = {"etc/os-release",       "usr/lib/os-release",      "etc/alpine-release",
                                        "etc/lsb-release",      "etc/redhat-release",      "etc/centos-release",
                                        "etc/oracle-release",   "etc/system-release",      "etc/photon-release",
                                        "etc/SuSE-release",     "etc/debian_version",      "var/lib/dpkg/status",
                                        "lib/apk/db/installed", "usr/lib/apk/db/installed"};

constexpr std::size_t kLargestRpmDatabase = 192 * kMiB, kLargestRpmLog = 64 * kMiB;
constexpr std::size_t kMostRemembered = 300'000;  // links and whiteouts
constexpr std::string_view kWhiteout = ".wh.", kOpaque = ".wh..wh..opq", kOwnMark = ".wh..wh.";

const TextReader* text_reader(std::string_view path) {
  const auto* found =
      std::find_if(std::begin(kTextReaders), std::end(kTextReaders), [&](const auto& it) { return it.takes(path); });
  return found == std::end(kTextReaders) ? nullptr : found;
}
const StreamReader* stream_reader(std::string_view path) {
  const auto* found = std::find_if(std::begin(kStreamReaders), std::end(kStreamReaders),
                                   [&](const auto& it) { return it.takes(path); });
  return found == std::end(kStreamReaders) ? nullptr : found;
}
bool is_sought(std::string_view path) {
  return text_reader(path) != nullptr || stream_reader(path) != nullptr || is_rpm_database(path);
}

class LayerReader {
 public:
  explicit LayerReader(const Limits& limits) : budget_(limits) {}

  Result<Layer> read(const LayerOpener& open) {
    if (auto done = walk(open, [this](const Entry& entry, Archive& archive) { look_at(entry, archive); }); !done) {
      return done.error();
    }
    close_rpm_database();
    find_more_names();
    if (!more_names_.empty()) {
      auto done = walk(open, [this](const Entry& entry, Archive& archive) { look_again(entry, archive); });
      if (!done) return done.error();
      close_rpm_database();
    }
    return conclude();
  }

 private:
  template <class Each>
  Result<void> walk(const LayerOpener& open, const Each& each) {
    auto source = open();
    if (!source) return source.error();
    auto archive = Archive::open(**source, Archive::Form::layer, budget_);
    if (!archive) return archive.error();
    for (;;) {
      const auto entry = (*archive)->next();
      if (!entry) return entry.error();
      if (*entry == nullptr) return {};
      each(**entry, **archive);
    }
  }

  void look_at(const Entry& entry, Archive& archive) {
    const std::string_view name = base_name(entry.path);
    if (name.starts_with(kWhiteout)) return take_whiteout(entry.path, name);
    if (entry.type == EntryType::folder) return;
    if (entry.type == EntryType::symlink || entry.executable || is_sought(entry.path)) {
      layer_.covered.push_back(path_hash(entry.path));
    }
    if (entry.type == EntryType::symlink) {
      if (links_.size() < kMostRemembered) links_.insert_or_assign(entry.path, entry.link);
    } else if (entry.type == EntryType::hardlink) {
      const auto* reader = text_reader(entry.path);
      const bool known = reader != nullptr ? text_reader(entry.link) == reader : is_sought(entry.link);
      if (is_sought(entry.path) && !known && more_names_.size() < kMostRemembered) {
        more_names_.emplace(entry.link, entry.path);
      }
    } else if (entry.type == EntryType::file) {
      files_.push_back(path_hash(entry.path));
      read_file(entry, entry.path, archive);
    }
  }

  /// The second time: only what has another name than the one under which it lies here.
  void look_again(const Entry& entry, Archive& archive) {
    if (entry.type != EntryType::file) return;
    const auto [first, last] = more_names_.equal_range(entry.path);
    if (first == last) return;
    if (std::next(first) == last) return read_file(entry, first->second, archive);
    const auto content = archive.read_all(64 * kMiB);
    if (!content) return finds_.note(entry.path, content.error().message);
    for (auto it = first; it != last; ++it) {
      MemorySource again(*content);
      read_file(entry, it->second, again);
    }
  }

  void take_whiteout(std::string_view path, std::string_view name) {
    const std::string_view folder = parent_path(path);
    auto& list = name == kOpaque ? layer_.opaque : layer_.whiteouts;
    if (list.size() >= kMostRemembered) return finds_.note(path, "more whiteouts than are looked at");
    if (name == kOpaque) {
      list.emplace_back(folder);
    } else if (name.size() > kWhiteout.size() && !name.starts_with(kOwnMark)) {
      list.push_back((folder.empty() ? "" : std::string(folder) + '/') + std::string(name.substr(kWhiteout.size())));
    }
  }

  void read_file(const Entry& entry, const std::string& path, Source& content) {
    Result<void> done;
    if (const auto* reader = text_reader(path)) {
      const auto text = content.read_all(reader->largest);
      done = text ? reader->read(*text, path, finds_) : text.error();
    } else if (const auto* streams = stream_reader(path)) {
      done = streams->read(content, path, budget_, finds_);
    } else if (is_rpm_database(path)) {
      done = open_rpm_database(path, content);
    } else if (const auto database = rpm_database_of_log(path)) {
      done = read_rpm_log(*database, content);
    } else if (entry.executable) {
      done = read_program(content, path, finds_);
    }
    if (!done) finds_.note(path, done.error().message);
  }

  /// SQLite's log comes after its database in the archive, if there is one.
  Result<void> open_rpm_database(const std::string& path, Source& content) {
    close_rpm_database();
    auto bytes = content.read_all(kLargestRpmDatabase);
    if (!bytes) return bytes.error();
    rpm_path_ = path;
    rpm_bytes_ = std::move(*bytes);
    return {};
  }

  Result<void> read_rpm_log(std::string_view database, Source& content) {
    if (rpm_path_ != database) return {};
    auto log = content.read_all(kLargestRpmLog);
    if (!log) return log.error();
    rpm_log_ = std::move(*log);
    return {};
  }

  void close_rpm_database() {
    const auto done = read_rpm_database(rpm_bytes_, rpm_log_, rpm_path_, finds_);
    if (!done) finds_.note(rpm_path_, done.error().message);
    rpm_path_ = {};
    rpm_bytes_ = {};
    rpm_log_ = {};
  }

  void find_more_names() {
    std::sort(files_.begin(), files_.end());
    for (const auto path : kSought) {
      if (std::binary_search(files_.begin(), files_.end(), path_hash(path))) continue;
      const auto target = follow_links(path, links_);
      if (!target || *target == path || text_reader(*target) != nullptr) continue;
      if (std::binary_search(files_.begin(), files_.end(), path_hash(*target))) more_names_.emplace(*target, path);
    }
    std::erase_if(more_names_, [this](const auto& it) {
      return !std::binary_search(files_.begin(), files_.end(), path_hash(it.first));
    });
  }

  Layer conclude() {
    layer_.distribution = find_distribution(finds_.releases());
    layer_.distribution.content_sets = finds_.content_sets();
    std::erase_if(finds_.packages(), [this](const Package& package) {
      const bool brought =
          !of_distribution(package.kind) && finds_.owns(file_of_location(package.location), package.kind);
      if (brought) layer_.brought.push_back(package_hash(package));
      return brought;
    });
    std::sort(layer_.brought.begin(), layer_.brought.end());
    layer_.packages = std::move(finds_.packages());
    layer_.problems = std::move(finds_.problems());
    std::sort(layer_.covered.begin(), layer_.covered.end());
    layer_.covered.erase(std::unique(layer_.covered.begin(), layer_.covered.end()), layer_.covered.end());
    return std::move(layer_);
  }

  Budget budget_;
  Finds finds_;
  Layer layer_;
  std::map<std::string, std::string, std::less<>> links_;
  std::vector<std::uint64_t> files_;                                 ///< Hashes of the paths of all files.
  std::multimap<std::string, std::string, std::less<>> more_names_;  ///< From a file to a name that is looked for.
  std::string rpm_path_, rpm_bytes_, rpm_log_;
};

}  // namespace

Result<Layer> read_layer(const LayerOpener& open, const Limits& limits) { return LayerReader(limits).read(open); }

}  // namespace wharf::inventory
