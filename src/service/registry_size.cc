#include "service/registry_size.h"

#include <algorithm>

#include "auth/access.h"
#include "store/registry_size.h"

namespace wharf::service {
namespace {

constexpr Millis kLeaseMs = 120'000;
constexpr std::int64_t kBlobsAPage = 50'000;

}  // namespace

awaitable<Result<RegistrySizeView>> RegistrySizeService::view(auth::Principal who) {
  if (auto ok = auth::require_superuser(who, true); !ok) co_return ok.error();
  auto job = [](db::Tx& tx) { return store::find_registry_size(tx); };
  const auto row = co_await tools_.db.read(std::move(job));
  RegistrySizeView view;
  view.size_bytes = row.size_bytes;
  if (row.ran_ms) view.last_ran.emplace(*row.ran_ms);
  view.running = row.queued && row.lease_ms > now_ms();
  view.queued = row.queued && !view.running;
  co_return view;
}

awaitable<Result<bool>> RegistrySizeService::queue(auth::Principal who) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  auto job = [](db::Tx& tx) -> Result<bool> { return store::queue_registry_size(tx); };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<bool> RegistrySizeService::count() {
  auto look = [](db::Tx& tx) { return store::find_registry_size(tx); };
  const auto row = co_await tools_.db.read(std::move(look));
  if (!row.queued || row.lease_ms > now_ms()) co_return false;
  auto lease = now_ms() + kLeaseMs;
  auto take = [lease](db::Tx& tx) { return store::take_registry_size(tx, now_ms(), lease); };
  const bool taken = co_await tools_.db.write(std::move(take));
  if (!taken) co_return false;
  std::int64_t total = 0;
  store::BlobSum page{.size_bytes = 0, .last_id = 0, .blobs = kBlobsAPage};
  while (page.blobs == kBlobsAPage) {
    auto sum = [after = page.last_id](db::Tx& tx) { return store::sum_blobs(tx, after, kBlobsAPage); };
    page = co_await tools_.db.read(std::move(sum));
    total += page.size_bytes;
    if (page.blobs < kBlobsAPage) break;
    const auto longer = std::max(lease + 1, now_ms() + kLeaseMs);
    auto extend = [lease, longer](db::Tx& tx) { return store::extend_registry_size(tx, lease, longer); };
    const bool held = co_await tools_.db.write(std::move(extend));
    if (!held) co_return false;
    lease = longer;
  }
  auto finish = [lease, total](db::Tx& tx) { return store::finish_registry_size(tx, lease, total, now_ms()); };
  co_return co_await tools_.db.write(std::move(finish));
}

}  // namespace wharf::service
