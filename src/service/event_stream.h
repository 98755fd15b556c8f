#pragma once
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/error.h"

namespace wharf::service {

/// What one listener hears, as the body of a reply in the form text/event-stream: `data: {"event", "data"}` and a
/// blank line for each event, and every five seconds an event "pulse". Source: Quay, "realtime"; WHATWG HTML,
/// "Server-sent events".
class EventStream : public std::enable_shared_from_this<EventStream> {
 public:
  using Gone = std::function<void(EventStream&)>;

  /// `gone` is called at the end of its life.
  EventStream(std::int64_t account_id, std::set<std::string, std::less<>> events, Gone gone);
  ~EventStream();
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  std::int64_t account_id() const { return account_id_; }
  bool wants(std::string_view event) const { return events_.contains(event); }

  /// Waits for what comes next and puts it into `piece`; false at the end, which comes after half an hour at the
  /// latest: whoever still listens then asks again, and is known again. One call at a time, always on one executor.
  awaitable<Result<bool>> next(std::string& piece);

  /// Any thread. Of what waits to be fetched the last 200 are kept.
  void add(std::string message);
  /// Any thread: no more comes.
  void end();

 private:
  void wake();

  const std::int64_t account_id_;
  const std::set<std::string, std::less<>> events_;
  const Gone gone_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  bool greeted_ = false;
  std::mutex mutex_;  ///< Of the rest.
  std::vector<std::string> waiting_;
  bool ended_ = false;
  std::optional<boost::asio::steady_timer> timer_;  ///< Set and waited on by `next` alone.
};

}  // namespace wharf::service
