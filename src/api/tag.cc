#include "api/tag.h"

#include <algorithm>

#include "service/tag.h"
#include "store/access.h"
#include "store/scan.h"

namespace wharf::api {
namespace {

using service::Call;

constexpr int kMostTagsAPage = 100;

struct ListTags {
  RepoName repository;          // path
  int page = 1;                 // query: 1 = newest
  int limit = 50;               // query: tags a page, 1..100
  std::string specificTag;      // query: only this tag; "" = every tag
  std::string filter_tag_name;  // query: "like:part" or "eq:name"
  bool onlyActiveTags = false;  // query: without history
  bool details = false;         // query: with platforms, findings, signatures and pulls
};
BOOST_DESCRIBE_STRUCT(ListTags, (), (repository, page, limit, specificTag, filter_tag_name, onlyActiveTags, details))

struct TagPlatform {
  std::string os;
  std::string architecture;
  std::string variant;  // "" = none
  std::string digest;
};
BOOST_DESCRIBE_STRUCT(TagPlatform, (), (os, architecture, variant, digest))

/// How many findings there are of each severity; of a manifest list the most that one of its images has.
struct TagFindings {
  std::optional<store::ScanStatus> status;  // missing where there is nothing to look at
  std::int64_t critical = 0;
  std::int64_t high = 0;
  std::int64_t medium = 0;
  std::int64_t low = 0;
  std::int64_t negligible = 0;
  std::int64_t unknown = 0;
  std::int64_t fixable = 0;
};
BOOST_DESCRIBE_STRUCT(TagFindings, (), (status, critical, high, medium, low, negligible, unknown, fixable))

struct TagDetails {
  std::vector<TagPlatform> platforms;  // of a manifest list, or the one of an image
  TagFindings findings;
  bool is_signed = false;
  std::int64_t pulls = 0;
  std::optional<Rfc3339> last_pulled;
};
BOOST_DESCRIBE_STRUCT(TagDetails, (), (platforms, findings, is_signed, pulls, last_pulled))

struct TagItem {
  std::string name;
  bool reversion = false;
  std::int64_t start_ts = 0;           // seconds since 1970
  std::optional<std::int64_t> end_ts;  // of a dead generation, or of a tag that expires
  std::string manifest_digest;
  bool is_manifest_list = false;
  std::int64_t size = 0;
  Rfc2822 last_modified;
  std::optional<Rfc2822> expiration;
  std::optional<bool> immutable;  // only with FEATURE_IMMUTABLE_TAGS
  // Of a manifest list: what it names, and what of that is here.
  std::optional<bool> is_sparse;
  std::optional<std::int64_t> child_manifest_count;
  std::optional<std::int64_t> present_child_count;
  std::optional<std::map<std::string, bool>> child_manifests_presence;  // by digest; of the first 100
  std::optional<TagDetails> details;                                    // only where they were asked for
};
BOOST_DESCRIBE_STRUCT(TagItem, (),
                      (name, reversion, start_ts, end_ts, manifest_digest, is_manifest_list, size, last_modified,
                       expiration, immutable, is_sparse, child_manifest_count, present_child_count,
                       child_manifests_presence, details))

struct TagList {
  std::vector<TagItem> tags;
  int page = 1;
  bool has_additional = false;
};
BOOST_DESCRIBE_STRUCT(TagList, (), (tags, page, has_additional))

/// Fills the name filters of `filter` from "operator:value". Errors: invalid_request without a colon.
Result<bool> read_name_filter(const std::string& text, store::TagFilter& filter) {
  if (text.empty()) return true;
  const auto colon = text.find(':');
  if (colon == std::string::npos) {
    return Error{Errc::invalid_request, "filter_tag_name: must be like:<part> or eq:<name>"};
  }
  const auto wanted = text.substr(0, colon);
  if (wanted == "like") filter.name_part = text.substr(colon + 1);
  if (wanted == "eq") filter.name = text.substr(colon + 1);
  return true;
}

TagDetails details_of(const service::TagDetail& of) {
  const auto& counts = of.findings;
  TagDetails details{.findings = {.critical = counts.critical,
                                  .high = counts.high,
                                  .medium = counts.medium,
                                  .low = counts.low,
                                  .negligible = counts.negligible,
                                  .unknown = counts.unknown,
                                  .fixable = counts.fixable},
                     .is_signed = of.use.is_signed,
                     .pulls = of.use.pulls};
  if (counts.rank == 3) details.findings.status = store::ScanStatus::scanned;
  if (counts.rank == 2) details.findings.status = store::ScanStatus::queued;
  if (counts.rank == 1) details.findings.status = store::ScanStatus::failed;
  if (of.use.last_pull_ms > 0) details.last_pulled = Rfc3339{of.use.last_pull_ms};
  for (const auto& platform : of.platforms) {
    details.platforms.push_back({platform.os, platform.architecture, platform.variant, platform.digest});
  }
  return details;
}

awaitable<Result<TagList>> list_tags(Call& call, ListTags in) {
  store::TagFilter filter;
  filter.name = in.specificTag;
  filter.page = std::max(in.page, 1);
  filter.limit = std::clamp(in.limit, 1, kMostTagsAPage);
  filter.only_live = in.onlyActiveTags;
  auto ok = read_name_filter(in.filter_tag_name, filter);
  const int page = filter.page;
  auto found = co_await call.services.tags.list(call.who, in.repository, std::move(filter), in.details);
  if (!found) co_return found.error();
  if (!ok) co_return ok.error();
  TagList list;
  list.page = page;
  list.has_additional = found->page.more;
  const bool with_immutable = call.services.settings.features.immutable_tags;
  for (const auto& tag : found->page.tags) {
    TagItem item{.name = tag.name,
                 .reversion = tag.reversion,
                 .start_ts = tag.start_ms / 1000,
                 .manifest_digest = tag.digest,
                 .is_manifest_list = tag.is_list,
                 .size = tag.size_bytes,
                 .last_modified = Rfc2822{tag.start_ms}};
    if (with_immutable) item.immutable = tag.immutable;
    if (const auto of = found->details.find(tag.id); of != found->details.end()) item.details = details_of(of->second);
    if (const auto of = found->lists.find(tag.manifest_id); of != found->lists.end()) {
      item.is_sparse = of->second.here < of->second.children;
      item.child_manifest_count = of->second.children;
      item.present_child_count = of->second.here;
      item.child_manifests_presence = of->second.presence;
    }
    if (tag.end_ms != store::kForever) {
      item.end_ts = tag.end_ms / 1000;
      item.expiration = Rfc2822{tag.end_ms};
    }
    list.tags.push_back(std::move(item));
  }
  co_return list;
}

struct TagPath {
  RepoName repository;
  std::string tag;
};
BOOST_DESCRIBE_STRUCT(TagPath, (), (repository, tag))

struct ChangeTag {
  std::optional<json::Nullable<std::string>> manifest_digest;
  std::optional<json::Nullable<std::int64_t>> expiration;  // seconds since 1970; null: never
  std::optional<bool> immutable;
};
BOOST_DESCRIBE_STRUCT(ChangeTag, (), (manifest_digest, expiration, immutable))

awaitable<Result<std::string>> change_tag(Call& call, TagPath in, Result<ChangeTag> body) {
  Result<service::TagChange> change = service::TagChange{};
  if (!body) {
    change = body.error();
  } else {
    change->expiration = body->expiration;
    change->immutable = body->immutable;
    // A digest of null names no manifest: not found, as any other that is not here.
    if (body->manifest_digest)
      change->manifest_digest = body->manifest_digest->value_or("sha256:" + std::string(64, '0'));
  }
  auto done = co_await call.services.tags.change(call.who, in.repository, in.tag, std::move(change));
  if (!done) co_return done.error();
  co_return "Updated";
}

awaitable<Result<http::Nothing>> delete_tag(Call& call, TagPath in) {
  auto done = co_await call.services.tags.remove(call.who, in.repository, in.tag);
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

struct RestoreTag {
  std::string manifest_digest;
};
BOOST_DESCRIBE_STRUCT(RestoreTag, (), (manifest_digest))

struct Restored {};
BOOST_DESCRIBE_STRUCT(Restored, (), ())

awaitable<Result<Restored>> restore_tag(Call& call, TagPath in, Result<RestoreTag> body) {
  Result<std::string> digest = body ? Result<std::string>(std::move(body->manifest_digest)) : body.error();
  auto done = co_await call.services.tags.restore(call.who, in.repository, in.tag, std::move(digest));
  if (!done) co_return done.error();
  co_return Restored{};
}

struct ExpireTag {
  std::optional<std::string> manifest_digest;  // required unless is_alive
  std::optional<bool> is_alive;
  std::optional<bool> include_submanifests;
};
BOOST_DESCRIBE_STRUCT(ExpireTag, (), (manifest_digest, is_alive, include_submanifests))

awaitable<Result<std::string>> expire_tag(Call& call, TagPath in, Result<ExpireTag> body) {
  Result<service::TagOblivion> what = service::TagOblivion{};
  if (!body) {
    what = body.error();
  } else {
    what->alive = body->is_alive.value_or(false);
    what->manifest_digest = std::move(body->manifest_digest);
    what->with_children = body->include_submanifests.value_or(false);
  }
  auto done = co_await call.services.tags.forget(call.who, in.repository, in.tag, std::move(what));
  if (!done) co_return done.error();
  co_return "";
}

}  // namespace

void add_tag_operations(service::OperationTable& table) {
  using http::Scope;
  using http::Verb;
  table.add({.id = "listRepositoryTags",
             .verb = Verb::get,
             .path = "/api/v1/repository/{repository}/tag/",
             .scope = Scope::repo_read,
             .summary = "Tags of a repository, alive and dead, newest first.",
             .tag = "Tags",
             .errors = {400, 401, 403, 404},
             .anonymous = true},
            list_tags);
  table.add({.id = "changeTag",
             .verb = Verb::put,
             .path = "/api/v1/repository/{repository}/tag/{tag}",
             .scope = Scope::repo_write,
             .summary = "Makes a tag, moves it, or changes when it expires and whether it is immutable.",
             .tag = "Tags",
             .status = 201,
             .errors = {400, 401, 403, 404, 409, 415, 503}},
            change_tag);
  table.add({.id = "deleteTag",
             .verb = Verb::delete_,
             .path = "/api/v1/repository/{repository}/tag/{tag}",
             .scope = Scope::repo_write,
             .summary = "Deletes a tag; its manifest stays in the history.",
             .tag = "Tags",
             .status = 204,
             .errors = {401, 403, 404, 409, 503}},
            delete_tag);
  table.add({.id = "restoreTag",
             .verb = Verb::post,
             .path = "/api/v1/repository/{repository}/tag/{tag}/restore",
             .scope = Scope::repo_write,
             .summary = "Points a tag to a manifest that it, or another tag, once had.",
             .tag = "Tags",
             .errors = {400, 401, 403, 404, 409, 415, 503}},
            restore_tag);
  table.add({.id = "removeTagFromTimemachine",
             .verb = Verb::post,
             .path = "/api/v1/repository/{repository}/tag/{tag}/expire",
             .scope = Scope::repo_write,
             .summary = "Deletes a tag, or what is in its history, beyond restoring.",
             .tag = "Tags",
             .errors = {400, 401, 403, 404, 415}},
            expire_tag);
}

}  // namespace wharf::api
