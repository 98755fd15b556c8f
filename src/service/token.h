#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/access.h"
#include "auth/key.h"
#include "auth/principal.h"
#include "auth/registry_token.h"
#include "base/async.h"
#include "base/error.h"
#include "base/json.h"
#include "base/names.h"
#include "db/database.h"
#include "service/lru.h"
#include "service/pull_memory.h"
#include "service/settings.h"

namespace wharf::service {

/// What one `scope` of a token request asks for.
struct RegistryScope {
  std::string asked;  ///< The name as the client wrote it, with a host prefix if it had one.
  RepoName name;      ///< Whose repository that is: without the host, with the library namespace.
  bool push = false;
  bool pull = false;
  bool remove = false;  ///< The action "delete".
  bool all = false;     ///< The action "*".
};

/// Reads `repository:[<host>/]<part>(/<part>)*:<action>(,<action>)*`: part `[A-Za-z0-9._-]+`, action push, pull, delete
/// or *. Errors: invalid_request for anything else, and for a name without a namespace where there is no library;
/// name_invalid when the repository's part breaks the rules for names. Source: Quay's scope grammar.
Result<RegistryScope> parse_scope(std::string_view scope, std::string_view host, const Settings& settings);

struct TokenRequest {
  auth::Principal who;
  std::string service;              ///< As the client sent it: becomes the audience. "": `host`.
  std::string host;                 ///< `service_name` of the request.
  std::vector<std::string> scopes;  ///< None: a check of the login.
  std::string credentials{};        ///< The Authorization header that `who` came from; "" for nobody.
};

struct IssuedToken {
  std::string token;
  Millis issued_ms = 0;
  std::int64_t expires_in_s = 0;
};

using TokenPointer = std::shared_ptr<const auth::RegistryToken>;

/// Issues and checks the registry's tokens: JWTs signed ES256 with Quay's claims.
///
/// A token says what its bearer may do, so that a pull asks nobody; what changes in the database counts when the token
/// has expired. Every node signs with a key of its own and puts the public half into the database: each accepts the
/// tokens of the others. Thread-safe.
class TokenService {
 public:
  /// `db`, `settings` and `memory` must outlive the service. Without a memory nothing is issued while the database is
  /// gone.
  TokenService(db::Database& db, const Settings& settings, auth::SigningKey key, PullMemory* memory = nullptr);

  /// The `iss` of every token, and the name under which the keys are published.
  static constexpr std::string_view kService = "quay";
  static constexpr std::size_t kMostScopes = 32;
  static constexpr std::int64_t kLeewaySeconds = 30;  ///< By how much the nodes' clocks may differ.

  /// For how long the others take what a node signs after it was last heard of, and from when on it says so again.
  static constexpr Millis kKeyLifeMs = 7 * 24 * 3'600'000LL;
  static constexpr Millis kKeyRenewalMs = kKeyLifeMs - 24 * 3'600'000LL;

  /// Puts the public half of this node's key where the others find it, and removes those of nodes that are no more.
  /// Blocks; once, before the first request. Writes nothing when the key is good for kKeyRenewalMs.
  void publish_key();
  /// The same while the server runs: at least once a day.
  awaitable<bool> renew_key();

  /// A token with one grant for each scope; what the caller may not do is left out without an error. A push to a
  /// repository that does not exist makes it, where the caller may. At most 32 scopes.
  /// Errors: unauthenticated for nobody asking for nothing; those of parse_scope; namespace_disabled; unsupported for
  /// what holds no images, or for an organization that cannot be made (CREATE_NAMESPACE_ON_PUSH).
  /// Cost: one read for all scopes, one signature; a write only to make repositories.
  awaitable<Result<IssuedToken>> issue(TokenRequest request);

  /// Whether the database cannot be asked, and there is a memory to issue tokens from.
  bool cut_off() const;
  /// A token of five minutes while the database is gone: to the same credentials for the same scopes as lately, what
  /// they were granted then, but for changes; to nobody, to pull what was public lately. `request.who` is not read.
  /// Nothing where that is not known. Source: none, it is ours.
  std::optional<IssuedToken> issue_again(const TokenRequest& request, Millis now);

  /// The token, if it is good for `audience` at `now`. Cost: a look into a cache, or once a signature check; never a
  /// query. Errors: bad_token; then ask `verify_slow` if `worth_asking(bearer)`.
  Result<TokenPointer> verify(std::string_view bearer, std::string_view audience, Millis now);
  /// The same, and looks for the key in the database: for tokens of other nodes. Cost: at most one indexed row.
  awaitable<Result<TokenPointer>> verify_slow(std::string bearer, std::string audience, Millis now);
  /// Whether the token names a key that this node has not met: only then can `verify_slow` find more than `verify`.
  bool worth_asking(std::string_view bearer, Millis now) const;

  /// The approved public keys (JWKs) of a service; those of kService are the nodes'.
  awaitable<std::vector<json::Value>> keys(std::string service);

 private:
  struct Grant {
    RegistryScope scope;
    std::int64_t repository_id = 0;  ///< 0: the repository is missing.
    bool push = false;
    bool pull = false;
    bool remove = false;
    bool all = false;
    bool make = false;            ///< The repository is missing and the caller may make it.
    bool make_namespace = false;  ///< Its namespace is missing and the caller may make it.
  };
  /// What was granted, for issue_again.
  struct Granted {
    auth::Principal who;
    std::vector<Grant> grants;
    Millis at_ms = 0;
  };
  struct Verified {
    TokenPointer token;
    std::string audience;
  };
  struct SignatureHash {
    std::size_t operator()(std::string_view token) const;
  };
  struct Shard {
    std::mutex mutex;
    Lru<Verified, SignatureHash> tokens{kShardCapacity};
  };
  struct ForeignKey {
    auth::VerifyKey key;
    Millis trusted_until_ms;  ///< Then it is looked up again: it may have been withdrawn.
    Millis found_ms;
  };
  static constexpr std::size_t kRemembered = 4'096;
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kShardCapacity = 512;

  bool keep_key(db::Tx& tx) const;
  Result<Grant> judge(db::Tx& tx, const auth::Principal& who, const RegistryScope& scope) const;
  Result<std::vector<Grant>> judge_all(db::Tx& tx, const auth::Principal& who,
                                       const std::vector<RegistryScope>& scopes) const;
  Result<std::vector<Grant>> make_all(db::Tx& tx, const auth::Principal& who,
                                      const std::vector<RegistryScope>& scopes) const;
  std::string claims(const TokenRequest& request, const std::vector<Grant>& grants, Millis now,
                     std::int64_t life_s) const;
  std::string memory_key(const TokenRequest& request) const;
  void remember(const TokenRequest& request, const std::vector<Grant>& grants, Millis now);
  bool trust_longer(const std::string& kid, Millis now);
  Result<TokenPointer> check(std::string_view bearer, std::string_view audience, Millis now);
  std::optional<auth::VerifyKey> find_key(std::string_view kid, Millis now) const;

  db::Database& db_;
  const Settings& settings_;
  auth::SigningKey key_;
  PullMemory* const memory_;
  const std::string salt_;  ///< Of the names under which grants are remembered: they are made from passwords.
  std::mutex granted_mutex_;
  Lru<Granted> granted_{kRemembered};
  std::array<Shard, kShards> shards_;
  mutable std::mutex keys_mutex_;
  std::map<std::string, ForeignKey, std::less<>> foreign_keys_;
};

}  // namespace wharf::service
