#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace wharf::auth {

/// What an OAuth token lets its bearer do: a set of Quay's scopes.
class ScopeSet {
 public:
  enum Bit : unsigned {
    repo_read = 1,
    repo_write = 2,
    repo_admin = 4,
    repo_create = 8,
    user_read = 16,
    user_admin = 32,
    org_admin = 64,
    super_user = 128,
  };
  /// From "repo:read repo:write" or "repo:read,repo:write". One unknown scope makes the whole set empty, as in Quay.
  static ScopeSet parse(std::string_view text);
  static ScopeSet all() { return ScopeSet(255); }
  /// Whether every scope that `text` names is known and there is at least one.
  static bool is_valid(std::string_view text);

  /// Wider scopes contain narrower ones: repo:admin ⊃ repo:write ⊃ repo:read; user:admin ⊃ user:read.
  bool has(Bit bit) const { return (bits_ & bit) != 0; }
  bool contains(ScopeSet other) const { return (bits_ & other.bits_) == other.bits_; }
  /// Space-separated, in Quay's order.
  std::string text() const;

  ScopeSet() = default;

 private:
  explicit ScopeSet(unsigned bits) : bits_(bits) {}
  unsigned bits_ = 0;
};

/// What the audit log tells of a request beside who made it, where it is to tell that much.
struct RequestFacts {
  std::string url;  ///< As sent, with secrets left out.
  std::string method, user_agent, id, forwarded_for;
};

/// Who calls.
struct Principal {
  enum class Kind { anonymous, user, robot };
  /// How they showed it; Quay's `entity_kind` of registry tokens.
  enum class Means { none, password, robot_token, oauth_token, app_token, session };

  Kind kind = Kind::anonymous;
  Means means = Means::none;
  std::int64_t account_id = 0;
  std::string name;                ///< "alice" or "acme+ci".
  std::optional<ScopeSet> scopes;  ///< A token's cap; none: everything the person may do.
  bool superuser = false;          ///< In SUPER_USERS (or the first user where none are named).
  bool read_only_superuser = false;
  bool restricted = false;                      ///< FEATURE_RESTRICTED_USERS applies to them.
  std::string token_uuid;                       ///< Of the OAuth token, for the audit log.
  std::string client_id;                        ///< Of the token's application; "" for a token that has none.
  std::string application;                      ///< Its name.
  std::string address;                          ///< From where they call, for the audit log; "" inside the server.
  std::int64_t login_ms = 0;                    ///< When a session's password was shown last.
  bool has_password = true;                     ///< Whether a session can be asked for a password at all.
  std::shared_ptr<const RequestFacts> request;  ///< Only with FEATURE_EXTENDED_ACTION_LOGGING.

  bool anonymous() const { return kind == Kind::anonymous; }
  bool has(ScopeSet::Bit bit) const { return !scopes || scopes->has(bit); }
};

}  // namespace wharf::auth
