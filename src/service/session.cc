#include "service/session.h"

#include <algorithm>

#include "base/json.h"
#include "base/random.h"
#include "service/user.h"

namespace wharf::service {
namespace {

constexpr std::string_view kContext = "session cookie";
constexpr std::size_t kLongestCookie = 2048;
constexpr Millis kRenewAfter = 86'400'000;

}  // namespace

NewSession SessionService::make(Session session, std::string_view base_url) const {
  session.csrf_token = random_text(40, kLettersAndDigits);
  session.issued_ms = now_ms();
  NewSession made{.csrf_token = session.csrf_token, .headers = {}};
  made.headers.emplace_back("Set-Cookie", cookie_of(session, base_url));
  made.headers.emplace_back("X-Next-CSRF-Token", session.csrf_token);
  return made;
}

SessionHeaders SessionService::begin(const store::Account& account, std::string_view base_url) const {
  Session session;
  session.account_uuid = account.uuid;
  session.login_ms = now_ms();
  return make(std::move(session), base_url).headers;
}

NewSession SessionService::begin_anonymous(std::string_view base_url) const { return make(Session{}, base_url); }

std::optional<Session> SessionService::open(std::string_view cookie) const {
  if (cookie.size() > kLongestCookie) return std::nullopt;
  const auto plain = box_.open(cookie, kContext);
  if (!plain) return std::nullopt;
  const auto document = json::parse(*plain);
  if (!document) return std::nullopt;
  auto session = json::decode<Session>(*document);
  if (!session || session->csrf_token.empty()) return std::nullopt;
  if (session->issued_ms + tools_.settings.session_timeout_s * 1000 <= now_ms()) return std::nullopt;
  return std::move(*session);
}

awaitable<std::optional<KnownSession>> SessionService::find(std::string cookie) const {
  auto session = open(cookie);
  if (!session) co_return std::nullopt;
  KnownSession known{.session = std::move(*session), .who = {}};
  if (known.session.account_uuid.empty()) co_return known;
  auto job = [&known](db::Tx& tx) { return store::find_account_by_uuid(tx, known.session.account_uuid); };
  const auto account = co_await tools_.db.lookup(std::move(job));
  if (!account || !account->enabled || account->kind != store::AccountKind::user) co_return std::nullopt;
  known.who = tools_.users.principal_of(*account);
  known.who.means = auth::Principal::Means::session;
  known.who.login_ms = known.session.login_ms;
  known.who.has_password = account->has_password;
  co_return known;
}

std::string SessionService::renewed(const Session& session, std::string_view base_url) const {
  const auto now = now_ms();
  if (now - session.issued_ms < std::min(kRenewAfter, tools_.settings.session_timeout_s * 500)) return {};
  auto next = session;
  next.issued_ms = now;
  return cookie_of(next, base_url);
}

std::string SessionService::cookie_of(const Session& session, std::string_view base_url) const {
  const auto& settings = tools_.settings;
  std::string cookie(kCookie);
  cookie += "=" + box_.seal(json::encode(session), kContext) + "; Path=/; HttpOnly; SameSite=Lax";
  if (settings.session_cookie_secure.value_or(base_url.starts_with("https:"))) cookie += "; Secure";
  if (settings.features.permanent_sessions) cookie += "; Max-Age=" + std::to_string(settings.session_timeout_s);
  return cookie;
}

}  // namespace wharf::service
