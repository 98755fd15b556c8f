#include "app/commands_vulndb.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/json.h"
#include "base/testing_folder.h"
#include "tests/support/test_registry.h"

namespace wharf::app {
namespace {

using test::TestRegistry;

struct Ran {
  int code = 0;
  std::string out, err;
};

template <class Command>
Ran run(TestRegistry& reg, int (*what)(db::Database&, const Command&, std::ostream&, std::ostream&),
        const Command& command) {
  std::ostringstream out, err;
  const int code = what(reg.database(), command, out, err);
  return {code, out.str(), err.str()};
}

constexpr std::string_view kRecord = R"({"id": "PYSEC-2018-28", "aliases": ["CVE-2018-18074"], "affected": [{
  "package": {"ecosystem": "PyPI", "name": "requests"},
  "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.20.0"}]}]}]})";

TEST(VulndbCommands, UpdateListCarryAndRemove) {
  TestRegistry reg;
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "PyPI");
  std::ofstream(folder.path() / "PyPI/PYSEC-2018-28.json") << kRecord;
  std::ofstream(folder.path() / "LICENSE") << "Words.";

  EXPECT_EQ(run(reg, show_vulndb, {}).out, "There is no vulnerability data.\n");
  const auto updated = run(reg, update_vulndb, {.from = {folder.path().string()}});
  EXPECT_EQ(updated.code, 0) << updated.err;
  EXPECT_TRUE(updated.out.starts_with("osv/PyPI  ")) << updated.out;
  EXPECT_TRUE(updated.out.ends_with("  1 advisory, 1 entry\n")) << updated.out;
  EXPECT_NE(updated.err.find("LICENSE: passed over\n"), std::string::npos) << updated.err;
  EXPECT_NE(updated.err.find("PYSEC-2018-28.json: 1 document\n"), std::string::npos) << updated.err;
  EXPECT_EQ(run(reg, show_vulndb, {}).out, updated.out);

  const auto status = run(reg, show_vulndb, {.json = true});
  const auto feeds = json::parse(status.out).value().at("feeds").as_array();
  ASSERT_EQ(feeds.size(), 1u);
  EXPECT_EQ(feeds[0].at("feed"), "osv/PyPI");
  EXPECT_EQ(feeds[0].at("advisories").to_number<int>(), 1);

  const std::string file = (folder.path() / "bundle").string();
  EXPECT_EQ(run(reg, export_vulndb, {.file = file}).out, updated.out);
  const auto removed = run(reg, remove_from_vulndb, {.feed = "osv/PyPI"});
  EXPECT_EQ(removed.out, "Removed osv/PyPI.\n");
  EXPECT_EQ(run(reg, show_vulndb, {.json = true}).out, "{\"feeds\": []}\n");
  EXPECT_EQ(run(reg, import_vulndb, {.file = file}).code, 0);
  EXPECT_EQ(json::parse(run(reg, show_vulndb, {.json = true}).out).value().at("feeds").as_array().size(), 1u);
}

TEST(VulndbCommands, SayWhatIsWrongAndChangeNothing) {
  TestRegistry reg;
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "cut.json") << kRecord.substr(0, 50);
  std::ofstream(folder.path() / "note.txt") << "Words.";
  for (const auto& refused : {run(reg, update_vulndb, {.from = {(folder.path() / "none").string()}}),
                              run(reg, update_vulndb, {.from = {(folder.path() / "cut.json").string()}}),
                              run(reg, update_vulndb, {.from = {(folder.path() / "note.txt").string()}, .json = true}),
                              run(reg, import_vulndb, {.file = (folder.path() / "note.txt").string()}),
                              run(reg, import_vulndb, {.file = (folder.path() / "none").string()}),
                              run(reg, export_vulndb, {.file = (folder.path() / "no/such/folder").string()}),
                              run(reg, remove_from_vulndb, {.feed = "osv/PyPI"})}) {
    EXPECT_EQ(refused.code, 1);
    EXPECT_TRUE(refused.out.empty()) << refused.out;
    EXPECT_TRUE(refused.err.starts_with("wharf: ")) << refused.err;
  }
  EXPECT_EQ(run(reg, show_vulndb, {.json = true}).out, "{\"feeds\": []}\n");
}

}  // namespace
}  // namespace wharf::app
