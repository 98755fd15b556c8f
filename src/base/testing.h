#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "base/async.h"

namespace wharf {

/// Runs `job` on an event loop of its own until it is done; for tests and command lines.
/// Returns what it returned, throws what it threw, and throws logic_error if it waits for what never comes.
template <class T>
T run_awaitable(awaitable<T> job) {
  using Kept = std::conditional_t<std::is_void_v<T>, bool, T>;
  std::optional<Kept> value;
  std::exception_ptr thrown;
  // The value goes round co_spawn, which would ask for a default constructor.
  auto drive = [](awaitable<T> inner, std::optional<Kept>& into) -> awaitable<void> {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(inner);
      into.emplace(true);
    } else {
      into.emplace(co_await std::move(inner));
    }
  };
  boost::asio::io_context loop(1);
  boost::asio::co_spawn(loop, drive(std::move(job), value), [&thrown](std::exception_ptr e) { thrown = e; });
  loop.run();
  if (thrown) std::rethrow_exception(thrown);
  if (!value) throw std::logic_error("the awaitable never finished");
  if constexpr (!std::is_void_v<T>) return std::move(*value);
}

}  // namespace wharf
