#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/message.h"
#include "http/operation.h"

namespace wharf::http {

/// Finds the operation of a path and a verb.
///
/// `{repository}` (or `{name}` of the registry protocol) takes one segment or more, every other parameter exactly
/// one. Where several templates match, the one with the most literal segments wins, so that a fixed suffix beats a
/// repository's name. A missing or extra final slash is accepted. `%2F` counts as a slash that belongs to a name where
/// that gives a reading ("acme%2Fapp%2Ftag%2Fv1" is a repository), as any other where not.
class Router {
 public:
  /// Adds a template; `index` is given back by `find`.
  void add(Verb verb, std::string_view path, std::size_t index);

  struct Match {
    std::optional<std::size_t> index;  ///< Empty: the path is known, the verb is not.
    Parameters parameters;             ///< Views into the templates, values decoded.
    std::string allow;                 ///< "GET, HEAD, PUT": what the path answers; only when `index` is empty.
  };
  /// Nothing when no template has this path, or when it is badly encoded. HEAD falls back to GET.
  std::optional<Match> find(Verb verb, std::string_view raw_path) const;

 private:
  struct Template {
    std::string path;                   ///< As added; the views below look into it.
    std::vector<std::string> segments;  ///< A parameter starts with '{'.
    std::vector<std::string> names;     ///< Of the parameters, by segment; empty for literals.
    int many = -1;                      ///< Index of the segment that takes several; -1: none.
    std::size_t literals = 0;
    std::vector<std::pair<Verb, std::size_t>> verbs;
  };
  /// `held` are slashes beside which no literal segment stands.
  bool match(const Template& entry, const std::vector<std::string_view>& segments,
             const std::vector<const char*>& held) const;
  Parameters values(const Template& entry, const std::vector<std::string_view>& segments) const;

  /// Looks up by a view of the path, so that finding a route copies nothing.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  /// By the literal segments before the first parameter, joined with '/'; each list with most literals first.
  std::unordered_map<std::string, std::vector<std::unique_ptr<Template>>, Hash, std::equal_to<>> buckets_;
  std::size_t longest_prefix_ = 0;  ///< Segments in the longest of those keys.
};

}  // namespace wharf::http
