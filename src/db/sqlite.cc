#include "db/sqlite.h"

#include <semaphore>

namespace wharf::db {
namespace {

constexpr std::size_t kGroupSize = 64;
constexpr auto kGroupTime = std::chrono::milliseconds(20);  // the first of a group waits no longer for company

// The log is copied into the file when it has grown by 4 MiB. Beyond 32 MiB that is done with the readers held off for
// a moment, so that the log starts again at its beginning: steady readers would else let it grow for ever.
constexpr int kCheckpointPages = 1'000;
constexpr int kRestartPages = 8'000;
constexpr auto kRestartPatience = std::chrono::milliseconds(100);

constexpr std::size_t kIdleReaders = 16;

constexpr Query kBegin{"sqlite.begin", "BEGIN"};
constexpr Query kBeginWrite{"sqlite.begin_write", "BEGIN IMMEDIATE"};
constexpr Query kCommit{"sqlite.commit", "COMMIT"};
constexpr Query kSavepoint{"sqlite.savepoint", "SAVEPOINT member"};
constexpr Query kRelease{"sqlite.release", "RELEASE member"};
constexpr Query kUndo{"sqlite.undo", "ROLLBACK TO member"};

bool worth_trying_alone(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const ConstraintViolation&) {
    return true;
  } catch (const Accident& accident) {
    return accident.error().code == Errc::insufficient_storage;
  } catch (...) {
    return false;
  }
}

}  // namespace

SqliteWriter::SqliteWriter(const SqliteConnection::Settings& settings, Tally& tally)
    : connection_(settings, SqliteConnection::Mode::read_write),
      busy_timeout_(settings.busy_timeout),
      tally_(tally),
      checkpoint_at_(kCheckpointPages) {
  auto on_commit = [](void* self, sqlite3*, const char*, int pages) {
    static_cast<SqliteWriter*>(self)->wal_pages_ = pages;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(connection_.handle(), on_commit, this);
  thread_ = std::thread([this] { work(); });
}

SqliteWriter::~SqliteWriter() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

void SqliteWriter::submit(Body body, Done done) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(body), std::move(done)});
  }
  arrived_.notify_one();
}

void SqliteWriter::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    arrived_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Write first = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    run_group(std::move(first));
    checkpoint();
    lock.lock();
  }
}

std::optional<SqliteWriter::Write> SqliteWriter::take_waiting() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return std::nullopt;
  Write write = std::move(waiting_.front());
  waiting_.pop_front();
  return write;
}

void SqliteWriter::answer(Write& write) {
  tally_.add(tally_.writes);
  if (write.thrown) tally_.add(tally_.errors);
  write.done(std::exchange(write.thrown, nullptr));
}

SqliteWriter::Ending SqliteWriter::run_body(Write& write) {
  write.thrown = nullptr;
  bool keep = false;
  try {
    SqliteTx tx(connection_, tally_);
    keep = write.body(tx);
    if (tx.failure()) std::rethrow_exception(tx.failure());
  } catch (...) {
    write.thrown = std::current_exception();
    keep = false;
  }
  if (!connection_.in_transaction()) return Ending::lost;
  return keep ? Ending::kept : Ending::undone;
}

bool SqliteWriter::try_commit(std::exception_ptr& thrown) {
  try {
    connection_.execute(kCommit);
    tally_.add(tally_.commits);
    return true;
  } catch (...) {
    thrown = std::current_exception();
    connection_.rollback();
    return false;
  }
}

void SqliteWriter::run_group(Write first) {
  std::vector<Write> members;  // did their part; wait for COMMIT
  std::vector<Write> undone;   // rolled back alone
  std::optional<Write> next = std::move(first);
  const auto full_at = std::chrono::steady_clock::now() + kGroupTime;
  std::exception_ptr thrown;
  bool begun = false;
  bool again_alone = false;
  try {
    connection_.execute(kBeginWrite);
    begun = true;
    while (next) {
      const bool bare = members.empty();
      if (!bare) connection_.execute(kSavepoint);
      const Ending ending = run_body(*next);
      if (ending == Ending::lost || (ending == Ending::undone && bare)) {
        again_alone = ending == Ending::lost && !bare;
        (again_alone ? members : undone).push_back(*std::exchange(next, std::nullopt));
        connection_.rollback();
        break;
      }
      if (ending == Ending::undone) connection_.execute(kUndo);
      if (!bare) connection_.execute(kRelease);
      (ending == Ending::kept ? members : undone).push_back(*std::exchange(next, std::nullopt));
      if (members.size() + undone.size() < kGroupSize && std::chrono::steady_clock::now() < full_at) {
        next = take_waiting();
      }
    }
  } catch (...) {  // of our own statements: no transaction could begin, or this one cannot go on
    thrown = std::current_exception();
    connection_.rollback();
  }
  if (next) members.push_back(*std::move(next));
  while (!begun && members.size() < kGroupSize && (next = take_waiting())) {
    members.push_back(*std::move(next));  // they need not find out one after the other
  }
  if (!thrown && !again_alone && !members.empty() && !try_commit(thrown)) {
    again_alone = members.size() > 1 && worth_trying_alone(thrown);
  }
  for (Write& write : undone) answer(write);
  for (Write& write : members) {
    if (again_alone) {
      run_alone(std::move(write));
    } else {
      write.thrown = thrown;
      answer(write);
    }
  }
}

