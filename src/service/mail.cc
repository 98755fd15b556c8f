#include "service/mail.h"

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "net/mailer.h"
#include "store/mail.h"

namespace wharf::service {
namespace {

constexpr std::string_view kSealedFor = "mail_queue";

// The waits after each failure; the one after them is the last.
constexpr std::array<Millis, 4> kWaits{15'000, 2 * 60'000, 15 * 60'000, 120 * 60'000};
constexpr std::int64_t kMostAttempts = std::ssize(kWaits) + 1;

// Mails that are taken at once, and until when nobody else gets them: longer than all of them can last.
constexpr int kBatch = 10;
constexpr Millis kLease = 15 * 60'000;

struct Message {
  std::string to, subject, text, html;
};
BOOST_DESCRIBE_STRUCT(Message, (), (to, subject, text, html))

net::MailServer server_of(const Settings& settings) {
  net::MailServer server;
  server.host = settings.mail_server;
  server.port = settings.mail_port;
  server.use_tls = settings.mail_use_tls;
  server.username = settings.mail_username;
  server.password = settings.mail_password;
  server.sender = settings.mail_sender;
  return server;
}

Result<net::Mail> unsealed(const auth::SecretBox& secrets, const std::string& sealed) {
  const auto text = secrets.open(sealed, kSealedFor);
  if (!text) return text.error();
  auto message = json::decode_text<Message>(*text);
  if (!message) return message.error();
  return net::Mail{.to = std::move(message->to),
                   .subject = std::move(message->subject),
                   .text = std::move(message->text),
                   .html = std::move(message->html)};
}

}  // namespace

MailService::MailService(db::Database& database, const Settings& settings, const auth::SecretBox& secrets)
    : db_(database), settings_(settings), secrets_(secrets) {
  if (settings.features.mailing) mailer_ = std::make_unique<net::Mailer>(server_of(settings));
}

MailService::~MailService() = default;

void MailService::stop() {
  if (mailer_) mailer_->stop();
}

bool MailService::queue(db::Tx& tx, const std::string& to, const letter::Any& letter,
                        const std::string& base_url) const {
  if (!mailer_ || to.empty()) return false;
  if (!net::is_mail_address(to)) {
    log::warn("a mail is not sent: the address is not one that mail servers take");
    return false;
  }
  auto written = letter::write(letter, settings_.registry_title, base_url);
  const Message message{.to = to,
                        .subject = std::move(written.subject),
                        .text = std::move(written.text),
                        .html = std::move(written.html)};
  std::string text;
  json::write(text, message);
  store::insert_mail(tx, secrets_.seal(text, kSealedFor), now_ms());
  return true;
}

awaitable<MailService::Delivered> MailService::deliver(int most) {
  Delivered round;
  while (mailer_ && most > 0) {
    const auto now = now_ms();
    auto look = [now](db::Tx& tx) { return store::has_due_mail(tx, now); };
    const bool due = co_await db_.lookup(std::move(look));
    if (!due) co_return round;
    auto take = [now, count = std::min(most, kBatch)](db::Tx& tx) {
      return store::take_due_mails(tx, now, now + kLease, count);
    };
    const auto mails = co_await db_.write(std::move(take));
    most -= kBatch;
    for (std::size_t at = 0; at < mails.size(); ++at) {
      const auto result = co_await deliver_one(mails[at]);
      round.sent += result.sent;
      round.failed += result.failed;
      round.dropped += result.dropped;
      if (result.sent + result.failed + result.dropped == 0) {  // The server is stopping: others go on with the rest.
        auto rest = mails;
        rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(at) + 1);
        co_await give_back(std::move(rest));
        co_return round;
      }
    }
  }
  co_return round;
}

awaitable<void> MailService::give_back(std::vector<store::QueuedMail> mails) {
  if (mails.empty()) co_return;
  auto put = [mails = std::move(mails), now = now_ms()](db::Tx& tx) {
    for (const auto& mail : mails) store::put_mail_back(tx, mail.id, now, mail.attempts - 1);
    return true;
  };
  co_await db_.write(std::move(put));
}

awaitable<MailService::Delivered> MailService::deliver_one(store::QueuedMail mail) {
  auto message = unsealed(secrets_, mail.sealed_message);
  Result<void> sent = message ? Result<void>() : message.error();
  if (message) sent = co_await mailer_->send(std::move(*message));
  Delivered result;
  Millis again = 0;
  if (sent) {
    result.sent = 1;
  } else if (sent.error().code == Errc::unavailable) {
    again = now_ms();
    --mail.attempts;  // It was not tried.
  } else if (mail.attempts < kMostAttempts) {
    result.failed = 1;
    again = now_ms() + kWaits[static_cast<std::size_t>(mail.attempts - 1)];
  } else {
    result.dropped = 1;
  }
  if (result.failed + result.dropped > 0) {
    log::warn(result.dropped > 0 ? "a mail is given up" : "a mail could not be sent yet",
              {{"mail", mail.id},
               {"attempts", mail.attempts},
               {"reason", sent.error().message},
               {"detail", sent.error().detail}});
  }
  auto settle = [id = mail.id, again, attempts = mail.attempts](db::Tx& tx) {
    if (again > 0) {
      store::put_mail_back(tx, id, again, attempts);
    } else {
      store::delete_mail(tx, id);
    }
    return true;
  };
  co_await db_.write(std::move(settle));
  co_return result;
}

}  // namespace wharf::service
