#include "vuln/feed_yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <vector>

#include "vuln/ranges.h"
#include "vuln/scope.h"
#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

/// An advisory is a map of texts and of lists of texts; what is nested deeper is not read.
using Fields = std::map<std::string, std::vector<std::string>, std::less<>>;

constexpr std::size_t kDeepest = 16;
constexpr std::size_t kMostValues = 20'000;

/// Takes the fields from the events, so that no document is built; an alias, by which few bytes become many, ends it.
class FieldReader : public YAML::EventHandler {
 public:
  Fields fields;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { value(mark, ""); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { throw YAML::ParserException(mark, "an alias"); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t, const std::string& text) override {
    value(mark, text);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    if (kinds_.size() == 1) awaits_key_ = true;
    open(mark, 's');
  }
  void OnSequenceEnd() override { kinds_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    if (kinds_.size() == 1) awaits_key_ = true;
    open(mark, 'm');
  }
  void OnMapEnd() override { kinds_.pop_back(); }

 private:
  void open(const YAML::Mark& mark, char kind) {
    if (kinds_.size() >= kDeepest) throw YAML::ParserException(mark, "too deep");
    kinds_.push_back(kind);
  }

  void value(const YAML::Mark& mark, const std::string& text) {
    if (++values_ > kMostValues) throw YAML::ParserException(mark, "too many values");
    if (kinds_ == "m") {
      if (awaits_key_) {
        key_ = text;
      } else if (!text.empty()) {
        fields[key_].push_back(text);
      }
      awaits_key_ = !awaits_key_;
    } else if (kinds_ == "ms") {
      fields[key_].push_back(text);
    } else if (kinds_ == "mms") {
      fields[key_ + "."].push_back(text);  // related: {url: […]}
    }
  }

  std::string kinds_;  ///< The open maps and lists, as letters.
  bool awaits_key_ = true;
  std::string key_;
  std::size_t values_ = 0;
};

Result<Fields> fields_of(std::string_view text) {
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    FieldReader reader;
    parser.HandleNextDocument(reader);
    return std::move(reader.fields);
  } catch (const YAML::Exception& bad) {
    return Error{Errc::invalid_request, "The YAML text is malformed", bad.what()};
  }
}

std::string first(const Fields& fields, std::string_view key) {
  const auto found = fields.find(key);
  return found == fields.end() || found->second.empty() ? std::string() : found->second.front();
}

const std::vector<std::string>& all(const Fields& fields, std::string_view key) {
  static const std::vector<std::string> kNone;
  const auto found = fields.find(key);
  return found == fields.end() ? kNone : found->second;
}

/// Whether a line begins with `key` and a colon.
bool has_field(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (take(line, key) && line.starts_with(':')) return true;
  }
  return false;
}

struct Slug {
  std::string_view prefix, scope;
  char joined_by;  ///< "com.acme/app" is "com.acme:app" to Maven.
};
constexpr std::array kSlugs{Slug{"npm", "npm", '/'},
                            Slug{"maven", "maven", ':'},
                            Slug{"pypi", "pypi", '/'},
                            Slug{"go", "go", '/'},
                            Slug{"gem", "gem", '/'},
                            Slug{"nuget", "nuget", '/'},
                            Slug{"packagist", "composer", '/'},
                            Slug{"cargo", "cargo", '/'}};

std::optional<std::vector<Range>> gitlab_ranges(std::string_view text) {
  return text.starts_with('[') || text.starts_with('(') ? ranges_of_brackets(text) : ranges_of_comparisons(text);
}

/// What describes the issue itself goes before what only speaks of it.
void best_link_first(std::vector<std::string>& links, const std::string& id) {
  const auto describes = [&](const std::string& link) {
    return link == "https://nvd.nist.gov/vuln/detail/" + id || link.starts_with("https://github.com/advisories/GHSA-");
  };
  const auto best = std::ranges::find_if(links, describes);
  if (best != links.end()) std::rotate(links.begin(), best, best + 1);
}

