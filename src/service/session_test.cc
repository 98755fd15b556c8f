#include "service/session.h"

#include <gtest/gtest.h>

#include "blob/backends.h"
#include "service/login_testing.h"
#include "service/mail.h"

namespace wharf::service {
namespace {

using testing::People;

/// What a session is made with.
struct World {
  explicit World(Settings wanted = {}) : people(std::move(wanted)), mails(*people.db, people.settings, people.box) {
    people.user("alice");
  }
  Tools tools() {
    return {.db = *people.db,
            .settings = people.settings,
            .secrets = people.box,
            .encrypted = people.encrypted,
            .key = people.secret,
            .passwords = people.pool,
            .blobs = *blobs,
            .users = people.users,
            .logins = people.logins,
            .mails = mails};
  }
  store::Account alice() {
    return people.read([](db::Tx& tx) { return store::find_account(tx, "alice").value(); });
  }
  People people;
  MailService mails;
  std::unique_ptr<blob::BlobStore> blobs = blob::make_memory_blob_store();
};

std::string cookie_in(const SessionHeaders& headers) { return headers.at(0).second; }
std::string value_in(const std::string& cookie) {
  const auto equals = cookie.find('=');
  return cookie.substr(equals + 1, cookie.find(';') - equals - 1);
}

TEST(Session, IsWhatItsCookieHolds) {
  World world;
  const SessionService sessions(world.tools());
  const auto headers = sessions.begin(world.alice(), "http://127.0.0.1:8080");
  const auto session = sessions.open(value_in(cookie_in(headers)));
  ASSERT_TRUE(session);
  EXPECT_EQ(session->account_uuid, world.alice().uuid);
  EXPECT_EQ(headers.at(1), (std::pair<std::string, std::string>("X-Next-CSRF-Token", session->csrf_token)));
  EXPECT_EQ(session->csrf_token.size(), 40u);
  EXPECT_NE(sessions.begin(world.alice(), "").at(1).second, session->csrf_token);
}

TEST(Session, ItsCookieIsForThisServerAlone) {
  for (const auto& [url, forced, secure] :
       std::vector<std::tuple<std::string, std::optional<bool>, bool>>{{"http://127.0.0.1:8080", std::nullopt, false},
                                                                       {"https://registry.example", std::nullopt, true},
                                                                       {"https://registry.example", false, false},
                                                                       {"http://127.0.0.1:8080", true, true}}) {
    Settings settings;
    settings.session_cookie_secure = forced;
    settings.features.permanent_sessions = !secure;
    World world(settings);
    const auto cookie = cookie_in(SessionService(world.tools()).begin(world.alice(), url));
    EXPECT_TRUE(cookie.starts_with("_csrf_token=v1.")) << cookie;
    EXPECT_NE(cookie.find("; Path=/; HttpOnly; SameSite=Lax"), std::string::npos) << cookie;
    EXPECT_EQ(cookie.find("; Secure") != std::string::npos, secure) << cookie;
    EXPECT_EQ(cookie.find("; Max-Age=2678400") != std::string::npos, !secure) << "only with FEATURE_PERMANENT_SESSIONS";
  }
}

TEST(Session, IsNoneWhenTheCookieIsForeignChangedOrOld) {
  World world;
  World other;
  const SessionService sessions(world.tools());
  const auto good = value_in(cookie_in(sessions.begin(world.alice(), "")));
  const auto foreign = value_in(cookie_in(SessionService(other.tools()).begin(other.alice(), "")));
  auto changed = good;
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  for (const auto& bad : {std::string(), std::string("v1."), foreign, changed, good + "A", good.substr(1),
                          good.substr(0, good.size() - 4), std::string(100'000, 'A'),
                          world.people.box.seal(R"({"account_uuid": "x"})", "session cookie")}) {
    EXPECT_FALSE(sessions.open(bad)) << bad.substr(0, 100);
  }
  advance_clock(std::chrono::hours(31 * 24 - 1));
  EXPECT_TRUE(sessions.open(good));
  advance_clock(std::chrono::hours(1));
  EXPECT_FALSE(sessions.open(good)) << "SESSION_TIMEOUT";
}

}  // namespace
}  // namespace wharf::service
