#include "inventory/image.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_set>

#include "inventory/java.h"
#include "inventory/lists.h"
#include "inventory/npm.h"
#include "inventory/path.h"

namespace wharf::inventory {
namespace {

/// A package in the state that the layers so far have come to.
struct Present {
  const Package* package = nullptr;
  std::size_t since = 0;  ///< The layer from which on it is there.
  std::size_t in = 0;     ///< The layer whose copy of its database or file counts.
  std::size_t position = 0;
};

using Key = std::tuple<Kind, std::string_view, std::string_view, std::string_view, std::string_view>;
Key key_of(const Package& it) { return {it.kind, it.name, it.version, it.arch, it.location}; }

/// What a layer takes away from those below it.
class Cover {
 public:
  explicit Cover(const Layer& layer)
      : covered_(layer.covered),
        whiteouts_(layer.whiteouts.begin(), layer.whiteouts.end()),
        opaque_(layer.opaque.begin(), layer.opaque.end()) {}

  bool takes(std::string_view path) const {
    for (std::string_view at = path; !at.empty(); at = parent_path(at)) {
      if (whiteouts_.contains(at) || opaque_.contains(parent_path(at))) return true;
      if (std::binary_search(covered_.begin(), covered_.end(), path_hash(at))) return true;
    }
    return false;
  }

 private:
  const std::vector<std::uint64_t>& covered_;
  std::unordered_set<std::string_view> whiteouts_;
  std::unordered_set<std::string_view> opaque_;
};

/// The state after `layer`, number `index`, on top of `below`.
std::vector<Present> put_on(std::vector<Present> below, const Layer& layer, std::size_t index) {
  const Cover cover(layer);
  std::map<Key, std::size_t> taken;  // since when it was there
  std::string_view last;             // most packages share one database
  bool last_taken = false;
  std::erase_if(below, [&](const Present& it) {
    const std::string_view file = file_of_location(it.package->location);
    if (file != last) {
      last = file;
      last_taken = cover.takes(file);
    }
    if (last_taken) taken.emplace(key_of(*it.package), it.since);
    return last_taken;
  });
  for (const auto& package : layer.packages) {
    const auto before = taken.find(key_of(package));
    below.push_back({&package, before == taken.end() ? index : before->second, index});
  }
  return below;
}

/// The distribution of each layer: its own, or the nearest one's below that says, or else the nearest one's above.
std::vector<const Distribution*> spread_distributions(std::span<const Layer> layers) {
  std::vector<const Distribution*> all(layers.size(), nullptr);
  const Distribution* nearest = nullptr;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i].distribution.id.empty()) nearest = &layers[i].distribution;
    all[i] = nearest;
  }
  for (std::size_t i = layers.size(); i-- > 0;) {
    if (all[i] == nullptr) all[i] = i + 1 < layers.size() ? all[i + 1] : nullptr;
  }
  return all;
}

/// The repositories that hold for each layer: its own, or those of the nearest one below that names some.
std::vector<const std::vector<std::string>*> spread_content_sets(std::span<const Layer> layers) {
  static const std::vector<std::string> kNone;
  std::vector<const std::vector<std::string>*> all;
  for (const auto& layer : layers) {
    const auto& own = layer.distribution.content_sets;
    all.push_back(!own.empty() ? &own : all.empty() ? &kNone : all.back());
  }
  return all;
}

/// Whether this is what a project's lock file would have installed.
bool is_of_lock(const Package& package) {
  return (package.kind == Kind::npm && is_npm_lock(package.location)) ||
         (package.kind == Kind::composer && is_composer_lock(package.location));
}

/// The projects of which it is known what is installed: folders that have a node_modules with something in it, or a
/// vendor/composer/installed.json.
std::set<std::pair<Kind, std::string_view>> installed_projects(const std::vector<Present>& state) {
  constexpr std::string_view kModules = "node_modules/";
  std::set<std::pair<Kind, std::string_view>> folders;
  for (const auto& it : state) {
    const Kind kind = it.package->kind;
    const std::string_view location = it.package->location;
    if (is_of_lock(*it.package)) continue;
    if (kind == Kind::composer) folders.emplace(kind, parent_path(parent_path(parent_path(location))));
    if (kind != Kind::npm) continue;
    const auto at = location.find(kModules);
    if (at == 0) folders.emplace(kind, "");
    if (at != std::string_view::npos && at > 0) folders.emplace(kind, location.substr(0, at - 1));
  }
  return folders;
}

}  // namespace

Image merge_layers(std::span<const Layer> layers) {
  std::vector<Present> state;
  for (std::size_t i = 0; i < layers.size(); ++i) state = put_on(std::move(state), layers[i], i);
  std::erase_if(state, [&](const Present& it) {
    if (of_distribution(it.package->kind)) return false;
    const auto hash = package_hash(*it.package);
    return std::any_of(layers.begin(), layers.begin() + static_cast<std::ptrdiff_t>(it.in), [&](const Layer& below) {
      return std::binary_search(below.brought.begin(), below.brought.end(), hash);
    });
  });
  const auto projects = installed_projects(state);
  std::erase_if(state, [&](const Present& it) {
    return is_of_lock(*it.package) && projects.contains({it.package->kind, parent_path(it.package->location)});
  });
  for (std::size_t i = 0; i < state.size(); ++i) state[i].position = i;
  std::sort(state.begin(), state.end(), [](const Present& a, const Present& b) {
    return std::pair(a.since, a.position) < std::pair(b.since, b.position);
  });

  const auto distributions = spread_distributions(layers);
  const auto content_sets = spread_content_sets(layers);
  Image image;
  std::map<std::pair<const Distribution*, const std::vector<std::string>*>, std::size_t> numbers;
  for (const auto& it : state) {
    const auto pair = std::pair(distributions[it.in], content_sets[it.since]);
    const auto [known, added] = numbers.emplace(pair, image.distributions.size());
    if (added) {
      image.distributions.push_back(pair.first == nullptr ? Distribution{} : *pair.first);
      image.distributions.back().content_sets = *pair.second;
    }
    image.packages.push_back({*it.package, it.since, known->second});
  }
  return image;
}

}  // namespace wharf::inventory
