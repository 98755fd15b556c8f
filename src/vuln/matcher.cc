#include "vuln/matcher.h"

#include <set>

#include "vuln/cpe.h"
#include "vuln/facts.h"
#include "vuln/feed_vex.h"

namespace wharf::vuln {
namespace {

std::vector<std::string> listed(const std::set<std::string>& names) { return {names.begin(), names.end()}; }

/// The CPEs of the repositories that an image's packages came from; where it does not say, or nobody knows them, those
/// that its release has from the start.
std::vector<std::string> cpes_of(db::Tx& tx, const inventory::Distribution& distribution) {
  std::vector<std::string> cpes;
  if (!distribution.content_sets.empty()) {
    std::set<std::string> names;
    for (std::string name : distribution.content_sets) {
      // dnf's own names may end in the release: "rhel-8-for-x86_64-baseos-rpms__8".
      names.insert(name.substr(0, name.find("__")));
    }
    for (const auto& [name, lines] : find_notes(tx, std::string(kRepositoryScope), listed(names))) {
      for (std::size_t at = 0; at < lines.size();) {
        const std::size_t end = std::min(lines.find('\n', at), lines.size());
        cpes.push_back(lines.substr(at, end - at));
        at = end + 1;
      }
    }
  }
  return cpes.empty() ? default_cpes(distribution) : cpes;
}

/// `facts` of `cves`, and where NVD says nothing of how bad something is that advisories about languages' packages do
/// not judge either, what the advisories of other feeds say. Distributions have the last word on their own.
std::map<std::string, CveFacts> language_facts(db::Tx& tx, Lookups& lookups, const std::set<std::string>& cves,
                                               const std::set<std::string>& unjudged,
                                               const std::map<std::string, CveFacts>& facts) {
  std::map<std::string, CveFacts> result;
  for (const auto& cve : cves) result.emplace(cve, facts.at(cve));
  const auto& vectors = lookups.alias_vectors(tx, unjudged);
  for (const auto& name : unjudged) {
    auto& vector = result[name].vector;
    if (vector.empty()) vector = vectors.at(name);
  }
  return result;
}

}  // namespace

std::vector<std::vector<Finding>> find_vulnerabilities(db::Tx& tx, Lookups& lookups,
                                                       std::span<const inventory::Package> packages,
                                                       const inventory::Distribution& distribution) {
  std::vector<std::optional<Place>> places;
  std::map<std::string, std::set<std::string>> wanted;  // names by scope
  for (const auto& package : packages) {
    places.push_back(place_of(package, distribution));
    if (places.back())
      wanted[places.back()->scope.name].insert(places.back()->names.begin(), places.back()->names.end());
  }
  std::map<std::string, const std::map<std::string, std::vector<Said>>*> said;
  for (const auto& [scope, names] : wanted) said[scope] = &lookups.entries(tx, scope, names);
  const auto cpes = wanted.contains(std::string(kRedHat)) ? cpes_of(tx, distribution) : std::vector<std::string>();

  std::vector<std::vector<Hit>> hits(packages.size());
  std::set<AdvisoryKey> keys;
  for (std::size_t i = 0; i < packages.size(); ++i) {
    if (!places[i]) continue;
    const auto& entries = *said[places[i]->scope.name];
    for (const auto& name : places[i]->names) {
      const auto found = entries.find(name);
      if (found == entries.end()) continue;
      for (const Said& each : found->second) {
        auto one = hit(packages[i], places[i]->scope, cpes, name, each);
        if (!one) continue;
        keys.insert({each.import_id, each.affected.advisory});
        hits[i].push_back(*std::move(one));
      }
    }
  }

  const auto& advisories = lookups.advisories(tx, keys);
  std::set<std::string> cves;
  for (const auto& key : keys) {
    const auto advisory = advisories.find(key);
    if (advisory == advisories.end()) continue;
    cves.insert(advisory->second.id);
    cves.insert(advisory->second.aliases.begin(), advisory->second.aliases.end());
  }
  std::set<std::string> unjudged;
  for (std::size_t i = 0; i < packages.size(); ++i) {
    if (inventory::of_distribution(packages[i].kind)) continue;
    for (const Hit& one : hits[i]) {
      const auto advisory = advisories.find({one.said.import_id, one.said.affected.advisory});
      if (advisory != advisories.end()) add_unjudged(advisory->second, unjudged);
    }
  }
  const auto& facts = lookups.facts(tx, cves);
  const auto of_languages =
      unjudged.empty() ? std::map<std::string, CveFacts>() : language_facts(tx, lookups, cves, unjudged, facts);
  std::vector<std::vector<Finding>> findings;
  for (std::size_t i = 0; i < packages.size(); ++i) {
    const bool own = unjudged.empty() || inventory::of_distribution(packages[i].kind);
    const auto& known = own ? facts : of_languages;
    findings.push_back(findings_of(std::move(hits[i]), advisories, known));
  }
  return findings;
}

}  // namespace wharf::vuln
