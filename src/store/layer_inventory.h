#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "db/database.h"

/// What is in each layer, once a layer, and which layers have a package.
namespace wharf::store {

/// A layer of an image: where its bytes are, and what is known of it.
struct LayerRow {
  std::int64_t blob_id = 0;
  std::int64_t size_bytes = 0;
  std::optional<db::Bytes> inventory;  ///< None: these readers have not looked at it; empty: it cannot be read.
  std::string stored;                  ///< The sha256 by which the blob store has it …
  std::string place;                   ///< … and where; "": by that.
};
BOOST_DESCRIBE_STRUCT(LayerRow, (), (blob_id, size_bytes, inventory, stored, place))
/// Of a blob that the manifest has, by any of its digests. `reader` is the version of the readers that counts.
std::optional<LayerRow> find_layer(db::Tx& tx, std::int64_t manifest_id, const Digest& digest, std::int64_t reader);

/// The name of a package, binary or source, and the kind of its database ("dpkg").
struct PackageName {
  std::string kind;
  std::string name;
  friend auto operator<=>(const PackageName&, const PackageName&) = default;
};
BOOST_DESCRIBE_STRUCT(PackageName, (), (kind, name))

struct NewInventory {
  std::int64_t blob_id = 0;
  std::int64_t reader = 0;
  db::Bytes content;
  std::vector<PackageName> names;  ///< Each once.
};
/// Keeps an inventory in place of an older one. Answers false, with nothing changed, when the blob is gone.
bool set_inventory(db::Tx& tx, const NewInventory& inventory, Millis now);

/// Notes that packages of `kind` are looked up in `scope`.
void add_package_scope(db::Tx& tx, std::string_view kind, std::string_view scope);
/// In order.
std::vector<std::string> list_package_scopes(db::Tx& tx, std::string_view kind);

/// A name that some layer has or had, and what was known of it.
struct KnownName {
  std::int64_t id = 0;
  std::string kind;
  std::string name;
  std::string said;               ///< A hash of what the feeds said of it; empty: they were not asked yet.
  std::int64_t data_version = 0;  ///< Of the feeds then.
};
BOOST_DESCRIBE_STRUCT(KnownName, (), (id, kind, name, said, data_version))
/// Up to `limit` names that were looked up in older data than `data_version`, or never.
std::vector<KnownName> list_outdated_names(db::Tx& tx, std::int64_t data_version, int limit);
void set_said(db::Tx& tx, std::int64_t name_id, std::string_view said, std::int64_t data_version);
/// The names that are spelled like this, of any kind.
std::vector<KnownName> find_package_names(db::Tx& tx, std::string_view name);

}  // namespace wharf::store
