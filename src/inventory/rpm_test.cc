#include "inventory/rpm.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "inventory/rpm_testing.h"

namespace wharf::inventory {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kOpenssl = test_rpm_header({.name = "openssl-libs",
                                              .version = "3.0.1",
                                              .release = "20.el9_0",
                                              .epoch = 1,
                                              .source_rpm = "openssl-3.0.1-20.el9_0.src.rpm",
                                              .vendor = "Red Hat, Inc."});
const std::string kZlib = test_rpm_header(
    {.name = "zlib", .version = "1.2.11", .release = "31.el9", .source_rpm = "zlib-1.2.11-31.el9.src.rpm"});

/// "name version source source_version" of each.
std::vector<std::string> names(Finds& finds) {
  std::vector<std::string> all;
  for (const auto& it : finds.packages()) {
    all.push_back(it.name + ' ' + it.version + ' ' + it.source_name + ' ' + it.source_version);
  }
  return all;
}
const auto kBoth =
    ElementsAre("openssl-libs 1:3.0.1-20.el9_0 openssl 3.0.1-20.el9_0", "zlib 1.2.11-31.el9 zlib 1.2.11-31.el9");

/// What is found in a database; "damaged" stands at the end if it was.
std::vector<std::string> told(std::string bytes, std::string_view log = {}) {
  Finds finds;
  const auto done = read_rpm_database(bytes, log, "var/lib/rpm/x", finds);
  auto all = names(finds);
  if (!done) all.emplace_back("damaged");
  return all;
}

TEST(RpmHeader, TellsNameVersionModuleVendorAndSource) {
  Finds finds;
  ASSERT_TRUE(read_rpm_header(test_rpm_header({.name = "npm",
                                               .version = "8.19.2",
                                               .release = "1.module+el8.7.0",
                                               .epoch = 0,
                                               .arch = "noarch",
                                               .source_rpm = "nodejs-18.12.1-2.module+el8.7.0.src.rpm",
                                               .vendor = "Red Hat, Inc.",
                                               .module = "nodejs:18:8070020221110:bd1311ed:x86_64"}),
                              "var/lib/rpm/Packages", finds));
  ASSERT_EQ(finds.packages().size(), 1u);
  EXPECT_EQ(finds.packages().front(), (Package{.kind = Kind::rpm,
                                               .name = "npm",
                                               .version = "0:8.19.2-1.module+el8.7.0",
                                               .source_name = "nodejs",
                                               .source_version = "18.12.1-2.module+el8.7.0",
                                               .arch = "noarch",
                                               .module = "nodejs:18:8070020221110:bd1311ed:x86_64",
                                               .vendor = "Red Hat, Inc.",
                                               .location = "var/lib/rpm/Packages"}));
}

TEST(RpmHeader, KnowsItsFilesAndLeavesOutKeys) {
  Finds finds;
  ASSERT_TRUE(read_rpm_header(test_rpm_header({.name = "python3-six",
                                               .folders = {"/usr/lib/python3.9/site-packages/", "/usr/share/"},
                                               .files = {{0, "six.py"}, {1, "doc"}, {7, "nowhere"}}}),
                              "x", finds));
  EXPECT_TRUE(finds.owns("usr/lib/python3.9/site-packages/six.py", Kind::pypi));
  EXPECT_TRUE(finds.owns("usr/share/doc", Kind::pypi));
  EXPECT_FALSE(finds.owns("usr/share/six.py", Kind::pypi));
  EXPECT_THAT(names(finds), ElementsAre("python3-six 1-1 python3-six "));
  ASSERT_TRUE(read_rpm_header(test_rpm_header({.name = "gpg-pubkey"}), "x", finds));
  EXPECT_EQ(finds.packages().size(), 1u);
}

TEST(RpmHeader, RefusesWhatIsCutOffOrNone) {
  for (std::size_t size = 0; size < kOpenssl.size(); ++size) {
    Finds finds;
    EXPECT_FALSE(read_rpm_header(std::string_view(kOpenssl).substr(0, size), "x", finds)) << size;
  }
  Finds finds;
  EXPECT_FALSE(read_rpm_header(std::string(64, '\xFF'), "x", finds));
  // Offsets beyond the data are texts that are empty.
  auto wild = kOpenssl;
  wild.replace(16, 4, "\x7F\xFF\xFF\xFF");
  EXPECT_TRUE(read_rpm_header(wild, "x", finds));
  EXPECT_THAT(finds.packages(), IsEmpty());
}

/// A database with the headers in its table, as rpm makes it.
std::string sqlite_database(const std::string& table, const std::vector<std::string>& headers) {
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(":memory:", &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, table.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  for (const auto& header : headers) {
    sqlite3_stmt* add = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(database, "INSERT INTO Packages (blob) VALUES (?)", -1, &add, nullptr), SQLITE_OK);
    sqlite3_bind_blob(add, 1, header.data(), static_cast<int>(header.size()), SQLITE_STATIC);
    EXPECT_EQ(sqlite3_step(add), SQLITE_DONE);
    sqlite3_finalize(add);
  }
  sqlite3_int64 size = 0;
  unsigned char* bytes = sqlite3_serialize(database, "main", &size, 0);
  std::string all(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  sqlite3_free(bytes);
  sqlite3_close(database);
  return all;
}
constexpr auto* kTable = "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)";

TEST(RpmSqlite, ReadsADatabaseInMemory) {
  EXPECT_THAT(told(sqlite_database(kTable, {kOpenssl, kZlib})), kBoth);
  auto with_log = sqlite_database(kTable, {kOpenssl, kZlib});
  with_log[18] = with_log[19] = 2;  // as a database that has had a write-ahead log
  EXPECT_THAT(told(with_log), kBoth);
}

TEST(RpmSqlite, ReadsALargeHeader) {
  std::vector<std::pair<std::uint32_t, std::string>> files(20'000, {0, "a-file-with-a-long-name"});
  const auto large = test_rpm_header({.name = "kernel", .folders = {"/usr/"}, .files = files});
  EXPECT_THAT(told(sqlite_database(kTable, {large, kZlib})),
              ElementsAre("kernel 1-1 kernel ", "zlib 1.2.11-31.el9 zlib 1.2.11-31.el9"));
}

/// The pages of `after` that differ from `before`, as a write-ahead log of one transaction.
std::string write_ahead_log(const std::string& before, const std::string& after) {
  std::uint32_t first = 0, second = 0;
  const auto sum = [&](std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += 4) {
      std::uint32_t word = 0;
      for (std::size_t i = 0; i < 4; ++i) word = word << 8 | static_cast<unsigned char>(bytes[at + i]);
      if (at % 8 == 0) {
        first += word + second;
      } else {
        second += word + first;
      }
    }
  };
  std::string log = big_endian(0x377f0683, 4) + big_endian(3007000, 4) + big_endian(4096, 4) + big_endian(0, 4) +
                    big_endian(0x1122334455667788, 8);
  sum(log);
  log += big_endian(first, 4) + big_endian(second, 4);
  const std::size_t pages = after.size() / 4096;
  for (std::size_t i = 0; i < pages; ++i) {
    const auto page = after.substr(i * 4096, 4096);
    if (i * 4096 < before.size() && page == before.substr(i * 4096, 4096) && i + 1 != pages) continue;
    const auto head = big_endian(i + 1, 4) + big_endian(i + 1 == pages ? pages : 0, 4);
    sum(head);
    sum(page);
    log += head + big_endian(0x1122334455667788, 8) + big_endian(first, 4) + big_endian(second, 4) + page;
  }
  return log;
}

TEST(RpmSqlite, ReadsWhatIsStillInTheLog) {
  const auto before = sqlite_database(kTable, {kOpenssl});
  const auto log = write_ahead_log(before, sqlite_database(kTable, {kOpenssl, kZlib}));
  EXPECT_THAT(told(before, log), kBoth);
  auto spoilt = log;
  spoilt.back() ^= 1;
  EXPECT_THAT(told(before, spoilt), ElementsAre("openssl-libs 1:3.0.1-20.el9_0 openssl 3.0.1-20.el9_0"));
  EXPECT_THAT(told(before, std::string(5000, 'x')).size(), 1u);
}

TEST(RpmSqlite, RefusesWhatOnlyLooksLikeATable) {
  EXPECT_THAT(
      told(sqlite_database("CREATE VIEW Packages AS WITH RECURSIVE n(blob) AS (SELECT 1 UNION ALL SELECT blob + 1 "
                           "FROM n) SELECT blob FROM n",
                           {})),
      ElementsAre("damaged"));
  EXPECT_THAT(told(sqlite_database("CREATE TABLE Other (x)", {})), ElementsAre("damaged"));
  auto cut_off = sqlite_database(kTable, {kOpenssl, kZlib});
  cut_off.resize(cut_off.size() / 2);
  EXPECT_THAT(told(cut_off), testing::Contains("damaged"));
}

/// Slots, then blobs in blocks of 16 bytes.
std::string ndb_database(const std::vector<std::string>& headers) {
  std::string slots = "RpmP" + little_endian(0, 4) + little_endian(1, 4) + little_endian(1, 4) +
                      little_endian(headers.size() + 1, 4) + std::string(12, '\0');
  std::string blobs;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    std::string blob =
        "BlbS" + little_endian(i + 1, 4) + little_endian(1, 4) + little_endian(headers[i].size(), 4) + headers[i];
    blob.resize((blob.size() + 12 + 15) / 16 * 16 - 12);
    blob += little_endian(0, 4) + little_endian(headers[i].size(), 4) + "BlbE";
    slots += "Slot" + little_endian(i + 1, 4) + little_endian((4096 + blobs.size()) / 16, 4) +
             little_endian(blob.size() / 16, 4);
    blobs += blob;
  }
  for (std::size_t at = slots.size(); at < 4096; at += 16) slots += "Slot" + std::string(12, '\0');
  return slots + blobs;
}

TEST(RpmNdb, ReadsADatabase) {
  EXPECT_THAT(told(ndb_database({kOpenssl, kZlib})), kBoth);
  EXPECT_THAT(told(ndb_database({})), IsEmpty());
}

TEST(RpmNdb, RefusesWhatIsDamaged) {
  const auto whole = ndb_database({kOpenssl, kZlib});
  EXPECT_THAT(told(whole.substr(0, 4200)), ElementsAre("damaged"));
  auto repeated = whole;  // every slot points at the first blob
  for (std::size_t at = 32; at < 4096; at += 16) repeated.replace(at, 16, whole.substr(32, 16));
  EXPECT_THAT(told(repeated), testing::Contains("damaged"));
  EXPECT_LT(told(repeated).size(), 50u);
  auto version = whole;
  version[4] = 9;
  EXPECT_THAT(told(version), ElementsAre("damaged"));
}

/// A hash database of pages of 512 bytes: keys of 4 bytes, small values in place, large ones on overflow pages.
std::string berkeley_database(const std::vector<std::string>& headers, bool big, bool btree) {
  constexpr std::size_t kSize = 512, kRoom = kSize - 26;
  const auto number = [&](std::uint64_t value, int width) {
    return big ? big_endian(value, width) : little_endian(value, width);
  };
  std::string meta = std::string(12, '\0') + number(btree ? 0x53162 : 0x61561, 4) + number(9, 4) + number(kSize, 4);
  meta.resize(kSize);
  std::string leaves, overflow;
  const std::size_t first_overflow = 1 + headers.size() + 1;
  const auto leaf = [&](const std::string& key, const std::string& value, bool off_page) {
    std::string items[2];
    if (btree) {
      items[0] = number(key.size(), 2) + '\1' + key;
      items[1] = off_page ? std::string("\0\0\3\0", 4) + value : number(value.size(), 2) + '\1' + value;
    } else {
      items[0] = '\1' + key;
      items[1] = off_page ? std::string("\3\0\0\0", 4) + value : '\1' + value;
    }
    std::string page(kSize, '\0');
    page.replace(20, 2, number(2, 2));
    page[25] = btree ? 5 : 13;
    std::size_t end = kSize;
    for (std::size_t i = 0; i < 2; ++i) {
      end -= items[i].size();
      page.replace(end, items[i].size(), items[i]);
      page.replace(26 + 2 * i, 2, number(end, 2));
    }
    leaves += page;
  };
  leaf(number(0, 4), number(headers.size(), 4), false);
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto& header = headers[i];
    if (header.size() < 300) {
      leaf(number(i + 1, 4), header, false);
      continue;
    }
    const std::size_t start = first_overflow + overflow.size() / kSize;
    leaf(number(i + 1, 4), number(start, 4) + number(header.size(), 4), true);
    for (std::size_t at = 0; at < header.size(); at += kRoom) {
      const auto part = header.substr(at, kRoom);
      const bool last = at + kRoom >= header.size();
      std::string page(kSize, '\0');
      page.replace(16, 4, number(last ? 0 : first_overflow + overflow.size() / kSize + 1, 4));
      page.replace(22, 2, number(part.size(), 2));
      page[25] = 7;
      page.replace(26, part.size(), part);
      overflow += page;
    }
  }
  return meta + leaves + overflow;
}

