#include "service/scan.h"

#include "auth/access.h"
#include "base/digest.h"
#include "store/manifest.h"

namespace wharf::service {

awaitable<Result<store::ScanStatus>> ScanService::status(auth::Principal who, RepoName name, std::string digest) {
  auto read = [&](db::Tx& tx) -> Result<store::ScanStatus> {
    const auto access = auth::require(tx, who, name, auth::Action::read);
    if (!access) return access.error();
    const auto wanted = Digest::parse(digest);
    if (!wanted) return Error{Errc::not_found, "Not Found"};
    const auto manifest = store::find_manifest(tx, access->repository_id(), *wanted);
    if (!manifest) return Error{Errc::not_found, "Not Found"};
    return store::find_scan(tx, manifest->id).value_or(store::ScanStatus::queued);
  };
  co_return co_await db_.read(std::move(read));
}

}  // namespace wharf::service