void add_score(const Fields& fields, Advisory& advisory) {
  for (const auto* key : {"cvss_v4", "cvss_v3", "cvss_v2"}) {
    const std::string value = first(fields, key);
    if (value.empty()) continue;
    if (value.find(':') != std::string::npos) {
      advisory.vectors.push_back(value);
    } else if (advisory.score == 0) {
      advisory.score = std::min(std::max(std::strtod(value.c_str(), nullptr), 0.0), 10.0);
    }
  }
}

}  // namespace

bool is_gitlab(std::string_view text) { return has_field(text, "package_slug"); }

std::string gitlab_ecosystem(std::string_view text) {
  const auto fields = fields_of(text);
  if (!fields) return {};
  const std::string slug = first(*fields, "package_slug");
  return slug.substr(0, slug.find('/'));
}

Result<void> read_gitlab(std::string_view text, Sink& sink) {
  const auto fields = fields_of(text);
  if (!fields) return fields.error();
  const std::string slug = first(*fields, "package_slug");
  const auto slash = slug.find('/');
  const auto ecosystem = std::ranges::find(kSlugs, slug.substr(0, slash), &Slug::prefix);
  if (slash == std::string::npos || ecosystem == kSlugs.end()) return {};
  std::string name = slug.substr(slash + 1);
  if (ecosystem->joined_by == ':') {
    if (const auto last = name.rfind('/'); last != std::string::npos) name[last] = ':';
  }
  auto ranges = gitlab_ranges(first(*fields, "affected_range"));
  if (!ranges) {
    sink.skipped("a range that cannot be read");
    return {};
  }
  Advisory advisory{.id = first(*fields, "identifier"),
                    .title = first(*fields, "title"),
                    .description = first(*fields, "description"),
                    .links = all(*fields, "urls"),
                    .published = first(*fields, "pubdate")};
  if (advisory.id.empty()) return {};
  for (const auto& id : all(*fields, "identifiers")) {
    if (id != advisory.id) advisory.aliases.push_back(id);
  }
  best_link_first(advisory.links, advisory.id);
  add_score(*fields, advisory);
  Affected affected{.ranges = *std::move(ranges), .fixes = all(*fields, "fixed_versions")};
  affected.advisory = sink.advisory(std::move(advisory));
  sink.affects(ecosystem->scope, name, std::move(affected));
  return {};
}

bool is_ruby(std::string_view text) {
  return (has_field(text, "gem") || has_field(text, "engine")) && has_field(text, "title");
}

Result<void> read_ruby(std::string_view text, Sink& sink) {
  const auto fields = fields_of(text);
  if (!fields) return fields.error();
  const std::string gem = first(*fields, "gem"), cve = first(*fields, "cve"), ghsa = first(*fields, "ghsa");
  if (gem.empty() || !first(*fields, "withdrawn").empty()) return {};
  std::vector<std::string> spared = all(*fields, "patched_versions");
  for (const auto& each : all(*fields, "unaffected_versions")) spared.push_back(each);
  auto ranges = ranges_outside_requirements(spared);
  if (!ranges) {
    sink.skipped("a requirement that cannot be read");
    return {};
  }
  Advisory advisory{.title = first(*fields, "title"),
                    .description = first(*fields, "description"),
                    .published = first(*fields, "date")};
  if (!ghsa.empty()) advisory.aliases.push_back("GHSA-" + ghsa);
  if (!cve.empty()) {
    advisory.id = "CVE-" + cve;
  } else if (!ghsa.empty()) {
    advisory.id = std::move(advisory.aliases.front());
    advisory.aliases.clear();
  } else {
    advisory.id =
        first(*fields, "osvdb").empty() ? "RUBY-" + gem + "-" + advisory.published : "OSVDB-" + first(*fields, "osvdb");
  }
  if (const std::string url = first(*fields, "url"); !url.empty()) advisory.links.push_back(url);
  for (const auto& url : all(*fields, "related.")) {
    if (url.starts_with("https://")) advisory.links.push_back(url);
  }
  add_score(*fields, advisory);
  Affected affected{.ranges = *std::move(ranges)};
  affected.advisory = sink.advisory(std::move(advisory));
  sink.affects("gem", gem, std::move(affected));
  return {};
}

}  // namespace wharf::vuln
