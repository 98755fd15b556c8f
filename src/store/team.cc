#include "store/team.h"

#include <tuple>
#include <unordered_map>

#include "store/access.h"
#include "store/invitation.h"

namespace wharf::store {

void lock_organization(db::Tx& tx, std::int64_t organization_id) {
  tx.lock("organization:" + std::to_string(organization_id));
}

std::optional<Team> find_team(db::Tx& tx, std::int64_t organization_id, std::string_view name) {
  static const db::Query kFind{"team.find", R"(
    SELECT id, organization_id, name, role, description FROM team WHERE organization_id = $1 AND name = $2)"};
  return tx.one<Team>(kFind, organization_id, name);
}

std::optional<Team> find_team(db::Tx& tx, std::int64_t team_id) {
  static const db::Query kFind{"team.find_by_id",
                               "SELECT id, organization_id, name, role, description FROM team WHERE id = $1"};
  return tx.one<Team>(kFind, team_id);
}

std::vector<TeamSummary> list_teams(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id) {
  static const db::Query kList{"team.list", R"(
    SELECT id, organization_id, name, role, description FROM team WHERE organization_id = $1 ORDER BY id)"};
  static const db::Query kMembers{"team.count_members", R"(
    SELECT m.team_id, count(*) FROM team t JOIN team_member m ON m.team_id = t.id
     WHERE t.organization_id = $1 GROUP BY m.team_id)"};
  static const db::Query kRepositories{"team.count_repositories", R"(
    SELECT p.team_id, count(*) FROM team t JOIN repository_permission p ON p.team_id = t.id
     WHERE t.organization_id = $1 GROUP BY p.team_id)"};
  static const db::Query kOfCaller{"team.of_caller", R"(
    SELECT t.id FROM team_member m JOIN team t ON t.id = m.team_id
     WHERE m.account_id = $2 AND t.organization_id = $1)"};
  std::vector<TeamSummary> teams;
  std::unordered_map<std::int64_t, std::size_t> places;
  for (auto& team : tx.all<Team>(kList, organization_id)) {
    places[team.id] = teams.size();
    teams.push_back({std::move(team), 0, 0, false});
  }
  using Count = std::tuple<std::int64_t, std::int64_t>;
  // A team that another request makes between two statements (PostgreSQL) is in none of the places.
  const auto place = [&](std::int64_t id) -> TeamSummary* {
    const auto found = places.find(id);
    return found == places.end() ? nullptr : &teams[found->second];
  };
  for (const auto& [id, count] : tx.all<Count>(kMembers, organization_id)) {
    if (auto* team = place(id)) team->members = count;
  }
  for (const auto& [id, count] : tx.all<Count>(kRepositories, organization_id)) {
    if (auto* team = place(id)) team->repositories = count;
  }
  for (const auto id : tx.all<std::int64_t>(kOfCaller, organization_id, account_id)) {
    if (auto* team = place(id)) team->has_caller = true;
  }
  return teams;
}

std::int64_t insert_team(db::Tx& tx, const Team& wanted, Millis now) {
  static const db::Query kInsert{"team.insert", R"(
    INSERT INTO team (organization_id, name, role, description, created_ms) VALUES ($1, $2, $3, $4, $5) RETURNING id)"};
  return tx.get<std::int64_t>(kInsert, wanted.organization_id, wanted.name, wanted.role, wanted.description, now);
}

void update_team(db::Tx& tx, const Team& team) {
  static const db::Query kUpdate{"team.update", "UPDATE team SET role = $2, description = $3 WHERE id = $1"};
  tx.run(kUpdate, team.id, team.role, team.description);
}

void delete_team(db::Tx& tx, std::int64_t team_id) {
  static const db::Query kDelete{"team.delete", "DELETE FROM team WHERE id = $1"};
  delete_invitations_into_team(tx, team_id);
  tx.run(kDelete, team_id);
}

std::vector<TeamMember> list_team_members(db::Tx& tx, std::int64_t team_id) {
  static const db::Query kList{"team.members", R"(
    SELECT a.name, a.email, a.kind = 'robot' FROM team_member m JOIN account a ON a.id = m.account_id
     WHERE m.team_id = $1 ORDER BY a.name)"};
  return tx.all<TeamMember>(kList, team_id);
}

std::vector<std::int64_t> list_team_users(db::Tx& tx, std::int64_t team_id, std::int64_t limit) {
  static const db::Query kList{"team.users", R"(
    SELECT a.id FROM team_member m JOIN account a ON a.id = m.account_id
     WHERE m.team_id = $1 AND a.kind = 'user' ORDER BY a.id LIMIT $2)"};
  return tx.all<std::int64_t>(kList, team_id, limit);
}

bool is_team_member(db::Tx& tx, std::int64_t team_id, std::int64_t account_id) {
  static const db::Query kFind{"team.has_member", "SELECT 1 FROM team_member WHERE team_id = $1 AND account_id = $2"};
  return tx.one<int>(kFind, team_id, account_id).has_value();
}

bool add_team_member(db::Tx& tx, std::int64_t team_id, std::int64_t account_id) {
  static const db::Query kAdd{"team.add_member", R"(
    INSERT INTO team_member (team_id, account_id) VALUES ($1, $2) ON CONFLICT (team_id, account_id) DO NOTHING)"};
  return tx.run(kAdd, team_id, account_id) == 1;
}

bool remove_team_member(db::Tx& tx, std::int64_t team_id, std::int64_t account_id) {
  static const db::Query kRemove{"team.remove_member",
                                 "DELETE FROM team_member WHERE team_id = $1 AND account_id = $2"};
  return tx.run(kRemove, team_id, account_id) == 1;
}

std::int64_t count_admin_teams(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id, std::int64_t except) {
  static const db::Query kCount{"team.count_admin_teams", R"(
    SELECT count(*) FROM team t JOIN team_member m ON m.team_id = t.id
     WHERE t.organization_id = $1 AND m.account_id = $2 AND t.role = $4 AND t.id <> $3)"};
  return tx.get<std::int64_t>(kCount, organization_id, account_id, except, int{kTeamAdmin});
}

bool has_other_admin(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id) {
  static const db::Query kFind{"team.other_admin", R"(
    SELECT 1 FROM team t JOIN team_member m ON m.team_id = t.id JOIN account a ON a.id = m.account_id
     WHERE t.organization_id = $1 AND t.role = $3 AND m.account_id <> $2 AND a.kind = 'user'
       AND a.deleted_ms IS NULL LIMIT 1)"};
  return tx.one<int>(kFind, organization_id, account_id, int{kTeamAdmin}).has_value();
}

bool is_organization_member(db::Tx& tx, std::int64_t organization_id, std::int64_t account_id) {
  static const db::Query kFind{"team.organization_has_member", R"(
    SELECT 1 FROM team t JOIN team_member m ON m.team_id = t.id
     WHERE t.organization_id = $1 AND m.account_id = $2 LIMIT 1)"};
  return tx.one<int>(kFind, organization_id, account_id).has_value();
}

}  // namespace wharf::store
