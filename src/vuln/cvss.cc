// Scores from vectors; declared in severity.h.
#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "vuln/severity.h"
#include "vuln/version_text.h"

namespace wharf::vuln {
namespace {

/// The metrics of a vector, `AV:N/AC:L/…`.
class Metrics {
 public:
  explicit Metrics(std::string_view text) : text_(text) {}

  /// The value of `metric`, if it is one of `values` (a letter each); remembers otherwise that the vector is none.
  char of(std::string_view metric, std::string_view values) {
    const char value = find(metric);
    if (value == 0 || values.find(value) == std::string_view::npos) complete_ = false;
    return value;
  }
  bool complete() const { return complete_; }

 private:
  char find(std::string_view metric) const {
    std::string_view rest = text_;
    while (!rest.empty()) {
      const std::string_view part = rest.substr(0, rest.find('/'));
      rest.remove_prefix(std::min(part.size() + 1, rest.size()));
      if (part.size() == metric.size() + 2 && part.starts_with(metric) && part[metric.size()] == ':')
        return part.back();
    }
    return 0;
  }

  std::string_view text_;
  bool complete_ = true;
};

struct Weight {
  char value;
  double weight;
};

double weight(std::span<const Weight> weights, char value) {
  for (const Weight& each : weights) {
    if (each.value == value) return each.weight;
  }
  return 0;
}

double to_tenth(double score) { return std::round(std::clamp(score, 0.0, 10.0) * 10) / 10; }

std::optional<double> score_v2(Metrics metrics) {
  static constexpr std::array kVector{Weight{'L', 0.395}, Weight{'A', 0.646}, Weight{'N', 1.0}};
  static constexpr std::array kComplexity{Weight{'H', 0.35}, Weight{'M', 0.61}, Weight{'L', 0.71}};
  static constexpr std::array kAuthentication{Weight{'M', 0.45}, Weight{'S', 0.56}, Weight{'N', 0.704}};
  static constexpr std::array kImpact{Weight{'N', 0.0}, Weight{'P', 0.275}, Weight{'C', 0.660}};
  const double exploitability = 20 * weight(kVector, metrics.of("AV", "LAN")) *
                                weight(kComplexity, metrics.of("AC", "HML")) *
                                weight(kAuthentication, metrics.of("Au", "MSN"));
  const double spared = (1 - weight(kImpact, metrics.of("C", "NPC"))) * (1 - weight(kImpact, metrics.of("I", "NPC"))) *
                        (1 - weight(kImpact, metrics.of("A", "NPC")));
  if (!metrics.complete()) return std::nullopt;
  const double impact = 10.41 * (1 - spared);
  if (impact == 0) return 0;
  return to_tenth((0.6 * impact + 0.4 * exploitability - 1.5) * 1.176);
}

/// The next tenth; by whole numbers, so that 4.02 is not 4.02000000001. Source: CVSS v3.1 specification, appendix A.
double round_up(double score) {
  const auto scaled = std::llround(score * 100'000);
  if (scaled % 10'000 == 0) return static_cast<double>(scaled) / 100'000;
  return static_cast<double>(scaled / 10'000 + 1) / 10;
}

std::optional<double> score_v3(Metrics metrics) {
  static constexpr std::array kVector{Weight{'N', 0.85}, Weight{'A', 0.62}, Weight{'L', 0.55}, Weight{'P', 0.2}};
  static constexpr std::array kComplexity{Weight{'L', 0.77}, Weight{'H', 0.44}};
  static constexpr std::array kPrivileges{Weight{'N', 0.85}, Weight{'L', 0.62}, Weight{'H', 0.27}};
  static constexpr std::array kPrivilegesChanged{Weight{'N', 0.85}, Weight{'L', 0.68}, Weight{'H', 0.5}};
  static constexpr std::array kInteraction{Weight{'N', 0.85}, Weight{'R', 0.62}};
  static constexpr std::array kImpact{Weight{'H', 0.56}, Weight{'L', 0.22}, Weight{'N', 0.0}};
  const bool changed = metrics.of("S", "UC") == 'C';
  const char privileges = metrics.of("PR", "NLH");
  const double exploitability = 8.22 * weight(kVector, metrics.of("AV", "NALP")) *
                                weight(kComplexity, metrics.of("AC", "LH")) *
                                (changed ? weight(kPrivilegesChanged, privileges) : weight(kPrivileges, privileges)) *
                                weight(kInteraction, metrics.of("UI", "NR"));
  const double spared = (1 - weight(kImpact, metrics.of("C", "HLN"))) * (1 - weight(kImpact, metrics.of("I", "HLN"))) *
                        (1 - weight(kImpact, metrics.of("A", "HLN")));
  if (!metrics.complete()) return std::nullopt;
  const double base = 1 - spared;
  const double impact = changed ? 7.52 * (base - 0.029) - 3.25 * std::pow(base - 0.02, 15) : 6.42 * base;
  if (impact <= 0) return 0;
  return round_up(std::min((changed ? 1.08 : 1.0) * (impact + exploitability), 10.0));
}

// Version 4 sorts vectors into classes of like ones, gives each class the score of its worst member, and goes down
// from there towards the next better class as far as the vector is from that worst one. What follows are the classes
// that base metrics reach: the first number is how it is attacked (0 worst), the second how hard that is, the third
// what it does to the system itself, the column what it does to others (1 and 2 of the specification).
// Source: CVSS v4.0 specification section 8.3 and its table of macro vectors, with E:A, CR:H, IR:H, AR:H.
using Row = std::array<double, 3>;
constexpr double kNone = -1;
constexpr std::array<std::array<std::array<Row, 3>, 2>, 3> kClasses{{
    {{{{{10, 10, 9.3}, {9.8, 9.3, 8.8}, {9.2, 7.9, 6.9}}}, {{{9.9, 9.5, 9.2}, {9.5, 9.2, 8.4}, {8.6, 7.1, 6.3}}}}},
    {{{{{9.8, 9.4, 8.7}, {9.4, 8.6, 7.2}, {8.3, 6.5, 5.3}}}, {{{9.5, 9, 7.7}, {8.9, 7.4, 6.1}, {7.1, 5.8, 2.3}}}}},
    {{{{{9.3, 8.6, 7}, {8.5, 7.2, 5.3}, {6.4, 4.7, 2.4}}}, {{{8.8, 7.3, 5.4}, {7.5, 6.1, 4.6}, {5.3, 2.4, 1}}}}},
}};
/// The class below in what it does to the system itself, if no such metric were of high requirement: for the first
/// two rows above.
constexpr std::array<std::array<std::array<Row, 2>, 2>, 3> kBelow{{
    {{{{{9.9, 9.6, 9}, {9.5, 9.2, 8}}}, {{{9.7, 9.1, 8.1}, {9.3, 8.2, 7}}}}},
    {{{{{9.5, 8.9, 7.5}, {8.9, 7.6, 5.7}}}, {{{9, 7.7, 6.6}, {7.8, 5.9, 5.2}}}}},
    {{{{{8.7, 7.4, 5.4}, {7.5, 5.7, 3.6}}}, {{{7.5, 5.5, 4.3}, {5.5, 5.1, 1.8}}}}},
}};

/// How many steps `value` is below the worst one: its place in `from_worst`.
int steps(std::string_view from_worst, char value) { return static_cast<int>(from_worst.find(value)); }

/// One of the four things a class is made of, and how far down it the vector is.
struct Part {
  double below = kNone;  ///< The score of the class below; none if there is none.
  int distance = 0;      ///< Steps from the worst member of this class…
  int depth = 1;         ///< …of so many.
};

std::optional<double> score_v4(Metrics metrics) {
  const int vector = steps("NALP", metrics.of("AV", "NALP")), privileges = steps("NLH", metrics.of("PR", "NLH"));
  const int interaction = steps("NPA", metrics.of("UI", "NPA"));
  const int complexity = steps("LH", metrics.of("AC", "LH")), needs = steps("NP", metrics.of("AT", "NP"));
  const std::array own{steps("HLN", metrics.of("VC", "HLN")), steps("HLN", metrics.of("VI", "HLN")),
                       steps("HLN", metrics.of("VA", "HLN"))};
  const std::array other{steps("HLN", metrics.of("SC", "HLN")), steps("HLN", metrics.of("SI", "HLN")),
                         steps("HLN", metrics.of("SA", "HLN"))};
  if (!metrics.complete()) return std::nullopt;
  const auto none = [](int step) { return step == 2; };
  if (std::ranges::all_of(own, none) && std::ranges::all_of(other, none)) return 0;

  const bool open = vector == 0 && privileges == 0 && interaction == 0;
  const bool shut = vector == 3 || (vector != 0 && privileges != 0 && interaction != 0);
  const std::size_t attack = open ? 0 : shut ? 2 : 1;
  const std::size_t hard = complexity + needs == 0 ? 0 : 1;
  const bool any_high = std::ranges::count(own, 0) > 0;
  const std::size_t effect = own[0] == 0 && own[1] == 0 ? 0 : any_high ? 1 : 2;
  const std::size_t reach = std::ranges::count(other, 0) > 0 ? 1 : 2;
  const double worst = kClasses[attack][hard][effect][reach];

  std::array<Part, 4> parts;
  // Every worst member of a class of attacks is as many steps from AV:N/PR:N/UI:N: one of the second class, three of
  // the third (AV:P alone, or AV:A with PR:L and UI:P).
  constexpr std::array kWorstAttack{0, 1, 3}, kAttackDepth{1, 4, 5};
  parts[0] = {attack < 2 ? kClasses[attack + 1][hard][effect][reach] : kNone,
              vector + privileges + interaction - kWorstAttack[attack], kAttackDepth[attack]};
  parts[1] = {hard == 0 ? kClasses[attack][1][effect][reach] : kNone, complexity + needs - (hard == 0 ? 0 : 1),
              hard == 0 ? 1 : 2};
  const int own_steps = own[0] + own[1] + own[2];
  if (effect == 0) {
    parts[2] = {std::max(kBelow[attack][hard][0][reach], kClasses[attack][hard][1][reach]), own_steps, 7};
  } else if (effect == 1) {
    parts[2] = {kBelow[attack][hard][1][reach], own_steps - 1, 8};
  } else {
    parts[2] = {kNone, own_steps - 3, 10};
  }
  const int other_steps = other[0] + other[1] + other[2];
  parts[3] = {reach == 1 ? kClasses[attack][hard][effect][2] : kNone, other_steps - (reach == 1 ? 0 : 3),
              reach == 1 ? 5 : 4};
  // The fifth part, how it is exploited, always has a class below and no distance to it.
  double down = 0;
  int count = 1;
  for (const Part& part : parts) {
    if (part.below == kNone) continue;
    ++count;
    down += (worst - part.below) * part.distance / part.depth;
  }
  return to_tenth(worst - down / count + 1e-6);
}

}  // namespace

std::optional<double> cvss_score(std::string_view vector) {
  if (take(vector, "CVSS:3.0/") || take(vector, "CVSS:3.1/")) return score_v3(Metrics(vector));
  if (take(vector, "CVSS:4.0/")) return score_v4(Metrics(vector));
  if (vector.starts_with('(') && vector.ends_with(')')) vector = vector.substr(1, vector.size() - 2);
  return score_v2(Metrics(vector));
}

}  // namespace wharf::vuln
