#include "api/repository_token.h"

#include "service/permission.h"

/// Tokens of repositories, which robots have replaced: the operations tell those who may that they are gone.
/// Source: Quay, "repotoken (deprecated)".
namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

Error gone() { return {Errc::gone, "Tokens of repositories are no longer there; use robots"}; }

struct TokensPath {
  RepoName repository;
};
BOOST_DESCRIBE_STRUCT(TokensPath, (), (repository))

struct TokenPath {
  RepoName repository;
  std::string code;
};
BOOST_DESCRIBE_STRUCT(TokenPath, (), (repository, code))

enum class TokenRole { read, write, admin };
BOOST_DESCRIBE_ENUM(TokenRole, read, write, admin)

struct NewToken {
  std::string friendlyName;
};
BOOST_DESCRIBE_STRUCT(NewToken, (), (friendlyName))

struct ChangedToken {
  TokenRole role = TokenRole::read;
};
BOOST_DESCRIBE_STRUCT(ChangedToken, (), (role))

awaitable<Result<http::Nothing>> list_tokens(Call& call, TokensPath in) {
  auto may = co_await call.services.permissions.check_admin(call.who, in.repository, true);
  co_return may ? gone() : may.error();
}

awaitable<Result<http::Nothing>> create_token(Call& call, TokensPath in, Result<NewToken> body) {
  auto may = co_await call.services.permissions.check_admin(call.who, in.repository, false);
  if (may && !body) co_return body.error();
  co_return may ? gone() : may.error();
}

awaitable<Result<http::Nothing>> get_token(Call& call, TokenPath in) {
  auto may = co_await call.services.permissions.check_admin(call.who, in.repository, true);
  co_return may ? gone() : may.error();
}

awaitable<Result<http::Nothing>> change_token(Call& call, TokenPath in, Result<ChangedToken> body) {
  auto may = co_await call.services.permissions.check_admin(call.who, in.repository, false);
  if (may && !body) co_return body.error();
  co_return may ? gone() : may.error();
}

awaitable<Result<http::Nothing>> delete_token(Call& call, TokenPath in) {
  auto may = co_await call.services.permissions.check_admin(call.who, in.repository, false);
  co_return may ? gone() : may.error();
}

}  // namespace

void add_repository_token_operations(service::OperationTable& table) {
  constexpr std::string_view kTokens = "/api/v1/repository/{repository}/tokens/";
  constexpr std::string_view kToken = "/api/v1/repository/{repository}/tokens/{code}";
  const auto operation = [](std::string_view id, Verb verb, std::string_view path, std::vector<int> errors) {
    return http::Operation{.id = id,
                           .verb = verb,
                           .path = path,
                           .scope = Scope::repo_admin,
                           .summary = "Gone: robots have replaced the tokens of repositories.",
                           .tag = "Repositories",
                           .errors = std::move(errors)};
  };
  table.add(operation("listRepoTokens", Verb::get, kTokens, {401, 403, 410}), list_tokens);
  table.add(operation("createToken", Verb::post, kTokens, {400, 401, 403, 410, 415}), create_token);
  table.add(operation("getTokens", Verb::get, kToken, {401, 403, 410}), get_token);
  table.add(operation("changeToken", Verb::put, kToken, {400, 401, 403, 410, 415}), change_token);
  table.add(operation("deleteToken", Verb::delete_, kToken, {401, 403, 410}), delete_token);
}

}  // namespace wharf::api
