#include <map>

#include "base/digest.h"
#include "base/log.h"
#include "scan/scanner.h"
#include "store/layer_inventory.h"
#include "vuln/pack.h"
#include "vuln/store.h"

namespace wharf::scan {
namespace {

constexpr int kNamesAStep = 64;
constexpr int kManifestsAStep = 500;

/// A hash of all that the feeds say of each name, whatever numbers an import has given it.
std::map<std::string, std::string> said_of(db::Tx& tx, const std::string& kind, const std::vector<std::string>& names) {
  std::map<std::string, std::string> texts;
  for (const auto& scope : store::list_package_scopes(tx, kind)) {
    auto entries = vuln::find_entries(tx, scope, names);
    std::vector<vuln::AdvisoryKey> keys;
    for (const auto& [name, said] : entries) {
      for (const auto& one : said) keys.emplace_back(one.import_id, one.affected.advisory);
    }
    const auto advisories = vuln::find_advisories(tx, keys);
    for (auto& [name, said] : entries) {
      std::vector<std::string> lines;
      for (auto& one : said) {
        std::string line = scope + ' ' + one.feed + ' ';
        if (const auto found = advisories.find({one.import_id, one.affected.advisory}); found != advisories.end()) {
          vuln::pack(line, found->second);
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

awaitable<int> Scanner::rematch(int most) {
  if (!older_wanted_) {
    auto want = [](db::Tx& tx) { return store::want_scans_of_readers_before(tx, inventory::kReaderVersion, now_ms()); };
    const auto images = co_await parts_.db.write(std::move(want));
    older_wanted_ = true;
    if (images > 0) log::info("images are scanned again, as more is read in layers now", {{"images", images}});
  }
  int looked = 0;
  while (looked < most && !stopping_) {
    std::int64_t version = 0;
    std::vector<store::KnownName> names;
    std::map<std::pair<std::string, std::string>, std::string> now_said;
    auto look = [&](db::Tx& tx) {
      version = vuln::data_version(tx);
      names = store::list_outdated_names(tx, version, kNamesAStep);
      now_said.clear();
      std::map<std::string, std::vector<std::string>> by_kind;
      for (const auto& name : names) by_kind[name.kind].push_back(name.name);
      for (const auto& [kind, list] : by_kind) {
        for (auto& [name, hash] : said_of(tx, kind, list)) now_said[{kind, name}] = std::move(hash);
      }
      return true;
    };
    co_await parts_.db.read(look);
    if (names.empty()) break;
    for (const auto& name : names) {
      if (now_said[{name.kind, name.name}] == name.said) continue;
      std::int64_t at = 0;
      do {
        auto want = [&](db::Tx& tx) {
          return store::want_scans_of_package(tx, name.id, version, at, kManifestsAStep, now_ms());
        };
        at = co_await parts_.db.write(want);
      } while (at != 0 && !stopping_);
      if (at != 0) co_return looked;
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
