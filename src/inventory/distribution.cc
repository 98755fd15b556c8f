#include "inventory/distribution.h"

#include <algorithm>
#include <optional>

#include "inventory/json_text.h"
#include "inventory/path.h"
#include "inventory/sqlite_file.h"
#include "inventory/text.h"

namespace wharf::inventory {
namespace {

constexpr std::string_view kOsRelease[] = {"etc/os-release", "usr/lib/os-release"};
constexpr std::string_view kAlpineRelease = "etc/alpine-release";
constexpr std::string_view kLsbRelease = "etc/lsb-release";
constexpr std::string_view kSuseRelease = "etc/SuSE-release";
constexpr std::string_view kDebianVersion = "etc/debian_version";
constexpr std::string_view kIssue = "etc/issue";
constexpr std::string_view kApkRepositories = "etc/apk/repositories";
/// One line, "NAME release VERSION (CODENAME)". Oracle's and CentOS's stand beside a redhat-release of the same form.
constexpr std::string_view kOneLine[] = {"etc/oracle-release", "etc/centos-release", "etc/redhat-release",
                                         "etc/system-release", "etc/photon-release"};

/// The value of `NAME=value` as a shell would take it.
std::string unquoted(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'')
    return std::string(text.substr(1, text.size() - 2));
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    value.push_back(text[i]);
  }
  return value;
}

std::map<std::string, std::string> settings(std::string_view text) {
  std::map<std::string, std::string> all;
  Lines lines(text);
  while (auto line = lines.next()) {
    std::string_view rest = trimmed(*line);
    if (rest.empty() || rest.front() == '#' || rest.find('=') == std::string_view::npos || all.size() > 100) continue;
    const std::string_view name = trimmed(cut(rest, '='));
    std::string value = unquoted(rest);
    if (!name.empty() && tidy(value)) all.try_emplace(std::string(name), std::move(value));
  }
  return all;
}

std::string setting(const std::map<std::string, std::string>& all, const char* name) {
  const auto found = all.find(name);
  return found == all.end() ? "" : found->second;
}

/// The first line of a text, as far as it is one.
std::string one_line(std::string_view text) {
  std::string line(trimmed(cut(text, '\n')).substr(0, 200));
  return tidy(line) ? line : "";
}

Distribution from_os_release(std::string_view text) {
  const auto all = settings(text);
  return {.id = lower_case(setting(all, "ID")),
          .version_id = setting(all, "VERSION_ID"),
          .codename = setting(all, "VERSION_CODENAME"),
          .name = setting(all, "NAME"),
          .pretty_name = setting(all, "PRETTY_NAME"),
          .id_like = setting(all, "ID_LIKE"),
          .cpe = setting(all, "CPE_NAME")};
}

Distribution from_lsb_release(std::string_view text) {
  const auto all = settings(text);
  return {.id = lower_case(setting(all, "DISTRIB_ID")),
          .version_id = setting(all, "DISTRIB_RELEASE"),
          .codename = setting(all, "DISTRIB_CODENAME"),
          .name = setting(all, "DISTRIB_ID"),
          .pretty_name = setting(all, "DISTRIB_DESCRIPTION")};
}

struct Known {
  std::string_view text;  ///< What the line begins with, in lower case.
  std::string_view id;
};
constexpr Known kKnown[] = {{"oracle linux", "ol"},
                            {"red hat", "rhel"},
                            {"centos", "centos"},
                            {"fedora", "fedora"},
                            {"almalinux", "almalinux"},
                            {"rocky", "rocky"},
                            {"amazon linux", "amzn"},
                            {"vmware photon", "photon"},
                            {"photon", "photon"},
                            {"debian", "debian"},
                            {"ubuntu", "ubuntu"},
                            {"welcome to alpine", "alpine"},
                            {"opensuse", "opensuse-leap"},
                            {"suse linux enterprise", "sles"},
                            {"scientific linux", "scientific"}};

/// "CentOS Linux release 7.9.2009 (Core)", "Debian GNU/Linux 8 \n \l", "openSUSE 13.1 (x86_64)".
std::optional<Distribution> from_line(std::string_view text) {
  std::string_view line;
  Lines lines(text);
  while (auto next = lines.next()) {
    line = trimmed(*next);
    if (!line.empty()) break;
  }
  const std::string lower = lower_case(line.substr(0, 200));
  const auto* known =
      std::find_if(std::begin(kKnown), std::end(kKnown), [&](const Known& it) { return lower.starts_with(it.text); });
  if (known == std::end(kKnown)) return {};
  Distribution found{.id = std::string(known->id), .pretty_name = one_line(line)};
  const auto digit = std::find_if(line.begin(), line.end(), [](char c) { return c >= '0' && c <= '9'; });
  const auto end = std::find_if(digit, line.end(), [](char c) { return (c < '0' || c > '9') && c != '.'; });
  found.version_id.assign(digit, std::min(end, digit + std::min<std::ptrdiff_t>(end - digit, 40)));
  while (found.version_id.ends_with('.')) found.version_id.pop_back();
  return found;
}

