#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "blob/blob_store.h"
#include "blob/s3_client.h"
#include "blob/s3_memory.h"

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
/// How large a part `number` must be at least: what a request leaves over becomes one, and so does what there is no
/// memory for. Less than this is the tail, which each request reads and writes again, so it costs, and 10,000 parts are
/// all there are.
///
///   parts           1 to 1000   to 2000   to 8000   to 9000   to 9500   to 10,000
///   at least, MiB       5           8        12        32        64        128
///
/// In chunks of 5 MiB a part is the next multiple of 5: 1000 x 5 + 1000 x 10 + 6000 x 15 MiB = 102 GiB in 8000 parts,
/// 229 GiB in all. A part of k chunks is written 1 + 2 + … + k times a chunk, and read back k chunks less: 100 GiB cost
/// 5 + 10 x 1.5 + 85 x 2 = 190 GiB written and 90 read. Chunks of 1 MiB come to 83 GiB in 8000 parts and 208 in all,
/// and 100 GiB of them cost 790 GiB written. A request that is larger than a part has parts as s3_part_bytes says.
std::uint64_t s3_least_part_bytes(const S3Options& options, std::size_t number);

Error s3_unknown_upload();

/// Puts part `number`. Answers its ETag. Errors: upload_unknown, and S3Client's.
awaitable<Result<std::string>> s3_put_part(std::shared_ptr<S3Client> client, const S3UploadState& to,
                                           std::size_t number, S3Body bytes, std::string sha256);
/// What a HEAD tells of an object.
struct S3Head {
  std::uint64_t size_bytes = 0;
  std::string etag;
};
/// Nothing when there is no such object. Errors: S3Client's.
awaitable<Result<std::optional<S3Head>>> s3_head(std::shared_ptr<S3Client> client, std::string key);
/// Whether the upload to `key` has been ended, in a store that would take more of it all the same: what is there must
/// not be touched. False in any other store, which refuses by itself. Errors: S3Client's.
awaitable<Result<bool>> s3_was_ended(std::shared_ptr<S3Client> client, std::string key);
/// Reads an object of `size_bytes`. Errors: upload_unknown when there is none of that size, and S3Client's.
awaitable<Result<std::string>> s3_get_whole(std::shared_ptr<S3Client> client, std::string key,
                                            std::uint64_t size_bytes);

/// A writer that goes on after `state`. Hashing runs on `pool`.
///
/// Memory: while there is enough for all, two parts. Then a part goes off as soon as S3 takes it and nothing is read
/// ahead; and of those who stall, all but the last 32 KiB to 1 MiB is put into the store, to be read back when it is
/// enough for a part or the request is over.
awaitable<Result<std::unique_ptr<UploadWriter>>> make_s3_writer(std::shared_ptr<S3Client> client,
                                                                std::shared_ptr<S3UploadMemory> memory,
                                                                boost::asio::thread_pool& pool, UploadState state);

}  // namespace wharf::blob
