#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/principal.h"
#include "auth/rsa_key.h"
#include "base/async.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "service/avatar.h"
#include "service/tools.h"
#include "store/service_key.h"

namespace wharf::service {

struct KeyApprover {
  std::string name;
  std::string username;
  std::string kind;
  Avatar avatar;
};
BOOST_DESCRIBE_STRUCT(KeyApprover, (), (name, username, kind, avatar))

struct KeyApproval {
  json::Nullable<KeyApprover> approver;
  std::string approval_type;  ///< "Super User API", "Key Rotation" or "Automatic".
  std::string approved_date;  ///< As in HTTP.
  std::string notes;
};
BOOST_DESCRIBE_STRUCT(KeyApproval, (), (approver, approval_type, approved_date, notes))

struct ServiceKeyView {
  std::string name;
  std::string kid;
  std::string service;
  json::Value jwk;  ///< The public half.
  json::Object metadata;
  std::string created_date;
  json::Nullable<std::string> expiration_date;
  json::Nullable<std::int64_t> rotation_duration;  ///< Seconds.
  json::Nullable<KeyApproval> approval;
};
BOOST_DESCRIBE_STRUCT(ServiceKeyView, (),
                      (name, kid, service, jwk, metadata, created_date, expiration_date, rotation_duration, approval))

struct ServiceKeyViews {
  std::vector<ServiceKeyView> keys;
};
BOOST_DESCRIBE_STRUCT(ServiceKeyViews, (), (keys))

struct NewServiceKey {
  std::string service;
  json::Nullable<std::int64_t> expiration;  ///< Seconds since 1970; null: never.
  std::optional<std::string> name;
  std::optional<json::Object> metadata;
  std::optional<std::string> notes;
};
BOOST_DESCRIBE_STRUCT(NewServiceKey, (), (service, expiration, name, metadata, notes))

struct MadeServiceKey {
  std::string kid;
  std::string name;
  std::string service;
  std::string public_key;   ///< PEM, SubjectPublicKeyInfo.
  std::string private_key;  ///< PEM, PKCS#1. Shown this once.
};
BOOST_DESCRIBE_STRUCT(MadeServiceKey, (), (kid, name, service, public_key, private_key))

/// What is not there stays as it is.
struct ServiceKeyChange {
  std::optional<std::string> name;
  std::optional<json::Object> metadata;  ///< Merged into what is there.
  std::optional<json::Nullable<std::int64_t>> expiration;
};
BOOST_DESCRIBE_STRUCT(ServiceKeyChange, (), (name, metadata, expiration))

/// A key as the key server is asked for it.
struct PublishedKey {
  enum class State { missing, pending, expired, good };
  State state = State::missing;
  json::Value jwk;
  Millis expires_ms = 0;  ///< Only of a good one; the largest number for one that never expires.
};

/// What a service sends to the key server, all of it from a stranger.
struct KeySubmission {
  std::string service;
  std::string kid;
  std::string body;                        ///< The JWK; not looked at for a withdrawal.
  std::string bearer;                      ///< The JWT that speaks for it.
  std::string audience;                    ///< How the registry was reached: "https://reg.example".
  std::string address;                     ///< Of the caller.
  std::optional<std::int64_t> expiration;  ///< Seconds since 1970.
  std::optional<std::int64_t> rotation;    ///< Seconds.
};

/// Service keys: RSA keys with which other services sign, and the public halves of which we keep and serve. A superuser
/// makes one or approves one that a service submitted; a service changes its own with one that is approved.
///
/// The keys of kNodeService are those with which the nodes sign registry tokens (TokenService): they are P-256 keys
/// that nobody can submit, make or change here, and those that are made here are never asked about a registry token.
/// Source: Quay, "Superuser" and "Key server".
class ServiceKeyService {
 public:
  static constexpr std::size_t kLargestJwk = 16 * 1024;  ///< Bytes.

  explicit ServiceKeyService(const Tools& tools) : tools_(tools) {}

  // For superusers (read-only ones may look): denied to everybody else.
  awaitable<Result<ServiceKeyViews>> list(auth::Principal who);
  /// Errors: not_found.
  awaitable<Result<ServiceKeyView>> view(auth::Principal who, std::string kid);
  /// A fresh key of 2048 bits, approved; the private half is not kept. Errors: those of `wanted`; invalid_request.
  awaitable<Result<MadeServiceKey>> create(auth::Principal who, Result<NewServiceKey> wanted);
  /// Errors: those of `wanted`; not_found; invalid_request, also for a node's key.
  awaitable<Result<ServiceKeyView>> change(auth::Principal who, std::string kid, Result<ServiceKeyChange> wanted);
  /// Errors: not_found.
  awaitable<Result<bool>> remove(auth::Principal who, std::string kid);
  /// Answers false when it was approved already. Errors: those of `notes`; not_found; invalid_request.
  awaitable<Result<bool>> approve(auth::Principal who, std::string kid, Result<std::string> notes);

  // The key server, for everybody. A registry that is read-only answers read_only to what changes a key.
  awaitable<PublishedKey> published(std::string service, std::string kid);
  /// Takes a key: one that signed for itself waits for a superuser's approval (answers false), one that an approved key
  /// of the same service signed for is approved with it (answers true); the other is good for another day then.
  /// Errors: invalid_request for a key or a claim that is wrong; denied for a signer who may not;
  /// too_many_attempts while too many wait.
  awaitable<Result<bool>> submit(KeySubmission wanted);
  /// Deletes a key, for itself or for an approved key of the same service.
  /// Errors: invalid_request, denied, not_found.
  awaitable<Result<bool>> withdraw(KeySubmission wanted);

  /// Deletes what nobody approved in time and what expired long ago; nodes' keys are TokenService's to clean up.
  /// Answers how many.
  awaitable<std::int64_t> remove_old();

 private:
  bool is_lapsed(const store::ServiceKey& key) const;
  std::optional<store::ServiceKey> find(db::Tx& tx, const std::string& kid) const;
  void tell_superusers(db::Tx& tx, const store::ServiceKey& key) const;
  Result<bool> take(db::Tx& tx, const KeySubmission& wanted, const auth::RsaKey& key) const;

  const Tools tools_;
};

}  // namespace wharf::service
