#pragma once
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/names.h"
#include "service/page_token.h"
#include "service/tools.h"

namespace wharf::service {

struct StarredRepository {
  std::string ns;
  std::string name;
  std::string description;
  bool is_public = false;
};

struct StarPage {
  std::vector<StarredRepository> repositories;
  std::string next_page;  ///< "" on the last page.
};

/// Repositories that users have starred. Every method is for users alone, with user:admin if by token.
/// Source: Quay, "Stars".
class StarService {
 public:
  explicit StarService(const Tools& tools) : tools_(tools), pages_(tools.key) {}

  /// The caller's, as far as they may see them still; 100 a page. `page` is a next_page, "" for the first one.
  awaitable<Result<StarPage>> list(auth::Principal who, std::string page);
  /// Nothing happens where there is one. `name` may be the body's error: it is told only to those who may.
  /// Errors: denied for what the caller may not see; repo_unknown, to those who may know.
  awaitable<Result<RepoName>> add(auth::Principal who, Result<RepoName> name);
  /// Nothing happens where there is none, or no such repository.
  awaitable<Result<bool>> remove(auth::Principal who, RepoName name);

 private:
  const Tools tools_;
  PageTokens pages_;
};

}  // namespace wharf::service
