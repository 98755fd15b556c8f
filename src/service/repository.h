#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/async.h"
#include "base/error.h"
#include "base/names.h"
#include "db/database.h"
#include "service/page_token.h"
#include "service/settings.h"
#include "store/pull_count.h"
#include "store/repository.h"
#include "store/tag.h"

namespace wharf::service {

/// What a list of repositories is asked for.
struct RepositoryQuery {
  std::string ns;  ///< "": of every namespace.
  bool starred = false;
  bool with_public = false;
  std::string kind;  ///< "": image.
  std::string page;  ///< A token of the page before.
};

struct RepositoryPage {
  std::vector<store::Repository> repositories;
  std::optional<std::string> next_page;
};

/// One repository and what the caller may do with it.
struct RepositoryView {
  store::Repository repository;
  bool can_write = false;
  bool can_admin = false;
  std::vector<store::Tag> tags;  ///< The newest 500 live ones, if they were asked for.
  /// What went on on each of the last 92 days that had anything, if it was asked for. Oldest first.
  std::vector<store::DayOfActions> days;
};
/// What of a repository is wanted beside its own row.
struct RepositoryParts {
  bool tags = false;
  bool days = false;
};

/// Repositories: made, listed, shown, changed and deleted.
class RepositoryService {
 public:
  RepositoryService(db::Database& database, const Settings& settings, const auth::SecretKey& key)
      : db_(database), settings_(settings), pages_(key) {}

  /// 100 a page, oldest first. With none of namespace, starred and public: all that the caller may see.
  /// Errors: unauthenticated for the anonymous who asks for none of them or for stars.
  awaitable<Result<RepositoryPage>> list(auth::Principal who, RepositoryQuery query);

  /// Errors: refusal without the right to create in the namespace; already_exists, name_invalid.
  awaitable<Result<RepoName>> create(auth::Principal who, RepoName name, store::Visibility visibility,
                                     std::string description);

  /// Errors: those of auth::require.
  awaitable<Result<RepositoryView>> get(auth::Principal who, RepoName name, RepositoryParts parts);

  /// Gone from every view when this returns; its content is freed in the background.
  awaitable<Result<bool>> remove(auth::Principal who, RepoName name);

  /// `description`, `visibility` and `state` ("NORMAL", "READ_ONLY") carry what was wrong with the request's body:
  /// permission is refused first.
  awaitable<Result<bool>> describe(auth::Principal who, RepoName name, Result<std::string> description);
  awaitable<Result<bool>> set_state(auth::Principal who, RepoName name, Result<std::string> state);
  awaitable<Result<bool>> show(auth::Principal who, RepoName name, Result<store::Visibility> visibility);

 private:
  db::Database& db_;
  const Settings& settings_;
  PageTokens pages_;
};

}  // namespace wharf::service
