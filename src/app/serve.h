#pragma once
#include <filesystem>
#include <ostream>

#include "app/config.h"

namespace wharf::app {

/// Holds a data folder for one server: a second one on the same SQLite file would not see the first one's uploads.
class DataLock {
 public:
  /// Makes the folder if it is missing. Errors: invalid_request when another process holds it, or for a folder that
  /// cannot be used.
  static Result<DataLock> take(const std::filesystem::path& data);
  DataLock(DataLock&& other) noexcept;
  DataLock& operator=(DataLock&&) = delete;
  /// The kernel lets go of the lock, whatever ends the process.
  ~DataLock();

 private:
  explicit DataLock(int fd) : fd_(fd) {}
  int fd_;
};

/// `wharf serve`: runs until SIGTERM or SIGINT, then lets what is in flight end for SHUTDOWN_GRACE_S; a second signal
/// ends the process at once. What people need to know goes to `out`. Returns the exit status.
///
/// Call it before any other thread is there: it blocks the signals for all of them.
int serve(LoadedConfig loaded, std::ostream& out);

}  // namespace wharf::app
