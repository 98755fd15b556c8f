#include "vuln/facts.h"

#include <charconv>
#include <optional>
#include <vector>

#include "vuln/feed_cve.h"
#include "vuln/severity.h"
#include "vuln/store.h"

namespace wharf::vuln {
namespace {

std::vector<std::string> listed(const std::set<std::string>& names) { return {names.begin(), names.end()}; }

double number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::map<std::string, CveFacts> find_facts(db::Tx& tx, const std::set<std::string>& cves) {
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

std::map<std::string, std::string> find_alias_vectors(db::Tx& tx, const std::set<std::string>& names) {
  std::set<std::string> notes;
  for (const auto& name : names) {
    if (const auto note = note_of_alias(name)) notes.insert(*note);
  }
  const auto found = find_notes(tx, std::string(kAliasScope), listed(notes));
  std::map<std::string, std::string> vectors;
  for (const auto& name : names) {
    const auto note = note_of_alias(name);
    const auto lines = note ? found.find(*note) : found.end();
    if (lines == found.end()) continue;
    if (const auto vector = line_of_cve(lines->second, name)) vectors.emplace(name, *vector);
  }
  return vectors;
}

void add_unjudged(const Advisory& advisory, std::set<std::string>& names) {
  if (judged(advisory) != Severity::unknown) return;
  names.insert(advisory.id);
  names.insert(advisory.aliases.begin(), advisory.aliases.end());
}

}  // namespace wharf::vuln
