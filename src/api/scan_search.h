#pragma once
#include "service/call.h"

namespace wharf::api {

/// Packages and vulnerabilities across the registry, and the inventory of one image as an SBOM.
void add_scan_search_operations(service::OperationTable& table);

}  // namespace wharf::api
