#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// The registry in numbers: read in pages by what counts it.
namespace wharf::store {

/// A part of the sum over all blobs.
struct BlobSum {
  std::int64_t size_bytes = 0;
  std::int64_t last_id = 0;
  std::int64_t blobs = 0;
};
BOOST_DESCRIBE_STRUCT(BlobSum, (), (size_bytes, last_id, blobs))
/// Over at most `limit` blobs after `after_id`.
BlobSum sum_blobs(db::Tx& tx, std::int64_t after_id, std::int64_t limit);

/// What a namespace has.
struct NamespaceSize {
  std::int64_t id = 0;
  std::string kind;  ///< "user" or "organization"
  std::string name;
  std::int64_t repositories = 0;
  std::int64_t size_bytes = 0;  ///< Of the blobs of its manifests, each once.
};
BOOST_DESCRIBE_STRUCT(NamespaceSize, (), (id, kind, name, repositories, size_bytes))
/// At most `limit` users and organizations after `after_id`, by id; those without a repository too.
std::vector<NamespaceSize> namespace_sizes(db::Tx& tx, std::int64_t after_id, int limit);

/// What an image that a live tag names, itself or through an index, is known for.
struct ImageFindings {
  std::int64_t manifest_id = 0;
  std::int64_t critical = 0, high = 0, medium = 0, low = 0, negligible = 0, unknown = 0;
  std::int64_t fixable = 0, fixable_critical = 0;
  bool live = false;
};
BOOST_DESCRIBE_STRUCT(ImageFindings, (),
                      (manifest_id, critical, high, medium, low, negligible, unknown, fixable, fixable_critical, live))
/// At most `limit` scanned images after `after_id`, by id, the dead ones too.
std::vector<ImageFindings> image_findings(db::Tx& tx, std::int64_t after_id, int limit, Millis now);

/// Where an image is.
struct TaggedImage {
  std::int64_t manifest_id = 0;
  std::string namespace_;
  std::string repository;
  std::string digest;
  std::optional<std::string> tag;  ///< The newest live one that names it, or an index that it is in.
};
BOOST_DESCRIBE_STRUCT(TaggedImage, (), (manifest_id, namespace_, repository, digest, tag))
inline constexpr std::size_t kMostTaggedImages = 20;
/// Of so many manifests at most those that are there, in any order.
std::vector<TaggedImage> find_tagged_images(db::Tx& tx, std::span<const std::int64_t> manifest_ids, Millis now);

}  // namespace wharf::store
