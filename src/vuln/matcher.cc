#include "vuln/matcher.h"

#include <charconv>
#include <set>

#include "vuln/cpe.h"
#include "vuln/feed_cve.h"
#include "vuln/feed_vex.h"
#include "vuln/severity.h"

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

double number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// What is known of each of `cves`.
std::map<std::string, CveFacts> facts_of(db::Tx& tx, const std::set<std::string>& cves) {
  std::map<std::string, CveFacts> facts;
  std::set<std::string> names;
  for (const auto& cve : cves) {
    if (const auto note = note_of_cve(cve)) names.insert(*note);
  }
  const auto each = [&](std::string_view scope, auto take_line) {
    const auto notes = find_notes(tx, std::string(scope), listed(names));
    for (const auto& cve : cves) {
      const auto note = note_of_cve(cve);
      const auto found = note ? notes.find(*note) : notes.end();
      if (found == notes.end()) continue;
      if (const auto line = line_of_cve(found->second, cve)) take_line(facts[cve], *line);
    }
  };
  each(kNvdScope, [](CveFacts& fact, std::string_view line) { fact.vector = line; });
  each(kEpssScope, [](CveFacts& fact, std::string_view line) {
    const auto tab = line.find('\t');
    fact.epss = number(line.substr(0, tab));
    if (tab != std::string_view::npos) fact.epss_percentile = number(line.substr(tab + 1));
  });
  each(kKevScope, [](CveFacts& fact, std::string_view line) { fact.exploited_since = line; });
  return facts;
}

/// The names of what advisories about languages' packages do not say how bad it is. Distributions have the last word on
/// their own.
std::set<std::string> unjudged_names(std::span<const inventory::Package> packages,
                                     const std::vector<std::vector<Hit>>& hits,
                                     const std::map<AdvisoryKey, Advisory>& advisories) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < packages.size(); ++i) {
    if (inventory::of_distribution(packages[i].kind)) continue;
    for (const Hit& one : hits[i]) {
      const auto advisory = advisories.find({one.said.import_id, one.said.affected.advisory});
      if (advisory == advisories.end() || judged(advisory->second) != Severity::unknown) continue;
      names.insert(advisory->second.id);
      names.insert(advisory->second.aliases.begin(), advisory->second.aliases.end());
    }
  }
  return names;
}

/// What is known of CVEs, for a language's packages: where NVD says nothing of how bad it is, what the advisories of
/// other feeds say.
std::map<std::string, CveFacts> with_aliases(db::Tx& tx, const std::set<std::string>& names,
                                             std::map<std::string, CveFacts> facts) {
  std::set<std::string> notes;
  for (const auto& name : names) {
    if (const auto note = note_of_alias(name)) notes.insert(*note);
  }
  const auto found = find_notes(tx, std::string(kAliasScope), listed(notes));
  for (const auto& name : names) {
    const auto note = note_of_alias(name);
    const auto lines = note ? found.find(*note) : found.end();
    if (lines == found.end()) continue;
    const auto vector = line_of_cve(lines->second, name);
    if (vector && facts[name].vector.empty()) facts[name].vector = *vector;
  }
  return facts;
}

}  // namespace

std::vector<std::vector<Finding>> find_vulnerabilities(db::Tx& tx, std::span<const inventory::Package> packages,
                                                       const inventory::Distribution& distribution) {
  std::vector<std::optional<Place>> places;
  std::map<std::string, std::set<std::string>> wanted;  // names by scope
  for (const auto& package : packages) {
    places.push_back(place_of(package, distribution));
    if (places.back())
      wanted[places.back()->scope.name].insert(places.back()->names.begin(), places.back()->names.end());
  }
  std::map<std::string, std::map<std::string, std::vector<Said>>> said;
  for (const auto& [scope, names] : wanted) said[scope] = find_entries(tx, scope, listed(names));
  const auto cpes = wanted.contains(std::string(kRedHat)) ? cpes_of(tx, distribution) : std::vector<std::string>();

  std::vector<std::vector<Hit>> hits(packages.size());
  std::set<AdvisoryKey> keys;
  for (std::size_t i = 0; i < packages.size(); ++i) {
    if (!places[i]) continue;
    const auto& entries = said[places[i]->scope.name];
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

  const auto advisories = find_advisories(tx, {keys.begin(), keys.end()});
  std::set<std::string> cves;
  for (const auto& [key, advisory] : advisories) {
    cves.insert(advisory.id);
    cves.insert(advisory.aliases.begin(), advisory.aliases.end());
  }
  const auto facts = facts_of(tx, cves);
  const auto unjudged = unjudged_names(packages, hits, advisories);
  const auto language_facts = unjudged.empty() ? facts : with_aliases(tx, unjudged, facts);
  std::vector<std::vector<Finding>> findings;
  for (std::size_t i = 0; i < packages.size(); ++i) {
    const auto& known = inventory::of_distribution(packages[i].kind) ? facts : language_facts;
    findings.push_back(findings_of(std::move(hits[i]), advisories, known));
  }
  return findings;
}

}  // namespace wharf::vuln
