#include "scan/feed_updates.h"

#include <algorithm>
#include <fstream>

#include "base/log.h"
#include "vuln/feeds.h"
#include "vuln/importer.h"

namespace wharf::scan {
namespace {

namespace fs = std::filesystem;

constexpr Millis kLeaseMs = 60 * 60'000;
constexpr Millis kFirstWaitMs = 5 * 60'000;
constexpr std::size_t kPiece = 256 * 1024;
constexpr std::size_t kLargestPointer = 64 * 1024;
constexpr int kRedirects = 5;

/// A part of a URL as a file may be called.
std::string plain_name(std::string_view text) {
  std::string name(text.substr(0, 100));
  for (char& c : name) {
    const bool stays =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    if (!stays) c = '_';
  }
  if (name.empty() || name.front() == '.') name.insert(name.begin(), '_');
  return name;
}

std::string_view without_query(std::string_view url) { return url.substr(0, url.find_first_of("?#")); }

std::string_view last_part(std::string_view url) {
  url = without_query(url);
  return url.substr(url.rfind('/') + 1);
}

/// Everything before the last part, with the slash.
std::string_view parent_of(std::string_view url) {
  url = without_query(url);
  return url.substr(0, url.rfind('/') + 1);
}

/// Files whose first line says where the feed is: Red Hat's newest archive, and where Amazon's repository lies now.
bool is_archive_pointer(std::string_view url) { return last_part(url) == "archive_latest.txt"; }
bool is_mirror_list(std::string_view url) { return last_part(url) == "mirror.list"; }

/// Feeds are called after their files and the folders of these (vuln/feeds.h): both as the configured URL has them, so
/// that a feed keeps its name however its server moves it about.
fs::path place_of(const fs::path& folder, std::string_view configured, std::string_view target) {
  std::string_view parent = parent_of(configured);
  if (!parent.empty()) parent.remove_suffix(1);
  const bool of_repository = last_part(target).find("updateinfo.xml") != std::string_view::npos;
  if (of_repository) parent = parent.substr(std::min(parent.find("//") + 2, parent.size()));
  return folder / plain_name(of_repository ? parent : last_part(parent)) / plain_name(last_part(target));
}

Error broken(int status) {
  return {Errc::downstream_issue, "The server answered with status " + std::to_string(status)};
}

/// Where the feed is: at `url`, or where the file there says.
awaitable<Result<std::string>> target_of(net::HttpClient& client, std::string url) {
  if (!is_archive_pointer(url) && !is_mirror_list(url)) co_return url;
  net::HttpRequest request{.url = url};
  request.redirects = kRedirects;
  request.largest_reply_bytes = kLargestPointer;
  const auto reply = co_await client.fetch(std::move(request));
  if (!reply) co_return reply.error();
  if (reply->status != 200) co_return broken(reply->status);
  std::string line = reply->body.substr(0, reply->body.find_first_of("\r\n"));
  if (line.empty()) co_return Error{Errc::downstream_issue, "The server does not say where the feed is"};
  if (line.find("://") == std::string::npos) line.insert(0, parent_of(url));
  if (is_mirror_list(url)) line += (line.ends_with('/') ? "" : "/") + std::string("repodata/updateinfo.xml.gz");
  co_return line;
}

}  // namespace

awaitable<Result<FetchedFeed>> fetch_feed(net::HttpClient& client, std::string url, std::string etag,
                                          std::string last_modified, fs::path folder, std::uint64_t largest_bytes) {
  const auto target = co_await target_of(client, url);
  if (!target) co_return target.error();
  net::HttpRequest request{.url = *target};
  request.redirects = kRedirects;
  request.timeouts.whole = std::chrono::milliseconds(0);
  if (!etag.empty()) request.headers.emplace_back("If-None-Match", etag);
  if (!last_modified.empty()) request.headers.emplace_back("If-Modified-Since", last_modified);
  auto exchange = co_await client.open(std::move(request));
  if (!exchange) co_return exchange.error();
  const auto head = co_await (*exchange)->head();
  if (!head) co_return head.error();
  FetchedFeed fetched{.etag = std::string(head->header("ETag")),
                      .last_modified = std::string(head->header("Last-Modified"))};
  if (head->status == 304) co_return fetched;
  if (head->status != 200) co_return broken(head->status);

  fetched.path = place_of(folder, url, *target);
  std::error_code failed;
  fs::remove_all(folder, failed);
  fs::create_directories(fetched.path.parent_path(), failed);
  std::ofstream file(fetched.path, std::ios::binary);
  std::vector<std::byte> buffer(kPiece);
  std::uint64_t size = 0;
  for (;;) {
    const auto got = co_await (*exchange)->read_some(buffer);
    if (!got) co_return got.error();
    if (*got == 0) break;
    size += *got;
    if (size > largest_bytes) co_return Error{Errc::payload_too_large, "The file is too large"};
    file.write(reinterpret_cast<const char*>(buffer.data()), static_cast<std::streamsize>(*got));
  }
  file.close();
  if (!file) co_return Error{Errc::insufficient_storage, "The file cannot be written"};
  fetched.is_new = true;
  co_return fetched;
}

FeedUpdates::FeedUpdates(Parts parts)
    : parts_(std::move(parts)), client_(net::HttpClientOptions{.policy = parts_.policy}) {}

FeedUpdates::~FeedUpdates() {
  stop();
  importers_.join();
}

void FeedUpdates::stop() {
  stopping_ = true;
  client_.stop();
}

awaitable<FeedUpdates::Done> FeedUpdates::round() {
  Done done;
  if (!known_) {
    auto set = [this](db::Tx& tx) {
      vuln::set_downloads(tx, parts_.urls);
      return true;
    };
    known_ = co_await parts_.db.write(std::move(set));
  }
  const auto now = now_ms();  // what is due again meanwhile is the next round's
  while (!stopping_) {
    auto look = [](db::Tx& tx) { return vuln::list_downloads(tx); };
    const auto all = co_await parts_.db.read(std::move(look));
    const bool due = std::ranges::any_of(all, [now](const auto& it) { return it.due_ms <= now && it.lease_ms <= now; });
    if (!due) break;
    auto take = [now](db::Tx& tx) { return vuln::take_due_download(tx, now, now_ms() + kLeaseMs); };
    auto download = co_await parts_.db.write(std::move(take));
    if (!download) break;
    co_await update(std::move(*download), done);
  }
  co_return done;
}

awaitable<void> FeedUpdates::update(vuln::Download download, Done& done) {
  Result<std::string> outcome = std::string("unchanged");
  FetchedFeed file;
  try {
    auto fetched = co_await fetch_feed(client_, download.url, download.etag, download.last_modified, parts_.folder,
                                       parts_.largest_bytes);
    if (!fetched) {
      outcome = fetched.error();
    } else if (fetched->is_new) {
      file = std::move(*fetched);
      auto import = [this, path = file.path]() -> Result<std::string> {
        vuln::Importer importer(parts_.db);
        auto read = vuln::read_feeds(path, importer, [](const vuln::FileRead&) {});
        if (!read) return read.error();
        const auto rows = importer.finish();
        if (rows.empty()) return Error{Errc::invalid_request, "There is no vulnerability data in it"};
        std::string names;
        for (const auto& row : rows) names += (names.empty() ? "" : ", ") + row.feed;
        return names;
      };
      outcome = co_await run_on(importers_, std::move(import));
    }
  } catch (const std::exception& accident) {
    outcome = Error{Errc::internal, "An internal error", accident.what()};
  }
  std::error_code ignored;
  fs::remove_all(parts_.folder, ignored);

  const auto now = now_ms();
  const Millis every = parts_.every.count();
  if (outcome) {
    download.failures = 0;
    download.error.reset();
    download.checked_ms = now;
    download.due_ms = now + every;
    if (file.is_new) {
      download.etag = file.etag;
      download.last_modified = file.last_modified;
      download.imported_ms = now;
      log::info("a vulnerability feed was updated", {{"url", download.url}, {"feeds", *outcome}});
    }
    ++(file.is_new ? done.imported : done.unchanged);
  } else if (stopping_) {
    download.due_ms = now;  // it was not tried to its end
  } else {
    const auto doublings = std::min<std::int64_t>(download.failures, 10);
    download.due_ms = now + std::min(every, kFirstWaitMs << doublings);
    ++download.failures;
    download.error = outcome.error().message;
    log::warn("a vulnerability feed could not be updated", {{"url", download.url},
                                                            {"failures", download.failures},
                                                            {"reason", outcome.error().message},
                                                            {"detail", outcome.error().detail}});
    ++done.failed;
  }
  auto finish = [&download](db::Tx& tx) { return vuln::finish_download(tx, download); };
  co_await parts_.db.write(std::move(finish));
}

}  // namespace wharf::scan
