#pragma once
#include <string>
#include <vector>

#include "tests/support/test_registry.h"

namespace wharf::api::testing {

/// What the audit log has of one kind, oldest first: the metadata of each entry, as JSON, with the name of who did it
/// under "by" and the namespace where it is read under "in" (null: in none).
inline std::vector<json::Object> logged(test::TestRegistry& registry, std::string_view kind) {
  static const db::Query kList{"test.log", R"(
    SELECT l.metadata, COALESCE(p.name, ''), COALESCE(n.name, '')
      FROM log_entry l LEFT JOIN account p ON p.id = l.performer_id LEFT JOIN account n ON n.id = l.namespace_id
     WHERE l.kind = $1 ORDER BY l.id)"};
  using Row = std::tuple<std::string, std::string, std::string>;
  std::vector<json::Object> entries;
  for (const auto& [metadata, by, in] :
       registry.database().read_now([&](db::Tx& tx) { return tx.all<Row>(kList, kind); })) {
    auto entry = json::parse(metadata).value().as_object();
    entry["by"] = by;
    entry["in"] = in;
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// The last of them without what tells of the token; empty when there is none.
inline json::Object last_logged(test::TestRegistry& registry, std::string_view kind) {
  auto entries = logged(registry, kind);
  if (entries.empty()) return {};
  auto last = std::move(entries.back());
  for (const auto* key : {"oauth_token_id", "oauth_token_application_id", "oauth_token_application"}) last.erase(key);
  return last;
}

}  // namespace wharf::api::testing
