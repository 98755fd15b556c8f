#include "blob/located_blob_store.h"

#include <algorithm>

#include "base/log.h"
#include "blob/place.h"
#include "blob/sha256.h"

namespace wharf::blob {
namespace {

// Of some 150 bytes each. When they are too many, all are looked for again.
constexpr std::size_t kMostRemembered = 65'536;

Error unknown_blob(const Digest& digest) {
  return Error{Errc::blob_unknown, "The blob is not known", {}, digest.text()};
}

Error unknown_upload() { return Error{Errc::upload_unknown, "The upload is not known"}; }

/// What a location's own store calls `inner` of a place's name.
std::string own_place(std::string_view inner) {
  return std::string(inner.starts_with("sha256:") ? std::string_view() : inner);
}

BlobRef without_name(BlobRef blob) {
  if (blob.place.starts_with('@')) blob.place = own_place(split_place(blob.place).inner);
  return blob;
}

UploadState without_name(UploadState state) {
  if (state.backend.starts_with('@')) state.backend = std::string(split_place(state.backend).inner);
  return state;
}

UploadState with_name(UploadState state, const std::string& id) {
  state.backend = name_place(id, state.backend);
  return state;
}

/// Writes to one location and answers states that say which.
class NamingWriter final : public UploadWriter {
 public:
  NamingWriter(std::unique_ptr<UploadWriter> inner, std::string id) : inner_(std::move(inner)), id_(std::move(id)) {}

  awaitable<Result<std::span<std::byte>>> buffer() override { return inner_->buffer(); }
  void commit(std::size_t count) override { inner_->commit(count); }
  awaitable<Result<UploadState>> pause() override {
    auto state = co_await inner_->pause();
    if (!state) co_return state.error();
    co_return with_name(std::move(*state), id_);
  }

