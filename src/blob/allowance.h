#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/async.h"
#include "base/error.h"

namespace wharf::blob {

/// So much of something that many share: bytes of memory, requests at a time. Who asks for more than is left waits for
/// its turn, in order. Thread-safe.
class Allowance {
  struct State;

 public:
  /// What was taken; given back when it goes, which may be after the allowance.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept { swap(other); }
    Share& operator=(Share other) noexcept {
      swap(other);
      return *this;
    }
    ~Share();
    std::uint64_t amount() const { return amount_; }

   private:
    friend class Allowance;
    Share(std::shared_ptr<State> of, std::uint64_t amount) : of_(std::move(of)), amount_(amount) {}
    void swap(Share& other) noexcept {
      std::swap(of_, other.of_);
      std::swap(amount_, other.amount_);
    }
    std::shared_ptr<State> of_;
    std::uint64_t amount_ = 0;
  };

  /// `on_shortage` is called whenever somebody begins to wait.
  explicit Allowance(std::uint64_t limit, std::function<void()> on_shortage = {});

  /// At once or not at all: nothing when there is not as much, or when others wait for it.
  std::optional<Share> try_take(std::uint64_t amount);
  /// At once, even beyond the limit.
  Share insist(std::uint64_t amount);
  /// In turn; more than the limit as soon as nobody else has any. The caller's executor must be of one thread.
  /// Whenever `patience` is over it waits on only if `is_worth_it` says so.
  /// Errors: unavailable when it was not, and after close().
  awaitable<Result<Share>> take(std::uint64_t amount, std::chrono::milliseconds patience,
                                std::function<bool()> is_worth_it = {});
  /// Ends all waiting, for good.
  void close();

  std::uint64_t limit() const;
  std::uint64_t taken() const;
  /// What those who wait want together.
  std::uint64_t wanted() const;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace wharf::blob
