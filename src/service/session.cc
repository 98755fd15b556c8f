#include "service/session.h"

#include "base/json.h"
#include "base/random.h"

namespace wharf::service {
namespace {

constexpr std::string_view kContext = "session cookie";
constexpr std::size_t kLongestCookie = 2048;

}  // namespace

SessionService::Headers SessionService::begin(const store::Account& account, std::string_view base_url) const {
  const auto now = now_ms();
  Session session{.account_uuid = account.uuid,
                  .csrf_token = random_text(40, kLettersAndDigits),
                  .login_ms = now,
                  .issued_ms = now};
  return {{"Set-Cookie", cookie_of(session, base_url)}, {"X-Next-CSRF-Token", session.csrf_token}};
}

std::optional<Session> SessionService::open(std::string_view cookie) const {
  if (cookie.size() > kLongestCookie) return std::nullopt;
  const auto plain = box_.open(cookie, kContext);
  if (!plain) return std::nullopt;
  const auto document = json::parse(*plain);
  if (!document) return std::nullopt;
  auto session = json::decode<Session>(*document);
  if (!session || session->issued_ms + tools_.settings.session_timeout_s * 1000 <= now_ms()) return std::nullopt;
  return std::move(*session);
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
