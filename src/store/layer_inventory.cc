#include "store/layer_inventory.h"

namespace wharf::store {

std::optional<LayerRow> find_layer(db::Tx& tx, std::int64_t manifest_id, const Digest& digest, std::int64_t reader) {
  static const db::Query kFind{"layer_inventory.find", R"(
    SELECT b.id, b.size_bytes, i.content, b.digest, b.place
      FROM blob b JOIN manifest_blob m ON m.blob_id = b.id AND m.manifest_id = $1
      LEFT JOIN layer_inventory i ON i.blob_id = b.id AND i.reader = $3
     WHERE b.digest = $2)"};
  static const db::Query kFindAlias{"layer_inventory.find_alias", R"(
    SELECT b.id, b.size_bytes, i.content, b.digest, b.place
      FROM blob_alias a JOIN blob b ON b.id = a.blob_id
      JOIN manifest_blob m ON m.blob_id = b.id AND m.manifest_id = $1
      LEFT JOIN layer_inventory i ON i.blob_id = b.id AND i.reader = $3
     WHERE a.digest = $2)"};
  return tx.one<LayerRow>(digest.algorithm() == "sha256" ? kFind : kFindAlias, manifest_id, digest, reader);
}

namespace {

std::int64_t make_package_name(db::Tx& tx, const PackageName& name) {
  static const db::Query kFind{"package_name.find", "SELECT id FROM package_name WHERE kind = $1 AND name = $2"};
  if (const auto known = tx.one<std::int64_t>(kFind, name.kind, name.name)) return *known;
  // Another node may add it at this moment: the update makes its row ours to read.
  static const db::Query kAdd{"package_name.add", R"(
    INSERT INTO package_name (kind, name) VALUES ($1, $2)
    ON CONFLICT (kind, name) DO UPDATE SET kind = $1 RETURNING id)"};
  return tx.get<std::int64_t>(kAdd, name.kind, name.name);
}

}  // namespace

bool set_inventory(db::Tx& tx, const NewInventory& inventory, Millis now) {
  static const db::Query kHold{"layer_inventory.hold", "SELECT 1 FROM blob WHERE id = $1"};
  static const db::Query kSet{"layer_inventory.set", R"(
    INSERT INTO layer_inventory (blob_id, reader, content, indexed_ms) VALUES ($1, $2, $3, $4)
    ON CONFLICT (blob_id) DO UPDATE SET reader = $2, content = $3, indexed_ms = $4)"};
  static const db::Query kForget{"layer_package.delete", "DELETE FROM layer_package WHERE blob_id = $1"};
  static const db::Query kAdd{"layer_package.add", R"(
    INSERT INTO layer_package (name_id, blob_id) VALUES ($1, $2) ON CONFLICT DO NOTHING)"};
  if (!tx.one<int>(kHold, inventory.blob_id)) return false;
  tx.run(kSet, inventory.blob_id, inventory.reader, inventory.content, now);
  tx.run(kForget, inventory.blob_id);
  for (const auto& name : inventory.names) tx.run(kAdd, make_package_name(tx, name), inventory.blob_id);
  return true;
}

void add_package_scope(db::Tx& tx, std::string_view kind, std::string_view scope) {
  static const db::Query kFind{"package_scope.find", "SELECT 1 FROM package_scope WHERE kind = $1 AND scope = $2"};
  static const db::Query kAdd{"package_scope.add",
                              "INSERT INTO package_scope (kind, scope) VALUES ($1, $2) ON CONFLICT DO NOTHING"};
  if (!tx.one<int>(kFind, kind, scope)) tx.run(kAdd, kind, scope);
}

std::vector<std::string> list_package_scopes(db::Tx& tx, std::string_view kind) {
  static const db::Query kList{"package_scope.list", "SELECT scope FROM package_scope WHERE kind = $1 ORDER BY scope"};
  return tx.all<std::string>(kList, kind);
}

std::vector<KnownName> list_outdated_names(db::Tx& tx, std::int64_t data_version, int limit) {
  static const db::Query kList{"package_name.outdated", R"(
    SELECT id, kind, name, said, data_version FROM package_name WHERE data_version < $1
     ORDER BY data_version, id LIMIT $2)"};
  return tx.all<KnownName>(kList, data_version, limit);
}

void set_said(db::Tx& tx, std::int64_t name_id, std::string_view said, std::int64_t data_version) {
  static const db::Query kSet{"package_name.set_said",
                              "UPDATE package_name SET said = $2, data_version = $3 WHERE id = $1"};
  tx.run(kSet, name_id, said, data_version);
}

std::vector<KnownName> find_package_names(db::Tx& tx, std::string_view name) {
  static const db::Query kFind{"package_name.find_all", R"(
    SELECT id, kind, name, said, data_version FROM package_name WHERE name = $1 ORDER BY id)"};
  return tx.all<KnownName>(kFind, name);
}

}  // namespace wharf::store
