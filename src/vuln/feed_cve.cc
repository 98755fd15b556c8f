#include "vuln/feed_cve.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "vuln/json_members.h"
#include "vuln/json_text.h"
#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

constexpr std::size_t kPiece = 256 * 1024;
constexpr std::size_t kLongestLine = 4096;
constexpr std::size_t kLargestCve = std::size_t{16} << 20;

void add(Sink& sink, std::string_view scope, std::string_view cve, std::string_view what) {
  if (const auto note = note_of_cve(cve)) {
    sink.note(scope, *note, std::string(cve) + "\t" + std::string(what) + "\n");
  } else {
    sink.skipped("an id that is no CVE");
  }
}

/// Hands each item of the member `vulnerabilities` to `each`.
Result<void> read_items(Input& input, const std::function<void(const json::Object&)>& each) {
  JsonMembers members(2, kLargestCve, [&](std::span<const std::string> path, std::string_view value) -> Result<void> {
    if (path.size() != 2 || path[0] != "vulnerabilities") return {};
    const auto parsed = json::parse(value);
    if (!parsed) return parsed.error();
    each(object_in(*parsed));
    return {};
  });
  std::vector<char> buffer(kPiece);
  for (;;) {
    const auto got = input.read(buffer);
    if (!got) return got.error();
    if (*got == 0) return members.finish();
    if (auto fed = members.feed({buffer.data(), *got}); !fed) return fed.error();
  }
}

std::string_view vector_of(const json::Object& cve) {
  const auto& metrics = object_at(cve, "metrics");
  for (const auto* key : {"cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2"}) {
    std::string_view found;
    for (const auto& each : array_at(metrics, key)) {
      const auto& metric = object_in(each);
      const bool primary = text_at(metric, "type") == "Primary";
      if (found.empty() || primary) found = text_at(object_at(metric, "cvssData"), "vectorString");
      if (primary) break;
    }
    if (!found.empty()) return found;
  }
  return {};
}

}  // namespace

std::optional<std::string> note_of_cve(std::string_view cve) {
  if (!take(cve, "CVE-")) return std::nullopt;
  const std::string_view year = take_run(cve, is_digit);
  if (year.size() != 4 || !take(cve, "-") || !all_digits(cve) || cve.size() > 12) return std::nullopt;
  return std::string(year) + "-" + std::string(cve.substr(0, cve.size() > 3 ? cve.size() - 3 : 0));
}

std::optional<std::string> note_of_alias(std::string_view name) {
  constexpr std::string_view kGitHub = "GHSA-";
  constexpr std::size_t kSize = std::string_view("GHSA-jfh8-c2jp-5v3q").size();
  if (!name.starts_with(kGitHub)) return note_of_cve(name);
  const bool plain = std::ranges::all_of(name.substr(kGitHub.size()),
                                         [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-'; });
  if (!plain || name.size() != kSize) return std::nullopt;
  return std::string(name.substr(0, kGitHub.size() + 2));
}

std::optional<std::string_view> line_of_cve(std::string_view note, std::string_view cve) {
  while (!note.empty()) {
    std::string_view line = note.substr(0, note.find('\n'));
    note.remove_prefix(std::min(line.size() + 1, note.size()));
    if (take(line, cve) && take(line, "\t")) return line;
  }
  return std::nullopt;
}

bool is_epss(std::string_view beginning) { return beginning.find("cve,epss,percentile") < 512; }

Result<void> read_epss(Input& input, Sink& sink) {
  std::string rest;
  std::vector<char> buffer(kPiece);
  for (;;) {
    const auto got = input.read(buffer);
    if (!got) return got.error();
    rest.append(buffer.data(), *got);
    if (*got == 0 && !rest.empty()) rest.push_back('\n');
    std::string_view lines = rest;
    for (auto end = lines.find('\n'); end != std::string_view::npos; end = lines.find('\n')) {
      std::string_view line = lines.substr(0, end);
      lines.remove_prefix(end + 1);
      const auto until_comma = [](char c) { return c != ','; };
      const std::string_view cve = take_run(line, until_comma);
      take(line, ",");
      const std::string_view score = take_run(line, until_comma);
      take(line, ",");
      const std::string_view percentile =
          take_run(line, [](char c) { return is_digit(c) || c == '.' || c == 'e' || c == '-'; });
      if (!cve.starts_with("CVE-")) continue;
      if (score.empty() || score.size() > 24 || percentile.size() > 24) {
        sink.skipped("a line without a score");
        continue;
      }
      add(sink, kEpssScope, cve, std::string(score) + "\t" + std::string(percentile));
    }
    if (*got == 0) return {};
    if (lines.size() > kLongestLine) return Error{Errc::invalid_request, "A line of the file is too long"};
    rest.erase(0, rest.size() - lines.size());
  }
}

bool is_kev(std::string_view beginning) { return beginning.find("\"catalogVersion\"") != std::string_view::npos; }

Result<void> read_kev(Input& input, Sink& sink) {
  return read_items(input, [&](const json::Object& item) {
    add(sink, kKevScope, text_at(item, "cveID"), text_at(item, "dateAdded").substr(0, 10));
  });
}

bool is_nvd(std::string_view beginning) { return beginning.find("\"NVD_CVE\"") != std::string_view::npos; }

Result<void> read_nvd(Input& input, Sink& sink) {
  return read_items(input, [&](const json::Object& item) {
    const auto& cve = object_at(item, "cve");
    const std::string_view vector = vector_of(cve);
    if (!vector.empty() && vector.size() < 256) add(sink, kNvdScope, text_at(cve, "id"), vector);
  });
}

}  // namespace wharf::vuln
