#include "base/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <limits>
#include <thread>
#include <vector>

#include "base/access_log.h"
#include "base/hex.h"
#include "base/random.h"

namespace wharf {
namespace {

/// A file that logs are written to.
class Target {
 public:
  Target()
      : path_(std::filesystem::temp_directory_path() / ("wharf-test-" + to_hex(random_bytes(8)))),
        fd_(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND, 0600)) {}
  ~Target() {
    ::close(fd_);
    std::filesystem::remove(path_);
  }
  int fd() const { return fd_; }
  std::vector<std::string> lines() const {
    std::ifstream file(path_);
    std::vector<std::string> result;
    for (std::string line; std::getline(file, line);) result.push_back(line);
    return result;
  }

 private:
  std::filesystem::path path_;
  int fd_;
};

constexpr std::int64_t kAt = 1'768'473'000'123;  // 2026-01-15T10:30:00.123Z

std::string line(log::Format format, std::string_view message, log::Fields fields) {
  std::string out;
  log::detail::append_line(out, format, kAt, log::Level::info, message, fields);
  return out;
}

TEST(Log, LinesInBothForms) {
  EXPECT_EQ(line(log::Format::text, "upload finished", {{"repository", "acme/app"}, {"size_bytes", 42}}),
            "2026-01-15T10:30:00.123Z info  upload finished repository=acme/app size_bytes=42\n");
  EXPECT_EQ(line(log::Format::json, "upload finished", {{"repository", "acme/app"}, {"size_bytes", 42}}),
            R"({"time":"2026-01-15T10:30:00.123Z","level":"info","message":"upload finished",)"
            R"("repository":"acme/app","size_bytes":42})"
            "\n");
}

TEST(Log, FieldsOfEveryKind) {
  const std::string text = "s";
  const auto out = line(log::Format::json, "m",
                        {{"t", true},
                         {"i", -5},
                         {"u", std::numeric_limits<std::uint64_t>::max()},
                         {"d", 0.25},
                         {"nan", std::numeric_limits<double>::infinity()},
                         {"s", text},
                         {"v", std::string_view("v")},
                         {"c", "c"},
                         {"size", sizeof(int)}});
  const auto object = boost::json::parse(out).as_object();
  EXPECT_EQ(object.at("t"), true);
  EXPECT_EQ(object.at("i"), -5);
  EXPECT_EQ(object.at("u").to_number<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(object.at("d"), 0.25);
  EXPECT_TRUE(object.at("nan").is_null());
  EXPECT_EQ(object.at("s"), "s");
  EXPECT_EQ(object.at("v"), "v");
  EXPECT_EQ(object.at("c"), "c");
  EXPECT_EQ(object.at("size"), 4);
}

// What strangers put into names, paths and headers to forge lines or to play with a terminal.
const std::string_view kHostile[] = {
    "a\nERROR forged line",
    "a\r\nforged",
    "\x1b[2J\x1b]0;title\x07",
    R"(","level":"error","message":"forged)",
    R"(\)",
    "x y=z",
    "quote\"quote",
    "\xff\xfe not utf-8 \xc3",
    "\xc2\x9b[2J",           // a C1 control: CSI for some terminals
    "\xe2\x80\xa8line",      // U+2028
    "\xe2\x80\xae txt.exe",  // right-to-left override
    std::string_view("nul\0nul", 7),
    "",
};

TEST(Log, NothingInAValueCanForgeALine) {
  for (const auto hostile : kHostile) {
    for (const auto format : {log::Format::text, log::Format::json}) {
      const auto out = line(format, hostile, {{"field", hostile}, {"next", 1}});
      EXPECT_EQ(std::ranges::count(out, '\n'), 1) << out;
      EXPECT_EQ(out.back(), '\n');
      EXPECT_TRUE(std::ranges::all_of(out.substr(0, out.size() - 1), [](char c) { return c >= ' ' && c < 0x7f; }));
      if (format == log::Format::json) {
        const auto object = boost::json::parse(out).as_object();
        EXPECT_EQ(object.size(), 5u) << out;
        EXPECT_EQ(object.at("level"), "info");
      } else {
        EXPECT_TRUE(out.ends_with(" next=1\n")) << out;
      }
    }
  }
  EXPECT_EQ(line(log::Format::text, "m", {{"user", "a b=c \"d\""}}),
            "2026-01-15T10:30:00.123Z info  m user=\"a b=c \\\"d\\\"\"\n");
}

TEST(Log, WritesWhatWaitsAtTheEndAndHonoursTheLevel) {
  const Target target;
  log::start({.level = log::Level::info, .format = log::Format::automatic, .fd = target.fd(), .queue = 100'000});
  EXPECT_EQ(log::format(), log::Format::json) << "a file is no terminal";
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 1000; ++i) log::info("message", {{"thread", t}, {"i", i}});
    });
  }
  threads.clear();
  log::debug("not this");
  log::set_level(log::Level::debug);
  log::debug("but this");
  log::stop();
  const auto lines = target.lines();
  ASSERT_EQ(lines.size(), 4001u);
  for (const auto& each : lines) EXPECT_TRUE(boost::json::parse(each).is_object());
  EXPECT_EQ(boost::json::parse(lines.back()).at("message"), "but this");
}

