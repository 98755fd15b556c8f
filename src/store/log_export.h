#pragma once
#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "db/database.h"

/// Exports of the audit log: rows of `log_export`.
namespace wharf::store {

/// What is exported, and who is told of it.
struct LogExport {
  std::string uuid;
  std::string sealed_code;  ///< SecretBox, context "log_export:<uuid>": the last part of the file's address.
  std::int64_t namespace_id = 0;
  std::optional<std::int64_t> repository_id, performer_id;
  Millis start_ms = 0;
  Millis end_ms = 0;
  std::optional<std::string> callback_url, callback_email;
  std::string base_url;   ///< "https://registry.example.com": begins the file's address.
  Millis expires_ms = 0;  ///< The file is there until then.
  std::int64_t attempts = 0;
};
BOOST_DESCRIBE_STRUCT(LogExport, (),
                      (uuid, sealed_code, namespace_id, repository_id, performer_id, start_ms, end_ms, callback_url,
                       callback_email, base_url, expires_ms, attempts))

/// `done`: nobody is to be called. `code_hash` is the SHA-256 of the code in hex.
void insert_log_export(db::Tx& tx, const LogExport& wanted, std::string_view code_hash, bool done, Millis now);

/// An export with the names of what it is of; the repository's is empty when it is of the namespace.
struct NamedLogExport {
  LogExport export_;
  std::string ns;
  std::string repository;
};
BOOST_DESCRIBE_STRUCT(NamedLogExport, (), (export_, ns, repository))

/// The export whose code has this hash; nothing when there is none or it has expired.
std::optional<NamedLogExport> find_log_export(db::Tx& tx, std::string_view code_hash, Millis now);

bool has_due_log_export(db::Tx& tx, Millis now);
/// The export that has waited longest for its call; nobody else gets it before `until`. Counts the attempt.
std::optional<NamedLogExport> take_due_log_export(db::Tx& tx, Millis now, Millis until);
/// The call comes again at `at`.
void put_log_export_back(db::Tx& tx, std::string_view uuid, Millis at);
/// No more calls; the file is there until `expires_ms`.
void finish_log_export(db::Tx& tx, std::string_view uuid, Millis expires_ms);

/// Up to `limit` of those that have expired and are done.
std::int64_t delete_expired_log_exports(db::Tx& tx, Millis now, int limit);

}  // namespace wharf::store
