#include "app/commands_migrate_storage.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <ostream>
#include <thread>

#include "app/command_failure.h"
#include "app/counted.h"
#include "app/progress_line.h"
#include "base/json.h"
#include "base/testing.h"
#include "blob/place.h"
#include "service/blob_move.h"
#include "store/blob_left.h"

namespace wharf::app {
namespace {

using service::BlobMover;
using std::chrono::seconds;

constexpr int kBlobsAPage = 500;
constexpr std::size_t kMostFailuresShown = 1000;
// A store that does not answer is asked again; when it fails so many blobs in a row, the rest would fail as well.
constexpr seconds kPauses[] = {seconds(1), seconds(5)};
constexpr int kMostInARow = 5;

struct FailureShown {
  std::string digest;
  std::string error;
};
BOOST_DESCRIBE_STRUCT(FailureShown, (), (digest, error))

struct MovedShown {
  std::string to;
  std::int64_t moved = 0;
  std::int64_t bytes = 0;
  std::int64_t skipped = 0;
  std::int64_t gone = 0;
  std::int64_t failed = 0;
  std::vector<FailureShown> failures;
};
BOOST_DESCRIBE_STRUCT(MovedShown, (), (to, moved, bytes, skipped, gone, failed, failures))

bool is_out_of_order(const Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::insufficient_storage;
}

/// The work that several threads do together: a walk over all blobs by their ids, so that what has moved is passed
/// over.
class Migration {
 public:
  Migration(Core& core, const MigrateStorageCommand& command, std::ostream& err)
      : core_(core),
        command_(command),
        err_(err),
        line_(err, !command.json),
        mover_(core.database(), core.blobs(), {.to = command.to, .from = command.from, .keep = command.keep}) {
    shown_.to = command.to;
  }

  Result<MovedShown> run() {
    if (auto right = mover_.check(); !right) return right.error();
    auto count = [this](db::Tx& tx) { return store::count_elsewhere(tx, command_.to); };
    total_ = core_.database().read_now(count);
    std::vector<std::thread> threads;
    running_ = command_.parallel;
    for (int i = 0; i < command_.parallel; ++i) threads.emplace_back([this] { work(); });
    {
      std::unique_lock lock(mutex_);
      while (running_ > 0) {
        draw();
        changed_.wait_for(lock, std::chrono::milliseconds(100), [this] { return running_ == 0; });
      }
      line_.clear();
    }
    for (auto& thread : threads) thread.join();
    if (accident_) return *accident_;
    return shown_;
  }

  bool gave_up() const { return in_a_row_ >= kMostInARow; }

 private:
  void work() {
    try {
      while (const auto blob = next()) move(*blob);
    } catch (const Accident& accident) {
      const std::lock_guard lock(mutex_);
      if (!accident_) accident_ = accident.error();
      ended_ = true;
    }
    const std::lock_guard lock(mutex_);
    --running_;
    changed_.notify_all();
  }

  /// The next blob that may have to move; nothing when there are none, or as many as wanted have been begun.
  std::optional<store::MovableBlob> next() {
    const std::lock_guard lock(mutex_);
    while (!ended_) {
      if (command_.limit > 0 && begun_ >= command_.limit) return std::nullopt;
      if (page_.empty()) read_page();
      if (page_.empty()) return std::nullopt;
      auto blob = std::move(page_.front());
      page_.pop_front();
      if (blob::split_place(blob.place).location == command_.to) {
        ++shown_.skipped;
        continue;
      }
      ++begun_;
      return blob;
    }
    return std::nullopt;
  }

