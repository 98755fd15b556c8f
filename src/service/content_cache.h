#pragma once
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace wharf::service {

/// Manifests by row id, as bytes: what is stored under an id never changes, so nothing has to be told when it does. The
/// digest is compared all the same: a database that was set back (a standby promoted, a backup restored) gives ids
/// again. Bounded in bytes, least recently used first out. Thread-safe.
class ContentCache {
 public:
  explicit ContentCache(std::size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  /// Nothing unless it is what the row has: `digest` is the row's.
  std::shared_ptr<const std::string> find(std::int64_t id, std::string_view digest);
  void add(std::int64_t id, std::string digest, std::shared_ptr<const std::string> content);

 private:
  struct Entry {
    std::int64_t id;
    std::string digest;
    std::shared_ptr<const std::string> content;
  };
  void drop(std::list<Entry>::iterator entry);

  const std::size_t limit_bytes_;
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Entry> newest_first_;
  std::unordered_map<std::int64_t, std::list<Entry>::iterator> by_id_;
};

}  // namespace wharf::service
