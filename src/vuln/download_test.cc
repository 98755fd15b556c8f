#include "vuln/download.h"

#include <gmock/gmock.h>

#include "db/testing.h"

namespace wharf::vuln {
namespace {

using testing::ElementsAre;

std::vector<std::string> urls(std::string_view item) {
  auto all = urls_of_feed(item);
  return all ? *all : std::vector<std::string>{"none"};
}

TEST(FeedNames, StandForUrls) {
  EXPECT_THAT(urls("https://example.org/a.zip"), ElementsAre("https://example.org/a.zip"));
  EXPECT_THAT(urls("debian"), ElementsAre("https://security-tracker.debian.org/tracker/data/json"));
  EXPECT_THAT(urls("alpine:v3.20"), ElementsAre("https://secdb.alpinelinux.org/v3.20/main.json",
                                                "https://secdb.alpinelinux.org/v3.20/community.json"));
  EXPECT_THAT(urls("osv:Rocky Linux"),
              ElementsAre("https://osv-vulnerabilities.storage.googleapis.com/Rocky%20Linux/all.zip"));
  EXPECT_THAT(urls("amazon:2"), ElementsAre("https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list"));
  EXPECT_THAT(urls("amazon:2023"),
              ElementsAre("https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list"));
  for (const auto* bad :
       {"", "alpine", "amazon", "debian:12", "osv:../x", "osv:a/b", "unknown", "ftp://example.org/a"}) {
    EXPECT_THAT(urls(bad), ElementsAre("none")) << bad;
  }
}

class Downloads : public testing::TestWithParam<db::Engine> {
 protected:
  db::Database& database() { return *opened_; }

  db::TestDatabase made_ = db::TestDatabase::make_migrated(GetParam());
  std::unique_ptr<db::Database> opened_ = made_.open();
};
INSTANTIATE_TEST_SUITE_P(, Downloads, testing::Values(db::Engine::sqlite, db::Engine::postgres),
                         [](const auto& info) { return db::engine_name(info.param); });

TEST_P(Downloads, AreTakenByOneAtATime) {
  const auto set = [&](std::vector<std::string> all) {
    database().write_now([&](db::Tx& tx) {
      set_downloads(tx, all);
      return true;
    });
  };
  const auto take = [&](Millis now) {
    return database().write_now([now](db::Tx& tx) { return take_due_download(tx, now, now + 100); });
  };
  set({"http://b", "http://a"});
  auto first = take(1000);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->url, "http://a");
  EXPECT_EQ(take(1000)->url, "http://b");
  EXPECT_FALSE(take(1099));
  first->etag = "\"1\"";
  first->due_ms = 5000;
  EXPECT_TRUE(database().write_now([&](db::Tx& tx) { return finish_download(tx, *first); }));
  EXPECT_FALSE(database().write_now([&](db::Tx& tx) { return finish_download(tx, *first); })) << "no longer its own";
  EXPECT_EQ(take(1100)->url, "http://b") << "its worker is taken for dead";
  EXPECT_FALSE(take(1100));
  set({"http://a"});
  const auto left = database().read_now([](db::Tx& tx) { return list_downloads(tx); });
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left.front().etag, "\"1\"");
}

}  // namespace
}  // namespace wharf::vuln
