#pragma once
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>

#include "base/metrics.h"
#include "blob/allowance.h"

namespace wharf::blob {

/// The memory that the uploads to one store share, and who can give some of it back. Thread-safe.
///
/// What an upload holds and is not writing to at the moment can be put into the store for a while ("spilled"). When
/// there is too little memory for those who want some, the uploads that have been holding much for long are told to.
class S3UploadMemory {
 public:
  /// One upload. What `spill` does happens on `executor`; it ends with spilled().
  struct Seat {
    explicit Seat(boost::asio::any_io_executor on) : executor(std::move(on)) {}
    const boost::asio::any_io_executor executor;
    std::function<void()> spill;              ///< Set before it joins.
    std::atomic<std::uint64_t> spillable{0};  ///< Bytes.
    std::atomic<std::int64_t> since_ms{0};    ///< When bytes came last, on a steady clock.
    bool asked = false;                       ///< Under the memory's mutex, as the next one.
    std::uint64_t asked_bytes = 0;
  };

  S3UploadMemory(std::uint64_t limit_bytes, std::uint64_t assembly_bytes);

  Allowance bytes;     ///< Of what comes in.
  Allowance assembly;  ///< Of what is read back, to be put together with what follows it. Who has some needs no more.

  /// Less than half of it is in use: there is enough to read ahead.
  bool is_ample() const { return bytes.taken() < bytes.limit() / 2; }
  /// For the next bytes of an upload, without waiting: 1 MiB while it is ample, less beyond, as nobody can take back
  /// the memory that a client's next bytes go to; at most `room`, which is at least one.
  std::optional<Allowance::Share> next(std::uint64_t room);
  /// The least that an upload can go on with.
  static constexpr std::uint64_t kLeast = 32 * 1024;

  void join(std::shared_ptr<Seat> seat);
  void leave(const std::shared_ptr<Seat>& seat);
  /// Bytes have come, and `spillable` may have grown.
  void touch(Seat& seat);
  /// A seat that was asked is done, or has nothing.
  void spilled(Seat& seat);

  /// `store` is the label of the gauge.
  void count_in(metrics::Registry& metrics, std::string store);
  void count_spilled(std::uint64_t count_bytes);
  void close();

 private:
  void look();

  std::mutex mutex_;
  std::set<std::shared_ptr<Seat>> seats_;
  std::uint64_t freeing_ = 0;  ///< What those who were asked will give.
  int asked_ = 0;
  metrics::Counter* spilled_ = nullptr;
};

}  // namespace wharf::blob
