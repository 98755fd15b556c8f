#include "app/serve.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/support/test_registry.h"

/// The program itself, as people and service managers see it.
namespace wharf::app {
namespace {

using test::Client;
using test::TemporaryFolder;
using testing::HasSubstr;
using testing::Not;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// `wharf ARGUMENTS…`, its output in files; killed with the test.
class Program {
 public:
  Program(const TemporaryFolder& folder, std::vector<std::string> arguments, const std::string& input = "")
      : out_(folder.path() / ("out" + std::to_string(++count_))), err_(out_.string() + ".err") {
    const auto in = out_.string() + ".in";
    std::ofstream(in) << input;
    arguments.insert(arguments.begin(), WHARF_BINARY);
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    std::ofstream(out_).close();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      const bool open = std::freopen(in.c_str(), "r", stdin) && std::freopen(out_.c_str(), "w", stdout) &&
                        std::freopen(err_.c_str(), "w", stderr);
      if (!open) ::_exit(126);
      ::execv(pointers[0], pointers.data());
      ::_exit(127);
    }
  }
  ~Program() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// The exit status; 128 and the signal when one ended it; -1 when it does not end within 60 s.
  int wait() {
    for (int i = 0; i < 6000; ++i) {
      int status = 0;
      if (::waitpid(pid_, &status, WNOHANG) == pid_) {
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return -1;
  }
  pid_t pid() const { return pid_; }
  void signal(int number) const { ::kill(pid_, number); }
  std::string out() const { return read_file(out_); }
  std::string err() const { return read_file(err_); }

  /// The first text after `before` up to white space, once it was printed; "" when the program ends without it.
  std::string wait_for(std::string_view before) {
    for (int i = 0; i < 6000; ++i) {
      const auto text = out();
      const auto at = text.find(before);
      const auto end = at == std::string::npos ? at : text.find_first_of(" \n", at + before.size());
      if (end != std::string::npos) return text.substr(at + before.size(), end - at - before.size());
      int status = 0;
      if (::waitpid(pid_, &status, WNOHANG) == pid_) {
        pid_ = -1;
        ADD_FAILURE() << "the program ended with " << status << ": " << err();
        return {};
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "not printed: " << before << " in " << out();
    return {};
  }
  std::string address() { return wait_for("listens on "); }

 private:
  static inline int count_ = 0;
  std::filesystem::path out_, err_;
  pid_t pid_ = -1;
};

std::vector<std::string> serve_arguments(const std::filesystem::path& data) {
  return {"serve", "--data", data.string(), "--listen", "127.0.0.1:0"};
}

/// A connection on which a test writes what it likes.
class RawConnection {
 public:
  explicit RawConnection(const std::string& address) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    ::inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    const timeval patience{60, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0) throw std::runtime_error("connect");
  }
  ~RawConnection() { ::close(fd_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void send(const std::string& text) const {
    ASSERT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  /// What comes until `until` has come; all that came when the other side ends first.
  std::string read(std::string_view until) const {
    std::string text;
    char buffer[4096];
    while (text.find(until) == std::string::npos) {
      const auto count = ::recv(fd_, buffer, sizeof(buffer), 0);
      if (count <= 0) break;
      text.append(buffer, static_cast<std::size_t>(count));
    }
    return text;
  }

 private:
  int fd_;
};

/// A registry token of the first user for pull and push on captain/app.
std::string first_push_token(const std::string& address) {
  Client nobody(address, "", nullptr);
  const json::Object wanted{{"username", "captain"}, {"password", test::kPassword}};
  EXPECT_EQ(nobody.post("/api/v1/user/initialize", wanted).status, 200);
  Client captain(address, "Basic Y2FwdGFpbjpjb3JyZWN0LWhvcnNlLWJhdHRlcnk=", nullptr);
  const auto host = address.substr(7);
  return captain.get("/v2/auth?service=" + host + "&scope=repository:captain/app:pull,push").string("/token");
}

TEST(Serve, PrintsItsAddressAndTheFirstStepAndStops) {
  TemporaryFolder folder;
  Program server(folder, serve_arguments(folder.path() / "data"));
  const auto address = server.address();
  ASSERT_THAT(address, testing::MatchesRegex("http://127.0.0.1:[1-9][0-9]*"));
  EXPECT_EQ(server.wait_for("First step: open "), address + "/");
  EXPECT_EQ(Client(address, "", nullptr).get("/health/instance").status, 200);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
  EXPECT_THAT(server.out(), HasSubstr("Stopping"));
}

TEST(Serve, MakesTheFirstUserFromTheEnvironmentAndTellsNobody) {
  TemporaryFolder folder;
  const auto data = folder.path() / "data";
  const std::string token = "0123456789abcdefghijABCDEFGHIJ0123456789";
  const std::string password(test::kPassword);
  const std::map<std::string, std::string> variables = {
      {"WHARF_INIT_USER", "captain"}, {"WHARF_INIT_PASSWORD", password}, {"WHARF_INIT_TOKEN", token}};
  for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
  Program server(folder, serve_arguments(data));
  const auto address = server.address();
  ::setenv("WHARF_INIT_TOKEN", "hush", 1);
  Program wrong(folder, serve_arguments(folder.path() / "other"));
  const int code = wrong.wait();
  for (const auto& [name, value] : variables) ::unsetenv(name.c_str());
  ASSERT_NE(address, "");
  EXPECT_EQ(Client(address, "Bearer " + token, nullptr).get("/api/v1/user/").string("/username"), "captain");
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
  EXPECT_THAT(server.out(), Not(HasSubstr("First step")));
  EXPECT_EQ(code, 1) << "it does not start without the user that was wanted";
  EXPECT_THAT(wrong.err(), HasSubstr("token"));
  for (const auto& text : {server.out(), server.err(), wrong.out(), wrong.err()}) {
    EXPECT_THAT(text, Not(HasSubstr(token)));
    EXPECT_THAT(text, Not(HasSubstr(password)));
    EXPECT_THAT(text, Not(HasSubstr("hush")));
  }
}

TEST(Serve, KeepsEverythingBelowTheDataFolder) {
  TemporaryFolder folder;
  const auto data = folder.path() / "data";
  Program server(folder, serve_arguments(data));
  ASSERT_NE(server.address(), "");
  for (const auto* name : {"wharf.db", "blobs", "uploads", "keys"}) {
    EXPECT_TRUE(std::filesystem::exists(data / name)) << name;
  }
  using std::filesystem::perms;
  const auto others = perms::group_all | perms::others_all;
  EXPECT_EQ(std::filesystem::status(data / "keys").permissions() & others, perms::none);
  for (const auto& key : std::filesystem::directory_iterator(data / "keys")) {
    EXPECT_EQ(key.status().permissions() & others, perms::none) << key.path();
  }
}

TEST(Serve, TakesAsManyOpenFilesAsItMay) {
  TemporaryFolder folder;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit small{std::min<rlim_t>(256, before.rlim_max), before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &small), 0);
  Program server(folder, serve_arguments(folder.path() / "data"));
  ::setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_NE(server.address(), "");
  rlimit has{};
  ASSERT_EQ(::prlimit(server.pid(), RLIMIT_NOFILE, nullptr, &has), 0);
  EXPECT_EQ(has.rlim_cur, before.rlim_max);
}

TEST(Serve, RefusesADataFolderInUse) {
  TemporaryFolder folder;
  Program first(folder, serve_arguments(folder.path() / "data"));
  ASSERT_NE(first.address(), "");
  Program second(folder, serve_arguments(folder.path() / "data"));
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(second.err(), HasSubstr("is in use by another wharf serve"));
}

TEST(Serve, RefusesAnAddressThatIsTaken) {
  TemporaryFolder folder;
  Program first(folder, serve_arguments(folder.path() / "one"));
  const auto address = first.address();
  Program second(folder, {"serve", "--data", (folder.path() / "two").string(), "--listen", address.substr(7)});
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(second.err(), HasSubstr("Cannot listen on 127.0.0.1 port " + address.substr(address.rfind(':') + 1)));
}

TEST(Serve, RefusesAWrongConfiguration) {
  TemporaryFolder folder;
  const auto file = folder.path() / "config.yaml";
  std::ofstream(file) << "PREFERRED_URL_SCHEME: gopher\n";
  auto arguments = serve_arguments(folder.path() / "data");
  arguments.insert(arguments.end(), {"--config", file.string()});
  Program server(folder, arguments);
  EXPECT_EQ(server.wait(), 1);
  EXPECT_THAT(server.err(), HasSubstr("PREFERRED_URL_SCHEME"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "data"));
}

TEST(Serve, RefusesADatabaseThatOnlyNewerProgramsMayUse) {
  TemporaryFolder folder;
  const auto data = folder.path() / "data";
  {
    Program server(folder, serve_arguments(data));
    ASSERT_NE(server.address(), "");
    server.signal(SIGINT);
    ASSERT_EQ(server.wait(), 0);
  }
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((data / "wharf.db").c_str(), &database), SQLITE_OK);
  const char* const change =
      "INSERT INTO schema_migration (number, name, applied_ms) VALUES (9999, 'future', 0);"
      "UPDATE schema_range SET oldest = 9999";
  EXPECT_EQ(sqlite3_exec(database, change, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  Program server(folder, serve_arguments(data));
  EXPECT_EQ(server.wait(), 1);
  EXPECT_THAT(server.err(), HasSubstr("newer"));
}

TEST(Serve, LetsAnUploadEndThatIsInFlight) {
  TemporaryFolder folder;
  Program server(folder, serve_arguments(folder.path() / "data"));
  const auto address = server.address();
  const auto token = first_push_token(address);
  Client pusher(address, "Bearer " + token, nullptr);
  const auto begun = pusher.request("POST", "/v2/captain/app/blobs/uploads/");
  ASSERT_EQ(begun.status, 202) << begun.summary();
  const auto location = begun.header("Location").substr(address.size());

  RawConnection upload(address);
  upload.send("PATCH " + location + " HTTP/1.1\r\nHost: " + address.substr(7) + "\r\nAuthorization: Bearer " + token +
              "\r\nContent-Type: application/octet-stream\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_THAT(upload.read("\r\n\r\n"), testing::StartsWith("HTTP/1.1 100"));
  upload.send("12345");
  server.signal(SIGTERM);
  server.wait_for("Stopping; requests ");
  // Nobody new is let in, but the upload goes on.
  upload.send("67890");
  const auto answer = upload.read("\r\n\r\n");
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 202"));
  EXPECT_THAT(answer, HasSubstr("Range: 0-9"));
  EXPECT_EQ(server.wait(), 0);
}

TEST(Serve, ASecondSignalEndsItAtOnce) {
  TemporaryFolder folder;
  Program server(folder, serve_arguments(folder.path() / "data"));
  const auto address = server.address();
  RawConnection stalled(address);
  const auto token = first_push_token(address);
  stalled.send("POST /v2/captain/app/blobs/uploads/?digest=sha256:" + std::string(64, '0') +
               " HTTP/1.1\r\nHost: " + address.substr(7) + "\r\nAuthorization: Bearer " + token +
               "\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_THAT(stalled.read("\r\n\r\n"), testing::StartsWith("HTTP/1.1 100"));
  server.signal(SIGTERM);
  server.wait_for("Stopping; requests ");
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 128 + SIGTERM);
}

TEST(Serve, DoesNotReadTheBodyOfSomebodyUnknown) {
  TemporaryFolder folder;
  Program server(folder, serve_arguments(folder.path() / "data"));
  const auto address = server.address();
  for (const auto* path : {"/api/v1/repository", "/v2/acme/app/blobs/uploads/"}) {
    RawConnection connection(address);
    connection.send(std::string("POST ") + path + " HTTP/1.1\r\nHost: " + address.substr(7) +
                    "\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_THAT(connection.read("\r\n\r\n"), testing::StartsWith("HTTP/1.1 401")) << path;
  }
}

TEST(Serve, AsksForTheSetUpCodeThatItPrinted) {
  TemporaryFolder folder;
  auto arguments = serve_arguments(folder.path() / "data");
  arguments.insert(arguments.end(), {"--set", "EXTERNAL_TLS_TERMINATION=true", "--set", "PREFERRED_URL_SCHEME=https",
                                     "--set", "SERVER_HOSTNAME=reg.example"});
  Program server(folder, arguments);
  const auto address = server.address();
  auto code = server.wait_for("set-up code ");
  ASSERT_TRUE(code.ends_with('.')) << code;
  code.pop_back();
  Client nobody(address, "", nullptr);
  json::Object wanted{{"username", "captain"}, {"password", test::kPassword}};
  EXPECT_EQ(nobody.post("/api/v1/user/initialize", wanted).status, 400);
  wanted["setup_code"] = code;
  EXPECT_EQ(nobody.post("/api/v1/user/initialize", wanted).status, 200);
}

TEST(Commands, WorkBesideARunningServer) {
  TemporaryFolder folder;
  const auto data = (folder.path() / "data").string();
  Program server(folder, serve_arguments(data));
  const auto address = server.address();
  Program user(folder, {"user", "create", "captain", "--password-stdin", "--superuser", "--data", data},
               std::string(test::kPassword) + "\n");
  ASSERT_EQ(user.wait(), 0) << user.err();
  Program token(folder, {"token", "create", "--user", "captain", "--scope", "user:read", "--data", data});
  ASSERT_EQ(token.wait(), 0) << token.err();
  auto text = token.out();
  text.erase(text.find_last_not_of('\n') + 1);
  EXPECT_EQ(Client(address, "Bearer " + text, nullptr).get("/api/v1/user/").string("/username"), "captain");
  Program again(folder, {"user", "create", "captain", "--data", data});
  EXPECT_EQ(again.wait(), 1);
  EXPECT_THAT(again.err(), HasSubstr("wharf: "));
}

TEST(Commands, SayWhatTheProgramIs) {
  TemporaryFolder folder;
  Program version(folder, {"version"});
  EXPECT_EQ(version.wait(), 0);
  EXPECT_EQ(version.out(), "wharf " WHARF_VERSION "\n");
  Program openapi(folder, {"openapi"});
  EXPECT_EQ(openapi.wait(), 0);
  EXPECT_EQ(json::parse(openapi.out(), 64)->at("openapi"), "3.1.0");
  Program config(folder, {"config", "check", "--set", "SECRET_KEY=hush", "--listen", "127.0.0.1:1"});
  EXPECT_EQ(config.wait(), 0);
  EXPECT_THAT(config.out(), HasSubstr("LISTEN: 127.0.0.1:1"));
  EXPECT_EQ(config.out().find("hush"), std::string::npos);
  Program nothing(folder, {});
  EXPECT_NE(nothing.wait(), 0);
  Program unknown(folder, {"fly"});
  EXPECT_NE(unknown.wait(), 0);
}

}  // namespace
}  // namespace wharf::app
