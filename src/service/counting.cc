#include "service/counting.h"

#include <algorithm>

#include "store/counting.h"

namespace wharf::service {
namespace {

constexpr Millis kLeaseMs = 120'000;

}  // namespace

awaitable<bool> Counting::take() {
  auto look = [name = name_](db::Tx& tx) { return store::find_counting(tx, name); };
  const auto row = co_await db_.read(std::move(look));
  if (!row.queued || row.lease_ms > now_ms()) co_return false;
  lease_ms_ = now_ms() + kLeaseMs;
  auto take = [name = name_, lease = lease_ms_](db::Tx& tx) { return store::take_counting(tx, name, now_ms(), lease); };
  co_return co_await db_.write(std::move(take));
}

awaitable<bool> Counting::keep() {
  if (lease_ms_ - now_ms() > kLeaseMs / 2) co_return true;  // a write a minute, not a page
  const auto longer = std::max(lease_ms_ + 1, now_ms() + kLeaseMs);
  auto extend = [name = name_, old = lease_ms_, longer](db::Tx& tx) {
    return store::extend_counting(tx, name, old, longer);
  };
  lease_ms_ = longer;
  co_return co_await db_.write(std::move(extend));
}

awaitable<bool> Counting::finish(std::string content) {
  auto finish = [name = name_, lease = lease_ms_, content = std::move(content)](db::Tx& tx) {
    return store::finish_counting(tx, name, lease, content, now_ms());
  };
  co_return co_await db_.write(std::move(finish));
}

}  // namespace wharf::service