  void read_page() {
    if (walked_) return;
    auto read = [this](db::Tx& tx) { return store::find_movable(tx, after_id_, kBlobsAPage); };
    auto rows = core_.database().read_now(read);
    walked_ = rows.empty();
    if (!walked_) after_id_ = rows.back().id;
    page_.assign(std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
  }

  void move(const store::MovableBlob& blob) {
    Result<BlobMover::Outcome> outcome = BlobMover::Outcome::gone;
    for (std::size_t attempt = 0;; ++attempt) {
      std::uint64_t copied = 0;
      const auto progress = [this, &copied](std::uint64_t bytes) {
        copied += bytes;
        const std::lock_guard lock(mutex_);
        copied_ += bytes;
      };
      outcome = try_to_move(blob, progress);
      const bool again = !outcome && is_out_of_order(outcome.error()) && attempt < std::size(kPauses);
      std::unique_lock lock(mutex_);
      if (!outcome) copied_ -= copied;
      if (!again || ended_) return note(blob, outcome);
      changed_.wait_for(lock, kPauses[attempt], [this] { return ended_; });
    }
  }

  Result<BlobMover::Outcome> try_to_move(const store::MovableBlob& blob, BlobMover::Progress progress) {
    try {
      return run_awaitable(mover_.move(blob, std::move(progress)));
    } catch (const db::ConstraintViolation& violation) {
      return violation.error();
    }
  }

  /// With the lock.
  void note(const store::MovableBlob& blob, const Result<BlobMover::Outcome>& outcome) {
    if (!outcome) {
      const auto& error = outcome.error();
      const auto why = error.message + (error.detail.empty() ? "" : " (" + error.detail + ")");
      line_.clear();
      err_ << "wharf: " << blob.digest << ": " << why << "\n";
      ++shown_.failed;
      if (shown_.failures.size() < kMostFailuresShown) shown_.failures.push_back({blob.digest, why});
      in_a_row_ = is_out_of_order(error) ? in_a_row_ + 1 : 0;
      if (gave_up()) ended_ = true;
      changed_.notify_all();
      return;
    }
    in_a_row_ = 0;
    switch (*outcome) {
      case BlobMover::Outcome::moved:
        ++shown_.moved;
        shown_.bytes += blob.size_bytes;
        return;
      case BlobMover::Outcome::passed_over:
        ++shown_.skipped;
        --begun_;
        return;
      case BlobMover::Outcome::gone:
        ++shown_.gone;
        return;
    }
  }

  /// With the lock.
  void draw() {
    line_.at(copied_, static_cast<std::uint64_t>(total_.bytes),
             fmt::format("{} of {}, {}", shown_.moved, counted(total_.blobs, "blob", "blobs"),
                         sized(static_cast<std::int64_t>(copied_))));
  }

  Core& core_;
  const MigrateStorageCommand& command_;
  std::ostream& err_;
  ProgressLine line_;
  BlobMover mover_;
  store::Elsewhere total_;

  std::mutex mutex_;  ///< Of all below.
  std::condition_variable changed_;
  std::deque<store::MovableBlob> page_;
  std::int64_t after_id_ = 0, begun_ = 0;
  std::uint64_t copied_ = 0;
  bool walked_ = false, ended_ = false;
  int running_ = 0, in_a_row_ = 0;
  std::optional<Error> accident_;
  MovedShown shown_;
};

void print(const MovedShown& shown, std::ostream& out) {
  out << "Moved " << counted(shown.moved, "blob", "blobs") << ", " << sized(shown.bytes) << ", to " << shown.to << "; "
      << shown.skipped << " skipped, " << shown.failed << " failed.\n";
  if (shown.gone > 0) out << counted(shown.gone, "blob was", "blobs were") << " deleted meanwhile.\n";
}

}  // namespace

int migrate_storage(Core& core, const MigrateStorageCommand& command, std::ostream& out, std::ostream& err) {
  try {
    Migration migration(core, command, err);
    const auto moved = migration.run();
    if (!moved) return fail(moved.error(), err);
    if (command.json) {
      out << json::encode(*moved) << "\n";
    } else {
      print(*moved, out);
    }
    if (migration.gave_up()) {
      err << "wharf: the stores cannot be used just now; run the command again to go on\n";
    } else if (core.blobs().target() != command.to) {
      err << "wharf: new blobs still go to " << core.blobs().target()
          << ": let DISTRIBUTED_STORAGE_PREFERENCE begin with " << command.to << " and run the command again\n";
    }
    return moved->failed == 0 ? 0 : 1;
  } catch (const Accident& accident) {
    return fail(accident.error(), err);
  }
}

}  // namespace wharf::app
