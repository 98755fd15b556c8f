#include "db/transfer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/testing.h"

namespace wharf::db {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;

struct Account {
  std::int64_t id = 0;
  std::string name;
  bool enabled = false;
  std::optional<std::string> email;
  friend bool operator==(const Account&, const Account&) = default;
};
BOOST_DESCRIBE_STRUCT(Account, (), (id, name, enabled, email))

const Query kAdd{"test.add", R"(
  INSERT INTO account (uuid, kind, name, email, enabled, created_ms) VALUES ($1, 'user', $2, $3, $4, 5)
  RETURNING id)"};
const Query kAccounts{"test.accounts", "SELECT id, name, enabled, email FROM account ORDER BY id"};
const Query kRemove{"test.remove", "DELETE FROM account WHERE id = $1"};

class TransferTest : public testing::Test {
 protected:
  static std::int64_t add(Database& to, const std::string& name, const std::optional<std::string>& email,
                          bool enabled) {
    return to.write_now([&](Tx& tx) { return tx.get<std::int64_t>(kAdd, "uuid-of-" + name, name, email, enabled); });
  }
  static std::vector<Account> accounts(Database& of) {
    return of.read_now([](Tx& tx) { return tx.all<Account>(kAccounts); });
  }

  TestDatabase sqlite_ = TestDatabase::make_migrated(Engine::sqlite);
  TestDatabase postgres_ = TestDatabase::make_migrated(Engine::postgres);
  std::unique_ptr<Database> from_ = sqlite_.open();
  std::unique_ptr<Database> to_ = postgres_.open();
};

TEST_F(TransferTest, BringsEveryRowAsItWas) {
  for (int i = 0; i < 1203; ++i) {
    add(*from_, fmt::format("user{:04}", i),
        i % 3 == 0 ? std::nullopt : std::optional(fmt::format("é\"{}\\,{{}} NULL@x.y", i)), i % 2 == 0);
  }
  std::int64_t last = 0;
  const auto moved = transfer(*from_, *to_, [&](const TransferProgress& at) {
    EXPECT_GT(at.done, last);
    EXPECT_LE(at.done, at.total);
    last = at.done;
  });
  ASSERT_TRUE(moved.has_value()) << moved.error().message << ' ' << moved.error().detail;
  EXPECT_THAT(*moved, Contains(AllOf(Field(&TransferredTable::name, "account"), Field(&TransferredTable::rows, 1203))));
  EXPECT_EQ(accounts(*to_), accounts(*from_));
}

TEST_F(TransferTest, GivesNoIdASecondTime) {
  add(*from_, "first", {}, true);
  const auto gone = add(*from_, "gone", {}, true);
  from_->write_now([gone](Tx& tx) { return tx.run(kRemove, gone); });
  ASSERT_TRUE(transfer(*from_, *to_, [](const TransferProgress&) {}).has_value());
  EXPECT_GT(add(*to_, "next", {}, true), gone);
}

TEST_F(TransferTest, KeepsTheForeignKeysAndTriggersOfTheTarget) {
  static const Query kKeys{"test.keys", R"(
    SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace)"};
  static const Query kOff{"test.off", "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'"};
  const auto count = [this](const Query& query) {
    return to_->read_now([&](Tx& tx) { return tx.get<std::int64_t>(query); });
  };
  const auto before = count(kKeys);
  ASSERT_GT(before, 0);
  add(*from_, "first", {}, true);
  ASSERT_TRUE(transfer(*from_, *to_, [](const TransferProgress&) {}).has_value());
  EXPECT_EQ(count(kKeys), before);
  EXPECT_EQ(count(kOff), 0);
}

TEST_F(TransferTest, LeavesADatabaseAloneThatIsInUse) {
  add(*from_, "first", {}, true);
  add(*to_, "other", {}, true);
  const auto moved = transfer(*from_, *to_, [](const TransferProgress&) {});
  ASSERT_FALSE(moved.has_value());
  EXPECT_EQ(moved.error().code, Errc::invalid_request);
  EXPECT_EQ(accounts(*to_).size(), 1u);
  EXPECT_FALSE(transfer(*to_, *from_, [](const TransferProgress&) {}).has_value()) << "from PostgreSQL";
}

TEST_F(TransferTest, RefusesTablesThatDoNotFit) {
  static const Query kOdd{"test.odd", "CREATE TABLE odd (id INTEGER)"};
  add(*from_, "first", {}, true);
  from_->write_now([](Tx& tx) { return tx.run(kOdd); });
  const auto moved = transfer(*from_, *to_, [](const TransferProgress&) {});
  ASSERT_FALSE(moved.has_value());
  EXPECT_EQ(moved.error().detail, "PostgreSQL has no odd");
  EXPECT_TRUE(accounts(*to_).empty());
}

TEST_F(TransferTest, LeavesNothingBehindWhenItIsStopped) {
  add(*from_, "first", {}, true);
  const auto stop = [](const TransferProgress&) { throw Accident({Errc::unavailable, "Stopped"}); };
  EXPECT_THROW((void)transfer(*from_, *to_, stop), Accident);
  EXPECT_TRUE(accounts(*to_).empty());
  EXPECT_TRUE(transfer(*from_, *to_, [](const TransferProgress&) {}).has_value());
}

}  // namespace
}  // namespace wharf::db
