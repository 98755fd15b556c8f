#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "auth/rsa_key.h"
#include "base/async.h"
#include "base/clock.h"
#include "base/error.h"
#include "net/http_client.h"

namespace wharf::service {

/// A key that a provider publishes.
struct OidcKey {
  std::string kid;
  std::string alg;  ///< The one that it is for; "" where the provider does not say.
  auth::RsaKey key;
};

/// The keys of OpenID Connect providers, by discovery. They are kept for an hour; a key that is not among them is asked
/// for once more, at most every ten seconds, whoever wants it how often. Thread-safe.
/// Source: OpenID Connect Discovery 1.0, section 4; RFC 7517 section 5.
class OidcKeys {
 public:
  /// `policy` says which providers may be asked: strangers name them.
  explicit OidcKeys(std::shared_ptr<const net::AddressPolicy> policy);

  /// The key `kid` of `issuer`. Errors: bad_token when the issuer has no such key or does not answer as it should, with
  /// the reason in `detail`.
  awaitable<Result<OidcKey>> find(std::string issuer, std::string kid);
  /// Ends what is being asked.
  void stop() { client_.stop(); }

 private:
  struct Known {
    std::vector<OidcKey> keys;
    Millis asked_ms = 0;  ///< When the provider answered, or failed to, last; 0: never.
    int asking = 0;       ///< Requests that are on their way.
  };

  awaitable<Result<std::vector<OidcKey>>> ask(std::string issuer);
  awaitable<Result<std::string>> get(std::string url);

  net::HttpClient client_;
  std::mutex mutex_;
  std::map<std::string, Known, std::less<>> issuers_;
};

}  // namespace wharf::service
