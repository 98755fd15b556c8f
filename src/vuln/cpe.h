#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "inventory/package.h"

namespace wharf::vuln {

/// Whether what is said of `product` holds for `installed`: part by part, what `product` leaves open or marks `*` being
/// any, and a version that it cuts short being all below it (`openshift:4` covers `openshift:4.13::el8`, not
/// `openshift:41`). Reads CPE 2.2 URIs and 2.3 strings. Source: NISTIR 7695 and 7696.
bool cpe_covers(std::string_view product, std::string_view installed);

/// The CPEs of the repositories that a release of Red Hat has from the start; for images that do not say where their
/// packages are from.
std::vector<std::string> default_cpes(const inventory::Distribution& distribution);

}  // namespace wharf::vuln
