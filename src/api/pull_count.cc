#include "api/pull_count.h"

#include "service/pull_count.h"

namespace wharf::api {
namespace {

using service::Call;
using NullableDate = json::Nullable<Rfc2822>;

NullableDate date_of(const std::optional<Millis>& at) {
  NullableDate date;
  if (at) date.emplace(Rfc2822{*at});
  return date;
}

struct TagOfPulls {
  RepoName repository;
  std::string tag;
};
BOOST_DESCRIBE_STRUCT(TagOfPulls, (), (repository, tag))

struct TagPullStatistics {
  std::string tag_name;
  std::int64_t tag_pull_count = 0;
  NullableDate last_tag_pull_date;
  std::string current_manifest_digest;
  std::int64_t manifest_pull_count = 0;
  NullableDate last_manifest_pull_date;
};
BOOST_DESCRIBE_STRUCT(TagPullStatistics, (),
                      (tag_name, tag_pull_count, last_tag_pull_date, current_manifest_digest, manifest_pull_count,
                       last_manifest_pull_date))

awaitable<Result<TagPullStatistics>> get_tag_pulls(Call& call, TagOfPulls in) {
  auto found = co_await call.services.pull_counts.of_tag(call.who, in.repository, in.tag);
  if (!found) co_return found.error();
  co_return TagPullStatistics{.tag_name = in.tag,
                              .tag_pull_count = found->tag_pulls,
                              .last_tag_pull_date = date_of(found->last_tag_pull_ms),
                              .current_manifest_digest = found->digest,
                              .manifest_pull_count = found->manifest_pulls,
                              .last_manifest_pull_date = date_of(found->last_manifest_pull_ms)};
}

struct ManifestOfPulls {
  RepoName repository;
  std::string manifestref;  // path: a digest
};
BOOST_DESCRIBE_STRUCT(ManifestOfPulls, (), (repository, manifestref))

struct ManifestPullStatistics {
  std::string manifest_digest;
  std::int64_t manifest_pull_count = 0;
  NullableDate last_manifest_pull_date;
};
BOOST_DESCRIBE_STRUCT(ManifestPullStatistics, (), (manifest_digest, manifest_pull_count, last_manifest_pull_date))

awaitable<Result<ManifestPullStatistics>> get_manifest_pulls(Call& call, ManifestOfPulls in) {
  auto found = co_await call.services.pull_counts.of_manifest(call.who, in.repository, in.manifestref);
  if (!found) co_return found.error();
  co_return ManifestPullStatistics{.manifest_digest = found->digest,
                                   .manifest_pull_count = found->manifest_pulls,
                                   .last_manifest_pull_date = date_of(found->last_manifest_pull_ms)};
}

}  // namespace

void add_pull_count_operations(service::OperationTable& table) {
  using http::Scope;
  using http::Verb;
  table.add({.id = "getTagPullStatistics",
             .verb = Verb::get,
             .path = "/api/v1/repository/{repository}/tag/{tag}/pull_statistics",
             .scope = Scope::repo_read,
             .summary = "How often a tag and the manifest that it points to were pulled, and when last.",
             .tag = "Tags",
             .errors = {401, 403, 404},
             .anonymous = true,
             .features = {"IMAGE_PULL_STATS"}},
            get_tag_pulls);
  table.add({.id = "getManifestPullStatistics",
             .verb = Verb::get,
             .path = "/api/v1/repository/{repository}/manifest/{manifestref}/pull_statistics",
             .scope = Scope::repo_read,
             .summary = "How often a manifest was pulled, and when last.",
             .tag = "Manifests",
             .errors = {401, 403, 404},
             .anonymous = true,
             .features = {"IMAGE_PULL_STATS"}},
            get_manifest_pulls);
}

}  // namespace wharf::api
