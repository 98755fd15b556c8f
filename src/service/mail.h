#pragma once
#include <memory>
#include <string>

#include "service/letter.h"
#include "service/tools.h"

namespace wharf::net {
class Mailer;
}
namespace wharf::store {
struct QueuedMail;
}

namespace wharf::service {

/// Mails to users, queued with the change that they tell of. Delivered in the background, at least once.
class MailService {
 public:
  MailService(db::Database& database, const Settings& settings, const auth::SecretBox& secrets);
  ~MailService();
  MailService(const MailService&) = delete;
  MailService& operator=(const MailService&) = delete;

  /// Queues `letter` to the address `to` in the transaction of the change that it tells of: it is sent once that is
  /// committed. `base_url` begins the links in it (Call::base_url). False, and nothing is queued, when mail is off or
  /// `to` is no address.
  bool queue(db::Tx& tx, const std::string& to, const letter::Any& letter, const std::string& base_url) const;

  /// What a round did.
  struct Delivered {
    int sent = 0;
    int failed = 0;   ///< To be tried again later.
    int dropped = 0;  ///< Failed for the last time.
  };
  /// Hands over what is due, `most` mails at most. What fails is tried again after 15 s, 2, 15 and 120 min and dropped
  /// when it fails a fifth time. Several nodes share the work: a mail that one has taken is left alone by the others
  /// for a while.
  awaitable<Delivered> deliver(int most);
  /// Ends a delivery that goes on; its mails stay queued.
  void stop();

 private:
  /// What this node took and has not tried goes to whoever asks next.
  awaitable<void> give_back(std::vector<store::QueuedMail> mails);
  awaitable<Delivered> deliver_one(store::QueuedMail mail);

  db::Database& db_;
  const Settings& settings_;
  const auth::SecretBox& secrets_;
  std::unique_ptr<net::Mailer> mailer_;  ///< Null when mail is off.
};

}  // namespace wharf::service
