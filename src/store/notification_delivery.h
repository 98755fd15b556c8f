#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "store/notification.h"

/// What notifications still have to tell: rows of `notification_delivery`.
namespace wharf::store {

/// What happened. Both are JSON objects.
struct EventData {
  std::string data = "{}";       ///< What is particular to the event: {"updated_tags": ["v1"]}.
  std::string performer = "{}";  ///< Who did it: {"entity_name": "alice"}.
  std::int64_t severity = 0;     ///< Only those get it whose level reaches so far; 0: all.
};

/// Queues it for every notification of the repository that waits for `event` and has not failed too often. One
/// statement, which reads one index where nobody waits.
void queue_event(db::Tx& tx, std::int64_t repository_id, std::string_view event, const EventData& what, Millis now);
/// Queues it for one notification, unless that has failed too often.
void queue_delivery(db::Tx& tx, std::int64_t notification_id, const EventData& what, Millis now);

struct Delivery {
  std::int64_t id = 0;
  std::int64_t notification_id = 0;
  std::string uuid;  ///< Of the notification, as the next six.
  std::string event;
  std::string method;
  std::string config;
  std::string event_config;
  std::string base_url;
  std::string data;
  std::string performer;
  std::int64_t attempts = 0;  ///< This one too.
  std::int64_t repository_id = 0;
  std::int64_t namespace_id = 0;
  std::string ns;
  bool is_organization = false;
  std::string name;
  bool deleted = false;  ///< The repository is.
};
BOOST_DESCRIBE_STRUCT(Delivery, (),
                      (id, notification_id, uuid, event, method, config, event_config, base_url, data, performer,
                       attempts, repository_id, namespace_id, ns, is_organization, name, deleted))

/// Whether any is due that take_due_deliveries would take.
bool has_due_delivery(db::Tx& tx, Millis now);
/// Those that are due longest, at most `limit` and at most one of each notification, so that what one is told comes in
/// order; until `until` nobody gets them, nor others of their notifications, again.
std::vector<Delivery> take_due_deliveries(db::Tx& tx, Millis now, Millis until, int limit);

/// It was delivered: it goes, and its notification has not failed any more.
void finish_delivery(db::Tx& tx, const Delivery& delivery);
/// It is not to be delivered any more; that is no failure.
void drop_delivery(db::Tx& tx, const Delivery& delivery);
/// It was not tried: it comes again at once.
void release_delivery(db::Tx& tx, const Delivery& delivery);
/// It failed: it comes again at `again_ms` (0: never). Answers how often its notification has failed; with the last
/// failure all that waits for that goes.
std::int64_t fail_delivery(db::Tx& tx, const Delivery& delivery, Millis again_ms);

}  // namespace wharf::store
