#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/package.h"

namespace wharf::inventory {

/// What the readers of one layer's files have found. It takes what strangers wrote: texts become valid UTF-8, and what
/// is beyond the bounds is left out and noted.
class Finds {
 public:
  /// A package without a name or version is none.
  void add(Package package);
  /// A package of the package manager's, `owner`, brought this file.
  void own(std::string_view path, std::string_view owner);
  /// It is none of the distribution's packages but somebody else's, in its form.
  void add_stranger(std::string_view owner) { strangers_.emplace(owner); }
  /// Whether a language's package in this file is the business of the one that brought it. Of Python, npm and Ruby it
  /// always is; programs and jars that strangers have packed are looked after by no distribution.
  bool owns(std::string_view path, Kind kind) const;
  /// What could not be read, for people; at most a hundred are kept.
  void note(std::string_view path, std::string_view problem);
  /// A file that tells of the distribution, by its path.
  void add_release(std::string_view path, std::string text) { releases_[std::string(path)] = std::move(text); }
  void add_content_set(std::string_view name) { add_name(content_sets_, name); }
  /// A repository that a layer's package manager has used: it counts where the image says to look there.
  void add_repository(std::string_view name) { add_name(repositories_, name); }
  void look_at_repositories() { repositories_count_ = true; }

  std::vector<Package>& packages() { return packages_; }
  const std::map<std::string, std::string>& releases() const { return releases_; }
  const std::vector<std::string>& content_sets() const {
    return content_sets_.empty() && repositories_count_ ? repositories_ : content_sets_;
  }
  std::vector<std::string>& problems() { return problems_; }

 private:
  static void add_name(std::vector<std::string>& to, std::string_view name);

  std::vector<Package> packages_;
  std::size_t text_bytes_ = 0;
  struct Owned {
    std::uint64_t path;  ///< Its hash.
    std::uint32_t owner;
    friend auto operator<=>(const Owned&, const Owned&) = default;
  };
  mutable std::vector<Owned> owned_;  ///< Sorted when they are first asked for.
  mutable bool sorted_ = true;
  std::map<std::string, std::uint32_t, std::less<>> owners_;
  std::set<std::string, std::less<>> strangers_;
  std::map<std::string, std::string> releases_;
  std::vector<std::string> content_sets_;
  std::vector<std::string> repositories_;
  bool repositories_count_ = false;
  std::vector<std::string> problems_;
};

}  // namespace wharf::inventory
