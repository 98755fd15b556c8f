#include "service/registry_access.h"

namespace wharf::service {
namespace {

Error unknown_repository(const RepoName& name) { return {Errc::repo_unknown, "Repository not found", {}, name.text()}; }

}  // namespace

bool is_granted(const RegistryCaller& who, const RepoName& name, bool push, std::int64_t repository_id) {
  return who && who->grants(name, push, repository_id);
}

Error registry_refusal() { return {Errc::unauthenticated, "access to the requested resource is not authorized"}; }

std::optional<Error> pull_refusal(const RegistryCaller& who, const RepoName& name,
                                  std::optional<std::int64_t> repository_id, bool is_public) {
  if (!is_granted(who, name, false, repository_id.value_or(0)) && !(repository_id && is_public)) {
    return registry_refusal();
  }
  if (!repository_id) return unknown_repository(name);
  return std::nullopt;
}

Result<store::RepositoryHead> find_for_pull(db::Tx& tx, const RegistryCaller& who, const RepoName& name) {
  auto repository = store::find_repository(tx, name);
  const bool is_public = repository && repository->visibility == store::Visibility::public_;
  const auto id = repository ? std::optional(repository->id) : std::nullopt;
  if (auto refused = pull_refusal(who, name, id, is_public)) return *refused;
  return *repository;
}

Result<store::RepositoryHead> find_for_upload(db::Tx& tx, const RegistryCaller& who, const RepoName& name) {
  // Before the look-up too: to a stranger it costs nothing and tells nothing.
  if (!is_granted(who, name, true)) return registry_refusal();
  auto repository = store::find_repository(tx, name);
  if (!repository) return unknown_repository(name);
  if (!is_granted(who, name, true, repository->id)) return registry_refusal();
  return *repository;
}

Result<store::RepositoryHead> find_for_push(db::Tx& tx, const Settings& settings, const RegistryCaller& who,
                                            const RepoName& name) {
  auto repository = find_for_upload(tx, who, name);
  if (!repository) return repository;
  if (settings.read_only) return Error{Errc::read_only, "The registry is in read-only mode"};
  if (settings.disable_pushes) return Error{Errc::unsupported, "Pushes are disabled"};
  if (repository->state != "NORMAL") {
    return Error{Errc::unsupported, "The repository is in read only or mirror mode: " + repository->state};
  }
  return repository;
}

}  // namespace wharf::service