void SqliteWriter::run_alone(Write write) {
  tally_.add(tally_.retries);
  try {
    connection_.execute(kBeginWrite);
    if (run_body(write) == Ending::kept) {
      try_commit(write.thrown);
    } else {
      connection_.rollback();
    }
  } catch (...) {
    write.thrown = std::current_exception();
    connection_.rollback();
  }
  answer(write);
}

void SqliteWriter::checkpoint() {
  if (wal_pages_ < checkpoint_at_ - kCheckpointPages) checkpoint_at_ = kCheckpointPages;  // the log has started again
  if (wal_pages_ < checkpoint_at_) return;
  const bool restart = wal_pages_ >= kRestartPages;
  if (restart) sqlite3_busy_timeout(connection_.handle(), static_cast<int>(kRestartPatience.count()));
  const int mode = restart ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, mode, nullptr, nullptr);
  if (restart) sqlite3_busy_timeout(connection_.handle(), static_cast<int>(busy_timeout_.count()));
  // A reader in the way is no fault: what is committed is safe in the log, and the next round tries again.
  if (code == SQLITE_OK && restart) wal_pages_ = 0;
  checkpoint_at_ = wal_pages_ + kCheckpointPages;
}

class SqliteDatabase::Reader {
 public:
  explicit Reader(SqliteDatabase& owner) : owner_(owner) {
    {
      const std::lock_guard lock(owner.mutex_);
      if (!owner.idle_.empty()) {
        connection_ = std::move(owner.idle_.back());
        owner.idle_.pop_back();
      }
    }
    if (!connection_) {
      connection_ = std::make_unique<SqliteConnection>(owner.settings_, SqliteConnection::Mode::read_only);
    }
  }
  ~Reader() {
    connection_->rollback();
    const std::lock_guard lock(owner_.mutex_);
    if (owner_.idle_.size() < kIdleReaders) owner_.idle_.push_back(std::move(connection_));
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  SqliteConnection& operator*() const { return *connection_; }

 private:
  SqliteDatabase& owner_;
  std::unique_ptr<SqliteConnection> connection_;
};

SqliteDatabase::SqliteDatabase(std::string path, const Options& options)
    : settings_{.path = std::move(path),
                .statement_timeout = options.statement_timeout,
                .busy_timeout = options.connect_timeout},
      writer_(settings_, tally_),
      readers_(static_cast<std::size_t>(std::max(options.readers, 1))) {
  idle_.reserve(kIdleReaders);
}

SqliteDatabase::~SqliteDatabase() { readers_.join(); }

void SqliteDatabase::run_read(const Body& body) {
  tally_.add(tally_.reads);
  try {
    const Reader reader(*this);
    SqliteTx tx(*reader, tally_);
    (*reader).execute(kBegin);
    body(tx);
    if (tx.failure()) std::rethrow_exception(tx.failure());
    (*reader).execute(kCommit);
  } catch (...) {
    tally_.add(tally_.errors);
    throw;
  }
}

void SqliteDatabase::run_blocking(Access access, const Body& body) {
  if (access != Access::write) return run_read(body);
  struct Answer {
    std::binary_semaphore ready{0};
    std::exception_ptr thrown;
  };
  // Shared: the writer's thread may still be in `release` when this one has gone on.
  auto answer = std::make_shared<Answer>();
  auto done = [answer](std::exception_ptr thrown) {
    answer->thrown = std::move(thrown);
    answer->ready.release();
  };
  writer_.submit([&body](Tx& tx) { return body(tx); }, done);
  answer->ready.acquire();
  if (auto thrown = std::exchange(answer->thrown, nullptr)) std::rethrow_exception(std::move(thrown));
}

void SqliteDatabase::submit(Access access, Body body, std::function<void(std::exception_ptr)> done) {
  if (access == Access::write) return writer_.submit(std::move(body), std::move(done));
  boost::asio::post(readers_, [this, body = std::move(body), done = std::move(done)] {
    std::exception_ptr thrown;
    try {
      run_read(body);
    } catch (...) {
      thrown = std::current_exception();
    }
    done(std::move(thrown));
  });
}

}  // namespace wharf::db
