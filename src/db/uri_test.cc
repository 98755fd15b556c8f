#include "db/uri.h"

#include <gtest/gtest.h>

namespace wharf::db {
namespace {

TEST(DatabaseUri, ASqlitePathIsRelativeOrAbsolute) {
  EXPECT_EQ(parse_uri("sqlite:///data/wharf.db")->path, "data/wharf.db");
  EXPECT_EQ(parse_uri("sqlite:////var/lib/wharf.db")->path, "/var/lib/wharf.db");
  EXPECT_EQ(parse_uri("sqlite:////a")->engine, Engine::sqlite);
}

TEST(DatabaseUri, PostgresIsKnownByEachOfItsNames) {
  for (const char* scheme : {"postgresql", "postgres", "postgresql+psycopg2"}) {
    const auto uri = parse_uri(std::string(scheme) + "://u:p@h:1/d?sslmode=require");
    ASSERT_TRUE(uri.has_value()) << scheme;
    EXPECT_EQ(uri->engine, Engine::postgres);
    EXPECT_EQ(uri->conninfo, "postgresql://u:p@h:1/d?sslmode=require");
    EXPECT_FALSE(uri->keeps_statements.has_value());
  }
}

TEST(DatabaseUri, OurOwnOptionIsTakenOut) {
  const struct {
    const char *given, *left;
  } rows[] = {{"postgres://h/d?wharf_prepare=off", "postgresql://h/d"},
              {"postgres://h/d?wharf_prepare=off&sslmode=require", "postgresql://h/d?sslmode=require"},
              {"postgres://h/d?a=1&wharf_prepare=off&b=2", "postgresql://h/d?a=1&b=2"}};
  for (const auto& row : rows) {
    const auto uri = parse_uri(row.given);
    ASSERT_TRUE(uri.has_value());
    EXPECT_EQ(uri->conninfo, row.left);
    EXPECT_EQ(uri->keeps_statements, false);
  }
}

TEST(DatabaseUri, NamesItsServersInOrder) {
  using Places = std::vector<std::tuple<std::string, std::string, std::string>>;
  const struct {
    const char* given;
    Places places;
  } rows[] = {{"postgresql://u@h/d", {{"h", "", ""}}},
              {"postgresql:///d", {{"", "", ""}}},
              {"postgresql:///d?host=/run/pg", {{"/run/pg", "", ""}}},
              {"postgresql://[::1]:5432,two:5433/d", {{"::1", "", "5432"}, {"two", "", "5433"}}},
              {"postgresql:///d?host=one,two&port=5433", {{"one", "", "5433"}, {"two", "", "5433"}}},
              {"postgresql://one,two/d?hostaddr=10.0.0.1,10.0.0.2&target_session_attrs=read-write",
               {{"one", "10.0.0.1", ""}, {"two", "10.0.0.2", ""}}}};
  for (const auto& row : rows) {
    Places places;
    for (const auto& at : hosts(parse_uri(row.given).value()).value()) {
      places.emplace_back(at.host, at.address, at.port);
    }
    EXPECT_EQ(places, row.places) << row.given;
  }
  EXPECT_FALSE(hosts(parse_uri("postgresql://h/d?nonsense=1").value()).has_value());
}

TEST(DatabaseUri, WhatIsWrongIsRefusedWithoutRepeatingIt) {
  for (const char* bad : {"", "wharf.db", "mysql://u:s3cret@h/d", "sqlite://x", "sqlite:///",
                          "sqlite:///:memory:", "postgres://u:s3cret@h/d?wharf_prepare=perhaps"}) {
    const auto uri = parse_uri(bad);
    ASSERT_FALSE(uri.has_value()) << bad;
    EXPECT_EQ(uri.error().code, Errc::invalid_request);
    EXPECT_EQ(uri.error().message.find("s3cret"), std::string::npos);
  }
}

TEST(DatabaseUri, APasswordIsNotInTheErrorOfABadOne) {
  for (const char* bad : {"postgresql://u:s3cret%zz@127.0.0.1:1/d", "postgresql://u:s3cret@127.0.0.1:1/d?nonsense=1",
                          "postgresql://u:s3cret@127.0.0.1:1/d?connect_timeout=2"}) {
    const auto opened = Database::open({.uri = bad});
    ASSERT_FALSE(opened.has_value()) << bad;
    EXPECT_EQ(opened.error().message.find("s3cret"), std::string::npos);
    EXPECT_EQ(opened.error().detail.find("s3cret"), std::string::npos);
  }
}

}  // namespace
}  // namespace wharf::db
