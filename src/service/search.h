#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/json.h"
#include "service/avatar.h"
#include "service/tools.h"

namespace wharf::service {

/// A user, an organization or a robot that was found, or whose repository or team was.
struct NamespaceHit {
  std::string kind;   ///< "user", "organization", "robot"
  std::string title;  ///< "user", "org", "robot"
  std::string name;
  json::Nullable<Avatar> avatar;  ///< Robots have none.
  double score = 1;
  std::string href;                       ///< Its page in the web UI.
  std::optional<std::string> short_name;  ///< A robot's.
};
BOOST_DESCRIBE_STRUCT(NamespaceHit, (), (kind, title, name, avatar, score, href, short_name))

struct RepositoryHit {
  std::string kind = "repository";
  std::string title = "repo";
  NamespaceHit namespace_;
  std::string name;
  std::string description;
  bool is_public = false;
  double score = 4;
  std::string href;
  // With includeUsage.
  std::optional<std::int64_t> last_modified;  ///< Seconds since 1970; not where it has no tag.
  std::optional<std::int64_t> stars;
  std::optional<double> popularity;  ///< What went on in it in the last week.
};
BOOST_DESCRIBE_STRUCT(RepositoryHit, (),
                      (kind, title, namespace_, name, description, is_public, score, href, last_modified, stars,
                       popularity))

struct RepositoryHits {
  std::vector<RepositoryHit> results;
  bool has_additional = false;
  int page = 1;
  int page_size = 10;
  int start_index = 0;
};
BOOST_DESCRIBE_STRUCT(RepositoryHits, (), (results, has_additional, page, page_size, start_index))

/// One result among all kinds: a namespace, a repository, or a team.
struct SearchHit {
  std::string kind;                  ///< "user", "organization", "robot", "repository", "team"
  std::optional<std::string> title;  ///< Teams have none.
  std::string name;
  double score = 0;
  std::string href;
  std::optional<json::Nullable<Avatar>> avatar;  ///< Repositories have none.
  std::optional<std::string> short_name;         ///< A robot's.
  std::optional<NamespaceHit> organization;      ///< A team's.
  std::optional<NamespaceHit> namespace_;        ///< A repository's, as the two below.
  std::optional<std::string> description;
  std::optional<bool> is_public;
};
BOOST_DESCRIBE_STRUCT(SearchHit, (),
                      (kind, title, name, score, href, avatar, short_name, organization, namespace_, description,
                       is_public))

struct SearchHits {
  std::vector<SearchHit> results;
};
BOOST_DESCRIBE_STRUCT(SearchHits, (), (results))

/// Somebody who can be given something.
struct Entity {
  std::string name;
  std::string kind;               ///< "user", "team", "org"
  std::optional<bool> is_robot;   ///< Of a user.
  std::optional<bool> is_member;  ///< Of the organization that was asked about.
  Avatar avatar;
};

/// What is looked for among them.
struct EntityQuery {
  std::string prefix;
  std::string ns;  ///< Where they are to be given something; "": nowhere.
  bool with_teams = false;
  bool with_organization = false;
};

/// Repositories, namespaces, users, teams and robots by name: never more than the caller may see. Names of users and
/// organizations are everybody's to see. Source: Quay, "search".
class SearchService {
 public:
  explicit SearchService(const Tools& tools) : tools_(tools) {}

  /// The best of every kind, best first. Errors: invalid_request for a text of more than 255 characters.
  awaitable<Result<SearchHits>> all(auth::Principal who, std::string text);

  /// One page of repositories, best first. "acme/app" finds app in acme alone, if there is such a namespace; "" finds
  /// all. Errors: as above.
  awaitable<Result<RepositoryHits>> repositories(auth::Principal who, std::string text, int page, bool usage);

  /// Teams of the namespace, users and robots, and the namespace itself if it is an organization, whose names begin
  /// with the prefix; teams and robots for its members alone. Errors: unauthenticated without
  /// FEATURE_ANONYMOUS_ACCESS.
  awaitable<Result<std::vector<Entity>>> entities(auth::Principal who, EntityQuery query);

  /// Brings the index of texts up to date, in short steps. What a search finds does not depend on it.
  awaitable<void> index();

 private:
  const Tools tools_;
};

}  // namespace wharf::service
