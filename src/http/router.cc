#include "http/router.h"

#include <algorithm>
#include <array>

namespace wharf::http {
namespace {

constexpr std::size_t kMostSegments = 128;

/// The segments of a path without its first and its last slash. Nothing for too many or for an empty one inside.
bool split(std::string_view path, std::vector<std::string_view>& segments) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto segment = path.substr(0, slash);
    if (segment.empty() || segments.size() == kMostSegments) return false;
    segments.push_back(segment);
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return true;
}

/// The first `count` segments as they stand in the path, without the slash in front. They are views into one text.
std::string_view first_segments(const std::vector<std::string_view>& segments, std::size_t count) {
  if (count == 0) return {};
  const auto* start = segments.front().data();
  const auto& last = segments[count - 1];
  return {start, static_cast<std::size_t>(last.data() + last.size() - start)};
}

/// Where a decoded path has slashes that were written as `%2F`, which hold a name together.
std::vector<const char*> encoded_slashes(std::string_view raw, std::string_view decoded) {
  std::vector<const char*> found;
  std::size_t at = 0;
  for (std::size_t i = 0; i < raw.size(); ++i, ++at) {
    if (raw[i] != '%') continue;
    if (decoded[at] == '/') found.push_back(decoded.data() + at);
    i += 2;
  }
  return found;
}

}  // namespace

void Router::add(Verb verb, std::string_view path, std::size_t index) {
  std::vector<std::string_view> segments;
  split(path, segments);
  std::size_t fixed = 0;
  while (fixed < segments.size() && !segments[fixed].starts_with('{')) ++fixed;
  longest_prefix_ = std::max(longest_prefix_, fixed);
  auto& bucket = buckets_[std::string(first_segments(segments, fixed))];
  for (auto& known : bucket) {
    if (known->path == path) {
      known->verbs.emplace_back(verb, index);
      return;
    }
  }
  auto entry = std::make_unique<Template>();
  entry->path = path;
  for (const auto segment : segments) {
    const bool parameter = segment.starts_with('{');
    entry->segments.emplace_back(segment);
    entry->names.emplace_back(parameter ? segment.substr(1, segment.size() - 2) : std::string_view());
    if (parameter && (segment == "{repository}" || segment == "{name}")) {
      entry->many = static_cast<int>(entry->segments.size()) - 1;
    }
    if (!parameter) ++entry->literals;
  }
  entry->verbs.emplace_back(verb, index);
  // Most literals first; among equals in the order of the table.
  const auto after = std::ranges::find_if(bucket, [&](const auto& known) { return known->literals < entry->literals; });
  bucket.insert(after, std::move(entry));
}

bool Router::match(const Template& entry, const std::vector<std::string_view>& segments,
                   const std::vector<const char*>& held) const {
  const auto is_held = [&held](const char* slash) { return std::ranges::find(held, slash) != held.end(); };
  const auto wanted = entry.segments.size();
  if (entry.many < 0 ? segments.size() != wanted : segments.size() < wanted) return false;
  const auto extra = segments.size() - wanted;
  // From the end: what tells templates of one repository apart is their suffix.
  for (std::size_t i = wanted; i-- > 0;) {
    const auto at = static_cast<int>(i) > entry.many ? i + extra : i;
    if (!entry.names[i].empty()) continue;
    const auto segment = segments[at];
    if (segment != entry.segments[i]) return false;
    if (!held.empty() && (is_held(segment.data() - 1) || is_held(segment.data() + segment.size()))) return false;
  }
  return true;
}

Parameters Router::values(const Template& entry, const std::vector<std::string_view>& segments) const {
  Parameters parameters;
  const auto extra = segments.size() - entry.segments.size();
  for (std::size_t i = 0; i < entry.segments.size(); ++i) {
    if (entry.names[i].empty()) continue;
    const auto at = static_cast<int>(i) > entry.many ? i + extra : i;
    const auto* first = segments[at].data();
    const auto& last = segments[static_cast<int>(i) == entry.many ? at + extra : at];
    parameters.emplace_back(entry.names[i],
                            std::string(first, static_cast<std::size_t>(last.data() + last.size() - first)));
  }
  return parameters;
}

std::optional<Router::Match> Router::find(Verb verb, std::string_view raw_path) const {
  std::string decoded;
  std::vector<const char*> held;
  if (raw_path.find('%') != std::string_view::npos) {
    auto text = percent_decode(raw_path);
    if (!text) return std::nullopt;
    decoded = std::move(*text);
    held = encoded_slashes(raw_path, decoded);
    raw_path = decoded;
  }
  std::vector<std::string_view> segments;
  segments.reserve(8);
  if (!split(raw_path, segments)) return std::nullopt;

  const auto answers = [verb](const Template& entry) {
    return std::ranges::any_of(entry.verbs, [verb](const auto& known) {
      return known.first == verb || (verb == Verb::head && known.first == Verb::get);
    });
  };
  const auto best_of = [&](const std::vector<const char*>& kept) {
    const Template* best = nullptr;
    for (std::size_t fixed = std::min(segments.size(), longest_prefix_) + 1; fixed-- > 0;) {
      const auto bucket = buckets_.find(first_segments(segments, fixed));
      if (bucket == buckets_.end()) continue;
      for (const auto& entry : bucket->second) {
        if (best && best->literals > entry->literals) break;
        if (!match(*entry, segments, kept)) continue;
        // Two that are equally fixed ("{repository}/tag/" and "{repository}/tag/{tag}"): the one that has the verb.
        if (!best || entry->literals > best->literals || (!answers(*best) && answers(*entry))) best = entry.get();
      }
    }
    return best;
  };
  const auto* best = best_of(held);
  if (best == nullptr && !held.empty()) best = best_of({});
  if (!best) return std::nullopt;

  Match found;
  for (const auto wanted : {verb, verb == Verb::head ? Verb::get : verb}) {
    for (const auto& [known, index] : best->verbs) {
      if (known != wanted || found.index) continue;
      found.index = index;
      found.parameters = values(*best, segments);
    }
  }
  if (!found.index) {
    const auto has = [&](Verb wanted) {
      return std::ranges::find(best->verbs, wanted, &std::pair<Verb, std::size_t>::first) != best->verbs.end();
    };
    for (const auto& [known, index] : best->verbs) {
      if (!found.allow.empty()) found.allow += ", ";
      found.allow += to_string(known);
      if (known == Verb::get && !has(Verb::head)) found.allow += ", HEAD";
    }
  }
  return found;
}

}  // namespace wharf::http
