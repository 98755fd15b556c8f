#include "app/commands_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <tuple>

#include "app/progress_line.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/names.h"
#include "inventory/image.h"
#include "inventory/purl.h"
#include "scan/local_image.h"
#include "vuln/matcher.h"
#include "vuln/sbom.h"
#include "vuln/store.h"

namespace wharf::app {
namespace {

constexpr int kBadEnough = 3;
constexpr int kWrongOption = 2;

std::optional<vuln::Severity> severity_named(std::string word) {
  word = lower_ascii(word);
  constexpr std::array kAll{vuln::Severity::unknown, vuln::Severity::negligible, vuln::Severity::low,
                            vuln::Severity::medium,  vuln::Severity::high,       vuln::Severity::critical};
  for (const auto severity : kAll) {
    if (lower_ascii(vuln::to_word(severity)) == word) return severity;
  }
  return std::nullopt;
}

struct Line {
  std::string package, version, name, fixed_by, title;
  vuln::Severity severity = vuln::Severity::unknown;
};

std::vector<Line> lines_of(const vuln::Report& report) {
  std::vector<Line> lines;
  for (const auto& reported : report.packages) {
    for (const auto& found : reported.findings) {
      const auto& issue = report.issues[found.issue];
      lines.push_back({.package = reported.package.name,
                       .version = reported.package.version,
                       .name = issue.name,
                       .fixed_by = found.fixed_by,
                       .title = issue.title,
                       .severity = found.severity});
    }
  }
  std::ranges::sort(lines, [](const Line& a, const Line& b) {
    if (a.severity != b.severity) return a.severity > b.severity;
    return std::tie(a.package, a.version, a.name) < std::tie(b.package, b.version, b.name);
  });
  return lines;
}

void print_table(const vuln::Report& report, const ScanCommand& command, bool matched, std::ostream& out) {
  const auto& distribution = report.distributions.front();
  const std::string release = distribution.id + (distribution.version_id.empty() ? "" : ' ' + distribution.version_id);
  const auto& called = distribution.pretty_name.empty() ? release : distribution.pretty_name;
  out << (called.empty() ? "No distribution" : called) << ", " << report.packages.size()
      << (report.packages.size() == 1 ? " package" : " packages") << "\n";
  std::size_t package_width = 7, version_width = 9;
  for (const auto& reported : report.packages) {
    if (!command.packages && reported.findings.empty()) continue;
    package_width = std::max(package_width, std::min<std::size_t>(reported.package.name.size(), 50));
    version_width = std::max(version_width, std::min<std::size_t>(reported.package.version.size(), 40));
  }
  if (command.packages) {
    out << fmt::format("\n{:<{}}  {:<{}}  KIND\n", "PACKAGE", package_width, "INSTALLED", version_width);
    for (const auto& reported : report.packages) {
      out << fmt::format("{:<{}}  {:<{}}  {}\n", reported.package.name, package_width, reported.package.version,
                         version_width, vuln::to_word(reported.package.kind));
    }
  }
  if (!matched) {
    out << "There is no vulnerability data here: wharf vulndb update --from PATH brings it.\n";
    return;
  }
  const auto lines = lines_of(report);
  if (lines.empty()) {
    out << "No known vulnerabilities.\n";
    return;
  }
  std::size_t name_width = 13, fixed_width = 8;
  for (const auto& line : lines) {
    name_width = std::max(name_width, line.name.size());
    fixed_width = std::max(fixed_width, std::min<std::size_t>(line.fixed_by.size(), 40));
  }
  out << fmt::format("\n{:<10}  {:<{}}  {:<{}}  {:<{}}  {:<{}}\n", "SEVERITY", "VULNERABILITY", name_width, "PACKAGE",
                     package_width, "INSTALLED", version_width, "FIXED BY", fixed_width);
  for (const auto& line : lines) {
    out << fmt::format("{:<10}  {:<{}}  {:<{}}  {:<{}}  {}\n", vuln::to_word(line.severity), line.name, name_width,
                       line.package, package_width, line.version, version_width, line.fixed_by);
  }
  const auto counts = vuln::count_findings(report);
  out << fmt::format("\n{} critical, {} high, {} medium, {} low, {} negligible, {} unknown; {} can be fixed\n",
                     counts.critical, counts.high, counts.medium, counts.low, counts.negligible, counts.unknown,
                     counts.fixable);
}

json::Object json_of(const vuln::Report& report, const std::string& name) {
  json::Array packages;
  for (const auto& reported : report.packages) {
    const auto& package = reported.package;
    json::Array vulnerabilities;
    for (const auto& found : reported.findings) {
      const auto& issue = report.issues[found.issue];
      json::Array links;
      for (const auto& link : issue.links) links.emplace_back(link);
      vulnerabilities.push_back(json::Object{{"name", issue.name},
                                             {"severity", vuln::to_word(found.severity)},
                                             {"fixed_by", found.fixed_by},
                                             {"title", issue.title},
                                             {"score", issue.score},
                                             {"links", std::move(links)}});
    }
    packages.push_back(json::Object{{"kind", vuln::to_word(package.kind)},
                                    {"name", package.name},
                                    {"version", package.version},
                                    {"source", package.source_name},
                                    {"source_version", package.source_version},
                                    {"arch", package.arch},
                                    {"location", package.location},
                                    {"layer", report.layers[reported.layer]},
                                    {"purl", inventory::purl_of(package, vuln::distribution_of(report, reported))},
                                    {"vulnerabilities", std::move(vulnerabilities)}});
  }
  return {{"name", name},
          {"distribution", json::Object{{"id", report.distributions.front().id},
                                        {"version_id", report.distributions.front().version_id},
                                        {"pretty_name", report.distributions.front().pretty_name}}},
          {"packages", std::move(packages)}};
}

std::string_view sarif_level(vuln::Severity severity) {
  if (severity >= vuln::Severity::high) return "error";
  return severity == vuln::Severity::medium ? "warning" : "note";
}

/// Source: SARIF 2.1.0, sections 3.49 (rules) and 3.27 (results); GitHub reads `security-severity`.
json::Object sarif_of(const vuln::Report& report, const std::string& name) {
  std::map<std::string, json::Object> rules;
  json::Array results;
  for (const auto& reported : report.packages) {
    for (const auto& found : reported.findings) {
      const auto& issue = report.issues[found.issue];
      auto& rule = rules[issue.name];
      if (rule.empty()) {
        const auto text = issue.title.empty() ? issue.name : issue.title;
        rule = json::Object{
            {"id", issue.name},
            {"shortDescription", json::Object{{"text", text}}},
            {"fullDescription", json::Object{{"text", issue.description.empty() ? text : issue.description}}},
            {"properties", json::Object{{"security-severity", fmt::format("{:.1f}", issue.score)},
                                        {"tags", json::Array{"security", "vulnerability"}}}}};
        if (!issue.links.empty()) rule["helpUri"] = issue.links.front();
      }
      auto message = reported.package.name + ' ' + reported.package.version + " has " + issue.name + " (" +
                     std::string(vuln::to_word(found.severity)) + ')';
      message += found.fixed_by.empty() ? "; no fix is known" : "; fixed by " + found.fixed_by;
      const auto place = reported.package.location.empty() ? name : reported.package.location;
      json::Object region{{"physicalLocation", json::Object{{"artifactLocation", json::Object{{"uri", place}}},
                                                            {"region", json::Object{{"startLine", 1}}}}}};
      results.push_back(json::Object{
          {"ruleId", issue.name},
          {"level", sarif_level(found.severity)},
          {"message", json::Object{{"text", std::move(message)}}},
          {"locations", json::Array{std::move(region)}},
          {"partialFingerprints",
           json::Object{{"wharf/v1", Digest::of(issue.name + ' ' + reported.package.name + ' ' + place).hex()}}}});
    }
  }
  json::Array rule_list;
  for (auto& [id, rule] : rules) rule_list.push_back(std::move(rule));
  json::Object driver{{"name", "wharf"}, {"version", WHARF_VERSION}, {"rules", std::move(rule_list)}};
  json::Object run{{"tool", json::Object{{"driver", std::move(driver)}}}, {"results", std::move(results)}};
  return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", json::Array{std::move(run)}}};
}

/// What a name for the image may be made of that is the same for the same content.
std::string version_of(const scan::LocalImage& image) {
  std::string text;
  for (const auto& name : image.layer_names) text += name + '\n';
  return "sha256:" + std::string(Digest::of(text).hex());
}

vuln::Report report_of(const scan::LocalImage& image, db::Database* database, bool& matched) {
  auto report = vuln::report_of(inventory::merge_layers(image.layers), image.layer_names);
  if (!database) return report;
  auto match = [&](db::Tx& tx) {
    matched = vuln::data_version(tx) != 0;
    vuln::Lookups lookups(0);
    vuln::find_issues(tx, lookups, report);
    return true;
  };
  database->read_now(match);
  return report;
}

}  // namespace

int scan_path(db::Database* database, const ScanCommand& command, std::ostream& out, std::ostream& err) {
  static const std::set<std::string> kFormats{"table", "json", "sarif", "cyclonedx", "spdx"};
  if (!kFormats.contains(command.format)) {
    err << "wharf: --format must be table, json, sarif, cyclonedx or spdx\n";
    return kWrongOption;
  }
  std::optional<vuln::Severity> bad;
  if (!command.fail_on.empty()) {
    bad = severity_named(command.fail_on);
    if (!bad) {
      err << "wharf: --fail-on must be unknown, negligible, low, medium, high or critical\n";
      return kWrongOption;
    }
  }
  try {
    auto image = [&] {
      ProgressLine line(err, !command.quiet);
      return scan::read_local_image(command.path, {}, [&](std::uint64_t at, std::uint64_t of) { line.at(at, of); });
    }();
    if (!image) {
      err << "wharf: " << image.error().message << "\n";
      return 1;
    }
    bool matched = false;
    auto report = report_of(*image, database, matched);
    if (command.fixable_only) {
      for (auto& package : report.packages) {
        std::erase_if(package.findings, [](const vuln::Found& found) { return found.fixed_by.empty(); });
      }
    }
    const vuln::SbomSubject subject{
        .name = image->name, .version = version_of(*image), .base_url = "https://wharf.invalid", .at_ms = now_ms()};
    if (command.format == "table") {
      print_table(report, command, matched, out);
    } else if (command.format == "json") {
      out << json::to_text(json_of(report, image->name)) << "\n";
    } else if (command.format == "sarif") {
      out << json::to_text(sarif_of(report, image->name)) << "\n";
    } else if (command.format == "cyclonedx") {
      out << json::to_text(vuln::cyclonedx(report, subject)) << "\n";
    } else {
      out << json::to_text(vuln::spdx(report, subject)) << "\n";
    }
    if (!bad) return 0;
    for (const auto& package : report.packages) {
      for (const auto& found : package.findings) {
        if (found.severity >= *bad) return kBadEnough;
      }
    }
    return 0;
  } catch (const Accident& accident) {
    err << "wharf: " << accident.error().message << " (" << accident.error().detail << ")\n";
    return 1;
  }
}

}  // namespace wharf::app