 private:
  std::unique_ptr<UploadWriter> inner_;
  const std::string id_;
};

}  // namespace

std::vector<std::string> LocatedBlobStore::locations() const {
  std::vector<std::string> ids;
  for (const auto& location : locations_) ids.push_back(location.id);
  return ids;
}

std::optional<std::size_t> LocatedBlobStore::index_of(std::string_view id) const {
  const auto found = std::ranges::find(locations_, id, &Location::id);
  if (found == locations_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - locations_.begin());
}

std::optional<std::size_t> LocatedBlobStore::remembered(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto known = found_.find(key);
  if (known == found_.end()) return std::nullopt;
  return known->second;
}

void LocatedBlobStore::remember(const std::string& key, std::optional<std::size_t> at) {
  const std::lock_guard lock(mutex_);
  if (!at) {
    found_.erase(key);
    return;
  }
  if (found_.size() >= kMostRemembered) found_.clear();
  found_[key] = *at;
}

std::optional<LocatedBlobStore::Route> LocatedBlobStore::route_of(const BlobRef& blob, bool& unnamed) const {
  const auto named = split_place(blob.place);
  unnamed = !is_single() && named.location.empty();
  if (unnamed) return std::nullopt;
  if (is_single()) return Route{0, without_name(blob).place};
  const auto at = index_of(named.location);
  if (at) return Route{*at, own_place(named.inner)};
  log::warn("a blob lies in a storage location that is not configured",
            {{"location", named.location}, {"digest", blob.digest.text()}});
  return std::nullopt;
}

awaitable<Result<std::optional<LocatedBlobStore::Route>>> LocatedBlobStore::find(BlobRef blob) {
  bool unnamed = false;
  auto route = route_of(blob, unnamed);
  if (!unnamed) co_return route;
  const auto key = blob.digest.text() + blob.place;
  if (const auto at = remembered(key)) co_return std::optional<Route>({*at, blob.place});
  std::optional<Error> failed;
  for (std::size_t at = 0; at < locations_.size(); ++at) {
    auto info = co_await locations_[at].store->stat(blob);
    if (!info) {
      failed = info.error();
    } else if (*info) {
      remember(key, at);
      co_return std::optional<Route>({at, blob.place});
    }
  }
  // It may be in the one that does not answer.
  if (failed) co_return *failed;
  co_return std::optional<Route>();
}

awaitable<Result<std::optional<std::string>>> LocatedBlobStore::locate(BlobRef blob) {
  auto route = co_await find(std::move(blob));
  if (!route) co_return route.error();
  std::optional<std::string> id;
  if (*route) id = locations_[(*route)->at].id;
  co_return id;
}

/// Where an upload may be: one that was begun before there were names, in each whose states look like it.
std::vector<std::size_t> LocatedBlobStore::candidates(const UploadState& state) const {
  if (is_single()) return {0};
  std::vector<std::size_t> found;
  if (state.backend.starts_with('@')) {
    if (const auto at = index_of(split_place(state.backend).location)) found.push_back(*at);
    return found;
  }
  if (state.size_bytes == 0 && state.backend.empty()) return {target_};
  for (std::size_t at = 0; at < locations_.size(); ++at) {
    if (locations_[at].store->place_of(state).empty() == state.backend.empty()) found.push_back(at);
  }
  return found;
}

awaitable<Result<UploadState>> LocatedBlobStore::begin_in(std::string id) {
  const auto at = index_of(id);
  if (!at) co_return Error{Errc::not_found, "There is no such storage location", {}, std::move(id)};
  auto state = co_await locations_[*at].store->begin();
  if (!state || is_single()) co_return state;
  co_return with_name(std::move(*state), id);
}

awaitable<Result<UploadState>> LocatedBlobStore::begin() { return begin_in(target()); }

awaitable<Result<std::unique_ptr<UploadWriter>>> LocatedBlobStore::resume(UploadState state) {
  const auto where = candidates(state);
  state = without_name(std::move(state));
  for (const auto at : where) {
    auto writer = co_await locations_[at].store->resume(state);
    if (writer && is_single()) co_return writer;
    if (writer) co_return std::make_unique<NamingWriter>(std::move(*writer), locations_[at].id);
    if (writer.error().code != Errc::upload_unknown) co_return writer.error();
  }
  co_return unknown_upload();
}

awaitable<Result<Digest>> LocatedBlobStore::finish(UploadState state) {
  const auto where = candidates(state);
  state = without_name(std::move(state));
  for (const auto at : where) {
    auto digest = co_await locations_[at].store->finish(state);
    if (digest || digest.error().code != Errc::upload_unknown) co_return digest;
  }
  co_return unknown_upload();
}

std::string LocatedBlobStore::place_of(const UploadState& state) const {
  const auto where = candidates(state);
  if (where.empty()) return {};
  const auto& location = locations_[where.front()];
  auto place = location.store->place_of(without_name(state));
  // One that was begun before there were names is looked for by whoever wants it, as those before it are.
  if (is_single() || !state.backend.starts_with('@')) return place;
  if (!place.empty()) return name_place(location.id, place);
  const auto hash = Sha256::resume(state.hash);
  return hash ? name_place(location.id, hash->digest().text()) : std::string();
}

awaitable<Result<Digest>> LocatedBlobStore::sha512(UploadState state) {
  const auto where = candidates(state);
  state = without_name(std::move(state));
  for (const auto at : where) {
    auto digest = co_await locations_[at].store->sha512(state);
    if (digest || digest.error().code != Errc::upload_unknown) co_return digest;
  }
  co_return unknown_upload();
}

awaitable<Result<bool>> LocatedBlobStore::abort(UploadState state) {
  std::vector<std::size_t> where;
  if (is_single() || state.backend.starts_with('@')) {
    where = candidates(state);
  } else {
    for (std::size_t at = 0; at < locations_.size(); ++at) where.push_back(at);
  }
  state = without_name(std::move(state));
  bool any = false;
  std::optional<Error> failed;
  for (const auto at : where) {
    const auto gone = co_await locations_[at].store->abort(state);
    if (!gone) failed = gone.error();
    any = any || (gone && *gone);
  }
  if (failed && !any) co_return *failed;
  co_return any;
}

awaitable<Result<std::optional<BlobInfo>>> LocatedBlobStore::stat(BlobRef blob) {
  if (is_single()) co_return co_await locations_.front().store->stat(without_name(std::move(blob)));
  auto route = co_await find(blob);
  if (!route) co_return route.error();
  if (!*route) co_return std::optional<BlobInfo>();
  blob.place = (*route)->place;
  co_return co_await locations_[(*route)->at].store->stat(std::move(blob));
}

awaitable<Result<LocatedBlobStore::Route>> LocatedBlobStore::must_find(BlobRef blob) {
  auto route = co_await find(blob);
  if (!route) co_return route.error();
  if (!*route) co_return unknown_blob(blob.digest);
  co_return std::move(**route);
}

/// Whether it is worth another look: a blob without a name may have moved on since it was found.
bool LocatedBlobStore::forget_if_gone(const BlobRef& blob, const Error& why) {
  if (is_single() || blob.place.starts_with('@') || why.code != Errc::blob_unknown) return false;
  remember(blob.digest.text() + blob.place, std::nullopt);
  return true;
}

awaitable<Result<http::Body>> LocatedBlobStore::open(BlobRef blob, std::uint64_t offset, std::uint64_t length_bytes) {
  for (int attempt = 1;; ++attempt) {
    auto route = co_await must_find(blob);
    if (!route) co_return route.error();
    BlobRef there(blob.digest, route->place);
    auto body = co_await locations_[route->at].store->open(std::move(there), offset, length_bytes);
    if (body || attempt == 2 || !forget_if_gone(blob, body.error())) co_return body;
  }
}

awaitable<Result<std::string>> LocatedBlobStore::read(BlobRef blob, std::size_t limit_bytes) {
  for (int attempt = 1;; ++attempt) {
    auto route = co_await must_find(blob);
    if (!route) co_return route.error();
    BlobRef there(blob.digest, route->place);
    auto content = co_await locations_[route->at].store->read(std::move(there), limit_bytes);
    if (content || attempt == 2 || !forget_if_gone(blob, content.error())) co_return content;
  }
}

awaitable<Result<std::optional<std::string>>> LocatedBlobStore::link(BlobRef blob) {
  if (is_single()) co_return co_await locations_.front().store->link(without_name(std::move(blob)));
  auto route = co_await find(blob);
  if (!route) co_return route.error();
  if (!*route) co_return std::nullopt;  // whoever opens it is told
  blob.place = (*route)->place;
  co_return co_await locations_[(*route)->at].store->link(std::move(blob));
}

awaitable<Result<bool>> LocatedBlobStore::remove(BlobRef blob) {
  bool unnamed = false;
  const auto route = route_of(blob, unnamed);
  std::vector<std::size_t> where;
  if (route) {
    blob.place = route->place;
    where.push_back(route->at);
  }
  for (std::size_t at = 0; unnamed && at < locations_.size(); ++at) where.push_back(at);
  remember(blob.digest.text() + blob.place, std::nullopt);
  bool any = false;
  for (const auto at : where) {
    const auto gone = co_await locations_[at].store->remove(blob);
    if (!gone) co_return gone.error();
    any = any || *gone;
  }
  co_return any;
}

awaitable<std::vector<Result<bool>>> LocatedBlobStore::remove_all(std::vector<BlobRef> blobs) {
  std::vector<Result<bool>> gone(blobs.size(), true);
  std::vector<std::vector<std::size_t>> by_location(locations_.size());
  std::vector<std::size_t> alone;
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    bool unnamed = false;
    const auto route = route_of(blobs[i], unnamed);
    if (unnamed) alone.push_back(i);
    if (!route) continue;
    blobs[i].place = route->place;
    by_location[route->at].push_back(i);
  }
  for (std::size_t at = 0; at < locations_.size(); ++at) {
    std::vector<BlobRef> here;
    for (const auto i : by_location[at]) here.push_back(blobs[i]);
    if (here.empty()) continue;
    auto outcomes = co_await locations_[at].store->remove_all(std::move(here));
    for (std::size_t i = 0; i < outcomes.size(); ++i) gone[by_location[at][i]] = std::move(outcomes[i]);
  }
  for (const auto i : alone) {
    std::optional<Error> failed;
    try {
      auto removed = co_await remove(blobs[i]);
      if (!removed) failed = removed.error();
    } catch (const Accident& accident) {
      failed = accident.error();
    }
    if (failed) gone[i] = std::move(*failed);
  }
  co_return gone;
}

