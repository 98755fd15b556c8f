#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/clock.h"
#include "base/error.h"

namespace wharf::net {

namespace detail {
class Engine;
}

/// One mail, all texts in UTF-8.
struct Mail {
  std::string to;  ///< An address: "ada@example.com".
  std::string subject;
  std::string text;
  std::string html;  ///< The same for those who like it; "": text alone.
};

/// The server that takes our mails, from the configuration's MAIL_… keys.
struct MailServer {
  std::string host;
  int port = 587;
  bool use_tls = true;  ///< STARTTLS or nothing is sent; TLS from the first byte on port 465.
  std::string username, password;
  std::string sender = "admin@example.com";  ///< An address, or "Wharf <wharf@example.com>".
  std::string extra_ca_file;                 ///< PEM; trusted beside the system's. "": none.
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds whole_timeout{60'000};
};

/// The message of `mail` for a sender as in MailServer: headers (RFC 2047 where they are not ASCII), CRLF line ends, no
/// line over 76 bytes; multipart/alternative when there is HTML. Errors: invalid_request when an address is none or a
/// header's text has a control character, such as a line end. Source: RFC 5322, RFC 2045, RFC 2046, RFC 2047.
Result<std::string> format_mail(const Mail& mail, const std::string& sender, Millis at, const std::string& message_id);

/// Whether `text` is one plain address of printable ASCII: "local@domain" without quotes, comments or routes.
bool is_mail_address(std::string_view text);

/// Hands mails to a server by SMTP. One thread of its own, made at the first mail; safe from any thread.
class Mailer {
 public:
  explicit Mailer(MailServer server);
  /// As stop().
  ~Mailer();
  Mailer(const Mailer&) = delete;
  Mailer& operator=(const Mailer&) = delete;

  /// Comes back once the server has taken the mail. Errors: invalid_request (as format_mail), downstream_issue (no
  /// connection, no TLS, login or recipient refused, time-out), unavailable (stopped). Neither message nor detail holds
  /// a password, an address or a part of the mail.
  awaitable<Result<void>> send(Mail mail);
  /// Ends what is being sent with `unavailable` and takes no more. Safe to call twice.
  void stop();

 private:
  const MailServer server_;
  std::shared_ptr<detail::Engine> engine_;
};

}  // namespace wharf::net
