#pragma once
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <memory>

#include "blob/blob_store.h"
#include "blob/s3_client.h"

namespace wharf::blob {

/// Blobs in memory, for tests.
std::unique_ptr<BlobStore> make_memory_blob_store();

/// Blobs in a folder, in Quay's LocalStorage layout:
///   <root>/sha256/ab/abcdef…      blobs; <root> is `blobs/` of the data folder
///   <uploads>/<uuid>              uploads; on the same file system, so that rename is atomic
/// Creates both folders. Hashing and disk work run on `pool`. Errors: invalid_request (not a folder, not writable).
Result<std::unique_ptr<BlobStore>> make_filesystem_blob_store(std::filesystem::path root, std::filesystem::path uploads,
                                                              boost::asio::thread_pool& pool);

/// Blobs in a bucket of an S3 object store:
///   <prefix>/content/<uuid>/…     what uploads wrote, and where it stays: the database knows the digests
///   <prefix>/sha256/ab/abcdef…    blobs that something else put there, in Quay's layout
/// Nothing is asked of the store before the first call. Hashing runs on `pool`.
std::unique_ptr<BlobStore> make_s3_blob_store(S3Options options, boost::asio::thread_pool& pool);

}  // namespace wharf::blob
