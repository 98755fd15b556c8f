#pragma once
#include "base/clock.h"
#include "db/database.h"
#include "store/gc.h"

namespace wharf::store {

/// What a collection at `now` would free, without changing anything: tags, manifests, blobs, their bytes, repositories
/// and namespaces. Read it in one `read`, which may be long. It follows the same rules as the steps, and a test holds
/// both against each other.
Freed preview_collection(db::Tx& tx, TagRules rules, Millis now);

}  // namespace wharf::store
