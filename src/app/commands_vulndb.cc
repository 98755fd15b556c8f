#include "app/commands_vulndb.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <ostream>

#include "app/command_failure.h"
#include "app/counted.h"
#include "app/progress_line.h"
#include "base/json.h"
#include "net/http_client.h"
#include "scan/feed_updates.h"
#include "vuln/bundle.h"
#include "vuln/download.h"
#include "vuln/feeds.h"
#include "vuln/importer.h"
#include "vuln/store.h"

namespace wharf::app {
namespace {

struct FeedShown {
  std::string feed;
  Rfc3339 updated;
  std::int64_t advisories = 0;
  std::int64_t entries = 0;
  std::int64_t skipped = 0;
};
BOOST_DESCRIBE_STRUCT(FeedShown, (), (feed, updated, advisories, entries, skipped))

struct FeedsShown {
  std::vector<FeedShown> feeds;
};
BOOST_DESCRIBE_STRUCT(FeedsShown, (), (feeds))

struct RemovedShown {
  std::string removed;
};
BOOST_DESCRIBE_STRUCT(RemovedShown, (), (removed))

void print(const std::vector<vuln::FeedRow>& rows, bool as_json, std::ostream& out) {
  FeedsShown shown;
  for (const auto& row : rows) {
    shown.feeds.push_back({row.feed, Rfc3339{row.finished_ms}, row.advisories, row.entries, row.skipped});
  }
  if (as_json) {
    out << json::encode(shown) << "\n";
    return;
  }
  std::size_t width = 0;
  for (const auto& feed : shown.feeds) width = std::max(width, feed.feed.size());
  for (const auto& feed : shown.feeds) {
    out << fmt::format("{:<{}}  {}  {}, {}", feed.feed, width, rfc3339(feed.updated.at),
                       counted(feed.advisories, "advisory", "advisories"), counted(feed.entries, "entry", "entries"));
    if (feed.skipped > 0) out << fmt::format(", {} not understood", feed.skipped);
    out << "\n";
  }
}

/// Runs `job`, which answers with the feeds that it changed, and prints them.
template <class Job>
int with_feeds(Job job, bool as_json, std::ostream& out, std::ostream& err) {
  try {
    const Result<std::vector<vuln::FeedRow>> rows = job();
    if (!rows) return fail(rows.error(), err);
    print(*rows, as_json, out);
    return 0;
  } catch (const Accident& accident) {
    return fail(accident.error(), err);
  }
}

/// A feed's file from elsewhere, in a folder of its own that goes with this object.
class Download {
 public:
  explicit Download(const std::string& url) {
    std::string folder = (std::filesystem::temp_directory_path() / "wharf-feed-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
      path_ = Error{Errc::insufficient_storage, "There is no room for a temporary folder"};
      return;
    }
    folder_ = folder;
    net::HttpClient client{net::HttpClientOptions{}};
    boost::asio::io_context loop;
    auto fetch = scan::fetch_feed(client, url, "", "", folder_ / "feed");
    auto fetched = boost::asio::co_spawn(loop, std::move(fetch), boost::asio::use_future);
    loop.run();
    auto file = fetched.get();
    if (file) {
      path_ = file->path;
    } else {
      path_ = Error{file.error().code, url + ": " + file.error().message, file.error().detail};
    }
  }
  ~Download() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;

  /// Errors: those of fetch_feed.
  const Result<std::filesystem::path>& path() const { return path_; }

 private:
  std::filesystem::path folder_;
  Result<std::filesystem::path> path_ = std::filesystem::path();
};

}  // namespace

int update_vulndb(db::Database& database, const VulndbUpdateCommand& command, std::ostream& out, std::ostream& err) {
  const auto job = [&]() -> Result<std::vector<vuln::FeedRow>> {
    vuln::Importer importer(database);
    ProgressLine line(err, !command.json);
    const auto done = [&](const vuln::FileRead& file) {
      if (command.json) return;
      line.clear();
      if (file.records == 0) {
        err << file.path << ": passed over\n";
      } else {
        err << file.path << ": " << counted(static_cast<std::int64_t>(file.records), "document", "documents") << "\n";
      }
    };
    const auto progress = [&](std::uint64_t at, std::uint64_t of) { line.at(at, of); };
    for (const auto& item : command.from) {
      std::vector<std::string> urls;
      std::error_code ignored;
      // A file may be called like a feed: what is there comes first.
      if (!std::filesystem::exists(item, ignored)) {
        if (auto named = vuln::urls_of_feed(item)) urls = std::move(*named);
      }
      if (urls.empty()) {
        if (auto read = vuln::read_feeds(item, importer, done, progress); !read) return read.error();
      }
      for (const auto& url : urls) {
        const Download file(url);
        if (!file.path()) return file.path().error();
        if (auto read = vuln::read_feeds(*file.path(), importer, done, progress); !read) return read.error();
      }
    }
    auto rows = importer.finish();
    if (rows.empty()) return Error{Errc::invalid_request, "There is no vulnerability data in what was given"};
    return rows;
  };
  return with_feeds(job, command.json, out, err);
}

int show_vulndb(db::Database& database, const VulndbStatusCommand& command, std::ostream& out, std::ostream& err) {
  const auto job = [&]() -> Result<std::vector<vuln::FeedRow>> {
    auto rows = database.read_now([](db::Tx& tx) { return vuln::list_feeds(tx); });
    if (rows.empty() && !command.json) out << "There is no vulnerability data.\n";
    return rows;
  };
  return with_feeds(job, command.json, out, err);
}

int export_vulndb(db::Database& database, const VulndbFileCommand& command, std::ostream& out, std::ostream& err) {
  return with_feeds([&] { return vuln::export_bundle(database, command.file); }, command.json, out, err);
}

int import_vulndb(db::Database& database, const VulndbFileCommand& command, std::ostream& out, std::ostream& err) {
  return with_feeds([&] { return vuln::import_bundle(database, command.file); }, command.json, out, err);
}

int remove_from_vulndb(db::Database& database, const VulndbRemoveCommand& command, std::ostream& out,
                       std::ostream& err) {
  try {
    if (!vuln::remove_feed(database, command.feed)) {
      return fail({Errc::not_found, command.feed + ": there is no such feed"}, err);
    }
    if (command.json) {
      out << json::encode(RemovedShown{command.feed}) << "\n";
    } else {
      out << "Removed " << command.feed << ".\n";
    }
    return 0;
  } catch (const Accident& accident) {
    return fail(accident.error(), err);
  }
}

}  // namespace wharf::app
