#include "api/tag.h"

#include <algorithm>

#include "service/tag.h"
#include "store/access.h"

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
};
BOOST_DESCRIBE_STRUCT(ListTags, (), (repository, page, limit, specificTag, filter_tag_name, onlyActiveTags))

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
};
BOOST_DESCRIBE_STRUCT(TagItem, (),
                      (name, reversion, start_ts, end_ts, manifest_digest, is_manifest_list, size, last_modified,
                       expiration))

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

awaitable<Result<TagList>> list_tags(Call& call, ListTags in) {
  store::TagFilter filter;
  filter.name = in.specificTag;
  filter.page = std::max(in.page, 1);
  filter.limit = std::clamp(in.limit, 1, kMostTagsAPage);
  filter.only_live = in.onlyActiveTags;
  auto ok = read_name_filter(in.filter_tag_name, filter);
  const int page = filter.page;
  auto found = co_await call.services.tags.list(call.who, in.repository, std::move(filter));
  if (!found) co_return found.error();
  if (!ok) co_return ok.error();
  TagList list;
  list.page = page;
  list.has_additional = found->more;
  for (const auto& tag : found->tags) {
    TagItem item{tag.name,    tag.reversion,  tag.start_ms / 1000,   std::nullopt, tag.digest,
                 tag.is_list, tag.size_bytes, Rfc2822{tag.start_ms}, std::nullopt};
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
};
BOOST_DESCRIBE_STRUCT(ChangeTag, (), (manifest_digest, expiration))

awaitable<Result<std::string>> change_tag(Call& call, TagPath in, Result<ChangeTag> body) {
  Result<service::TagChange> change = service::TagChange{};
  if (!body) {
    change = body.error();
  } else {
    change->expiration = body->expiration;
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
             .summary = "Makes a tag, moves it, or changes when it expires.",
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
}

}  // namespace wharf::api
