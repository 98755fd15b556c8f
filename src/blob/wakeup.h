#pragma once
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

#include "base/async.h"

namespace wharf::blob {

/// A suspended coroutine in the hands of another thread: `wake()` posts it to its own event loop. Call it once.
/// The loop must outlive the thread pool's work: join the pool before the loops go.
class Wakeup {
 public:
  virtual ~Wakeup() = default;
  virtual void wake() = 0;
};

/// Suspends the caller and hands its Wakeup to `arm(std::unique_ptr<Wakeup>)`, which keeps it or wakes it at once.
template <class Arm>
awaitable<void> suspend(Arm arm) {
  auto start = [&arm](auto handler) {
    using Handler = decltype(handler);
    struct Held final : Wakeup {
      using Executor = boost::asio::associated_executor_t<Handler>;
      explicit Held(Handler h) : back(boost::asio::get_associated_executor(h)), work(back), handler(std::move(h)) {}
      void wake() override { boost::asio::post(back, std::move(handler)); }
      Executor back;
      boost::asio::executor_work_guard<Executor> work;
      Handler handler;
    };
    arm(std::make_unique<Held>(std::move(handler)));
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(start,
                                                                                      boost::asio::use_awaitable);
}

}  // namespace wharf::blob
