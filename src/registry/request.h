#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/error.h"
#include "base/names.h"
#include "http/message.h"
#include "service/call.h"
#include "service/manifest.h"
#include "service/upload.h"

/// What requests of the registry protocol have in common.
namespace wharf::registry {

/// The repository that a path names. One segment alone is in the namespace LIBRARY_NAMESPACE, if that is allowed.
/// Errors: name_invalid.
Result<RepoName> repository_name(const service::Call& call, const std::string& name);

/// A tag or a digest. Errors: manifest_unknown for what can be neither when `pulling`, else digest_invalid or
/// tag_invalid.
Result<service::Reference> reference(const std::string& text, bool pulling);

/// Errors: digest_invalid.
Result<Digest> digest(const std::string& text);

/// "http://host/v2/<name>/blobs/<digest>": absolute, as clients of Quay expect it.
std::string blob_url(const service::Call& call, const std::string& name, const Digest& digest);

/// One range of a representation, within its size.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length_bytes = 0;
};

/// What a Range header asks for of `size_bytes` bytes: nothing to serve the whole (no header, another unit, several
/// ranges, bad syntax). Errors: range_not_satisfiable. Source: RFC 9110 section 14.
Result<std::optional<ByteRange>> byte_range(std::string_view header, std::uint64_t size_bytes);

/// "<first>-<last>", with or without "bytes " before and "/<total>" behind. Nothing without a header.
/// Errors: content_range_malformed. Source: OCI distribution-spec, "Pushing a blob in chunks".
Result<std::optional<service::ChunkRange>> content_range(std::string_view header);

/// Whether If-None-Match names `etag` (quoted) or is "*". Source: RFC 9110 section 13.1.2.
bool matches_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace wharf::registry
