#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/async.h"
#include "blob/wakeup.h"

namespace wharf::service {

/// An answer that costs something, for all who ask within its life: the first makes it, whoever asks meanwhile waits
/// for that one, and later ones get it at once. Thread-safe; outlives every event loop that asks.
template <class T>
class SharedAnswer {
 public:
  explicit SharedAnswer(std::chrono::milliseconds life) : life_(life) {}

  /// The answer that is there, or what `make` gives. What `make` throws reaches the one who ran it; those who waited
  /// make it themselves, one after the other.
  awaitable<T> get(std::function<awaitable<T>()> make) {
    while (!begin()) {
      if (auto answer = fresh()) co_return std::move(*answer);
      auto arm = [this](std::unique_ptr<blob::Wakeup> waiting) { wait_or_wake(std::move(waiting)); };
      co_await blob::suspend(std::move(arm));
    }
    std::optional<T> made;
    std::exception_ptr thrown;
    try {
      made.emplace(co_await make());
    } catch (...) {
      thrown = std::current_exception();
    }
    end(made);
    if (thrown) std::rethrow_exception(thrown);
    co_return std::move(*made);
  }

 private:
  using Clock = std::chrono::steady_clock;

  std::optional<T> fresh_locked() const { return Clock::now() < good_until_ ? answer_ : std::nullopt; }
  std::optional<T> fresh() {
    const std::lock_guard lock(mutex_);
    return fresh_locked();
  }
  /// Whether the caller is the one to make the answer.
  bool begin() {
    const std::lock_guard lock(mutex_);
    if (making_ || fresh_locked()) return false;
    making_ = true;
    return true;
  }
  void wait_or_wake(std::unique_ptr<blob::Wakeup> waiting) {
    std::unique_lock lock(mutex_);
    if (making_) return waiting_.push_back(std::move(waiting));
    lock.unlock();
    waiting->wake();
  }
  void end(const std::optional<T>& made) {
    std::vector<std::unique_ptr<blob::Wakeup>> waiting;
    {
      const std::lock_guard lock(mutex_);
      making_ = false;
      if (made) {
        answer_ = made;
        good_until_ = Clock::now() + life_;
      }
      waiting.swap(waiting_);
    }
    for (const auto& one : waiting) one->wake();
  }

  const std::chrono::milliseconds life_;
  std::mutex mutex_;
  bool making_ = false;
  std::optional<T> answer_;
  Clock::time_point good_until_;
  std::vector<std::unique_ptr<blob::Wakeup>> waiting_;
};

}  // namespace wharf::service
