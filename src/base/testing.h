#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/async.h"

namespace wharf {

/// An event loop that is lent out and never destroyed: whoever posts the last thing to a loop may still be inside it
/// when what was waited for has already run.
class LentLoop {
 public:
  LentLoop() {
    const std::lock_guard lock(mutex());
    if (idle().empty()) idle().push_back(std::make_unique<boost::asio::io_context>(1));
    loop_ = std::move(idle().back());
    idle().pop_back();
  }
  ~LentLoop() {
    loop_->restart();
    const std::lock_guard lock(mutex());
    idle().push_back(std::move(loop_));
  }
  LentLoop(const LentLoop&) = delete;
  LentLoop& operator=(const LentLoop&) = delete;
  boost::asio::io_context& operator*() { return *loop_; }

 private:
  static std::mutex& mutex() {
    static auto& one = *new std::mutex;
    return one;
  }
  static std::vector<std::unique_ptr<boost::asio::io_context>>& idle() {
    static auto& all = *new std::vector<std::unique_ptr<boost::asio::io_context>>;
    return all;
  }
  std::unique_ptr<boost::asio::io_context> loop_;
};

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
  LentLoop loop;
  boost::asio::co_spawn(*loop, drive(std::move(job), value), [&thrown](std::exception_ptr e) { thrown = e; });
  (*loop).run();
  if (thrown) std::rethrow_exception(thrown);
  if (!value) throw std::logic_error("the awaitable never finished");
  if constexpr (!std::is_void_v<T>) return std::move(*value);
}

}  // namespace wharf
