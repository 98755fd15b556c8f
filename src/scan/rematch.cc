#include <algorithm>
#include <map>
#include <set>

#include "base/digest.h"
#include "base/log.h"
#include "scan/scanner.h"
#include "store/layer_inventory.h"
#include "vuln/facts.h"
#include "vuln/lookups.h"
#include "vuln/pack.h"
#include "vuln/store.h"

namespace wharf::scan {
namespace {

constexpr int kNamesAStep = 64;
constexpr int kManifestsAStep = 5000;
constexpr std::size_t kWantedAtOnce = 500;
constexpr std::size_t kMostWanted = 200'000;  // that are remembered
constexpr std::size_t kMostFactsBytes = std::size_t{16} << 20;

/// The names under which others speak of an advisory.
std::set<std::string> names_of(const vuln::Advisory& advisory) {
  std::set<std::string> names(advisory.aliases.begin(), advisory.aliases.end());
  names.insert(advisory.id);
  return names;
}

/// What others say of the issues of advisories, by name.
struct Facts {
  const std::map<std::string, vuln::CveFacts>& facts;
  const std::map<std::string, std::string>& vectors;
};

bool is_of_distribution(const std::string& kind) {
  auto known = inventory::Kind::dpkg;
  return boost::describe::enum_from_string(kind.c_str(), known) && inventory::of_distribution(known);
}

/// Of `advisories`. `own`: they are about a distribution's packages, on which it has the last word.
Facts facts_of(db::Tx& tx, vuln::Lookups& lookups, bool own,
               const std::map<vuln::AdvisoryKey, vuln::Advisory>& advisories) {
  std::set<std::string> names, unjudged;
  for (const auto& [key, advisory] : advisories) {
    names.merge(names_of(advisory));
    if (!own) vuln::add_unjudged(advisory, unjudged);
  }
  return {lookups.facts(tx, names), lookups.alias_vectors(tx, unjudged)};
}

/// Appends what NVD, EPSS, KEV and other feeds say of an advisory's issue.
void pack_facts(std::string& line, const vuln::Advisory& advisory, bool own, const Facts& known) {
  std::set<std::string> unjudged;
  if (!own) vuln::add_unjudged(advisory, unjudged);
  for (const auto& name : names_of(advisory)) vuln::pack(line, known.facts.at(name));
  for (const auto& name : unjudged) vuln::pack(line, known.vectors.at(name));
}

/// A hash of all that the feeds say of each name, and of the issues that it has, whatever numbers an import has given
/// it.
std::map<std::string, std::string> said_of(db::Tx& tx, vuln::Lookups& lookups, const std::string& kind,
                                           const std::vector<std::string>& names) {
  const bool own = is_of_distribution(kind);
  std::map<std::string, std::string> texts;
  for (const auto& scope : store::list_package_scopes(tx, kind)) {
    auto entries = vuln::find_entries(tx, scope, names);
    std::vector<vuln::AdvisoryKey> keys;
    for (const auto& [name, said] : entries) {
      for (const auto& one : said) keys.emplace_back(one.import_id, one.affected.advisory);
    }
    const auto advisories = vuln::find_advisories(tx, keys);
    const auto facts = facts_of(tx, lookups, own, advisories);
    for (auto& [name, said] : entries) {
      std::vector<std::string> lines;
      for (auto& one : said) {
        std::string line = scope + ' ' + one.feed + ' ';
        if (const auto found = advisories.find({one.import_id, one.affected.advisory}); found != advisories.end()) {
          vuln::pack(line, found->second);
          pack_facts(line, found->second, own, facts);
        }
        one.affected.advisory = 0;
        vuln::pack(line, one.affected);
        lines.push_back(std::move(line));
      }
      std::ranges::sort(lines);
      for (const auto& line : lines) texts[name] += line;
    }
  }
  std::map<std::string, std::string> hashes;
  for (const auto& name : names) hashes[name] = Digest::of(texts[name]).hex();
  return hashes;
}

}  // namespace

awaitable<bool> Scanner::want_images_of(std::int64_t name_id, std::int64_t data_version,
                                        std::set<std::int64_t>& wanted) {
  for (std::int64_t at = 0;;) {
    if (stopping_) co_return false;
    auto list = [&](db::Tx& tx) { return store::manifests_with_package(tx, name_id, at, kManifestsAStep); };
    const auto manifests = co_await parts_.db.read(list);
    // Most have been put there already, for another of their packages.
    if (wanted.size() > kMostWanted) wanted.clear();
    std::vector<std::int64_t> more;
    for (const auto id : manifests) {
      if (!wanted.contains(id)) more.push_back(id);
    }
    for (std::size_t first = 0; first < more.size(); first += kWantedAtOnce) {
      const auto some = std::span(more).subspan(first, std::min(kWantedAtOnce, more.size() - first));
      auto want = [&](db::Tx& tx) {
        store::want_scans(tx, some, data_version, now_ms());
        return true;
      };
      co_await parts_.db.write(want);
    }
    wanted.insert(more.begin(), more.end());
    if (std::ssize(manifests) < kManifestsAStep) co_return true;
    at = manifests.back();
  }
}

awaitable<int> Scanner::rematch(int most) {
  if (!older_wanted_) {
    auto want = [](db::Tx& tx) { return store::want_scans_of_readers_before(tx, inventory::kReaderVersion, now_ms()); };
    const auto images = co_await parts_.db.write(std::move(want));
    older_wanted_ = true;
    if (images > 0) log::info("images are scanned again, as more is read in layers now", {{"images", images}});
  }
  int looked = 0;
  vuln::Lookups lookups(kMostFactsBytes);
  std::set<std::int64_t> wanted;
  std::int64_t wanted_version = 0;
  while (looked < most && !stopping_) {
    std::int64_t version = 0;
    std::vector<store::KnownName> names;
    std::map<std::pair<std::string, std::string>, std::string> now_said;
    auto look = [&](db::Tx& tx) {
      version = vuln::data_version(tx);
      lookups.begin(tx);
      names = store::list_outdated_names(tx, version, kNamesAStep);
      now_said.clear();
      std::map<std::string, std::vector<std::string>> by_kind;
      for (const auto& name : names) by_kind[name.kind].push_back(name.name);
      for (const auto& [kind, list] : by_kind) {
        for (auto& [name, hash] : said_of(tx, lookups, kind, list)) now_said[{kind, name}] = std::move(hash);
      }
      return true;
    };
    co_await parts_.db.read(look);
    if (names.empty()) break;
    if (version != wanted_version) wanted.clear();
    wanted_version = version;
    for (const auto& name : names) {
      if (now_said[{name.kind, name.name}] == name.said) continue;
      if (!co_await want_images_of(name.id, version, wanted)) co_return looked;
    }
    auto note = [&](db::Tx& tx) {
      for (const auto& name : names) store::set_said(tx, name.id, now_said[{name.kind, name.name}], version);
      return true;
    };
    co_await parts_.db.write(note);
    looked += static_cast<int>(names.size());
  }
  co_return looked;
}

}  // namespace wharf::scan
