#include "api/label.h"

#include "service/label.h"

namespace wharf::api {
namespace {

using service::Call;

/// A label on the wire.
struct LabelItem {
  std::string id;
  std::string key;
  std::string value;
  store::LabelSource source_type = store::LabelSource::manifest;
  std::string media_type;
};
BOOST_DESCRIBE_STRUCT(LabelItem, (), (id, key, value, source_type, media_type))

LabelItem item_of(store::Label label) {
  return {.id = std::move(label.uuid),
          .key = std::move(label.key),
          .value = std::move(label.value),
          .source_type = label.source_type,
          .media_type = std::move(label.media_type)};
}

struct ListLabels {
  RepoName repository;
  std::string manifestref;  // path: a digest
  std::string filter;       // query: only keys that start with this
};
BOOST_DESCRIBE_STRUCT(ListLabels, (), (repository, manifestref, filter))

struct LabelList {
  std::vector<LabelItem> labels;
};
BOOST_DESCRIBE_STRUCT(LabelList, (), (labels))

awaitable<Result<LabelList>> list_labels(Call& call, ListLabels in) {
  auto found = co_await call.services.labels.list(call.who, in.repository, in.manifestref, in.filter);
  if (!found) co_return found.error();
  LabelList list;
  for (auto& label : *found) list.labels.push_back(item_of(std::move(label)));
  co_return list;
}

struct ManifestPath {
  RepoName repository;
  std::string manifestref;
};
BOOST_DESCRIBE_STRUCT(ManifestPath, (), (repository, manifestref))

struct AddLabel {
  std::string key;
  std::string value;
  json::Nullable<std::string> media_type;  // null: as the value looks
};
BOOST_DESCRIBE_STRUCT(AddLabel, (), (key, value, media_type))

struct AddedLabel {
  LabelItem label;
};
BOOST_DESCRIBE_STRUCT(AddedLabel, (), (label))

awaitable<Result<http::Reply<AddedLabel>>> add_label(Call& call, ManifestPath in, Result<AddLabel> body) {
  Result<service::NewLabel> label = service::NewLabel{};
  if (!body) {
    label = body.error();
  } else {
    label->key = std::move(body->key);
    label->value = std::move(body->value);
    label->media_type = std::move(body->media_type);
  }
  auto added = co_await call.services.labels.add(call.who, in.repository, in.manifestref, std::move(label));
  if (!added) co_return added.error();
  http::Reply<AddedLabel> reply;
  reply.status = 201;
  reply.headers = {{"Location", "/api/v1/repository/" + in.repository.text() + "/manifest/" + in.manifestref +
                                    "/labels/" + added->uuid}};
  reply.body.label = item_of(std::move(*added));
  co_return reply;
}

struct LabelPath {
  RepoName repository;
  std::string manifestref;
  std::string labelid;
};
BOOST_DESCRIBE_STRUCT(LabelPath, (), (repository, manifestref, labelid))

awaitable<Result<LabelItem>> get_label(Call& call, LabelPath in) {
  auto label = co_await call.services.labels.get(call.who, in.repository, in.manifestref, in.labelid);
  if (!label) co_return label.error();
  co_return item_of(std::move(*label));
}

awaitable<Result<http::Nothing>> delete_label(Call& call, LabelPath in) {
  auto done = co_await call.services.labels.remove(call.who, in.repository, in.manifestref, in.labelid);
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

}  // namespace

void add_label_operations(service::OperationTable& table) {
  using http::Scope;
  using http::Verb;
  constexpr std::string_view kLabels = "/api/v1/repository/{repository}/manifest/{manifestref}/labels";
  constexpr std::string_view kLabel = "/api/v1/repository/{repository}/manifest/{manifestref}/labels/{labelid}";
  table.add({.id = "listManifestLabels",
             .verb = Verb::get,
             .path = kLabels,
             .scope = Scope::repo_read,
             .summary = "Labels of a manifest: those that the image came with, and those that were added.",
             .tag = "Manifests",
             .errors = {401, 403, 404},
             .anonymous = true},
            list_labels);
  table.add({.id = "addManifestLabel",
             .verb = Verb::post,
             .path = kLabels,
             .scope = Scope::repo_write,
             .summary = "Adds a label to a manifest.",
             .tag = "Manifests",
             .status = 201,
             .errors = {400, 401, 403, 404, 415, 503}},
            add_label);
  table.add({.id = "getManifestLabel",
             .verb = Verb::get,
             .path = kLabel,
             .scope = Scope::repo_read,
             .summary = "One label of a manifest.",
             .tag = "Manifests",
             .errors = {401, 403, 404},
             .anonymous = true},
            get_label);
  table.add({.id = "deleteManifestLabel",
             .verb = Verb::delete_,
             .path = kLabel,
             .scope = Scope::repo_write,
             .summary = "Takes a label that was added from a manifest.",
             .tag = "Manifests",
             .status = 204,
             .errors = {400, 401, 403, 404, 503}},
            delete_label);
}

}  // namespace wharf::api