awaitable<Result<std::vector<BlobEntry>>> LocatedBlobStore::list(std::string after, std::size_t limit) {
  if (is_single()) co_return co_await locations_.front().store->list(std::move(after), limit);
  const auto named = split_place(after);
  auto at = index_of(named.location).value_or(0);
  std::string from(named.location.empty() ? std::string_view() : named.inner);
  std::vector<BlobEntry> entries;
  for (; at < locations_.size() && entries.size() < limit; ++at) {
    const auto wanted = limit - entries.size();
    std::optional<Error> failed;
    try {
      auto page = co_await locations_[at].store->list(std::exchange(from, {}), wanted);
      if (!page) failed = page.error();
      for (std::size_t i = 0; page && i < page->size(); ++i) {
        auto& entry = (*page)[i];
        entry.place = name_place(locations_[at].id, entry.name());
        entries.push_back(std::move(entry));
      }
      if (page && page->size() == wanted) break;
    } catch (const Accident& accident) {
      failed = accident.error();
    }
    if (failed) {
      log::warn("a storage location cannot be listed",
                {{"location", locations_[at].id}, {"detail", failed->message + ": " + failed->detail}});
    }
  }
  co_return entries;
}

awaitable<Result<bool>> LocatedBlobStore::remove_place(std::string place) {
  if (is_single()) {
    co_return co_await locations_.front().store->remove_place(own_place(split_place(place).inner));
  }
  const auto named = split_place(place);
  const auto at = index_of(named.location);
  if (!at) co_return false;
  co_return co_await locations_[*at].store->remove_place(own_place(named.inner));
}

