#include <gmock/gmock.h>

#include "api/invitation.h"
#include "tests/support/mail.h"
#include "tests/support/test_registry.h"

namespace wharf::api {
namespace {

using net::testing::MailSink;
using test::TestRegistry;
using ::testing::HasSubstr;

const std::string kTeam = "/api/v1/organization/acme/team/devs";

/// Of a link, percent-decoded.
std::string code_in(const std::string& link) {
  return http::query_value(link.substr(link.find('?') + 1), "code").value_or("");
}

class InvitationMail : public ::testing::Test {
 protected:
  InvitationMail() {
    reg.team("acme", "devs", "member");
    reg.user("guest");
    sink.clear();
  }
  MailSink sink;
  TestRegistry reg{{.configure = test::mails_to(sink)}};
};

TEST_F(InvitationMail, LetsTheUserIntoTheTeam) {
  const auto invited = reg.as("owner").request("PUT", kTeam + "/members/guest");
  ASSERT_EQ(invited.status, 200) << invited.summary();
  const auto mail = sink.wait_for(1).at(0);
  EXPECT_EQ(mail.to, std::vector<std::string>{"guest@example.com"});
  EXPECT_EQ(mail.subject(), "Invitation to the team devs of acme");
  EXPECT_THAT(mail.text, HasSubstr("owner invites you"));
  const auto link = mail.link();
  EXPECT_TRUE(link.starts_with(reg.url() + "/confirminvite?code=")) << link;
  const auto answered = reg.as("guest").request("PUT", "/api/v1/teaminvite/" + code_in(link));
  EXPECT_EQ(answered.status, 200) << answered.summary();
  EXPECT_EQ(answered.string("/team"), "devs");
}

TEST_F(InvitationMail, GoesToWhoHasNoAccountYet) {
  const auto invited = reg.as("owner").request("PUT", kTeam + "/invite/new@example.com");
  ASSERT_EQ(invited.status, 200) << invited.summary();
  const auto mail = sink.wait_for(1).at(0);
  EXPECT_EQ(mail.to, std::vector<std::string>{"new@example.com"});
  EXPECT_THAT(code_in(mail.link("/confirminvite")), HasSubstr("urn:teaminvite:"));
}

TEST_F(InvitationMail, IsNotSentByWhoMayNotInvite) {
  EXPECT_EQ(reg.as("guest").request("PUT", kTeam + "/invite/new@example.com").status, 403);
  EXPECT_EQ(reg.as("nobody").request("PUT", kTeam + "/invite/new@example.com").status, 401);
  EXPECT_EQ(reg.as("owner").request("PUT", kTeam + "/invite/other@example.com").status, 200);
  const auto mails = sink.wait_for(1);
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails[0].to, std::vector<std::string>{"other@example.com"});
}

}  // namespace
}  // namespace wharf::api
