// What hits come to; declared in match.h.
#include <algorithm>
#include <set>

#include "vuln/match.h"
#include "vuln/severity.h"

namespace wharf::vuln {
namespace {

bool is_cve(std::string_view id) { return id.starts_with("CVE-"); }

/// How far a feed is believed where several speak of the same: the distribution's own, then what is made of it.
int rank(std::string_view feed) {
  if (feed == "debian-tracker" || feed == "redhat-vex" || feed == "wolfi" || feed == "chainguard" ||
      feed.starts_with("alpine/")) {
    return 3;
  }
  if (feed.starts_with("oval/") || feed.starts_with("updateinfo/")) return 2;
  return feed.starts_with("osv/") ? 1 : 0;
}

/// One hit with its advisory.
struct Known {
  Hit hit;
  const Advisory* advisory;
  Severity severity;  ///< Its own word for it.

  bool spares() const { return hit.said.affected.spared; }
};

/// Whether `left` is believed before `right`.
bool before(const Known& left, const Known& right) {
  const int one = rank(left.hit.said.feed), other = rank(right.hit.said.feed);
  if (one != other) return one > other;
  if (left.hit.fixed_by.empty() != right.hit.fixed_by.empty()) return !left.hit.fixed_by.empty();
  const bool one_knows = left.severity != Severity::unknown, other_knows = right.severity != Severity::unknown;
  if (one_knows != other_knows) return one_knows;
  if (left.advisory->id != right.advisory->id) return left.advisory->id < right.advisory->id;
  return left.hit.said.import_id < right.hit.said.import_id;
}

/// The hits of one issue, under all the names that it has.
struct Issue {
  std::set<std::string> names;
  std::vector<Known> known;
};

/// Hits that share a name are of one issue.
std::vector<Issue> issues_of(std::vector<Known> all) {
  std::vector<Issue> issues;
  std::map<std::string, std::size_t> places;  // by name
  for (auto& known : all) {
    Issue issue;
    issue.names.insert(known.advisory->id);
    issue.names.insert(known.advisory->aliases.begin(), known.advisory->aliases.end());
    issue.known.push_back(std::move(known));
    // It may join issues that had nothing in common so far.
    std::set<std::size_t> joined;
    for (const auto& name : issue.names) {
      if (const auto place = places.find(name); place != places.end()) joined.insert(place->second);
    }
    for (const std::size_t at : joined) {
      issue.names.merge(issues[at].names);
      std::ranges::move(issues[at].known, std::back_inserter(issue.known));
      issues[at] = {};
    }
    for (const auto& name : issue.names) places[name] = issues.size();
    issues.push_back(std::move(issue));
  }
  std::erase_if(issues, [](const Issue& issue) { return issue.known.empty(); });
  return issues;
}

std::optional<Finding> finding_of(Issue& issue, const std::map<std::string, CveFacts>& facts) {
  std::ranges::sort(issue.known, before);
  // Who is believed most says whether it is affected; of equals, the one that spares it.
  const int most = rank(issue.known.front().hit.said.feed);
  for (const Known& known : issue.known) {
    if (known.spares() && rank(known.hit.said.feed) == most) return std::nullopt;
  }
  std::erase_if(issue.known, [](const Known& known) { return known.spares(); });
  if (issue.known.empty()) return std::nullopt;
  const Known& best = issue.known.front();
  Finding finding{.name = best.advisory->id,
                  .advisory = best.advisory->id,
                  .feed = best.hit.said.feed,
                  .severity = best.severity,
                  .fixed_by = best.hit.fixed_by,
                  .cves = best.advisory->cves};
  const auto cve = std::ranges::find_if(issue.names, is_cve);
  if (!is_cve(finding.name) && cve != issue.names.end()) finding.name = *cve;
  for (const Known& known : issue.known) {
    const Advisory& advisory = *known.advisory;
    if (finding.severity == Severity::unknown) finding.severity = known.severity;
    if (finding.title.empty()) finding.title = advisory.title;
    if (finding.description.empty()) finding.description = advisory.description;
    if (finding.vector.empty() && !advisory.vectors.empty()) finding.vector = advisory.vectors.front();
    if (finding.score == 0) finding.score = advisory.score;
    for (const auto& link : advisory.links) {
      if (std::ranges::count(finding.links, link) == 0) finding.links.push_back(link);
    }
  }
  if (const auto fact = facts.find(finding.name); fact != facts.end()) {
    if (finding.vector.empty()) finding.vector = fact->second.vector;
    finding.epss = fact->second.epss;
    finding.epss_percentile = fact->second.epss_percentile;
    finding.exploited_since = fact->second.exploited_since;
  }
  for (const auto& name : issue.names) {
    const auto fact = facts.find(name);
    if (finding.vector.empty() && fact != facts.end()) finding.vector = fact->second.vector;
  }
  if (const auto score = cvss_score(finding.vector)) finding.score = *score;
  if (finding.severity == Severity::unknown) {
    finding.severity = severity_of_vector(finding.vector).value_or(Severity::unknown);
  }
  return finding;
}

}  // namespace

std::vector<Finding> findings_of(std::vector<Hit> hits, const std::map<AdvisoryKey, Advisory>& advisories,
                                 const std::map<std::string, CveFacts>& facts) {
  std::vector<Known> known;
  for (auto& hit : hits) {
    const auto advisory = advisories.find({hit.said.import_id, hit.said.affected.advisory});
    if (advisory == advisories.end()) continue;  // its feed was replaced a moment ago
    const Severity own = hit.said.affected.severity;
    const Severity severity = own != Severity::unknown ? own : judged(advisory->second);
    known.push_back({std::move(hit), &advisory->second, severity});
  }
  std::vector<Finding> findings;
  std::set<std::string> names;
  for (Issue& issue : issues_of(std::move(known))) {
    auto finding = finding_of(issue, facts);
    if (!finding) continue;
    names.insert(finding->name);
    findings.push_back(*std::move(finding));
  }
  std::erase_if(findings, [&](const Finding& finding) {
    const auto shown = [&](const std::string& cve) { return names.contains(cve); };
    return !is_cve(finding.name) && !finding.cves.empty() && std::ranges::all_of(finding.cves, shown);
  });
  std::ranges::sort(findings, [](const Finding& left, const Finding& right) {
    return left.severity != right.severity ? left.severity > right.severity : left.name < right.name;
  });
  return findings;
}

}  // namespace wharf::vuln
