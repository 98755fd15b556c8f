#pragma once
#include <map>
#include <set>
#include <string>

#include "db/database.h"
#include "vuln/match.h"

namespace wharf::vuln {

/// What NVD, EPSS and KEV say of each of `cves`; what they say nothing of is not there. Other names are passed over.
/// Statements: one for every 32 notes of a thousand CVEs, of each of the three. Throws as find_entries.
std::map<std::string, CveFacts> find_facts(db::Tx& tx, const std::set<std::string>& cves);

/// What the advisories of other feeds say of how bad `names` are: a CVSS vector. For a language's packages, where NVD
/// says nothing, and of names that advisories do not judge themselves: `add_unjudged`. Throws as find_entries.
std::map<std::string, std::string> find_alias_vectors(db::Tx& tx, const std::set<std::string>& names);

/// Adds the names of `advisory` to `names` if it does not say how bad it is.
void add_unjudged(const Advisory& advisory, std::set<std::string>& names);

}  // namespace wharf::vuln
