#include "service/tag_detail.h"

#include <set>

#include "base/json.h"

namespace wharf::service {
namespace {

constexpr std::size_t kMostPlatforms = 100;

std::string text_of(const json::Object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// Of an index that was accepted when it was pushed; what is not as expected is left out.
std::vector<Platform> platforms_of(const std::string& content) {
  std::vector<Platform> platforms;
  const auto index = json::parse(content);
  if (!index || !index->is_object()) return platforms;
  const auto* entries = index->get_object().if_contains("manifests");
  if (!entries || !entries->is_array()) return platforms;
  for (const auto& entry : entries->get_array()) {
    if (platforms.size() == kMostPlatforms) break;
    if (!entry.is_object()) continue;
    const auto* platform = entry.get_object().if_contains("platform");
    if (!platform || !platform->is_object()) continue;
    const auto& is = platform->get_object();
    if (text_of(is, "os") == "unknown") continue;
    platforms.push_back({.digest = text_of(entry.get_object(), "digest"),
                         .os = text_of(is, "os"),
                         .architecture = text_of(is, "architecture"),
                         .variant = text_of(is, "variant")});
  }
  return platforms;
}

/// "linux/arm64/v8" in its parts.
Platform platform_of(const store::ManifestPlatform& row) {
  const auto first = row.platform.find('/'), second = row.platform.find('/', first + 1);
  Platform platform{.digest = row.digest, .os = row.platform.substr(0, first)};
  platform.architecture = row.platform.substr(first + 1, second == std::string::npos ? second : second - first - 1);
  if (second != std::string::npos) platform.variant = row.platform.substr(second + 1);
  return platform;
}

}  // namespace

std::map<std::int64_t, TagDetail> details_of(db::Tx& tx, const std::vector<store::Tag>& tags, Millis now) {
  std::vector<std::int64_t> tag_ids;
  std::set<std::int64_t> manifest_ids, list_ids, image_ids;
  for (const auto& tag : tags) {
    tag_ids.push_back(tag.id);
    manifest_ids.insert(tag.manifest_id);
    (tag.is_list ? list_ids : image_ids).insert(tag.manifest_id);
  }
  std::map<std::int64_t, store::FindingCounts> findings;
  for (const auto& row : store::list_finding_counts(tx, {manifest_ids.begin(), manifest_ids.end()})) {
    findings.emplace(row.manifest_id, row);
  }
  std::map<std::int64_t, std::vector<Platform>> platforms;
  for (const auto& row : store::list_manifest_texts(tx, {list_ids.begin(), list_ids.end()})) {
    platforms.emplace(row.manifest_id, platforms_of(row.content.data));
  }
  for (const auto& row : store::list_platforms(tx, {image_ids.begin(), image_ids.end()})) {
    platforms[row.manifest_id].assign(1, platform_of(row));
  }
  std::map<std::int64_t, TagDetail> details;
  for (const auto& row : store::list_tag_uses(tx, tag_ids, now)) details[row.tag_id].use = row;
  for (const auto& tag : tags) {
    details[tag.id].findings = findings[tag.manifest_id];
    details[tag.id].platforms = platforms[tag.manifest_id];
  }
  return details;
}

}  // namespace wharf::service
