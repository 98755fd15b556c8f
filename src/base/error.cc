#include "base/error.h"

#include <array>

namespace wharf {
namespace {

constexpr std::array kErrors = {
    ErrorRow{Errc::invalid_request, 400, "INVALID_REQUEST", "invalid_request"},
    ErrorRow{Errc::malformed_json, 400, "MANIFEST_INVALID", "invalid_request"},
    ErrorRow{Errc::unsupported_media_type, 415, "MANIFEST_INVALID", "invalid_request"},
    ErrorRow{Errc::unauthenticated, 401, "UNAUTHORIZED", "invalid_token"},
    ErrorRow{Errc::bad_token, 401, "UNAUTHORIZED", "invalid_token"},
    ErrorRow{Errc::fresh_login_required, 401, "UNAUTHORIZED", "fresh_login_required"},
    ErrorRow{Errc::anonymous_refused, 401, "UNAUTHORIZED", "invalid_token"},
    ErrorRow{Errc::csrf_invalid, 403, "DENIED", "invalid_request"},
    ErrorRow{Errc::denied, 403, "DENIED", "insufficient_scope"},
    ErrorRow{Errc::not_found, 404, "NOT_FOUND", "not_found"},
    ErrorRow{Errc::method_not_allowed, 405, "UNSUPPORTED", "invalid_request"},
    ErrorRow{Errc::already_exists, 400, "INVALID_REQUEST", "invalid_request"},
    ErrorRow{Errc::too_many_attempts, 429, "TOOMANYREQUESTS", "invalid_request"},
    ErrorRow{Errc::payload_too_large, 413, "SIZE_INVALID", "invalid_request"},
    ErrorRow{Errc::name_invalid, 400, "NAME_INVALID", "invalid_request"},
    ErrorRow{Errc::repo_unknown, 404, "NAME_UNKNOWN", "not_found"},
    ErrorRow{Errc::manifest_unknown, 404, "MANIFEST_UNKNOWN", "not_found"},
    ErrorRow{Errc::tag_expired, 404, "TAG_EXPIRED", "not_found"},
    ErrorRow{Errc::manifest_invalid, 400, "MANIFEST_INVALID", "invalid_request"},
    ErrorRow{Errc::manifest_type_unsupported, 415, "MANIFEST_INVALID", "invalid_request"},
    ErrorRow{Errc::manifest_blob_unknown, 400, "MANIFEST_BLOB_UNKNOWN", "invalid_request"},
    ErrorRow{Errc::manifest_too_large, 413, "SIZE_INVALID", "invalid_request"},
    ErrorRow{Errc::tag_invalid, 400, "TAG_INVALID", "invalid_request"},
    ErrorRow{Errc::tag_immutable, 409, "TAG_IMMUTABLE", "tag_immutable"},
    ErrorRow{Errc::blob_unknown, 404, "BLOB_UNKNOWN", "not_found"},
    ErrorRow{Errc::upload_unknown, 404, "BLOB_UPLOAD_UNKNOWN", "not_found"},
    ErrorRow{Errc::upload_invalid, 400, "BLOB_UPLOAD_INVALID", "invalid_request"},
    ErrorRow{Errc::upload_busy, 409, "BLOB_UPLOAD_INVALID", "invalid_request"},
    ErrorRow{Errc::digest_invalid, 400, "DIGEST_INVALID", "invalid_request"},
    ErrorRow{Errc::size_invalid, 400, "SIZE_INVALID", "invalid_request"},
    ErrorRow{Errc::content_range_malformed, 400, "INVALID_REQUEST", "invalid_request"},
    ErrorRow{Errc::range_not_satisfiable, 416, "BLOB_UPLOAD_INVALID", "invalid_request"},
    ErrorRow{Errc::unsupported, 405, "UNSUPPORTED", "invalid_request"},
    ErrorRow{Errc::registry_denied, 403, "DENIED", "insufficient_scope"},
    ErrorRow{Errc::namespace_disabled, 405, "DENIED", "invalid_request"},
    ErrorRow{Errc::gone, 410, "UNSUPPORTED", "invalid_request"},
    ErrorRow{Errc::downstream_issue, 520, "UNAVAILABLE", "downstream_issue"},
    ErrorRow{Errc::token_rotation_failed, 500, "UNKNOWN", "token_rotation_failed"},
    ErrorRow{Errc::repository_read_only, 503, "DENIED", "invalid_request"},
    ErrorRow{Errc::read_only, 503, "DENIED", "invalid_request"},
    ErrorRow{Errc::insufficient_storage, 507, "UNAVAILABLE", "invalid_response"},
    ErrorRow{Errc::unavailable, 503, "UNAVAILABLE", "invalid_response"},
    ErrorRow{Errc::internal, 500, "UNKNOWN", "invalid_response"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kErrors.size(); ++i) {
    if (static_cast<std::size_t>(kErrors[i].code) != i) return false;
  }
  return kErrors.size() == static_cast<std::size_t>(Errc::internal) + 1;
}
static_assert(in_order(), "kErrors has one row for each Errc, in its order");

}  // namespace

const ErrorRow& error_row(Errc code) { return kErrors[static_cast<std::size_t>(code)]; }

std::span<const ErrorRow> error_rows() { return kErrors; }

void throw_exception_from_error(const Error& error, const boost::source_location&) { throw Accident(error); }

}  // namespace wharf
