#include "service/repository_event.h"

#include <algorithm>
#include <charconv>

#include "http/message.h"
#include "store/notification_delivery.h"

namespace wharf::service {
namespace {

constexpr std::string_view kPush = "repo_push";
constexpr std::string_view kVulnerability = "vulnerability_found";
constexpr std::string_view kExpiry = "repo_image_expiry";
constexpr std::string_view kBuild = "build_";

constexpr std::size_t kMostTags = 100;
// A tag's end is looked for so far ahead.
constexpr std::int64_t kMostDays = 3'650;
constexpr auto kLeastSevere = static_cast<std::int64_t>(Severity::Unknown);

struct Kind {
  std::string_view event;
  EventLevel level;
  std::string_view summary;  ///< Before the repository's name; what it says of the three above is made.
};

constexpr Kind kKinds[] = {
    {kPush, EventLevel::primary, ""},
    {kVulnerability, EventLevel::info, ""},
    {kExpiry, EventLevel::warning, ""},
    {"build_queued", EventLevel::info, "Build queued for repository"},
    {"build_start", EventLevel::info, "Build started for repository"},
    {"build_success", EventLevel::success, "Build succeeded for repository"},
    {"build_failure", EventLevel::error, "Build failed for repository"},
    {"build_cancelled", EventLevel::info, "Build cancelled for repository"},
    {"repo_mirror_sync_started", EventLevel::info, "Repository mirror started for"},
    {"repo_mirror_sync_success", EventLevel::success, "Repository mirror successful for"},
    {"repo_mirror_sync_failed", EventLevel::error, "Repository mirror failed for"},
};

const Kind* find_kind(std::string_view event) {
  const auto* found = std::ranges::find(kKinds, event, &Kind::event);
  return found == std::end(kKinds) ? nullptr : found;
}

/// A whole number, also as text: forms send either.
std::optional<std::int64_t> number_at(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return std::nullopt;
  if (const auto number = json::decode<std::int64_t>(*value)) return *number;
  const auto* text = value->if_string();
  std::int64_t number = 0;
  if (text == nullptr || text->empty()) return std::nullopt;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failed != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return number;
}

bool has_value(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && !value->is_null() && !(value->is_string() && value->get_string().empty());
}

std::string text_at(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::vector<std::string> texts_at(const json::Object& object, std::string_view key) {
  std::vector<std::string> texts;
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return texts;
  for (const auto& entry : value->get_array()) {
    if (entry.is_string()) texts.emplace_back(entry.get_string());
  }
  return texts;
}

std::string vulnerability_text(const json::Object& data, std::string_view key) {
  const auto* found = data.if_contains("vulnerability");
  return found != nullptr && found->is_object() ? text_at(found->get_object(), key) : std::string();
}

/// "tag a", "tags a, b and 3 more".
std::string named_tags(const std::vector<std::string>& tags) {
  constexpr std::size_t kMostNamed = 10;
  std::string text = tags.size() == 1 ? "tag " : "tags ";
  for (std::size_t i = 0; i < tags.size() && i < kMostNamed; ++i) text += (i == 0 ? "" : ", ") + tags[i];
  if (tags.size() > kMostNamed) text += " and " + std::to_string(tags.size() - kMostNamed) + " more";
  return text;
}

json::Object sample_build(std::string_view event) {
  json::Object data{{"build_id", "00000000-0000-0000-0000-000000000000"},
                    {"docker_tags", {"latest", "test"}},
                    {"trigger_metadata", json::Object{}}};
  if (event == "build_queued") {
    data["repo"] = "test";
    data["is_manual"] = true;
    data["manual_user"] = nullptr;
    return data;
  }
  data["build_name"] = "test build";
  data["trigger_id"] = nullptr;
  data["trigger_kind"] = nullptr;
  if (event == "build_failure") data["error_message"] = "This is a test";
  return data;
}

}  // namespace

bool is_repository_event(std::string_view event) { return find_kind(event) != nullptr; }

Result<EventBounds> check_event_config(std::string_view event, const json::Object& config) {
  EventBounds bounds;
  if (event == kExpiry) {
    bounds.days = number_at(config, "days");
    if (!bounds.days || *bounds.days < 1 || *bounds.days > kMostDays) {
      return Error{Errc::invalid_request, "eventConfig.days: must be a number of days, 1 to 3650"};
    }
  }
  if (event == kVulnerability && has_value(config, "level")) {
    bounds.level = number_at(config, "level");
    if (!bounds.level || *bounds.level < 0 || *bounds.level > kLeastSevere) {
      return Error{Errc::invalid_request, "eventConfig.level: must be 0 (Critical) to 5 (Unknown)"};
    }
  }
  if (event.starts_with(kBuild) && has_value(config, "ref-regex") && !config.at("ref-regex").is_string()) {
    return Error{Errc::invalid_request, "eventConfig.ref-regex: must be a string"};
  }
  return bounds;
}

json::Object sample_event_data(std::string_view event, const json::Object& config, std::string_view notification_uuid) {
  if (event == kPush) return {{"updated_tags", {"latest", "foo"}}};
  if (event == kVulnerability) {
    const FoundVulnerability found{.id = "CVE-FAKE-CVE",
                                   .description = "A futurist vulnerability",
                                   .link = "https://security-tracker.debian.org/tracker/CVE-FAKE-CVE",
                                   .priority = static_cast<Severity>(number_at(config, "level").value_or(0)),
                                   .has_fix = true};
    return {{"tags", {"latest", "prod", "foo"}}, {"vulnerability", *json::parse(json::encode(found))}};
  }
  if (event == kExpiry) {
    return {{"tags", {"latest", "v1"}},
            {"expiring_in", std::to_string(number_at(config, "days").value_or(1)) + " days"},
            {"notification_uuid", notification_uuid}};
  }
  if (event.starts_with(kBuild)) return sample_build(event);
  return {{"message", "TEST NOTIFICATION"}};
}

void queue_repository_event(db::Tx& tx, std::int64_t repository_id, std::string_view event, const json::Object& data,
                            std::string_view performer, Millis now) {
  store::EventData what{.data = json::to_text(data)};
  if (!performer.empty()) what.performer = json::to_text(json::Object{{"entity_name", performer}});
  store::queue_event(tx, repository_id, event, what, now);
}

void queue_vulnerability(db::Tx& tx, const Settings& settings, std::int64_t repository_id,
                         const std::vector<std::string>& tags, const FoundVulnerability& found, bool first_report,
                         Millis now) {
  if (!settings.features.security_notifications) return;
  json::Array told;
  for (std::size_t i = 0; i < tags.size() && i < kMostTags; ++i) told.emplace_back(tags[i]);
  json::Object data{{"tags", std::move(told)}, {"vulnerability", *json::parse(json::encode(found))}};
  if (first_report) data["vulnerable_index_report_created"] = "true";
  store::EventData what{.data = json::to_text(data)};
  if (!first_report) what.severity = static_cast<std::int64_t>(found.priority);
  store::queue_event(tx, repository_id, kVulnerability, what, now);
}

json::Object kept_object(std::string_view text) {
  auto object = json::decode_text<json::Object>(text);
  return object ? std::move(*object) : json::Object{};
}

std::string event_homepage(const RepositoryEvent& event) {
  auto url = event.base_url + "/repository/" + event.repository.text();
  if (event.event.starts_with(kBuild)) url += "/build/" + http::percent_encode(text_at(event.data, "build_id"));
  return url;
}

json::Object event_body(const RepositoryEvent& event) {
  const auto scheme = event.base_url.find("://");
  const auto host = scheme == std::string::npos ? event.base_url : event.base_url.substr(scheme + 3);
  json::Object body{{"repository", event.repository.text()},
                    {"namespace", event.repository.ns},
                    {"name", event.repository.name},
                    {"docker_url", host + '/' + event.repository.text()},
                    {"homepage", event_homepage(event)}};
  for (const auto& entry : event.data) body[entry.key()] = entry.value();
  return body;
}

EventLevel level_of(const RepositoryEvent& event) {
  if (event.event == kVulnerability) {
    const auto priority = vulnerability_text(event.data, "priority");
    if (priority == "Critical") return EventLevel::error;
    return priority == "High" || priority == "Medium" ? EventLevel::warning : EventLevel::info;
  }
  const auto* kind = find_kind(event.event);
  return kind == nullptr ? EventLevel::info : kind->level;
}

std::string summary_of(const RepositoryEvent& event) {
  const auto name = event.repository.text();
  if (event.event == kPush) return "Repository " + name + " updated";
  if (event.event == kVulnerability) {
    return vulnerability_text(event.data, "priority") + " vulnerability detected in repository " + name + " in " +
           std::to_string(texts_at(event.data, "tags").size()) + " tags";
  }
  if (event.event == kExpiry) {
    return "Tags of repository " + name + " expire within " + text_at(event.data, "expiring_in");
  }
  const auto* kind = find_kind(event.event);
  return std::string(kind == nullptr ? "Event of repository" : kind->summary) + ' ' + name;
}

std::string sentence_of(const RepositoryEvent& event, std::string_view link) {
  const auto name = std::string(link);
  if (event.event == kPush) {
    const auto by = event.performer.empty() ? std::string() : " by " + event.performer;
    return "Repository " + name + " was updated" + by + ": " + named_tags(texts_at(event.data, "updated_tags"));
  }
  if (event.event == kVulnerability) {
    return vulnerability_text(event.data, "priority") + " vulnerability " + vulnerability_text(event.data, "id") +
           " was found in repository " + name + ": " + named_tags(texts_at(event.data, "tags"));
  }
  if (event.event == kExpiry) {
    return "In repository " + name + " these expire within " + text_at(event.data, "expiring_in") + ": " +
           named_tags(texts_at(event.data, "tags"));
  }
  const auto* kind = find_kind(event.event);
  auto text = std::string(kind == nullptr ? "Event of repository" : kind->summary) + ' ' + name;
  for (const auto* key : {"message", "error_message"}) {
    if (const auto more = text_at(event.data, key); !more.empty()) text += ": " + more;
  }
  return text;
}

}  // namespace wharf::service