Distribution from_debian_version(std::string_view text) {
  const std::string line = one_line(text);
  Distribution found{.id = "debian", .name = "Debian GNU/Linux"};
  if (!line.empty() && line.front() >= '0' && line.front() <= '9') {
    found.version_id = line.substr(0, line.find('.'));
  } else {
    found.codename = line.substr(0, line.find('/'));
  }
  found.pretty_name = "Debian GNU/Linux " + line;
  return found;
}

/// "edge" or "3.18" if every line of etc/apk/repositories has this branch.
std::string alpine_branch(std::string_view repositories) {
  std::string only;
  Lines lines(repositories);
  while (auto next = lines.next()) {
    std::string_view line = trimmed(*next);
    if (line.empty() || line.front() == '#') continue;
    std::string branch;
    while (!line.empty() && branch.empty()) {
      const std::string_view part = cut(line, '/');
      const bool release = part.size() > 2 && part.size() < 12 && part.front() == 'v' &&
                           part.substr(1).find_first_not_of("0123456789.") == std::string_view::npos;
      if (part == "edge" || release) branch = part.substr(release ? 1 : 0);
    }
    if (branch.empty()) continue;
    if (!only.empty() && only != branch) return {};
    only = branch;
  }
  return only;
}

void settle_alpine(Distribution& found, const std::map<std::string, std::string>& releases) {
  const auto issue = releases.find(std::string(kIssue));
  const bool edge = found.version_id.find("_alpha") != std::string::npos ||
                    (issue != releases.end() && issue->second.find("(edge)") != std::string::npos);
  if (edge) found.version_id = "edge";
  const auto repositories = releases.find(std::string(kApkRepositories));
  if (repositories == releases.end()) return;
  const std::string branch = alpine_branch(repositories->second);
  if (!branch.empty() && !found.version_id.starts_with(branch + '.')) found.version_id = branch;
}

Distribution first_of(const std::map<std::string, std::string>& releases) {
  const auto text = [&](std::string_view path) -> const std::string* {
    const auto found = releases.find(std::string(path));
    return found == releases.end() ? nullptr : &found->second;
  };
  for (const auto path : kOsRelease) {
    if (const auto* file = text(path)) {
      if (auto found = from_os_release(*file); !found.id.empty()) return found;
    }
  }
  if (const auto* file = text(kAlpineRelease)) {
    const std::string version = one_line(*file);
    return {.id = "alpine", .version_id = version, .name = "Alpine Linux", .pretty_name = "Alpine Linux " + version};
  }
  if (const auto* file = text(kLsbRelease)) {
    if (auto found = from_lsb_release(*file); !found.id.empty()) return found;
  }
  for (const auto path : kOneLine) {
    if (const auto* file = text(path)) {
      if (auto found = from_line(*file)) return *found;
    }
  }
  for (const auto path : {kSuseRelease, kIssue}) {
    if (const auto* file = text(path)) {
      if (auto found = from_line(*file)) return *found;
    }
  }
  if (const auto* file = text(kDebianVersion)) return from_debian_version(*file);
  return {};
}

}  // namespace

bool is_release_file(std::string_view path) {
  if (!path.starts_with("etc/") && path != kOsRelease[1]) return false;
  const std::string_view others[] = {kAlpineRelease, kLsbRelease, kSuseRelease,
                                     kDebianVersion, kIssue,      kApkRepositories};
  return std::find(std::begin(kOsRelease), std::end(kOsRelease), path) != std::end(kOsRelease) ||
         std::find(std::begin(others), std::end(others), path) != std::end(others) ||
         std::find(std::begin(kOneLine), std::end(kOneLine), path) != std::end(kOneLine);
}

Result<void> read_release_file(std::string_view text, std::string_view path, Finds& finds) {
  finds.add_release(path, std::string(text));
  return {};
}

Distribution find_distribution(const std::map<std::string, std::string>& releases) {
  Distribution found = first_of(releases);
  if (found.id == "alpine") settle_alpine(found, releases);
  return found;
}

bool is_content_manifest(std::string_view path) {
  const std::string_view folder = parent_path(path);
  return path.ends_with(".json") && (folder == "root/buildinfo/content_manifests" || folder == "usr/share/buildinfo");
}

Result<void> read_content_manifest(std::string_view text, std::string_view, Finds& finds) {
  const auto document = parse_json(text);
  if (!document) return document.error();
  for (const auto& name : json_list(*document, "content_sets")) {
    if (name.is_string()) finds.add_content_set(name.get_string());
  }
  if (json_flag(*document, "from_dnf_hint")) finds.look_at_repositories();
  return {};
}

bool is_dnf_history(std::string_view path) { return path == "var/lib/dnf/history.sqlite"; }

Result<void> read_dnf_history(std::string_view bytes, std::string_view, Finds& finds) {
  std::string copy(bytes);
  const auto add = [&](std::string_view name) {
    if (!name.starts_with('@')) finds.add_repository(name);  // "@System", "@commandline": none
  };
  return read_sqlite_column(copy, {}, "repo", "repoid", add);
}

}  // namespace wharf::inventory
