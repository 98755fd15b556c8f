#include "vuln/feed_oval.h"

#include <algorithm>
#include <vector>

#include "vuln/oval_document.h"
#include "vuln/scope.h"
#include "vuln/severity.h"
#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

constexpr std::size_t kPiece = 256 * 1024;

bool is_cve(std::string_view id) { return id.starts_with("CVE-"); }

std::string page_of(std::string_view scope, std::string_view id, std::string_view url) {
  if (scope.starts_with("debian:")) return "https://security-tracker.debian.org/tracker/" + std::string(id);
  if (scope.starts_with("ubuntu:") && is_cve(id)) return "https://ubuntu.com/security/" + std::string(id);
  return std::string(url);
}

/// A definition whose advisory is known and whose tests are still to come.
struct Waiting {
  std::uint64_t advisory = 0;
  std::vector<Scope> scopes;
  std::vector<std::string> cpes;
  std::vector<std::string> unaffected;
  std::vector<OvalDefinition::Use> uses;
  bool vulnerability = false;
};

class Definitions {
 public:
  explicit Definitions(Sink& sink) : sink_(sink) {}

  void add(OvalDefinition definition) {
    Waiting waiting;
    for (const auto& platform : definition.platforms) {
      auto scope = scope_of_platform(platform);
      if (scope && !std::ranges::count(waiting.scopes, *scope)) waiting.scopes.push_back(*std::move(scope));
    }
    if (waiting.scopes.empty()) return;
    const std::string& scope = waiting.scopes.front().name;
    waiting.vulnerability = definition.kind == "vulnerability";
    if (scope.starts_with("debian:") && !waiting.vulnerability) return;
    Advisory advisory = advisory_of(definition, scope);
    if (advisory.id.empty() || (!is_cve(advisory.id) && advisory.cves.empty())) return;
    waiting.advisory = sink_.advisory(std::move(advisory));
    if (scope == kRedHat) waiting.cpes = std::move(definition.cpes);
    waiting.unaffected = std::move(definition.unaffected);
    waiting.uses = std::move(definition.uses);
    waiting_.push_back(std::move(waiting));
  }

  void finish(const OvalDocument& document) {
    for (const Waiting& waiting : waiting_) {
      for (const auto& use : waiting.uses) test(waiting, use, document.test(use.test));
    }
  }

 private:
  static Advisory advisory_of(const OvalDefinition& definition, std::string_view scope) {
    Advisory advisory{.title = definition.title, .description = definition.description};
    if (!definition.references.empty()) {
      advisory.id = definition.references.front().id;
    } else {
      advisory.id = definition.title.substr(0, definition.title.find_first_of(": "));
    }
    advisory.severity = severity_of_word(definition.severity);
    advisory.published = definition.issued;
    std::vector<std::string> links;
    for (const auto& reference : definition.references) {
      if (is_cve(reference.id) && reference.id != advisory.id) advisory.cves.push_back(reference.id);
      if (!reference.url.empty()) links.push_back(page_of(scope, reference.id, reference.url));
    }
    advisory.links = std::move(links);
    double worst = -1;
    for (const auto& cve : definition.cves) {
      if (is_cve(cve.id) && cve.id != advisory.id && !std::ranges::count(advisory.cves, cve.id)) {
        advisory.cves.push_back(cve.id);
      }
      // "9.3/CVSS:3.1/…": of several the worst stands for the erratum.
      const auto slash = cve.cvss3.find('/');
      if (slash == std::string::npos) continue;
      const std::string vector = cve.cvss3.substr(slash + 1);
      const double score = cvss_score(vector).value_or(-1);
      if (score > worst) {
        worst = score;
        advisory.vectors = {vector};
      }
    }
    return advisory;
  }

  static std::vector<Scope> scopes_of(const Waiting& waiting, const OvalDefinition::Use& use) {
    std::vector<Scope> scopes;
    for (const auto& platform : use.platforms) {
      auto scope = scope_of_platform(platform);
      if (scope && !std::ranges::count(scopes, *scope)) scopes.push_back(*std::move(scope));
    }
    return scopes.empty() ? waiting.scopes : scopes;
  }

  void test(const Waiting& waiting, const OvalDefinition::Use& use, const OvalTest& test) {
    const bool dpkg = waiting.scopes.front().scheme == Scheme::dpkg;
    if (test.names.empty()) return;
    Affected affected{.advisory = waiting.advisory, .cpes = waiting.cpes, .module = use.module};
    if (test.version.empty()) {
      // Installed in whatever version. Criteria also ask whether the release's own package is, which is no issue.
      if (!waiting.vulnerability || (!dpkg && !use.installed)) return;
      affected.ranges.push_back({});
    } else if (dpkg && test.version == "0:0") {
      affected.ranges.push_back({});
    } else if (!is_version(waiting.scopes.front().scheme, test.version)) {
      return sink_.skipped("a version that is none");
    } else {
      std::string_view version = test.version;
      if (dpkg || version.starts_with("0:")) take(version, "0:");
      affected.ranges.push_back({.high = std::string(version), .high_fixes = true});
    }
    std::string_view arches = test.arches;
    while (!arches.empty()) {
      affected.arches.emplace_back(take_run(arches, [](char c) { return c != '|' && c != '(' && c != ')'; }));
      if (affected.arches.back().empty()) affected.arches.pop_back();
      if (!arches.empty()) arches.remove_prefix(1);
    }
    for (const auto& scope : scopes_of(waiting, use)) {
      affected.named = scope.name.starts_with("debian:") ? Named::source : Named::binary;
      for (const auto& name : test.names) {
        if (name.ends_with("-release") || std::ranges::count(waiting.unaffected, name) > 0) continue;
        sink_.affects(scope.name, name, affected);
      }
    }
  }

  Sink& sink_;
  std::vector<Waiting> waiting_;
};

}  // namespace

Result<void> read_oval(Input& input, Sink& sink) {
  OvalDocument document;
  Definitions definitions(sink);
  std::vector<char> buffer(kPiece);
  for (;;) {
    const auto got = input.read(buffer);
    if (!got) return got.error();
    if (auto fed = document.feed({buffer.data(), *got}, *got == 0); !fed) return fed.error();
    for (auto& definition : document.take_definitions()) definitions.add(std::move(definition));
    if (*got == 0) break;
  }
  if (!document.is_oval()) return Error{Errc::invalid_request, "This XML is not OVAL"};
  definitions.finish(document);
  return {};
}

}  // namespace wharf::vuln
