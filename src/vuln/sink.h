#pragma once
#include <cstdint>
#include <string_view>

#include "vuln/advisory.h"

namespace wharf::vuln {

/// What a feed's reader tells, piece by piece.
class Sink {
 public:
  virtual ~Sink() = default;

  /// Takes an advisory, cut to its bounds; returns its number for `affects`.
  virtual std::uint64_t advisory(Advisory advisory) = 0;
  /// Says what an advisory is about: `name` in `scope` (see scope.h).
  virtual void affects(std::string_view scope, std::string_view name, Affected affected) = 0;
  /// Takes what is known of a CVE beside any advisory: `body` under `scope` and `name`.
  virtual void note(std::string_view scope, std::string_view name, std::string_view body) = 0;
  /// Counts a record that was left out because it could not be understood.
  virtual void skipped(std::string_view what) = 0;
};

}  // namespace wharf::vuln