TEST(Log, DropsAndCountsWhileTheReaderIsSlow) {
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  const auto before = log::dropped();
  log::start({.level = log::Level::info, .format = log::Format::json, .fd = pair[0], .queue = 16});
  const std::string long_text(10'000, 'x');
  for (int i = 0; i < 500; ++i) log::info("message", {{"text", long_text}, {"i", i}});  // nobody reads: must not hang
  std::string got;
  std::thread reader([&] {
    char buffer[65536];
    for (ssize_t count = 0; (count = ::read(pair[1], buffer, sizeof buffer)) > 0;) {
      got.append(buffer, static_cast<std::size_t>(count));
    }
  });
  log::stop();
  ::close(pair[0]);
  reader.join();
  ::close(pair[1]);
  const auto written = static_cast<std::uint64_t>(std::ranges::count(got, '\n'));
  EXPECT_GT(log::dropped(), before);
  EXPECT_EQ(written + log::dropped() - before, 500u) << "each line is either written or counted";
  EXPECT_NE(got.find("\"i\":499}"), std::string::npos) << "the newest is kept";
}

TEST(Log, SpeaksOfTroubleBeforeItIsStarted) {
  testing::internal::CaptureStderr();
  log::info("quiet");
  log::error("loud", {{"n", 1}});
  EXPECT_TRUE(testing::internal::GetCapturedStderr().ends_with("Z error loud n=1\n"));
}

TEST(Log, NamesOfLevelsAndFormats) {
  for (const auto level : {log::Level::debug, log::Level::info, log::Level::warn, log::Level::error, log::Level::off}) {
    EXPECT_EQ(log::parse_level(log::to_string(level)), level);
  }
  EXPECT_EQ(log::parse_level("warning"), log::Level::warn);
  EXPECT_FALSE(log::parse_level("INFO"));
  EXPECT_EQ(log::parse_format("json"), log::Format::json);
  EXPECT_FALSE(log::parse_format(""));
}

AccessLog::Entry entry() {
  return {.at = kAt,
          .request_id = "0123456789abcdef",
          .method = "GET",
          .path = "/v2/acme/app/manifests/v1",
          .status = 200,
          .bytes = 512,
          .micros = 310,
          .peer = "127.0.0.1",
          .user = "acme+ci"};
}

TEST(AccessLog, LinesInBothForms) {
  std::string out;
  AccessLog::append_line(out, log::Format::text, entry());
  EXPECT_EQ(out,
            "2026-01-15T10:30:00.123Z 0123456789abcdef GET /v2/acme/app/manifests/v1 200 512 310 127.0.0.1 acme+ci\n");
  out.clear();
  AccessLog::append_line(out, log::Format::json, entry());
  EXPECT_EQ(out, R"({"time":"2026-01-15T10:30:00.123Z","request":"0123456789abcdef","method":"GET",)"
                 R"("path":"/v2/acme/app/manifests/v1","status":200,"bytes":512,"us":310,"peer":"127.0.0.1",)"
                 R"("user":"acme+ci"})"
                 "\n");
}

TEST(AccessLog, NothingFromARequestCanForgeALineAndNoQueryIsLogged) {
  for (const auto hostile : kHostile) {
    auto it = entry();
    const auto path = std::string(hostile) + "?token=secret";
    it.path = path;
    it.user = it.method = hostile;
    std::string json, text;
    AccessLog::append_line(json, log::Format::json, it);
    AccessLog::append_line(text, log::Format::text, it);
    EXPECT_EQ(boost::json::parse(json).as_object().size(), 9u) << json;
    EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
    EXPECT_EQ((json + text).find("secret"), std::string::npos);
    EXPECT_TRUE(std::ranges::all_of(text.substr(0, text.size() - 1), [](char c) { return c >= ' ' && c < 0x7f; }));
  }
  auto it = entry();
  const std::string path(100'000, 'p');
  it.path = path;
  std::string out;
  AccessLog::append_line(out, log::Format::json, it);
  EXPECT_LT(out.size(), 3000u) << "long values are cut";
}

TEST(AccessLog, WritesEveryLineOfEveryThread) {
  const Target target;
  {
    AccessLog access({.format = log::Format::json, .fd = target.fd()});
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&access] {
        for (int i = 0; i < 2000; ++i) access.add(entry());
      });
    }
    threads.clear();
    EXPECT_EQ(access.dropped(), 0u);
  }
  const auto lines = target.lines();
  ASSERT_EQ(lines.size(), 8000u);
  for (const auto& each : lines) EXPECT_TRUE(boost::json::parse(each).is_object());
}

