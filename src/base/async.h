#pragma once
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace wharf {

using boost::asio::awaitable;

/// Runs `job` on `pool` and comes back to the caller's own executor with what it returned or threw.
///
/// The caller's event loop goes on meanwhile. Cost: two thread hand-overs, about 10 µs.
/// `job` must not return void: return a `Result<void>` or a value.
template <class Job>
awaitable<std::invoke_result_t<Job&>> run_on(boost::asio::thread_pool& pool, Job job) {
  using Value = std::invoke_result_t<Job&>;
  static_assert(!std::is_void_v<Value>);
  struct Outcome {
    std::exception_ptr thrown;
    std::optional<Value> value;
  };
  Outcome outcome;
  auto start = [&pool, &job, &outcome](auto handler) {
    auto back = boost::asio::get_associated_executor(handler);
    auto work = boost::asio::make_work_guard(back);
    auto task = [&job, &outcome, work = std::move(work), back, handler = std::move(handler)]() mutable {
      try {
        outcome.value.emplace(job());
      } catch (...) {
        outcome.thrown = std::current_exception();
      }
      boost::asio::post(back, std::move(handler));
    };
    boost::asio::post(pool, std::move(task));
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(start,
                                                                                      boost::asio::use_awaitable);
  if (outcome.thrown) std::rethrow_exception(outcome.thrown);
  co_return std::move(*outcome.value);
}

}  // namespace wharf
