#include "service/tag.h"

#include <algorithm>

#include "auth/access.h"
#include "base/clock.h"
#include "service/audit.h"
#include "service/repository_guard.h"
#include "service/retry.h"
#include "service/tag_rules.h"
#include "store/access.h"
#include "store/manifest.h"

namespace wharf::service {
namespace {

constexpr int kChildrenShown = 100;
constexpr std::int64_t kLatestSecond = 253402300799;  // 9999-12-31T23:59:59Z

Error no_tag() { return {Errc::not_found, "Not Found"}; }

Error immutable(std::string_view doing, const std::string& tag) {
  return {Errc::tag_immutable, "Cannot " + std::string(doing) + " immutable tag '" + tag + "'"};
}

Error bad_tag_name() {
  return {Errc::invalid_request,
          "Invalid tag name: at most 128 letters, digits, '_', '.' and '-', not starting with '.' or '-'"};
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

/// One change to the tag `name`, which is locked: a push that moves it meanwhile would leave a dead generation here,
/// which must not come back to life.
struct Change {
  db::Tx& tx;
  const Settings& settings;
  const Telling& tell;
  const std::string& name;
  Millis now;

  std::optional<store::Tag> live() const { return store::find_tag(tx, tell.place.repository_id, name, now); }
  bool may_expire(bool is_immutable) const { return !is_immutable || settings.features.immutable_tags_can_expire; }

  Result<bool> set_expiration(const json::Nullable<std::int64_t>& seconds) const;
  Result<bool> set_immutable(bool immutable, bool is_admin) const;
  /// Answers the live generation before.
  std::optional<store::Tag> point_to(const store::Manifest& manifest, bool reversion) const;
  Result<bool> move(const std::string& digest_text) const;
};

Result<bool> Change::set_expiration(const json::Nullable<std::int64_t>& seconds) const {
  const auto tag = live();
  if (!tag) return no_tag();
  if (!may_expire(tag->immutable)) {
    return Error{Errc::invalid_request, "expiration: the tag '" + name + "' is immutable and cannot expire"};
  }
  if (seconds && (*seconds > kLatestSecond || *seconds * 1000 <= now)) {
    return Error{Errc::invalid_request, "expiration: must be a time in the future, in seconds since 1970"};
  }
  auto wanted = store::kForever;
  if (seconds) {
    wanted = std::clamp(*seconds * 1000, tag->start_ms + settings.labeled_expiration_minimum_s * 1000,
                        tag->start_ms + settings.labeled_expiration_maximum_s * 1000);
  }
  if (wanted == store::kForever && tag->end_ms == store::kForever) return true;
  store::set_tag_end(tx, tag->id, wanted);
  tell(tx, "change_tag_expiration", name,
       {{"expiration_date", moment(wanted, 1000)}, {"old_expiration_date", moment(tag->end_ms, 1)}});
  return true;
}

Result<bool> Change::set_immutable(bool immutable, bool is_admin) const {
  if (!settings.features.immutable_tags) return true;
  const auto tag = live();
  if (!tag) return no_tag();
  if (!immutable && !is_admin) return auth::refusal(tell.who);
  if (tag->immutable == immutable) return true;
  if (tag->end_ms != store::kForever && !may_expire(immutable)) {
    return Error{Errc::invalid_request, "immutable: the tag '" + name + "' has an expiry"};
  }
  store::set_tag_immutable(tx, tag->id, immutable);
  tell(tx, "change_tag_immutability", name, {{"immutable", immutable}, {"previous_immutable", tag->immutable}});
  return true;
}

std::optional<store::Tag> Change::point_to(const store::Manifest& manifest, bool reversion) const {
  auto before = live();
  store::show_manifest_blobs(tx, manifest.id);  // it may come out of the history
  const auto repository_id = tell.place.repository_id;
  const auto rules =
      rules_for_tag(tx, settings, {tell.place.namespace_id, repository_id, name, manifest.id, manifest.is_list}, now);
  const store::NewTag wanted{.repository_id = repository_id,
                             .name = name,
                             .manifest_id = manifest.id,
                             .end_ms = rules.end_ms,
                             .immutable = rules.immutable,
                             .reversion = reversion};
  store::set_tag(tx, wanted, now);
  if (rules.by_policy) tell(tx, "tag_made_immutable_by_policy", name, {{"immutable", true}});
  return before;
}

Result<bool> Change::move(const std::string& digest_text) const {
  const auto digest = Digest::parse(digest_text);
  if (!digest) return no_tag();  // what is no digest is a manifest's just as little, as in Quay
  const auto manifest = store::find_manifest(tx, tell.place.repository_id, *digest);
  if (!manifest) return no_tag();
  const auto tag = live();
  if (tag && tag->immutable) return immutable("overwrite", name);
  const auto before = point_to(*manifest, false);
  json::Object metadata{{"manifest_digest", manifest->digest}};
  if (before) metadata["original_manifest_digest"] = before->digest;
  tell(tx, before ? "move_tag" : "create_tag", name, std::move(metadata));
  return true;
}

/// What the lists among `tags` name.
std::map<std::int64_t, ChildrenOfList> lists_of(db::Tx& tx, const std::vector<store::Tag>& tags) {
  std::map<std::int64_t, ChildrenOfList> lists;
  for (const auto& tag : tags) {
    if (tag.is_list) lists.try_emplace(tag.manifest_id);
  }
  std::vector<std::int64_t> ids;
  for (const auto& [id, children] : lists) ids.push_back(id);
  for (auto& child : store::list_children(tx, ids, kChildrenShown)) {
    auto& list = lists[child.manifest_id];
    ++list.children;
    if (child.is_here) ++list.here;
    list.presence.emplace(std::move(child.digest), child.is_here);
  }
  for (auto& [id, list] : lists) {
    if (list.children < kChildrenShown) continue;
    const auto all = store::count_children(tx, id);
    list.children = all.children;
    list.here = all.here;
  }
  return lists;
}

}  // namespace

awaitable<Result<TagListing>> TagService::list(auth::Principal who, RepoName name, store::TagFilter filter,
                                               bool with_details) {
  auto read = [&](db::Tx& tx) -> Result<TagListing> {
    const auto access = auth::require(tx, who, name, auth::Action::read);
    if (!access) return access.error();
    TagListing listing;
    const auto now = now_ms();
    listing.page = store::list_tags(tx, access->repository_id(), filter, now);
    listing.lists = lists_of(tx, listing.page.tags);
    if (with_details) listing.details = details_of(tx, listing.page.tags, now);
    return listing;
  };
  co_return co_await db_.read(std::move(read));
}

awaitable<Result<bool>> TagService::change(auth::Principal who, RepoName name, std::string tag,
                                           Result<TagChange> change) {
  auto write = [&](db::Tx& tx) -> Result<bool> {
    const auto access = require_writable(tx, who, name);
    if (!access) return access.error();
    if (!change) return change.error();
    if (!is_tag_name(tag)) return bad_tag_name();
    if (!change->manifest_digest && !change->expiration && !change->immutable) {
      return Error{Errc::invalid_request, "manifest_digest: is required"};
    }
    const auto tell = telling(who, name, *access);
    store::lock_tag(tx, access->repository_id(), tag);
    const Change of{tx, settings_, tell, tag, now_ms()};
    // What fails takes back what came before it.
    Result<bool> done = true;
    if (change->expiration) done = of.set_expiration(*change->expiration);
    if (done && change->immutable) done = of.set_immutable(*change->immutable, access->may(auth::Action::admin));
    if (done && change->manifest_digest) done = of.move(*change->manifest_digest);
    return done;
  };
  co_return co_await write_again(db_, std::move(write));
}

awaitable<Result<bool>> TagService::remove(auth::Principal who, RepoName name, std::string tag) {
  auto write = [&](db::Tx& tx) -> Result<bool> {
    const auto access = require_writable(tx, who, name);
    if (!access) return access.error();
    const auto now = now_ms();
    const auto repository_id = access->repository_id();
    store::lock_tag(tx, repository_id, tag);
    const auto live = store::find_tag(tx, repository_id, tag, now);
    if (!live) return no_tag();
    if (live->immutable) return immutable("delete", tag);
    store::end_tag(tx, repository_id, tag, now);
    const auto tell = telling(who, name, *access);
    tell(tx, "delete_tag", tag);
    for (const auto& signature : store::end_signatures(tx, repository_id, live->manifest_id, live->digest, now)) {
      tell(tx, "delete_tag", signature);
    }
    return true;
  };
  co_return co_await db_.write(std::move(write));
}

awaitable<Result<bool>> TagService::restore(auth::Principal who, RepoName name, std::string tag,
                                            Result<std::string> digest) {
  auto write = [&](db::Tx& tx) -> Result<bool> {
    const auto access = require_writable(tx, who, name);
    if (!access) return access.error();
    if (!digest) return digest.error();
    if (!is_tag_name(tag)) return bad_tag_name();
    const auto wanted = Digest::parse(*digest);
    if (!wanted) return no_tag();
    const auto repository_id = access->repository_id();
    const auto manifest = store::find_manifest(tx, repository_id, *wanted);
    const auto now = now_ms();
    if (!manifest || !store::is_restorable(tx, manifest->id, now)) return no_tag();
    store::lock_tag(tx, repository_id, tag);
    const auto tell = telling(who, name, *access);
    const Change of{tx, settings_, tell, tag, now};
    const auto live = of.live();
    if (live && live->immutable) return immutable("restore", tag);
    of.point_to(*manifest, true);
    tell(tx, "revert_tag", tag, {{"manifest_digest", manifest->digest}});
    return true;
  };
  co_return co_await write_again(db_, std::move(write));
}

awaitable<Result<bool>> TagService::forget(auth::Principal who, RepoName name, std::string tag,
                                           Result<TagOblivion> what) {
  auto write = [&](db::Tx& tx) -> Result<bool> {
    const auto access = auth::require(tx, who, name, auth::Action::write);
    if (!access) return access.error();
    if (!settings_.permanently_delete_tags) return no_tag();
    if (!what) return what.error();
    if (!what->alive && !what->manifest_digest) return Error{Errc::invalid_request, "manifest_digest: is required"};
    const auto now = now_ms();
    const auto repository_id = access->repository_id();
    store::lock_tag(tx, repository_id, tag);
    store::TagToForget gone{.repository_id = repository_id, .name = tag, .alive = what->alive};
    std::string digest;
    if (what->alive) {
      const auto live = store::find_tag(tx, repository_id, tag, now);
      if (!live || live->immutable) return no_tag();
      gone.manifest_id = live->manifest_id;
      digest = live->digest;
    } else {
      const auto wanted = Digest::parse(*what->manifest_digest);
      const auto manifest = wanted ? store::find_manifest(tx, repository_id, *wanted) : std::nullopt;
      if (!manifest) return no_tag();
      gone.manifest_id = manifest->id;
      digest = manifest->digest;
    }
    if (!store::forget_tag(tx, gone, now)) return no_tag();
    if (what->with_children) store::forget_holds_of_children(tx, gone.manifest_id, now);
    const auto tell = telling(who, name, *access);
    tell(tx, "permanently_delete_tag", tag, {{"manifest_digest", digest}});
    if (what->alive) {
      for (const auto& signature : store::end_signatures(tx, repository_id, gone.manifest_id, digest, now)) {
        tell(tx, "delete_tag", signature);
      }
    }
    return true;
  };
  co_return co_await db_.write(std::move(write));
}

}  // namespace wharf::service
