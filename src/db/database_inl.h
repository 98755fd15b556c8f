#pragma once
// The templates of database.h, which includes this file at its end.
#include <array>
#include <exception>
#include <utility>

#include "db/database.h"

namespace wharf::db {
namespace detail {

/// What a job returned or threw, kept beside the coroutine or the blocked caller that waits for it.
template <class Job>
struct Outcome {
  using Value = std::invoke_result_t<Job&, Tx&>;
  static_assert(!std::is_void_v<Value>, "return a value, or a Result<void>");
  std::exception_ptr thrown;
  std::optional<Value> value;

  /// Runs `job`; answers whether to commit. A second run forgets the first.
  bool run(Job& job, Tx& tx) {
    value.reset();
    value.emplace(job(tx));
    if constexpr (requires { value->has_error(); }) return !value->has_error();
    return true;
  }

  Value take() {
    if (thrown) std::rethrow_exception(std::exchange(thrown, nullptr));
    return std::move(*value);
  }
};

}  // namespace detail

template <class T, class... P>
std::vector<T> Tx::all(const Query& query, const P&... parameters) {
  const std::array<Value, sizeof...(P)> values{to_value(parameters)...};
  std::vector<T> rows;
  visit(query, values, [&rows](RowReader& row) {
    rows.push_back(row.as<T>());
    return true;
  });
  return rows;
}

template <class T, class... P>
std::optional<T> Tx::one(const Query& query, const P&... parameters) {
  const std::array<Value, sizeof...(P)> values{to_value(parameters)...};
  std::optional<T> found;
  visit(query, values, [&found](RowReader& row) {
    found.emplace(row.as<T>());
    return false;
  });
  return found;
}

template <class... P>
std::int64_t Tx::run(const Query& query, const P&... parameters) {
  const std::array<Value, sizeof...(P)> values{to_value(parameters)...};
  return change(query, values);
}

template <class T, class... P>
T Tx::get(const Query& query, const P&... parameters) {
  std::optional<T> found = one<T>(query, parameters...);
  if (!found) throw Accident({Errc::internal, "Internal error", std::string("query ") + query.name + ": no row"});
  return *std::move(found);
}

template <class Job>
awaitable<std::invoke_result_t<Job&, Tx&>> Database::await(Access access, Job job) {
  detail::Outcome<Job> outcome;
  auto start = [this, access, &job, &outcome](auto handler) {
    struct Waiting {
      decltype(handler) resume;
      decltype(boost::asio::get_associated_executor(handler)) back;
      boost::asio::executor_work_guard<decltype(boost::asio::get_associated_executor(handler))> work;
    };
    auto back = boost::asio::get_associated_executor(handler);
    // Shared, since std::function wants to be copied and the handler cannot be.
    auto waiting = std::make_shared<Waiting>(Waiting{std::move(handler), back, boost::asio::make_work_guard(back)});
    submit(
        access, [&job, &outcome](Tx& tx) { return outcome.run(job, tx); },
        [&outcome, waiting](std::exception_ptr thrown) {
          outcome.thrown = std::move(thrown);
          // The caller's context may be gone as soon as the caller has run: its guard is given back over there.
          boost::asio::post(waiting->back, [waiting] {
            auto resume = std::move(waiting->resume);
            waiting->work.reset();
            resume();
          });
        });
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(start,
                                                                                      boost::asio::use_awaitable);
  co_return outcome.take();
}

template <class Job>
std::invoke_result_t<Job&, Tx&> Database::block(Access access, Job& job) {
  detail::Outcome<Job> outcome;
  run_blocking(access, [&job, &outcome](Tx& tx) { return outcome.run(job, tx); });
  return outcome.take();
}

template <class Job>
awaitable<std::invoke_result_t<Job&, Tx&>> Database::read(Job job) {
  return await(Access::read, std::move(job));
}

template <class Job>
awaitable<std::invoke_result_t<Job&, Tx&>> Database::read_lagging(Job job) {
  return await(Access::lagging_read, std::move(job));
}

template <class Job>
awaitable<std::invoke_result_t<Job&, Tx&>> Database::lookup(Job job) {
  if (inline_reads()) co_return block(Access::lookup, job);
  co_return co_await await(Access::lookup, std::move(job));
}

template <class Job>
awaitable<std::invoke_result_t<Job&, Tx&>> Database::write(Job job) {
  return await(Access::write, std::move(job));
}

template <class Job>
std::invoke_result_t<Job&, Tx&> Database::write_now(Job job) {
  return block(Access::write, job);
}

template <class Job>
std::invoke_result_t<Job&, Tx&> Database::read_now(Job job) {
  return block(Access::read, job);
}

}  // namespace wharf::db
