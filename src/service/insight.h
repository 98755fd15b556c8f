#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/async.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "service/tools.h"

namespace wharf::service {

/// What a namespace has.
struct NamespaceInsight {
  std::string name;
  std::string kind;  ///< "user" or "organization"
  std::int64_t repositories = 0;
  std::int64_t size_bytes = 0;  ///< Of the blobs of its manifests, each once; namespaces may share them.
};
BOOST_DESCRIBE_STRUCT(NamespaceInsight, (), (name, kind, repositories, size_bytes))

/// How many findings, by Quay's words for their severity.
struct FindingCounts {
  std::int64_t critical = 0, high = 0, medium = 0, low = 0, negligible = 0, unknown = 0;
  std::int64_t fixable = 0;           ///< Those that a newer version of the package does not have.
  std::int64_t fixable_critical = 0;  ///< The critical ones of them.
};
BOOST_DESCRIBE_STRUCT(FindingCounts, (), (critical, high, medium, low, negligible, unknown, fixable, fixable_critical))

/// An image to look after first.
struct ImageInsight {
  std::string namespace_;
  std::string repository;
  std::string tag;
  std::string manifest_digest;
  FindingCounts findings;
};
BOOST_DESCRIBE_STRUCT(ImageInsight, (), (namespace_, repository, tag, manifest_digest, findings))

/// The registry in numbers.
struct Insight {
  std::int64_t users = 0;
  std::int64_t organizations = 0;
  std::int64_t repositories = 0;
  std::int64_t blobs = 0;
  std::int64_t size_bytes = 0;               ///< Of all blobs, each once.
  std::vector<NamespaceInsight> namespaces;  ///< The 50 that take most.
  std::int64_t images = 0;                   ///< Scanned ones that a live tag names, itself or through an index.
  std::int64_t clean_images = 0;             ///< Those of them with no finding.
  FindingCounts findings;                    ///< Over those images.
  std::vector<ImageInsight> worst_images;    ///< The 20 with the most critical fixable findings, then critical ones, …
};
BOOST_DESCRIBE_STRUCT(Insight, (),
                      (users, organizations, repositories, blobs, size_bytes, namespaces, images, clean_images,
                       findings, worst_images))

struct InsightView {
  json::Nullable<Millis> counted_ms;  ///< When; null before the first count.
  bool counting = false;              ///< A newer count is under way, or about to be.
  Insight insight;
};
BOOST_DESCRIBE_STRUCT(InsightView, (), (counted_ms, counting, insight))

/// The registry in numbers, counted in the background when a superuser looks at them and they are old.
class InsightService {
 public:
  explicit InsightService(const Tools& tools) : tools_(tools) {}

  /// As of the last count; wants a new one when that is old: 20 s, or 50 times what it took.
  /// Errors: denied to all but superusers, read-only ones included.
  awaitable<Result<InsightView>> view(auth::Principal who);

  /// Does the count that is wanted, if no other node does; answers whether it did. In pages: a count over millions of
  /// rows keeps no reader longer than one of them.
  awaitable<bool> count();

 private:
  class Counter;
  const Tools tools_;
};

}  // namespace wharf::service
