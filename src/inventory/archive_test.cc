#include "inventory/archive.h"

#include <gmock/gmock.h>

#include "inventory/testing.h"

namespace wharf::inventory {
namespace {

using testing::ElementsAre;

/// The entries of an archive as "path=content", links as "path->target".
Result<std::vector<std::string>> list(std::string_view bytes, Archive::Form form, const Limits& limits = {}) {
  MemorySource source(bytes);
  Budget budget(limits);
  auto archive = Archive::open(source, form, budget);
  if (!archive) return archive.error();
  std::vector<std::string> all;
  for (;;) {
    const auto entry = (*archive)->next();
    if (!entry) return entry.error();
    if (*entry == nullptr) return all;
    const Entry& it = **entry;
    if (it.type == EntryType::symlink || it.type == EntryType::hardlink) {
      all.push_back(it.path + "->" + it.link);
    } else if (it.type == EntryType::folder) {
      all.push_back(it.path + "/");
    } else {
      std::string path = it.path;
      const auto content = (*archive)->read_all(1 << 20);
      if (!content) return content.error();
      all.push_back(path + "=" + *content);
    }
  }
}

Errc failure(const auto& result) { return result ? Errc::internal : result.error().code; }

TEST(Archive, ReadsLayersPlainAndPacked) {
  const std::vector<TestFile> files{test_folder("etc"),
                                    {.path = "./etc/hostname", .content = "x\n"},
                                    test_symlink("etc/link", "../usr/lib/x"),
                                    test_hardlink("etc/same", "./etc/hostname")};
  for (const int filter : {ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD}) {
    const auto entries = list(test_layer(files, filter), Archive::Form::layer);
    ASSERT_TRUE(entries) << entries.error().detail;
    EXPECT_THAT(*entries, ElementsAre("etc/", "etc/hostname=x\n", "etc/link->../usr/lib/x", "etc/same->etc/hostname"));
  }
}

TEST(Archive, ReadsNamesInUtf8InBothFormsOfTar) {
  const std::vector<TestFile> files{{.path = "größe", .content = "1"}};
  for (const int format : {ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FORMAT_TAR_USTAR}) {
    const auto entries = list(test_archive(files, format), Archive::Form::layer);
    ASSERT_TRUE(entries) << format;
    EXPECT_THAT(*entries, ElementsAre("größe=1"));
  }
}

TEST(Archive, ReadsZip) {
  const auto entries =
      list(test_zip({{.path = "META-INF/MANIFEST.MF", .content = "A: b\n"}, {.path = "x", .content = "y"}}),
           Archive::Form::zip);
  ASSERT_TRUE(entries);
  EXPECT_THAT(*entries, ElementsAre("META-INF/MANIFEST.MF=A: b\n", "x=y"));
}

TEST(Archive, LeavesOutEntriesThatPointOutside) {
  const auto entries = list(test_layer({{.path = "../../etc/passwd", .content = "x"},
                                        {.path = "a", .content = "1"},
                                        {.path = std::string(2000, 'p'), .content = "x"}}),
                            Archive::Form::layer);
  ASSERT_TRUE(entries);
  EXPECT_THAT(*entries, ElementsAre("a=1"));
}

TEST(Archive, RefusesWhatIsNone) {
  EXPECT_EQ(failure(list("", Archive::Form::layer)), Errc::invalid_request);
  EXPECT_EQ(failure(list("this is no archive, whatever it says", Archive::Form::layer)), Errc::invalid_request);
  EXPECT_EQ(failure(list("\x1f\x8b junk", Archive::Form::layer)), Errc::invalid_request);
  EXPECT_EQ(failure(list("no zip either", Archive::Form::zip)), Errc::invalid_request);
  const auto whole = test_layer({{.path = "a", .content = std::string(100'000, 'x')}}, ARCHIVE_FILTER_GZIP);
  EXPECT_EQ(failure(list(whole.substr(0, whole.size() / 2), Archive::Form::layer)), Errc::invalid_request);
}

TEST(Archive, UnpacksOnce) {
  const auto inner = test_layer({{.path = "a", .content = "1"}}, ARCHIVE_FILTER_GZIP);
  const auto packed_twice = test_archive({{.path = "x", .content = inner}}, ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP);
  EXPECT_EQ(failure(list(packed_twice, Archive::Form::layer)), Errc::invalid_request);
}

TEST(Archive, EndsABombWithAnError) {
  const std::vector<TestFile> files{{.path = "zeros", .content = std::string(40'000'000, '\0')},
                                    {.path = "z", .content = "1"}};
  for (const int filter : {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD}) {
    const auto bomb = test_layer(files, filter);
    MemorySource source(bomb);
    Limits limits{.ratio = 100, .free_bytes = 1'000'000};
    Budget budget(limits);
    auto archive = Archive::open(source, Archive::Form::layer, budget);
    ASSERT_TRUE(archive);
    // Even for entries that nobody reads.
    Errc code = Errc::internal;
    for (int i = 0; i < 4 && code == Errc::internal; ++i) code = failure((*archive)->next());
    EXPECT_EQ(code, Errc::payload_too_large);
  }
}

TEST(Archive, KeepsToItsLimits) {
  const auto layer = test_layer({{.path = "a", .content = std::string(50'000, 'x')}, {.path = "b"}, {.path = "c"}});
  EXPECT_EQ(failure(list(layer, Archive::Form::layer, {.bytes = 40'000})), Errc::payload_too_large);
  EXPECT_EQ(failure(list(layer, Archive::Form::layer, {.entries = 2})), Errc::payload_too_large);
  EXPECT_EQ(failure(list(layer, Archive::Form::layer, {.stop = [] { return true; }})), Errc::unavailable);
  EXPECT_TRUE(list(layer, Archive::Form::layer, {.entries = 3}));
}

TEST(Archive, PassesOnHowItsSourceFailed) {
  struct Failing : Source {
    Result<std::size_t> read(std::span<char>) override { return Error{Errc::blob_unknown, "gone"}; }
  } failing;
  const Limits limits;
  Budget budget(limits);
  EXPECT_EQ(failure(Archive::open(failing, Archive::Form::layer, budget)), Errc::blob_unknown);
}

}  // namespace
}  // namespace wharf::inventory
