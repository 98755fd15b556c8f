#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/async.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "base/names.h"
#include "db/database.h"
#include "service/settings.h"
#include "service/tag_detail.h"
#include "store/tag.h"

namespace wharf::service {

/// What is to change about a tag; at least one of them.
struct TagChange {
  std::optional<std::string> manifest_digest;
  std::optional<json::Nullable<std::int64_t>> expiration;  ///< Seconds since 1970; null: never.
  std::optional<bool> immutable;                           ///< Nothing without FEATURE_IMMUTABLE_TAGS.
};

/// What a list of tags names, of what is in the registry.
struct ChildrenOfList {
  std::int64_t children = 0;
  std::int64_t here = 0;
  std::map<std::string, bool> presence;  ///< By digest; of the first 100.
};
struct TagListing {
  store::TagPage page;
  std::map<std::int64_t, ChildrenOfList> lists;  ///< By the ids of the manifest lists in `page`.
  std::map<std::int64_t, TagDetail> details;     ///< By the tags' ids, where they were asked for.
};

/// What of a tag is to be deleted beyond restoring.
struct TagOblivion {
  bool alive = false;                          ///< The live generation; otherwise dead ones.
  std::optional<std::string> manifest_digest;  ///< The dead ones that point to this; required for them.
  bool with_children = false;                  ///< And what holds the children of a list.
};

/// Tags as the API lists, makes, moves, deletes and brings them back.
class TagService {
 public:
  TagService(db::Database& database, const Settings& settings) : db_(database), settings_(settings) {}

  /// Errors: those of auth::require for reading.
  awaitable<Result<TagListing>> list(auth::Principal who, RepoName name, store::TagFilter filter, bool with_details);

  /// Changes when the tag ends, whether it is immutable, and what it points to, in this order, or nothing of all that.
  /// A moved tag's old generation stays in its history. An expiry lies between LABELED_EXPIRATION_MINIMUM and _MAXIMUM
  /// after the tag's start; what lies outside is moved to the nearer bound.
  /// Errors: those of require_writable, and only then the body's own; invalid_request, not_found, tag_immutable; denied
  /// to who takes immutability away without being an admin.
  awaitable<Result<bool>> change(auth::Principal who, RepoName name, std::string tag, Result<TagChange> change);

  /// Ends the tag now, and with the last tag of a manifest its signatures.
  /// Errors: those of require_writable, not_found, tag_immutable.
  awaitable<Result<bool>> remove(auth::Principal who, RepoName name, std::string tag);

  /// Points the tag to a manifest out of the time machine; a list comes back with all that it lists.
  /// Errors: those of require_writable, the body's own, invalid_request, not_found, tag_immutable.
  awaitable<Result<bool>> restore(auth::Principal who, RepoName name, std::string tag, Result<std::string> digest);

  /// Takes generations of the tag out of the time machine.
  /// Errors: those of auth::require for writing, the body's own, invalid_request; not_found when there was nothing to
  /// take, and without PERMANENTLY_DELETE_TAGS.
  awaitable<Result<bool>> forget(auth::Principal who, RepoName name, std::string tag, Result<TagOblivion> what);

 private:
  db::Database& db_;
  const Settings& settings_;
};

}  // namespace wharf::service
