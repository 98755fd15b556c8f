#include "blob/allowance.h"

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <list>
#include <mutex>

namespace wharf::blob {
namespace {

struct Waiting {
  Waiting(std::uint64_t wants, const boost::asio::any_io_executor& executor, std::chrono::milliseconds patience)
      : amount(wants), timer(executor, patience) {}
  std::uint64_t amount;
  bool granted = false;             ///< Under the state's mutex.
  boost::asio::steady_timer timer;  ///< On the waiting coroutine's own executor, and touched there alone.
};

}  // namespace

struct Allowance::State {
  mutable std::mutex mutex;
  std::uint64_t limit = 0, taken = 0, wanted = 0;
  bool closed = false;
  std::list<std::shared_ptr<Waiting>> waiting;
  std::function<void()> on_shortage;

  // All below with the mutex held.

  bool fits(std::uint64_t amount) const { return taken == 0 || (amount <= limit && taken <= limit - amount); }

  void wake(const std::shared_ptr<Waiting>& one) {
    boost::asio::post(one->timer.get_executor(), [one] { one->timer.cancel(); });
  }

  void grant() {
    while (!waiting.empty() && fits(waiting.front()->amount)) {
      const auto first = std::move(waiting.front());
      waiting.pop_front();
      first->granted = true;
      taken += first->amount;
      wanted -= first->amount;
      wake(first);
    }
  }

  void give_back(std::uint64_t amount) {
    taken -= amount;
    grant();
  }
};

namespace {

/// Out of the queue, even when the coroutine that waits is destroyed.
template <class State>
struct Place {
  std::shared_ptr<State> state;
  std::shared_ptr<Waiting> waiting;
  bool kept = false;

  ~Place() {
    const std::lock_guard lock(state->mutex);
    if (waiting->granted) {
      if (!kept) state->give_back(waiting->amount);
    } else if (std::erase(state->waiting, waiting) > 0) {
      state->wanted -= waiting->amount;
      state->grant();
    }
  }
};

Error over() {
  return {Errc::unavailable, "The server has too much to do just now", "it waited for its turn too long"};
}

}  // namespace

Allowance::Share::~Share() {
  if (!of_) return;
  const std::lock_guard lock(of_->mutex);
  of_->give_back(amount_);
}

Allowance::Allowance(std::uint64_t limit, std::function<void()> on_shortage) : state_(std::make_shared<State>()) {
  state_->limit = limit;
  state_->on_shortage = std::move(on_shortage);
}

std::optional<Allowance::Share> Allowance::try_take(std::uint64_t amount) {
  const std::lock_guard lock(state_->mutex);
  if (state_->closed || !state_->waiting.empty() || !state_->fits(amount)) return std::nullopt;
  state_->taken += amount;
  return Share(state_, amount);
}

Allowance::Share Allowance::insist(std::uint64_t amount) {
  const std::lock_guard lock(state_->mutex);
  state_->taken += amount;
  return Share(state_, amount);
}

awaitable<Result<Allowance::Share>> Allowance::take(std::uint64_t amount, std::chrono::milliseconds patience,
                                                    std::function<bool()> is_worth_it) {
  if (auto share = try_take(amount)) co_return std::move(*share);
  const auto state = state_;
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  auto waiting = std::make_shared<Waiting>(amount, executor, patience);
  {
    const std::lock_guard lock(state->mutex);
    if (state->closed) co_return over();
    state->waiting.push_back(waiting);
    state->wanted += amount;
    state->grant();  // Something may have come back meanwhile.
  }
  Place<State> place{state, waiting};
  if (state->on_shortage) state->on_shortage();
  while (true) {
    (void)co_await waiting->timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    {
      const std::lock_guard lock(state->mutex);
      if (waiting->granted) {
        place.kept = true;
        co_return Share(state, amount);
      }
      if (state->closed) co_return over();
    }
    if (!is_worth_it || !is_worth_it()) co_return over();
    waiting->timer.expires_after(patience);
  }
}

void Allowance::close() {
  const std::lock_guard lock(state_->mutex);
  state_->closed = true;
  for (const auto& one : state_->waiting) state_->wake(one);
  state_->waiting.clear();
  state_->wanted = 0;
}

std::uint64_t Allowance::limit() const { return state_->limit; }

std::uint64_t Allowance::taken() const {
  const std::lock_guard lock(state_->mutex);
  return state_->taken;
}

std::uint64_t Allowance::wanted() const {
  const std::lock_guard lock(state_->mutex);
  return state_->wanted;
}

}  // namespace wharf::blob
