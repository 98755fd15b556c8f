#include "api/invitation.h"

#include "api/log_testing.h"
#include "api/refusals_testing.h"

namespace wharf::api {
namespace {

using test::TestRegistry;
using testing::expect_only;
using testing::last_logged;
using testing::logged;
using testing::make_acme;

const std::string kTeam = "/api/v1/organization/acme/team/devs";
const std::string kMembers = kTeam + "/members";
const std::string kInvites = kTeam + "/invite/";
const std::string kAnswer = "/api/v1/teaminvite/";

/// A registry with mail on, filled while it was off: so everybody is in their team.
class Inviting {
 public:
  Inviting() : reg({.configure = [this](app::Config& config) { config.mailing_demanded = mail_; }}) {
    make_acme(reg);
    for (const auto* name : {"guest", "other"}) reg.user(name);
    mail_ = true;
    reg.restart();
  }

 private:
  bool mail_ = false;

 public:
  TestRegistry reg;
};

/// What the users' notifications say of invitations: "guest" -> metadata.
std::map<std::string, json::Object> notes(TestRegistry& reg) {
  static const db::Query kList{"test.notes", R"(
    SELECT a.name, u.metadata FROM user_notification u JOIN account a ON a.id = u.target_id
     WHERE u.kind = 'org_team_invite' ORDER BY u.id)"};
  using Row = std::tuple<std::string, std::string>;
  std::map<std::string, json::Object> all;
  for (const auto& [name, metadata] : reg.database().read_now([](db::Tx& tx) { return tx.all<Row>(kList); })) {
    EXPECT_TRUE(all.emplace(name, json::parse(metadata).value().as_object()).second) << name;
  }
  return all;
}

std::string code_of(TestRegistry& reg, const std::string& user) {
  auto all = notes(reg);
  return all.contains(user) ? std::string(all[user].at("code").as_string()) : std::string();
}

TEST(Invitation, ComesBeforeTheFirstTeam) {
  Inviting world;
  auto& reg = world.reg;
  auto owner = reg.as("owner");
  const auto invited = owner.request("PUT", kMembers + "/guest");
  ASSERT_EQ(invited.status, 200) << invited.summary();
  EXPECT_TRUE(invited.flag("/invited"));
  EXPECT_EQ(invited.string("/name"), "guest");
  EXPECT_EQ(last_logged(reg, "org_invite_team_member"),
            (json::Object{{"user", "guest"}, {"member", "guest"}, {"team", "devs"}, {"by", "owner"}, {"in", "acme"}}));
  const auto note = notes(reg).at("guest");
  EXPECT_EQ(note.at("org"), "acme");
  EXPECT_EQ(note.at("team"), "devs");
  EXPECT_EQ(note.at("inviter"), "owner");

  EXPECT_EQ(owner.get(kMembers).names("members"), test::Names{"member"});
  const auto pending = owner.get(kMembers + "?includePending=true");
  EXPECT_EQ(pending.names("members"), (test::Names{"member", "guest"}));
  EXPECT_TRUE(pending.flag("/members/1/invited"));
  EXPECT_EQ(reg.as("member").get(kMembers + "?includePending=true").names("members"), test::Names{"member"})
      << "only admins see who is invited";

  auto guest = reg.as("guest");
  EXPECT_EQ(guest.get(kMembers).status, 403);
  const auto accepted = guest.request("PUT", kAnswer + code_of(reg, "guest"));
  ASSERT_EQ(accepted.status, 200) << accepted.summary();
  EXPECT_EQ(accepted.json(), (json::Value{{"org", "acme"}, {"team", "devs"}}));
  EXPECT_EQ(
      last_logged(reg, "org_team_member_invite_accepted"),
      (json::Object{{"member", "guest"}, {"team", "devs"}, {"inviter", "owner"}, {"by", "guest"}, {"in", "acme"}}));
  EXPECT_EQ(guest.get(kMembers).names("members"), (test::Names{"guest", "member"}));
  EXPECT_TRUE(notes(reg).empty());

  // Who is in already, and robots, need no invitation.
  EXPECT_FALSE(owner.request("PUT", kMembers + "/maker").flag("/invited"));
  EXPECT_FALSE(owner.request("PUT", kMembers + "/acme+ci").flag("/invited"));
  EXPECT_EQ(owner.request("PUT", kMembers + "/guest").status, 400);
  EXPECT_EQ(last_logged(reg, "org_add_team_member").at("member"), "acme+ci");
}

TEST(Invitation, HasACodeThatIsGoodOnceAndForOneUser) {
  Inviting world;
  auto& reg = world.reg;
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.request("PUT", kMembers + "/guest").status, 200);
  const auto first = code_of(reg, "guest");
  EXPECT_TRUE(first.starts_with("urn:teaminvite:")) << first;
  for (const auto* verb : {"PUT", "DELETE"}) {
    EXPECT_EQ(reg.as("other").request(verb, kAnswer + first).status, 400) << "it is for another";
    EXPECT_EQ(reg.as("owner").request(verb, kAnswer + first).status, 400);
    EXPECT_EQ(reg.as("guest").request(verb, kAnswer + "urn:teaminvite:none").status, 400);
    EXPECT_EQ(reg.as("guest").request(verb, kAnswer + "%FF").status, 400);
  }
  ASSERT_EQ(owner.request("PUT", kMembers + "/guest").status, 200) << "who is invited may be invited again";
  const auto second = code_of(reg, "guest");
  EXPECT_NE(first, second);
  auto guest = reg.as("guest");
  EXPECT_EQ(guest.request("PUT", kAnswer + first).status, 400) << "the old code is dead";
  EXPECT_EQ(guest.request("PUT", kAnswer + second).status, 200);
  EXPECT_EQ(guest.request("PUT", kAnswer + second).status, 400) << "and so is one that was used";
  static const db::Query kCodes{"test.codes", "SELECT count(*) FROM team_invite WHERE code LIKE 'urn:%'"};
  EXPECT_EQ(reg.database().read_now([](db::Tx& tx) { return tx.get<std::int64_t>(kCodes); }), 0);
}

TEST(Invitation, IsAcceptedForAllTeamsOfTheOrganization) {
  Inviting world;
  auto& reg = world.reg;
  auto owner = reg.as("owner");
  reg.organization("globex");
  for (const auto* path : {"/api/v1/organization/acme/team/qa", "/api/v1/organization/globex/team/crew"}) {
    ASSERT_EQ(owner.put(path, {{"role", "member"}}).status, 201);
  }
  ASSERT_EQ(owner.request("PUT", kMembers + "/guest").status, 200);
  const auto code = code_of(reg, "guest");
  ASSERT_EQ(owner.request("PUT", "/api/v1/organization/acme/team/qa/invite/guest@Example.com").status, 200);
  ASSERT_EQ(owner.request("PUT", "/api/v1/organization/acme/team/qa/invite/other@example.com").status, 200);
  ASSERT_EQ(owner.request("PUT", "/api/v1/organization/globex/team/crew/invite/guest@example.com").status, 200);
  ASSERT_EQ(reg.as("guest").request("PUT", kAnswer + code).status, 200);
  const auto pending = [&](const std::string& team) {
    return owner.get("/api/v1/organization/" + team + "/members?includePending=true").at("/members").as_array();
  };
  ASSERT_EQ(pending("acme/team/qa").size(), 2u);
  EXPECT_EQ(pending("acme/team/qa")[0].at("name"), "guest");
  EXPECT_EQ(pending("acme/team/qa")[1].at("email"), "other@example.com");
  ASSERT_EQ(pending("globex/team/crew").size(), 1u);
  EXPECT_EQ(pending("globex/team/crew")[0].at("kind"), "invite") << "another organization is another matter";
  EXPECT_EQ(logged(reg, "org_team_member_invite_accepted").size(), 2u);
}

TEST(Invitation, IsDeclinedOrTakenBack) {
  Inviting world;
  auto& reg = world.reg;
  auto owner = reg.as("owner");
  ASSERT_EQ(owner.request("PUT", kMembers + "/guest").status, 200);
  auto code = code_of(reg, "guest");
  EXPECT_EQ(reg.as("guest").del(kAnswer + code).status, 204);
  EXPECT_EQ(reg.as("guest").del(kAnswer + code).status, 400);
  EXPECT_EQ(
      last_logged(reg, "org_team_member_invite_declined"),
      (json::Object{{"member", "guest"}, {"team", "devs"}, {"inviter", "owner"}, {"by", "guest"}, {"in", "acme"}}));
  EXPECT_TRUE(notes(reg).empty());
  EXPECT_EQ(owner.get(kMembers + "?includePending=true").names("members"), test::Names{"member"});

  ASSERT_EQ(owner.request("PUT", kMembers + "/guest").status, 200);
  code = code_of(reg, "guest");
  EXPECT_EQ(owner.del(kMembers + "/guest").status, 204);
  EXPECT_EQ(last_logged(reg, "org_delete_team_member_invite").at("user"), "guest");
  EXPECT_TRUE(notes(reg).empty());
  EXPECT_EQ(reg.as("guest").request("PUT", kAnswer + code).status, 400);
  EXPECT_EQ(owner.del(kMembers + "/guest").status, 400) << "not a member either";

  // With the team, the organization or the person goes the invitation.
  ASSERT_EQ(owner.put("/api/v1/organization/acme/team/qa", {{"role", "member"}}).status, 201);
  ASSERT_EQ(owner.request("PUT", "/api/v1/organization/acme/team/qa/members/guest").status, 200);
  code = code_of(reg, "guest");
  ASSERT_EQ(owner.del("/api/v1/organization/acme/team/qa").status, 204);
  EXPECT_TRUE(notes(reg).empty());
  EXPECT_EQ(reg.as("guest").request("PUT", kAnswer + code).status, 400);
  ASSERT_EQ(owner.request("PUT", kMembers + "/guest").status, 200);
  ASSERT_EQ(owner.del("/api/v1/organization/acme/members/guest").status, 204);
  EXPECT_TRUE(notes(reg).empty());
  ASSERT_EQ(owner.request("PUT", kMembers + "/guest").status, 200);
  code = code_of(reg, "guest");
  ASSERT_EQ(owner.del("/api/v1/organization/acme").status, 204);
  EXPECT_TRUE(notes(reg).empty());
  EXPECT_EQ(reg.as("guest").request("PUT", kAnswer + code).status, 400);
}

TEST(Invitation, ByMailIsForWhoeverReadsIt) {
  Inviting world;
  auto& reg = world.reg;
  auto owner = reg.as("owner");
  const auto invited = owner.request("PUT", kInvites + "Someone@Example.net");
  ASSERT_EQ(invited.status, 200) << invited.summary();
  EXPECT_EQ(invited.string("/email"), "someone@example.net");
  EXPECT_EQ(invited.string("/kind"), "invite");
  EXPECT_TRUE(invited.flag("/invited"));
  EXPECT_EQ(last_logged(reg, "org_invite_team_member"), (json::Object{{"email", "someone@example.net"},
                                                                      {"member", "someone@example.net"},
                                                                      {"team", "devs"},
                                                                      {"by", "owner"},
                                                                      {"in", "acme"}}));
  EXPECT_TRUE(notes(reg).empty());
  EXPECT_EQ(owner.request("PUT", kInvites + "someone@example.net").status, 200) << "again is no mistake";
  EXPECT_EQ(owner.get(kMembers + "?includePending=true").at("/members").as_array().size(), 2u);
  EXPECT_EQ(owner.request("PUT", kInvites + "nonsense").status, 400);
  EXPECT_EQ(owner.request("PUT", kInvites + "%FF@example.com").status, 400);
  EXPECT_EQ(owner.request("PUT", "/api/v1/organization/acme/team/none/invite/a@example.com").status, 404);
  EXPECT_EQ(owner.del(kInvites + "someone@example.net").status, 204);
  EXPECT_EQ(owner.del(kInvites + "someone@example.net").status, 404);
  EXPECT_EQ(last_logged(reg, "org_delete_team_member_invite").at("email"), "someone@example.net");
}

TEST(Invitation, IsRefusedToWhoMayNot) {
  Inviting world;
  auto& reg = world.reg;
  const std::vector<std::string> admins = {"owner", "owner@org:admin"};
  expect_only(reg, {.verb = "PUT", .path = kMembers + "/guest", .allowed = admins});
  expect_only(reg, {.verb = "PUT", .path = kInvites + "a@example.com", .allowed = admins});
  expect_only(reg, {.verb = "DELETE", .path = kInvites + "a@example.com", .allowed = admins});
  ASSERT_EQ(reg.as("owner").request("PUT", kMembers + "/guest").status, 200);
  const auto path = kAnswer + code_of(reg, "guest");
  expect_refusals(reg, {{"nobody", "PUT", path, 401, "invalid_token"},
                        {"nobody", "DELETE", path, 401, "invalid_token"},
                        {"guest@user:read", "PUT", path, 403, "insufficient_scope"},
                        {"guest@org:admin", "DELETE", path, 403, "insufficient_scope"},
                        {"guest@user:admin", "PUT", path, 200}});
}

TEST(Invitation, IsNotThereWithoutMail) {
  TestRegistry reg;
  make_acme(reg);
  reg.user("guest");
  auto owner = reg.as("owner");
  EXPECT_EQ(owner.request("PUT", kAnswer + "urn:teaminvite:none").status, 404);
  EXPECT_EQ(owner.request("PUT", kInvites + "a@example.com").status, 404);
  EXPECT_FALSE(owner.request("PUT", kMembers + "/guest").flag("/invited"));
  EXPECT_EQ(owner.get(kMembers).names("members"), (test::Names{"guest", "member"}));
}

}  // namespace
}  // namespace wharf::api
