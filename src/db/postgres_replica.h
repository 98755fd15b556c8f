#pragma once
#include <atomic>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <string>
#include <thread>

#include "db/log_positions.h"
#include "db/postgres.h"
#include "db/replica.h"

namespace wharf::db {

/// What all replicas of a database share.
struct PostgresReplicaSettings {
  PostgresSettings connection;  ///< Its URI is each replica's own.
  std::chrono::milliseconds most_lag;
  std::chrono::milliseconds queue_patience{5'000};  ///< As in Options.
  std::size_t readers = 1;                          ///< Reads at once.
};

/// A standby that answers reads, and the thread that watches over it.
///
/// About once a second its place in the primary's log is compared with where that ends. It is stepped over while it is
/// further behind than may be, cannot be reached, is no standby (any more), or one of something else; and for a while
/// after it failed a read. Then it is looked at again, less and less often, at least twice a minute. Both are logged,
/// once each. While the primary does not say where its log ends nothing is held against a replica: its measure only
/// grows old, and then it is not read.
class PostgresReplica {
 public:
  /// `positions` and `primary` outlive this; several replicas share them. Connects later. Throws
  /// Accident{invalid_request} for a URI that libpq cannot read.
  PostgresReplica(const PostgresReplicaSettings& settings, LogPositions& positions, PostgresPool& primary,
                  Tally& tally);
  ~PostgresReplica();
  PostgresReplica(const PostgresReplica&) = delete;
  PostgresReplica& operator=(const PostgresReplica&) = delete;

  /// Whether a read is worth a try.
  bool usable() const;
  /// Runs `body` in a snapshot that is no older than may be: the transaction itself makes sure of that. False: it did
  /// not come to its end, and the read goes elsewhere. Throws what is wrong with the request itself.
  bool try_read(const std::function<bool(Tx&)>& body);
  ReplicaStatus status() const;
  /// Has the watch end; does not wait for it.
  void stop();

 private:
  using Time = LogPositions::Time;

  void watch();
  void look();
  /// Why the replica cannot be read from; empty if it can. Throws what asking the primary throws.
  std::string measure();
  /// Where the primary's log ends. Throws.
  std::uint64_t ask_primary();
  void step_in();
  void step_over(const std::string& why);
  std::chrono::milliseconds period() const;

  const std::chrono::milliseconds most_lag_;
  const std::string name_;
  LogPositions& positions_;
  PostgresPool& primary_;
  Tally& tally_;
  PostgresPool pool_;
  std::atomic<bool> used_ = false;
  std::atomic<std::uint64_t> reads_ = 0;
  std::atomic<std::uint64_t> bytes_behind_ = 0;
  std::atomic<Time::rep> complete_until_ = 0;  ///< Ticks of the clock; 0: not known.

  // The watch's alone.
  std::string primary_identity_;  ///< Of the cluster, and of the database in it.
  std::optional<std::uint64_t> diverged_at_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool told_ = false;  ///< That it is stepped over.
  int failures_ = 0;   ///< In a row.
  Time next_look_{};   ///< While it is stepped over.
  Time since_{};       ///< When it came to be used, or stepped over.
  std::thread thread_;
};

/// The replicas of a database, and the threads that read from them.
class PostgresReplicas {
 public:
  /// Throws Accident{invalid_request} for a URI that libpq cannot read.
  PostgresReplicas(const std::vector<Uri>& uris, PostgresReplicaSettings settings, PostgresPool& primary, Tally& tally);
  ~PostgresReplicas();

  using Body = std::function<bool(Tx&)>;
  using Done = std::function<void(std::exception_ptr)>;
  /// Reads from a replica on another thread and calls `done`, or else `otherwise`. False: there is none to be read
  /// from, and neither is called.
  bool submit(Body body, Done done, std::function<void(Body, Done)> otherwise);
  std::chrono::milliseconds most_lag() const { return most_lag_; }
  ReplicaStatuses statuses() const;

 private:
  bool try_read(const Body& body);

  const std::chrono::milliseconds most_lag_;
  const std::chrono::milliseconds queue_patience_;
  LogPositions positions_;
  Tally& tally_;
  std::vector<std::unique_ptr<PostgresReplica>> replicas_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::uint64_t> on_primary_ = 0;
  boost::asio::thread_pool threads_;
};

}  // namespace wharf::db
