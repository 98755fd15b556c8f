// The first token for machines that never open a browser: the part of ProfileService that makes and renews it.
#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "base/digest.h"
#include "base/log.h"
#include "base/random.h"
#include "base/secret.h"
#include "service/audit.h"
#include "service/profile.h"
#include "store/application.h"
#include "store/bootstrap.h"
#include "store/token.h"

namespace wharf::service {
namespace {

constexpr std::size_t kTokenLength = 40;
constexpr std::size_t kPrefixLength = 20;
constexpr std::size_t kLargestFile = 4096;

struct TokenFile {
  std::string access_token;
};
BOOST_DESCRIBE_STRUCT(TokenFile, (), (access_token))

bool is_token(std::string_view text) {
  return text.size() == kTokenLength && text.find_first_not_of(kLettersAndDigits) == std::string_view::npos;
}

std::string hash_of(std::string_view token) { return std::string(Digest::of(token.substr(kPrefixLength)).hex()); }

/// The token in the file; "" when there is none that could be one.
std::string read_token(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  if (!stream.good() && !stream.eof()) return {};
  if (text.size() > kLargestFile) return {};
  const auto document = json::parse(text);
  if (!document) return {};
  auto file = json::decode<TokenFile>(*document);
  return file && is_token(file->access_token) ? std::move(file->access_token) : std::string();
}

/// Puts the token into the file, whole or not at all, for the eyes of this user alone. Answers 0 or an errno.
int write_token(const std::string& path, const std::string& token) {
  const auto text = json::encode(TokenFile{token}) + "\n";
  const auto beside = path + ".new";
  ::unlink(beside.c_str());
  const int fd = ::open(beside.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) return errno;
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  int failed = written ? 0 : errno;
  ::close(fd);
  if (failed == 0 && ::rename(beside.c_str(), path.c_str()) != 0) failed = errno;
  if (failed != 0) ::unlink(beside.c_str());
  return failed;
}

/// The row of `token`, whatever its age; nothing when there is none.
std::optional<store::MachineToken> find(db::Tx& tx, const std::string& token) {
  if (!is_token(token)) return std::nullopt;
  auto row = store::find_machine_token(tx, std::string_view(token).substr(0, kPrefixLength));
  if (!row) return std::nullopt;
  return same_secret(hash_of(token), row->secret_hash) ? row : std::nullopt;
}

Error bad_token() { return {Errc::bad_token, "Invalid bearer token"}; }

Error expired_token() {
  Error error{Errc::bad_token, "The bootstrap token has expired"};
  error.extra = R"({"error_type": "expired_token", "title": "expired_token"})";
  return error;
}

bool is_loopback(std::string_view peer) {
  return peer.starts_with("127.") || peer == "::1" || peer.starts_with("::ffff:127.");
}

/// A new token in the row and in the file, and no other. The file is written in the transaction: if it runs again the
/// file is written again, to the same effect, and if it fails the caller puts `old` back.
Result<bool> rotate(db::Tx& tx, const Tools& tools, const store::Account& owner, const std::string& token) {
  const auto& settings = tools.settings;
  auto application = store::find_application(tx, owner.id, store::kBootstrapApplication);
  if (!application) {
    const auto client_id = random_text(20, kUpperAndDigits);
    const store::NewApplication wanted{
        .namespace_id = owner.id,
        .client_id = client_id,
        .name = std::string(store::kBootstrapApplication),
        .description = "Holds the token of BOOTSTRAP_TOKEN_PATH",
        .sealed_secret = tools.secrets.seal(random_text(40, kUpperAndDigits), "application:" + client_id)};
    application = store::insert_application(tx, wanted, now_ms());
  }
  const store::NewOAuthToken row{.application_id = application,
                                 .account_id = owner.id,
                                 .name = "bootstrap",
                                 .prefix = token.substr(0, kPrefixLength),
                                 .secret_hash = hash_of(token),
                                 .scope = auth::ScopeSet::parse(settings.bootstrap_scope).text(),
                                 .expires_ms = now_ms() + settings.bootstrap_lifetime_s * 1000};
  const auto uuid = store::insert_oauth_token(tx, row, now_ms());
  store::delete_other_tokens(tx, *application, uuid);
  audit(tx, tools.users.principal_of(owner), "create_oauth_api_token", {.namespace_id = owner.id},
        {{"oauth_token_uuid", uuid},
         {"scope", row.scope},
         {"token_display_name", "bootstrap"},
         {"application_name", store::kBootstrapApplication},
         {"auth_method", "bootstrap"}});
  if (const int failed = write_token(settings.bootstrap_path, token); failed != 0) {
    return Error{Errc::token_rotation_failed, "The token could not be written: the old one stays",
                 std::generic_category().message(failed)};
  }
  return true;
}

}  // namespace

awaitable<Result<bool>> ProfileService::provision_bootstrap_token() {
  const auto& settings = tools_.settings;
  if (!settings.features.programmatic_bootstrap || settings.read_only) co_return false;
  if (!auth::ScopeSet::is_valid(settings.bootstrap_scope)) {
    co_return Error{Errc::invalid_request, "BOOTSTRAP_TOKEN_SCOPE: there is no such scope"};
  }
  const auto old = read_token(settings.bootstrap_path);
  const auto token = random_text(kTokenLength, kLettersAndDigits);
  auto job = [this, old, token](db::Tx& tx) -> Result<bool> {
    tx.lock("bootstrap token");
    const auto owner = store::find_account(tx, tools_.settings.bootstrap_owner);
    if (!owner || owner->kind != store::AccountKind::user || !tools_.users.principal_of(*owner).superuser) {
      return Error{Errc::invalid_request, "BOOTSTRAP_TOKEN_OWNER must be a superuser who is there"};
    }
    const auto known = find(tx, old);
    const bool good = known && known->application == store::kBootstrapApplication && known->account_id == owner->id &&
                      known->expires_ms > now_ms();
    if (good) return false;
    return rotate(tx, tools_, *owner, token);
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> ProfileService::renew_bootstrap_token(std::string token, std::string peer) {
  const auto fresh = random_text(kTokenLength, kLettersAndDigits);
  auto job = [this, token, fresh, peer](db::Tx& tx) -> Result<bool> {
    tx.lock("bootstrap token");
    const auto known = find(tx, token);
    if (!known) return bad_token();
    if (known->application != store::kBootstrapApplication) return Error{Errc::denied, "Unauthorized"};
    const auto owner = store::find_account(tx, known->account_id);
    if (!owner || !owner->enabled || owner->kind != store::AccountKind::user) return bad_token();
    if (known->expires_ms <= now_ms() && !is_loopback(peer)) return expired_token();
    if (owner->name != tools_.settings.bootstrap_owner || !tools_.users.principal_of(*owner).superuser) {
      return Error{Errc::denied, "Unauthorized"};
    }
    return rotate(tx, tools_, *owner, fresh);
  };
  Result<bool> done = false;
  try {
    done = co_await tools_.db.write(std::move(job));
  } catch (const Accident& accident) {
    done = Error{Errc::token_rotation_failed, "The token could not be renewed: the old one stays", accident.what()};
  }
  // What the file holds must be what the database knows.
  if (!done && done.error().code == Errc::token_rotation_failed &&
      read_token(tools_.settings.bootstrap_path) == fresh) {
    if (const int failed = write_token(tools_.settings.bootstrap_path, token); failed != 0) {
      log::error("the bootstrap token could not be put back", {{"reason", std::generic_category().message(failed)}});
    }
  }
  co_return done;
}

}  // namespace wharf::service
