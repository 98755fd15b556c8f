#include "service/similarity.h"

#include <numeric>
#include <string>
#include <vector>

#include "base/names.h"
#include "base/text.h"

namespace wharf::service {
namespace {

constexpr double kNoMatch = 0.0, kMatch = 1.0, kTrailing = 0.8, kTrailingButStarted = 0.9, kBuffer = 0.85;

bool upper(char c) { return c >= 'A' && c <= 'Z'; }

bool begins_word(std::string_view name, std::size_t at) {
  return at > 0 && std::string_view(" \t_-").find(name[at - 1]) != std::string_view::npos;
}

}  // namespace

double similarity(std::string_view name, std::string_view text) {
  if (text.empty()) return kTrailing;
  if (text.size() > name.size()) return kNoMatch;
  const auto low = lower_ascii(name);
  std::vector<double> scores;  // of each letter of the name so far
  bool started = false;
  for (const char c : lower_ascii(text)) {
    const auto at = low.find(c, scores.size());
    if (at == std::string::npos) return kNoMatch;
    started = started || at == 0;
    if (begins_word(name, at)) {
      if (scores.size() < at) {
        scores.resize(at - 1, kBuffer);
        scores.push_back(kMatch);  // what parts the words
      }
    } else {
      scores.resize(at, upper(name[at]) ? kBuffer : kNoMatch);
    }
    scores.push_back(kMatch);
  }
  scores.resize(name.size(), started ? kTrailingButStarted : kTrailing);
  return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(name.size());
}

}  // namespace wharf::service
