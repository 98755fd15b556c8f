#include "service/token.h"

#include <gtest/gtest.h>

#include "auth/jwt.h"
#include "base/hex.h"
#include "service/login_testing.h"

namespace wharf::service {
namespace {

using auth::Principal;
using std::chrono::seconds;
using testing::People;

constexpr std::string_view kHost = "reg.example";

json::Object claims_of(const std::string& token) {
  const auto first = token.find('.') + 1;
  const auto text = from_base64url(std::string_view(token).substr(first, token.find('.', first) - first));
  return json::parse(text.value()).value().get_object();
}

/// The actions of the first entry: "push,pull,*".
std::string actions_of(const IssuedToken& issued) {
  std::string text;
  const auto claims = claims_of(issued.token);
  for (const auto& action : claims.at("access").at(0).at("actions").as_array()) {
    if (!text.empty()) text += ',';
    text += std::string_view(action.as_string());
  }
  return text;
}

TEST(ParseScope, FollowsQuaysGrammar) {
  struct Row {
    std::string scope, asked, name, actions;
  };
  const Row good[] = {
      {"repository:acme/app:pull", "acme/app", "acme/app", "l"},
      {"repository:acme/app:push,pull", "acme/app", "acme/app", "pl"},
      {"repository:acme/app:pull,push,*", "acme/app", "acme/app", "pl*"},
      {"repository:acme/app:delete,pull", "acme/app", "acme/app", "ld"},
      {"repository:acme/app:pull,pull", "acme/app", "acme/app", "l"},
      {"repository:acme/team/app:*", "acme/team/app", "acme/team/app", "*"},
      {"repository:nginx:pull", "nginx", "library/nginx", "l"},
      {"repository:reg.example/acme/app:pull", "reg.example/acme/app", "acme/app", "l"},
      {"repository:reg.example/nginx:pull", "reg.example/nginx", "library/nginx", "l"},
      {"repository:other.example/acme/app:pull", "other.example/acme/app", "other.example/acme/app", "l"},
      {"repository:reg.example:pull", "reg.example", "library/reg.example", "l"},
      {"repository:ACME/app:pull", "ACME/app", "ACME/app", "l"},
  };
  Settings settings;
  for (const auto& row : good) {
    const auto scope = parse_scope(row.scope, kHost, settings);
    ASSERT_TRUE(scope) << row.scope;
    EXPECT_EQ(scope->asked, row.asked) << row.scope;
    EXPECT_EQ(scope->name.text(), row.name) << row.scope;
    const auto actions = std::string(scope->push ? "p" : "") + (scope->pull ? "l" : "") + (scope->remove ? "d" : "") +
                         (scope->all ? "*" : "");
    EXPECT_EQ(actions, row.actions) << row.scope;
  }
  const auto with_port = parse_scope("repository:localhost:8080/acme/app:pull", "localhost:8080", settings);
  EXPECT_EQ(with_port.value().name.text(), "acme/app");

  const std::string bad[] = {"registry:catalog:*",
                             "repository:acme/app",
                             "repository:acme/app:",
                             "repository:acme/app:destroy",
                             "repository:acme/app:pull,",
                             "repository:acme/app:,pull",
                             "repository:acme/app:pull push",
                             "repository:acme/app:pull repository:acme/b:pull",
                             "repository::pull",
                             "repository:acme//app:pull",
                             "repository:/acme/app:pull",
                             "repository:acme/app/:pull",
                             "repository:ac me/app:pull",
                             "repository:other:8080/acme/app:pull",
                             "repository:acme/app:PULL",
                             "repository:acme/app:pull\n",
                             "repository",
                             "repository:",
                             " repository:acme/app:pull",
                             "repository(plugin):acme/app:pull"};
  for (const auto& scope : bad) {
    const auto parsed = parse_scope(scope, kHost, settings);
    ASSERT_FALSE(parsed) << scope;
    EXPECT_EQ(parsed.error().code, Errc::invalid_request) << scope;
    EXPECT_TRUE(parsed.error().message.starts_with("Unable to decode repository and actions: ")) << scope;
  }
  for (const std::string name : {"acme/App", "acme/-app", "acme/.app", "acme/a/_b"}) {
    EXPECT_EQ(parse_scope("repository:" + name + ":pull", kHost, settings).error().code, Errc::name_invalid) << name;
  }
}

TEST(ParseScope, FollowsTheSettingsForNames) {
  Settings settings;
  settings.features.library_support = false;
  settings.features.extended_repository_names = false;
  EXPECT_EQ(parse_scope("repository:nginx:pull", kHost, settings).error().message,
            "A namespace must be specified explicitly");
  EXPECT_EQ(parse_scope("repository:acme/a/b:pull", kHost, settings).error().code, Errc::name_invalid);
  EXPECT_TRUE(parse_scope("repository:acme/a:pull", kHost, settings));
}

/// An organization with everything that rights can come from.
struct Acme : People {
  explicit Acme(Settings wanted = {}) : People(std::move(wanted)) {
    for (const auto* name : {"owner", "maker", "member", "reader", "writer", "admin", "viateam", "stranger"})
      user(name);
    organization("acme");
    robot("acme+ci");
    robot("acme+maker");
    robot("owner+bot");
    team("acme", "owners", store::kTeamAdmin, {"owner"});
    team("acme", "makers", store::kCreator, {"maker", "acme+maker"});
    team("acme", "members", store::kMember, {"member"});
    const auto writers = team("acme", "writers", store::kMember, {"viateam", "acme+ci"});
    for (const auto* state : {"NORMAL", "READ_ONLY", "MIRROR"}) {
      const std::string name = state == std::string("NORMAL")   ? "app"
                               : state == std::string("MIRROR") ? "mirror"
                                                                : "frozen";
      const auto id = repository("acme", name, false, state);
      allow(id, "reader", store::kRead);
      allow(id, "writer", store::kWrite);
      allow(id, "admin", store::kAdmin);
      allow_team(id, writers, store::kWrite);
    }
    repository("acme", "open", true);
    repository("acme", "chart", true, "NORMAL", "application");
    repository("owner", "own");
  }