TEST(AccessLog, ShowsALineWithoutWaitingForMore) {
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  AccessLog access({.format = log::Format::text, .fd = pair[0]});
  access.add(entry());
  char buffer[512];
  EXPECT_GT(::read(pair[1], buffer, sizeof buffer), 0);  // blocks until the line is there
  ::close(pair[0]);
  ::close(pair[1]);
}

TEST(AccessLog, ThreadsThatServeTwoLogsKeepThemApart) {
  const Target first_target, second_target;
  {
    AccessLog first({.format = log::Format::text, .fd = first_target.fd()});
    AccessLog second({.format = log::Format::text, .fd = second_target.fd()});
    for (int i = 0; i < 10; ++i) {
      first.add(entry());
      if (i % 2 == 0) second.add(entry());
    }
  }
  EXPECT_EQ(first_target.lines().size(), 10u);
  EXPECT_EQ(second_target.lines().size(), 5u);
}

TEST(AccessLog, DropsAndCountsWhileTheReaderIsSlow) {
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  std::string got;
  std::uint64_t dropped = 0;
  constexpr std::uint64_t kLines = 60'000;  // about 12 MB
  std::thread reader;
  {
    AccessLog access({.format = log::Format::json, .fd = pair[0]});
    for (std::uint64_t i = 0; i < kLines; ++i) access.add(entry());  // nobody reads: must not hang
    dropped = access.dropped();
    reader = std::thread([&] {
      char buffer[65536];
      for (ssize_t count = 0; (count = ::read(pair[1], buffer, sizeof buffer)) > 0;) {
        got.append(buffer, static_cast<std::size_t>(count));
      }
    });
  }
  ::close(pair[0]);
  reader.join();
  ::close(pair[1]);
  EXPECT_GT(dropped, 0u);
  EXPECT_EQ(static_cast<std::uint64_t>(std::ranges::count(got, '\n')) + dropped, kLines);
}

TEST(AccessLog, SwitchedOffWritesNothing) {
  const Target target;
  {
    AccessLog access({.format = log::Format::json, .fd = target.fd(), .enabled = false});
    access.add(entry());
  }
  EXPECT_TRUE(target.lines().empty());
}

}  // namespace
}  // namespace wharf
