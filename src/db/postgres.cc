#include "db/postgres.h"

#include <algorithm>
#include <future>
#include <random>
#include <thread>

#include "base/log.h"
#include "db/outage.h"
#include "db/postgres_replica.h"

namespace wharf::db {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kAttempts = 6;
constexpr auto kFirstPause = milliseconds(5);
constexpr auto kFirstProbe = milliseconds(100);
constexpr auto kLastProbe = milliseconds(2'000);
constexpr auto kIdleTime = std::chrono::minutes(5);
constexpr auto kProbePatience = milliseconds(3'000);
constexpr auto kAnswerLife = milliseconds(1'000);

constexpr const char* kBeginWrite = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

[[noreturn]] void refuse(const char* why) {
  throw Accident({Errc::unavailable, "The database cannot be reached", why});
}

/// `settings` for asking whether the server is there.
PostgresSettings in_a_hurry(PostgresSettings settings) {
  settings.connect_timeout = std::min(settings.connect_timeout, kProbePatience);
  settings.statement_timeout = std::min(settings.statement_timeout, kProbePatience);
  return settings;
}

/// The same for each server that the URI names.
std::vector<PostgresSettings> one_by_one(const PostgresSettings& settings) {
  auto found = hosts(settings.uri);
  if (!found) throw Accident(found.error());
  std::vector<PostgresSettings> each(found->size(), in_a_hurry(settings));
  for (std::size_t i = 0; i < each.size(); ++i) each[i].only = std::move((*found)[i]);
  return each;
}

PostgresSettings with_doubt(PostgresSettings settings, std::function<bool(const PostgresConnection&)> still_there) {
  settings.still_there = std::move(still_there);
  return settings;
}

std::size_t connections(const Options& options) { return static_cast<std::size_t>(std::max(options.readers, 1)) * 4; }

}  // namespace

milliseconds jittered(milliseconds pause) {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return milliseconds(std::uniform_int_distribution<std::int64_t>(pause.count() / 2, pause.count())(generator));
}

PostgresPool::PostgresPool(PostgresSettings settings, std::size_t most, std::string what)
    : settings_(with_doubt(settings, [this](const auto& connection) { return still_there(connection); })),
      probes_(one_by_one(settings)),
      most_(most),
      what_(std::move(what)) {
  idle_.reserve(most);
}

bool PostgresPool::answers() const {
  // All at once: the patience with one that hangs is not to be had again for the next.
  std::vector<std::future<bool>> others;
  for (std::size_t i = 1; i < probes_.size(); ++i) {
    others.push_back(
        std::async(std::launch::async, [this, i] { return PostgresConnection::is_anybody_there(probes_[i]); }));
  }
  const bool first = PostgresConnection::is_anybody_there(probes_.front());
  return std::ranges::count_if(others, [](auto& other) { return other.get(); }) > 0 || first;
}

bool PostgresPool::still_there(const PostgresConnection& connection) {
  // Found out by somebody else; where there is a server again, it may be another one.
  const auto known_lost = [&] { return out_ || (connection.losses && *connection.losses != losses_); };
  if (known_lost()) return false;
  const std::lock_guard asking(asking_);
  if (known_lost()) return false;
  if (Clock::now() - asked_at_ < kAnswerLife) return answered_;
  const auto before = finds();
  answered_ = answers() || !note_lost("it does not answer", before);
  asked_at_ = Clock::now();
  return answered_;
}

std::uint64_t PostgresPool::finds() const {
  const std::lock_guard lock(mutex_);
  return finds_;
}

bool PostgresPool::note_lost(const std::string& why, std::uint64_t before) {
  {
    const std::lock_guard lock(mutex_);
    if (out_) return true;
    if (finds_ != before) return false;
    out_ = true;
    out_since_ = Clock::now();
    ++losses_;
    ++generation_;
    failures_ = std::max(failures_, 1);
    next_probe_ = std::max(next_probe_, Clock::now() + jittered(kFirstProbe));
  }
  given_back_.notify_all();
  if (!what_.empty()) log::error("the " + what_ + " cannot be reached", {{"reason", why}});
  return true;
}

milliseconds PostgresPool::away() const {
  const std::lock_guard lock(mutex_);
  return out_ ? std::chrono::duration_cast<milliseconds>(Clock::now() - out_since_) : milliseconds(0);
}

void PostgresPool::note_found() {
  Time since;
  {
    const std::lock_guard lock(mutex_);
    failures_ = 0;
    probing_ = false;
    --connecting_;
    ++finds_;
    given_back_.notify_all();
    if (!out_) return;
    out_ = false;
    since = out_since_;
  }
  const auto away = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - since);
  if (!what_.empty()) log::info("the " + what_ + " can be reached again", {{"seconds", away.count()}});
}

std::unique_ptr<PostgresConnection> PostgresPool::take_idle(std::unique_lock<std::mutex>& lock) {
  while (!idle_.empty()) {
    std::unique_ptr<PostgresConnection> connection = std::move(idle_.back());
    idle_.pop_back();
    const bool current = connection->generation == generation_;
    lock.unlock();
    if (current && connection->settle()) return connection;
    connection.reset();
    lock.lock();
    --open_;
  }
  return nullptr;
}

bool PostgresPool::may_connect(Time now) {
  if (open_ >= most_ || (failures_ > 0 && (probing_ || now < next_probe_))) return false;
  probing_ = failures_ > 0;
  ++open_;
  ++connecting_;
  return true;
}

std::unique_ptr<PostgresConnection> PostgresPool::borrow() {
  std::unique_lock lock(mutex_);
  const auto give_up = Clock::now() + settings_.connect_timeout;
  std::exception_ptr failure;
  for (;;) {
    if (auto connection = take_idle(lock)) return connection;
    const auto now = Clock::now();
    if (may_connect(now)) {
      const std::uint64_t generation = generation_;
      const std::uint64_t losses = losses_;
      lock.unlock();
      try {
        auto connection = connect();
        connection->generation = generation;
        connection->losses = losses;
        return connection;
      } catch (const Accident&) {
        failure = std::current_exception();
      }
      lock.lock();
      continue;
    }
    // One that refuses (too many connections) goes on serving those that it has: one of ours comes back in a moment.
    const bool some_lent = open_ > connecting_;
    if (out_ || !some_lent || now >= give_up) {
      if (failure) std::rethrow_exception(failure);
      if (now >= give_up) throw Accident({Errc::unavailable, "The database is busy", "every connection is in use"});
      refuse("it did not answer a moment ago");
    }
    const auto next = failures_ > 0 && !probing_ ? std::min(give_up, next_probe_) : give_up;
    given_back_.wait_until(lock, next);
  }
}

std::unique_ptr<PostgresConnection> PostgresPool::connect() {
  const auto before = finds();
  try {
    auto connection = std::make_unique<PostgresConnection>(settings_);
    if (out_ && !connection->is_session()) {
      // Behind a pooler a connection is no server yet.
      connection->execute({"postgres.probe", "SELECT 1"}, {}, nullptr);
    }
    note_found();
    return connection;
  } catch (const std::exception& failure) {
    {
      const std::lock_guard lock(mutex_);
      --open_;
      --connecting_;
      probing_ = false;
      const auto pause = std::min<milliseconds>(kFirstProbe * (1 << std::min(failures_, 5)), kLastProbe);
      ++failures_;
      next_probe_ = Clock::now() + jittered(pause);
    }
    given_back_.notify_all();
    const std::string why = failure.what();
    const bool nobody = probes_.size() == 1 && why.find("timeout expired") != std::string::npos;
    if (!out_ && (nobody || !answers())) (void)note_lost(why, before);
    throw;
  }
}

void PostgresPool::give_back(std::unique_ptr<PostgresConnection> connection) noexcept {
  std::unique_ptr<PostgresConnection> stale;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    if (connection->usable() && connection->generation == generation_) {
      connection->idle_since = now;
      idle_.push_back(std::move(connection));
    } else {
      // One server behind them all: what was opened before this one broke is likely to be broken too.
      if (connection->generation == generation_) ++generation_;
      stale = std::move(connection);
      --open_;
    }
    if (!stale && idle_.size() > 1 && now - idle_.front()->idle_since > kIdleTime) {
      stale = std::move(idle_.front());
      idle_.erase(idle_.begin());
      --open_;
    }
  }
  given_back_.notify_one();
}

void refuse_if_stale(Clock::time_point since, milliseconds patience) {
  if (Clock::now() - since <= patience) return;
  throw Accident({Errc::unavailable, "The database is busy", "no thread came free in time"});
}

PostgresDatabase::PostgresDatabase(const Uri& uri, const std::vector<Uri>& replicas, const Options& options)
    : queue_patience_(options.queue_patience),
      // Each replica's watch asks the primary, too.
      pool_({uri, options.statement_timeout, options.connect_timeout}, connections(options) + replicas.size(),
            "database"),
      most_reads_(connections(options) * 3 / 4),
      threads_(connections(options)) {
  {
    const PostgresLoan first(pool_);
    locks_ = find_locks(*first);
  }
  if (replicas.empty()) return;
  PostgresReplicaSettings settings{.connection = {{}, options.statement_timeout, options.connect_timeout},
                                   .most_lag = options.replica_max_lag,
                                   .queue_patience = options.queue_patience,
                                   .readers = connections(options)};
  replicas_ = std::make_unique<PostgresReplicas>(replicas, std::move(settings), pool_, tally_);
}

bool is_reachable(const Database& database) {
  const auto* postgres = dynamic_cast<const PostgresDatabase*>(&database);
  return postgres == nullptr || postgres->pool().reachable();
}

milliseconds time_away(const Database& database) {
  const auto* postgres = dynamic_cast<const PostgresDatabase*>(&database);
  return postgres == nullptr ? milliseconds(0) : postgres->pool().away();
}

PostgresDatabase::~PostgresDatabase() {
  replicas_.reset();  // first: what they cannot answer goes on here
  threads_.join();
}

milliseconds PostgresDatabase::most_lag() const { return replicas_ ? replicas_->most_lag() : milliseconds(0); }

void PostgresDatabase::run_once(Access access, const Body& body) {
  const bool writes = access == Access::write;
  const char* begin = access == Access::lookup ? nullptr : (writes ? kBeginWrite : kBeginRead);
  const PostgresLoan loan(pool_);
  PostgresTx tx(*loan, begin, writes, tally_, locks_);
  const bool keep = body(tx);
  tx.finish(keep);
}

void PostgresDatabase::run_again_while_transient(Access access, const Body& body) {
  milliseconds pause = kFirstPause;
  for (int attempt = 1;; ++attempt) {
    try {
      return run_once(access, body);
    } catch (const Transient& transient) {
      if (attempt == kAttempts) throw;
      tally_.add(tally_.retries);
      // A lost connection is most often an old one: the next attempt opens a new one, and says so if it cannot.
      if (transient.cause() == Transient::Cause::lost && attempt == 1) continue;
    }
    std::this_thread::sleep_for(jittered(pause));
    pause *= 3;
  }
}

void PostgresDatabase::run_blocking(Access access, const Body& body) {
  tally_.add(access == Access::write ? tally_.writes : tally_.reads);
  try {
    run_again_while_transient(access, body);
  } catch (...) {
    tally_.add(tally_.errors);
    throw;
  }
}

void PostgresDatabase::submit(Access access, Body body, std::function<void(std::exception_ptr)> done) {
  if (access == Access::lagging_read && replicas_) {
    const auto here = [this](Body read, PostgresReplicas::Done then) {
      submit(Access::read, std::move(read), std::move(then));
    };
    if (replicas_->submit(body, done, here)) return;
  }
  auto job = std::make_shared<Job>(Job{access, std::move(body), std::move(done), Clock::now()});
  if (access == Access::read || access == Access::lagging_read) {
    const std::lock_guard lock(reads_mutex_);
    if (reads_ == most_reads_) return waiting_reads_.push_back(std::move(job));
    ++reads_;
  }
  start(std::move(job));
}

void PostgresDatabase::start(std::shared_ptr<Job> job) {
  boost::asio::post(threads_, [this, job = std::move(job)] { run(*job); });
}

void PostgresDatabase::run(Job& job) {
  std::exception_ptr thrown;
  try {
    refuse_if_stale(job.since, queue_patience_);
    run_blocking(job.access, job.body);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (job.access == Access::read || job.access == Access::lagging_read) next_read();
  job.done(std::move(thrown));
}

void PostgresDatabase::next_read() {
  const std::lock_guard lock(reads_mutex_);
  if (waiting_reads_.empty()) {
    --reads_;
    return;
  }
  start(std::move(waiting_reads_.front()));
  waiting_reads_.pop_front();
}

}  // namespace wharf::db
