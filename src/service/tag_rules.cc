#include "service/tag_rules.h"

#include <charconv>

#include "service/tag_pattern.h"
#include "store/immutability.h"
#include "store/tag_label.h"

namespace wharf::service {
namespace {

constexpr std::int64_t kDayS = 86'400;
constexpr Millis kLatestMs = 253'402'300'799'000;  // 9999-12-31T23:59:59Z

std::int64_t unit_seconds(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3'600;
    case 'd':
      return kDayS;
    case 'w':
      return 7 * kDayS;
    case 'y':
      return 365 * kDayS;
    default:
      return 0;
  }
}

bool is_ruled(const store::ImmutabilityPolicy& policy, std::string_view name) {
  const auto pattern = TagPattern::compile(policy.pattern);
  return pattern && pattern->matches_whole(name) == policy.matches;
}

}  // namespace

Millis end_of_label(std::string_view text, Millis now) {
  if (text.size() < 2) return store::kForever;
  std::int64_t count = 0;
  const auto* end = text.data() + text.size() - 1;
  const auto read = std::from_chars(text.data(), end, count);
  const auto unit = unit_seconds(text.back());
  if (read.ec != std::errc() || read.ptr != end || count <= 0 || unit == 0) return store::kForever;
  if (count > (kLatestMs - now) / 1000 / unit) return store::kForever;
  return now + count * unit * 1000;
}

TagRules rules_for_tag(db::Tx& tx, const Settings& settings, const TagToMake& tag, Millis now) {
  TagRules rules;
  const auto labels = store::find_tag_labels(tx, tag.manifest_id, tag.is_list);
  if (labels.expires_after) rules.end_ms = end_of_label(*labels.expires_after, now);
  if (!settings.features.immutable_tags) return rules;
  rules.immutable = labels.immutable == "true";
  store::hold_immutability_policies(tx, tag.namespace_id);
  for (const auto& policy : store::ruling_immutability_policies(tx, {tag.namespace_id, tag.repository_id})) {
    if (!rules.by_policy && is_ruled(policy, tag.name)) rules.by_policy = true;
  }
  rules.immutable = rules.immutable || rules.by_policy;
  if (rules.immutable && !settings.features.immutable_tags_can_expire) rules.end_ms = store::kForever;
  return rules;
}

}  // namespace wharf::service
