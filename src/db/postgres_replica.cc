#include "db/postgres_replica.h"

#include "base/log.h"

namespace wharf::db {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr auto kShortestPeriod = milliseconds(100);
constexpr auto kLongestPeriod = milliseconds(1'000);
constexpr auto kFirstPause = milliseconds(1'000);
constexpr auto kLastPause = milliseconds(30'000);
constexpr int kMostTries = 2;  // before the primary

#define WHARF_IDENTITY                                               \
  "(SELECT system_identifier FROM pg_control_system())::TEXT || '/'" \
  " || (SELECT oid FROM pg_database WHERE datname = current_database())::TEXT"
constexpr Query kEnd{"postgres.log_end", "SELECT (pg_current_wal_lsn() - '0/0')::BIGINT, " WHARF_IDENTITY};
constexpr Query kPlace{
    "postgres.log_place",
    "SELECT pg_is_in_recovery(), COALESCE((pg_last_wal_replay_lsn() - '0/0')::BIGINT, 0), " WHARF_IDENTITY};
// Not the identity: it is read from a file.
constexpr Query kStand{"postgres.log_stand",
                       "SELECT pg_is_in_recovery(), COALESCE((pg_last_wal_replay_lsn() - '0/0')::BIGINT, 0)"};

struct End {
  std::int64_t end = 0;
  std::string identity;
};
BOOST_DESCRIBE_STRUCT(End, (), (end, identity))

struct Place {
  bool standby = false;
  std::int64_t replayed = 0;
  std::string identity;
};
BOOST_DESCRIBE_STRUCT(Place, (), (standby, replayed, identity))

struct Stand {
  bool standby = false;
  std::int64_t replayed = 0;
};
BOOST_DESCRIBE_STRUCT(Stand, (), (standby, replayed))

/// The one row of `query`, outside of a transaction.
template <class T>
T ask(PostgresPool& pool, const Query& query, Tally& tally) {
  const PostgresLoan loan(pool);
  PostgresTx tx(*loan, nullptr, false, tally);
  return tx.get<T>(query);
}

std::string reason_of(const Accident& accident) {
  const Error& error = accident.error();
  return error.detail.empty() ? error.message : error.detail;
}

/// Whether it may be the server's fault. What is wrong with the request is so wherever it is asked.
bool is_servers(Errc code) {
  return code == Errc::unavailable || code == Errc::internal || code == Errc::insufficient_storage;
}

std::string name_of(const Uri& uri) {
  auto name = server_name(uri);
  if (!name) throw Accident(name.error());
  return *std::move(name);
}

}  // namespace

PostgresReplica::PostgresReplica(const PostgresReplicaSettings& settings, LogPositions& positions,
                                 PostgresPool& primary, Tally& tally)
    : most_lag_(settings.most_lag),
      name_(name_of(settings.connection.uri)),
      positions_(positions),
      primary_(primary),
      tally_(tally),
      pool_(settings.connection, settings.readers + 1, "") {  // one is the watch's
  thread_ = std::thread([this] { watch(); });
}

PostgresReplica::~PostgresReplica() {
  stop();
  thread_.join();
}

void PostgresReplica::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

bool PostgresReplica::usable() const {
  const Time complete_until{Time::duration(complete_until_.load(std::memory_order_relaxed))};
  return used_.load(std::memory_order_relaxed) && Clock::now() - complete_until <= most_lag_;
}

ReplicaStatus PostgresReplica::status() const {
  ReplicaStatus status;
  status.name = name_;
  status.used = usable();
  status.reads = reads_.load(std::memory_order_relaxed);
  status.lag_bytes = bytes_behind_.load(std::memory_order_relaxed);
  const Time complete_until{Time::duration(complete_until_.load(std::memory_order_relaxed))};
  status.lag_seconds = complete_until == Time{} ? std::numeric_limits<double>::quiet_NaN()
                                                : std::chrono::duration<double>(Clock::now() - complete_until).count();
  return status;
}

bool PostgresReplica::try_read(const std::function<bool(Tx&)>& body) {
  try {
    const PostgresLoan loan(pool_);
    PostgresTx tx(*loan, kBeginRead, false, tally_);
    // In the same snapshot: it may have been promoted a moment ago, or be another one behind the same address.
    const auto stand = tx.get<Stand>(kStand);
    if (!stand.standby) {
      step_over("it is not a standby");
      return false;
    }
    const auto complete_until = positions_.complete_until(static_cast<std::uint64_t>(stand.replayed));
    if (!complete_until || Clock::now() - *complete_until > most_lag_) return false;
    const bool keep = body(tx);
    tx.finish(keep);
  } catch (const Accident& accident) {
    if (!is_servers(accident.error().code)) throw;
    // Cancelled for the sake of replay, lost, or refused: whatever it is, the primary may know better.
    step_over(reason_of(accident));
    return false;
  }
  reads_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

void PostgresReplica::step_in() {
  Time since;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    if (used_ || now < next_look_) return;
    used_ = true;
    since = std::exchange(since_, now);
    if (!std::exchange(told_, false)) return;
  }
  const auto away = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - since);
  log::info("a read replica is used again", {{"replica", name_}, {"seconds", away.count()}});
}

void PostgresReplica::step_over(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    if (!used_ && now < next_look_) return;  // others have said so
    if (used_ && now - since_ > kLastPause) failures_ = 0;
    used_ = false;
    const auto pause = std::min<milliseconds>(kFirstPause * (1 << std::min(failures_, 5)), kLastPause);
    ++failures_;
    next_look_ = now + jittered(pause);
    if (std::exchange(told_, true)) return;
    since_ = now;
  }
  log::warn("a read replica is stepped over", {{"replica", name_}, {"reason", why}});
}

milliseconds PostgresReplica::period() const { return std::clamp(most_lag_ / 10, kShortestPeriod, kLongestPeriod); }

std::uint64_t PostgresReplica::ask_primary() {
  const auto asked_at = Clock::now();
  auto answer = ask<End>(primary_, kEnd, tally_);
  const auto end = static_cast<std::uint64_t>(answer.end);
  positions_.note(asked_at, end);
  primary_identity_ = std::move(answer.identity);
  return end;
}

std::string PostgresReplica::measure() {
  // The primary first: what a standby has replayed after that is compared with what was written before.
  auto end = ask_primary();
  Place place;
  try {
    place = ask<Place>(pool_, kPlace, tally_);
  } catch (const Accident& accident) {
    return reason_of(accident);
  }
  if (!place.standby) return "it is not a standby";
  if (place.identity != primary_identity_) return "it is a standby of another database";
  const auto replayed = static_cast<std::uint64_t>(place.replayed);
  if (replayed > end) end = ask_primary();
  // A standby of a primary that is gone may be ahead of the new one, with what is lost; it does not get any further.
  const bool diverged = replayed > end || diverged_at_ == replayed;
  diverged_at_ = diverged ? std::optional(replayed) : std::nullopt;
  if (diverged) return "it has what the primary has not";
  bytes_behind_ = end - replayed;
  if (const auto complete_until = positions_.complete_until(replayed)) {
    complete_until_ = complete_until->time_since_epoch().count();
    const auto lag = Clock::now() - *complete_until;
    if (lag <= most_lag_) return "";
  }
  return "it is too far behind: " + std::to_string(end - replayed) + " bytes of the log";
}

void PostgresReplica::look() {
  try {
    const std::string why = measure();
    why.empty() ? step_in() : step_over(why);
  } catch (const Accident& accident) {
    // It was the primary. While that is away nothing is held against a replica: it grows old, and is not read then.
    if (accident.error().code == Errc::internal) step_over("of the primary's log: " + reason_of(accident));
  } catch (const std::exception& failure) {
    step_over(failure.what());
  }
}

void PostgresReplica::watch() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (used_ || Clock::now() >= next_look_) {
      lock.unlock();
      look();
      lock.lock();
    }
    const auto next = Clock::now() + jittered(period());
    wake_.wait_until(lock, used_ ? next : std::max(next, next_look_), [this] { return stopping_; });
  }
}

