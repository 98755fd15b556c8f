#pragma once
#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "auth/encrypted_password.h"
#include "auth/key.h"
#include "auth/secret_box.h"
#include "base/random.h"
#include "base/testing.h"
#include "db/testing.h"
#include "service/login.h"
#include "service/token.h"
#include "service/user.h"
#include "store/account.h"
#include "store/repository.h"
#include "store/robot.h"
#include "store/team.h"

namespace wharf::service::testing {

inline constexpr const char* kPassword = "sesame-open";
/// Its hash at bcrypt's lowest cost, so that tests are quick.
inline constexpr const char* kPasswordHash = "$2b$04$URrWk113L8vbsm6eP3e8U.sEfbm5Vzp26II08fPyCkftFCFtM9Coe";

/// Waits for all who raced for one name: one of them has it, the others were told that it is taken.
template <class T>
void expect_one_winner(std::vector<std::future<Result<T>>> racers) {
  int winners = 0;
  for (auto& racer : racers) {
    const auto made = racer.get();
    winners += made.has_value();
    if (!made) EXPECT_EQ(made.error().code, Errc::invalid_request);
  }
  EXPECT_EQ(winners, 1);
}

/// A migrated database with the services that tell people apart, and short ways to fill it.
class People {
 public:
  explicit People(Settings wanted = {})
      : settings(std::move(wanted)),
        database(db::TestDatabase::make_migrated(db::engine_from_environment())),
        db(database.open()),
        pool(2),
        box(secret.derive("secrets")),
        encrypted(secret),
        users(*db, settings, box, encrypted, secret, pool),
        logins({*db, settings, users, pool, box, encrypted}),
        tokens(*db, settings, auth::SigningKey::make()) {}

  std::int64_t user(const std::string& name, bool enabled = true) {
    const store::NewAccount row{.kind = store::AccountKind::user,
                                .name = name,
                                .email = name + "@example.com",
                                .verified = false,
                                .password_hash = kPasswordHash};
    const auto id = write([&](db::Tx& tx) { return store::insert_account(tx, row, now_ms()); });
    if (!enabled) set_enabled(name, false);
    return id;
  }

  std::int64_t organization(const std::string& name) {
    const store::NewAccount row{.kind = store::AccountKind::organization, .name = name};
    return write([&](db::Tx& tx) { return store::insert_account(tx, row, now_ms()); });
  }

  /// Answers its token.
  std::string robot(const std::string& full_name) {
    const auto token = random_text(64, kUpperAndDigits);
    store::Robot row;
    row.uuid = random_uuid();
    row.name = full_name;
    row.sealed_token = box.seal(token, "robot:" + row.uuid);
    row.metadata = "{}";
    row.created_ms = now_ms();
    const auto owner = id_of(full_name.substr(0, full_name.find('+')));
    write([&](db::Tx& tx) { return store::insert_robot(tx, owner, row), true; });
    return token;
  }

  /// A team with its members.
  std::int64_t team(const std::string& organization, const std::string& name, store::TeamRole role,
                    const std::vector<std::string>& members) {
    const store::Team row{.organization_id = id_of(organization), .name = name, .role = role, .description = {}};
    const auto id = write([&](db::Tx& tx) { return store::insert_team(tx, row, now_ms()); });
    for (const auto& member : members) {
      const auto account = id_of(member);
      write([&](db::Tx& tx) { return store::add_team_member(tx, id, account); });
    }
    return id;
  }

  std::int64_t repository(const std::string& ns, const std::string& name, bool is_public = false,
                          const std::string& state = "NORMAL", const std::string& kind = "image") {
    const store::NewRepository row{.namespace_id = id_of(ns),
                                   .name = name,
                                   .visibility = is_public ? store::Visibility::public_ : store::Visibility::private_,
                                   .description = {}};
    static const db::Query kSet{"test.repository", "UPDATE repository SET state = $2, kind = $3 WHERE id = $1"};
    return write([&](db::Tx& tx) {
      const auto id = store::create_repository(tx, row, now_ms());
      tx.run(kSet, *id, state, kind);
      return *id;
    });
  }

