#include <fcntl.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <deque>
#include <exception>
#include <mutex>

#include "blob/fs_upload.h"
#include "blob/wakeup.h"

namespace wharf::blob {
namespace {

// Two buffers an upload: the event loop fills one while the other is hashed and written.
constexpr int kMostInWork = 2;
// A buffer with less room than this is sent off: reads into the rest would be short.
constexpr std::size_t kLeastRoomBytes = 16 * 1024;
// Up to here hashing and writing one after the other is cheaper than handing over to two threads.
constexpr std::size_t kOneTaskBytes = 256 * 1024;
// How much may be dirty before the kernel is told to start writing it out.
constexpr std::uint64_t kWritebackBytes = 8 * 1024 * 1024;

struct Piece {
  Buffer buffer;
  std::size_t used = 0;
  std::uint64_t offset = 0;
  int lanes_left = 2;

  std::span<const std::byte> bytes() const { return buffer.bytes().first(used); }
};

/// What a writer shares with its tasks on the pool: two lanes, one hashing and one writing, each in the order of the
/// bytes. Kept alive by the tasks, so the claim and the lock last until the last of them is through.
class Pipeline : public std::enable_shared_from_this<Pipeline> {
 public:
  Pipeline(std::shared_ptr<Folders> folders, std::unique_ptr<Claim> claim, UploadState state, Sha256 hash,
           std::unique_ptr<UploadFile> file)
      : folders_(std::move(folders)),
        claim_(std::move(claim)),
        start_(std::move(state)),
        file_(std::move(file)),
        hash_(std::move(hash)),
        writeback_from_(start_.size_bytes) {}

  const UploadState& start() const { return start_; }
  Buffer take_buffer() { return folders_->buffers.take(); }
  boost::asio::thread_pool& pool() { return folders_->pool; }

  /// Sends a piece into both lanes.
  void send(std::shared_ptr<Piece> piece) {
    const std::lock_guard lock(mutex_);
    ++in_work_;
    hash_lane_.waiting.push_back(piece);
    write_lane_.waiting.push_back(std::move(piece));
    start_lane(hash_lane_);
    start_lane(write_lane_);
  }

  bool idle() const {
    const std::lock_guard lock(mutex_);
    return in_work_ == 0;
  }

  /// Waits until fewer than `limit` pieces are in work, and answers what they met.
  awaitable<Result<bool>> wait_below(int limit) {
    auto arm = [this, limit](std::unique_ptr<Wakeup> wakeup) {
      const std::lock_guard lock(mutex_);
      if (in_work_ < limit) {
        wakeup->wake();
      } else {
        wakeup_ = std::move(wakeup);
        wake_below_ = limit;
      }
    };
    if (!below(limit)) co_await suspend(std::move(arm));
    co_return outcome();
  }

  /// Hashes, writes and seals in one go, on the pool, with nothing in work.
  Result<UploadState> finish_with(const Piece& piece) {
    if (auto before = outcome(); !before) return before.error();
    if (auto written = write(piece); !written) return written.error();
    hash_.update(piece.bytes());
    return seal();
  }

  /// The state to keep; lets go of the file. With nothing in work; the mark costs 3 µs, so any thread will do.
  Result<UploadState> seal() {
    if (auto before = outcome(); !before) return before.error();
    UploadState state{
        .id = start_.id, .size_bytes = hash_.size_bytes(), .hash = hash_.state(), .backend = start_.backend};
    if (file_ && state.size_bytes != start_.size_bytes) file_->mark(state);
    release();
    return state;
  }

  /// Lets go of file and claim. With nothing in work.
  void release() {
    file_.reset();
    claim_.reset();
  }

 private:
  struct Lane {
    std::deque<std::shared_ptr<Piece>> waiting;
    bool running = false;
  };

  bool below(int limit) const {
    const std::lock_guard lock(mutex_);
    return in_work_ < limit;
  }

  Result<bool> outcome() const {
    const std::lock_guard lock(mutex_);
    if (thrown_) std::rethrow_exception(thrown_);
    if (failure_) return *failure_;
    return true;
  }

  /// One task a piece, so that a long upload does not keep others from the pool. Under the lock.
  void start_lane(Lane& lane) {
    if (lane.running || lane.waiting.empty()) return;
    lane.running = true;
    auto task = [self = shared_from_this(), &lane] { self->run_one(lane); };
    boost::asio::post(folders_->pool, std::move(task));
  }

