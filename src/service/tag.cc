#include "service/tag.h"

#include <algorithm>

#include "auth/access.h"
#include "base/clock.h"
#include "service/audit.h"
#include "service/retry.h"
#include "store/access.h"
#include "store/manifest.h"

namespace wharf::service {
namespace {

constexpr Millis kLeastLifeMs = 3600 * Millis{1000};
constexpr Millis kMostLifeMs = 104 * 7 * 24 * 3600 * Millis{1000};
constexpr std::int64_t kLatestSecond = 253402300799;  // 9999-12-31T23:59:59Z

Error no_tag() { return {Errc::not_found, "Not Found"}; }

Error immutable(std::string_view doing, const std::string& tag) {
  return {Errc::tag_immutable, "Cannot " + std::string(doing) + " immutable tag '" + tag + "'"};
}

/// The repository, for changing what is in it.
Result<auth::Access> require_writable(db::Tx& tx, const auth::Principal& who, const RepoName& name) {
  auto access = auth::require(tx, who, name, auth::Action::write);
  if (access && access->row().state != "NORMAL") {
    return Error{Errc::read_only, "Repository is in read only or mirror mode: " + access->row().state};
  }
  return access;
}

/// What a change to a tag is told with in the log.
struct Telling {
  const auth::Principal& who;
  const RepoName& repository;
  LogPlace place;

  void operator()(db::Tx& tx, std::string_view kind, const std::string& tag, json::Object metadata = {}) const {
    metadata["username"] = who.name;
    metadata["repo"] = repository.name;
    metadata["namespace"] = repository.ns;
    metadata["tag"] = tag;
    audit(tx, who, kind, place, std::move(metadata));
  }
};

Telling telling(const auth::Principal& who, const RepoName& name, const auth::Access& access) {
  return {who, name, {access.row().namespace_id, access.repository_id()}};
}

/// A moment in these units for the log; null: never.
json::Value moment(Millis at, Millis unit) { return at == store::kForever ? json::Value() : json::Value(at / unit); }

Result<bool> set_expiration(db::Tx& tx, const Telling& tell, const std::string& name,
                            const json::Nullable<std::int64_t>& seconds, Millis now) {
  const auto repository_id = tell.place.repository_id;
  // A push that moves the tag meanwhile would leave a dead generation here, which must not come back to life.
  store::lock_tag(tx, repository_id, name);
  const auto tag = store::find_tag(tx, repository_id, name, now);
  if (!tag) return no_tag();
  if (tag->immutable) return immutable("change the expiration of", name);
  if (!seconds) {
    if (tag->end_ms == store::kForever) return true;
    store::set_tag_end(tx, tag->id, store::kForever);
    tell(tx, "change_tag_expiration", name,
         {{"expiration_date", nullptr}, {"old_expiration_date", moment(tag->end_ms, 1)}});
    return true;
  }
  if (*seconds > kLatestSecond || *seconds * 1000 <= now) {
    return Error{Errc::invalid_request, "expiration: must be a time in the future, in seconds since 1970"};
  }
  const auto wanted = std::clamp(*seconds * 1000, tag->start_ms + kLeastLifeMs, tag->start_ms + kMostLifeMs);
  store::set_tag_end(tx, tag->id, wanted);
  tell(tx, "change_tag_expiration", name,
       {{"expiration_date", moment(wanted, 1000)}, {"old_expiration_date", moment(tag->end_ms, 1)}});
  return true;
}

Result<bool> move_tag(db::Tx& tx, const Telling& tell, const std::string& name, const std::string& digest_text,
                      Millis now) {
  const auto repository_id = tell.place.repository_id;
  const auto digest = Digest::parse(digest_text);
  if (!digest) return Error{Errc::invalid_request, "manifest_digest: is not a sha256 or sha512 digest"};
  const auto manifest = store::find_manifest(tx, repository_id, *digest);
  if (!manifest) return Error{Errc::not_found, "Not Found"};
  store::lock_tag(tx, repository_id, name);
  const auto live = store::find_tag(tx, repository_id, name, now);
  if (live && live->immutable) return immutable("overwrite", name);
  store::show_manifest_blobs(tx, manifest->id);  // it may come out of the history
  store::set_tag(tx, {repository_id, name, manifest->id}, now);
  json::Object metadata{{"manifest_digest", manifest->digest}};
  if (live) metadata["original_manifest_digest"] = live->digest;
  tell(tx, live ? "move_tag" : "create_tag", name, std::move(metadata));
  return true;
}

}  // namespace

awaitable<Result<store::TagPage>> TagService::list(auth::Principal who, RepoName name, store::TagFilter filter) {
  auto read = [&](db::Tx& tx) -> Result<store::TagPage> {
    const auto access = auth::require(tx, who, name, auth::Action::read);
    if (!access) return access.error();
    return store::list_tags(tx, access->repository_id(), filter, now_ms());
  };
  co_return co_await db_.read(std::move(read));
}

awaitable<Result<bool>> TagService::change(auth::Principal who, RepoName name, std::string tag,
                                           Result<TagChange> change) {
  auto write = [&](db::Tx& tx) -> Result<bool> {
    const auto access = require_writable(tx, who, name);
    if (!access) return access.error();
    if (!change) return change.error();
    if (!is_tag_name(tag)) {
      return Error{Errc::invalid_request,
                   "Invalid tag name: at most 128 letters, digits, '_', '.' and '-', not starting with '.' or '-'"};
    }
    if (!change->manifest_digest && !change->expiration) {
      return Error{Errc::invalid_request, "manifest_digest: is required"};
    }
    const auto now = now_ms();
    if (change->expiration) {
      auto set = set_expiration(tx, telling(who, name, *access), tag, *change->expiration, now);
      if (!set) return set.error();
    }
    if (!change->manifest_digest) return true;
    return move_tag(tx, telling(who, name, *access), tag, *change->manifest_digest, now);
  };
  co_return co_await write_again(db_, std::move(write));
}

awaitable<Result<bool>> TagService::remove(auth::Principal who, RepoName name, std::string tag) {
  auto write = [&](db::Tx& tx) -> Result<bool> {
    const auto access = require_writable(tx, who, name);
    if (!access) return access.error();
    const auto now = now_ms();
    store::lock_tag(tx, access->repository_id(), tag);
    const auto live = store::find_tag(tx, access->repository_id(), tag, now);
    if (!live) return no_tag();
    if (live->immutable) return immutable("delete", tag);
    store::end_tag(tx, access->repository_id(), tag, now);
    telling(who, name, *access)(tx, "delete_tag", tag);
    return true;
  };
  co_return co_await db_.write(std::move(write));
}

}  // namespace wharf::service