  std::string grant(const Principal& caller, const std::string& repository) {
    const auto issued = issue(caller, {"repository:" + repository + ":pull,push,*"});
    return issued ? actions_of(*issued) : issued.error().message;
  }
  bool exists(const std::string& ns, const std::string& name) {
    return read([&](db::Tx& tx) { return store::find_repository(tx, {ns, name}); }).has_value();
  }
};

TEST(IssueToken, GrantsWhatTheCallerMayDoOnWhatExists) {
  Acme acme;
  struct Row {
    std::string who, repository, actions;
  };
  const std::string all = "push,pull,*";
  const Row rows[] = {
      {"", "acme/app", ""},
      {"stranger", "acme/app", ""},
      {"member", "acme/app", ""},
      {"maker", "acme/app", ""},
      {"reader", "acme/app", "pull"},
      {"writer", "acme/app", "push,pull"},
      {"viateam", "acme/app", "push,pull"},
      {"acme+ci", "acme/app", "push,pull"},
      {"acme+maker", "acme/app", ""},
      {"admin", "acme/app", all},
      {"owner", "acme/app", all},
      {"owner", "owner/own", all},
      {"owner+bot", "owner/own", ""},
      {"stranger", "owner/own", ""},
      // public
      {"", "acme/open", "pull"},
      {"stranger", "acme/open", "pull"},
      {"owner+bot", "acme/open", "pull"},
      {"owner", "acme/open", all},
      // states
      {"admin", "acme/frozen", "pull"},
      {"owner", "acme/frozen", "pull"},
      {"writer", "acme/frozen", "pull"},
      {"admin", "acme/mirror", "pull"},
      {"acme+ci", "acme/mirror", "pull"},
      {"stranger", "acme/mirror", ""},
      // namespaces that are not there
      {"owner", "nothere/app", ""},
      {"", "nothere/app", ""},
      {"owner", "acme+ci2", "Unable to decode repository and actions: repository:acme+ci2:pull,push,*"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(acme.grant(acme.who(row.who), row.repository), row.actions) << row.who << " on " << row.repository;
  }
  EXPECT_EQ(acme.issue(acme.who("owner"), {"repository:acme/chart:pull"}).error().code, Errc::unsupported);
}

TEST(IssueToken, APushMakesTheRepositoryWhereTheCallerMay) {
  struct Row {
    std::string who, repository, actions;
    bool made;
  };
  const std::string all = "push,pull,*";
  const Row rows[] = {
      {"", "acme/n1", "", false},          {"stranger", "acme/n2", "", false},
      {"member", "acme/n3", "", false},    {"writer", "acme/n4", "", false},
      {"acme+ci", "acme/n5", "", false},   {"owner+bot", "owner/n6", "", false},
      {"maker", "acme/n7", all, true},     {"acme+maker", "acme/n8", all, true},
      {"owner", "acme/n9", all, true},     {"owner", "owner/n10/deep", all, true},
      {"owner", "nothere/n11", "", false}, {"stranger", "owner/n12", "", false},
  };
  Acme acme;
  for (const auto& row : rows) {
    EXPECT_EQ(acme.grant(acme.who(row.who), row.repository), row.actions) << row.who << " on " << row.repository;
    const auto slash = row.repository.find('/');
    EXPECT_EQ(acme.exists(row.repository.substr(0, slash), row.repository.substr(slash + 1)), row.made)
        << row.repository;
  }
  const auto made = acme.read([](db::Tx& tx) { return store::find_repository(tx, {"acme", "n7"}); });
  EXPECT_EQ(made->visibility, store::Visibility::private_);
  // The creator has the role by name: it stays when the team goes.
  static const db::Query kRole{"test.role", R"(
    SELECT p.role FROM repository_permission p JOIN account a ON a.id = p.account_id
     WHERE p.repository_id = $1 AND a.name = 'maker')"};
  EXPECT_EQ(acme.read([&](db::Tx& tx) { return tx.one<int>(kRole, made->id); }), int{store::kAdmin});
}

TEST(IssueToken, AskingToPullWhatIsMissingMakesNothing) {
  Acme acme;
  const auto owner = acme.issue(acme.who("owner"), {"repository:acme/none:pull,*"}).value();
  EXPECT_EQ(actions_of(owner), "pull");  // they may be told that there is nothing
  EXPECT_EQ(actions_of(acme.issue(acme.who("maker"), {"repository:acme/none:pull"}).value()), "");
  EXPECT_FALSE(acme.exists("acme", "none"));
}

TEST(IssueToken, NewRepositoriesAreAsTheSettingsSay) {
  Acme acme;
  acme.settings.create_private_repo_on_push = false;
  EXPECT_EQ(acme.grant(acme.who("maker"), "acme/seen"), "push,pull,*");
  const auto made = acme.read([](db::Tx& tx) { return store::find_repository(tx, {"acme", "seen"}); });
  EXPECT_EQ(made->visibility, store::Visibility::public_);

  acme.settings.features.restricted_users = true;
  EXPECT_EQ(acme.grant(acme.who("maker"), "maker/new"), "pull");  // their own, where they may make nothing
  EXPECT_FALSE(acme.exists("maker", "new"));
  EXPECT_EQ(acme.grant(acme.who("maker"), "acme/new"), "push,pull,*");
}

TEST(IssueToken, AReadOnlyRegistryGrantsPullAlone) {
  Acme acme;
  acme.settings.read_only = true;
  EXPECT_EQ(acme.grant(acme.who("owner"), "acme/app"), "pull");
  EXPECT_EQ(acme.grant(acme.who("owner"), "acme/none"), "pull");
  EXPECT_FALSE(acme.exists("acme", "none"));
}

TEST(IssueToken, MakesNamespacesOnlyWhereThatIsSwitchedOn) {
  Acme acme;
  acme.settings.create_namespace_on_push = true;
  EXPECT_EQ(acme.grant(acme.who("stranger"), "fresh/app"), "push,pull,*");
  const auto fresh = acme.read([](db::Tx& tx) { return store::find_account(tx, "fresh"); });
  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->kind, store::AccountKind::organization);
  EXPECT_EQ(fresh->contact_email, "stranger+fresh@example.com");
  EXPECT_EQ(acme.grant(acme.who("member"), "fresh/app"), "");

  const auto invalid = acme.issue(acme.who("stranger"), {"repository:No_Good/app:push"});
  ASSERT_FALSE(invalid);
  EXPECT_EQ(invalid.error().code, Errc::unsupported);
  EXPECT_EQ(invalid.error().message, "Cannot create organization");
  // Asking to pull makes nothing, and neither do robots and the anonymous.
  EXPECT_EQ(actions_of(acme.issue(acme.who("stranger"), {"repository:pulled/app:pull"}).value()), "");
  EXPECT_EQ(acme.grant(acme.who("acme+ci"), "robotic/app"), "");
  EXPECT_EQ(acme.grant({}, "nobodys/app"), "");
  for (const auto* name : {"pulled", "robotic", "nobodys"}) {
    EXPECT_FALSE(acme.read([&](db::Tx& tx) { return store::find_account(tx, name); })) << name;
  }
}

TEST(IssueToken, OAuthTokensAreCappedByTheirScopes) {
  struct Row {
    std::string scopes, repository, actions;
    bool made;
  };
  const Row rows[] = {
      {"repo:read", "acme/app", "pull", false},
      {"repo:write", "acme/app", "push,pull", false},
      {"repo:admin", "acme/app", "push,pull,*", false},
      {"user:read", "acme/app", "", false},
      {"user:admin org:admin", "acme/app", "", false},
      {"user:read", "acme/open", "pull", false},
      {"repo:admin", "acme/o1", "pull", false},
      {"repo:create", "acme/o2", "", true},
      {"repo:create repo:write", "acme/o3", "push,pull", true},
      {"repo:create repo:admin", "acme/o4", "push,pull,*", true},
  };
  Acme acme;
  for (const auto& row : rows) {
    auto who = acme.who("owner");
    who.means = Principal::Means::oauth_token;
    who.scopes = auth::ScopeSet::parse(row.scopes);
    EXPECT_EQ(acme.grant(who, row.repository), row.actions) << row.scopes << " on " << row.repository;
    const auto name = row.repository.substr(5);
    EXPECT_EQ(acme.exists("acme", name), row.made || name == "app" || name == "open") << row.repository;
  }
}

TEST(IssueToken, SuperusersHaveMoreOnlyWithFullAccess) {
  Acme acme;
  acme.settings.super_users = {"stranger"};
  acme.settings.read_only_super_users = {"member"};
  EXPECT_EQ(acme.grant(acme.who("stranger"), "acme/app"), "");
  EXPECT_EQ(acme.grant(acme.who("member"), "acme/app"), "pull");
  EXPECT_EQ(acme.grant(acme.who("member"), "acme/none"), "");
  auth::set_access_rules({.superusers_full_access = true});
  const auto on_app = acme.grant(acme.who("stranger"), "acme/app");
  const auto on_frozen = acme.grant(acme.who("stranger"), "acme/frozen");
  const auto on_new = acme.grant(acme.who("stranger"), "acme/fromabove");
  const auto onlooker = acme.grant(acme.who("member"), "acme/app");
  auth::set_access_rules({});
  EXPECT_EQ(on_app, "push,pull,*");
  EXPECT_EQ(on_frozen, "pull");
  EXPECT_EQ(on_new, "push,pull,*");
  EXPECT_EQ(onlooker, "pull");
}

TEST(IssueToken, ADisabledNamespaceRefusesTheWholeRequest) {
  Acme acme;
  acme.set_enabled("acme", false);
  for (const auto* name : {"", "stranger", "owner"}) {
    const auto issued = acme.issue(acme.who(name), {"repository:owner/own:pull", "repository:acme/app:pull"});
    ASSERT_FALSE(issued) << name;
    EXPECT_EQ(issued.error().code, Errc::namespace_disabled) << name;
  }
}

TEST(IssueToken, JudgesEachScopeAloneAndNamesItAsItWasAsked) {
  Acme acme;
  const auto issued =
      acme.issue(acme.who("writer"), {"repository:reg.example/acme/app:pull,push", "", "repository:owner/own:pull"});
  const auto claims = claims_of(issued.value().token);
  const auto& access = claims.at("access").as_array();
  ASSERT_EQ(access.size(), 2u);
  EXPECT_EQ(access[0].at("name"), "reg.example/acme/app");
  EXPECT_EQ(json::to_text(access[0].at("actions")), json::to_text(json::Array{"push", "pull"}));
  EXPECT_EQ(access[1].at("name"), "owner/own");
  EXPECT_TRUE(access[1].at("actions").as_array().empty());
}

TEST(IssueToken, HasQuaysClaims) {
  Acme acme;
  const auto before = now_ms() / 1000;
  const auto issued = acme.issue(acme.who("reader"), {"repository:acme/app:pull"}).value();
  const auto claims = claims_of(issued.token);
  EXPECT_EQ(claims.at("iss"), "quay");
  EXPECT_EQ(claims.at("aud"), "reg.example");
  EXPECT_EQ(claims.at("sub"), "reader");
  const auto iat = claims.at("iat").as_int64();
  EXPECT_GE(iat, before);
  EXPECT_EQ(claims.at("nbf"), iat);
  EXPECT_EQ(claims.at("exp"), iat + 3600);
  EXPECT_EQ(issued.expires_in_s, 3600);
  EXPECT_EQ(claims.at("context").at("entity_kind"), "user");
  EXPECT_EQ(claims.at("context").at("version"), 2);

  const auto anonymous = claims_of(acme.issue({}, {"repository:acme/open:pull"}).value().token);
  EXPECT_EQ(anonymous.at("sub"), "(anonymous)");
  EXPECT_EQ(anonymous.at("context").at("entity_kind"), "anonymous");
  EXPECT_EQ(claims_of(acme.issue(acme.who("acme+ci"), {}).value().token).at("context").at("entity_kind"), "robot");
}

TEST(IssueToken, RefusesWhatNobodyAsksForAndWhatIsTooMuch) {
  Acme acme;
  EXPECT_EQ(acme.issue({}, {}).error().code, Errc::unauthenticated);
  EXPECT_EQ(acme.issue({}, {""}).error().code, Errc::unauthenticated);
  EXPECT_TRUE(acme.issue(acme.who("reader"), {}));
  EXPECT_TRUE(acme.issue(acme.who("reader"), {""}));
  const std::vector<std::string> many(TokenService::kMostScopes, "repository:acme/app:pull");
  EXPECT_TRUE(acme.issue(acme.who("reader"), many));
  auto more = many;
  more.push_back(more.back());
  EXPECT_EQ(acme.issue(acme.who("reader"), more).error().code, Errc::invalid_request);
  const std::vector<std::string> long_ones(30, "repository:" + std::string(600, 'n') + "/app:pull");
  EXPECT_EQ(acme.issue(acme.who("reader"), long_ones).error().code, Errc::invalid_request);
}

TEST(IssueToken, TwoPushesAtOnceMakeOneRepository) {
  Acme acme;
  boost::asio::io_context loop(1);
  std::vector<std::string> actions;
  auto push = [&](std::string who) -> awaitable<void> {
    TokenRequest request{acme.who(who), "reg.example", "reg.example", {"repository:acme/race:push"}};
    const auto issued = co_await acme.tokens.issue(std::move(request));
    actions.push_back(actions_of(issued.value()));
  };
  for (int i = 0; i < 8; ++i) boost::asio::co_spawn(loop, push("owner"), boost::asio::detached);
  loop.run();
  EXPECT_EQ(actions, std::vector<std::string>(8, "push"));
}

// ---- Checking ----

TEST(VerifyToken, GivesBackWhoAndWhat) {
  Acme acme;
  auto who = acme.who("writer");
  who.means = Principal::Means::oauth_token;
  who.scopes = auth::ScopeSet::parse("repo:write");
  who.token_uuid = "0b7c";
  const auto issued = acme.issue(who, {"repository:reg.example/acme/app:pull,push", "repository:nginx:pull"}).value();
  for (int round = 0; round < 2; ++round) {  // checked, then remembered
    const auto token = acme.tokens.verify(issued.token, kHost, now_ms()).value();
    EXPECT_EQ(token->who.name, "writer");
    EXPECT_EQ(token->who.account_id, who.account_id);
    EXPECT_EQ(token->who.means, Principal::Means::oauth_token);
    EXPECT_EQ(token->who.scopes->text(), who.scopes->text());
    EXPECT_EQ(token->who.token_uuid, "0b7c");
    EXPECT_TRUE(token->grants({"acme", "app"}, true));
    EXPECT_TRUE(token->grants({"acme", "app"}, false));
    EXPECT_FALSE(token->grants({"acme", "ap"}, false));
    EXPECT_FALSE(token->grants({"reg.example", "acme/app"}, false));
    EXPECT_FALSE(token->grants({"library", "nginx"}, false));  // nothing is granted there
  }
  const auto nobody = acme.issue({}, {"repository:acme/open:pull"}).value();
  EXPECT_TRUE(acme.tokens.verify(nobody.token, kHost, now_ms()).value()->who.anonymous());
}

TEST(VerifyToken, ANamespaceThatLooksLikeAHostGivesNothingOnOthers) {
  Acme acme;
  acme.organization("a.b");
  acme.team("a.b", "owners", store::kTeamAdmin, {"stranger"});
  // In the namespace "a.b", a repository named like somebody else's.
  const auto own = acme.issue(acme.who("stranger"), {"repository:a.b/acme/app:push,pull"}).value();
  EXPECT_EQ(actions_of(own), "push,pull");
  const auto token = acme.tokens.verify(own.token, kHost, now_ms()).value();
  EXPECT_TRUE(token->grants({"a.b", "acme/app"}, true));
  EXPECT_FALSE(token->grants({"acme", "app"}, false));

  // Under another Host the same words mean another repository; the token keeps to the one that was judged.
  TokenRequest elsewhere{acme.who("stranger"), "reg.example", "acme", {"repository:acme/stranger/app:push,pull"}};
  const auto bent = run_awaitable(acme.tokens.issue(std::move(elsewhere))).value();
  const auto read = acme.tokens.verify(bent.token, kHost, now_ms()).value();
  EXPECT_TRUE(read->grants({"stranger", "app"}, true));
  EXPECT_FALSE(read->grants({"acme", "stranger/app"}, false));
}

TEST(VerifyToken, RefusesWhatIsNotGood) {
  Acme acme;
  const auto now = now_ms();
  const auto good = acme.issue(acme.who("writer"), {"repository:acme/app:pull"}).value().token;
  const auto key = auth::SigningKey::make();
  TokenService mine(*acme.db, acme.settings, key);
  const auto sign = [&](std::string_view member, json::Value value) {
    auto claims = claims_of(good);
    if (value.is_null()) {
      claims.erase(member);
    } else {
      claims[member] = std::move(value);
    }
    return auth::jwt::sign(json::to_text(json::Value(claims)), key);
  };
  ASSERT_TRUE(mine.verify(sign("sub", "writer"), kHost, now));

  auto tampered = good;
  const auto middle = tampered.find('.') + 10;
  tampered[middle] = tampered[middle] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(acme.tokens.verify(tampered, kHost, now));
  EXPECT_FALSE(acme.tokens.verify(good, "other.example", now));
  EXPECT_FALSE(acme.tokens.verify("", kHost, now));
  EXPECT_FALSE(acme.tokens.verify(std::string(40, 'a'), kHost, now));
  EXPECT_TRUE(acme.tokens.verify(good, kHost, now));
  EXPECT_FALSE(acme.tokens.verify(good, "other.example", now));  // remembered for its own audience alone
  EXPECT_FALSE(acme.tokens.verify(good + "A", kHost, now));
  EXPECT_FALSE(acme.tokens.verify(good.substr(0, good.size() - 1), kHost, now));

  const json::Object robot{{"entity_kind", "robot"}};
  const std::pair<std::string_view, json::Value> bad[] = {
      {"iss", "other"},
      {"iss", nullptr},
      {"aud", "other.example"},
      {"aud", nullptr},
      {"sub", nullptr},
      {"sub", ""},
      {"exp", nullptr},
      {"exp", now / 1000 + 4000},  // lives too long
      {"iat", nullptr},
      {"iat", now / 1000 + 60},
      {"nbf", now / 1000 + 60},
      {"access", nullptr},
      {"access", "all"},
      {"access", json::Array{json::Object{{"type", "registry"}, {"name", "catalog"}, {"actions", json::Array{"*"}}}}},
      {"access", json::Array{json::Object{{"type", "repository"}, {"name", "a/b"}, {"actions", json::Array{"fly"}}}}},
      {"access", json::Array{json::Object{{"type", "repository"}, {"name", "a/b"}}}},
      {"access", json::Array{json::Object{{"type", "repository"}, {"actions", json::Array{"pull"}}}}},
      {"context", nullptr},
      {"context", json::Object{{"entity_kind", "ghost"}}},
      {"context", robot},  // without an account
  };
  for (const auto& [member, value] : bad) {
    const auto refused = mine.verify(sign(member, value), kHost, now);
    ASSERT_FALSE(refused) << member << " " << json::to_text(value);
    EXPECT_EQ(refused.error().code, Errc::bad_token) << member;
    EXPECT_EQ(refused.error().message, "Invalid bearer token") << member;
  }
}

TEST(VerifyToken, TheWiderActionContainsTheNarrower) {
  Acme acme;
  const auto all = acme.issue(acme.who("admin"), {"repository:acme/app:*"}).value();
  EXPECT_EQ(actions_of(all), "*");
  const auto token = acme.tokens.verify(all.token, kHost, now_ms()).value();
  EXPECT_TRUE(token->grants({"acme", "app"}, true));
  EXPECT_TRUE(token->access.at(0).pull);
}

TEST(VerifyToken, ExpiryCountsForRememberedTokensToo) {
  Acme acme;
  const auto issued = acme.issue(acme.who("writer"), {}).value();
  EXPECT_TRUE(acme.tokens.verify(issued.token, kHost, now_ms()));
  advance_clock(seconds(3600));
  EXPECT_TRUE(acme.tokens.verify(issued.token, kHost, now_ms()));  // clocks may differ by 30 s
  advance_clock(seconds(31));
  EXPECT_FALSE(acme.tokens.verify(issued.token, kHost, now_ms()));
}

TEST(VerifyToken, AsksNothingOfTheDatabase) {
  Acme acme;
  const auto issued = acme.issue(acme.who("writer"), {"repository:acme/app:pull"}).value();
  const auto before = acme.db->counters().statements;
  EXPECT_TRUE(acme.tokens.verify(issued.token, kHost, now_ms()));
  EXPECT_TRUE(acme.tokens.verify(issued.token, kHost, now_ms()));
  EXPECT_EQ(acme.db->counters().statements, before);
}

}  // namespace
}  // namespace wharf::service