  void run_one(Lane& lane) {
    std::shared_ptr<Piece> piece;
    bool spoilt = false;
    {
      const std::lock_guard lock(mutex_);
      piece = std::move(lane.waiting.front());
      lane.waiting.pop_front();
      spoilt = failure_ || thrown_;
    }
    std::optional<Error> failure;
    std::exception_ptr thrown;
    try {
      if (spoilt) {
        // Nothing that follows a failed piece may count.
      } else if (&lane == &hash_lane_) {
        hash_.update(piece->bytes());
      } else if (auto written = write(*piece); !written) {
        failure = written.error();
      }
    } catch (...) {
      thrown = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    if (failure && !failure_) failure_ = std::move(failure);
    if (thrown && !thrown_) thrown_ = thrown;
    if (--piece->lanes_left == 0) {
      piece->buffer = Buffer();  // back on the free list before the writer asks for its next one
      --in_work_;
    }
    lane.running = false;
    start_lane(lane);
    if (wakeup_ && in_work_ < wake_below_) std::exchange(wakeup_, nullptr)->wake();
  }

  /// Only the write lane, or a single task, calls this.
  Result<bool> write(const Piece& piece) {
    if (!file_) {
      auto opened = UploadFile::open(folders_, start_);
      if (!opened) return opened.error();
      file_ = std::move(*opened);
    }
    if (const int error = write_all(file_->fd(), piece.bytes(), piece.offset); error != 0) {
      file_->cut_back(start_.size_bytes);
      return storage_error("write upload", error);
    }
    const auto end = piece.offset + piece.used;
    if (end - writeback_from_ >= kWritebackBytes) {
      // Only a hint, so that the fsync at the end finds little to do; that fsync reports what goes wrong.
      static_cast<void>(::sync_file_range(file_->fd(), static_cast<off_t>(writeback_from_),
                                          static_cast<off_t>(end - writeback_from_), SYNC_FILE_RANGE_WRITE));
      writeback_from_ = end;
    }
    return true;
  }

  std::shared_ptr<Folders> folders_;
  std::unique_ptr<Claim> claim_;
  const UploadState start_;
  std::unique_ptr<UploadFile> file_;  // write lane
  Sha256 hash_;                       // hash lane
  std::uint64_t writeback_from_;      // write lane

  mutable std::mutex mutex_;
  Lane hash_lane_;
  Lane write_lane_;
  int in_work_ = 0;
  std::unique_ptr<Wakeup> wakeup_;
  int wake_below_ = 0;
  std::optional<Error> failure_;
  std::exception_ptr thrown_;
};

class FsUploadWriter final : public UploadWriter {
 public:
  explicit FsUploadWriter(std::shared_ptr<Pipeline> pipeline)
      : pipeline_(std::move(pipeline)), next_offset_(pipeline_->start().size_bytes) {}

  awaitable<Result<std::span<std::byte>>> buffer() override {
    if (!filling_) {
      if (auto room = co_await pipeline_->wait_below(kMostInWork); !room) co_return room.error();
      filling_ = std::make_shared<Piece>();
      filling_->offset = next_offset_;
      filling_->buffer = pipeline_->take_buffer();
    }
    co_return filling_->buffer.bytes().subspan(filling_->used);
  }

  void commit(std::size_t count) override {
    filling_->used += count;
    next_offset_ += count;
    if (filling_->buffer.bytes().size() - filling_->used < kLeastRoomBytes) pipeline_->send(std::move(filling_));
  }

  awaitable<Result<UploadState>> pause() override {
    auto pipeline = pipeline_;
    auto last = std::move(filling_);
    if (!last || last->used == 0) {
      last.reset();
      if (next_offset_ == pipeline->start().size_bytes) {
        pipeline->release();
        co_return pipeline->start();
      }
    }
    if (last && (last->used > kOneTaskBytes || !pipeline->idle())) pipeline->send(std::exchange(last, nullptr));
    if (last) {
      auto finish = [pipeline, last] { return pipeline->finish_with(*last); };
      auto state = co_await run_on(pipeline->pool(), std::move(finish));
      pipeline->release();
      co_return state;
    }
    auto settled = co_await pipeline->wait_below(1);
    if (!settled) {
      pipeline->release();
      co_return settled.error();
    }
    co_return pipeline->seal();
  }

 private:
  std::shared_ptr<Pipeline> pipeline_;
  std::shared_ptr<Piece> filling_;
  std::uint64_t next_offset_;
};

}  // namespace

awaitable<Result<std::unique_ptr<UploadWriter>>> make_upload_writer(std::shared_ptr<Folders> folders,
                                                                    UploadState state) {
  auto hash = hash_of(state);
  if (!hash) co_return hash.error();
  auto claim = co_await Claim::take(folders, state.id);
  if (!claim) co_return claim.error();
  std::unique_ptr<UploadFile> file;
  if (state.size_bytes > 0) {
    auto open = [folders, state] { return UploadFile::open(folders, state); };
    auto opened = co_await run_on(folders->pool, std::move(open));
    if (!opened) co_return opened.error();
    file = std::move(*opened);
  }
  auto pipeline = std::make_shared<Pipeline>(std::move(folders), std::move(*claim), std::move(state), std::move(*hash),
                                             std::move(file));
  co_return std::make_unique<FsUploadWriter>(std::move(pipeline));
}

}  // namespace wharf::blob
