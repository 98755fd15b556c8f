#include "vuln/feed_osv.h"

#include <algorithm>
#include <optional>

#include "vuln/json_text.h"
#include "vuln/ranges.h"
#include "vuln/scope.h"
#include "vuln/severity.h"
#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

bool is_cve(std::string_view id) { return id.starts_with("CVE-"); }

/// The page that describes a record best, by whose it is.
std::string page_of(std::string_view id) {
  const std::string text(id);
  if (id.starts_with("GHSA-")) return "https://github.com/advisories/" + text;
  if (id.starts_with("GO-")) return "https://pkg.go.dev/vuln/" + text;
  if (id.starts_with("RUSTSEC-")) return "https://rustsec.org/advisories/" + text + ".html";
  if (id.starts_with("RHSA-") || id.starts_with("RHBA-") || id.starts_with("RHEA-")) {
    return "https://access.redhat.com/errata/" + text;
  }
  return "https://osv.dev/vulnerability/" + text;
}

/// References that are advisories first; of AlmaLinux its own page before Red Hat's.
void add_links(const json::Object& record, Advisory& advisory) {
  const bool alma = advisory.id.starts_with("AL");
  if (!alma) advisory.links.push_back(page_of(advisory.id));
  for (const bool advisories : {true, false}) {
    for (const auto& each : array_at(record, "references")) {
      const auto& reference = object_in(each);
      const std::string_view url = text_at(reference, "url");
      if ((text_at(reference, "type") == "ADVISORY") != advisories) continue;
      if (!url.starts_with("https://") && !url.starts_with("http://")) continue;
      const bool own = alma && url.starts_with("https://errata.almalinux.org/");
      advisory.links.insert(own ? advisory.links.begin() : advisory.links.end(), std::string(url));
    }
  }
  if (advisory.links.empty()) advisory.links.push_back(page_of(advisory.id));
}

void add_severities(const json::Object& from, Advisory& advisory) {
  for (const auto& each : array_at(from, "severity")) {
    const auto& severity = object_in(each);
    const std::string_view type = text_at(severity, "type"), score = text_at(severity, "score");
    if (type == "CVSS_V4" || type == "CVSS_V3" || type == "CVSS_V2") {
      advisory.vectors.emplace_back(score);
    } else if (type == "Ubuntu") {
      advisory.severity = severity_of_word(score);
    }
  }
  // The newest first: version 4, then 3, then 2, which has no prefix.
  std::ranges::sort(advisory.vectors, std::greater<>(), [](const std::string& vector) {
    return vector.starts_with("CVSS:") ? vector.substr(5, 1) : std::string("2");
  });
}

/// "Important: podman security update" has Red Hat's word in front.
Severity severity_of_summary(std::string_view summary) {
  const auto colon = summary.find(": ");
  return colon == std::string_view::npos ? Severity::unknown : severity_of_word(summary.substr(0, colon));
}

/// "Moderate: nodejs:18 security update" is about the stream "nodejs:18"; where there is no stream, about any.
std::string module_of_summary(std::string_view summary) {
  if (severity_of_summary(summary) != Severity::unknown) summary.remove_prefix(summary.find(": ") + 2);
  take(summary, "new module: ");
  const std::string_view word = summary.substr(0, summary.find(' '));
  return word.find(':') == std::string_view::npos ? std::string(word) + ":*" : std::string(word);
}

/// GitHub's way to say how far an unfixed issue is known to go: "<= 1.2.3".
void close_by_last_known(const json::Object& affected, std::vector<Range>& ranges) {
  std::string_view text = text_at(object_at(affected, "database_specific"), "last_known_affected_version_range");
  if (text.empty() || ranges.empty() || !ranges.back().high.empty()) return;
  const bool until = take(text, "<=");
  if (!until && !take(text, "<")) return;
  while (take(text, " ")) {
  }
  ranges.back().high = text;
  ranges.back().until_high = until;
}

std::optional<std::vector<Event>> events_of(const json::Object& range) {
  std::vector<Event> events;
  for (const auto& each : array_at(range, "events")) {
    for (const auto& [key, value] : object_in(each)) {
      const std::string_view version = text_in(value);
      if (key == "introduced") {
        events.push_back({Event::Kind::introduced, version});
      } else if (key == "fixed") {
        events.push_back({Event::Kind::fixed, version});
      } else if (key == "last_affected") {
        events.push_back({Event::Kind::last_affected, version});
      } else if (key == "limit" && version != "*") {
        events.push_back({Event::Kind::limit, version});
      }
    }
    if (events.size() > kMostEvents) return std::nullopt;
  }
  return events;
}

