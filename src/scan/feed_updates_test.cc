#include "scan/feed_updates.h"

#include <gmock/gmock.h>

#include <thread>

#include "base/testing.h"
#include "base/testing_folder.h"
#include "db/testing.h"
#include "net/testing.h"
#include "vuln/store.h"

namespace wharf::scan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kRecord = R"({"id": "GHSA-1", "modified": "2024-01-01T00:00:00Z", "aliases": ["CVE-2021-1"],
  "affected": [{"package": {"ecosystem": "npm", "name": "lodash"},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "4.17.21"}]}]}]})";

http::Response reply(int status, std::string body, std::string etag = "") {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  if (!etag.empty()) response.headers.emplace_back("ETag", std::move(etag));
  return response;
}

class FeedUpdatesTest : public testing::Test {
 protected:
  std::unique_ptr<FeedUpdates> make(std::vector<std::string> urls, std::vector<std::string> allowed = {"127.0.0.1"},
                                    std::uint64_t largest_bytes = 1 << 20) {
    auto policy = std::make_shared<const net::AddressPolicy>(net::AddressPolicy::Rules{.allowed = std::move(allowed)});
    return std::make_unique<FeedUpdates>(FeedUpdates::Parts{.db = *database_,
                                                            .folder = folder_.path() / "feeds",
                                                            .urls = std::move(urls),
                                                            .every = std::chrono::milliseconds(1),
                                                            .policy = std::move(policy),
                                                            .largest_bytes = largest_bytes});
  }
  std::vector<std::string> feeds() {
    std::vector<std::string> names;
    for (const auto& row : database_->read_now([](db::Tx& tx) { return vuln::list_feeds(tx); })) {
      names.push_back(row.feed);
    }
    return names;
  }
  std::vector<vuln::Download> downloads() {
    return database_->read_now([](db::Tx& tx) { return vuln::list_downloads(tx); });
  }
  /// "imported unchanged failed" of one round, in which everything is due again.
  std::string round_of(FeedUpdates& updates) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const auto done = run_awaitable(updates.round());
    return std::to_string(done.imported) + ' ' + std::to_string(done.unchanged) + ' ' + std::to_string(done.failed);
  }

  TemporaryFolder folder_;
  db::TestDatabase made_ = db::TestDatabase::make_migrated(db::Engine::sqlite);
  std::unique_ptr<db::Database> database_ = made_.open();
  net::testing::HookSink server_;
};

TEST_F(FeedUpdatesTest, AsksForWhatIsNewAlone) {
  server_.answer_with([](const net::testing::ReceivedRequest& request) {
    return request.header("If-None-Match") == "\"1\"" ? reply(304, "") : reply(200, std::string(kRecord), "\"1\"");
  });
  const auto updates = make({server_.url("/npm/all.json")});
  EXPECT_EQ(round_of(*updates), "1 0 0");
  EXPECT_THAT(feeds(), ElementsAre("osv/npm"));
  EXPECT_EQ(round_of(*updates), "0 1 0");
  EXPECT_THAT(server_.requests(), SizeIs(2));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "feeds")) << "nothing stays on the disk";
  ASSERT_THAT(downloads(), SizeIs(1));
  EXPECT_EQ(downloads().front().etag, "\"1\"");
  EXPECT_GT(downloads().front().imported_ms, 0);
}

TEST_F(FeedUpdatesTest, AFailureLeavesTheFeedThatIsInForce) {
  const auto updates = make({server_.url("/npm/all.json")});
  server_.answer_with([](const auto&) { return reply(200, std::string(kRecord)); });
  EXPECT_EQ(round_of(*updates), "1 0 0");
  server_.answer_with([](const auto&) { return reply(200, "{\"id\": 1}"); });
  EXPECT_EQ(round_of(*updates), "0 0 1");
  EXPECT_THAT(downloads().front().error.value_or(""), HasSubstr("no vulnerability data"));
  server_.answer_with([](const auto&) { return reply(503, ""); });
  EXPECT_EQ(round_of(*updates), "0 0 1");
  EXPECT_THAT(downloads().front().error.value_or(""), HasSubstr("503"));
  EXPECT_EQ(downloads().front().failures, 2);
  EXPECT_THAT(feeds(), ElementsAre("osv/npm"));
}

TEST_F(FeedUpdatesTest, GoesToPublicServersAloneUnlessTheyAreAllowed) {
  const auto updates = make({server_.url("/npm/all.json")}, {});
  EXPECT_EQ(round_of(*updates), "0 0 1");
  EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(FeedUpdatesTest, RefusesWhatIsTooLarge) {
  server_.answer_with([](const auto&) { return reply(200, std::string(kRecord)); });
  const auto updates = make({server_.url("/npm/all.json")}, {"127.0.0.1"}, 100);
  EXPECT_EQ(round_of(*updates), "0 0 1");
  EXPECT_THAT(feeds(), IsEmpty());
}

TEST_F(FeedUpdatesTest, FollowsAFileThatSaysWhereTheFeedIs) {
  server_.answer_with([this](const net::testing::ReceivedRequest& request) {
    if (request.target == "/core/mirror.list") return reply(200, server_.url("/guids/1a2b/") + "\n");
    if (request.target != "/guids/1a2b/repodata/updateinfo.xml.gz") return reply(404, "");
    return reply(200, R"(<updates><update type="security"><id>ALAS2023-1</id>
      <references><reference id="CVE-2023-1111" type="cve"/></references><pkglist><collection>
      <package name="curl" version="8" release="1.amzn2023" epoch="0" arch="x86_64"/></collection></pkglist></update></updates>)");
  });
  const auto updates = make({server_.url("/core/mirror.list")});
  EXPECT_EQ(round_of(*updates), "1 0 0");
  ASSERT_THAT(feeds(), SizeIs(1));
  EXPECT_THAT(feeds().front(), HasSubstr("core")) << "called after what is configured, as the other name changes";
}

}  // namespace
}  // namespace wharf::scan
