#pragma once
#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// How nodes tell one another what users do while somebody listens: rows of `event_node` and `event_batch`.
namespace wharf::store {

/// Says until `expires_ms` to whose events `node` listens; `listening` is a JSON array of accounts.
void put_event_node(db::Tx& tx, std::string_view node, std::string_view listening, Millis expires_ms);
/// What all nodes but `node` listen to now.
std::vector<std::string> list_event_nodes(db::Tx& tx, std::string_view node, Millis now);

struct EventBatch {
  std::int64_t id = 0;
  std::string events;  ///< A JSON array.
};
BOOST_DESCRIBE_STRUCT(EventBatch, (), (id, events))

void add_event_batch(db::Tx& tx, std::string_view node, std::string_view events, Millis now);
/// Those of all nodes but `node` that were written after `since`, oldest first.
std::vector<EventBatch> list_event_batches(db::Tx& tx, std::string_view node, Millis since);

/// Whose streams may go on: an account that is there and enabled. `uuid` changes when its sessions end.
struct ListeningAccount {
  std::int64_t id = 0;
  std::string uuid;
};
BOOST_DESCRIBE_STRUCT(ListeningAccount, (), (id, uuid))
/// Those of these accounts that are.
std::vector<ListeningAccount> find_listening(db::Tx& tx, const std::vector<std::int64_t>& account_ids);

/// Deletes what was written before `before`, and the nodes that were heard of last before.
void delete_old_events(db::Tx& tx, Millis before);

}  // namespace wharf::store
