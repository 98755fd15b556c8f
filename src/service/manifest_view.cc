#include <algorithm>

#include "auth/access.h"
#include "base/clock.h"
#include "base/names.h"
#include "service/manifest.h"
#include "store/blob.h"

namespace wharf::service {
namespace {

constexpr std::int64_t kMostConfigBytes = 4 * 1024 * 1024;
constexpr std::int64_t kMostModelCardBytes = 1024 * 1024;

std::string text_at(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// Where the model card of an artifact is: a layer that is called README.md, as Markdown and not as an archive.
std::optional<Digest> model_card_of(const std::string& manifest) {
  const auto parsed = json::parse(manifest);
  const auto* document = parsed ? parsed->if_object() : nullptr;
  const auto* layers = document ? document->if_contains("layers") : nullptr;
  if (!layers || !layers->is_array()) return std::nullopt;
  for (const auto& entry : layers->get_array()) {
    const auto* layer = entry.if_object();
    const auto* notes = layer ? layer->if_contains("annotations") : nullptr;
    if (!notes || !notes->is_object()) continue;
    const auto title = lower_ascii(text_at(notes->get_object(), "org.opencontainers.image.title"));
    const auto type = text_at(*layer, "mediaType");
    if (title != "readme.md" || type.find("tar") != std::string::npos || type.ends_with("zip")) continue;
    return Digest::parse(text_at(*layer, "digest"));
  }
  return std::nullopt;
}

}  // namespace

/// The bytes of a blob; "" for what is longer or not here. Whether the repository may show it is for the caller to
/// know. Errors: the store's, unavailable above all.
awaitable<Result<std::string>> ManifestService::read_small(Digest digest, std::int64_t limit_bytes) {
  auto find = [&](db::Tx& tx) { return store::find_stored_blob(tx, digest); };
  const auto stored = co_await db_.lookup(std::move(find));
  const auto sha256 = stored ? Digest::parse(stored->digest) : std::nullopt;
  if (!sha256) co_return std::string();
  blob::BlobRef blob(*sha256, stored->place);
  auto text = co_await blobs_.read(std::move(blob), static_cast<std::size_t>(limit_bytes));
  const auto is_unreadable = [](Errc code) { return code == Errc::blob_unknown || code == Errc::payload_too_large; };
  if (!text && !is_unreadable(text.error().code)) co_return text.error();
  co_return text ? std::move(*text) : std::string();
}

/// The same of an image's configuration; "" for that of anything else.
awaitable<Result<std::string>> ManifestService::read_config(std::optional<Descriptor> config,
                                                            std::int64_t limit_bytes) {
  if (!config || !is_image_config(config->media_type) || config->size_bytes > limit_bytes) co_return std::string();
  co_return co_await read_small(config->digest, limit_bytes);
}

awaitable<Result<ManifestView>> ManifestService::view(auth::Principal who, RepoName name, std::string digest,
                                                      bool with_model_card) {
  struct Found {
    store::Manifest manifest;
    std::string content;
  };
  auto read = [&](db::Tx& tx) -> Result<Found> {
    const auto access = auth::require(tx, who, name, auth::Action::read);
    if (!access) return access.error();
    const Error not_found{Errc::not_found, "Not Found"};
    const auto parsed = Digest::parse(digest);
    if (!parsed) return not_found;
    auto manifest = store::find_visible_manifest(tx, access->repository_id(), *parsed, now_ms());
    if (!manifest) return not_found;
    auto content = store::manifest_content(tx, manifest->id);
    if (!content) return not_found;
    return Found{std::move(*manifest), std::move(*content)};
  };
  auto found = co_await db_.read(std::move(read));
  if (!found) co_return found.error();
  ManifestView view{.digest = found->manifest.digest, .content = std::move(found->content)};
  view.is_list = found->manifest.is_list;
  const auto document = parse_manifest(found->manifest.media_type, view.content);
  if (view.is_list || !document) co_return view;
  view.layers_size_bytes = found->manifest.layers_size_bytes;
  if (document->config) view.config_media_type = document->config->media_type;
  // A page shows what there is while the store is away.
  auto config = co_await read_config(document->config, kMostConfigBytes);
  if (config) view.config = std::move(*config);
  view.layers = image_layers(view.content, view.config);
  if (with_model_card) {
    if (const auto card = model_card_of(view.content)) {
      auto text = co_await read_small(*card, kMostModelCardBytes);
      if (text && !text->empty()) view.model_card = std::move(*text);
    }
  }
  co_return view;
}

}  // namespace wharf::service
