#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "db/database.h"
#include "vuln/match.h"
#include "vuln/store.h"

namespace wharf::vuln {

/// What was read of the data in force, unpacked, and kept for the images that are matched next: most packages of one
/// are in many. One user at a time. What a look-up answers has at least what it was asked for, and is valid until
/// `begin`. Throws as find_entries.
class Lookups {
 public:
  /// `most_bytes`: about how much is kept from one image to the next; what one image needs is never too much.
  explicit Lookups(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// Before an image, in its transaction: forgets what is of other data than is in force in `tx`, and everything when
  /// it has become too much.
  void begin(db::Tx& tx);

  /// What is said of `names` in `scope`; nothing of most.
  const std::map<std::string, std::vector<Said>>& entries(db::Tx& tx, const std::string& scope,
                                                          const std::set<std::string>& names);
  /// Those of `keys` that are there.
  const std::map<AdvisoryKey, Advisory>& advisories(db::Tx& tx, const std::set<AdvisoryKey>& keys);
  /// What NVD, EPSS and KEV say of each of `names`; empty facts for what they say nothing of.
  const std::map<std::string, CveFacts>& facts(db::Tx& tx, const std::set<std::string>& names);
  /// The CVSS vectors that advisories of other feeds have for `names`; empty texts where there are none.
  const std::map<std::string, std::string>& alias_vectors(db::Tx& tx, const std::set<std::string>& names);

 private:
  const std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  std::pair<std::int64_t, std::int64_t> state_;
  std::map<std::string, std::map<std::string, std::vector<Said>>> entries_;  ///< By scope.
  std::map<AdvisoryKey, Advisory> advisories_;
  std::map<std::string, CveFacts> facts_;
  std::map<std::string, std::string> alias_vectors_;
};

}  // namespace wharf::vuln
