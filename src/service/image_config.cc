#include "service/image_config.h"

#include <algorithm>
#include <map>

#include "base/random.h"
#include "service/manifest_document.h"

namespace wharf::service {
namespace {

// Steps without a layer all show this blob: an empty tar, compressed. Source: Quay, "getRepoManifest".
constexpr std::string_view kEmptyLayer = "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4";
constexpr std::int64_t kEmptyLayerBytes = 32;
// No builder makes as many; a document of 4 MiB could claim a million.
constexpr std::size_t kMostSteps = 2000;
constexpr std::size_t kLongestLabelKey = 255;

const json::Object* object_at(const json::Object& parent, std::string_view key) {
  const auto* value = parent.if_contains(key);
  return value ? value->if_object() : nullptr;
}

const json::Array* list_at(const json::Object& parent, std::string_view key) {
  const auto* value = parent.if_contains(key);
  return value ? value->if_array() : nullptr;
}

std::optional<std::string> text_at(const json::Object& parent, std::string_view key) {
  const auto* value = parent.if_contains(key);
  if (!value || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

/// The document as an object; an empty one when it is anything else.
json::Object object_of(std::string_view text) {
  auto parsed = json::parse(text);
  if (!parsed || !parsed->is_object()) return {};
  return std::move(parsed->get_object());
}

std::optional<std::vector<std::string>> texts_of(const json::Array* list) {
  if (!list) return std::nullopt;
  std::vector<std::string> texts;
  for (const auto& item : *list) {
    if (!item.is_string()) return std::nullopt;
    texts.emplace_back(item.get_string());
  }
  return texts;
}

/// A command is one text, or the JSON of a list of words.
std::vector<std::string> words_of(std::string text) {
  if (text.starts_with('[')) {
    const auto parsed = json::parse(text);
    if (auto words = texts_of(parsed ? parsed->if_array() : nullptr)) return std::move(*words);
  }
  return {std::move(text)};
}

ImageLayer step_of(const json::Object& history) {
  ImageLayer step;
  if (auto command = text_at(history, "created_by")) step.command = words_of(std::move(*command));
  step.comment = text_at(history, "comment");
  step.author = text_at(history, "author");
  if (const auto created = text_at(history, "created")) step.created_ms = parse_rfc3339(*created);
  return step;
}

bool is_empty_step(const json::Object& history) {
  const auto* empty = history.if_contains("empty_layer");
  return empty && empty->is_bool() && empty->get_bool();
}

/// The steps of the history; none when it does not tell of `layers` layers.
std::vector<ImageLayer> steps_of(const json::Object& config, std::size_t layers) {
  const auto* history = list_at(config, "history");
  std::vector<ImageLayer> steps;
  if (!history || history->size() > kMostSteps) return steps;
  std::size_t with_layer = 0;
  for (const auto& entry : *history) {
    const auto* object = entry.if_object();
    if (!object) return {};
    auto step = step_of(*object);
    if (is_empty_step(*object)) {
      step.blob_digest = kEmptyLayer;
      step.size_bytes = kEmptyLayerBytes;
    } else {
      ++with_layer;
    }
    steps.push_back(std::move(step));
  }
  if (with_layer != layers) return {};
  return steps;
}

ImageLayer layer_of(const json::Object& descriptor) {
  ImageLayer layer;
  layer.blob_digest = text_at(descriptor, "digest").value_or("");
  const auto* size = descriptor.if_contains("size");
  if (size && size->is_int64()) layer.size_bytes = size->get_int64();
  layer.urls = texts_of(list_at(descriptor, "urls"));
  layer.is_remote = is_foreign_layer(text_at(descriptor, "mediaType").value_or(""));
  return layer;
}

/// What both databases can keep as text, and the API can show.
bool is_label(std::string_view key, std::string_view value) {
  return !key.empty() && key.size() <= kLongestLabelKey && key.find('\0') == key.npos && value.find('\0') == value.npos;
}

}  // namespace

bool is_image_config(std::string_view media_type) {
  return media_type == "application/vnd.oci.image.config.v1+json" ||
         media_type == "application/vnd.docker.container.image.v1+json";
}

std::string platform_of_image(std::string_view config) {
  constexpr std::size_t kLongestWord = 64;
  const auto document = object_of(config);
  // Words as they are in use: letters, digits and few signs. Anything else is no platform that anybody runs.
  const auto word = [&](std::string_view key) {
    auto text = text_at(document, key).value_or("");
    const auto is_fit = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
             c == '.';
    };
    if (text.size() > kLongestWord || !std::ranges::all_of(text, is_fit)) text.clear();
    return text;
  };
  const auto os = word("os"), architecture = word("architecture"), variant = word("variant");
  // Attestations have a configuration, too, for the platform "unknown".
  if (os.empty() || os == "unknown" || architecture.empty()) return {};
  return os + '/' + architecture + (variant.empty() ? "" : '/' + variant);
}

std::string_view label_media_type(std::string_view value) {
  const bool bracketed =
      (value.starts_with('{') && value.ends_with('}')) || (value.starts_with('[') && value.ends_with(']'));
  return bracketed && json::parse(value) ? "application/json" : "text/plain";
}

std::vector<store::Label> imported_labels(const json::Object& annotations, std::string_view config) {
  const auto document = object_of(config);
  const auto* settings = object_at(document, "config");
  const auto* of_image = settings ? object_at(*settings, "Labels") : nullptr;
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  const auto collect = [&](const json::Object& from, const json::Object& stronger) {
    for (const auto& [key, value] : from) {
      if (!value.is_string() || stronger.contains(key)) continue;
      const std::string_view text = value.get_string();
      if (is_label(key, text)) pairs.emplace_back(key, text);
    }
  };
  if (of_image) collect(*of_image, annotations);
  collect(annotations, {});
  std::vector<store::Label> labels;
  std::size_t bytes = 0;
  // Those that decide what becomes of a tag are not to be the ones that there is no room for.
  for (const bool of_quay : {true, false}) {
    for (const auto& [key, value] : pairs) {
      if (key.starts_with("quay.") != of_quay) continue;
      if (labels.size() == kMostImportedLabels) return labels;
      if (key.size() + value.size() > kMostImportedLabelBytes - bytes) continue;
      bytes += key.size() + value.size();
      labels.push_back({random_uuid(), std::string(key), std::string(value), store::LabelSource::manifest,
                        std::string(label_media_type(value))});
    }
  }
  return labels;
}

std::vector<ImageLayer> image_layers(std::string_view manifest, std::string_view config) {
  const auto document = object_of(manifest);
  std::vector<ImageLayer> layers;
  if (const auto* list = list_at(document, "layers")) {
    for (const auto& entry : *list) {
      if (const auto* descriptor = entry.if_object()) layers.push_back(layer_of(*descriptor));
    }
  }
  auto steps = steps_of(object_of(config), layers.size());
  if (steps.empty()) return layers;
  auto next = layers.begin();
  for (auto& step : steps) {
    if (!step.blob_digest.empty()) continue;
    step.blob_digest = std::move(next->blob_digest);
    step.size_bytes = next->size_bytes;
    step.is_remote = next->is_remote;
    step.urls = std::move(next->urls);
    ++next;
  }
  return steps;
}

}  // namespace wharf::service
