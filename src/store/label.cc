#include "store/label.h"

namespace wharf::store {
namespace {

constexpr std::size_t kLabelsAStatement = 8;
#define WHARF_LABEL(uuid, key, value, source, type) \
  "SELECT " uuid " AS uuid, " key " AS k, " value " AS v, " source " AS s, " type " AS t"

}  // namespace

void add_labels(db::Tx& tx, std::int64_t manifest_id, const std::vector<Label>& labels) {
  // The places that are left over have no UUID: one prepared statement for every count.
  static const db::Query kAdd{
      "label.add",
      "INSERT INTO manifest_label (manifest_id, uuid, key, value, source_type, media_type)"
      " SELECT $1, l.uuid, l.k, l.v, l.s, l.t FROM (" WHARF_LABEL("$2", "$3", "$4", "$5", "$6")  //
      " UNION ALL " WHARF_LABEL("$7", "$8", "$9", "$10", "$11")                                  //
      " UNION ALL " WHARF_LABEL("$12", "$13", "$14", "$15", "$16")                               //
      " UNION ALL " WHARF_LABEL("$17", "$18", "$19", "$20", "$21")                               //
      " UNION ALL " WHARF_LABEL("$22", "$23", "$24", "$25", "$26")                               //
      " UNION ALL " WHARF_LABEL("$27", "$28", "$29", "$30", "$31")                               //
      " UNION ALL " WHARF_LABEL("$32", "$33", "$34", "$35", "$36")                               //
      " UNION ALL " WHARF_LABEL("$37", "$38", "$39", "$40", "$41") ") l WHERE l.uuid <> ''"};
  static const Label kNone;
  for (std::size_t at = 0; at < labels.size(); at += kLabelsAStatement) {
    const auto item = [&](std::size_t i) -> const Label& { return at + i < labels.size() ? labels[at + i] : kNone; };
    const auto &a = item(0), &b = item(1), &c = item(2), &d = item(3), &e = item(4), &f = item(5), &g = item(6),
               &h = item(7);
    tx.run(kAdd, manifest_id, a.uuid, a.key, a.value, a.source_type, a.media_type,  //
           b.uuid, b.key, b.value, b.source_type, b.media_type,                     //
           c.uuid, c.key, c.value, c.source_type, c.media_type,                     //
           d.uuid, d.key, d.value, d.source_type, d.media_type,                     //
           e.uuid, e.key, e.value, e.source_type, e.media_type,                     //
           f.uuid, f.key, f.value, f.source_type, f.media_type,                     //
           g.uuid, g.key, g.value, g.source_type, g.media_type,                     //
           h.uuid, h.key, h.value, h.source_type, h.media_type);
  }
}

std::vector<Label> list_labels(db::Tx& tx, std::int64_t manifest_id) {
  static const db::Query kList{"label.list", R"(
    SELECT uuid, key, value, source_type, media_type FROM manifest_label WHERE manifest_id = $1 ORDER BY id)"};
  return tx.all<Label>(kList, manifest_id);
}

std::optional<Label> find_label(db::Tx& tx, std::int64_t manifest_id, std::string_view uuid) {
  static const db::Query kFind{"label.find", R"(
    SELECT uuid, key, value, source_type, media_type FROM manifest_label WHERE uuid = $2 AND manifest_id = $1)"};
  return tx.one<Label>(kFind, manifest_id, uuid);
}

void delete_label(db::Tx& tx, std::int64_t manifest_id, std::string_view uuid) {
  static const db::Query kDelete{"label.delete", "DELETE FROM manifest_label WHERE uuid = $2 AND manifest_id = $1"};
  tx.run(kDelete, manifest_id, uuid);
}

LabelTotals lock_labels(db::Tx& tx, std::int64_t manifest_id) {
  static const db::Query kTotals{"label.totals", R"(
    SELECT count(*), COALESCE(sum(length(key) + length(value)), 0) FROM manifest_label WHERE manifest_id = $1)"};
  tx.lock("labels " + std::to_string(manifest_id));
  return tx.get<LabelTotals>(kTotals, manifest_id);
}

}  // namespace wharf::store