  void allow(std::int64_t repository, const std::string& name, store::RepositoryRole role) {
    static const db::Query kAllow{"test.allow", R"(
      INSERT INTO repository_permission (repository_id, account_id, role) VALUES ($1, $2, $3))"};
    const auto account = id_of(name);
    write([&](db::Tx& tx) { return tx.run(kAllow, repository, account, static_cast<int>(role)); });
  }

  void allow_team(std::int64_t repository, std::int64_t team, store::RepositoryRole role) {
    static const db::Query kAllow{"test.allow_team", R"(
      INSERT INTO repository_permission (repository_id, team_id, role) VALUES ($1, $2, $3))"};
    write([&](db::Tx& tx) { return tx.run(kAllow, repository, team, static_cast<int>(role)); });
  }

  void set_enabled(const std::string& name, bool enabled) {
    static const db::Query kSet{"test.enable", "UPDATE account SET enabled = $2 WHERE name = $1"};
    write([&](db::Tx& tx) { return tx.run(kSet, name, enabled); });
  }

  /// As if the last of so many wrong passwords had been tried long ago: the next failure makes wait for minutes,
  /// however slow the machine is.
  void set_failures(const std::string& name, int failures) {
    static const db::Query kSet{"test.failures", R"(
      UPDATE account SET failed_logins = $2, last_failed_login_ms = 0 WHERE name = $1)"};
    write([&](db::Tx& tx) { return tx.run(kSet, name, failures); });
  }

  std::int64_t id_of(const std::string& name) {
    static const db::Query kFind{"test.id", "SELECT id FROM account WHERE name = $1"};
    return read([&](db::Tx& tx) { return tx.get<std::int64_t>(kFind, name); });
  }

  std::string oauth_token(const std::string& name, const std::string& scope, std::int64_t life_s = 3600) {
    return run_awaitable(users.mint_token(name, scope, life_s, std::nullopt)).value().token;
  }

  std::string app_token(const std::string& name, Millis expires_ms = store::kForever) {
    static const db::Query kInsert{"test.app_token", R"(
      INSERT INTO app_token (uuid, account_id, title, prefix, sealed_secret, created_ms, expires_ms)
      VALUES ($1, $2, 'laptop', $3, $4, $5, $6))"};
    const auto token = random_text(120, kUpperAndDigits);
    const auto uuid = random_uuid();
    const auto sealed = box.seal(token.substr(kAppTokenPrefix), app_token_context(uuid));
    const auto account = id_of(name);
    write([&](db::Tx& tx) {
      return tx.run(kInsert, uuid, account, token.substr(0, kAppTokenPrefix), sealed, now_ms(), expires_ms);
    });
    return token;
  }

  LoginOutcome login(const std::string& name, const std::string& password, const std::string& peer = "192.0.2.1") {
    return run_awaitable(logins.login(name, password, peer));
  }

  /// The principal of somebody with the right password, robots by their row.
  auth::Principal who(const std::string& name) {
    if (name.empty()) return {};
    const auto account = read([&](db::Tx& tx) { return store::find_account(tx, name); });
    auto principal = users.principal_of(*account);
    principal.means = principal.kind == auth::Principal::Kind::robot ? auth::Principal::Means::robot_token
                                                                     : auth::Principal::Means::password;
    return principal;
  }

  Result<IssuedToken> issue(auth::Principal caller, std::vector<std::string> scopes) {
    return run_awaitable(tokens.issue({std::move(caller), "reg.example", "reg.example", std::move(scopes)}));
  }

  template <class Job>
  std::invoke_result_t<Job&, db::Tx&> write(Job job) {
    return db->write_now(std::move(job));
  }
  template <class Job>
  std::invoke_result_t<Job&, db::Tx&> read(Job job) {
    return db->read_now(std::move(job));
  }

  Settings settings;
  db::TestDatabase database;
  std::unique_ptr<db::Database> db;
  auth::SecretKey secret = auth::SecretKey::make();
  boost::asio::thread_pool pool;
  auth::SecretBox box;
  auth::EncryptedPasswords encrypted;
  UserService users;
  LoginService logins;
  TokenService tokens;
};

}  // namespace wharf::service::testing
