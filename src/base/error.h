#pragma once
#include <boost/system/result.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wharf {

/// What can go wrong in a way that a caller would answer differently. One row of `kErrors` each.
enum class Errc {
  invalid_request,
  malformed_json,
  unsupported_media_type,
  unauthenticated,
  bad_token,
  fresh_login_required,
  anonymous_refused,
  csrf_invalid,
  denied,
  not_found,
  method_not_allowed,
  already_exists,
  too_many_attempts,
  payload_too_large,
  name_invalid,
  repo_unknown,
  manifest_unknown,
  tag_expired,
  manifest_invalid,
  manifest_type_unsupported,
  manifest_blob_unknown,
  manifest_too_large,
  tag_invalid,
  tag_immutable,
  blob_unknown,
  upload_unknown,
  upload_invalid,
  upload_busy,
  digest_invalid,
  size_invalid,
  content_range_malformed,
  range_not_satisfiable,
  unsupported,
  registry_denied,
  namespace_disabled,
  gone,
  downstream_issue,
  token_rotation_failed,
  repository_read_only,
  read_only,
  insufficient_storage,
  unavailable,
  internal,
};

/// How one error looks on each of the two wire formats.
struct ErrorRow {
  Errc code;
  int status;                   ///< HTTP status, in both formats.
  std::string_view v2_code;     ///< OCI distribution-spec, "Error Codes".
  std::string_view error_type;  ///< Quay's API v1 `error_type`.
};

/// The row of `code`; every code has one.
const ErrorRow& error_row(Errc code);

/// Every row, in the order of the enumeration.
std::span<const ErrorRow> error_rows();

/// A failure as a value: the caller chooses what to do with it.
struct Error {
  Errc code;
  std::string message;             ///< The client reads this: plain words, no SQL, paths, hosts or tokens.
  std::string detail{};            ///< Only the log reads this.
  std::string subject{};           ///< The digest, tag or name that is wrong; the client may read it. Empty: none.
  std::string extra{};             ///< A JSON object whose members the API's body gets too. Empty: none.
  std::int64_t retry_after_s = 0;  ///< When to come again; 0: nothing is said of it.
};

/// Boost.System's hook: `value()` on a failed result throws the error as an exception.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& at);

template <class T>
using Result = boost::system::result<T, Error>;

/// The request is over whatever anyone does: disk gone, database down, a bug.
class Accident : public std::exception {
 public:
  explicit Accident(Error error) : error_(std::move(error)), what_(error_.message + ": " + error_.detail) {}
  const char* what() const noexcept override { return what_.c_str(); }
  const Error& error() const noexcept { return error_; }

 private:
  Error error_;
  std::string what_;
};

}  // namespace wharf
