#include "vuln/feed_vex.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "vuln/json_text.h"
#include "vuln/scope.h"
#include "vuln/severity.h"
#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

constexpr int kDeepestBranch = 16;
constexpr int kDeepestProduct = 4;  ///< A package of a module of a repository.

/// A product by its parts: a package, where it is from, and of which module.
struct Product {
  std::string_view cpe, purl;
};

struct Relation {
  std::string_view part, whole;
};

std::string percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto hex = [](char c) {
      return is_digit(c) ? c - '0' : to_lower(c) >= 'a' && to_lower(c) <= 'f' ? to_lower(c) - 'a' + 10 : -1;
    };
    if (text[at] == '%' && at + 2 < text.size() && hex(text[at + 1]) >= 0 && hex(text[at + 2]) >= 0) {
      plain.push_back(static_cast<char>(hex(text[at + 1]) * 16 + hex(text[at + 2])));
      at += 2;
    } else {
      plain.push_back(text[at]);
    }
  }
  return plain;
}

/// What `pkg:rpm/redhat/name@version-release?arch=…&epoch=…&rpmmod=name:stream:…` says.
struct Rpm {
  std::string name, version, arch, module;
};

std::optional<Rpm> parse_purl(std::string_view purl) {
  if (!take(purl, "pkg:rpm/")) return std::nullopt;
  Rpm rpm;
  const auto question = purl.find('?');
  std::string_view path = purl.substr(0, question);
  std::string epoch;
  std::string_view rest = question == std::string_view::npos ? std::string_view() : purl.substr(question + 1);
  while (!rest.empty()) {
    std::string_view pair = take_run(rest, [](char c) { return c != '&'; });
    take(rest, "&");
    if (take(pair, "arch=")) rpm.arch = percent_decoded(pair);
    if (take(pair, "epoch=")) epoch = percent_decoded(pair);
    if (take(pair, "rpmmod=")) rpm.module = percent_decoded(pair);
  }
  // The label's first two parts: name and stream.
  const auto first = rpm.module.find(':');
  if (first != std::string::npos) rpm.module.resize(std::min(rpm.module.find(':', first + 1), rpm.module.size()));
  const auto at = path.rfind('@');
  if (at != std::string_view::npos) {
    rpm.version = percent_decoded(path.substr(at + 1));
    if (!epoch.empty() && epoch != "0") rpm.version = epoch + ":" + rpm.version;
    path = path.substr(0, at);
  }
  rpm.name = percent_decoded(path.substr(path.rfind('/') + 1));
  if (rpm.name.empty()) return std::nullopt;
  return rpm;
}

/// The products of a document, taken apart.
class Products {
 public:
  explicit Products(const json::Object& tree) {
    branches(array_at(tree, "branches"), 0);
    for (const auto& each : array_at(tree, "relationships")) {
      const auto& relation = object_in(each);
      const std::string_view id = text_at(object_at(relation, "full_product_name"), "product_id");
      relations_.insert_or_assign(
          id, Relation{text_at(relation, "product_reference"), text_at(relation, "relates_to_product_reference")});
    }
  }

  struct Found {
    std::string cpe;
    Rpm rpm;
  };

  /// The package and the CPE of a product; nothing if it is not a package of a product that has a CPE.
  std::optional<Found> find(std::string_view id) const {
    Found found;
    if (!collect(id, 0, found) || found.cpe.empty() || found.rpm.name.empty()) return std::nullopt;
    return found;
  }

 private:
  void branches(const json::Array& list, int depth) {
    if (depth > kDeepestBranch) return;
    for (const auto& each : list) {
      const auto& branch = object_in(each);
      const auto& product = object_at(branch, "product");
      const auto& helper = object_at(product, "product_identification_helper");
      if (!product.empty()) {
        products_.insert_or_assign(text_at(product, "product_id"),
                                   Product{text_at(helper, "cpe"), text_at(helper, "purl")});
      }
      branches(array_at(branch, "branches"), depth + 1);
    }
  }

  bool collect(std::string_view id, int depth, Found& into) const {
    if (depth > kDeepestProduct) return false;
    if (const auto relation = relations_.find(id); relation != relations_.end()) {
      return collect(relation->second.part, depth + 1, into) && collect(relation->second.whole, depth + 1, into);
    }
    const auto product = products_.find(id);
    if (product == products_.end()) return false;
    if (!product->second.cpe.empty()) into.cpe = product->second.cpe;
    if (product->second.purl.starts_with("pkg:rpmmod/")) {
      module(product->second.purl, into);
    } else if (!product->second.purl.empty()) {
      auto rpm = parse_purl(product->second.purl);
      if (!rpm) return false;
      if (rpm->module.empty()) rpm->module = into.rpm.module;
      into.rpm = *std::move(rpm);
    }
    return true;
  }

  /// `pkg:rpmmod/redhat/nodejs@18:8090020231…:…`: the module that the package is of.
  static void module(std::string_view purl, Found& into) {
    if (!into.rpm.module.empty()) return;
    purl = purl.substr(0, purl.find('?'));
    const auto at = purl.rfind('@');
    if (at == std::string_view::npos) return;
    const std::string_view name = purl.substr(0, at).substr(purl.substr(0, at).rfind('/') + 1);
    const std::string version = percent_decoded(purl.substr(at + 1));
    into.rpm.module = percent_decoded(name) + ":" + version.substr(0, version.find(':'));
  }

