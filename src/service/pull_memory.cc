#include "service/pull_memory.h"

#include <algorithm>

namespace wharf::service {
namespace {

std::string key_of(const RepoName& name, std::string_view what) {
  std::string key = name.text();
  return key.append("@").append(what);
}

}  // namespace

template <class Row>
bool PullMemory::note_repository(const std::string& name, const std::optional<Row>& row, Millis now) {
  if (!row) {
    repositories_.erase(name);
    return false;
  }
  repositories_[name] = {.id = row->repository_id, .is_public = row->is_public, .at_ms = now};
  return true;
}

void PullMemory::keep(const RepoName& name, const std::string& reference, const std::optional<store::ManifestPull>& row,
                      Millis now) {
  if (!on()) return;
  const auto key = key_of(name, reference);
  const std::lock_guard lock(mutex_);
  if (!note_repository(name.text(), row, now) || !row->manifest_id || !row->alive.value_or(false)) {
    manifests_.erase(key);
    return;
  }
  manifests_[key] = {*row, now};
  if (*row->digest != reference) manifests_[key_of(name, *row->digest)] = {*row, now};
  pulled_[std::to_string(*row->manifest_id)] = now;
}

void PullMemory::keep(const RepoName& name, const std::string& digest, const std::optional<store::BlobPull>& row,
                      Millis now) {
  if (!on()) return;
  const auto key = key_of(name, digest);
  const std::lock_guard lock(mutex_);
  if (!note_repository(name.text(), row, now) || !row->digest) {
    blobs_.erase(key);
    return;
  }
  auto& blob = blobs_[key];
  blob.row = *row;
  blob.at_ms = now;
}

void PullMemory::keep_blobs(const RepoName& name, std::int64_t manifest_id, const std::vector<store::BlobPull>& rows,
                            Millis now) {
  if (!on()) return;
  const std::lock_guard lock(mutex_);
  for (const auto& row : rows) {
    if (row.digest) blobs_[key_of(name, *row.digest)] = {.row = row, .at_ms = now, .manifest_id = manifest_id};
  }
}

std::optional<PullMemory::Repository> PullMemory::repository_locked(const std::string& name, Millis now) {
  const auto* known = repositories_.find(name);
  if (!known || !is_good(known->at_ms, now)) return std::nullopt;
  return *known;
}

std::optional<PullMemory::Repository> PullMemory::repository(const RepoName& name, Millis now) {
  const std::lock_guard lock(mutex_);
  return repository_locked(name.text(), now);
}

std::optional<PullMemory::Remembered<store::ManifestPull>> PullMemory::manifest(const RepoName& name,
                                                                                const std::string& reference,
                                                                                Millis now) {
  const std::lock_guard lock(mutex_);
  const auto repository = repository_locked(name.text(), now);
  const auto* known = manifests_.find(key_of(name, reference));
  if (!repository || !known || known->row.repository_id != repository->id || !is_good(known->at_ms, now)) {
    return std::nullopt;
  }
  auto found = *known;
  found.row.is_public = repository->is_public;
  return found;
}

std::optional<PullMemory::Remembered<store::BlobPull>> PullMemory::blob(const RepoName& name, const std::string& digest,
                                                                        Millis now) {
  const std::lock_guard lock(mutex_);
  const auto repository = repository_locked(name.text(), now);
  const auto* known = blobs_.find(key_of(name, digest));
  if (!repository || !known || known->row.repository_id != repository->id) return std::nullopt;
  Remembered<store::BlobPull> found{known->row, known->at_ms};
  if (known->manifest_id != 0) {
    const auto* pulled = pulled_.find(std::to_string(known->manifest_id));
    if (pulled) found.at_ms = std::max(found.at_ms, *pulled);
  }
  if (!is_good(found.at_ms, now)) return std::nullopt;
  found.row.is_public = repository->is_public;
  return found;
}

}  // namespace wharf::service
