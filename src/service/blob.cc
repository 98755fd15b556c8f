#include "service/blob.h"

#include "base/clock.h"
#include "store/blob.h"

namespace wharf::service {
namespace {

Error unknown_blob(const Digest& digest) { return {Errc::blob_unknown, "blob unknown", {}, digest.text()}; }

/// What the blob store is asked for.
Result<FoundBlob> found_blob(const store::BlobPull& row, const Digest& wanted) {
  if (!row.digest) return unknown_blob(wanted);
  auto stored = Digest::parse(*row.digest);
  if (!stored) return Error{Errc::internal, "The blob's record is damaged", "blob.digest is no digest"};
  blob::BlobRef at(std::move(*stored), row.place.value_or(""));
  return FoundBlob{std::move(at), static_cast<std::uint64_t>(row.size_bytes.value_or(0))};
}

}  // namespace

std::optional<Result<FoundBlob>> BlobService::remembered(const RegistryCaller& who, const RepoName& name,
                                                         const Digest& digest) {
  if (!memory_.on()) return std::nullopt;
  const auto known = memory_.blob(name, digest.text(), now_ms());
  // To a stranger what is hidden looks like what is not known.
  if (!known || pull_refusal(who, name, known->row.repository_id, known->row.is_public)) {
    if (!who) return registry_refusal();
    return std::nullopt;
  }
  return found_blob(known->row, digest);
}

awaitable<Result<FoundBlob>> BlobService::find(RegistryCaller who, RepoName name, Digest digest) {
  auto find = [&](db::Tx& tx) -> Result<FoundBlob> {
    const auto now = now_ms();
    const auto row = store::find_blob_for_pull(tx, name, digest, now);
    memory_.keep(name, digest.text(), row, now);
    const auto id = row ? std::optional(row->repository_id) : std::nullopt;
    if (auto refused = pull_refusal(who, name, id, row && row->is_public)) return *refused;
    return found_blob(*row, digest);
  };
  auto known = [&] { return remembered(who, name, digest); };
  co_return co_await look_up_or_remember(db_, std::move(find), std::move(known));
}

awaitable<Result<http::Body>> BlobService::open(FoundBlob blob, std::uint64_t offset, std::uint64_t length_bytes) {
  auto body = co_await store_.open(blob.stored, offset, length_bytes);
  if (body || body.error().code != Errc::blob_unknown) co_return body;
  // Its row was read before it moved to another place, long ago where it was remembered.
  auto look = [&blob](db::Tx& tx) { return store::find_stored_blob(tx, blob.stored.digest); };
  const auto now_at = co_await db_.lookup(std::move(look));
  if (!now_at || now_at->place == blob.stored.place) co_return body;
  blob.stored.place = now_at->place;
  co_return co_await store_.open(std::move(blob.stored), offset, length_bytes);
}

awaitable<Result<std::optional<std::string>>> BlobService::link(FoundBlob blob) {
  if (settings_.features.proxy_storage) co_return std::nullopt;
  co_return co_await store_.link(std::move(blob.stored));
}

awaitable<Result<bool>> BlobService::remove(RegistryCaller who, RepoName name, Digest digest) {
  auto write = [&](db::Tx& tx) -> Result<bool> {
    const auto repository = find_for_push(tx, settings_, who, name);
    if (!repository) return repository.error();
    const auto now = now_ms();
    const auto found = store::find_visible_blobs(tx, repository->id, {digest}, now);
    if (found.empty()) return unknown_blob(digest);
    if (!store::unlink_blob(tx, repository->id, found.front().id, now)) {
      return Error{Errc::unsupported, "A manifest of the repository needs this blob", {}, digest.text()};
    }
    return true;
  };
  co_return co_await db_.write(std::move(write));
}

}  // namespace wharf::service
