#include "net/mailer.h"

#include <algorithm>

#include "base/random.h"
#include "net/engine.h"
#include "net/mail_format.h"
#include "net/transfer.h"

namespace wharf::net {
namespace {

constexpr int kTlsPort = 465;  ///< Source: RFC 8314 section 7.3: TLS from the first byte.
constexpr std::size_t kMostReplies = 64 * 1024;
constexpr long kKeptSeconds = 5;

Error stopped() { return {Errc::unavailable, "The server is stopping"}; }

bool is_host(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:") ==
             std::string_view::npos;
}

std::string server_url(const MailServer& server) {
  const bool v6 = server.host.find(':') != std::string::npos;
  return std::string(server.use_tls && server.port == kTlsPort ? "smtps" : "smtp") + "://" +
         (v6 ? "[" + server.host + "]" : server.host) + ":" + std::to_string(server.port);
}

}  // namespace

Mailer::Mailer(MailServer server)
    : server_(std::move(server)), engine_(std::make_shared<detail::Engine>(detail::Engine::Options{})) {}

Mailer::~Mailer() { stop(); }

void Mailer::stop() { engine_->stop(); }

awaitable<Result<void>> Mailer::send(Mail mail) {
  if (!is_host(server_.host)) co_return Error{Errc::invalid_request, "The name of the mail server is not valid"};
  const auto sender = detail::parse_mailbox(server_.sender);
  if (!sender) co_return Error{Errc::invalid_request, "The address that mails come from is not valid"};
  const auto domain = sender->address.substr(sender->address.rfind('@') + 1);
  auto message = format_mail(mail, server_.sender, now_ms(), random_uuid() + "@" + domain);
  if (!message) co_return message.error();

  detail::Transfer::Options options;
  options.extra_ca_file = server_.extra_ca_file;
  options.collected = kMostReplies;
  options.body = std::move(*message);
  options.is_http = false;
  const auto transfer = std::make_shared<detail::Transfer>(engine_, std::move(options));

  CURL* const easy = transfer->easy();
  const auto set = [easy](CURLoption option, auto value) { curl_easy_setopt(easy, option, value); };
  set(CURLOPT_URL, server_url(server_).c_str());
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_USE_SSL, static_cast<long>(server_.use_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  if (!server_.username.empty()) {
    set(CURLOPT_USERNAME, server_.username.c_str());
    set(CURLOPT_PASSWORD, server_.password.c_str());
  }
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(transfer->body_bytes()));
  set(CURLOPT_MAIL_FROM, ("<" + sender->address + ">").c_str());
  transfer->add_line("<" + mail.to + ">");
  set(CURLOPT_MAIL_RCPT, transfer->lines());
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(server_.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(server_.whole_timeout.count()));
  set(CURLOPT_SERVER_RESPONSE_TIMEOUT, std::max(1L, static_cast<long>(server_.whole_timeout.count() / 1000)));
  // One connection does for a batch; mail servers drop idle ones soon.
  set(CURLOPT_MAXAGE_CONN, kKeptSeconds);

  const bool begun = co_await transfer->begin();
  if (!begun) co_return stopped();
  auto done = co_await transfer->finish();
  if (!done) co_return done.error();
  co_return Result<void>{};
}

}  // namespace wharf::net
