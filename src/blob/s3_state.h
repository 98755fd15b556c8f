#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "blob/blob_store.h"
#include "blob/s3_client.h"

namespace wharf::blob {

/// What the store knows of an upload between two requests: UploadState::backend.
///
/// Everything that is large enough is a part of a multipart upload to `key`. What is left is an object of its own,
/// `tail`: it is read again by who goes on, and it is the blob where there are no parts.
struct S3UploadState {
  std::string key;       ///< Where the parts end up; "": no multipart upload was begun.
  std::string parts_id;  ///< S3's UploadId.
  std::vector<std::string> etags;
  std::string tail;  ///< Its key; "": nothing is left over.
  std::uint64_t tail_bytes = 0;
  std::string tail_etag;
  std::string old_tail;  ///< The one before; to be deleted by who goes on, as the database has moved on then.

  std::string text() const;
  /// Errors: upload_invalid.
  static Result<S3UploadState> parse(const std::string& text);
};

/// "content/<upload>/…": what an upload of this name writes.
std::string s3_folder_of(const std::string& upload_id);
/// A new key in it.
std::string s3_new_key(const std::string& upload_id);
/// The upload that wrote `key`; "" when none did.
std::string s3_upload_of(const std::string& key);
/// Where `state` lies as a blob.
Result<std::string> s3_place_of(const UploadState& state);

/// The ETag of an object that was put together from these parts, or of one that was put whole.
/// Source: AWS, "Checking object integrity": the MD5 of the parts' MD5s and their number.
std::string s3_etag_of_parts(const std::vector<std::string>& etags);
/// An ETag header's value without its quotes.
std::string s3_etag(const net::HttpReply& reply);

/// How large part `number` (from 1) is: it doubles every 2000 parts, so that 10,000 of them hold 480 GiB and more,
/// while an upload of 15 GiB keeps to the least size.
std::uint64_t s3_part_bytes(const S3Options& options, std::size_t number);

Error s3_unknown_upload();

/// Puts part `number`. Answers its ETag. Errors: upload_unknown, and S3Client's.
awaitable<Result<std::string>> s3_put_part(std::shared_ptr<S3Client> client, const S3UploadState& to,
                                           std::size_t number, std::shared_ptr<const std::string> bytes,
                                           std::string sha256);

/// A writer that goes on after `state`. Hashing runs on `pool`.
awaitable<Result<std::unique_ptr<UploadWriter>>> make_s3_writer(std::shared_ptr<S3Client> client,
                                                                boost::asio::thread_pool& pool, UploadState state);

}  // namespace wharf::blob
