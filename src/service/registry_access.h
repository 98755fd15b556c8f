#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "auth/registry_token.h"
#include "base/error.h"
#include "base/names.h"
#include "db/database.h"
#include "service/settings.h"
#include "store/repository.h"

/// What a caller of the registry protocol may do: the grants of the token they showed decide, and for reading that the
/// repository is public. A name that the caller may not know answers 401 like one that does not exist.
namespace wharf::service {

/// Who asks on the registry protocol: the token they showed, or null.
using RegistryCaller = std::shared_ptr<const auth::RegistryToken>;

/// Whether `who` was granted pull (or push) on `name`; with an id, on that repository and no other of its name.
bool is_granted(const RegistryCaller& who, const RepoName& name, bool push, std::int64_t repository_id = 0);

/// 401 in the registry protocol: for what is forbidden and for what does not exist.
Error registry_refusal();

/// Why `who` may not read `name`: unauthenticated, or repo_unknown where they may know. `repository_id` is empty when
/// there is no such repository.
std::optional<Error> pull_refusal(const RegistryCaller& who, const RepoName& name,
                                  std::optional<std::int64_t> repository_id, bool is_public);

/// The repository that `who` may read. Errors: those of pull_refusal.
Result<store::RepositoryHead> find_for_pull(db::Tx& tx, const RegistryCaller& who, const RepoName& name);

/// The repository that `who` was granted push on, whatever state it is in: to look at an upload or to end it.
/// Errors: unauthenticated, repo_unknown.
Result<store::RepositoryHead> find_for_upload(db::Tx& tx, const RegistryCaller& who, const RepoName& name);

/// The same, for changing what is in it. Errors: also read_only, and unsupported where no push can be taken now.
Result<store::RepositoryHead> find_for_push(db::Tx& tx, const Settings& settings, const RegistryCaller& who,
                                            const RepoName& name);

}  // namespace wharf::service
