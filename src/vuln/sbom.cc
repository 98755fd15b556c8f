#include "vuln/sbom.h"

#include <map>
#include <set>

#include "base/digest.h"
#include "inventory/purl.h"

namespace wharf::vuln {
namespace {

/// A UUID that is the same whenever it is made from the same text (version 8: of our own making). Source: RFC 9562.
std::string uuid_of(std::string_view text) {
  auto hex = std::string(Digest::of(text).hex().substr(0, 32));
  hex[12] = '8';
  hex[16] = "89ab"[hex[16] & 3];
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' +
         hex.substr(20, 12);
}

/// A name for each package within the document: its URL, with a number where several places have the same.
std::vector<std::string> references(const Report& report, std::vector<std::string>& purls) {
  std::vector<std::string> names;
  std::map<std::string, int> seen;
  for (const auto& reported : report.packages) {
    purls.push_back(inventory::purl_of(reported.package, distribution_of(report, reported)));
    const int count = ++seen[purls.back()];
    names.push_back(count == 1 ? purls.back() : purls.back() + '#' + std::to_string(count));
  }
  return names;
}

/// "2026-11-28T16:53:04Z"
std::string time_text(Millis at) { return rfc3339(at); }

json::Object property(std::string_view name, std::string_view value) { return {{"name", name}, {"value", value}}; }

std::string_view cyclonedx_severity(Severity severity) {
  switch (severity) {
    case Severity::critical:
      return "critical";
    case Severity::high:
      return "high";
    case Severity::medium:
      return "medium";
    case Severity::low:
      return "low";
    case Severity::negligible:
      return "info";
    case Severity::unknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view cvss_method(std::string_view vector) {
  if (vector.starts_with("CVSS:4")) return "CVSSv4";
  if (vector.starts_with("CVSS:3.1")) return "CVSSv31";
  if (vector.starts_with("CVSS:3")) return "CVSSv3";
  return vector.empty() ? "other" : "CVSSv2";
}

json::Object component_of(const Report& report, const ReportedPackage& reported, const std::string& reference,
                          const std::string& purl) {
  const auto& package = reported.package;
  json::Array properties;
  properties.push_back(property("wharf:layer", report.layers[reported.layer]));
  if (!package.location.empty()) properties.push_back(property("wharf:location", package.location));
  if (!package.source_name.empty()) properties.push_back(property("wharf:source", package.source_name));
  if (!package.source_version.empty()) {
    properties.push_back(property("wharf:source-version", package.source_version));
  }
  json::Object component{{"type", "library"}, {"bom-ref", reference}, {"name", package.name}};
  if (!package.version.empty()) component["version"] = package.version;
  component["purl"] = purl;
  component["properties"] = std::move(properties);
  return component;
}

/// The issues with everything that has them.
json::Array vulnerabilities_of(const Report& report, const std::vector<std::string>& names) {
  struct Whom {
    Severity severity = Severity::unknown;
    json::Array affected, spared;
    std::string justification;
  };
  std::map<std::uint64_t, Whom> by_issue;
  for (std::size_t i = 0; i < report.packages.size(); ++i) {
    for (const auto& found : report.packages[i].findings) {
      auto& whom = by_issue[found.issue];
      whom.severity = std::max(whom.severity, found.severity);
      const bool spared = !found.justification.empty();
      if (spared) whom.justification = found.justification;
      (spared ? whom.spared : whom.affected).push_back(json::Object{{"ref", names[i]}});
    }
  }
  json::Array list;
  for (auto& [index, whom] : by_issue) {
    const auto& issue = report.issues[index];
    json::Object rating{{"severity", cyclonedx_severity(whom.severity)}};
    if (issue.score > 0) {
      rating["score"] = issue.score;
      rating["method"] = cvss_method(issue.vector);
      if (!issue.vector.empty()) rating["vector"] = issue.vector;
    }
    json::Object source{{"name", issue.feed}};
    if (!issue.links.empty()) source["url"] = issue.links.front();
    const auto entry = [&](json::Array affects) {
      json::Object one{
          {"id", issue.name}, {"source", source}, {"ratings", json::Array{rating}}, {"affects", std::move(affects)}};
      if (!issue.description.empty()) one["description"] = issue.description;
      return one;
    };
    if (!whom.affected.empty()) list.push_back(entry(std::move(whom.affected)));
    if (!whom.spared.empty()) {
      auto one = entry(std::move(whom.spared));
      one["analysis"] = json::Object{{"state", "not_affected"}, {"detail", whom.justification}};
      list.push_back(std::move(one));
    }
  }
  return list;
}

}  // namespace

json::Object cyclonedx(const Report& report, const SbomSubject& subject) {
  std::vector<std::string> purls;
  const auto names = references(report, purls);
  json::Array components;
  for (std::size_t i = 0; i < report.distributions.size(); ++i) {
    const auto& distribution = report.distributions[i];
    if (distribution.id.empty()) continue;
    json::Object system{
        {"type", "operating-system"}, {"bom-ref", "distribution-" + std::to_string(i + 1)}, {"name", distribution.id}};
    if (!distribution.version_id.empty()) system["version"] = distribution.version_id;
    if (!distribution.pretty_name.empty()) system["description"] = distribution.pretty_name;
    components.push_back(std::move(system));
  }
  for (std::size_t i = 0; i < report.packages.size(); ++i) {
    components.push_back(component_of(report, report.packages[i], names[i], purls[i]));
  }
  json::Object tool{{"type", "application"}, {"name", "wharf"}, {"version", WHARF_VERSION}};
  json::Object metadata{
      {"timestamp", time_text(subject.at_ms)},
      {"tools", json::Object{{"components", json::Array{std::move(tool)}}}},
      {"component",
       json::Object{
           {"type", "container"}, {"bom-ref", "image"}, {"name", subject.name}, {"version", subject.version}}}};
  return {{"$schema", "http://cyclonedx.org/schema/bom-1.5.schema.json"},
          {"bomFormat", "CycloneDX"},
          {"specVersion", "1.5"},
          {"serialNumber", "urn:uuid:" + uuid_of(subject.name + ' ' + subject.version)},
          {"version", 1},
          {"metadata", std::move(metadata)},
          {"components", std::move(components)},
          {"vulnerabilities", vulnerabilities_of(report, names)}};
}

json::Object spdx(const Report& report, const SbomSubject& subject) {
  constexpr std::string_view kUnknown = "NOASSERTION";
  json::Array packages;
  json::Array relationships;
  const auto relate = [&](std::string_view from, std::string_view how, std::string_view to) {
    relationships.push_back(
        json::Object{{"spdxElementId", from}, {"relationshipType", how}, {"relatedSpdxElement", to}});
  };
  const auto add = [&](std::string id, std::string_view name, std::string_view version, std::string_view purpose) {
    json::Object package{{"SPDXID", std::move(id)},         {"name", name},
                         {"downloadLocation", kUnknown},    {"filesAnalyzed", false},
                         {"licenseConcluded", kUnknown},    {"licenseDeclared", kUnknown},
                         {"copyrightText", kUnknown},       {"supplier", kUnknown},
                         {"primaryPackagePurpose", purpose}};
    if (!version.empty()) package["versionInfo"] = version;
    return package;
  };
  packages.push_back(add("SPDXRef-image", subject.name, subject.version, "CONTAINER"));
  relate("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-image");
  for (std::size_t i = 0; i < report.packages.size(); ++i) {
    const auto& package = report.packages[i].package;
    const auto id = "SPDXRef-package-" + std::to_string(i + 1);
    auto entry = add(id, package.name, package.version, "LIBRARY");
    entry["externalRefs"] = json::Array{
        json::Object{{"referenceCategory", "PACKAGE-MANAGER"},
                     {"referenceType", "purl"},
                     {"referenceLocator", inventory::purl_of(package, distribution_of(report, report.packages[i]))}}};
    if (!package.location.empty()) entry["sourceInfo"] = "found in " + package.location;
    packages.push_back(std::move(entry));
    relate("SPDXRef-image", "CONTAINS", id);
  }
  const auto number = uuid_of(subject.name + ' ' + subject.version);
  return {{"spdxVersion", "SPDX-2.3"},
          {"dataLicense", "CC0-1.0"},
          {"SPDXID", "SPDXRef-DOCUMENT"},
          {"name", subject.name},
          {"documentNamespace", subject.base_url + "/spdx/" + number},
          {"creationInfo", json::Object{{"created", time_text(subject.at_ms)},
                                        {"creators", json::Array{"Tool: wharf-" WHARF_VERSION}}}},
          {"packages", std::move(packages)},
          {"relationships", std::move(relationships)}};
}

}  // namespace wharf::vuln