TEST(RpmBerkeley, ReadsHashesAndTreesInBothByteOrders) {
  std::vector<std::pair<std::uint32_t, std::string>> files(200, {0, "a-file"});
  const auto large = test_rpm_header({.name = "large", .folders = {"/usr/"}, .files = files});
  for (const bool big : {false, true}) {
    for (const bool btree : {false, true}) {
      EXPECT_THAT(told(berkeley_database({kOpenssl, kZlib}, big, btree)), kBoth) << big << btree;
      EXPECT_THAT(told(berkeley_database({large, kZlib}, big, btree)),
                  ElementsAre("large 1-1 large ", "zlib 1.2.11-31.el9 zlib 1.2.11-31.el9"));
    }
  }
}

TEST(RpmBerkeley, EndsChainsThatGoInCircles) {
  std::vector<std::pair<std::uint32_t, std::string>> files(200, {0, "a-file"});
  const auto large = test_rpm_header({.name = "large", .folders = {"/usr/"}, .files = files});
  const auto whole = berkeley_database({large}, false, false);
  auto circle = whole;
  const std::size_t first = 3 * 512;  // the first overflow page
  circle.replace(first + 16, 4, little_endian(3, 4));
  // The length says that there is more than the file holds.
  circle.replace(2 * 512 + 512 - 5 - 12 + 8, 4, little_endian(0x7FFFFFFF, 4));
  EXPECT_THAT(told(circle), testing::Contains("damaged"));
  EXPECT_THAT(told(whole.substr(0, whole.size() - 512)), testing::Contains("damaged"));
  auto odd = whole;
  odd.replace(20, 4, little_endian(500, 4));
  EXPECT_THAT(told(odd), ElementsAre("damaged"));
}

