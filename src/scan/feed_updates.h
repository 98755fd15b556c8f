#pragma once
#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/error.h"
#include "db/database.h"
#include "net/http_client.h"
#include "vuln/download.h"

namespace wharf::scan {

/// A feed's file that came, or nothing if the server has nothing new.
struct FetchedFeed {
  bool is_new = false;
  std::filesystem::path path;
  std::string etag, last_modified;
};
/// Fetches `url`, or what the file there points to, unless it is as `etag` and `last_modified` say ("": not known).
/// The file is written below `folder`, called as the URL has it, after all that lies there has gone.
/// Errors: as HttpClient::fetch; downstream_issue for another status than 200 and 304; payload_too_large;
/// insufficient_storage. Memory: 512 KiB.
awaitable<Result<FetchedFeed>> fetch_feed(net::HttpClient& client, std::string url, std::string etag,
                                          std::string last_modified, std::filesystem::path folder,
                                          std::uint64_t largest_bytes = std::uint64_t{4} << 30);

/// Fetches vulnerability feeds from where they are published and puts them in force.
///
/// Each URL is one row that one node at a time takes (vuln/download.h). A server that says that nothing is new costs
/// one request; what fails comes again after 5 min, 10, 20… and the feed that is in force stays. A file lies in
/// `folder` while it is read. Memory: as one import, at most 100 MiB or so.
class FeedUpdates {
 public:
  struct Parts {
    db::Database& db;
    std::filesystem::path folder;  ///< Made when it is needed; what is in it is the node's own, and goes.
    std::vector<std::string> urls;
    std::chrono::milliseconds every{6 * 3600 * 1000};
    std::shared_ptr<const net::AddressPolicy> policy;      ///< Where requests may go.
    std::uint64_t largest_bytes = std::uint64_t{4} << 30;  ///< Of one file, as it is sent.
  };
  explicit FeedUpdates(Parts parts);
  ~FeedUpdates();

  struct Done {
    int imported = 0, unchanged = 0, failed = 0;
  };
  /// Fetches what is due.
  awaitable<Done> round();
  /// Ends a running round soon. From any thread.
  void stop();

 private:
  awaitable<void> update(vuln::Download download, Done& done);

  const Parts parts_;
  net::HttpClient client_;
  std::atomic<bool> stopping_{false};
  bool known_ = false;  ///< Whether the rows are those of `urls`.
  boost::asio::thread_pool importers_{1};
};

}  // namespace wharf::scan
