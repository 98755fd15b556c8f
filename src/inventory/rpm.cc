#include "inventory/rpm.h"

#include <algorithm>
#include <vector>

#include "inventory/bytes.h"
#include "inventory/path.h"
#include "inventory/sqlite_file.h"
#include "inventory/text.h"

namespace wharf::inventory {
namespace {

enum Tag : std::uint32_t {
  kName = 1000,
  kVersion = 1001,
  kRelease = 1002,
  kEpoch = 1003,
  kVendor = 1011,
  kArch = 1022,
  kSourceRpm = 1044,
  kDirIndexes = 1116,
  kBaseNames = 1117,
  kDirNames = 1118,
  kModularityLabel = 5096,
};

constexpr std::uint32_t kInt32 = 4, kString = 6, kStringArray = 8, kI18nString = 9;
constexpr std::uint64_t kMostEntries = 65'536;
constexpr std::uint64_t kMostFiles = 1'000'000;

Error damaged(std::string_view what) { return {Errc::invalid_request, "A damaged rpm " + std::string(what)}; }

struct Item {
  std::uint32_t type = 0;
  std::uint32_t offset = 0;
  std::uint32_t count = 0;
};

class Header {
 public:
  static Result<Header> parse(std::string_view bytes) {
    const Bytes all(bytes, true);
    const std::uint64_t entries = all.u32(0), size = all.u32(4);
    if (bytes.size() < 8 || entries > kMostEntries || 8 + 16 * entries > bytes.size()) return damaged("header");
    const auto data = all.part(8 + 16 * entries, size);
    if (!data) return damaged("header");
    Header header(*data);
    for (std::uint64_t i = 0; i < entries; ++i) {
      const std::uint64_t at = 8 + 16 * i;
      header.keep(all.u32(at), {all.u32(at + 4), all.u32(at + 8), all.u32(at + 12)});
    }
    return header;
  }

  std::string text(Tag tag) const {
    const Item item = find(tag);
    if (item.type != kString && item.type != kI18nString && item.type != kStringArray) return {};
    return std::string(data_.text(item.offset).substr(0, kLongestText + 1));
  }

  std::optional<std::uint32_t> number(Tag tag) const {
    const Item item = find(tag);
    if (item.type != kInt32 || item.count < 1 || !data_.part(item.offset, 4)) return {};
    return data_.u32(item.offset);
  }

  std::vector<std::string_view> texts(Tag tag) const {
    std::vector<std::string_view> all;
    const Item item = find(tag);
    if (item.type != kStringArray) return all;
    for (std::uint64_t at = item.offset;
         all.size() < std::min<std::uint64_t>(item.count, kMostFiles) && at < data_.size();) {
      all.push_back(data_.text(at));
      at += all.back().size() + 1;
    }
    return all;
  }

  std::uint32_t number_of_list(Tag tag, std::size_t index) const {
    const Item item = find(tag);
    return item.type == kInt32 && index < item.count ? data_.u32(item.offset + 4 * index) : UINT32_MAX;
  }

 private:
  explicit Header(std::string_view data) : data_(data, true) {}

  static constexpr std::uint32_t kTags[] = {kName,      kVersion,    kRelease,   kEpoch,    kVendor,         kArch,
                                            kSourceRpm, kDirIndexes, kBaseNames, kDirNames, kModularityLabel};

  void keep(std::uint32_t tag, Item item) {
    for (std::size_t i = 0; i < std::size(kTags); ++i) {
      if (kTags[i] == tag && items_[i].type == 0) items_[i] = item;
    }
  }
  Item find(Tag tag) const {
    for (std::size_t i = 0; i < std::size(kTags); ++i) {
      if (kTags[i] == tag) return items_[i];
    }
    return {};
  }

