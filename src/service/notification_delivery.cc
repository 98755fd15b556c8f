#include "service/notification_delivery.h"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>

#include "base/clock.h"
#include "base/log.h"
#include "net/http_client.h"
#include "service/mail.h"
#include "service/notification_method.h"
#include "service/outside.h"
#include "service/repository_event.h"
#include "service/user_notification.h"
#include "store/notification_delivery.h"

namespace wharf::service {
namespace {

// Requests that one node makes at once.
constexpr int kAtOnce = 32;
// While some are under way, how long others that come meanwhile wait at most to be looked for.
constexpr std::chrono::milliseconds kLookAgain{500};

// From a failure to the next attempt; the one after them is the last.
constexpr std::array<Millis, 4> kWaits{30'000, 2 * 60'000, 10 * 60'000, 30 * 60'000};
// For how much longer than a request can last nobody else makes it.
constexpr Millis kLeaseMargin = 15'000;

constexpr std::string_view kEmail = "email", kInApp = "quay_notification";

bool is_told_here(const store::Delivery& delivery) { return delivery.method == kEmail || delivery.method == kInApp; }

RepositoryEvent event_of(const store::Delivery& delivery) {
  RepositoryEvent event{.event = delivery.event,
                        .repository = {delivery.ns, delivery.name},
                        .base_url = delivery.base_url,
                        .data = kept_object(delivery.data)};
  const auto performer = kept_object(delivery.performer);
  if (const auto* name = performer.if_contains("entity_name"); name != nullptr && name->is_string()) {
    event.performer = std::string(name->get_string());
  }
  return event;
}

/// When an attempt that failed comes again; 0: never.
Millis again_ms(const store::Delivery& delivery) {
  const auto attempts = static_cast<std::size_t>(delivery.attempts);
  return attempts > kWaits.size() ? 0 : now_ms() + kWaits[attempts - 1];
}

void log_failure(const store::Delivery& delivery, std::string_view reason, std::string_view detail) {
  log::warn("a notification could not be delivered", {{"notification", delivery.uuid},
                                                      {"method", delivery.method},
                                                      {"attempts", delivery.attempts},
                                                      {"reason", reason},
                                                      {"detail", detail}});
}

}  // namespace

/// One run of `deliver`; all of it on one executor.
struct NotificationDeliveries::Round {
  explicit Round(const boost::asio::any_io_executor& executor) : wake(executor) {}
  boost::asio::steady_timer wake;  ///< Ends the pause when one is done.
  int under_way = 0;
};

NotificationDeliveries::NotificationDeliveries(const Tools& tools)
    : tools_(tools), policy_(outside_policy(tools.settings)) {
  client_ = std::make_unique<net::HttpClient>(net::HttpClientOptions{.policy = policy_});
}

NotificationDeliveries::~NotificationDeliveries() = default;

void NotificationDeliveries::stop() {
  stopping_ = true;
  client_->stop();
}

awaitable<void> NotificationDeliveries::deliver() {
  const auto executor = co_await boost::asio::this_coro::executor;
  auto round = std::make_shared<Round>(executor);
  std::exception_ptr accident;
  for (;;) {
    int started = 0;
    try {
      if (!stopping_ && !accident) started = co_await start_some(round);
    } catch (const std::exception&) {
      accident = std::current_exception();
    }
    if (round->under_way == 0 && started == 0) break;
    if (round->under_way == 0) continue;
    round->wake.expires_after(kLookAgain);
    boost::system::error_code woken;
    co_await round->wake.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
  }
  if (accident) std::rethrow_exception(accident);
}

awaitable<int> NotificationDeliveries::start_some(std::shared_ptr<Round> round) {
  const int room = kAtOnce - round->under_way;
  if (room <= 0) co_return 0;
  const auto now = now_ms();
  auto look = [now](db::Tx& tx) { return store::has_due_delivery(tx, now); };
  const bool due = co_await tools_.db.lookup(std::move(look));
  if (!due) co_return 0;
  const auto until = now + tools_.settings.notification_timeout_s * 1000 + kLeaseMargin;
  auto take = [now, until, room](db::Tx& tx) { return store::take_due_deliveries(tx, now, until, room); };
  const auto deliveries = co_await tools_.db.write(std::move(take));
  for (const auto& delivery : deliveries) {
    ++round->under_way;
    boost::asio::co_spawn(round->wake.get_executor(), deliver_one(round, delivery), boost::asio::detached);
  }
  co_return static_cast<int>(deliveries.size());
}

awaitable<void> NotificationDeliveries::deliver_one(std::shared_ptr<Round> round, store::Delivery delivery) {
  try {
    if (delivery.deleted || is_told_here(delivery)) {
      co_await tell_here(delivery);
    } else {
      const auto outcome = co_await send(delivery);
      co_await settle(delivery, outcome);
    }
  } catch (const std::exception& accident) {
    // It comes again when the lease is over.
    log_failure(delivery, "accident", accident.what());
  }
  --round->under_way;
  round->wake.cancel();
}

awaitable<NotificationDeliveries::Outcome> NotificationDeliveries::send(store::Delivery delivery) {
  const auto event = event_of(delivery);
  auto request = notification_request(tools_.settings, event, delivery.method, kept_object(delivery.config));
  if (!request) {
    log_failure(delivery, request.error().message, {});
    co_return Outcome::failed;
  }
  const auto reply = co_await client_->fetch(std::move(*request));
  if (!reply && reply.error().code == Errc::unavailable) co_return Outcome::not_tried;
  if (!reply) {
    log_failure(delivery, reply.error().message, reply.error().detail);
    co_return Outcome::failed;
  }
  if (reply->status / 100 != 2) {
    log_failure(delivery, "status " + std::to_string(reply->status), {});
    co_return Outcome::failed;
  }
  co_return Outcome::delivered;
}

awaitable<void> NotificationDeliveries::settle(store::Delivery delivery, Outcome outcome) {
  auto note = [&](db::Tx& tx) -> std::int64_t {
    switch (outcome) {
      case Outcome::delivered:
        store::finish_delivery(tx, delivery);
        break;
      case Outcome::not_tried:
        store::release_delivery(tx, delivery);
        break;
      case Outcome::failed:
        return store::fail_delivery(tx, delivery, again_ms(delivery));
    }
    return 0;
  };
  const auto failures = co_await tools_.db.write(std::move(note));
  count(outcome, failures);
}

awaitable<void> NotificationDeliveries::tell_here(store::Delivery delivery) {
  std::string reason;
  auto outcome = Outcome::not_tried;
  auto job = [&](db::Tx& tx) -> std::int64_t {
    if (delivery.deleted) {
      store::drop_delivery(tx, delivery);
      return 0;
    }
    const auto told = write_here(tx, delivery);
    outcome = told ? Outcome::delivered : Outcome::failed;
    if (!told) {
      reason = told.error().message;
      return store::fail_delivery(tx, delivery, again_ms(delivery));
    }
    store::finish_delivery(tx, delivery);
    return 0;
  };
  const auto failures = co_await tools_.db.write(std::move(job));
  if (outcome == Outcome::failed) log_failure(delivery, reason, {});
  count(outcome, failures);
}

Result<void> NotificationDeliveries::write_here(db::Tx& tx, const store::Delivery& delivery) const {
  const auto event = event_of(delivery);
  const NotifyingRepository repository{.id = delivery.repository_id,
                                       .namespace_id = delivery.namespace_id,
                                       .ns = delivery.ns,
                                       .is_organization = delivery.is_organization};
  const auto config = kept_object(delivery.config);
  if (delivery.method == kEmail) {
    const auto address = notified_address(tx, tools_.settings, repository, config);
    if (!address) return address.error();
    if (!tools_.mails.queue(tx, *address, notification_letter(event), delivery.base_url)) {
      return Error{Errc::invalid_request, "The address is not one that mail servers take"};
    }
    return {};
  }
  const auto accounts = notified_accounts(tx, repository, config);
  if (!accounts) return accounts.error();
  const auto body = event_body(event);
  for (const auto account : *accounts) notify_user(tx, account, event.event, body, delivery.uuid);
  return {};
}

void NotificationDeliveries::count(Outcome outcome, std::int64_t failures) {
  if (outcome == Outcome::delivered) delivered_.fetch_add(1, std::memory_order_relaxed);
  if (outcome != Outcome::failed) return;
  failed_.fetch_add(1, std::memory_order_relaxed);
  if (failures == store::kMostNotificationFailures) stopped_.fetch_add(1, std::memory_order_relaxed);
}

awaitable<int> NotificationDeliveries::remind_of_expiry(int limit) {
  auto job = [limit](db::Tx& tx) {
    const auto now = now_ms();
    const auto tags = store::take_expiring_tags(tx, now, limit);
    for (std::size_t begin = 0, end = 0; begin < tags.size(); begin = end) {
      const auto& first = tags[begin];
      json::Array names;
      for (end = begin; end < tags.size() && tags[end].notification_id == first.notification_id; ++end) {
        names.emplace_back(tags[end].tag);
        store::note_expiring_tag(tx, tags[end]);
      }
      const json::Object data{{"tags", std::move(names)},
                              {"expiring_in", std::to_string(first.days) + " days"},
                              {"notification_uuid", first.notification_uuid}};
      store::queue_delivery(tx, first.notification_id, {.data = json::to_text(data)}, now);
    }
    return static_cast<int>(tags.size());
  };
  co_return co_await tools_.db.write(std::move(job));
}

}  // namespace wharf::service
