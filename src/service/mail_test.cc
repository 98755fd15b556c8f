#include "service/mail.h"

#include <gmock/gmock.h>

#include <future>

#include "net/testing.h"
#include "service/login_testing.h"
#include "store/mail.h"

namespace wharf::service {
namespace {

using namespace std::chrono_literals;
using net::testing::MailSink;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kBase = "https://registry.example.com";

/// A registry that mails to a sink.
class MailServiceTest : public ::testing::Test {
 protected:
  static Settings with_mail(const net::MailServer& server) {
    Settings settings;
    settings.features.mailing = true;
    settings.mail_server = server.host;
    settings.mail_port = server.port;
    settings.mail_use_tls = server.use_tls;
    settings.mail_sender = server.sender;
    return settings;
  }

  bool queue(const std::string& to, const std::string& code = "c0de") {
    return people.write([&](db::Tx& tx) { return mails.queue(tx, to, letter::Recovery{"ada", code}, kBase); });
  }
  MailService::Delivered deliver(MailService& service) { return run_awaitable(service.deliver(100)); }
  std::vector<std::string> queued() {
    static const db::Query kAll{"test.mails", "SELECT sealed_message FROM mail_queue ORDER BY id"};
    return people.db->read_now([](db::Tx& tx) { return tx.all<std::string>(kAll); });
  }

  MailSink sink;
  testing::People people{with_mail(sink.server())};
  MailService mails{*people.db, people.settings, people.box};
};

TEST_F(MailServiceTest, SendsWhatWasQueuedAndForgetsIt) {
  EXPECT_TRUE(queue("ada@example.com"));
  EXPECT_THAT(sink.mails(), IsEmpty());
  EXPECT_EQ(deliver(mails).sent, 1);
  const auto mail = sink.wait_for(1).at(0);
  EXPECT_EQ(mail.to, std::vector<std::string>{"ada@example.com"});
  EXPECT_EQ(mail.subject(), "Recover your account");
  EXPECT_EQ(mail.link("/recovery"), std::string(kBase) + "/recovery?code=c0de");
  EXPECT_THAT(mail.html, HasSubstr("/recovery?code=c0de"));
  EXPECT_THAT(queued(), IsEmpty());
  EXPECT_EQ(deliver(mails).sent, 0);
}

TEST_F(MailServiceTest, SendsNothingOfWhatDidNotHappen) {
  auto job = [this](db::Tx& tx) -> Result<bool> {
    mails.queue(tx, "ada@example.com", letter::PasswordChanged{"ada"}, kBase);
    return Error{Errc::invalid_request, "no"};
  };
  EXPECT_FALSE(people.db->write_now(job));
  EXPECT_EQ(deliver(mails).sent, 0);
  EXPECT_THAT(sink.mails(), IsEmpty());
}

TEST_F(MailServiceTest, KeepsItsSecretsInTheDatabase) {
  queue("ada@example.com", "very-secret");
  for (const auto& row : queued()) {
    EXPECT_THAT(row, Not(HasSubstr("very-secret")));
    EXPECT_THAT(row, Not(HasSubstr("ada")));
  }
}

TEST_F(MailServiceTest, QueuesNothingThatCannotBeSent) {
  EXPECT_FALSE(queue("no address"));
  EXPECT_FALSE(queue("ada@example.com\r\nRCPT TO:<eve@example.com>"));
  EXPECT_FALSE(queue(""));
  Settings off;
  off.features.mailing = false;
  MailService silent(*people.db, off, people.box);
  people.write([&](db::Tx& tx) {
    EXPECT_FALSE(silent.queue(tx, "ada@example.com", letter::PasswordChanged{"ada"}, kBase));
    return true;
  });
  EXPECT_EQ(deliver(silent).sent, 0);
  EXPECT_THAT(queued(), IsEmpty());
}

TEST_F(MailServiceTest, TriesAgainLaterAndGivesUpInTheEnd) {
  queue("ada@example.com");
  queue("bob@example.com");
  sink.refuse(450, 1);
  auto round = deliver(mails);
  EXPECT_EQ(round.sent, 1);
  EXPECT_EQ(round.failed, 1);
  sink.refuse(550, 100);
  for (const auto wait : {15s, 120s, 900s}) {
    advance_clock(wait - 5s);
    EXPECT_EQ(deliver(mails).failed, 0);
    advance_clock(6s);
    EXPECT_EQ(deliver(mails).failed, 1);
  }
  advance_clock(121min);
  round = deliver(mails);
  EXPECT_EQ(round.failed, 0);
  EXPECT_EQ(round.dropped, 1);
  EXPECT_THAT(queued(), IsEmpty());
  EXPECT_THAT(sink.mails(), SizeIs(1));
}

TEST_F(MailServiceTest, SucceedsAtAnAttemptThatIsNotTheFirst) {
  queue("ada@example.com");
  sink.refuse(450, 1);
  EXPECT_EQ(deliver(mails).failed, 1);
  advance_clock(16s);
  EXPECT_EQ(deliver(mails).sent, 1);
  EXPECT_THAT(sink.wait_for(1), SizeIs(1));
}

TEST_F(MailServiceTest, SharesTheWorkBetweenNodes) {
  constexpr int kMails = 60;
  for (int i = 0; i < kMails; ++i) queue("ada" + std::to_string(i) + "@example.com");
  MailService other(*people.db, people.settings, people.box);
  auto theirs = std::async(std::launch::async, [&] { return deliver(other).sent; });
  const int ours = deliver(mails).sent;
  EXPECT_EQ(ours + theirs.get(), kMails);
  std::set<std::string> to;
  for (const auto& mail : sink.wait_for(kMails)) to.insert(mail.to.at(0));
  EXPECT_EQ(to.size(), static_cast<std::size_t>(kMails));
  EXPECT_EQ(sink.mails().size(), static_cast<std::size_t>(kMails));
}

TEST_F(MailServiceTest, TakesOverFromANodeThatDied) {
  queue("ada@example.com");
  people.write([](db::Tx& tx) { return store::take_due_mails(tx, now_ms(), now_ms() + 900'000, 10).size(); });
  EXPECT_EQ(deliver(mails).sent, 0);
  advance_clock(901s);
  EXPECT_EQ(deliver(mails).sent, 1);
}

TEST_F(MailServiceTest, DropsWhatItCannotReadWithoutHoldingUpTheRest) {
  people.write([](db::Tx& tx) { return store::insert_mail(tx, "v1.nonsense", now_ms()), true; });
  queue("ada@example.com");
  auto round = deliver(mails);
  EXPECT_EQ(round.sent, 1);
  EXPECT_EQ(round.failed, 1);
  for (const auto wait : {16s, 121s, 901s, 7201s}) {
    advance_clock(wait);
    round = deliver(mails);
  }
  EXPECT_EQ(round.dropped, 1);
  EXPECT_THAT(queued(), IsEmpty());
}

TEST_F(MailServiceTest, LeavesWhatItDidNotSendToOthersWhenItStops) {
  for (int i = 0; i < 3; ++i) queue("ada" + std::to_string(i) + "@example.com");
  mails.stop();
  const auto round = deliver(mails);
  EXPECT_EQ(round.sent + round.failed + round.dropped, 0);
  MailService next(*people.db, people.settings, people.box);
  EXPECT_EQ(deliver(next).sent, 3);
}

}  // namespace
}  // namespace wharf::service