  std::unordered_map<std::string_view, Product> products_;
  std::unordered_map<std::string_view, Relation> relations_;
};

/// What is the same for several products: they become one entry with several CPEs and architectures.
struct Claim {
  std::string name, version, module;
  bool source = false, spared = false;
  auto operator<=>(const Claim&) const = default;
};

struct Where {
  std::set<std::string> cpes, arches;
  bool any_arch = false;
};

class Vulnerability {
 public:
  Vulnerability(const json::Object& document, const Products& products, const json::Object& from, Sink& sink)
      : document_(document), products_(products), from_(from), sink_(sink) {}

  void read() {
    const auto& status = object_at(from_, "product_status");
    for (const auto& id : array_at(status, "fixed")) claim(text_in(id), Kind::fixed);
    for (const auto& id : array_at(status, "known_affected")) claim(text_in(id), Kind::affected);
    const bool affected = std::ranges::any_of(claims_, [](const auto& each) { return each.first.version.empty(); });
    if (affected) {
      for (const auto& id : array_at(status, "known_not_affected")) claim(text_in(id), Kind::spared);
    }
    if (claims_.empty()) return;
    const std::uint64_t number = sink_.advisory(advisory());
    for (auto& [what, where] : claims_) {
      Affected entry{.advisory = number, .module = what.module, .spared = what.spared};
      entry.named = what.spared ? Named::either : what.source ? Named::source : Named::binary;
      if (what.version.empty()) {
        entry.ranges.push_back({});
      } else {
        entry.ranges.push_back({.high = what.version, .high_fixes = true});
      }
      entry.cpes.assign(where.cpes.begin(), where.cpes.end());
      if (!where.any_arch) entry.arches.assign(where.arches.begin(), where.arches.end());
      sink_.affects(kRedHat, what.name, std::move(entry));
    }
  }

 private:
  enum class Kind { fixed, affected, spared };

  void claim(std::string_view id, Kind kind) {
    const auto product = products_.find(id);
    if (!product) return;
    const Rpm& rpm = product->rpm;
    const bool source = rpm.arch == "src";
    if (kind == Kind::fixed && (source || rpm.version.empty())) return;
    if (kind == Kind::fixed && !is_version(Scheme::rpm, rpm.version)) return sink_.skipped("a version that is none");
    Claim claim{.name = rpm.name,
                .module = rpm.module,
                .source = kind == Kind::affected && (source || rpm.arch.empty()),
                .spared = kind == Kind::spared};
    if (kind == Kind::fixed) claim.version = rpm.version;
    Where& where = claims_[std::move(claim)];
    where.cpes.insert(product->cpe);
    if (source || rpm.arch.empty() || rpm.arch == "noarch") {
      where.any_arch = true;
    } else {
      where.arches.insert(rpm.arch);
    }
  }

  Advisory advisory() const {
    const auto& head = object_at(document_, "document");
    Advisory advisory{.id = std::string(text_at(from_, "cve")), .title = std::string(text_at(head, "title"))};
    for (const auto& each : array_at(from_, "notes")) {
      const auto& note = object_in(each);
      if (text_at(note, "category") == "description") advisory.description = text_at(note, "text");
    }
    for (const auto& each : array_at(from_, "scores")) {
      const std::string_view vector = text_at(object_at(object_in(each), "cvss_v3"), "vectorString");
      if (!vector.empty() && advisory.vectors.empty()) advisory.vectors.emplace_back(vector);
    }
    advisory.severity = severity_of_word(text_at(object_at(head, "aggregate_severity"), "text"));
    advisory.published = text_at(from_, "release_date");
    advisory.links.push_back("https://access.redhat.com/security/cve/" + advisory.id);
    std::set<std::string_view> seen;
    for (const auto& each : array_at(from_, "remediations")) {
      const auto& remediation = object_in(each);
      const std::string_view url = text_at(remediation, "url");
      if (text_at(remediation, "category") != "vendor_fix" || !url.starts_with("https://")) continue;
      if (seen.insert(url).second) advisory.links.emplace_back(url);
    }
    return advisory;
  }

  const json::Object& document_;
  const Products& products_;
  const json::Object& from_;
  Sink& sink_;
  std::map<Claim, Where> claims_;
};

}  // namespace

bool is_csaf(const json::Object& document) {
  return !text_at(object_at(document, "document"), "csaf_version").empty() && document.contains("product_tree");
}

void read_vex(const json::Object& document, Sink& sink) {
  const auto& head = object_at(document, "document");
  if (text_at(object_at(head, "tracking"), "status") == "deleted" || text_at(head, "category") != "csaf_vex") return;
  const Products products(object_at(document, "product_tree"));
  for (const auto& each : array_at(document, "vulnerabilities")) {
    if (text_at(object_in(each), "cve").empty()) continue;
    Vulnerability(document, products, object_in(each), sink).read();
  }
}

bool is_repository_list(const json::Object& document) {
  const auto& data = object_at(document, "data");
  return !data.empty() && object_in(data.begin()->value()).contains("cpes");
}

void read_repository_list(const json::Object& document, Sink& sink) {
  for (const auto& [key, value] : object_at(document, "data")) {
    std::string cpes;
    for (const auto& cpe : array_at(object_in(value), "cpes")) {
      if (!cpes.empty()) cpes += '\n';
      cpes += text_in(cpe);
    }
    sink.note(kRepositoryScope, {key.data(), key.size()}, cpes);
  }
}

}  // namespace wharf::vuln
