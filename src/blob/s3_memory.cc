#include "blob/s3_memory.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>

namespace wharf::blob {
namespace {

constexpr std::uint64_t kStep = 1024 * 1024;
constexpr std::uint64_t kSmallStep = 256 * 1024;
// Spilled at a time.
constexpr int kMostAsked = 16;

std::int64_t steady_ms() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace

S3UploadMemory::S3UploadMemory(std::uint64_t limit_bytes, std::uint64_t assembly_bytes)
    : bytes(limit_bytes, [this] { look(); }), assembly(assembly_bytes) {}

std::optional<Allowance::Share> S3UploadMemory::next(std::uint64_t room) {
  const auto taken = bytes.taken(), limit = bytes.limit();
  const auto step = taken < limit / 2 ? kStep : taken < limit - limit / 4 ? kSmallStep : kLeast;
  return bytes.try_take(std::min(room, step));
}

void S3UploadMemory::join(std::shared_ptr<Seat> seat) {
  seat->since_ms = steady_ms();
  const std::lock_guard lock(mutex_);
  seats_.insert(std::move(seat));
}

void S3UploadMemory::leave(const std::shared_ptr<Seat>& seat) {
  {
    const std::lock_guard lock(mutex_);
    seats_.erase(seat);
    seat->spillable = 0;
  }
  spilled(*seat);
}

void S3UploadMemory::touch(Seat& seat) {
  seat.since_ms = steady_ms();
  if (bytes.wanted() > 0) look();
}

void S3UploadMemory::spilled(Seat& seat) {
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(seat.asked, false)) return;
    freeing_ -= seat.asked_bytes;
    --asked_;
  }
  look();
}

/// Asks those who hold most for longest until what they give is enough for all who wait, and an eighth of all at least:
/// it does not happen for every few bytes then.
void S3UploadMemory::look() {
  const auto wanted = bytes.wanted();
  if (wanted == 0) return;
  const std::lock_guard lock(mutex_);
  const auto enough = std::max(wanted, bytes.limit() / 8);
  const auto now = steady_ms();
  while (freeing_ < enough && asked_ < kMostAsked) {
    std::shared_ptr<Seat> best;
    double most = 0;
    for (const auto& seat : seats_) {
      const auto held = static_cast<double>(seat->spillable);
      const auto worth = held * static_cast<double>(std::max<std::int64_t>(now - seat->since_ms, 0) + 1);
      if (seat->asked || worth <= most) continue;
      most = worth;
      best = seat;
    }
    if (!best) return;
    best->asked = true;
    best->asked_bytes = best->spillable;
    freeing_ += best->asked_bytes;
    ++asked_;
    boost::asio::post(best->executor, best->spill);
  }
}

void S3UploadMemory::count_in(metrics::Registry& metrics, std::string store) {
  spilled_ = &metrics.counter("wharf_s3_spilled_bytes_total",
                              "Bytes of slow uploads that were put into the object store for want of memory.");
  auto read = [all = bytes, more = assembly] { return static_cast<double>(all.taken() + more.taken()); };
  metrics.callback(metrics::Kind::gauge, "wharf_s3_upload_memory_bytes", "Memory that uploads hold.",
                   {{"store", std::move(store)}}, std::move(read));
}

void S3UploadMemory::count_spilled(std::uint64_t count_bytes) {
  if (spilled_ != nullptr) spilled_->add(count_bytes);
}

void S3UploadMemory::close() {
  bytes.close();
  assembly.close();
}

}  // namespace wharf::blob