awaitable<Result<std::string>> LocatedBlobStore::owner(std::string mine, bool may_note) {
  if (is_mine_) co_return mine;
  std::optional<std::string> other;
  for (const auto& location : locations_) {
    auto owner = co_await location.store->owner(mine, may_note);
    if (!owner) {
      auto why = owner.error();
      why.detail = location.id + ": " + why.detail;
      co_return why;
    }
    if (*owner != mine && (!other || other->empty())) other = std::move(*owner);
  }
  if (other) co_return std::move(*other);
  is_mine_ = true;
  co_return mine;
}

awaitable<Result<std::vector<StaleUpload>>> LocatedBlobStore::uploads_older_than(Millis before_ms) {
  if (is_single()) co_return co_await locations_.front().store->uploads_older_than(before_ms);
  std::vector<StaleUpload> all;
  for (const auto& location : locations_) {
    auto some = co_await location.store->uploads_older_than(before_ms);
    if (!some) {
      log::warn("a storage location's uploads cannot be listed",
                {{"location", location.id}, {"detail", some.error().message + ": " + some.error().detail}});
      continue;
    }
    all.insert(all.end(), std::make_move_iterator(some->begin()), std::make_move_iterator(some->end()));
  }
  co_return all;
}

void LocatedBlobStore::count_in(metrics::Registry& metrics) {
  for (const auto& location : locations_) location.store->count_in(metrics);
}

void LocatedBlobStore::stop() {
  for (const auto& location : locations_) location.store->stop();
}

awaitable<Result<bool>> LocatedBlobStore::check() {
  for (std::size_t at = 0; at < locations_.size(); ++at) {
    if (at == target_) {
      auto works = co_await locations_[at].store->check();
      if (!works) co_return works;
      continue;
    }
    auto page = co_await locations_[at].store->list({}, 1);
    if (page) continue;
    auto why = page.error();
    why.detail = locations_[at].id + ": " + why.detail;
    co_return why;
  }
  co_return true;
}

}  // namespace wharf::blob
