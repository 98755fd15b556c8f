#include "store/tag_label.h"

namespace wharf::store {
namespace {

struct Pair {
  std::string key, value;
};
BOOST_DESCRIBE_STRUCT(Pair, (), (key, value))

/// What the children of a list have of one label.
struct OfChildren {
  std::int64_t children = 0;
  std::int64_t values = 0;
  std::optional<std::string> least, most;
};
BOOST_DESCRIBE_STRUCT(OfChildren, (), (children, values, least, most))

}  // namespace

TagLabels find_tag_labels(db::Tx& tx, std::int64_t manifest_id, bool is_list) {
  static const db::Query kFind{"tag_label.find", R"(
    SELECT key, value FROM manifest_label
     WHERE manifest_id = $1 AND key IN ('quay.expires-after', 'quay.immutable') ORDER BY id)"};
  static const db::Query kOfChildren{"tag_label.of_children", R"(
    SELECT count(*), count(l.value), min(l.value), max(l.value)
      FROM manifest_child c LEFT JOIN manifest_label l ON l.manifest_id = c.child_id AND l.key = 'quay.expires-after'
     WHERE c.manifest_id = $1)"};
  TagLabels labels;
  for (auto& [key, value] : tx.all<Pair>(kFind, manifest_id)) {
    auto& label = key == "quay.immutable" ? labels.immutable : labels.expires_after;
    if (!label) label = std::move(value);
  }
  if (labels.expires_after || !is_list) return labels;
  auto children = tx.get<OfChildren>(kOfChildren, manifest_id);
  const bool same = children.values == children.children && children.least == children.most;
  if (same) labels.expires_after = std::move(children.least);
  return labels;
}

}  // namespace wharf::store
