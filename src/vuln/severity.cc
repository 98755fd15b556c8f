#include "vuln/severity.h"

#include <array>

#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

struct Word {
  std::string_view text;
  Severity severity;
};
constexpr std::array kWords{
    Word{"negligible", Severity::negligible}, Word{"none", Severity::unknown},      Word{"low", Severity::low},
    Word{"medium", Severity::medium},         Word{"moderate", Severity::medium},   Word{"high", Severity::high},
    Word{"important", Severity::high},        Word{"critical", Severity::critical}, Word{"defcon1", Severity::critical},
    Word{"unimportant", Severity::low}};
constexpr std::array kUrgencies{Word{"unimportant", Severity::low}, Word{"low", Severity::medium},
                                Word{"medium", Severity::high}, Word{"high", Severity::critical}};

Severity look_up(auto& words, std::string_view text) {
  for (const Word& word : words) {
    if (equal_caseless(word.text, text)) return word.severity;
  }
  return Severity::unknown;
}

}  // namespace

Severity severity_of_word(std::string_view word) { return look_up(kWords, word); }

Severity severity_of_urgency(std::string_view urgency) {
  while (urgency.ends_with('*')) urgency.remove_suffix(1);
  return look_up(kUrgencies, urgency);
}

Severity severity_of_score(double score) {
  if (score >= 9) return Severity::critical;
  if (score >= 7) return Severity::high;
  if (score >= 4) return Severity::medium;
  return score > 0 ? Severity::low : Severity::negligible;
}

Severity severity_of_v2_score(double score) {
  if (score >= 7) return Severity::high;
  return score >= 4 ? Severity::medium : Severity::low;
}

std::optional<Severity> severity_of_vector(std::string_view vector) {
  const auto score = cvss_score(vector);
  if (!score) return std::nullopt;
  return vector.starts_with("CVSS:") ? severity_of_score(*score) : severity_of_v2_score(*score);
}

Severity judged(const Advisory& advisory) {
  if (advisory.severity != Severity::unknown) return advisory.severity;
  for (const auto& vector : advisory.vectors) {
    if (const auto severity = severity_of_vector(vector)) return *severity;
  }
  return advisory.score > 0 ? severity_of_score(advisory.score) : Severity::unknown;
}

}  // namespace wharf::vuln
