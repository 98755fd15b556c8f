#pragma once
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/app.h"
#include "base/testing_folder.h"
#include "db/testing.h"
#include "tests/support/client.h"
#include "tests/support/image.h"

namespace wharf::test {

/// The password of every account that a TestRegistry makes.
inline constexpr std::string_view kPassword = "correct-horse-battery";

using wharf::TemporaryFolder;

/// The whole product in this process: a real server on a free loopback port with the real migrations, on SQLite or
/// PostgreSQL as WHARF_TEST_DB says, blobs in memory.
///
/// Every answer of /api/v1 is held against the operation table: a status or a body that is not documented fails the
/// test, and so does every 5xx that was not announced with `allow_accidents`.
class TestRegistry {
 public:
  struct Options {
    bool filesystem_blobs = false;
    std::function<void(app::Config&)> configure{};  ///< Changes the configuration before the start.
  };

  TestRegistry();
  explicit TestRegistry(Options options);
  ~TestRegistry();
  TestRegistry(const TestRegistry&) = delete;
  TestRegistry& operator=(const TestRegistry&) = delete;

  /// The API as the user `who`, who is made at need and has nothing: the caller's to keep across requests. "nobody" is
  /// the anonymous, in a browser of their own; "superuser" is one. `scope` caps the token ("repo:read"); "" is every
  /// scope.
  Client as(std::string_view who, std::string_view scope = "");
  /// The API as a browser in which `who`, who is made at need, has signed in.
  Client session(std::string_view who);
  /// The API with this `Authorization` header.
  Client with(std::string authorization);
  /// The registry protocol as `who` with a token for pull and push on `repository`, from /v2/auth. A robot ("acme+ci")
  /// logs in with its token. "nobody" has no token.
  Client registry(std::string_view who, std::string_view repository, std::string_view actions = "pull,push");
  /// GET /v2/auth as `who` for `scopes`: the token, "" when it was refused.
  std::string registry_token(std::string_view who, const std::vector<std::string>& scopes);

  // What tests start from. Each makes what it stands on at need, as "owner" where somebody has to be.
  void user(std::string_view name);
  void organization(std::string_view name, std::string_view owner = "owner");
  /// A team of that role with these members.
  void team(std::string_view organization, std::string_view name, std::string_view role, const Names& members = {});
  /// Answers its token. `name` is "acme+ci".
  std::string robot(std::string_view name);
  /// `visibility` is "private" or "public". The namespace is made as an organization unless it is there.
  void repository(std::string_view name, std::string_view visibility = "private");
  /// Gives a user or a robot ("acme+ci") a role on a repository: "read", "write", "admin".
  void give(std::string_view who, std::string_view repository, std::string_view role);
  void give_team(std::string_view team, std::string_view repository, std::string_view role);

  /// Pushes one image a tag through /v2, each a second younger than the one before, into a repository that is made at
  /// need. Answers the manifests' digests in that order.
  std::vector<std::string> push(std::string_view repository, const Names& tags, std::string_view who = "owner");
  /// Pushes `image` under `reference` (a tag or its digest).
  void push(std::string_view repository, const Image& image, std::string_view reference,
            std::string_view who = "owner");
  /// PUT of any manifest; answers what the server did.
  Answer put_manifest(std::string_view repository, std::string_view reference, std::string_view media_type,
                      std::string_view content, std::string_view who = "owner");

  /// From here on 5xx are no failures by themselves.
  void allow_accidents() { accidents_allowed_ = true; }
  /// Stops the server and starts it again on the same data (the port is a new one).
  void restart();

  const std::string& url() const { return url_; }
  std::string host() const { return url_.substr(7); }
  app::App& app() { return *app_; }
  service::Services& services();
  db::Database& database();
  const std::filesystem::path& data() const { return folder_.path(); }
  /// The OAuth token that `who` has here; made at need.
  std::string token(std::string_view who, std::string_view scope = "");

 private:
  struct Account {
    std::map<std::string, std::string, std::less<>> tokens;  ///< By scope.
  };
  void open();
  Account& account(std::string_view name);
  bool has_namespace(std::string_view name);
  void check(std::string_view verb, std::string_view path, const Answer& answer) const;
  void check_api(std::string_view verb, std::string_view path, const Answer& answer) const;
  void demand(const Answer& answer, std::string_view what) const;

  Options options_;
  TemporaryFolder folder_;
  db::TestDatabase database_;
  std::unique_ptr<app::App> app_;
  http::Router router_;
  std::string url_;
  std::map<std::string, Account, std::less<>> accounts_;
  std::map<std::string, std::string, std::less<>> robots_;
  bool accidents_allowed_ = false;
};

/// One request and what is to come of it, for tables of who may do what.
struct Refusal {
  std::string_view who;  ///< As in TestRegistry::as; "user@repo:read" is that user with that scope alone.
  std::string_view verb;
  std::string_view path;  ///< "/api/v1/…"
  int status = 0;
  std::string_view error_type = "";  ///< "" when it is a success.
  std::string_view body = "";        ///< JSON; "" sends none.
};

/// Asks for each row in turn and compares the status and the error's type.
void expect_refusals(TestRegistry& registry, std::span<const Refusal> rows);
inline void expect_refusals(TestRegistry& registry, std::initializer_list<Refusal> rows) {
  expect_refusals(registry, std::span(rows.begin(), rows.size()));
}

}  // namespace wharf::test
