#include "service/event.h"

#include <algorithm>

#include "auth/access.h"
#include "base/random.h"
#include "store/event.h"

namespace wharf::service {
namespace {

constexpr std::size_t kMostStreams = 1'000;
constexpr std::size_t kMostOfAUser = 10;
constexpr std::size_t kMostKinds = 16;
constexpr std::size_t kMostOutgoing = 1'000;

// What a node listens to holds so long, and is said again so often.
constexpr Millis kSaidForMs = 15'000;
constexpr Millis kSayAgainMs = 5'000;
// How long a batch may have taken to be seen here, with all that the clocks differ; then it is kept as long again.
constexpr Millis kWindowMs = 30'000;
constexpr Millis kKeptMs = 2 * kWindowMs;

std::set<std::string, std::less<>> split(std::string_view kinds) {
  std::set<std::string, std::less<>> all;
  for (bool more = true; more && all.size() < kMostKinds;) {
    const auto comma = kinds.find(',');
    const auto kind = kinds.substr(0, comma);
    if (!kind.empty()) all.emplace(kind);
    more = comma != std::string_view::npos;
    if (more) kinds.remove_prefix(comma + 1);
  }
  return all;
}

std::string message_of(std::string_view kind, const json::Object& data) {
  return "data: " + json::to_text(json::Object{{"event", kind}, {"data", data}}) + "\n\n";
}

}  // namespace

/// What goes to the database in one exchange, and what came from there.
struct EventService::Exchanged {
  std::string listening, outgoing;  ///< "": nothing to say, nothing to tell.
  bool listen = false;              ///< Somebody listens here.
  bool clean = false;
  std::vector<std::int64_t> accounts;              ///< Who listens here,
  std::vector<store::ListeningAccount> listeners;  ///< and who of them still may.
  std::vector<std::string> nodes;
  std::vector<store::EventBatch> batches;
};

EventService::EventService(db::Database& database, const Settings& settings)
    : db_(database), settings_(settings), node_(random_uuid()) {}

EventService::~EventService() = default;

awaitable<Result<std::shared_ptr<EventStream>>> EventService::listen(auth::Principal who, std::string kinds) {
  if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) co_return ok.error();
  const std::vector<std::int64_t> accounts{who.account_id};
  auto find = [&accounts](db::Tx& tx) { return store::find_listening(tx, accounts); };
  const auto found = co_await db_.lookup(std::move(find));
  if (found.empty()) co_return Error{Errc::unauthenticated, "Requires authentication"};
  const bool session = who.means == auth::Principal::Means::session;
  co_return begin(who.account_id, session ? found.front().uuid : std::string(), kinds);
}

Result<std::shared_ptr<EventStream>> EventService::begin(std::int64_t account_id, std::string session,
                                                         std::string_view kinds) {
  auto wanted = split(kinds);
  if (wanted.empty()) return Error{Errc::invalid_request, "events: is required"};
  auto stream =
      std::make_shared<EventStream>(account_id, std::move(wanted), [this](EventStream& gone) { forget(gone); });
  const std::lock_guard lock(mutex_);
  if (stopped_) {
    stream->end();
    return stream;
  }
  auto& own = streams_[account_id];
  if (own.size() >= kMostOfAUser || stream_count_ >= kMostStreams) {
    if (own.empty()) streams_.erase(account_id);
    return Error{Errc::too_many_attempts, "Too many event streams are open"};
  }
  own.push_back({stream.get(), std::move(session)});
  ++stream_count_;
  refresh_flag();
  return stream;
}

void EventService::forget(EventStream& stream) {
  const std::lock_guard lock(mutex_);
  const auto found = streams_.find(stream.account_id());
  if (found == streams_.end()) return;
  stream_count_ -= std::erase_if(found->second, [&](const Listener& one) { return one.stream == &stream; });
  if (found->second.empty()) streams_.erase(found);
  refresh_flag();
}

void EventService::refresh_flag() {
  anybody_.store(!streams_.empty() || !wanted_elsewhere_.empty(), std::memory_order_relaxed);
}

void EventService::note_client(const auth::Principal& who, std::string_view action, const RepoName& repository) {
  if (!anybody()) return;
  if (who.kind != auth::Principal::Kind::user || !settings_.features.user_events) return;
  Event event{.account_id = who.account_id, .kind = "docker-cli", .data = {{"action", action}}};
  if (!repository.name.empty()) {
    event.data["namespace"] = repository.ns;
    event.data["repository"] = repository.name;
  }
  const std::lock_guard lock(mutex_);
  tell(event);
  if (!wanted_elsewhere_.contains(event.account_id) || outgoing_.size() >= kMostOutgoing) return;
  outgoing_.push_back(json::Object{{"account", event.account_id}, {"event", event.kind}, {"data", event.data}});
}

