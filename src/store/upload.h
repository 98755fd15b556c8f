#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

namespace wharf::store {

/// An upload in progress, as blob::UploadState keeps it.
struct Upload {
  std::string id;
  std::int64_t repository_id = 0;
  std::int64_t size_bytes = 0;
  std::string hash;
  std::string backend;
};
BOOST_DESCRIBE_STRUCT(Upload, (), (id, repository_id, size_bytes, hash, backend))

void add_upload(db::Tx& tx, const Upload& upload, Millis now);
/// Nothing for an unknown id, and for an upload of another repository.
std::optional<Upload> find_upload(db::Tx& tx, std::int64_t repository_id, const std::string& id);
/// Moves an upload on from `old_size_bytes`. Answers false when another request has moved it or ended it meanwhile.
bool advance_upload(db::Tx& tx, const Upload& upload, std::int64_t old_size_bytes, Millis now);
bool has_upload(db::Tx& tx, const std::string& id);
/// What the blob store needs to end an upload.
struct LeftUpload {
  std::string id;
  std::string backend;
};
BOOST_DESCRIBE_STRUCT(LeftUpload, (), (id, backend))
/// Removes up to `most` uploads that nobody has touched since `before_ms`, the oldest first; returns them.
std::vector<LeftUpload> remove_stale_uploads(db::Tx& tx, Millis before_ms, int most);
/// Answers false when it is gone already.
bool remove_upload(db::Tx& tx, const std::string& id);
/// The same while it is as long as `size_bytes`: false, too, when another request has moved it on meanwhile.
bool remove_upload_at(db::Tx& tx, const std::string& id, std::int64_t size_bytes);

}  // namespace wharf::store
