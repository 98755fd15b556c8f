#include "service/content_cache.h"

namespace wharf::service {
namespace {

constexpr std::size_t kEntryBytes = 128;  // what an entry costs beside its content

}  // namespace

std::shared_ptr<const std::string> ContentCache::find(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  newest_first_.splice(newest_first_.begin(), newest_first_, found->second);
  return found->second->content;
}

void ContentCache::add(std::int64_t id, std::shared_ptr<const std::string> content) {
  const auto cost = content->size() + kEntryBytes;
  if (cost > limit_bytes_ / 4) return;  // one large manifest must not push all others out
  const std::lock_guard lock(mutex_);
  if (by_id_.contains(id)) return;
  newest_first_.push_front({id, std::move(content)});
  by_id_[id] = newest_first_.begin();
  bytes_ += cost;
  while (bytes_ > limit_bytes_) {
    const auto& oldest = newest_first_.back();
    bytes_ -= oldest.content->size() + kEntryBytes;
    by_id_.erase(oldest.id);
    newest_first_.pop_back();
  }
}

}  // namespace wharf::service
