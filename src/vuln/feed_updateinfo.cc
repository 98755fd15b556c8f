#include "vuln/feed_updateinfo.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "vuln/severity.h"
#include "vuln/version.h"
#include "vuln/version_text.h"
#include "vuln/xml_reader.h"

namespace wharf::vuln {
namespace {

constexpr std::size_t kPiece = 256 * 1024;
constexpr std::size_t kMostOfAnUpdate = 50'000;

/// Whose errata are called so, and what the release of their packages has before the number of theirs.
struct Maker {
  std::string_view prefix, scope, mark;
};
constexpr Maker kMakers[] = {{"ALAS", "amazon", ".amzn"}, {"FEDORA-EPEL-", "epel", ".el"}, {"FEDORA-", "fedora", ".fc"},
                             {"AL", "almalinux", "el"},   {"RL", "rocky", "el"},           {"RX", "rocky", "el"},
                             {"EL", "oracle", "el"}};

const Maker* maker_of(std::string_view id) {
  const auto* found =
      std::find_if(std::begin(kMakers), std::end(kMakers), [&](const Maker& it) { return id.starts_with(it.prefix); });
  return found == std::end(kMakers) ? nullptr : found;
}

/// "almalinux:9" of "31.el9_0.1": the number behind the mark.
std::string scope_of(const Maker& maker, std::string_view release) {
  for (auto at = release.find(maker.mark); at != std::string_view::npos; at = release.find(maker.mark, at + 1)) {
    std::string_view rest = release.substr(at + maker.mark.size());
    std::string number(take_run(rest, is_digit));
    if (number.empty()) continue;
    if (maker.scope == "amazon" && number == "1") number = "2018.03";
    return std::string(maker.scope) + ':' + number;
  }
  return {};
}

/// Every "CVE-year-number" in a text.
void add_cves(std::string_view text, std::vector<std::string>& cves) {
  constexpr std::string_view kStart = "CVE-";
  for (auto at = text.find(kStart); at != std::string_view::npos; at = text.find(kStart, at + 1)) {
    std::string_view rest = text.substr(at + kStart.size());
    const auto year = take_run(rest, is_digit);
    if (year.size() != 4 || !take(rest, "-")) continue;
    const auto number = take_run(rest, is_digit);
    if (number.size() < 4 || number.size() > 12) continue;
    std::string cve = std::string(kStart) + std::string(year) + '-' + std::string(number);
    if (std::ranges::count(cves, cve) == 0 && cves.size() < kMostAliases) cves.push_back(std::move(cve));
  }
}

struct Package {
  std::string name, version, release, epoch, arch;
  std::string module{};
};
struct Update {
  bool security = false;
  Advisory advisory{};
  std::vector<Package> packages{};
  std::string module{};  ///< Of the collection that is being read: "nodejs:18".
};

class Updates : public XmlReader {
 public:
  explicit Updates(Sink& sink) : sink_(sink) {}
  bool is_updateinfo() const { return updateinfo_; }

 private:
  void start(std::string_view name, const Attributes& attributes) override {
    if (depth() == 1) updateinfo_ = name == "updates";
    if (name == "update") {
      update_.emplace();
      update_->security = attributes.get("type") == "security";
    }
    if (!update_) return;
    auto& advisory = update_->advisory;
    if (name == "issued") {
      advisory.published = attributes.get("date");
    } else if (name == "reference") {
      add_cves(attributes.get("id"), advisory.cves);
      add_cves(attributes.get("title"), advisory.cves);
      const auto link = attributes.get("href");
      const bool of_erratum = attributes.get("type") == "self";
      if (!link.empty() && advisory.links.size() < kMostLinks) {
        advisory.links.insert(of_erratum ? advisory.links.begin() : advisory.links.end(), std::string(link));
      }
    } else if (name == "collection") {
      update_->module.clear();
    } else if (name == "module") {
      update_->module = std::string(attributes.get("name")) + ':' + std::string(attributes.get("stream"));
    } else if (name == "package") {
      if (update_->packages.size() >= kMostOfAnUpdate) return refuse();
      update_->packages.push_back({.name = std::string(attributes.get("name")),
                                   .version = std::string(attributes.get("version")),
                                   .release = std::string(attributes.get("release")),
                                   .epoch = std::string(attributes.get("epoch")),
                                   .arch = std::string(attributes.get("arch")),
                                   .module = update_->module});
    }
  }

  void end(std::string_view name, const std::string& text) override {
    if (!update_) return;
    auto& advisory = update_->advisory;
    if (name == "update") {
      add(*update_);
      update_.reset();
    } else if (name == "id" && advisory.id.empty()) {
      advisory.id = text;
    } else if (name == "title" && advisory.title.empty()) {
      advisory.title = text;
    } else if (name == "severity") {
      advisory.severity = severity_of_word(text);
    } else if (name == "description" && advisory.description.empty()) {
      advisory.description = text;
      add_cves(text, advisory.cves);
    }
  }

  void add(Update& update) {
    const Maker* maker = maker_of(update.advisory.id);
    if (maker == nullptr || (!update.security && update.advisory.cves.empty())) return;
    if (maker->scope == "fedora") add_cves(update.advisory.title, update.advisory.cves);
    // The same version is there for several architectures.
    std::map<std::tuple<std::string, std::string, std::string, std::string>, std::vector<std::string>> packages;
    for (auto& package : update.packages) {
      if (package.arch == "src" || package.arch == "nosrc") continue;
      const std::string scope = scope_of(*maker, package.release);
      const std::string epoch = package.epoch.empty() || package.epoch == "0" ? "" : package.epoch + ':';
      std::string version = epoch + package.version + '-' + package.release;
      if (scope.empty() || package.name.empty() || !is_version(Scheme::rpm, version)) {
        sink_.skipped("a package without a release");
        continue;
      }
      auto& arches = packages[{scope, package.name, std::move(version), package.module}];
      if (std::ranges::count(arches, package.arch) == 0) arches.push_back(package.arch);
    }
    if (packages.empty()) return;
    const auto number = sink_.advisory(std::move(update.advisory));
    for (const auto& [key, arches] : packages) {
      const auto& [scope, name, version, module] = key;
      sink_.affects(scope, name,
                    {.advisory = number,
                     .ranges = {{.high = version, .high_fixes = true}},
                     .arches = arches,
                     .module = module,
                     .named = Named::binary});
    }
  }

  Sink& sink_;
  bool updateinfo_ = false;
  std::optional<Update> update_;
};

}  // namespace

bool is_updateinfo(std::string_view beginning) { return beginning.find("<updates") != std::string_view::npos; }

Result<void> read_updateinfo(Input& input, Sink& sink) {
  Updates updates(sink);
  std::vector<char> buffer(kPiece);
  for (;;) {
    const auto got = input.read(buffer);
    if (!got) return got.error();
    if (auto fed = updates.feed({buffer.data(), *got}, *got == 0); !fed) return fed.error();
    if (*got == 0) break;
  }
  if (!updates.is_updateinfo()) return Error{Errc::invalid_request, "This XML is no updateinfo"};
  return {};
}

}  // namespace wharf::vuln
