// Links that were mailed to users: the part of ProfileService that lets one in without a password.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/log.h"
#include "base/names.h"
#include "service/account_mail.h"
#include "service/audit.h"
#include "service/conflict.h"
#include "service/profile.h"
#include "store/email_code.h"
#include "store/profile.h"

namespace wharf::service {
namespace {

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }

/// A third of the characters at each end, the others as dots; what is no ASCII is masked whole. Source: Quay.
std::string masked(std::string_view name) {
  const auto shown = std::max<std::size_t>(name.size() / 3, 2) - 1;
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (i < shown || i + shown >= name.size()) {
      result += name[i];
    } else {
      result += "\u2022";
    }
  }
  return result;
}

/// The enabled user to whom the code was given, if it is of this kind and still good; it is used up.
std::optional<store::Account> use_up(db::Tx& tx, const store::EmailCode& code) {
  if (code.expires_ms <= now_ms()) return std::nullopt;
  auto account = store::find_account(tx, code.account_id);
  if (!account || account->kind != store::AccountKind::user || !account->enabled) return std::nullopt;
  return account;
}

}  // namespace

awaitable<Result<RecoveryAnswer>> ProfileService::request_recovery(std::string email, std::string base_url) {
  if (!is_email(email)) co_return RecoveryAnswer{.status = "sent", .orgemail = {}, .orgname = {}};  // as in Quay
  struct Known {
    bool user = false;
    std::optional<store::Account> organization;
  };
  auto look = [email](db::Tx& tx) {
    Known known;
    known.user = store::find_user_by_email(tx, email) || store::find_unverified_user(tx, email);
    if (!known.user) known.organization = store::find_organization_by_email(tx, email);
    return known;
  };
  const auto known = co_await tools_.db.read(std::move(look));
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::co_spawn(executor, send_recovery(email, base_url), boost::asio::detached);
  RecoveryAnswer answer{.status = "sent", .orgemail = {}, .orgname = {}};
  if (known.organization) {
    answer = {.status = "org", .orgemail = email, .orgname = masked(known.organization->name)};
  }
  co_return answer;
}

awaitable<void> ProfileService::send_recovery(std::string email, std::string base_url) {
  try {
    auto job = [this, email, base_url](db::Tx& tx) {
      if (const auto user = store::find_user_by_email(tx, email)) {
        if (user->enabled) queue_recovery(tools_, tx, *user, base_url);
      } else if (const auto unverified = store::find_unverified_user(tx, email)) {
        // They have lost the first link: there is no password to be forgotten before it was followed.
        if (const auto account = store::find_account(tx, *unverified)) {
          queue_confirmation(tools_, tx, *account, email, true, base_url);
        }
      } else if (const auto organization = store::find_organization_by_email(tx, email)) {
        queue_organization_recovery(tools_, tx, *organization, base_url);
      }
      return true;
    };
    co_await tools_.db.write(std::move(job));
  } catch (const std::exception& failure) {
    // The answer is out; whoever waits for the mail asks again.
    log::warn("a recovery mail could not be queued", {{"reason", failure.what()}});
  }
}

awaitable<Result<store::Account>> ProfileService::recover(std::string code) {
  if (tools_.settings.read_only) co_return Error{Errc::read_only, "The registry is read-only"};
  const auto wrong = invalid("Invalid recovery code: This code is invalid or may have already been used.");
  auto job = [hash = email_code_hash(code), wrong](db::Tx& tx) -> Result<store::Account> {
    const auto taken = store::take_email_code(tx, hash, true);
    const auto account = taken ? use_up(tx, *taken) : std::nullopt;
    if (!account) return wrong;
    store::delete_email_codes(tx, account->id, store::EmailCodeKind::recover);
    // Who reads the mail of an address has it.
    if (taken->email == account->email) store::set_verified(tx, account->id);
    return *store::find_account(tx, account->id);
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<ConfirmedEmail>> ProfileService::confirm(std::string code, std::string base_url) {
  if (tools_.settings.read_only) co_return Error{Errc::read_only, "The registry is read-only"};
  const auto wrong = invalid("Invalid confirmation code: This code is invalid or may have already been used.");
  const auto used = invalid("E-mail address already used");
  auto job = [this, hash = email_code_hash(code), wrong, used, base_url](db::Tx& tx) -> Result<ConfirmedEmail> {
    const auto taken = store::take_email_code(tx, hash, false);
    const auto account = taken && taken->email ? use_up(tx, *taken) : std::nullopt;
    if (!account) return wrong;
    const auto owner = store::find_user_by_email(tx, *taken->email);
    if (owner && owner->id != account->id) return used;
    store::set_email(tx, account->id, *taken->email, true);
    store::delete_email_codes(tx, account->id, taken->kind);
    auto who = tools_.users.principal_of(*account);
    audit(tx, who, "user_change_email", {.namespace_id = account->id},
          {{"email", *taken->email}, {"old_email", account->email.value_or("")}, {"namespace", account->name}});
    if (account->email && account->email != taken->email) {
      // A link that went to the old address must not let anybody in any more.
      store::delete_email_codes(tx, account->id, store::EmailCodeKind::recover);
      queue_email_changed(tools_, tx, account->name, *account->email, *taken->email, base_url);
    }
    return ConfirmedEmail{.account = *store::find_account(tx, account->id),
                          .new_user = taken->kind == store::EmailCodeKind::confirm};
  };
  co_return co_await write_or(tools_.db, std::move(job), used);
}

}  // namespace wharf::service
