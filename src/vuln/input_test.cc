#include "vuln/input.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "base/testing_folder.h"

namespace wharf::vuln {
namespace {

using testing::ElementsAre;
using testing::Pair;

using Files = std::map<std::string, std::string>;

/// Writes an archive: of the raw format the one file's bytes alone.
void write(const std::filesystem::path& path, int format, int filter, const Files& files) {
  archive* to = archive_write_new();
  archive_write_set_format(to, format);
  archive_write_add_filter(to, filter);
  ASSERT_EQ(archive_write_open_filename(to, path.c_str()), ARCHIVE_OK);
  for (const auto& [name, text] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(text.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    ASSERT_EQ(archive_write_header(to, entry), ARCHIVE_OK);
    ASSERT_EQ(archive_write_data(to, text.data(), text.size()), static_cast<la_ssize_t>(text.size()));
    archive_entry_free(entry);
  }
  archive_write_free(to);
}

Files read(const std::filesystem::path& path) {
  Files files;
  const auto done = read_file(path, [&](Input& input) -> Result<void> {
    auto all = input.read_all(1000);
    if (!all) return all.error();
    files[std::string(input.name())] = *std::move(all);
    return {};
  });
  EXPECT_TRUE(done) << done.error().message << done.error().detail;
  return files;
}

TEST(InputFile, IsReadHoweverItIsPacked) {
  const TemporaryFolder folder;
  const Files two{{"a.json", "{}"}, {"b/../../c.json", "[1]"}};
  write(folder.path() / "z.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, two);
  write(folder.path() / "t.tar.gz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, two);
  write(folder.path() / "t.tar.zst", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD, two);
  for (const auto* name : {"z.zip", "t.tar.gz", "t.tar.zst"}) EXPECT_EQ(read(folder.path() / name), two) << name;
  write(folder.path() / "x.bz2", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_BZIP2, {{"x", "<xml/>"}});
  EXPECT_THAT(read(folder.path() / "x.bz2"), ElementsAre(Pair("data", "<xml/>")));
  std::ofstream(folder.path() / "plain") << "just text";
  EXPECT_THAT(read(folder.path() / "plain"), ElementsAre(Pair("data", "just text")));
}

TEST(InputFile, ThatWouldFillTheMemoryIsRefused) {
  const TemporaryFolder folder;
  const std::string zeros(8 << 20, '\0');
  write(folder.path() / "bomb.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, {{"a", zeros}, {"b", zeros}});
  const auto drain = [](Input& input) -> Result<void> {
    std::string buffer(64 * 1024, '\0');
    for (;;) {
      const auto got = input.read(buffer);
      if (!got) return got.error();
      if (*got == 0) return {};
    }
  };
  const auto bomb = folder.path() / "bomb.zip";
  EXPECT_TRUE(read_file(bomb, drain));
  EXPECT_FALSE(read_file(bomb, drain, {.ratio = 100, .free_bytes = 1 << 20})) << "8 MiB out of some kilobytes";
  EXPECT_FALSE(read_file(bomb, drain, {.bytes = 12 << 20})) << "all entries together";
  EXPECT_FALSE(read_file(bomb, drain, {.entries = 1}));
  const auto whole = read_file(bomb, [](Input& input) -> Result<void> {
    auto all = input.read_all(1 << 20);
    return all ? Result<void>() : Result<void>(all.error());
  });
  ASSERT_FALSE(whole);
  EXPECT_EQ(whole.error().code, Errc::payload_too_large);
}

TEST(InputFile, ThatIsDamagedIsAnError) {
  const TemporaryFolder folder;
  std::string noise(20'000, '\0');
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<char>((i * i * 31) >> 3);
  write(folder.path() / "x.tar.gz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, {{"a", noise}});
  std::filesystem::resize_file(folder.path() / "x.tar.gz", std::filesystem::file_size(folder.path() / "x.tar.gz") / 2);
  const auto all = [](Input& input) -> Result<void> {
    auto text = input.read_all(1 << 20);
    return text ? Result<void>() : Result<void>(text.error());
  };
  EXPECT_FALSE(read_file(folder.path() / "x.tar.gz", all));
  EXPECT_FALSE(read_file(folder.path() / "nothing", all));
}

}  // namespace
}  // namespace wharf::vuln
