#include "vuln/feed_alpine.h"

#include <map>
#include <vector>

#include "vuln/json_text.h"
#include "vuln/scope.h"
#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

/// "alpine:v3.20"; Wolfi and Chainguard have one rolling release and say who they are in their URL.
std::string scope_of(const json::Object& document) {
  const std::string_view url = text_at(document, "urlprefix");
  if (url.find("wolfi.dev") != std::string_view::npos) return "wolfi";
  if (url.find("chainguard.dev") != std::string_view::npos || url.find("cgr.dev") != std::string_view::npos) {
    return "chainguard";
  }
  const std::string_view version = text_at(document, "distroversion");
  return version.empty() ? std::string() : "alpine:" + std::string(version);
}

/// An issue's names stand in one text, with blanks between them: "CVE-2017-2616 XSA-123". The CVE names it.
std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::string_view name = take_run(text, [](char c) { return c != ' ' && c != ',' && c != '\t' && c != '\n'; });
    if (!name.empty()) names.insert(name.starts_with("CVE-") ? names.begin() : names.end(), std::string(name));
    take_run(text, [](char c) { return c == ' ' || c == ',' || c == '\t' || c == '\n'; });
  }
  return names;
}

struct Issue {
  std::vector<std::string> aliases;
  std::string fixed;  ///< The highest version that mended it: it may have been mended again.
};

}  // namespace

bool is_secdb(const json::Object& document) { return document.contains("packages") && !scope_of(document).empty(); }

std::string secdb_name(const json::Object& document) {
  const std::string scope = scope_of(document);
  if (!scope.starts_with("alpine:")) return scope;
  return "alpine/" + scope.substr(7) + "/" + std::string(text_at(document, "reponame"));
}

void read_secdb(const json::Object& document, Sink& sink) {
  const std::string scope = scope_of(document);
  const bool alpine = scope.starts_with("alpine:");
  std::map<std::string, std::uint64_t, std::less<>> numbers;
  for (const auto& entry : array_at(document, "packages")) {
    const auto& package = object_at(object_in(entry), "pkg");
    std::map<std::string, Issue> issues;
    for (const auto& [version, ids] : object_at(package, "secfixes")) {
      const std::string_view fixed(version.data(), version.size());
      const auto* list = ids.if_array();
      if (fixed == "0" || list == nullptr) continue;
      if (!is_version(Scheme::apk, fixed)) {
        sink.skipped("a version that is none");
        continue;
      }
      for (const auto& id : *list) {
        auto names = names_in(text_in(id));
        if (names.empty()) continue;
        Issue& issue = issues[names.front()];
        if (issue.fixed.empty() || *compare_versions(Scheme::apk, issue.fixed, fixed) < 0) issue.fixed = fixed;
        issue.aliases.assign(names.begin() + 1, names.end());
      }
    }
    for (auto& [id, issue] : issues) {
      auto known = numbers.find(id);
      if (known == numbers.end()) {
        Advisory advisory{.id = id, .aliases = std::move(issue.aliases)};
        if (alpine) {
          advisory.links.push_back("https://security.alpinelinux.org/vuln/" + id);
        } else if (id.starts_with("CVE-")) {
          advisory.links.push_back("https://nvd.nist.gov/vuln/detail/" + id);
        } else if (id.starts_with("GHSA-")) {
          advisory.links.push_back("https://github.com/advisories/" + id);
        }
        known = numbers.emplace(id, sink.advisory(std::move(advisory))).first;
      }
      Affected affected{.advisory = known->second, .named = Named::source};
      affected.ranges.push_back({.high = std::move(issue.fixed), .high_fixes = true});
      sink.affects(scope, text_at(package, "name"), std::move(affected));
    }
  }
}

}  // namespace wharf::vuln
