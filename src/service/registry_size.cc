#include "service/registry_size.h"

#include "auth/access.h"
#include "service/counting.h"
#include "store/counting.h"
#include "store/insight.h"

namespace wharf::service {
namespace {

constexpr std::int64_t kBlobsAPage = 50'000;

}  // namespace

awaitable<Result<RegistrySizeView>> RegistrySizeService::view(auth::Principal who) {
  if (auto ok = auth::require_superuser(who, true); !ok) co_return ok.error();
  auto job = [](db::Tx& tx) { return store::find_counting(tx, store::kSizeCounting); };
  const auto row = co_await tools_.db.read(std::move(job));
  RegistrySizeView view;
  if (!row.content.empty()) view.size_bytes = std::stoll(row.content);
  if (row.ran_ms) view.last_ran.emplace(*row.ran_ms);
  view.running = row.queued && row.lease_ms > now_ms();
  view.queued = row.queued && !view.running;
  co_return view;
}

awaitable<Result<bool>> RegistrySizeService::queue(auth::Principal who) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  auto job = [](db::Tx& tx) -> Result<bool> { return store::queue_counting(tx, store::kSizeCounting); };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<bool> RegistrySizeService::count() {
  Counting counting(tools_.db, store::kSizeCounting);
  if (!co_await counting.take()) co_return false;
  std::int64_t total = 0;
  store::BlobSum page{.size_bytes = 0, .last_id = 0, .blobs = kBlobsAPage};
  while (page.blobs == kBlobsAPage) {
    auto sum = [after = page.last_id](db::Tx& tx) { return store::sum_blobs(tx, after, kBlobsAPage); };
    page = co_await tools_.db.read_lagging(std::move(sum));
    total += page.size_bytes;
    if (page.blobs == kBlobsAPage && !co_await counting.keep()) co_return false;
  }
  co_return co_await counting.finish(std::to_string(total));
}

}  // namespace wharf::service
