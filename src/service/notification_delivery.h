#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/async.h"
#include "base/error.h"
#include "net/address_policy.h"
#include "service/tools.h"

namespace wharf::net {
class HttpClient;
}
namespace wharf::store {
struct Delivery;
}

namespace wharf::service {

/// What the queue of notifications has to tell, told: by requests to where it was asked for, by mail and in the web UI.
///
/// Several nodes share the work. What one is told by one notification comes one after the other and at least once: a
/// node that dies between the receiver's answer and its own note tells it again. Mails and the web UI are written in
/// the transaction that takes it off the queue, hence exactly once. What fails comes again after 30 s, 2, 10 and 30
/// min, until the notification has failed three times in a row.
class NotificationDeliveries {
 public:
  explicit NotificationDeliveries(const Tools& tools);
  ~NotificationDeliveries();
  NotificationDeliveries(const NotificationDeliveries&) = delete;
  NotificationDeliveries& operator=(const NotificationDeliveries&) = delete;

  /// Tells what is due, many at a time, so that a slow receiver holds up no other; comes back when nothing is due and
  /// nothing under way.
  awaitable<void> deliver();
  /// Ends what is under way; it comes again.
  void stop();

  /// Queues a reminder for tags that end within as many days as a notification says, once for each tag and end of it.
  /// Answers how many tags; at most `limit`.
  awaitable<int> remind_of_expiry(int limit);

  /// Where users may have the server connect to.
  const net::AddressPolicy& policy() const { return *policy_; }

  std::uint64_t delivered() const { return delivered_.load(std::memory_order_relaxed); }
  std::uint64_t failed() const { return failed_.load(std::memory_order_relaxed); }
  /// Notifications that stopped since they failed three times in a row.
  std::uint64_t stopped() const { return stopped_.load(std::memory_order_relaxed); }

 private:
  enum class Outcome { delivered, failed, not_tried };
  struct Round;

  awaitable<int> start_some(std::shared_ptr<Round> round);
  awaitable<void> deliver_one(std::shared_ptr<Round> round, store::Delivery delivery);
  awaitable<Outcome> send(store::Delivery delivery);
  awaitable<void> settle(store::Delivery delivery, Outcome outcome);
  /// What needs no request: told in the transaction that takes it off the queue.
  awaitable<void> tell_here(store::Delivery delivery);
  Result<void> write_here(db::Tx& tx, const store::Delivery& delivery) const;
  void count(Outcome outcome, std::int64_t failures);

  const Tools tools_;
  std::shared_ptr<const net::AddressPolicy> policy_;
  std::unique_ptr<net::HttpClient> client_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> delivered_ = 0, failed_ = 0, stopped_ = 0;
};

}  // namespace wharf::service
