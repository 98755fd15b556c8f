#include "app/background.h"

#include <gmock/gmock.h>

#include "net/testing.h"
#include "service/mail.h"
#include "tests/support/mail.h"
#include "tests/support/test_registry.h"

namespace wharf::app {
namespace {

using net::testing::MailSink;
using test::TestRegistry;

bool queue_mail(TestRegistry& registry) {
  auto job = [&registry](db::Tx& tx) {
    const service::letter::PasswordChanged letter{.username = "ada"};
    return registry.services().mails.queue(tx, "ada@example.com", letter, registry.url());
  };
  return registry.database().write_now(job);
}

TEST(Background, MailsThatAreQueuedArrive) {
  MailSink sink;
  TestRegistry registry({.configure = test::mails_to(sink)});
  EXPECT_TRUE(queue_mail(registry));
  const auto mails = sink.wait_for(1);
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails[0].to, std::vector<std::string>{"ada@example.com"});
  EXPECT_EQ(mails[0].link(), registry.url());
}

TEST(Background, MailsOutliveTheServer) {
  MailSink sink;
  int port = 1;  // Nobody listens there.
  TestRegistry registry({.configure = [&](Config& config) {
    test::mails_to(sink)(config);
    config.mail_port = port;
  }});
  EXPECT_TRUE(queue_mail(registry));
  port = sink.port();
  registry.restart();
  advance_clock(std::chrono::minutes(2));  // It may have failed once.
  EXPECT_EQ(sink.wait_for(1).size(), 1u);
}

TEST(Background, NoMailIsQueuedWithoutAServerForIt) {
  TestRegistry registry;
  EXPECT_FALSE(queue_mail(registry));
}

}  // namespace
}  // namespace wharf::app
