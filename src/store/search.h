#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "store/account.h"
#include "store/repository.h"

/// What is found by its name. Texts are in lower case, and mean themselves: no letter of them is a wildcard.
namespace wharf::store {

/// What is looked for among the live repositories, and by whom.
struct RepositorySearch {
  std::int64_t account_id = 0;
  bool with_permission = false;   ///< What the caller has a role on, or administers, beside what is public.
  bool everything = false;        ///< A superuser who sees all.
  std::int64_t namespace_id = 0;  ///< Only there; 0: everywhere.
  std::string text;               ///< "": all of them.
  std::int64_t limit = 0;
};

struct FoundRepository {
  std::int64_t id = 0;
  AccountKind namespace_kind = AccountKind::user;
  std::string ns;
  std::optional<std::string> ns_email;  ///< A user's, or an organization's contact address.
  std::string name;
  std::string description;
  Visibility visibility = Visibility::private_;
  Millis last_modified_ms = 0;      ///< Start of the newest live tag; 0: none.
  std::int64_t stars = 0;           ///< Of all users.
  std::int64_t recent_actions = 0;  ///< In the last seven days, today among them.
};
BOOST_DESCRIBE_STRUCT(FoundRepository, (),
                      (id, namespace_kind, ns, ns_email, name, description, visibility, last_modified_ms, stars,
                       recent_actions))

/// The first `limit` of them: those that are called so, then those that have the text in their name, then those that
/// have it in their description (three characters or more); among each the ones with most actions first, then the
/// oldest. The same question has the same answer, so that pages fit each other.
std::vector<FoundRepository> search_repositories(db::Tx& tx, const RepositorySearch& search, Millis now);

/// Those of `ids` that are live and that the caller of `search` may see.
std::set<std::int64_t> visible_repositories(db::Tx& tx, const RepositorySearch& search,
                                            const std::vector<std::int64_t>& ids);

/// SQLite: brings the index of trigrams up to date with up to `limit` repositories that have changed, and answers with
/// how many. Searches find the same before and after. PostgreSQL keeps its index by itself: 0.
std::int64_t index_texts(db::Tx& tx, std::int64_t limit);
/// Whether index_texts has anything to do.
bool has_texts_to_index(db::Tx& tx);

struct FoundAccount {
  AccountKind kind = AccountKind::user;
  std::string name;
  std::optional<std::string> email;  ///< A user's, or an organization's contact address.
  bool is_member = false;            ///< In a team of the organization that was asked about.
};
BOOST_DESCRIBE_STRUCT(FoundAccount, (), (kind, name, email, is_member))

/// Users and organizations whose name begins so, by name, which puts the one that is called so first.
std::vector<FoundAccount> search_namespaces(db::Tx& tx, std::string_view prefix, std::int64_t limit);

struct EntitySearch {
  std::string prefix;
  bool exact_users = false;          ///< Only the user who is called so.
  std::int64_t organization_id = 0;  ///< Whose members are told; 0: nobody's.
  std::int64_t robots_of = 0;        ///< And the robots of this namespace; 0: of none.
  std::string robot_prefix;          ///< With the namespace: "acme+c".
  std::int64_t limit = 0;
};
/// Users who can sign in, and robots: the user who is called so, then robots, then the other users, each by name.
std::vector<FoundAccount> search_entities(db::Tx& tx, const EntitySearch& search);

struct FoundTeam {
  std::string name;
  std::string organization;
  std::optional<std::string> organization_email;
};
BOOST_DESCRIBE_STRUCT(FoundTeam, (), (name, organization, organization_email))

/// The organization's teams whose name begins so, by name.
std::vector<std::string> search_teams_of(db::Tx& tx, std::int64_t organization_id, std::string_view prefix,
                                         std::int64_t limit);

/// Which teams and robots a person's search finds.
struct OwnSearch {
  std::int64_t account_id = 0;
  bool own = false;           ///< Teams that they are in, or their robots.
  bool administered = false;  ///< Those of the organizations that they administer.
  std::string prefix;
  std::int64_t limit = 0;
};
/// By name, then by organization.
std::vector<FoundTeam> search_teams(db::Tx& tx, const OwnSearch& search);
/// Robots whose short name begins so, by name: "acme+ci".
std::vector<std::string> search_robots(db::Tx& tx, const OwnSearch& search);

}  // namespace wharf::store
