#include "service/registry_identity.h"

#include "base/hex.h"
#include "base/log.h"
#include "base/random.h"
#include "store/blob.h"
#include "store/registry_identity.h"

namespace wharf::service {
namespace {

constexpr auto kId = "id", kDatabaseSecret = "database_secret", kSecret = "secret";
constexpr std::string_view kSealed = "Wharf";

/// Tells keys apart, and tells nothing of them.
std::string mark_of(const auth::SecretKey& secret) { return to_hex(secret.derive("registry identity").view()); }

}  // namespace

Result<bool> settle_identity(db::Database& database, const auth::SecretKey& secret,
                             const auth::SecretKey& database_secret) {
  const auth::SecretBox box(database_secret);
  const auto mark = mark_of(secret);
  const auto is_same = [&box](const std::string& sealed) { return box.open(sealed, kDatabaseSecret).has_value(); };
  bool secret_changed = false;
  auto settle = [&](db::Tx& tx) {
    store::settle_identity(tx, kId, random_uuid());
    secret_changed = store::settle_identity(tx, kSecret, mark) != mark;
    const bool same = is_same(store::settle_identity(tx, kDatabaseSecret, box.seal(kSealed, kDatabaseSecret)));
    if (same && secret_changed) store::replace_identity(tx, kSecret, mark);
    return same;
  };
  if (!database.write_now(std::move(settle))) {
    return Error{Errc::invalid_request,
                 "The secrets in the database were sealed with another key than this node's: DATABASE_SECRET_KEY, or "
                 "without it keys/database-secret.key, must be the same on every node, and stay the same"};
  }
  if (secret_changed) {
    log::warn("SECRET_KEY is not what the node had that started last; all nodes must have the same");
  }
  return true;
}

awaitable<Result<bool>> owns_store(db::Database& database, blob::BlobStore& store) {
  struct Known {
    std::string id;
    bool has_blobs = false;
  };
  auto read = [](db::Tx& tx) {
    return Known{store::find_identity(tx, kId).value_or(std::string()), store::has_blobs(tx)};
  };
  const auto known = co_await database.lookup(std::move(read));
  if (known.id.empty()) co_return false;
  // Who has no blob lays no claim to those that are there.
  auto owner = co_await store.owner(known.id, known.has_blobs);
  if (!owner) co_return owner.error();
  const bool mine = *owner == known.id;
  if (!mine && !owner->empty()) {
    log::warn("the blobs are those of another registry's database: nothing that this one does not know is deleted",
              {{"registry", known.id}, {"owner", *owner}});
  }
  co_return mine;
}

}  // namespace wharf::service
