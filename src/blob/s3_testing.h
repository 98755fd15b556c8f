#pragma once
#include <string>

#include "blob/s3_client.h"

namespace wharf::blob {

/// Ceph's S3 gateway, started for this process at the first call; or the one that WHARF_TEST_S3 names
/// (`http://KEY:SECRET@HOST:PORT/BUCKET`). Each call answers a prefix of its own in the bucket.
S3Options test_s3();

}  // namespace wharf::blob
