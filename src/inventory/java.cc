#include "inventory/java.h"

#include <array>
#include <map>
#include <vector>

#include "inventory/java_groups.h"
#include "inventory/path.h"
#include "inventory/python.h"
#include "inventory/text.h"

namespace wharf::inventory {
namespace {

constexpr int kDeepest = 6;
constexpr std::size_t kLargestText = 1 << 20;
constexpr std::size_t kMostPoms = 2000;
constexpr std::string_view kLocalHeader = "PK\x03\x04";

struct Pom {
  std::string group, artifact, version;
};

/// What one archive says of itself.
struct Told {
  std::vector<Pom> poms;
  std::map<std::string, std::string> manifest;
};

/// `key=value` or `key: value` a line. Source: java.util.Properties, as Maven writes them.
Pom parse_pom(std::string_view text) {
  Pom pom;
  Lines lines(text);
  while (auto line = lines.next()) {
    const std::string_view all = trimmed(*line);
    const auto mark = all.find_first_of("=:");
    if (all.starts_with('#') || mark == std::string_view::npos) continue;
    const std::string_view key = trimmed(all.substr(0, mark));
    const std::string value(trimmed(all.substr(mark + 1)));
    if (value.find("${") != std::string::npos) continue;
    if (key == "groupId") pom.group = value;
    if (key == "artifactId") pom.artifact = value;
    if (key == "version") pom.version = value;
  }
  return pom;
}

/// The main section; lines are folded after 72 bytes. Source: JAR File Specification, "JAR Manifest".
std::map<std::string, std::string> parse_manifest(std::string_view text) {
  std::map<std::string, std::string> all;
  std::string* last = nullptr;
  Lines lines(text);
  while (auto line = lines.next()) {
    if (line->empty()) break;
    if (line->front() == ' ') {
      if (last != nullptr) *last += line->substr(1);
      continue;
    }
    std::string_view value = *line;
    const std::string_view name = cut(value, ':');
    last = &all[lower_case(name)];
    *last = trimmed(value);
  }
  return all;
}

std::string member(const Told& told, std::initializer_list<const char*> names) {
  for (const auto* name : names) {
    const auto found = told.manifest.find(name);
    // Text that a build tool did not fill in is none.
    if (found != told.manifest.end() && !found->second.empty() && found->second.find("${") == std::string::npos) {
      return std::string(trimmed(found->second.substr(0, found->second.find(';'))));
    }
  }
  return {};
}

/// "log4j-core-2.14.1.jar": the version begins at the first "-" that a digit follows.
Pom from_file_name(std::string_view path) {
  std::string_view stem = base_name(path);
  stem = stem.substr(0, stem.rfind('.'));
  for (std::size_t at = 1; at + 1 < stem.size(); ++at) {
    if (stem[at] == '-' && stem[at + 1] >= '0' && stem[at + 1] <= '9') {
      return {"", std::string(stem.substr(0, at)), std::string(stem.substr(at + 1))};
    }
  }
  return {"", std::string(stem), ""};
}

/// An OSGi name is the group, or the group with the artifact behind it.
std::string group_of(const std::string& symbolic_name, const std::string& artifact) {
  if (symbolic_name.find('.') == std::string::npos) return {};
  const std::string end = '.' + artifact;
  if (symbolic_name.ends_with(end)) return symbolic_name.substr(0, symbolic_name.size() - end.size());
  return symbolic_name;
}

/// A name as Maven has them: no blanks, no path, no URL.
bool is_artifact(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

/// What an archive without Maven's own files is. A file that is called "name-version" says it best, as it was called
/// so in the repository; one that was renamed is what its manifest says.
Pom from_manifest(const Told& told, std::string_view path) {
  Pom pom = from_file_name(path);
  const std::string symbolic = member(told, {"bundle-symbolicname"});
  constexpr std::string_view kTomcat = "org.apache.tomcat-";
  if (pom.version.empty() && symbolic.starts_with(kTomcat)) {
    // Its titles and versions are those of the interface; "catalina.jar" is tomcat-catalina.
    pom.artifact = symbolic.substr(kTomcat.size() - std::string_view("tomcat-").size());
    pom.version = member(told, {"bundle-version"});
  } else if (pom.version.empty()) {
    pom.version = member(told, {"implementation-version", "bundle-version", "specification-version", "plugin-version"});
    for (const std::string& name : {member(told, {"implementation-title"}), member(told, {"specification-title"}),
                                    symbolic.substr(symbolic.rfind('.') + 1), member(told, {"short-name"})}) {
      if (!is_artifact(name)) continue;
      pom.artifact = name;
      break;
    }
  }
  pom.group = member(told, {"group-id"});
  if (pom.group.empty()) pom.group = group_of_artifact(pom.artifact, pom.version, path);
  // A title may be the whole name, "org.acme:tool".
  const std::string title = member(told, {"implementation-title"});
  const auto colon = std::min(title.find(':'), title.size());
  if (pom.group.empty() && is_artifact(title.substr(0, colon)) &&
      is_artifact(title.substr(std::min(colon + 1, title.size())))) {
    pom.group = title.substr(0, colon);
    pom.artifact = title.substr(colon + 1);
  }
  if (pom.group.empty()) {
    const std::string vendor = member(told, {"implementation-vendor-id"});
    pom.group = is_artifact(vendor) ? vendor : group_of(symbolic, pom.artifact);
  }
  return pom;
}

void add(const Pom& pom, std::string_view path, Finds& finds) {
  if (pom.artifact.empty()) return;
  finds.add({.kind = Kind::maven,
             .name = pom.group.empty() ? pom.artifact : pom.group + ':' + pom.artifact,
             .version = pom.version,
             .location = std::string(path)});
}

void conclude(const Told& told, std::string_view path, Finds& finds) {
  const Pom named = from_file_name(path);
  // Where all of them are of others that were put into it, it is something itself, if its name says so.
  bool own = !told.poms.empty() && named.version.empty();
  for (const auto& pom : told.poms) {
    add(pom, path, finds);
    own = own || pom.version == named.version || (!pom.artifact.empty() && base_name(path).starts_with(pom.artifact));
  }
  if (!own) add(from_manifest(told, path), path, finds);
}

/// Where the archive begins: a program that starts it may stand in front.
Result<std::string> read_head(Source& content) {
  std::string head(64 * 1024, '\0');
  std::size_t size = 0;
  while (size < head.size()) {
    const auto got = content.read(std::span(head).subspan(size));
    if (!got) return got.error();
    if (*got == 0) break;
    size += *got;
  }
  head.resize(size);
  const auto start = head.find(kLocalHeader);
  if (start == std::string::npos) return Error{Errc::invalid_request, "It is no zip archive"};
  return head.substr(start);
}

Result<void> read_archive(Source& content, const std::string& path, int depth, Budget& budget, Finds& finds) {
  auto head = read_head(content);
  if (!head) return head.error();
  JoinedSource whole(*head, content);
  auto archive = Archive::open(whole, Archive::Form::zip, budget);
  if (!archive) return archive.error();
  Told told;
  std::optional<Error> failed;
  for (;;) {
    const auto entry = (*archive)->next();
    if (!entry) failed = entry.error();
    if (!entry || *entry == nullptr) break;
    const std::string inner = (*entry)->path;
    if ((*entry)->type != EntryType::file) continue;
    if (inner.starts_with("META-INF/maven/") && base_name(inner) == "pom.properties") {
      const auto text = (*archive)->read_all(kLargestText);
      Pom found = text ? parse_pom(*text) : Pom();
      const bool complete = !found.artifact.empty() && !found.version.empty();
      if (complete && told.poms.size() < kMostPoms) told.poms.push_back(std::move(found));
    } else if (inner == "META-INF/MANIFEST.MF") {
      if (const auto text = (*archive)->read_all(kLargestText)) told.manifest = parse_manifest(*text);
    } else if (is_jar(inner)) {
      const std::string at = path + "!/" + inner;
      if (depth >= kDeepest || at.size() > kLongestText) {
        finds.note(path, "archives in it that are too deep");
      } else if (auto done = read_archive(**archive, at, depth + 1, budget, finds); !done) {
        finds.note(at, done.error().message);
      }
    }
  }
  conclude(told, path, finds);
  if (failed) return *failed;
  return {};
}

}  // namespace

bool is_jar(std::string_view path) {
  constexpr std::string_view kEnds[] = {".jar", ".war", ".ear", ".jpi", ".hpi"};
  if (path.size() < 5) return false;
  const std::string end = lower_case(path.substr(path.size() - 4));
  return std::find(std::begin(kEnds), std::end(kEnds), end) != std::end(kEnds);
}

Result<void> read_jar(Source& content, std::string_view path, Budget& budget, Finds& finds) {
  return read_archive(content, std::string(path), 1, budget, finds);
}

bool is_egg(std::string_view path) { return path.ends_with(".egg"); }

Result<void> read_egg(Source& content, std::string_view path, Budget& budget, Finds& finds) {
  auto archive = Archive::open(content, Archive::Form::zip, budget);
  if (!archive) return archive.error();
  for (;;) {
    const auto entry = (*archive)->next();
    if (!entry) return entry.error();
    if (*entry == nullptr) return {};
    if ((*entry)->path != "EGG-INFO/PKG-INFO") continue;
    const auto text = (*archive)->read_all(kLargestText);
    if (!text) return text.error();
    return read_python_metadata(*text, path, finds);
  }
}

}  // namespace wharf::inventory
