#include "service/manifest_document.h"

#include <algorithm>
#include <limits>

namespace wharf::service {
namespace {

Error invalid(std::string message) { return {Errc::manifest_invalid, "Manifest invalid: " + std::move(message)}; }

std::string_view without_parameters(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  return type;
}

Result<std::string> text_member(const json::Object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value) return std::string();
  if (!value->is_string()) return invalid(std::string(name) + " must be a string");
  return std::string(value->get_string());
}

/// type "/" subtype. Source: RFC 6838 section 4.2.
bool is_media_type(std::string_view type) {
  const auto slash = type.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == type.size() || type.size() > 255) return false;
  return std::ranges::all_of(type, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != ','; });
}

Result<Descriptor> descriptor(const json::Value& value, const std::string& where) {
  if (!value.is_object()) return invalid(where + " must be an object");
  const auto& object = value.get_object();
  auto type = text_member(object, "mediaType");
  if (!type) return type.error();
  if (!is_media_type(*type)) return invalid(where + ".mediaType is missing or not a media type");
  auto digest_text = text_member(object, "digest");
  if (!digest_text) return digest_text.error();
  auto digest = Digest::parse(*digest_text);
  if (!digest) return invalid(where + ".digest is not a sha256 or sha512 digest");
  const auto* size = object.if_contains("size");
  if (!size || !size->is_int64()) return invalid(where + ".size must be a whole number");
  if (size->get_int64() < 0) return invalid(where + ".size must not be negative");
  return Descriptor{std::move(*type), std::move(*digest), size->get_int64()};
}

Result<std::vector<Descriptor>> descriptors(const json::Object& object, std::string_view name, bool required) {
  std::vector<Descriptor> all;
  const auto* value = object.if_contains(name);
  if (!value || value->is_null()) {
    if (required && !value) return invalid(std::string(name) + " is required");
    return all;
  }
  if (!value->is_array()) return invalid(std::string(name) + " must be a list");
  std::int64_t total = 0;
  for (const auto& entry : value->get_array()) {
    auto one = descriptor(entry, std::string(name) + '[' + std::to_string(all.size()) + ']');
    if (!one) return one.error();
    if (one->size_bytes > kMostContentBytes - total) return invalid("the sizes add up to too much");
    total += one->size_bytes;
    all.push_back(std::move(*one));
  }
  return all;
}

Result<bool> check_children(const json::Object& object, bool docker) {
  for (const auto& entry : object.at("manifests").get_array()) {
    const auto* platform = entry.get_object().if_contains("platform");
    if (!platform) {
      if (docker) return invalid("an entry of a Docker manifest list needs a platform");
      continue;
    }
    if (!platform->is_object()) return invalid("platform must be an object");
    for (const auto* name : {"architecture", "os"}) {
      const auto* value = platform->get_object().if_contains(name);
      if (!value || !value->is_string()) return invalid(std::string("platform.") + name + " is required");
    }
  }
  return true;
}

}  // namespace

bool is_foreign_layer(std::string_view media_type) {
  return media_type.find(".nondistributable.") != std::string::npos ||
         media_type.starts_with("application/vnd.docker.image.rootfs.foreign.diff.");
}

std::int64_t ManifestDocument::layers_size_bytes() const {
  std::int64_t total = 0;
  for (const auto& layer : layers) total += layer.size_bytes;
  return total;
}

bool ManifestDocument::is_scannable() const {
  return std::ranges::any_of(layers, [](const Descriptor& layer) {
    return layer.media_type.starts_with("application/vnd.oci.image.layer.") ||
           layer.media_type.starts_with("application/vnd.docker.image.rootfs.");
  });
}

Result<ManifestDocument> parse_manifest(std::string_view content_type, std::string_view content) {
  auto parsed = json::parse(content);
  if (!parsed) return invalid(parsed.error().message);
  if (!parsed->is_object()) return invalid("it must be an object");
  const auto& object = parsed->get_object();

  ManifestDocument document;
  auto own_type = text_member(object, "mediaType");
  if (!own_type) return own_type.error();
  const auto sent_type = without_parameters(content_type);
  const bool sent = !sent_type.empty() && sent_type != "application/json";
  document.media_type = sent ? std::string(sent_type) : *own_type;
  if (document.media_type.empty()) return invalid("it needs a Content-Type or a mediaType");
  const bool docker = document.media_type == media::kDockerManifest || document.media_type == media::kDockerList;
  document.is_list = document.media_type == media::kDockerList || document.media_type == media::kOciIndex;
  if (!docker && !document.is_list && document.media_type != media::kOciManifest) {
    return Error{
        Errc::manifest_type_unsupported, "Manifests of this media type are not supported", {}, document.media_type};
  }
  if (!own_type->empty() && *own_type != document.media_type) {
    return invalid("its mediaType is not the Content-Type it was sent with");
  }
  if (docker && own_type->empty()) return invalid("mediaType is required");
  const auto* version = object.if_contains("schemaVersion");
  if (!version || !version->is_int64() || version->get_int64() != 2) return invalid("schemaVersion must be 2");

  if (document.is_list) {
    if (object.contains("layers") || object.contains("config")) return invalid("a list has no config and no layers");
    auto children = descriptors(object, "manifests", true);
    if (!children) return children.error();
    document.children = std::move(*children);
    if (object.at("manifests").is_array()) {
      auto ok = check_children(object, docker);
      if (!ok) return ok.error();
    }
  } else {
    if (object.contains("manifests")) return invalid("an image has no manifests");
    const auto* config = object.if_contains("config");
    if (!config) return invalid("config is required");
    auto one = descriptor(*config, "config");
    if (!one) return one.error();
    document.config = std::move(*one);
    auto layers = descriptors(object, "layers", true);
    if (!layers) return layers.error();
    document.layers = std::move(*layers);
  }
  if (const auto* subject = object.if_contains("subject"); subject && !subject->is_null()) {
    auto one = descriptor(*subject, "subject");
    if (!one) return one.error();
    document.subject = std::move(*one);
  }
  auto artifact_type = text_member(object, "artifactType");
  if (!artifact_type) return artifact_type.error();
  if (!artifact_type->empty()) {
    if (!is_media_type(*artifact_type)) return invalid("artifactType is not a media type");
    document.artifact_type = std::move(*artifact_type);
  }
  if (const auto* annotations = object.if_contains("annotations"); annotations && !annotations->is_null()) {
    if (!annotations->is_object()) return invalid("annotations must be an object");
    for (const auto& [key, value] : annotations->get_object()) {
      if (!value.is_string()) return invalid("every annotation must be a string");
      document.annotations[key] = value;
    }
  }
  return document;
}

}  // namespace wharf::service
