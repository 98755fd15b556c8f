#include "service/label.h"

#include <algorithm>
#include <array>

#include "base/random.h"
#include "service/audit.h"
#include "service/image_config.h"
#include "service/repository_guard.h"
#include "service/retry.h"
#include "store/manifest.h"

namespace wharf::service {
namespace {

constexpr std::size_t kLongestKey = 255;
constexpr std::size_t kLongestValue = 64 * 1024;
constexpr std::int64_t kMostLabels = 1000;
constexpr std::int64_t kMostCharacters = 1024 * 1024;
// Source: Quay, "addManifestLabel".
constexpr std::array<std::string_view, 12> kReservedPrefixes = {
    "com.docker.", "io.docker.", "org.dockerproject.", "org.opencontainers.", "io.cncf.", "io.kubernetes.",
    "io.k8s.",     "io.quay",    "com.coreos",         "com.tectonic",        "internal", "quay"};

Error not_found() { return {Errc::not_found, "Not Found"}; }
Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool has_prefix(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, lower, lower);
}

/// What is no UUID names no label; the database need not be asked, whatever bytes it has.
bool is_uuid(std::string_view text) {
  return text.size() == 36 && std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

Result<store::Label> checked(NewLabel label, const Settings& settings) {
  const std::string_view key = label.key;
  if (!is_label_key(key)) {
    return invalid("Key is missing or invalid: lower-case letters and digits, with single '-' and '.' between them");
  }
  const auto begins_key = [&](std::string_view prefix) { return key.starts_with(prefix); };
  if (std::ranges::any_of(kReservedPrefixes, begins_key) ||
      std::ranges::any_of(settings.label_key_reserved_prefixes, begins_key)) {
    return invalid("Label has a reserved prefix");
  }
  if (label.value.size() > kLongestValue) return invalid("value: must have at most 65536 bytes");
  if (label.value.find('\0') != std::string::npos) return invalid("value: must not have a NUL");
  const auto type = label.media_type.value_or(std::string(label_media_type(label.value)));
  if (type != "text/plain" && type != "application/json") {
    return invalid("media_type: must be one of text/plain, application/json");
  }
  return store::Label{random_uuid(), std::move(label.key), std::move(label.value), store::LabelSource::api, type};
}

std::optional<store::Manifest> find_manifest(db::Tx& tx, const auth::Access& access, const std::string& digest) {
  const auto parsed = Digest::parse(digest);
  if (!parsed) return std::nullopt;
  return store::find_visible_manifest(tx, access.repository_id(), *parsed, now_ms());
}

json::Object metadata_of(const store::Label& label, const store::Manifest& manifest, const RepoName& name) {
  return {{"id", label.uuid},     {"key", label.key}, {"value", label.value}, {"manifest_digest", manifest.digest},
          {"namespace", name.ns}, {"repo", name.name}};
}

LogPlace place_of(const auth::Access& access) { return {access.row().namespace_id, access.repository_id()}; }

}  // namespace

bool is_label_key(std::string_view key) {
  if (key.empty() || key.size() > kLongestKey || !is_lower_or_digit(key.back())) return false;
  bool after_letter = false;
  for (const char c : key) {
    const bool letter = is_lower_or_digit(c);
    if (!letter && !(after_letter && (c == '-' || c == '.'))) return false;
    after_letter = letter;
  }
  return true;
}

awaitable<Result<std::vector<store::Label>>> LabelService::list(auth::Principal who, RepoName name, std::string digest,
                                                                std::string filter) {
  auto read = [&](db::Tx& tx) -> Result<std::vector<store::Label>> {
    const auto access = auth::require(tx, who, name, auth::Action::read);
    if (!access) return access.error();
    const auto manifest = find_manifest(tx, *access, digest);
    if (!manifest) return not_found();
    auto labels = store::list_labels(tx, manifest->id);
    std::erase_if(labels, [&](const store::Label& label) { return !has_prefix(label.key, filter); });
    return labels;
  };
  co_return co_await tools_.db.read(std::move(read));
}

awaitable<Result<store::Label>> LabelService::get(auth::Principal who, RepoName name, std::string digest,
                                                  std::string uuid) {
  auto read = [&](db::Tx& tx) -> Result<store::Label> {
    const auto access = auth::require(tx, who, name, auth::Action::read);
    if (!access) return access.error();
    const auto manifest = find_manifest(tx, *access, digest);
    if (!manifest || !is_uuid(uuid)) return not_found();
    auto label = store::find_label(tx, manifest->id, uuid);
    if (!label) return not_found();
    return std::move(*label);
  };
  co_return co_await tools_.db.read(std::move(read));
}

awaitable<Result<store::Label>> LabelService::add(auth::Principal who, RepoName name, std::string digest,
                                                  Result<NewLabel> label) {
  auto write = [=, &settings = tools_.settings](db::Tx& tx) -> Result<store::Label> {
    const auto access = require_writable(tx, who, name);
    if (!access) return access.error();
    if (!label) return label.error();
    const auto manifest = find_manifest(tx, *access, digest);
    if (!manifest) return not_found();
    auto added = checked(*label, settings);
    if (!added) return added.error();
    const auto totals = store::lock_labels(tx, manifest->id);
    const auto size = static_cast<std::int64_t>(added->key.size() + added->value.size());
    if (totals.labels >= kMostLabels || totals.characters + size > kMostCharacters) {
      return invalid("The manifest has as many labels as it may");
    }
    store::add_labels(tx, manifest->id, {*added});
    auto metadata = metadata_of(*added, *manifest, name);
    metadata["media_type"] = added->media_type;
    audit(tx, who, "manifest_label_add", place_of(*access), std::move(metadata));
    return added;
  };
  co_return co_await write_again(tools_.db, std::move(write));
}

awaitable<Result<bool>> LabelService::remove(auth::Principal who, RepoName name, std::string digest, std::string uuid) {
  auto write = [=](db::Tx& tx) -> Result<bool> {
    const auto access = require_writable(tx, who, name);
    if (!access) return access.error();
    const auto manifest = find_manifest(tx, *access, digest);
    if (!manifest || !is_uuid(uuid)) return not_found();
    store::lock_labels(tx, manifest->id);
    const auto label = store::find_label(tx, manifest->id, uuid);
    if (!label) return not_found();
    if (label->source_type != store::LabelSource::api) return invalid("Cannot delete immutable label");
    store::delete_label(tx, manifest->id, uuid);
    audit(tx, who, "manifest_label_delete", place_of(*access), metadata_of(*label, *manifest, name));
    return true;
  };
  co_return co_await tools_.db.write(std::move(write));
}

}  // namespace wharf::service
