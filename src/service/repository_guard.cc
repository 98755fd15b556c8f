#include "service/repository_guard.h"

namespace wharf::service {

Result<auth::Access> require_writable(db::Tx& tx, const auth::Principal& who, const RepoName& name) {
  auto access = auth::require(tx, who, name, auth::Action::write);
  if (!access) return access.error();
  const auto& state = access->row().state;
  if (state != "NORMAL") {
    return Error{Errc::repository_read_only, "Repository is in read only or mirror mode: " + state};
  }
  if (who.restricted && !access->is_organization()) return auth::refusal(who);
  return access;
}

}  // namespace wharf::service
