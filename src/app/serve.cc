#include "app/serve.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "app/app.h"
#include "app/core.h"
#include "app/first_start.h"
#include "base/log.h"
#include "base/testing.h"

namespace wharf::app {
namespace {

constexpr int kFailed = 1;
constexpr int kWake = SIGUSR1;  ///< Blocked in every thread; only ever sent to one's own.

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

void complain(const Error& error) {
  std::cerr << "wharf: " << error.message << '\n';
  if (!error.detail.empty()) std::cerr << "wharf: " << error.detail << '\n';
}

/// A thread an event loop, workers, database, logs: with glibc's default each would keep an arena of its own.
void keep_memory_small() {
  ::mallopt(M_ARENA_MAX, 4);
  ::mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  ::mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
}

/// A connection is a descriptor, and what it sends may be another; many systems give a process 1,024 unless it asks.
void allow_many_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    log::warn("the limit on open files stays as it is", {{"reason", std::generic_category().message(errno)}});
  }
}

bool has_users(App& app) { return run_awaitable(app.core().services().users.has_users()); }

void greet(App& app, std::ostream& out) {
  const auto& config = app.config();
  out << "Wharf " << WHARF_VERSION << " listens on " << app.address() << "\n";
  out << "Data: " << std::filesystem::absolute(config.data).lexically_normal().string() << "\n";
  if (!has_users(app)) {
    out << "First step: open " << app.address() << "/ and make the first user";
    if (!app.setup_code().empty()) out << " with the set-up code " << app.setup_code();
    out << ".\n";
  } else {
    out << "Open " << app.address() << "/ to see how to log in and push.\n";
  }
  out << "Stop: Ctrl-C." << std::endl;
}

/// A start may last long: it waits for a step of another node's on the database, or is at one of its own. Until `done`
/// the first signal ends the process at once; steps are transactions, and nothing else has begun.
class Starting {
 public:
  Starting() : watcher_([this] { watch(); }) {}
  ~Starting() { done(); }

  void done() {
    if (!watcher_.joinable()) return;
    is_done_ = true;
    pthread_kill(watcher_.native_handle(), kWake);
    watcher_.join();
  }

 private:
  void watch() {
    auto set = ending_signals();
    sigaddset(&set, kWake);
    for (int signal = 0; !is_done_;) {
      sigwait(&set, &signal);
      if (signal != kWake) std::_Exit(128 + signal);
    }
  }

  std::atomic<bool> is_done_{false};
  std::thread watcher_;
};

/// Waits for the first signal, then stops the server; the second signal ends the process.
void wait_and_stop(App& app, std::ostream& out) {
  const auto set = ending_signals();
  int signal = 0;
  sigwait(&set, &signal);
  out << "Stopping; requests in flight get up to " << app.config().shutdown_grace.count()
      << " s, a second signal ends them at once." << std::endl;
  log::info("stopping", {{"signal", signal}});
  std::thread second([set] {
    int again = 0;
    sigwait(&set, &again);
    // Nothing is lost that was acknowledged: the database and the blobs are durable at every moment.
    std::_Exit(128 + again);
  });
  second.detach();
  app.stop(app.config().shutdown_grace);
}

}  // namespace

Result<DataLock> DataLock::take(const std::filesystem::path& data) {
  std::error_code failed;
  std::filesystem::create_directories(data, failed);
  const auto path = data / "wharf.lock";
  const int fd = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) {
    return Error{Errc::invalid_request, "The data folder " + data.string() + " cannot be used: " +
                                            std::error_code(errno, std::generic_category()).message()};
  }
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return Error{Errc::invalid_request, "The data folder " + data.string() + " is in use by another wharf serve"};
  }
  return DataLock(fd);
}

DataLock::DataLock(DataLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DataLock::~DataLock() {
  if (fd_ >= 0) ::close(fd_);
}

int serve(LoadedConfig loaded, std::ostream& out) {
  keep_memory_small();
  std::signal(SIGPIPE, SIG_IGN);
  auto set = ending_signals();
  sigaddset(&set, kWake);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  Starting starting;
  log::start({.level = loaded.config.log_level, .format = loaded.config.log_format});
  for (const auto& warning : loaded.warnings) log::warn(warning);
  allow_many_files();

  int status = 0;
  try {
    std::optional<DataLock> lock;
    if (loaded.config.database_uri().starts_with("sqlite:")) {
      auto taken = DataLock::take(loaded.config.data);
      if (!taken) {
        log::stop();
        complain(taken.error());
        return kFailed;
      }
      lock.emplace(std::move(*taken));
    }
    auto app = App::create(std::move(loaded.config), {});
    if (!app) {
      log::stop();
      complain(app.error());
      return kFailed;
    }
    auto& services = (*app)->core().services();
    if (auto ok = make_first_things(services.users, services.profiles, process_environment()); !ok) {
      log::stop();
      complain(ok.error());
      return kFailed;
    }
    (*app)->start();
    starting.done();
    log::info("started", {{"version", std::string_view(WHARF_VERSION)}, {"address", (*app)->address()}});
    greet(**app, out);
    wait_and_stop(**app, out);
    log::info("stopped");
  } catch (const std::exception& accident) {
    log::stop();
    std::cerr << "wharf: " << accident.what() << '\n';
    return kFailed;
  }
  log::stop();
  return status;
}

}  // namespace wharf::app
