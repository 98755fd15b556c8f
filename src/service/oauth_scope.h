#pragma once
#include <boost/describe.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "service/settings.h"

namespace wharf::service {

/// An OAuth scope as a person is asked for it. Source: Quay, "OAuth scopes".
struct ScopeInfo {
  std::string title;
  std::string scope;
  std::string description;
  std::string icon;        ///< Of Font Awesome, as clients know it.
  bool dangerous = false;  ///< Reaches beyond repositories.
};
BOOST_DESCRIBE_STRUCT(ScopeInfo, (), (title, scope, description, icon, dangerous))

/// What `scope` names, in its order; nothing of what is unknown.
std::vector<ScopeInfo> scope_infos(std::string_view scope);

/// Whether `scope` names at least one scope and only such as there are: super:user needs FEATURE_SUPER_USERS.
bool is_offered_scope(std::string_view scope, const Settings& settings);

/// The scopes that `scope` names, each once, in its order, with one space between: what is kept and compared.
std::string tidy_scope(std::string_view scope);

/// `2026-01-15T10:30:00Z`, with six digits of a second where it is not a whole one: how OAuth tokens tell times.
std::string iso8601(Millis at);

}  // namespace wharf::service
