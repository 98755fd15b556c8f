#include "api/account_link.h"

#include <fstream>

#include "api/log_testing.h"
#include "api/refusals_testing.h"
#include "base/testing.h"
#include "net/testing.h"
#include "service/profile.h"
#include "service/session.h"
#include "service/user.h"
#include "store/invitation.h"
#include "store/team.h"
#include "tests/support/mail.h"

namespace wharf::api {
namespace {

using net::testing::MailSink;
using test::kPassword;
using test::mails_to;
using test::Names;
using test::TestRegistry;
using testing::last_logged;
using testing::logged;

const std::string kUser = "/api/v1/user/";
const std::string kRecovery = "/api/v1/recovery";

json::Object sign_up(std::string_view name, std::string_view email) {
  return {{"username", name}, {"password", kPassword}, {"email", email}};
}

bool can_log_in(TestRegistry& reg, const std::string& name, const std::string& password) {
  return reg.with(test::basic(name, password)).get("/v2/auth?service=" + reg.host()).status == 200;
}

/// The name of whom the answer's cookie signs in; "" when it signs nobody in.
std::string signed_in(TestRegistry& reg, const test::Answer& answer) {
  const auto cookie = answer.header("Set-Cookie");
  const std::string_view start = "_csrf_token=";
  if (!cookie.starts_with(start)) return {};
  EXPECT_NE(cookie.find("; HttpOnly"), std::string::npos) << cookie;
  EXPECT_NE(cookie.find("; SameSite=Lax"), std::string::npos) << cookie;
  const auto session = reg.services().sessions.open(cookie.substr(start.size(), cookie.find(';') - start.size()));
  if (!session) return {};
  EXPECT_EQ(session->csrf_token, answer.header("X-Next-CSRF-Token"));
  EXPECT_LT(now_ms() - session->login_ms, 60'000) << "it is a fresh one";
  static const db::Query kFind{"test.by_uuid", "SELECT name FROM account WHERE uuid = $1"};
  const auto find = [&](db::Tx& tx) { return tx.one<std::string>(kFind, session->account_uuid); };
  return reg.database().read_now(find).value_or("");
}

std::optional<store::Account> account(TestRegistry& reg, std::string_view name) {
  return reg.database().read_now([&](db::Tx& tx) { return store::find_account(tx, name); });
}

/// A registry that sends mail, and the server that gets it. There is a user, "owner".
struct Mailing {
  explicit Mailing(std::function<void(app::Config&)> also = {})
      : reg({.configure = [this, also](app::Config& config) {
          mails_to(sink)(config);
          if (also) also(config);
        }}) {
    reg.user("owner");
  }

  /// The path of the link in the newest of `count` mails.
  std::string link(std::size_t count, std::string_view part) {
    const auto all = sink.wait_for(count);
    EXPECT_EQ(all.size(), count);
    if (all.size() != count) return {};
    const auto url = all.back().link(part);
    EXPECT_NE(url.find(part), std::string::npos) << all.back().text;
    const auto at = url.find('/', url.find("//") + 2);
    return at == std::string::npos ? std::string() : url.substr(at);
  }

  MailSink sink;
  TestRegistry reg;
};

TEST(SignUp, WithoutMailMakesAUserAtOnce) {
  TestRegistry reg({.configure = [](app::Config& config) { config.super_users = {"root"}; }});
  reg.user("owner");
  reg.organization("acme");
  const auto made = reg.as("nobody").post(kUser, sign_up("alice", "Alice@Example.com"));
  ASSERT_EQ(made.status, 200) << made.summary();
  EXPECT_EQ(made.string("/username"), "alice");
  EXPECT_EQ(made.string("/email"), "alice@example.com");
  EXPECT_TRUE(made.flag("/verified") && made.flag("/is_me"));
  EXPECT_EQ(signed_in(reg, made), "alice");
  EXPECT_TRUE(can_log_in(reg, "alice", std::string(kPassword)));
  EXPECT_EQ(reg.as("nobody").post(kUser, {{"username", "bob"}, {"password", kPassword}}).status, 200) << "no address";
  EXPECT_EQ(logged(reg, "user_create").size(), 2u);
  const auto entry = logged(reg, "user_create").front();
  EXPECT_EQ(entry,
            (json::Object{{"username", "alice"}, {"email", "Alice@Example.com"}, {"by", "alice"}, {"in", "alice"}}));

  for (const auto& body : std::initializer_list<json::Object>{sign_up("alice", "other@example.com"),
                                                              sign_up("acme", "other@example.com"),
                                                              sign_up("A", "other@example.com"),
                                                              sign_up("acme+ci", "other@example.com"),
                                                              sign_up("carol", "ALICE@example.com"),
                                                              sign_up("carol", "nonsense"),
                                                              sign_up("root", "root@example.com"),
                                                              {{"username", "carol"}},
                                                              {{"password", kPassword}},
                                                              {{"username", "carol"}, {"password", "short"}},
                                                              {{"username", "carol"}, {"password", "with a space"}},
                                                              {{"username", nullptr}, {"password", kPassword}}}) {
    const auto refused = reg.as("nobody").post(kUser, body);
    EXPECT_EQ(refused.status, 400) << json::to_text(body) << refused.summary();
  }
  EXPECT_EQ(reg.as("nobody").request("POST", kUser, "{}", {{"Content-Type", "text/plain"}}).status, 415);
  EXPECT_FALSE(account(reg, "carol") || account(reg, "root"));
}

TEST(SignUp, IsOffWithItsFeatures) {
  for (const auto flag : {&service::Features::user_creation, &service::Features::direct_login}) {
    TestRegistry reg({.configure = [flag](app::Config& config) { config.features.*flag = false; }});
    reg.user("owner");
    // The path is there for others: a client of its own, which holds no answer against the table.
    test::Client client(reg.url(), "", [](auto...) {});
    const auto refused = client.post(kUser, sign_up("alice", "alice@example.com"));
    EXPECT_TRUE(refused.status == 404 || refused.status == 405) << refused.summary();
    EXPECT_FALSE(account(reg, "alice"));
  }
}

TEST(SignUp, TheFirstIsMadeOnlyWhereSetUpIsOpen) {
  TestRegistry open;
  const auto first = open.as("nobody").post(kUser, sign_up("alice", "alice@example.com"));
  ASSERT_EQ(first.status, 200) << first.summary();
  EXPECT_TRUE(first.flag("/super_user")) << "as set-up makes it";
  const auto second = open.as("nobody").post(kUser, sign_up("bob", "bob@example.com"));
  EXPECT_EQ(second.status, 200) << second.summary();
  EXPECT_TRUE(second.at("/super_user").is_null()) << second.text;

  TestRegistry closed({.configure = [](app::Config& config) { config.listen = {.host = "0.0.0.0", .port = 0}; }});
  EXPECT_EQ(closed.as("nobody").post(kUser, sign_up("alice", "alice@example.com")).status, 400);
  EXPECT_FALSE(account(closed, "alice"));
}

TEST(SignUp, KeepsOutAddressesOnTheList) {
  TestRegistry reg({.configure = [](app::Config& config) {
    config.features.blacklisted_emails = true;
    config.blacklisted_email_domains = {"Spam.example"};
  }});
  reg.user("owner");
  for (const auto* email : {"a@spam.example", "a@SPAM.example", "a@mail.spam.example"}) {
    EXPECT_EQ(reg.as("nobody").post(kUser, sign_up("alice", email)).status, 400) << email;
  }
  EXPECT_EQ(reg.as("nobody").post(kUser, sign_up("alice", "a@nospam.example")).status, 200);
}

TEST(SignUp, WithMailTheAddressIsConfirmedFirst) {
  Mailing world;
  auto& reg = world.reg;
  EXPECT_EQ(reg.as("nobody").post(kUser, {{"username", "alice"}, {"password", kPassword}}).status, 400) << "no address";
  const auto made = reg.as("nobody").post(kUser, sign_up("alice", "Alice@Example.com"));
  ASSERT_EQ(made.status, 200) << made.summary();
  EXPECT_EQ(made.json(), (json::Object{{"awaiting_verification", true}}));
  EXPECT_EQ(signed_in(reg, made), "");
  const auto link = world.link(1, "/confirm?code=");
  EXPECT_EQ(world.sink.mails().front().to, Names{"Alice@Example.com"});
  EXPECT_FALSE(account(reg, "alice")->verified);
  EXPECT_FALSE(account(reg, "alice")->email) << "nobody's before the link is followed";

  const auto code = link.substr(link.find('=') + 1);
  EXPECT_EQ(code.size(), 40u);
  EXPECT_EQ(reg.with("").get("/recovery?code=" + code).status, 400) << "it is no link to get in by";
  auto wrong = link;
  wrong.back() = wrong.back() == 'a' ? 'b' : 'a';
  for (const auto& bad : {wrong, std::string("/confirm"), std::string("/confirm?code="),
                          std::string("/confirm?code=%FF"), std::string("/confirm?code=") + std::string(64, 'a')}) {
    EXPECT_EQ(reg.with("").get(bad).status, 400) << bad;
  }
  const auto confirmed = reg.with("").get(link);
  EXPECT_EQ(confirmed.status, 302) << confirmed.summary();
  EXPECT_EQ(confirmed.header("Location"), "/");
  EXPECT_EQ(confirmed.header("Cache-Control"), "no-store");
  EXPECT_EQ(signed_in(reg, confirmed), "alice");
  EXPECT_EQ(account(reg, "alice")->email, "alice@example.com");
  EXPECT_TRUE(account(reg, "alice")->verified);
  EXPECT_EQ(reg.with("").get(link).status, 400) << "it is good for one use";
  EXPECT_EQ(last_logged(reg, "user_change_email").at("email"), "alice@example.com");
}

TEST(SignUp, TellsNobodyWhetherAnAddressIsUsed) {
  Mailing world;
  auto& reg = world.reg;
  const auto taken = reg.as("nobody").post(kUser, sign_up("mallory", "owner@example.com"));
  const auto free = reg.as("nobody").post(kUser, sign_up("alice", "alice@example.com"));
  EXPECT_EQ(taken.status, 200) << taken.summary();
  EXPECT_EQ(taken.text, free.text);
  EXPECT_TRUE(account(reg, "mallory") && account(reg, "alice")) << "both names are taken the same way";
  EXPECT_EQ(reg.with("").get("/api/v1/users/mallory").status, reg.with("").get("/api/v1/users/alice").status);
  const auto mails = world.sink.wait_for(1);
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails.front().to, Names{"alice@example.com"}) << "nobody can make the address of another theirs";
  EXPECT_EQ(account(reg, "owner")->email, "owner@example.com");

  // A name that was never confirmed is free again when its link is too old.
  const auto link = world.link(1, "/confirm?code=");
  EXPECT_EQ(reg.as("nobody").post(kUser, sign_up("mallory", "m@example.com")).status, 400);
  advance_clock(std::chrono::hours(24 * 7 + 1));
  EXPECT_EQ(reg.with("").get(link).status, 400) << "too old";
  EXPECT_EQ(reg.as("nobody").post(kUser, sign_up("mallory", "m@example.com")).status, 200);
  EXPECT_EQ(reg.with("").get(world.link(2, "/confirm?code=")).status, 302);
  EXPECT_EQ(reg.as("nobody").post(kUser, sign_up("mallory", "m2@example.com")).status, 400)
      << "now it is theirs for good";
}

TEST(SignUp, OfTwoWhoConfirmOneAddressTheFirstHasIt) {
  Mailing world;
  auto& reg = world.reg;
  for (const auto* name : {"alice", "bob"}) {
    ASSERT_EQ(reg.as("nobody").post(kUser, sign_up(name, "shared@example.com")).status, 200);
  }
  const auto mails = world.sink.wait_for(2);
  ASSERT_EQ(mails.size(), 2u);
  const auto path = [](const net::testing::ReceivedMail& mail) {
    const auto url = mail.link("/confirm?code=");
    return url.substr(url.find("/confirm"));
  };
  EXPECT_EQ(reg.with("").get(path(mails[1])).status, 302);
  EXPECT_EQ(reg.with("").get(path(mails[0])).status, 400);
  EXPECT_EQ(account(reg, "alice")->verified, mails[1].text.find("alice") != std::string::npos);
}

TEST(SignUp, AnInvitationByMailConfirmsTheAddress) {
  Mailing world([](app::Config& config) { config.features.invite_only_user_creation = true; });
  auto& reg = world.reg;
  reg.organization("acme");
  reg.team("acme", "devs", "member");
  const std::string code = "urn:teaminvite:0b0c7a3e-6f0e-4c53-8f0e-5d2f2f9d7a11";
  auto invite = [&](db::Tx& tx) {
    const auto acme = store::find_account(tx, "acme")->id;
    const store::NewInvitation wanted{.code_hash = std::string(Digest::of(code).hex()),
                                      .team_id = store::find_team(tx, acme, "devs")->id,
                                      .email = "new@example.com",
                                      .inviter_id = store::find_account(tx, "owner")->id};
    return store::insert_invitation(tx, wanted, now_ms());
  };
  reg.database().write_now(invite);
  auto body = sign_up("newcomer", "new@example.com");
  EXPECT_EQ(reg.as("nobody").post(kUser, body).status, 400) << "without the invitation";
  body["invite_code"] = code + "x";
  EXPECT_EQ(reg.as("nobody").post(kUser, body).status, 400);
  auto other = sign_up("thief", "thief@example.com");
  other["invite_code"] = code;
  EXPECT_EQ(reg.as("nobody").post(kUser, other).status, 400) << "it is for another address";
  body["invite_code"] = code;
  const auto made = reg.as("nobody").post(kUser, body);
  ASSERT_EQ(made.status, 200) << made.summary();
  EXPECT_TRUE(made.flag("/verified"));
  EXPECT_EQ(made.names("organizations"), Names{"acme"});
  EXPECT_EQ(last_logged(reg, "org_team_member_invite_accepted").at("member"), "newcomer");
  auto again = sign_up("second", "new@example.com");
  again["invite_code"] = code;
  EXPECT_EQ(reg.as("nobody").post(kUser, again).status, 400) << "it is used up";
  EXPECT_FALSE(account(reg, "thief") || account(reg, "second"));
}

TEST(ChangeEmail, WithMailNeedsTheLinkInIt) {
  Mailing world;
  auto& reg = world.reg;
  reg.user("alice");
  auto alice = reg.as("alice");
  const auto sent = alice.put(kUser, {{"email", "new@example.com"}});
  ASSERT_EQ(sent.status, 200) << sent.summary();
  EXPECT_EQ(sent.string("/email"), "alice@example.com") << "not yet";
  const auto link = world.link(1, "/confirm?code=");
  EXPECT_EQ(world.sink.mails().front().to, Names{"new@example.com"});
  EXPECT_EQ(alice.put(kUser, {{"email", "owner@example.com"}}).text, sent.text)
      << "whether somebody has it is not told";
  const auto confirmed = reg.with("").get(link);
  EXPECT_EQ(confirmed.status, 302) << confirmed.summary();
  EXPECT_EQ(signed_in(reg, confirmed), "") << "anybody can have such a link sent to anybody";
  EXPECT_EQ(alice.get(kUser).string("/email"), "new@example.com");
  const auto told = world.sink.wait_for(2);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told.back().to, Names{"alice@example.com"}) << "the old address is told";
  EXPECT_EQ(last_logged(reg, "user_change_email").at("old_email"), "alice@example.com");
  EXPECT_EQ(reg.with("").get(link).status, 400);
  // So many at once, and no more: nobody's mailbox is filled.
  int refused = 0;
  for (int i = 0; i < 7; ++i) {
    refused += alice.put(kUser, {{"email", "n" + std::to_string(i) + "@example.com"}}).status == 429;
  }
  EXPECT_EQ(refused, 2);
}

TEST(Recovery, LetsOneInOnceToSetAPassword) {
  Mailing world;
  auto& reg = world.reg;
  reg.user("alice");
  const auto asked = reg.as("nobody").post(kRecovery, {{"email", "ALICE@example.com"}});
  ASSERT_EQ(asked.status, 200) << asked.summary();
  EXPECT_EQ(asked.json(), (json::Object{{"status", "sent"}}));
  const auto link = world.link(1, "/recovery?code=");
  EXPECT_EQ(world.sink.mails().front().to, Names{"alice@example.com"});
  EXPECT_EQ(reg.with("").get("/confirm" + link.substr(9)).status, 400) << "it confirms nothing";
  const auto followed = reg.with("").get(link);
  ASSERT_EQ(followed.status, 302) << followed.summary();
  EXPECT_EQ(followed.header("Location"), "/user/alice?tab=settings&action=password");
  EXPECT_EQ(followed.header("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(signed_in(reg, followed), "alice");
  EXPECT_EQ(reg.with("").get(link).status, 400);
  EXPECT_EQ(reg.with("").get("/recovery?code=").status, 400);
  EXPECT_EQ(reg.with("").get("/recovery").status, 400);
}

TEST(Recovery, ItsLinkEndsWithItsTimeANewPasswordAndTheUser) {
  Mailing world;
  auto& reg = world.reg;
  for (const auto* name : {"late", "changed", "disabled", "deleted"}) reg.user(name);
  std::map<std::string, std::string> links;
  std::size_t count = 0;
  for (const auto* name : {"changed", "disabled", "deleted", "late"}) {
    ASSERT_EQ(reg.as("nobody").post(kRecovery, {{"email", std::string(name) + "@example.com"}}).status, 200);
    links[name] = world.link(++count, "/recovery?code=");
  }
  ASSERT_EQ(reg.as("changed").put(kUser, {{"password", "another-one-here"}}).status, 200);
  ASSERT_TRUE(run_awaitable(reg.services().users.set_enabled("disabled", false)));
  ASSERT_EQ(reg.as("deleted").request("DELETE", kUser).status, 204);
  for (const auto* name : {"changed", "disabled", "deleted"}) {
    EXPECT_EQ(reg.with("").get(links[name]).status, 400) << name;
  }
  advance_clock(std::chrono::minutes(31));
  EXPECT_EQ(reg.with("").get(links["late"]).status, 400) << "USER_RECOVERY_TOKEN_LIFETIME";
}

TEST(Recovery, LeadsABrowserToAPageThatSaysThatTheLinkIsNoGood) {
  Mailing world;
  const test::Headers browser{{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}};
  for (const auto& [path, page] : {std::pair("/recovery?code=x", "/signin?refused=recovery"),
                                   std::pair("/confirm?code=x", "/signin?refused=confirmation")}) {
    const auto led = world.reg.with("").get(path, browser);
    EXPECT_EQ(led.status, 302) << led.summary();
    EXPECT_EQ(led.header("Location"), page);
    EXPECT_EQ(signed_in(world.reg, led), "");
    EXPECT_EQ(world.reg.with("").get(path).status, 400) << "who is no browser is told at once";
  }
}

TEST(Recovery, TellsNobodyWhoIsThere) {
  Mailing world;
  auto& reg = world.reg;
  reg.user("gone");
  ASSERT_TRUE(run_awaitable(reg.services().users.set_enabled("gone", false)));
  for (const auto* email : {"owner@example.com", "nobody@example.com", "gone@example.com"}) {
    EXPECT_EQ(reg.as("nobody").post(kRecovery, {{"email", email}}).text, "{\"status\": \"sent\"}\n") << email;
  }
  EXPECT_EQ(world.link(1, "/recovery?code=").empty(), false);
  for (int i = 0; i < 8; ++i) reg.as("nobody").post(kRecovery, {{"email", "owner@example.com"}});
  EXPECT_EQ(reg.as("nobody").post(kRecovery, {{"email", "nonsense"}}).string("/status"), "sent") << "as in Quay";
  EXPECT_EQ(reg.as("nobody").post(kRecovery, json::Object{}).status, 400);
  // Behind all that was asked for before.
  reg.user("last");
  ASSERT_EQ(world.sink.wait_for(5).size(), 5u);
  ASSERT_EQ(reg.as("nobody").post(kRecovery, {{"email", "last@example.com"}}).status, 200);
  const auto mails = world.sink.wait_for(6);
  ASSERT_EQ(mails.size(), 6u) << "no more than five wait for one user";
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(mails[i].to, Names{"owner@example.com"});
  EXPECT_EQ(mails[5].to, Names{"last@example.com"});
}

TEST(Recovery, NamesAnOrganizationOnlyInPart) {
  Mailing world;
  auto& reg = world.reg;
  reg.organization("acme-trading");
  const auto asked = reg.as("nobody").post(kRecovery, {{"email", "acme-trading@example.org"}});
  ASSERT_EQ(asked.status, 200) << asked.summary();
  EXPECT_EQ(asked.string("/status"), "org");
  EXPECT_EQ(asked.string("/orgemail"), "acme-trading@example.org");
  EXPECT_EQ(asked.string("/orgname"), "acm\u2022\u2022\u2022\u2022\u2022\u2022ing");
  const auto mails = world.sink.wait_for(1);
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_NE(mails.front().text.find("owner"), std::string::npos) << "who administers it";
}

TEST(Recovery, BringsALostConfirmationAgain) {
  Mailing world;
  auto& reg = world.reg;
  ASSERT_EQ(reg.as("nobody").post(kUser, sign_up("alice", "alice@example.com")).status, 200);
  const auto lost = world.link(1, "/confirm?code=");
  ASSERT_EQ(reg.as("nobody").post(kRecovery, {{"email", "alice@example.com"}}).string("/status"), "sent");
  EXPECT_EQ(reg.with("").get(world.link(2, "/confirm?code=")).status, 302);
  EXPECT_TRUE(account(reg, "alice")->verified);
  EXPECT_EQ(reg.with("").get(lost).status, 400) << "the others went with it";
}

TEST(Recovery, IsOffWithoutMail) {
  TestRegistry reg;
  reg.user("owner");
  EXPECT_EQ(reg.with("")
                .request("POST", kRecovery, R"({"email": "owner@example.com"})", {{"Content-Type", "application/json"}})
                .status,
            404);
  EXPECT_EQ(reg.with("").get("/recovery?code=x").status, 404);
  EXPECT_EQ(reg.with("").get("/confirm?code=x").status, 404);
}

// The bootstrap token.

const std::string kRenew = "/api/v1/bootstrap/renew";

class Bootstrap {
 public:
  Bootstrap()
      : reg({.configure = [](app::Config& config) {
          config.super_users = {"root"};
          config.features.programmatic_bootstrap = true;
          config.bootstrap_owner = "root";
        }}) {
    reg.user("root");
    const auto made = run_awaitable(reg.services().profiles.provision_bootstrap_token());
    EXPECT_TRUE(made && *made) << (made ? "" : made.error().message);
  }

  std::filesystem::path path() const { return reg.data() / "machine-token.json"; }
  std::string in_file() const {
    std::ifstream file(path());
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    return std::string(json::parse(text).value().at("access_token").as_string());
  }
  test::Answer renew(const std::string& token, test::Headers headers = {}) {
    return reg.with("Bearer " + token).request("POST", kRenew, "", headers);
  }
  int self(const std::string& token) { return reg.with("Bearer " + token).get(kUser).status; }

  TestRegistry reg;
};

TEST(BootstrapToken, IsMadeOnceAndRenewedByItself) {
  Bootstrap world;
  const auto first = world.in_file();
  EXPECT_EQ(std::filesystem::status(world.path()).permissions() & std::filesystem::perms::mask,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(world.reg.with("Bearer " + first).get(kUser).string("/username"), "root");
  EXPECT_EQ(world.reg.with("Bearer " + first).get("/api/v1/superuser/users/").status, 200);
  EXPECT_FALSE(*run_awaitable(world.reg.services().profiles.provision_bootstrap_token())) << "it is good still";
  EXPECT_EQ(world.in_file(), first);

  const auto renewed = world.renew(first);
  ASSERT_EQ(renewed.status, 200) << renewed.summary();
  EXPECT_EQ(renewed.string("/status"), "rotated");
  EXPECT_EQ(renewed.text.find(world.in_file()), std::string::npos) << "it is in the file alone";
  EXPECT_NE(world.in_file(), first);
  EXPECT_EQ(world.self(first), 401);
  EXPECT_EQ(world.self(world.in_file()), 200);
  EXPECT_EQ(world.renew(first).status, 401);
  EXPECT_EQ(logged(world.reg, "create_oauth_api_token").size(), 2u);
}

TEST(BootstrapToken, OfOthersIsRefused) {
  Bootstrap world;
  const auto token = world.in_file();
  const auto other = world.renew(world.reg.token("root"));
  EXPECT_EQ(other.status, 403) << other.summary();
  EXPECT_EQ(other.string("/error_type"), "insufficient_scope");
  for (const auto& bad : {std::string(40, 'x'), std::string("nonsense"), token.substr(0, 20) + std::string(20, 'x')}) {
    const auto refused = world.renew(bad);
    EXPECT_EQ(refused.status, 401) << refused.summary();
    EXPECT_EQ(refused.string("/error_type"), "invalid_token");
  }
  EXPECT_EQ(world.reg.with("").request("POST", kRenew).status, 401);
  EXPECT_EQ(world.reg.with(test::basic("root", kPassword)).request("POST", kRenew).status, 401);
  EXPECT_EQ(world.in_file(), token);
}

TEST(BootstrapToken, ThatExpiredIsRenewedFromThisMachineAlone) {
  Bootstrap world;
  const auto token = world.in_file();
  advance_clock(std::chrono::seconds(3601));
  EXPECT_EQ(world.self(token), 401);
  const auto away = world.renew(token, {{"X-Forwarded-For", "192.0.2.7"}});
  EXPECT_EQ(away.status, 401) << away.summary();
  EXPECT_EQ(away.string("/error_type"), "expired_token");
  EXPECT_EQ(world.renew(token).status, 200);
  EXPECT_EQ(world.self(world.in_file()), 200);
  advance_clock(std::chrono::seconds(3601));
  EXPECT_TRUE(*run_awaitable(world.reg.services().profiles.provision_bootstrap_token())) << "a start makes a new one";
  EXPECT_EQ(world.self(world.in_file()), 200);
}

TEST(BootstrapToken, StaysWhenTheNewOneCannotBeWritten) {
  Bootstrap world;
  world.reg.allow_accidents();
  const auto token = world.in_file();
  // A folder in the new file's place: nobody can write there, root neither.
  std::filesystem::create_directories(world.path().string() + ".new/x");
  const auto failed = world.renew(token);
  EXPECT_EQ(failed.status, 500) << failed.summary();
  EXPECT_EQ(failed.string("/error_type"), "token_rotation_failed");
  EXPECT_EQ(world.in_file(), token);
  EXPECT_EQ(world.self(token), 200);
  std::filesystem::remove_all(world.path().string() + ".new");
  EXPECT_EQ(world.renew(token).status, 200);
}

TEST(BootstrapToken, IsOffWithoutItsFeatureAndItsOwner) {
  TestRegistry off;
  EXPECT_EQ(off.with("").request("POST", kRenew).status, 404);
  EXPECT_FALSE(*run_awaitable(off.services().profiles.provision_bootstrap_token()));
  TestRegistry reg({.configure = [](app::Config& config) {
    config.super_users = {"root"};
    config.features.programmatic_bootstrap = true;
    config.bootstrap_owner = "owner";
  }});
  reg.user("owner");
  EXPECT_FALSE(run_awaitable(reg.services().profiles.provision_bootstrap_token())) << "the owner is no superuser";
}

}  // namespace
}  // namespace wharf::api
