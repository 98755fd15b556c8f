#include "inventory/finds.h"

#include <algorithm>

#include "base/utf8.h"
#include "inventory/path.h"
#include "inventory/text.h"

namespace wharf::inventory {
namespace {

constexpr std::size_t kMostPackages = 200'000;
constexpr std::size_t kMostTextBytes = 64 << 20;
constexpr std::size_t kMostOwned = 3'000'000;
constexpr std::size_t kMostProblems = 100;
constexpr std::size_t kMostContentSets = 1000;

/// /lib and /usr/lib are one folder nowadays, whichever of them a database names.
std::string_view without_usr(std::string_view path) {
  if (path.starts_with("usr/")) path.remove_prefix(4);
  return path;
}

}  // namespace

void Finds::add(Package package) {
  std::size_t bytes = 0;
  for (auto* text : {&package.name, &package.version, &package.source_name, &package.source_version, &package.arch,
                     &package.module, &package.vendor, &package.location}) {
    if (!tidy(*text)) {
      return note(package.location.substr(0, kLongestText), "a package with a text that is none");
    }
    bytes += text->size();
  }
  if (package.name.empty() || package.version.empty()) return;
  if (packages_.size() >= kMostPackages || text_bytes_ + bytes > kMostTextBytes) {
    return note(package.location, "more packages than are looked at");
  }
  text_bytes_ += bytes;
  packages_.push_back(std::move(package));
}

void Finds::own(std::string_view path, std::string_view owner) {
  while (path.starts_with('/')) path.remove_prefix(1);
  if (owned_.size() >= kMostOwned) return;
  auto known = owners_.find(owner);
  if (known == owners_.end()) {
    known = owners_.emplace(std::string(owner), static_cast<std::uint32_t>(owners_.size())).first;
  }
  owned_.push_back({path_hash(without_usr(path)), known->second});
  sorted_ = false;
}

bool Finds::owns(std::string_view path, Kind kind) const {
  if (!sorted_) {
    std::sort(owned_.begin(), owned_.end());
    sorted_ = true;
  }
  const bool always = kind == Kind::pypi || kind == Kind::npm || kind == Kind::gem;
  const auto hash = path_hash(without_usr(path));
  auto at = std::lower_bound(owned_.begin(), owned_.end(), Owned{hash, 0});
  for (; at != owned_.end() && at->path == hash; ++at) {
    const auto is_stranger = [&](const auto& name) {
      const auto owner = owners_.find(name);
      return owner != owners_.end() && owner->second == at->owner;
    };
    if (always || std::none_of(strangers_.begin(), strangers_.end(), is_stranger)) return true;
  }
  return false;
}

void Finds::note(std::string_view path, std::string_view problem) {
  if (problems_.size() >= kMostProblems) return;
  std::string line = valid_utf8(std::string(path) + ": " + std::string(problem));
  if (problems_.empty() || problems_.back() != line) problems_.push_back(std::move(line));
}

void Finds::add_name(std::vector<std::string>& to, std::string_view name) {
  std::string text(name);
  if (!tidy(text) || text.empty() || to.size() >= kMostContentSets) return;
  if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(std::move(text));
}

}  // namespace wharf::inventory
