#include "store/event.h"

#include <iterator>

namespace wharf::store {

void put_event_node(db::Tx& tx, std::string_view node, std::string_view listening, Millis expires_ms) {
  static const db::Query kPut{"event.put_node", R"(
    INSERT INTO event_node (node, listening, expires_ms) VALUES ($1, $2, $3)
    ON CONFLICT (node) DO UPDATE SET listening = excluded.listening, expires_ms = excluded.expires_ms)"};
  tx.run(kPut, node, listening, expires_ms);
}

std::vector<std::string> list_event_nodes(db::Tx& tx, std::string_view node, Millis now) {
  static const db::Query kList{"event.nodes", "SELECT listening FROM event_node WHERE node <> $1 AND expires_ms > $2"};
  return tx.all<std::string>(kList, node, now);
}

void add_event_batch(db::Tx& tx, std::string_view node, std::string_view events, Millis now) {
  static const db::Query kAdd{"event.add_batch",
                              "INSERT INTO event_batch (node, events, created_ms) VALUES ($1, $2, $3)"};
  tx.run(kAdd, node, events, now);
}

std::vector<EventBatch> list_event_batches(db::Tx& tx, std::string_view node, Millis since) {
  static const db::Query kList{
      "event.batches",
      "SELECT id, events FROM event_batch WHERE created_ms > $2 AND node <> $1 ORDER BY id LIMIT 1000"};
  return tx.all<EventBatch>(kList, node, since);
}

std::vector<ListeningAccount> find_listening(db::Tx& tx, const std::vector<std::int64_t>& account_ids) {
  static const db::Query kFind{"event.listening", R"(
    SELECT id, uuid FROM account
     WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AND enabled AND deleted_ms IS NULL)"};
  constexpr std::size_t kIdsAStatement = 10;
  std::vector<ListeningAccount> found;
  // The last statement is filled up with its first id again: one prepared statement for every count.
  for (std::size_t at = 0; at < account_ids.size(); at += kIdsAStatement) {
    const auto id = [&](std::size_t i) { return account_ids[at + i < account_ids.size() ? at + i : at]; };
    auto rows = tx.all<ListeningAccount>(kFind, id(0), id(1), id(2), id(3), id(4), id(5), id(6), id(7), id(8), id(9));
    found.insert(found.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
  }
  return found;
}

void delete_old_events(db::Tx& tx, Millis before) {
  static const db::Query kBatches{"event.delete_batches", "DELETE FROM event_batch WHERE created_ms < $1"};
  static const db::Query kNodes{"event.delete_nodes", "DELETE FROM event_node WHERE expires_ms < $1"};
  tx.run(kBatches, before);
  tx.run(kNodes, before);
}

}  // namespace wharf::store
