#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/names.h"
#include "db/database.h"

namespace wharf::store {

enum class Visibility { public_, private_ };
BOOST_DESCRIBE_ENUM(Visibility, public_, private_)

enum class RepositoryKind { image, application };
BOOST_DESCRIBE_ENUM(RepositoryKind, image, application)

struct Repository {
  std::int64_t id = 0;
  std::int64_t namespace_id = 0;
  std::string ns;
  std::string name;
  std::string description;
  Visibility visibility = Visibility::private_;
  RepositoryKind kind = RepositoryKind::image;
  std::string state;
  std::string badge_token;
  bool is_organization = false;
  std::int64_t tag_expiration_s = 0;
  std::int64_t tag_count = 0;       ///< Live tags.
  bool is_starred = false;          ///< By the caller that was asked for.
  Millis last_modified_ms = 0;      ///< Start of the newest live tag; 0: none.
  std::int64_t recent_actions = 0;  ///< What went on in the last seven days, today among them.
};
BOOST_DESCRIBE_STRUCT(Repository, (),
                      (id, namespace_id, ns, name, description, visibility, kind, state, badge_token, is_organization,
                       tag_expiration_s, tag_count, is_starred, last_modified_ms, recent_actions))

/// What a pull or a push needs to know of a repository.
struct RepositoryHead {
  std::int64_t id = 0;
  std::int64_t namespace_id = 0;
  Visibility visibility = Visibility::private_;
  std::string state;
};
BOOST_DESCRIBE_STRUCT(RepositoryHead, (), (id, namespace_id, visibility, state))

/// Nothing when there is none, or when its namespace is disabled.
std::optional<RepositoryHead> find_repository(db::Tx& tx, const RepoName& name);

/// With what `account_id` has to do with it.
std::optional<Repository> get_repository(db::Tx& tx, std::int64_t repository_id, std::int64_t account_id, Millis now);

struct RepositoryFilter {
  std::string ns;                    ///< "": every namespace.
  bool starred = false;              ///< Only what the caller has starred.
  bool with_permission = true;       ///< What the caller has a role on, or administers.
  bool with_public = false;          ///< And what is public.
  bool everything = false;           ///< A superuser who sees all.
  bool oldest_first = true;          ///< By age; otherwise by namespace and name.
  std::int64_t after_id = 0;         ///< Page after this one (by age).
  std::string after_ns, after_name;  ///< Page after this one (by name).
  int limit = 100;
};

/// One page of what `account_id` may see, at most `limit` rows.
std::vector<Repository> list_repositories(db::Tx& tx, std::int64_t account_id, const RepositoryFilter& filter,
                                          Millis now);

struct NewRepository {
  std::int64_t namespace_id = 0;
  std::string name;
  Visibility visibility = Visibility::private_;
  std::string description;
  std::int64_t creator_id = 0;  ///< Gets the role admin; 0: nobody.
};
/// Makes the row and the creator's permission; answers its id. Nothing when the name is taken.
std::optional<std::int64_t> create_repository(db::Tx& tx, const NewRepository& wanted, Millis now);

/// Gone at once: renamed so that the name is free, without stars, permissions and uploads. Its content is freed later.
void delete_repository(db::Tx& tx, std::int64_t repository_id, Millis now);
void set_repository_description(db::Tx& tx, std::int64_t repository_id, const std::string& description);
void set_repository_visibility(db::Tx& tx, std::int64_t repository_id, Visibility visibility);
void set_repository_state(db::Tx& tx, std::int64_t repository_id, const std::string& state);

}  // namespace wharf::store
