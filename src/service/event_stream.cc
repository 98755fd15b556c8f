#include "service/event_stream.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace wharf::service {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPulse{5};
constexpr std::chrono::minutes kLongest{30};
constexpr std::size_t kMostWaiting = 200;

// A comment: the client has its head at once, and knows that it is heard.
constexpr std::string_view kGreeting = ": listening\n\n";
constexpr std::string_view kPulseMessage = "data: {\"event\": \"pulse\", \"data\": {}}\n\n";

}  // namespace

EventStream::EventStream(std::int64_t account_id, std::set<std::string, std::less<>> events, Gone gone)
    : account_id_(account_id), events_(std::move(events)), gone_(std::move(gone)) {}

EventStream::~EventStream() { gone_(*this); }

awaitable<Result<bool>> EventStream::next(std::string& piece) {
  if (!greeted_) {
    greeted_ = true;
    piece = kGreeting;
    co_return true;
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto pulse = Clock::now() + kPulse;
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (!timer_) timer_.emplace(executor);
      for (const auto& message : waiting_) piece += message;
      waiting_.clear();
      const auto now = Clock::now();
      if (!piece.empty()) co_return true;
      if (ended_ || now >= begun_ + kLongest) co_return false;
      if (now >= pulse) {
        piece = kPulseMessage;
        co_return true;
      }
      timer_->expires_at(pulse);
    }
    boost::system::error_code woken;
    co_await timer_->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
  }
}

void EventStream::add(std::string message) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= kMostWaiting) waiting_.erase(waiting_.begin());
  waiting_.push_back(std::move(message));
  wake();
}

void EventStream::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  wake();
}

void EventStream::wake() {
  if (!timer_) return;
  auto self = weak_from_this().lock();
  if (!self) return;  // its last user is leaving
  // On the executor of `next`, so that it waits already or has yet to look.
  const auto executor = timer_->get_executor();
  boost::asio::post(executor, [self = std::move(self)] { self->timer_->cancel(); });
}

}  // namespace wharf::service
