#include "vuln/severity.h"

#include <gtest/gtest.h>

namespace wharf::vuln {
namespace {

TEST(Severity, OfWhoeversWord) {
  const std::pair<std::string_view, Severity> kWords[] = {{"Moderate", Severity::medium},
                                                          {"IMPORTANT", Severity::high},
                                                          {"critical", Severity::critical},
                                                          {"Low", Severity::low},
                                                          {"negligible", Severity::negligible},
                                                          {"None", Severity::unknown},
                                                          {"untriaged", Severity::unknown},
                                                          {"N/A", Severity::unknown},
                                                          {"", Severity::unknown},
                                                          {"Defcon1", Severity::critical},
                                                          {"HIGH", Severity::high}};
  for (const auto& [word, severity] : kWords) EXPECT_EQ(severity_of_word(word), severity) << word;
}

TEST(Severity, OfDebiansUrgency) {
  EXPECT_EQ(severity_of_urgency("unimportant"), Severity::low);
  EXPECT_EQ(severity_of_urgency("low*"), Severity::medium);
  EXPECT_EQ(severity_of_urgency("medium**"), Severity::high);
  EXPECT_EQ(severity_of_urgency("high"), Severity::critical);
  EXPECT_EQ(severity_of_urgency("not yet assigned"), Severity::unknown);
  EXPECT_EQ(severity_of_urgency("end-of-life"), Severity::unknown);
}

TEST(Severity, OfScores) {
  EXPECT_EQ(severity_of_score(0), Severity::negligible);
  EXPECT_EQ(severity_of_score(0.1), Severity::low);
  EXPECT_EQ(severity_of_score(4), Severity::medium);
  EXPECT_EQ(severity_of_score(7), Severity::high);
  EXPECT_EQ(severity_of_score(9), Severity::critical);
  EXPECT_EQ(severity_of_score(10), Severity::critical);
  EXPECT_EQ(severity_of_v2_score(10), Severity::high) << "version 2 knows no critical";
}

TEST(Cvss, ScoresAsPublished) {
  const struct {
    std::string_view vector;
    double score;
  } kVectors[] = {
      {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0},
      {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8},
      {"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5},
      {"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1},
      {"CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8},
      {"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N/E:U/RL:O", 5.9},
      {"CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", 0.0},
      {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3},
      {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0},
      {"CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 8.8},
      {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:L/SC:N/SI:N/SA:N", 6.9},
      {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0},
      {"AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5},
      {"(AV:N/AC:L/Au:N/C:C/I:C/A:C)", 10.0},
      {"AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2},
      {"AV:N/AC:M/Au:N/C:N/I:P/A:N", 4.3},
      {"AV:N/AC:L/Au:N/C:N/I:N/A:N", 0.0},
  };
  for (const auto& [vector, score] : kVectors) {
    const auto got = cvss_score(vector);
    ASSERT_TRUE(got) << vector;
    EXPECT_DOUBLE_EQ(*got, score) << vector;
  }
}

TEST(Cvss, OfWhatIsNoVectorIsNone) {
  for (const auto* bad :
       {"", "CVSS:3.1/", "CVSS:3.1/AV:N", "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:5.0/AV:N/AC:L", "7.5",
        "AV:N/AC:L/Au:N/C:P/I:P", "()", "CVSS:4.0/AV:N/AC:L/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}) {
    EXPECT_FALSE(cvss_score(bad)) << bad;
  }
}

TEST(Severity, IsTheFeedsWordThenItsVectorThenItsScore) {
  Advisory advisory{.score = 9.5};
  EXPECT_EQ(judged(advisory), Severity::critical);
  advisory.vectors = {"nonsense", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"};
  EXPECT_EQ(judged(advisory), Severity::high);
  advisory.severity = Severity::low;
  EXPECT_EQ(judged(advisory), Severity::low);
  EXPECT_EQ(judged({}), Severity::unknown);
}

}  // namespace
}  // namespace wharf::vuln
