#pragma once
#include <memory>
#include <string>

#include "base/async.h"
#include "base/error.h"
#include "blob/s3_client.h"
#include "http/message.h"

namespace wharf::blob {

/// `length_bytes` (at least one) bytes of the object `key` from `offset`, as a body that reads them while it is sent:
/// about 256 KiB wait here, and the store is read as fast as the client reads. What breaks off is taken up again where
/// it ended. Errors: blob_unknown, unavailable.
awaitable<Result<http::Body>> open_s3(std::shared_ptr<S3Client> client, std::string key, std::uint64_t offset,
                                      std::uint64_t length_bytes);

}  // namespace wharf::blob
