#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "db/database.h"

namespace wharf::store {

/// The labels of a manifest that say what a tag on it is to be.
struct TagLabels {
  std::optional<std::string> expires_after;  ///< quay.expires-after
  std::optional<std::string> immutable;      ///< quay.immutable
};
/// A list without an expires_after of its own has that of its children, if it is the same in all of them.
/// Source: Quay, "Tag life cycle".
TagLabels find_tag_labels(db::Tx& tx, std::int64_t manifest_id, bool is_list);

}  // namespace wharf::store
