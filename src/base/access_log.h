#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"

namespace wharf {

/// One line a request. `add` puts it into a buffer of the calling thread (about 0.3 µs); a thread of the log's own
/// writes the buffers out when one has 32 KiB, at least once a second, and at the end. While the reader of the log is
/// slow each thread keeps up to 1 MiB; lines past that are dropped and counted.
///
/// JSON: {"time":…,"request":…,"method":…,"path":…,"status":200,"bytes":42,"us":310,"peer":…,"user":…}
/// Text: the same values in that order, `-` for an empty one.
/// The query is never logged, as it may hold secrets; control characters and quotes are escaped.
class AccessLog {
 public:
  struct Options {
    log::Format format = log::Format::json;  ///< text or json.
    int fd = 2;                              ///< Stays the caller's.
    bool enabled = true;                     ///< false: `add` does nothing and there is no thread.
  };
  struct Entry {
    Millis at = 0;
    std::string_view request_id, method, path;  ///< A '?' and what follows it in `path` is left out.
    int status = 0;
    std::uint64_t bytes = 0;   ///< Of the reply's body.
    std::uint64_t micros = 0;  ///< From the request's head to the reply's end.
    std::string_view peer, user;
  };

  explicit AccessLog(Options options);
  /// Writes what is left. Nobody may call `add` any more.
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  /// Thread-safe; does not wait for the writer.
  void add(const Entry& entry);
  bool enabled() const { return options_.enabled; }
  /// Lines dropped so far.
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

  /// Appends the line of `entry`.
  static void append_line(std::string& out, log::Format format, const Entry& entry);

 private:
  struct Buffer {
    std::mutex mutex;
    std::thread::id owner;
    std::string lines;
  };
  Buffer& buffer_of_this_thread();
  void write_buffers();
  void run();

  const Options options_;
  const std::uint64_t id_;  ///< Tells this log from one that was at the same address before.
  std::atomic<std::uint64_t> dropped_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool due_ = false;
  bool ending_ = false;
  std::vector<std::shared_ptr<Buffer>> buffers_;
  std::thread writer_;
};

}  // namespace wharf
