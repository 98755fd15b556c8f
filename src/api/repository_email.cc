#include "api/repository_email.h"

#include "service/repository_email.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct EmailPath {
  RepoName repository;
  std::string email;
};
BOOST_DESCRIBE_STRUCT(EmailPath, (), (repository, email))

awaitable<Result<service::RepositoryEmailView>> find_email(Call& call, EmailPath in) {
  co_return co_await call.services.repository_emails.find(call.who, std::move(in.repository), std::move(in.email));
}

awaitable<Result<service::RepositoryEmailView>> ask_email(Call& call, EmailPath in) {
  co_return co_await call.services.repository_emails.ask(call.who, std::move(in.repository), std::move(in.email),
                                                         call.base_url);
}

constexpr std::string_view kPath = "/api/v1/repository/{repository}/authorizedemail/{email}";
constexpr std::string_view kTag = "Notifications of repositories";

}  // namespace

void add_repository_email_operations(service::OperationTable& table) {
  table.add({.id = "checkRepoEmailAuthorized",
             .verb = Verb::get,
             .path = kPath,
             .scope = Scope::repo_admin,
             .summary = "Whether an address may be mailed about a repository.",
             .tag = kTag,
             .errors = {401, 403, 404},
             .internal = true,
             .features = {"MAILING"}},
            find_email);
  table.add({.id = "sendAuthorizeRepoEmail",
             .verb = Verb::post,
             .path = kPath,
             .scope = Scope::repo_admin,
             .summary = "Asks by mail whether an address may be mailed about a repository.",
             .tag = kTag,
             .errors = {400, 401, 403, 404},
             .internal = true,
             .features = {"MAILING"}},
            ask_email);
}

}  // namespace wharf::api