  Bytes data_;
  Item items_[std::size(kTags)];
};

/// "perl-5.26.3-419.el8.src.rpm": name, and version-release.
void set_source(Package& package, std::string_view file) {
  package.source_name = package.name;
  for (const std::string_view end : {".src.rpm", ".nosrc.rpm"}) {
    if (!file.ends_with(end)) continue;
    const std::string_view stem = file.substr(0, file.size() - end.size());
    const auto release = stem.rfind('-');
    if (release == std::string_view::npos || release == 0) return;
    const auto version = stem.rfind('-', release - 1);
    if (version == std::string_view::npos || version == 0) return;
    package.source_name = stem.substr(0, version);
    package.source_version = stem.substr(version + 1);
    return;
  }
}

std::string whole_version(std::optional<std::uint32_t> epoch, const std::string& version, const std::string& release) {
  if (version.empty()) return {};
  return (epoch ? std::to_string(*epoch) + ':' : "") + version + (release.empty() ? "" : '-' + release);
}

void own_files(const Header& header, std::string_view owner, Finds& finds) {
  const auto folders = header.texts(kDirNames);
  const auto names = header.texts(kBaseNames);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::uint32_t folder = header.number_of_list(kDirIndexes, i);
    if (folder >= folders.size() || folders[folder].size() + names[i].size() > kLongestText) continue;
    finds.own(std::string(folders[folder]) + std::string(names[i]), owner);
  }
}

/// Who builds the packages of the distributions that there are, by a word of the name. A package without a name of
/// this kind is nobody's to speak of.
constexpr std::string_view kVendors[] = {"Red Hat",   "CentOS",    "Fedora",  "Alma",   "CloudLinux", "Rocky",
                                         "Oracle",    "Amazon",    "SUSE",    "VMware", "Photon",     "Broadcom",
                                         "Microsoft", "openEuler", "Mariner", "Azure",  "Anolis",     "TencentOS"};

bool is_stranger(const Package& package) {
  return !package.vendor.empty() && std::none_of(std::begin(kVendors), std::end(kVendors), [&](std::string_view word) {
    return package.vendor.find(word) != std::string::npos;
  });
}

}  // namespace

Result<void> read_rpm_header(std::string_view bytes, std::string_view path, Finds& finds) {
  const auto header = Header::parse(bytes);
  if (!header) return header.error();
  Package package{.kind = Kind::rpm,
                  .name = header->text(kName),
                  .version = whole_version(header->number(kEpoch), header->text(kVersion), header->text(kRelease)),
                  .arch = header->text(kArch),
                  .module = header->text(kModularityLabel),
                  .vendor = header->text(kVendor),
                  .location = std::string(path)};
  if (package.name == "gpg-pubkey") return {};  // a key, not a package
  set_source(package, header->text(kSourceRpm));
  own_files(*header, package.name, finds);
  if (is_stranger(package)) finds.add_stranger(package.name);
  finds.add(std::move(package));
  return {};
}

bool is_rpm_database(std::string_view path) {
  const std::string_view name = base_name(path);
  return name == "rpmdb.sqlite" || name == "Packages.db" || name == "Packages";
}

std::optional<std::string_view> rpm_database_of_log(std::string_view path) {
  constexpr std::string_view kLog = "-wal";
  if (base_name(path) != "rpmdb.sqlite-wal") return {};
  return path.substr(0, path.size() - kLog.size());
}

Result<void> read_rpm_database(std::string& bytes, std::string_view log, std::string_view path, Finds& finds) {
  const HeaderSink sink = [&](std::string_view header) {
    if (const auto done = read_rpm_header(header, path, finds); !done) finds.note(path, done.error().message);
  };
  if (is_sqlite_file(bytes)) return read_sqlite_column(bytes, log, "Packages", "blob", sink);
  if (is_rpm_ndb(bytes)) return read_rpm_ndb(bytes, sink);
  if (is_rpm_berkeley(bytes)) return read_rpm_berkeley(bytes, sink);
  return {};
}

bool is_rpm_manifest(std::string_view path) { return path == "var/lib/rpmmanifest/container-manifest-2"; }

Result<void> read_rpm_manifest(std::string_view text, std::string_view path, Finds& finds) {
  Lines lines(text);
  while (auto line = lines.next()) {
    // name, version-release, installed, built, vendor, epoch, size, arch, epoch number, source rpm
    std::string_view rest = *line;
    std::string_view column[10];
    for (auto& it : column) it = trimmed(cut(rest, '\t'));
    const std::string_view epoch = column[8].find_first_not_of("0123456789") == std::string_view::npos ? column[8] : "";
    Package package{.kind = Kind::rpm,
                    .name = std::string(column[0]),
                    .version = (epoch.empty() || epoch == "0" ? "" : std::string(epoch) + ':') + std::string(column[1]),
                    .arch = std::string(column[7]),
                    .vendor = std::string(column[4]),
                    .location = std::string(path)};
    if (column[1].empty()) continue;
    set_source(package, column[9]);
    finds.add(std::move(package));
  }
  return {};
}

}  // namespace wharf::inventory
