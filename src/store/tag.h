#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

namespace wharf::store {

/// For this long a manifest can be pulled by digest after its last tag moved on: a client that has read the tag a
/// moment ago, or the index behind it, is still to find what it named.
inline constexpr Millis kMovedGraceMs = 3600 * Millis{1000};

/// One generation of a tag, with what it points to.
struct Tag {
  std::int64_t id = 0;
  std::string name;
  std::int64_t manifest_id = 0;
  std::string digest;
  std::string media_type;
  bool is_list = false;
  std::int64_t size_bytes = 0;  ///< Layers, compressed; of a list: of its children that are here.
  Millis start_ms = 0;
  Millis end_ms = 0;  ///< kForever when it does not end.
  bool reversion = false;
  bool immutable = false;
};
BOOST_DESCRIBE_STRUCT(Tag, (),
                      (id, name, manifest_id, digest, media_type, is_list, size_bytes, start_ms, end_ms, reversion,
                       immutable))

/// The live generation of `name`.
std::optional<Tag> find_tag(db::Tx& tx, std::int64_t repository_id, std::string_view name, Millis now);
/// Whether `name` ever was a tag that is dead now.
bool was_tag(db::Tx& tx, std::int64_t repository_id, std::string_view name, Millis now);

struct TagFilter {
  std::string name;        ///< Only this tag; "": all.
  std::string name_part;   ///< Only names that contain this, in any case; "": all.
  bool only_live = false;  ///< Without the dead generations.
  int page = 1;
  int limit = 50;
};
struct TagPage {
  std::vector<Tag> tags;
  bool more = false;
};
/// Generations, newest first, then by name. Hidden ones never.
TagPage list_tags(db::Tx& tx, std::int64_t repository_id, const TagFilter& filter, Millis now);

/// Names of live tags after `last`, in byte order, at most `limit`.
std::vector<std::string> list_tag_names(db::Tx& tx, std::int64_t repository_id, std::string_view last, int limit,
                                        Millis now);

struct NewTag {
  std::int64_t repository_id = 0;
  std::string name;
  std::int64_t manifest_id = 0;
  Millis end_ms = 9223372036854775807;
  bool hidden = false;
  bool immutable = false;  ///< A tag that is immutable stays so.
  bool reversion = false;  ///< It was brought back from the history.
};
/// Makes the tag or moves it: the generation that lived ends now, a new one starts. Two that move one name at once
/// leave one line of history each and one winner. Answers false, with nothing changed, when the tag is immutable and
/// points to another manifest.
bool set_tag(db::Tx& tx, const NewTag& tag, Millis now);

/// Keeps every other writer from this name until the transaction ends. Take it before reading what a change rests on:
/// on PostgreSQL another transaction may move the tag between two statements.
void lock_tag(db::Tx& tx, std::int64_t repository_id, std::string_view name);

/// Ends the live generation. Answers false when there is none, when it is immutable, or when it points to another
/// manifest than `manifest_id` (0: whatever it points to).
bool end_tag(db::Tx& tx, std::int64_t repository_id, std::string_view name, Millis now, std::int64_t manifest_id = 0);
/// Changes when a generation ends (kForever: never). Its name must be locked when the row was looked up.
void set_tag_end(db::Tx& tx, std::int64_t tag_id, Millis end_ms);
/// Likewise, whether it is immutable.
void set_tag_immutable(db::Tx& tx, std::int64_t tag_id, bool immutable);

/// Ends the signatures of a manifest (cosign's tags `sha256-<hex>.sig`, `.att` and `.sbom`) when it has no other tag
/// any more. Immutable ones stay. Answers their names.
std::vector<std::string> end_signatures(db::Tx& tx, std::int64_t repository_id, std::int64_t manifest_id,
                                        std::string_view digest, Millis now);

/// Whether the time machine still has the manifest: a tag on it, or on an index above it, lives or ended within the
/// namespace's window.
bool is_restorable(db::Tx& tx, std::int64_t manifest_id, Millis now);

/// A tag, or what of its history points to one manifest, that is to be gone for good.
struct TagToForget {
  std::int64_t repository_id = 0;
  std::string name;
  std::int64_t manifest_id = 0;
  bool alive = false;  ///< The live generation; otherwise the dead ones.
};
/// Puts the generations out of the time machine and out of every list; the garbage collection does the rest. The name
/// must be locked. Immutable ones stay. Answers whether there was any.
bool forget_tag(db::Tx& tx, const TagToForget& tag, Millis now);
/// The same for what holds the children of a list that were pushed by digest.
void forget_holds_of_children(db::Tx& tx, std::int64_t manifest_id, Millis now);

/// One child of a list.
struct TagChild {
  std::int64_t manifest_id = 0;  ///< The list's.
  std::string digest;
  bool is_here = false;
};
BOOST_DESCRIBE_STRUCT(TagChild, (), (manifest_id, digest, is_here))
/// The first `limit` children of each of these lists, in their order.
std::vector<TagChild> list_children(db::Tx& tx, const std::vector<std::int64_t>& manifest_ids, int limit);
/// How many children a list has, and how many of them are here.
struct ChildCount {
  std::int64_t children = 0;
  std::int64_t here = 0;
};
BOOST_DESCRIBE_STRUCT(ChildCount, (), (children, here))
ChildCount count_children(db::Tx& tx, std::int64_t manifest_id);

/// A live tag of a manifest; hidden ones too.
struct TagOfManifest {
  std::string name;
  bool hidden = false;
  bool immutable = false;
};
BOOST_DESCRIBE_STRUCT(TagOfManifest, (), (name, hidden, immutable))
/// Up to `limit` of them, in order of names.
std::vector<TagOfManifest> tags_of_manifest(db::Tx& tx, std::int64_t repository_id, std::int64_t manifest_id, int limit,
                                            Millis now);

/// The name of a live tag of the manifest that is immutable, if there is one.
std::optional<std::string> immutable_tag_of_manifest(db::Tx& tx, std::int64_t manifest_id, Millis now);

/// Ends the hour for which a manifest can still be pulled by digest after its tag moved on. Answers whether it had one.
bool forget_moves(db::Tx& tx, std::int64_t manifest_id, Millis now);

/// Keeps a manifest that was pushed by digest alone, under a name that nobody can ask for, until `end_ms`.
void hold_manifest(db::Tx& tx, std::int64_t repository_id, std::int64_t manifest_id, Millis end_ms, Millis now);

}  // namespace wharf::store
