#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "auth/principal.h"
#include "base/async.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "base/names.h"
#include "db/database.h"
#include "store/tag.h"

namespace wharf::service {

/// What is to change about a tag; at least one of them.
struct TagChange {
  std::optional<std::string> manifest_digest;
  std::optional<json::Nullable<std::int64_t>> expiration;  ///< Seconds since 1970; null: never.
};

/// Tags as the API lists, makes, moves and deletes them.
class TagService {
 public:
  explicit TagService(db::Database& database) : db_(database) {}

  /// Errors: those of auth::require for reading.
  awaitable<Result<store::TagPage>> list(auth::Principal who, RepoName name, store::TagFilter filter);

  /// Makes the tag or moves it to a manifest of the repository, or changes when it ends. A moved tag's old generation
  /// stays in its history. An expiry lies between an hour and 104 weeks after the tag's start; what lies outside is
  /// moved to the nearer bound.
  /// Errors: those of auth::require for writing, and only then the body's own; invalid_request, not_found,
  /// tag_immutable.
  awaitable<Result<bool>> change(auth::Principal who, RepoName name, std::string tag, Result<TagChange> change);

  /// Ends the tag now. Errors: those of auth::require for writing, not_found, tag_immutable.
  awaitable<Result<bool>> remove(auth::Principal who, RepoName name, std::string tag);

 private:
  db::Database& db_;
};

}  // namespace wharf::service
