#include "service/repository_email.h"

#include "auth/access.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/random.h"
#include "service/mail.h"
#include "store/repository_email.h"

namespace wharf::service {
namespace {

constexpr std::size_t kCodeLength = 40;
constexpr std::int64_t kMostAddresses = 100;
// A stranger's inbox is not filled.
constexpr Millis kRestMs = 60'000;

std::string hash_of(std::string_view code) { return std::string(Digest::of(code).hex()); }

RepositoryEmailView view_of(const std::string& email, const RepoName& repository, bool confirmed) {
  return {.email = email, .repository = repository.name, .namespace_ = repository.ns, .confirmed = confirmed};
}

}  // namespace

awaitable<Result<RepositoryEmailView>> RepositoryEmailService::find(auth::Principal who, RepoName repository,
                                                                    std::string email) {
  email = lower_ascii(email);
  auto job = [=](db::Tx& tx) -> Result<RepositoryEmailView> {
    const auto access = auth::require(tx, who, repository, auth::Action::admin, true);
    if (!access) return access.error();
    const auto row = is_email(email) ? store::find_repository_email(tx, access->repository_id(), email) : std::nullopt;
    if (!row) return Error{Errc::not_found, "Not Found"};
    return view_of(email, repository, row->confirmed);
  };
  co_return co_await tools_.db.read(std::move(job));
}

awaitable<Result<RepositoryEmailView>> RepositoryEmailService::ask(auth::Principal who, RepoName repository,
                                                                   std::string email, std::string base_url) {
  email = lower_ascii(email);
  auto job = [=, this](db::Tx& tx) -> Result<RepositoryEmailView> {
    const auto access = auth::require(tx, who, repository, auth::Action::admin);
    if (!access) return access.error();
    const Error no_address{Errc::invalid_request, "email: is no address"};
    if (!is_email(email)) return no_address;
    const auto repository_id = access->repository_id();
    tx.lock("emails_of:" + std::to_string(repository_id));
    const auto now = now_ms();
    const auto row = store::find_repository_email(tx, repository_id, email);
    if (row && (row->confirmed || now < row->created_ms + kRestMs)) {
      return view_of(email, repository, row->confirmed);
    }
    if (!row && store::count_repository_emails(tx, repository_id) >= kMostAddresses) {
      return Error{Errc::invalid_request, "A repository has at most 100 addresses"};
    }
    const auto code = random_text(kCodeLength, kLettersAndDigits);
    store::put_repository_email(tx, repository_id, email, hash_of(code), now);
    const letter::AuthorizeRepositoryEmail letter{.repository = repository.text(), .code = code};
    if (!tools_.mails.queue(tx, email, letter, base_url)) return no_address;
    return view_of(email, repository, false);
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<RepoName>> RepositoryEmailService::confirm(std::string code) {
  auto job = [hash = hash_of(code)](db::Tx& tx) -> Result<RepoName> {
    auto name = store::confirm_repository_email(tx, hash);
    if (!name) return Error{Errc::invalid_request, "This link is not, or no longer, good"};
    return *name;
  };
  co_return co_await tools_.db.write(std::move(job));
}

}  // namespace wharf::service
