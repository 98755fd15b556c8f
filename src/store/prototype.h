#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"

/// Default permissions: roles that repositories of an organization get when they are made.
namespace wharf::store {

/// A user or a robot that a rule names.
struct PrototypeUser {
  std::int64_t id = 0;
  std::string name;
  std::optional<std::string> email;
  bool is_robot = false;
  bool is_member = false;  ///< In a team of the organization.
};
BOOST_DESCRIBE_STRUCT(PrototypeUser, (), (id, name, email, is_robot, is_member))

struct Prototype {
  std::int64_t id = 0;
  std::string uuid;
  int role = 0;                               ///< A RepositoryRole.
  std::optional<std::int64_t> activating_id;  ///< Only for what they make; none: for what anybody makes.
  std::optional<std::int64_t> delegate_id;    ///< The user or robot that gets the role; or
  std::optional<std::string> delegate_team;   ///< the team that does.
};
BOOST_DESCRIBE_STRUCT(Prototype, (), (id, uuid, role, activating_id, delegate_id, delegate_team))

/// Oldest first.
std::vector<Prototype> list_prototypes(db::Tx& tx, std::int64_t organization_id);
std::optional<Prototype> find_prototype(db::Tx& tx, std::int64_t organization_id, std::string_view uuid);
/// Everybody that a rule of the organization names.
std::vector<PrototypeUser> list_prototype_users(db::Tx& tx, std::int64_t organization_id);
/// The user or robot as a rule of the organization shows them.
std::optional<PrototypeUser> find_prototype_user(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id);

struct NewPrototype {
  std::string uuid;
  std::int64_t organization_id = 0;
  std::optional<std::int64_t> activating_id{};
  std::optional<std::int64_t> delegate_id{};
  std::optional<std::int64_t> delegate_team_id{};
  int role = 0;
};
void insert_prototype(db::Tx& tx, const NewPrototype& wanted);
void set_prototype_role(db::Tx& tx, std::int64_t prototype_id, int role);
void delete_prototype(db::Tx& tx, std::int64_t prototype_id);

/// Gives a new repository what the rules of its organization say. Of the rules for one user or team those for this
/// creator win over those for anybody, and then the strongest role. The creator is admin already: rules for them as
/// the one who gets a role are passed over. `create_repository` calls it. Source: Quay, "Default permissions".
void apply_prototypes(db::Tx& tx, std::int64_t organization_id, std::int64_t repository_id, std::int64_t creator_id);

}  // namespace wharf::store
