#include "service/upload.h"

#include "base/clock.h"
#include "base/log.h"
#include "blob/place.h"
#include "blob/sha256.h"
#include "service/blob_removal.h"
#include "service/conflict.h"
#include "service/registry_identity.h"
#include "service/retry.h"
#include "store/blob.h"
#include "store/blob_removal.h"
#include "store/repository.h"

namespace wharf::service {
namespace {

Error unknown_upload(const std::string& id) {
  return {Errc::upload_unknown, "blob upload unknown to registry", {}, id.substr(0, 64)};
}

constexpr int kMostCollisions = 100;
/// A push in one request that took longer than that gets a row before it ends.
constexpr Millis kLongPushMs = 10 * 60 * 1000;

Error out_of_range() { return {Errc::range_not_satisfiable, "The chunk does not start where the upload ends"}; }

blob::UploadState state_of(const store::Upload& row) {
  return {row.id, static_cast<std::uint64_t>(row.size_bytes), row.hash, row.backend};
}

store::Upload row_of(const blob::UploadState& state, std::int64_t repository_id) {
  return {state.id, repository_id, static_cast<std::int64_t>(state.size_bytes), state.hash, state.backend};
}

}  // namespace

std::optional<Error> UploadService::too_large(std::uint64_t held_bytes, const http::BodyReader& body) const {
  const auto coming = body.length().value_or(0);
  if (held_bytes <= settings_.maximum_layer_bytes && coming <= settings_.maximum_layer_bytes - held_bytes) {
    return std::nullopt;
  }
  return Error{Errc::payload_too_large, "The blob is larger than this registry allows"};
}

awaitable<Result<UploadStatus>> UploadService::begin(RegistryCaller who, RepoName name) {
  if (!is_granted(who, name, true)) co_return registry_refusal();
  auto state = co_await store_.begin();
  if (!state) co_return state.error();
  auto write = [&](db::Tx& tx) -> Result<UploadStatus> {
    auto repository = find_for_push(tx, settings_, who, name);
    if (!repository) return repository.error();
    store::add_upload(tx, row_of(*state, repository->id), now_ms());
    return UploadStatus{state->id, 0};
  };
  co_return co_await write_again(db_, std::move(write));
}

awaitable<Result<store::Upload>> UploadService::find(RegistryCaller who, RepoName name, std::string id, bool pushing) {
  auto read = [&](db::Tx& tx) -> Result<store::Upload> {
    const auto repository = pushing ? find_for_push(tx, settings_, who, name) : find_for_upload(tx, who, name);
    if (!repository) return repository.error();
    auto row = store::find_upload(tx, repository->id, id);
    if (!row) return unknown_upload(id);
    return std::move(*row);
  };
  co_return co_await db_.lookup(std::move(read));
}

awaitable<Result<UploadStatus>> UploadService::status(RegistryCaller who, RepoName name, std::string id) {
  auto row = co_await find(std::move(who), std::move(name), std::move(id), false);
  if (!row) co_return row.error();
  co_return UploadStatus{row->id, static_cast<std::uint64_t>(row->size_bytes)};
}

/// Streams `body` behind `state`. A client that vanishes, or sends too much, is an error only after the bytes that
/// came are kept: the answer is the new state then, and the next read of the body meets the same error again.
awaitable<Result<blob::UploadState>> UploadService::receive(blob::UploadState state, http::BodyReader* body) {
  auto held = state.size_bytes;
  auto writer = co_await store_.resume(std::move(state));
  if (!writer) co_return writer.error();
  bool more = true;
  while (more) {
    auto space = co_await (*writer)->buffer();
    if (!space) co_return space.error();
    std::size_t filled = 0;
    while (filled < space->size()) {
      auto count = co_await body->read_some(space->subspan(filled));
      if (!count || *count == 0) {
        more = false;
        break;
      }
      filled += *count;
    }
    held += filled;
    if (held > settings_.maximum_layer_bytes) {
      co_return Error{Errc::payload_too_large, "The blob is larger than this registry allows"};
    }
    if (filled > 0) (*writer)->commit(filled);
  }
  co_return co_await (*writer)->pause();
}

awaitable<Result<bool>> UploadService::keep(store::Upload before, blob::UploadState after) {
  auto row = row_of(after, before.repository_id);
  auto write = [&](db::Tx& tx) -> Result<bool> { return store::advance_upload(tx, row, before.size_bytes, now_ms()); };
  co_return co_await db_.write(std::move(write));
}

awaitable<Result<AppendOutcome>> UploadService::append(RegistryCaller who, RepoName name, std::string id,
                                                       std::optional<ChunkRange> range, http::BodyReader* body) {
  auto row = co_await find(who, name, id, true);
  if (!row) co_return row.error();
  AppendOutcome outcome{{row->id, static_cast<std::uint64_t>(row->size_bytes)}, std::nullopt};
  if (range && range->first != outcome.status.size_bytes) {
    outcome.refused = out_of_range();
    co_return outcome;
  }
  if (auto refused = too_large(outcome.status.size_bytes, *body)) co_return *refused;
  auto state = co_await receive(state_of(*row), body);
  if (!state) {
    if (state.error().code != Errc::upload_busy) co_return state.error();
    outcome.refused = out_of_range();
    co_return outcome;
  }
  auto kept = co_await keep(*row, *state);
  if (!kept) co_return kept.error();
  if (!*kept) {
    // Another request has moved the upload on, or ended it: the client is told where it stands now.
    auto moved = co_await find(std::move(who), std::move(name), std::move(id), true);
    if (!moved) co_return moved.error();
    outcome.status.size_bytes = static_cast<std::uint64_t>(moved->size_bytes);
    outcome.refused = out_of_range();
    co_return outcome;
  }
  outcome.status.size_bytes = state->size_bytes;
  // The body's own error, if that is what ended it: kept bytes stay, the client is told.
  std::byte probe[1];
  auto end = co_await body->read_some(probe);
  if (!end) co_return end.error();
  co_return outcome;
}

awaitable<Result<bool>> UploadService::make_blob(blob::UploadState state, std::int64_t repository_id, Digest digest,
                                                 std::optional<std::int64_t> row_bytes) {
  auto hash = blob::Sha256::resume(state.hash);
  if (!hash) co_return hash.error();
  const auto sha256 = hash->digest();
  auto actual = sha256;
  if (!digest.is_sha256()) {
    auto other = co_await store_.sha512(state);
    if (!other) co_return other.error();
    actual = *other;
  }
  if (actual != digest) {
    const auto id = state.id;
    auto drop = [&](db::Tx& tx) -> Result<bool> { return store::remove_upload_at(tx, id, *row_bytes); };
    // Without the row another request may have ended the upload: what it wrote may be a blob by now.
    Result<bool> mine = true;
    if (row_bytes) mine = co_await db_.write(std::move(drop));
    if (mine && *mine) (void)co_await store_.abort(std::move(state));
    co_return Error{Errc::digest_invalid, "The digest does not match the blob's content", {}, digest.text()};
  }
  co_return co_await keep_blob(std::move(state), repository_id, sha256, std::move(digest), row_bytes);
}

/// Whether the bytes of `blob` are in the store, as far as their size tells.
awaitable<Result<bool>> UploadService::is_stored(blob::BlobRef blob, std::uint64_t size_bytes) {
  const auto info = co_await store_.stat(std::move(blob));
  if (!info) co_return info.error();
  co_return info->has_value() && (*info)->size_bytes == size_bytes;
}

awaitable<Result<bool>> UploadService::keep_blob(blob::UploadState state, std::int64_t repository_id, Digest sha256,
                                                 Digest digest, std::optional<std::int64_t> row_bytes) {
  const auto id = state.id;
  const auto size_bytes = static_cast<std::int64_t>(state.size_bytes);
  for (int attempt = 0; attempt < kMostCollisions; ++attempt) {
    // What is known now is held against what is known in the transaction below: if the collector has begun to delete
    // these bytes in between, the file that is seen or made here may be gone again.
    auto look = [&sha256](db::Tx& tx) { return store::look_for_blob(tx, sha256); };
    const auto before = co_await db_.lookup(std::move(look));
    if (before.waits()) {
      auto waited = co_await await_removal(db_, store_, sha256);
      if (!waited) co_return waited.error();
      continue;
    }
    // Bytes that have a row are here, durably, and need no second copy; the upload's own stay until it is linked.
    Result<bool> reused = false;
    const blob::BlobRef known(sha256, before.place);
    if (before.has_row) reused = co_await is_stored(known, state.size_bytes);
    if (!reused) co_return reused.error();
    store::BlobPlace where;
    where.place = *reused ? before.place : store_.place_of(state);
    if (before.has_row && !*reused) where.instead_of = before.place;
    std::string held_at = where.place;
    if (!*reused) {
      auto stored = co_await store_.finish(state);
      if (!stored) co_return stored.error();
    }
    auto write = [&](db::Tx& tx) -> Result<bool> {
      const auto now = now_ms();
      // At the size that this request found: a later chunk may have replaced what these bytes are made of.
      if (row_bytes && !store::remove_upload_at(tx, id, *row_bytes)) return unknown_upload(id);
      const auto blob = store::add_blob(tx, sha256, size_bytes, where, before, now);
      if (!blob) return Error{Errc::unavailable, "The blob is being removed; try again"};
      if (!digest.is_sha256()) store::add_blob_alias(tx, digest, blob->id);
      store::link_blob(tx, repository_id, blob->id, now + settings_.push_temp_tag_seconds * Millis{1000});
      held_at = blob->place;
      return true;
    };
    // Its repository may have been deleted, and purged.
    auto written = co_await write_or(db_, std::move(write), unknown_upload(id));
    if (written && *reused) (void)co_await store_.abort(std::move(state));
    if (written && !*reused && held_at != where.place && !blob::is_by_digest(where.place)) {
      // Somebody has pushed the same content meanwhile, and was first. What lies by its digest is not this upload's
      // alone: it is found by the collection.
      blob::BlobRef spare(sha256, where.place);
      (void)co_await store_.remove(std::move(spare));
    }
    if (written || written.error().code != Errc::unavailable) co_return written;
  }
  co_return Error{Errc::unavailable, "The blob is being removed; try again"};
}

awaitable<Result<AppendOutcome>> UploadService::finish(RegistryCaller who, RepoName name, std::string id,
                                                       std::optional<ChunkRange> range, Digest digest,
                                                       http::BodyReader* body) {
  auto row = co_await find(std::move(who), std::move(name), std::move(id), true);
  if (!row) co_return row.error();
  AppendOutcome outcome{{row->id, static_cast<std::uint64_t>(row->size_bytes)}, std::nullopt};
  const bool has_body = body->length() != std::uint64_t{0};
  if (has_body && range && range->first != outcome.status.size_bytes) {
    outcome.refused = out_of_range();
    co_return outcome;
  }
  if (auto refused = too_large(outcome.status.size_bytes, *body)) co_return *refused;
  auto state = state_of(*row);
  if (has_body || state.size_bytes == 0) {
    auto received = co_await receive(std::move(state), body);
    if (!received) {
      if (received.error().code != Errc::upload_busy) co_return received.error();
      outcome.refused = out_of_range();
      co_return outcome;
    }
    state = std::move(*received);
    std::byte probe[1];
    auto end = co_await body->read_some(probe);
    if (!end) {
      // The client went away half-way: what came stays, so that it can go on from there.
      (void)co_await keep(*row, std::move(state));
      co_return end.error();
    }
  }
  outcome.status.size_bytes = state.size_bytes;
  auto made = co_await make_blob(std::move(state), row->repository_id, std::move(digest), row->size_bytes);
  if (!made) co_return made.error();
  co_return outcome;
}

awaitable<Result<bool>> UploadService::push_whole(RegistryCaller who, RepoName name, Digest digest,
                                                  http::BodyReader* body) {
  auto read = [&](db::Tx& tx) { return find_for_push(tx, settings_, who, name); };
  auto repository = co_await db_.lookup(std::move(read));
  if (!repository) co_return repository.error();
  if (auto refused = too_large(0, *body)) co_return *refused;
  const auto began_ms = now_ms();
  auto begun = co_await store_.begin();
  if (!begun) co_return begun.error();
  auto state = co_await receive(*begun, body);
  std::optional<Error> failed;
  if (!state) {
    failed = state.error();
  } else {
    std::byte probe[1];
    auto end = co_await body->read_some(probe);
    if (!end) failed = end.error();
  }
  if (failed) {
    (void)co_await store_.abort(state ? std::move(*state) : std::move(*begun));
    co_return *failed;
  }
  // A store may date what was written by its beginning: to a collection it would look forgotten without a row.
  std::optional<std::int64_t> row_bytes;
  if (now_ms() - began_ms > kLongPushMs) {
    auto write = [&](db::Tx& tx) -> Result<bool> {
      store::add_upload(tx, row_of(*state, repository->id), now_ms());
      return true;
    };
    auto noted = co_await write_or(db_, std::move(write), registry_refusal());
    if (!noted) {
      (void)co_await store_.abort(std::move(*state));
      co_return noted.error();
    }
    row_bytes = static_cast<std::int64_t>(state->size_bytes);
  }
  co_return co_await make_blob(std::move(*state), repository->id, std::move(digest), row_bytes);
}

awaitable<Result<bool>> UploadService::cancel(RegistryCaller who, RepoName name, std::string id) {
  auto row = co_await find(std::move(who), std::move(name), std::move(id), false);
  if (!row) co_return row.error();
  auto drop = [&](db::Tx& tx) -> Result<bool> { return store::remove_upload(tx, row->id); };
  auto dropped = co_await db_.write(std::move(drop));
  if (!dropped) co_return dropped.error();
  if (!*dropped) co_return unknown_upload(row->id);
  co_return co_await store_.abort(state_of(*row));
}

awaitable<StaleUploads> UploadService::end_stale(Millis before_ms, int most) {
  StaleUploads ended;
  // Rows first: bytes without a row are found again by the second part, a row without bytes would never be.
  auto take = [before_ms, most](db::Tx& tx) {
    tx.lock("upload.stale");
    return store::remove_stale_uploads(tx, before_ms, most);
  };
  const auto left = co_await db_.write(std::move(take));
  for (const auto& upload : left) {
    blob::UploadState state;
    state.id = upload.id;
    state.backend = upload.backend;
    const auto gone = co_await store_.abort(std::move(state));
    if (!gone) log::warn("the bytes of an abandoned upload stay for now", {{"detail", gone.error().message}});
    ++ended.uploads;
  }
  const auto owned = co_await owns_store(db_, store_);
  if (!owned) throw Accident(owned.error());
  if (!*owned) co_return ended;
  auto held = co_await store_.uploads_older_than(before_ms);
  if (!held) throw Accident(held.error());
  for (auto& one : *held) {
    if (ended.leftovers >= most) break;
    auto find = [&one](db::Tx& tx) { return store::has_upload(tx, one.id); };
    if (co_await db_.lookup(std::move(find))) continue;
    blob::UploadState state;
    state.id = one.id;
    const auto gone = co_await store_.abort(std::move(state));
    if (gone && *gone) ++ended.leftovers;
  }
  co_return ended;
}

awaitable<Result<bool>> UploadService::mount(RegistryCaller who, RepoName name, Digest digest,
                                             std::optional<RepoName> from) {
  auto write = [&](db::Tx& tx) -> Result<bool> {
    auto repository = find_for_push(tx, settings_, who, name);
    if (!repository) return repository.error();
    const auto now = now_ms();
    std::optional<std::int64_t> blob_id;
    const auto look_in = [&](std::int64_t repository_id) {
      const auto found = store::find_visible_blobs(tx, repository_id, {digest}, now);
      if (!found.empty()) blob_id = found.front().id;
    };
    look_in(repository->id);
    if (!blob_id && from) {
      if (const auto source = find_for_pull(tx, who, *from)) look_in(source->id);
    } else if (!blob_id) {
      if (const auto found = store::find_public_blob(tx, digest)) blob_id = found->id;
    }
    if (!blob_id) return false;
    store::link_blob(tx, repository->id, *blob_id, now + settings_.push_temp_tag_seconds * Millis{1000});
    return true;
  };
  co_return co_await write_again(db_, std::move(write));
}

}  // namespace wharf::service
