#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"

namespace wharf::vuln {

/// One definition of an OVAL file, with what its criteria test.
struct OvalDefinition {
  struct Reference {
    std::string source, id, url;
  };
  struct Cve {
    std::string id;
    std::string cvss3;  ///< "9.3/CVSS:3.1/AV:N/…"
  };
  /// A test that is named by the criteria, under the module that they ask for ("" none).
  struct Use {
    std::uint32_t test = 0;
    std::string module{};
    std::vector<std::string> platforms{};  ///< Releases that must be installed; empty: any of the definition's.
    bool installed = false;                ///< The comment says that the package is installed, in whatever version.
  };
  std::string kind;  ///< "patch" or "vulnerability".
  std::string title, description, severity, issued;
  std::vector<std::string> platforms;
  std::vector<Reference> references;
  std::vector<Cve> cves;
  std::vector<std::string> cpes;
  std::vector<std::string> unaffected;  ///< Components whose resolution is that they are not.
  std::vector<Use> uses;
};

/// What a test asks of a package.
struct OvalTest {
  std::vector<std::string> names;  ///< The package may have any of these names.
  std::string version;             ///< Earlier than this; empty: the test does not say.
  std::string arches;              ///< "aarch64|x86_64"; empty: any.
};

/// Reads OVAL definitions of packages (dpkginfo and rpminfo) as they come in. Definitions stand before the tests that
/// they name, so that these are known at the end only. A document type, hence any entity of its own, is refused.
/// Memory: the tests, objects and states, a few hundred bytes each. Source: OVAL 5.11.
class OvalDocument {
 public:
  OvalDocument();
  ~OvalDocument();

  /// The next piece. Errors: invalid_request for what is no XML, or nested or long beyond reason.
  Result<void> feed(std::string_view bytes, bool last);
  /// The definitions that ended since the last call.
  std::vector<OvalDefinition> take_definitions();
  /// A test by the number that a use has; after the last piece. Nothing in it if it is not about packages' versions.
  OvalTest test(std::uint32_t number) const;
  /// Whether the root element was one of OVAL.
  bool is_oval() const;

 private:
  class Reader;
  std::unique_ptr<Reader> reader_;
};

}  // namespace wharf::vuln
