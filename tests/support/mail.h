#pragma once
#include "app/config.h"
#include "net/testing.h"

namespace wharf::test {

/// For TestRegistry::Options::configure: mail is on and goes to `sink`.
inline auto mails_to(const net::testing::MailSink& sink) {
  return [server = sink.server()](app::Config& config) {
    config.mail_server = server.host;
    config.mail_port = server.port;
    config.mail_use_tls = server.use_tls;
    config.mail_username = server.username;
    config.mail_password = server.password;
    config.mail_sender = server.sender;
  };
}

}  // namespace wharf::test
