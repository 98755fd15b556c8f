#include "vuln/cpe.h"

#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

/// "cpe:/a:redhat:…" and "cpe:2.3:a:redhat:…" from the part on.
std::string_view without_prefix(std::string_view cpe) {
  if (!take(cpe, "cpe:/")) take(cpe, "cpe:2.3:");
  return cpe;
}

std::string_view take_part(std::string_view& cpe) {
  const std::string_view part = take_run(cpe, [](char c) { return c != ':'; });
  take(cpe, ":");
  return part;
}

bool is_any(std::string_view part) { return part.empty() || part == "*"; }

/// "4" covers "4" and "4.13", not "41".
bool part_covers(std::string_view product, std::string_view installed) {
  if (is_any(product) || equal_caseless(product, installed)) return true;
  return is_digit(product.back()) && installed.size() > product.size() && installed.starts_with(product) &&
         installed[product.size()] == '.';
}

}  // namespace

bool cpe_covers(std::string_view product, std::string_view installed) {
  product = without_prefix(product);
  installed = without_prefix(installed);
  if (product.empty() || installed.empty()) return false;
  while (!product.empty()) {
    if (!part_covers(take_part(product), take_part(installed))) return false;
  }
  return true;
}

std::vector<std::string> default_cpes(const inventory::Distribution& distribution) {
  std::vector<std::string> cpes;
  if (!distribution.cpe.empty()) cpes.push_back(distribution.cpe);
  const std::string major = distribution.version_id.substr(0, distribution.version_id.find('.'));
  if (major.empty()) return cpes;
  const std::string release = "redhat:enterprise_linux:" + major;
  if (major.size() == 1 && major < "8") {
    cpes.push_back("cpe:/o:" + release + "::server");
  } else {
    cpes.push_back("cpe:/o:" + release + "::baseos");
    cpes.push_back("cpe:/a:" + release + "::appstream");
  }
  return cpes;
}

}  // namespace wharf::vuln
