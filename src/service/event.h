#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "auth/principal.h"
#include "base/async.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/names.h"
#include "db/database.h"
#include "service/event_stream.h"
#include "service/settings.h"

namespace wharf::service {

/// What users do with their clients, told as it happens to those of them who listen in the web UI. What nobody listens
/// to is not kept: a pull costs a look at a flag.
///
/// On one node it is told at once. Nodes tell one another through the database, about a second later and only what
/// another asked for (`exchange`); what a user did within the second before that is not told. Thread-safe.
/// Source: Quay, "docker-cli" events.
class EventService {
 public:
  EventService(db::Database& database, const Settings& settings);
  ~EventService();
  EventService(const EventService&) = delete;
  EventService& operator=(const EventService&) = delete;

  /// A stream of the caller's own events of these kinds: "docker-cli,…". A user has at most 10 on a node, a node 1000.
  /// It ends within seconds of the session that began it, and of the user being disabled or deleted.
  /// Errors: denied, unauthenticated without user:admin; invalid_request for no kinds; too_many_attempts.
  awaitable<Result<std::shared_ptr<EventStream>>> listen(auth::Principal who, std::string kinds);

  /// Whether anybody listens to anybody: otherwise nothing need be told.
  bool anybody() const { return anybody_.load(std::memory_order_relaxed); }
  /// Tells of "docker-cli": a user (robots have no web UI) did `action` ("push_repo") with the repository; "" in both
  /// its parts for none.
  void note_client(const auth::Principal& who, std::string_view action, const RepoName& repository = {});

  /// Tells the other nodes and hears from them; once a second.
  awaitable<void> exchange();
  /// Ends every stream, and those that begin from here on.
  void stop();

  std::size_t streams() const;

 private:
  struct Event {
    std::int64_t account_id = 0;
    std::string kind;
    json::Object data;
  };
  struct Exchanged;
  struct Listener {
    EventStream* stream = nullptr;
    std::string session;  ///< The account's uuid when a session began to listen; "" for a token, which outlives it.
  };

  Result<std::shared_ptr<EventStream>> begin(std::int64_t account_id, std::string session, std::string_view kinds);
  void end_where_sessions_ended(const Exchanged& done);
  void tell(const Event& event);
  void forget(EventStream& stream);
  void refresh_flag();
  Exchanged prepare(Millis now);
  void note_said(const Exchanged& done, Millis now);
  void take_in(const Exchanged& done, Millis now);

  db::Database& db_;
  const Settings& settings_;
  const std::string node_;
  std::atomic<bool> anybody_ = false;  ///< Here or elsewhere.
  mutable std::mutex mutex_;           ///< Of the rest.
  std::map<std::int64_t, std::vector<Listener>> streams_;
  std::size_t stream_count_ = 0;
  bool stopped_ = false;
  std::set<std::int64_t> wanted_elsewhere_;
  json::Array outgoing_;                  ///< What another node asked for and was not told yet.
  std::map<std::int64_t, Millis> heard_;  ///< Batches of others that were told here, and when.
  std::string said_ = "[]";               ///< What the others were told of whom this node listens to.
  Millis said_ms_ = 0;
  Millis cleaned_ms_ = 0;
};

}  // namespace wharf::service
