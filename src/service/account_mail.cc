#include "service/account_mail.h"

#include "base/digest.h"
#include "base/random.h"
#include "service/mail.h"
#include "store/profile.h"

namespace wharf::service {
namespace {

constexpr Millis kDay = 86'400'000;
/// A user may take some days to follow the link; Quay's is good for ever.
constexpr Millis kConfirmLife = 7 * kDay;
/// So many links of a kind may wait at once: the links of the user go on working, and nobody's mailbox is filled.
constexpr std::int64_t kMostWaiting = 5;

/// Keeps a new code's hash; answers the code.
std::string make_code(db::Tx& tx, store::EmailCodeKind kind, std::int64_t account_id, const std::string& email,
                      Millis life_ms) {
  const auto now = now_ms();
  store::delete_old_email_codes(tx, now - kDay);
  auto code = random_text(40, kLettersAndDigits);
  const store::EmailCode row{.kind = kind, .account_id = account_id, .email = email, .expires_ms = now + life_ms};
  store::insert_email_code(tx, email_code_hash(code), row, now);
  return code;
}

bool too_many(db::Tx& tx, const store::Account& account, store::EmailCodeKind kind) {
  // Held, or several that come at once would each see the place that is left.
  tx.lock("email codes:" + std::to_string(account.id));
  return store::count_email_codes(tx, account.id, kind, now_ms()) >= kMostWaiting;
}

}  // namespace

std::string email_code_hash(std::string_view code) { return std::string(Digest::of(code).hex()); }

void queue_confirmation(const Tools& tools, db::Tx& tx, const store::Account& account, const std::string& email,
                        bool send, const std::string& base_url) {
  if (too_many(tx, account, store::EmailCodeKind::confirm)) return;
  auto code = make_code(tx, store::EmailCodeKind::confirm, account.id, email, kConfirmLife);
  if (!send) return;
  const letter::ConfirmEmail letter{.username = account.name, .code = std::move(code)};
  tools.mails.queue(tx, email, letter, base_url);
}

Result<void> queue_email_change(const Tools& tools, db::Tx& tx, const store::Account& account, const std::string& email,
                                const std::string& base_url) {
  if (too_many(tx, account, store::EmailCodeKind::change)) {
    return Error{Errc::too_many_attempts, "Several links wait already to be followed"};
  }
  auto code = make_code(tx, store::EmailCodeKind::change, account.id, email, kConfirmLife);
  if (store::find_user_by_email(tx, email)) return {};
  const letter::ChangeEmail letter{.username = account.name, .code = std::move(code)};
  tools.mails.queue(tx, email, letter, base_url);
  return {};
}

void queue_email_changed(const Tools& tools, db::Tx& tx, const std::string& username, const std::string& old_email,
                         const std::string& email, const std::string& base_url) {
  const letter::EmailChanged letter{.username = username, .old_email = old_email, .email = email};
  tools.mails.queue(tx, old_email, letter, base_url);
}

void queue_recovery(const Tools& tools, db::Tx& tx, const store::Account& account, const std::string& base_url) {
  if (!account.email || too_many(tx, account, store::EmailCodeKind::recover)) return;
  const auto life_ms = tools.settings.recovery_lifetime_s * 1000;
  auto code = make_code(tx, store::EmailCodeKind::recover, account.id, *account.email, life_ms);
  const letter::Recovery letter{.username = account.name, .code = std::move(code)};
  tools.mails.queue(tx, *account.email, letter, base_url);
}

void queue_organization_recovery(const Tools& tools, db::Tx& tx, const store::Account& organization,
                                 const std::string& base_url) {
  if (!organization.contact_email) return;
  const letter::OrganizationRecovery letter{.organization = organization.name,
                                            .admins = store::list_admins(tx, organization.id)};
  tools.mails.queue(tx, *organization.contact_email, letter, base_url);
}

void queue_password_changed(const Tools& tools, db::Tx& tx, const std::string& username, const std::string& email,
                            const std::string& base_url) {
  tools.mails.queue(tx, email, letter::PasswordChanged{.username = username}, base_url);
}

}  // namespace wharf::service
