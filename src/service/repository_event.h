#pragma once
#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/names.h"
#include "db/database.h"
#include "service/settings.h"

/// What happens to a repository that somebody may want to be told of. Source: Quay, "Events".
namespace wharf::service {

/// How much an event is worth a look: the colour of a message.
enum class EventLevel { info, success, primary, warning, error };

/// Whether a notification can wait for `event`: every one of Quay's that is about a repository. Those of builds and
/// mirrors never happen here; they are accepted so that what was set up for Quay can be set up here.
bool is_repository_event(std::string_view event);

/// When of all events of a kind one is told.
struct EventBounds {
  std::optional<std::int64_t> days;   ///< repo_image_expiry: how long before the end; never without.
  std::optional<std::int64_t> level;  ///< vulnerability_found: a Severity, that or worse; none: every one.
};
/// What `config` says of that. Errors: invalid_request for what `event` cannot be configured with.
Result<EventBounds> check_event_config(std::string_view event, const json::Object& config);

/// What a test tells. `config` is one that check_event_config accepts.
json::Object sample_event_data(std::string_view event, const json::Object& config, std::string_view notification_uuid);

/// Queues `event` for the notifications of the repository that wait for it, in the transaction in which it happens.
/// `data` is what is particular to it, `performer` the name of whoever did it; "": nobody in particular.
/// Cost: one statement.
void queue_repository_event(db::Tx& tx, std::int64_t repository_id, std::string_view event, const json::Object& data,
                            std::string_view performer, Millis now);

/// How bad a vulnerability is, worst first.
enum class Severity { Critical, High, Medium, Low, Negligible, Unknown };
BOOST_DESCRIBE_ENUM(Severity, Critical, High, Medium, Low, Negligible, Unknown)

struct FoundVulnerability {
  std::string id;  ///< "CVE-2024-3094"
  std::string description;
  std::string link;
  Severity priority = Severity::Unknown;
  bool has_fix = false;
};
BOOST_DESCRIBE_STRUCT(FoundVulnerability, (), (id, description, link, priority, has_fix))

/// Queues vulnerability_found for the notifications of the repository whose level it reaches: for the scanner to call
/// in the transaction in which it notes what it found. At most 100 of `tags` are told. `first_report` says that the
/// image was scanned for the first time: then the level counts for nothing, as in Quay.
/// Nothing happens without FEATURE_SECURITY_NOTIFICATIONS.
void queue_vulnerability(db::Tx& tx, const Settings& settings, std::int64_t repository_id,
                         const std::vector<std::string>& tags, const FoundVulnerability& found, bool first_report,
                         Millis now);

/// The JSON object that the database keeps as `text`.
json::Object kept_object(std::string_view text);

/// One event as it is told.
struct RepositoryEvent {
  std::string event;
  RepoName repository;
  std::string base_url;   ///< Begins its links.
  json::Object data;      ///< What is particular to it.
  std::string performer;  ///< "": nobody in particular.
};

/// What a webhook gets.
json::Object event_body(const RepositoryEvent& event);
/// "https://registry.example.com/repository/acme/app"
std::string event_homepage(const RepositoryEvent& event);
EventLevel level_of(const RepositoryEvent& event);
/// In a few words: "Repository acme/app updated".
std::string summary_of(const RepositoryEvent& event);
/// The same in a sentence or two. `link` is what stands for the repository's name.
std::string sentence_of(const RepositoryEvent& event, std::string_view link);

}  // namespace wharf::service
