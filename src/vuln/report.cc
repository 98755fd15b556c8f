#include "vuln/report.h"

#include <map>

#include "vuln/matcher.h"
#include "vuln/pack.h"

namespace wharf::vuln {
namespace {

constexpr std::size_t kLargestReport = std::size_t{64} << 20;

Issue issue_of(const Finding& finding) {
  return {.name = finding.name,
          .advisory = finding.advisory,
          .feed = finding.feed,
          .title = finding.title,
          .description = finding.description,
          .links = finding.links,
          .cves = finding.cves,
          .vector = finding.vector,
          .score = finding.score,
          .epss = finding.epss,
          .epss_percentile = finding.epss_percentile,
          .exploited_since = finding.exploited_since};
}

}  // namespace

Report report_of(inventory::Image image, std::vector<std::string> layers) {
  Report report;
  report.distributions = std::move(image.distributions);
  if (report.distributions.empty()) report.distributions.emplace_back();
  report.layers = std::move(layers);
  for (auto& installed : image.packages) {
    report.packages.push_back({.package = std::move(installed.package),
                               .layer = installed.layer,
                               .distribution = installed.distribution,
                               .findings = {}});
  }
  return report;
}

void find_issues(db::Tx& tx, Lookups& lookups, Report& report) {
  lookups.begin(tx);
  std::vector<std::vector<Finding>> findings(report.packages.size());
  for (std::size_t d = 0; d < report.distributions.size(); ++d) {
    std::vector<inventory::Package> packages;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < report.packages.size(); ++i) {
      if (report.packages[i].distribution != d) continue;
      packages.push_back(report.packages[i].package);
      places.push_back(i);
    }
    auto found = find_vulnerabilities(tx, lookups, packages, report.distributions[d]);
    for (std::size_t i = 0; i < found.size(); ++i) findings[places[i]] = std::move(found[i]);
  }
  for (auto& package : report.packages) package.findings.clear();
  report.issues.clear();
  add_findings(report, findings);
}

void add_findings(Report& report, std::span<const std::vector<Finding>> findings) {
  // By the advisory that tells of it: one may be told of by several names, and several by one.
  std::map<std::array<std::string_view, 3>, std::uint64_t> known;
  for (std::size_t i = 0; i < report.packages.size() && i < findings.size(); ++i) {
    auto& found = report.packages[i].findings;
    for (const auto& finding : findings[i]) {
      const std::array<std::string_view, 3> key{finding.name, finding.advisory, finding.feed};
      const auto [at, is_new] = known.try_emplace(key, report.issues.size());
      if (is_new) report.issues.push_back(issue_of(finding));
      found.push_back({.issue = at->second, .severity = finding.severity, .fixed_by = finding.fixed_by});
    }
  }
}

ReportCounts count_findings(const Report& report) {
  ReportCounts counts;
  for (const auto& package : report.packages) {
    for (const auto& found : package.findings) {
      if (!found.justification.empty()) continue;
      switch (found.severity) {
        case Severity::critical:
          ++counts.critical;
          if (!found.fixed_by.empty()) ++counts.fixable_critical;
          break;
        case Severity::high:
          ++counts.high;
          break;
        case Severity::medium:
          ++counts.medium;
          break;
        case Severity::low:
          ++counts.low;
          break;
        case Severity::negligible:
          ++counts.negligible;
          break;
        case Severity::unknown:
          ++counts.unknown;
          break;
      }
      if (!found.fixed_by.empty()) ++counts.fixable;
    }
  }
  return counts;
}

std::string pack_report(const Report& report) {
  std::string plain;
  pack(plain, report);
  return compress(plain);
}

Result<Report> open_report(std::string_view bytes) {
  auto plain = decompress(bytes, kLargestReport);
  if (!plain) return plain.error();
  Unpacker unpacker(*plain);
  auto report = unpacker.take<Report>();
  if (!unpacker.good() || !unpacker.at_end()) return Error{Errc::invalid_request, "The report is damaged"};
  for (const auto& package : report.packages) {
    for (const auto& found : package.findings) {
      if (found.issue >= report.issues.size()) return Error{Errc::invalid_request, "The report is damaged"};
    }
    const bool placed = package.layer < report.layers.size() && package.distribution < report.distributions.size();
    if (!placed) return Error{Errc::invalid_request, "The report is damaged"};
  }
  return report;
}

std::string_view to_word(Severity severity) {
  switch (severity) {
    case Severity::critical:
      return "Critical";
    case Severity::high:
      return "High";
    case Severity::medium:
      return "Medium";
    case Severity::low:
      return "Low";
    case Severity::negligible:
      return "Negligible";
    case Severity::unknown:
      return "Unknown";
  }
  return "Unknown";
}

std::string_view to_word(inventory::Kind kind) { return boost::describe::enum_to_string(kind, ""); }

}  // namespace wharf::vuln
