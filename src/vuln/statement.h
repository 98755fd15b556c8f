#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "vuln/report.h"

/// What an image's makers say of vulnerabilities in it: VEX documents that are attached to it as referrers.
namespace wharf::vuln {

/// That an issue does not affect a product.
struct Statement {
  std::vector<std::string> issues;    ///< Its names: "CVE-2023-0464" and its aliases.
  std::vector<std::string> packages;  ///< Package URLs, with or without version and qualifiers; none: all.
  std::string justification;          ///< "vulnerable_code_not_in_execute_path: …"; never empty.
};

/// Media types of artifacts (or of their layers) that hold such documents.
bool is_statement_type(std::string_view media_type);

/// The statements of an OpenVEX document or of a CSAF one, or of an in-toto statement that holds an OpenVEX document,
/// that say `not_affected` or `fixed`. At most 10,000. Sources: OpenVEX specification 0.2; CSAF 2.0, profile VEX.
/// Errors: malformed_json, invalid_request for a document of another kind.
Result<std::vector<Statement>> read_statements(std::string_view document);

/// Gives the findings that the statements are about their justification.
void apply_statements(Report& report, const std::vector<Statement>& statements);

}  // namespace wharf::vuln
