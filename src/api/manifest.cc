#include "api/manifest.h"

#include "service/manifest.h"

namespace wharf::api {
namespace {

using service::Call;

struct GetManifest {
  RepoName repository;
  std::string manifestref;         // path: a digest
  bool include_modelcard = false;  // query: with the Markdown that describes a model
  bool include_config = false;     // query: with the configuration of an image
};
BOOST_DESCRIBE_STRUCT(GetManifest, (), (repository, manifestref, include_modelcard, include_config))

/// A layer, or a step of the build that made none.
struct LayerItem {
  int index = 0;  // 0: the base
  json::Nullable<std::int64_t> compressed_size;
  bool is_remote = false;  // its bytes are elsewhere
  json::Nullable<std::vector<std::string>> urls;
  json::Nullable<std::vector<std::string>> command;
  json::Nullable<std::string> comment;
  json::Nullable<std::string> author;
  std::string blob_digest;
  json::Nullable<Rfc2822> created_datetime;
};
BOOST_DESCRIBE_STRUCT(LayerItem, (),
                      (index, compressed_size, is_remote, urls, command, comment, author, blob_digest,
                       created_datetime))

struct ManifestItem {
  std::string digest;
  bool is_manifest_list = false;
  std::string manifest_data;  // as pushed
  json::Nullable<std::string> config_media_type;
  std::int64_t layers_compressed_size = 0;
  json::Nullable<std::vector<LayerItem>> layers;
  std::optional<std::string> modelcard;
  std::optional<std::string> config_data;  // as pushed; only where it was asked for and is an image's
};
BOOST_DESCRIBE_STRUCT(ManifestItem, (),
                      (digest, is_manifest_list, manifest_data, config_media_type, layers_compressed_size, layers,
                       modelcard, config_data))

template <class T>
json::Nullable<T> nullable(std::optional<T> value) {
  json::Nullable<T> result;
  if (value) result.emplace(std::move(*value));
  return result;
}

LayerItem item_of(service::ImageLayer layer, int index) {
  LayerItem item{.index = index, .is_remote = layer.is_remote, .blob_digest = std::move(layer.blob_digest)};
  item.compressed_size = nullable(layer.size_bytes);
  item.urls = nullable(std::move(layer.urls));
  item.command = nullable(std::move(layer.command));
  item.comment = nullable(std::move(layer.comment));
  item.author = nullable(std::move(layer.author));
  if (layer.created_ms) item.created_datetime.emplace(Rfc2822{*layer.created_ms});
  return item;
}

awaitable<Result<ManifestItem>> get_manifest(Call& call, GetManifest in) {
  auto view = co_await call.services.manifests.view(call.who, in.repository, in.manifestref, in.include_modelcard);
  if (!view) co_return view.error();
  ManifestItem item{.digest = std::move(view->digest),
                    .is_manifest_list = view->is_list,
                    .manifest_data = std::move(view->content),
                    .layers_compressed_size = view->layers_size_bytes,
                    .modelcard = std::move(view->model_card)};
  if (in.include_config && !view->config.empty()) item.config_data = std::move(view->config);
  item.config_media_type = nullable(std::move(view->config_media_type));
  if (!item.is_manifest_list) {
    auto& layers = item.layers.emplace();
    for (auto& layer : view->layers) layers.push_back(item_of(std::move(layer), static_cast<int>(layers.size())));
  }
  co_return item;
}

struct ListReferrers {
  RepoName repository;
  std::string manifestref;  // path: a digest
  std::string next_page;    // query: where the last page ended
};
BOOST_DESCRIBE_STRUCT(ListReferrers, (), (repository, manifestref, next_page))

/// A manifest that refers to another: a signature and the like.
struct ReferrerItem {
  std::string digest;
  std::string media_type;
  json::Nullable<std::string> artifact_type;
  std::int64_t size = 0;  // of the manifest itself
  std::map<std::string, std::string> annotations;
  service::ReferrerKind kind = service::ReferrerKind::other;
  service::ReferrerForm form = service::ReferrerForm::referrer;
  std::optional<std::string> tag;  // of one that is found by a tag
};
BOOST_DESCRIBE_STRUCT(ReferrerItem, (), (digest, media_type, artifact_type, size, annotations, kind, form, tag))

struct ReferrerList {
  std::vector<ReferrerItem> referrers;
  std::optional<std::string> next_page;  // only where there is more
};
BOOST_DESCRIBE_STRUCT(ReferrerList, (), (referrers, next_page))

ReferrerItem item_of(service::ReferrerView view) {
  ReferrerItem item{.digest = std::move(view.manifest.digest), .media_type = std::move(view.manifest.media_type)};
  item.artifact_type = nullable(std::move(view.manifest.artifact_type));
  item.size = view.manifest.size_bytes;
  const auto annotations = json::parse(view.manifest.annotations);
  if (annotations && annotations->is_object()) {
    for (const auto& [key, value] : annotations->get_object()) {
      if (value.is_string()) item.annotations.emplace(std::string(key), std::string(value.get_string()));
    }
  }
  item.kind = view.kind;
  item.form = view.form;
  if (!view.tag.empty()) item.tag = std::move(view.tag);
  return item;
}

awaitable<Result<ReferrerList>> list_referrers(Call& call, ListReferrers in) {
  auto page = co_await call.services.manifests.list_referrers(call.who, in.repository, in.manifestref, in.next_page);
  if (!page) co_return page.error();
  ReferrerList list;
  for (auto& view : page->referrers) list.referrers.push_back(item_of(std::move(view)));
  if (!page->next_page.empty()) list.next_page = std::move(page->next_page);
  co_return list;
}

}  // namespace

void add_manifest_operations(service::OperationTable& table) {
  table.add({.id = "getRepoManifest",
             .verb = http::Verb::get,
             .path = "/api/v1/repository/{repository}/manifest/{manifestref}",
             .scope = http::Scope::repo_read,
             .summary = "A manifest as it was pushed, and its layers with what the image's history tells of them.",
             .tag = "Manifests",
             .errors = {401, 403, 404},
             .anonymous = true},
            get_manifest);
  table.add(
      {.id = "listManifestReferrers",
       .verb = http::Verb::get,
       .path = "/api/v1/repository/{repository}/manifest/{manifestref}/referrers",
       .scope = http::Scope::repo_read,
       .summary = "Signatures, attestations, SBOMs and what else refers to a manifest, in the old form and the new.",
       .tag = "Manifests",
       .errors = {401, 403, 404},
       .anonymous = true},
      list_referrers);
}

}  // namespace wharf::api
