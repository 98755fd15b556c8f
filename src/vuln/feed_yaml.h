#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "vuln/sink.h"

namespace wharf::vuln {

/// Whether a text looks like an advisory of GitLab's database: it names a `package_slug`.
bool is_gitlab(std::string_view text);

/// The ecosystem of GitLab's advisory: "npm" of the slug "npm/lodash". Empty if it has none.
std::string gitlab_ecosystem(std::string_view text);

/// One advisory of GitLab's open database (YAML): npm, Maven, PyPI, Go, RubyGems, NuGet, Packagist.
/// Errors: invalid_request for what is no YAML, or goes beyond its bounds.
Result<void> read_gitlab(std::string_view text, Sink& sink);

/// Whether a text looks like an advisory of ruby-advisory-db: it names a `gem` or an `engine`.
bool is_ruby(std::string_view text);

/// One advisory of ruby-advisory-db (YAML). All versions are affected that no requirement in `patched_versions` or
/// `unaffected_versions` admits; engines (Ruby itself) are no packages and are left out.
/// Errors: as read_gitlab.
Result<void> read_ruby(std::string_view text, Sink& sink);

}  // namespace wharf::vuln
