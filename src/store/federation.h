#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "db/database.h"

/// Whose tokens from elsewhere a robot takes for its password: rows of `robot_federation`.
namespace wharf::store {

struct FederationRule {
  std::string issuer;
  std::string subject;
  friend bool operator==(const FederationRule&, const FederationRule&) = default;
};
BOOST_DESCRIBE_STRUCT(FederationRule, (), (issuer, subject))

/// In the order in which they were set.
std::vector<FederationRule> list_federation(db::Tx& tx, std::int64_t robot_id);
/// In place of those that are there.
void set_federation(db::Tx& tx, std::int64_t robot_id, const std::vector<FederationRule>& rules);

}  // namespace wharf::store
