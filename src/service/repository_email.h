#pragma once
#include <string>

#include "auth/principal.h"
#include "base/async.h"
#include "base/error.h"
#include "base/names.h"
#include "service/tools.h"

namespace wharf::service {

struct RepositoryEmailView {
  std::string email;
  std::string repository;  ///< The name alone.
  std::string namespace_;
  bool confirmed = false;
};
BOOST_DESCRIBE_STRUCT(RepositoryEmailView, (), (email, repository, namespace_, confirmed))

/// Addresses that may be mailed about a repository, once whoever reads them has followed a link. For those who
/// administer it; a global read-only superuser may look. Source: Quay, "repoemail".
class RepositoryEmailService {
 public:
  explicit RepositoryEmailService(const Tools& tools) : tools_(tools) {}

  /// Errors: denied, repo_unknown; not_found for an address that nobody was asked about.
  awaitable<Result<RepositoryEmailView>> find(auth::Principal who, RepoName repository, std::string email);
  /// Sends the link, unless they have agreed or the last one left within the minute.
  /// Errors: denied, repo_unknown; invalid_request for what is no address, and for one too many: 100 a repository.
  awaitable<Result<RepositoryEmailView>> ask(auth::Principal who, RepoName repository, std::string email,
                                             std::string base_url);
  /// The link was followed: answers the repository. Errors: invalid_request for a code that is not known.
  awaitable<Result<RepoName>> confirm(std::string code);

 private:
  const Tools tools_;
};

}  // namespace wharf::service
