#include "vuln/statement.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/hex.h"
#include "base/json.h"
#include "inventory/purl.h"
#include "vuln/json_text.h"

namespace wharf::vuln {
namespace {

constexpr std::size_t kMostStatements = 10'000;
constexpr std::size_t kMostProducts = 1'000;
constexpr std::size_t kLongestJustification = 1'000;

bool is_purl(std::string_view text) { return text.starts_with("pkg:"); }

/// Images are products, too: what is said of one is said of all that is in it.
bool is_image_purl(std::string_view text) { return text.starts_with("pkg:oci/") || text.starts_with("pkg:docker/"); }

std::string joined(std::string_view reason, std::string_view words) {
  std::string text(reason);
  if (!words.empty()) text += (text.empty() ? "" : ": ") + std::string(words);
  if (text.empty()) text = "not_affected";
  return text.substr(0, kLongestJustification);
}

/// The package URL of a product or subcomponent: by its id, or by an identifier of its own.
std::string purl_in(const json::Value& product) {
  if (const auto text = text_in(product); is_purl(text)) return std::string(text);
  const auto& object = object_in(product);
  const auto named = text_at(object_at(object, "identifiers"), "purl");
  if (is_purl(named)) return std::string(named);
  const auto id = text_at(object, "@id");
  return is_purl(id) ? std::string(id) : std::string();
}

/// The packages that an OpenVEX statement is about. Products that are neither packages nor images are some other
/// name of the image that the document hangs on.
std::vector<std::string> packages_of(const json::Object& statement) {
  std::vector<std::string> packages;
  bool whole = false;
  for (const auto& product : array_at(statement, "products")) {
    const auto& parts = array_at(object_in(product), "subcomponents");
    for (const auto& part : parts) {
      auto purl = purl_in(part);
      if (!purl.empty() && packages.size() < kMostProducts) packages.push_back(std::move(purl));
    }
    if (!parts.empty()) continue;
    auto purl = purl_in(product);
    if (purl.empty() || is_image_purl(purl)) {
      whole = true;
    } else if (packages.size() < kMostProducts) {
      packages.push_back(std::move(purl));
    }
  }
  if (whole) packages.clear();
  return packages;
}

std::vector<Statement> read_openvex(const json::Object& document) {
  std::vector<Statement> statements;
  for (const auto& each : array_at(document, "statements")) {
    if (statements.size() == kMostStatements) break;
    const auto& object = object_in(each);
    const auto status = text_at(object, "status");
    if (status != "not_affected" && status != "fixed") continue;
    Statement statement;
    if (const auto* name = object.if_contains("vulnerability")) {
      // A text in 0.0.1, an object since.
      if (const auto text = text_in(*name); !text.empty()) statement.issues.emplace_back(text);
      const auto& named = object_in(*name);
      if (const auto text = text_at(named, "name"); !text.empty()) statement.issues.emplace_back(text);
      for (const auto& alias : array_at(named, "aliases")) statement.issues.emplace_back(text_in(alias));
    }
    if (statement.issues.empty()) continue;
    statement.packages = packages_of(object);
    const auto reason = status == "fixed" ? std::string_view("fixed") : text_at(object, "justification");
    statement.justification = joined(reason, text_at(object, "impact_statement"));
    statements.push_back(std::move(statement));
  }
  return statements;
}

/// CSAF's products by their ids, with the package URL where one is given.
void collect_products(const json::Object& branch, std::map<std::string, std::string>& purls, int depth) {
  if (depth > 20 || purls.size() > 100'000) return;
  const auto take = [&](const json::Object& product) {
    const auto id = text_at(product, "product_id");
    const auto purl = text_at(object_at(product, "product_identification_helper"), "purl");
    if (!id.empty()) purls.emplace(id, purl);
  };
  take(object_at(branch, "product"));
  for (const auto& each : array_at(branch, "full_product_names")) take(object_in(each));
  for (const auto& each : array_at(branch, "branches")) collect_products(object_in(each), purls, depth + 1);
  for (const auto& each : array_at(branch, "relationships")) {
    const auto& relation = object_in(each);
    const auto id = text_at(object_at(relation, "full_product_name"), "product_id");
    const auto part = purls.find(std::string(text_at(relation, "product_reference")));
    if (!id.empty() && part != purls.end()) purls.emplace(id, part->second);
  }
}

std::vector<Statement> read_csaf(const json::Object& document) {
  std::map<std::string, std::string> purls;
  collect_products(object_at(document, "product_tree"), purls, 0);
  std::vector<Statement> statements;
  for (const auto& each : array_at(document, "vulnerabilities")) {
    if (statements.size() >= kMostStatements) break;
    const auto& object = object_in(each);
    std::vector<std::string> issues;
    if (const auto cve = text_at(object, "cve"); !cve.empty()) issues.emplace_back(cve);
    for (const auto& id : array_at(object, "ids")) {
      if (const auto text = text_at(object_in(id), "text"); !text.empty()) issues.emplace_back(text);
    }
    if (issues.empty()) continue;
    std::map<std::string, std::string> reasons;  // by product
    for (const auto& flag : array_at(object, "flags")) {
      for (const auto& id : array_at(object_in(flag), "product_ids")) {
        reasons[std::string(text_in(id))] = text_at(object_in(flag), "label");
      }
    }
    for (const auto& threat : array_at(object, "threats")) {
      if (text_at(object_in(threat), "category") != "impact") continue;
      for (const auto& id : array_at(object_in(threat), "product_ids")) {
        auto& reason = reasons[std::string(text_in(id))];
        reason = joined(reason, text_at(object_in(threat), "details"));
      }
    }
    const auto& status = object_at(object, "product_status");
    for (const auto* kind : {"known_not_affected", "fixed"}) {
      for (const auto& id : array_at(status, kind)) {
        if (statements.size() >= kMostStatements) break;
        const std::string product(text_in(id));
        const auto purl = purls.find(product);
        Statement statement{.issues = issues, .packages = {}, .justification = {}};
        // A product without a package URL may be anything: nothing is taken off the list for it.
        if (purl == purls.end() || !is_purl(purl->second)) continue;
        if (!is_image_purl(purl->second)) statement.packages.push_back(purl->second);
        statement.justification = joined(std::string_view(kind) == "fixed" ? "fixed" : reasons[product], "");
        statements.push_back(std::move(statement));
      }
    }
  }
  return statements;
}

struct Parts {
  std::string_view name, version;
};

/// "pkg:deb/debian/curl" and "7.88.1-5" of a package URL.
Parts parts_of(std::string_view purl) {
  purl = purl.substr(0, purl.find_first_of("?#"));
  const auto at = purl.rfind('@');
  const auto slash = purl.rfind('/');
  if (at == std::string_view::npos || (slash != std::string_view::npos && at < slash)) return {purl, {}};
  return {purl.substr(0, at), purl.substr(at + 1)};
}

bool is_about(const Statement& statement, std::string_view purl) {
  if (statement.packages.empty()) return true;
  const auto have = parts_of(purl);
  return std::ranges::any_of(statement.packages, [&](const std::string& wanted) {
    const auto want = parts_of(wanted);
    return want.name == have.name && (want.version.empty() || want.version == have.version);
  });
}

}  // namespace

bool is_statement_type(std::string_view media_type) {
  constexpr std::array kTypes{"application/vnd.openvex+json", "application/openvex+json",
                              "application/vex+json",         "application/csaf+json",
                              "application/vnd.csaf+json",    "application/vnd.in-toto+json"};
  return std::ranges::find(kTypes, media_type) != kTypes.end();
}

Result<std::vector<Statement>> read_statements(std::string_view document) {
  auto parsed = json::parse(document);
  if (!parsed) return parsed.error();
  const auto* object = &object_in(*parsed);
  json::Value inner;
  // An attestation is an envelope around a statement around a predicate.
  if (const auto payload = text_at(*object, "payload"); !payload.empty()) {
    const auto plain = from_base64(payload);
    auto opened = plain ? json::parse(*plain) : Result<json::Value>(Error{Errc::invalid_request, "No base64"});
    if (!opened) return opened.error();
    inner = std::move(*opened);
    object = &object_in(inner);
  }
  if (object->contains("predicate")) object = &object_at(*object, "predicate");
  if (text_at(*object, "@context").find("openvex") != std::string_view::npos) return read_openvex(*object);
  if (object->contains("product_tree") || text_at(object_at(*object, "document"), "category") == "csaf_vex") {
    return read_csaf(*object);
  }
  return Error{Errc::invalid_request, "The document is neither OpenVEX nor CSAF"};
}

void apply_statements(Report& report, const std::vector<Statement>& statements) {
  if (statements.empty()) return;
  std::map<std::string_view, std::vector<const Statement*>> by_issue;
  for (const auto& statement : statements) {
    for (const auto& issue : statement.issues) by_issue[issue].push_back(&statement);
  }
  for (auto& reported : report.packages) {
    std::string purl;
    for (auto& found : reported.findings) {
      const auto& issue = report.issues[found.issue];
      for (const std::string_view name : {std::string_view(issue.name), std::string_view(issue.advisory)}) {
        const auto known = by_issue.find(name);
        if (known == by_issue.end()) continue;
        if (purl.empty()) purl = inventory::purl_of(reported.package, distribution_of(report, reported));
        for (const auto* statement : known->second) {
          if (is_about(*statement, purl)) found.justification = statement->justification;
        }
      }
    }
  }
}

}  // namespace wharf::vuln
