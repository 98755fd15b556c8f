#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inventory/package.h"
#include "vuln/advisory.h"
#include "vuln/scope.h"
#include "vuln/store.h"

/// Whether a package has what feeds say: no database, no clock; everything comes in as arguments.
namespace wharf::vuln {

/// Where a package's data is, and under which names: of a distribution's package its source's and its own.
struct Place {
  Scope scope;
  std::vector<std::string> names;
};

/// Nothing for a package that there can be no data for: of an unknown distribution, say. A distribution's packages are
/// looked up in its own data alone.
std::optional<Place> place_of(const inventory::Package& package, const inventory::Distribution& distribution);

/// What one feed says of a package, and it is so.
struct Hit {
  Said said;
  std::string fixed_by;  ///< The lowest version above the installed one that mended it; empty: none.
};

/// Whether `said`, which stands under `name` of the package's place, holds for it. `cpes` are those of the repositories
/// that Red Hat's packages are from. A version that is none of its kind has no hits.
///
/// dpkg: versions of the source. apk: the origin's name. rpm: of the vendor's own packages alone; the same module
/// stream, architecture and, on Oracle, ksplice and FIPS flavour; by the source only where no version is asked.
/// Of Debian's and Ubuntu's kernel only linux-image-* counts: a container runs its host's kernel, and headers do not
/// run.
std::optional<Hit> hit(const inventory::Package& package, const Scope& scope, std::span<const std::string> cpes,
                       const std::string& name, const Said& said);

/// One vulnerability of one package, as it is shown.
struct Finding {
  std::string name;      ///< The CVE's, else the feed's.
  std::string advisory;  ///< What the feed that was believed calls it.
  std::string feed;
  Severity severity = Severity::unknown;
  std::string fixed_by;
  std::string title, description;
  std::vector<std::string> links;  ///< The best first.
  std::vector<std::string> cves;   ///< Of an erratum.
  std::string vector;              ///< CVSS; empty: none known.
  double score = 0;                ///< Its base score; 0: none known.
  double epss = 0;                 ///< How likely it is exploited within 30 days; 0: not known.
  double epss_percentile = 0;
  std::string exploited_since;  ///< The day since which it is known to be; empty: it is not.
  friend bool operator==(const Finding&, const Finding&) = default;
};

/// What is known of CVEs by themselves.
struct CveFacts {
  std::string vector;  ///< NVD's.
  double epss = 0, epss_percentile = 0;
  std::string exploited_since;
};
BOOST_DESCRIBE_STRUCT(CveFacts, (), (vector, epss, epss_percentile, exploited_since))

/// What a package's hits come to. The same issue under several names, or from several feeds, is one finding: a
/// distribution's own feed is believed before others, and then whoever knows a fix. What a believed feed says is not
/// affected, is not. An erratum whose every CVE is a finding is none. Severity: the distribution's word, else the
/// advisory's, else NVD's. Worst first, then by name.
std::vector<Finding> findings_of(std::vector<Hit> hits, const std::map<AdvisoryKey, Advisory>& advisories,
                                 const std::map<std::string, CveFacts>& facts);

}  // namespace wharf::vuln
