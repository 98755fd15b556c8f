#pragma once
#include "auth/secret_box.h"
#include "blob/blob_store.h"
#include "db/database.h"

namespace wharf::service {

/// Settles what the nodes of a registry must agree on, or compares this node's with it, before it serves. Waits for the
/// database on the calling thread.
///
/// Errors: invalid_request when the database's secrets were sealed with another key than `database_secret`: this node
/// could read none of them, and other nodes none of its own. Another `secret` is only warned of, once: it may have been
/// changed on purpose, and costs sessions and upload addresses.
Result<bool> settle_identity(db::Database& database, const auth::SecretKey& secret,
                             const auth::SecretKey& database_secret);

/// Whether what nobody refers to in `store` is this registry's to delete. The id of a registry is noted in the store
/// once it has a blob there. A database that was just made beside a store that is in use, or that is another's, knows
/// nothing of what lies there: then the answer is false, with a warning. Errors: the store's.
awaitable<Result<bool>> owns_store(db::Database& database, blob::BlobStore& store);

}  // namespace wharf::service