PostgresReplicas::PostgresReplicas(const std::vector<Uri>& uris, PostgresReplicaSettings settings,
                                   PostgresPool& primary, Tally& tally)
    : most_lag_(settings.most_lag),
      queue_patience_(settings.queue_patience),
      tally_(tally),
      threads_(settings.readers) {
  for (const Uri& uri : uris) {
    settings.connection.uri = uri;
    replicas_.push_back(std::make_unique<PostgresReplica>(settings, positions_, primary, tally));
  }
}

PostgresReplicas::~PostgresReplicas() {
  for (const auto& replica : replicas_) replica->stop();
  threads_.join();
}

ReplicaStatuses PostgresReplicas::statuses() const {
  ReplicaStatuses statuses;
  for (const auto& replica : replicas_) statuses.replicas.push_back(replica->status());
  statuses.reads_on_primary = on_primary_.load(std::memory_order_relaxed);
  return statuses;
}

bool PostgresReplicas::try_read(const Body& body) {
  const auto first = next_.fetch_add(1, std::memory_order_relaxed);
  int tries = 0;
  for (std::size_t i = 0; i < replicas_.size() && tries < kMostTries; ++i) {
    PostgresReplica& replica = *replicas_[(first + i) % replicas_.size()];
    if (!replica.usable()) continue;
    ++tries;
    if (replica.try_read(body)) return true;
  }
  return false;
}

bool PostgresReplicas::submit(Body body, Done done, std::function<void(Body, Done)> otherwise) {
  if (std::ranges::none_of(replicas_, [](const auto& replica) { return replica->usable(); })) {
    on_primary_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  boost::asio::post(threads_, [this, since = Clock::now(), body = std::move(body), done = std::move(done),
                               otherwise = std::move(otherwise)] {
    std::exception_ptr thrown;
    bool answered = false;
    try {
      refuse_if_stale(since, queue_patience_);
      answered = try_read(body);
    } catch (...) {
      thrown = std::current_exception();
    }
    if (!answered && !thrown) {
      on_primary_.fetch_add(1, std::memory_order_relaxed);
      return otherwise(body, done);
    }
    tally_.add(tally_.reads);
    if (thrown) tally_.add(tally_.errors);
    done(std::move(thrown));
  });
  return true;
}

ReplicaStatuses replica_statuses(const Database& database) {
  const auto* postgres = dynamic_cast<const PostgresDatabase*>(&database);
  return postgres == nullptr || postgres->replicas() == nullptr ? ReplicaStatuses{} : postgres->replicas()->statuses();
}

}  // namespace wharf::db