TEST(RpmDatabase, IsKnownByItsNameAndItsFirstBytes) {
  EXPECT_TRUE(is_rpm_database("var/lib/rpm/Packages"));
  EXPECT_TRUE(is_rpm_database("usr/lib/sysimage/rpm/Packages.db"));
  EXPECT_TRUE(is_rpm_database("anywhere/rpmdb.sqlite"));
  EXPECT_FALSE(is_rpm_database("var/lib/rpm/Name"));
  EXPECT_EQ(rpm_database_of_log("var/lib/rpm/rpmdb.sqlite-wal"), "var/lib/rpm/rpmdb.sqlite");
  EXPECT_EQ(rpm_database_of_log("var/lib/rpm/rpmdb.sqlite-shm"), std::nullopt);
  EXPECT_THAT(told("Package: apt's list of packages\nVersion: 1\n"), IsEmpty());
  EXPECT_THAT(told(""), IsEmpty());
}

TEST(RpmManifest, ListsWhatImagesWithoutADatabaseHave) {
  Finds finds;
  ASSERT_TRUE(
      read_rpm_manifest("zlib\t1.2.12-1.cm2\t1654\t1653\tMicrosoft Corporation\t(none)\t1\tx86_64\t0\t"
                        "zlib-1.2.12-1.cm2.src.rpm\nopenssl\t1.1.1k-17.cm2\t1\t1\tx\t1\t1\tx86_64\t1\t"
                        "openssl-1.1.1k-17.cm2.src.rpm\nbroken line\n",
                        "m", finds));
  EXPECT_THAT(names(finds),
              ElementsAre("zlib 1.2.12-1.cm2 zlib 1.2.12-1.cm2", "openssl 1:1.1.1k-17.cm2 openssl 1.1.1k-17.cm2"));
}

}  // namespace
}  // namespace wharf::inventory
