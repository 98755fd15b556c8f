#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"

namespace wharf::store {

/// Where a label comes from: the image or its manifest, the API, the server itself.
enum class LabelSource { manifest, api, internal };
BOOST_DESCRIBE_ENUM(LabelSource, manifest, api, internal)

/// A label of a manifest. A key may be there any number of times.
struct Label {
  std::string uuid;
  std::string key;
  std::string value;
  LabelSource source_type = LabelSource::manifest;
  std::string media_type;  ///< "text/plain" or "application/json".
};
BOOST_DESCRIBE_STRUCT(Label, (), (uuid, key, value, source_type, media_type))

/// Adds them in their order, 8 a statement.
void add_labels(db::Tx& tx, std::int64_t manifest_id, const std::vector<Label>& labels);

/// Every label of a manifest, oldest first.
std::vector<Label> list_labels(db::Tx& tx, std::int64_t manifest_id);
std::optional<Label> find_label(db::Tx& tx, std::int64_t manifest_id, std::string_view uuid);
void delete_label(db::Tx& tx, std::int64_t manifest_id, std::string_view uuid);

/// How much there is of a manifest's labels.
struct LabelTotals {
  std::int64_t labels = 0;
  std::int64_t characters = 0;  ///< Of keys and values.
};
BOOST_DESCRIBE_STRUCT(LabelTotals, (), (labels, characters))

/// Keeps others from adding labels to the manifest until the transaction ends, and answers what there is.
LabelTotals lock_labels(db::Tx& tx, std::int64_t manifest_id);

}  // namespace wharf::store
