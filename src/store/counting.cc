#include "store/counting.h"

namespace wharf::store {

Counting find_counting(db::Tx& tx, std::string_view name) {
  static const db::Query kFind{"counting.find",
                               "SELECT content, ran_ms, took_ms, queued, lease_ms FROM counting WHERE name = $1"};
  return tx.one<Counting>(kFind, name).value_or(Counting{});
}

bool queue_counting(db::Tx& tx, std::string_view name) {
  static const db::Query kQueue{"counting.queue", "UPDATE counting SET queued = TRUE WHERE name = $1 AND NOT queued"};
  return tx.run(kQueue, name) > 0;
}

bool take_counting(db::Tx& tx, std::string_view name, Millis now, Millis lease_ms) {
  static const db::Query kTake{"counting.take", R"(
    UPDATE counting SET lease_ms = $3, begun_ms = $2 WHERE name = $1 AND queued AND lease_ms <= $2)"};
  return tx.run(kTake, name, now, lease_ms) > 0;
}

bool extend_counting(db::Tx& tx, std::string_view name, Millis old_lease_ms, Millis lease_ms) {
  static const db::Query kExtend{"counting.extend",
                                 "UPDATE counting SET lease_ms = $3 WHERE name = $1 AND lease_ms = $2"};
  return tx.run(kExtend, name, old_lease_ms, lease_ms) > 0;
}

bool finish_counting(db::Tx& tx, std::string_view name, Millis lease_ms, std::string_view content, Millis now) {
  static const db::Query kFinish{"counting.finish", R"(
    UPDATE counting SET content = $3, ran_ms = $4, took_ms = $4 - begun_ms, queued = FALSE, lease_ms = 0
     WHERE name = $1 AND lease_ms = $2)"};
  return tx.run(kFinish, name, lease_ms, content, now) > 0;
}

}  // namespace wharf::store