void EventService::tell(const Event& event) {
  const auto found = streams_.find(event.account_id);
  if (found == streams_.end()) return;
  const auto message = message_of(event.kind, event.data);
  for (const auto& listener : found->second) {
    if (listener.stream->wants(event.kind)) listener.stream->add(message);
  }
}

void EventService::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  for (const auto& [account, listeners] : streams_) {
    for (const auto& listener : listeners) listener.stream->end();
  }
}

void EventService::end_where_sessions_ended(const Exchanged& done) {
  std::map<std::int64_t, std::string_view> sessions;
  for (const auto& account : done.listeners) sessions.emplace(account.id, account.uuid);
  for (const auto account : done.accounts) {
    const auto found = streams_.find(account);
    if (found == streams_.end()) continue;
    const auto session = sessions.find(account);
    for (const auto& listener : found->second) {
      const bool goes_on =
          session != sessions.end() && (listener.session.empty() || listener.session == session->second);
      if (!goes_on) listener.stream->end();
    }
  }
}

std::size_t EventService::streams() const {
  const std::lock_guard lock(mutex_);
  return stream_count_;
}

EventService::Exchanged EventService::prepare(Millis now) {
  const std::lock_guard lock(mutex_);
  Exchanged next;
  next.listen = !streams_.empty();
  json::Array listening;
  for (const auto& [account, listeners] : streams_) {
    listening.emplace_back(account);
    next.accounts.push_back(account);
  }
  auto text = json::to_text(listening);
  if (text != said_ || (next.listen && now >= said_ms_ + kSayAgainMs)) next.listening = std::move(text);
  if (!outgoing_.empty()) next.outgoing = json::to_text(outgoing_);
  outgoing_.clear();
  const bool writes = !next.listening.empty() || !next.outgoing.empty();
  next.clean = writes && now >= cleaned_ms_ + kKeptMs;
  if (next.clean) cleaned_ms_ = now;
  return next;
}

awaitable<void> EventService::exchange() {
  const auto now = now_ms();
  auto next = prepare(now);
  if (!next.listening.empty() || !next.outgoing.empty()) {
    auto write = [&](db::Tx& tx) {
      if (!next.listening.empty()) store::put_event_node(tx, node_, next.listening, now + kSaidForMs);
      if (!next.outgoing.empty()) store::add_event_batch(tx, node_, next.outgoing, now);
      if (next.clean) store::delete_old_events(tx, now - kKeptMs);
      return true;
    };
    co_await db_.write(std::move(write));
    note_said(next, now);
  }
  auto read = [&](db::Tx& tx) {
    next.nodes = store::list_event_nodes(tx, node_, now);
    if (next.listen) next.listeners = store::find_listening(tx, next.accounts);
    if (next.listen) next.batches = store::list_event_batches(tx, node_, now - kWindowMs);
    return true;
  };
  co_await db_.lookup(std::move(read));
  take_in(next, now);
}

void EventService::note_said(const Exchanged& done, Millis now) {
  if (done.listening.empty()) return;
  const std::lock_guard lock(mutex_);
  said_ = done.listening;
  said_ms_ = now;
}

void EventService::take_in(const Exchanged& done, Millis now) {
  const std::lock_guard lock(mutex_);
  end_where_sessions_ended(done);
  wanted_elsewhere_.clear();
  for (const auto& text : done.nodes) {
    const auto accounts = json::decode_text<std::vector<std::int64_t>>(text);
    if (accounts) wanted_elsewhere_.insert(accounts->begin(), accounts->end());
  }
  refresh_flag();
  for (const auto& batch : done.batches) {
    if (!heard_.emplace(batch.id, now).second) continue;
    const auto events = json::parse(batch.events);
    if (!events || !events->is_array()) continue;
    for (const auto& entry : events->get_array()) {
      const auto& object = entry.as_object();
      tell({.account_id = object.at("account").to_number<std::int64_t>(),
            .kind = std::string(object.at("event").as_string()),
            .data = object.at("data").as_object()});
    }
  }
  std::erase_if(heard_, [now](const auto& one) { return one.second < now - kKeptMs; });
}

}  // namespace wharf::service
