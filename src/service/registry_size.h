#pragma once
#include <cstdint>

#include "auth/principal.h"
#include "base/async.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "service/tools.h"

namespace wharf::service {

struct RegistrySizeView {
  std::int64_t size_bytes = 0;
  json::Nullable<std::int64_t> last_ran;  ///< Milliseconds since 1970.
  bool queued = false;
  bool running = false;
};
BOOST_DESCRIBE_STRUCT(RegistrySizeView, (), (size_bytes, last_ran, queued, running))

/// What all blobs together take, counted when a superuser wants it, by one node at a time. Source: Quay, "Superuser".
class RegistrySizeService {
 public:
  explicit RegistrySizeService(const Tools& tools) : tools_(tools) {}

  /// As of the last count. Errors: denied to all but superusers, read-only ones included.
  awaitable<Result<RegistrySizeView>> view(auth::Principal who);
  /// Wants a count; answers false when one is wanted or under way already. Errors: denied to all but superusers.
  awaitable<Result<bool>> queue(auth::Principal who);

  /// Does the count that is wanted, if no other node does; answers whether it did.
  awaitable<bool> count();

 private:
  const Tools tools_;
};

}  // namespace wharf::service
