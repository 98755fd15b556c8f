#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/names.h"
#include "db/database.h"
#include "service/settings.h"
#include "store/access.h"

namespace wharf::service {

/// A tag that is about to be made or moved.
struct TagToMake {
  std::int64_t namespace_id = 0;
  std::int64_t repository_id = 0;
  std::string_view name;
  std::int64_t manifest_id = 0;
  bool is_list = false;
};

/// What a new generation of a tag is to be.
struct TagRules {
  Millis end_ms = store::kForever;
  bool immutable = false;
  bool by_policy = false;  ///< A policy makes it immutable: to be told in the log.
};

/// What the labels of the manifest say (`quay.expires-after`, `quay.immutable`), and the policies of the repository and
/// its namespace. Labels must have been stored before. Every way of making a tag asks here.
/// Source: Quay, "Tag life cycle".
TagRules rules_for_tag(db::Tx& tx, const Settings& settings, const TagToMake& tag, Millis now);

/// What `quay.expires-after` says: "2w" is two weeks after `now`; kForever for "0" and for what is no such text.
Millis end_of_label(std::string_view text, Millis now);

}  // namespace wharf::service
