#pragma once
#include <cstddef>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace wharf::service {

/// At most `capacity` values by key; what was not used for longest goes first. Not thread-safe.
template <class Value, class Hash = std::hash<std::string_view>>
class Lru {
 public:
  explicit Lru(std::size_t capacity) : capacity_(capacity) {}

  /// The value of `key`, which becomes the last to go; null when there is none. Valid until the next call.
  Value* find(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return &found->second->second;
  }

  /// The value of `key`, made empty if there is none.
  Value& operator[](std::string_view key) {
    if (auto* found = find(key)) return *found;
    order_.emplace_front(std::string(key), Value{});
    by_key_.emplace(order_.front().first, order_.begin());
    if (order_.size() > capacity_) {
      by_key_.erase(order_.back().first);
      order_.pop_back();
    }
    return order_.front().second;
  }

  void erase(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    const auto entry = found->second;
    by_key_.erase(found);
    order_.erase(entry);
  }

  std::size_t size() const { return order_.size(); }

 private:
  using Order = std::list<std::pair<std::string, Value>>;
  std::size_t capacity_;
  Order order_;
  std::unordered_map<std::string_view, typename Order::iterator, Hash> by_key_;  ///< Its keys look into order_.
};

}  // namespace wharf::service