/// The ranges and versions of one entry; false if it says nothing that can be matched.
bool add_versions(const json::Object& from, Scheme scheme, Affected& affected, Sink& sink) {
  for (const auto& each : array_at(from, "ranges")) {
    const auto& range = object_in(each);
    const std::string_view type = text_at(range, "type");
    if (type != "SEMVER" && type != "ECOSYSTEM") continue;
    const auto events = events_of(range);
    auto ranges = events ? ranges_of_events(scheme, *events) : std::nullopt;
    if (!ranges) {
      sink.skipped("a range with a version that is none");
      continue;
    }
    close_by_last_known(from, *ranges);
    if (affected.ranges.size() + ranges->size() > kMostRanges) return false;
    std::ranges::move(*ranges, std::back_inserter(affected.ranges));
  }
  for (const auto& each : array_at(from, "versions")) {
    const std::string_view version = text_in(each);
    if (affected.versions.size() >= kMostVersions) break;
    // Most lists only repeat what the ranges say.
    const bool covered = std::ranges::any_of(
        affected.ranges, [&](const Range& range) { return contains(scheme, range, version).value_or(false); });
    if (!covered && !version.empty()) affected.versions.emplace_back(version);
  }
  return !affected.ranges.empty() || !affected.versions.empty();
}

/// Which entries of RustSec are no vulnerabilities.
bool is_notice(const json::Object& from) {
  const std::string_view kind = text_at(object_at(from, "database_specific"), "informational");
  return kind == "unmaintained" || kind == "notice";
}

class Record {
 public:
  Record(const json::Object& record, Sink& sink) : record_(record), sink_(sink) {
    advisory_.id = text_at(record, "id");
    advisory_.title = text_at(record, "summary");
    advisory_.description = text_at(record, "details");
    advisory_.published = text_at(record, "published");
    for (const auto& alias : array_at(record, "aliases")) advisory_.aliases.emplace_back(text_in(alias));
    // Distributions name their own record after the CVE, and the CVE is what it comes from.
    const bool tracker = advisory_.id.starts_with("DEBIAN-") || advisory_.id.starts_with("UBUNTU-") ||
                         advisory_.id.starts_with("ALPINE-");
    for (const auto* key : {"upstream", "related"}) {
      for (const auto& each : array_at(record, key)) {
        if (is_cve(text_in(each))) (tracker ? advisory_.aliases : advisory_.cves).emplace_back(text_in(each));
      }
    }
    add_links(record, advisory_);
    add_severities(record, advisory_);
    if (advisory_.severity == Severity::unknown) {
      advisory_.severity = severity_of_word(text_at(object_at(record, "database_specific"), "severity"));
    }
    // GitHub's word is only what its vector says, and coarser.
    if (!advisory_.vectors.empty() && !tracker) advisory_.severity = Severity::unknown;
  }

  void read() {
    for (const auto& each : array_at(record_, "affected")) entry(object_in(each));
  }

 private:
  void entry(const json::Object& from) {
    const auto& package = object_at(from, "package");
    const std::string_view ecosystem = text_at(package, "ecosystem"), name = text_at(package, "name");
    const auto scope = scope_of_ecosystem(ecosystem);
    if (!scope || name.empty() || is_notice(from) || (scope->name == "go" && name == "toolchain")) return;
    const bool errata = scope->scheme == Scheme::rpm;
    if (errata && advisory_.cves.empty() && advisory_.aliases.empty()) return;
    Affected affected;
    affected.named = errata                                                          ? Named::binary
                     : scope->scheme == Scheme::dpkg || scope->scheme == Scheme::apk ? Named::source
                                                                                     : Named::either;
    if (!add_versions(from, scope->scheme, affected, sink_)) return;
    if (errata && std::ranges::any_of(affected.ranges, [](const Range& range) {
          return range.high.find(".module") != std::string::npos;
        })) {
      affected.module = module_of_summary(advisory_.title);
    }
    if (scope->name == kRedHat) {
      affected.cpes.push_back("cpe:/o:redhat:" + std::string(ecosystem.substr(ecosystem.find(':') + 1)));
      affected.cpes.push_back("cpe:/a:redhat:" + std::string(ecosystem.substr(ecosystem.find(':') + 1)));
    }
    if (text_at(object_at(from, "database_specific"), "informational") == "unsound") {
      affected.severity = Severity::negligible;
    }
    affected.advisory = number(from, errata);
    sink_.affects(scope->name, name, std::move(affected));
  }

  /// The advisory is handed on with the first entry that needs it.
  std::uint64_t number(const json::Object& from, bool errata) {
    if (!number_) {
      if (errata && advisory_.severity == Severity::unknown) {
        advisory_.severity = severity_of_summary(advisory_.title);
      }
      if (advisory_.vectors.empty()) add_severities(from, advisory_);
      number_ = sink_.advisory(advisory_);
    }
    return *number_;
  }

  const json::Object& record_;
  Sink& sink_;
  Advisory advisory_;
  std::optional<std::uint64_t> number_;
};

}  // namespace

bool is_osv(const json::Object& record) {
  return !text_at(record, "id").empty() && (record.contains("affected") || record.contains("withdrawn"));
}

void read_osv(const json::Object& record, Sink& sink) {
  if (!text_at(record, "withdrawn").empty()) return;
  Record(record, sink).read();
}

}  // namespace wharf::vuln
