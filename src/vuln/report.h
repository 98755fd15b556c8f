#pragma once
#include <boost/describe.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "db/database.h"
#include "inventory/image.h"
#include "vuln/lookups.h"
#include "vuln/match.h"

/// What an image has in it, and what that is known for: made once by the scanner, read by everybody who asks.
namespace wharf::vuln {

/// A vulnerability as the report tells of it, once however many packages have it.
struct Issue {
  std::string name;      ///< The CVE's, else the feed's.
  std::string advisory;  ///< What the feed that was believed calls it.
  std::string feed;
  std::string title, description;
  std::vector<std::string> links;  ///< The best first.
  std::vector<std::string> cves;   ///< Of an erratum.
  std::string vector;              ///< CVSS; empty: none known.
  double score = 0, epss = 0, epss_percentile = 0;
  std::string exploited_since;
  friend bool operator==(const Issue&, const Issue&) = default;
};
BOOST_DESCRIBE_STRUCT(Issue, (),
                      (name, advisory, feed, title, description, links, cves, vector, score, epss, epss_percentile,
                       exploited_since))

/// That a package has an issue.
struct Found {
  std::uint64_t issue = 0;  ///< Its place in Report::issues.
  Severity severity = Severity::unknown;
  std::string fixed_by;       ///< Empty: no fix is known.
  std::string justification;  ///< Why it is not affected after all, in the words of a VEX statement; empty: it is.
  friend bool operator==(const Found&, const Found&) = default;
};
BOOST_DESCRIBE_STRUCT(Found, (), (issue, severity, fixed_by, justification))

struct ReportedPackage {
  inventory::Package package;
  std::uint64_t layer = 0;         ///< That brought it: its place in Report::layers.
  std::uint64_t distribution = 0;  ///< Whose data tells of it: its place in Report::distributions.
  std::vector<Found> findings;
  friend bool operator==(const ReportedPackage&, const ReportedPackage&) = default;
};
BOOST_DESCRIBE_STRUCT(ReportedPackage, (), (package, layer, distribution, findings))

struct Report {
  std::vector<inventory::Distribution> distributions;  ///< At least one; all empty where none is known.
  std::vector<std::string> layers;                     ///< Digests, the lowest first.
  std::vector<ReportedPackage> packages;
  std::vector<Issue> issues;
  friend bool operator==(const Report&, const Report&) = default;
};
BOOST_DESCRIBE_STRUCT(Report, (), (distributions, layers, packages, issues))

/// Whose data tells of a package of the report.
inline const inventory::Distribution& distribution_of(const Report& report, const ReportedPackage& package) {
  return report.distributions[package.distribution];
}

/// A report of what an image has, without what it is known for. `layers` are the layers' names, the lowest first.
Report report_of(inventory::Image image, std::vector<std::string> layers);
/// Looks up what the data in force says of every package of the report. Throws as find_entries.
void find_issues(db::Tx& tx, Lookups& lookups, Report& report);
/// Adds what was found of each package, in the order of `report.packages`.
void add_findings(Report& report, std::span<const std::vector<Finding>> findings);

/// Findings by severity; what a statement says is not affected is left out. An issue that several packages of one
/// source have counts once for each of them, as in the list.
struct ReportCounts {
  std::int64_t critical = 0, high = 0, medium = 0, low = 0, negligible = 0, unknown = 0;
  std::int64_t fixable_critical = 0, fixable = 0;
};
ReportCounts count_findings(const Report& report);

/// The form of a stored report; another one is not read.
inline constexpr std::int64_t kReportFormat = 1;
/// As few bytes, and back. Errors: invalid_request for what is damaged or unpacks to more than 64 MiB.
std::string pack_report(const Report& report);
Result<Report> open_report(std::string_view bytes);

/// "Critical": Quay's word.
std::string_view to_word(Severity severity);
/// "dpkg"
std::string_view to_word(inventory::Kind kind);

}  // namespace wharf::vuln
