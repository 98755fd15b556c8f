#include "vuln/feed_debian.h"

#include <vector>

#include "vuln/json_members.h"
#include "vuln/json_text.h"
#include "vuln/scope.h"
#include "vuln/severity.h"
#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

/// One issue of one package with its releases is some kilobytes.
constexpr std::size_t kLargestIssue = std::size_t{4} << 20;
constexpr std::size_t kPiece = 256 * 1024;

class Tracker {
 public:
  explicit Tracker(Sink& sink) : sink_(sink) {}

  Result<void> issue(std::string_view package, std::string_view id, std::string_view text) {
    const auto parsed = json::parse(text);
    if (!parsed) return parsed.error();
    const auto& issue = object_in(*parsed);
    for (const auto& [codename, each] : object_at(issue, "releases")) {
      const auto release = debian_release(std::string_view(codename.data(), codename.size()));
      if (release) this->release(package, id, issue, *release, object_in(each));
    }
    return {};
  }

 private:
  void release(std::string_view package, std::string_view id, const json::Object& issue, std::string_view release,
               const json::Object& state) {
    const std::string_view status = text_at(state, "status"), fixed = text_at(state, "fixed_version");
    if (status != "open" && status != "resolved") return;
    Affected affected{.named = Named::source, .severity = severity_of_urgency(text_at(state, "urgency"))};
    affected.spared = status == "resolved" && fixed == "0";
    if (status == "resolved" && !affected.spared) {
      if (!is_version(Scheme::dpkg, fixed)) return sink_.skipped("a version that is none");
      affected.ranges.push_back({.high = std::string(fixed), .high_fixes = true});
    } else {
      affected.ranges.push_back({});
    }
    affected.advisory = number(id, issue);
    sink_.affects("debian:" + std::string(release), package, std::move(affected));
  }

  /// An issue stands under each of its packages; its text is the same.
  std::uint64_t number(std::string_view id, const json::Object& issue) {
    const auto known = numbers_.find(id);
    if (known != numbers_.end()) return known->second;
    Advisory advisory{.id = std::string(id), .description = std::string(text_at(issue, "description"))};
    advisory.links.push_back("https://security-tracker.debian.org/tracker/" + advisory.id);
    return numbers_.emplace(id, sink_.advisory(std::move(advisory))).first->second;
  }

  Sink& sink_;
  std::map<std::string, std::uint64_t, std::less<>> numbers_;
};

}  // namespace

bool is_debian_tracker(std::string_view beginning) {
  const auto blanks = [&] {
    take_run(beginning, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  };
  const auto mark = [&](std::string_view what) {
    blanks();
    return take(beginning, what);
  };
  if (!mark("{") || !mark("\"")) return false;
  take_run(beginning, [](char c) { return c != '"' && c != '\\'; });
  return mark("\"") && mark(":") && mark("{") && (mark("\"CVE-") || mark("\"TEMP-"));
}

Result<void> read_debian_tracker(Input& input, Sink& sink) {
  Tracker tracker(sink);
  JsonMembers members(2, kLargestIssue, [&](std::span<const std::string> path, std::string_view value) {
    return path.size() == 2 ? tracker.issue(path[0], path[1], value) : Result<void>();
  });
  std::vector<char> buffer(kPiece);
  for (;;) {
    const auto got = input.read(buffer);
    if (!got) return got.error();
    if (*got == 0) return members.finish();
    if (auto fed = members.feed({buffer.data(), *got}); !fed) return fed.error();
  }
}

}  // namespace wharf::vuln
