#include "db/testing.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "base/random.h"
#include "db/migrate.h"

namespace wharf::db {
namespace {

namespace fs = std::filesystem;

constexpr auto kStartTime = std::chrono::seconds(60);

std::string make_folder(const char* kind) {
  std::string path = (fs::temp_directory_path() / ("wharf-" + std::string(kind) + "-XXXXXX")).string();
  if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder: " + path);
  return path;
}

/// The folder of the newest PostgreSQL's programs.
std::string find_programs() {
  int newest = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const std::string name = entry.path().filename().string();
    int version = 0;
    std::from_chars(name.data(), name.data() + name.size(), version);
    if (fs::exists(entry.path() / "bin/postgres")) newest = std::max(newest, version);
  }
  if (newest == 0) throw std::runtime_error("PostgreSQL is not installed");
  return "/usr/lib/postgresql/" + std::to_string(newest) + "/bin";
}

int free_port() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound = bind(listener, generic, length) == 0 && getsockname(listener, generic, &length) == 0;
  close(listener);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

/// The account that may run a server: postgres for root, which the server refuses to be run by.
const passwd* server_account() {
  if (geteuid() != 0) return nullptr;
  const passwd* account = getpwnam("postgres");
  if (account == nullptr) throw std::runtime_error("there is no user postgres");
  return account;
}

/// Answers the first value of the first row, if there is one.
std::string run_sql(const std::string& uri, const std::string& sql) {
  PGconn* connection = PQconnectdb(uri.c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  const bool rows = PQresultStatus(result) == PGRES_TUPLES_OK;
  const bool ok = rows || PQresultStatus(result) == PGRES_COMMAND_OK;
  const std::string complaint = PQerrorMessage(connection);
  const std::string value = rows && PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
  PQclear(result);
  PQfinish(connection);
  if (!ok) throw std::runtime_error(sql + ": " + complaint);
  return value;
}

/// The URI of database `name` on the cluster that tests share.
std::string shared_uri(const std::string& name) {
  if (const char* given = std::getenv("WHARF_TEST_PG_URI"); given != nullptr && *given != '\0') {
    std::string uri = given;
    const auto query = std::min(uri.find('?'), uri.size());
    const auto slash = uri.rfind('/', query);
    return uri.substr(0, slash + 1) + name + uri.substr(query);
  }
  static TestCluster cluster;
  return cluster.uri(name);
}

std::string fresh_name() {
  static std::atomic<int> count = 0;
  return "wharf_test_" + std::to_string(getpid()) + "_" + std::to_string(++count) + "_" +
         random_text(6, "abcdefghijklmnopqrstuvwxyz");
}

void create_database(const std::string& name, const std::string& model) {
  run_sql(shared_uri("postgres"), "CREATE DATABASE " + name + " TEMPLATE " + model);
}

void drop_database(const std::string& name) {
  try {
    run_sql(shared_uri("postgres"), "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  } catch (const std::exception&) {  // the cluster may be gone with everything in it
  }
}

void run_migrations(const std::string& uri) {
  auto database = Database::open({.uri = uri, .readers = 1});
  if (!database) throw Accident(database.error());
  if (auto ran = migrate(**database, migrations()); !ran) throw Accident(ran.error());
}

/// A database that has the migrations, made once for this process.
const std::string& migrated_model() {
  struct Model {
    std::string name = fresh_name();
    pid_t owner = getpid();
    Model() {
      create_database(name, "template0");
      run_migrations(shared_uri(name));
    }
    ~Model() {
      if (owner == getpid()) drop_database(name);
    }
  };
  shared_uri("postgres");  // first, so that the cluster outlives the model
  static const Model made;
  return made.name;
}

}  // namespace

Engine engine_from_environment() {
  const char* name = std::getenv("WHARF_TEST_DB");
  if (name == nullptr || std::string_view(name).empty() || std::string_view(name) == "sqlite") return Engine::sqlite;
  if (std::string_view(name) == "postgres") return Engine::postgres;
  throw std::runtime_error("WHARF_TEST_DB is sqlite or postgres");
}

std::string engine_name(Engine engine) { return engine == Engine::sqlite ? "sqlite" : "postgres"; }

bool soon(const std::function<bool()>& holds) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

TestCluster::TestCluster(const TestCluster* primary)
    : folder_(make_folder("pg")),
      programs_(find_programs()),
      primary_(primary == nullptr ? "" : primary->uri("postgres")),
      port_(free_port()) {
  if (const passwd* account = server_account()) {
    if (chown(folder_.c_str(), account->pw_uid, account->pw_gid) != 0) throw std::runtime_error("chown failed");
  }
  start();
}

std::unique_ptr<TestCluster> TestCluster::standby_of(const TestCluster& primary) {
  return std::unique_ptr<TestCluster>(new TestCluster(&primary));
}

std::string TestCluster::sql(const std::string& statement) const { return run_sql(uri("postgres"), statement); }

void TestCluster::run_shell(const std::string& script, int standard_input) const {
  const passwd* account = server_account();
  if (account != nullptr) {
    const bool changed = initgroups(account->pw_name, account->pw_gid) == 0 && setgid(account->pw_gid) == 0 &&
                         setuid(account->pw_uid) == 0;
    if (!changed) _exit(126);
  }
  setsid();  // an interrupt from the terminal must not end the shell before it has cleaned up
  if (chdir("/") != 0) _exit(126);
  dup2(standard_input, STDIN_FILENO);
  const int log = open((folder_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  close_range(3, ~0U, 0);  // a pipe of the caller's held open here would keep its reader waiting
  execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
  _exit(127);
}

void TestCluster::start() {
  const std::string data = folder_ + "/data";
  const std::string make =
      primary_.empty()
          ? programs_ + "/initdb -D " + data + " -U postgres -A trust --no-sync --locale=C.UTF-8 -E UTF8"
          : programs_ + "/pg_basebackup -D " + data + " -d " + primary_ + " --write-recovery-conf --no-sync -c fast";
  const std::string script =
      "[ -f " + data + "/PG_VERSION ] || " + make + "\n" + programs_ + "/postgres -D " + data + " -p " +
      std::to_string(port_) + " -k " + folder_ +
      " -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
      " -c max_connections=300 -c shared_buffers=64MB -c jit=off </dev/null &\n"
      "server=$!\ncat >/dev/null\nwhile kill -QUIT $server 2>/dev/null; do sleep 0.1; done\n[ -f " +
      folder_ + "/keep ] || rm -rf " + folder_ + "\n";
  // Again and again: a shell's background job ignores SIGQUIT until it asks for it.
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  shell_ = fork();
  if (shell_ == 0) run_shell(script, ends[0]);
  close(ends[0]);
  leash_ = ends[1];
  const auto give_up = std::chrono::steady_clock::now() + kStartTime;
  while (PQping(uri("postgres").c_str()) != PQPING_OK) {
    if (std::chrono::steady_clock::now() > give_up || waitpid(shell_, nullptr, WNOHANG) != 0) {
      std::ifstream log(folder_ + "/log");
      throw std::runtime_error("PostgreSQL did not start: " + std::string(std::istreambuf_iterator<char>(log), {}));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void TestCluster::kill() {
  std::ofstream(folder_ + "/keep") << "";
  int postmaster = 0;
  std::ifstream(folder_ + "/data/postmaster.pid") >> postmaster;
  if (postmaster <= 1) throw std::runtime_error("the server's process is unknown");
  const std::string name = std::to_string(postmaster);
  std::ifstream children("/proc/" + name + "/task/" + name + "/children");
  const std::vector<int> processes{std::istream_iterator<int>(children), {}};
  ::kill(postmaster, SIGKILL);  // first: it would answer a child's death with a recovery
  for (const int process : processes) ::kill(process, SIGKILL);
  close(leash_);
  waitpid(shell_, nullptr, 0);
  fs::remove(folder_ + "/keep");
}

TestCluster::~TestCluster() {
  close(leash_);
  waitpid(shell_, nullptr, 0);
}

std::string TestCluster::uri(const std::string& name) const {
  return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/" + name;
}

TestDatabase TestDatabase::make(Engine engine) {
  if (engine == Engine::sqlite) {
    const std::string folder = make_folder("db");
    return {engine, "sqlite:///" + folder + "/wharf.db", folder};
  }
  const std::string name = fresh_name();
  create_database(name, "template0");
  return {engine, shared_uri(name), name};
}

TestDatabase TestDatabase::make_migrated(Engine engine) {
  if (engine == Engine::sqlite) {
    TestDatabase made = make(engine);
    run_migrations(made.uri());
    return made;
  }
  const std::string name = fresh_name();
  create_database(name, migrated_model());
  return {engine, shared_uri(name), name};
}

TestDatabase::TestDatabase(TestDatabase&& other) noexcept
    : engine_(other.engine_), uri_(std::move(other.uri_)), what_(std::exchange(other.what_, {})) {}

TestDatabase::~TestDatabase() {
  if (what_.empty()) return;
  if (engine_ == Engine::sqlite) {
    std::error_code ignored;
    fs::remove_all(what_, ignored);
    return;
  }
  drop_database(what_);
}

std::unique_ptr<Database> TestDatabase::open(Options options) const {
  options.uri = uri_;
  auto database = Database::open(std::move(options));
  if (!database) throw Accident(database.error());
  return std::move(*database);
}

}  // namespace wharf::db
