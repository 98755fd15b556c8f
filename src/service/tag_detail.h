#pragma once
#include <map>
#include <string>
#include <vector>

#include "store/tag.h"
#include "store/tag_detail.h"

namespace wharf::service {

/// What an image runs on: as the index says that has it, or as its own configuration says.
struct Platform {
  std::string digest;
  std::string os;
  std::string architecture;
  std::string variant;  ///< "v8"; "" = none.
};

/// What is shown beside a tag.
struct TagDetail {
  store::TagUse use;
  store::FindingCounts findings;
  std::vector<Platform> platforms;  ///< Of an image one at most; of a list the first 100, attestations ("unknown")
                                    ///< left out.
};

/// By the tags' ids. A few statements for all of them together.
std::map<std::int64_t, TagDetail> details_of(db::Tx& tx, const std::vector<store::Tag>& tags, Millis now);

}  // namespace wharf::service
