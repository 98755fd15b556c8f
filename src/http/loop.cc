#include "http/loop.h"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <cstring>

#include "base/clock.h"
#include "base/random.h"
#include "http/connection.h"

namespace wharf::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kTuple = asio::as_tuple(asio::deferred);
/// How long accepting rests when the process has no file descriptor left.
constexpr std::chrono::milliseconds kAcceptPause{100};

thread_local int this_loop = -1;

std::int64_t steady_ms() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

/// Often enough for the shortest time-out, and once a second for ordinary ones.
std::int64_t sweep_period(const Limits& limits) {
  const auto shortest = std::min({limits.head_timeout, limits.idle_timeout, limits.stall_timeout}).count();
  return std::clamp<std::int64_t>(shortest / 4, 20, 1000);
}

}  // namespace

int current_loop_index() { return this_loop; }

Loop::Loop(int index, Shared& shared, tcp::acceptor::native_handle_type listener, bool v6)
    : index_(index),
      shared_(shared),
      acceptor_(io_, v6 ? tcp::v6() : tcp::v4(), listener),
      sweep_timer_(io_),
      accept_pause_(io_),
      sweep_period_ms_(sweep_period(shared.options.limits)) {
  const auto seed = random_bytes(sizeof id_state_);
  std::memcpy(&id_state_, seed.data(), sizeof id_state_);
  refresh_clock();
}

Loop::~Loop() = default;

void Loop::run() {
  this_loop = index_;
  ::pthread_setname_np(::pthread_self(), ("http-" + std::to_string(index_)).c_str());
  refresh_clock();
  asio::co_spawn(io_, accept(), asio::detached);
  asio::co_spawn(io_, sweep(), asio::detached);
  for (;;) {
    try {
      io_.run();
      break;
    } catch (const std::exception& error) {
      report(error.what());
    }
  }
  this_loop = -1;
}

void Loop::stop_soon() {
  asio::post(io_, [this] {
    stopping_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    accept_pause_.cancel();
    for (Connection* c = first_; c != nullptr; c = c->next()) c->close_if_idle();
    if (first_ == nullptr) sweep_timer_.cancel();
  });
}

void Loop::close_all() {
  asio::post(io_, [this] {
    for (Connection* c = first_; c != nullptr; c = c->next()) c->close_now();
  });
}

void Loop::link(Connection& connection) {
  connection.set_next(first_);
  connection.set_previous(nullptr);
  if (first_ != nullptr) first_->set_previous(&connection);
  first_ = &connection;
}

void Loop::unlink(Connection& connection) {
  Connection* const next = connection.next();
  Connection* const previous = connection.previous();
  if (next != nullptr) next->set_previous(previous);
  (previous != nullptr ? previous->set_next(next) : static_cast<void>(first_ = next));
  if (stopping_ && first_ == nullptr) sweep_timer_.cancel();
}

void Loop::write_request_id(char* out) {
  // SplitMix64: a bijection of a counter that starts at a random place, so ids of one loop never repeat.
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::uint64_t z = (id_state_ += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  z ^= z >> 31;
  for (int shift = 60; shift >= 0; shift -= 4) *out++ = kDigits[(z >> shift) & 15];
}

void Loop::report(std::string_view what) const {
  if (shared_.options.on_error) shared_.options.on_error(what);
}

awaitable<void> Loop::accept() {
  while (!stopping_) {
    tcp::endpoint peer;
    auto operation = acceptor_.async_accept(peer, kTuple);
    auto [error, socket] = co_await std::move(operation);
    if (stopping_) break;
    if (error == asio::error::connection_aborted) continue;
    if (error) {
      if (!acceptor_.is_open()) break;
      accept_pause_.expires_after(kAcceptPause);
      auto pause = accept_pause_.async_wait(kTuple);
      co_await std::move(pause);
      continue;
    }
    if (shared_.open_connections.fetch_add(1, std::memory_order_relaxed) >= limits().connections) {
      shared_.open_connections.fetch_sub(1, std::memory_order_relaxed);
      counters_.refused.add(1);
      continue;
    }
    counters_.accepted.add(1);
    auto connection = std::make_unique<Connection>(*this, std::move(socket), peer);
    auto session = Connection::run(std::move(connection));
    asio::co_spawn(io_, std::move(session), asio::detached);
  }
}

awaitable<void> Loop::sweep() {
  while (!stopping_ || first_ != nullptr) {
    sweep_timer_.expires_after(std::chrono::milliseconds(sweep_period_ms_));
    auto wait = sweep_timer_.async_wait(kTuple);
    co_await std::move(wait);
    refresh_clock();
    for (Connection* c = first_; c != nullptr; c = c->next()) c->check_time();
  }
}

void Loop::refresh_clock() {
  now_ms_ = steady_ms();
  const auto wall = wharf::now_ms();
  if (wall / 1000 == date_second_) return;
  date_second_ = wall / 1000;
  date_line_ = "Date: " + http_date(wall) + "\r\n";
}

}  // namespace wharf::http
