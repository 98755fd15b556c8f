#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// What a list of tags shows beside each tag: read for a page at once, a statement for ten of them.
namespace wharf::store {

/// How often a tag was pulled, and whether somebody signed what it points to.
struct TagUse {
  std::int64_t tag_id = 0;
  std::int64_t pulls = 0;
  Millis last_pull_ms = 0;  ///< 0: never.
  bool is_signed = false;   ///< By a signature that refers to the manifest, or by a tag "sha256-….sig".
};
BOOST_DESCRIBE_STRUCT(TagUse, (), (tag_id, pulls, last_pull_ms, is_signed))
std::vector<TagUse> list_tag_uses(db::Tx& tx, const std::vector<std::int64_t>& tag_ids, Millis now);

/// Findings of a manifest by severity; of a list the worst of its children, for each severity.
struct FindingCounts {
  std::int64_t manifest_id = 0;
  std::int64_t rank = 0;  ///< 3 scanned, 2 queued, 1 failed, 0 nothing to look at: the highest of the children.
  std::int64_t critical = 0, high = 0, medium = 0, low = 0, negligible = 0, unknown = 0;
  std::int64_t fixable = 0;
};
BOOST_DESCRIBE_STRUCT(FindingCounts, (), (manifest_id, rank, critical, high, medium, low, negligible, unknown, fixable))
std::vector<FindingCounts> list_finding_counts(db::Tx& tx, const std::vector<std::int64_t>& manifest_ids);

/// The bytes of a manifest.
struct ManifestText {
  std::int64_t manifest_id = 0;
  db::Bytes content;
};
BOOST_DESCRIBE_STRUCT(ManifestText, (), (manifest_id, content))
std::vector<ManifestText> list_manifest_texts(db::Tx& tx, const std::vector<std::int64_t>& manifest_ids);

/// What an image runs on, as it was read when it was pushed: "linux/arm64/v8".
struct ManifestPlatform {
  std::int64_t manifest_id = 0;
  std::string digest;
  std::string platform;
};
BOOST_DESCRIBE_STRUCT(ManifestPlatform, (), (manifest_id, digest, platform))
/// Manifests without one are left out.
std::vector<ManifestPlatform> list_platforms(db::Tx& tx, const std::vector<std::int64_t>& manifest_ids);

}  // namespace wharf::store
