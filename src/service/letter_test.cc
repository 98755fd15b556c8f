#include "service/letter.h"

#include <gmock/gmock.h>

namespace wharf::service::letter {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Written written(const Any& letter) { return write(letter, "Quay & <Co>", "https://registry.example.com"); }

TEST(Letter, HasItsLinkInBothTexts) {
  const struct {
    Any letter;
    std::string url;
  } rows[] = {
      {ConfirmEmail{"ada", "c0de"}, "https://registry.example.com/confirm?code=c0de"},
      {ChangeEmail{"ada", "c0de"}, "https://registry.example.com/confirm?code=c0de"},
      {Recovery{"ada", "c0de"}, "https://registry.example.com/recovery?code=c0de"},
      {TeamInvitation{"ada", "bob", "acme", "devs", "urn:teaminvite:1&2"},
       "https://registry.example.com/confirminvite?code=urn%3Ateaminvite%3A1%262"},
      {AuthorizeRepositoryEmail{"acme/app", "c0de"}, "https://registry.example.com/authrepoemail?code=c0de"},
      {Notice{"Pushed", {"acme/app was pushed."}, "Repository", "https://registry.example.com/acme"},
       "https://registry.example.com/acme"},
  };
  for (const auto& row : rows) {
    const auto it = written(row.letter);
    EXPECT_THAT(it.text, HasSubstr("\n  " + row.url + "\n"));
    EXPECT_THAT(it.html, HasSubstr("<a href=\"" + row.url + "\">"));
    EXPECT_FALSE(it.subject.empty());
  }
}

TEST(Letter, HasNoSecretInItsSubject) {
  for (const Any& letter :
       {Any(ConfirmEmail{"ada", "c0de"}), Any(ChangeEmail{"ada", "c0de"}), Any(Recovery{"ada", "c0de"}),
        Any(TeamInvitation{"ada", "bob", "acme", "devs", "c0de"}), Any(AuthorizeRepositoryEmail{"acme/app", "c0de"})}) {
    EXPECT_THAT(written(letter).subject, Not(HasSubstr("c0de")));
  }
}

TEST(Letter, TellsWhatHappened) {
  EXPECT_THAT(written(EmailChanged{"ada", "old@example.com", "new@example.com"}).text,
              HasSubstr("from old@example.com to new@example.com"));
  EXPECT_THAT(written(PasswordChanged{"ada"}).text, HasSubstr("Hello ada,"));
  EXPECT_THAT(written(OrganizationRecovery{"acme", {"ada", "bob"}}).text, HasSubstr("ada, bob"));
  EXPECT_THAT(written(OrganizationRecovery{"acme", {}}).text, Not(HasSubstr("administrators are")));
  const auto stranger = written(TeamInvitation{"", "bob", "acme", "devs", "c"}).text;
  EXPECT_THAT(stranger, Not(HasSubstr("Hello")));
  EXPECT_THAT(stranger, HasSubstr("bob invites you to the team devs of the organization acme"));
}

TEST(Letter, KeepsItsHtmlItsOwn) {
  const auto it =
      written(Notice{"S", {"<script>alert('x')</script> & \"more\"\nlines"}, "<b>", "https://e.com/?a&b=\"<"});
  EXPECT_THAT(it.html, Not(HasSubstr("<script>")));
  EXPECT_THAT(it.html, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;more&quot;<br>\nlines"));
  EXPECT_THAT(it.html, HasSubstr("<a href=\"https://e.com/?a&amp;b=&quot;&lt;\">&lt;b&gt;</a>"));
  EXPECT_THAT(it.html, HasSubstr(">Quay &amp; &lt;Co&gt;</a>"));
  EXPECT_THAT(it.text, HasSubstr("<script>alert('x')</script> & \"more\"\nlines"));
}

TEST(Letter, HasASubjectOfOneLine) {
  EXPECT_EQ(written(Notice{"a\r\nBcc: b\tc", {}, "", ""}).subject, "a  Bcc: b c");
  std::string longer;
  for (int i = 0; i < 100; ++i) longer += "\u00e9\u5bb9";
  const auto subject = written(Notice{longer, {}, "", ""}).subject;
  EXPECT_LE(subject.size(), 203u);
  EXPECT_TRUE(subject.ends_with("\u2026"));
  EXPECT_TRUE(longer.starts_with(subject.substr(0, subject.size() - 3)));
}

}  // namespace
}  // namespace wharf::service::letter
