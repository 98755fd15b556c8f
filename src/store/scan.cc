#include "store/scan.h"

namespace wharf::store {

void add_scan(db::Tx& tx, std::int64_t manifest_id, ScanStatus status, Millis now) {
  static const db::Query kAdd{"scan.add", R"(
    INSERT INTO scan (manifest_id, status, available_ms) VALUES ($1, $2, $3) ON CONFLICT (manifest_id) DO NOTHING)"};
  tx.run(kAdd, manifest_id, status, now);
}

std::optional<ScanStatus> find_scan(db::Tx& tx, std::int64_t manifest_id) {
  static const db::Query kFind{"scan.find", "SELECT status FROM scan WHERE manifest_id = $1"};
  return tx.one<ScanStatus>(kFind, manifest_id);
}

}  // namespace wharf::store
