#include "service/content_cache.h"

namespace wharf::service {
namespace {

constexpr std::size_t kEntryBytes = 256;  // what an entry costs beside its content, its digest among it

}  // namespace

std::shared_ptr<const std::string> ContentCache::find(std::int64_t id, std::string_view digest) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end() || found->second->digest != digest) return nullptr;
  newest_first_.splice(newest_first_.begin(), newest_first_, found->second);
  return found->second->content;
}

void ContentCache::add(std::int64_t id, std::string digest, std::shared_ptr<const std::string> content) {
  const auto cost = content->size() + kEntryBytes;
  if (cost > limit_bytes_ / 4) return;  // one large manifest must not push all others out
  const std::lock_guard lock(mutex_);
  if (const auto known = by_id_.find(id); known != by_id_.end()) {
    if (known->second->digest == digest) return;
    drop(known->second);
  }
  newest_first_.push_front({id, std::move(digest), std::move(content)});
  by_id_[id] = newest_first_.begin();
  bytes_ += cost;
  while (bytes_ > limit_bytes_) drop(std::prev(newest_first_.end()));
}

void ContentCache::drop(std::list<Entry>::iterator entry) {
  bytes_ -= entry->content->size() + kEntryBytes;
  by_id_.erase(entry->id);
  newest_first_.erase(entry);
}

}  // namespace wharf::service
