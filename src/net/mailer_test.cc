#include "net/mailer.h"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "base/testing.h"
#include "base/testing_folder.h"
#include "http/tls.h"
#include "net/testing.h"

namespace wharf::net {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MailSink;
using ::testing::Not;

const Mail kMail{.to = "ada@example.com", .subject = "Your code", .text = "It is kept-secret-code.\n"};

std::optional<Error> send(Mailer& mailer, Mail mail) {
  auto sent = run_awaitable(mailer.send(std::move(mail)));
  if (sent) return std::nullopt;
  EXPECT_THAT(sent.error().message + sent.error().detail,
              AllOf(Not(HasSubstr("ada@")), Not(HasSubstr("kept-secret")), Not(HasSubstr("hunter2"))));
  return sent.error();
}

TEST(Mailer, HandsTheMailOver) {
  MailSink sink;
  Mailer mailer(sink.server());
  EXPECT_FALSE(send(mailer, {.to = "ada@example.com",
                             .subject = "Gr\xC3\xBC\xC3\x9F"
                                        "e",
                             .text = "One\n.\n..two\n.three\n",
                             .html = "<p>One</p>"}));
  const auto mail = sink.wait_for(1).at(0);
  EXPECT_EQ(mail.from, "wharf@example.com");
  EXPECT_THAT(mail.to, ElementsAre("ada@example.com"));
  EXPECT_EQ(mail.subject(),
            "Gr\xC3\xBC\xC3\x9F"
            "e");
  EXPECT_EQ(mail.text, "One\n.\n..two\n.three\n");
  EXPECT_EQ(mail.html, "<p>One</p>\n");
  EXPECT_EQ(mail.header("to"), "ada@example.com");
  EXPECT_EQ(mail.header("from"), "\"Wharf\" <wharf@example.com>");
  EXPECT_THAT(mail.header("message-id"), HasSubstr("@example.com>"));
  EXPECT_FALSE(mail.tls);
}

TEST(Mailer, UsesOneConnectionForABatch) {
  MailSink sink;
  Mailer mailer(sink.server());
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(send(mailer, kMail));
  EXPECT_EQ(sink.wait_for(5).size(), 5u);
  EXPECT_EQ(sink.connections(), 1);
}

TEST(Mailer, SignsIn) {
  MailSink sink({.username = "wharf", .password = "hunter2"});
  Mailer mailer(sink.server());
  EXPECT_FALSE(send(mailer, kMail));
  EXPECT_EQ(sink.wait_for(1).at(0).user, "wharf");

  auto wrong = sink.server();
  wrong.password = "hunter22";
  Mailer refused(wrong);
  const auto error = send(refused, kMail);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Errc::downstream_issue);
  EXPECT_THAT(error->message, HasSubstr("login"));
}

class MailerTls : public ::testing::Test {
 protected:
  const TemporaryFolder folder;
  const http::TlsFiles files = *http::make_self_signed(folder.path(), "127.0.0.1");
};

TEST_F(MailerTls, SendsOverTls) {
  MailSink sink({.username = "wharf", .password = "hunter2", .tls = files});
  Mailer mailer(sink.server());
  EXPECT_FALSE(send(mailer, kMail));
  EXPECT_TRUE(sink.wait_for(1).at(0).tls);
}

TEST_F(MailerTls, SendsNothingToWhoIsNotVouchedFor) {
  MailSink sink({.username = "wharf", .password = "hunter2", .tls = files});
  auto server = sink.server();
  server.extra_ca_file.clear();
  Mailer mailer(server);
  const auto error = send(mailer, kMail);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Errc::downstream_issue);
  EXPECT_TRUE(sink.mails().empty());
}

TEST_F(MailerTls, SendsNothingInTheClearWhenTlsIsAskedFor) {
  MailSink sink({.username = "wharf", .password = "hunter2"});
  auto server = sink.server();
  server.use_tls = true;
  Mailer mailer(server);
  const auto error = send(mailer, kMail);
  ASSERT_TRUE(error);
  EXPECT_THAT(error->message, HasSubstr("secure"));
  EXPECT_TRUE(sink.mails().empty());
}

TEST(Mailer, TellsOfARefusal) {
  MailSink sink;
  Mailer mailer(sink.server());
  for (const int code : {450, 550}) {
    sink.refuse(code, 1);
    const auto error = send(mailer, kMail);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, Errc::downstream_issue);
    EXPECT_THAT(error->detail, HasSubstr(std::to_string(code)));
  }
  EXPECT_FALSE(send(mailer, kMail));
  EXPECT_EQ(sink.wait_for(1).size(), 1u);
}

TEST(Mailer, TellsThatNobodyIsThere) {
  MailServer server;
  {
    const MailSink gone;
    server = gone.server();
  }
  Mailer mailer(server);
  const auto error = send(mailer, kMail);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Errc::downstream_issue);
}

TEST(Mailer, TakesNoMailThatIsMalformed) {
  MailSink sink;
  Mailer mailer(sink.server());
  for (const Mail& mail : {Mail{.to = "ada@example.com>\r\nRCPT TO:<eve@example.com", .subject = "x", .text = "x"},
                           Mail{.to = "ada@example.com", .subject = "x\r\nBcc: eve@example.com", .text = "x"}}) {
    EXPECT_EQ(send(mailer, mail)->code, Errc::invalid_request);
  }
  auto server = sink.server();
  server.host = "127.0.0.1/path";
  Mailer lost(server);
  EXPECT_EQ(send(lost, kMail)->code, Errc::invalid_request);
  EXPECT_TRUE(sink.mails().empty());
}

TEST(Mailer, WaitsOnlySoLongAndNotForItsEnd) {
  // A server that says nothing: whoever connects waits in its backlog.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  auto* const address = reinterpret_cast<sockaddr*>(&at);
  ASSERT_EQ(::bind(listener, address, size), 0);
  ASSERT_EQ(::listen(listener, 4), 0);
  ASSERT_EQ(::getsockname(listener, address, &size), 0);

  MailServer server{.host = "127.0.0.1", .port = ntohs(at.sin_port), .use_tls = false};
  server.whole_timeout = std::chrono::milliseconds(50);
  Mailer hasty(server);
  EXPECT_EQ(send(hasty, kMail)->code, Errc::downstream_issue);

  server.whole_timeout = std::chrono::minutes(10);
  Mailer patient(server);
  auto waiting = std::async(std::launch::async, [&] { return send(patient, kMail)->code; });
  while (waiting.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout) patient.stop();
  EXPECT_EQ(waiting.get(), Errc::unavailable);
  ::close(listener);
}

TEST(Mailer, SendsAMailWholeOrNotAtAll) {
  Mail mail = kMail;
  for (int i = 0; i < 30'000; ++i) mail.text += "A line that is as long as lines in mails are, more or less.\n";
  for (int i = 0; i < 10; ++i) {
    MailSink sink;
    Mailer mailer(sink.server());
    auto sending = std::async(std::launch::async, [&] { return send(mailer, mail); });
    while (sink.connections() == 0) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(2 * i));
    mailer.stop();
    const auto error = sending.get();
    const auto mails = sink.mails();
    if (!error) EXPECT_EQ(mails.size(), 1u);
    for (const auto& got : mails) EXPECT_EQ(got.text, mail.text);
  }
}

TEST(Mailer, StopsWithWhatItDoes) {
  MailSink sink;
  Mailer mailer(sink.server());
  mailer.stop();
  EXPECT_EQ(send(mailer, kMail)->code, Errc::unavailable);
}

}  // namespace
}  // namespace wharf::net
