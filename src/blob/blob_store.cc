#include "blob/blob_store.h"

namespace wharf::blob {

awaitable<std::vector<Result<bool>>> BlobStore::remove_all(std::vector<BlobRef> blobs) {
  std::vector<Result<bool>> gone;
  for (auto& one : blobs) {
    try {
      auto removed = co_await remove(std::move(one));
      gone.push_back(removed ? Result<bool>(true) : removed);
    } catch (const Accident& accident) {
      gone.push_back(accident.error());
    }
  }
  co_return gone;
}

}  // namespace wharf::blob
